"""A preview of the sample book, in this process or served to a browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread
from time import monotonic, sleep

import pytest
from project import Project

from publisher.project import Project as Sources
from publisher.workbench.preview import server
from publisher.workbench.preview.session import Session, View

RIB_VIEW = View("sample", "sample-01-rib")


@dataclass
class Editing:
    """A session on a copy of the sample book, in which the rib case is looked at."""

    project: Project
    session: Session

    def save(self, name: str, old: str, new: str) -> list[View]:
        """Alter a file and let the session take it in."""
        self.project.edit(name, old, new)
        return self.session.refresh([self.project.path(name)])

    @property
    def pages(self) -> list[str]:
        """The texts of the pages of the rib case."""
        return ["".join(run.text for run in page.runs) for page in self.session.show(RIB_VIEW)[0].pages]

    @property
    def keys(self) -> list[str]:
        return [page.key for page in self.session.show(RIB_VIEW)[0].pages]


@pytest.fixture
def editing(project: Project) -> Editing:
    session = Session(Sources(project.root))
    session.open()
    session.show(RIB_VIEW)
    return Editing(project, session)


@dataclass
class Served:
    project: Project
    address: str
    port: int


@pytest.fixture
def served(project: Project) -> Iterator[Served]:
    """A copy of the sample book under preview at a free port; `echo` stands for the editor's program."""
    opened = project.root / "opened.txt"
    bound = server.listening(0)
    made = server.server(Sources(project.root), f'sh -c "echo $0 >> {opened}" {{file}}:{{line}}:{{column}}')
    thread = Thread(target=made.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    until(lambda: made.started)
    try:
        yield Served(project, server.address(bound), bound.getsockname()[1])
    finally:
        made.should_exit = True
        thread.join(20)
        bound.close()


def until(true, seconds: float = 30):
    """Wait until a question is answered with something true, and return it."""
    end = monotonic() + seconds
    while not (found := true()):
        assert monotonic() < end, "waited in vain"
        sleep(0.05)
    return found
