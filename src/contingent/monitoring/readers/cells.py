"""A file as cells of text, each row with the line on which it begins.

A clean file goes straight through polars. Whether it is clean is found out beforehand, on its bytes: every row must have as
many cells as the header. Any other file is read row by row, and a row that does not fit is set aside with its line.
"""

import codecs
import csv
import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.findings import Finding
from contingent.monitoring.columns import SET_ASIDE_COLUMNS

log = logging.getLogger(__name__)

LINE = "line of the file"
"""Column that holds the line; no header has a name with blanks once it is folded."""
CHUNK = 1 << 24
"""Bytes looked at together. [bytes]"""
SIGNS = (",", ";", "\t", "|")
LONGEST_HEADER = 1 << 16
"""A header longer than this is none. [bytes]"""
_SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?\r?\n', re.IGNORECASE)
_SAVE_AS_UTF_8 = "save it again as 'CSV UTF-8' (in Excel: File, Save As; in LibreOffice: character set Unicode (UTF-8))"


class Unreadable(Exception):
    """A file of which no cell can be read; it carries the finding."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding))


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of a file.

    Parameters
    ----------
    cells : polars.DataFrame
        All text, blanks are null; names of columns folded to small letters with underscores; `LINE` is the first column.
    misfits : polars.DataFrame
        Rows with too many or too few cells: `SET_ASIDE_COLUMNS`.
    decimal_comma : bool
        Whether numbers may be written with a comma.
    """

    cells: pl.DataFrame
    misfits: pl.DataFrame
    decimal_comma: bool = False


def folded(name: str) -> str:
    """Return a column's name in small letters, with underscores.

    Examples
    --------
    >>> folded(" Event Date")
    'event_date'
    """
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


def read_cells(path: Path, *, known: Collection[str]) -> Table:
    """Return the cells of a CSV or Parquet file.

    Parameters
    ----------
    path : Path
        The file. What ends in ``.parquet`` or begins like one is Parquet, anything else is CSV.
    known : collection of str
        Folded names of columns that some format knows: by them the separator is told, and only they are read.

    Raises
    ------
    Unreadable
        If there is nothing to read: no such file, no header, another encoding.
    """
    try:
        with path.open("rb") as file:
            first = file.read(LONGEST_HEADER)
            if path.suffix == ".parquet" or first.startswith(b"PAR1"):
                return _parquet(path, known)
            _check_encoding(path, file, first)
    except OSError as problem:
        what = f"cannot be read: {problem.strerror.lower() if problem.strerror else problem}."
        raise Unreadable(Finding(path.name, what)) from problem
    return _csv(path, first, known)


def _parquet(path: Path, known: Collection[str]) -> Table:
    try:
        scanned = pl.scan_parquet(path)
        names = scanned.collect_schema().names()
        header = _header(path, names, None)
        wanted = [(old, new) for old, new in zip(names, header, strict=True) if new in known]
        taken = {old for old, _ in wanted}
        more = _holds_more([name for name in names if name not in taken])
        cells = scanned.select(*(pl.col(old).cast(pl.String).alias(new) for old, new in wanted), more).collect()
    except pl.exceptions.PolarsError as problem:
        raise Unreadable(Finding(path.name, "cannot be read as Parquet: it is damaged, or nested.")) from problem
    lines = pl.int_range(2, cells.height + 2, dtype=pl.Int64, eager=True).alias(LINE)
    filled = cells.drop_in_place(LINE)
    return Table(_without_blank_rows(cells.insert_column(0, lines), filled), pl.DataFrame(schema=SET_ASIDE_COLUMNS))


def _check_encoding(path: Path, file: BinaryIO, first: bytes) -> None:
    if not first:
        raise Unreadable(Finding(path.name, "is empty: not even a header."))
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in first:
        what = "is saved as UTF-16 ('Unicode text') or is no text at all."
        raise Unreadable(Finding(path.name, what, line=1, maybe=_SAVE_AS_UTF_8))
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    lines = 1
    while chunk := file.read(CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as problem:
            lines += chunk.count(b"\n", 0, problem.start)
            what = f"byte 0x{problem.object[problem.start]:02X} is not UTF-8, so names would be garbled."
            raise Unreadable(Finding(path.name, what, line=lines, maybe=_SAVE_AS_UTF_8)) from problem
        lines += chunk.count(b"\n")


def _header(path: Path, names: list[str], line: int | None) -> list[str]:
    header = [folded(name) for name in names]
    twice = next((name for number, name in enumerate(header) if name and name in header[:number]), None)
    if twice is not None:
        what = "this column stands in the header twice."
        raise Unreadable(Finding(path.name, what, line, twice, maybe="delete one of the two"))
    return header


def _csv(path: Path, first: bytes, known: Collection[str]) -> Table:
    skipped = 0
    body = first.removeprefix(codecs.BOM_UTF8)
    sign = None
    if told := _SEPARATOR_LINE.match(body):
        sign, skipped, body = told[1].decode("ascii", "replace"), 1, body[told.end() :]
    while body[:2].lstrip(b"\r").startswith(b"\n"):
        body, skipped = body.lstrip(b"\r")[1:], skipped + 1
    text = body.decode("utf-8", errors="ignore")
    if not text.strip():
        raise Unreadable(Finding(path.name, "is empty: not even a header."))
    sign = sign if sign in SIGNS else _sign(text.splitlines()[0], known)
    header = _header(path, next(csv.reader(text.splitlines(keepends=True), delimiter=sign)), skipped + 1)
    lines = _lines_of_clean_rows(path, sign, width=len(header), skipped=skipped)
    if lines is not None:
        try:
            whole = _by_polars(path, header, sign, lines, skipped, known)
            return Table(whole, pl.DataFrame(schema=SET_ASIDE_COLUMNS), sign != ",")
        except pl.exceptions.PolarsError:
            log.info("%s: is read row by row", path.name)
    cells, misfits = _row_by_row(path, header, sign, skipped, known)
    return Table(cells, misfits, sign != ",")


def _sign(line: str, known: Collection[str]) -> str:
    """Return the sign that parts the header into most names that some format knows."""

    def score(sign: str) -> tuple[int, int]:
        names = [folded(name.strip().strip('"')) for name in line.split(sign)]
        return sum(name in known for name in names), len(names)

    return max(SIGNS, key=score)


def _lines_of_clean_rows(path: Path, sign: str, *, width: int, skipped: int) -> NDArray[np.int64] | None:
    """Return the line on which each row begins, or None where some row has not the cells of the header.

    Bytes are looked at in chunks. A separator or line end between quotation marks is text: it lies behind an odd number of marks.
    """
    starts: list[NDArray[np.int64]] = []
    seps_before = np.int64(0)
    odd = np.uint8(0)
    line, size = 1, path.stat().st_size
    line_length = 0
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    row_line = 1
    for begin in range(0, size, CHUNK):
        chunk = np.asarray(whole[begin : begin + CHUNK])
        if begin + CHUNK >= size and chunk[-1] != 10:
            chunk = np.append(chunk, np.uint8(10))
        ends, seps = chunk == 10, chunk == ord(sign)
        marks = chunk == ord('"')
        if odd or marks.any():
            inside = np.bitwise_xor.accumulate(marks.view(np.uint8)) ^ odd
            odd = inside[-1]
            row_ends, seps = ends & (inside == 0), seps & (inside == 0)
        else:
            row_ends = ends
        at = np.flatnonzero(row_ends)
        cells = np.cumsum(seps)[at]
        in_row = np.diff(cells, prepend=0)
        lengths = np.diff(at, prepend=-1) - 1
        returns = (lengths > 0) & (chunk[np.maximum(at - 1, 0)] == 13)
        if len(at):
            in_row[0] += seps_before
            lengths[0] += line_length
            seps_before = seps.sum() - cells[-1]
            line_length = len(chunk) - 1 - int(at[-1])
        else:
            seps_before += seps.sum()
            line_length += len(chunk)
        empty = (lengths - returns) <= 0
        if begin == 0 and skipped:
            empty[:skipped] = True
        if not np.all((in_row == width - 1) | empty):
            return None
        last_lines = line + np.cumsum(ends)[at] - 1
        begins = np.empty(len(at), dtype=np.int64)
        if len(at):
            begins[0], begins[1:] = row_line, last_lines[:-1] + 1
            row_line = int(last_lines[-1]) + 1
        starts.append(begins)
        line += int(ends.sum())
    return None if odd else np.concatenate(starts)


def _by_polars(
    path: Path, header: list[str], sign: str, lines: NDArray[np.int64], skipped: int, known: Collection[str]
) -> pl.DataFrame:
    names = [name if name in known else f"column {number}" for number, name in enumerate(header)]
    scanned = pl.scan_csv(
        path, separator=sign, infer_schema=False, has_header=False, skip_lines=skipped + 1, schema=dict.fromkeys(names, pl.String)
    )
    more = _holds_more([name for name in names if name not in known])
    cells = scanned.select(*(name for name in names if name in known), more).collect()
    rows = lines[skipped + 1 :]
    if len(rows) != cells.height:
        raise pl.exceptions.ShapeError("rows were counted otherwise")
    filled = cells.drop_in_place(LINE)
    return _without_blank_rows(cells.insert_column(0, pl.Series(LINE, rows, dtype=pl.Int64)), filled)


def _without_blank_rows(cells: pl.DataFrame, filled: pl.Series) -> pl.DataFrame:
    """Leave out rows of blanks; `filled` tells of which rows a cell that is not read here holds something."""
    for name in cells.columns:
        if filled.all():
            return cells
        if name != LINE:
            filled = filled | (cells[name].str.strip_chars() != "").fill_null(False)
    return cells.filter(filled)


def _holds_more(names: Collection[str]) -> pl.Expr:
    """Whether one of these columns holds something."""
    return (pl.any_horizontal(pl.col(name).is_not_null() for name in names) if names else pl.lit(False)).alias(LINE)


def _rows(path: Path, sign: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of a file, each with the line on which it begins."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=sign)
        begins = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = []
            yield begins, cells
            begins = reader.line_num + 1


def _row_by_row(
    path: Path, header: list[str], sign: str, skipped: int, known: Collection[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that fit the header, and those that do not as set aside."""
    places = [(number, name) for number, name in enumerate(header) if name in known]
    found: dict[str, list[str | None]] = {name: [] for _, name in places}
    lines: list[int] = []
    misfits: list[tuple[int, str | None, str, str]] = []
    for line, cells in _rows(path, sign):
        if line <= skipped + 1 or not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
            why = f"the row has {len(cells)} cells, the header {len(header)}"
            misfits.append((line, None, sign.join(cells)[:200], why))
            continue
        lines.append(line)
        for number, name in places:
            found[name].append(cells[number] or None)
    frame = pl.DataFrame({LINE: lines} | found, schema={LINE: pl.Int64} | dict.fromkeys(found, pl.String))
    return frame, pl.DataFrame(misfits, schema=SET_ASIDE_COLUMNS, orient="row")
