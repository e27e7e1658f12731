"""Which heads each cell of a table stands under: columns, groups of rows, and the name of its row (PDF 1.7 §14.8.5.7)."""

from collections.abc import Iterator
from typing import NamedTuple

from pikepdf import Array, Name, String

from publisher.finish.drawn_text import DrawnText
from publisher.finish.tag_tree import Element

ROW_NAME = "term"
"""Class of cells that name what their row is about, where they stand in its first column."""


class Cell(NamedTuple):
    element: Element
    row: int
    columns: range
    body: Element
    """The part of the table it stands in."""

    @property
    def is_head(self) -> bool:
        return self.element.tag == "TH"


def cells(table: Element) -> list[Cell]:
    """Return the cells of a table, row by row, each with the columns it covers."""
    found: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    rows = [(row, body) for body in table.elements if body.tag in ("THead", "TBody", "TFoot") for row in body.elements]
    for number, (row, body) in enumerate(rows):
        column = 0
        for element in row.elements:
            while (number, column) in taken:
                column += 1
            columns = range(column, column + int(element.attributes.get("ColSpan", 1)))
            taken |= {(number + down, across) for down in range(int(element.attributes.get("RowSpan", 1))) for across in columns}
            found.append(Cell(element, number, columns, body))
            column = columns.stop
    return found


def name_heads(table: Element, drawn: DrawnText, name: str) -> None:
    """Give each head of a table its scope and id, and each other cell the ids of its heads."""
    found = cells(table)
    for cell in row_names(found, drawn):
        cell.element.tag = "TH"
    for cell in found:
        if cell.is_head:
            cell.element.id = f"{name}.{cell.row + 1}.{cell.columns.start + 1}"
            cell.element.attributes["Scope"] = Name.Column if cell.body.tag == "THead" else Name.Row
    for cell in found:
        heads = [head.element.id for head in heads_of(cell, found) if head.element.kids]
        if heads and (not cell.is_head or cell.body.tag != "THead"):
            cell.element.attributes["Headers"] = Array([String(head) for head in heads])


def row_names(found: list[Cell], drawn: DrawnText) -> list[Cell]:
    """Return the cells that name their row: those of the first column, and of later ones with the same head."""
    heads = {cell.columns.start: drawn.text(cell.element.marks) for cell in found if cell.body.tag == "THead"}
    names = {column for column, text in heads.items() if text == heads.get(0)}
    return [cell for cell in found if cell.body.tag == "TBody" and not cell.is_head and cell.columns.start in names and cell.element.has(ROW_NAME)]


def heads_of(cell: Cell, found: list[Cell]) -> Iterator[Cell]:
    """Yield the heads of a cell: over its columns, over its group of rows, and the nearest name in its row."""
    for head in found:
        if head.is_head and head.body.tag == "THead" and set(head.columns) & set(cell.columns):
            yield head
    groups = [head for head in found if head.is_head and head.body is cell.body and head.element.origin.scope == "rowgroup" and head.row < cell.row]
    yield from groups[-1:]
    names = [head for head in found if head.is_head and head.row == cell.row and head.body.tag == "TBody" and head.columns.start < cell.columns.start]
    yield from names[-1:]
