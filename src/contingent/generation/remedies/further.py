"""The cheapest further offers that close the gaps: a small covering problem, family after family, by MILP.

Four steps, each from those before: hand's rule (each gap in turn, by the unit type that takes fewest people for it);
the linear relaxation, which gives a bound and shows which starts are worth having; the relaxation's tours in whole units; the
MILP, on all starts where there are few, else on those alone. Most families end with the relaxation, for its rows are tight
(`contingent.generation.remedies.covering`). So there is an answer at any size, and it is said to be proven only where it is.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.generation.clock import NO_HURRY, Clock
from contingent.generation.exact import Counts
from contingent.generation.problem import Problem
from contingent.generation.remedies.answers import SMALL, Answer, by_hands_rule, is_costed, tour_costs
from contingent.generation.remedies.covering import CoveringModel
from contingent.generation.remedies.shortfall import Shortfall, shortfall_of
from contingent.model.scenario import Scenario
from contingent.plan import frame
from contingent.plan.plan import NOT_PROVEN

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_NODES = 3
"""Nodes of one family's search: a set amount of work, the same on every machine."""

MOST_SECONDS = 10.0
"""Longest time for one family: a stop of last resort, which the amounts of work above and below do not reach. [s]"""

FEW_TOURS = 300
"""Families with no more tours to choose from than this are solved on all of them, larger ones on those worth having."""

FEW_WORTH_HAVING = 150
"""Tours worth having are open to every type where that leaves no more than this, else to the type that the relaxation chose."""

MOST_TOURS = 2_000
"""Families with more tours than this to choose from are thinned out first: every second start, or third, and so on."""

DECIMALS = 6


def further_offers(
    scenario: Scenario,
    problem: Problem,
    counts: Counts,
    priorities: Sequence[int] | None = None,
    *,
    clock: Clock = NO_HURRY,
) -> pl.DataFrame:
    """Return the frame ``remedies``: the cheapest further offers that close all gaps, or those of some priorities.

    The further units keep the rotation base; they are of whatever nation a one-nation line asks for, and under no ceiling. What
    no further offer can close is left open (`beyond_remedy` names the lines).

    Parameters
    ----------
    scenario : Scenario
        With all offers in place.
    problem : Problem
        The same as arrays.
    counts : Counts
        The plan: (arc, start) to units, pins included.
    priorities : sequence of int, optional
        Whose gaps are to be closed; None = all.
    clock : Clock
        Once it has run out, what is left is answered by hand's rule.
    """
    shortfall = shortfall_of(scenario, problem, counts, priorities)
    lost = _beyond(problem, shortfall)
    if lost:
        log.info("no further offer closes the whole gap of these lines: %s", ", ".join(lost))
    rows = []
    for types, lines in families_of(shortfall):
        part = part_of(shortfall, types, lines)
        answer = by_hands_rule(part) if clock.out else cheapest(part, time_limit=min(MOST_SECONDS, clock.left(of=MOST_SECONDS)))
        rows += _rows(problem, part, answer)
    order = {kind.unit_type: index for index, kind in enumerate(shortfall.types)}
    return frame("remedies", sorted(rows, key=lambda row: order[str(row["unit_type"])]))


def beyond_remedy(
    scenario: Scenario, problem: Problem, counts: Counts, priorities: Sequence[int] | None = None
) -> tuple[str, ...]:
    """Return the lines with a gap that no further offer on default terms closes as a whole.

    No unit type of the scenario gives their capability, or default tours are shorter than the periods that they begin on.
    """
    return _beyond(problem, shortfall_of(scenario, problem, counts, priorities))


def _beyond(problem: Problem, shortfall: Shortfall) -> tuple[str, ...]:
    return tuple(problem.lines[line].line for line, lost in zip(shortfall.lines, shortfall.beyond.tolist(), strict=True) if lost)


def families_of(shortfall: Shortfall) -> tuple[tuple[Indices, Indices], ...]:
    """Return types and lines of each family: parts that no unit type ties together. Lines without a type are in none."""
    gives = shortfall.share > 0
    left = set(np.flatnonzero(gives.any(axis=0)).tolist())
    found = []
    while left:
        lines = np.array([min(left)])
        while True:
            types = np.flatnonzero(gives[:, lines].any(axis=1))
            wider = np.flatnonzero(gives[types].any(axis=0))
            if len(wider) == len(lines):
                break
            lines = wider
        left -= set(lines.tolist())
        found.append((types, lines))
    return tuple(found)


def part_of(shortfall: Shortfall, types: Indices, lines: Indices) -> Shortfall:
    """Return the shortfall of one family."""
    return Shortfall(
        lines=tuple(shortfall.lines[line] for line in lines),
        types=tuple(shortfall.types[kind] for kind in types),
        share=shortfall.share[np.ix_(types, lines)],
        slot_days=shortfall.slot_days,
        gap=shortfall.gap[lines],
        beyond=shortfall.beyond[lines],
        may_begin=shortfall.may_begin[lines],
        first=shortfall.first,
        last=shortfall.last,
        following=shortfall.following,
        tour_days=shortfall.tour_days,
    )


def cheapest(shortfall: Shortfall, *, time_limit: float = MOST_SECONDS) -> Answer:
    """Return the cheapest further units that close the gaps of one family, as far as a set amount of work finds them."""
    by_cost = all(is_costed(kind) for kind in shortfall.types)
    kept = without_lesser_types(shortfall, by_cost=by_cost)
    answer = _cheapest_of(part_of(shortfall, kept, np.arange(len(shortfall.lines))), by_cost=by_cost, time_limit=time_limit)
    units = np.zeros(len(shortfall.types), dtype=np.int64)
    begins = np.zeros((len(shortfall.types), *answer.begins.shape[1:]), dtype=np.int64)
    units[kept], begins[kept] = answer.units, answer.begins
    return Answer(units, begins, answer.proven)


def without_lesser_types(shortfall: Shortfall, *, by_cost: bool) -> Indices:
    """Return the types but those in whose place another one gives as much on every line, for no more people and no more cost."""
    columns = [[float(kind.personnel) for kind in shortfall.types]]
    if by_cost:
        columns += [[kind.daily_cost or 0.0 for kind in shortfall.types], [kind.tour_cost or 0.0 for kind in shortfall.types]]
    burden = np.concatenate([np.array(columns, dtype=np.float64), -shortfall.share.T])
    no_better = (burden[:, :, None] >= burden[:, None, :]).all(axis=0)
    # Of types that are alike, the first stays.
    lesser = no_better & (~no_better.T | np.tri(len(shortfall.types), k=-1, dtype=np.bool_))
    return np.flatnonzero(~lesser.any(axis=1))


def _cheapest_of(shortfall: Shortfall, *, by_cost: bool, time_limit: float) -> Answer:
    """The four steps of the module's head."""
    first = by_hands_rule(shortfall)
    useful = _useful_tours(shortfall)
    choice = _thinned(useful, first)
    model = CoveringModel(shortfall, choice, by_cost=by_cost)
    relaxed = model.model.solve(time_limit=time_limit, relaxed=True)
    if relaxed.columns is None:
        return first
    is_whole = bool((choice == useful).all())
    bound = model.least_above(relaxed.value) if is_whole and relaxed.status == "optimal" else -math.inf
    rounded = model.rounded_up(relaxed.columns)
    best = min(first, rounded, key=model.value_of)
    if model.value_of(best) <= bound:
        return replace(best, proven=True)
    smaller = model
    if int(choice.sum()) > FEW_TOURS:
        is_whole = False
        smaller = CoveringModel(shortfall, _worth_having(model, relaxed.columns, (first, rounded)), by_cost=by_cost)
    best = smaller.solved(best, nodes=MOST_NODES, time_limit=time_limit)
    return replace(best, proven=(best.proven and is_whole) or model.value_of(best) <= bound)


def _useful_tours(shortfall: Shortfall) -> Flags:
    """Tours that close a part of a gap. Shape (types, lines, starts)"""
    missing = np.concatenate([np.zeros((len(shortfall.lines), 1)), np.cumsum(shortfall.gap > SMALL, axis=1)], axis=1)
    useful = shortfall.may_begin & (missing[:, shortfall.last] > missing[:, shortfall.first])
    tours: Flags = (shortfall.share > 0)[:, :, None] & useful[None, :, :]
    return tours


def _thinned(useful: Flags, first: Answer) -> Flags:
    """Leave out starts evenly where there are too many tours to choose from; those of a known answer stay."""
    every = math.ceil(int(useful.sum()) / MOST_TOURS)
    if every <= 1:
        return useful
    kept: Flags = useful & (np.arange(useful.shape[2]) % every == 0)[None, None, :]
    return kept | (first.begins > 0)


def _worth_having(model: CoveringModel, columns: Floats, known: Sequence[Answer]) -> Flags:
    """Tours that begin, on the same line, when the relaxation or a known answer begins one. Shape (types, lines, starts)"""
    shortfall = model.shortfall
    chosen: Flags = np.any([answer.begins > 0 for answer in known], axis=0)
    used = columns[model.begins] > SMALL
    chosen[model.kind[used], model.line[used], model.start[used]] = True
    wide: Flags = np.broadcast_to(chosen.any(axis=0), chosen.shape) & (shortfall.share > 0)[:, :, None]
    return wide if int(wide.sum()) <= FEW_WORTH_HAVING else chosen


def _rows(problem: Problem, shortfall: Shortfall, answer: Answer) -> list[dict[str, object]]:
    """Rows of the frame ``remedies`` for one family."""
    served = np.zeros((len(shortfall.types), len(shortfall.lines), len(shortfall.slot_days)))
    for kind, line, s in np.argwhere(answer.begins > 0).tolist():
        served[kind, line, shortfall.first[s] : shortfall.last[s]] += answer.begins[kind, line, s] * shortfall.share[kind, line]
    together = served.sum(axis=0)
    part = np.divide(shortfall.gap, together, out=np.zeros_like(together), where=together > SMALL).clip(max=1.0)
    closed = (served * part * shortfall.slot_days).sum(axis=2)
    costs = tour_costs(shortfall)
    rows: list[dict[str, object]] = []
    for index, row in enumerate(shortfall.types):
        units = int(answer.units[index])
        if units == 0:
            continue
        lines = [problem.lines[shortfall.lines[line]].line for line in np.flatnonzero(closed[index] > SMALL).tolist()]
        rows.append(
            {
                "unit_type": row.unit_type,
                "name": row.name,
                "units": units,
                "people": units * row.personnel,
                "closes": ";".join(lines if answer.proven else [*lines, NOT_PROVEN]),
                "unit_days": round(float(closed[index].sum()), DECIMALS),
                "cost": round(float((answer.begins[index].sum(axis=0) * costs[index]).sum()), DECIMALS)
                if is_costed(row)
                else None,
            }
        )
    return rows
