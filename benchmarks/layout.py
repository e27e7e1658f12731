"""Time the layout of a volume with the Chinese composer against plain WeasyPrint: the same HTML, in turn, medians.

Prints for each the seconds, pages, and what `preflight` measures of its lines. Seconds are of the processor, so that other
programs on the machine count little.
"""

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from publisher import book, composer, typeset
from publisher.compose.assemble import compose
from publisher.compositor import Compositor
from publisher.galley import Galley
from publisher.inks import inks
from publisher.preflight.typography import Typography, measure
from publisher.read import read
from publisher.render import Renderer

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass
class Way:
    """One way to lay out, with the times of its rounds and the pages of the last."""

    name: str
    prepare: Callable[[], None]
    seconds: list[float] = field(default_factory=list)
    documents: list[Any] = field(default_factory=list)

    def run(self, compositor: Compositor, sections: Sequence[tuple[str, str]]) -> None:
        self.prepare()
        started = process_time()
        self.documents = [compositor.document(html, title) for title, html in sections]
        self.seconds.append(process_time() - started)

    @property
    def pages(self) -> list[Any]:
        return [page for document in self.documents for page in document.pages]

    def typography(self) -> Typography:
        return measure(self.documents[0].copy(self.pages).write_pdf(pdf_tags=True))


def done(galley: Galley) -> Future[Galley]:
    future: Future[Galley] = Future()
    future.set_result(galley)
    return future


def settled(volume: str) -> tuple[Compositor, list[tuple[str, str]]]:
    """Return a compositor and every section's title and HTML with its final page numbers."""
    collection = read(REPOSITORY, [volume])
    whole = compose(collection.volumes[volume], collection.catalogue, typeset.ENGINE)
    compositor = Compositor(REPOSITORY / "styles" / "book.css")
    render = Renderer(whole, REPOSITORY / "layouts", inks(REPOSITORY / "styles", whole.volume)).html
    last: dict[str, str] = {}

    def begin(html: str, section: book.Section) -> Future[Galley]:
        last[section.id] = html
        rough = compositor.set(html, section.title)
        return done(Galley(b"", rough.pages))

    typeset.Typesetter(render, begin).typeset(whole)
    return compositor, [(section.title, last[section.id]) for section in whole.sections]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--volume", default="lung", help="folder of the volume in content/ (lung)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (5)")
    chosen = parser.parse_args()
    compositor, sections = settled(chosen.volume)
    ways = Way("composer", composer.install), Way("plain", composer.uninstall)
    for _ in range(chosen.rounds):
        for way in ways:
            way.run(compositor, sections)
    print(f"{chosen.volume}: {len(sections)} sections, {typeset.ENGINE}, {chosen.rounds} rounds")
    print(f"{'':<10}{'median s':>9}{'least':>8}{'most':>8}{'pages':>7}{'justified':>11}{'loose':>7}{'short':>7}")
    for way in ways:
        lines = way.typography()
        times = f"{median(way.seconds):>9.2f}{min(way.seconds):>8.2f}{max(way.seconds):>8.2f}"
        print(f"{way.name:<10}{times}{len(way.pages):>7}{lines.justified:>11}{len(lines.loose):>7}{len(lines.short):>7}")
    print(f"ratio {median(ways[0].seconds) / median(ways[1].seconds):.2f}")


if __name__ == "__main__":
    main()
