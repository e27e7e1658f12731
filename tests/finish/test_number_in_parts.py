"""The number of another page is printed whole where its room is in parts: at the end of one line and the beginning of the next."""

from types import SimpleNamespace

import pytest

from publisher.finish.joining import NUMBERED, referred

FACE = SimpleNamespace(add=lambda text: b"".join(int(figure).to_bytes(2) for figure in text))
SHEET = SimpleNamespace(page=SimpleNamespace(slots=[SimpleNamespace(number=7, font="/F1")]), numbers=("",) * 7 + ("1004",), section=None)


def printed(content: bytes) -> bytes:
    left: dict[int, bytes] = {}
    return NUMBERED.sub(lambda match: referred(match, SHEET, {"/F1": FACE}, left), content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"/Slot7 MP\n[<0009000900090009>]TJ", [b"0001000000000004"]),
        (b"/Slot7 MP\n[<0009>]TJ\nET\n/Slot7 MP\n[<000900090009>]TJ", [b"0001", b"000000000004"]),
        (b"/Slot7 MP\n[<0009>-5<000900090009>]TJ", [b"0001", b"000000000004"]),
    ],
)
def test_the_figures_fill_the_parts_in_order(content, found):
    assert [part.split(b">")[0] for part in printed(content).split(b"<")[1:]] == found


def test_room_for_more_figures_than_there_are_is_an_error():
    with pytest.raises(ValueError, match="1004"):
        printed(b"/Slot7 MP\n[<00090009000900090009>]TJ")
