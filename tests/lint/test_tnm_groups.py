"""Stage groups follow from TNM by edition: the tables of the 7th and 8th edition for lung, one table for breast."""

import pytest

from publisher.lint.tnm import ANY_TNM, Tnm, fits, group, groups, t_by_size


def tnm(text: str) -> Tnm:
    return Tnm(*ANY_TNM.search(text).groups(), text, text, None, True)


@pytest.mark.parametrize(
    ("text", "seventh", "eighth"),
    [
        ("pT2aN1M0", "IIA", "IIB"),
        ("cT1cN0M1b", None, "IVA"),
        ("cT4N3M1b", "IV", "IVA"),
        ("cT4N3M1c", None, "IVB"),
        ("cT3N2M0", "IIIA", "IIIB"),
        ("cT4N3M0", "IIIB", "IIIC"),
        ("cT1aN0M0", "IA", "IA1"),
        ("cT2bN0M0", "IIA", "IIA"),
        ("cT2bN1M0", "IIB", "IIB"),
        ("cT4N1M0", "IIIA", "IIIA"),
    ],
)
def test_groups_of_the_lung(text, seventh, eighth):
    assert groups(tnm(text), "lung") == {edition: name for edition, name in (("第7版", seventh), ("第8版", eighth)) if name}


@pytest.mark.parametrize(
    ("text", "name"), [("T2N1M0", "IIB"), ("T3N2M0", "IIIA"), ("T2N0M0", "IIA"), ("T4N1M0", "IIIB"), ("T1N3M0", "IIIC"), ("cTxNxM1", "IV")]
)
def test_groups_of_the_breast(text, name):
    assert list(groups(tnm(text), "breast").values()) == [name]


def test_an_undivided_group_fits_its_divisions():
    assert fits(group("IV期"), "IVB")
    assert fits(group("IVb期"), "IVB")
    assert not fits(group("IVA期"), "IVB")


def test_size_gives_t():
    assert [t_by_size(size) for size in (10, 30, 40, 41, 70, 71)] == ["1a", "1c", "2a", "2b", "3", "4"]
