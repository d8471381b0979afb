"""Prices for a first bound: a transport of unit-days from offers to lines, in which it hardly matters when.

    serves[a, b]    unit-days that offer k(a) serves line r(a) in stretch b of the horizon     [unit-days]
    missing[r, b]   unit-days that line r misses there                                         [unit-days]

    coverage        sum over a of effectiveness[a] * serves[a, b]  +  missing[r, b]  >=  asked[r, b]
    sustained       sum over a of k of serves[a, b]  <=  what units of k sustain in b when they rotate without a pause
    least           sum over r, b of weight[r] * missing[r, b]

It has a few thousand columns where the relaxation with tours has a million, and says well which lines are dear and which have
units to spare. Prices bound whatever they are; the bound itself is then found at these prices by the dynamic programme.
"""

import numpy as np

from contingent.generation.matrix import Floats
from contingent.generation.problem import Problem
from contingent.solver.linear_model import LinearModel

STRETCHES = 1
"""Stretches of the horizon: prices differ between them, not within. More of them gave bounds that were no better. [-]"""


def transport_prices(problem: Problem, weights: Floats) -> Floats:
    """Return what a unit-day of each line is worth where offers rotate without a pause. Shape (lines, slots)

    Parameters
    ----------
    weights : ndarray of float
        Cost of a missing unit-day of each line. Shape (lines,)
    """
    cuts = np.linspace(0.0, problem.horizon_days, STRETCHES + 1)
    lines, offers = len(problem.lines), len(problem.offers)
    day = problem.slot_day.astype(np.float64)
    asked = _days_in(day[problem.line_first], day[problem.line_last], cuts) * problem.line_quantity[:, None]
    ready = np.array([term.ready_day for term in problem.terms], dtype=np.float64)
    until = np.array([min(term.until_day, problem.horizon_days) for term in problem.terms], dtype=np.float64)
    rate = np.array([term.serving_days / max(1, term.cycle_days) for term in problem.terms])
    sustained = _days_in(ready, until, cuts) * (rate * problem.offer_quantity)[:, None]
    arc, stretch = np.nonzero((asked > 0)[problem.arc_line] & (sustained > 0)[problem.arc_offer])
    model = LinearModel()
    serves = model.add_columns("serves", len(arc))
    missing = model.add_columns("missing", lines * STRETCHES, cost=np.repeat(weights, STRETCHES))
    covered = model.add_rows("coverage", lines * STRETCHES, lower=asked.ravel())
    limits = model.add_rows("sustained", offers * STRETCHES, upper=sustained.ravel())
    model.add_terms(covered[problem.arc_line[arc] * STRETCHES + stretch], serves, problem.arc_effectiveness[arc])
    model.add_terms(covered, missing, 1.0)
    model.add_terms(limits[problem.arc_offer[arc] * STRETCHES + stretch], serves, 1.0)
    duals = model.solve(relaxed=True).duals
    if duals is None:
        return np.zeros((lines, len(problem.slot_days)))
    middle = (problem.slot_day[:-1] + problem.slot_day[1:]) / 2.0
    of_slot = np.searchsorted(cuts, middle, side="right") - 1
    prices: Floats = np.maximum(0.0, duals[covered]).reshape(lines, STRETCHES)[:, of_slot]
    return prices


def _days_in(first: Floats, last: Floats, cuts: Floats) -> Floats:
    """Return the days of each interval that lie in each stretch. [days], shape (intervals, stretches)"""
    days: Floats = np.clip(np.minimum(last[:, None], cuts[None, 1:]) - np.maximum(first[:, None], cuts[None, :-1]), 0.0, None)
    return days
