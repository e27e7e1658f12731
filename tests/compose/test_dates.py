"""The date policy of a volume: the same in text, tables, notes, appendix and attached data; no day of a patient's is left."""

import pytest
from project import FEMUR, RIB, VOLUME

from publisher import book
from publisher.book import lines_of, words
from publisher.compose.assemble import compose
from publisher.compose.dates import DayCount, months, rewritten, shown
from publisher.finish.attachments import of_cases
from publisher.identities import full_dates
from publisher.problems import Rejected
from publisher.read_yaml import Reader
from publisher.written import leaves


def in_months(text: str) -> str:
    return rewritten(text, list(months(text)))


def counted(text: str, *days: str, path: tuple = ("course", 0)) -> str:
    """Rewrite a text in a case on whose record stand some days."""
    tree, _ = Reader("timeline:\n" + "".join(f"  - {{at: {day}, event: 复查}}\n" for day in days), "case.yaml").read()
    return rewritten(text, DayCount.of(tree).spans(text, path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-06-15", "2021-06"),
        ("2021.6.5手术", "2021-06手术"),
        ("2021年6月15日行手术", "2021年6月行手术"),
        ("2021-06-15～2021-07-02", "2021-06～2021-07"),
        ("2021-06-15～2021-06-25", "2021-06"),
        ("2021-06-15～25", "2021-06"),
        ("应始于6月28日", "应始于6月"),
        ("6月28～30日", "6月"),
        ("2021-06", "2021-06"),
        ("2021年6月复查，共15日", "2021年6月复查，共15日"),
        ("NRS评分7～8分，30 Gy/10次", "NRS评分7～8分，30 Gy/10次"),
        ("CA15-3 21.00，120/80 mmHg", "CA15-3 21.00，120/80 mmHg"),
    ],
)
def test_a_day_becomes_its_month(text, expected):
    assert in_months(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-06-15", "第1天"),
        ("2021-06-26", "第12天"),
        ("2021年7月15日行手术", "第31天行手术"),
        ("2021-06-20～2021-06-25", "第6天～第11天"),
        ("2021-06-20～25", "第6～11天"),
        ("应始于6月28日", "应始于第14天"),
        ("2018-05", "第1天前约37个月"),
        ("2021年6月", "第1天当月"),
        ("2021-09", "第1天后约3个月"),
        ("2019年起病", "第1天前约2年起病"),
        ("（2025年版）", "（2025年版）"),
        ("随访12个月，第3天", "随访12个月，第3天"),
    ],
)
def test_a_day_is_counted_from_the_first(text, expected):
    assert counted(text, "2021-06-15", "2021-12-01") == expected


def test_a_day_without_a_year_that_may_be_of_two_is_left_out():
    assert counted("应始于6月28日", "2021-06-15", "2022-12-01") == "应始于（日期略）"


def test_without_a_first_day_nothing_is_printed_as_it_was():
    assert counted("6月28日，2021-06", "治疗第4周") == "（日期略），（日期略）"


def test_the_year_of_a_study_stays():
    assert counted("2019年发表的研究", "2021-06-15", path=("commentary", 0, "text", 0)) == "2019年发表的研究"


def test_a_value_that_looks_like_a_year_stays():
    assert counted("2019", "2021-06-15", path=("labs", 0, "results", 0, "value")) == "2019"


@pytest.fixture(params=["month", "days-from-start"])
def dated(request, project):
    """The sample book under a policy, with days in every kind of place."""
    project.edit(VOLUME, "closing:", f"privacy: {{dates: {request.param}}}\nclosing:")
    project.edit(RIB, "note: 未载粒细胞计数的全程变化，请补。", "note: 2025-03-20复查未载，请补。")
    project.edit(RIB, "2月前患者无诱因", "2025年3月1日外院就诊。2月前患者无诱因")
    project.edit(RIB, "quote: 66.70", "quote: 2025-03-0")
    project.edit(FEMUR, "1月前出现", "2018年5月3日手术，1月前出现")
    return project.collection()


def everything(whole: book.Book) -> str:
    """Return all text of the cases, the contents and the appendices of a book."""
    texts = []
    for section in whole.sections:
        if section.kind not in ("front", "guideline"):
            texts += [section.title, section.running_head, *(words(line) for block in section.blocks for line in lines_of(block))]
            texts += [entry.detail for block in section.blocks if isinstance(block, book.Entries) for entry in block.items]
    return "\n".join(texts)


def test_no_full_date_is_left_in_the_book(dated):
    whole = compose(dated.volumes["sample"], dated.catalogue, "测试引擎")
    assert list(full_dates(everything(whole))) == []


def test_no_full_date_is_left_in_the_attached_data(dated):
    source = dated.volumes["sample"]
    whole = compose(source, dated.catalogue, "测试引擎")
    attached = of_cases(shown(source, dated.catalogue), whole)
    assert attached
    assert [found for item in attached for found in full_dates(item.content.decode())] == []


def test_what_must_be_found_in_print_is_what_is_printed(dated):
    whole = compose(dated.volumes["sample"], dated.catalogue, "测试引擎")
    assert [item.text for item in whole.printed if list(full_dates(item.text))] == []


def test_a_quote_that_cuts_through_a_date_takes_in_the_whole(dated):
    whole = compose(dated.volumes["sample"], dated.catalogue, "测试引擎")
    notes = [note for block in whole.section("sample-01-rib").blocks if isinstance(block, book.Notes) for note in block.items]
    assert [words(note.quote) for note in notes if words(note.quote) in ("2025-03", "第1天")]


def test_where_dates_stay_nothing_is_touched(sample):
    source = sample.volumes["sample"]
    assert shown(source, sample.catalogue) is source


def test_every_other_word_stays(dated, sample):
    """Rewriting touches scalars that hold a date and no other."""
    before = dict(leaves(dated.volumes["sample"].trees["sample-01-rib"]))
    after = dict(leaves(shown(dated.volumes["sample"], dated.catalogue).trees["sample-01-rib"]))
    changed = {path for path in before if path in after and before[path] != after[path]}
    assert changed
    assert [before[path] for path in changed if "2025" not in before[path]] == []


@pytest.mark.parametrize("policy", ["month", "days-from-start"])
def test_the_real_volumes_keep_no_day(content, policy):
    for source in content.volumes.values():
        private = source.volume.privacy.model_copy(update={"dates": policy})
        volume = source.volume.model_copy(update={"privacy": private})
        given = type(source)(volume, source.cases, source.guideline, source.dosing, source.trees, source.other_trees)
        whole = compose(given, content.catalogue, "测试引擎")
        assert list(full_dates(everything(whole))) == []
        assert [found for item in of_cases(shown(given, content.catalogue), whole) for found in full_dates(item.content.decode())] == []


def test_a_policy_that_is_none_is_refused(project):
    project.edit(VOLUME, "closing:", "privacy: {dates: monthly}\nclosing:")
    with pytest.raises(Rejected, match="SRC-103"):
        project.collection()
