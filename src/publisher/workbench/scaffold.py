"""New volumes and cases: files with every field explained in Chinese, ready to be filled in.

Nothing that stands is overwritten; a new case is listed at the end of the last part of its volume, and no other byte of
`volume.yaml` changes.
"""

import re
from pathlib import Path

from publisher.defaults import DEFAULTS
from publisher.problems import BLANK, Place, Problem, Rejected, nearest
from publisher.read_yaml import read_yaml

TEMPLATES = Path(__file__).parent
REFERENCE = "content/reference"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def new_volume(root: Path, name: str, title: str, date: str) -> dict[Path, bytes]:
    """Return the files of a new volume by their paths; with our word lists where the project has none.

    Raises Rejected for a name that is taken or not one.
    """
    folder = root / "content" / name
    check_slug(name, f"content/{name}")
    if folder.exists():
        raise Rejected([Problem(Place(f"content/{name}"), "NEW-002", "已有同名的卷", name, "换一个标识")])
    kinds = {"volume": {"id": name, "title": title, "date": date}, "guideline": {}, "dosing": {}}
    made = {folder / f"{kind}.yaml": template(kind, words).encode() for kind, words in kinds.items()}
    return made if (root / REFERENCE).is_dir() else {**copies(root, REFERENCE), **made}


def new_folder(root: Path, name: str) -> dict[Path, bytes]:
    """Return the files of our layouts or styles at their paths in a project. Raises Rejected where it has such a folder."""
    if (root / name).exists():
        raise Rejected([Problem(Place(name), "NEW-004", "项目已有这一文件夹", name, "移开或删去旧文件夹后重试")])
    return copies(root, name)


def copies(root: Path, name: str) -> dict[Path, bytes]:
    files = sorted(path for path in (DEFAULTS / name).rglob("*") if path.is_file())
    return {root / path.relative_to(DEFAULTS): path.read_bytes() for path in files}


def new_case(root: Path, volume: str, name: str, words: dict[str, str]) -> dict[Path, bytes]:
    """Return the file of a new case, and the volume's with the case listed. `words` gives title, number, sex, age as far as known.

    Raises Rejected for a volume that is not there, and a name that is taken or not one.
    """
    folder = root / "content" / volume
    if not (folder / "volume.yaml").is_file():
        known = sorted(path.parent.name for path in (root / "content").glob("*/volume.yaml"))
        raise Rejected([Problem(Place("content"), "SRC-020", "没有这一卷", volume, nearest(volume, known) or f"现有：{'、'.join(known)}")])
    check_slug(name, f"content/{volume}/cases/{name}.yaml")
    path = folder / "cases" / f"{name}.yaml"
    if path.exists():
        raise Rejected([Problem(Place(f"content/{volume}/cases/{name}.yaml"), "NEW-002", "已有同名的病例", name, "换一个标识")])
    filled = {"id": name, "number": next_number(folder), **{key: BLANK for key in ("title", "sex", "age")}, **words}
    return {path: template("case", filled).encode(), folder / "volume.yaml": listed(folder / "volume.yaml", volume, name)}


def check_slug(name: str, place: str) -> None:
    if not SLUG.fullmatch(name):
        raise Rejected([Problem(Place(place), "NEW-001", "标识写法不合规", name, "只用小写英文字母、数字与连字符，如 lung-16-renal")])


def template(kind: str, words: dict[str, str]) -> str:
    return (TEMPLATES / f"{kind}.yaml").read_text(encoding="utf-8").format(**words) if words else (TEMPLATES / f"{kind}.yaml").read_text(encoding="utf-8")


def next_number(folder: Path) -> str:
    """Return the number after the highest that a case of the volume has, announced ones included."""
    texts = [path.read_text(encoding="utf-8") for path in [*folder.glob("cases/*.yaml"), folder / "volume.yaml"]]
    return str(max((int(number) for text in texts for number in re.findall(r"^\s*(?:- \{?)?number: (\d+)", text, re.M)), default=0) + 1)


def listed(path: Path, volume: str, name: str) -> bytes:
    """Return a volume's file with a case added to its last part. Raises Rejected when the file cannot be read or has no part."""
    tree, problems = read_yaml(path, f"content/{volume}/volume.yaml")
    if problems:
        raise Rejected(problems)
    lines = path.read_text(encoding="utf-8").split("\n")
    try:
        part = next(part for part in reversed(tree["parts"]) if "cases" in part)
        cases = part["cases"]
    except (KeyError, TypeError, StopIteration) as error:
        place = Place(f"content/{volume}/volume.yaml")
        raise Rejected([Problem(place, "NEW-003", "卷中没有可列入病例的部分", hint="在 parts 的最后一部分写上 cases: []")]) from error
    head = part.key_places["cases"]
    indent = " " * (head.column + 1)
    if lines[head.line - 1].rstrip().endswith("]"):
        before = lines[head.line - 1].rstrip()[:-1]
        lines[head.line - 1] = f"{before}, {name}]" if cases else f"{before.rstrip('[').rstrip()}\n{indent}- {name}"
    else:
        last = cases[-1].place.line
        lines.insert(last, re.match(r"\s*- ", lines[last - 1])[0] + name)
    return "\n".join(lines).encode()
