import itertools

import pytest

from publisher.composer.pairs import FORBIDDEN, FREE, LAST_RESORT, MILD, UNWELCOME
from publisher.composer.tokens import levels


def parts(text: str, most: int) -> list[str]:
    """Cut a text wherever a break costs no more than `most`."""
    prices = levels(text)
    cuts = [0, *(place for place in range(1, len(text)) if prices[place] <= most), len(text)]
    return [text[start:stop] for start, stop in itertools.pairwise(cuts)]


@pytest.mark.parametrize(
    "token",
    [
        "120 mg", "6.5×10⁹/L", "15.2 ng/mL", "26 mm", "72 HU", "30 Gy", "5 U/L", "149～162", "50%～60%", "38.5～39.3℃", "1～3",
        "cT1cN3M1c", "PD-L1", "CA15-3", "β-CTX", "HER2(3+)", "HER2（3+）", "Ki-67", "99mTc-MDP", "P<0.001", "P < 0.001", "HR 0.62",
        "2021-06-15", "6月15日", "1.85±0.2", "L858R", "EGFR-TKI", "T10～T12", "酸(-)", "CDK4/6",
    ],
)  # fmt: skip
def test_clinical_expressions_stay_whole(token):
    assert any(token in part for part in parts(f"结果{token}显示", UNWELCOME))


def test_long_dimensions_open_only_after_the_times_sign():
    text = "约3.7 cm×4.6 cm×4.7 cm大"
    assert parts(text, UNWELCOME) == ["约", "3.7 cm×4.6 cm×4.7 cm", "大"]
    assert parts(text, LAST_RESORT) == ["约", "3.7 cm×", "4.6 cm×", "4.7 cm", "大"]


def test_two_dimensions_stay_together():
    assert parts("约4.2 cm×2.3 cm大", LAST_RESORT) == ["约", "4.2 cm×2.3 cm", "大"]


def test_receptors_open_after_the_slash_as_a_last_resort():
    assert levels("HR+/HER2-")[4] == LAST_RESORT


def test_a_date_opens_after_the_year_if_it_must():
    prices = levels("于2021年6月15日入院")
    assert prices[6] == UNWELCOME
    assert [prices[place] for place in (5, 7, 8, 9, 10)] == [FORBIDDEN] * 5


def test_a_figure_would_rather_stay_with_its_counter():
    assert levels("第3周期")[2] == MILD


def test_chinese_opens_everywhere():
    assert parts("骨转移患者", FREE) == list("骨转移患者")


def test_long_tokens_open_at_their_joints():
    address = "https://doi.org/10.1016/j.annonc.2020.07.019"
    assert all(part.endswith(("/", ".", ":", "9")) for part in parts(address, LAST_RESORT))
    assert len(parts(address, LAST_RESORT)) > 4
