"""A conference out to a folder or a workbook, and back in: by key, with a preview of what would change.

Out goes what the conference holds of its own, with ``extends`` where it has it: brought in again it changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from contingent.findings import Finding, errors_only
from contingent.io.atomic import write_file, write_folder
from contingent.io.collected import Collected
from contingent.io.written import FIRST_LINE, KEYS, SETTINGS, WrittenTable, key_of_cells, rows_of_place
from contingent.io.written_out import write_rows_as_files, write_rows_as_workbook
from contingent.model.columns import Row
from contingent.store.book import Book, new_errors, rows_after, steps_of, with_rows, written_cells
from contingent.store.faults import Refused
from contingent.store.records import SERVER, Cells, Edit, Preview, RowDifference, State, StoredRow

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NOT_GIVEN_YET = 2**31
"""Number from which rows of a preview are counted: behind all that are there."""


def export_folder(state: State, target: Path) -> Path:
    """Write the scenario as a folder that is not there yet, or is empty."""
    write_folder(target, lambda folder: write_rows_as_files(_cells(state), folder), overwrite=False)
    return target


def export_workbook(state: State, target: Path) -> Path:
    """Write the scenario as a workbook that is not there yet."""
    write_file(target, lambda path: write_rows_as_workbook(_cells(state), path), overwrite=False)
    return target


def _cells(state: State) -> dict[str, list[Cells]]:
    return {name: [row.cells for row in rows] for name, rows in state.rows.items()}


def preview(book: Book, place: str | Path) -> Preview:
    """Return what it would change to bring in a folder or a workbook.

    What it extends must lie within it, or ship with the package: nothing else of the machine is read.

    Rows are matched by key and held against one another by meaning: 0.50 is 0.5. Where a row changes, cells that mean the same
    stay as they were written.
    """
    findings = Collected()
    tables = rows_of_place(place, findings, needs_settings=False, stays=True)
    told = errors_only(findings.in_order())
    if tables is None or told:
        return Preview(of_seq=book.seq, findings=told)
    new: list[RowDifference] = []
    changed: list[RowDifference] = []
    removed: list[RowDifference] = []
    edits: list[Edit] = []
    for name in KEYS:
        if name not in tables or (name == SETTINGS and not tables[name]):
            continue
        left = dict(_by_key(book, name))
        for key, cells, row in _imported(book, name, tables[name]):
            stands = left.pop(key, None)
            if stands is None:
                new.append(RowDifference(name, key, None, None, cells))
                edits.append(Edit(name, cells))
                continue
            after = _laid_over(stands, cells, row)
            if after != stands[0].cells:
                changed.append(RowDifference(name, key, stands[0].id, stands[0].cells, after))
                edits.append(Edit(name, after, stands[0].id, stands[0].version))
        for key, (stored, _) in left.items():
            removed.append(RowDifference(name, key, stored.id, stored.cells, None))
            edits.append(Edit(name, None, stored.id, stored.version))
    return Preview(tuple(new), tuple(changed), tuple(removed), book.seq, _refused(book, edits), tuple(edits))


Stands = tuple[StoredRow, Row | None]


def _by_key(book: Book, name: str) -> dict[str, Stands]:
    """The rows that stand in a table, with what they were parsed to, by key."""
    table = book.tables.get(name)
    if table is None:
        return {}
    parsed = _parsed(table.written, book)
    return {
        _key(name, stored.cells, parsed.get(at)): (stored, parsed.get(at)) for at, stored in enumerate(table.rows, FIRST_LINE)
    }


def _imported(book: Book, name: str, rows: Sequence[Mapping[str, str]]) -> list[tuple[str, dict[str, str], Row | None]]:
    """The rows that are brought in: key, cells, and what they are parsed to."""
    cells = [written_cells(row) for row in rows]
    parsed = _parsed(WrittenTable(name, tuple(cells)), book)
    return [(_key(name, each, parsed.get(at)), each, parsed.get(at)) for at, each in enumerate(cells, FIRST_LINE)]


def _parsed(table: WrittenTable, book: Book) -> dict[int, Row]:
    if table.table == SETTINGS:
        return {}
    return {placed.line: placed.row for placed in table.parsed(book.reading.start_date)[0].rows}


def _key(name: str, cells: Cells, row: Row | None) -> str:
    return key_of_cells(name, cells) if row is None else row.key_text()


def _laid_over(stands: Stands, cells: Cells, row: Row | None) -> dict[str, str]:
    """The cells that a row is to hold: those that mean the same as they were written before."""
    stored, before = stands
    if before is not None and row is not None:
        same = {name for name in type(row).model_fields if getattr(row, name) == getattr(before, name)}
    else:
        same = {name for name in {*stored.cells, *cells} if _alike(stored.cells.get(name, ""), cells.get(name, ""))}
    kept = {name: text for name, text in stored.cells.items() if name in same}
    brought = {name: text for name, text in cells.items() if name not in same}
    return {name: (kept | brought)[name] for name in dict.fromkeys([*stored.cells, *cells]) if name in kept or name in brought}


def _alike(one: str, other: str) -> bool:
    """Whether two texts are the same, or the same number."""
    if one.strip() == other.strip():
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _refused(book: Book, edits: Sequence[Edit]) -> tuple[Finding, ...]:
    """Why the rows would not make sense any more; each finding names the row, whose line in the file is not known."""
    try:
        steps, _ = steps_of(book, edits)
        rows = rows_after(steps, actor=SERVER, at=LONG_AGO, next_row=NOT_GIVEN_YET)
    except Refused as refused:
        return refused.findings
    numbers = [step.number if row is None else row.id for step, row in zip(steps, rows, strict=True)]
    placed = {(step.table, number or 0): row for step, number, row in zip(steps, numbers, rows, strict=True)}
    after = with_rows(book, book.seq, placed)
    found = []
    for finding in new_errors(book, after):
        row = after.state.row_at(finding.table, finding.line)
        found.append(finding if row is None else replace(finding, line=None, what=f"row {row.key}: {finding.what}"))
    return tuple(found)
