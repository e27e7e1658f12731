"""The book's faces: whole, as built, covering what is set in them, with equal metrics and one figure width."""

import hashlib
import re

import pytest
from fontTools.ttLib import TTFont
from project import REPOSITORY

FONTS = REPOSITORY / "styles" / "fonts"
FILES = sorted(path for path in FONTS.iterdir() if path.suffix in {".otf", ".ttf"})
CHINESE = [path for path in FILES if path.stem.split("-")[0] in {"CasebookSong", "CasebookHei"}]
WESTERN = [path for path in FILES if path.stem.split("-")[0] in {"CasebookLatin", "CasebookSans", "CasebookEnglish"}]
MEDICAL_SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋ᵐαβγδκλμχΩ≥≤≈±×÷−↑↓→½‰°"
CHINESE_SIGNS = "，。、；：？！“”‘’（）《》〈〉【】〔〕［］……——·～℃①②⑳※♂♀ⅠⅫ"
BYTES_ALLOWED = 30_000_000


def name(path):
    return path.stem


@pytest.fixture(scope="module")
def han() -> set[int]:
    return {ord(char) for char in (FONTS / "charset.txt").read_text("utf-8") if not char.isspace()}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_the_one_the_readme_names(path):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert f"| `{path.name}` |" in (FONTS / "README.md").read_text("utf-8")
    assert digest in (FONTS / "README.md").read_text("utf-8")


def test_every_file_has_its_rule_in_the_style_sheet():
    assert sorted(re.findall(r"url\(([^)]+)\)", (FONTS / "fonts.css").read_text("utf-8"))) == [path.name for path in FILES]


def test_the_list_of_characters_holds_the_national_standard(han):
    assert len(han) >= 8105


@pytest.mark.parametrize("path", [path for path in FILES if path not in WESTERN], ids=name)
def test_a_chinese_face_covers_the_list(path, han):
    assert han <= set(TTFont(path, lazy=True).getBestCmap())


@pytest.mark.parametrize("path", CHINESE, ids=name)
def test_song_and_hei_have_the_chinese_marks(path):
    assert {ord(char) for char in CHINESE_SIGNS} <= set(TTFont(path, lazy=True).getBestCmap())


@pytest.mark.parametrize("path", WESTERN, ids=name)
def test_a_western_face_has_the_signs_of_medicine(path):
    assert {ord(char) for char in MEDICAL_SIGNS} <= set(TTFont(path, lazy=True).getBestCmap())


@pytest.mark.parametrize("path", WESTERN, ids=name)
def test_figures_are_of_one_width(path):
    font = TTFont(path, lazy=True)
    assert len({font["hmtx"][font.getBestCmap()[ord(figure)]][0] for figure in "0123456789"}) == 1


def test_vertical_metrics_are_equal():
    found = set()
    for path in FILES:
        font = TTFont(path, lazy=True)
        em, hhea, os2 = font["head"].unitsPerEm, font["hhea"], font["OS/2"]
        found |= {
            (round(up / em, 3), round(down / em, 3), gap)
            for up, down, gap in (
                (hhea.ascent, hhea.descent, hhea.lineGap),
                (os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap),
                (os2.usWinAscent, -os2.usWinDescent, 0),
            )
        }
    assert found == {(0.88, -0.12, 0)}


@pytest.mark.parametrize("path", CHINESE, ids=name)
def test_the_cid_of_a_glyph_is_its_glyph_id(path):
    font = TTFont(path, lazy=True)
    charset = font["CFF "].cff.topDictIndex[0].charset
    assert charset[0] == ".notdef"
    assert [int(glyph.removeprefix("cid")) for glyph in charset[1:]] == list(range(1, len(charset)))


@pytest.mark.parametrize("path", CHINESE, ids=name)
def test_marks_can_be_set_half_width(path):
    features = {record.FeatureTag for record in TTFont(path, lazy=True)["GPOS"].table.FeatureList.FeatureRecord}
    assert "halt" in features


def test_the_licences_stand_beside_the_files():
    texts = [path.read_text("utf-8") for path in (FONTS / "licences").iterdir()]
    assert texts
    assert all("SIL OPEN FONT LICENSE" in text.upper() for text in texts)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_reserved_name_is_used(path):
    names = TTFont(path, lazy=True)["name"]
    for number in (1, 3, 4, 6):
        assert not re.search(r"Noto|Source|LXGW|WenKai", names.getDebugName(number))


def test_the_faces_take_no_more_room_than_allowed():
    assert sum(path.stat().st_size for path in FONTS.rglob("*") if path.is_file()) <= BYTES_ALLOWED
