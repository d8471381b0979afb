"""One family at work on a ceiling: tours by search, bounds by prices and by the linear relaxation.

The relaxation has the rows of whole units (`contingent.generation.matrix.rounded_coverage`), and is then as good as always the
best that whole tours can do; branch and bound would add next to nothing and take minutes.

What a family is short of at a multiple bounds what it is short of at every larger one: for any tours, and so for the best, the
gap as a share of the requirement never falls as the requirement grows. A bound found at one multiple is kept and counts, scaled,
above it.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from contingent.errors import SolverFailed
from contingent.generation.bounds import MOST_PRICES, Bound, Prices, prices_of
from contingent.generation.exact import Counts, ExactModel, build_exact
from contingent.generation.families import Indices, on_its_own_days, restrict
from contingent.generation.first_prices import transport_prices
from contingent.generation.matrix import columns_of
from contingent.generation.problem import Floats, Problem
from contingent.generation.search import Charges, Search
from contingent.solver.linear_model import Solution

log = logging.getLogger(__name__)

MOVES_A_UNIT = 60
MOVES_A_UNIT_AGAIN = 30
LEAST_MOVES = 600
MOST_MOVES = 60_000
"""Moves of a search for each unit: of a first one, of one that goes on from tours; at least, and at most."""

CHUNKS = 12
"""Steps in which a search cools; the best tours after any of them are kept."""

HOT, HOT_AGAIN, COLD = 0.3, 0.08, 0.002
"""Share of a tour's length of gap by which a move may make tours worse: at first, at first when it goes on, at last. [-]"""

STEP_AGAIN = 0.3
"""Share of Polyak's step with which prices go on at another multiple. [-]"""

MOST_STEPS = 600
"""Lines of more steps than this may buy parts of units in a bound. A multiple makes many."""

LARGEST_RELAXED = 45_000
"""Families with more columns than this go without a linear relaxation."""

LARGEST_WHOLE, LARGEST_OF_ONE_NATION = 300, 1_000
"""Families with no more columns than this are solved in whole tours; the second where one nation must hold a line."""

WHOLE = 1e-6
"""Tours of a relaxation nearer to a whole number than this are whole. [tours]"""

MOST_NODES = 20
"""Most nodes of branch and bound: unlike seconds, the same on every machine."""

PROOF_GAP = 1e-3
"""Distance of value and bound at which a solver's proof ends. [-]"""

SOLVER_SECONDS = 60.0
"""Longest time for one call of the solver: a net that is hardly ever reached. [s]"""

WORK = 12_000_000
"""Passes over offers and lines, times columns of the family, that are made at most at a time."""

ROUNDING = 1e-9
"""Units below this are rounding: what is served falls back to nothing. [units]"""

SMALL = 1e-6
"""Unit-days below this are rounding. [unit-days]"""

NOT_ASKED = 1e-4
"""What a unit-day of a priority that is not asked for weighs: enough to break ties. [-]"""

Key = tuple[float, ...]


@dataclass(frozen=True)
class Tours:
    """Tours of one part: (arc, start) to units, and what they serve on each slot. [units], shape (lines, slots)"""

    counts: Counts
    served: Floats


@dataclass(frozen=True)
class Known:
    """A bound that was found: at a multiple, with the method that found it. [weighted unit-days]"""

    multiple: float
    value: float
    method: str


class Part:
    """Some lines and the offers that can serve them, at work. Lives inside one call of `largest_multiple`.

    Parameters
    ----------
    whole : Problem
        The problem at a multiple of 1.
    lines : ndarray of int
        Lines of this part.
    seed : int
        Seed of every random choice.
    inside : sequence of Part
        Smaller parts that a nation's ceiling has tied together into this one; their bounds count for it.
    """

    def __init__(self, whole: Problem, lines: Indices, *, seed: int, inside: "Sequence[Part]" = ()) -> None:
        restricted, self.arcs = restrict(whole, lines)
        self.problem, _ = on_its_own_days(restricted)
        self.whole = whole
        self.lines = lines
        self.inside = tuple(inside)
        self.tours: list[Tours] = []
        self.columns = columns_of(self.problem, np.arange(len(self.problem.arc_line)))
        self.levels = tuple(np.unique(self.problem.line_level).tolist())
        self._seed = seed
        self._searches = 0
        self.prices: dict[Key, Prices] = {}
        self._known: dict[Key, list[Known]] = {}
        slot = np.arange(len(self.problem.slot_days))
        inside_window = (slot >= self.problem.line_first[:, None]) & (slot < self.problem.line_last[:, None])
        self._days = np.where(inside_window, self.problem.slot_days, 0.0)
        serving = [term.serving_days for term in self.problem.terms]
        self._tour = float(np.median(serving)) if serving else 0.0
        self._keep({})

    def at(self, multiple: float) -> Problem:
        """Return this part's problem at a multiple of the requirement."""
        return replace(self.problem, line_quantity=self.problem.line_quantity * multiple)

    def gaps_by_line(self, tours: Tours, multiple: float) -> Floats:
        """Return what tours leave missing of each line. [unit-days], shape (lines,)"""
        wanted = multiple * self.problem.line_quantity[:, None]
        missing: Floats = (np.clip(wanted - tours.served, 0.0, None) * self._days).sum(axis=1)
        return missing

    def gaps(self, tours: Tours, multiple: float) -> Floats:
        """Return what tours leave missing of each priority. [unit-days], shape (levels,)"""
        by_line = self.gaps_by_line(tours, multiple)
        return np.bincount(self.problem.line_level, weights=by_line, minlength=len(self.problem.priorities)).astype(np.float64)

    def best(self, multiple: float, weights: Floats) -> Tours:
        """Return those of the tours found that leave least missing. `weights` are by priority, shape (levels,)"""
        return min(self.tours, key=lambda tours: float(weights @ self.gaps(tours, multiple)))

    def value(self, multiple: float, weights: Floats) -> float:
        """Return what the best tours found leave missing. [weighted unit-days]"""
        return float(weights @ self.gaps(self.best(multiple, weights), multiple))

    def whole_counts(self, tours: Tours) -> Counts:
        """Return tours as counts of the whole problem."""
        start = np.searchsorted(self.whole.start_day, self.problem.start_day)
        return {(int(self.arcs[arc]), int(start[begin])): units for (arc, begin), units in tours.counts.items()}

    def take(self, counts: Counts) -> None:
        """Take over tours given as counts of the whole problem; those of other parts are left out."""
        arc_here = {int(arc): place for place, arc in enumerate(self.arcs.tolist())}
        start_here = {int(day): place for place, day in enumerate(self.problem.start_day.tolist())}
        days = self.whole.start_day
        mine = {
            (arc_here[arc], start_here[int(days[start])]): units for (arc, start), units in counts.items() if arc in arc_here
        }
        self._keep(mine)

    def _keep(self, counts: Counts) -> None:
        problem, slots = self.problem, len(self.problem.slot_days)
        change = np.zeros((len(problem.lines), slots + 1))
        offer = problem.arc_offer
        for (arc, start), units in counts.items():
            line, given = problem.arc_line[arc], units * problem.arc_effectiveness[arc]
            change[line, problem.start_slot[start]] += given
            change[line, problem.tempo_serve[problem.offer_tempo[offer[arc]], start]] -= given
        served: Floats = np.cumsum(change[:, :-1], axis=1)
        self.tours.append(Tours(counts, np.where(np.abs(served) < ROUNDING, 0.0, served)))

    def search(self, multiple: float, weights: Floats, *, longer: int = 1, start: Counts | None = None) -> None:
        """Look for tours that leave less missing at a multiple, from the best that are known.

        Parameters
        ----------
        weights : ndarray of float
            What a unit-day of each priority weighs. Shape (levels,)
        longer : int
            Factor on the number of moves; a longer search begins as hot as a first one.
        start : Counts, optional
            Tours to begin with; None = the best that are known.
        """
        if self.value(multiple, weights) <= self.bound(multiple, weights) + SMALL or self._tour <= 0.0:
            return
        self._searches += 1
        search = Search(self.at(multiple), self._seed + self._searches, takeovers=False)
        charges = Charges(weights, np.zeros(len(self.problem.nations)), 0.0, 0.0)
        again = self._searches > 1 and longer == 1
        most = len(self.problem.priorities)
        search.load(self.best(multiple, weights).counts if start is None else start)
        search.fill_up(charges)
        first = float(weights @ search.goals()[:most])
        kept, least = search.snapshot(), first
        # What one tour can close is what its line asks for, where that is less than a unit.
        tour = self._tour * min(1.0, multiple * float(np.median(self.problem.line_quantity)))
        hot, cold = (HOT_AGAIN if again else HOT) * tour, COLD * tour
        moves = longer * (MOVES_A_UNIT_AGAIN if again else MOVES_A_UNIT) * search.units
        moves = min(longer * MOST_MOVES, max(longer * LEAST_MOVES, moves)) // CHUNKS
        for chunk in range(CHUNKS + 1):
            last = chunk == CHUNKS
            if last:
                search.restore(kept)
            heat = tuple(cold * 1e-3 if last else hot * (cold / hot) ** (step / CHUNKS) for step in (chunk, chunk + 1))
            search.improve(charges, moves=moves, goals=most, heat=(heat[0], heat[1]))
            now = float(weights @ search.goals()[:most])
            if now < least - SMALL:
                kept, least = search.snapshot(), now
            if least <= SMALL:
                break
        search.restore(kept)
        if least < self.value(multiple, weights) - SMALL:
            self._keep(search.starts())

    def bound(self, multiple: float, weights: Floats) -> float:
        """Return the best bound known on what must be missing at a multiple. [weighted unit-days]"""
        found = self._known.get(_key(weights), [])
        mine = max((known.value * multiple / known.multiple for known in found if known.multiple <= multiple), default=0.0)
        return max(mine, sum(part.bound(multiple, weights) for part in self.inside))

    def methods(self, multiple: float, weights: Floats) -> set[str]:
        """Return the methods of the bounds that count at a multiple."""
        found = [known for known in self._known.get(_key(weights), []) if known.multiple <= multiple]
        best = max(found, key=lambda known: known.value / known.multiple, default=None)
        mine = {best.method} if best is not None and best.value > 0 else set()
        return mine.union(*(part.methods(multiple, weights) for part in self.inside))

    def raise_bound(self, multiple: float, weights: Floats, *, passes: int) -> None:
        """Raise the bound at a multiple by passes over offers and lines."""
        target = self.value(multiple, weights)
        if self.bound(multiple, weights) >= target - SMALL or prices_of(self.problem) > MOST_PRICES:
            return
        problem, by_line = self.at(multiple), weights[self.problem.line_level]
        bound, key = Bound(problem, most_steps=MOST_STEPS), _key(weights)
        if key not in self.prices:
            self.prices[key] = self._from_inside(bound, by_line, key) or bound.of_lines(transport_prices(problem, by_line))
        prices = self.prices[key]
        prices.value, prices.step = -1e300, max(prices.step, STEP_AGAIN)
        passes = max(1, min(passes, WORK // max(1, self.columns)))
        found = bound.climb(prices, by_line, target=target, passes=passes)
        self._note(key, Known(multiple, max(0.0, found), "Lagrangian bound"))

    def _from_inside(self, bound: Bound, by_line: Floats, key: Key) -> Prices | None:
        """Return the prices of smaller parts side by side, slot by slot of this one."""
        if not self.inside:
            return None
        prices = bound.start(by_line)
        for part in self.inside:
            if key in part.prices:
                slot = np.searchsorted(part.problem.slot_day, self.problem.slot_day[:-1], side="right") - 1
                names = Bound(part.at(1.0), most_steps=MOST_STEPS).row_names
                bound.adopt(prices, names, part.prices[key].rows[:, slot])
        return prices

    @property
    def solvable(self) -> bool:
        """Whether a solver is worth its time.

        The linear relaxation shares a line that one nation must hold among nations, and bounds next to nothing: where there is
        such a line, whole tours are needed, and so a small matrix.
        """
        return self._whole or (0 < self.columns <= LARGEST_RELAXED and not self.problem.line_one_nation.any())

    @property
    def _whole(self) -> bool:
        most = LARGEST_OF_ONE_NATION if self.problem.line_one_nation.any() else LARGEST_WHOLE
        return 0 < self.columns <= most

    def solve(self, multiple: float, weights: Floats) -> None:
        """Bound what must be missing at a multiple by MILP where the matrix is small, else by the linear relaxation."""
        exact = build_exact(self.at(multiple), all_goals=False)
        objective = sum((weights[level] * exact.unfilled(level) for level in self.levels), np.zeros(exact.model.columns_count))
        whole = self._whole
        try:
            if whole:
                known = self.best(multiple, weights)
                solution, counts = exact.solve(
                    objective, counts=known.counts, time_limit=SOLVER_SECONDS, gap=PROOF_GAP, nodes=MOST_NODES
                )
                if counts is not None:
                    self._keep(counts)
            else:
                exact.model.set_costs(objective)
                solution = exact.model.solve(relaxed=True, time_limit=SOLVER_SECONDS)
                self._round_off(multiple, weights, exact, solution)
        except SolverFailed as failure:
            log.info("no bound from the solver: %s", failure)
            return
        if math.isfinite(solution.bound):
            value = max(0.0, solution.bound * (1.0 - SMALL) - SMALL)  # the solver's own rounding is not to enter the bound
            self._note(_key(weights), Known(multiple, value, "MILP (HiGHS)" if whole else "linear relaxation"))

    def _round_off(self, multiple: float, weights: Floats, exact: ExactModel, solution: Solution) -> None:
        """Look for tours from the whole ones of a relaxation: what it has of them keeps every rule."""
        if solution.columns is not None:
            units = np.floor(solution.columns[exact.starts.column] + WHOLE).astype(int)
            used = np.flatnonzero(units)
            counts = {(int(exact.starts.arc[i]), int(exact.starts.start[i])): int(units[i]) for i in used}
            self.search(multiple, weights + NOT_ASKED * SMALL, start=counts)

    def _note(self, key: Key, known: Known) -> None:
        self._known.setdefault(key, []).append(known)


def _key(weights: Floats) -> Key:
    return tuple(np.round(weights, 12).tolist())


def only(level: int, levels: int) -> Floats:
    """Return weights that count one priority alone. Shape (levels,)"""
    weights = np.zeros(levels)
    weights[level] = 1.0
    return weights
