"""A plan month by month: what charts, heat maps and tables over time are drawn from.

Every figure is counted by day first and then averaged over the days of the month, so that a month's figure is exact
whatever the periods of the plan. Months are cut to the horizon. Past eight years a column stands for a quarter, past
24 for a year: more columns than that cannot be read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.horizon import Horizon
from contingent.model.rules import line_until, lines_of_option
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.words import MONTHS

MOST_COLUMNS = 96
"""Most columns of time that a drawing can show and a reader can read."""

ROUNDING = 1e-9
"""Shares nearer than this are the same. [-]"""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Month:
    """A column of time: a calendar month (or quarter, or year), cut to the horizon.

    Parameters
    ----------
    from_day, until_day : int
        Half open. [days from D-day]
    label : str
        As ``Jan 2027``, ``Q1 2027`` or ``2027``.
    """

    from_day: int
    until_day: int
    label: str

    @property
    def days(self) -> int:
        """Length. [days]"""
        return self.until_day - self.from_day


def months_of(horizon: Horizon) -> tuple[Month, ...]:
    """Return the columns of time of a horizon: months, or quarters or years where those are too many."""
    months_needed = horizon.days / 30
    length = 1 if months_needed <= MOST_COLUMNS else 3 if months_needed <= 3 * MOST_COLUMNS else 12
    columns: list[Month] = []
    day = 0
    while day < horizon.days:
        when = horizon.date_of(day)
        first = (when.month - 1) // length * length
        following = date(when.year + (first + length) // 12, (first + length) % 12 + 1, 1)
        until = min(horizon.day_of(following), horizon.days)
        label = {1: f"{MONTHS[when.month - 1]} {when.year}", 3: f"Q{first // 3 + 1} {when.year}", 12: f"{when.year}"}[length]
        columns.append(Month(day, until, label))
        day = until
    return tuple(columns)


def daily(from_days: Sequence[int], until_days: Sequence[int], amounts: Sequence[float], *, days: int) -> Floats:
    """Return the sum of half-open steps on each day of the horizon. shape (days,)"""
    change = np.zeros(days + 1)
    np.add.at(change, np.clip(np.asarray(from_days, dtype=np.int64), 0, days), np.asarray(amounts, dtype=np.float64))
    np.add.at(change, np.clip(np.asarray(until_days, dtype=np.int64), 0, days), -np.asarray(amounts, dtype=np.float64))
    level: Floats = np.cumsum(change)[:days]
    return level


def worst_cover(plan: Plan, months: Sequence[Month]) -> tuple[float, Month] | None:
    """Return the least share of the units asked for that a plan has in any month once the force has built up, over all lines, and
    the month; None where nothing is asked for. [-]

    It has built up in the first month in which as large a share is there as over the whole time. A line with more than
    it asks for makes up for no other.
    """
    days = max((month.until_day for month in months), default=0)
    rows = plan.coverage.select("from_day", "until_day", "required", pl.min_horizontal("filled", "required").alias("held"))
    spans = rows["from_day"].to_list(), rows["until_day"].to_list()
    asked = monthly_mean(daily(*spans, rows["required"].to_list(), days=days), months)
    held = monthly_mean(daily(*spans, rows["held"].to_list(), days=days), months)
    shares = [(round(float(part / whole), 9), at) for at, (part, whole) in enumerate(zip(held, asked, strict=True)) if whole > 0]
    if not shares:
        return None
    lengths = np.array([month.days for month in months])
    average = float((held * lengths).sum() / (asked * lengths).sum())
    built_up = next((place for place, (part, _) in enumerate(shares) if part >= average - ROUNDING), 0)
    share, at = min(shares[built_up:])
    return share, months[at]


def monthly_mean(by_day: Floats, months: Sequence[Month]) -> Floats:
    """Return the mean of a daily figure over each month. shape (months,)"""
    sums: Floats = np.add.reduceat(by_day, [month.from_day for month in months])
    means: Floats = sums / np.array([month.days for month in months])
    return means


def people_by_day(plan: Plan, *, days: int, nation: str | None = None) -> Floats:
    """Return the people deployed on each day, of all nations or of one. [people], shape (days,)"""
    tours = plan.tours if nation is None else plan.tours.filter(pl.col("nation") == nation)
    return daily(tours["from_day"].to_list(), tours["until_day"].to_list(), tours["people"].to_list(), days=days)


def people_asked_by_day(scenario: Scenario, option: str | None) -> Floats:
    """Return the people that the requirement asks for on each day, each line in the leanest units that give its capability.

    A line that no unit type can fill counts nobody, so the figure is a lower bound. [people], shape (days,)
    """
    leanest = leanest_people(scenario)
    lines = lines_of_option(scenario, option)
    return daily(
        [line.from_day for line in lines],
        [max(line.from_day, line_until(scenario, line)) for line in lines],
        [line.quantity * leanest.get(line.capability, 0.0) for line in lines],
        days=scenario.horizon.days,
    )


def leanest_people(scenario: Scenario) -> dict[str, float]:
    """Return the people of the leanest units that give one unit of each capability. [people]

    Capabilities that no unit type gives are left out.
    """
    leanest: dict[str, float] = {}
    for row in scenario.capabilities:
        people = scenario.unit_type_by_name[row.unit_type].personnel / row.effectiveness
        leanest[row.capability] = min(people, leanest.get(row.capability, people))
    return leanest


def needed_and_filled_by_day(plan: Plan, *, priority: int, days: int) -> tuple[Floats, Floats]:
    """Return the units asked for and filled on each day by the lines of a priority. [units], shape (days,)"""
    rows = plan.coverage.filter(pl.col("priority") == priority)
    start, end = rows["from_day"].to_list(), rows["until_day"].to_list()
    return daily(start, end, rows["required"].to_list(), days=days), daily(start, end, rows["filled"].to_list(), days=days)


@dataclass(frozen=True, slots=True)
class Cell:
    """One line in one month.

    Parameters
    ----------
    month : Month
        The column.
    fill : float
        Share of the need on the days that lie in the line's window which is filled. [-]
    missing : float
        Units missing on an average day of the month within the window. [units]
    """

    month: Month
    fill: float
    missing: float


def line_cells(rows: Sequence[dict[str, float]], months: Sequence[Month], *, days: int) -> tuple[Cell, ...]:
    """Return a line's cells from its rows of coverage; months outside its window have none."""
    start, end = [int(row["from_day"]) for row in rows], [int(row["until_day"]) for row in rows]
    required = daily(start, end, [row["required"] for row in rows], days=days)
    filled = daily(start, end, [row["filled"] for row in rows], days=days)
    open_days = daily(start, end, [1.0] * len(rows), days=days)
    cells = []
    for month in months:
        span = slice(month.from_day, month.until_day)
        needed = float(required[span].sum())
        if needed > 0:
            held = float(filled[span].sum())
            cells.append(
                Cell(month, fill=min(1.0, held / needed), missing=max(0.0, needed - held) / float(open_days[span].sum()))
            )
    return tuple(cells)


def time_ticks(horizon: Horizon, *, most: int) -> tuple[tuple[int, str], ...]:
    """Return at most some `most` days that begin a calendar month, evenly apart, each with its label.

    Returns
    -------
    tuple of (int, str)
        Day and label, as ``(351, "Jan 2028")``. [days from D-day]
    """
    months = horizon.days / 30.4
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if months / step <= most), 120 * math.ceil(months / 120 / most))
    first = horizon.start_date
    month = first.year * 12 + first.month - 1
    ticks: list[tuple[int, str]] = []
    month += -month % step
    while (day := horizon.day_of(date(month // 12, month % 12 + 1, 1))) < horizon.days:
        if day >= 0:
            ticks.append((day, f"{MONTHS[month % 12]} {month // 12}"))
        month += step
    return tuple(ticks)
