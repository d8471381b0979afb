"""Remarks on lines: notes, and gaps whose risk somebody has accepted.

They are no rows of the scenario: a plan does not rest on them, and an export does not carry them. Each change is an entry of the
audit, with what stood before and after; what stands is what the last entry of it says, which `verify` holds against it.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, delete, insert, select, update

from contingent.findings import Finding
from contingent.store.audit import Ledger
from contingent.store.database import Database
from contingent.store.faults import Conflict, ConflictingRow, Refused, UnknownNumber
from contingent.store.records import ACCEPTED_RISKS, NOTES, AcceptedRisk, Actor, Audience, Note
from contingent.store.tables import REMARK

LONGEST_NOTE = 2000
"""Longest note or reason. [characters]"""

LONGEST_NAME = 200
"""Longest name of who accepts a risk. [characters]"""

KINDS = {NOTES: "note", ACCEPTED_RISKS: "risk"}
"""Kind of the entries of the audit, by table."""

Cells = dict[str, str]


class Remarks:
    """The book of remarks. Each call is one transaction.

    Parameters
    ----------
    database : Database
        Where they lie.
    clock : callable
        What time it is. UTC
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def all(self) -> tuple[list[Note], list[AcceptedRisk]]:
        """Return all notes and accepted risks as they stand at one moment, in the order in which they were first written."""
        asked = select(REMARK).order_by(REMARK.c.id)
        rows = self._database.ask(asked)
        notes = [_note(row) for row in rows if row.table_name == NOTES]
        return notes, [_risk(row) for row in rows if row.table_name == ACCEPTED_RISKS]

    def note(self, number: int) -> Note:
        """Return a note by its number.

        Raises
        ------
        UnknownNumber
            If there is none.
        """
        return _note(self._database.read(lambda connection: _found(connection, NOTES, number)))

    def accepted(self, line: str) -> AcceptedRisk | None:
        """Return the risk that is accepted on a line, whether or not it has run out; None where there is none."""
        row = self._database.read(lambda connection: _of_line(connection, line))
        return None if row is None else _risk(row)

    def write_note(
        self, actor: Actor, line: str, text: str, *, audience: Audience = "planners", nation: str | None = None
    ) -> Note:
        """Write a note on a line.

        Parameters
        ----------
        audience : {"all", "planners", "nation"}
            Who reads it.
        nation : str, optional
            Nation whose delegate writes it.

        Raises
        ------
        Refused
            If the text is blank or too long.
        """
        findings: list[Finding] = []
        cells = {
            "line": _text(line, "line", findings, most=LONGEST_NAME),
            "text": _text(text, "text", findings),
            "audience": str(audience),
            **({} if nation is None else {"nation": nation}),
        }
        if findings:
            raise Refused(findings)

        def work(connection: Connection) -> Note:
            return _note(_written(connection, Ledger(connection, actor, self._clock()), NOTES, None, cells))

        return self._database.write(work)

    def take_out_note(self, actor: Actor, number: int) -> None:
        """Take a note out. What it said stays in the history.

        Raises
        ------
        UnknownNumber
            If there is none.
        """

        def work(connection: Connection) -> None:
            _taken_out(connection, Ledger(connection, actor, self._clock()), _found(connection, NOTES, number))

        self._database.write(work)

    def accept_risk(
        self,
        actor: Actor,
        line: str,
        *,
        accepted_by: str,
        until: date,
        reason: str,
        audience: Audience = "all",
        version: int | None = None,
    ) -> AcceptedRisk:
        """Write down that the risk of a line's gap is accepted, or change what was written down.

        Parameters
        ----------
        accepted_by : str
            Who answers for it.
        until : date
            Last day on which it holds.
        audience : {"all", "planners"}
            Who reads the reason.
        version : int, optional
            Version that the actor saw; None where none was there.

        Raises
        ------
        Conflict
            If somebody else wrote one meanwhile.
        Refused
            If anything is blank or too long.
        """
        findings: list[Finding] = []
        cells = {
            "line": _text(line, "line", findings, most=LONGEST_NAME),
            "accepted_by": _text(accepted_by, "accepted_by", findings, most=LONGEST_NAME),
            "until": until.isoformat(),
            "reason": _text(reason, "reason", findings),
            "audience": str(audience),
        }
        if findings:
            raise Refused(findings)

        def work(connection: Connection) -> AcceptedRisk:
            stands = _of_line(connection, cells["line"])
            _same_version(stands, version, cells)
            return _risk(_written(connection, Ledger(connection, actor, self._clock()), ACCEPTED_RISKS, stands, cells))

        return self._database.write(work)

    def withdraw_risk(self, actor: Actor, line: str, *, version: int) -> None:
        """Write down that a line's risk is accepted no longer.

        Raises
        ------
        UnknownNumber
            If none is accepted.
        Conflict
            If somebody changed it meanwhile.
        """

        def work(connection: Connection) -> None:
            stands = _of_line(connection, line)
            if stands is None:
                raise UnknownNumber(f"No risk is accepted on line {line}.")
            _same_version(stands, version, None)
            _taken_out(connection, Ledger(connection, actor, self._clock()), stands)

        self._database.write(work)


def _text(text: str, column: str, findings: list[Finding], *, most: int = LONGEST_NOTE) -> str:
    """Return a text that any database can hold, line ends kept; add a finding where it is blank or too long."""
    told = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(char if char.isprintable() or char == "\n" else " " for char in told).strip()
    if not plain:
        findings.append(Finding("remark", "nothing is written.", column=column))
    elif len(plain) > most:
        findings.append(Finding("remark", f"it holds at most {most:,} characters.", column=column, maybe="say it in fewer words"))
    return plain


def _found(connection: Connection, table: str, number: int) -> Row[Any]:
    asked = select(REMARK).where(REMARK.c.table_name == table, REMARK.c.id == number)
    row = connection.execute(asked).one_or_none()
    if row is None:
        raise UnknownNumber(f"There is no {KINDS[table]} {number}.")
    return row


def _of_line(connection: Connection, line: str) -> Row[Any] | None:
    asked = select(REMARK).where(REMARK.c.table_name == ACCEPTED_RISKS, REMARK.c.line == line)
    return connection.execute(asked).one_or_none()


def _same_version(stands: Row[Any] | None, version: int | None, tried: Cells | None) -> None:
    if stands is None and version is not None:
        raise Conflict([ConflictingRow(ACCEPTED_RISKS, (tried or {}).get("line", ""), 0, None, "", None, tried)])
    if stands is not None and stands.version != version:
        raise Conflict(
            [
                ConflictingRow(
                    ACCEPTED_RISKS, stands.line, stands.id, stands.version, stands.written_by, stands.cells, tried)
            ]
        )  # fmt: skip


def _written(connection: Connection, ledger: Ledger, table: str, stands: Row[Any] | None, cells: Cells) -> Row[Any]:
    """Write a remark and its entry."""
    values: dict[str, Any] = {
        "table_name": table, "line": cells["line"], "version": 1 if stands is None else stands.version + 1, "cells": cells,
        "written_by": ledger.actor.name, "account": ledger.actor.account, "written_at": ledger.at, "written_seq": ledger.next_seq,
    }  # fmt: skip
    writes: Any = insert(REMARK) if stands is None else update(REMARK).where(REMARK.c.id == stands.id)
    row = connection.execute(writes.values(**values).returning(REMARK)).one()
    ledger.add(
        KINDS[table], table=table, key=row.line, version=row.version, before=None if stands is None else stands.cells,
        after=cells, details={"remark": row.id},
    )  # fmt: skip
    ledger.close()
    return row


def _taken_out(connection: Connection, ledger: Ledger, stands: Row[Any]) -> None:
    connection.execute(delete(REMARK).where(REMARK.c.id == stands.id))
    ledger.add(
        KINDS[stands.table_name], table=stands.table_name, key=stands.line, version=stands.version + 1, before=stands.cells,
        details={"remark": stands.id},
    )  # fmt: skip
    ledger.close()


def _note(row: Row[Any]) -> Note:
    cells: Cells = row.cells
    audience = cast("Audience", cells["audience"])
    return Note(row.id, row.line, cells["text"], audience, cells.get("nation"), row.written_by, row.account, row.written_at)


def _risk(row: Row[Any]) -> AcceptedRisk:
    cells: Cells = row.cells
    return AcceptedRisk(
        row.id, row.line, row.version, cells["accepted_by"], date.fromisoformat(cells["until"]), cells["reason"],
        cast("Audience", cells["audience"]), row.written_by, row.account, row.written_at,
    )  # fmt: skip
