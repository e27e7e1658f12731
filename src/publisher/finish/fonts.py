"""Fonts with only what they draw: the engine's subsets keep an empty place for every glyph of the whole font.

Outlines and character codes stay as they are; CFF fonts lose their OpenType wrapper (CIDFontType0C, PDF 1.7 §9.9), TrueType
fonts get new glyph numbers with a map from the old ones.
"""

import io
from typing import Any

import pikepdf
import uharfbuzz as hb
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


UNUSED = ("GSUB", "GPOS", "GDEF", "cmap", "OS/2", "name", "post", "vmtx", "vhea", "VORG")
"""Tables that a font in a PDF is not asked for."""


def opened(program: bytes) -> TTFont:
    return TTFont(io.BytesIO(program), lazy=True)


def subset_of(glyphs: list[int]) -> hb.SubsetInput:
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(glyphs)
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(int.from_bytes(tag.encode()) for tag in UNUSED)
    return wanted


def subset(program: bytes, glyphs: list[int], in_place: bool) -> tuple[bytes, dict[int, int]]:
    """Return a font with some of its glyphs, left in their places or moved up, and the new places by the old ones."""
    wanted = subset_of(glyphs)
    wanted.flags = hb.SubsetFlags.NOTDEF_OUTLINE | (hb.SubsetFlags.RETAIN_GIDS if in_place else 0)
    plan = hb.SubsetPlan(hb.Face(program), wanted)
    return plan.execute().blob.data, dict(plan.old_to_new_glyph_mapping)


def cut(program: bytes, codes: list[int]) -> tuple[bytes, dict[int, int]]:
    """Return a font with the glyphs of some codes one after another, and their new codes by the old ones; a CFF program comes bare.

    In the book's own faces codes are glyph numbers. Outlines that several glyphs share are written out: compressed, that is shorter.
    """
    wanted = subset_of(codes)
    wanted.flags = hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.CFF_IDENTITY_CHARSET
    plan = hb.SubsetPlan(hb.Face(program), wanted)
    smaller = plan.execute().blob.data
    return opened(smaller).reader["CFF "] if program[:4] == b"OTTO" else smaller, dict(plan.old_to_new_glyph_mapping)


def bare_cff(program: bytes, codes: list[int]) -> bytes:
    """Return the CFF program of an OpenType font with the glyphs of some codes.

    A CID-keyed program finds glyphs by their names whatever their place; in another the place is the code, and stays.
    """
    keyed = hasattr(opened(program)["CFF "].cff.topDictIndex[0], "ROS")
    return opened(subset(program, codes, in_place=not keyed)[0]).reader["CFF "]


def renumbered(program: bytes, codes: list[int]) -> tuple[bytes, bytes]:
    """Return a TrueType program without its empty glyphs, and the map from codes to the new glyph numbers."""
    smaller, places = subset(program, codes, in_place=False)
    wanted = {code: places[code] for code in codes}
    return smaller, b"".join(wanted.get(code, 0).to_bytes(2) for code in range(codes[-1] + 1))
