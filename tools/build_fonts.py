"""Build the faces of the book in styles/fonts from free fonts: cut, renamed, with equal vertical metrics.

Sources: Debian packages fonts-noto-cjk and fonts-lxgw-wenkai, npm packages source-serif and source-sans (fetched into a
temporary folder unless --npm names one). The same sources and the same fontTools give the same bytes.

usage: build_fonts.py [--out DIR] [--noto DIR] [--wenkai DIR] [--npm DIR] [FACE ...]
"""

import argparse
import hashlib
import io
import math
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from font_charset import DRAWN, ENGLISH_MARKS, ROOT, chinese, read_han, western
from fontTools import subset
from fontTools.misc.roundTools import otRound
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables._g_l_y_f import Glyph

OUT = ROOT / "styles" / "fonts"
NOTO = Path("/usr/share/fonts/opentype/noto")
WENKAI = Path("/usr/share/fonts/truetype/lxgw-wenkai")
PACKAGES = ("source-serif@4.5.1", "source-sans@3.52.0")

ASCENT, DESCENT = 0.88, -0.12  # of the em, in every face, so that mixed lines keep the grid
MODIFIED = 3786912000  # 2024-01-01, in seconds since 1904
VERSION = "1.000"
SPACE, NO_BREAK_SPACE = 0x20, 0xA0
LAST_CID = 0xFFFE  # names of added glyphs count down from here until the CIDs are counted anew
SECOND_GLYPHS = {0x2010: 0x2D, 0x2011: 0x2D, 0xB5: 0x3BC, 0x202F: 0x2009, 0x2022: 0xB7}  # look alike, but need a glyph each
CHINESE_FEATURES = ["halt", "palt", "kern", "ccmp"]
WESTERN_FEATURES = ["kern", "liga", "ccmp", "mark", "mkmk", "tnum", "pnum", "lnum"]
DROPPED_TABLES = ["BASE", "DSIG", "STAT", "VORG", "gasp", "vhea", "vmtx"]


@dataclass(frozen=True)
class Face:
    """One file of styles/fonts and where it comes from."""

    family: str
    style: str
    origin: str  # which folder of the sources: noto, wenkai or npm
    source: str
    kind: str  # chinese, kai, western or english
    scale: float = 1.0
    spaces_of: str = ""  # the Western source whose word space a Chinese face takes over
    name_in_source: str = ""  # the face of a collection

    @property
    def postscript(self) -> str:
        """Name in the file, and of the file."""
        return f"{self.family.replace(' ', '')}-{self.style}"

    @property
    def filename(self) -> str:
        """Name of the built file: Kai keeps its TrueType outlines."""
        return self.postscript + (".ttf" if self.kind == "kai" else ".otf")

    @property
    def weight(self) -> int:
        """Weight as CSS counts it."""
        return 700 if self.style == "Bold" else 400


SERIF, SANS = "source-serif/OTF/SourceSerif4", "source-sans/OTF/SourceSans3"
SERIF_SCALE, SANS_SCALE = 1.06, 1.08
FACES = (
    Face("Casebook Song", "Regular", "noto", "NotoSerifCJK-Regular.ttc", "chinese", 1, f"{SERIF}-Regular.otf", "Noto Serif CJK SC"),
    Face("Casebook Hei", "Regular", "noto", "NotoSansCJK-Regular.ttc", "chinese", 1, f"{SANS}-Regular.otf", "Noto Sans CJK SC"),
    Face("Casebook Hei", "Bold", "noto", "NotoSansCJK-Bold.ttc", "chinese", 1, f"{SANS}-Bold.otf", "Noto Sans CJK SC"),
    Face("Casebook Kai", "Regular", "wenkai", "LXGWWenKai-Regular.ttf", "kai", 1, f"{SERIF}-Regular.otf"),
    Face("Casebook Latin", "Regular", "npm", f"{SERIF}-Regular.otf", "western", SERIF_SCALE),
    Face("Casebook Latin", "Italic", "npm", f"{SERIF}-It.otf", "western", SERIF_SCALE),
    Face("Casebook Latin", "Bold", "npm", f"{SERIF}-Bold.otf", "western", SERIF_SCALE),
    Face("Casebook Sans", "Regular", "npm", f"{SANS}-Regular.otf", "western", SANS_SCALE),
    Face("Casebook Sans", "Bold", "npm", f"{SANS}-Bold.otf", "western", SANS_SCALE),
    Face("Casebook English", "Regular", "npm", f"{SERIF}-Regular.otf", "english", SERIF_SCALE),
    Face("Casebook English", "Italic", "npm", f"{SERIF}-It.otf", "english", SERIF_SCALE),
)


class Sources:
    """The folders of the source fonts, and what all Western sources have in common."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders

    def path(self, face: Face) -> Path:
        """The source file of a face."""
        return self.folders[face.origin] / face.source

    def open(self, face: Face) -> TTFont:
        """The source font of a face."""
        path = self.path(face)
        if not face.name_in_source:
            return TTFont(path, recalcTimestamp=False)
        for font in TTCollection(path, lazy=True).fonts:
            if font["name"].getDebugName(1) == face.name_in_source:
                font.recalcTimestamp = False
                return font
        raise SystemExit(f"{face.name_in_source} is not in {path}")

    @cached_property
    def western(self) -> frozenset[int]:
        """Characters every Western face is to hold and no Chinese face holds, spaces apart."""
        fonts = [TTFont(self.path(face), lazy=True) for face in FACES if face.kind == "western"]
        common = set.intersection(*(set(font.getBestCmap()) for font in fonts))
        return frozenset(common & western()) | {ord(char) for char in DRAWN}

    def space(self, source: str) -> int:
        """Width of the word space of a Western source as its face has it."""
        face = next(face for face in FACES if face.source == source)
        font = TTFont(self.path(face), lazy=True)
        return otRound(font["hmtx"][font.getBestCmap()[SPACE]][0] * face.scale)

    def wanted(self, face: Face) -> set[int]:
        """The characters of a face."""
        if face.kind == "english":
            return set(self.western) | {ord(char) for char in ENGLISH_MARKS}
        if face.kind == "western":
            return set(self.western)
        marks = {0x3000} if face.kind == "kai" else chinese() - self.western
        return read_han() | marks | {SPACE, NO_BREAK_SPACE}


def cut(font: TTFont, wanted: set[int], features: list[str]) -> None:
    """Keep the wanted characters and the named features; drop hints and tables of vertical setting."""
    options = subset.Options()
    options.layout_features = features
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.glyph_names = False
    options.hinting = False
    options.drop_tables += DROPPED_TABLES
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted & set(font.getBestCmap()))
    subsetter.subset(font)


def rename(font: TTFont, face: Face, original: str) -> None:
    """Give the face its own name, for the sources reserve theirs; keep copyright and licence."""
    names = font["name"]
    kept = {number: names.getDebugName(number) for number in (0, 13, 14)}
    full = face.family if face.style == "Regular" else f"{face.family} {face.style}"
    kept |= {1: face.family, 2: face.style, 3: f"{VERSION};{face.postscript}", 4: full, 5: f"Version {VERSION}", 6: face.postscript}
    kept[10] = f"Changed from {original}: cut to the characters of the casebooks, metrics made equal, renamed."
    names.names = []
    for number, text in sorted(kept.items()):
        names.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        rename_cff(font["CFF "].cff, face, full)


def rename_cff(cff, face: Face, full: str) -> None:
    """The same inside the CFF table."""
    top = cff.topDictIndex[0]
    cff.fontNames[0] = face.postscript
    top.FullName, top.FamilyName = full, face.family
    for part in getattr(top, "FDArray", ()):
        part.FontName = f"{face.postscript}-{part.FontName.rsplit('-', 1)[-1]}"


def set_metrics(font: TTFont, face: Face) -> None:
    """Equal ascent and descent in all three places, no line gap; weight and style bits as the name says."""
    em = font["head"].unitsPerEm
    ascent, descent = round(ASCENT * em), round(DESCENT * em)
    hhea, os2, head = font["hhea"], font["OS/2"], font["head"]
    hhea.ascent, hhea.descent, hhea.lineGap = ascent, descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, -descent
    bold, italic = face.style == "Bold", face.style == "Italic"
    os2.usWeightClass, os2.achVendID = face.weight, "NONE"
    os2.fsSelection = italic | bold << 5 | (not bold and not italic) << 6
    head.macStyle = bold | italic << 1
    head.fontRevision, head.modified = float(VERSION), MODIFIED


def give_character(font: TTFont, code: int, glyph: str) -> None:
    """Map a character to a glyph in every Unicode table that can hold it."""
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != 14 and (code <= 0xFFFF or table.format == 12):
            table.cmap[code] = glyph


def new_name(font: TTFont, code: int) -> str:
    """A free glyph name: CID-keyed fonts take numbers only."""
    names = set(font.getGlyphOrder())
    if "CFF " not in font or not hasattr(font["CFF "].cff.topDictIndex[0], "ROS"):
        return f"added{code:04X}"
    return next(name for number in range(LAST_CID, 0, -1) if (name := f"cid{number:05d}") not in names)


def put_glyph(font: TTFont, name: str, width: int, drawing: DecomposingRecordingPen, like: str) -> None:
    """Add or replace a glyph; in a CID-keyed font it takes the private dictionary of another one."""
    if "glyf" in font:
        font["glyf"][name] = Glyph()  # only spaces are made in TrueType
    else:
        put_charstring(font, name, width, drawing, like)
    font["hmtx"][name] = (width, 0)


def put_charstring(font: TTFont, name: str, width: int, drawing: DecomposingRecordingPen, like: str) -> None:
    """The part of put_glyph inside the CFF table."""
    cff = font["CFF "].cff
    top = cff.topDictIndex[0]
    strings = top.CharStrings
    number = top.FDSelect[font.getGlyphID(like)] if hasattr(top, "FDSelect") else None
    private = top.Private if number is None else top.FDArray[number].Private
    pen = T2CharStringPen(None if width == private.defaultWidthX else width - private.nominalWidthX, None)
    drawing.replay(pen)
    string = pen.getCharString(private=private, globalSubrs=cff.GlobalSubrs)
    if name in strings.charStrings:
        strings.charStringsIndex[strings.charStrings[name]] = string
        return
    strings.charStringsIndex.append(string)
    strings.charStrings[name] = len(strings.charStringsIndex) - 1
    top.charset.append(name)
    if number is not None:
        string.fdSelectIndex = number
        top.FDSelect.gidArray.append(number)
    font.setGlyphOrder(top.charset)
    font["maxp"].numGlyphs = top.numGlyphs = len(top.charset)


def drawing_of(font: TTFont, glyph: str) -> DecomposingRecordingPen:
    """The outline of a glyph."""
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    return pen


def bounds(font: TTFont, glyph: str) -> tuple[float, float, float, float]:
    """The box of a glyph's outline."""
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[glyph].draw(pen)
    return pen.bounds


def set_spaces(font: TTFont, width: int) -> None:
    """Give space and no-break space a glyph each of one width."""
    space = font.getBestCmap()[SPACE]
    blank = DecomposingRecordingPen(None)
    name = new_name(font, NO_BREAK_SPACE)
    put_glyph(font, space, width, blank, space)
    put_glyph(font, name, width, blank, space)
    give_character(font, NO_BREAK_SPACE, name)


def separate_glyphs(font: TTFont) -> None:
    """Copy the glyphs that several characters share: a PDF maps each glyph back to one text only."""
    for code, partner in SECOND_GLYPHS.items():
        characters = font.getBestCmap()
        if code not in characters or characters[code] != characters.get(partner):
            continue
        glyph, name = characters[partner], new_name(font, code)
        put_glyph(font, name, font["hmtx"][glyph][0], drawing_of(font, glyph), glyph)
        font["hmtx"][name] = font["hmtx"][glyph]
        give_character(font, code, name)


def draw_signs(font: TTFont, thickness: float) -> None:
    """Draw ⁺⁻₊₋ where they are missing, so that 10⁻⁹ and Ca²⁺ stay plain text; as wide as the small digits."""
    characters = font.getBestCmap()
    slant = math.tan(math.radians(-font["post"].italicAngle))
    for sign, digit in zip("⁺⁻₊₋", "²²₂₂", strict=True):
        if ord(sign) in characters:
            continue
        like = characters[ord(digit)]
        left, bottom, right, top = bounds(font, like)
        middle, half, length = (left + right) / 2, thickness / 2, (top - bottom) * 0.34
        axis = (bottom + top) / 2
        pen = DecomposingRecordingPen(None)
        for reach, rise in ((length, half), (half, length)) if sign in "⁺₊" else ((length, half),):
            draw_bar(pen, middle, axis, reach, rise, slant)
        name = new_name(font, ord(sign))
        put_glyph(font, name, font["hmtx"][like][0], pen, like)
        font["hmtx"][name] = (font["hmtx"][like][0], otRound(middle - length - slant * half))
        give_character(font, ord(sign), name)


def draw_bar(pen: DecomposingRecordingPen, x: float, y: float, reach: float, rise: float, slant: float) -> None:
    """A bar around a point, leaning like the face."""
    corners = ((-reach, -rise), (reach, -rise), (reach, rise), (-reach, rise))
    points = [(otRound(x + dx + slant * dy), otRound(y + dy)) for dx, dy in corners]
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def enlarge(font: TTFont, scale: float) -> None:
    """Make the outlines larger on the same em."""
    em = font["head"].unitsPerEm
    scale_upem(font, round(em * scale))
    font["head"].unitsPerEm = em
    font["CFF "].cff.topDictIndex[0].FontMatrix = [1 / em, 0, 0, 1 / em, 0, 0]


def number_by_glyph(data: bytes) -> bytes:
    """Make the CIDs of a CID-keyed font equal its glyph ids, for PDF writers use glyph ids as codes; other tables stay as they are."""
    font = TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    top = font["CFF "].cff.topDictIndex[0]
    strings, old = top.CharStrings, list(top.charset)
    new = [".notdef"] + [f"cid{number:05d}" for number in range(1, len(old))]
    strings.charStrings = {name: strings.charStrings[before] for name, before in zip(new, old, strict=True)}
    top.charset, top.CIDCount = new, len(new)
    font.setGlyphOrder(new)
    return saved(font)


def saved(font: TTFont) -> bytes:
    """The bytes of a font."""
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def make_western(font: TTFont, face: Face, wanted: set[int]) -> None:
    """Cut a Western face, complete its signs and enlarge it to suit the Chinese."""
    name = "hyphen.sups"
    low, high = bounds(font, name)[1::2] if name in font.getGlyphOrder() else (0, 0)
    cut(font, wanted, WESTERN_FEATURES)
    draw_signs(font, high - low)
    separate_glyphs(font)
    enlarge(font, face.scale)
    set_spaces(font, font["hmtx"][font.getBestCmap()[SPACE]][0])


def make(face: Face, sources: Sources) -> bytes:
    """Build one face."""
    font = sources.open(face)
    original = f"{font['name'].getDebugName(4)}, {font['name'].getDebugName(5).split(';')[0].lower()}"
    wanted = sources.wanted(face)
    if face.kind in {"western", "english"}:
        make_western(font, face, wanted)
    else:
        cut(font, wanted, CHINESE_FEATURES if face.kind == "chinese" else [])
        separate_glyphs(font)
        set_spaces(font, sources.space(face.spaces_of))
    rename(font, face, original)
    set_metrics(font, face)
    return number_by_glyph(saved(font)) if face.kind == "chinese" else saved(font)


def stylesheet() -> str:
    """The rules of fonts.css: one file for each family, weight and style."""
    rule = '@font-face {{ font-family: "{}"; font-weight: {}; font-style: {}; src: url({}); }}\n'
    rules = [rule.format(face.family, face.weight, "italic" if face.style == "Italic" else "normal", face.filename) for face in FACES]
    return "/* Written by tools/build_fonts.py. */\n" + "".join(rules)


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A Markdown table."""
    return "".join("| " + " | ".join(map(str, row)) + " |\n" for row in (head, ("---",) * len(head), *rows))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def built_table(out: Path) -> str:
    """The built faces with size and SHA-256."""
    rows = []
    for face in FACES:
        path = out / face.filename
        count = len(TTFont(path, lazy=True).getBestCmap())
        rows.append((f"`{face.filename}`", count, path.stat().st_size, f"`{digest(path)}`"))
    return table(("file", "characters", "bytes", "SHA-256"), rows)


def source_table(sources: Sources) -> str:
    """The source files with version and SHA-256."""
    rows = {}
    for face in FACES:
        version = sources.open(face)["name"].getDebugName(5).split(";")[0].removeprefix("Version ")
        path = sources.path(face)
        rows[path.name] = (f"`{path.name}`", version, f"`{digest(path)}`")
    return table(("source", "version", "SHA-256"), list(rows.values()))


def write_readme(path: Path, parts: dict[str, str]) -> None:
    """Replace the parts of README.md between their marks."""
    text = path.read_text("utf-8")
    for name, part in parts.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)"
        text = re.sub(pattern, lambda match, part=part: match[1] + part + match[2], text, flags=re.DOTALL)
    path.write_text(text, "utf-8")


@contextmanager
def npm_modules(given: Path | None) -> Iterator[Path]:
    """The folder with the npm packages: the one given, or a temporary one filled by npm."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-save", "--prefix", folder, *PACKAGES], check=True)
        yield Path(folder) / "node_modules"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the faces of the book.")
    parser.add_argument("faces", nargs="*", metavar="FACE", help="PostScript names; all when none is given")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--noto", type=Path, default=NOTO)
    parser.add_argument("--wenkai", type=Path, default=WENKAI)
    parser.add_argument("--npm", type=Path, help="a node_modules folder with source-serif and source-sans")
    return parser.parse_args()


def main() -> None:
    """Build the faces, then fonts.css and the tables of README.md."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    with npm_modules(args.npm) as modules:
        sources = Sources({"noto": args.noto, "wenkai": args.wenkai, "npm": modules})
        for face in FACES:
            if args.faces and face.postscript not in args.faces:
                continue
            path = args.out / face.filename
            path.write_bytes(make(face, sources))
            print(f"{path.name}: {path.stat().st_size // 1024} KB")
        (args.out / "fonts.css").write_text(stylesheet(), "utf-8")
        readme = args.out / "README.md"
        if readme.exists():
            write_readme(readme, {"built": built_table(args.out), "sources": source_table(sources)})


if __name__ == "__main__":
    main()
