"""The two real volumes: complete, resolved, without names of patients; both build without problems."""

import re

import pytest
from project import REPOSITORY, codes

from publisher.compose.case_section import case_section
from publisher.lint.characters import covered
from publisher.lint.queries import examined
from publisher.written import leaves

VOLUMES = ["breast", "lung"]


def texts(source):
    """Yield every scalar of the cases of a volume."""
    for tree in source.trees.values():
        yield from leaves(tree)


def everything(source):
    return [str(leaf) for _, leaf in texts(source)] + [str(source.volume), str(source.guideline), str(source.dosing)]


def doses(case):
    prior = case.history.prior_cancer
    for treatment in [*case.treatments, *(prior.treatments if prior else [])]:
        yield from treatment.doses


def test_both_volumes_read_without_problems(content):
    assert sorted(content.volumes) == VOLUMES


def test_the_lung_volume_has_its_fifteen_cases_in_order(content):
    source = content.volumes["lung"]
    assert [int(source.cases[slug].number) for slug in source.volume.case_ids] == list(range(1, 16))


def test_the_breast_volume_has_its_seven_cases_in_order(content):
    source = content.volumes["breast"]
    assert [int(source.cases[slug].number) for slug in source.volume.case_ids] == [1, 2, 5, 6, 11, 21, 22]


def test_the_breast_volume_announces_the_sixteen_cases_without_text(content):
    volume = content.volumes["breast"].volume
    assert [int(item.number) for item in volume.announced] == [3, 4, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 23]


def test_the_lung_volume_announces_none(content):
    assert content.volumes["lung"].volume.announced == []


@pytest.mark.parametrize("name", VOLUMES)
def test_the_quote_of_every_note_is_found_in_its_case(content, name):
    for case in content.volumes[name].cases.values():
        placed = next((block.items for block in case_section(case).blocks if type(block).__name__ == "Notes"), ())
        assert (case.id, len(placed)) == (case.id, len(case.notes))


@pytest.mark.parametrize("name", VOLUMES)
def test_every_drug_of_a_dose_has_its_catalogue_entry(content, name):
    given = [dose.drug for case in content.volumes[name].cases.values() for dose in doses(case)]
    assert [drug for drug in given if drug.entry not in content.catalogue.drugs] == []
    assert len(given) > 20


@pytest.mark.parametrize("name", VOLUMES)
def test_every_drug_of_the_appendix_has_its_catalogue_entry(content, name):
    given = [row.drug for table in content.volumes[name].dosing.tables for row in table.rows]
    assert [drug for drug in given if drug.entry not in content.catalogue.drugs] == []


def test_every_component_of_a_regimen_is_a_drug(content):
    known = {drug.id for drug in content.catalogue.drugs}
    assert {slug for regimen in content.catalogue.regimens for slug in regimen.components} - known == set()


@pytest.mark.parametrize("name", VOLUMES)
def test_every_series_value_has_its_column(content, name):
    stray = [
        (case.id, key)
        for case in content.volumes[name].cases.values()
        for series in case.series
        for point in series.points
        for key in {**point.values, **point.change}
        if key not in [column.analyte for column in series.columns]
    ]
    assert stray == []


@pytest.mark.parametrize("name", VOLUMES)
def test_no_masked_name_is_printed(content, name):
    assert [text for _, text in texts(content.volumes[name]) if re.search(r"某某|[Xx×*＊○]{2,}", text)] == []


@pytest.mark.parametrize("name", VOLUMES)
@pytest.mark.parametrize("word", ["住院号", "病案号", "身份证", "门诊号", "病历号"])
def test_no_number_that_identifies_a_patient_is_printed(content, name, word):
    assert [text for path, text in texts(content.volumes[name]) if word in text] == []


@pytest.mark.parametrize("name", VOLUMES)
def test_no_telephone_or_identity_number_is_printed(content, name):
    assert [text for text in everything(content.volumes[name]) if re.search(r"(?<!\d)(?:1\d{10}|\d{17}[\dXx])(?!\d)", text)] == []


@pytest.mark.parametrize("name", VOLUMES)
def test_a_case_that_the_guideline_cites_is_in_the_volume(content, name):
    source = content.volumes[name]
    cited, topics = set(), list(source.guideline.topics)
    while topics:
        topic = topics.pop()
        topics += topic.topics
        cited |= {str(slug) for statement in topic.statements for slug in statement.cases}
    assert cited
    assert cited <= set(source.cases)


@pytest.mark.parametrize("name", VOLUMES)
def test_every_finding_that_stops_a_real_volume_is_settled(content, name):
    examination = examined(content.volumes[name], content.catalogue, covered(REPOSITORY / "styles/fonts"))
    assert [str(problem) for problem in examination.errors] == []


@pytest.mark.parametrize("name", VOLUMES)
def test_a_real_volume_builds_without_problems(request, name):
    assert [str(problem) for problem in request.getfixturevalue(name).problems] == []


@pytest.mark.parametrize("name", VOLUMES)
def test_nothing_of_a_real_volume_is_lost_in_print(request, name):
    assert [code for code in codes(request.getfixturevalue(name).problems) if code.startswith("PDF-1")] == []
