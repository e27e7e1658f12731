"""The finding aids of the two real volumes, proved against the text of their pages by other means than those that made them."""

import re

import pypdfium2
import pytest

from publisher import book
from publisher.compose.index import index_lexicons
from publisher.lint.abbreviations import unlisted
from publisher.lint.record import Record
from publisher.preflight.finding import page_map
from publisher.preflight.printed_text import PrintedText
from publisher.preflight.tagged import tagged

VOLUMES = ["lung", "breast"]
ASKED = {
    "lung": ["地舒单抗", "奥希替尼", "顺铂", "脊髓压迫", "高钙血症", "低钙血症", "颌骨坏死", "ALK", "CK7", "截瘫", "双氯芬酸", "足部骨转移", "安罗替尼"],
    "breast": ["氟维司群", "哌柏西利", "瑞波西利", "戈沙妥珠单抗", "颌骨坏死", "间质性肺病", "心脏毒性", "Ki-67", "蒙脱石", "骨化三醇", "潮热", "脱发"],
}
"""Terms that are looked for page by page in the text, with every spelling of the catalogue."""


@pytest.fixture(params=VOLUMES)
def volume(request):
    return request.getfixturevalue(request.param)


READ: dict[int, list[str]] = {}


def body_pages(made) -> list[str]:
    """Return the text of every page with its notes, without spaces, running heads and drawings, whose words only repeat the text."""
    if id(made) not in READ:
        printed = PrintedText(made.pdf, made.book, made.pagination)
        found = [re.sub(r"\s+", "", f"{text}\n{foot.text}") for text, foot in zip(printed.pages, printed.feet, strict=True)]
        for span in made.pagination.spans:
            for figure in (block for block in span.section.blocks if isinstance(block, book.Figure)):
                drawn = re.sub(r"\s+", "", "".join(figure.words))
                for number in range(span.first - 1, span.last):
                    found[number] = found[number].replace(drawn, "")
        READ[id(made)] = found
    return READ[id(made)]


def section_pages(made, *kinds: str) -> dict[str, str]:
    """Return the text of each body page of sections of some kinds, by folio."""
    found = {}
    for span in made.pagination.spans:
        if span.section.kind in kinds:
            for number in range(span.first, span.last + 1):
                found[made.pagination.folios[number - 1]] = body_pages(made)[number - 1]
    return found


def index_lines(made) -> dict[str, str]:
    """Return what the index prints after each term, read from the tags of the file."""
    file = tagged(made.pdf)
    node = file.stretches[0].document.nodes[[section.kind for section in made.book.sections].index("index")]
    lines = [re.fullmatch(r"(.+)\s+(见.*|[\d～，]+)", file.raw(paragraph).replace("\n", "")) for paragraph in node.find("P")]
    return {line[1]: line[2] for line in lines if line}


def numbers(printed: str) -> set[int]:
    found = set()
    for run in filter(None, re.split("，", printed)):
        ends = [int(end) for end in run.split("～")]
        found |= set(range(ends[0], ends[-1] + 1))
    return found


def spellings(content, *names: str) -> dict[str, tuple[str, ...]]:
    return {term.name: term.spellings for lexicon in index_lexicons(content.catalogue) if lexicon.name in names for term in lexicon.terms}


def words(spelling: str) -> re.Pattern[str]:
    """Return a spelling without spaces as a word of its own."""
    bare = "".join(spelling.split())
    return re.compile(("(?<![A-Za-z0-9])" if bare[0].isascii() else "") + re.escape(bare) + ("(?![A-Za-z0-9])" if bare[-1].isascii() else ""))


def test_the_index_is_rich(volume):
    lines = index_lines(volume)
    assert len([line for line in lines.values() if not line.startswith("见")]) > 70
    assert len([line for line in lines.values() if line.startswith("见")]) > 15


def test_every_page_of_the_index_bears_its_term(volume, content):
    spelled, texts = spellings(content, "index", "trials"), section_pages(volume, *book.SEARCHED, "collation")
    wrong = [
        (term, number)
        for term, line in index_lines(volume).items()
        if not line.startswith("见")
        for number in numbers(line)
        if not any("".join(spelling.split()) in texts[str(number)] for spelling in spelled[term])
    ]
    assert wrong == []


@pytest.mark.parametrize("name", VOLUMES)
def test_every_page_that_bears_a_term_is_in_the_index(request, content, name):
    made = request.getfixturevalue(name)
    spelled, texts, lines = spellings(content, "index"), section_pages(made, *book.SEARCHED), index_lines(made)
    for term in ASKED[name]:
        longer = [other for names in spelled.values() for other in names if other not in spelled[term] and any(own in other for own in spelled[term])]
        standing = set()
        for folio, text in texts.items():
            for other in sorted(longer, key=len, reverse=True):
                text = words(other).sub("。", text)
            if any(words(spelling).search(text) for spelling in spelled[term]):
                standing.add(int(folio))
        assert standing, term
        assert numbers(lines[term]) == standing, term


def test_every_pointer_of_the_index_leads_to_a_term_with_pages(volume):
    lines = index_lines(volume)
    leading = {line.removeprefix("见").strip() for line in lines.values() if line.startswith("见")}
    assert {name for name in leading if not re.match(r"\d", lines.get(name, ""))} == set()


def test_main_entries_are_bold_and_said_to_be(lung):
    """A case on renal impairment is where the index sends first."""
    span = next(span for span in lung.pagination.spans if span.section.id == "lung-13-renal-impairment")
    runs = page_map(tagged(lung.pdf), lung.book, lung.pagination).runs("index", "肾功能不全")
    assert lung.pagination.folios[span.first - 1] in [run.text.split("～")[0] for run in runs if run.treated]
    said = [link.said for stretch in tagged(lung.pdf).stretches for node in stretch.document.walk() for link in node.links]
    assert f"肾功能不全，第{next(run.text for run in runs if run.treated)}页（主要条目）" in said


def finder(made):
    return next(span for span in made.pagination.spans if span.section.id == "finder")


def test_the_finder_takes_two_facing_pages(volume):
    span = finder(volume)
    assert (span.last - span.first, span.first % 2) == (1, 0)


def heights(made, number: int) -> list[float]:
    """Return how high each case's row begins on a page."""
    with pypdfium2.PdfDocument(made.pdf) as file:
        text = file[number - 1].get_textpage()
        found = []
        for section in [section for section in made.book.sections if section.kind == "case"]:
            place = text.search(f"例{section.number}（").get_next()
            found.append(text.get_charbox(place[0])[3])
        return found


def test_rows_of_the_finder_stand_side_by_side(volume):
    span = finder(volume)
    assert heights(volume, span.first) == pytest.approx(heights(volume, span.last), abs=0.3)


def test_the_finder_prints_the_page_of_each_case(volume):
    span = finder(volume)
    starts = {other.section.number: volume.pagination.folios[other.first - 1] for other in volume.pagination.spans if other.section.kind == "case"}
    for number in (span.first, span.last):
        for case, folio in starts.items():
            assert f"例{case}（{folio}）" in body_pages(volume)[number - 1]


def test_an_abbreviation_first_stands_on_the_page_that_is_named(volume):
    section = volume.book.section("abbreviations")
    pages, texts = page_map(tagged(volume.pdf), volume.book, volume.pagination), section_pages(volume, *book.SEARCHED, "collation")
    table = next(block for block in section.blocks if isinstance(block, book.Table))
    wrong = []
    for short, *_, (piece,) in table.rows:
        (first,) = pages.pages(piece)
        word = "".join(book.words(short).split())
        if word not in ("L1～L5", "T1～T12") and word not in texts[first.text]:
            wrong.append((word, first.text))
    assert wrong == []


@pytest.mark.parametrize(("name", "short"), [("lung", "SREs"), ("lung", "RANKL"), ("lung", "ECOG"), ("breast", "ADC"), ("breast", "CDK4/6"), ("breast", "ORR")])
def test_no_earlier_page_bears_an_abbreviation(request, name, short):
    made = request.getfixturevalue(name)
    texts = section_pages(made, *book.SEARCHED)
    bearing = [int(folio) for folio, text in texts.items() if words(short).search(text)]
    row = next(row for block in made.book.section("abbreviations").blocks if isinstance(block, book.Table) for row in block.rows if book.words(row[0]) == short)
    (first,) = page_map(tagged(made.pdf), made.book, made.pagination).pages(row[-1][0])
    assert int(first.text) == min(bearing)


def test_every_analyte_is_reported_on_the_pages_that_are_named(volume, content):
    table = next(block for block in volume.book.section("laboratory").blocks if isinstance(block, book.Table))
    pages, texts = page_map(tagged(volume.pdf), volume.book, volume.pagination), section_pages(volume, "case")
    for row in table.rows:
        entry = content.catalogue.find("analytes", book.words(row[0]))
        for piece in [piece for piece in row[-1] if isinstance(piece, book.Pages)]:
            named = {number for run in pages.pages(piece) for number in numbers(run.text)}
            assert named, entry.name
            assert all(any("".join(spelling.split()) in texts[str(number)] for spelling in entry.spellings) for number in named), entry.name


def test_every_abbreviation_of_the_cases_is_listed(content):
    """The rule that asks for it finds nothing in the real volumes."""
    found = [
        (case.id, finding.found)
        for source in content.volumes.values()
        for case in source.cases.values()
        for finding in unlisted(Record(case, source, content.catalogue))
    ]
    assert found == []


def test_every_listed_abbreviation_stands_in_the_cases(volume):
    assert [problem for problem in volume.problems if problem.code == "PDF-314"] == []


def test_tables_are_listed_with_the_page_on_which_they_begin(volume):
    span = next(span for span in volume.pagination.spans if span.section.id == "tables")
    printed = "".join(body_pages(volume)[span.first - 1 : span.last])
    for folio, text in section_pages(volume, "case").items():
        for number in re.findall(r"(?<!续)表(\d+-\d+)(?=[^\d，。）、～])", text):
            if re.search(rf"表{number}[^\d]", printed):
                assert re.search(rf"表{number}(?!\d)[^表]*?{folio}(?!\d)", printed), (number, folio)


def test_the_aids_take_few_pages(volume):
    aids = [span for span in volume.pagination.spans if span.section.id in ("tables", "finder", "trials", "laboratory", "abbreviations", "index")]
    assert sum(span.last - span.first + 1 for span in aids) <= 0.17 * len(volume.pagination.folios)
