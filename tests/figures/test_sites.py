"""Sites as written mean bones; what words leave open stays open."""

import pytest

from publisher.case import Metastasis
from publisher.figures.bones import LAYERS, SPINE, bone
from publisher.figures.sites import bones_of, site_of


@pytest.mark.parametrize(
    ("site", "levels", "side", "sure"),
    [
        ("胸椎", ["T5", "T7"], None, {"T5", "T7"}),
        ("胸椎", ["胸3", "胸5", "胸8"], None, {"T3", "T5", "T8"}),
        ("胸椎、腰椎", ["T12", "L1"], None, {"T12", "L1"}),
        ("腰3～5椎体", [], None, {"L3", "L4", "L5"}),
        ("T10～T12椎体", [], None, {"T10", "T11", "T12"}),
        ("左侧第10椎体左侧横突", [], "左侧", {"T10.left"}),
        ("肋骨", ["第5肋", "第6肋"], "左侧", {"rib.5.left", "rib.6.left"}),
        ("右第2肋骨", [], None, {"rib.2.right"}),
        ("股骨中段", [], "右侧", {"femur.right.middle"}),
        ("股骨颈", [], "右侧", {"femur-neck.right"}),
        ("股骨上段", [], "双侧", {"femur.right.upper", "femur.left.upper"}),
        ("肱骨近端", [], "右侧", {"humerus.right.upper"}),
        ("胸骨", [], None, {"sternum"}),
        ("肩胛骨", [], "右侧", {"scapula.right"}),
        ("左侧第1～3、5跖骨干", [], None, {f"metatarsal.{number}.left" for number in (1, 2, 3, 5)}),
    ],
)
def test_a_site_with_its_level_or_segment_is_sure(site, levels, side, sure):
    found = bones_of(site, levels, side)
    assert (set(found.sure), set(found.open), found.sideless) == (sure, set(), False)


@pytest.mark.parametrize(
    ("site", "side", "names", "sideless"),
    [
        ("胸椎", None, {"T"}, False),
        ("颈胸腰骶椎", None, {"C", "T", "L", "S"}, False),
        ("脊柱（多个椎体及附件）", None, {"C", "T", "L"}, False),
        ("肋骨", "右侧", {"rib"}, False),
        ("肋骨", None, {"rib"}, True),
        ("股骨", "右侧", {"femur"}, False),
        ("肩胛骨", None, {"scapula"}, True),
        ("骨盆", None, {"ilium", "pubis"}, False),
        ("第4跖骨", None, {"metatarsal"}, True),
    ],
)
def test_a_site_without_its_level_or_side_stays_open(site, side, names, sideless):
    found = bones_of(site, [], side)
    assert found.sure == ()
    assert {address[0] if address in SPINE else address.split(".")[0] for address in found.open} == names
    assert found.sideless is sideless


@pytest.mark.parametrize("site", ["全身多发", "纵隔", "椎体", "锁骨上", "邻近骨质", "病灶12、13 cm"])
def test_words_that_name_no_bone_have_no_place(site):
    assert not bones_of(site, [])


def test_the_patients_right_is_at_the_viewers_left():
    right = site_of(Metastasis.model_validate({"organ": "骨", "site": "股骨", "side": "右侧"}))
    assert all(bone(address).middle[0] < 0 for address in right.bones)


def test_every_vertebra_has_its_own_place_from_above_downwards():
    heights = [bone(name).middle[1] for name in SPINE]
    assert heights == sorted(set(heights))


def test_both_sides_are_mirrored():
    for address in {address for layer in LAYERS for address in layer if address.endswith(".left")}:
        left, right = bone(address), bone(address.replace(".left", ".right"))
        assert [(-x, y) for shape in left.shapes for x, y in shape.points] == [point for shape in right.shapes for point in shape.points]
