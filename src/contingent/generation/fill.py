"""Unfilled unit-days of one family: by search, by bound, and by proof where the matrix is small; priority after priority."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from contingent.generation.clock import Clock
from contingent.generation.exact import Counts, ExactModel, build_exact
from contingent.generation.families import Indices, within_ceilings
from contingent.generation.fill_bounds import EARLIER_PRICES, FillBound
from contingent.generation.matrix import columns_of, lock
from contingent.generation.problem import Floats, Problem
from contingent.generation.search import LEVEL_RATIO, Charges, Search

SMALL = 1e-6
"""Unit-days below this are rounding. [unit-days]"""

MOST_COLUMNS_BY_AUTO = 800
"""Families with more columns than this are not given to the MILP solver unless a proof is asked for."""

MOST_NODES = 200
"""Most nodes of branch and bound where no time limit is set: unlike seconds, the same on every machine."""

PROOF_SECONDS = 60.0
"""Longest time for one proof by MILP where no time limit is set: a net that is hardly ever reached. [s]"""

MOVES_A_UNIT = 60
"""Moves of the search for each unit and priority, where no time limit is set."""

MOVES_A_UNIT_WHEN_TIED = 20
"""The same for families that ceilings have tied together: they begin with the plans of their parts."""

LEAST_MOVES = 4_000
"""Moves of the search on a priority, at least."""

LARGEST_BOUNDED_FIRST = 4_000
"""Families with no more columns in their relaxation than this have all priorities bounded before the search, which need not go
on where a priority is proven: the relaxation takes less time than the search does."""

PASSES = 60
"""Passes of a bound where no time limit is set."""

PASSES_WHEN_TIED = 60
"""The same for families that ceilings have tied together: they begin with the prices of their parts."""

MOST_PASSES = 20_000
"""The same under a time limit, which comes first."""

# The annealing's tuning, chosen by measurement on generated scenarios (benchmarks/): none of it touches validity.
HEAT_OF_A_NEW_PLAN = 0.6
HEAT_OF_A_GOOD_PLAN = 0.12
COLD = 0.002
"""Share of a tour's length of gap by which a move may make a plan worse, at the first move of a priority and at the last. [-]"""
MOVES_TO_COOL = 150
"""Moves for each unit that it takes to cool from there; with fewer the first heat is less in proportion."""
EARLIER_WEIGHT = 100.0
LATER_WEIGHT = 1.0 / 30.0
"""What a unit-day of the priority before the one at hand weighs while it anneals, and of the one after. [-]"""
SHARE_OF_POLISH = 0.3
"""Share of the moves after which only what is better in the strict order is kept. [-]"""
MOVES_AT_ONCE = 1_000
"""Moves between two looks at the clock."""


@dataclass
class LevelResult:
    """Where a priority of a family stands: value, bound, how they were found, and the seconds it took."""

    value: float
    bound: float = 0.0
    methods: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def reached(self, gap: float) -> bool:
        """Whether no plan can be better by more than a share of the value."""
        return self.value <= self.bound + max(SMALL, gap * abs(self.value))


@dataclass(frozen=True)
class Standing:
    """Where a family's plan stands when work on its bounds begins.

    Parameters
    ----------
    values, bounds : ndarray of float
        Unfilled unit-days and their bounds. Shape (levels,)
    served : ndarray of float
        What serves each line on each slot. [units], shape (lines, slots)
    waiting : tuple of int
        Priorities whose bound is to be raised.
    reached : tuple of bool
        Whether each priority is proven.
    """

    values: Floats
    bounds: Floats
    served: Floats
    waiting: tuple[int, ...]
    reached: tuple[bool, ...]


class RaisedBound(NamedTuple):
    """A priority whose bound was raised, and the seconds that it took."""

    level: int
    seconds: float


class Proof(NamedTuple):
    """A bound on a priority's unfilled unit-days under locks on the earlier ones."""

    level: int
    locks: Floats
    bound: float


class Family:
    """One family's plan while it is made. Lives inside one call of generation.

    Parameters
    ----------
    problem : Problem
        The family alone.
    seed : int
        Seed of every random choice.
    method : {"auto", "exact", "search"}
        See `contingent.plan.PlanOptions`.
    keeps_prices : bool
        See `FillBound`.
    """

    def __init__(self, problem: Problem, *, seed: int, method: str, keeps_prices: bool = True) -> None:
        self.problem = problem
        self.search = Search(problem, seed, takeovers=False)
        self.columns = columns_of(problem, np.arange(len(problem.arc_line)))
        self.by_matrix = method == "exact" or (method == "auto" and self.columns <= MOST_COLUMNS_BY_AUTO)
        self.levels = [LevelResult(value) for value in self.search.goals()[: self.search.levels]]
        self.bounds = FillBound(problem, keeps_prices=keeps_prices)
        self.tied = False
        self._proofs: list[Proof] = []
        self._exact: ExactModel | None = None
        self._locked: list[float] = []
        tours = [term.serving_days for term in problem.terms]
        self._tour = float(np.median(tours)) if tours else 0.0

    @property
    def values(self) -> Floats:
        """Unfilled unit-days of the plan at hand. Shape (levels,)"""
        return np.array([result.value for result in self.levels])

    def settled(self, gap: float) -> bool:
        """Whether every priority is proven to within a share of its value."""
        return all(result.reached(gap) for result in self.levels)

    def first_plan(self) -> None:
        """Make a plan at once: every unit sent by its best plan, lines of the first priority before all others."""
        self.search.fill_up(self.charges(0))
        self._note_values()

    def first_bound(self, level: int) -> None:
        """Bound a priority at once, before any long work: at first prices."""
        if not self.levels[level].reached(0.0):
            self.bounds.begin(level, self.values)
            self._say(level, "Lagrangian bound")
            self.note_bounds()

    def inherit(self, parts: "Sequence[Inherited]", gap: float) -> None:
        """Begin with what smaller families found: their plans, as far as ceilings have room for them, and their prices.

        The search goes on where they had not come to an end, or where a ceiling took something away.
        """
        counts: Counts = {}
        wanting: set[int] = set()
        for part in parts:
            if not part.worker.settled(gap):
                wanting.update(part.lines.tolist())
            for (arc, start), units in part.worker.search.starts().items():
                counts[int(part.arcs[arc]), start] = units
        workers = [part.worker for part in parts]
        kept = within_ceilings(self.problem, counts)
        taken = [arc for (arc, start), units in counts.items() if units > kept.get((arc, start), 0)]
        wanting.update(self.problem.arc_line[taken].tolist())
        self.tied = True
        keys = [key for level in range(self.search.levels) for key in self.bounds.keys(level)]
        weighted = {(level, dearer): sum(worker.weighted_bound(level, dearer) for worker in workers) for level, dearer in keys}
        self.bounds.adopt([worker.bounds for worker in workers], weighted)
        values = [sum(worker.levels[level].value for worker in workers) for level in range(self.search.levels)]
        self._proofs = [
            Proof(level, np.array(values[:level]), bound_of_all(workers, level)) for level in range(self.search.levels)
        ]
        self.search.load(kept)
        self.search.look_at(sorted(wanting))
        self.first_plan()

    def charges(self, level: int) -> Charges:
        """Weights for strict work on a priority: earlier ones outweigh it, later ones only break ties."""
        count = self.search.levels
        weights = [LEVEL_RATIO ** min(2, level - i) if i <= level else LEVEL_RATIO ** -min(2, i - level) for i in range(count)]
        return self._charges(weights)

    def _charges(self, weights: Sequence[float]) -> Charges:
        return Charges(np.array(weights, dtype=np.float64), np.zeros(len(self.problem.nations)), 0.0, 0.0)

    def settle(self, clock: Clock, *, gap: float) -> None:
        """Work on all priorities until they are proven, the work is done, or the clock has run out."""
        # Where the matrix is small, proof is worth more than time: a set amount of work goes before it, what is left after it.
        before = clock.without_limit() if self.by_matrix else clock
        passes = PASSES if math.isinf(before.limit) else MOST_PASSES
        self._begin(gap)
        whole = math.isinf(before.limit) and self.bounds.size <= LARGEST_BOUNDED_FIRST
        self.raise_bounds(before.until(0.4), passes=passes, gap=gap, levels=None if whole else 1)
        self.improve(before.until(0.7), gap=gap)
        self.raise_bounds(before, passes=passes, gap=gap)
        if self.by_matrix:
            self.prove(clock, gap=gap)
            if not (math.isinf(clock.limit) or clock.out or self.settled(gap)):
                self.improve(clock.part(1.0), gap=gap)
                self.note_bounds()

    def _begin(self, gap: float) -> None:
        """Do what costs next to nothing: bound by posts out of reach, and see whether a few moves fill the first priority."""
        for level, result in enumerate(self.levels):
            if not result.reached(gap):
                self.bounds.bound_by_reach(level, self.values)
                self._say(level, "Lagrangian bound")
        self.note_bounds()
        if self.levels[0].reached(gap):
            return
        kept = self.search.snapshot()
        self.search.improve(self.charges(0), moves=MOVES_AT_ONCE, goals=self.search.levels)
        if self.search.goals()[0] > self.levels[0].bound + SMALL:
            self.search.restore(kept)  # annealing finds more from where it has more room
        self._note_values()

    def improve(self, clock: Clock, *, gap: float) -> None:
        """Search priority after priority: anneal, then keep only what is better in the strict order."""
        open_levels = [level for level, result in enumerate(self.levels) if not result.reached(gap)]
        heat = HEAT_OF_A_GOOD_PLAN if self.tied else HEAT_OF_A_NEW_PLAN
        for position, level in enumerate(open_levels):
            if clock.out:
                break
            began = clock.seconds
            self._anneal(level, heat, clock.part(1.0 / (len(open_levels) - position)))
            heat = HEAT_OF_A_GOOD_PLAN
            self.levels[level].seconds += clock.seconds - began

    def _anneal(self, level: int, heat: float, clock: Clock) -> None:
        """Anneal on one priority, polish all down to it, and go back if the plan became worse in the strict order."""
        levels = self.search.levels
        before, kept = self.search.goals()[:levels], self.search.snapshot()
        weights = self._charges(
            [EARLIER_WEIGHT ** (level - i) if i <= level else LATER_WEIGHT ** (i - level) for i in range(levels)]
        )
        every = max(LEAST_MOVES, (MOVES_A_UNIT_WHEN_TIED if self.tied else MOVES_A_UNIT) * self.search.units)
        made, share, hot, cold = 0, 0.0, 0.0, COLD * self._tour
        cooling = clock.until(1.0 - SHARE_OF_POLISH)
        while share < 1.0 and self._tour > 0.0 and not clock.enough:
            chunk = min(MOVES_AT_ONCE, every - made) if math.isinf(clock.limit) else MOVES_AT_ONCE
            if made and not hot:
                # The first moves keep only what is better, and tell how many there will be.
                before, kept = self.search.goals()[:levels], self.search.snapshot()
                moves = every if math.isinf(clock.limit) else made / max(1e-9, cooling.share)
                hot = max(cold, heat * self._tour * min(1.0, moves / (MOVES_TO_COOL * self.search.units)))
            following = (made + chunk) / every if math.isinf(clock.limit) else max(cooling.share, 1e-3)
            warm = (hot * (cold / hot) ** share, hot * (cold / hot) ** min(1.0, following)) if hot else (0.0, 0.0)
            self.search.improve(weights if hot else self.charges(level), moves=chunk, goals=levels, heat=warm)
            made += chunk
            at_the_bound = self.search.state.gaps[level] <= self.levels[level].bound + SMALL
            if at_the_bound and not strictly_worse(self.search.goals(), before):
                break
            share = made / every if math.isinf(clock.limit) else cooling.share
        polish = min(int(SHARE_OF_POLISH * made), MOVES_AT_ONCE if clock.enough else made) + 1
        for strict in range(level + 1):
            self.search.improve(self.charges(strict), moves=polish // (level + 1) + 1, goals=levels)
        if strictly_worse(self.search.goals(), before):
            self.search.restore(kept)
        self._say(level, "large-neighbourhood search")
        self._note_values()

    def raise_bounds(self, clock: Clock, *, passes: int, gap: float, levels: int | None = None) -> None:
        """Raise the bound of each priority that is not proven, or of the first few."""
        self.take_bounds(self.bounds_from(self.standing(gap, levels), clock, passes=passes))

    def standing(self, gap: float, levels: int | None = None) -> Standing:
        """Return where the plan stands, with the priorities that are not proven."""
        reached = [result.reached(gap) for result in self.levels]
        waiting = [level for level, done in enumerate(reached[:levels]) if not done]
        bounds = np.array([result.bound for result in self.levels])
        return Standing(self.values, bounds, self.search.state.served.copy(), tuple(waiting), tuple(reached))

    def bounds_from(self, standing: Standing, clock: Clock, *, passes: int) -> list[RaisedBound]:
        """Raise the bounds of what is waiting. Reads and writes nothing that the search does: both may run at a time."""
        # Under a clock, where most is open gets most time.
        shares = np.sqrt(np.maximum(1.0, standing.values - standing.bounds)[list(standing.waiting)])
        found = []
        for position, level in enumerate(standing.waiting):
            if clock.out:
                break
            part, began = clock.part(float(shares[position] / shares[position:].sum())), clock.seconds
            self.bounds.raised(
                level,
                standing.values,
                standing.served,
                settled=all(standing.reached[:level]),
                passes=passes,
                clock=part,
            )
            found.append(RaisedBound(level, clock.seconds - began))
        return found

    def take_bounds(self, found: Sequence[RaisedBound]) -> None:
        """Note bounds that were raised."""
        for level, seconds in found:
            self.levels[level].seconds += seconds
            self._say(level, "linear relaxation, Lagrangian bound" if self.bounds.relaxes(level) else "Lagrangian bound")
        self.note_bounds()

    def note_bounds(self) -> None:
        """Note for each priority the best bound that holds for the plan at hand.

        What was proven under locks holds where the earlier priorities are no further from full than their locks. A plan that is
        better in the first priority may be worse in the second: then what was proven of the third before holds no more.
        """
        values = self.values
        for level, result in enumerate(self.levels):
            held = [proof for proof in self._proofs if proof.level == level and (values[:level] <= proof.locks + SMALL).all()]
            best = self.bounds.best(level, values)
            raised = rounded_up(best, self.quantum(level)) if best > 0.0 else 0.0
            result.bound = max(raised, *(proof.bound for proof in held), 0.0)

    def weighted_bound(self, level: int, dearer: float) -> float:
        """Return a bound on this priority's unit-days and, each `dearer` than the next, the earlier ones' together."""
        if level == 0:
            return self.levels[0].bound
        return max(self.bounds.weighted.get((level, dearer), 0.0), dearer * self.weighted_bound(level - 1, dearer))

    def quantum(self, level: int) -> float:
        """Smallest step in which the unfilled unit-days of a priority differ: bounds may be rounded up to it. [unit-days]"""
        mine = np.flatnonzero(self.problem.line_level == level)
        spans = [self.problem.slot_day[self.problem.line_first[r] : self.problem.line_last[r] + 1] for r in mine]
        days = math.gcd(*(int(step) for span in spans for step in np.diff(span)))
        shares = np.unique(self.problem.arc_effectiveness[np.isin(self.problem.arc_line, mine)])
        parts = [Fraction(str(share)).denominator for share in shares.tolist()]
        return days / math.lcm(*parts) if parts else float(days)

    def prove(self, clock: Clock, *, gap: float) -> None:
        """Prove one priority after the other by MILP, the earlier ones locked."""
        for level, result in enumerate(self.levels):
            if not result.reached(gap) and not clock.out:
                began = clock.seconds
                self._prove(level, clock, gap)
                result.seconds += clock.seconds - began

    def _prove(self, level: int, clock: Clock, gap: float) -> None:
        if self._exact is None:
            self._exact = build_exact(self.problem, all_goals=False)
        exact = self._exact
        for i in range(len(self._locked), level):
            lock(exact.model, f"unfilled_{i}", exact.unfilled(i), self.levels[i].value)
            self._locked.append(self.levels[i].value)
        solution, counts = exact.solve(
            exact.unfilled(level),
            counts=self.search.starts(),
            time_limit=clock.left(of=PROOF_SECONDS),
            gap=gap,
            nodes=MOST_NODES if math.isinf(clock.limit) else None,
        )
        if counts is not None:
            self._take(counts)
        if math.isfinite(solution.bound):
            self._proofs.append(Proof(level, np.array(self._locked[:level]), rounded_up(solution.bound, self.quantum(level))))
        self.note_bounds()
        self._say(level, "MILP (HiGHS)")

    def _take(self, counts: Counts) -> None:
        """Take over a plan if it is not worse than the one at hand."""
        kept, before = self.search.snapshot(), self.search.goals()[: self.search.levels]
        self.search.load(counts)
        if strictly_worse(self.search.goals(), before):
            self.search.restore(kept)
        self._note_values()

    def _note_values(self) -> None:
        for result, value in zip(self.levels, self.search.goals(), strict=False):
            result.value = max(0.0, float(value))

    def _say(self, level: int, method: str) -> None:
        if method not in self.levels[level].methods:
            self.levels[level].methods.append(method)


@dataclass(frozen=True)
class Inherited:
    """A smaller family with the places of its lines and arcs in the one that takes it over."""

    worker: Family
    lines: Indices
    arcs: Indices


def strictly_worse(goals: Floats, before: Floats) -> bool:
    """Whether goals are worse in their order than those that stood before, as far as these go."""
    return tuple(np.round(goals[: len(before)], 6)) > tuple(np.round(before, 6))


def rounded_up(bound: float, quantum: float) -> float:
    """Return the least multiple of `quantum` that is not below a bound, rounding aside; never negative."""
    return max(0.0, math.ceil(bound / quantum - 1e-5) * quantum)


def bound_of_all(families: Sequence[Family], level: int) -> float:
    """Return the bound of a priority over families together, the earlier priorities held at their sums. [unit-days]

    Where the earlier priorities are proven, each family's bound holds by itself. Else a family could lend another a unit-day of
    an earlier priority at the sum's cost of none: then only bounds at one price on earlier priorities add up.
    """
    earlier = [[family.levels[i] for family in families] for i in range(level)]
    if all(result.reached(0.0) for results in earlier for result in results):
        return sum(family.levels[level].bound for family in families)
    values = [sum(result.value for result in results) for results in earlier]
    return max(
        0.0,
        *(
            sum(family.weighted_bound(level, dearer) for family in families)
            - sum(dearer ** (level - i) * value for i, value in enumerate(values))
            for dearer in EARLIER_PRICES
        ),
    )
