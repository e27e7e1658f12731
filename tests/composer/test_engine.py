import pytest
import weasyprint

from publisher import composer
from publisher.composer import engine


@pytest.fixture(autouse=True)
def _taken_out():
    composer.uninstall()
    yield
    composer.uninstall()


def test_an_unknown_weasyprint_is_refused(monkeypatch):
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with pytest.raises(composer.UnknownEngine, match=r"WeasyPrint 71\.0 found, 70\.0 wanted"):
        composer.install()


def test_an_unknown_pango_is_refused(monkeypatch):
    monkeypatch.setattr(engine, "pango_version", lambda: "1.56.0")
    with pytest.raises(composer.UnknownEngine, match=r"Pango 1\.56\.0 found"):
        composer.install()


def test_installing_twice_is_installing_once():
    original = weasyprint.layout.block.iter_line_boxes
    composer.install()
    composer.install()
    composer.uninstall()
    assert weasyprint.layout.block.iter_line_boxes is original
