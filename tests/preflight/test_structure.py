"""What is wrong with a file as a file is found, whatever was broken: pages, bookmarks, links, labels, fonts, metadata."""

from dataclasses import replace
from types import SimpleNamespace

import pikepdf
import pytest
from breaking import broken, entries, entry, link, links, pages, spans, without_text
from project import codes

from publisher.edition import SCREEN
from publisher.pagination import Pagination
from publisher.preflight.structure import printed_folios


@pytest.fixture(scope="module")
def at(sample_built):
    return spans(sample_built)


def test_the_unbroken_file_has_no_problem(sample_built):
    assert [str(problem) for problem in sample_built.problems] == []


def test_saving_alone_breaks_nothing(sample_built):
    assert broken(sample_built, lambda pdf: None) == []


@pytest.mark.parametrize("place", [0, 14, -1], ids=["first", "middle", "last"])
def test_a_missing_page_is_found(sample_built, place):
    def spoil(pdf):
        del pdf.pages[place]

    assert "PDF-001" in codes(broken(sample_built, spoil))


def test_a_page_too_many_is_found(sample_built):
    assert "PDF-001" in codes(broken(sample_built, lambda pdf: pdf.add_blank_page(page_size=(524.4, 737.0))))


def test_two_pages_that_changed_places_are_found(sample_built, at):
    first = at["sample-01-rib"][1]

    def spoil(pdf):
        page = pdf.pages[first]
        del pdf.pages[first]
        pdf.pages.insert(first + 1, page)

    assert "PDF-004" in codes(broken(sample_built, spoil))


def test_a_page_of_another_size_is_found(sample_built):
    def spoil(pdf):
        pdf.pages[11].MediaBox = [0, 0, 595, 842]

    assert pages(broken(sample_built, spoil), "PDF-002") == [11]


def test_a_turned_page_is_found(sample_built):
    def spoil(pdf):
        pdf.pages[11].rotate(90, relative=False)

    assert 11 in pages(broken(sample_built, spoil), "PDF-002")


def test_missing_page_labels_are_found(sample_built):
    def spoil(pdf):
        del pdf.Root.PageLabels

    assert pages(broken(sample_built, spoil), "PDF-003")[0] == 0


def test_page_labels_that_start_elsewhere_are_found(sample_built, at):
    def spoil(pdf):
        pdf.Root.PageLabels.Nums[-1].St = 5

    assert pages(broken(sample_built, spoil), "PDF-003")[0] == at["part-1"][0]


def test_a_page_without_its_folio_is_found(sample_built, at):
    number = at["sample-01-rib"][2]
    problems = broken(sample_built, lambda pdf: without_text(pdf, number, lambda index, count: index > count - 3))
    assert number in pages(problems, "PDF-004")


def test_an_unexpected_blank_page_is_found(sample_built, at):
    number = at["sample-01-rib"][1]

    def spoil(pdf):
        pdf.pages[number].Contents = pdf.make_stream(b"")

    assert pages(broken(sample_built, spoil), "PDF-005") == [number]


def test_text_on_a_blank_page_is_found(sample_built, at):
    number, full = sample_built.pagination.blanks[0] - 1, at["sample-01-rib"][0]

    def spoil(pdf):
        pdf.pages[number].Contents, pdf.pages[number].Resources = pdf.pages[full].Contents, pdf.pages[full].Resources

    assert pages(broken(sample_built, spoil), "PDF-005") == [number]


def test_a_missing_bookmark_of_a_section_is_found(sample_built):
    def spoil(pdf):
        with pdf.open_outline() as outline:
            del outline.root[-1]

    assert "PDF-006" in codes(broken(sample_built, spoil))


def test_a_missing_bookmark_of_a_heading_is_found(sample_built):
    def spoil(pdf):
        entry(pdf, "肺腺癌肋骨转移一例", lambda item: item.children.pop())

    assert "PDF-006" in codes(broken(sample_built, spoil))


def test_a_file_without_bookmarks_is_found(sample_built):
    def spoil(pdf):
        del pdf.Root.Outlines

    assert "PDF-006" in codes(broken(sample_built, spoil))


def test_a_bookmark_of_another_title_is_found(sample_built):
    def spoil(pdf):
        entry(pdf, "要点汇编", lambda item: setattr(item, "title", "要点"))

    problems = broken(sample_built, spoil)
    assert [("要点汇编" in problem.found) for problem in problems if problem.code == "PDF-006"] == [True]


def test_a_bookmark_to_another_section_is_found(sample_built, at):
    def spoil(pdf):
        entry(pdf, "要点汇编", lambda item: setattr(item, "destination", pikepdf.make_page_destination(pdf, at["sample-01-rib"][0])))

    assert pages(broken(sample_built, spoil), "PDF-006") == [at["sample-01-rib"][0]]


def test_a_bookmark_to_another_page_of_its_section_is_found(sample_built, at):
    last = at["sample-01-rib"][-1]

    def spoil(pdf):
        entry(pdf, "一、病例背景", lambda item: setattr(item, "destination", pikepdf.make_page_destination(pdf, last)))

    assert pages(broken(sample_built, spoil), "PDF-006") == [last]


def test_bookmarks_of_one_level_are_found(sample_built):
    def spoil(pdf):
        with pdf.open_outline() as outline:
            for item in list(outline.root):
                outline.root.extend(item.children)
                item.children.clear()

    assert "PDF-006" in codes(broken(sample_built, spoil))


def test_a_link_to_nowhere_is_found(sample_built, at):
    number = at["guideline"][0]

    def spoil(pdf):
        link(pdf, number, "sample-01-rib").Dest = pikepdf.String("sample-99")

    problems = broken(sample_built, spoil)
    assert ({*pages(problems, "PDF-007")}, problems[0].found) == ({number}, "sample-99")


def test_a_link_of_the_contents_to_another_section_is_found(sample_built, at):
    def spoil(pdf):
        link(pdf, at["contents"][0], "sample-03-femur").Dest = pikepdf.String("guideline")

    assert "PDF-008" in codes(broken(sample_built, spoil))


def test_a_reference_that_leads_to_another_case_is_found(sample_built, at):
    def spoil(pdf):
        link(pdf, at["guideline"][0], "sample-01-rib").Dest = pikepdf.String("sample-03-femur")

    assert "PDF-007" in codes(broken(sample_built, spoil))


def test_a_note_mark_that_leads_to_another_note_is_found(sample_built, at):
    def spoil(pdf):
        marks = [item for number in at["sample-01-rib"] for item in links(pdf, number) if str(item.Dest) == "sample-01-rib-note-1"]
        marks[0].Dest = pikepdf.String("sample-01-rib-note-2")

    assert "PDF-007" in codes(broken(sample_built, spoil))


def test_two_links_of_the_contents_that_changed_places_are_found(sample_built, at):
    def spoil(pdf):
        one, other = (link(pdf, at["contents"][0], target) for target in ("sample-01-rib", "sample-03-femur"))
        one.Dest, other.Dest = pikepdf.String("sample-03-femur"), pikepdf.String("sample-01-rib")

    assert codes(broken(sample_built, spoil)) != []


def test_a_page_without_its_links_is_found(sample_built, at):
    def spoil(pdf):
        del pdf.pages[at["guideline"][0]].Annots

    assert codes(broken(sample_built, spoil)) != []


def test_a_target_that_moved_to_another_page_is_found(sample_built, at):
    def spoil(pdf):
        names = pdf.Root.Names.Dests.Names
        place = next(index for index in range(0, len(names), 2) if str(names[index]) == "sample-03-femur")
        names[place + 1][0] = pdf.pages[at["index"][0]].obj

    assert "PDF-007" in codes(broken(sample_built, spoil))


def test_a_contents_page_without_its_numbers_is_found(sample_built, at):
    number = at["contents"][0]
    problems = broken(sample_built, lambda pdf: without_text(pdf, number, lambda index, count: index >= count // 2))
    assert number in pages(problems, "PDF-008")


def fonts(pdf):
    """Yield the fonts of a file with their descriptors."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/FontDescriptor" in item:
            yield item, item.FontDescriptor


def test_a_font_that_is_not_embedded_is_found(sample_built):
    def spoil(pdf):
        _, descriptor = next(fonts(pdf))
        for key in ("/FontFile", "/FontFile2", "/FontFile3"):
            if key in descriptor:
                del descriptor[key]

    assert "字体没有嵌入" in [problem.message for problem in broken(sample_built, spoil) if problem.code == "PDF-009"]


def test_a_font_of_another_family_is_found(sample_built):
    def spoil(pdf):
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
                item.BaseFont = pikepdf.Name("/ABCDEF+Comic-Sans")

    assert "Comic-Sans" in [problem.found for problem in broken(sample_built, spoil) if problem.code == "PDF-009"]


def test_text_that_cannot_be_copied_is_found(sample_built):
    def spoil(pdf):
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/ToUnicode" in item:
                del item["/ToUnicode"]

    assert {"PDF-009", "PDF-101"} & set(codes(broken(sample_built, spoil)))


@pytest.mark.parametrize("key", ["/Title", "/Author", "/Subject", "/Keywords"])
def test_wrong_metadata_is_found(sample_built, key):
    def spoil(pdf):
        pdf.docinfo[key] = "别的"

    assert codes(broken(sample_built, spoil)) == ["PDF-010", "PDF-320"]


def test_missing_metadata_is_found(sample_built):
    def spoil(pdf):
        del pdf.docinfo["/Title"]

    assert codes(broken(sample_built, spoil)) == ["PDF-010", "PDF-320"]


def test_another_language_is_found(sample_built):
    def spoil(pdf):
        pdf.Root.Lang = pikepdf.String("en")

    assert codes(broken(sample_built, spoil)) == ["PDF-010"]


def test_a_bookmark_of_a_real_volume_to_another_case_is_found(lung):
    def spoil(pdf):
        with pdf.open_outline() as outline:
            found = [item for item in entries(outline.root) if item.title in {section.title for section in lung.book.sections if section.kind == "case"}]
            found[0].destination, found[1].destination = found[1].destination, found[0].destination

    assert len(pages(broken(lung, spoil), "PDF-006")) == 2


def test_a_folio_is_found_beside_a_title_of_many_scripts(sample_built):
    """Each script of a running head, and each letter of a thumb tab, is drawn by itself after the folio."""
    span = next(span for span in sample_built.pagination.spans if span.section.numbered and span.section.tab)
    whole = replace(sample_built.book, short_title="骨转移100例 A集 2026")
    pages = Pagination(tuple(map(str, range(1, 101))), (replace(span, first=4, last=4),), ())
    for folio, faults in (("4", 0), ("5", 1)):
        texts = ["", "", "", f"正文。\n{folio}\n骨转移\n100\n例\nA\n集\n2026\n" + "\n".join(span.section.tab)]
        assert len(list(printed_folios(SimpleNamespace(printed=SimpleNamespace(raw=texts)), whole, pages, SCREEN))) == faults
