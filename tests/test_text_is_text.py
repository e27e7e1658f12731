"""Whatever an author writes is text: markup, templates, entities and style rules come out on the page as they were typed."""

import io
import re

import pytest
from project import FEMUR, VOLUME, Made, Project, codes
from pypdf import PdfReader

from publisher import build as journey
from publisher.lint.queries import Examined
from publisher.problems import Rejected

SPELLS = {
    "a script": "<script>alert(1)</script>",
    "a tag": "<b>重</b>",
    "an end of the page": "</main></body></html>",
    "an end of a style": "</style><style>*{display:none}</style>",
    "a comment": "<!-- 隐去 -->",
    "an opening comment": "<!--",
    "a character section": "<![CDATA[x]]>",
    "an expression": "{{ 7*7 }}",
    "a reach into the program": "{{ book.__class__.__mro__ }}",
    "a statement": "{% for x in y %}{% endfor %}",
    "a template comment": "{# 隐去 #}",
    "an entity": "&lt;&amp;&nbsp;&#65;",
    "a half entity": "A&B &copy;",
    "a rule of style": "p { display: none }",
    "a style address": "url(file:///etc/passwd)",
    "quotes": "\"x\" 'y'",
    "a backslash": "\\65 \\n \\",
    "a picture": "<img src=x onerror=alert(1)>",
    "percent": "%s %(x)s %%",
    "braces": "{0} {x!r} ${HOME}",
    "PDF text": ") Tj /F1 12 Tf (",
    "YAML marks": "- [a]: {b} & *c !d | >",
}


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def enchanted(tmp_path_factory) -> Made:
    """The sample book with every spell in a paragraph, a table cell, a list and a heading."""
    project = Project(tmp_path_factory.mktemp("spells"))
    present = "".join(f"    - {quoted(f'{number}甲{spell}乙')}\n" for number, spell in enumerate(SPELLS.values(), 100))
    project.edit(FEMUR, "  present:\n", f"  present:\n{present}")
    cells = "".join(f"      - {{marker: {quoted(f'M{number}')}, result: {quoted(f'丙{spell}丁')}}}\n" for number, spell in enumerate(SPELLS.values()))
    project.edit(FEMUR, "    receptors:\n", f"    receptors:\n{cells}")
    heads = "".join(f"  - heading: {quoted(f'戊{spell}己')}\n    text: [{quoted(f'庚{spell}辛')}]\n" for spell in SPELLS.values())
    project.edit(FEMUR, "commentary:\n", f"commentary:\n{heads}")
    project.edit(FEMUR, "title: 乳腺癌股骨转移一例", "title: '乳腺癌<b>股骨</b>转移&amp;{{ 1+1 }}一例'")
    project.edit(VOLUME, "short_title: 样书", "short_title: '样<i>书</i>&lt;'")
    label = r"""'甲"\ </style>部'"""
    project.edit(VOLUME, "label: 第一部分", f"label: {label}")
    project.edit(VOLUME, "part: 第一部分", f"part: {label}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journey, "lint", lambda *sources: Examined())
        return project.build()


@pytest.fixture(scope="module")
def printed(enchanted) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(enchanted.pdf)).pages))


def test_nothing_was_lost(enchanted):
    # PDF-004 looks for the folio among the last words of a page; the spell on the thumb tab falls apart into many words.
    assert [str(problem) for problem in enchanted.problems if problem.code != "PDF-004"] == []


@pytest.mark.parametrize("spell", SPELLS)
@pytest.mark.parametrize("around", ["甲乙", "丙丁", "戊己", "庚辛"], ids=["paragraph", "table cell", "heading", "commentary"])
def test_it_is_printed_as_it_was_typed(printed, spell, around):
    text = re.sub(r"〔\d+〕", "", printed)
    assert squeezed(around[0] + SPELLS[spell] + around[1]) in text


def test_the_title_is_a_bookmark_as_it_was_typed(enchanted):
    assert "乳腺癌<b>股骨</b>转移&amp;{{ 1+1 }}一例" in str(PdfReader(io.BytesIO(enchanted.pdf)).outline)


def test_the_running_head_is_printed_as_it_was_typed(printed):
    assert "样<i>书</i>&lt;" in printed


def test_the_thumb_tab_is_printed_as_it_was_typed(enchanted):
    """The label of a part is printed on the fore-edge: quotes and backslashes there once ended a rule of style."""
    tabs = [section for section in enchanted.book.sections if section.tab == '甲"\\ </style>部']
    assert tabs
    pages = PdfReader(io.BytesIO(enchanted.pdf)).pages
    first = next(span for span in enchanted.pagination.spans if span.section.id == "sample-03-femur").first
    assert squeezed('甲"\\ </style>部') in squeezed(pages[first - 1].extract_text())


@pytest.mark.parametrize("escape", [r"\0", r"\a", r"\e", r"\x1b", r"\x7f", r"\x9b", r"\r"])
def test_a_control_character_is_refused_with_its_place(project: Project, escape):
    line = project.edit(FEMUR, "title: ", f'background: ["a{escape}b"]\ntitle: ')
    problem = project.problem()
    assert (problem.code, problem.place.line) == ("SRC-005", line)


def test_characters_that_no_font_has_are_refused_by_name(project: Project):
    project.edit(FEMUR, "1月前出现左髋部疼痛", "1月前出现\U0001f4a9左髋部疼痛")
    with pytest.raises(Rejected, match=r"U\+1F4A9|1f4a9|\U0001f4a9"):
        project.build(case="sample-03-femur")


def test_a_direction_sign_is_refused(project: Project):
    project.edit(FEMUR, "1月前", "\u202e1月前")
    assert codes(project.problems()) == ["SRC-018"]
