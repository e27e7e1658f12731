"""A galley: one section as it was set, complete but for its page numbers and the programs of its fonts.

It depends on nothing but the section's HTML, the styles, the fonts and the engine, so it can be kept, sent and joined with
others into a volume without setting a line again.
"""

import json
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, Self

from publisher import book
from publisher.pagination import Pagination, Span
from publisher.recall import recall


class Spot(NamedTuple):
    """A point of a page, in points from the lower left corner of its trim."""

    x: float
    y: float


class Bookmark(NamedTuple):
    level: int
    label: str
    spot: Spot


class Folio(NamedTuple):
    """Where a page's number is printed: face and size, the text matrix, the side it keeps to, and the width of the number it was set with."""

    font: str
    """Name of the font among the page's resources."""
    size: float
    matrix: tuple[float, ...]
    aligned: str
    """left, centre or right."""
    width: float
    """In the unit of `size`."""


class Slot(NamedTuple):
    """Room for the number of another page, marked in the content of this one."""

    number: int
    """Its place among all such numbers of the section."""
    font: str


@dataclass(frozen=True)
class GalleyPage:
    text: str
    """Without running heads and folios."""
    anchors: dict[str, Spot]
    bookmarks: tuple[Bookmark, ...]
    targets: tuple[str, ...] = ()
    """The anchors that its links lead to."""
    folio: Folio | None = None
    key: str = ""
    """Of its text, what names the things treated there."""
    slots: tuple[Slot, ...] = ()
    """Where the numbers of other pages are printed."""


class Annotated(NamedTuple):
    """A link in the tag tree: its page from 0, and the number of its annotation among the objects of the file."""

    page: int
    number: int


@dataclass(eq=False)
class Tag:
    """A tag as the engine makes it, with the tags, marks (by their numbers) and links in it, in reading order."""

    kind: str
    page: int
    """On which it begins, from 0; that of its marks."""
    origin: Mapping[str, str | int]
    """What is known of its element in the layout."""
    alt: str
    attributes: Mapping[str, Any]
    kids: "list[Tag | int | Annotated]"


@dataclass(frozen=True)
class Rough:
    """A section as the engine wrote it."""

    pdf: bytes
    pages: tuple[GalleyPage, ...]
    tags: Tag
    """The file has none."""


class Touch(NamedTuple):
    """Where a page can be touched to follow a link."""

    number: int
    text: str
    """Its object without what is said of it."""
    said: str
    """In which the number of a slot stands for that of another page."""
    owner: int
    """The number of its element in the tag tree."""


@dataclass(frozen=True)
class PlatePage:
    """A page as objects of a file. Texts are as in a PDF."""

    content: bytes
    """With marks where numbers of pages are to be printed; the codes are those of the engine's fonts."""
    boxes: dict[str, str]
    used: tuple[tuple[str, str], ...]
    """Kind and name of each resource that it uses."""
    links: tuple[Touch, ...]
    owners: "array[int]"
    """The numbers of the elements that own its marks, by the numbers of these; NOBODY where there is none."""


NOBODY = -1


class Font(NamedTuple):
    """What a galley draws of a face."""

    face: str
    font: str
    """Its object, and below those of its descendant and descriptor, all without what depends on the sorts."""
    descendant: str
    descriptor: str
    widths: dict[int, float]
    """In thousandths, by the engine's codes."""
    meanings: dict[int, str]


class Cut(NamedTuple):
    """A stream of the plate: a form, a picture, a pattern."""

    number: int
    head: str
    data: bytes
    """As it is stored, but where text is drawn in it: then plain, for its codes will be others."""
    draws_text: bool


@dataclass(frozen=True, slots=True)
class Lines(Sequence[bytes]):
    """Texts of objects, each on a line, held deflated: of a large volume they take ten times as much room."""

    length: int
    deflated: bytes

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Self:
        return cls(len(texts), zlib.compress(b"\n".join(texts), LEVEL))

    @property
    def together(self) -> bytes:
        return zlib.decompress(self.deflated)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, place: Any) -> Any:
        return self.together.split(b"\n")[place]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self[:])


@dataclass(frozen=True)
class Plate:
    """The objects of a section, numbered from 0, which stands for the document in the tag tree; its pages come next."""

    count: int
    pages: tuple[PlatePage, ...]
    batches: tuple[tuple[str, int, Lines], ...]
    """Objects of one kind: the kind, the number of the first, their texts."""
    streams: tuple[Cut, ...]
    resources: dict[str, dict[str, str]]
    """Texts by kind and name; without the fonts."""
    fonts: dict[str, Font]
    tops: tuple[int, ...]
    """The elements at the top of its tag tree."""
    ids: dict[str, int]
    """Elements by their ids."""

    def packed(self) -> bytes:
        """Return it as bytes that `unpacked` takes back: how long what tells everything but what is binary is, that, then the binary parts."""
        plain = [page.content for page in self.pages] + [cut.data for cut in self.streams if cut.draws_text]
        parts = [zlib.compress(b"".join(plain), LEVEL), *(lines.deflated for _, _, lines in self.batches)]
        parts += [cut.data for cut in self.streams if not cut.draws_text]
        told = {
            **{name: getattr(self, name) for name in ("count", "resources", "fonts", "tops", "ids")},
            "leaves": [(page.boxes, page.used, page.links, page.owners.tolist()) for page in self.pages],
            "batches": [(kind, first, len(lines)) for kind, first, lines in self.batches],
            "streams": [(cut.number, cut.head, cut.draws_text) for cut in self.streams],
            "plain": [len(content) for content in plain],
            "parts": [len(part) for part in parts],
        }
        head = zlib.compress(in_json(told), LEVEL)
        return b"".join([b"%d\n" % len(head), head, *parts])

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """Take back what `packed` gave. Raises ValueError for anything else."""
        length, _, rest = packed.partition(b"\n")
        try:
            told = json.loads(zlib.decompress(rest[: int(length)]))
            parts = parted(rest[int(length) :], told["parts"])
            plain = iter(parted(zlib.decompress(next(parts)), told["plain"]))
            return cls(
                told["count"],
                tuple(page_plate(next(plain), *leaf) for leaf in told["leaves"]),
                tuple((kind, first, Lines(count, next(parts))) for kind, first, count in told["batches"]),
                tuple(Cut(number, head, next(plain if draws else parts), draws) for number, head, draws in told["streams"]),
                told["resources"],
                {name: Font(*fields[:4], by_code(fields[4]), by_code(fields[5])) for name, fields in told["fonts"].items()},
                tuple(told["tops"]),
                told["ids"],
            )
        except (TypeError, KeyError, AttributeError, StopIteration, zlib.error) as error:
            raise ValueError(str(error)) from error


def parted(content: bytes, lengths: Sequence[int]) -> Iterator[bytes]:
    """Return the parts of some bytes. Raises ValueError where they are not as long as all parts."""
    if len(content) != sum(lengths):
        raise ValueError(f"incomplete: {len(content)} bytes of {sum(lengths)}")
    return (content[start:end] for start, end in pairwise(accumulate(lengths, initial=0)))


LEVEL = 1
"""Of compression: a galley is read again soon."""


def page_plate(content: bytes, boxes: dict[str, str], used: list, links: list, owners: list) -> PlatePage:
    return PlatePage(content, boxes, tuple((kind, name) for kind, name in used), tuple(Touch(*link) for link in links), array("i", owners))


@dataclass(frozen=True)
class Galley:
    packed: bytes
    """Its plate, which is asked for once, when all is set."""
    pages: tuple[GalleyPage, ...]

    @property
    def plate(self) -> Plate:
        """Unpack its plate. Raises ValueError where it is none."""
        return recall(lambda: Plate.unpacked(self.packed), "plate", self.packed)

    def stored(self) -> bytes:
        """Return it as bytes that `restored` takes back."""
        return in_json([asdict(page) for page in self.pages]) + b"\n" + self.packed

    @classmethod
    def restored(cls, content: bytes) -> Self:
        """Take back what `stored` gave. Raises ValueError for anything else."""
        head, _, packed = content.partition(b"\n")
        try:
            return cls(packed, tuple(page_of(fields) for fields in json.loads(head)))
        except (TypeError, KeyError) as error:
            raise ValueError(str(error)) from error


def in_json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def by_code(items: dict[str, Any]) -> dict[int, Any]:
    return {int(code): value for code, value in items.items()}


def page_of(fields: dict) -> GalleyPage:
    folio = fields["folio"]
    return GalleyPage(
        fields["text"],
        {name: Spot(*spot) for name, spot in fields["anchors"].items()},
        tuple(Bookmark(level, label, Spot(*spot)) for level, label, spot in fields["bookmarks"]),
        tuple(fields["targets"]),
        Folio(folio[0], folio[1], tuple(folio[2]), *folio[3:]) if folio else None,
        fields["key"],
        tuple(Slot(*slot) for slot in fields["slots"]),
    )


@dataclass(frozen=True)
class Sheet:
    """One page of the volume: its section (None for an intended blank), folio, and its place in the section's galley."""

    section: book.Section | None
    folio: str
    galley: Galley | None = None
    index: int = 0
    numbers: tuple[str, ...] = ()
    """What is printed in the slots of its section."""

    @property
    def page(self) -> GalleyPage | None:
        return self.galley.pages[self.index] if self.galley else None


@dataclass(frozen=True)
class Typeset:
    """The pages of a volume in order."""

    sheets: tuple[Sheet, ...]

    @property
    def pagination(self) -> Pagination:
        spans: list[Span] = []
        for number, sheet in enumerate(self.sheets, 1):
            if sheet.section and spans and spans[-1].section is sheet.section:
                spans[-1] = Span(sheet.section, spans[-1].first, number)
            elif sheet.section:
                spans.append(Span(sheet.section, number, number))
        blanks = tuple(number for number, sheet in enumerate(self.sheets, 1) if not sheet.section)
        return Pagination(tuple(sheet.folio for sheet in self.sheets), tuple(spans), blanks)
