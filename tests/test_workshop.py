"""Pieces of a build: made once, found again, the same whoever makes them."""

import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from project import REPOSITORY

from publisher import pieces
from publisher.edition import SCREEN
from publisher.problems import Place, Problem, Rejected
from publisher.store import Store
from publisher.workshop import Workshop, later, workers

CALLS: list[str] = []


def shout(text: str) -> bytes:
    CALLS.append(text)
    return text.upper().encode()


def here(where: str, text: str) -> bytes:
    return f"{where}/{text}".encode()


def refuse(text: str) -> bytes:
    raise Rejected([Problem(Place("a.yaml", 3), "TYP-001", text)])


@pytest.fixture(autouse=True)
def calls():
    CALLS.clear()


def test_a_piece_that_is_wanted_more_than_once_is_made_once():
    shop = Workshop()
    wanted = [shop.make(shout, "a") for _ in range(3)]
    assert [future.result() for future in wanted] == [b"A"] * 3
    assert CALLS == ["a"]


def test_a_piece_that_nobody_wants_any_more_is_let_go():
    shop = Workshop()
    shop.make(shout, "a").result()
    assert list(shop.made) == []


def test_a_piece_that_was_kept_is_not_made_again(tmp_path):
    for _ in range(2):
        assert Workshop("1", Store(tmp_path)).make(shout, "a").result() == b"A"
    assert CALLS == ["a"]


def test_another_basis_makes_it_anew(tmp_path):
    for basis in ("styles 1", "styles 2"):
        Workshop(basis, Store(tmp_path)).make(shout, "a").result()
    assert CALLS == ["a", "a"]


def test_where_it_is_made_is_no_part_of_the_key(tmp_path):
    assert Workshop("1", Store(tmp_path)).make(here, "a", where="/one").result() == b"/one/a"
    assert Workshop("1", Store(tmp_path)).make(here, "a", where="/two").result() == b"/one/a"


def test_what_is_wrong_with_a_piece_reaches_who_asked_for_it(tmp_path):
    with workers(2) as pool:
        future = later(Workshop("1", Store(tmp_path), pool).make(refuse, "告警"), bytes.decode)
        with pytest.raises(Rejected) as caught:
            future.result()
    assert [str(problem.place) for problem in caught.value.problems] == ["a.yaml:3"]


def test_a_piece_that_failed_is_not_kept(tmp_path):
    with pytest.raises(Rejected):
        Workshop("1", Store(tmp_path)).make(refuse, "告警").result()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_any_executor_gives_the_same_pieces(tmp_path):
    found = []
    for pool in (None, ThreadPoolExecutor(3)):
        shop = Workshop("1", executor=pool)
        futures = [shop.make(shout, text) for text in "abcdef"]
        found.append([future.result() for future in futures])
    assert found[0] == found[1] == [text.upper().encode() for text in "abcdef"]


def test_fonts_that_a_worker_lays_down_are_gone_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pieces.compositor.cache_clear()  # that of an earlier test would serve
    with workers(2) as pool:
        pool.submit(pieces.ready, REPOSITORY / "styles" / SCREEN.stylesheet).result()
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []
