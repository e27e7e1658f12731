"""A process that stands by to build again as soon as a source is saved: the engine is loaded, and what sources gave is in memory.

Each build is a child of it, under the limits of any build, and begins with all that. What a child makes is kept in the store;
between builds this process takes it up from there, which is time that nobody waits for. The child of the next build is there before
it is wanted: with its workers, and with what it has from this process copied.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from publisher import book, build, examination, manifest, pieces, sandbox
from publisher.archive import Archive
from publisher.collection import Collection, VolumeSource
from publisher.edition import SCREEN
from publisher.inks import inks
from publisher.keeping import Keep, Memory, Stamp, stamped
from publisher.pagination import Opening, PageMap
from publisher.problems import Rejected
from publisher.project import Order, Progress, Project
from publisher.read import read
from publisher.recall import recall
from publisher.render import Renderer

LOOK_S = 0.05
"""Between looks at the files; what is being saved is let be until two looks are alike."""
Stamps = dict[Path, Stamp]


class Standby:
    """Stands by for some volumes of a project; all where none is named."""

    def __init__(self, project: Project, volumes: Sequence[str] | None, order: Order):
        self.project, self.volumes, self.order = project, volumes, order
        self.memory = Memory(Archive.of(project, order.keep))
        self.collection: Collection | None = None
        self.books: dict[str, tuple[book.Book, VolumeSource]] = {}
        self.keys: dict[str, str] = {}
        """Of each volume as it was in the last round."""
        self.is_good = False
        """Everything was built in the last round, or was found built."""
        self.built: set[str] = set()
        """Volumes whose builds have been recalled."""
        self.prepared: build.Prepared | None = None
        """The child that waits for the volume whose case was saved last, or has been woken."""

    def rounds(self) -> Iterator[None]:
        """Yield at once, and again whenever files have changed."""
        with recall.at_hand(), closing(self):
            seen = self.stamps()
            while True:
                self.is_good = False
                yield
                self.close()
                if recall.make_room():
                    self.built.clear()
                self.take_up()
                if self.is_good:
                    self.rehearse(seen)
                self.prepare(seen)
                while (now := self.stamps()) == seen:
                    time.sleep(LOOK_S)
                while (later := self.settled(now)) != now:
                    now = later
                self.wake(seen, now)
                if any(path.is_relative_to(self.project.styles) for path, _ in seen.items() ^ now.items()):
                    pieces.compositor.cache_clear()
                seen = now

    def close(self) -> None:
        """End the child that waits, or that was woken for nothing."""
        if self.prepared:
            self.prepared.end()
            self.prepared = None

    def changed(self, keys: Mapping[str, str]) -> dict[str, str]:
        """Return the volumes whose key is another than in the last round, or is not known."""
        found = {name: key for name, key in keys.items() if not key or self.keys.get(name) != key}
        self.keys |= found
        return found

    def settled(self, now: Stamps) -> Stamps:
        time.sleep(LOOK_S / 5)
        return self.stamps()

    def stamps(self) -> Stamps:
        """Return what tells that a file is another than it was, of every file the volumes are made of."""
        tops = dict.fromkeys(path for name in self.volumes or self.project.volumes for path in self.project.paths(name))
        return {path: stamped(path) for top in tops for path in top.rglob("*")}

    def take_up(self) -> None:
        """Go through what the next build will ask for. What is wrong has been said by the build."""
        try:
            pieces.ready(self.project.styles / SCREEN.stylesheet)
            manifest.fonts(self.project.styles / "fonts")
            self.collection = read(self.project.root, self.volumes, self.memory)
            self.books = {}
            for name, source in self.collection.volumes.items():
                examination.lint(self.project, self.collection, source, self.memory)
                self.books[name] = build.composed(self.project, self.collection, source, self.order.since, self.memory), source
                build.made_of(self.project, name)
        except Rejected:
            return
        self.memory.forget()

    def rehearse(self, seen: Stamps) -> None:
        """Build what was found built, so that all of it is recalled, and set the case that was saved last; leave it where something changes meanwhile.

        That case is likely to be saved next: the engine then knows its words and styles. Only what a child has set within its limits is set here.
        """
        for name in [name for name in self.books if name not in self.built and not self.order.cluster and not self.order.case]:
            if not self.is_gone_through(name, seen):
                return
            self.built.add(name)
        last = self.saved_last()
        if not last or self.stamps() != seen:
            return
        whole, _, section = last
        with suppress(Rejected):
            html = Renderer(whole, self.project.layouts, inks(self.project.styles, whole.volume)).html(section, Opening("right", section.numbering), PageMap())
            pieces.section(self.project.styles / SCREEN.stylesheet, SCREEN.stylesheet, html, section.title, section.id, section.numbering)

    def saved_last(self) -> tuple[book.Book, VolumeSource, book.Section] | None:
        """Return the case that was saved last, with its book."""
        cases = [(whole, source, section) for whole, source in self.books.values() for section in whole.sections if section.id in source.cases]
        return max(cases, key=lambda one: build.stamp_of(self.project, one[1], one[2].id), default=None)

    def prepare(self, seen: Stamps) -> None:
        """Begin a child that will build the volume whose case was saved last, unless something changes."""
        last = self.saved_last()
        if last and not self.order.cluster and self.stamps() == seen:
            self.prepared = build.prepared(self.project, last[1], self.order, self.memory)

    def wake(self, seen: Stamps, now: Stamps) -> None:
        """Wake the child where nothing has changed but texts of its volume; otherwise it is of no use."""
        if not self.prepared:
            return
        own = self.project.root / "content" / self.prepared.volume
        if not (seen.keys() == now.keys() and all(path.is_relative_to(own) for path, _ in seen.items() ^ now.items()) and self.prepared.wake()):
            self.close()

    def begin(
        self, project: Project, collection: Collection, source: VolumeSource, progress: Progress, order: Order, kept_as: str, keep: Keep
    ) -> sandbox.Running:
        """Begin a build like `build.begin_apart`, or take over that of the child which has been woken for it."""
        if self.prepared and self.prepared.volume == str(source.volume.id):
            child, self.prepared = self.prepared, None
            child.word.close()
            child.running.attend(build.heard_by(progress))
            return child.running
        return build.begin_apart(project, collection, source, progress, order, kept_as, keep)

    def is_gone_through(self, name: str, seen: Stamps) -> bool:
        """Build a volume in a child that leaves nothing but what can be recalled; tell whether it ended before anything changed."""
        _, source = self.books[name]
        child = build.begin_apart(self.project, self.collection, source, Progress(), self.order, keep=self.memory, rehearsal=True)
        try:
            while not sandbox.heard({0: child}, LOOK_S):
                if self.stamps() != seen:
                    return False
        finally:
            child.end(patient=False)
        return True
