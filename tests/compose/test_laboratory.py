"""The tests at a glance: a row for each analyte, and no row higher than a page however many cases report it."""

from types import SimpleNamespace

import pytest

from publisher.compose.laboratory import MOST_CASES, Report, Row, cases, parted


def row(count: int) -> Row:
    """An analyte that so many cases report, each twice."""
    reported = [SimpleNamespace(id=f"case-{number}") for number in range(count)]
    return Row("癌胚抗原", [Report("癌胚抗原", case, unit, "") for case in reported for unit in ("ng/mL", "μg/L")])


@pytest.mark.parametrize("count", [1, MOST_CASES, MOST_CASES + 1, 5 * MOST_CASES])
def test_every_report_stands_in_one_row_in_order(count):
    whole = row(count)
    parts = list(parted(whole))
    assert [report for part in parts for report in part.reports] == whole.reports
    assert [len(cases(part)) <= MOST_CASES for part in parts] == [True] * -(-count // MOST_CASES)
