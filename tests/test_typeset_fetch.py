"""The engine gets files of the project's own folders and nothing else; what is refused is a problem, never a crash."""

import io
import os
import struct
import zlib

import pytest
import weasyprint
from PIL import Image
from project import REPOSITORY, Project

from publisher import limits, typeset_fetch
from publisher.compositor import Compositor
from publisher.problems import Rejected
from publisher.typeset_fetch import FileKind, ProjectFetcher, Refused


def png(width: int = 2, height: int = 2) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def house(tmp_path):
    """A project with styles and media, and a secret beside them."""
    (tmp_path / "styles/fonts").mkdir(parents=True)
    (tmp_path / "media").mkdir()
    (tmp_path / "styles/book.css").write_text("@import url(fonts/fonts.css);")
    (tmp_path / "styles/fonts/fonts.css").write_text("p { color: black }")
    (tmp_path / "styles/字体.css").write_text("p { color: black }")
    (tmp_path / "media/scan.png").write_bytes(png())
    (tmp_path / "secret.css").write_text("p { content: 'secret' }")
    return tmp_path


@pytest.fixture
def fetcher(house):
    return ProjectFetcher({"styles": house / "styles", "media": house / "media"})


def code(fetcher, url) -> str:
    with pytest.raises(Refused):
        fetcher.fetch(url)
    return fetcher.problems[-1].code


@pytest.mark.parametrize(
    ("url", "content_type"),
    [
        ("asset:///styles/book.css", "text/css"),
        ("asset:///styles/fonts/fonts.css", "text/css"),
        ("ASSET:///styles/fonts/fonts.css", "text/css"),
        ("asset:///styles/%E5%AD%97%E4%BD%93.css", "text/css"),
        ("asset:///media/scan.png#page", "image/png"),
    ],
)
def test_a_file_of_the_project_is_served(fetcher, url, content_type):
    response = fetcher.fetch(url)
    assert response.read()
    assert response.content_type == content_type
    assert fetcher.problems == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "file://localhost/etc/passwd",
        "http://localhost/x.css",
        "https://example.org/x.css",
        "ftp://example.org/x.css",
        "data:text/css,p{}",
        "data:font/otf;base64,T1RUTw==",
        "javascript:alert(1)",
        "jar:file:///x.css",
        "styles/book.css",
        "",
        "asset://host/styles/book.css",
        "asset:///styles/book.css?version=1",
        "asset:///styles/%ff%fe.css",
    ],
)
def test_another_scheme_or_host_is_refused(fetcher, url):
    assert code(fetcher, url) == "RES-001"


@pytest.mark.parametrize(
    "url",
    [
        "asset:///secret.css",
        "asset:///styles/../secret.css",
        "asset:///styles/%2e%2e/secret.css",
        "asset:///styles/..%2fsecret.css",
        "asset:///styles/fonts/../../secret.css",
        "asset:///styles/..\\secret.css",
        "asset:///styles//etc/passwd.css",
        "asset:////etc/passwd.css",
        "asset:///styles/%00.css",
        "asset:///styles/./book.css",
        "asset:///other/book.css",
        "asset:///",
        "asset:",
    ],
)
def test_a_file_outside_the_folders_is_refused(fetcher, url):
    assert code(fetcher, url) == "RES-002"


def test_a_link_out_of_the_folder_is_refused(fetcher, house):
    (house / "styles/link.css").symlink_to(house / "secret.css")
    assert code(fetcher, "asset:///styles/link.css") == "RES-002"


def test_a_folder_that_is_a_link_out_is_refused(fetcher, house):
    (house / "beyond").mkdir()
    (house / "beyond/x.css").write_text("p {}")
    (house / "styles/link").symlink_to(house / "beyond")
    assert code(fetcher, "asset:///styles/link/x.css") == "RES-002"


def test_a_link_inside_the_folder_is_followed(fetcher, house):
    (house / "styles/link.css").symlink_to("book.css")
    assert fetcher.fetch("asset:///styles/link.css").read()


def test_a_link_to_itself_is_refused(fetcher, house):
    (house / "styles/link.css").symlink_to("link.css")
    assert code(fetcher, "asset:///styles/link.css") == "RES-003"


def test_the_folder_itself_may_be_a_link(house):
    (house / "linked").symlink_to(house / "styles")
    assert ProjectFetcher({"styles": house / "linked"}).fetch("asset:///styles/book.css").read()


def test_a_missing_file_is_named(fetcher):
    assert code(fetcher, "asset:///styles/none.css") == "RES-003"
    assert "none.css" in str(fetcher.problems[0])


def test_a_folder_is_not_a_file(fetcher, house):
    (house / "styles/folder.css").mkdir()
    assert code(fetcher, "asset:///styles/folder.css") == "RES-003"


def test_a_pipe_does_not_hang_the_build(fetcher, house):
    os.mkfifo(house / "styles/pipe.css")
    assert code(fetcher, "asset:///styles/pipe.css") == "RES-003"


def test_a_file_of_an_unknown_kind_is_refused(fetcher, house):
    (house / "styles/x.exe").write_bytes(b"MZ")
    assert code(fetcher, "asset:///styles/x.exe") == "RES-005"


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.otf", "x.ttf"])
def test_a_file_that_is_not_what_its_name_says_is_refused(fetcher, house, name):
    (house / "media" / name).write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n")
    assert code(fetcher, f"asset:///media/{name}") == "RES-005"


def test_a_file_over_the_limit_of_its_kind_is_refused(fetcher, house):
    (house / "styles/large.css").write_bytes(b" " * (limits.MAX_STYLESHEET + 1))
    assert code(fetcher, "asset:///styles/large.css") == "RES-004"
    assert str(limits.MAX_STYLESHEET) in fetcher.problems[0].hint


def test_a_file_at_the_limit_of_its_kind_is_served(fetcher, house, monkeypatch):
    monkeypatch.setitem(typeset_fetch.KINDS, ".css", FileKind("样式表", "text/css", 10))
    (house / "styles/small.css").write_bytes(b" " * 10)
    assert len(fetcher.fetch("asset:///styles/small.css").read()) == 10


def test_files_too_large_together_are_refused(house):
    fetcher = ProjectFetcher({"styles": house / "styles"}, most=40)
    fetcher.fetch("asset:///styles/book.css")
    assert code(fetcher, "asset:///styles/fonts/fonts.css") == "RES-004"


def test_a_picture_that_would_unpack_too_large_is_refused(fetcher, house):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0))
    (house / "media/bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))
    assert code(fetcher, "asset:///media/bomb.png") == "RES-006"


def test_a_drawing_that_declares_entities_is_refused(fetcher, house):
    (house / "media/x.svg").write_text('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>')
    assert code(fetcher, "asset:///media/x.svg") == "RES-005"


def test_a_refusal_is_kept_once(fetcher):
    for _ in range(3):
        code(fetcher, "file:///etc/passwd")
    assert len(fetcher.problems) == 1


# -- with the engine ---------------------------------------------------------------------------------------------

WAYS_OUT = {
    "a picture": '<img src="{}">',
    "a style sheet": '<link rel="stylesheet" href="{}">',
    "an import": "<style>@import url({});</style>",
    "a font": "<style>@font-face {{ font-family: X; src: url({}) }} p {{ font-family: X }}</style><p>x",
    "a background": '<p style="background: url({})">x',
    "a list mark": '<ul style="list-style-image: url({})"><li>x</ul>',
    "content": "<style>p::before {{ content: url({}) }}</style><p>x",
    "an embedded object": '<object data="{}"></object>',
    "an embed": '<embed src="{}">',
    "a picture in a drawing": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{}" width="9" height="9"/></svg>',
    "an attachment": '<link rel="attachment" href="{}">',
    "an attached link": '<a rel="attachment" href="{}">x</a>',
    "a colour profile": "<style>@color-profile --x {{ src: url({}); components: c,m,y,k }}</style><p>x",
    "a border picture": '<p style="border: 1px solid; border-image: url({}) 1">x',
}


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://localhost:9/x", "data:text/plain,x"])
@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_way_leads_out_of_the_project(fetcher, way, url):
    try:
        weasyprint.HTML(string=WAYS_OUT[way].format(url), base_url="asset:///styles/", url_fetcher=fetcher).write_pdf()
    except OSError:
        assert way == "a colour profile"
    assert [problem.code for problem in fetcher.problems] == ["RES-001"]


def test_a_base_address_does_not_lead_out(fetcher):
    html = '<base href="file:///etc/"><img src="passwd">'
    weasyprint.HTML(string=html, base_url="asset:///styles/", url_fetcher=fetcher).write_pdf()
    assert [problem.code for problem in fetcher.problems] == ["RES-001"]


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<img alt="x" src="file:///etc/passwd">', "RES-001"),
        ('<img alt="x" src="../content/sample/volume.yaml">', "RES-002"),
        ('<img alt="x" src="none.png">', "RES-003"),
        ("<style>@color-profile --x { src: url(none.icc); components: c,m,y,k }</style>", "RES-003"),
        ("<style>@font-face { font-family: X; src: url(none.otf) }</style>", "RES-003"),
    ],
)
def test_a_layout_that_asks_for_more_is_rejected_with_a_problem(project: Project, markup, found):
    project.edit_layout("section.html", '<meta charset="utf-8"/>', f'<meta charset="utf-8"/>{markup}' if "style" in markup else '<meta charset="utf-8"/>')
    if "style" not in markup:
        project.edit("layouts/section.html", "</main>", f"{markup}</main>")
    with pytest.raises(Rejected) as caught:
        project.build(case="sample-03-femur")
    assert found in [problem.code for problem in caught.value.problems]


def test_a_style_sheet_without_fonts_is_rejected_and_not_a_crash(tmp_path):
    (tmp_path / "book.css").write_text("p { color: black }")
    with pytest.raises(Rejected, match="TYP-003"):
        Compositor(tmp_path / "book.css")


def test_a_broken_font_is_rejected_and_not_a_crash(tmp_path):
    (tmp_path / "x.otf").write_bytes(b"OTTO" + bytes(200))
    (tmp_path / "book.css").write_text("@font-face { font-family: X; src: url(x.otf) } p { font-family: X }")
    with pytest.raises(Rejected, match="TYP-001"):
        Compositor(tmp_path / "book.css")


def test_the_real_style_sheets_ask_only_for_what_is_served():
    fetcher = ProjectFetcher({"styles": REPOSITORY / "styles"})
    weasyprint.CSS(url="asset:///styles/book.css", url_fetcher=fetcher)
    assert fetcher.problems == []
    assert fetcher.served > 0


def test_a_project_may_be_in_a_folder_of_any_name(tmp_path):
    """Spaces, percent signs and question marks in a path are no part of an address."""
    project = Project(tmp_path / "书 100%? #1")
    project.edit_layout("section.html", "</main>", "</main>")
    assert project.build(case="sample-03-femur").pdf
