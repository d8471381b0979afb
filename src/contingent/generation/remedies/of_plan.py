"""What would close the gaps of a plan that is there already: its tours are counted again, and nothing is planned anew."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from contingent.errors import BadPlan
from contingent.findings import Finding
from contingent.generation.clock import Clock
from contingent.generation.exact import Counts
from contingent.generation.problem import Problem, build_problem
from contingent.generation.remedies.further import further_offers
from contingent.generation.remedies.worth import worth_of_one_more
from contingent.model.scenario import Scenario
from contingent.plan import Plan

Frames = tuple[pl.DataFrame, pl.DataFrame]


def remedies_of_plan(
    scenario: Scenario, plan: Plan, priorities: Sequence[int] | None = None, *, time_limit: float | None = None
) -> Frames:
    """Return the frames ``remedies`` and ``worth`` for the gaps of a plan, of all priorities or of some.

    Parameters
    ----------
    scenario : Scenario
        What was planned, with all offers in place.
    priorities : sequence of int, optional
        Whose gaps count; None = all.
    time_limit : float, optional
        Once it is over, what is left is answered by hand's rule; None = a set amount of work. [s]

    Raises
    ------
    BadPlan
        If the plan has tours that the scenario does not allow.
    """
    clock = Clock(time_limit)
    problem = build_problem(scenario, plan.option)
    counts = counts_of(problem, plan.tours)
    further = further_offers(scenario, problem, counts, priorities, clock=clock)
    return further, worth_of_one_more(scenario, problem, counts, priorities)


def counts_of(problem: Problem, tours: pl.DataFrame) -> Counts:
    """Return the counts of a plan's tours: (arc, start) to units."""
    offers = problem.arc_offer.tolist()
    arcs = {
        (problem.offers[k].offer, problem.lines[r].line): arc
        for arc, (k, r) in enumerate(zip(offers, problem.arc_line.tolist(), strict=True))
    }
    counts: Counts = {}
    unknown = []
    for offer, line, day in tours.select("offer", "line", "from_day").iter_rows():
        arc = arcs.get((offer, line))
        start = int(np.searchsorted(problem.start_day[:-1], day))
        on_a_start = start < len(problem.start_day) - 1 and int(problem.start_day[start]) == day
        if arc is None or not on_a_start or not problem.allowed(arc, start):
            unknown.append(
                Finding(
                    "tours.csv",
                    f"the scenario allows no tour of offer '{offer}' on line '{line}' that begins on day {day}.",
                    maybe="name the scenario that was planned, or plan it anew",
                )
            )
        else:
            counts[arc, start] = counts.get((arc, start), 0) + 1
    if unknown:
        raise BadPlan("the plan", unknown)
    return dict(sorted(counts.items()))
