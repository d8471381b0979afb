"""Fill of a plan under chance, read from its frames: by priority, month by month, at its worst."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.plan.plan import Plan

Row = dict[str, Any]

FILLED = 1 - 1e-9
"""Planned fill from which a line is filled on every day: less is rounding. [-]"""


@dataclass(frozen=True, slots=True)
class FillUnderChance:
    """Fill of a priority over the whole time.

    Parameters
    ----------
    priority : int
        The priority.
    planned, mean : float
        On paper, and on average over the runs. [-]
    low, high : float or None
        5th and 95th percentile over the runs; None where only months are known. [-]
    """

    priority: int
    planned: float
    mean: float
    low: float | None
    high: float | None


def fills(plan: Plan) -> tuple[FillUnderChance, ...]:
    """Return fill under chance by priority: of the headline figures, else the mean over the months by what they ask for."""
    found: dict[int, FillUnderChance] = {}
    for row in plan.risk_summary.iter_rows(named=True):
        if row["measure"] == "fill" and row["priority"] is not None and row["mean"] is not None:
            planned = plan.fill_of(row["priority"]) if row["planned"] is None else row["planned"]
            found[row["priority"]] = FillUnderChance(row["priority"], planned, row["mean"], row["p05"], row["p95"])
    for priority, rows in fill_by_month(plan).items():
        weight = sum(row["required"] for row in rows)
        if priority not in found and weight > 0:
            planned, mean = (sum(row[name] * row["required"] for row in rows) / weight for name in ("planned", "mean"))
            found[priority] = FillUnderChance(priority, planned, mean, None, None)
    return tuple(found[priority] for priority in sorted(found))


def fill_by_month(plan: Plan) -> dict[int, list[Row]]:
    """Return the rows of each priority as a whole, month by month; months that ask for nothing are left out."""
    rows = plan.risk_fill.filter(pl.col("line").is_null() & (pl.col("required") > 0)).sort("priority", "from_day")
    by_priority: dict[int, list[Row]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        by_priority[row["priority"]].append(row)
    return dict(by_priority)


def worst_month(plan: Plan, priority: int) -> Row | None:
    """Return the month in which a priority is filled least on average, once the force has built up; None where no month is known.

    It has built up in the first month in which as much is filled on paper as on average over the whole time.
    """
    rows = fill_by_month(plan).get(priority, [])
    whole = sum(row["required"] for row in rows)
    if whole <= 0:
        return None
    average = sum(row["planned"] * row["required"] for row in rows) / whole
    built_up = next((at for at, row in enumerate(rows) if row["planned"] >= average - 1e-9), 0)
    return min(rows[built_up:], key=lambda row: (row["mean"], row["from_day"]))
