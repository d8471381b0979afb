"""Tables as grids that are edited in place: the rows as they are written, what a cell may hold, and a batch of edits back.

A row of the mandate has no row of its own in the database; when one of its cells is edited it becomes one, typed in, which goes
before what was sized. Each edit says which version of the row it was made on, so that two people never lose each other's edits.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from contingent.findings import Finding
from contingent.io.columns import columns_of
from contingent.model.columns import Row
from contingent.model.rows import TABLE_BY_NAME
from contingent.model.scenario import Scenario
from contingent.report.words import leading_capital, plain
from contingent.store import Conflict, Edit
from contingent.web.forms import cells_of
from contingent.web.view import View
from contingent.web.wording import differing

Cell = Annotated[str, Field(max_length=32_000)]
Name = Annotated[str, Field(max_length=64)]
MOST_EDITS = 2_000
"""Rows that one paste may change."""


class GridEdit(BaseModel):
    """One edited row as the browser sends it: all its cells, and the row and version that they were made on."""

    model_config = ConfigDict(extra="forbid")

    key: Cell
    cells: dict[Name, Cell] | None
    row: int | None = None
    version: int | None = None


class GridEdits(BaseModel):
    """A batch of edited rows: all are taken, or none."""

    model_config = ConfigDict(extra="forbid")

    edits: Annotated[list[GridEdit], Field(min_length=1, max_length=MOST_EDITS)]
    why: Annotated[str, Field(max_length=300)] = ""


def grid_columns(row_class: type[Row], scenario: Scenario, *, shown: Sequence[str]) -> list[dict[str, Any]]:
    """Return what the grid knows of each column: its words, its kind, what may stand in it."""
    columns = columns_of(row_class)
    found = []
    for name in shown:
        column = columns[name]
        values: list[str] = list(column.choices)
        if column.refers_to is not None and len(TABLE_BY_NAME[column.refers_to].key) == 1:
            values = sorted(row.key_text() for row in scenario.rows(column.refers_to))
        found.append(
            {
                "name": name,
                "title": leading_capital(plain(name)),
                "about": column.description + (f" [{column.unit}]" if column.unit else ""),
                "kind": column.kind,
                "values": values,
                "required": column.required,
                "key": name in row_class.key,
                "least": column.least,
                "most": column.most,
            }
        )
    return found


def grid_rows(view: View, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table as the grid shows them: those written in the database, then those that are derived.

    ``kind`` is own (a row of the database), lower (of a scenario that this one is laid over) or sized (of the mandate).
    """
    assert view.scenario is not None
    stored = view.rows_by_key(table)
    typed = {row.key_text() for row in view.state.scenario.rows(table)} if view.state.scenario is not None else set()
    rows = []
    for row in view.scenario.rows(table):
        key = row.key_text()
        found = stored.get(key)
        kind = "own" if found is not None else "lower" if key in typed else "sized"
        cells = dict(found.cells) if found is not None else cells_of(row)
        rows.append(
            {
                "key": key,
                "row": found.id if found else None,
                "version": found.version if found else None,
                "kind": kind,
                "cells": cells,
            }
        )
    return rows


def edits_of(table: str, sent: GridEdits) -> list[Edit]:
    """Return the edits that a browser sent, blanks left out of the cells."""
    cells = [None if each.cells is None else {name: text for name, text in each.cells.items() if text} for each in sent.edits]
    return [Edit(table, own, each.row, each.version) for own, each in zip(cells, sent.edits, strict=True)]


def told(finding: Finding) -> dict[str, Any]:
    """Return a finding as the browser shows it."""
    return {
        "where": finding.where,
        "what": finding.what,
        "line": finding.line,
        "column": finding.column,
        "nearest": finding.nearest,
        "maybe": finding.maybe,
    }


def told_conflict(conflict: Conflict) -> list[dict[str, Any]]:
    """Return rows that were changed meanwhile, each with what stands now and what was tried."""
    return [
        {
            "key": row.key,
            "row": row.row,
            "version": row.version,
            "now": None if row.current is None else dict(row.current),
            "tried": None if row.tried is None else dict(row.tried),
            "by": row.changed_by,
            "differing": differing(row.current, row.tried),
        }
        for row in conflict.rows
    ]



GRID_COLUMNS: Mapping[Literal["requirements"], tuple[str, ...]] = {
    "requirements": (
        "line", "capability", "quantity", "from_day", "until_day", "location", "priority", "hold", "option", "title", "source",
        "confidence",
    ),
}  # fmt: skip
"""Columns that a grid shows; others keep what they hold."""
