"""What a plan says of its way, its supply and its cost, in figures that every output shares.

first_force      lines of the first priority that are asked for within half a year
closure_day      the day on which they are complete
moves_out        how many units move out, who of them is late
use_by_week      tonnes used a day
years_planned    how long the operation lasts
yearly_cost      what it costs a year, by nation or in all
"""

import polars as pl

from contingent.plan.plan import Plan

FIRST_FORCE = 180
"""Lines asked for before this day are the first force. [days from D-day]"""

DAYS_IN_YEAR = 365.25

OUT = "out"
"""Direction of what moves to the theatre; the rest moves home."""


def first_force(plan: Plan) -> pl.DataFrame:
    """Return the lines of the first priority that are asked for within half a year; all of that priority where none is."""
    rows = plan.closure.filter(pl.col("priority") == pl.col("priority").min())
    soon = rows.filter(pl.col("required_day") < FIRST_FORCE)
    return soon if soon.height else rows


def closure_day(plan: Plan) -> int | None:
    """Return the day on which the last line of the first force is complete; None where there is none, or one never is."""
    rows = first_force(plan)
    return None if rows.height == 0 or rows["closure_day"].null_count() else int(str(rows["closure_day"].max()))


def moves_out(plan: Plan) -> tuple[int, list[int], int]:
    """Return how many units move out, the days by which each late one is late (the latest first), and how many never arrive.

    A unit is late with its last part; one that goes on several tours counts with each.
    """
    units = (
        plan.movements.filter(pl.col("direction") == OUT)
        .group_by("unit", "line", "required_day")
        .agg(late=pl.col("late_days").max(), never=pl.col("arrives_day").is_null().any())
    )
    late = sorted((int(days) for days in units.filter(~pl.col("never"))["late"].fill_null(0) if days > 0), reverse=True)
    return units.height, late, int(units["never"].sum())


def use_by_week(plan: Plan) -> pl.DataFrame:
    """Return ``from_day``, ``until_day`` and ``used`` by week, all places and supplies together. [t/day]

    What a depot hands on to the places that live on it is not used there, and not counted twice.
    """
    length = pl.col("until_day") - pl.col("from_day")
    return (
        plan.supply.group_by("from_day", "until_day")
        .agg(used=pl.col("used_t").sum())
        .with_columns(used=pl.col("used") / length)
        .sort("from_day")
    )


def mean_use(plan: Plan) -> float | None:
    """Return tonnes used a day, on average over the weeks that are known; None where none is. [t/day]"""
    weeks = use_by_week(plan)
    days = weeks["until_day"] - weeks["from_day"]
    return float((weeks["used"] * days).sum()) / float(days.sum()) if weeks.height else None


def years_planned(plan: Plan) -> float:
    """Return how long the operation lasts: until the last day on which a line is asked for. [years]"""
    last = plan.coverage["until_day"].max()
    return max(1.0, float(str(last or 0))) / DAYS_IN_YEAR


def yearly_cost(plan: Plan, nation: str | None = None) -> float | None:
    """Return what a nation, or the whole force, costs a year on average; None where nothing is costed. [currency/year]"""
    rows = plan.costs if nation is None else plan.costs.filter(pl.col("nation") == nation)
    return float(rows["value"].sum()) / years_planned(plan) if rows.height else None
