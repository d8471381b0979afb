"""What a plan holds beside its frames, in short, and how a plan is put together again from what was written of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.errors import BadPlan
from contingent.findings import Finding
from contingent.plan.plan import Goal, Plan

SUMMARY, GOALS = "plan.json", "goals.csv"
GOAL_COLUMNS: dict[str, Any] = {
    "name": pl.String,
    "value": pl.Float64,
    "bound": pl.Float64,
    "status": pl.String,
    "method": pl.String,
    "unit": pl.String,
}
STATUSES = ("optimal", "feasible", "time_limit", "empty")


@dataclass(frozen=True)
class PlanContent:
    """What was read of a plan.

    Parameters
    ----------
    summary : mapping of str to any
        As `summary` gives it.
    goals : polars.DataFrame
        The goals as a table.
    frames : mapping of str to polars.DataFrame
        Every frame of a plan by its name.
    timings : mapping of str to any
        Seconds by stage and by goal; empty where they were not kept.
    """

    summary: Mapping[str, Any]
    goals: pl.DataFrame
    frames: Mapping[str, pl.DataFrame]
    timings: Mapping[str, Any]


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


def goals_frame(plan: Plan) -> pl.DataFrame:
    """Return the goals of a plan as a table."""
    goals = [tuple(getattr(goal, column) for column in GOAL_COLUMNS) for goal in plan.goals]
    return pl.DataFrame(goals, schema=GOAL_COLUMNS, orient="row")


def plan_of(place: str, content: PlanContent, findings: list[Finding]) -> Plan:
    """Return the plan that was read.

    Parameters
    ----------
    place : str
        Where it was read, as the user wrote it.
    content : PlanContent
        What was read.
    findings : list of Finding
        What was found so far.

    Raises
    ------
    BadPlan
        If anything was found, or the parts do not fit one another; every finding is carried at once.
    """
    said = content.summary
    if not findings:
        findings += _goals_alike(said, content.goals)
    if not findings:
        findings += _summary_shape(said)
    if findings:
        raise BadPlan(place, findings)
    plan = Plan(
        title=said["title"],
        option=said["option"],
        marking=said["marking"],
        goals=tuple(_goal(row, content.timings) for row in content.goals.iter_rows(named=True)),
        required_unit_days={int(priority): float(value) for priority, value in said["required_unit_days"].items()},
        filled_unit_days={int(priority): float(value) for priority, value in said["filled_unit_days"].items()},
        people_deployed_peak=said["people_deployed_peak"],
        low_confidence_share=float(said["low_confidence_share"]),
        provenance=said["provenance"],
        seconds=_numbers(content.timings.get("seconds")),
        **content.frames,
    )
    if not math.isclose(said["fill"], plan.fill, rel_tol=1e-9):
        what = f"{said['fill']} is not what filled_unit_days are of required_unit_days: {plan.fill}."
        raise BadPlan(place, [Finding(SUMMARY, what, column="fill", maybe="the file was changed by hand")])
    return plan


def _summary_shape(content: Mapping[str, Any]) -> list[Finding]:
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


def _goals_alike(content: Mapping[str, Any], table: pl.DataFrame) -> list[Finding]:
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
