"""Results kept between builds: the same ones come back, a spoiled one never does, and the folder keeps its size."""

import os
import threading

import pytest

from publisher.store import NoStore, Store, key, key_of_files


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "kept")


def test_what_was_put_comes_back(store):
    store.put(key("a"), b"content")
    assert store.get(key("a")) == b"content"
    assert store.get(key("b")) is None


@pytest.mark.parametrize("spoiled", [b"", b"x", b"x" * 200], ids=["emptied", "cut short", "of other content"])
def test_a_spoiled_result_is_thrown_away(store, spoiled):
    store.put(key("a"), b"content")
    store.path(key("a")).write_bytes(spoiled)
    assert store.get(key("a")) is None
    assert not store.path(key("a")).exists()


def test_one_changed_bit_is_noticed(store):
    store.put(key("a"), b"content" * 1000)
    content = bytearray(store.path(key("a")).read_bytes())
    content[500] ^= 1
    store.path(key("a")).write_bytes(content)
    assert store.get(key("a")) is None


def test_parts_count_with_their_lengths():
    assert len({key("ab", "c"), key("a", "bc"), key("abc"), key("ab", "c", "")}) == 4


def test_a_changed_file_changes_the_key(tmp_path):
    (tmp_path / "a.css").write_text("p {}")
    before = key_of_files([tmp_path / "a.css"])
    (tmp_path / "a.css").write_text("q {}")
    assert key_of_files([tmp_path / "a.css"]) != before


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    store = Store(tmp_path, most=250)
    for number, name in enumerate("abc"):
        store.put(key(name), bytes(80))
        os.utime(store.path(key(name)), (number, number))
    store.get(key("a"))
    store.trim()
    assert [store.get(key(name)) is not None for name in "abc"] == [True, False, True]


def test_a_folder_that_cannot_be_written_keeps_nothing_and_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "kept")
    store.put(key("a"), b"content")
    assert store.get(key("a")) is None


def test_many_writers_of_one_key_leave_one_whole_result(store):
    writers = [threading.Thread(target=store.put, args=(key("a"), bytes([number]) * 50_000)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = store.get(key("a"))
    assert len(found) == 50_000
    assert len(set(found)) == 1
    assert [path.name for path in store.path(key("a")).parent.iterdir()] == [store.path(key("a")).name]


def test_no_store_keeps_nothing():
    NoStore().put(key("a"), b"content")
    assert NoStore().get(key("a")) is None
