"""The inks of a volume are read from the style tokens; each printing condition has a profile of its own that may be passed on."""

import pytest
from project import REPOSITORY

from publisher.inks import CONDITIONS, Mix, Rgb, declarations, press_run, read_inks
from publisher.problems import Rejected

STYLES = REPOSITORY / "styles"


@pytest.mark.parametrize("volume", ["lung", "breast", "sample"])
def test_every_role_of_the_screen_has_its_mix(volume):
    inks = read_inks(STYLES / "tokens", volume)
    assert set(inks.screen) - set(inks.press) == set()


def test_a_volume_has_its_own_second_ink_and_the_rest_in_common():
    lung, breast = (read_inks(STYLES / "tokens", volume) for volume in ("lung", "breast"))
    assert (lung.press["--second"], breast.press["--second"]) == (Mix(1, 0, 0.25, 0.55), Mix(0, 1, 0, 0.55))
    assert (lung.press["--ink"], breast.press["--ink"]) == (Mix(black=1), Mix(black=1))
    assert lung.spot != breast.spot


def test_neutral_roles_are_black_alone():
    inks = read_inks(STYLES / "tokens", "lung")
    assert all(inks.press[role].is_black_only for role in ("--ink", "--soft", "--rule"))


def test_no_mix_of_a_role_lays_down_much_ink():
    assert max(mix.total for volume in ("lung", "breast") for mix in read_inks(STYLES / "tokens", volume).press.values()) <= 2


def test_a_spot_ink_prints_its_roles_in_shares():
    inks = read_inks(STYLES / "tokens", "breast")
    assert (inks.shares[Rgb(0x8C, 0x2F, 0x4B)], inks.shares[inks.screen["--tint"]]) == (1, 0.07)


def test_later_declarations_of_the_volume_win_and_comments_do_not_count():
    css = "/* :root { --a: 9; } */ :root { --a: 1; --b: 2; } .lung { --a: 3; } .breast { --a: 4; }"
    assert declarations(css, "lung") == {"--a": "3", "--b": "2"}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_profile_is_one_of_a_printing_press_and_says_its_licence(condition):
    profile = (STYLES / "profiles" / condition.profile).read_bytes()
    assert (profile[12:16], profile[16:20], profile[36:40], int.from_bytes(profile[:4], "big")) == (b"prtr", b"CMYK", b"acsp", len(profile))
    assert b"zlib licence, see LICENCE.txt" in profile
    assert condition.profile in (STYLES / "profiles" / "LICENCE.txt").read_text(encoding="utf-8")


def styles_without(tmp_path, name: str):
    for folder in ("tokens", "profiles", "fonts"):
        (tmp_path / "styles").mkdir(exist_ok=True)
        (tmp_path / "styles" / folder).mkdir()
        for file in (STYLES / folder).iterdir():
            if file.is_file() and f"{folder}/{file.name}" != name:
                (tmp_path / "styles" / folder / file.name).symlink_to(file)
    return tmp_path / "styles"


@pytest.mark.parametrize("name", ["tokens/ink-press.css", "profiles/FOGRA29.icc", "fonts/CasebookHei-Regular.otf"])
def test_a_file_that_is_not_there_is_named(tmp_path, name):
    with pytest.raises(Rejected) as caught:
        press_run(styles_without(tmp_path, name), "lung", "第一版")
    assert [(problem.code, str(problem.place)) for problem in caught.value.problems] == [("INK-001", f"styles/{name}")]


def test_inks_without_a_second_one_are_refused(tmp_path):
    styles = styles_without(tmp_path, "tokens/ink-press.css")
    (styles / "tokens" / "ink-press.css").write_text(":root { --ink: device-cmyk(0 0 0 1); }")
    with pytest.raises(Rejected, match="INK-002"):
        press_run(styles, "lung", "第一版")
