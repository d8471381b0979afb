"""What every sheet of the workbook reads: a plan held against the calendar, worked out once.

Lines r are those of the planned option in the order of their table; months m the calendar months of the horizon
(`contingent.report.months`). Means are over the days of the month on which the line is open, and NaN where it is not.

    filled[r, m]     mean of the units filled                                     [units]
    serving[r, m]    mean of all units serving, also those beyond the need        [units]
    open_days[r, m]  days of the month on which the line is open                  [days]
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from contingent.model.rows import Requirement
from contingent.model.rules import line_until, lines_of_option
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.months import Floats, Month, daily, months_of

State = str
FILLED, PARTIAL, GAP, OVER, NONE = "filled", "partial", "gap", "over", "none"
SIGNS: Mapping[State, str] = {FILLED: "●", PARTIAL: "◐", GAP: "○", OVER: "▲", NONE: "–"}
"""A sign for each state, so that no reader depends on colour."""

NEARLY = 1e-6
"""Units nearer than this to the need are as good as there. [units]"""


@dataclass(frozen=True)
class Brief:
    """A scenario and its plan by line and calendar month. See the head of the module.

    `holders` has, for each line, its nations with their unit-days by month, the nation with most days first; `service` its
    tours in time as (nation, first day, day on which service ends); `missing` its unit-days of gap by reason, the largest first.
    """

    scenario: Scenario
    plan: Plan
    lines: tuple[Requirement, ...]
    months: tuple[Month, ...]
    filled: Floats
    serving: Floats
    open_days: Floats
    holders: Mapping[str, tuple[tuple[str, Floats], ...]]
    service: Mapping[str, tuple[tuple[str, int, int], ...]]
    missing: Mapping[str, tuple[tuple[str, float], ...]]

    @property
    def days(self) -> int:
        """Length of the horizon. [days]"""
        return self.scenario.settings.horizon_days

    def state(self, line: int, month: int) -> State | None:
        """Return how the line stands in the month; None where it is not open."""
        filled = self.filled[line, month]
        if np.isnan(filled):
            return None
        needed = self.lines[line].quantity
        if needed == 0:
            return NONE
        if filled < NEARLY:
            return GAP
        if filled < needed - NEARLY:
            return PARTIAL
        return OVER if self.serving[line, month] >= needed + 1 - NEARLY else FILLED

    def fill_of(self, line: int) -> float | None:
        """Return the share of the line's required unit-days that is filled; None where nothing is required. [-]"""
        required = self.lines[line].quantity * float(self.open_days[line].sum())
        if required == 0:
            return None
        return min(1.0, float(np.nansum(self.filled[line] * self.open_days[line])) / required)

    def until(self, line: Requirement) -> int:
        """Return the day on which the line closes within the horizon. [days from D-day]"""
        return max(line.from_day, line_until(self.scenario, line))

    def type_name(self, unit_type: str) -> str:
        """Return the name of a unit type in reports."""
        row = self.scenario.unit_type_by_name.get(unit_type)
        return row.name if row is not None else unit_type

    def nation_name(self, nation: str) -> str:
        """Return the name of a nation in reports."""
        row = self.scenario.nation_by_name.get(nation)
        return row.name if row is not None else nation


def make_brief(scenario: Scenario, plan: Plan) -> Brief:
    """Hold the plan against the calendar."""
    lines = lines_of_option(scenario, plan.option)
    months = months_of(scenario.horizon)
    serving_tours = _serving_tours(scenario, plan.tours, lines)
    open_days = np.array([_open_days(scenario, line, months) for line in lines]).reshape(len(lines), len(months))
    filled = _unit_days(plan.coverage, lines, months, until="until_day", value="filled")
    serving = _unit_days(serving_tours, lines, months, until="serves_until_day", value="effectiveness")
    with np.errstate(invalid="ignore", divide="ignore"):
        filled = np.where(open_days > 0, filled / open_days, np.nan)
        serving = np.where(open_days > 0, serving / open_days, np.nan)
    return Brief(
        scenario=scenario,
        plan=plan,
        lines=lines,
        months=months,
        filled=filled,
        serving=serving,
        open_days=open_days,
        holders=_holders(serving_tours, months),
        service=_service(serving_tours),
        missing=_missing(plan.gaps),
    )


def starts_of(months: tuple[Month, ...]) -> list[int]:
    """Return the first day of each month. [days from D-day]"""
    return [month.from_day for month in months]


def _open_days(scenario: Scenario, line: Requirement, months: tuple[Month, ...]) -> list[float]:
    until = line_until(scenario, line)
    return [float(max(0, min(until, month.until_day) - max(line.from_day, month.from_day))) for month in months]


def _serving_tours(scenario: Scenario, tours: pl.DataFrame, lines: tuple[Requirement, ...]) -> pl.DataFrame:
    """Tours of the lines, with their service cut at the end of the line and of the horizon."""
    closing = pl.DataFrame(
        {"line": [line.line for line in lines], "closes": [line_until(scenario, line) for line in lines]},
        schema={"line": pl.String, "closes": pl.Int64},
    )
    return (
        tours.join(closing, on="line", how="inner", maintain_order="left")
        .with_columns(pl.min_horizontal("serves_until_day", "closes").alias("serves_until_day"))
        .filter(pl.col("serves_until_day") > pl.col("from_day"))
    )


def _unit_days(
    rows: pl.DataFrame, lines: tuple[Requirement, ...], months: tuple[Month, ...], *, until: str, value: str
) -> Floats:
    """Sum a daily figure over the days of each month, by line. [unit-days], shape (lines, months)"""
    steps: dict[str, list[tuple[int, int, float]]] = {line.line: [] for line in lines}
    for line, start, end, amount in rows.select("line", "from_day", until, value).iter_rows():
        if line in steps:
            steps[line].append((start, end, amount))
    return np.array([_by_month(found, months) for found in steps.values()]).reshape(len(lines), len(months))


def _by_month(steps: list[tuple[int, int, float]], months: tuple[Month, ...]) -> Floats:
    """Sum of half-open steps over the days of each month. shape (months,)"""
    if not steps:
        return np.zeros(len(months))
    sums: Floats = np.add.reduceat(daily(*zip(*steps, strict=True), days=months[-1].until_day), starts_of(months))
    return sums


def _holders(serving: pl.DataFrame, months: tuple[Month, ...]) -> dict[str, tuple[tuple[str, Floats], ...]]:
    held: dict[str, dict[str, list[tuple[int, int, float]]]] = {}
    for line, nation, start, end in serving.select("line", "nation", "from_day", "serves_until_day").iter_rows():
        held.setdefault(line, {}).setdefault(nation, []).append((start, end, 1.0))
    days = {line: [(nation, _by_month(steps, months)) for nation, steps in nations.items()] for line, nations in held.items()}
    return {line: tuple(sorted(nations, key=lambda pair: (-pair[1].sum(), pair[0]))) for line, nations in days.items()}


def _service(serving: pl.DataFrame) -> dict[str, tuple[tuple[str, int, int], ...]]:
    periods: dict[str, list[tuple[str, int, int]]] = {}
    in_time = serving.sort("from_day", "nation", "serves_until_day").select("line", "nation", "from_day", "serves_until_day")
    for line, nation, start, end in in_time.iter_rows():
        periods.setdefault(line, []).append((nation, start, end))
    return {line: tuple(tours) for line, tours in periods.items()}


def _missing(gaps: pl.DataFrame) -> dict[str, tuple[tuple[str, float], ...]]:
    sums = gaps.group_by("line", "reason", maintain_order=True).agg(pl.col("unit_days").sum())
    sums = sums.sort("unit_days", "reason", descending=[True, False])
    missing: dict[str, list[tuple[str, float]]] = {}
    for line, reason, unit_days in sums.iter_rows():
        missing.setdefault(line, []).append((reason, unit_days))
    return {line: tuple(reasons) for line, reasons in missing.items()}
