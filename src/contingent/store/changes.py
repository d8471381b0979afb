"""Rows of the scenario between memory, database and audit: how they are read, drawn up, written and undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, update

from contingent.io.written import key_of_cells
from contingent.store.audit import Head, Ledger, plain_text
from contingent.store.book import Book, Step, new_errors, rows_after, with_rows
from contingent.store.faults import Conflict, ConflictingRow, Refused
from contingent.store.records import Actor, AuditEntry, StoredRow
from contingent.store.tables import SCENARIO_ROW


def stored_row(row: Row[Any]) -> StoredRow:
    """Return a row as it is read from the database."""
    return StoredRow(row.id, row.table_name, row.row_key, row.version, row.cells, row.changed_by, row.changed_at)


def row_after(entry: AuditEntry) -> StoredRow | None:
    """Return the row that an entry left; None where it took it out."""
    if entry.after is None:
        return None
    assert entry.row is not None
    return StoredRow(
        entry.row, entry.table or "", entry.key or "", entry.version or 0, entry.after, entry.actor, entry.at
    )


def place_of(step: Step, row: StoredRow | None) -> tuple[str, int]:
    """Return the table and number of the row that a step is about."""
    number = step.number if row is None else row.id
    assert number is not None
    return step.table, number


@dataclass(frozen=True, slots=True)
class Drawn:
    """A change of rows as it is drawn up before anything is written.

    Parameters
    ----------
    steps : sequence of Step
        What it does.
    rows : sequence of StoredRow or None
        The rows that the steps leave.
    before, after : Book
        All rows before and after it.
    next_row : int
        Number of the next new row when it was drawn up.
    at : datetime
        When. UTC
    """

    steps: Sequence[Step]
    rows: Sequence[StoredRow | None]
    before: Book
    after: Book
    conference: str
    next_row: int
    at: datetime

    def fits(self, head: Head) -> bool:
        """Whether it can be written as it is: no row was changed since, and numbers of new rows are still free."""
        return (self.conference, self.before.seq, self.next_row) == (head.conference, head.rows_seq, head.next_row)


def drawn_up(steps: Sequence[Step], book: Book, head: Head, *, actor: Actor, at: datetime) -> Drawn:
    """Return a change of rows, checked.

    Parameters
    ----------
    book, head : Book, Head
        The rows as they stand, and where the history ends.

    Raises
    ------
    Refused
        If the rows would make an error that was not there before.
    """
    rows = rows_after(steps, actor=replace(actor, name=plain_text(actor.name)), at=at, next_row=head.next_row)
    after = with_rows(book, book.seq, {place_of(step, row): row for step, row in zip(steps, rows, strict=True)})
    if findings := new_errors(book, after):
        found = [after.state.row_at(finding.table, finding.line) for finding in findings]
        raise Refused(findings, [None if row is None else row.key for row in found])
    return Drawn(steps, rows, book, after, head.conference, head.next_row, at)


def store_rows(
    connection: Connection,
    ledger: Ledger,
    kind: str,
    steps: Sequence[Step],
    rows: Sequence[StoredRow | None],
    details: Mapping[str, Any] | None,
) -> None:
    """Write rows, and an entry for each of them."""
    added = []
    for step, row in zip(steps, rows, strict=True):
        version = row.version if row is not None else step.before.version + 1 if step.before is not None else 1
        key = row.key if row is not None else key_of_cells(step.table, step.before.cells if step.before is not None else {})
        seq = ledger.add(
            kind, table=step.table, row=place_of(step, row)[1], key=key, version=version,
            before=None if step.before is None else step.before.cells, after=step.cells, details=details,
        )  # fmt: skip
        if row is None:
            connection.execute(delete(SCENARIO_ROW).where(SCENARIO_ROW.c.id == step.number))
            continue
        values = {
            "table_name": row.table, "row_key": row.key, "version": row.version, "cells": dict(row.cells),
            "changed_by": row.changed_by, "changed_at": row.changed_at, "changed_seq": seq,
        }  # fmt: skip
        if step.before is None:
            added.append({"id": row.id, **values})
        else:
            connection.execute(update(SCENARIO_ROW).where(SCENARIO_ROW.c.id == row.id).values(**values))
    if added:
        connection.execute(insert(SCENARIO_ROW), added)


def undoing(entries: Sequence[AuditEntry], book: Book) -> list[Step]:
    """Return the steps that make rows again what they were before entries, which come last first."""
    steps, conflicts = [], []
    for entry in entries:
        assert entry.row is not None
        assert entry.table is not None
        stands = book.row(entry.row)
        is_last = stands is None if entry.after is None else stands is not None and stands.version == entry.version
        if is_last:
            steps.append(Step(entry.table, entry.row, stands, entry.before, least_version=(entry.version or 0) + 1))
        else:
            conflicts.append(
                ConflictingRow(
                    entry.table, entry.key or "", entry.row, None if stands is None else stands.version,
                    "" if stands is None else stands.changed_by, None if stands is None else stands.cells, entry.before,
                )
            )  # fmt: skip
    if conflicts:
        raise Conflict(conflicts)
    return steps
