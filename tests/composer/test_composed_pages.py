"""What a reader would notice on the page."""

import itertools
import re

import pytest
import weasyprint

from publisher import composer

EM = 16.0
RIGHT = 490.0
PROSE = (
    "患者于一年前无明显诱因开始咳嗽，为干咳无痰，于新冠感染后咳嗽加重；病程中无咯血、无咳痰。近一周咳嗽时出现右侧胸痛，并有活动后胸闷、气促及全身乏力。"
    "胸部CT发现左肺多发结节，大小约4.2 cm×2.3 cm，CEA 66.70 ng/mL，考虑为肺癌（腺癌）伴多发转移（“骨转移”），地舒单抗120 mg每4周1次，"
    "白细胞6.5×10⁹/L，PD-L1表达50%～60%，P<0.001。"
)
NO_START = "，。、；：！？）】」』》〉〕”’·～—／%％℃²³₂/×…)"
NO_END = "（【「『《〈〔“‘([{/<≤≥±"


def continued_lines(pages):
    """The lines of each paragraph but the last."""
    return pages.lines[:-1]


def test_both_edges_are_flush(page):
    for line in continued_lines(page(f"<p>{PROSE}</p>")):
        assert line.left == pytest.approx(10)
        assert line.right == pytest.approx(RIGHT, abs=0.05 * EM)


def test_without_the_composer_lines_are_ragged(plain_page):
    assert min(line.right for line in continued_lines(plain_page(f"<p>{PROSE}</p>"))) < RIGHT - 0.2 * EM


@pytest.mark.parametrize("width", range(300, 500, 23))
def test_no_forbidden_starts_ends_and_whole_tokens(page, width):
    texts = page(f'<p style="width: {width}px">{PROSE}</p>').texts
    assert not [text for text in texts[1:] if text[0] in NO_START]
    assert not [text for text in texts[:-1] if text[-1] in NO_END]
    for token in ("66.70 ng/mL", "120 mg", "6.5×10⁹/L", "PD-L1", "50%～60%", "P<0.001"):
        assert any(token in text for text in texts)
    assert len(re.sub(r"\W", "", texts[-1])) >= 2


def test_two_neighbouring_marks_take_an_em_and_a_half(page, plain_page, tmp_path):
    body = "<p>中），国</p><p>他说：“好”</p><p>（“甲</p>"
    plain = plain_page(body).word_widths(tmp_path)
    composer.install()
    squeezed = page(body).word_widths(tmp_path)
    assert plain["中），国"] == pytest.approx(4 * EM, abs=0.1)
    assert squeezed["中），国"] == pytest.approx(3.5 * EM, abs=0.02 * EM)


def test_an_opening_mark_at_the_line_start_is_half(page):
    line = page("<p>（甲）乙</p>").lines[0]
    assert line.right - line.left == pytest.approx(3.5 * EM)


def test_a_mark_at_the_line_end_is_half(page):
    lines = page(f'<p style="width: {9.5 * EM}px">一二三四五六七八九，一二三四五六七</p>').lines
    assert lines[0].text == "一二三四五六七八九，"
    assert lines[0].right - lines[0].left == pytest.approx(9.5 * EM)


def test_han_and_western_stand_apart(page, tmp_path):
    pages = page("<p>测定CEA值</p>")
    plain = 3 * EM
    line = pages.lines[0]
    western = line.right - line.left - plain
    alone = page("<p>CEA</p>").lines[0]
    assert western - (alone.right - alone.left) == pytest.approx(0.18 * EM, abs=0.01)
    assert "测定CEA值" in pages.printed(tmp_path)


def test_an_inline_link_changes_nothing(page):
    linked = PROSE.replace("胸部CT", "胸<a href='#a'>部C</a>T").replace("（腺癌）", "<span>（</span><b style='font-weight: normal'>腺癌</b>）")
    plain, marked = page(f"<p>{PROSE}</p>").lines, page(f"<p id='a'>{linked}</p>").lines
    assert [line.text for line in plain] == [line.text for line in marked]
    assert [line.right for line in plain] == pytest.approx([line.right for line in marked], abs=0.1)


def test_marks_are_squeezed_across_inline_elements(page):
    whole, parted = page("<p>甲（乙）。丙</p>").lines[0], page("<p>甲（<i style='font-style: normal'>乙）</i>。丙</p>").lines[0]
    assert whole.right == pytest.approx(parted.right, abs=0.01)


@pytest.mark.parametrize("width", range(100, 420, 16))
def test_a_note_mark_keeps_to_the_word_before_it(page, width):
    mark = '<a class="note-mark" href="#n">〔12〕</a>'
    texts = page(f'<p id="n" style="width: {width}px">骨转移患者超过50%{mark}。骨转移可引起骨相关事件（SREs）{mark}，如病理性骨折{mark}脊髓压迫。</p>').texts
    assert not [text for text in texts if text.startswith("〔") or text.startswith("12")]
    assert not [text for text in texts if text.endswith(("〔", "〔1", "〔12"))]
    assert sum(text.count("〔12〕") for text in texts) == 3


def test_a_note_mark_does_not_keep_a_lone_character_company(page):
    texts = page(f'<p style="width: {10 * EM}px">一二三四五六七八九十甲<a class="note-mark">〔12〕</a></p>').texts
    assert texts == ["一二三四五六七八九", "十甲〔12〕"]


def test_extracted_text_is_the_source_text(page, tmp_path):
    text = page(f"<p>{PROSE}</p>").printed(tmp_path)
    assert not re.findall("[一-鿿，。、；：（）“”] [一-鿿，。、；：（）“”]", text)
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", PROSE)


def test_left_aligned_text_is_not_stretched(page):
    lines = page(f'<p style="text-align: left">{PROSE}</p>').lines
    assert len({round(line.right) for line in lines[:-1]}) > 1
    assert not [line.text for line in lines[1:] if line.text[0] in NO_START]


def test_another_language_is_left_to_the_engine(page, plain_page):
    body = '<p lang="en">The “quick” brown fox, jumps (over) the lazy dog; ' * 3 + "</p>"
    ours = [(line.text, line.right) for line in page(body).lines]
    composer.uninstall()
    assert ours == [(line.text, line.right) for line in plain_page(body).lines]


def test_centred_headings_are_centred(page):
    line = page('<h1 style="text-align: center; font-size: 24px">病理性骨折（1）</h1>').lines[0]
    assert line.left - 10 == pytest.approx(RIGHT - line.right, abs=0.01)


def test_a_paragraph_goes_on_over_the_page_as_chosen(page):
    body = f"<p>{PROSE * 6}</p>"
    long, broken = page(body, "@page { size: 500px 3000px }"), page(body, "@page { size: 500px 300px }")
    assert [line.text for line in long.lines] == [line.text for line in broken.lines]
    assert {line.page for line in broken.lines} == {1, 2, 3, 4} or max(line.page for line in broken.lines) > 1


def test_a_paragraph_beside_a_float_is_set_line_by_line(page):
    body = f'<div style="float: left; width: 120px; height: 60px">图</div><p>{PROSE}</p>'
    lines = [line for line in page(body).lines if line.text != "图"]
    assert lines[0].left == pytest.approx(130)
    assert lines[-2].left == pytest.approx(10)
    assert "".join(line.text for line in lines).replace(" ", "") == PROSE.replace(" ", "")
    assert all(line.right == pytest.approx(RIGHT, abs=0.1 * EM) for line in lines[:-1])


def test_a_float_inside_a_paragraph_is_left_to_the_engine(page):
    assert "图" in "".join(page(f'<p><span style="float: right">图</span>{PROSE}</p>').texts)


def test_cells_of_automatic_width_hold_their_text_in_one_line(page):
    assert page("<table><tr><td>癌胚抗原CEA（血清），</td><td>66.70 ng/mL</td></tr></table>").texts == ["癌胚抗原CEA（血清），", "66.70 ng/mL"]


def test_lines_keep_one_pitch_with_note_marks(page):
    tops = [line.top for line in page(f"<p>{PROSE.replace('；', '<a class=note-mark>〔1〕</a>；')}</p>").lines]
    assert {round(below - above, 3) for above, below in itertools.pairwise(tops)} == {28}


def test_lines_with_inline_blocks_are_flush(page):
    for line in continued_lines(page(f'<p><b style="display: inline-block; width: 40px"></b>{PROSE}</p>')):
        assert line.right == pytest.approx(RIGHT, abs=0.02 * EM)


def test_list_markers_anchors_and_inline_blocks_stay(page, tmp_path):
    pages = page('<ul style="list-style: \'·\'"><li>甲<span id="here"></span>乙<span style="display: inline-block; width: 30px">丙</span>丁</li></ul>')
    assert sorted(re.sub(r"\s", "", pages.printed(tmp_path))) == sorted("·甲乙丙丁")
    assert "here" in pages.document.pages[0].anchors


@pytest.mark.parametrize("width", range(60, 200, 16))
def test_an_empty_anchor_at_a_line_end_is_kept_once(page, width):
    pages = page(f'<p style="width: {width}px">一二<b>三四五六<i id="in"></i></b><i id="between"></i>七八九<b><i id="deep"></i></b><i id="last"></i></p>')
    anchors = [box.element.get("id") for box in pages.document.pages[0]._page_box.descendants() if box.element_tag == "i"]
    assert sorted(anchors) == ["between", "deep", "in", "last"]


def test_forced_breaks_end_lines_unstretched(page):
    lines = page("<p>一二三四<br>五六七八</p>").lines
    assert [line.text.strip() for line in lines] == ["一二三四", "五六七八"]
    assert lines[0].right - lines[0].left == pytest.approx(4 * EM)


def test_loose_lines_are_reported_and_cleared(page):
    page('<p style="width: 160px">骨转移患者EGFRALKROSXYZ骨转移患者骨转移</p>')
    assert composer.loose_lines()
    assert composer.loose_lines()[0].gap_em > 0.1
    composer.clear_loose_lines()
    assert not composer.loose_lines()


def test_pdf_tags_are_written(page):
    assert page(f"<p>{PROSE}</p>").document.write_pdf(pdf_tags=True).startswith(b"%PDF")


def test_weasyprint_is_as_before_afterwards(page):
    composer.uninstall()
    assert weasyprint.layout.block.iter_line_boxes is weasyprint.layout.inline.iter_line_boxes
    assert weasyprint.layout.inline.iter_line_boxes.__module__ == "weasyprint.layout.inline"
