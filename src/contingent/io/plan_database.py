"""A plan as one SQLite file: a table a frame, the goals, what plan.json says, and the scenario that was planned.

    plan              name and value of each entry of plan.json, as JSON
    goals             the goals in their order
    tours ...         one table for each frame, columns as in `contingent.plan.COLUMNS`; of those that a plan may do without
                      only where they have rows
    scenario          settings of the scenario; its tables stand beside it as scenario_offers ...
    dictionary        what the columns of the scenario mean

Whole numbers are INTEGER, numbers REAL, yes and no 1 and 0, blanks NULL. What timings.json says is not carried: two runs of one
scenario with one seed give the same file with the same release of SQLite.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl

from contingent.errors import BadPlan
from contingent.findings import Finding
from contingent.io.atomic import write_file
from contingent.io.cell_text import text_of
from contingent.io.collected import Collected, Sheet
from contingent.io.database_file import created, finish, write_rows, write_scenario_tables
from contingent.io.database_grid import PLAN_TABLE, SCENARIO_PREFIX, columns_in, is_database, read_from, rows_of_table, tables_of
from contingent.io.plan_content import GOAL_COLUMNS, PlanContent, goals_frame, plan_of, summary
from contingent.io.plan_tables import frame_of_cells
from contingent.io.wording import shown
from contingent.model.scenario import Scenario
from contingent.plan.columns import COLUMNS, OPTIONAL, empty_frame
from contingent.plan.plan import Plan
from contingent.plan.verify.frames import MAY_BE_BLANK

_SQL_KINDS: Mapping[Any, str] = {pl.Int64: "INTEGER", pl.Float64: "REAL", pl.Boolean: "INTEGER"}


def write_plan_database(plan: Plan, path: str | Path, *, scenario: Scenario | None = None, overwrite: bool = True) -> Path:
    """Write a plan to an SQLite file and return its path.

    Parameters
    ----------
    scenario : Scenario, optional
        What was planned; written beside the plan, for `verify`.
    overwrite : bool
        Whether a file that is there is replaced.

    Raises
    ------
    CannotWrite
        If the file is there and must not be replaced, or cannot be written.
    """
    target = Path(path).expanduser()
    write_file(target, lambda file: _write(plan, file, scenario), overwrite=overwrite)
    return target


def _write(plan: Plan, path: Path, scenario: Scenario | None) -> None:
    with closing(created(path)) as database:
        entries = [(name, json.dumps(value, ensure_ascii=False, allow_nan=False)) for name, value in summary(plan).items()]
        write_rows(database, PLAN_TABLE, {"name": "TEXT PRIMARY KEY", "value": "TEXT NOT NULL"}, entries)
        write_rows(database, "goals", _kinds(GOAL_COLUMNS), goals_frame(plan).iter_rows())
        for name, columns in COLUMNS.items():
            frame: pl.DataFrame = getattr(plan, name)
            if name not in OPTIONAL or frame.height:
                write_rows(database, name, _kinds(columns), frame.iter_rows())
        if scenario is not None:
            write_scenario_tables(database, scenario, prefix=SCENARIO_PREFIX)
        finish(database)


def _kinds(columns: Mapping[str, Any]) -> dict[str, str]:
    return {name: _SQL_KINDS.get(kind, "TEXT") for name, kind in columns.items()}


def is_plan_database(place: str | Path) -> bool:
    """Whether a file is an SQLite file that holds a plan."""
    return PLAN_TABLE in _tables_there(place)


def keeps_scenario(place: str | Path) -> bool:
    """Whether a file holds a plan and the scenario that was planned."""
    return {PLAN_TABLE, "scenario"} <= set(_tables_there(place))


def _tables_there(place: str | Path) -> list[str]:
    path = Path(place).expanduser()
    if not path.is_file() or not is_database(path):
        return []
    return read_from(path, Sheet("plan", path.name), Collected(), tables_of) or []


def read_plan_database(place: str | Path) -> Plan:
    """Read a plan that `write_plan_database` has written.

    Raises
    ------
    BadPlan
        If the file holds no plan or is damaged; every finding is carried at once.
    """
    path, found = Path(place).expanduser(), Collected()
    read = read_from(path, Sheet("plan", path.name), found, _read)
    if read is None:
        raise BadPlan(str(place), found.in_order())
    content, findings = read
    if content is None:
        raise BadPlan(str(place), [Finding(path.name, "holds no plan.", maybe="plan it first, if it is a scenario")])
    return plan_of(str(place), content, findings)


def _read(connection: sqlite3.Connection) -> tuple[PlanContent | None, list[Finding]]:
    findings: list[Finding] = []
    there = tables_of(connection)
    if PLAN_TABLE not in there:
        return None, findings
    cells = {name: _cells(connection, name, columns) for name, columns in _tables(there)}
    said = _entries(connection, findings)
    goals = _frame("goals", cells, GOAL_COLUMNS, findings, frozenset())
    frames = {name: _frame(name, cells, columns, findings, MAY_BE_BLANK[name]) for name, columns in COLUMNS.items()}
    return PlanContent(said, goals, frames, {}), findings


def _tables(there: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((name, columns) for name, columns in {"goals": GOAL_COLUMNS, **COLUMNS}.items() if name in there)


def _frame(
    name: str, cells: Mapping[str, pl.DataFrame], columns: Mapping[str, Any], findings: list[Finding], may_blank: frozenset[str]
) -> pl.DataFrame:
    if name in cells:
        return frame_of_cells(f"table {name}", cells[name], columns, findings, may_be_blank=may_blank)
    if name not in OPTIONAL:
        findings.append(Finding(f"table {name}", "is missing."))
    return empty_frame(name) if name in COLUMNS else pl.DataFrame(schema=dict(columns))


def _cells(connection: sqlite3.Connection, table: str, columns: Mapping[str, Any]) -> pl.DataFrame:
    """A table as text, as a CSV of a plan folder has it."""
    there = columns_in(connection, table)
    rows = list(rows_of_table(connection, table, there))
    kinds = [columns.get(name) for name in there]
    texts = [[_text(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows]
    return pl.DataFrame(texts, schema=dict.fromkeys(there, pl.String), orient="row")


def _text(value: Any, kind: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return shown(value.hex())
    if kind == pl.Boolean and value in (0, 1):
        return str(bool(value)).lower()
    if kind == pl.Int64 and isinstance(value, float) and value.is_integer():
        return str(int(value))
    return text_of(value)


def _entries(connection: sqlite3.Connection, findings: list[Finding]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    where = f"table {PLAN_TABLE}"
    if not {"name", "value"} <= set(columns_in(connection, PLAN_TABLE)):
        findings.append(Finding(where, "has no columns name and value."))
        return found
    for line, (name, value) in enumerate(rows_of_table(connection, PLAN_TABLE, ["name", "value"]), 2):
        try:
            found[str(name)] = json.loads(value)
        except (TypeError, ValueError, RecursionError):
            findings.append(Finding(where, f"{shown(str(value))} is not JSON.", line=line, column=shown(str(name))[1:-1]))
    return found
