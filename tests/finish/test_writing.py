"""What is looked up in a file by name or number is found, however much of it there is."""

import io

import pikepdf
import pytest
from pypdf import PdfReader

from publisher.finish import packing, writing
from publisher.finish.objects import Objects


def file(count: int) -> bytes:
    """Return a file with so many named destinations, all on its one page, and a table of as many numbers."""
    objects = Objects()
    page, pages, root = (objects.reserve() for _ in range(3))
    names = {f"place-{number}": b"[ %d 0 R /XYZ 0 %d 0 ]" % (page, number) for number in range(count)}
    numbers = [(b"%d" % number, b"(%d)" % number) for number in range(count)]
    objects.alone = {
        page: b"<< /MediaBox [ 0 0 9 9 ] /Parent %d 0 R /Resources << >> /Type /Page >>" % pages,
        pages: b"<< /Count 1 /Kids [ %d 0 R ] /Type /Pages >>" % page,
        root: b"<< /Names << /Dests %d 0 R >> /Numbers %d 0 R /Pages %d 0 R /Type /Catalog >>"
        % (writing.names(objects, names), writing.tree(objects, b"/Nums", numbers), pages),
    }
    return packing.packed(objects, root)


@pytest.mark.parametrize("count", [1, writing.LEAF, writing.LEAF + 1, 3 * writing.LEAF + 5])
def test_every_name_and_number_is_found(count):
    pdf = file(count)
    with pikepdf.open(io.BytesIO(pdf)) as read:
        places = pikepdf.NameTree(read.Root.Names.Dests)
        assert {name: int(place[3]) for name, place in places.items()} == {f"place-{number}": number for number in range(count)}
        assert [int(str(said)) for _, said in pikepdf.NumberTree(read.Root.Numbers).items()] == list(range(count))
        assert not read.check_pdf_syntax()
    assert len(PdfReader(io.BytesIO(pdf)).named_destinations) == count


def test_no_array_of_a_tree_is_long():
    with pikepdf.open(io.BytesIO(file(5 * writing.LEAF))) as read:
        leaves = list(read.Root.Names.Dests.Kids)
        assert [len(leaf.Names) for leaf in leaves] == [2 * writing.LEAF] * 5
        assert str(leaves[0].Limits[0]) < str(leaves[0].Limits[1]) < str(leaves[1].Limits[0])
