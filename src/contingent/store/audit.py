"""The audit: who changed what and when, before and after, each entry chained to the one before it.

    hash(entry) = SHA-256 of the canonical JSON of its columns, among them the hash of the entry before

An entry that was changed no longer has its hash; one that was taken out or put elsewhere leaves a break; a row that was changed
behind the audit's back is not what its last entry says. Whoever can write to the database could forge the whole chain from some
entry on: `Conference.head` names the last entry's hash, to be kept elsewhere, and `verify` holds the chain against it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from contingent.findings import Finding
from contingent.store.records import REMARK_TABLES, Actor, AuditEntry, Cells, Change
from contingent.store.tables import AUDIT, CONFERENCE, INCIDENT, PLAN, REMARK, SCENARIO_ROW, canonical, written_moment

START = "0" * 64
"""What stands for the hash before the first entry."""

LONGEST_TEXT = 2000
"""Longest name or reason that is kept. [characters]"""

_PIECE = 1000
_HASHED = tuple(column.name for column in AUDIT.columns if column.name != "hash")


def plain_text(text: str) -> str:
    r"""Return a text that any database can hold: printable, and not too long.

    >>> plain_text("two\nlines ")
    'two lines'
    """
    return "".join(char if char.isprintable() else " " for char in text).strip()[:LONGEST_TEXT]


def digest_of(columns: Mapping[str, Any]) -> str:
    """Return the hash of an entry from its columns."""
    content = {name: columns[name] for name in _HASHED}
    content["at"] = written_moment(content["at"])
    return hashlib.sha256(canonical(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The one row of a conference: where its audit ends.

    Parameters
    ----------
    seq, hash : int, str
        Last entry.
    rows_seq : int
        Last entry that changed a row.
    next_row : int
        Number of the next new row.
    """

    conference: str
    seq: int
    hash: str
    rows_seq: int
    next_row: int


HEAD = select(CONFERENCE)
"""Asks where the audit ends."""


def head_of(connection: Connection) -> Head | None:
    """Return where the audit ends, or None where there is no conference yet."""
    row = connection.execute(HEAD).one_or_none()
    return None if row is None else head_from(row)


def head_from(row: Row[Any]) -> Head:
    """Return where the audit ends as it is read from the database."""
    return Head(row.conference, row.seq, row.hash, row.rows_seq, row.next_row)


@dataclass
class Ledger:
    """Entries that are added to the audit in one transaction, by one actor.

    Parameters
    ----------
    connection : Connection
        That of the transaction, which is alone.
    actor : Actor
        Who.
    at : datetime
        When. UTC
    known : Head, optional
        Where the audit ends, where the transaction has read that already.

    Attributes
    ----------
    head : Head
        Where the audit ends; once it is closed, where it ends then.
    """

    connection: Connection
    actor: Actor
    at: datetime
    why: str = ""
    known: InitVar[Head | None] = None
    head: Head = field(init=False)
    _entries: list[dict[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self, known: Head | None) -> None:
        head = known or head_of(self.connection)
        assert head is not None
        self.head = head
        self.actor, self.why = replace(self.actor, name=plain_text(self.actor.name)), plain_text(self.why)

    @property
    def next_seq(self) -> int:
        """Number of the next entry."""
        return self.head.seq + len(self._entries) + 1

    def add(
        self,
        kind: str,
        *,
        table: str | None = None,
        row: int | None = None,
        key: str | None = None,
        version: int | None = None,
        before: Cells | None = None,
        after: Cells | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> int:
        """Add an entry and return its number. Entries of one ledger are one batch."""
        seq = self.next_seq
        entry: dict[str, Any] = {
            "seq": seq, "at": self.at, "actor": self.actor.name, "role": self.actor.role, "nation": self.actor.nation,
            "account": self.actor.account, "kind": kind, "why": self.why, "batch": self.head.seq + 1, "table_name": table,
            "row_id": row, "row_key": key, "version": version, "before": None if before is None else dict(before),
            "after": None if after is None else dict(after), "details": None if details is None else dict(details),
            "previous": self._entries[-1]["hash"] if self._entries else self.head.hash,
        }  # fmt: skip
        entry["hash"] = digest_of(entry)
        self._entries.append(entry)
        return seq

    def close(self, *, next_row: int | None = None) -> None:
        """Write the entries and where the audit ends now."""
        if not self._entries:
            return
        last = self._entries[-1]
        values: dict[str, Any] = {"seq": last["seq"], "hash": last["hash"]}
        if any(entry["row_id"] is not None for entry in self._entries):
            values["rows_seq"] = max(entry["seq"] for entry in self._entries if entry["row_id"] is not None)
        if next_row is not None:
            values["next_row"] = next_row
        for start in range(0, len(self._entries), _PIECE):
            self.connection.execute(insert(AUDIT), self._entries[start : start + _PIECE])
        self.connection.execute(update(CONFERENCE).values(**values))
        self.connection.info["mark"] = (last["seq"], last["hash"])
        self.head = replace(self.head, **values)


def entry_of(row: Row[Any]) -> AuditEntry:
    """Return an entry as it is read from the database."""
    return AuditEntry(
        seq=row.seq, at=row.at, actor=row.actor, role=row.role, nation=row.nation, account=row.account, kind=row.kind,
        why=row.why, batch=row.batch, table=row.table_name, row=row.row_id, key=row.row_key, version=row.version,
        before=row.before, after=row.after, details=row.details, previous=row.previous, hash=row.hash,
    )  # fmt: skip


def change_of(entry: AuditEntry) -> Change:
    """Return what a page that is open hears of an entry."""
    details = entry.details or {}
    return Change(
        entry.seq, entry.at, entry.actor, entry.kind, entry.table, entry.key, details.get("plan"), details.get("job")
    )


# ------------------------------------------------------------------------------------------------------------------- proof


def verify_audit(connection: Connection, *, expected: tuple[int, str] | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the audit, and with what it vouches for: rows, remarks, plans and incidents.

    Parameters
    ----------
    expected : tuple of (int, str), optional
        Number and hash of an entry that were noted elsewhere.
    """
    head = head_of(connection)
    if head is None:
        yield Finding("conference", "there is none in this database.")
        return
    last: dict[int, AuditEntry] = {}
    remarks: dict[int, AuditEntry] = {}
    vouched: dict[str, dict[int, str]] = {"plan": {}, "incidents": {}}
    previous, awaited = START, 1
    for row in connection.execute(select(AUDIT).order_by(AUDIT.c.seq), execution_options={"yield_per": _PIECE}):
        entry = entry_of(row)
        if entry.seq != awaited:
            missing = f"{awaited}" if entry.seq == awaited + 1 else f"{awaited} to {entry.seq - 1}"
            yield Finding("audit", f"entry {missing} is missing.", line=awaited)
        elif entry.previous != previous:
            yield Finding("audit", "the entry does not follow the one before it: one of the two was exchanged.", line=entry.seq)
        if digest_of(row._asdict()) != entry.hash:
            yield Finding("audit", "the entry was changed after it was written.", line=entry.seq)
        previous, awaited = entry.hash, entry.seq + 1
        if expected is not None and entry.seq == expected[0] and entry.hash != expected[1]:
            yield Finding("audit", "the entry is not the one that was noted: the history was written anew.", line=entry.seq)
        if entry.row is not None:
            last[entry.row] = entry
        elif entry.table in REMARK_TABLES and entry.details:
            remarks[entry.details["remark"]] = entry
        elif entry.kind in vouched and entry.details:
            number = entry.details["plan"] if entry.kind == "plan" else entry.seq
            vouched[entry.kind][number] = entry.details["digest"]
        elif entry.kind == "prune" and entry.details:
            for number in entry.details["plans"]:
                vouched["plan"].pop(number, None)
    if awaited - 1 != head.seq or previous != head.hash:
        yield Finding("audit", f"it ends with entry {awaited - 1}, but the conference says {head.seq}.", line=awaited - 1)
    if expected is not None and expected[0] >= awaited:
        yield Finding("audit", f"entry {expected[0]}, which was noted, is missing.", line=expected[0])
    yield from _rows_are_as_told(connection, last)
    yield from _remarks_are_as_told(connection, remarks)
    yield from _plans_are_as_told(connection, vouched["plan"])
    yield from _incidents_are_as_told(connection, vouched["incidents"])


def _rows_are_as_told(connection: Connection, last: Mapping[int, AuditEntry]) -> Iterator[Finding]:
    """Every row is what the last entry of it says."""
    seen = set()
    for row in connection.execute(select(SCENARIO_ROW).order_by(SCENARIO_ROW.c.id)):
        seen.add(row.id)
        entry = last.get(row.id)
        if entry is None or entry.after is None:
            said = "no entry made it" if entry is None else f"entry {entry.seq} took it out"
            yield Finding(row.table_name, f"row {row.row_key} is there, but {said}.")
        elif (row.table_name, row.row_key, row.version, row.cells, row.changed_seq, row.changed_by, row.changed_at) != (
            entry.table, entry.key, entry.version, entry.after, entry.seq, entry.actor, entry.at,
        ):  # fmt: skip
            what = f"row {row.row_key} is not what entry {entry.seq} says: it was changed without an entry."
            yield Finding(row.table_name, what)
    for number, entry in last.items():
        if entry.after is not None and number not in seen:
            yield Finding(entry.table or "", f"row {entry.key} is missing: it was taken out without an entry.")


def _remarks_are_as_told(connection: Connection, last: Mapping[int, AuditEntry]) -> Iterator[Finding]:
    """Every note and accepted risk is what the last entry of it says."""
    seen = set()
    for row in connection.execute(select(REMARK).order_by(REMARK.c.id)):
        seen.add(row.id)
        entry = last.get(row.id)
        if entry is None or (
            row.table_name, row.line, row.version, row.cells, row.written_seq, row.written_by, row.account, row.written_at,
        ) != (
            entry.table, entry.key, entry.version, entry.after, entry.seq, entry.actor, entry.account, entry.at,
        ):  # fmt: skip
            yield Finding(row.table_name, f"what stands on line {row.line} is not what its last entry says.")
    for number, entry in last.items():
        if entry.after is not None and number not in seen:
            yield Finding(entry.table or "", f"what stood on line {entry.key} is missing: it was taken out without an entry.")


def _plans_are_as_told(connection: Connection, vouched: Mapping[int, str]) -> Iterator[Finding]:
    found = set()
    asked = select(PLAN.c.id, PLAN.c.digest, PLAN.c.archive).order_by(PLAN.c.id)
    for row in connection.execute(asked, execution_options={"yield_per": 1}):
        found.add(row.id)
        if vouched.get(row.id) != row.digest or hashlib.sha256(row.archive).hexdigest() != row.digest:
            yield Finding("plan", f"plan {row.id} is not the one that was stored.")
    for number in sorted(vouched.keys() - found):
        yield Finding("plan", f"plan {number} is missing.")


def _incidents_are_as_told(connection: Connection, vouched: Mapping[int, str]) -> Iterator[Finding]:
    batches: dict[int, list[tuple[str, Cells]]] = {}
    for row in connection.execute(select(INCIDENT).order_by(INCIDENT.c.id)):
        batches.setdefault(row.batch, []).append((row.incident, row.cells))
    for batch in sorted({*batches, *vouched}):
        if vouched.get(batch) != digest_of_incidents(batches.get(batch, [])):
            yield Finding("incident", f"the incidents of entry {batch} are not those that were reported.")


def digest_of_incidents(incidents: Sequence[tuple[str, Cells]]) -> str:
    """Return one hash of incidents in their order."""
    return hashlib.sha256(canonical([[name, dict(cells)] for name, cells in incidents]).encode()).hexdigest()
