"""Reading the tables of an SQLite file: each becomes a grid of text, so that a cell means the same as in a CSV file.

A file that is read may come from anyone. It is opened for reading only; views, virtual tables and columns that are worked out are
passed over, so nothing that is written in it is run. A page of such a file may be part of many tables, so that little can be made
to look like a lot: what is read of one file has an end, in text, in cells and in steps.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from contingent.io.cell_text import cell_of, text_of
from contingent.io.collected import Collected, Sheet
from contingent.io.files import reason
from contingent.io.grid import Grid
from contingent.io.limits import (
    LARGEST_DATABASE,
    LARGEST_RECORD,
    LARGEST_UNPACKED,
    MEBIBYTE,
    MOST_CELLS_OF_FILE,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_STEPS,
    MOST_TABLES,
)
from contingent.io.wording import counted, shown

Value = TypeVar("Value")

SUFFIXES = (".sqlite", ".sqlite3", ".db")
"""Endings of the name of a scenario or plan that is an SQLite file."""

MAGIC = b"SQLite format 3\x00"
"""What every SQLite file begins with."""

PLAN_TABLE = "plan"
"""Table that makes a file one of a plan; the tables of its scenario then have a prefix."""

SCENARIO_PREFIX = "scenario_"
"""What stands before the names of a scenario's tables in the file of a plan, whose own tables may have the same names."""

DICTIONARY = "dictionary"
"""Table that says what the columns mean; it is written and never read."""

CONFERENCE_TABLES = frozenset({"scenario_row", "audit"})
"""Tables by which the database of a conference is told from a scenario."""

FIRST_LINE = 2
"""Line of the first row of a table in findings; line 1 is where a CSV file has its header."""


_STEPS_AT_ONCE = 1_000_000


class _TooMuch(Exception):
    """More comes out of a file than any scenario holds."""


class _Counted(sqlite3.Connection):
    """An open file that counts what was read of it."""

    text_left = LARGEST_UNPACKED
    cells_left = MOST_CELLS_OF_FILE
    steps_left = MOST_STEPS

    def step(self) -> bool:
        """Count steps; whether there were too many, which ends the statement."""
        self.steps_left -= _STEPS_AT_ONCE
        return self.steps_left < 0

    def take(self, row: tuple[Any, ...]) -> None:
        """Count the cells of a row and their text."""
        self.cells_left -= len(row)
        self.text_left -= sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if self.text_left < 0:
            raise _TooMuch(f"more than {LARGEST_UNPACKED // MEBIBYTE} MiB of text and shapes come out of it")
        if self.cells_left < 0:
            raise _TooMuch(f"more than {MOST_CELLS_OF_FILE:,} cells come out of it")


def is_database(path: Path) -> bool:
    """Whether a file is an SQLite file, by its name or by what it begins with."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def read_from(path: Path, book: Sheet, findings: Collected, read: Callable[[sqlite3.Connection], Value]) -> Value | None:
    """Return what a function reads from an SQLite file; None and a finding where it cannot be opened or is damaged.

    Parameters
    ----------
    path : Path
        The file; it is opened for reading only.
    book : Sheet
        The file, as findings name it.
    read : callable
        Reads from the open file.
    """
    refusal = _refusal(path)
    if refusal is not None:
        what, maybe = refusal
        findings.add("not_a_database", book, what, maybe=maybe)
        return None
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, factory=_Counted)) as connection:
            connection.set_progress_handler(connection.step, _STEPS_AT_ONCE)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA cell_size_check = ON")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_RECORD)
            return read(connection)
    except _TooMuch as problem:
        findings.add("too_large", book, f"is no scenario that can be read: {problem}.")
        return None
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as problem:
        findings.add(
            "damaged", book, f"is damaged: {shown(str(problem), 200)[1:-1]}.",
            maybe="make it again, or open it in an SQLite program and check its integrity",
        )  # fmt: skip
        return None


def _refusal(path: Path) -> tuple[str, str | None] | None:
    if path.exists() and not path.is_file():
        return "is no plain file.", None
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            begins = file.read(len(MAGIC))
    except OSError as problem:
        return f"cannot be read: {reason(problem)}.", None
    if size > LARGEST_DATABASE:
        return f"is {size / MEBIBYTE:,.1f} MiB large; at most {LARGEST_DATABASE // MEBIBYTE} MiB are read.", None
    if begins != MAGIC:
        return "is no SQLite file, or is damaged.", "name a folder, an .xlsx workbook or an .sqlite file"
    if Path(f"{path}-wal").exists() and Path(f"{path}-wal").stat().st_size:
        return "is open in another program, or was not closed: changes still stand in its -wal file.", "close that program"
    return None


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that hold rows of their own, in the order in which they were made."""
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid LIMIT ?"
    found = connection.execute(asked, (MOST_TABLES + 1,)).fetchall()
    if len(found) > MOST_TABLES:
        raise _TooMuch(f"it has more than {MOST_TABLES} tables")
    return [
        name for name, sql in found
        if isinstance(name, str) and isinstance(sql, str) and not name.startswith("sqlite_")
        and sql.lstrip()[:12].upper() == "CREATE TABLE"
    ]  # fmt: skip


def columns_in(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns of a table in order, without those that are worked out."""
    return [str(name) for (name,) in connection.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,))]


def quoted(name: str) -> str:
    """Return a name as SQL has it.

    >>> print(quoted("from_day"))
    "from_day"
    """
    return '"' + name.replace('"', '""') + '"'


def rows_of_table(connection: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table in the order in which they were written, at most one more than are taken."""
    names = ", ".join(quoted(name) for name in columns)
    order = _order_of(connection, table)
    for row in connection.execute(f"SELECT {names} FROM {quoted(table)}{order} LIMIT ?", (MOST_ROWS + 1,)):  # noqa: S608 (names are quoted)
        if isinstance(connection, _Counted):
            connection.take(row)
        yield row


def _order_of(connection: sqlite3.Connection, table: str) -> str:
    """Rows stand in the order of their numbers; a table without numbers in that of its key."""
    try:
        connection.execute(f"SELECT rowid FROM {quoted(table)} LIMIT 0")  # noqa: S608 (the name is quoted)
    except sqlite3.OperationalError:
        return ""
    return " ORDER BY rowid"


def grid_of_database(connection: sqlite3.Connection, table: str, sheet: Sheet, findings: Collected) -> Grid | None:
    """Return a table as text under its header, or None and a finding where it is too wide."""
    columns = columns_in(connection, table)
    if len(columns) > MOST_COLUMNS:
        findings.add("wide", sheet, f"has {counted(len(columns), 'column')}; at most {MOST_COLUMNS} are read.")
        return None
    grid = Grid(sheet, tuple(name.strip() for name in columns))
    for line, row in enumerate(rows_of_table(connection, table, columns), FIRST_LINE):
        if line - FIRST_LINE >= MOST_ROWS:
            findings.add("long", sheet, f"has more than {MOST_ROWS:,} rows; no more are read.", line=line)
            grid.complete = False
            break
        cells = [_text(value, name, line, sheet, findings) for name, value in zip(columns, row, strict=True)]
        if any(text and not text.isspace() for text in cells):
            grid.rows.append((line, cells))
    return grid


def _text(value: Any, column: str, line: int, sheet: Sheet, findings: Collected) -> str:
    if isinstance(value, bytes):
        findings.add(
            "binary", sheet, f"holds {counted(len(value), 'byte')} that are no text.", line=line, column=shown(column)[1:-1],
            maybe="write text or a number",
        )  # fmt: skip
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    return text_of(cell_of(value))


@dataclass(frozen=True, slots=True)
class Found:
    """What an SQLite file holds of a scenario.

    Parameters
    ----------
    tables : dict of str to Grid or None
        Tables of the scenario that are there; None where one could not be read.
    others : tuple of str
        Tables of other names.
    """

    tables: dict[str, Grid | None]
    others: tuple[str, ...]


def read_database_grids(path: Path, book: Sheet, sheets: dict[str, Sheet], findings: Collected) -> Found | None:
    """Return the tables of a scenario in an SQLite file, or None where it cannot be opened.

    Parameters
    ----------
    path : Path
        The file: one of a scenario, or one of a plan that keeps its scenario.
    book : Sheet
        The file, as findings about the whole of it name it.
    sheets : dict of str to Sheet
        Where each table is, by name.
    """
    return read_from(path, book, findings, lambda connection: _found(connection, book, sheets, findings))


def _found(connection: sqlite3.Connection, book: Sheet, sheets: dict[str, Sheet], findings: Collected) -> Found | None:
    there = tables_of(connection)
    if set(there) >= CONFERENCE_TABLES:
        findings.add(
            "conference", book, "is the database of a conference, not a scenario.",
            maybe="open it with `contingent serve --database`, and export the scenario there",
        )  # fmt: skip
        return None
    of_plan = PLAN_TABLE in there
    grids: dict[str, Grid | None] = {}
    for name, sheet in sheets.items():
        table = f"{SCENARIO_PREFIX}{name}" if of_plan and name != "scenario" else name
        if table in there:
            grids[name] = grid_of_database(connection, table, sheet, findings)
    return Found(grids, () if of_plan else tuple(name for name in there if name not in {*sheets, DICTIONARY}))
