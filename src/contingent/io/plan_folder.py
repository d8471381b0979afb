"""Plans as folders: one file a frame, the rest in plan.json, and every second in timings.json.

    plan.json       what the plan is in short: title, option, unit-days, peak, goals, provenance
    tours.csv ...   one file for each frame of the plan, columns as in `contingent.plan.COLUMNS`; of those of chance and change
                    (`OPTIONAL`) only where they have rows
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
import math
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from contingent.errors import BadPlan
from contingent.findings import Finding
from contingent.io.atomic import CannotWrite
from contingent.io.files import reason
from contingent.io.plan_tables import read_frame
from contingent.model.scenario import Scenario
from contingent.plan.columns import COLUMNS, OPTIONAL, empty_frame
from contingent.plan.plan import Goal, Plan
from contingent.plan.verify.frames import MAY_BE_BLANK

SUMMARY, TIMINGS, GOALS, SCENARIO = "plan.json", "timings.json", "goals.csv", "scenario"
GOAL_COLUMNS: dict[str, Any] = {
    "name": pl.String,
    "value": pl.Float64,
    "bound": pl.Float64,
    "status": pl.String,
    "method": pl.String,
    "unit": pl.String,
}
STATUSES = ("optimal", "feasible", "time_limit", "empty")
OWN_NAMES = (SUMMARY, TIMINGS, GOALS, SCENARIO, *(f"{name}.csv" for name in COLUMNS))
"""Everything that a plan folder holds of its own."""


def summary(plan: Plan) -> dict[str, Any]:
    """Return what plan.json holds: the plan in short, with nothing that differs between two runs."""
    return {
        "title": plan.title,
        "option": plan.option,
        "marking": plan.marking,
        "fill": plan.fill,
        "required_unit_days": by_priority(plan.required_unit_days),
        "filled_unit_days": by_priority(plan.filled_unit_days),
        "people_deployed_peak": plan.people_deployed_peak,
        "low_confidence_share": plan.low_confidence_share,
        "goals": [{column: getattr(goal, column) for column in GOAL_COLUMNS} for goal in plan.goals],
        "provenance": dict(plan.provenance),
    }


def by_priority(unit_days: Mapping[int, float]) -> dict[str, float]:
    """Return unit-days as JSON has them: priorities as text, in order."""
    return {str(priority): float(unit_days[priority]) for priority in sorted(unit_days)}


def write_plan(plan: Plan, folder: str | Path, *, scenario: Scenario | None = None, overwrite: bool = True) -> Path:
    """Write a plan as a folder and return its path.

    Parameters
    ----------
    folder : str or Path
        Made where it is not there. A plan that is there already is replaced; other files are left alone.
    scenario : Scenario, optional
        What was planned, with the offers of its pool derived; written beside the plan, for `verify`.
    overwrite : bool
        Whether a plan that is there already is replaced.

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
            _write_files(plan, draft)
            if scenario is not None:
                from contingent.io.scenario_writer import write_scenario

                write_scenario(scenario, draft / SCENARIO)
            _put_in_place(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as problem:
        raise CannotWrite(f"{target} cannot be written: {reason(problem)}.") from problem
    return target


def _write_files(plan: Plan, folder: Path) -> None:
    for name in COLUMNS:
        table: pl.DataFrame = getattr(plan, name)
        if name not in OPTIONAL or table.height:
            table.write_csv(folder / f"{name}.csv")
    goals = [tuple(getattr(goal, column) for column in GOAL_COLUMNS) for goal in plan.goals]
    pl.DataFrame(goals, schema=GOAL_COLUMNS, orient="row").write_csv(folder / GOALS)
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
        nearest = next((above for above in target.absolute().parents if above.exists()), None)
        if nearest is None or not nearest.is_dir() or not os.access(nearest, os.W_OK):
            raise CannotWrite(f"{target} cannot be written: {nearest} is not a folder that you may write to.")
        return
    if not target.is_dir():
        raise CannotWrite(f"{target} is a file; a plan is written as a folder.")
    if (target / SUMMARY).exists():
        if not overwrite:
            raise CannotWrite(f"{target} holds a plan already.")
        return
    if (target / "scenario.toml").exists():
        raise CannotWrite(f"{target} holds a scenario; a plan there would overwrite its tables. Name another folder.")
    in_the_way = [name for name in OWN_NAMES if (target / name).exists()]
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
    for name in OPTIONAL:
        (target / f"{name}.csv").unlink(missing_ok=True)
    parts = sorted(draft.iterdir(), key=lambda part: part.name == SUMMARY)
    for part in parts:
        part.replace(target / part.name)


def _umask() -> int:
    """Permissions that new files are not given; a temporary folder is made closed to others, a plan is not."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_plan(folder: str | Path) -> Plan:
    """Read a plan that `write_plan` has written.

    Raises
    ------
    BadPlan
        If the folder is no plan or is damaged; every finding is carried at once.
    """
    place = Path(folder)
    if not place.is_dir():
        what = "is a file, not the folder of a plan." if place.exists() else "is not there."
        raise BadPlan(str(folder), [Finding(str(folder), what, maybe="name a folder that `contingent plan` has written")])
    if not (place / SUMMARY).is_file():
        is_scenario = (place / "scenario.toml").exists()
        hint = "it is a scenario: plan it first" if is_scenario else "the plan was not finished, or this is another folder"
        raise BadPlan(str(folder), [Finding(SUMMARY, "is missing: this folder holds no plan.", maybe=hint)])
    findings: list[Finding] = []
    frames = {
        name: empty_frame(name)
        if name in OPTIONAL and not (place / f"{name}.csv").exists()
        else read_frame(place / f"{name}.csv", columns, findings, may_be_blank=MAY_BE_BLANK[name])
        for name, columns in COLUMNS.items()
    }
    goals_table = read_frame(place / GOALS, GOAL_COLUMNS, findings)
    content = _read_json(place / SUMMARY, findings)
    timings = _read_json(place / TIMINGS, findings) if (place / TIMINGS).exists() else {}
    if not findings:
        findings += _goals_alike(content, goals_table)
    if not findings:
        findings += _summary_shape(content)
    if findings:
        raise BadPlan(str(folder), findings)
    plan = Plan(
        title=content["title"],
        option=content["option"],
        marking=content["marking"],
        goals=tuple(_goal(row, timings) for row in goals_table.iter_rows(named=True)),
        required_unit_days={int(priority): float(value) for priority, value in content["required_unit_days"].items()},
        filled_unit_days={int(priority): float(value) for priority, value in content["filled_unit_days"].items()},
        people_deployed_peak=content["people_deployed_peak"],
        low_confidence_share=float(content["low_confidence_share"]),
        provenance=content["provenance"],
        seconds=_numbers(timings.get("seconds")),
        **frames,
    )
    if not math.isclose(content["fill"], plan.fill, rel_tol=1e-9):
        what = f"{content['fill']} is not what filled_unit_days are of required_unit_days: {plan.fill}."
        raise BadPlan(str(folder), [Finding(SUMMARY, what, column="fill", maybe="the file was changed by hand")])
    return plan


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


def _summary_shape(content: dict[str, Any]) -> list[Finding]:
    """What plan.json must hold, each of the kind that it must be."""
    findings = []
    text, number = (str,), (int, float)
    kinds: dict[str, tuple[type, ...]] = {
        "title": text, "option": (str, type(None)), "marking": text, "fill": number, "required_unit_days": (dict,),
        "filled_unit_days": (dict,), "people_deployed_peak": (int,), "low_confidence_share": number, "provenance": (dict,),
    }  # fmt: skip
    for name, kind in kinds.items():
        value = content.get(name)
        if name not in content:
            findings.append(Finding(SUMMARY, "is missing.", column=name))
        elif isinstance(value, bool) or not isinstance(value, kind):
            findings.append(Finding(SUMMARY, "is not of the right kind.", column=name))
        elif isinstance(value, dict) and name.endswith("unit_days"):
            findings += [
                Finding(SUMMARY, f"'{priority}' is not a priority with its unit-days.", column=name)
                for priority, days in value.items()
                if not priority.isdecimal() or isinstance(days, bool) or not isinstance(days, number)
            ]
    return findings


def _goals_alike(content: dict[str, Any], table: pl.DataFrame) -> list[Finding]:
    """Plan.json and goals.csv tell the same goals."""
    findings = [
        Finding(GOALS, f"'{status}' is not a status: {', '.join(STATUSES)}.", line=row + 2, column="status")
        for row, status in enumerate(table["status"])
        if status not in STATUSES
    ]
    if content.get("goals") != table.to_dicts():
        findings.append(Finding(GOALS, "the goals are not those of plan.json.", maybe="one of the two files was changed by hand"))
    return findings


def _goal(row: dict[str, Any], timings: Mapping[str, Any]) -> Goal:
    return Goal(**row, seconds=_numbers(timings.get("goals")).get(row["name"], 0.0))


def _numbers(value: object) -> dict[str, float]:
    """Seconds by name, as far as they are there: they are no part of what the plan says."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {str(name): float(seconds) for name, seconds in pairs if isinstance(seconds, int | float)}


def scenario_of(folder: str | Path) -> Path | None:
    """Return where a plan folder keeps the scenario that was planned, or None if it keeps none."""
    place = Path(folder) / SCENARIO
    return place if (place / "scenario.toml").is_file() else None
