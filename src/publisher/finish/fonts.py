"""Fonts with only what they draw: the engine's subsets keep an empty place for every glyph of the whole font.

Outlines and character codes stay as they are; CFF fonts lose their OpenType wrapper (CIDFontType0C, PDF 1.7 §9.9), TrueType
fonts get new glyph numbers with a map from the old ones.
"""

import io
from typing import Any

import pikepdf
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name


def repack(pdf: pikepdf.Pdf) -> None:
    """Repack every composite font of a file."""
    for font in pdf.objects:
        if isinstance(font, Dictionary) and font.get("/Type") == "/Font" and font.get("/Subtype") == "/Type0":
            descendant = font.DescendantFonts[0]
            descriptor = descendant.FontDescriptor
            if descriptor.get("/FontFile3", {}).get("/Subtype") == "/OpenType":
                program = pdf.make_stream(bare_cff(descriptor.FontFile3.read_bytes(), drawn(descendant)))
                program.Subtype = Name.CIDFontType0C
                descriptor.FontFile3 = program
                if "/CIDToGIDMap" in descendant:  # only for TrueType (PDF 1.7 table 117)
                    del descendant.CIDToGIDMap
            elif "/FontFile2" in descriptor and descendant.get("/CIDToGIDMap") == "/Identity":
                program, glyphs = renumbered(descriptor.FontFile2.read_bytes(), drawn(descendant))
                descriptor.FontFile2 = pdf.make_stream(program, Length1=len(program))
                descendant.CIDToGIDMap = pdf.make_stream(glyphs)


def drawn(descendant: Any) -> list[int]:
    """Return the character codes that have a width, which the engine writes for those it draws."""
    widths, codes, place = descendant.W, {0}, 0
    while place < len(widths):
        first, second = int(widths[place]), widths[place + 1]
        last = first + len(second) - 1 if isinstance(second, Array) else int(second)
        codes |= set(range(first, last + 1))
        place += 2 if isinstance(second, Array) else 3
    return sorted(codes)


def subset(font: TTFont, glyphs: list[str], retain_gids: bool = False) -> None:
    options = Options(
        layout_features=[], hinting=True, notdef_outline=True, name_IDs=[], recalc_timestamp=False, glyph_names=False, retain_gids=retain_gids,
        drop_tables=["GSUB", "GPOS", "GDEF", "cmap", "OS/2", "name", "post", "vmtx", "vhea", "VORG"],
    )  # fmt: skip
    subsetter = Subsetter(options)
    subsetter.populate(glyphs=glyphs)
    subsetter.subset(font)


def opened(program: bytes) -> TTFont:
    return TTFont(io.BytesIO(program), recalcTimestamp=False)


def saved(font: TTFont) -> bytes:
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def bare_cff(program: bytes, codes: list[int]) -> bytes:
    """Return the CFF program of an OpenType font with the glyphs of some codes.

    A CID-keyed program finds glyphs by their names whatever their place; in another the place is the code, and stays.
    """
    font = opened(program)
    keyed = hasattr(font["CFF "].cff.topDictIndex[0], "ROS")
    known = font.getGlyphOrder()
    names = [f"cid{code:05d}" for code in codes if code] if keyed else [known[code] for code in codes if code < len(known)]
    subset(font, [name for name in names if name in set(known)], retain_gids=not keyed)
    return opened(saved(font)).reader["CFF "]


def renumbered(program: bytes, codes: list[int]) -> tuple[bytes, bytes]:
    """Return a TrueType program without its empty glyphs, and the map from codes to the new glyph numbers."""
    font = opened(program)
    known = font.getGlyphOrder()
    subset(font, [known[code] for code in codes if code < len(known)])
    places = {name: place for place, name in enumerate(font.getGlyphOrder())}
    glyphs = b"".join(places.get(name, 0).to_bytes(2) for name in known[: codes[-1] + 1])
    return saved(font), glyphs
