"""A book as plain text, for the golden file: what is printed, in order, with every mark, number and anchor."""

from collections.abc import Iterator
from dataclasses import MISSING, fields

from publisher import book


def dump(whole: book.Book) -> str:
    lines = [f"book {whole.id}: {whole.title} | {whole.short_title} | {whole.author} | {whole.date} | {whole.language}"]
    lines += [whole.subject, "，".join(whole.keywords)]
    for section in whole.sections:
        lines += ["", f"=== {section.kind} #{section.id} {section.title} [{traits(section)}]", f"    head: {section.running_head}"]
        for block in section.blocks:
            lines += of_block(block)
    for lexicon in whole.lexicons:
        lines += ["", f"=== lexicon {lexicon.name}{' nested' if lexicon.nested else ''}"]
        lines += [f"{term.name}: {' '.join(term.spellings)}{f' not {term.elsewhere}' if term.elsewhere else ''}" for term in lexicon.terms]
    lines += ["", f"=== to be found in print: {len(whole.printed)}"]
    lines += [f"{item.section} {item.path}: {item.text}" for item in whole.printed]
    return "\n".join(lines) + "\n"


def traits(section: book.Section) -> str:
    """Return what sets a section apart from a plain one."""
    apart = {field.name: getattr(section, field.name) for field in fields(section) if field.default is not MISSING and field.name != "running_head"}
    defaults = {field.name: field.default for field in fields(section)}
    return ", ".join(f"{name}={value}" for name, value in apart.items() if value != defaults[name])


def key_of(column: book.Column) -> str:
    return " key" if column.key else " key head" if column.key_head else ""


def of_line(line: book.Line) -> str:
    return "".join(of_piece(piece) for piece in line)


def of_piece(piece: book.Piece) -> str:
    match piece:
        case book.NoteMark():
            return f"〔{piece.number}→{piece.target}〕"
        case book.Reference():
            before, after = piece.around
            return f"<{before}…{after}→{piece.target}>"
        case book.Pages():
            return f"<{piece.which} pages of {piece.lexicon}:{piece.term}{f' in {piece.section}' if piece.section else ''}>"
        case book.Sign():
            return f"{piece.text}[{piece.said}]"
        case book.Run():
            return f"**{of_line(piece.line)}** "
    return piece.text


def of_block(block: book.Block) -> Iterator[str]:
    match block:
        case book.Heading():
            yield f"{'#' * block.level} {of_line(block.line)} #{block.anchor}{' key' if block.key else ''}"
        case book.Paragraph():
            yield f"[{block.style}{' key' if block.key else ''}] {of_line(block.line)}"
        case book.Points():
            yield from (f"{f'{index}.' if block.ordered else '·'} [{block.style}] {of_line(item)}" for index, item in enumerate(block.items, 1))
        case book.Facts():
            yield from (f"[{block.style}] {of_line(label)} = {of_line(value)}" for label, value in block.items)
        case book.Opener():
            yield f"opener {block.label} | {of_line(block.title)}"
            yield from of_code(block.code)
            yield from of_block(block.panel)
        case book.TitlePage():
            yield f"title page {block.label} | {block.title} | {' / '.join(block.subtitles)} | {' / '.join(block.english)} | {block.edition} | {block.compiler}"
            yield from of_code(block.code)
        case book.Table():
            yield f"table {block.number} {of_line(block.caption)} #{block.anchor}{f' {block.style}' if block.style else ''}{' key' if block.key else ''}"
            yield "  | " + " | ".join(f"{column.title} ({column.kind.value} {column.share:.0%}{key_of(column)})" for column in block.columns)
            for head, rows in block.bodies:
                if head:
                    yield f"  - {of_line(head)}"
                yield from ("  | " + " | ".join(of_line(cell) for cell in row) for row in rows)
            if block.note:
                yield f"  note: {block.note}"
        case book.Figure():
            follows = " follows its table" if block.follows else ""
            yield f"figure {block.number} {of_line(block.caption)} #{block.anchor} ({block.kind}, {block.width:.0f}×{block.height:.0f} pt{follows})"
            yield f"  says: {block.alt}"
            yield f"  words: {' | '.join(block.words)}"
            if block.note:
                yield f"  note: {block.note}"
        case book.Notes():
            yield from (f"foot 〔{note.number}〕 {of_line(note.foot)} #{note.anchor} →{note.mark} →{note.entry}" for note in block.items)
        case book.Collation():
            for note in block.items:
                yield f"〔{note.number}〕 “{of_line(note.quote)}” {of_line(note.note)} / {of_line(note.reason)} #{note.entry} →{note.mark}"
        case book.Entries():
            yield from (f"entry {entry.level} {entry.label} | {entry.title} | {entry.detail} → {entry.target}" for entry in block.items)
        case book.Index():
            yield from (f"term {term.initial} {term.lexicon} {term.term}{f' see {term.see}' if term.see else ''}" for term in block.terms)
        case _:
            raise TypeError(f"the dumper does not know {type(block).__name__}")


def of_code(code: book.Code | None) -> Iterator[str]:
    if code:
        yield f"code {code.address}: {code.alt}"
