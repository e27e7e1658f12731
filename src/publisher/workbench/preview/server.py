"""The preview as a web page of this machine: one session, the files watched, every page of it told what has changed.

Only the loopback is listened on, and only requests that name it are answered, so that no other site can be made to speak for it.
What changes or starts anything has to bear the token of the page.
"""

import asyncio
import contextlib
import gc
import io
import json
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from threading import RLock
from time import sleep
from typing import Any, TypeVar

import pypdfium2 as pdfium
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from watchfiles import Change, awatch

from publisher.problems import Place, Problem
from publisher.project import Project
from publisher.proof import ProofPage
from publisher.workbench.preview import editor, told
from publisher.workbench.preview.session import Session, Superseded, View

T = TypeVar("T")
HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
STATIC = Path(__file__).parent / "static"
WATCHED = {".yaml", ".html", ".css", ".otf", ".ttf", ".icc"}
DEBOUNCE_MS, STEP_MS = 60, 15
QUIET_S = 0.6
"""How long nothing must happen before what can wait is done."""
BEAT_S = 15
PAUSE_S = 0.002
LEAST_PX, MOST_PX = 100, 4000
"""Width of a picture of a page."""
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip


class LoopbackOnly:
    """Answers only requests to this machine under its own names, that no other site has sent."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = sent.get("host", "")
        own = {name if not scope.get("server") else f"{name}:{scope['server'][1]}" for name in NAMES}
        origin = sent.get("origin", "")
        foreign = sent.get("sec-fetch-site", "none") not in ("same-origin", "none") or (origin and origin != f"http://{host}")
        if host not in own or foreign:
            await PlainTextResponse("只接受本机的请求", 403)(scope, receive, send)
            return

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((name.lower().encode(), value.encode()) for name, value in HEADERS.items())]
            await send(message)

        await self.app(scope, receive, sending)


class Preview:
    """One session with its readers."""

    def __init__(self, session: Session, template: str = ""):
        self.session, self.template = session, template
        self.token = secrets.token_urlsafe(24)
        self.bench, self.camera = ThreadPoolExecutor(4, "session"), ThreadPoolExecutor(1, "camera")
        self.lock, self.waiting = RLock(), 0
        """The session is for one thread at a time; so many wait for it."""
        self.readers: set[asyncio.Queue[str]] = set()
        self.work = asyncio.Event()
        self.stopped = asyncio.Event()

    # -- work ----------------------------------------------------------------------------------------------

    async def do(self, work: Callable[..., T], *arguments: Any) -> T:
        """Do something with the session, when nobody else does."""

        def alone() -> T:
            with self.lock:
                return work(*arguments)

        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.bench, alone)
        finally:
            self.waiting -= 1

    def let_others(self) -> None:
        """Let others use the session between two steps of long work, which is counted among those that wait."""
        self.lock.release()
        try:
            while self.waiting > 1:
                sleep(PAUSE_S)
        finally:
            self.lock.acquire()

    def tell(self, what: str, **more: Any) -> None:
        for reader in self.readers:
            reader.put_nowait(json.dumps({"what": what, **more}, ensure_ascii=False))

    def close(self) -> None:
        """Let the readers go: a server ends when its last answer has ended."""
        self.stopped.set()
        for reader in self.readers:
            reader.put_nowait("")

    def tell_views(self, views: Iterable[View]) -> None:
        self.tell("pages", views=[list(view) for view in views])

    async def watch(self) -> None:
        """Take in every change of the sources, layouts and styles."""
        project = self.session.project
        folders = [folder for folder in (project.root / "content", project.layouts, project.styles) if folder.is_dir()]
        async for changes in awatch(*folders, watch_filter=watched, debounce=DEBOUNCE_MS, step=STEP_MS, stop_event=self.stopped):
            with self.survived():
                self.tell_views(await self.do(self.session.refresh, [Path(name) for _, name in changes]))
            self.work.set()

    async def tidy(self) -> None:
        """Do what can wait when nothing has happened for a moment: whole books, rules, page numbers."""
        while True:
            await self.work.wait()
            self.work.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.work.wait(), QUIET_S)
                continue
            with self.survived():
                await self.finish()

    async def finish(self) -> None:
        """Bring everything up to date that is not in sight."""
        if views := await self.do(self.session.settle):
            self.tell_views(views)
        while not self.work.is_set() and await self.do(self.session.examine):
            self.tell("findings")
        for view in list(self.session.recent):
            if not self.work.is_set() and await self.do(self.session.wants_numbers, view):
                await self.paginate(view)
        await self.do(gc.collect)

    @contextmanager
    def survived(self) -> Iterator[None]:
        """Go on after a fault of the program itself, which is told in the page: the next saving may find it mended or avoided."""
        try:
            yield
        except Exception as error:
            logging.getLogger(__name__).exception("preview")
            fault = f"{type(error).__name__}: {error}"[:200]
            self.session.fault = Problem(Place("publisher preview"), "RUN-009", "程序自身出错，页面停在上一次", fault, "再存一次；仍不行则重开预览")
            self.session.stale.update(self.session.desks)  # what was taken in by half is made anew
            self.tell_views([])

    async def paginate(self, view: View) -> None:
        loop = asyncio.get_running_loop()

        def progress(done: int, of: int) -> None:
            if self.stopped.is_set():
                raise Superseded
            loop.call_soon_threadsafe(partial(self.tell, "progress", volume=view.volume, done=done, of=of))
            self.let_others()

        with contextlib.suppress(Superseded):
            await self.do(self.session.paginate, view.volume, progress)
            self.tell_views(other for other in self.session.recent if other.volume == view.volume)

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        # A full collection of the warm state takes as long as setting a page: it is left for quiet moments.
        gc.collect()
        gc.freeze()
        gc.disable()
        tasks = [asyncio.create_task(self.watch()), asyncio.create_task(self.tidy())]
        self.work.set()
        try:
            yield
        finally:
            self.stopped.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.bench.shutdown(cancel_futures=True)
            self.camera.shutdown(cancel_futures=True)
            gc.enable()
            gc.unfreeze()

    # -- answers -------------------------------------------------------------------------------------------

    async def front(self, request: Request) -> Response:
        text = (STATIC / "index.html").read_text(encoding="utf-8")
        return HTMLResponse(text.replace("{token}", self.token).replace("{editor}", "yes" if self.template else ""), headers={"Cache-Control": "no-store"})

    async def books(self, request: Request) -> Response:
        return JSONResponse(await self.do(told.books, self.session))

    async def sections(self, request: Request) -> Response:
        view = asked(request)
        if not await self.do(self.session.known, view):
            return missing()
        answer = await self.do(told.sections, self.session, view)
        if answer["waiting"]:
            self.work.set()
        return JSONResponse(answer)

    async def findings(self, request: Request) -> Response:
        view = asked(request)
        if not await self.do(self.session.known, view):
            return missing()
        return JSONResponse(await self.do(told.findings, self.session, view))

    async def picture(self, request: Request) -> Response:
        page = self.session.page(request.path_params["key"])
        width = request.query_params.get("width", "800")
        if page is None or not width.isdigit():
            return missing()
        made = await asyncio.get_running_loop().run_in_executor(self.camera, picture, page, max(LEAST_PX, min(MOST_PX, int(width))))
        return Response(made, media_type="image/png", headers={"Cache-Control": "private, max-age=3600, immutable"})

    async def texts(self, request: Request) -> Response:
        page = self.session.page(request.path_params["key"])
        if page is None:
            return missing()
        return JSONResponse([[run.text, run.x, run.y, run.width, run.height] for run in page.runs])

    async def source(self, request: Request) -> Response:
        """Say where the text at a spot of a page was written."""
        asked = request.query_params
        try:
            spot = await self.do(self.session.spot, asked["key"], float(asked["x"]), float(asked["y"]))
        except (KeyError, ValueError):
            return missing()
        if spot is None:
            return JSONResponse(None)
        frames = told.Frames(self.session.project.root)
        return JSONResponse({**told.placed(spot.place), "words": spot.words, "frame": frames.frame(spot.place)})

    async def passage(self, request: Request) -> Response:
        """Say where a place of the sources is printed."""
        query, view = request.query_params, asked(request)
        if not query.get("line", "").isdigit() or not query.get("column", "").isdigit() or not await self.do(self.session.known, view):
            return missing()
        place = Place(query.get("path", ""), int(query["line"]), int(query["column"]))
        found = await self.do(self.session.passage, view, place, query.get("found", ""))
        return JSONResponse(told.passage(view, found) if found else None)

    async def open(self, request: Request) -> Response:
        """Open a source file in the editor's program."""
        if not secrets.compare_digest(request.headers.get("x-preview-token", ""), self.token):
            return JSONResponse({"said": "页面已过期，请重新载入"}, 403)
        if not self.template:
            return JSONResponse({"said": "没有设定编辑器：以 --editor 或环境变量 PUBLISHER_EDITOR 给出命令"}, 409)
        try:
            said = await request.json()
            editor.opened(self.template, self.session.project.root, Place(str(said["path"]), int(said["line"]), int(said["column"])))
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"said": "没有这个来源文件"}, 400)
        except OSError as error:
            return JSONResponse({"said": f"编辑器无法启动：{error.strerror}"}, 409)
        return JSONResponse({"said": "已在编辑器中打开"})

    async def events(self, request: Request) -> Response:
        reader: asyncio.Queue[str] = asyncio.Queue()
        self.readers.add(reader)

        async def stream() -> AsyncIterator[str]:
            try:
                yield "retry: 500\n\n"
                while not self.stopped.is_set():
                    try:
                        said = await asyncio.wait_for(reader.get(), BEAT_S)
                        yield f"data: {said}\n\n" if said else ": the end\n\n"
                    except TimeoutError:
                        yield ": still here\n\n"
            finally:
                self.readers.discard(reader)

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def face(self, request: Request) -> Response:
        path = self.session.project.styles / "fonts" / request.path_params["name"]
        return FileResponse(path) if path.is_file() and path.suffix in (".otf", ".ttf") else missing()

    def app(self) -> ASGIApp:
        routes = [
            Route("/", self.front),
            Route("/api/books", self.books),
            Route("/api/sections", self.sections),
            Route("/api/findings", self.findings),
            Route("/api/source", self.source),
            Route("/api/passage", self.passage),
            Route("/api/open", self.open, methods=["POST"]),
            Route("/api/events", self.events),
            Route("/pages/{key}.png", self.picture),
            Route("/pages/{key}.json", self.texts),
            Route("/fonts/{name}", self.face),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        return LoopbackOnly(Starlette(routes=routes, lifespan=self.lifespan))


def asked(request: Request) -> View:
    return View(request.query_params.get("volume", ""), request.query_params.get("section", ""))


def missing() -> Response:
    return JSONResponse(None, 404)


def watched(change: Change, path: str) -> bool:
    return Path(path).suffix in WATCHED and not Path(path).name.startswith((".", "~", "#"))


def picture(page: ProofPage, width: int) -> bytes:
    """Return a page as a PNG so many pixels wide."""
    with closing(pdfium.PdfDocument(page.pdf)) as file, closing(file[page.index]) as sheet:
        image = sheet.render(scale=width / sheet.get_width(), optimize_mode=None).to_pil()
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def listening(port: int) -> socket.socket:
    """Return a socket of the loopback; port 0 takes any that is free. Raises OSError when the port is taken."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((HOST, port))
    except OSError:
        made.close()
        raise
    return made


def address(bound: socket.socket) -> str:
    return f"http://{HOST}:{bound.getsockname()[1]}/"


class Server(uvicorn.Server):
    """A server that lets the readers of a preview go before it ends."""

    def __init__(self, preview: Preview):
        super().__init__(
            uvicorn.Config(preview.app(), loop="asyncio", http="h11", ws="none", log_level="warning", timeout_graceful_shutdown=2, server_header=False)
        )
        self.preview = preview

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.preview.close()
        await super().shutdown(sockets)


def server(project: Project, template: str = "") -> Server:
    """Read the project and return a server of its preview; run it on a socket that `listening` gave."""
    session = Session(project)
    session.open()
    return Server(Preview(session, template))
