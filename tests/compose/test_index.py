"""The index: order by pinyin with the right readings, second names pointing to terms, runs of pages, main entries apart."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from project import REPOSITORY

from publisher import book
from publisher.compose.index import index_lexicons, index_sections, index_terms
from publisher.compose.readings import READINGS, initial, order, syllables
from publisher.lexicon import Lexicon, Sought
from publisher.pagination import Mention, PageMap, runs
from publisher.preflight.printed_text import PrintedText
from publisher.render import index_groups


def test_terms_stand_in_pinyin_order(sample):
    assert [term.term for term in index_terms(sample.catalogue)] == [
        "ALK", "癌痛", "癌性疼痛", "安加维", "表皮生长因子受体", "重组人粒细胞刺激因子", "地舒单抗", "多西他赛", "EGFR", "EGFR-TKI", "ER", "弗隆", "骨相关事件",
        "HER2", "颌骨坏死", "浸润性导管癌", "Ki-67", "来曲唑", "劳拉西泮", "PD-L1", "羟考酮", "SAMPLE-100", "SREs", "顺铂", "TTF-1", "腺癌", "中性粒细胞减少",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "letter"),
    [
        ("重组人白介素-11", "C"), ("重建钢板", "C"), ("重度疼痛", "Z"), ("长春瑞滨", "C"), ("长骨骨折", "C"), ("生长激素", "S"), ("行走困难", "X"),
        ("降钙素", "J"), ("调节性T细胞", "T"), ("恶性胸腔积液", "E"), ("颌骨坏死", "H"), ("脱发", "T"), ("地舒单抗", "D"), ("紫杉醇", "Z"),
        ("PD-L1抑制剂", "P"), ("α干扰素", "#"), ("5-氟尿嘧啶", "#"),
    ],
)  # fmt: skip
def test_the_initial_of_a_term_is_that_of_its_reading(word, letter):
    assert initial(word) == letter


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("重组", "chong zu"), ("延长", "yan chang"), ("表皮生长因子受体", "biao pi sheng zhang yin zi shou ti"), ("卡铂", "ka bo"), ("吗啡", "ma fei"),
        ("曲妥珠单抗", "qu tuo zhu dan kang"), ("芬必得", "fen bi de"), ("泰勒宁", "tai le ning"), ("间质性肺病", "jian zhi xing fei bing"),
        ("阿替利珠单抗", "a ti li zhu dan kang"), ("脊髓压迫", "ji sui ya po"), ("骨相关事件", "gu xiang guan shi jian"),
    ],
)  # fmt: skip
def test_characters_of_several_readings_are_read_as_in_medicine(word, read):
    assert " ".join(syllables(word)) == read


def test_a_reading_has_a_syllable_for_each_character():
    assert [word for word, reading in READINGS.items() if len(reading.split(" ")) != len(word)] == []


def test_foreign_words_come_first_under_their_letter():
    assert sorted(["阿霉素", "ALK", "癌", "ASCENT"], key=order) == ["ALK", "ASCENT", "阿霉素", "癌"]


def test_words_of_one_sound_stand_by_tone():
    assert sorted(["拔", "靶", "疤"], key=order) == ["疤", "拔", "靶"]


def test_a_class_without_a_drug_is_a_term_only_where_it_is_asked_for(sample):
    terms = [term.term for term in index_terms(sample.catalogue)]
    assert ("钙剂" in terms, "EGFR-TKI" in terms) == (False, True)


def test_brands_and_second_names_point_to_their_terms(sample):
    pointing = {term.term: term.see for term in index_terms(sample.catalogue) if term.see}
    assert pointing == {"安加维": "地舒单抗", "弗隆": "来曲唑", "表皮生长因子受体": "EGFR", "癌痛": "癌性疼痛", "SREs": "骨相关事件"}


def test_every_pointer_of_the_real_catalogue_leads_to_a_term(content):
    terms = index_terms(content.catalogue)
    names = {term.term for term in terms if not term.see}
    assert {term.see for term in terms if term.see} - names == set()


def test_no_name_of_the_real_index_stands_twice(content):
    names = [term.term for term in index_terms(content.catalogue)]
    assert [name for name in names if names.count(name) > 1] == []


def test_every_term_of_the_real_catalogue_stands_under_its_initial_in_order(content):
    initials = [term.initial for term in index_terms(content.catalogue)]
    assert initials == sorted(initials, key=lambda letter: (letter == "#", letter))


DRUGS = Sought("氨酚羟考酮", ("氨酚羟考酮",)), Sought("羟考酮", ("羟考酮", "奥施康定"))
WORDS = Lexicon("w", (*DRUGS, Sought("腺癌", ("腺癌", "肺腺癌"), ("乳腺癌",)), Sought("ER", ("ER",))))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("用氨酚羟考酮", ["氨酚羟考酮"]), ("氨酚羟考酮改羟考酮", ["氨酚羟考酮", "羟考酮"]), ("奥施康定", ["羟考酮"]), ("乳腺癌术后", []), ("肺腺癌", ["腺癌"]),
        ("乳腺癌与腺癌", ["腺癌"]), ("ER(+)", ["ER"]), ("HER2(+)", []), ("PER", []), ("ER\n(+)", ["ER"]), ("转移灶ER、PR", ["ER"]), ("", []),
    ],
)  # fmt: skip
def test_a_term_stands_under_its_spellings_and_not_inside_another(text, found):
    assert WORDS.standing_in(text) == found


def test_a_drug_and_the_trial_that_bears_its_name_both_stand(content):
    text = "地舒单抗对比唑来膦酸的III期研究"
    standing = [name for lexicon in index_lexicons(content.catalogue) for name in lexicon.standing_in(text)]
    assert standing == ["地舒单抗", "唑来膦酸", "Stopeck 2010"]


def pages(*numbers: int, treated: tuple[int, ...] = ()) -> tuple[Mention, ...]:
    return tuple(Mention(str(number), "case", number in treated) for number in numbers)


@pytest.mark.parametrize(
    ("numbers", "shown"),
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
def test_neighbouring_pages_are_merged(numbers, shown):
    assert [run.text for run in runs(pages(*numbers))] == shown


def test_main_entries_stay_apart_from_their_neighbours():
    assert [(run.text, run.treated) for run in runs(pages(3, 4, 5, 6, 7, treated=(4, 5)))] == [("3", False), ("4～5", True), ("6～7", False)]


def test_a_run_links_to_its_first_page():
    assert [(run.anchor, run.text) for run in runs(pages(23, 24))] == [("folio-23", "23～24")]


@given(numbers=st.sets(st.integers(1, 199)), treated=st.sets(st.integers(1, 199)))
def test_merged_runs_hold_every_page_once(numbers, treated):
    ends = [run.text.split("～") for run in runs(pages(*numbers, treated=tuple(treated)))]
    assert [page for run in ends for page in range(int(run[0]), int(run[-1]) + 1)] == sorted(numbers)


@given(numbers=st.sets(st.integers(1, 199)))
def test_merged_runs_never_touch(numbers):
    ends = [run.text.split("～") for run in runs(pages(*numbers))]
    assert all(int(after[0]) - int(before[-1]) > 1 for before, after in pairwise(ends))


def test_a_term_that_is_nowhere_printed_is_left_out_with_its_brands():
    brands = book.IndexTerm("安加维", "A", "地舒单抗"), book.IndexTerm("弗隆", "F", "顺铂")
    index = book.Index((brands[0], book.IndexTerm("地舒单抗", "D"), brands[1], book.IndexTerm("顺铂", "S")))
    groups = index_groups(index, PageMap({}, {"index:顺铂": pages(9)}))
    assert [(letter, [(term.term, [run.text for run in found]) for term, found in terms]) for letter, terms in groups] == [
        ("F", [("弗隆", [])]),
        ("S", [("顺铂", ["9"])]),
    ]


def test_the_index_of_the_sample_book_bears_a_recombinant_drug(sample_built):
    span = next(span for span in sample_built.pagination.spans if span.section.id == "index")
    assert "重组人粒细胞刺激因子" in PrintedText(sample_built.pdf, sample_built.book, sample_built.pagination).of(span.first, span.last)


def test_the_layout_says_other_for_what_begins_with_no_letter():
    assert "其他" in (REPOSITORY / "layouts/components/lists.html").read_text(encoding="utf-8")


def terms_of(section):
    return [term for block in section.blocks if isinstance(block, book.Index) for term in block.terms]


def test_the_index_of_a_volume_is_one_section(content):
    (section,) = index_sections(content.catalogue, 15)
    assert terms_of(section) == index_terms(content.catalogue)


@pytest.mark.parametrize("cases", [51, 100, 1000])
def test_the_index_of_very_many_cases_goes_on_where_another_initial_begins(content, cases):
    first, *others = index_sections(content.catalogue, cases)
    parts = [terms_of(section) for section in (first, *others)]
    assert len(parts) > 1
    assert [term for part in parts for term in part] == index_terms(content.catalogue)
    initials = [{term.initial for term in part} for part in parts]
    assert sum(map(len, initials)) == len(set.union(*initials))
    assert [any(isinstance(block, book.Heading) for block in section.blocks) for section in others] == [False] * len(others)
