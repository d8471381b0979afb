"""Reading the sheets of a workbook: each becomes a grid of text, so that a cell means the same as in a CSV file."""

import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine

from contingent.io.cell_text import cell_of, text_of
from contingent.io.collected import Collected, Sheet
from contingent.io.files import read_bytes
from contingent.io.grid import Grid
from contingent.io.limits import LARGEST_WORKBOOK
from contingent.io.wording import shown
from contingent.io.workbook_safety import (
    CellsSeen,
    cells_seen,
    fits_memory,
    name_cells_without_value,
    opened_safely,
    parts_of_sheets,
    size_is_sane,
)

SETTINGS = "scenario"
"""Name of the sheet that holds the settings."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one sheet as they were read, and what the reader did not see."""

    values: list[list[Any]]
    seen: CellsSeen

    def as_grid(self, sheet: Sheet, findings: Collected) -> Grid | None:
        """Return the cells as text under their header, or None and a finding where there is no header."""
        return _grid(self.values, self.seen, sheet, findings) if size_is_sane(self.seen, sheet, findings) else None


def read_workbook_grids(path: Path, book: Sheet, findings: Collected) -> dict[str, Cells] | None:
    """Return the cells of each sheet of a workbook by its name, or None where it cannot be opened.

    Parameters
    ----------
    path : Path
        The workbook.
    book : Sheet
        The workbook, as findings about the whole of it name it.
    """
    content = read_bytes(path, book, findings, largest=LARGEST_WORKBOOK)
    archive = opened_safely(content, book, findings) if content is not None else None
    if content is None or archive is None:
        return None
    try:
        with archive:
            seen = {name: cells_seen(archive, part) for name, part in parts_of_sheets(archive).items()}
        values = _values(content, {name for name, cells in seen.items() if fits_memory(cells)})
    except zipfile.BadZipFile as problem:
        findings.add(
            "damaged",
            book,
            f"is damaged: {shown(str(problem))[1:-1]}.",
            maybe="open it in Excel or LibreOffice and save it again",
        )
        return None
    return {name: Cells(values.get(name, []), cells) for name, cells in seen.items()}


def _values(content: bytes, names: set[str]) -> dict[str, list[list[Any]]]:
    """Return the values of sheets from their first cell on."""
    try:
        with python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)) as workbook:
            return {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in sorted(names)}
    except BaseException as problem:
        # A fault inside the reader is the file's fault to the user; interrupts and the like are not ours to hold.
        if isinstance(problem, Exception) or type(problem).__name__ == "PanicException":
            raise zipfile.BadZipFile(str(problem) or "it cannot be read") from problem
        raise


def _grid(values: list[list[Any]], seen: CellsSeen, sheet: Sheet, findings: Collected) -> Grid | None:
    texts = [[_text(value) for value in row] for row in values]
    header = [text.strip() for text in texts[0]] if texts else []
    while header and not header[-1]:
        header.pop()
    if not any(any(row) for row in texts):
        name_cells_without_value(seen, sheet, {}, findings)
        findings.add("empty_sheet", sheet, "is empty: not even a header.", maybe="write the header, or delete the sheet")
        return None
    if not header:
        findings.add(
            "no_header",
            sheet,
            "the first row is blank; the header stands there.",
            line=1,
            maybe="delete the rows above the table",
        )
        return None
    told = name_cells_without_value(seen, sheet, dict(enumerate(header, start=1)), findings)
    width = len(header)
    grid = Grid(sheet, tuple(header), told=told)
    for line, row in enumerate(texts[1:], start=2):
        cells = row[:width] + [""] * (width - len(row))
        if any(text.strip() for text in row[width:]):
            extra = next(text for text in row[width:] if text.strip())
            findings.add(
                "beyond_header",
                sheet,
                f"{shown(extra)} stands to the right of the last column that has a name.",
                line=line,
                maybe="delete it, or move it to another sheet",
            )
        if any(text and not text.isspace() for text in cells):
            grid.rows.append((line, cells))
    return grid


def _text(value: Any) -> str:
    """Return a value of a workbook as the text that a CSV file would hold."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return text_of(cell_of(value))
