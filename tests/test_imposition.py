"""Sheets printed, turned, nested, folded and gathered in thought: whatever the number of pages, the book comes out in order."""

from itertools import groupby
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.imposition import Imposition, Paper, imposition

PAGES = st.integers(1, 240)
SIGNATURE = st.sampled_from([None, *range(4, 65, 4)])


class Layer(NamedTuple):
    """A half sheet lying flat: its height in the pile, and the pages on its upper and its lower face."""

    height: int
    up: int | None
    down: int | None


def pile(plan: Imposition, number: int) -> tuple[list[Layer], list[Layer]]:
    """Print the sheets of a signature and lay them open, the first at the bottom with its front down: left halves, right halves.

    Turned over its short edge, a sheet has the left of its back behind the right of its front.
    """
    sides = [side for side in plan.sides() if side.signature == number]
    left, right = [], []
    for height, (front, back) in enumerate(zip(sides[::2], sides[1::2], strict=True)):
        assert (front.front, back.front, front.sheet, back.sheet) == (True, False, height + 1, height + 1)
        left.append(Layer(height, up=back.left, down=front.right))
        right.append(Layer(height, up=back.right, down=front.left))
    return left, right


def fold(left: list[Layer], right: list[Layer]) -> list[int | None]:
    """Turn the left halves over onto the right ones and leaf through from the top: each leaf's upper face, then its lower."""
    top = 2 * len(left)
    turned = [Layer(top - layer.height, up=layer.down, down=layer.up) for layer in left]
    return [page for layer in sorted([*turned, *right], key=lambda layer: -layer.height) for page in (layer.up, layer.down)]


def book(plan: Imposition) -> list[int | None]:
    """Fold every signature and lay them one behind the other."""
    return [page for number in range(1, len(plan.signatures) + 1) for page in fold(*pile(plan, number))]


@pytest.mark.parametrize("pages", range(4, 69))
def test_a_single_signature_folds_into_the_book(pages):
    plan = Imposition(pages, (-(-pages // 4),))
    folded = book(plan)
    assert folded == [*range(1, pages + 1), *[None] * (len(folded) - pages)]
    assert len(folded) - pages == plan.blanks < 4


@given(PAGES, SIGNATURE)
def test_any_number_of_pages_folds_into_the_book(pages, signature):
    plan = imposition(pages, signature)
    folded = book(plan)
    assert folded == [*range(1, pages + 1), *[None] * plan.blanks]
    assert plan.blanks < 4


@given(PAGES, SIGNATURE)
def test_no_signature_is_thicker_than_asked_and_none_much_thinner_than_another(pages, signature):
    plan = imposition(pages, signature)
    assert max(plan.signatures) * 4 <= (signature or 64)
    assert max(plan.signatures) - min(plan.signatures) <= 1
    assert list(plan.signatures) == sorted(plan.signatures, reverse=True)


@given(PAGES, SIGNATURE)
def test_each_page_is_on_one_side_only(pages, signature):
    printed = [page for side in imposition(pages, signature).sides() for page in (side.left, side.right) if page]
    assert sorted(printed) == list(range(1, pages + 1))


@given(PAGES, SIGNATURE)
def test_a_sheet_moves_by_the_calipers_of_the_sheets_outside_it(pages, signature):
    plan = imposition(pages, signature, Paper(caliper_mm=0.125))
    for _, sides in groupby(plan.sides(), lambda side: side.signature):
        assert all(side.shift_mm == 0.125 * (place // 2) for place, side in enumerate(sides))


def test_the_classic_orders():
    assert [(side.left, side.right) for side in imposition(4).sides()] == [(4, 1), (2, 3)]
    assert [(side.left, side.right) for side in imposition(8).sides()] == [(8, 1), (2, 7), (6, 3), (4, 5)]


def test_up_to_sixty_four_pages_are_stapled_at_once_and_more_are_divided():
    assert imposition(64).signatures == (16,)
    assert imposition(65).signatures == (6, 6, 5)


def test_the_pages_of_each_signature():
    assert imposition(184, 32).spans() == [(1, 32), (33, 64), (65, 96), (97, 128), (129, 156), (157, 184)]
    assert imposition(6).spans() == [(1, 8)]
