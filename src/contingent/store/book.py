"""The rows of a conference in memory, as they stand at one moment, and what an edit would make of them.

A `Book` is never changed: an edit gives another one, which shares every table that was not touched, with its rows as they were
parsed. So an edit of one table costs the checks of the scenario, and no reading of the others.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from contingent.findings import Finding, errors_only, nearest_name
from contingent.io.written import KEYS, SETTINGS, Reading, WrittenTable, key_of_cells, read_written
from contingent.store.faults import ConflictingRow, Refused
from contingent.store.records import Actor, Cells, Edit, RowDifference, State, StoredRow

LONGEST_TEXT = 32_767
"""Longest text of one cell. [characters]"""


@dataclass(frozen=True, eq=False)
class StoredTable:
    """The rows of one table, in order."""

    rows: tuple[StoredRow, ...]
    written: WrittenTable


@dataclass(frozen=True, eq=False)
class Book:
    """Rows and what they say.

    Parameters
    ----------
    seq : int
        Last entry of the audit that changed a row.
    tables : mapping of str to StoredTable
        Rows by table.
    reading : Reading
        The scenario, or why there is none.
    """

    seq: int
    tables: Mapping[str, StoredTable]
    reading: Reading

    @cached_property
    def state(self) -> State:
        """The same for whoever asks."""
        rows = {name: table.rows for name, table in self.tables.items()}
        return State(self.seq, self.reading.scenario, self.reading.findings, rows)

    def as_of(self, seq: int) -> "Book":
        """Return the same rows as they stand after an entry."""
        return self if seq == self.seq else Book(seq, self.tables, self.reading)

    def row(self, number: int) -> StoredRow | None:
        """Return a row by its number."""
        return next((row for table in self.tables.values() for row in table.rows if row.id == number), None)


def book_of(seq: int, rows: Iterable[StoredRow]) -> Book:
    """Return the book of rows that are in the order of their numbers."""
    by_table: dict[str, list[StoredRow]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    tables = {name: _table(name, by_table[name]) for name in KEYS if name in by_table}
    return Book(seq, tables, _read(tables))


def _table(name: str, rows: Sequence[StoredRow]) -> StoredTable:
    return StoredTable(tuple(rows), WrittenTable(name, tuple(row.cells for row in rows)))


def _read(tables: Mapping[str, StoredTable]) -> Reading:
    return read_written({name: table.written for name, table in tables.items()})


def with_rows(book: Book, seq: int, changes: Mapping[tuple[str, int], StoredRow | None]) -> Book:
    """Return the book with rows put in place of those with their number, added, or taken out (None), by table and number."""
    if not changes:
        return Book(seq, book.tables, book.reading)
    tables = dict(book.tables)
    for name in dict.fromkeys(table for table, _ in changes):
        rows = {row.id: row for row in tables[name].rows} if name in tables else {}
        for (table, number), row in changes.items():
            if table != name:
                continue
            if row is None:
                rows.pop(number, None)
            else:
                rows[number] = row
        tables[name] = _table(name, [rows[number] for number in sorted(rows)])
    ordered = {name: tables[name] for name in KEYS if name in tables}
    return Book(seq, ordered, _read(ordered))


# --------------------------------------------------------------------------------------------------------------------- edits


@dataclass(frozen=True, slots=True)
class Step:
    """One row before and after an edit; None where it was not there, or is not."""

    table: str
    number: int | None
    before: StoredRow | None
    cells: Cells | None
    least_version: int = 1


def steps_of(book: Book, edits: Sequence[Edit]) -> tuple[list[Step], list[ConflictingRow]]:
    """Return what edits do, without those that change nothing, and the rows that were changed meanwhile.

    Raises
    ------
    Refused
        If an edit makes no sense in itself.
    """
    rows = {row.id: row for name in {edit.table for edit in edits} & book.tables.keys() for row in book.tables[name].rows}
    steps: list[Step] = []
    conflicts: list[ConflictingRow] = []
    findings: list[Finding] = []
    edited: set[int] = set()
    for edit in edits:
        found = _senseless(edit, edited)
        if found is not None:
            findings.append(found)
            continue
        cells = None if edit.cells is None else written_cells(edit.cells)
        if edit.row is None:
            if cells is not None:
                steps.append(Step(edit.table, None, None, cells))
            continue
        edited.add(edit.row)
        stands = rows.get(edit.row)
        if stands is None or stands.table != edit.table or stands.version != edit.version:
            if stands is None or stands.cells != cells:
                conflicts.append(_conflict(edit, stands, cells))
        elif cells != stands.cells:
            steps.append(Step(edit.table, edit.row, stands, cells))
    if findings:
        raise Refused(findings)
    return steps, conflicts


def _conflict(edit: Edit, stands: StoredRow | None, cells: Cells | None) -> ConflictingRow:
    key = stands.key if stands is not None else key_of_cells(edit.table, cells or {})
    assert edit.row is not None
    return ConflictingRow(
        edit.table, key, edit.row, None if stands is None else stands.version, "" if stands is None else stands.changed_by,
        None if stands is None else stands.cells, cells,
    )  # fmt: skip


def written_cells(cells: Cells) -> dict[str, str]:
    """Return cells as they are kept: without blank ones, line ends as line feeds."""
    return {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in cells.items() if text.strip()}


def _senseless(edit: Edit, edited: set[int]) -> Finding | None:
    if edit.table not in KEYS:
        return Finding(str(edit.table)[:60], "is not a table.", nearest=nearest_name(str(edit.table)[:60], KEYS))
    if edit.row in edited:
        return Finding(edit.table, f"row {edit.row} is edited twice.")
    for name, text in (edit.cells or {}).items():
        if len(name) > LONGEST_TEXT or len(text) > LONGEST_TEXT:
            return Finding(edit.table, f"a cell holds at most {LONGEST_TEXT:,} characters.", column=name[:60])
    if edit.cells is not None and not any(text.strip() for text in edit.cells.values()):
        return Finding(edit.table, "a row without any cell is none.", maybe="take it out instead")
    if edit.table == SETTINGS and edit.cells is not None and not key_of_cells(edit.table, edit.cells):
        return Finding(edit.table, "a setting has no name.", column="setting", maybe="say which setting the value is of")
    return None


def rows_after(steps: Sequence[Step], *, actor: Actor, at: datetime, next_row: int) -> list[StoredRow | None]:
    """Return the rows that steps leave, in their order; None where they take one out."""
    rows: list[StoredRow | None] = []
    for step in steps:
        if step.cells is None:
            rows.append(None)
            continue
        number = step.number
        if number is None:
            number, next_row = next_row, next_row + 1
        version = step.least_version if step.before is None else step.before.version + 1
        rows.append(StoredRow(number, step.table, key_of_cells(step.table, step.cells), version, step.cells, actor.name, at))
    return rows


def new_errors(before: Book, after: Book) -> tuple[Finding, ...]:
    """Return the errors that are there after an edit and were not before, whatever lines they moved to."""
    there = Counter(_identity(before, finding) for finding in errors_only(before.reading.findings))
    found = []
    for finding in errors_only(after.reading.findings):
        identity = _identity(after, finding)
        if there[identity] > 0:
            there[identity] -= 1
        else:
            found.append(finding)
    return tuple(found)


def _identity(book: Book, finding: Finding) -> tuple[object, ...]:
    row = book.state.row_at(finding.table, finding.line)
    return finding.table, finding.column, finding.what, None if row is None else row.id


def differences_of(before: Mapping[str, Iterable[StoredRow]], after: Mapping[str, Iterable[StoredRow]]) -> list[RowDifference]:
    """Return the rows that differ between two moments, in the order of tables and rows."""
    found = []
    for name in KEYS:
        old = {row.id: row for row in before.get(name, ())}
        new = {row.id: row for row in after.get(name, ())}
        for number in sorted({*old, *new}):
            rows = [table.get(number) for table in (old, new)]
            one, other = (None if row is None else row.cells for row in rows)
            if one != other:
                found.append(RowDifference(name, next(row.key for row in rows[::-1] if row is not None), number, one, other))
    return found
