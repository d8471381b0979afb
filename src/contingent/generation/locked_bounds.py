"""Bounds on the later goals that hold for every plan which keeps unfilled unit-days at their values.

The same prices as in `contingent.generation.bounds`, with a charge on each offer's tours: what a tour adds to the burden of its
nation, or what it costs. A missing unit-day costs so much that it does not pay to miss more than is locked; the bound holds
whatever that cost is, and is best where it is neither too low nor too high, so a few are tried.
"""

from collections.abc import Sequence

import numpy as np

from contingent.generation.bounds import MOST_PRICES, Bound, Floats, OnLoads, prices_of
from contingent.generation.clock import Clock
from contingent.generation.problem import Problem

TRIED_COSTS = (1.5, 4.0, 12.0)
"""Costs of a missing unit-day that are tried, in multiples of what a unit-day is charged on average. [-]"""

PASSES = 60
"""Passes over the offers for each of them."""


def burden_bound(problem: Problem, locked: Sequence[float], value: float, *, clock: Clock) -> float:
    """Return the burden below which no plan with the locked fill can be. [-]

    The largest ratio is at least any weighted mean of the ratios: the weights start where the plan's loads are largest
    and move to the nations that still carry most at the prices of the moment.
    """
    if prices_of(problem) > MOST_PRICES or problem.reference <= 0 or not (problem.fair > 0).any() or value <= 0:
        return 0.0
    fair = np.where(problem.fair > 0, problem.fair * problem.reference, np.inf)
    offering = np.isin(np.arange(len(fair)), problem.offer_nation[problem.arc_offer]) & np.isfinite(fair)
    if not offering.any():
        return 0.0
    people = problem.offer_people.astype(np.float64)
    scale = float(fair[offering].sum()) / max(1.0, float(np.median(people)))
    best = 0.0
    for position, dearer in enumerate(TRIED_COSTS):
        weight = np.where(offering, fair, 0.0)
        weight /= weight[offering].sum()

        def charges(weight: Floats) -> Floats:
            daily = scale * people * (weight / fair)[problem.offer_nation]
            return np.stack([np.zeros_like(daily), daily], axis=1)

        def shift(loads: Floats, weight: Floats = weight) -> Floats:
            ratio = loads / fair
            lean = (ratio - float((weight * ratio).sum())) / max(1e-12, float(ratio.max()))
            weight *= np.exp(0.05 * lean)
            weight /= weight.sum()
            return charges(weight)

        cost = dearer * float(charges(weight)[:, 1].mean())
        part = clock.part(1.0 / (len(TRIED_COSTS) - position))
        found = _climb(problem, locked, cost=cost, charges=charges(weight), target=value * scale, clock=part, shift=shift)
        best = max(best, found / scale)
    return min(value, best)


def cost_bound(problem: Problem, locked: Sequence[float], value: float, *, clock: Clock) -> float:
    """Return the cost below which no plan with the locked fill can be. [currency]"""
    daily = problem.offer_daily_cost.copy()
    if prices_of(problem) > MOST_PRICES or value <= 0 or not (daily.any() or problem.offer_tour_cost.any()):
        return 0.0
    days = np.array([term.tour_days for term in problem.terms], dtype=np.float64)
    scale = 1.0 / max(1e-12, float((daily + problem.offer_tour_cost / days).mean()))
    charges = scale * np.stack([problem.offer_tour_cost, daily], axis=1)
    found = [
        _climb(
            problem,
            locked,
            cost=dearer,
            charges=charges,
            target=value * scale,
            clock=clock.part(1.0 / (len(TRIED_COSTS) - position)),
        )
        for position, dearer in enumerate(TRIED_COSTS)
    ]
    return min(value, max(0.0, *found) / scale)


def least_mean_burden(problem: Problem, locked: Sequence[float]) -> float:
    """Return the burden that the nations carry on average at least, if the locked fill is done by the leanest units. [-]

    A unit of `people` and effectiveness e is on tour for at least one day for each e of a unit-day that it fills; and the
    largest ratio of load to fair share is no less than all loads to all fair shares.
    """
    nation = problem.offer_nation[problem.arc_offer]
    fair = float(problem.fair[np.unique(nation)].sum()) * problem.reference
    if fair <= 0:
        return 0.0
    people = np.where(problem.fair[nation] > 0, problem.offer_people[problem.arc_offer], 0)
    return least_for_the_fill(problem, locked, people / problem.arc_effectiveness) / fair


def least_cost(problem: Problem, locked: Sequence[float]) -> float:
    """Return what the locked fill costs at least, if it is done by the cheapest units without idle days. [currency]"""
    serving = np.array([max(1, term.serving_days) for term in problem.terms], dtype=np.float64)
    daily = (problem.offer_daily_cost + problem.offer_tour_cost / serving)[problem.arc_offer]
    return least_for_the_fill(problem, locked, daily / problem.arc_effectiveness)


def least_for_the_fill(problem: Problem, locked: Sequence[float], rate: Floats) -> float:
    """Return the least that unit-days come to, with no more of them unfilled than is locked.

    What may stay unfilled is spent on the lines whose unit-days are dearest.

    Parameters
    ----------
    locked : sequence of float
        Unfilled unit-days by priority. [unit-days]
    rate : ndarray of float
        The least that a filled unit-day takes, by arc. Shape (arcs,)
    """
    lines = len(problem.lines)
    least = np.full(lines, np.inf)
    np.minimum.at(least, problem.arc_line, rate)
    asked = (problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]) * problem.line_quantity
    total = 0.0
    for level, unfilled in enumerate(locked):
        spare = unfilled + 1e-6
        mine = np.flatnonzero(problem.line_level == level)
        for r in mine[np.argsort(-least[mine], kind="stable")].tolist():  # lines that nobody can serve come first
            left_out = min(float(asked[r]), spare)
            spare -= left_out
            if np.isfinite(least[r]):
                total += float(least[r]) * (float(asked[r]) - left_out)
    return total


def _climb(
    problem: Problem,
    locked: Sequence[float],
    *,
    cost: float,
    charges: Floats,
    target: float,
    clock: Clock,
    shift: OnLoads | None = None,
) -> float:
    """Raise prices for one cost of a missing unit-day; return the bound in the scale of the charges."""
    bound = Bound(problem)
    weights = np.full(len(problem.lines), cost)
    prices = bound.start(weights)
    less = cost * sum(locked)
    return bound.climb(prices, weights, target=target, passes=PASSES, clock=clock, charges=charges, less=less, on_loads=shift)


def takeovers_bound(problem: Problem, locked: Sequence[float]) -> float:
    """Return the takeovers without which the locked fill cannot be had.

    A line on which never more than m units serve has at least (quantity - m) times its window of gap, and at least m
    takeovers; the gap that is locked is spent on the shortest windows.
    """
    days = (problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]).astype(np.float64)
    total = 0.0
    for level, unfilled in enumerate(locked):
        mine = np.flatnonzero((problem.line_level == level) & (days > 0))
        spare = unfilled + 1e-6
        posts = float(problem.line_quantity[mine].sum())
        for r in mine[np.argsort(days[mine], kind="stable")]:
            left_out = min(float(problem.line_quantity[r]), spare // days[r])
            spare -= left_out * days[r]
            posts -= left_out
        total += posts
    return float(total)
