"""What the program says, it says in Chinese and in English; what it quotes stays as it is."""

import json
import re

import pytest
from messages_of_source import english, templates
from project import FEMUR, REPOSITORY, RIB, SAMPLEBOOK
from typer.testing import CliRunner

from publisher import languages
from publisher.cli import app
from publisher.languages import HAN, HOLE, Language, language, language_of
from publisher.lint import examples, explained
from publisher.lint.characters import covered
from publisher.lint.queries import examined
from publisher.read import read_reference
from publisher.read_yaml import read_yaml
from publisher.rules import RULES

KNOWN = covered(REPOSITORY / "styles" / "fonts")
SOURCE = REPOSITORY / "src" / "publisher"
SAME = {"{}/, .vscode/settings.json", "List every rule with its title, one a line.", "wrong", "right"}
"""English in the source that is a name, or is not said."""


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def written(name: str) -> dict[str, str]:
    return dict(languages.entries((languages.FOLDER / f"{name}.po").read_text(encoding="utf-8")))


def lacking(found: dict[str, str], known: dict[str, str]) -> str:
    """Return entries to be filled in, as they stand in a catalogue."""
    return "\n".join(f"\n#: {file}\nmsgid {json.dumps(text, ensure_ascii=False)}\nmsgstr \"\"" for text, file in found.items() if text not in known)


def test_every_message_has_its_english():
    assert lacking(templates(SOURCE), written("en")) == ""


def test_every_word_of_the_command_line_has_its_chinese():
    assert lacking({text: file for text, file in english(SOURCE).items() if text not in SAME}, written("zh")) == ""


def test_every_rule_is_explained_in_chinese():
    rules = {text: code for code, rule in RULES.items() for text in (rule.title, rule.reason) if text}
    assert lacking(rules, written("zh")) == ""


def test_the_reader_of_the_source_finds_messages_however_they_are_made():
    found = templates(SOURCE)
    for text in (
        "{}不在词表中", "{}作每日{}次，说明书为每{}天给药，请核", "数值、单位、范围或名称被拆在两行", "是否应为「{}」？", "缩进只能用空格，不能用制表符",
    ):  # fmt: skip
        assert text in found
    assert len(found) > 1500


@pytest.mark.parametrize("name", languages.NAMES)
def test_both_sides_of_an_entry_have_the_same_holes(name):
    def holes(text):
        return sorted(number or str(place) for place, number in enumerate(HOLE.findall(text)))

    assert [text for text, other in written(name).items() if holes(text) != holes(other)] == []


def test_english_is_english():
    shown = re.compile("[“「（]?[一-鿿，、。；：！？]+[”」）]?")
    quoting = ("“当地医院”", "“患者”", "写作 90岁以上", "锁骨区", "2021年6月15日", "IV期", "例3", "，；：", "、，；。")
    wrong = [other for text, other in written("en").items() if HAN.search(other) and not any(word in text or word in other for word in quoting)]
    assert [other for other in wrong if shown.search(other)] == []


@pytest.fixture(scope="module")
def catalogue():
    return read_reference(REPOSITORY)


@pytest.mark.parametrize("code", sorted(RULES))
def test_what_a_rule_says_is_said_in_english(code, sample, catalogue):
    speech = language("en")
    tree, _ = read_yaml(REPOSITORY / "tests/rules" / code / "wrong.yaml", "wrong.yaml")
    for item, finding in examples.said_of(tree, code, sample.volumes["sample"], catalogue, KNOWN):
        if item.code == code:
            assert [text for text in (finding.message, finding.hint) if text and not known(speech, text)] == []


@pytest.mark.parametrize("name", ["lung", "breast"])
def test_every_finding_in_the_real_volumes_is_said_in_english(content, name):
    speech = language("en")
    found = examined(content.volumes[name], content.catalogue, KNOWN)
    said = {text for query in found.queries for text in (query.finding.message, query.finding.hint) if text}
    assert [text for text in said if not known(speech, text)] == []


def known(speech: Language, text: str) -> bool:
    return speech.phrase(text) is not None or all(speech.phrase(part) is not None for part in text.split("；"))


def test_data_in_a_message_stay_as_they_are():
    speech = language("en")
    assert speech.message("地舒单抗单次剂量作1200 mg，说明书为120 mg，请核") == "地舒单抗: single dose 1200 mg, label 120 mg: please check"
    assert speech.message("所引“口服”未列文献") == "“口服” is cited without a reference", "what is quoted is not said in another tongue"
    assert speech.found("患者口服，每日1次") == "患者口服，每日1次"
    assert speech.line("   12 │ drug: 缺") == "   12 │ drug: 缺"


def test_the_parts_of_a_hint_are_said_each():
    assert language("en").message("核对日期；另见 content/a.yaml:3:4") == "check the date; see also content/a.yaml:3:4"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, "zh"), ({"LANG": "C.UTF-8"}, "zh"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "en_US.UTF-8", "PUBLISHER_LANG": "zh"}, "zh"), ({"LC_ALL": "zh_CN", "PUBLISHER_LANG": "en"}, "en"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_the_option_then_the_variable_then_the_locale(environment, wanted):
    assert language_of(environment) == wanted


def test_a_problem_is_told_in_the_language_asked_for(project, monkeypatch):
    line = project.edit(RIB, "drug: 劳拉西泮片", "drug: 劳拉西洋片")
    english_run = run("--lang", "en", "check", "--root", project.root)
    assert english_run.exit_code == 1
    for words in (f"{RIB}:{line}:", "Not in the list: drug name", "found: 劳拉西洋片", "did you mean “劳拉西泮片” or “劳拉西泮”?", "problems: 1"):
        assert words in english_run.stderr
    assert "药名不在词表中" in run("check", "--root", project.root).stderr
    monkeypatch.setenv("PUBLISHER_LANG", "en")
    assert "Not in the list" in run("check", "--root", project.root).stderr
    assert "药名不在词表中" in run("--lang", "zh", "check", "--root", project.root).stderr


def test_findings_in_json_are_told_in_the_language_asked_for(project):
    project.edit(FEMUR, "sex: 女", "sex: F")
    (told,) = json.loads(run("--lang", "en", "check", "--root", project.root, "--format", "json").stdout)
    assert (told["message"], told["found"]) == ("“sex” cannot be written so", "F")


def test_the_register_is_in_the_language_asked_for():
    assert "半角标点紧靠汉字。" in run("explain").stdout
    assert "A half-width mark stands beside a Chinese character." in run("--lang", "en", "explain").stdout
    assert "小数点、零或单位有误" in run("explain", "RX-011").stdout


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["new", "case", "--help"]], ids=" ".join)
def test_help_is_in_the_language_asked_for(arguments):
    chinese, other = run(*arguments).stdout, run("--lang", "en", *arguments).stdout
    assert HAN.search(other.replace("男 or 女", "").replace("64岁", "").replace("待填", "")) is None
    sentences = [line for line in re.split("[│╭╰]", chinese) if re.search(r"\b(the|of|and|with|this)\b", line)]
    assert sentences == []


def test_a_language_that_is_not_spoken_is_refused():
    assert run("--lang", "fr", "check", "--root", SAMPLEBOOK).exit_code == 2


def test_a_figure_between_colons_is_no_picture(project):
    lines = "\n".join(["", *["# 注"] * 100])
    path = project.path(RIB)
    path.write_text(path.read_text(encoding="utf-8").replace("drug: 劳拉西泮片", "drug: 劳拉西洋片") + lines, encoding="utf-8")
    assert not re.search("[\U0001f300-\U0001faff]", run("check", "--root", project.root).stderr)


def test_rules_md_stays_in_english():
    assert "The messages themselves are Chinese" in explained.document(REPOSITORY)
