"""CSV as people's spreadsheets write it: with or without a byte-order mark, parted by commas, semicolons or tabs.

What can be told for certain is accepted without a word: a UTF-8 byte-order mark, mixed line ends, a line ``sep=;``, semicolons
or tabs for commas, blank rows and trailing blank cells. What cannot is a finding: another encoding (names would be garbled), a
row that is longer or shorter than its header, a quotation mark that is never closed.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from contingent.io.collected import Collected, Sheet
from contingent.io.files import read_bytes
from contingent.io.grid import Grid
from contingent.io.limits import LARGEST_TABLE, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from contingent.io.wording import counted, shown

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_SAVE_AS_UTF_8 = "save it again as 'CSV UTF-8' (in Excel: File, Save As; in LibreOffice: character set Unicode (UTF-8))"


def read_csv_grid(path: Path, sheet: Sheet, findings: Collected, *, columns: Collection[str]) -> Grid | None:
    """Return the cells of a CSV file, or None where there is no header to read them by.

    Parameters
    ----------
    path : Path
        The file.
    columns : collection of str
        Columns of its table, by which the delimiter is told.
    """
    content = read_bytes(path, sheet, findings, largest=LARGEST_TABLE)
    if content is None:
        return None
    text = decoded(content, sheet, findings)
    return None if text is None else grid_of_text(text, sheet, findings, columns=columns)


def decoded(content: bytes, sheet: Sheet, findings: Collected) -> str | None:
    """Return the text of a file in UTF-8, or None and a finding that names the encoding it seems to be in."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        findings.add("encoding", sheet, "is saved as UTF-16 ('Unicode text'), not as UTF-8.", line=1, maybe=_SAVE_AS_UTF_8)
        return None
    content = content.removeprefix(codecs.BOM_UTF8)
    if b"\x00" in content:
        at = content.index(b"\x00")
        findings.add(
            "nul",
            sheet,
            f"byte {at + 1} is NUL: this is not text in UTF-8, or the file is damaged.",
            line=_line_at(content, at),
            maybe=_SAVE_AS_UTF_8,
        )
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        at = problem.start
        code = content[at]
        guess = content[at : at + 1].decode("cp1252", errors="ignore")
        seems = f" ({shown(guess)} in Windows-1252)" if guess and guess.isprintable() else ""
        findings.add(
            "encoding",
            sheet,
            f"byte 0x{code:02X}{seems} is not UTF-8, so names would be garbled.",
            line=_line_at(content, at),
            maybe=_SAVE_AS_UTF_8,
        )
        return None


def _line_at(content: bytes, position: int) -> int:
    return len(_LINE_END.findall(content, 0, position)) + 1


def grid_of_text(text: str, sheet: Sheet, findings: Collected, *, columns: Collection[str]) -> Grid | None:
    """Return the cells of CSV text, or None where it has no header."""
    first_line = 0
    delimiter = None
    if separator := _SEPARATOR_LINE.match(text):
        delimiter, first_line, text = separator[1], 1, text[separator.end() :]
    if not text.strip():
        findings.add(
            "empty_file",
            sheet,
            "is empty: not even a header.",
            maybe=f"write the header {shown(','.join(list(columns)[:4]))} and so on, or delete the file" if columns else None,
        )
        return None
    delimiter = delimiter if delimiter in (",", ";", "\t", "|") else _delimiter(text, columns)
    rows = _Rows(text, delimiter, sheet, findings, first_line)
    lines = iter(rows)
    header_line, header_cells = next(lines, (0, []))
    if not header_cells:
        return None
    while not header_cells[-1].strip():
        header_cells.pop()
    header = tuple(cell.strip() for cell in header_cells)
    if len(header) > MOST_COLUMNS:
        findings.add("wide", sheet, f"has {counted(len(header), 'column')}; at most {MOST_COLUMNS} are read.", line=header_line)
        return None
    grid = Grid(sheet, header, header_line, decimal_comma=delimiter == ";")
    for line, cells in lines:
        _add_row(cells, line, grid, findings)
        if len(grid.rows) > MOST_ROWS:
            findings.add("long", sheet, f"has more than {MOST_ROWS:,} rows; no more are read.", line=line)
            rows.complete = False
            break
    grid.complete = rows.complete
    return grid


def _delimiter(text: str, columns: Collection[str]) -> str:
    """Return the sign that parts the header into most names that the table knows; a comma where none does better."""
    header = next(line for line in text.splitlines() if line.strip())
    known = set(columns)

    def score(sign: str) -> tuple[int, int]:
        names = [name.strip().strip('"').strip() for name in header.split(sign)]
        return sum(name in known for name in names), len(names)

    return max((",", ";", "\t"), key=score)


class _Rows:
    """The rows of CSV text that are not wholly blank, each with the line it begins on.

    They end where quotation marks make no sense; `complete` then is false.
    """

    def __init__(self, text: str, delimiter: str, sheet: Sheet, findings: Collected, first_line: int) -> None:
        self.complete = True
        self._text, self._delimiter, self._sheet, self._findings, self._first_line = text, delimiter, sheet, findings, first_line

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter, strict=True)
        has_returns = "\r" in self._text
        begins = self._first_line + 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                self.complete = False
                _broken(str(problem), self._delimiter, self._sheet, self._findings, begins)
                return
            if any(cell and not cell.isspace() for cell in cells):
                if has_returns:
                    cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
                yield begins, cells
            begins = self._first_line + reader.line_num + 1


def _broken(problem: str, delimiter: str, sheet: Sheet, findings: Collected, line: int) -> None:
    if "field limit" in problem:
        findings.add(
            "long_cell",
            sheet,
            f"a cell is far longer than the {LONGEST_CELL:,} characters that are taken; nothing after it is read.",
            line=line,
            maybe="a quotation mark is missing at the end of a cell",
        )
    elif "expected after" in problem:
        findings.add(
            "quote",
            sheet,
            f"a quoted cell goes on after its closing quotation mark, where {shown(delimiter)} was expected; "
            "nothing after it is read.",
            line=line,
            maybe='write a quotation mark inside a cell twice: ""',
        )
    elif "unexpected end" in problem:
        findings.add(
            "quote",
            sheet,
            "a quotation mark that opens a cell of this row is never closed.",
            line=line,
            maybe="close it, or delete it",
        )
    else:
        findings.add("broken", sheet, f"cannot be read as CSV from here on: {problem}.", line=line)


def _add_row(cells: list[str], line: int, grid: Grid, findings: Collected) -> None:
    """Add a row to the grid; one that is longer or shorter than its header is a finding, and only its name is kept."""
    width = len(grid.header)
    extra = next((cell for cell in cells[width:] if cell and not cell.isspace()), None)
    if len(cells) >= width and extra is None:
        grid.rows.append((line, cells[:width]))
        return
    if extra is not None:
        what = f"the row has {counted(len(cells), 'cell')}, the header {width}; too many: {shown(extra)}."
        findings.add(
            "ragged_long",
            grid.sheet,
            what,
            line=line,
            maybe="put a cell that holds a comma in quotation marks, and write lists with ;",
        )
    else:
        missing = shown(grid.header[len(cells)])
        findings.add(
            "ragged_short",
            grid.sheet,
            f"the row has {counted(len(cells), 'cell')}, the header {width}.",
            line=line,
            maybe=f"a cell is missing, or the commas of the blank cells at its end (from {missing} on)",
        )
    grid.misfits.append((cells + [""] * width)[:width])
