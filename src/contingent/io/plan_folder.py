"""Plans as folders: one file a frame, the rest in plan.json, and every second in timings.json.

    plan.json       what the plan is in short: title, option, unit-days, peak, goals, provenance
    tours.csv ...   one file for each frame of the plan, columns as in `contingent.plan.COLUMNS`; of those of chance and change
                    (`OPTIONAL`) only where they have rows; tours.parquet ... where that was asked for
    goals.csv       the goals of plan.json as a table
    timings.json    seconds by stage and by goal
    scenario/       the scenario that was planned, offers of its pool included, so that `verify` needs nothing else

The same plan gives the same bytes; two runs of one scenario with one seed differ in timings.json alone. Files are CSV as of
RFC 4180 in UTF-8 with line feeds; a blank cell is absence and ``""`` an empty text; numbers are written with the fewest digits
that read back the same. Text is written as it is, also where it begins with = + - or @: what must not be taken for a
formula by a spreadsheet is read from the workbook, not from the CSV.

A folder is complete or it is no plan: plan.json is written last, and a folder without it is not read.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from contingent.errors import BadPlan
from contingent.findings import Finding
from contingent.io.atomic import CannotWrite, refuse_no_place
from contingent.io.database_grid import is_database
from contingent.io.files import reason
from contingent.io.parquet_grid import write_parquet_frame
from contingent.io.plan_content import GOAL_COLUMNS, GOALS, SUMMARY, PlanContent, goals_frame, plan_of, summary
from contingent.io.plan_tables import read_frame, read_packed_frame
from contingent.io.scenario_text import TableForm
from contingent.model.scenario import Scenario
from contingent.plan.columns import COLUMNS, OPTIONAL, empty_frame
from contingent.plan.plan import Plan
from contingent.plan.verify.frames import MAY_BE_BLANK

TIMINGS, SCENARIO = "timings.json", "scenario"
PARQUET = ".parquet"
OWN_NAMES = (SUMMARY, TIMINGS, GOALS, SCENARIO, *(f"{name}.csv" for name in COLUMNS))
"""Everything that a plan folder holds of its own."""

PACKED_NAMES = tuple(f"{name}{PARQUET}" for name in COLUMNS)
"""What stands for its frames where they are Parquet."""


def write_plan(
    plan: Plan, folder: str | Path, *, scenario: Scenario | None = None, overwrite: bool = True, tables: TableForm = "csv"
) -> Path:
    """Write a plan as a folder and return its path.

    Parameters
    ----------
    plan : Plan
        From `contingent.make_plan`.
    folder : str or Path
        Made where it is not there. A plan that is there already is replaced; other files are left alone.
    scenario : Scenario, optional
        What was planned, with the offers of its pool derived; written beside the plan, for `verify`.
    overwrite : bool
        Whether a plan that is there already is replaced.
    tables : {"csv", "parquet"}
        How frames and tables of the scenario are written.

    Raises
    ------
    CannotWrite
        If a plan is there and must not be replaced, a file of another meaning would be lost, or the system refuses.
    """
    target = Path(folder).expanduser()
    refuse_to_lose(target, overwrite=overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # The draft lies on the same device as its place, also where the place is a mounted folder.
        draft = Path(tempfile.mkdtemp(prefix=".writing-", dir=target if target.is_dir() else target.parent))
        try:
            _write_files(plan, draft, tables)
            if scenario is not None:
                from contingent.io.scenario_writer import write_scenario

                write_scenario(scenario, draft / SCENARIO, tables=tables)
            _put_in_place(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as problem:
        raise CannotWrite(f"{target} cannot be written: {reason(problem)}.") from problem
    return target


def _write_files(plan: Plan, folder: Path, tables: TableForm) -> None:
    for name in COLUMNS:
        table: pl.DataFrame = getattr(plan, name)
        if name in OPTIONAL and not table.height:
            continue
        if tables == "parquet":
            write_parquet_frame(table, folder / f"{name}{PARQUET}")
        else:
            table.write_csv(folder / f"{name}.csv")
    goals_frame(plan).write_csv(folder / GOALS)
    timings = {"seconds": dict(plan.seconds), "goals": {goal.name: goal.seconds for goal in plan.goals}}
    (folder / TIMINGS).write_text(as_json(timings), encoding="utf-8", newline="\n")
    (folder / SUMMARY).write_text(as_json(summary(plan)), encoding="utf-8", newline="\n")


def as_json(content: Mapping[str, Any]) -> str:
    """Return JSON to be read by people too: indented, never with NaN or infinity, a line feed at the end."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def refuse_to_lose(folder: str | Path, *, overwrite: bool = True) -> None:
    """Raise `CannotWrite` where a plan written there would overwrite what is no plan, or a plan that is to be kept."""
    target = Path(folder).expanduser()
    if not target.exists():
        refuse_no_place(target)
        return
    if not target.is_dir():
        raise CannotWrite(f"{target} is a file; a plan is written as a folder.")
    if (target / SUMMARY).exists():
        if not overwrite:
            raise CannotWrite(f"{target} holds a plan already.")
        return
    if (target / "scenario.toml").exists():
        raise CannotWrite(f"{target} holds a scenario; a plan there would overwrite its tables. Name another folder.")
    in_the_way = [name for name in (*OWN_NAMES, *PACKED_NAMES) if (target / name).exists()]
    if in_the_way:
        raise CannotWrite(f"{target} holds {', '.join(in_the_way)}, but no plan. Name another folder, or move them away.")


def _put_in_place(draft: Path, target: Path) -> None:
    """Move a finished draft to its place: at once where the place is free, else file by file with plan.json last."""
    if not target.exists():
        draft.chmod(0o777 & ~_umask())
        draft.rename(target)
        return
    (target / SUMMARY).unlink(missing_ok=True)
    if (target / SCENARIO).is_dir():
        shutil.rmtree(target / SCENARIO)
    written = {part.name for part in draft.iterdir()}
    for name in (*OWN_NAMES, *PACKED_NAMES):
        if name not in written and (target / name).is_file():
            (target / name).unlink()
    parts = sorted(draft.iterdir(), key=lambda part: part.name == SUMMARY)
    for part in parts:
        part.replace(target / part.name)


def _umask() -> int:
    """Permissions that new files are not given; a temporary folder is made closed to others, a plan is not."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_plan(folder: str | Path) -> Plan:
    """Read a plan that `write_plan` has written, or an SQLite file that was made of it.

    Parameters
    ----------
    folder : str or Path
        The plan's folder, or the file.

    Raises
    ------
    BadPlan
        If the folder is no plan or is damaged; every finding is carried at once.
    """
    place = Path(folder)
    if place.is_file() and is_database(place):
        from contingent.io.plan_database import read_plan_database

        return read_plan_database(place)
    if not place.is_dir():
        what = "is a file, not the folder of a plan." if place.exists() else "is not there."
        raise BadPlan(str(folder), [Finding(str(folder), what, maybe="name a folder that `contingent plan` has written")])
    if not (place / SUMMARY).is_file():
        is_scenario = (place / "scenario.toml").exists()
        hint = "it is a scenario: plan it first" if is_scenario else "the plan was not finished, or this is another folder"
        raise BadPlan(str(folder), [Finding(SUMMARY, "is missing: this folder holds no plan.", maybe=hint)])
    findings: list[Finding] = []
    frames = {name: _read_frame(place, name, findings) for name in COLUMNS}
    goals_table = read_frame(place / GOALS, GOAL_COLUMNS, findings)
    content = _read_json(place / SUMMARY, findings)
    timings = _read_json(place / TIMINGS, findings) if (place / TIMINGS).exists() else {}
    return plan_of(str(folder), PlanContent(content, goals_table, frames, timings), findings)


def _read_frame(folder: Path, name: str, findings: list[Finding]) -> pl.DataFrame:
    """A frame of the folder, from CSV or from Parquet; one that a plan may do without is empty where it is not there."""
    written, packed = folder / f"{name}.csv", folder / f"{name}{PARQUET}"
    if packed.exists() and not written.exists():
        return read_packed_frame(packed, COLUMNS[name], findings, may_be_blank=MAY_BE_BLANK[name])
    if name in OPTIONAL and not written.exists():
        return empty_frame(name)
    return read_frame(written, COLUMNS[name], findings, may_be_blank=MAY_BE_BLANK[name])


def _read_json(path: Path, findings: list[Finding]) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        findings.append(Finding(path.name, f"is not JSON: {error.msg}.", line=error.lineno))
    except (OSError, ValueError, RecursionError) as error:
        findings.append(Finding(path.name, f"cannot be read: {error}."))
    else:
        if isinstance(content, dict):
            return content
        findings.append(Finding(path.name, "is not a JSON object."))
    return {}


def scenario_of(folder: str | Path) -> Path | None:
    """Return where a plan keeps the scenario that was planned, or None if it keeps none; an SQLite file keeps it itself."""
    if Path(folder).is_file():
        from contingent.io.plan_database import keeps_scenario

        return Path(folder) if keeps_scenario(folder) else None
    place = Path(folder) / SCENARIO
    return place if (place / "scenario.toml").is_file() else None
