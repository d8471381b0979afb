"""A workbook being written: safe text, formats, flat tables, and how each sheet prints.

Everything that comes from a scenario passes `safe_text` and is written as text, so that no cell of it can ever become a
formula or a link. The only formulas are sums that `put_formula` writes, each with its value beside it for viewers that
do not calculate.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from math import ceil
from typing import Any, Literal

import xlsxwriter

from contingent.report.words import grouped

Kind = Literal["text", "wrapped", "count", "amount", "ratio", "share", "day", "date", "yes", "figure"]

MOST_CHARACTERS = 32_767
"""Longest text that a cell of the format holds. [UTF-16 units]"""

CUT_MARK = " ... [cut]"

MOST_ROWS = 50_000
"""Most rows of one table in the workbook; the CSV files of the plan folder hold all. [rows]"""

MOST_HEADER_CHARACTERS = 58
"""Longest part of a page's header; the format allows 255 for all three parts, with every & doubled. [characters]"""

LINE_HEIGHT = 12.0
"""One line of text. [points]"""

MOST_LINES = 12
"""Text that needs more lines than this is read in the cell itself. [lines]"""

CHARACTERS_PER_WIDTH = 1.2
"""Characters of this workbook's font in one unit of column width, which is counted in a larger font."""

A3 = 8
"""Paper size A3, as the file format numbers it."""

FONT = "Calibri"
INK = "#1F2933"
QUIET = "#5B6770"
RULE = "#D5DADF"
HEAD_GROUND = "#E9EDF0"
ACCENT = "#1B3A57"
MARKING_INK = "#8A1C1C"

FIRST_YEAR = 1900
"""Spreadsheets know no date before it; an older one is written as text."""

UNLAWFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot carry."""

NUMBER_FORMATS: Mapping[Kind, str] = {
    "count": "#,##0",
    "amount": "#,##0.0",
    "ratio": "0.00",
    "share": "0.0 %",
    "figure": "General",
    "day": '"D+"0',
    "date": "yyyy-mm-dd",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its head, how its cells look, and what it means.

    Parameters
    ----------
    head : str
        Words at the head of the column, the unit in brackets.
    kind : Kind
        ``share`` is written as a percentage; ``day`` as D+30; ``date`` as a calendar date; ``figure`` with its own
        digits.
    width : float
        In characters of the standard font.
    meaning : str
        One sentence for the glossary.
    """

    head: str
    kind: Kind
    width: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its name, what it says in one sentence, and its columns (for the matrices: those beside the months)."""

    name: str
    says: str
    columns: tuple[Column, ...]


def safe_text(value: str) -> str:
    """Return the text without characters that the file cannot carry, and no longer than a cell can hold.

    >>> safe_text("bell" + chr(7) + " and book")
    'bell and book'
    """
    text = UNLAWFUL.sub("", value)
    # A character beyond the basic plane counts as two; only a text of half the limit can be too long at all.
    if len(text) <= MOST_CHARACTERS // 2 or len(text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS:
        return text
    room = MOST_CHARACTERS - len(CUT_MARK)
    return text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore") + CUT_MARK


def header_text(value: str) -> str:
    """Return the text as a page's header shows it: one line, not too long, and none of its signs a command.

    >>> header_text("R&D")
    'R&&D'
    """
    line = " ".join(safe_text(value).split())
    if len(line) > MOST_HEADER_CHARACTERS:
        line = line[: MOST_HEADER_CHARACTERS - 3] + "..."
    return line.replace("&", "&&")


class Book:
    """An XLSX workbook in memory, its formats made once each.

    Parameters
    ----------
    title, subtitle, marking : str
        For the head of each sheet, each page's header and footer, and the file's properties.
    created : date
        Written as the date of the file, so that the same plan gives the same bytes.
    """

    def __init__(self, *, title: str, subtitle: str, marking: str, created: date) -> None:
        self.title = title
        self.subtitle = subtitle
        self.marking = marking
        self._stream = BytesIO()
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.file = xlsxwriter.Workbook(
            self._stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        self.file.set_properties(
            {
                "title": safe_text(title)[:250],
                "subject": safe_text(subtitle)[:250],
                "comments": safe_text(marking)[:250],
                "created": datetime.combine(created, time()),
            }
        )
        self.file.set_calc_mode("auto")

    def style(self, **properties: Any) -> Any:
        """Return the format with these properties; the same one for the same properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            look = {"font_name": FONT, "font_size": 9, "font_color": INK, "valign": "vcenter"} | properties
            self._formats[key] = self.file.add_format(look)
        return self._formats[key]

    def cell_style(self, kind: Kind, **properties: Any) -> Any:
        """Return the format of a cell of a table."""
        look: dict[str, Any] = {"bottom": 4, "bottom_color": RULE}
        if kind in NUMBER_FORMATS:
            look["num_format"] = NUMBER_FORMATS[kind]
        if kind == "wrapped":
            look["text_wrap"] = True
        if kind in ("text", "wrapped"):
            # Keeps a text off the number that is right-aligned beside it.
            look |= {"align": "left", "indent": 1}
        if kind in ("day", "date"):
            look["align"] = "right"
        if kind == "yes":
            look["align"] = "center"
        return self.style(**(look | properties))

    def head_style(self, **properties: Any) -> Any:
        """Return the format of a head."""
        look = {"bold": True, "bg_color": HEAD_GROUND, "font_color": INK, "text_wrap": True, "bottom": 2, "bottom_color": ACCENT}
        return self.style(**(look | properties))

    def sheet(self, name: str, says: str, *, tab: str = ACCENT) -> Any:
        """Add a sheet with its marking, title and one sentence on the first three rows, set up for A3 landscape."""
        sheet = self.file.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(tab)
        put(sheet, 0, 0, self.marking, self.style(bold=True, font_color=MARKING_INK))
        put(
            sheet,
            1,
            0,
            f"{name}: {self.title}" + (f", {self.subtitle}" if self.subtitle else ""),
            self.style(bold=True, font_size=14, font_color=ACCENT),
        )
        put(sheet, 2, 0, says, self.style(font_color=QUIET, italic=True))
        sheet.set_row(1, 21)
        sheet.set_landscape()
        sheet.set_paper(A3)
        sheet.set_margins(left=0.4, right=0.4, top=0.65, bottom=0.65)
        sheet.fit_to_pages(1, 0)
        sheet.print_across()
        marking = header_text(self.marking)
        # A blank after the command keeps a marking that begins with a digit from being read as a font size.
        sheet.set_header(f"&L {header_text(self.title)}&C {marking}&R &A")
        sheet.set_footer(f"&L {header_text(self.subtitle)}&C {marking}&R &P / &N")
        return sheet

    def table(
        self, page: Page, rows: Sequence[Sequence[Any]], *, freeze_columns: int = 1, note: str = "", tab: str = ACCENT
    ) -> Any:
        """Add a sheet that is one flat table: frozen head, filter, widths; at most `MOST_ROWS` rows, and says so."""
        sheet = self.sheet(page.name, page.says if not note else f"{page.says} {note}", tab=tab)
        head = 4
        put_heads(self, sheet, head, page.columns)
        styles = [self.cell_style(column.kind) for column in page.columns]
        whole = self.cell_style("count")
        shown = rows[:MOST_ROWS]
        sheet.set_row(head, 2 * LINE_HEIGHT + 3)
        for number, row in enumerate(shown, start=head + 1):
            for at, (value, column, style) in enumerate(zip(row, page.columns, styles, strict=True)):
                is_whole = column.kind == "amount" and isinstance(value, float) and value.is_integer()
                put(sheet, number, at, value, whole if is_whole else style)
            wrapped = (
                lines_of(value, column.width) for value, column in zip(row, page.columns, strict=True) if column.kind == "wrapped"
            )
            lines = max(wrapped, default=1)
            if lines > 1:
                sheet.set_row(number, LINE_HEIGHT * lines + 3)
        end = head + len(shown)
        if not rows:
            put(sheet, head + 1, 0, "None.", self.style(italic=True, font_color=QUIET))
        if len(rows) > len(shown):
            put(
                sheet,
                end + 2,
                0,
                f"... and {grouped(len(rows) - len(shown))} more rows, in the CSV files of the plan folder.",
                self.style(bold=True),
            )
        sheet.autofilter(head, 0, max(end, head + 1), len(page.columns) - 1)
        sheet.freeze_panes(head + 1, freeze_columns)
        sheet.repeat_rows(head)
        return sheet

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Names of the sheets written so far, in their order."""
        return tuple(sheet.get_name() for sheet in self.file.worksheets())

    def contents(self) -> bytes:
        """Close the workbook and return its bytes."""
        self.file.close()
        return self._stream.getvalue()


def put_heads(book: Book, sheet: Any, row: int, columns: Iterable[Column], *, first: int = 0) -> None:
    """Write the heads of columns and set their widths."""
    for at, column in enumerate(columns, start=first):
        sheet.set_column(at, at, column.width)
        numbers = column.kind in NUMBER_FORMATS
        put(sheet, row, at, column.head, book.head_style(**({"align": "right"} if numbers else {"align": "left", "indent": 1})))


def lines_of(value: object, width: float) -> int:
    """Return how many lines a text takes in a column of this width, as near as can be told without the font.

    At most `MOST_LINES`. Rows are given their height, because not every program finds it by itself.
    """
    text = "" if value is None else str(value)
    return min(MOST_LINES, max(1, ceil(len(text) / (width * CHARACTERS_PER_WIDTH))))


def put(sheet: Any, row: int, column: int, value: object, style: Any) -> None:
    """Write one value as what it is: text as text, whatever it begins with; nothing as a blank."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "yes" if value else "", style)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, date) and value.year >= FIRST_YEAR:
        sheet.write_datetime(row, column, datetime.combine(value, time()), style)
    else:
        sheet.write_string(row, column, safe_text(str(value)), style)


def put_formula(sheet: Any, row: int, column: int, formula: str, style: Any, *, value: float) -> None:
    """Write a formula of our own with the value that it has now."""
    sheet.write_formula(row, column, formula, style, value)
