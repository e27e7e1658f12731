"""The drug index: order by pinyin, brands pointing to their drug, runs of pages."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import book
from publisher.compose.terms import drug_terms, initial, pinyin
from publisher.preflight.printed_text import PrintedText
from publisher.render import PageMap, index_groups, merged


def test_terms_stand_in_pinyin_order(sample):
    assert [term.term for term in drug_terms(sample.catalogue)] == [
        "安加维", "重组人粒细胞刺激因子", "地舒单抗", "多西他赛", "弗隆", "来曲唑", "劳拉西泮", "羟考酮", "顺铂",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "letter"),
    [("重组人白介素-11", "C"), ("长春瑞滨", "C"), ("地舒单抗", "D"), ("紫杉醇", "Z"), ("PD-L1抑制剂", "P"), ("α干扰素", "#"), ("5-氟尿嘧啶", "#")],
)
def test_the_initial_of_a_drug_is_that_of_its_reading(word, letter):
    assert initial(word) == letter


def test_recombinant_is_read_chong():
    assert pinyin("重组人")[:2] == ("chong", "zu")


def test_a_class_without_a_drug_is_not_a_term(sample):
    assert "钙剂" not in [term.term for term in drug_terms(sample.catalogue)]


def test_a_brand_points_to_its_drug(sample):
    assert [(term.term, term.see) for term in drug_terms(sample.catalogue) if term.see] == [("安加维", "地舒单抗"), ("弗隆", "来曲唑")]


def test_every_term_of_the_real_catalogue_stands_under_its_initial_in_order(content):
    initials = [term.initial for term in drug_terms(content.catalogue)]
    assert initials == sorted(initials, key=lambda letter: (letter == "#", letter))


FOLIOS = {f"folio-{number}": str(number) for number in range(1, 200)}


@pytest.mark.parametrize(
    ("pages", "shown"),
    [
        ([23, 24, 25], ["23～25"]),
        ([23], ["23"]),
        ([23, 24], ["23～24"]),
        ([1, 3, 5], ["1", "3", "5"]),
        ([1, 2, 4, 5, 6, 9], ["1～2", "4～6", "9"]),
        ([100, 9, 10], ["9～10", "100"]),
        ([7, 7, 8], ["7～8"]),
        ([], []),
    ],
)
def test_neighbouring_pages_are_merged(pages, shown):
    assert [folios for _, folios in merged(tuple(f"folio-{page}" for page in pages), FOLIOS)] == shown


def test_a_run_links_to_its_first_page():
    assert merged(("folio-23", "folio-24"), FOLIOS) == [("folio-23", "23～24")]


@given(pages=st.sets(st.integers(1, 199)))
def test_merged_runs_hold_every_page_once(pages):
    runs = [folios.split("～") for _, folios in merged(tuple(f"folio-{page}" for page in pages), FOLIOS)]
    assert [page for run in runs for page in range(int(run[0]), int(run[-1]) + 1)] == sorted(pages)


@given(pages=st.sets(st.integers(1, 199)))
def test_merged_runs_never_touch(pages):
    runs = [folios.split("～") for _, folios in merged(tuple(f"folio-{page}" for page in pages), FOLIOS)]
    assert all(int(after[0]) - int(before[-1]) > 1 for before, after in pairwise(runs))


def test_a_term_that_is_nowhere_printed_is_left_out():
    index = book.Index((book.IndexTerm("地舒单抗", "", "D", ("地舒单抗",)), book.IndexTerm("顺铂", "", "S", ("顺铂",))))
    groups = index_groups(index, PageMap(FOLIOS, {"顺铂": ("folio-9",)}))
    assert [(letter, [term.term for term, _ in terms]) for letter, terms in groups] == [("S", ["顺铂"])]


def test_the_index_of_the_sample_book_bears_a_recombinant_drug(sample_built):
    span = next(span for span in sample_built.pagination.spans if span.section.id == "index")
    assert "重组人粒细胞刺激因子" in PrintedText(sample_built.pdf, sample_built.book, sample_built.pagination).of(span.first, span.last)
