"""From screen colours to inks: roles as they are fixed, greys to black, all else through the profile and never too much ink."""

from itertools import product

import pytest
from PIL import Image
from project import REPOSITORY

from publisher.finish.inks import Separator, limited
from publisher.inks import Mix, Rgb, press_run

STEPS = (0, 32, 64, 96, 128, 160, 192, 224, 255)


@pytest.fixture(scope="module", params=["coated", "uncoated"])
def separator(request):
    return Separator(press_run(REPOSITORY / "styles", "lung", "第一版", request.param))


def test_a_role_prints_as_it_is_fixed(separator):
    inks = separator.run.inks
    assert {role: separator.mix(inks.screen[role]) for role in inks.press if role in inks.screen} == {
        role: mix for role, mix in inks.press.items() if role in inks.screen
    }


def test_greys_print_from_the_black_plate_alone_darker_for_darker(separator):
    mixes = [separator.mix(Rgb(level, level, level)) for level in range(0, 256, 15)]
    assert all(mix[:3] == (0, 0, 0) for mix in mixes)
    blacks = [mix.black for mix in mixes if mix]
    assert blacks == sorted(blacks, reverse=True)
    assert (blacks[0], blacks[-1]) == (1, 0)


def test_no_colour_of_the_screen_lays_down_more_than_three_hundred_per_cent(separator):
    assert max(separator.mix(Rgb(*colour)).total for colour in product(STEPS, repeat=3)) <= 3


def test_no_pixel_of_a_picture_does_either(separator):
    picture = Image.new("RGB", (len(STEPS) ** 2, len(STEPS)))
    picture.putdata(list(product(STEPS, repeat=3)))
    separated = separator.image(picture)
    assert separated.mode == "CMYK"
    pixels = separated.tobytes()
    assert max(sum(pixels[start : start + 4]) for start in range(0, len(pixels), 4)) / 255 <= 3


def test_a_grey_picture_becomes_one_plate(separator):
    assert separator.image(Image.new("RGB", (4, 4), (120, 122, 121))).mode == "L"


def test_too_much_ink_is_taken_from_the_colours_not_from_the_black():
    mix = limited(Mix(1, 1, 1, 0.6), 3.0)
    assert (mix.black, round(mix.total, 2) <= 3.0, mix.cyan == mix.magenta == mix.yellow) == (0.6, True, True)
    assert limited(Mix(0.5, 0.5, 0.5, 0.5), 3.0) == Mix(0.5, 0.5, 0.5, 0.5)
