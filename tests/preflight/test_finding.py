"""Finding aids that lie are found: wrong pages in the index, links to other pages, signs without words."""

from dataclasses import replace

from pikepdf import Array, Dictionary, String
from project import Project, codes

from publisher import book
from publisher.edition import SCREEN
from publisher.preflight.finding import page_map
from publisher.preflight.tagged import Tagged
from publisher.preflight.tags import check


def walk(element):
    yield element
    items = element.get("/K", Array())
    for kid in items if isinstance(items, Array) else [items]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield from walk(kid)


def index_links(pdf, made):
    span = next(span for span in made.pagination.spans if span.section.id == "index")
    return [item for page in pdf.pages[span.first - 1 : span.last] for item in page.obj.get("/Annots", ())]


def test_a_link_of_the_index_to_another_page_is_found(spoilt, sample_built):
    def spoil(pdf):
        links = index_links(pdf, sample_built)
        other = next(item for item in links if str(item.Dest) != str(links[0].Dest))
        links[0].Dest = String(str(other.Dest))

    assert "PDF-311" in codes(spoilt(spoil))


def test_a_main_entry_that_is_not_said_to_be_one_is_found(spoilt, sample_built):
    def spoil(pdf):
        link = next(item for item in index_links(pdf, sample_built) if "主要条目" in str(item.Contents))
        link.Contents = String(str(link.Contents).replace("（主要条目）", ""))

    assert codes(spoilt(spoil)) == ["PDF-311"]


def test_a_term_that_is_missing_from_the_index_is_found(tmp_path):
    project = Project(tmp_path)
    project.edit_layout("components/lists.html", "{% for term, runs in terms %}", '{% for term, runs in terms if term.term != "顺铂" %}')
    assert "PDF-311" in codes(project.build().problems)


def test_a_page_that_is_missing_from_the_index_is_found(tmp_path):
    project = Project(tmp_path)
    project.edit_layout("components/lists.html", "{% for run in runs %}", "{% for run in runs[:1] %}")
    assert "PDF-311" in codes(project.build().problems)


def test_a_pointer_that_leads_nowhere_is_found(sample_built):
    def blind(section: book.Section) -> book.Section:
        blocks = (
            book.Index(tuple(replace(term, see="不在此") if term.see else term for term in block.terms)) if isinstance(block, book.Index) else block
            for block in section.blocks
        )
        return replace(section, blocks=tuple(blocks))

    whole = replace(sample_built.book, sections=tuple(map(blind, sample_built.book.sections)))
    assert "PDF-312" in codes(check(sample_built.pdf, whole, sample_built.pagination, SCREEN))


def test_a_sign_without_words_is_found(spoilt):
    def spoil(pdf):
        del next(element for element in walk(pdf.Root.StructTreeRoot.K) if "/ActualText" in element)["/ActualText"]

    assert codes(spoilt(spoil)) == ["PDF-313"]


def test_a_sign_with_the_words_of_another_is_found(spoilt):
    def spoil(pdf):
        next(element for element in walk(pdf.Root.StructTreeRoot.K) if "/ActualText" in element).ActualText = String("拟行或建议")

    assert codes(spoilt(spoil)) == ["PDF-313"]


def test_a_page_number_that_disagrees_with_its_link_is_found(spoilt):
    """The target of every reference to a case moves: what is printed is no longer its page."""

    def spoil(pdf):
        names = pdf.Root.Names.Dests.Names
        place = next(index for index in range(0, len(names), 2) if str(names[index]) == "dosing-table-1")
        names[place + 1][0] = pdf.pages[-1].obj

    assert "PDF-307" in codes(spoilt(spoil))


def test_a_first_page_that_is_wrong_is_found(tmp_path):
    project = Project(tmp_path)
    project.edit_layout("components/table.html", "{{ inline(cell) }}</td>", '{{ inline(cell) if column.title != "首见页" else "9" }}</td>')
    assert {"PDF-304", "PDF-102"} <= set(codes(project.build().problems))


def test_what_the_file_says_is_what_the_typesetter_knew(sample_built):
    found = page_map(Tagged(sample_built.pdf), sample_built.book, sample_built.pagination)
    assert [run.text for run in found.runs("index", "地舒单抗")]
    assert found.folio("sample-01-rib") == "3"
    assert {key.split(":")[0] for key in found.mentions} == {"index", "trials", "abbreviations", "analytes"}
