"""What the mandate asks for, counted for every output: people by component, what they rest on, what moves them, how methods fare.

Reads the frames of a plan that sizing, structure and adequacy fill; each answer is empty where its frame is. Sizes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.model.mandate import Factor, Task
from contingent.model.rows import Requirement, UnitType
from contingent.model.rules import COMPONENTS, component_of, line_until, lines_of_option, reference_type
from contingent.model.scenario import Scenario
from contingent.plan import Plan

COMPONENT_NAMES: Mapping[str, str] = {"land": "Land", "air": "Air", "maritime": "Sea", "support": "Support"}

STATUSES = ("sourced", "derived", "assumption")
STATUS_WORDS: Mapping[str, str] = {"sourced": "fact", "derived": "derived", "assumption": "assumption"}
STATUS_LETTERS: Mapping[str, str] = {"sourced": "F", "derived": "D", "assumption": "A"}
"""Fact, computed, assumed: a word and a letter each, so that no reader depends on colour."""

WIDEST = 10
"""Factors that are drawn and named; the tables have all. [factors]"""

CLOSE, NEAR = 1.5, 2.0
"""Factors within which a mission that is sized counts as close to what was sent, and as near to it. [-]"""

TOP_ECHELONS = ("force", "corps", "division", "component command")
"""Formations whose framework nation a reader asks for first."""

UNIT_WORDS = frozenset({"km", "kmh", "km²", "h", "t", "days"})
"""Last words of a factor's name that only repeat its unit."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SizedLine:
    """A requirement line with the people that it asks for.

    Parameters
    ----------
    line, capability : str
        Its serial; what it asks for.
    task : str or None
        Task of the mandate; None where it was typed in.
    component : str
        One of `COMPONENTS`.
    quantity : int
        [units]
    unit_type : UnitType or None
        Type by whose strength people are counted.
    people : int
        [people]
    from_day, until_day : int
        Half open. [days from D-day]
    location, sentence : str or None
        Where; its arithmetic.
    """

    line: str
    capability: str
    task: str | None
    component: str
    quantity: int
    unit_type: UnitType | None
    people: int
    from_day: int
    until_day: int
    location: str | None
    sentence: str | None


@dataclass(frozen=True, slots=True)
class ForceSize:
    """People that the mandate asks for on its fullest day.

    Parameters
    ----------
    day : int
        The first of the fullest days. [days from D-day]
    people : int
        In all. [people]
    by_component : mapping of str to int
        In the order of `COMPONENTS`. [people]
    lines : tuple of SizedLine
        Lines that are open on that day.
    """

    day: int
    people: int
    by_component: Mapping[str, int]
    lines: tuple[SizedLine, ...]


def sized_lines(scenario: Scenario, plan: Plan) -> tuple[SizedLine, ...]:
    """Return the lines that the mandate was sized to, then those of the option that were typed in."""
    known, tasks = scenario.requirement_by_line, scenario.task_by_name
    horizon = scenario.settings.horizon_days
    found = []
    for row in plan.sizing.iter_rows(named=True):
        unit_type = scenario.unit_type_by_name.get(row["unit_type"] or "")
        timed: Requirement | Task | None = known.get(row["line"]) or tasks.get(row["mandate"])
        first = timed.from_day if timed is not None else 0
        until = horizon if timed is None or timed.until_day is None else min(timed.until_day, horizon)
        found.append(
            SizedLine(
                row["line"],
                row["capability"],
                row["mandate"],
                component_of("" if unit_type is None else unit_type.domain, row["method"]),
                row["quantity"],
                unit_type,
                row["people"],
                first,
                until,
                row["location"],
                row["sentence"],
            )
        )
    serials = {line.line for line in found}
    for line in lines_of_option(scenario, plan.option):
        unit_type = reference_type(scenario, line.capability)
        if line.mandate is None and line.line not in serials and unit_type is not None:
            people = line.quantity * unit_type.personnel
            found.append(
                SizedLine(
                    line.line,
                    line.capability,
                    None,
                    component_of(unit_type.domain, None),
                    line.quantity,
                    unit_type,
                    people,
                    line.from_day,
                    line_until(scenario, line),
                    line.location,
                    None,
                )
            )
    return tuple(found)


def force_size(scenario: Scenario, plan: Plan) -> ForceSize | None:
    """Return how large the mandate says the force must be on its fullest day; None where no line was sized from it."""
    if plan.sizing.height == 0:
        return None
    lines = sized_lines(scenario, plan)

    def on(day: int) -> list[SizedLine]:
        return [line for line in lines if line.from_day <= day < line.until_day]

    days = sorted({line.from_day for line in lines})
    fullest = max(days, key=lambda day: sum(line.people for line in on(day)))
    there = on(fullest)
    by_component = {name: sum(line.people for line in there if line.component == name) for name in COMPONENTS}
    return ForceSize(fullest, sum(by_component.values()), by_component, tuple(there))


def assumed_lines(scenario: Scenario, plan: Plan) -> tuple[frozenset[str], frozenset[str]]:
    """Return the lines whose task is itself an assumption, and those that rest on any: by their task or by a factor."""
    of_task = {row.task for row in scenario.tasks if row.status == "assumption"}
    of_factor = {row["mandate"] for row in plan.factors.iter_rows(named=True) if row["status"] == "assumption"}
    pairs = [(row["line"], row["mandate"]) for row in plan.sizing.iter_rows(named=True)]
    return (
        frozenset(line for line, task in pairs if task in of_task),
        frozenset(line for line, task in pairs if task in of_task or task in of_factor),
    )


def assumed_people(scenario: Scenario, plan: Plan, lines: Iterable[SizedLine]) -> tuple[int, int]:
    """Return the people of lines whose task is an assumption, and of lines that rest on any assumption. [people]"""
    by_task, by_any = assumed_lines(scenario, plan)
    each = list(lines)
    return (
        sum(line.people for line in each if line.line in by_task),
        sum(line.people for line in each if line.line in by_any),
    )


def arithmetic_alone(sentence: str | None) -> str:
    """Return the arithmetic of a line without the factors that follow it.

    >>> arithmetic_alone("East, 146 km: 146 / 24 = 6.08 -> 7 x battalion; factor frontage_km 24 km (assumption)")
    'East, 146 km: 146 / 24 = 6.08 → 7 × battalion'
    """
    head = re.split(r"; factors? ", sentence or "", maxsplit=1)[0]
    head = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "\u202f", head)
    return head.replace("->", "→").replace(" x ", " × ").replace("km2", "km²")


def factors_of_task(plan: Plan) -> dict[str, list[Row]]:
    """Return the factors that each task read, in the order in which it read them."""
    found: dict[str, list[Row]] = {}
    for row in plan.factors.iter_rows(named=True):
        found.setdefault(row["mandate"], []).append(row)
    return found


def factor_meanings(scenario: Scenario) -> dict[tuple[str, str], Factor]:
    """Return the planning factors of the scenario by name and scope."""
    return {(row.factor, row.scope): row for row in scenario.factors}


def widest_factors(plan: Plan, most: int | None = WIDEST) -> list[Row]:
    """Return the factors that move the total most, widest first, each with ``width``, the people between its ends. [people]"""
    rows = [row | {"width": _width(row)} for row in plan.sensitivity.iter_rows(named=True)]
    rows = [row for row in rows if row["width"] > 0]
    rows.sort(key=lambda row: (-row["width"], row["factor"], row["scope"]))
    return rows[:most]


def _width(row: Row) -> int:
    ends = [row[name] for name in ("people_low", "people", "people_high") if row[name] is not None]
    return max(ends) - min(ends) if ends else 0


def past_missions(plan: Plan) -> list[Row]:
    """Return the past missions that were both sent and sized."""
    return [row for row in plan.backcast.iter_rows(named=True) if row["sent"] and row["sized"]]


def own_row(plan: Plan) -> Row | None:
    """Return the row of this plan among past missions: the one of which nothing was sent yet."""
    return next((row for row in reversed(plan.backcast.to_dicts()) if row["sent"] is None), None)


def factor_off(row: Row) -> float:
    """Return by which factor a mission is sized too large or too small; 1 = as it was sent. [-]"""
    ratio = float(row["sized"] / row["sent"])
    return max(ratio, 1 / ratio)


def verdict_on(row: Row) -> str:
    """Return whether a mission is sized within a factor of 1.5, of 2, or missed, and to which side."""
    off = factor_off(row)
    if off <= CLOSE + 1e-9:
        return "within 1.5"
    if off <= NEAR + 1e-9:
        return "within 2"
    return f"missed: {'too large' if row['sized'] > row['sent'] else 'too small'}"


def hits(rows: Sequence[Row], within: float) -> int:
    """Return how many missions are sized within a factor of what was sent. [missions]"""
    return sum(factor_off(row) <= within + 1e-9 for row in rows)


def formation_order(plan: Plan) -> list[tuple[Row, int]]:
    """Return the formations as a tree is read, each with its depth: a formation before those under it."""
    rows = plan.formations.to_dicts()
    names = {row["formation"] for row in rows}
    below: dict[str | None, list[Row]] = {}
    for row in rows:
        below.setdefault(row["parent"] if row["parent"] in names else None, []).append(row)
    ordered: list[tuple[Row, int]] = []
    waiting = [(row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        ordered.append((row, depth))
        waiting += [(child, depth + 1) for child in reversed(below.pop(row["formation"], []))]
    return ordered


def not_held(plan: Plan) -> list[Row]:
    """Return the formations whose headquarters nobody holds on any day."""
    return [row for row, _ in formation_order(plan) if row["headquarters_fill"] is not None and row["headquarters_fill"] <= 1e-9]


def frameworks(plan: Plan) -> list[Row]:
    """Return the top formations that have a framework nation; where none is of a top echelon, all that have one."""
    led = [row for row, _ in formation_order(plan) if row["framework_nation"]]
    return [row for row in led if row["echelon"] in TOP_ECHELONS] or led


def incursions(plan: Plan) -> list[list[Row]]:
    """Return adequacy by incursion and day, in the order of the frame, each by the hours until battalions are there."""
    return incursions_of(plan.adequacy)


def incursions_of(adequacy: pl.DataFrame) -> list[list[Row]]:
    """Return the rows of a frame of adequacy by incursion and day."""
    found: dict[tuple[str, int], list[Row]] = {}
    for row in adequacy.iter_rows(named=True):
        found.setdefault((row["incursion"], row["day"]), []).append(row)
    return [sorted(rows, key=lambda row: row["hours"]) for rows in found.values()]


def enough_from(rows: Sequence[Row]) -> int | None:
    """Return the hours from which the battalions there are enough, and stay so; None where they never are. [h]"""
    lasting = None
    for row in reversed(rows):
        if not row["enough"]:
            break
        lasting = row["hours"]
    return lasting
