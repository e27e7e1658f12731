"""The machine examined: what is there is said with its version, what is missing with the way to get it."""

from project import REPOSITORY

from publisher.workbench import doctor
from publisher.workbench.doctor import State, examined


def found(name, styles=REPOSITORY / "styles"):
    return next(item for item in examined(styles, REPOSITORY) if item.thing == name)


def test_this_machine_lacks_nothing_that_a_build_needs():
    assert [item.thing for item in examined(REPOSITORY / "styles", REPOSITORY) if item.state is State.MISSING] == []


def test_missing_fonts_are_named(tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "fonts.css").write_text("@font-face { font-family: X; src: url(X-Regular.otf) }")
    item = found("字体", tmp_path)
    assert item.state is State.MISSING
    assert "X-Regular.otf" in item.remedy


def test_an_engine_that_was_never_measured_is_said(monkeypatch):
    monkeypatch.setattr(doctor, "pango_version", lambda: "1.99.0")
    item = found("Pango")
    assert (item.state, item.found) == (State.MISSING, "1.99.0")


def test_a_missing_library_comes_with_its_package(monkeypatch):
    monkeypatch.setattr(doctor, "SUBSET", ("libnowhere.so",))
    item = found("HarfBuzz 子集库")
    assert item.state is State.MISSING
    assert "libharfbuzz-subset0" in item.remedy


def test_what_only_some_commands_use_stops_nothing(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda program: None)
    assert found("Java").state is State.OPTIONAL
