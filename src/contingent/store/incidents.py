"""Incidents in the database: as they are reported, each once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from contingent.findings import Finding
from contingent.store.audit import Ledger, digest_of_incidents
from contingent.store.book import written_cells
from contingent.store.database import Database
from contingent.store.faults import Refused
from contingent.store.records import Actor, Incident
from contingent.store.tables import INCIDENT

_PIECE = 500


def add_incidents(
    database: Database, actor: Actor, rows: Sequence[Mapping[str, str]], clock: Callable[[], datetime]
) -> int:
    """Add incidents; those that are known already by their ``incident`` are passed over. Return how many are new."""
    cells = {row.get("incident", "").strip(): written_cells(row) for row in rows}
    if "" in cells:
        raise Refused([Finding("incidents", "a row has no name.", column="incident", maybe="give each report a name of its own")])

    def work(connection: Connection) -> int:
        names, known = list(cells), set()
        for start in range(0, len(names), _PIECE):
            asked = select(INCIDENT.c.incident).where(INCIDENT.c.incident.in_(names[start : start + _PIECE]))
            known |= set(connection.execute(asked).scalars())
        new = [(name, cells[name]) for name in names if name not in known]
        if new:
            ledger = Ledger(connection, actor, clock())
            batch = ledger.add("incidents", details={"count": len(new), "digest": digest_of_incidents(new)})
            connection.execute(insert(INCIDENT), [{"incident": name, "cells": given, "batch": batch} for name, given in new])
            ledger.close()
        return len(new)

    return database.write(work)


def incidents_since(database: Database, since: int, limit: int | None) -> list[Incident]:
    """Return incidents that arrived after a number, in the order of arrival."""
    asked = select(INCIDENT).where(INCIDENT.c.id > since).order_by(INCIDENT.c.id).limit(limit)
    rows = database.ask(asked)
    return [Incident(row.id, row.incident, row.cells) for row in rows]
