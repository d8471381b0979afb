"""Unfilled unit-days of one family: priority after priority, by search, by bound, and by proof where the matrix is small."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from contingent.generation.clock import Clock
from contingent.generation.exact import Counts, ExactModel, build_exact
from contingent.generation.fill_bounds import FillBound
from contingent.generation.matrix import columns_of, lock
from contingent.generation.problem import Problem
from contingent.generation.search import LEVEL_RATIO, Charges, Search

SMALL = 1e-6
"""Unit-days below this are rounding. [unit-days]"""

MOST_COLUMNS_BY_AUTO = 1_000
"""Families with more columns than this are not given to the MILP solver unless a proof is asked for."""

MOST_NODES = 200
"""Most nodes of branch and bound where no time limit is set: unlike seconds, the same on every machine."""

MOST_COLUMNS_RELAXED = 12_000
"""Families with more columns than this get prices from the linear relaxation only under a time limit."""

MOST_COLUMNS_RELAXED_IN_TIME = 300_000
"""Families with more columns than this never do: the matrix would take gigabytes."""


@dataclass
class LevelResult:
    """Where a priority of a family stands: value, bound, how they were found, and the seconds it took."""

    value: float
    bound: float = 0.0
    methods: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether no plan can be better."""
        return self.value <= self.bound + SMALL


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
    """

    def __init__(self, problem: Problem, *, seed: int, method: str) -> None:
        self.problem = problem
        self.search = Search(problem, seed)
        self.columns = columns_of(problem, np.arange(len(problem.arc_line)))
        self.by_matrix = method == "exact" or (method == "auto" and self.columns <= MOST_COLUMNS_BY_AUTO)
        self.levels = [LevelResult(value) for value in self.search.goals()[: self.search.levels]]
        self.bounds = FillBound(problem)
        self.tied = False
        self._exact: ExactModel | None = None
        self._locked = 0
        tours = [term.serving_days for term in problem.terms]
        self._temperature = 0.15 * float(np.median(tours)) if tours else 0.0

    @property
    def moves_a_round(self) -> int:
        """Moves of one round of search: enough to touch every unit many times."""
        return 300 + 10 * self.search.units

    def first_plan(self) -> None:
        """Make a plan at once: every unit sent by its best plan, lines of the first priority before all others."""
        self.search.fill_up(self.charges(0))
        self._note_values()

    def inherit(self, parts: "list[Family]", without: frozenset[int]) -> None:
        """Begin with what smaller families found: their plans, but for nations that they sent too many of, and their prices."""
        counts: Counts = {}
        arc_of = {
            (offer.offer, line): arc
            for arc, (offer, line) in enumerate(
                zip((self.problem.offers[k] for k in self.problem.arc_offer), self.problem.arc_line.tolist(), strict=True)
            )
        }
        line_of = {line.line: r for r, line in enumerate(self.problem.lines)}
        for part in parts:
            theirs = part.problem
            for (arc, start), units in part.search.starts().items():
                k = theirs.arc_offer[arc]
                if int(theirs.offer_nation[k]) not in without:
                    counts[arc_of[theirs.offers[k].offer, line_of[theirs.lines[theirs.arc_line[arc]].line]], start] = units
        self.tied = True
        self.bounds.adopt([part.bounds for part in parts])
        self.search.load(counts)
        self.first_plan()

    def charges(self, level: int) -> Charges:
        """Weights for work on a priority: earlier ones outweigh it, later ones only break ties."""
        count = self.search.levels
        weights = np.array(
            [LEVEL_RATIO ** min(2, level - i) if i <= level else LEVEL_RATIO ** -min(2, i - level) for i in range(count)]
        )
        return Charges(weights, np.zeros(len(self.problem.nations)), 0.0, 0.0)

    def settle(self, level: int, clock: Clock, *, gap: float, rounds: int) -> None:
        """Work on one priority until it is proven, the rounds are used up, or the clock has run out."""
        result = self.levels[level]
        began = clock.seconds
        self._note_values()
        done = 0
        while not self._reached(result, gap) and done < rounds and not (clock.out and done):
            self._raise_bound(level, done, clock)
            if self._reached(result, gap) or clock.out:
                break
            if self.by_matrix and done >= 1:
                self._prove(level, clock, gap)
                break
            self._improve(level, clock)
            done += 1
        result.seconds += clock.seconds - began

    def _reached(self, result: LevelResult, gap: float) -> bool:
        return result.value <= result.bound + max(SMALL, gap * abs(result.value))

    def _improve(self, level: int, clock: Clock) -> None:
        """A round of search: cooled from a temperature first, then only what is better."""
        before, kept = self.search.goals(), self.search.snapshot()
        levels = self.search.levels
        for temperature in (self._temperature, 0.0):
            left = self.moves_a_round
            while left > 0 and not clock.out:
                moves = min(left, 2_000)
                self.search.improve(self.charges(level), moves=moves, goals=levels, temperature=temperature)
                left -= moves
        if tuple(np.round(self.search.goals()[:levels], 6)) > tuple(np.round(before[:levels], 6)):
            self.search.restore(kept)
        self._say(level, "large-neighbourhood search")
        self._note_values()

    def _raise_bound(self, level: int, done: int, clock: Clock) -> None:
        """Raise the bound of a priority: first by a few passes, then by the linear relaxation, then by more passes."""
        result = self.levels[level]
        if result.value <= SMALL:
            return
        values = self.search.goals()[: self.search.levels]
        most = MOST_COLUMNS_RELAXED if math.isinf(clock.limit) else MOST_COLUMNS_RELAXED_IN_TIME
        if done == 1 and self.columns <= most:
            found = self.bounds.relaxed(level, values, seconds=clock.left(of=PROOF_SECONDS))
            self._say(level, "linear relaxation")
        else:
            found = self.bounds.raised(level, values, self.search.state.served, passes=60 if done == 0 and not self.tied else 250)
        result.bound = max(result.bound, min(result.value, rounded_up(found, self.quantum(level))))
        self._say(level, "Lagrangian bound")

    def quantum(self, level: int) -> float:
        """Smallest step in which the unfilled unit-days of a priority differ: bounds may be rounded up to it. [unit-days]"""
        mine = np.flatnonzero(self.problem.line_level == level)
        spans = [self.problem.slot_day[self.problem.line_first[r] : self.problem.line_last[r] + 1] for r in mine]
        days = math.gcd(*(int(step) for span in spans for step in np.diff(span)))
        shares = np.unique(self.problem.arc_effectiveness[np.isin(self.problem.arc_line, mine)])
        parts = [Fraction(str(share)).denominator for share in shares.tolist()]
        return days / math.lcm(*parts) if parts else float(days)

    def _prove(self, level: int, clock: Clock, gap: float) -> None:
        """Prove a priority by MILP, the earlier ones locked."""
        if self._exact is None:
            self._exact = build_exact(self.problem, all_goals=False)
        exact, result = self._exact, self.levels[level]
        for i in range(self._locked, level):
            lock(exact.model, f"unfilled_{i}", exact.unfilled(i), self.levels[i].value)
        self._locked = max(self._locked, level)
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
            result.bound = max(result.bound, min(result.value, rounded_up(solution.bound, self.quantum(level))))
        self._say(level, "MILP (HiGHS)")

    def _take(self, counts: Counts) -> None:
        """Take over a plan if it is not worse than the one at hand."""
        kept, before = self.search.snapshot(), self.search.goals()[: self.search.levels]
        self.search.load(counts)
        if tuple(np.round(self.search.goals()[: self.search.levels], 6)) > tuple(np.round(before, 6)):
            self.search.restore(kept)
        self._note_values()

    def _note_values(self) -> None:
        for result, value in zip(self.levels, self.search.goals(), strict=False):
            result.value = max(0.0, float(value))

    def _say(self, level: int, method: str) -> None:
        if method not in self.levels[level].methods:
            self.levels[level].methods.append(method)


PROOF_SECONDS = 60.0
"""Longest time for one proof by MILP where no time limit is set: a net that is hardly ever reached. [s]"""


def rounded_up(bound: float, quantum: float) -> float:
    """Return the least multiple of `quantum` that is not below a bound, rounding aside; never negative."""
    return max(0.0, math.ceil(bound / quantum - 1e-5) * quantum)
