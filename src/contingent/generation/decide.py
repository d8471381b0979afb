"""Decide who begins a tour where and when: goal after goal, each locked before the next.

Unfilled unit-days fall apart by families, so they are settled family by family, priority after priority. The balance of burden,
continuity and cost tie all families together and are settled on the whole: by MILP where the matrix is small, by the same
search with charges where it is not.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np

from contingent.generation.bounds import MOST_PRICES, prices_of
from contingent.generation.clock import Clock
from contingent.generation.exact import Counts
from contingent.generation.families import Indices, families, nations_over_their_ceiling, restrict
from contingent.generation.fill import MOST_PASSES, PASSES_WHEN_TIED, Family, Inherited, bound_of_all
from contingent.generation.later_goals import settle_later_goals
from contingent.generation.problem import Problem
from contingent.generation.status import status_of
from contingent.generation.watched import Standing, Watched
from contingent.plan import Goal, PlanOptions

log = logging.getLogger(__name__)

FILL_SHARE = 0.9
"""Share of a time limit that unfilled unit-days may use; the later goals have the rest. [-]"""

FIRST_SHARE = 0.3
"""Share of that which families may use before ceilings tie them together. [-]"""

FIRST_BOUNDS_SHARE = 0.6
"""Share of the same, by the end of which no more families are given a first bound: short of it, every family has one. [-]"""

THREADS = 2
"""Families, or search and bound of one, that are worked on at a time: the compiled kernels and HiGHS run beside one another."""


@dataclass(frozen=True)
class Decision:
    """Counts of tours, (arc, start) to units, and the goals that they reach."""

    counts: Counts
    goals: tuple[Goal, ...]


@dataclass(frozen=True)
class Part:
    """A family at work: its lines and arcs in the whole problem."""

    lines: Indices
    arcs: Indices
    worker: Family

    def counts(self) -> Counts:
        """The family's plan as counts of the whole problem."""
        return {(int(self.arcs[arc]), start): units for (arc, start), units in self.worker.search.starts().items()}


def decide(problem: Problem, options: PlanOptions, clock: Clock | None = None, watched: Watched | None = None) -> Decision:
    """Decide all goals in their order, until a clock has run out: that of the options where none is given.

    Where it is watched, the watcher's clock counts, and hears where it stands.
    """
    watched = Watched(problem, None, Clock(options.time_limit) if clock is None else clock) if watched is None else watched
    clock = watched.clock
    fill = clock.until(FILL_SHARE)
    tied_by: frozenset[int] = frozenset()
    is_free = not np.isfinite(problem.ceiling).any()
    parts = _parts(problem, tied_by, (), options)
    watched.at("posts", _standing_of(problem, parts, keeps_ceilings=is_free))
    log.info("%d families with a first plan after %.1f s", len(parts), clock.seconds)
    if options.time_limit is not None:
        _first_bounds(parts, clock.until(FIRST_BOUNDS_SHARE * FILL_SHARE))
        log.info("and with a first bound after %.1f s", clock.seconds)
    _settle(parts, clock.until(FIRST_SHARE * FILL_SHARE), options)
    log.info("settled apart after %.1f s", clock.seconds)
    while over := nations_over_their_ceiling(problem, _merged(parts)):
        tied_by |= over
        parts = _parts(problem, tied_by, parts, options)
        watched.at("posts", _standing_of(problem, parts, keeps_ceilings=is_free))
        log.info("%d nations' ceilings tie families together, after %.1f s", len(tied_by), clock.seconds)
        _settle_tied([part.worker for part in parts if part.worker.tied], fill, options)
    goals = tuple(_fill_goal(problem, level, parts, options) for level in range(len(problem.priorities)))
    counts = _merged(parts)
    values, bounds = [goal.value for goal in goals], [goal.bound for goal in goals]
    watched.at("later goals", lambda: Standing(values, bounds, keeps_ceilings=True))
    parts = ()  # their arrays are no longer needed, and the later goals need as many
    log.info("unfilled unit-days settled in %.1f s", clock.seconds)
    return Decision(*settle_later_goals(problem, counts, goals, clock, options))


def _parts(problem: Problem, tied_by: frozenset[int], earlier: tuple[Part, ...], options: PlanOptions) -> tuple[Part, ...]:
    """Return the families at work; those that did not change go on, the others begin with a first plan."""
    keeps_prices = prices_of(problem) <= MOST_PRICES
    known = {part.lines.tobytes(): part for part in earlier}
    parts = []
    for lines in families(problem, tied_by):
        part = known.get(lines.tobytes())
        if part is None:
            restricted, arcs = restrict(problem, lines)
            part = Part(lines, arcs, Family(restricted, seed=options.seed, method=options.method, keeps_prices=keeps_prices))
            inside = [
                Inherited(other.worker, np.searchsorted(lines, other.lines), np.searchsorted(arcs, other.arcs))
                for other in earlier
                if np.isin(other.lines, lines).all()
            ]
            part.worker.inherit(inside, options.gap) if inside else part.worker.first_plan()
        parts.append(part)
    return tuple(parts)


def _first_bounds(parts: tuple[Part, ...], clock: Clock) -> None:
    """Give every family a first bound before any has its long search: the last priority first, whose bounds hold for all."""
    workers = sorted((part.worker for part in parts if not part.worker.by_matrix), key=lambda worker: -worker.columns)
    with ThreadPoolExecutor(THREADS) as pool:
        for level in reversed(range(max((len(worker.levels) for worker in workers), default=0))):
            list(pool.map(lambda worker, level=level: None if clock.out else worker.first_bound(level), workers))


def _merged(parts: tuple[Part, ...]) -> Counts:
    """The plans of all families together."""
    counts: Counts = {}
    for part in parts:
        counts |= part.counts()
    return dict(sorted(counts.items()))


def _settle(parts: tuple[Part, ...], clock: Clock, options: PlanOptions) -> None:
    """Settle families side by side, the largest first; each has the time of its share of the columns that are left."""
    waiting = sorted((part.worker for part in parts), key=lambda worker: -worker.columns)
    left = sum(worker.columns for worker in waiting)
    lock = Lock()

    def settle(worker: Family) -> None:
        nonlocal left
        with lock:
            share = min(1.0, THREADS * worker.columns / max(1, left))
            left -= worker.columns
        worker.settle(clock.part(share), gap=options.gap)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(settle, waiting))


def _settle_tied(workers: list[Family], clock: Clock, options: PlanOptions) -> None:
    """Settle families that ceilings tie together: search and bounds side by side."""
    passes = PASSES_WHEN_TIED if options.time_limit is None else MOST_PASSES
    for position, worker in enumerate(workers):
        part = clock.part(1.0 / (len(workers) - position))
        if worker.by_matrix:
            worker.settle(part, gap=options.gap)
        else:
            # What the bounds begin with is read before the search goes on: the same input gives the same bytes.
            standing = worker.standing(options.gap)
            with ThreadPoolExecutor(1) as pool:
                bounds = pool.submit(worker.bounds_from, standing, part, passes=passes)
                worker.improve(part, gap=options.gap)
            worker.take_bounds(bounds.result())


def _standing_of(problem: Problem, parts: tuple[Part, ...], *, keeps_ceilings: bool) -> Callable[[], Standing]:
    """Return what adds up where all families stand. It reads only what they have noted: they may be at work."""

    def standing() -> Standing:
        sums = [_sum_of_level(problem, level, parts) for level in range(len(problem.priorities))]
        return Standing([value for value, _ in sums], [bound for _, bound in sums], keeps_ceilings)

    return standing


def _sum_of_level(problem: Problem, level: int, parts: tuple[Part, ...]) -> tuple[float, float]:
    """Return value and bound of a priority over families and over lines that nobody can serve."""
    days = problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]
    lost = problem.line_level == level
    for part in parts:
        lost[part.lines] = False
    nobody = float((days * problem.line_quantity)[lost].sum())
    workers = [part.worker for part in parts]
    return nobody + sum(worker.levels[level].value for worker in workers), nobody + bound_of_all(workers, level)


def _fill_goal(problem: Problem, level: int, parts: tuple[Part, ...], options: PlanOptions) -> Goal:
    """Add up a priority over families and over lines that nobody can serve."""
    results = [part.worker.levels[level] for part in parts]
    value, bound = _sum_of_level(problem, level, parts)
    methods = list(dict.fromkeys(method for result in results for method in result.methods)) or ["nothing to choose"]
    return Goal(
        name=f"unfilled_priority_{problem.priorities[level]}",
        value=value,
        bound=min(bound, value),
        status=status_of(value, bound, options),
        method=", ".join(methods),
        seconds=sum(result.seconds for result in results),
        unit="unit-days",
    )
