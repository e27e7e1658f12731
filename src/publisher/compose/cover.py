"""The cover of a volume: what stands on back, spine and front, and how wide the spine of its pages is."""

from dataclasses import replace

from publisher import book
from publisher.book import Barcode, Book, Cover, Section
from publisher.compose.barcode import bars
from publisher.volume import Isbn, Stock, Volume

LEAST_SPINE_MM = 5.0
"""A narrower spine bears no type (GB/T 11668)."""
EDGE_MM = 1.0
"""Kept free on both sides of the type on the spine, for the fold may stray."""
SPINE_SIZES = (8.5, 15.0)
"""The smallest and the largest type on a spine, in points."""
POINTS_PER_MM = 72 / 25.4
UNKNOWN = "未载"


def cover(whole: Book, volume: Volume, stock: Stock, pages: int, page_mm: tuple[float, float]) -> Book:
    """Return the cover of a volume of so many pages, as a book of one section."""
    spine_mm = float(stock.spine_mm(pages))
    smallest, largest = SPINE_SIZES
    block = Cover(
        lines=tuple(map(str, volume.cover_lines)) or (whole.title,),
        subtitles=tuple(map(str, volume.subtitles)),
        english=tuple(map(str, volume.english_titles)),
        credits=(*(() if UNKNOWN in volume.compiler else (str(volume.compiler),)), str(volume.edition)),
        spine=whole.title if spine_mm >= LEAST_SPINE_MM else "",
        spine_size=max(smallest, min(largest, round((spine_mm - 2 * EDGE_MM) * POINTS_PER_MM, 1))),
        spine_mm=spine_mm,
        page_mm=page_mm,
        subject=tuple(whole.subject.split("：", 1)),
        parts=tuple((str(part.label), str(part.title)) for part in volume.parts),
        notice=str(volume.disclaimer[0]) if volume.disclaimer else "",
        barcode=barcode(volume.isbn) if volume.isbn else None,
    )
    return replace(whole, sections=(Section("cover", "cover", "封面", (block,), bookmark=0, numbered=False),), printed=())


def barcode(isbn: Isbn) -> Barcode:
    return Barcode(f"ISBN {isbn}", isbn.digits, bars(isbn.digits))


def of(whole: Book) -> Cover:
    """Return the cover that a book of one section is."""
    return next(block for section in whole.sections for block in section.blocks if isinstance(block, book.Cover))
