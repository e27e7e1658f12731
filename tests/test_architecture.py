"""Imports point down: data know no stage, stages do not know each other, one module knows the engine, one prints."""

import ast
from pathlib import Path

import pytest
from project import REPOSITORY

SOURCE = REPOSITORY / "src" / "publisher"
DATA = [
    "problems", "written", "model", "lexicon", "catalogue", "case", "volume", "collection", "book", "pagination", "galley", "edition", "notation", "rules",
    "keeping", "limits", "inks", "imposition", "fields", "identities", "changes", "defaults", "languages", "proof", "library", "report_page", "garbage",
    "recall",
]  # fmt: skip
STAGES = [
    "read", "read_yaml", "lint", "compare", "compose", "render", "typeset", "compositor", "typeset_fetch", "typeset_engine", "typeset_forecast",
    "typeset_course", "typeset_draft", "typeset_proof", "composer", "finish", "preflight", "manifest", "pages_lock", "store", "figures",
]  # fmt: skip
DRIVERS = [
    "__main__", "build", "build_report", "editions", "booklets", "offprints", "cli", "sandbox", "workshop", "pieces", "workbench", "project", "unchanged",
    "cluster", "shelf", "standby", "examination", "archive",
]  # fmt: skip
ALLOWED = {
    ("read", "read_yaml"), ("lint", "read_yaml"), ("compare", "read_yaml"), ("compose", "figures"),
    ("typeset", "typeset_engine"), ("typeset", "typeset_forecast"), ("typeset", "typeset_course"), ("typeset", "typeset_draft"),
    ("compositor", "composer"), ("compositor", "typeset_fetch"), ("composer", "typeset_engine"),
    ("typeset_course", "typeset_forecast"),
    ("typeset_proof", "compositor"), ("typeset_proof", "composer"),
}  # fmt: skip
"""Stages that may import another: readers of files and of YAML are one stage, so are typesetter and composition room, composing and drawing."""
ENGINE_ROOM = {"compositor", "typeset_fetch", "typeset_proof", "composer"}
"""The modules that may know WeasyPrint."""
OPEN_DOOR = {"composer"}
"""Packages whose __init__ names what the rest of the project may use; every other one is empty."""

MODULES = sorted(SOURCE.rglob("*.py"))


def name(path: Path) -> str:
    """Return the dotted name of a module below publisher."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def top(module: str) -> str:
    return module.split(".")[0]


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own(path: Path) -> set[str]:
    """Return the parts of publisher that a file imports: the first name after `publisher`."""
    return {module.split(".")[1] for module in imports(path) if module.startswith("publisher.")} & {top(name(path)) for path in MODULES}


def modules(tops: list[str]) -> list[Path]:
    return [path for path in MODULES if top(name(path)) in tops and path.name != "__init__.py"]


def test_every_module_is_data_or_a_stage_or_a_driver():
    assert {top(name(path)) for path in MODULES} - {"__init__"} == {*DATA, *STAGES, *DRIVERS}


@pytest.mark.parametrize("path", modules(DATA), ids=name)
def test_data_import_no_stage(path):
    assert own(path) & {*STAGES, *DRIVERS} == set()


@pytest.mark.parametrize("path", modules(STAGES), ids=name)
def test_a_stage_imports_no_other_stage(path):
    stage = top(name(path))
    others = {other for other in own(path) if other in (*STAGES, *DRIVERS) and other != stage}
    assert {other for other in others if (stage, other) not in ALLOWED} == set()


def test_data_do_not_import_in_a_circle():
    below = {top(name(path)): own(path) & set(DATA) for path in modules(DATA)}
    while below:
        free = [module for module, needs in below.items() if not needs & set(below) - {module}]
        assert free, f"a circle among {sorted(below)}"
        for module in free:
            del below[module]


def test_only_the_compositor_and_its_room_know_the_engine():
    assert {top(name(path)) for path in MODULES if any(top(module) == "weasyprint" for module in imports(path))} <= ENGINE_ROOM


def test_only_the_compositor_enters_the_composition_room():
    assert {name(path) for path in MODULES if "composer" in own(path) and top(name(path)) != "composer"} <= {"compositor", "typeset_proof", "workbench.doctor"}


def test_only_the_command_line_prints():
    printing = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id == "print":
                printing.append(name(path))
            if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Attribute) and called.value.attr in ("stdout", "stderr"):
                printing.append(name(path))
    consoles = [name(path) for path in MODULES if any(top(module) in ("rich", "typer") for module in imports(path))]
    assert ({*printing, *consoles}) <= {"cli"}


def test_only_the_driver_knows_every_stage():
    knowing = [name(path) for path in MODULES if len(own(path) & {"compose", "render", "typeset", "finish", "preflight"}) > 1]
    assert [module for module in knowing if module not in (*DRIVERS, "workbench.preview.session")] == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=name)
def test_a_module_has_a_docstring(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_init_files_are_empty():
    assert [str(path) for path in MODULES if path.name == "__init__.py" and path.parent.name not in OPEN_DOOR and path.read_bytes()] == []


def test_no_import_is_relative():
    relative = [
        name(path) for path in MODULES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
