"""Labels find room: a box knows the lines that run through it, however long they are."""

from random import Random

from publisher.figures.lettering import Box

BOX = Box(10, 20, 60, 28)


def sampled(box: Box, x1: float, y1: float, x2: float, y2: float) -> bool:
    """Look at the whole line, step by step."""
    steps = max(2, int(max(abs(x2 - x1), abs(y2 - y1)) / 1.5))
    places = ((x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in range(steps + 1))
    return any(box.x1 <= x <= box.x2 and box.y1 <= y <= box.y2 for x, y in places)


def test_a_line_through_a_box_is_found_as_by_looking_at_all_of_it():
    random = Random(1)
    lines = [[random.choice([random.uniform(-20, 100), 10, 28, 60]) for _ in range(4)] for _ in range(5000)]
    found = [BOX.crossed_by(*line) for line in lines]
    assert found == [sampled(BOX, *line) for line in lines]
    assert {*found} == {True, False}


def test_a_line_that_leaves_the_page_for_a_value_out_of_all_measure_is_looked_at_in_the_box_alone():
    assert BOX.crossed_by(30, -4e9, 30, 4e9)
    assert not BOX.crossed_by(70, -87, 70, -4e20)
