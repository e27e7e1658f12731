"""The preview's server: it speaks to this machine alone, starts programs only for its own page, and never through a shell."""

import http.client
import io
import json
import socket
from urllib.parse import urlencode

import pytest
from conftest import Served, until
from PIL import Image
from project import RIB
from typer.testing import CliRunner

from publisher.cli import app
from publisher.problems import Place
from publisher.workbench.preview import editor, server


def answer(served: Served, path: str, method: str = "GET", body: str | None = None, **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    got = connection.getresponse()
    return got, got.read()


def sections(served: Served) -> dict:
    return json.loads(answer(served, "/api/sections?" + urlencode({"volume": "sample", "section": "sample-01-rib"}))[1])


def token(served: Served) -> str:
    page = answer(served, "/")[1].decode()
    return page.split('name="preview-token" content="')[1].split('"')[0]


def test_only_the_loopback_is_listened_on():
    bound = server.listening(0)
    assert bound.getsockname()[0] == "127.0.0.1"
    bound.close()


def test_a_request_under_another_name_is_refused(served):
    assert answer(served, "/")[0].status == 200
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1", f"127.0.0.1.evil.example:{served.port}", ""):
        assert answer(served, "/api/books", Host=host)[0].status == 403


def test_a_request_that_another_site_sent_is_refused(served):
    assert answer(served, "/api/books", Origin="http://evil.example")[0].status == 403
    assert answer(served, "/api/books", Sec_Fetch_Site="cross-site")[0].status == 403
    assert answer(served, "/api/books", Origin=served.address.rstrip("/"), Sec_Fetch_Site="same-origin")[0].status == 200


def test_nothing_from_elsewhere_may_be_loaded(served):
    got, page = answer(served, "/")
    assert got.headers["content-security-policy"].startswith("default-src 'self'")
    for name in ("static/preview.js", "static/style.css"):
        page += answer(served, f"/{name}")[1]
    assert b"https://" not in page.replace(b"http://www.w3.org", b"")


def test_the_editor_is_opened_for_the_page_alone(served):
    place = json.dumps({"path": RIB, "line": 12, "column": 3})
    assert answer(served, "/api/open", "POST", place)[0].status == 403
    assert answer(served, "/api/open", "POST", place, X_Preview_Token="guess")[0].status == 403
    assert answer(served, "/api/open", "POST", place, X_Preview_Token=token(served))[0].status == 200
    opened = served.project.path("opened.txt")
    assert until(lambda: opened.is_file() and opened.read_text().strip()) == f"{served.project.path(RIB)}:12:3"


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "content/none.yaml", "content"])
def test_no_file_outside_the_project_is_opened(served, path):
    asked = json.dumps({"path": path, "line": 1, "column": 1})
    assert answer(served, "/api/open", "POST", asked, X_Preview_Token=token(served))[0].status == 400


def test_no_file_but_fonts_and_its_own_is_given_away(served):
    for path in ("/static/../server.py", "/static/%2e%2e/server.py", "/fonts/..%2f..%2fbook.css", "/fonts/fonts.css", f"/{RIB}"):
        assert answer(served, path)[0].status == 404


def test_a_page_is_a_picture_of_the_width_asked_for(served):
    page = sections(served)["sections"][0]["pages"][0]
    got, picture = answer(served, f"/pages/{page['key']}.png?width=500")
    assert got.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(picture))
    assert abs(image.width - 500) <= 1
    assert abs(image.height / image.width - page["height"] / page["width"]) < 0.01
    texts = json.loads(answer(served, f"/pages/{page['key']}.json")[1])
    assert any("肺腺癌肋骨转移一例" in text for text, *_ in texts)


def test_what_is_not_there_is_not_found(served):
    for path in (
        "/pages/none.png",
        "/pages/none.json",
        "/api/sections?volume=none",
        "/api/findings?volume=sample&section=none",
        "/api/source?key=none&x=1&y=a",
    ):
        assert answer(served, path)[0].status == 404


def test_problems_come_with_their_line_of_the_source(served):
    served.project.edit(RIB, "  sex: 女", "  sexx: 女")
    problem = until(lambda: json.loads(answer(served, "/api/books")[1])["problems"])[0]
    assert (problem["path"], problem["code"]) == (RIB, "SRC-101") or problem["code"] == "SRC-102"
    assert problem["frame"]
    assert problem["message"]


def test_findings_are_counted_beside_their_cases(served):
    served.project.edit(RIB, "血压控制于130/80 mmHg。", "血压控制于130/80 mmHg,平稳。")

    def counted():
        found = json.loads(answer(served, "/api/findings?volume=sample&section=sample-01-rib")[1])
        volume = json.loads(answer(served, "/api/books")[1])["volumes"][0]
        rib = next(one for group in volume["groups"] for one in group["sections"] if one["id"] == "sample-01-rib")
        return any("130/80 mmHg," in " ".join(one["frame"]) for one in found) and (rib["errors"] + rib["reviews"], len(found))

    shown, listed = until(counted)
    assert shown == listed > 0


def test_the_words_of_a_command_are_never_read_by_a_shell(project):
    nasty = project.root / "content" / "a; touch owned {line} $(x).yaml"
    nasty.write_text("x")
    place = Place(nasty.relative_to(project.root).as_posix(), 7, 2)
    words = editor.command("code --goto {file}:{line}:{column}", project.root, place)
    assert words == ["code", "--goto", f"{nasty}:7:2"]
    assert editor.command("gedit +{line}", project.root, place) == ["gedit", "+7", str(nasty)]


@pytest.mark.parametrize("template", ["", "   ", "code 'open"])
def test_a_command_without_sense_is_refused(project, template):
    with pytest.raises(ValueError, match=r".*"):
        editor.command(template, project.root, Place(RIB, 1, 1))


def test_a_taken_port_is_told(project):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = CliRunner().invoke(app, ["preview", "--root", str(project.root), "--port", str(other.getsockname()[1])])
    assert said.exit_code == 1
    assert "RUN-008" in said.output


def test_a_fault_of_the_program_is_told_and_survived(served, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("unheard of")

    with monkeypatch.context() as patch:
        patch.setattr("publisher.workbench.preview.session.Session.take", broken)
        served.project.edit(RIB, "sex: 女", "sex: 男")
        problems = until(lambda: json.loads(answer(served, "/api/books")[1])["problems"])
    assert (problems[0]["code"], "unheard of" in problems[0]["found"]) == ("RUN-009", True)
    served.project.edit(RIB, "occupation: 退休教师", "occupation: 教师")
    until(lambda: not json.loads(answer(served, "/api/books")[1])["problems"])
    page = sections(served)["sections"][0]["pages"][0]
    texts = json.loads(answer(served, f"/pages/{page['key']}.json")[1])
    assert any("男，64岁，教师" in text for text, *_ in texts)
