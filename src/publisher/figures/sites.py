"""Sites as written -> bones by address: `胸椎（T5、T7）`, `左侧第5肋骨`, `右侧股骨中段`, and what the words leave open.

A bone or region that is named without its level, segment or side is held open: all it may mean, and nothing certain.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from publisher.figures.bones import CERVICAL, FOOT, LUMBAR, METATARSALS, RIBS, SACRAL, SIDES, SPINE, THORACIC

LETTERS = {"颈": "C", "胸": "T", "腰": "L", "骶": "S"}
LISTED = r"\d{1,2}(?:\s*[～~、/]\s*第?\d{1,2}(?!\d|\s*[cm]m))*"
VERTEBRAE = re.compile(r"(?<![A-Za-z])([CTLS颈胸腰骶])(\d{1,2}(?:[～~]\1?\d{1,2})?(?:[、/]\d{1,2}(?!\d|\s*[cm]m))*)")
TENTH = re.compile(r"第(8|9|10|11|12)椎体")
"""A vertebra that only the chest has so many of."""
RIB = re.compile(rf"第?({LISTED})(?:前|后)?肋")
METATARSAL = re.compile(rf"第({LISTED})跖骨")
REGIONS = {"颈": CERVICAL, "胸": THORACIC, "腰": LUMBAR, "骶": SACRAL}
REGION = re.compile(r"[颈胸腰骶]+椎|骶骨")
PARTS = re.compile(r"[、及和](?!\d)")
SEGMENTS = (("femur-neck", r"股骨颈"), ("upper", r"上段|近端|近侧|上端|头|粗隆|转子"), ("lower", r"下段|远端|下端|髁"), ("middle", r"中段|骨干|干"))
LONG_NAMES = {"肱骨": "humerus", "桡骨": "radius", "尺骨": "ulna", "股骨": "femur", "胫骨": "tibia", "腓骨": "fibula"}
SMALL_NAMES = (
    (r"锁骨(?!上|下|区)", ("clavicle",)), (r"肩胛", ("scapula",)), (r"髂骨", ("ilium",)), (r"耻骨|坐骨|髋臼", ("pubis",)), (r"髌骨", ("patella",)),
    (r"距骨|跟骨|足?舟骨|楔骨|骰骨|跗骨", ("tarsus",)), (r"掌骨|腕骨|手骨|指骨", ("hand",)), (r"趾骨", ("toes",)),
)  # fmt: skip
"""Bones of either side that have no segments here."""
WHOLE_NAMES = ((r"颅|头骨", ("skull",)), (r"下颌", ("mandible",)), (r"胸骨", ("sternum",)))
PELVIS = ("ilium", "pubis")


@dataclass(frozen=True)
class Site:
    """The bones that words mean: those they name to the level, segment or single bone, and those they leave open."""

    sure: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    sideless: bool = False
    """The bone is one of a pair and the side is not said."""

    @property
    def bones(self) -> tuple[str, ...]:
        return self.sure + self.open

    def __bool__(self) -> bool:
        return bool(self.bones)


def where(row: Any) -> str:
    """Return side, site and levels of a record in words; a side or level that the site already names is not said twice."""
    site = row.site or ""
    side = getattr(row, "side", None)
    shown = side if side and side[0] not in site[:3] and side not in site else ""
    levels = "、".join(level for level in row.levels if level not in site)
    if not levels:
        return f"{shown}{site}"
    return f"{shown}{site}（{levels}）" if shown or site else levels


def numbers(listed: str) -> Iterable[int]:
    """Read a list of numbers: 1～3、5."""
    for part in re.split(r"[、/]", listed):
        ends = [int(figure) for figure in re.findall(r"\d+", part)]
        yield from range(ends[0], ends[-1] + 1)


def sides_of(site: str, side: str | None) -> tuple[str, ...]:
    """Return the sides that a record names."""
    said = side or (re.match(r"双侧|两侧|左|右", site) or [""])[0]
    if said[:1] in ("双", "两"):
        return tuple(SIDES)
    return {"左": ("left",), "右": ("right",)}.get(said[:1], ())


def site_of(row: Any) -> Site:
    """Find the bones of a record with a site, levels and a side."""
    return bones_of(str(row.site or ""), [str(level) for level in row.levels], getattr(row, "side", None))


def bones_of(site: str, levels: list[str], side: str | None = None) -> Site:
    """Find the bones of a site; where it names several, those of each."""
    parts = [part for part in PARTS.split(site) if part] if not levels else [site]
    found = [one_site(part, tuple(levels), side if side in ("双侧", None) or not re.match("左|右|双", part) else None) for part in parts]
    sure, held = [bone for one in found for bone in one.sure], [bone for one in found for bone in one.open]
    return Site(tuple(dict.fromkeys(sure)), tuple(dict.fromkeys(held)), any(one.sideless for one in found))


@lru_cache(maxsize=4096)
def one_site(site: str, levels: tuple[str, ...], side: str | None) -> Site:
    words = "，".join([site, *levels])
    sides = sides_of(site, side)
    if "横突" in site and (process := transverse(site)):
        return process
    sure = [name for name in vertebrae(words) if name in SPINE]
    ribs = [number for found in RIB.findall(words) for number in numbers(found) if number in RIBS]
    toes = [number for found in METATARSAL.findall(words) for number in numbers(found) if number in METATARSALS]
    named, sideless = [], False
    for bones in ([f"rib.{number}" for number in ribs], [f"metatarsal.{number}" for number in toes]):
        if bones and not sides:
            sideless = True
        named += [f"{bone}.{one}" for bone in bones for one in sides]
    sure += named
    held: list[str] = []
    if not sure and not sideless:
        held += [name for letters in REGION.findall(site) for letter in letters if letter in REGIONS for name in REGIONS[letter]]
        held += list(SPINE[:-5]) if re.search(r"脊柱|脊椎|椎骨", site) else []
    parts = [paired_bones(site, sides), lone_bones(site)]
    if "肋" in site and not ribs:
        parts.append(Site(open=tuple(f"rib.{number}.{one}" for number in RIBS for one in sides or SIDES), sideless=not sides))
    if sideless:
        held += [f"rib.{number}.{one}" for number in ribs for one in SIDES] + [f"metatarsal.{number}.{one}" for number in toes for one in SIDES]
    if toes:
        parts = []
    return Site(
        tuple(dict.fromkeys([*sure, *(bone for part in parts for bone in part.sure)])),
        tuple(dict.fromkeys([*held, *(bone for part in parts for bone in part.open)])),
        sideless or any(part.sideless for part in parts),
    )


def transverse(site: str) -> Site | None:
    """Return the process of a vertebra: 左侧第10椎体左侧横突 is T10.left."""
    side = re.search(r"([左右])侧?横突", site)
    names = vertebrae(site)
    return Site(tuple(f"{name}.{'left' if side[1] == '左' else 'right'}" for name in names)) if side and names else None


def vertebrae(words: str) -> list[str]:
    found = [f"{LETTERS.get(letter, letter)}{number}" for letter, listed in VERTEBRAE.findall(words) for number in numbers(listed)]
    return found or [f"T{number}" for number in TENTH.findall(words)]


def paired_bones(site: str, sides: tuple[str, ...]) -> Site:
    """Find the bones of a pair that a site names; a long bone is sure where its segment is said."""
    sure: list[str] = []
    held: list[str] = []
    for name, bone in LONG_NAMES.items():
        if name in site:
            segment = next((segment for segment, words in SEGMENTS if re.search(words, site) and (segment != "femur-neck" or bone == "femur")), "")
            for side in sides or SIDES:
                address = f"femur-neck.{side}" if segment == "femur-neck" else f"{bone}.{side}" + (f".{segment}" if segment else "")
                (sure if sides and segment else held).append(address)
    for words, bones in SMALL_NAMES:
        if re.search(words, site):
            (sure if sides else held).extend(f"{bone}.{side}" for bone in bones for side in sides or SIDES)
    if re.search(r"骨盆", site):
        return Site(tuple(sure), (*held, *(f"{bone}.{side}" for bone in PELVIS for side in sides or SIDES)))
    if not sure and re.search(r"足", site):
        held += [f"{bone}.{side}" for bone in FOOT for side in sides or SIDES]
    return Site(tuple(sure), tuple(held), bool(held) and not sides)


def lone_bones(site: str) -> Site:
    return Site(tuple(bone for words, bones in WHOLE_NAMES if re.search(words, site) for bone in bones))

