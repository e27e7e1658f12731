"""Objects as texts: strings say what they are given, and references keep to what they mean."""

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.finish.objects import Objects, Taken, shifted, string


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_string_says_what_it_was_given(text):
    assert str(pikepdf.Object.parse(string(text))) == text


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        (b"<< /Pg 3 0 R /K [ 4 0 R 5 ] >>", b"<< /Pg 13 0 R /K [ 14 0 R 5 ] >>"),
        (b"<< /Alt (see 3 0 R) /P 3 0 R >>", b"<< /Alt (see 3 0 R) /P 13 0 R >>"),
        (rb"<< /Alt (a \) 3 0 R \\) /P 3 0 R >>", rb"<< /Alt (a \) 3 0 R \\) /P 13 0 R >>"),
        (b"<< /ID <333020 302052> /P 3 0 R >>".replace(b" 302", b"302"), b"<< /ID <333020302052> /P 13 0 R >>"),
    ],
)
def test_a_part_that_counts_from_nought_keeps_its_references(text, moved):
    assert shifted(text, 10) == moved


def test_what_is_taken_out_of_a_document_is_taken_once_with_all_it_leads_to():
    pdf = pikepdf.new()
    shared = pdf.make_indirect(pikepdf.Dictionary(Name=pikepdf.String("shared")))
    first, second = (pdf.make_indirect(pikepdf.Dictionary(To=shared, Own=own)) for own in (1, 2))
    taken = Taken(pdf, Objects().count)
    numbers = [taken.number(item.objgen[0]) for item in (first, second)]
    found = {number: text for number, _, text in taken.followed()}
    assert numbers == [1, 2]
    assert found == {1: b"<< /Own 1 /To 3 0 R >>", 2: b"<< /Own 2 /To 3 0 R >>", 3: b"<< /Name (shared) >>"}
