"""A proof without the matrix: the Lagrangian bound on unfilled unit-days.

Lay a price on each unit-day that a unit serves a line, by its effectiveness, and a rent on each person under a ceiling. Then
offers and lines no longer know of each other. The best that an offer can earn is its quantity times the best rotation plan
of one unit, the same small dynamic programme that the search uses. The least that a line can pay is, slot by slot, the
cheapest set of whole units, and of what is missed beside them. For any prices

    unfilled >= sum of what lines pay at least  -  sum over offers of quantity * best earnings  -  sum of rent * ceiling

so every pass over offers and lines gives a bound that holds, whether or not the prices are the best. The prices climb by a
deflected subgradient with Polyak's step, measured against the best plan known. The best prices give more than the linear
relaxation does, in which lines may buy parts of units, and nations share a line that one must hold.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from contingent.generation.bound_kernels import Ascent, Cells, climb_prices
from contingent.generation.clock import Clock
from contingent.generation.kernels import scratch_of, tables_of
from contingent.generation.problem import NO_LIMIT, Problem

Floats = npt.NDArray[np.float64]
OnLoads = Callable[[Floats], Floats]
RowName = tuple[str, str | None, float]

# The climb's tuning, chosen by measurement on generated scenarios (benchmarks/): none of it touches validity.
FIRST_PRICE = 0.5
MOMENTUM = 0.8
PATIENCE = 12
SHRINK = 0.88
LEAST_GAIN = 1e-5
LEAST_STEP = 1e-4

STEP_FROM_A_RELAXATION = 0.3
"""Share of Polyak's step with which prices of a relaxation go on. [-]"""

MOST_STEPS = 64
"""Lines that ask for more steps than this buy parts of units: it matters little there, and tables would be long."""

MOST_PRICES = 25_000_000
"""Problems with more prices than this, rows times slots, are not bounded as a whole: it would take gigabytes."""

PASSES_AT_ONCE = 20
"""Passes between two looks at the clock."""


@dataclass
class Prices:
    """Prices of a bound, kept so that a later call goes on where an earlier one stopped.

    Parameters
    ----------
    rows : ndarray of float, single precision: any prices bound, and there are many
        Price of a unit-day by row and slot; a row is a line as units of one effectiveness serve it, and of one nation
        where one nation must hold the line. Shape (rows, slots)
    rents : ndarray of float
        Rent of a person-slot by nation and slot. Shape (nations, slots)
    value : float
        Best bound so far.
    step : float
        Share of Polyak's step that is taken.
    """

    rows: npt.NDArray[np.float32]
    rents: Floats
    value: float = -1e300
    step: float = 1.0


def prices_of(problem: Problem) -> int:
    """Return how many prices a bound on a problem would have: rows times slots."""
    keys = _row_keys(problem)
    return int(np.unique(keys, axis=1).shape[1]) * len(problem.slot_days)


class Bound:
    """Lower bounds on weighted unfilled unit-days of a problem.

    A line that one nation must hold has rows of its own for each nation that could: it buys from one of them, so the bound
    knows that nations cannot share it.

    Parameters
    ----------
    problem : Problem
        What may be decided.
    most_steps : int
        Lines of more steps than this buy parts of units, where units of several effectivenesses could serve them.
    """

    def __init__(self, problem: Problem, *, most_steps: int = MOST_STEPS) -> None:
        self.problem = problem
        self.tables = tables_of(problem)
        self.scratch = scratch_of(problem)
        self.cells, self.row_names = _cells_of(problem, most_steps)
        slot = np.arange(len(problem.slot_days))
        first, last = problem.line_first[self.cells.row_line], problem.line_last[self.cells.row_line]
        self.window = (slot >= first[:, None]) & (slot < last[:, None])
        self.most = np.where(problem.offer_max_tours >= NO_LIMIT, NO_LIMIT, problem.offer_max_tours).astype(np.int32)
        unserved = np.ones(len(problem.lines), dtype=np.bool_)
        unserved[self.cells.line] = False
        days = problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]
        self.nobody = np.where(unserved, days * problem.line_quantity, 0.0)

    def start(self, weights: Floats, served: Floats | None = None) -> Prices:
        """Return first prices: what a missing unit-day costs where a known plan misses one, half of it elsewhere.

        Parameters
        ----------
        weights : ndarray of float
            Cost of a missing unit-day of each line. Shape (lines,)
        served : ndarray of float, optional
            What the known plan serves. [units], shape (lines, slots)
        """
        rows = FIRST_PRICE * self.dearest(weights)
        if served is not None:
            missed = served[self.cells.row_line] < self.problem.line_quantity[self.cells.row_line][:, None] - 1e-9
            rows = np.where(missed, rows / FIRST_PRICE, rows)
        return Prices(rows=rows.astype(np.float32), rents=np.zeros((len(self.problem.nations), len(self.problem.slot_days))))

    def of_lines(self, lines: Floats, rents: Floats | None = None) -> Prices:
        """Return prices of a relaxation: of a unit-day of each line, (lines, slots), and of ceilings where it knows them."""
        rows = lines[self.cells.row_line] * self.cells.row_share[:, None]
        rents = np.zeros((len(self.problem.nations), len(self.problem.slot_days))) if rents is None else rents
        return Prices(rows=rows.astype(np.float32), rents=rents, step=STEP_FROM_A_RELAXATION)

    def dearest(self, weights: Floats) -> Floats:
        """Return the most that a unit-day of each row can be worth. Shape (rows, slots)"""
        return np.where(self.window, (weights[self.cells.row_line] * self.cells.row_share)[:, None], 0.0)

    def adopt(self, prices: Prices, names: list[RowName], rows: npt.NDArray[np.float32]) -> None:
        """Take over prices of a part of this problem, row by row."""
        here = {name: index for index, name in enumerate(self.row_names)}
        for name, row in zip(names, rows, strict=True):
            prices.rows[here[name]] = row

    def climb(
        self,
        prices: Prices,
        weights: Floats,
        *,
        target: float,
        passes: int,
        clock: Clock | None = None,
        charges: Floats | None = None,
        less: float = 0.0,
        on_loads: OnLoads | None = None,
    ) -> float:
        """Improve the prices by a number of passes over offers and lines; return the best bound found.

        Parameters
        ----------
        prices : Prices
            Changed in place to the best prices found.
        weights : ndarray of float
            Cost of a missing unit-day of each line. Shape (lines,)
        target : float
            Value of the best plan known: the bound cannot pass it.
        passes : int
            Most passes.
        clock : Clock, optional
            Stops the climb when it has run out.
        charges : ndarray of float, optional
            What a tour of each offer costs beside, and each of its days. Shape (offers, 2)
        less : float
            A constant taken from the bound: the cost of gaps that are locked.
        on_loads : callable, optional
            Told the person-days of each nation after some passes; returns new charges.
        """
        nobody = float((self.nobody * weights).sum())
        rows = np.minimum(prices.rows.astype(np.float64), self.dearest(weights))
        ascent = Ascent(
            rows, prices.rents.copy(), rows.copy(), prices.rents.copy(), np.zeros_like(rows), np.zeros_like(prices.rents)
        )
        charges = np.zeros((len(self.problem.offers), 2)) if charges is None else charges
        loads = np.zeros(len(self.problem.nations))
        tuning = (MOMENTUM, float(PATIENCE), SHRINK, LEAST_GAIN, LEAST_STEP)
        value, step, idle, at_once = -1e300, prices.step, 0, PASSES_AT_ONCE if on_loads is None else 1
        while passes > 0 and step > 0.0 and not (clock is not None and clock.out):
            value, step, idle = climb_prices(
                self.tables,
                self.cells,
                self.scratch,
                ascent,
                weights,
                self.problem.ceiling,
                self.most,
                charges,
                loads,
                value,
                step,
                idle,
                target - nobody,
                less,
                min(passes, at_once),
                tuning,
            )
            passes -= at_once
            charges = charges if on_loads is None else on_loads(loads)
        prices.step = step
        if value + nobody > prices.value:
            prices.value, prices.rows, prices.rents = value + nobody, ascent.best_rows.astype(np.float32), ascent.best_rents
        return prices.value


def _row_keys(problem: Problem) -> Floats:
    """Return line, nation (-1 where any may hold the line) and effectiveness of each arc. Shape (3, arcs)"""
    held = problem.line_one_nation[problem.arc_line]
    nation = np.where(held, problem.pair_nation[problem.arc_pair], -1)
    return np.stack([problem.arc_line, nation, problem.arc_effectiveness])


def _cells_of(problem: Problem, most_steps: int) -> tuple[Cells, list[RowName]]:
    """Lay out what each line can buy, and name each row by its line, its nation (if one must hold the line) and its share."""
    keys, arc_row = np.unique(_row_keys(problem), axis=1, return_inverse=True)
    line, holder = keys[0].astype(np.int32), keys[1].astype(np.int32)
    first = np.flatnonzero(np.append(True, (np.diff(line) != 0) | (np.diff(holder) != 0))[: len(line)])
    last = np.append(first[1:], len(line))[: len(first)]
    need, steps = np.zeros(len(first), dtype=np.int64), np.zeros(len(line), dtype=np.int64)
    for cell, (begin, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        shares = [Fraction(str(share)) for share in keys[2, begin:end].tolist()]
        quantity = Fraction(str(float(problem.line_quantity[line[begin]])))
        # Units that are all alike are bought whole however fine the steps are: no table is made for them.
        need[cell], steps[begin:end] = _in_steps(quantity, shares, most_steps) if len(shares) > 1 else (int(quantity > 0), [1])
    cells = Cells(
        line[first],
        np.append(first, len(line)).astype(np.int32),
        need,
        line,
        keys[2].astype(np.float64),
        steps,
        arc_row.reshape(-1).astype(np.int32),
    )
    names = [
        (problem.lines[r].line, problem.nations[n] if n >= 0 else None, share)
        for r, n, share in zip(line.tolist(), holder.tolist(), keys[2].tolist(), strict=True)
    ]
    return cells, names


def _in_steps(quantity: Fraction, shares: list[Fraction], most_steps: int = MOST_STEPS) -> tuple[int, list[int]]:
    """Return a quantity and shares as multiples of the largest step that divides them all; no quantity where it has too many."""
    whole = math.lcm(quantity.denominator, *(share.denominator for share in shares))
    step = math.gcd(int(quantity * whole), *(int(share * whole) for share in shares))
    need = int(quantity * whole) // step if step else 0
    if need > most_steps:
        return 0, [0] * len(shares)
    return need, [int(share * whole) // step for share in shares]
