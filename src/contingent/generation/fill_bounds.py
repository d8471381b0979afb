"""How few unit-days of a priority could be left unfilled, the earlier priorities held at their values.

For prices on what is missed of earlier priorities, any bound on ``sum of price * missed + missed of this`` holds for every
plan, whatever the locks are; less price times lock it bounds this priority. So bounds are kept by priority and price, and
those of families that become one add up. They come from the Lagrangian of `contingent.generation.bounds`; where the matrix
is not too large, its prices come from the linear relaxation first, and are then checked by the dynamic programme, so that
no solver's rounding enters a bound.
"""

import logging

import numpy as np
import numpy.typing as npt

from contingent.errors import SolverFailed
from contingent.generation.bounds import MOST_PRICES, Bound, Floats, Prices, prices_of
from contingent.generation.clock import Clock
from contingent.generation.families import Indices, on_its_own_days
from contingent.generation.first_prices import transport_prices
from contingent.generation.problem import Problem
from contingent.generation.relaxation import prices_of_relaxation, size_of_relaxation

log = logging.getLogger(__name__)

EARLIER_PRICES = (3.0, 1.0)
"""Prices, in unit-days of a priority, that are laid on a unit-day of the one before it beyond its lock, and so on upwards."""

LEAST_STEP_AGAIN = 0.05
"""Share of Polyak's step with which a later call goes on at least. [-]"""

LARGEST_RELAXED = 110_000
LARGEST_RELAXED_LATER = 12_000
"""Families with more columns in their linear relaxation than this go without: their prices climb from the start. The second
figure is for priorities after the first, which take several times longer and prove less."""

FIRST_PASSES = 1
"""Passes at the first prices of a family, before any long work on its bounds: a few more gave nothing."""

RELAXATION_SECONDS = 60.0
"""Longest time for one relaxation where no time limit is set: a net that is hardly ever reached. [s]"""

ROUNDING = 1e-6
"""Unit-days below this are rounding. [unit-days]"""

Flags = npt.NDArray[np.bool_]
Key = tuple[int, float]


class FillBound:
    """Lower bounds on the unfilled unit-days of a family, by priority. Lives inside one call of generation.

    Parameters
    ----------
    problem : Problem
        The family alone.
    keeps_prices : bool
        Whether prices are kept, to go on from; they take much memory where families are many.
    """

    def __init__(self, problem: Problem, *, keeps_prices: bool) -> None:
        self.keeps_prices = keeps_prices
        self.problem = problem
        self._slots: Indices | None = None
        if not keeps_prices:
            # Nobody needs them on the slots of the whole problem then, and on fewer a pass is some three times quicker.
            self.problem, self._slots = on_its_own_days(problem)
        self.bound = Bound(self.problem) if prices_of(self.problem) <= MOST_PRICES else None
        self.prices: dict[Key, Prices] = {}
        self.weighted: dict[Key, float] = {}
        self.size = size_of_relaxation(problem)
        self._relaxed: set[Key] = set()

    def relaxes(self, level: int) -> bool:
        """Whether prices of a priority come from the linear relaxation."""
        return self.size <= (LARGEST_RELAXED_LATER if level else LARGEST_RELAXED)

    def keys(self, level: int) -> list[Key]:
        """The pairs of priority and price on earlier ones that bound a priority."""
        return [(level, dearer) for dearer in EARLIER_PRICES] if level else [(0, 1.0)]

    def by_level(self, key: Key) -> Floats:
        """Cost of a missing unit-day of each priority. Shape (levels,)"""
        level, dearer = key
        return np.array([dearer ** (level - i) if i <= level else 0.0 for i in range(len(self.problem.priorities))])

    def weights(self, key: Key) -> Floats:
        """Cost of a missing unit-day of each line. Shape (lines,)"""
        costs: Floats = self.by_level(key)[self.problem.line_level]
        return costs

    def adopt(self, parts: "list[FillBound]", weighted: dict[Key, float]) -> None:
        """Take over what smaller families found: the sums of their bounds, and their prices side by side."""
        self.weighted = dict(weighted)
        if self.bound is None:
            return
        for key in {key for part in parts for key in part.prices}:
            prices = self.prices[key] = self.bound.start(self.weights(key))
            self._relaxed.add(key)
            for part in parts:
                if part.bound is not None and key in part.prices:
                    self.bound.adopt(prices, part.bound.row_names, part.prices[key].rows)

    def bound_by_reach(self, level: int, values: Floats) -> None:
        """Bound a priority by the posts that no unit can reach, at next to no cost.

        A missing unit-day is priced in full where all who could serve together are too few, and at nothing elsewhere. Where a
        line opens before anybody can be there this is the whole proof, and no relaxation need be solved for it.
        """
        if self.bound is None:
            return
        short = self._out_of_reach()[self.bound.cells.row_line]
        for key in self.keys(level):
            target = float((self.by_level(key) * values)[: level + 1].sum())
            prices = self.bound.start(self.weights(key))
            prices.rows = np.where(short, self.bound.dearest(self.weights(key)), 0.0).astype(np.float32)
            found = self.bound.climb(prices, self.weights(key), target=target, passes=1)
            self.weighted[key] = max(self.weighted.get(key, 0.0), found)
            if found >= target - ROUNDING and self.keeps_prices:
                self.prices[key] = prices

    def _out_of_reach(self) -> Flags:
        """Whether all units that could serve a line on a slot are fewer than it asks for. Shape (lines, slots)"""
        problem, slots = self.problem, len(self.problem.slot_days)
        tempo, quantity = problem.offer_tempo[problem.arc_offer], problem.offer_quantity[problem.arc_offer]
        begins = problem.start_slot[problem.arc_first]
        ends = problem.tempo_serve[tempo, np.maximum(problem.arc_first, problem.arc_last - 1)]
        reach = np.zeros((len(problem.lines), slots + 1))
        np.add.at(reach, (problem.arc_line, begins), quantity * problem.arc_effectiveness)
        np.add.at(reach, (problem.arc_line, ends), -quantity * problem.arc_effectiveness)
        within: Flags = np.cumsum(reach, axis=1)[:, :slots] < problem.line_quantity[:, None] - 1e-9
        return within

    def raised(self, level: int, values: Floats, served: Floats, *, settled: bool, passes: int, clock: Clock) -> float:
        """Raise the bound of a priority by the linear relaxation, then by passes over offers and lines. [unit-days]

        Parameters
        ----------
        values : ndarray of float
            Unfilled unit-days of the plan at hand, by priority. Shape (levels,)
        served : ndarray of float
            What that plan serves. [units], shape (lines, slots)
        settled : bool
            Whether the earlier priorities are proven: then no price on them is too high, and one is enough.
        """
        if self.bound is None:
            return self.best(level, values)
        served = served if self._slots is None else served[:, self._slots]
        for key in self.keys(level)[: 1 if settled else None]:
            by_level = self.by_level(key)
            self._relax(self.bound, key, clock)
            prices = self.prices.setdefault(key, self.bound.start(self.weights(key), served))
            prices.step = max(prices.step, LEAST_STEP_AGAIN)
            target = float((by_level * values)[: level + 1].sum())
            found = self.bound.climb(prices, self.weights(key), target=target, passes=passes, clock=clock)
            self.weighted[key] = max(self.weighted.get(key, 0.0), found)
            if not self.keeps_prices:
                del self.prices[key]
        return self.best(level, values)

    def begin(self, level: int, values: Floats) -> None:
        """Bound a priority at once: at the prices of a transport of unit-days. See `raised`."""
        if self.bound is None:
            return
        for key in self.keys(level):
            if key not in self.weighted:
                weights, by_level = self.weights(key), self.by_level(key)
                prices = self.bound.of_lines(transport_prices(self.problem, weights))
                target = float((by_level * values)[: level + 1].sum())
                self.weighted[key] = max(0.0, self.bound.climb(prices, weights, target=target, passes=FIRST_PASSES))

    def _relax(self, bound: Bound, key: Key, clock: Clock) -> None:
        """Take prices from the linear relaxation, once, for the first price on earlier priorities, where it is not too large."""
        if not self.relaxes(key[0]) or key in self._relaxed or key != self.keys(key[0])[0] or clock.out:
            return
        self._relaxed.add(key)
        try:
            found = prices_of_relaxation(self.problem, self.weights(key), seconds=clock.left(of=RELAXATION_SECONDS))
        except SolverFailed as failure:
            log.info("no prices from the linear relaxation: %s", failure)
            return
        if found is not None:
            self.prices[key] = bound.of_lines(found.lines, found.rents)

    def best(self, level: int, values: Floats) -> float:
        """Return the best bound of a priority that is known, the earlier ones held at `values`. [unit-days]"""
        known = [key for key in self.keys(level) if key in self.weighted]
        return max((self.weighted[key] - float((self.by_level(key) * values)[:level].sum()) for key in known), default=0.0)
