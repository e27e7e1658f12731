"""Whatever a file holds, the loader answers with a tree or with problems that have a place: no traceback, no hang."""

import time
from pathlib import Path

from damage import damaged, many, real_cases, trees, written
from hypothesis import example, given
from hypothesis import strategies as st
from project import REPOSITORY, SAMPLEBOOK

from publisher.read_yaml import read_yaml
from publisher.written import Written, leaves

SOURCES = [path.read_bytes() for path in sorted([*(SAMPLEBOOK / "content").rglob("*.yaml"), *(REPOSITORY / "content").rglob("*.yaml")])]
MARKS = st.text(st.sampled_from("-?:,[]{}#&*!|>'\"%@`~ \n\t\\<=.0a甲：“\x07\x85\u2028"), max_size=80)


def answered(folder: Path, content: bytes) -> None:
    """Read a file; its tree is of texts with places, or there are problems with places in it."""
    path = folder / "case.yaml"
    path.write_bytes(content)
    started = time.monotonic()
    tree, problems = read_yaml(path, "case.yaml")
    assert time.monotonic() - started < 10
    assert tree is not None or problems
    for problem in problems:
        assert problem.code.startswith("SRC-")
        assert problem.place.path == "case.yaml"
        assert str(problem)
    if tree is not None:
        assert all(type(leaf) is Written and leaf.place.line >= 1 for _, leaf in leaves(tree))


@many(2)
@given(content=st.binary(max_size=400))
@example(content=b"\xff\xfe")
@example(content=b"\xef\xbb\xbf")
def fuzz_bytes(tmp_path, content):
    answered(tmp_path, content)


@many(4)
@given(text=st.one_of(MARKS, st.text(max_size=200)))
@example(text="a: " + "[" * 3000)
def fuzz_marks(tmp_path, text):
    answered(tmp_path, text.encode("utf-8", "surrogatepass"))


@many(2)
@given(data=st.data())
def fuzz_real_files_with_bytes_changed(tmp_path, data):
    content = bytearray(data.draw(st.sampled_from(SOURCES)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4) | MARKS.map(lambda text: text.encode()))
        if not content:
            break
    answered(tmp_path, bytes(content))


@many(1)
@given(tree=st.one_of(trees, damaged(real_cases())))
def fuzz_trees_read_back_as_they_were(tmp_path, tree):
    text = written(tree)
    (tmp_path / "case.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    read, problems = read_yaml(tmp_path / "case.yaml", "case.yaml")
    if not problems:
        assert read == tree
