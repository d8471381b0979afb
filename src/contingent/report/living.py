"""What the force lives on, counted and said for every output.

Reads the frames ``supply``, ``stockouts`` and ``survival``, which sustainment fills; each answer is empty where its frame is.

    living_sentences   tonnes a day; the first thing to run out; what hurts soonest when it is closed
    logistic_sums      what supply takes of transport, handling and storage, beside what was sized
    closings           without each crossing, port and depot: what runs out first
"""

from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.way_measures import mean_use, use_by_week
from contingent.report.getting import day_words, place_words
from contingent.report.words import amount, counted, d_day, grouped, leading_capital, listed, percent, plain

Row = dict[str, Any]

DEPOT = "depot"
"""Kind of a place that is closed and has only a stock: those who live on it are hit at once."""

MOST_SUPPLIES = 3
"""Supplies that a sentence names."""


def has_supply(plan: Plan) -> bool:
    """Return whether the plan says what the force lives on."""
    return plan.supply.height + plan.survival.height > 0


def use_by_supply(plan: Plan) -> pl.DataFrame:
    """Return ``supply``, ``supply_class``, ``mean`` and ``peak`` use, the most used first. [t/day]"""
    length = pl.col("until_day") - pl.col("from_day")
    weeks = plan.supply.group_by("supply", "supply_class", "from_day", "until_day").agg(pl.col("used_t").sum())
    days = max(1, int(str(plan.supply["until_day"].max() or 1)) - int(str(plan.supply["from_day"].min() or 0)))
    return (
        weeks.group_by("supply", "supply_class")
        .agg(mean=pl.col("used_t").sum() / days, peak=(pl.col("used_t") / length).max())
        .sort("mean", "supply", descending=[True, False])
    )


def first_out(plan: Plan) -> Row | None:
    """Return what runs out first; of several on one day that which is short by most."""
    rows = plan.stockouts.sort("day", "short_t", "location", "supply", descending=[False, True, False, False]).head(1).to_dicts()
    return rows[0] if rows else None


def closings(plan: Plan) -> list[Row]:
    """Return what may be closed, each with what runs out first, the soonest first; those that starve nobody stand last."""
    found: dict[str, Row] = {}
    ordered = plan.survival.sort("days", "lost_t", "location", "supply", descending=[False, True, False, False], nulls_last=True)
    for row in ordered.iter_rows(named=True):
        known = found.setdefault(row["closed"], row | {"places": [], "tonnes": 0.0})
        known["tonnes"] += row["lost_t"]
        if row["days"] is not None and row["location"] not in known["places"]:
            known["places"].append(row["location"])
    return sorted(found.values(), key=lambda row: (row["days"] is None, row["days"] or 0.0, -row["tonnes"], row["closed"]))


EVERYWHERE = "all places"
"""Stands for the place of a sum in the frame ``logistics``."""


def logistic_sums(plan: Plan) -> list[Row]:
    """Return what supply takes in all, beside what was sized: the last pass of each measure."""
    rows = plan.logistics.filter(pl.col("location") == EVERYWHERE).sort("pass")
    return rows.unique("measure", keep="last", maintain_order=True).to_dicts()


def living_sentences(scenario: Scenario | None, plan: Plan, *, most: int | None = None) -> list[str]:
    """Return what the force lives on, the answer first; nothing where the plan does not say."""
    told = [
        *_use(scenario, plan),
        *_first_out(scenario, plan),
        *_thinnest(scenario, plan),
        *_closed(scenario, plan),
        *_takes(plan),
    ]
    return told if most is None else told[:most]


def _use(scenario: Scenario | None, plan: Plan) -> list[str]:
    weeks = use_by_week(plan)
    if weeks.height == 0:
        return []
    top = weeks.sort("used", "from_day", descending=[True, False]).row(0, named=True)
    supplies = use_by_supply(plan)
    whole = float(supplies["mean"].sum()) or 1.0
    parts = [f"{plain(row['supply'])} {percent(row['mean'] / whole)}" for row in supplies.head(MOST_SUPPLIES).to_dicts()]
    return [
        (
            f"The force lives on {grouped(mean_use(plan) or 0.0)} tonnes a day on average and "
            f"{grouped(top['used'])} in its fullest week, "
            f"from {day_words(scenario, top['from_day'])}: {listed(parts)}."
        )
    ]


def _first_out(scenario: Scenario | None, plan: Plan) -> list[str]:
    if plan.supply.height == 0:
        return []
    row = first_out(plan)
    if row is None:
        return ["Nothing runs out anywhere."]
    places = plan.stockouts["location"].n_unique()
    why = f": {row['why']}" if row["why"] else ""
    return [
        (
            f"The first thing to run out is {plain(row['supply'])} at {place_words(scenario, row['location'])}, on "
            f"{day_words(scenario, row['day'])}, {amount(row['short_t'])} tonnes short{why.rstrip('.')}. "
            f"Something runs out at {counted(places, 'place')}, "
            f"{grouped(float(plan.stockouts['short_t'].sum()))} tonnes short in all."
        )
    ]


def _thinnest(scenario: Scenario | None, plan: Plan) -> list[str]:
    kept = plan.supply.filter(pl.col("days_of_supply").is_not_null() & (pl.col("used_t") > 0))
    if kept.height == 0:
        return []
    short = kept.filter(pl.col("target_days").is_not_null() & (pl.col("days_of_supply") < 0.5 * pl.col("target_days")))
    row = kept.sort("days_of_supply", "from_day", "location", "supply").row(0, named=True)
    share = leading_capital(percent(short.height / kept.height)) if short.height else "None"
    return [
        (
            f"Stocks are thinnest at {place_words(scenario, row['location'])} at the end of the week from "
            f"{d_day(row['from_day'])}: {amount(row['days_of_supply'])} days of {plain(row['supply'])}. "
            f"{share} of all weeks, places and supplies {'ends' if share == 'None' else 'end'} with less than half of the target."
        )
    ]


def _closed(scenario: Scenario | None, plan: Plan) -> list[str]:
    rows = closings(plan)
    if not rows:
        return []
    hurt = [row for row in rows if row["days"] is not None]
    some = counted(len(rows), "crossing, port or depot", "crossings, ports and depots")
    if not hurt:
        return [f"Any one of {some} may close, and nothing runs out."]
    told = f"Of {some}, closed one at a time, {grouped(len(hurt))} {'makes' if len(hurt) == 1 else 'make'} something run out."
    passed = plan.survival.filter(
        pl.col("days").is_not_null() & (pl.col("kind") != DEPOT) & (pl.col("closed") != pl.col("location"))
    )
    if passed.height == 0:
        return [f"{told} Of crossings and ports none does so anywhere but at its own depot."]
    first = passed.sort("days", "lost_t", "closed", "location", descending=[False, True, False, False]).row(0, named=True)
    return [
        (
            f"{told} Of crossings and ports {place_words(scenario, first['closed'])} is felt soonest elsewhere: "
            f"{plain(first['supply'] or 'supply')} at {place_words(scenario, first['location'])} runs out "
            f"after {amount(first['days'])} days."
        )
    ]


def _takes(plan: Plan) -> list[str]:
    rows = [row for row in logistic_sums(plan) if row["sized"] is not None and row["needed"] > row["sized"]]
    if not rows:
        return []
    parts = [f"{_about(row['needed'])} {plain(row['measure'])} where {_about(row['sized'])} were sized" for row in rows]
    return [f"That takes more than was sized for it: {listed(parts)}."]


def _about(figure: float) -> str:
    return grouped(figure, places=0 if figure >= 100 else 1)
