"""What makes a file read aloud wrongly is found, whatever was broken; a validator sees none of it but the last few."""


import pikepdf
import pytest
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, NameTree, Operator, String
from project import codes

from publisher.edition import SCREEN
from publisher.preflight.tags import check


def kids(element):
    items = element.get("/K", Array())
    return [kid for kid in (items if isinstance(items, Array) else [items]) if isinstance(kid, Dictionary) and "/S" in kid]


def walk(element):
    yield element
    for kid in kids(element):
        yield from walk(kid)


def elements(pdf, tag):
    return [element for element in walk(pdf.Root.StructTreeRoot.K) if str(element.S)[1:] == tag]


def headed(pdf):
    """Return the cells that have heads in both directions."""
    return [cell for cell in elements(pdf, "TD") if len(cell.get("/A", Dictionary()).get("/Headers", ())) > 1]


def table_with_groups(pdf):
    return next(table for table in elements(pdf, "Table") if any(cell.A.Scope == "/Row" for body in kids(table)[2:3] for cell in kids(kids(body)[0])))


def links(pdf):
    return [item for page in pdf.pages for item in page.obj.get("/Annots", ())]


def redraw(pdf, number, change):
    page = pdf.pages[number]
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(list(change(list(pikepdf.parse_content_stream(page))))))


def body_page(made):
    return next(span for span in made.pagination.spans if span.section.kind == "case").first


def test_the_whole_file_has_no_fault(spoilt):
    assert spoilt(lambda pdf: None) == []


@pytest.mark.parametrize("volume", ["lung", "breast"])
def test_the_real_volumes_have_no_fault(volume, request):
    made = request.getfixturevalue(volume)
    assert [str(problem) for problem in check(made.pdf, made.book, made.pagination, SCREEN)] == []


def test_a_running_head_that_would_be_read_aloud_is_found(spoilt, sample_built):
    def unmarked(instructions):
        for instruction in instructions:
            paged = str(instruction.operator) == "BDC" and instruction.operands[0] == "/Artifact" and "/Subtype" in instruction.operands[1]
            yield ContentStreamInstruction([Name.Span, Dictionary(MCID=900)], Operator("BDC")) if paged else instruction

    problems = spoilt(lambda pdf: redraw(pdf, body_page(sample_built), unmarked))
    assert {(problem.code, problem.place.line - 1) for problem in problems} == {("PDF-301", body_page(sample_built))}


def test_a_rule_drawn_without_a_mark_is_found(spoilt):
    drawn = [([0, 0, 9, 9], Operator("re")), ([], Operator("f"))]
    assert codes(spoilt(lambda pdf: redraw(pdf, 0, lambda instructions: [*instructions, *(ContentStreamInstruction(*item) for item in drawn)]))) == ["PDF-301"]


def test_text_that_belongs_to_another_element_is_found(spoilt):
    def spoil(pdf):
        owners = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)[0]
        owners[0] = elements(pdf, "H1")[-1]

    assert codes(spoilt(spoil)) == ["PDF-301"]


def test_text_that_would_be_read_twice_is_found(spoilt):
    def spoil(pdf):
        cell = elements(pdf, "TD")[0]
        cell.K = Array([cell.K, cell.K] if not isinstance(cell.K, Array) else [*cell.K, *cell.K])

    assert "PDF-301" in codes(spoilt(spoil))


def test_a_heading_that_skips_a_level_is_found(spoilt):
    def spoil(pdf):
        elements(pdf, "H2")[0].S = Name.H5

    assert "PDF-302" in codes(spoilt(spoil))


def test_an_unknown_tag_is_found(spoilt):
    def spoil(pdf):
        elements(pdf, "P")[0].S = Name.Paragraph

    assert codes(spoilt(spoil)) == ["PDF-302"]


def test_a_list_item_that_holds_bare_text_is_found(spoilt):
    def spoil(pdf):
        elements(pdf, "LBody")[0].S = Name.P

    assert codes(spoilt(spoil)) == ["PDF-302"]


def test_a_missing_item_of_the_contents_is_found(spoilt):
    def spoil(pdf):
        contents = elements(pdf, "TOC")[0]
        contents.K = Array(list(contents.K)[:-1])

    assert "PDF-303" in codes(spoilt(spoil))


def test_contents_that_are_only_paragraphs_are_found(spoilt):
    def spoil(pdf):
        for tag, plain in (("Reference", Name.Span), ("Lbl", Name.Span), ("TOCI", Name.P), ("TOC", Name.Sect)):
            for element in elements(pdf, tag):
                element.S = plain

    assert "PDF-303" in codes(spoilt(spoil))


def test_cells_that_name_each_others_heads_are_found(spoilt):
    def spoil(pdf):
        one, other = headed(pdf)[:2]
        one.A.Headers, other.A.Headers = Array(list(other.A.Headers)), Array(list(one.A.Headers))

    assert set(codes(spoilt(spoil))) == {"PDF-304"}


def test_a_cell_without_heads_is_found(spoilt):
    def spoil(pdf):
        del headed(pdf)[0].A.Headers

    assert codes(spoilt(spoil)) == ["PDF-304"]


def test_a_cell_that_has_lost_the_head_of_its_group_is_found(spoilt):
    def spoil(pdf):
        cell = next(cell for cell in headed(pdf) if len(cell.A.Headers) == 3)
        cell.A.Headers = Array([cell.A.Headers[0], cell.A.Headers[2]])

    assert codes(spoilt(spoil)) == ["PDF-304"]


def test_a_head_that_points_the_wrong_way_is_found(spoilt):
    def spoil(pdf):
        head = next(cell for cell in elements(pdf, "TH") if cell.A.Scope == "/Column")
        head.A.Scope = Name.Row

    assert codes(spoilt(spoil)) == ["PDF-304"]


def test_a_caption_that_is_a_cell_is_found(spoilt):
    def spoil(pdf):
        next(element for element in elements(pdf, "Caption") if Name.Table == element.P.S).S = Name.TD

    assert "PDF-304" in codes(spoilt(spoil))


def test_the_caption_of_a_figure_that_is_none_is_found(spoilt):
    def spoil(pdf):
        next(element for element in elements(pdf, "Caption") if Name.Table != element.P.S).S = Name.P

    assert codes(spoilt(spoil)) == ["PDF-310"]


def test_a_table_in_two_parts_is_found(spoilt):
    def spoil(pdf):
        table = max(elements(pdf, "Table"), key=lambda item: len(kids(item)))
        parts = kids(table)
        rest = pdf.make_indirect(Dictionary(S=Name.Table, P=table.P, K=Array(parts[-1:])))
        table.K = Array(parts[:-1])
        siblings = list(table.P.K)
        place = next(index for index, kid in enumerate(siblings) if kid.objgen == table.objgen)
        table.P.K = Array([*siblings[: place + 1], rest, *siblings[place + 1 :]])

    assert "PDF-304" in codes(spoilt(spoil))


def test_a_note_that_is_only_a_paragraph_is_found(spoilt):
    def spoil(pdf):
        elements(pdf, "Note")[0].S = Name.P

    assert "PDF-305" in codes(spoilt(spoil))


def test_a_note_without_an_id_is_found(spoilt):
    def spoil(pdf):
        del elements(pdf, "Note")[0].ID

    assert "PDF-305" in codes(spoilt(spoil))


def test_a_note_that_is_read_before_its_mark_is_found(spoilt):
    def spoil(pdf):
        note = elements(pdf, "Note")[0]
        siblings = [kid for kid in note.P.K if kid.objgen != note.objgen]
        note.P.K = Array([note, *siblings])

    assert "PDF-305" in codes(spoilt(spoil))


def test_a_note_that_leads_back_to_another_mark_is_found(spoilt):
    def spoil(pdf):
        first, second = elements(pdf, "Note")[:2]
        first_link, second_link = (next(kid.Obj for kid in kids(kids(note)[0])[0].K if "/Obj" in kid) for note in (first, second))
        first_link.Dest, second_link.Dest = second_link.Dest, first_link.Dest

    assert "PDF-305" in codes(spoilt(spoil))


def test_a_link_that_says_the_name_of_its_target_is_found(spoilt):
    def spoil(pdf):
        links(pdf)[0].Contents = links(pdf)[0].Dest

    assert codes(spoilt(spoil)) == ["PDF-306"]


def test_a_link_that_says_nothing_is_found(spoilt):
    def spoil(pdf):
        del links(pdf)[0].Contents

    assert codes(spoilt(spoil)) == ["PDF-306"]


def test_a_link_that_cannot_be_touched_is_found(spoilt):
    def spoil(pdf):
        left, low, right, _ = links(pdf)[0].Rect
        links(pdf)[0].Rect = Array([left, low, right, low])

    assert codes(spoilt(spoil)) == ["PDF-306"]


def test_a_link_outside_the_structure_is_found(spoilt):
    def spoil(pdf):
        link = elements(pdf, "Link")[0]
        link.K = Array([kid for kid in link.K if isinstance(kid, int)])

    assert "PDF-306" in codes(spoilt(spoil))


def test_paragraphs_read_in_another_order_are_found(spoilt, sample_built):
    def spoil(pdf):
        part = next(part for part in elements(pdf, "Part") if len(kids(part)) > 12)
        part.K = Array([*list(part.K)[:3], *reversed(list(part.K)[3:])])

    assert "PDF-307" in codes(spoilt(spoil))


def test_sections_read_in_another_order_are_found(spoilt):
    def spoil(pdf):
        document = pdf.Root.StructTreeRoot.K
        document.K = Array([*list(document.K)[1:], document.K[0]])

    assert "PDF-307" in codes(spoilt(spoil))


def test_a_paragraph_that_is_not_read_is_found(spoilt):
    def spoil(pdf):
        paragraph = next(element for element in elements(pdf, "P") if element.P.S == "/Part")
        paragraph.K = Array()

    assert {"PDF-301", "PDF-307"} & set(codes(spoilt(spoil)))


def test_a_missing_table_of_ids_is_found(spoilt):
    def spoil(pdf):
        del pdf.Root.StructTreeRoot.IDTree

    assert "PDF-308" in codes(spoilt(spoil))


def test_an_id_borne_twice_is_found(spoilt):
    def spoil(pdf):
        one, other = elements(pdf, "Note")[:2]
        one.ID = other.ID

    assert "PDF-308" in codes(spoilt(spoil))


def test_an_id_without_its_element_is_found(spoilt):
    def spoil(pdf):
        NameTree(pdf.Root.StructTreeRoot.IDTree)["nobody"] = elements(pdf, "P")[0]

    assert codes(spoilt(spoil)) == ["PDF-308"]


def test_english_that_would_be_read_as_chinese_is_found(spoilt):
    def spoil(pdf):
        for element in elements(pdf, "P"):
            if "/Lang" in element:
                del element.Lang

    assert set(codes(spoilt(spoil))) == {"PDF-309"}


@pytest.mark.parametrize(
    ("alt", "box", "found"),
    [(None, [50, 50, 200, 200], set()), ("", None, {"PDF-307", "PDF-310"}), ("scan.png", None, {"PDF-307", "PDF-310"}),
     ("人体骨骼示意图，转移在右侧股骨。", None, {"PDF-307", "PDF-310"}), (None, [50, 700, 200, 900], {"PDF-310"}), (None, [], {"PDF-310"})],
    ids=["right", "no words", "a file name", "words of another figure", "outside its page", "no box"],
)  # fmt: skip
def test_a_figure_without_its_words_or_place_is_found(spoilt, alt, box, found):
    def spoil(pdf):
        figure = elements(pdf, "Figure")[1]
        if alt is not None:
            figure.Alt = String(alt)
        if box:
            figure.A = Dictionary(O=Name.Layout, BBox=Array(box))
        elif box == []:
            del figure.A

    assert set(codes(spoilt(spoil))) == found


def test_a_figure_that_is_not_in_the_tree_is_found(spoilt):
    def spoil(pdf):
        elements(pdf, "Figure")[1].S = Name.P

    assert "PDF-310" in codes(spoilt(spoil))


def test_a_file_without_any_structure_is_found(spoilt):
    def spoil(pdf):
        del pdf.Root.StructTreeRoot

    assert {"PDF-301", "PDF-302"} <= set(codes(spoilt(spoil)))
