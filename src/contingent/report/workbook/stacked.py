"""Sheets of several short tables, one below the other, under the sentences of the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contingent.plan import Plan
from contingent.report.workbook.book import (
    LINE_HEIGHT,
    MARKING_INK,
    MOST_ROWS,
    Book,
    Column,
    Kind,
    Page,
    lines_of,
    put,
    put_heads,
)
from contingent.report.workbook.brief import SIGNS
from contingent.report.workbook.matrix import GROUNDS

OUTLOOK_COLOUR = "#B57D00"

Cell = object
Rows = Sequence[Sequence[Cell]]

NUMBER, NARROW, NAME, WORDS = 12, 9, 30, 46
"""Widths of columns that all tables of a sheet share. [characters]"""


@dataclass(frozen=True, slots=True)
class Light:
    """A traffic light that is read without its colour: a sign and a word on a ground.

    Parameters
    ----------
    state : str
        filled, partial or gap.
    word : str
        What it means.
    """

    state: str
    word: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is written in another way than its column's others."""

    value: float | None
    kind: Kind


def stacked(
    book: Book, page: Page, plan: Plan, told: Sequence[str], tables: Sequence[tuple[str, tuple[Column, ...], Rows]]
) -> None:
    """Write a sheet of several tables one below the other, those without rows left out, at most `MOST_ROWS` rows each."""
    sheet = book.sheet(page.name, page.says, tab=OUTLOOK_COLOUR)
    row = 4
    for sentence in told:
        put(sheet, row, 0, sentence, book.style(font_size=11))
        row += 1
    for title, columns, rows in tables:
        if not rows:
            continue
        put(sheet, row + 1, 0, title, book.style(bold=True, font_size=12))
        put_heads(book, sheet, row + 2, columns)
        sheet.set_row(row + 2, 2 * LINE_HEIGHT + 3)
        row += 3
        for cells in rows[:MOST_ROWS]:
            _put_row(book, sheet, row, columns, cells)
            row += 1
        if len(rows) > MOST_ROWS:
            put(
                sheet,
                row,
                0,
                f"... and {len(rows) - MOST_ROWS} more rows, in the CSV files of the plan folder.",
                book.style(bold=True),
            )
            row += 1
    put(sheet, row + 1, 0, plan.marking, book.style(bold=True, font_color=MARKING_INK))
    sheet.freeze_panes(4, 1)


def _put_row(book: Book, sheet: Any, row: int, columns: tuple[Column, ...], cells: Sequence[Cell]) -> None:
    lines = 1
    for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        if isinstance(cell, Light):
            ground, ink = GROUNDS[cell.state]
            put(sheet, row, at, f"{SIGNS[cell.state]} {cell.word}", book.cell_style("text", bg_color=ground, font_color=ink))
        elif isinstance(cell, Figure):
            put(sheet, row, at, cell.value, book.cell_style(cell.kind))
        else:
            put(sheet, row, at, cell, book.cell_style(column.kind))
        if column.kind == "wrapped":
            lines = max(lines, lines_of(cell, column.width))
    if lines > 1:
        sheet.set_row(row, LINE_HEIGHT * lines + 3)
