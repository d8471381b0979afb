"""The goals that tie all families together: balance of burden, continuity, cost.

Each is settled with unfilled unit-days, and the goals before it, locked. Small problems are proved by MILP. Larger ones are
searched, and bounded by what can be said without the matrix.
"""

import logging
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from contingent.generation import matrix
from contingent.generation.clock import Clock
from contingent.generation.earlier import begin_earlier
from contingent.generation.exact import Counts, ExactModel, build_exact
from contingent.generation.fill import MOST_NODES, PROOF_SECONDS
from contingent.generation.locked_bounds import burden_bound, cost_bound, least_cost, least_mean_burden, takeovers_bound
from contingent.generation.problem import Floats, Problem
from contingent.generation.search import LEVEL_RATIO, Charges, Search
from contingent.generation.status import status_of
from contingent.plan import Goal, PlanOptions

log = logging.getLogger(__name__)

MOST_COLUMNS_BY_AUTO = 1_500
"""Problems with more starts than this are searched for the later goals unless a proof is asked for."""

METHODS = {
    "burden": "large-neighbourhood search, Lagrangian bound, leanest units",
    "continuity": "large-neighbourhood search, posts taken at least once",
    "cost": "large-neighbourhood search, Lagrangian bound, cheapest units",
}

UNITS = {"burden": "of fair share", "continuity": "takeovers", "cost": "currency"}


def settle_later_goals(
    problem: Problem,
    counts: Counts,
    goals: tuple[Goal, ...],
    clock: Clock,
    options: PlanOptions,
) -> tuple[Counts, tuple[Goal, ...]]:
    """Settle burden, continuity and cost; return the plan and all goals in their order."""
    search = Search(problem, options.seed)
    search.load(counts)
    search.prune()
    log.info("later goals begin after %.1f s", clock.seconds)
    columns = matrix.columns_of(problem, np.arange(len(problem.arc_line)))
    if columns == 0:
        done = tuple(Goal(name, 0.0, 0.0, "optimal", "nothing to choose", 0.0, unit) for name, unit in UNITS.items())
        return search.starts(), goals + done
    if options.method == "exact" or (options.method == "auto" and columns <= MOST_COLUMNS_BY_AUTO):
        settled = _by_matrix(problem, search, goals, clock, options)
    else:
        settled = _by_search(problem, search, goals, clock, options)
    log.info("later goals settled after %.1f s", clock.seconds)
    begin_earlier(search, clock)
    search.prune()
    log.info("tours begin as early as they can after %.1f s", clock.seconds)
    return search.starts(), tuple(_as_reached(goal, value, options) for goal, value in zip(settled, search.goals(), strict=True))


def _as_reached(goal: Goal, value: float, options: PlanOptions) -> Goal:
    """Return a goal with the value that the finished plan has: work on a later goal may have bettered an earlier one.

    A bound holds for every plan that keeps the goals before it at their values, and so also where those became better.
    """
    value = max(0.0, float(value))
    bound = min(goal.bound, value)
    return replace(goal, value=value, bound=bound, status=status_of(value, bound, options))


def _by_matrix(problem: Problem, search: Search, goals: tuple[Goal, ...], clock: Clock, options: PlanOptions) -> tuple[Goal, ...]:
    """Prove each goal by MILP, the earlier ones locked."""
    exact = build_exact(problem, all_goals=True)
    for level, goal in enumerate(goals):
        matrix.lock(exact.model, goal.name, exact.unfilled(level), goal.value)
    if exact.burden is None or exact.takes is None:
        raise AssertionError("the matrix was asked for with all goals")
    objectives = {
        "burden": exact.sum_of(exact.burden),
        "continuity": exact.sum_of(exact.takes),
        "cost": matrix.cost(problem, exact.starts, exact.model.columns_count),
    }
    settled = list(goals)
    for position, (name, objective) in enumerate(objectives.items(), start=search.levels):
        settled.append(_prove(exact, search, name, objective, position, clock, options))
        if objective.any() and name != "cost":
            matrix.lock(exact.model, name, objective, settled[-1].value)
    return tuple(settled)


def _prove(
    exact: ExactModel, search: Search, name: str, objective: Floats, position: int, clock: Clock, options: PlanOptions
) -> Goal:
    """Prove one goal; the plan at hand is replaced only by one that is not worse."""
    began = clock.seconds
    if not objective.any():
        return Goal(name, 0.0, 0.0, "optimal", "nothing to choose", 0.0, UNITS[name])
    before, kept = search.goals(), search.snapshot()
    solution, counts = exact.solve(
        objective,
        counts=search.starts(),
        time_limit=clock.left(of=PROOF_SECONDS),
        gap=options.gap,
        nodes=MOST_NODES if math.isinf(clock.limit) and options.method != "exact" else None,
    )
    if counts is not None:
        search.load(counts)
        earlier_kept = bool(
            (search.goals()[:position] <= before[:position] + 1e-5 * np.maximum(1.0, np.abs(before[:position]))).all()
        )
        if not earlier_kept or search.goals()[position] > before[position] + 1e-9:
            search.restore(kept)
    value = float(search.goals()[position])
    bound = min(value, max(0.0, solution.bound)) if math.isfinite(solution.bound) else 0.0
    if name == "continuity":
        bound = min(value, math.ceil(bound - 1e-5))
    return _goal(name, value, bound, "MILP (HiGHS)", clock.seconds - began, options)


def _goal(name: str, value: float, bound: float, method: str, seconds: float, options: PlanOptions) -> Goal:
    return Goal(name, value, bound, status_of(value, bound, options), method, seconds, UNITS[name])


def _by_search(problem: Problem, search: Search, goals: tuple[Goal, ...], clock: Clock, options: PlanOptions) -> tuple[Goal, ...]:
    """Search each goal, the earlier ones locked; bound them beside the search, without the matrix."""
    locked, first = [goal.value for goal in goals], search.goals()
    costed = bool(problem.offer_daily_cost.any() or problem.offer_tour_cost.any())
    rest = clock.part(1.0)
    with ThreadPoolExecutor(1) as pool:
        bounds = pool.submit(_bounds, problem, locked, first[search.levels :], costed=costed, clock=rest)
        settled = list(goals)
        for position, (name, share) in enumerate((("burden", 0.5), ("continuity", 0.8), ("cost", 1.0)), start=search.levels):
            began = clock.seconds
            if name == "cost" and not costed:
                settled.append(Goal(name, 0.0, 0.0, "optimal", "nothing to choose", 0.0, UNITS[name]))
                continue
            _search_goal(problem, search, name, position, rest.until(share))
            settled.append(_goal(name, float(search.goals()[position]), 0.0, METHODS[name], clock.seconds - began, options))
    return tuple(replace(goal, bound=bounds.result().get(goal.name, goal.bound)) for goal in settled)


def _bounds(problem: Problem, locked: Sequence[float], values: Floats, *, costed: bool, clock: Clock) -> dict[str, float]:
    """Bound burden, continuity and cost, given what the plan at hand has of each."""
    burden, _, cost = values.tolist()
    least, cheapest = min(burden, least_mean_burden(problem, locked)), min(cost, least_cost(problem, locked))
    found = {"burden": max(least, burden_bound(problem, locked, burden, clock=clock.part(0.5 if costed else 1.0)))}
    found["continuity"] = takeovers_bound(problem, locked)
    return found | ({"cost": max(cheapest, cost_bound(problem, locked, cost, clock=clock))} if costed else {})


def _search_goal(problem: Problem, search: Search, name: str, position: int, clock: Clock) -> None:
    """Rounds of search on one goal, until a round changes little, or the clock has run out."""
    levels = search.levels
    moves = 1_000 + 5 * search.units
    rounds = 5 if math.isinf(clock.limit) else 1_000_000
    cap = float(search.goals()[levels])
    idle = 0
    for _ in range(rounds):
        before = search.goals()
        left = moves
        while left > 0 and not clock.out:
            chunk = min(left, 1_000)
            if name == "burden":
                search.improve(_charges(problem, search, name), moves=chunk, goals=levels + 1, burden_cap=-1.0, aim="burden")
            else:
                search.improve(_charges(problem, search, name), moves=chunk, goals=position + 1, burden_cap=cap, aim="lines")
            left -= chunk
        gained = before[position] - search.goals()[position]
        idle = idle + 1 if gained <= 1e-3 * abs(before[position]) else 0
        if clock.out or idle >= 2:
            break


def _charges(problem: Problem, search: Search, name: str) -> Charges:
    """Charges that lead to a goal without outweighing a unit-day of gap on the last priority."""
    levels = search.levels
    weights = LEVEL_RATIO ** np.minimum(2.0, np.arange(levels - 1, -1, -1.0))
    nation = np.zeros(len(problem.nations))
    people = float(np.median(problem.offer_people)) or 1.0
    if name == "burden":
        fair = np.where(problem.fair > 0, problem.fair, np.inf)
        ratio = search.state.person_days / fair
        nation = 0.3 / people * (ratio / max(1e-300, float(ratio.max()))) ** 2
    daily = float(np.median(problem.offer_daily_cost)) or 1.0
    return Charges(weights, nation, 0.5 if name == "continuity" else 0.0, 0.05 / daily if name == "cost" else 0.0)
