"""One point worked out: the largest multiple, counted again from its tours, and what binds it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from contingent.ceiling.demand import Demand, demand_of
from contingent.ceiling.largest import SMALLEST, Largest, largest_multiple
from contingent.ceiling.questions import Backstop, changed
from contingent.generation.deal import deal_tours
from contingent.generation.families import restrict
from contingent.generation.problem import Floats, Problem, build_problem
from contingent.generation.remedies import worth_of_one_more
from contingent.model.rules import reference_type
from contingent.model.scenario import Scenario
from contingent.plan import frame, measures

JUST_ABOVE = 1.02
"""Multiple of what is held at which it is looked at what is missing. [-]"""

ALIKE = 0.9
"""Types of which one more unit closes this share of what the best closes are alike: the one of which most is missing binds.
[-]"""

DECIMALS = 4


@dataclass(frozen=True)
class Asked:
    """What all points of a run share: the scenario with offers and requirement derived, and how it is worked on."""

    scenario: Scenario
    option: str | None
    fill: Mapping[int, float]
    gap: float
    seed: int
    backstop: Backstop


def work_out(asked: Asked, change: Mapping[str, Any]) -> dict[str, Any]:
    """Work out one point. Called by `contingent.ensemble.run_pieces`: takes and gives JSON values."""
    scenario = changed(asked.scenario, asked.option, change, asked.backstop)
    fill = {int(key): float(share) for key, share in change.get("fill", {}).items()} or dict(asked.fill)
    problem = build_problem(scenario, asked.option)
    demand = demand_of(problem, fill)
    found = largest_multiple(problem, demand, gap=asked.gap, seed=asked.seed)
    held = _held_by_count(scenario, asked.option, problem, demand, found)
    # Rounded so that what is held is held, and what is ruled out is ruled out.
    held = np.floor(held * 10**DECIMALS) / 10**DECIMALS
    bound = None if not np.isfinite(found.bound) else float(np.ceil(found.bound * 10**DECIMALS - 1e-6) / 10**DECIMALS)
    unit_type, name = binding(scenario, problem, demand, found, max(SMALLEST, held))
    return {
        "fill": fill[min(fill)], "held": float(held), "bound": bound, "binds": unit_type, "binds_name": name,
        "method": found.method,
    }  # fmt: skip


def fills(scenario: Scenario, option: str | None, tours: pl.DataFrame, multiple: float) -> dict[int, float]:
    """Return the share of each priority's unit-days that tours fill at a multiple of the requirement, counted day by day. [-]

    Parameters
    ----------
    tours : polars.DataFrame
        Of which ``offer``, ``line`` and ``from_day`` are read.
    """
    asked: dict[int, float] = {}
    filled: dict[int, float] = {}
    for part in measures.service_of_lines(scenario, option, measures.performed(scenario, option, tours)):
        wanted, priority = part.line.quantity * multiple, part.line.priority
        asked[priority] = asked.get(priority, 0.0) + wanted * part.days
        filled[priority] = filled.get(priority, 0.0) + float(np.minimum(part.served, wanted).sum())
    return {priority: filled[priority] / asked[priority] if asked[priority] > 0 else 1.0 for priority in sorted(asked)}


def tours_of(problem: Problem, found: Largest) -> pl.DataFrame:
    """Return the tours that hold a multiple, dealt to units."""
    return frame("tours", deal_tours(problem, found.counts))


def _held_by_count(scenario: Scenario, option: str | None, problem: Problem, demand: Demand, found: Largest) -> float:
    """Return the largest multiple, no larger than was found, that the tours hold when they are counted again day by day."""
    if found.held == 0.0:
        return 0.0
    tours = tours_of(problem, found)
    shares = dict(zip(problem.priorities, demand.shares.tolist(), strict=True))
    multiple = found.held
    for _ in range(4):
        counted = fills(scenario, option, tours, multiple)
        if all(counted.get(priority, 1.0) >= share - 1e-6 for priority, share in shares.items()):
            return multiple
        multiple *= 1.0 - 1e-3
    raise AssertionError(f"tours that were found to hold {found.held} times the requirement do not, counted again")


def binding(
    scenario: Scenario, problem: Problem, demand: Demand, found: Largest, multiple: float
) -> tuple[str | None, str | None]:
    """Return the unit type that keeps more from being held, and its name; None where nothing is short just above.

    Of the priority that falls short first, just above what is held: the types of which one more unit would close most, and of
    these the one that stands for the capability of which most is missing.
    """
    scaled = _at(problem, multiple * JUST_ABOVE)
    missing = _missing(scaled, found)
    level = _short_first(problem, demand, missing, multiple * JUST_ABOVE)
    if level is None:
        return None, None
    mine = np.flatnonzero(problem.line_level == level)
    part, _ = restrict(scaled, mine)
    arcs = {int(arc): place for place, arc in enumerate(np.flatnonzero(np.isin(scaled.arc_line, mine)).tolist())}
    counts = {(arcs[arc], start): units for (arc, start), units in found.counts.items() if arc in arcs}
    worth = worth_of_one_more(scenario, part, counts).group_by("unit_type", maintain_order=True).agg(pl.col("unit_days").sum())
    by_type: dict[str, float] = {}
    for r in mine.tolist():
        kind = reference_type(scenario, problem.lines[r].capability)
        if kind is not None:
            by_type[kind.unit_type] = by_type.get(kind.unit_type, 0.0) + float(missing[r])
    one_more = dict(worth.iter_rows())
    most = max((one_more.get(kind, 0.0) for kind in by_type), default=0.0)
    alike = [kind for kind in by_type if one_more.get(kind, 0.0) >= ALIKE * most and by_type[kind] > 0]
    chosen = max(alike, key=lambda kind: by_type[kind], default=None)
    return (None, None) if chosen is None else (chosen, scenario.unit_type_by_name[chosen].name)


def _at(problem: Problem, multiple: float) -> Problem:
    return replace(problem, line_quantity=problem.line_quantity * multiple)


def _missing(scaled: Problem, found: Largest) -> Floats:
    """Return what tours leave missing of each line. [unit-days], shape (lines,)"""
    slots = len(scaled.slot_days)
    change = np.zeros((len(scaled.lines), slots + 1))
    offer = scaled.arc_offer
    for (arc, start), units in found.counts.items():
        given, line = units * scaled.arc_effectiveness[arc], scaled.arc_line[arc]
        change[line, scaled.start_slot[start]] += given
        change[line, scaled.tempo_serve[scaled.offer_tempo[offer[arc]], start]] -= given
    slot = np.arange(slots)
    days = np.where((slot >= scaled.line_first[:, None]) & (slot < scaled.line_last[:, None]), scaled.slot_days, 0.0)
    served = np.cumsum(change[:, :-1], axis=1)
    missing: Floats = (np.clip(scaled.line_quantity[:, None] - served, 0.0, None) * days).sum(axis=1)
    return missing


def _short_first(problem: Problem, demand: Demand, missing: Floats, multiple: float) -> int | None:
    gaps = np.bincount(problem.line_level, weights=missing, minlength=len(problem.priorities))
    allowed = demand.allowed(multiple)
    over = {level: float((gaps[level] - allowed[level]) / (demand.required[level] * multiple)) for level in demand.asked}
    level = max(over, key=lambda level: over[level], default=None)
    return level if level is not None and gaps[level] > 0 else None
