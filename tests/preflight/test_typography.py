"""Each fault of setting is measured where it was made on purpose, and a clean page has none.

Lines are broken by hand in pages of twenty characters; `lang="en"` keeps the composer out of them.
"""

from dataclasses import replace

import pytest
import weasyprint
from project import REPOSITORY, codes
from weasyprint.text.fonts import FontConfiguration

from publisher.book import Index, Section
from publisher.edition import Edition
from publisher.pagination import Pagination, Span
from publisher.preflight.lines import OPEN
from publisher.preflight.spacing import overlaid
from publisher.preflight.tagged import tagged
from publisher.preflight.typography import FAULTS, check, flush_left, measure
from publisher.problems import Severity

FONTS = REPOSITORY / "styles" / "fonts" / "fonts.css"
SONG = '"Casebook Latin", "Casebook Song"'
HOUSE = Edition("test", "book.css", (0, 0), ("Casebook",))
STYLE = f"""
@page {{ size: 300pt 400pt; margin: 37.5pt 45pt }}
html {{ font: 10.5pt/17.5pt {SONG} }}
body, p, h2, ul, table, td {{ margin: 0; padding: 0; border-spacing: 0 }}
p, li, td {{ white-space: nowrap }}
h2 {{ font-size: 13pt; line-height: 17.5pt }}
ul {{ list-style: none }}
b {{ font-weight: normal; margin: 0 .09em }}
i {{ font-style: normal; font-feature-settings: "halt" }}
small {{ font-size: 7pt; line-height: 0; vertical-align: 3.5pt }}
"""
FULL = "骨转移患者应尽早评估骨相关事件风险并治疗"
CLEAN = f"<p>{FULL}<br>{FULL}<br>{FULL}<br>患者<b>EGFR</b>突变</p>"
MEASURES = [fault.measure for fault in FAULTS] + ["loose"]


def pdf(body: str, style: str = "", tags: bool = True) -> bytes:
    fonts = FontConfiguration()
    sheets = [weasyprint.CSS(filename=FONTS, font_config=fonts)] if FONTS.exists() else []
    html = f'<html lang="en"><style>{STYLE}{style}</style><body>{body}</body></html>'
    return weasyprint.HTML(string=html).write_pdf(stylesheets=sheets, font_config=fonts, pdf_tags=tags)


def measured(body: str, style: str = "", **named):
    """Measure a page that has the body between two clean paragraphs."""
    return measure(pdf(CLEAN + body + CLEAN, style), **named)


def lines(*texts: str) -> str:
    return f"<p>{'<br>'.join(texts)}</p>"


def faults(typography) -> set[str]:
    """Return the measures that found anything."""
    return {name for name in MEASURES if getattr(typography, name)}


def test_a_clean_page_has_no_fault():
    typography = measure(pdf(CLEAN * 2))
    assert faults(typography) == set()
    assert (typography.pages, typography.lines, typography.pairs, typography.justified) == (1, 8, 6, 6)
    assert typography.pitches == ((17.5, 6),)
    assert typography.borders.count == 4
    assert typography.borders.median == pytest.approx(0.09, abs=0.002)
    assert [share.beside for share in typography.grid] == [0, 0, 0, 0]
    assert sum(font.share for font in typography.fonts) == pytest.approx(1)
    assert list(check(typography, HOUSE, "test.pdf")) == []


@pytest.mark.parametrize("mark", "，。）”·～—／%℃²³₂…")
def test_a_mark_that_begins_a_line_is_found(mark):
    typography = measured(lines(FULL, f"{mark}然后继续"))
    assert [spot.text.partition("｜")[2][0] for spot in typography.starts] == [mark]


@pytest.mark.parametrize("mark", "（“《〔")
def test_a_mark_that_ends_a_line_is_found(mark):
    assert [spot.text for spot in measured(lines(f"{FULL[:-1]}{mark}", "然后继续")).ends] == [f"{FULL[-12:-1]}{mark}｜然后继续"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("剂量为120", "mg每日"), ("升至8.6×10⁹", "/L以上"), ("白细胞×10⁹/", "L以上"), ("大小约3.2", "cm左右"), ("结果为66.7ng/", "mL以上"),
        ("占50%～", "60%左右"), ("占50%", "～60%左右"), ("大小为4.2×", "2.3左右"), ("降幅≥", "30%"), ("检测PD-", "L1阳性"), ("检测Ki", "-67阳性"),
        ("于6月15", "日入院"), ("检测HER2", "(3+)阳性"), ("检测HER2", "（3+）阳性"),
    ],
)  # fmt: skip
def test_a_cut_token_is_found(before, after):
    assert [spot.text for spot in measured(lines(before, after)).cuts] == [f"{before}｜{after}"]


@pytest.mark.parametrize(("before", "after"), [("computed tomography/", "computed axial"), ("long-acting beta-", "blocker")])
def test_english_words_may_be_parted_at_their_joints(before, after):
    assert measured(lines(before, after)).cuts == ()


def test_a_long_size_may_go_on_in_a_cell_after_its_second_factor_but_not_in_a_line():
    assert measured("<table><tr><td>3.7 cm×4.6 cm×<br>4.7 cm</td></tr></table>").cuts == ()
    assert measured("<table><tr><td>3.7 cm×<br>4.6 cm</td></tr></table>").cuts != ()
    assert measured(lines("3.7 cm×4.6 cm×", "4.7 cm")).cuts != ()


def test_the_brackets_of_a_page_reference_are_no_note_mark():
    assert measured(lines("参见<small>例5</small>", "<small>（42）</small>")).cuts == ()
    assert measured(lines("原文如此", "<small>〔2〕</small>另起")).cuts != ()


def test_one_short_line_proves_no_measure():
    """A paragraph of two lines, the first of them short, and one of a single line that is longer: neither is too wide."""
    body = f"<p style='padding-left: 21pt'>{FULL[:-4]}<br>短。</p><p style='padding-left: 21pt'>{FULL[:-3]}。</p>"
    assert measured(body).overfull == ()


@pytest.mark.parametrize(
    ("before", "after"), [("剂量为120 mg", "每日一次"), ("位于第3", "腰椎"), ("此后5日", "后复查"), ("见文献", "(3)及其后"), ("共计120", "mouse")]
)
def test_an_uncut_token_is_not(before, after):
    assert measured(lines(before, after)).cuts == ()


def test_a_cut_token_in_a_cell_is_found():
    typography = measured("<table><tr><td>剂量为120<br>mg每日</td><td>备注</td></tr></table>")
    assert [spot.text for spot in typography.cuts] == ["剂量为120｜mg每日"]


def test_text_that_reaches_into_the_notes_of_its_page_is_found(sample_built):
    pages = [page.blocks for page in tagged(sample_built.pdf).drawn]
    raised = [[replace(block, lines=tuple(map(raise_line, block.lines))) if block.run_in else block for block in blocks] for blocks in pages]
    with_notes = [blocks for blocks in pages if any(block.run_in for block in blocks)]
    assert with_notes
    assert [sum(len(list(overlaid(blocks))) for blocks in found) for found in (pages, raised)] == [0, len(with_notes)]


def raise_line(line):
    return line._replace(y=line.y + 300)


def test_a_note_mark_torn_from_its_word_is_found():
    assert len(measured(lines(FULL, "<small>〔12〕</small>，然后继续")).cuts) == 1


def test_a_note_mark_is_in_the_line_of_its_word():
    typography = measured(lines("见前文<small>〔12〕</small>所述"))
    assert typography.lines == 9
    assert faults(typography) == set()


@pytest.mark.parametrize("pair", ["），", "」「", "（“", "。”", "”）"])
def test_marks_side_by_side_are_found_unless_squeezed(pair):
    assert [spot.text for spot in measured(lines(f"见前{pair}其后")).unsqueezed] == [f"见前{pair[0]}｜{pair[1]}其后"]
    squeezed = f"{pair[0]}<i>{pair[1]}</i>" if pair[0] in OPEN else f"<i>{pair[0]}</i>{pair[1]}"
    assert measured(lines(f"见前{squeezed}其后")).unsqueezed == ()


def test_a_question_and_an_exclamation_mark_stand_side_by_side():
    assert measured(lines("是否如此？！")).unsqueezed == ()


def test_a_full_width_mark_inside_the_measure_is_found():
    assert len(measured(lines(f"{FULL[:-1]}，", "然后继续")).full_marks) == 1


def test_a_mark_with_its_blank_half_outside_the_measure_is_right():
    typography = measured(lines(f'<span style="letter-spacing: {0.5 / 18}em">{FULL[:18]}</span>疗，', "然后继续"))
    assert faults(typography) == set()


@pytest.mark.parametrize("last", ["疗", "疗。", "c。"])
def test_a_lonely_character_is_found(last):
    assert [spot.text for spot in measured(lines(FULL, last)).lonely] == [f"{FULL[-12:]}｜{last}"]


def test_two_characters_are_not_lonely():
    assert measured(lines(FULL, "治疗。")).lonely == ()


def test_a_short_line_is_found_with_what_it_lacks():
    (spot,) = measured(lines(FULL[:18], FULL)).short
    assert (spot.page, spot.text) == (1, FULL[:18])
    assert spot.amount == pytest.approx(2, abs=0.02)


def test_left_aligned_text_is_not_short():
    assert measured(lines(FULL[:18], FULL), ragged={1}).justified == 0
    assert measured(lines(FULL[:18], FULL), ragged={1}).short == ()
    assert measured(f"<table><tr><td>{FULL[:18]}<br>{FULL}</td></tr></table>").short == ()


def test_a_paragraph_that_ends_inside_an_item_is_not_short():
    item = f"<ul><li>{FULL[:12]}。<span style='display: block'>理由是这样的</span></li></ul>"
    assert measured(item).short == ()


def test_a_line_that_sticks_out_is_found():
    (spot,) = measured(lines(f"{FULL}之后", "然后继续")).overfull
    assert spot.amount == pytest.approx(2, abs=0.02)


def test_a_loose_line_is_found():
    typography = measured(lines(f'<span style="letter-spacing: .15em">{FULL[:17]}</span>', "然后继续"))
    (spot,) = typography.loose
    assert spot.amount == pytest.approx(0.15, abs=0.01)
    assert typography.loose_share == pytest.approx(1 / 7)


def test_a_gap_that_reads_as_a_space_is_found():
    assert [spot.text for spot in measured(lines('患者<span style="margin-left: .4em">入院</span>')).parted] == ["患者｜入院"]


def test_a_space_of_the_source_is_no_fault():
    assert faults(measured(lines("患者 入院"))) == set()


def test_a_gap_of_nothing_between_han_and_western_is_measured():
    typography = measure(pdf(CLEAN.replace("<b>", "").replace("</b>", "")))
    assert typography.borders.median == pytest.approx(0, abs=0.002)
    assert codes(check(typography, HOUSE, "test.pdf")) == ["PDF-210"]


def test_lines_beside_the_grid_are_found():
    typography = measured(f'{CLEAN}<h2>标题</h2><p style="padding-top: 5pt">然后继续</p>')
    body, small, heading, table = typography.grid
    assert (body.kind, body.lines, body.beside, len(body.off)) == ("正文", 13, 5, 5)
    assert body.off[0].text == "然后继续"
    assert body.off[0].amount == pytest.approx(5, abs=0.1)
    assert (heading.kind, heading.lines) == ("标题", 1)
    assert (small.lines, table.lines) == (0, 0)
    (problem,) = [problem for problem in check(typography, HOUSE, "test.pdf") if problem.code == "PDF-212"]
    assert problem.severity is Severity.REVIEW
    assert "5 行" in problem.message


def test_a_heading_beside_the_grid_is_counted_apart():
    typography = measured('<div style="height: 17.5pt"><h2 style="padding-top: 4pt; line-height: 13.5pt">标题</h2></div>')
    assert [share.beside for share in typography.grid] == [0, 0, 1, 0]


def test_a_foreign_font_is_found_on_its_page():
    typography = measured(lines('见<span style="font-family: DejaVu Sans">abc</span>其后'))
    (problem,) = [problem for problem in check(typography, HOUSE, "test.pdf") if problem.code == "PDF-211"]
    assert "DejaVu" in problem.message
    assert (problem.place.line, problem.severity) == (1, Severity.ERROR)
    assert problem.found.startswith("abc")


def test_a_mark_that_begins_a_page_is_found():
    typography = measured(lines(FULL, f"，{FULL[1:]}", FULL, "然后继续"), "@page { size: 300pt 162.5pt } p { orphans: 1; widows: 1 }")
    assert [(spot.page, spot.text) for spot in typography.starts] == [(1, f"{FULL[-12:]}｜，{FULL[1:12]}")]


def test_a_file_without_tags_cannot_be_measured():
    assert "PDF-200" in codes(check(measure(pdf(CLEAN, tags=False)), HOUSE, "test.pdf"))


def test_a_file_without_text_can():
    assert measure(pdf("<p></p>")).lines == 0


def test_problems_name_page_and_text():
    problems = list(check(measured(lines(FULL, "，然后继续")), HOUSE, "lung/screen.pdf"))
    assert codes(problems) == ["PDF-201"]
    assert str(problems[0].place) == "lung/screen.pdf:1"
    assert problems[0].found.endswith("｜，然后继续")


def test_a_few_loose_lines_are_borne():
    loose = lines(f'<span style="letter-spacing: .15em">{FULL[:17]}</span>', "然后继续")
    few = measure(pdf(CLEAN * 50 + loose))
    assert len(few.loose) == 1
    assert "PDF-209" not in codes(check(few, HOUSE, "test.pdf"))
    assert "PDF-209" in codes(check(measured(loose), HOUSE, "test.pdf"))


def test_an_index_is_set_flush_left():
    case, index = Section("case", "case", "病例", ()), Section("index", "index", "索引", (Index(()),))
    assert flush_left(Pagination(tuple("1234"), (Span(case, 1, 2), Span(index, 3, 4)), ())) == {3, 4}


def test_every_measure_has_a_code_of_its_own():
    assert len({fault.code for fault in FAULTS}) == len(FAULTS)
