"""Scalars come out of YAML as they were written; what YAML would change in silence is refused with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.problems import Place
from publisher.read_yaml import MAX_BYTES, MAX_DEPTH, read_yaml
from publisher.written import Row, Written

AS_WRITTEN = [
    "66.70", "21.00", "8:30", "0123", "NO", "yes", "off", "true", "<0.01", "149～162", "1e5", "2021-06-15", "~", "null",
    "1_000", "0x1F", "0o17", "3.0", "100.000", ".5", "5.", "+7", "-0", ".inf", ".nan", "190:20:30", "2021-06-15T08:30:00Z",
    "(+)", "T1b", "1/11", "≈41", "5#", "12 mm×8.1 mm", "=", "<<",
]  # fmt: skip


@pytest.fixture
def reading(tmp_path):
    """Read a YAML text; return the tree and the problems."""

    def read(content: str | bytes):
        path = tmp_path / "case.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_yaml(path, "case.yaml")

    return read


@pytest.fixture
def refused(reading):
    """Read a YAML text that must be refused; return the first problem."""

    def read(content: str | bytes):
        _, problems = reading(content)
        assert problems
        return problems[0]

    return read


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_plain_scalar_survives_as_text(reading, text):
    tree, problems = reading(f"value: {text}\n")
    assert (tree["value"], problems) == (text, [])


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_scalar_in_a_flow_mapping_survives_as_text(reading, text):
    tree, problems = reading(f"- {{analyte: CEA, value: {text}}}\n")
    assert (tree[0]["value"], problems) == (text, [])


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_scalar_in_a_list_survives_as_text(reading, text):
    tree, problems = reading(f"- {text}\n- x\n")
    assert (tree[0], problems) == (text, [])


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_key_survives_as_text(reading, text):
    tree, _ = reading(f'"{text}": x\n')
    assert list(tree) == [text]


def test_every_leaf_is_written(reading):
    tree, _ = reading("a: 1\nb: [2, {c: true}]\n")
    assert {type(leaf) for leaf in (tree["a"], tree["b"][0], tree["b"][1]["c"])} == {Written}


def test_a_scalar_knows_its_line_and_column(reading):
    tree, _ = reading("a: 1\nlabs:\n  - name: 血生化\n    value: 66.70\n")
    assert tree["labs"][0]["value"].place == Place("case.yaml", 4, 12)


def test_columns_count_han_characters_as_one(reading):
    tree, _ = reading("- {血钙: 2.10, 备注: 未校正}\n")
    assert tree[0]["备注"].place == Place("case.yaml", 1, 18)


def test_a_key_knows_its_line_and_column(reading):
    tree, _ = reading("a: 1\nb:\n  value: 3\n")
    assert tree["b"].key_places["value"] == Place("case.yaml", 3, 3)


def test_an_empty_value_is_an_empty_text(reading):
    tree, problems = reading("a:\nb: 1\n")
    assert (tree["a"], problems) == ("", [])


def test_a_byte_order_mark_is_no_part_of_the_first_key(reading):
    tree, problems = reading(b"\xef\xbb\xbf" + "主诉: 腰痛\n".encode())
    assert (dict(tree), tree["主诉"].place, problems) == ({"主诉": "腰痛"}, Place("case.yaml", 1, 5), [])


def test_windows_line_ends_are_no_part_of_a_value(reading):
    tree, problems = reading("a: 66.70\r\nb: 2\r\n")
    assert (dict(tree), problems) == ({"a": "66.70", "b": "2"}, [])


def test_old_macintosh_line_ends_lose_nothing(reading):
    tree, problems = reading("a: 66.70\rb: 2\rc: 3\r")
    assert problems or dict(tree) == {"a": "66.70", "b": "2", "c": "3"}


def test_a_comment_on_its_own_line_is_allowed(reading):
    tree, problems = reading("# 词表\na: 1\n  # 又一条\nb: 2\n")
    assert (dict(tree), problems) == ({"a": "1", "b": "2"}, [])


REFUSED = [
    # what is wrong, text, line, column, code, part of what was found, part of the hint
    ("a duplicate key", "a: 1\nb: 2\na: 3\n", 3, 1, "SRC-012", "第 1 行", "合并"),
    ("a duplicate key in a flow mapping", "x: {a: 1, a: 2}\n", 1, 11, "SRC-012", "第 1 行", "合并"),
    ("an alias", "a: 1\nb: *x\n", 2, 4, "SRC-009", "*x", "原样写出"),
    ("an anchor", "a: &x 1\n", 1, 4, "SRC-010", "&x", "删去标记"),
    ("an anchor on a list", "a: &x\n  - 1\n", 1, 4, "SRC-010", "&x", "删去标记"),
    ("an anchor on a key", "b: 1\n&x a: 1\n", 2, 1, "SRC-010", "&x", "删去标记"),
    ("a type tag", "a: !!float 66.70\n", 1, 4, "SRC-010", "float", "删去标记"),
    ("a private tag", "a: !dose 3\n", 1, 4, "SRC-010", "!dose", "删去标记"),
    ("a type tag on a key", "!!int 1: x\n", 1, 1, "SRC-010", "int", "删去标记"),
    ("a second document", "a: 1\n---\nb: 2\n", 2, 1, "SRC-006", "---", "两个文件"),
    ("a tab for indentation", "a:\n\tb: 1\n", 2, 1, "SRC-004", "b: 1", "制表符"),
    ("a colon inside a value", "a: 印象: 骨转移\n", 1, 6, "SRC-004", "印象: 骨转移", "引号"),
    ("a value that starts with a sign of YAML", "a: @x\n", 1, 4, "SRC-004", "@x", "引号"),
    ("a value that starts with a percent sign", "a: %40\n", 1, 4, "SRC-004", "%40", "引号"),
    ("text after a closing quote", 'a: "x" y\n', 1, 8, "SRC-004", '"x" y', "引号"),
    ("an unclosed double quote", 'a: 1\nb: "腰痛\nc: 2\n', 2, 4, "SRC-004", '"腰痛', "引号没有成对"),
    ("an unclosed single quote", "a: 1\nb: '腰痛\nc: 2\n", 2, 4, "SRC-004", "'腰痛", "引号没有成对"),
    ("wrong indentation", "a:\n  b: 1\n c: 2\n", 3, 2, "SRC-004", "c: 2", "缩进"),
    ("a plain scalar over two lines", "a: 右肺\n  上叶\n", 1, 4, "SRC-013", "右肺", "写在一行"),
    ("a quoted scalar over two lines", 'a: "右肺\n  上叶"\n', 1, 4, "SRC-013", "右肺", "写在一行"),
    ("a folded block", "a: >\n  右肺\n  上叶\n", 1, 4, "SRC-013", "右肺", "写在一行"),
    ("a comment after a value", "a: 2 # 号病灶\n", 1, 4, "SRC-014", "# 号病灶", "引号"),
    ("a comment after a list item", "- 第5肋 #5\n", 1, 3, "SRC-014", "#5", "引号"),
    ("a control character", "a: 1\nb: x\x07y\n", 2, 1, "SRC-005", "U+0007", "删去"),
    ("a null character", "a: x\0y\n", 1, 1, "SRC-005", "U+0000", "删去"),
    ("a list as a key", "? [a, b]\n: 1\n", 1, 3, "SRC-011", "", ""),
    ("a file of another encoding", "a: 1\nb: 腰痛\n".encode("gbk"), 2, 1, "SRC-003", "", "UTF-8"),
    ("an empty file", "", 1, 1, "SRC-007", "", "补入内容"),
    ("a file of comments alone", "# 空\n", 1, 1, "SRC-007", "", "补入内容"),
    ("too deep a nesting", f"a: {'[' * (MAX_DEPTH + 1)}x{']' * (MAX_DEPTH + 1)}\n", 1, MAX_DEPTH + 4, "SRC-008", "", str(MAX_DEPTH)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "code", "found", "hint"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_with_place_code_found_and_hint(refused, text, line, column, code, found, hint):
    problem = refused(text)
    assert (problem.code, str(problem.place)) == (code, f"case.yaml:{line}:{column}")
    assert found in problem.found
    assert hint in problem.hint


def test_hundreds_of_levels_are_refused_and_not_a_crash(refused):
    assert refused(f"a: {'[' * 1500}{']' * 1500}\n").code == "SRC-008"


def test_a_file_over_the_limit_is_refused(refused):
    problem = refused("a: " + "x" * MAX_BYTES)
    assert (problem.code, problem.place, str(MAX_BYTES) in problem.hint) == ("SRC-002", Place("case.yaml"), True)


def test_a_missing_file_is_refused(tmp_path):
    tree, problems = read_yaml(tmp_path / "none.yaml", "none.yaml")
    assert (tree, problems[0].code, problems[0].place, bool(problems[0].hint)) == (None, "SRC-001", Place("none.yaml"), True)


@pytest.mark.parametrize("text", [r'a: "x\x07y"', r'a: "\ud800"', r'a: "x\ny"'], ids=["bell", "half a surrogate", "line end"])
def test_an_escape_cannot_bring_in_an_unprintable_character(refused, text):
    assert refused(text + "\n").place.line == 1


def test_several_faults_of_one_file_are_reported_together(reading):
    _, problems = reading("a: &x 1\nb: *x\na: 3\nc: 4 # 5\n")
    assert [problem.code for problem in problems] == ["SRC-010", "SRC-009", "SRC-012", "SRC-014"]


def test_the_first_of_two_equal_keys_is_kept(reading):
    tree, _ = reading("a: 1\na: 2\n")
    assert tree == {"a": "1"}


JOINED = [
    ("no space between Han characters", "右肺上叶\n占位", "右肺上叶占位"),
    ("one space between Latin words", "poorly\ndifferentiated", "poorly differentiated"),
    ("no space between Han and Latin", "肺部\nCT", "肺部CT"),
    ("no space between Latin and Han", "CT\n所见", "CT所见"),
    ("no space after Chinese punctuation", "占位，\nCT", "占位，CT"),
]


@pytest.mark.parametrize(("written", "joined"), [case[1:] for case in JOINED], ids=[case[0] for case in JOINED])
def test_a_literal_block_joins_its_lines_with(reading, written, joined):
    block = "\n".join("  " + line for line in written.split("\n"))
    tree, problems = reading(f"a: |\n{block}\nb: 1\n")
    assert (tree["a"], problems) == (joined, [])


def test_a_literal_block_keeps_a_hash_and_a_colon(reading):
    tree, problems = reading("a: |\n  印象: 骨转移 # 请核\n")
    assert (tree["a"], problems) == ("印象: 骨转移 # 请核", [])


def test_two_paragraphs_of_a_literal_block_do_not_become_one_in_silence(reading):
    tree, problems = reading("a: |\n  第一段。\n\n  第二段。\n")
    assert problems or "\n" in tree["a"]


PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1)


def parsed(content: str, folder):
    path = folder / "case.yaml"
    path.write_text(content, encoding="utf-8", newline="")
    return read_yaml(path, "case.yaml")


@given(text=PRINTABLE)
def test_any_printable_text_in_single_quotes_comes_back_unchanged(tmp_path_factory, text):
    quoted = text.replace("'", "''")
    assert parsed(f"- '{quoted}'\n", tmp_path_factory.getbasetemp()) == ([text], [])


@given(text=PRINTABLE)
def test_any_printable_text_in_double_quotes_comes_back_unchanged(tmp_path_factory, text):
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    assert parsed(f'- "{quoted}"\n', tmp_path_factory.getbasetemp()) == ([text], [])


@given(text=st.text("ab: -\n\r\t'\"#&*!|>[]{}%@?,中\x85\u2028", max_size=30))
def test_no_text_crashes_the_reader(tmp_path_factory, text):
    tree, problems = parsed(text, tmp_path_factory.getbasetemp())
    assert tree is not None or problems


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=2), min_size=1))
def test_no_figure_loses_a_digit(tmp_path_factory, figures):
    written = [format(figure, "f") for figure in figures]
    tree, problems = parsed("".join(f"- {figure}\n" for figure in written), tmp_path_factory.getbasetemp())
    assert isinstance(tree, Row)
    assert (list(tree), problems) == (written, [])
