"""Versions: the scenario as it stood after any entry of the audit, some of them with a name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.store.audit import Ledger
from contingent.store.book import Book, Step, book_of, differences_of
from contingent.store.database import Database
from contingent.store.faults import Conflict, ConflictingRow, Refused, UnknownNumber
from contingent.store.records import Actor, Differences, State, StoredRow, Version
from contingent.store.tables import AUDIT, SNAPSHOT


def name_version(database: Database, actor: Actor, name: str, clock: Callable[[], datetime]) -> Version:
    """Give the scenario as it stands a name."""

    def work(connection: Connection) -> Version:
        if not name:
            raise Refused([Finding("version", "the name is blank.")])
        if connection.execute(select(SNAPSHOT.c.id).where(SNAPSHOT.c.name == name)).first() is not None:
            raise Refused([Finding("version", f"there is a version '{name}' already.", maybe="choose another name")])
        ledger = Ledger(connection, actor, clock())
        values = {"name": name, "of_seq": ledger.head.rows_seq, "made_at": ledger.at, "made_by": ledger.actor.name}
        number = int(connection.execute(insert(SNAPSHOT).values(**values).returning(SNAPSHOT.c.id)).scalar_one())
        ledger.add("version", details={"version": number, "name": name, "of_seq": ledger.head.rows_seq})
        ledger.close()
        return Version(number, name, ledger.head.rows_seq, ledger.at, ledger.actor.name)

    return database.write(work)


def all_versions(database: Database) -> list[Version]:
    """Return the versions with a name, the newest first."""
    asked = select(SNAPSHOT).order_by(SNAPSHOT.c.id.desc())
    return [_version(row) for row in database.ask(asked)]


def version(database: Database, number: int) -> Version:
    """Return a version by its number."""
    asked = select(SNAPSHOT).where(SNAPSHOT.c.id == number)
    row = database.row(asked)
    if row is None:
        raise UnknownNumber(f"There is no version {number}.")
    return _version(row)


def _version(row: Row[Any]) -> Version:
    return Version(row.id, row.name, row.of_seq, row.made_at, row.made_by)


def rows_at(connection: Connection, seq: int) -> dict[str, list[StoredRow]]:
    """Return the rows as they stood after an entry, by table, in order."""
    last = (
        select(func.max(AUDIT.c.seq).label("seq"))
        .where(AUDIT.c.seq <= seq, AUDIT.c.row_id.is_not(None))
        .group_by(AUDIT.c.row_id)
        .subquery()
    )
    asked = select(AUDIT).join(last, AUDIT.c.seq == last.c.seq).where(AUDIT.c.after.is_not(None)).order_by(AUDIT.c.row_id)
    found: dict[str, list[StoredRow]] = {}
    for row in connection.execute(asked):
        stored = StoredRow(row.row_id, row.table_name, row.row_key, row.version, row.after, row.actor, row.at)
        found.setdefault(stored.table, []).append(stored)
    return found


def scenario_at(database: Database, seq: int) -> Scenario:
    """Return the scenario as it stood after an entry.

    Raises
    ------
    BadScenario
        If this version of the program finds an error in it.
    """
    tables = database.read(lambda connection: rows_at(connection, seq))
    rows = sorted((row for table in tables.values() for row in table), key=lambda row: row.id)
    reading = book_of(seq, rows).reading
    if reading.scenario is None:
        raise BadScenario(f"entry {seq}", reading.findings)
    return reading.scenario


def differences(before: Mapping[str, Sequence[StoredRow]], state: State) -> Differences:
    """Return the rows that are new, changed and removed in a state."""
    found = differences_of(before, state.rows)
    return Differences(
        new=tuple(row for row in found if row.before is None),
        changed=tuple(row for row in found if row.before is not None and row.after is not None),
        removed=tuple(row for row in found if row.after is None),
    )


def steps_back(connection: Connection, book: Book, *, to: int, seen: int) -> list[Step]:
    """Return the steps that make the rows what they were after an entry; a row that was taken out since gets its number back.

    Parameters
    ----------
    to : int
        That entry.
    seen : int
        Last entry that whoever asks has seen.

    Raises
    ------
    Conflict
        If one of the rows was changed after that.
    """
    last = func.max(AUDIT.c.version).label("version")
    asked = select(AUDIT.c.row_id, last).where(AUDIT.c.row_id.is_not(None)).group_by(AUDIT.c.row_id)
    versions = {row.row_id: int(row.version) for row in connection.execute(asked)}
    since = select(AUDIT.c.row_id).where(AUDIT.c.seq > seen, AUDIT.c.row_id.is_not(None))
    moved = set(connection.execute(since).scalars())
    steps, conflicts = [], []
    now = {name: table.rows for name, table in book.tables.items()}
    for found in differences_of(now, rows_at(connection, to)):
        assert found.row is not None
        stands = book.row(found.row)
        if found.row in moved:
            version, by = (None, "") if stands is None else (stands.version, stands.changed_by)
            conflicts.append(ConflictingRow(found.table, found.key, found.row, version, by, found.before, found.after))
        steps.append(Step(found.table, found.row, stands, found.after, least_version=versions[found.row] + 1))
    if conflicts:
        raise Conflict(conflicts)
    return steps
