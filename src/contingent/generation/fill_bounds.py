"""How few unit-days of a priority could be left unfilled, the earlier priorities held at their values.

For a price M on what is missed of earlier priorities, any bound on ``M * earlier + this`` holds for every plan, whatever the
locks are; less M times the locks it bounds this priority. So bounds are kept by priority and M, and those of families that
become one add up. They come from the Lagrangian of `contingent.generation.bounds`; where the matrix is not too large, its
prices come from the linear relaxation first, and are then checked by the dynamic programme, so that no solver's rounding
enters a bound.
"""

import logging

import numpy as np

from contingent.errors import SolverFailed
from contingent.generation.bounds import Bound, Floats, Prices
from contingent.generation.problem import Problem
from contingent.generation.relaxation import prices_of_relaxation

log = logging.getLogger(__name__)

EARLIER_PRICES = (3.0, 1.0)
"""Prices, in unit-days of the priority at hand, that are laid on a unit-day of an earlier one beyond its lock."""

LEAST_STEP_AGAIN = 0.05
"""Share of Polyak's step with which a later call goes on at least. [-]"""

Key = tuple[int, float]


class FillBound:
    """Lower bounds on the unfilled unit-days of a family, by priority. Lives inside one call of generation."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.bound = Bound(problem)
        self.prices: dict[Key, Prices] = {}
        self.weighted: dict[Key, float] = {}
        self._relaxed: set[Key] = set()

    def keys(self, level: int) -> list[Key]:
        """The pairs of priority and price on earlier ones that bound a priority."""
        return [(level, dearer) for dearer in EARLIER_PRICES] if level else [(0, 1.0)]

    def weights(self, key: Key) -> Floats:
        """Cost of a missing unit-day of each line. Shape (lines,)"""
        level, dearer = key
        by_level = np.array([dearer if i < level else float(i == level) for i in range(len(self.problem.priorities))])
        costs: Floats = by_level[self.problem.line_level]
        return costs

    def adopt(self, parts: "list[FillBound]") -> None:
        """Take over what smaller families found: their bounds add up, their prices stand side by side."""
        for key in {key for part in parts for key in part.weighted}:
            self.weighted[key] = sum(part.weighted.get(key, 0.0) for part in parts)
            prices = self.prices[key] = self.bound.start(self.weights(key), self.bound.asked[: len(self.problem.lines)])
            for part in parts:
                if key in part.prices:
                    self.bound.adopt(prices, part.bound.row_names(), part.prices[key].rows)

    def raised(self, level: int, values: Floats, served: Floats, *, passes: int) -> float:
        """Raise the bound of a priority by some passes over the offers; return it. [unit-days]

        Parameters
        ----------
        values : ndarray of float
            Unfilled unit-days of the plan at hand, by priority. Shape (levels,)
        served : ndarray of float
            What that plan serves. [units], shape (lines, slots)
        """
        for key in self.keys(level):
            prices = self.prices.setdefault(key, self.bound.start(self.weights(key), served))
            self._climb(key, prices, values, passes)
        return self.best(level, values)

    def relaxed(self, level: int, values: Floats, *, seconds: float) -> float:
        """Raise the bound of a priority by prices from the linear relaxation; return it. [unit-days]"""
        for key in self.keys(level)[:1]:
            if key in self._relaxed:
                continue
            self._relaxed.add(key)
            try:
                prices = self._prices_of_relaxation(key, seconds)
            except SolverFailed as failure:
                log.info("no prices from the linear relaxation: %s", failure)
                continue
            if prices is not None:
                prices.value = -1e300
                self.prices[key] = prices
                self._climb(key, prices, values, 40)
        return self.best(level, values)

    def best(self, level: int, values: Floats) -> float:
        """Return the best bound of a priority that is known, the earlier ones held at `values`. [unit-days]"""
        known = [(key[1], self.weighted[key]) for key in self.keys(level) if key in self.weighted]
        return max((found - dearer * float(values[:level].sum()) for dearer, found in known), default=0.0)

    def _climb(self, key: Key, prices: Prices, values: Floats, passes: int) -> None:
        level, dearer = key
        target = dearer * float(values[:level].sum()) + float(values[level])
        prices.step = max(prices.step, LEAST_STEP_AGAIN)
        found = self.bound.climb(prices, self.weights(key), target=target, passes=passes)
        self.weighted[key] = max(self.weighted.get(key, 0.0), found)

    def _prices_of_relaxation(self, key: Key, seconds: float) -> Prices | None:
        """Solve the linear relaxation for its prices; None where it takes too long."""
        found = prices_of_relaxation(self.problem, self.weights(key), seconds=seconds)
        return None if found is None else Prices(rows=found.lines[self.bound.row_line], rents=found.rents)
