"""Vertebrae, ribs, lobes and stations are read from words, and TNM, phases and signals are not taken for them."""

import pytest

from publisher.lint.body import bones, levels, stations


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("胸3、5、8、腰1椎体", "L1 T3 T5 T8"),
        ("T10～T12椎体、L1～L3椎体", "L1 L2 L3 T10 T11 T12"),
        ("L1、5椎体后方", "L1 L5"),
        ("胸10腰2椎体", "L2 T10"),
        ("T11～L2", "L1 L2 T11 T12"),
        ("T3/T4/T8椎体", "T3 T4 T8"),
        ("右侧第3、9、10前肋", "第10肋 第3肋 第9肋"),
        ("T13椎体", "T13"),
    ],
)
def test_levels_are_read(text, found):
    assert " ".join(sorted(map(str, levels(text)))) == found


@pytest.mark.parametrize("text", ["cT2bN2M1b", "长T1长T2信号", "T1WI呈低信号", "EGFR L858R", "PD-L1 TPS", "CD4/6", "T4、N2", "第1～3楔骨"])
def test_other_signs_are_no_levels(text):
    assert levels(text) == set()


def test_a_level_beyond_its_region_does_not_exist():
    assert [level.exists for text in ("T12", "T13", "L5", "L6", "第12肋", "第13肋") for level in levels(text)] == [True, False] * 3


def test_stations_and_bones_are_read():
    assert stations("穿刺部位为4R组、11L组") == {"4R", "11L"}
    assert bones("左侧第5肋、T8椎体及双侧股骨上段") == {"肋骨", "胸椎", "股骨"}
