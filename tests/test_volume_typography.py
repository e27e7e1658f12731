"""Both whole volumes are set as the standards ask, measured on the glyphs of the finished files."""

import re

import pytest
from project import REPOSITORY, Project

from publisher import book, composer
from publisher.preflight import typography
from publisher.preflight.tagged import tagged
from publisher.preflight.typography import Typography

NOTHING = ["starts", "ends", "cuts", "unsqueezed", "full_marks", "lonely", "short", "overfull", "parted", "overlaid"]


def measured(made) -> Typography:
    return typography.measure(made.pdf, typography.flush_left(made.pagination))


@pytest.fixture(scope="module", params=["lung", "breast"])
def volume(request) -> Typography:
    return measured(request.getfixturevalue(request.param))


@pytest.mark.parametrize("fault", NOTHING)
def test_a_volume_has_none_of(volume, fault):
    assert getattr(volume, fault) == ()


@pytest.mark.parametrize("name", ["lung", "breast"])
def test_no_head_of_a_column_that_is_one_word_is_cut(name, request):
    made = request.getfixturevalue(name)
    tables = [block for section in made.book.sections for block in section.blocks if isinstance(block, book.Table)]
    words = {column.title for table in tables for column in table.columns if re.fullmatch("[!-~]+", column.title)}
    assert words
    blocks = [block for page in tagged(made.pdf).drawn for block in page.blocks if len(block.lines) > 1]
    assert [block for block in blocks if "".join(line.text for line in block.lines) in words] == []


def test_loose_lines_are_under_one_in_a_hundred(volume):
    assert volume.justified > 150
    assert volume.loose_share < 0.01


def test_han_and_western_stand_apart_by_the_same_gap(volume):
    assert 0.08 <= volume.borders.median <= 0.10


def test_no_other_font_appears(volume):
    assert {share.name.split("-")[0] for share in volume.fonts} == {"Casebook"} or all(share.name.startswith("Casebook") for share in volume.fonts)


def test_the_body_has_one_pitch(volume):
    (pitch, most), *others = volume.pitches
    assert pitch == 17.5
    assert sum(count for _, count in others) < 0.01 * most


def test_lines_off_the_grid_are_under_one_in_a_hundred(volume):
    body = next(share for share in volume.grid if share.kind == "正文")
    assert body.lines > 500
    assert len(body.off) < 0.01 * body.lines


def test_without_the_composer_the_measures_find_faults(tmp_path, monkeypatch):
    composer.uninstall()
    monkeypatch.setattr(composer, "install", lambda: None)
    plain = measured(Project(tmp_path / "book", REPOSITORY).build("lung", "lung-13-renal-impairment"))
    assert plain.short
    assert plain.unsqueezed
    assert plain.borders.median < 0.05
