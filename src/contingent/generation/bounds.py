"""A proof without the matrix: the Lagrangian bound on unfilled unit-days.

Lay a price on each unit-day of each line and slot, at most what a missing unit-day of that line costs, and a rent on each
person under a ceiling. Then the offers no longer know of each other: the best that an offer can earn is its quantity times
the best rotation plan of one unit, the same small dynamic programme that the search uses. For any prices

    unfilled >= sum of price * asked for  -  sum over offers of quantity * best earnings  -  sum of rent * ceiling

so every pass over the offers gives a bound that holds, whether or not the prices are the best. The prices climb by a
deflected subgradient with Polyak's step, measured against the best plan known. Rows of one offer are intervals, so the best
prices give the value of the linear relaxation.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from contingent.generation.kernels import best_plan, scratch_of, tables_of
from contingent.generation.problem import NO_LIMIT, Problem

Floats = npt.NDArray[np.float64]
OnLoads = Callable[[Floats], Floats]

# The climb's tuning, chosen by measurement on generated scenarios (benchmarks/): none of it touches validity.
FIRST_PRICE = 0.5
MOMENTUM = 0.8
PATIENCE = 12
SHRINK = 0.88
LEAST_GAIN = 1e-5
LEAST_STEP = 1e-4


@dataclass
class Prices:
    """Prices of a bound, kept so that a later call goes on where an earlier one stopped.

    Parameters
    ----------
    rows : ndarray of float
        Price of a unit-day by row and slot; a row is a line, or a nation on a line that one nation must hold.
        Shape (rows, slots)
    rents : ndarray of float
        Rent of a person-slot by nation and slot. Shape (nations, slots)
    value : float
        Best bound so far.
    step : float
        Share of Polyak's step that is taken.
    """

    rows: Floats
    rents: Floats
    value: float = -1e300
    step: float = 1.0


class Bound:
    """Lower bounds on weighted unfilled unit-days of a problem.

    A line that one nation must hold has a row for each nation that could: of their savings only the best counts, so the
    bound knows that nations cannot share it.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.tables = tables_of(problem)
        self.scratch = scratch_of(problem)
        self.days = problem.slot_days
        slots, lines = len(self.days), len(problem.lines)
        held = np.flatnonzero(problem.line_one_nation[problem.pair_line])
        self.row_line = np.concatenate([np.arange(lines), problem.pair_line[held]]).astype(np.int32)
        row_of_pair = np.full(len(problem.pair_line), -1, dtype=np.int32)
        row_of_pair[held] = lines + np.arange(len(held))
        one_nation = problem.line_one_nation[problem.arc_line]
        self.arc_row = np.where(one_nation, row_of_pair[problem.arc_pair], problem.arc_line).astype(np.int32)
        slot = np.arange(slots)
        first, last = problem.line_first[self.row_line], problem.line_last[self.row_line]
        self.window = (slot >= first[:, None]) & (slot < last[:, None])
        self.asked = np.where(self.window, problem.line_quantity[self.row_line][:, None], 0.0)
        shared = np.arange(lines)[problem.line_one_nation]
        self.plain = np.ones(len(self.row_line), dtype=np.bool_)
        self.plain[shared] = False
        self.plain[lines:] = False
        self.groups = [lines + np.flatnonzero(problem.pair_line[held] == r) for r in shared]
        self.group_line = shared
        self.limited = np.isfinite(problem.ceiling)
        self.most = np.where(problem.offer_max_tours >= NO_LIMIT, NO_LIMIT, problem.offer_max_tours).astype(np.int32)

    def start(self, weights: Floats, served: Floats) -> Prices:
        """Return first prices: what a missing unit-day costs where a known plan misses one, half of it elsewhere.

        Parameters
        ----------
        weights : ndarray of float
            Cost of a missing unit-day of each line. Shape (lines,)
        served : ndarray of float
            What the known plan serves. [units], shape (lines, slots)
        """
        most = np.where(self.window, weights[self.row_line][:, None], 0.0)
        missed = served[self.row_line] < self.asked - 1e-9
        rows = most * np.where(missed, 1.0, FIRST_PRICE)
        return Prices(rows=rows, rents=np.zeros((len(self.problem.nations), len(self.days))))

    def row_names(self) -> list[tuple[str, str | None]]:
        """Name each row by its line, and by its nation where the line must be held by one."""
        lines, nations = self.problem.lines, self.problem.nations
        held = np.flatnonzero(self.problem.line_one_nation[self.problem.pair_line])
        named = [(lines[self.problem.pair_line[p]].line, nations[self.problem.pair_nation[p]]) for p in held]
        return [(line.line, None) for line in lines] + named

    def adopt(self, prices: Prices, names: list[tuple[str, str | None]], rows: Floats) -> None:
        """Take over prices of a part of this problem, row by row."""
        here = {name: index for index, name in enumerate(self.row_names())}
        for name, row in zip(names, rows, strict=True):
            prices.rows[here[name]] = row

    def climb(
        self,
        prices: Prices,
        weights: Floats,
        *,
        target: float,
        passes: int,
        charges: Floats | None = None,
        less: float = 0.0,
        on_loads: OnLoads | None = None,
    ) -> float:
        """Improve the prices by a number of passes over the offers; return the best bound found.

        Parameters
        ----------
        prices : Prices
            Changed in place to the best prices found.
        weights : ndarray of float
            Cost of a missing unit-day of each line. Shape (lines,)
        target : float
            Value of the best plan known: the bound cannot pass it.
        passes : int
            Most passes over the offers.
        charges : ndarray of float, optional
            What a tour of each offer costs beside, and each of its days. Shape (offers, 2)
        less : float
            A constant taken from the bound: the cost of gaps that are locked.
        on_loads : callable, optional
            Told the person-days of each nation after each pass; returns new charges.
        """
        most = np.where(self.window, weights[self.row_line][:, None], 0.0)
        ceiling = np.where(self.limited, self.problem.ceiling, 0.0)
        scale, rent_scale = self._scales(most, ceiling)
        rows, rents = np.minimum(prices.rows, most), prices.rents.copy()
        direction, rent_direction = np.zeros_like(rows), np.zeros_like(rents)
        usage, people, loads = np.zeros_like(rows), np.zeros_like(rents), np.zeros(len(self.problem.nations))
        charges = np.zeros((len(self.problem.offers), 2)) if charges is None else charges
        idle = 0
        for _ in range(passes):
            usage[:], people[:], loads[:] = 0.0, 0.0, 0.0
            earned = _earnings(self.tables, self.arc_row, self.scratch, rows, rents, self.most, charges, usage, people, loads)
            worth, wanted = self._worth(rows, most)
            value = worth - earned - float((rents.sum(axis=1) * ceiling).sum()) - less
            idle = 0 if value > prices.value + LEAST_GAIN * abs(target) else idle + 1
            if value > prices.value:
                prices.value, prices.rows, prices.rents = value, rows.copy(), rents.copy()
            if prices.value >= target - 1e-6 or prices.step < LEAST_STEP:
                break
            if idle >= PATIENCE:
                idle, prices.step = 0, prices.step * SHRINK
            slack = (wanted - usage) * self.days
            over = np.where(self.limited[:, None], people - ceiling[:, None], 0.0)
            direction = slack + MOMENTUM * direction
            rent_direction = over + MOMENTUM * rent_direction
            length = float((direction**2 * scale).sum() + (rent_direction**2 * rent_scale).sum())
            if length <= 0.0:
                break
            step = prices.step * max(1e-6, target - value) / length
            rows = np.clip(rows + step * scale * direction, 0.0, most)
            rents = np.maximum(0.0, rents + step * rent_scale * rent_direction)
            charges = charges if on_loads is None else on_loads(loads)
        return prices.value

    def _worth(self, rows: Floats, most: Floats) -> tuple[float, Floats]:
        """What all that is asked for is worth at the prices, and what is wanted of each row.

        A line that one nation must hold is worth what it costs when nobody comes, less the most that one nation can save.
        """
        worth = float((rows * self.asked * self.days)[self.plain].sum())
        wanted = np.where(self.plain[:, None], self.asked, 0.0)
        for r, group in zip(self.group_line, self.groups, strict=True):
            worth += float((most[r] * self.asked[r] * self.days).sum())
            if len(group):
                saved = ((most[group] - rows[group]) * self.asked[group] * self.days).sum(axis=1)
                best = int(saved.argmax())
                worth -= float(saved[best])
                wanted[group[best]] = self.asked[group[best]]
        return worth, wanted

    def _scales(self, most: Floats, ceiling: Floats) -> tuple[Floats, Floats]:
        """Return how far each price moves for a unit of slack: dear lines and short slots further."""
        scale = np.divide(np.sqrt(most), self.asked * self.days, out=np.zeros_like(most), where=self.asked > 0)
        people = max(1.0, float(self.problem.offer_people.max(initial=1)))
        rent = np.where(self.limited, np.sqrt(most.max(initial=0.0)) / np.maximum(1.0, ceiling) / people, 0.0)
        return scale, np.broadcast_to(rent[:, None], (len(ceiling), len(self.days)))


@njit(cache=True)
def _earnings(tables, arc_row, scratch, rows, rents, most, charges, usage, people, loads):
    """Return what all offers earn at the given prices, and write what their best plans serve, take up and carry."""
    starts = len(tables.start_day) - 1
    slots = len(tables.slot_days)
    active = np.zeros(scratch.sums.shape[0], dtype=np.bool_)
    blocked = np.zeros(starts, dtype=np.bool_)
    tour_start, tour_arc = np.zeros(starts + 1, dtype=np.int32), np.zeros(starts + 1, dtype=np.int32)
    rent, none = np.zeros(slots + 1), np.zeros(0)
    nothing_on = np.zeros((1, 1), dtype=np.int16)
    total = 0.0
    for k in range(len(tables.offer_quantity)):
        first, last = tables.arc_ptr[k], tables.arc_ptr[k + 1]
        quantity = tables.offer_quantity[k]
        if first == last or quantity == 0:
            continue
        nation, tempo, size = tables.offer_nation[k], tables.offer_tempo[k], tables.offer_people[k]
        for a in range(first, last):
            line, share = tables.arc_line[a], tables.arc_effectiveness[a]
            run = 0.0
            scratch.sums[a - first, tables.line_first[line]] = 0.0
            for t in range(tables.line_first[line], tables.line_last[line]):
                run += rows[arc_row[a], t] * tables.slot_days[t] * share
                scratch.sums[a - first, t + 1] = run
            active[a - first] = run > 0.0
        limited = tables.ceiling[nation] < np.inf
        if limited:
            for t in range(slots):
                rent[t + 1] = rent[t] + rents[nation, t] * size
        value, count = best_plan(
            tables,
            k,
            active,
            (charges[k, 0], charges[k, 1]),
            False,
            rent if limited else none,
            scratch,
            nothing_on,
            0.0,
            blocked,
            most[k],
            tour_start,
            tour_arc,
        )
        total += quantity * value
        for j in range(count):
            a, s = tour_arc[j], tour_start[j]
            line = tables.arc_line[a]
            loads[nation] += quantity * size * min(tables.tempo_days[tempo, 1], tables.horizon - tables.start_day[s])
            for t in range(tables.start_slot[s], min(tables.tempo_serve[tempo, s], tables.line_last[line])):
                usage[arc_row[a], t] += quantity * tables.arc_effectiveness[a]
            if limited:
                for t in range(tables.start_slot[s], tables.tempo_tour[tempo, s]):
                    people[nation, t] += quantity * size
    return total
