"""The preflight report: every check named, passed or not; nothing found is left out; text in it is text."""

import json
import re
from html.parser import HTMLParser

import pytest

from publisher.preflight import lost, structure, typography
from publisher.preflight.report import Check, CheckedFile, as_html, as_json, checks
from publisher.problems import Place, Problem, Severity
from publisher.rules import RULES

STRUCTURE = checks("文件结构", structure.CODES)
SIZE = Problem(Place("sample/screen.pdf", 3), "PDF-002", "页面尺寸不对", "148.0×210.0 mm", "按成品尺寸写出")
LONELY = Problem(Place("sample/screen.pdf", 5), "PDF-206", "末行只有一个字", "。", severity=Severity.REVIEW)


def checked(*problems, listed=STRUCTURE):
    return CheckedFile("screen", "build/sample/screen.pdf", listed, problems, 28)


def table(*files):
    return json.loads(as_json(files))


def states(*problems):
    return {check["code"]: check["state"] for check in table(checked(*problems))["files"][0]["checks"]}


class Page(HTMLParser):
    """Text and tags of an HTML page."""

    def __init__(self, html: bytes):
        super().__init__()
        self.text, self.tags, self.open = "", [], []
        self.feed(html.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


def test_checks_that_found_nothing_are_listed_as_passed():
    assert set(states().values()) == {"passed"}
    assert set(states()) == set(structure.CODES)


def test_a_check_with_an_error_has_failed_and_the_others_passed():
    assert [code for code, state in states(SIZE).items() if state == "failed"] == ["PDF-002"]


def test_a_check_with_reviews_alone_is_for_a_person_to_look_at():
    assert states(LONELY)["PDF-206"] == "review"


def test_a_problem_of_an_unnamed_check_is_not_left_out():
    assert states(Problem(Place("x.pdf"), "PDF-999", "新问题"))["PDF-999"] == "failed"
    assert "新问题" in Page(as_html([checked(Problem(Place("x.pdf"), "PDF-999", "新问题"))])).text


def test_the_json_says_where_what_and_what_to_do():
    (problem,) = next(check for check in table(checked(SIZE))["files"][0]["checks"] if check["problems"])["problems"]
    assert problem == {
        "path": "sample/screen.pdf", "line": 3, "column": 0, "severity": "error",
        "message": "页面尺寸不对", "found": "148.0×210.0 mm", "hint": "按成品尺寸写出", "origin": "",
    }  # fmt: skip


def test_counts_add_up_over_the_files():
    summary = table(checked(SIZE), checked(LONELY), checked())["summary"]
    assert summary == {"passed": 29, "review": 1, "failed": 1}


def test_the_page_tells_edition_file_counts_and_problems():
    text = Page(as_html([checked(SIZE)])).text
    for words in ("screen", "build/sample/screen.pdf", "28", "10 项检查，9 项通过", "sample/screen.pdf:3", "页面尺寸不对", "建议：按成品尺寸写出"):
        assert words in text


def test_the_page_names_every_check():
    text = Page(as_html([checked()])).text
    assert [title for title in structure.CODES.values() if title not in text] == []


def test_the_page_needs_no_other_file_and_runs_no_script():
    html = as_html([checked(SIZE)])
    page = Page(html)
    assert {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe"} == set()
    assert not re.search(rb"url\(|https?:|@import", html)
    assert [attrs["href"] for tag, attrs in page.tags if "href" in attrs] == ["#f1"]


def test_markup_in_a_finding_is_shown_as_it_is():
    wrong = Problem(Place("<b>.pdf", 1), "PDF-002", "<script>alert(1)</script>", '"><img src=x>', "{{ 7*7 }} & &amp;")
    page = Page(as_html([CheckedFile("<i>", "</code>", STRUCTURE, (wrong,))], "<u>"))
    assert {tag for tag, _ in page.tags} & {"script", "img", "i", "u"} == set()
    for words in ("<script>alert(1)</script>", '"><img src=x>', "{{ 7*7 }} & &amp;", "<b>.pdf:1", "<i>"):
        assert words in page.text


def test_many_problems_of_one_check_are_cut_on_the_page_and_whole_in_the_json():
    many = [Problem(Place("a.pdf", number), "PDF-002", "页面尺寸不对") for number in range(1, 251)]
    assert "另有 150 处" in Page(as_html([checked(*many)])).text
    assert len(table(checked(*many))["files"][0]["checks"][1]["problems"]) == 250


def test_the_report_is_the_same_each_time():
    assert (as_html([checked(SIZE)]), as_json([checked(SIZE)])) == (as_html([checked(SIZE)]), as_json([checked(SIZE)]))


@pytest.mark.parametrize("registry", [structure.CODES, lost.CODES, typography.CODES, RULES], ids=["structure", "lost", "typography", "text rules"])
def test_every_registry_gives_named_checks(registry):
    named = checks("组", registry)
    assert named
    assert all(check == Check(check.code, check.title, "组") and check.title for check in named)


def test_every_code_of_the_structure_checks_is_named():
    assert set(structure.RULES.values()) == set(structure.CODES)


def test_every_fault_of_the_setting_is_named():
    assert {fault.code for fault in typography.FAULTS} <= set(typography.CODES)
