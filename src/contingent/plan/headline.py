"""Headline numbers of plans side by side: what is asked, what comes of it, how it gets there and what it costs, what chance
and stress leave, how much is sustained.

A measure is there where at least one of the plans has it; what a plan does not have is None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from contingent.plan.plan import Plan
from contingent.plan.under_chance import FILLED, fills, worst_month
from contingent.plan.way_measures import closure_day, mean_use, moves_out, yearly_cost

Part = Literal["asked", "filled", "chance", "stress", "ceiling", "rests", "way"]

NUMBERS = ("nation", "pair", "three nations", "four nations", "five nations")
"""So many together, in words."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One headline number of each plan.

    Parameters
    ----------
    part : str
        What it belongs to: asked, filled, chance, stress, ceiling, rests or way.
    name, unit : str
        What it is, and in what; shares have the unit ``share``.
    values : tuple of float or None
        One for each plan, in their order.
    """

    part: Part
    name: str
    unit: str
    values: tuple[float | None, ...]


def headline_numbers(plans: Sequence[Plan]) -> tuple[Measure, ...]:
    """Return the headline numbers of plans, in the order in which they are told."""
    measures = [*_of_fill(plans), *_of_aid(plans), *_of_the_way(plans)]
    measures += [*_of_chance(plans), *_of_stress(plans), *_of_ceilings(plans)]
    measures.append(_measure(plans, "rests", "rests on low confidence", "share", lambda plan: plan.low_confidence_share))
    return tuple(measures)


def _measure(plans: Sequence[Plan], part: Part, name: str, unit: str, value: Callable[[Plan], float | None]) -> Measure:
    return Measure(part, name, unit, tuple(None if (found := value(plan)) is None else float(found) for plan in plans))


def _of_fill(plans: Sequence[Plan]) -> list[Measure]:
    measures = [
        _measure(plans, "asked", "required", "unit-days", lambda plan: sum(plan.required_unit_days.values())),
        _measure(plans, "filled", "filled", "unit-days", lambda plan: sum(plan.filled_unit_days.values())),
        _measure(plans, "filled", "fill", "share", lambda plan: plan.fill),
    ]
    for priority in sorted({priority for plan in plans for priority in plan.required_unit_days}):
        values = tuple(plan.fill_of(priority) if priority in plan.required_unit_days else None for plan in plans)
        measures.append(Measure("filled", f"fill of priority {priority}", "share", values))
    measures += [
        _measure(plans, "filled", "most people deployed on one day", "people", lambda plan: plan.people_deployed_peak),
        _measure(plans, "filled", "contributors with tours", "contributors", lambda plan: plan.tours["nation"].n_unique()),
        _measure(plans, "filled", "units used", "units", lambda plan: plan.tours["unit"].n_unique()),
        _measure(plans, "filled", "tours", "tours", lambda plan: plan.tours.height),
        _measure(plans, "filled", "lines with a gap", "lines", lambda plan: plan.gaps["line"].n_unique()),
    ]
    all_goals = [goal for plan in plans for goal in plan.goals if not goal.name.startswith("unfilled_")]
    for name, unit in dict.fromkeys((goal.name, goal.unit) for goal in all_goals):
        goals = tuple(next((goal.value for goal in plan.goals if goal.name == name), None) for plan in plans)
        # Offers without a price of their own have no cost as a goal; what they cost is then told by rates, if at all.
        if name == "cost" and not any(goals) and any(plan.costs.height for plan in plans):
            continue
        measures.append(Measure("filled", name, unit, goals))
    return measures


def _of_aid(plans: Sequence[Plan]) -> list[Measure]:
    """What the host's army gets meanwhile."""
    measures = [
        _measure(plans, "filled", "formations of the host brought to their standard by aid", "formations", _equipped),
        _measure(plans, "filled", "needs of the host that aid does not meet", "needs", _unmet),
    ]
    return [measure for measure in measures if any(value is not None for value in measure.values)]


def _equipped(plan: Plan) -> float | None:
    return float(plan.aid_formations["equipped_day"].count()) if plan.aid_formations.height else None


def _unmet(plan: Plan) -> float | None:
    return float((plan.aid_gaps["gap"] > 0).sum()) if plan.aid_gaps.height else None


def _of_the_way(plans: Sequence[Plan]) -> list[Measure]:
    """How the force gets there, what it lives on, what it costs."""
    measures = [
        _measure(plans, "way", "day on which the first force is in place", "days from D-day", closure_day),
        _measure(plans, "way", "units that come late to their posts, or never", "units", _late_units),
        _measure(plans, "way", "tonnes used a day", "t/day", mean_use),
        _measure(plans, "way", "tonnes short", "t", _tonnes_short),
        _measure(plans, "way", "cost a year", "currency/year", yearly_cost),
    ]
    return [measure for measure in measures if any(value is not None for value in measure.values)]


def _tonnes_short(plan: Plan) -> float | None:
    return float(plan.stockouts["short_t"].sum()) if plan.supply.height else None


def _late_units(plan: Plan) -> float | None:
    moving, late, never = moves_out(plan)
    return float(len(late) + never) if moving else None


def cost_by_nation(plans: Sequence[Plan]) -> list[tuple[str, str, tuple[float | None, ...]]]:
    """Return what each nation costs a year in each plan: letters, name, figures; the largest first. [currency/year]"""
    names = {nation: name for plan in plans for nation, name in plan.nations.select("nation", "name").iter_rows()}
    nations = {nation for plan in plans for nation in plan.costs["nation"].unique()}
    rows = [(nation, names.get(nation, nation), tuple(yearly_cost(plan, nation) for plan in plans)) for nation in nations]
    return sorted(rows, key=lambda row: (-max(value or 0.0 for value in row[2]), row[0]))


def _of_chance(plans: Sequence[Plan]) -> list[Measure]:
    under = [{each.priority: each for each in fills(plan)} for plan in plans]
    measures = []
    for priority in sorted({priority for found in under for priority in found}):
        means = tuple(found[priority].mean if priority in found else None for found in under)
        lows = tuple(found[priority].low if priority in found else None for found in under)
        measures += [
            Measure("chance", f"mean fill of priority {priority} under chance", "share", means),
            Measure("chance", f"fill of priority {priority} kept in 19 of 20 runs", "share", lows),
        ]
    worst = [worst_month(plan, 1) for plan in plans]
    weakest = [_weakest_line(plan) for plan in plans]
    measures += [
        Measure(
            "chance",
            "worst month of priority 1 under chance",
            "share",
            tuple(None if row is None else float(row["mean"]) for row in worst),
        ),
        Measure("chance", "probability that the weakest priority-1 line filled on paper is held", "share", tuple(weakest)),
    ]
    return [measure for measure in measures if any(value is not None for value in measure.values)]


def _weakest_line(plan: Plan) -> float | None:
    held = plan.risk_lines.filter((pl.col("priority") == 1) & (pl.col("planned") >= FILLED))["held"].min()
    return None if held is None else float(str(held))


def _of_stress(plans: Sequence[Plan]) -> list[Measure]:
    measures = []
    for together, name in enumerate(NUMBERS, start=1):
        values = tuple(_left_without(plan, together) for plan in plans)
        measures.append(Measure("stress", f"fill of priority 1 without the worst {name}", "share", values))
    thresholds = sorted({row for plan in plans for row in plan.stress_smallest.select("priority", "threshold").iter_rows()})
    for priority, threshold in thresholds:
        name = f"fewest nations whose loss drops priority {priority} below {threshold * 100:g} %"
        measures.append(Measure("stress", name, "nations", tuple(_fewest(plan, priority, threshold) for plan in plans)))
    return [measure for measure in measures if any(value is not None for value in measure.values)]


def _left_without(plan: Plan, together: int) -> float | None:
    """Fill of priority 1 after the best reaction to the worst loss of so many nations that is known."""
    found = plan.stress_worst.filter((pl.col("priority") == 1) & (pl.col("together") == together))["best_reaction"].to_list()
    if together <= 2:
        kind = ("nation", "pair")[together - 1]
        found += plan.stress.filter((pl.col("priority") == 1) & (pl.col("kind") == kind))["best_reaction"].to_list()
    return min(found, default=None)


def _fewest(plan: Plan, priority: int, threshold: float) -> float | None:
    rows = plan.stress_smallest.filter((pl.col("priority") == priority) & (pl.col("threshold") == threshold))["count"].to_list()
    return next((float(count) for count in rows if count is not None), None)


def _of_ceilings(plans: Sequence[Plan]) -> list[Measure]:
    bases = [next(iter(plan.ceilings.filter(pl.col("question") == "base").to_dicts()), None) for plan in plans]
    measures = [
        Measure("ceiling", name, unit, tuple(_rounded(row, column) for row in bases))
        for name, unit, column in (
            ("multiple of the requirement sustained", "times", "held"),
            ("multiple proven impossible to exceed", "times", "bound"),
            ("people sustained", "people", "people_held"),
            ("people proven impossible to exceed", "people", "people_bound"),
        )
    ]
    return [measure for measure in measures if any(value is not None for value in measure.values)]


def _rounded(row: dict[str, Any] | None, column: str) -> float | None:
    """A ceiling as it is told: people in whole numbers."""
    if row is None or row[column] is None:
        return None
    return float(round(row[column])) if column.startswith("people") else float(row[column])


def binding(plans: Sequence[Plan]) -> list[tuple[str, str, tuple[str | None, ...]]]:
    """Return the unit type that runs out first at each point of each question: question, label, and its name in each plan."""
    points: dict[tuple[str, str], list[str | None]] = {}
    for at, plan in enumerate(plans):
        for row in plan.ceilings.iter_rows(named=True):
            cells = points.setdefault((row["question"], row["label"]), [None] * len(plans))
            cells[at] = row["binds_name"] or row["binds"]
    return [(question, label, tuple(cells)) for (question, label), cells in points.items()]
