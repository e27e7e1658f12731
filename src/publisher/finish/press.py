"""The press edition's last steps: untagged PDF with bleed -> PDF/X-4, or PDF/X-1a, in the inks of its volume. Inside and cover."""

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary

from publisher import book
from publisher.finish import fonts, writing
from publisher.finish.boxes import POINTS_PER_MM, SlugLine, add_marks, marks, set_boxes
from publisher.finish.inks import Separator
from publisher.finish.intent import declare, strip
from publisher.finish.joining import Joined
from publisher.finish.letters import Letters
from publisher.finish.painting import Painter
from publisher.finish.screen import page_labels
from publisher.inks import PressRun
from publisher.pagination import Pagination


def press(document: pikepdf.Pdf, whole: book.Book, pagination: Pagination, run: PressRun) -> bytes:
    """Finish the inside of a volume; a last blank page makes the leaves whole."""
    count = len(pagination.folios)
    words = [f"页码 {folio}" for folio in pagination.folios] + ["空白页"] * (count % 2)
    lines = [
        SlugLine(f"{whole.title}　{run.edition}　内文", f"{said}　第 {number} 面，共 {len(words)} 面　{whole.date}　{run.condition.name}")
        for number, said in enumerate(words, 1)
    ]
    if count % 2:
        add_blank(document)
    sheets(document, whole, run, whole.title, lines)
    document.Root.PageLabels = Dictionary(Nums=Array(page_labels(pagination)))
    return written(document, run)


def cover(document: pikepdf.Pdf, whole: book.Book, run: PressRun, folds_mm: Sequence[float], spine: str) -> bytes:
    """Finish the cover of a volume, one sheet that is folded at its spine."""
    line = SlugLine(f"{whole.title}　{run.edition}　封面", f"{spine}　{whole.date}　{run.condition.name}")
    sheets(document, whole, run, f"{whole.title}　封面", [line], tuple(fold * POINTS_PER_MM for fold in folds_mm))
    return written(document, run)


def opened(volume: Joined) -> pikepdf.Pdf:
    """Return the pages of a volume as a document, without their tags."""
    return pikepdf.open(io.BytesIO(writing.written(volume, tagged=False)))


def sheets(document: pikepdf.Pdf, whole: book.Book, run: PressRun, title: str, lines: Sequence[SlugLine], folds: tuple[float, ...] = ()) -> None:
    """Make every page of a file a sheet of a press run: its inks, its boxes, its marks; and say what it was made for."""
    strip(document)
    painter, letters = Painter(document, Separator(run)), Letters(document, run.slug_fonts)
    around = None
    for page, line in zip(document.pages, lines, strict=True):
        trim = set_boxes(page)
        around = around or marks(document, trim, folds)
        painter.page(page)
        add_marks(page, around, letters, line)
    fonts.repack(document)
    declare(document, whole, run, title)


def add_blank(document: pikepdf.Pdf) -> None:
    last = document.pages[-1]
    blank = document.add_blank_page(page_size=(float(last.trimbox[2]), float(last.trimbox[3])))
    blank.obj.TrimBox = last.trimbox


def written(document: pikepdf.Pdf, run: PressRun) -> bytes:
    """Write the file in the version its standard is based on. The same pages give the same bytes."""
    document.remove_unreferenced_resources()
    pikepdf.settings.set_flate_compression_level(6)
    out = io.BytesIO()
    streams = pikepdf.ObjectStreamMode
    document.save(
        out, force_version=run.version, object_stream_mode=streams.disable if run.is_old else streams.generate,
        compress_streams=True, recompress_flate=True, deterministic_id=True,
    )  # fmt: skip
    return out.getvalue()
