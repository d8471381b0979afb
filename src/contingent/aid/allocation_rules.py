"""Allocation by rules of priority: good at any size, and where the exact search begins.

    1. By priority, the formation that asks for least first: bring each to its standard as soon as that can be done.
    2. By priority, the earliest date first: give what is left, as soon as it comes.

What is least is tried in three ways: in items, in shares of what arrives, and in the scarcest of its needs; the best of them
stands. Each step keeps all bounds, so the result can be carried out as it is.
"""

import numpy as np

from contingent.aid.allocation_kernel import Terms, by_order, trimmed
from contingent.aid.allocation_problem import AllocationProblem, Counts, Floats


def allocate_by_rules(problem: AllocationProblem, *, kept: Counts | None = None) -> Counts:
    """Return what is handed over, by pair and period. [items], shape (pairs, periods)

    Parameters
    ----------
    problem : AllocationProblem
        To be solved.
    kept : ndarray of int, optional
        What is handed over in any case: only what is free beside it is allocated. [items], shape (pairs, periods)
    """
    of_type = problem.supply.sum(axis=1)[problem.pair_type]
    arriving = np.bincount(problem.pair_need, weights=of_type, minlength=len(problem.needs))
    scarce = problem.standard / np.maximum(arriving, 1.0)
    count = len(problem.formations)
    worst = np.zeros(count)
    np.maximum.at(worst, problem.formation_of, scarce)
    orders = [
        np.bincount(problem.formation_of, weights=problem.standard, minlength=count),
        np.bincount(problem.formation_of, weights=scarce, minlength=count), worst,
    ]  # fmt: skip
    tried = [_by_order(problem, np.asarray(order, dtype=np.float64), kept) for order in orders]
    return max(tried, key=lambda given: rank_of(problem, given))  # the first of equals


def rank_of(problem: AllocationProblem, given: Counts) -> tuple[float, ...]:
    """Return what an allocation reaches, so that the better of two is the larger: goals in order, few types last."""
    *goals, types = problem.scores(given)
    return (*(round(goal, 6) for goal in goals), -types)


def cut_to(problem: AllocationProblem, given: Counts) -> Counts:
    """Return an allocation cut to what arrives in a problem: later priorities and later dates lose first. Shape (pairs, periods)

    Parameters
    ----------
    problem : AllocationProblem
        With less supply than that for which the allocation was made.
    given : ndarray of int
        [items], shape (pairs, periods)
    """
    need = problem.pair_need
    order = np.lexsort((need, problem.by_day[need], problem.priority[problem.formation_of[need]], problem.pair_type))
    first = np.searchsorted(problem.pair_type[order], np.arange(len(problem.types) + 1))
    cut: Counts = trimmed(given, order, first, problem.supply)
    return cut


def _by_order(problem: AllocationProblem, order: Floats, kept: Counts | None) -> Counts:
    """Allocate by the rules, within a priority in an order of formations."""
    needs, count = np.arange(len(problem.needs)), len(problem.formations)
    priority = problem.priority[problem.formation_of]
    needs_of = np.argsort(problem.formation_of, kind="stable")
    terms = Terms(
        problem.formation_of, problem.standard, problem.quantity,
        np.searchsorted(problem.pair_need, np.arange(len(needs) + 1)), problem.pair_type, problem.lead, problem.crew,
        problem.hours,
        problem.most_types,
    )  # fmt: skip
    nothing = np.zeros((len(problem.pair_need), problem.periods), dtype=np.int64)
    given: Counts = by_order(
        terms, problem.supply, problem.places, problem.most_hours, nothing if kept is None else kept,
        np.lexsort((np.arange(count), order, problem.priority)),
        np.searchsorted(problem.formation_of[needs_of], np.arange(count + 1)), needs_of,
        np.lexsort((needs, problem.by_day, priority)),
    )  # fmt: skip
    return given
