"""Objects of a file as plain data: numbers, names, strings and references can be told apart, and damaged trees come to an end."""

from types import SimpleNamespace

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, NameTree, String

from publisher.preflight.plain_objects import entries, followed, number, numbered, plain, text


@pytest.fixture
def file():
    made = pikepdf.new()
    made.Root.Thing = made.make_indirect(Dictionary(Words=String("骨转移"), Code=String(b"\xff\x01"), Like=String("12 0 R"), Kind=Name.Figure, Box=[1, 2.5]))
    made.Root.Thing.Other = made.make_indirect(Dictionary(Kind=Name.Other))
    return made


def test_what_an_object_says_can_be_told_apart(file):
    told = plain(file.Root.Thing)
    assert (text(told["/Words"]), text(told["/Code"]), text(told["/Kind"]), told["/Box"]) == ("骨转移", "\xff\x01", "/Figure", [1, 2.5])
    assert number(told["/Other"]) == file.Root.Thing.Other.objgen[0]


def test_a_text_that_looks_like_a_reference_is_none(file):
    told = plain(file.Root.Thing)
    assert (text(told["/Like"]), number(told["/Like"])) == ("12 0 R", 0)


@pytest.mark.parametrize("value", [None, 3, 2.5, True, [], {}, "/Name", "u:", "b:"])
def test_what_is_no_reference_has_no_number(value):
    assert number(value) == 0


def test_a_reference_is_followed_and_anything_else_is_itself(file):
    told = plain(file.Root.Thing)
    assert followed(file, told["/Other"]) == {"/Kind": "/Other"}
    assert followed(file, told["/Box"]) == [1, 2.5]


def test_a_number_that_means_nothing_gives_nothing(file):
    assert numbered(file, 99) is None


def test_an_object_may_be_a_mere_number():
    assert numbered(SimpleNamespace(get_object=lambda number, generation: 7), 3) == 7


@pytest.mark.parametrize("count", [0, 1, 7, 300])
def test_every_entry_of_a_tree_is_found(file, count):
    tree = NameTree.new(file)
    for place in range(count):
        tree[f"名{place:03}"] = String(str(place))
    file.Root.Tree = tree.obj
    found = {text(name): text(value) for name, value in entries(file, plain(file.Root)["/Tree"], "/Names")}
    assert found == {f"名{place:03}": str(place) for place in range(count)}


def test_a_tree_that_leads_back_to_itself_comes_to_an_end(file):
    leaf = file.make_indirect(Dictionary(Names=Array([String("a"), String("一")])))
    root = file.make_indirect(Dictionary(Kids=Array([leaf])))
    root.Kids.append(root)
    file.Root.Tree = root
    assert [(text(name), text(value)) for name, value in entries(file, plain(file.Root)["/Tree"], "/Names")] == [("a", "一")]


def test_what_is_no_tree_has_no_entries(file):
    assert list(entries(file, None, "/Names")) == list(entries(file, [1], "/Names")) == []
