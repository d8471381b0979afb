"""Plan a family anew where a plan runs already: as full as can be, and of plans that fill alike the one that changes least.

    no reaction     the tours that run, less those that fell away
    best reaction   units that are idle are sent where most is missed, by their exact best plan; few moves improve that, and
                    each keeps what runs where it can; then what was changed is changed back where no goal is worse
    bound           the Lagrangian of `contingent.generation.bounds` at the prices of the whole family, then at better ones

    proof           by MILP where the matrix is small; by another linear relaxation where the first priority is far from proven

What is left out of the family are offers that fell away. For any prices the bound of the rest is a bound, and the prices of the
whole are near the best ones: a pass or two prove most of what can be proven.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from contingent.generation import replan_kernels as kernels
from contingent.generation.bounds import Bound, Prices, RowName
from contingent.generation.clock import NO_HURRY
from contingent.generation.exact import Counts
from contingent.generation.families import Indices
from contingent.generation.fill import Family
from contingent.generation.fill_bounds import FillBound
from contingent.generation.first_prices import transport_prices
from contingent.generation.matrix import columns_of
from contingent.generation.problem import Floats, Ints, Problem
from contingent.generation.search import LEVEL_RATIO, Search

SMALL = 1e-6
"""Unit-days below this are rounding. [unit-days]"""

EARLIER_PRICE = 3.0
"""Price of a unit-day of each priority in those of the next, in bounds of later priorities. [-]"""

FIRST_PASSES = 60
"""Passes of the bound of a whole family, after its linear relaxation."""

PASSES = 24
"""Passes of the bound where offers are left out, if a single one at the prices of the whole proves too little."""


MOST_COLUMNS = 1_000
"""Families with more columns than this are not settled anew as a plan's are: there are many sets to be looked at."""

MOST_COLUMNS_OF_MATRIX = 200
"""Families with more columns than this are not given to the MILP solver."""


@dataclass(frozen=True)
class Effort:
    """How long a reaction is looked for, in moves for each unit: at most, without one that was better, and to change less."""

    most: int = 40
    patience: int = 4
    less: int = 12


@dataclass(frozen=True)
class LevelPrices:
    """Prices of a family for one priority, row by row, and the bound that they give.

    Parameters
    ----------
    names : tuple of RowName
        Rows by line, nation and effectiveness.
    rows : ndarray of float
        Price of a unit-day by row and slot. Shape (rows, slots)
    bound : float
        Of unit-days of this priority and, each `EARLIER_PRICE` times dearer than the next, the earlier ones. [weighted unit-days]
    """

    names: tuple[RowName, ...]
    rows: npt.NDArray[np.float32]
    bound: float


@dataclass(frozen=True)
class Reaction:
    """What becomes of a family. Values are unfilled unit-days by priority. [unit-days], shape (levels,)

    Parameters
    ----------
    no_reaction, value : ndarray of float
        With the tours that are left; planned anew.
    bound : ndarray of float
        Weighted bounds, as in `LevelPrices`.
    locked : ndarray of float
        Bounds that hold where the earlier priorities are proven and kept; 0 where there are none. [unit-days]
    changes : int
        Tours begun that did not run, and tours that ran and were given up, beyond those that fell away.
    counts : Counts
        The plan made anew, arcs as in the family that is still whole.
    """

    no_reaction: Floats
    value: Floats
    bound: Floats
    locked: Floats
    changes: int
    counts: Counts


def level_weights(levels: int, level: int) -> Floats:
    """Cost of a missing unit-day of each priority in the bound of one of them. Shape (levels,)"""
    return np.array([EARLIER_PRICE ** (level - i) if i <= level else 0.0 for i in range(levels)])


def bound_of_level(weighted: Floats, values: Floats, level: int) -> float:
    """Return the bound on a priority's unfilled unit-days, the earlier ones held at their values. [unit-days]"""
    weights = level_weights(len(values), level)
    return max(0.0, float(weighted[level] - (weights * values)[:level].sum()))


def prices_of_family(problem: Problem, running: Counts) -> tuple[LevelPrices, ...]:
    """Return prices for each priority of a family, from its linear relaxation where that is not too large, and from passes."""
    search = Search(problem, 0, takeovers=False)
    search.load(running)
    values, served = search.goals()[: search.levels], search.state.served.copy()
    bounds = FillBound(problem, keeps_prices=True)
    found: list[LevelPrices] = []
    for level in range(search.levels):
        key, weights = (level, EARLIER_PRICE if level else 1.0), level_weights(search.levels, level)
        # Without a line of this priority nothing is to be bounded that the earlier ones do not bound already.
        if bounds.bound is None or not (problem.line_level == level).any():
            found.append(LevelPrices((), np.zeros((0, 0), dtype=np.float32), found[-1].bound * EARLIER_PRICE if found else 0.0))
            continue
        bounds.bound_by_reach(level, values)
        if float((weights * values).sum()) > bounds.weighted.get(key, 0.0) + SMALL:
            bounds.raised(level, values, served, settled=True, passes=FIRST_PASSES, clock=NO_HURRY)
        prices = bounds.prices.get(key)
        rows = prices.rows if prices is not None else bounds.bound.dearest(weights[problem.line_level]).astype(np.float32)
        found.append(LevelPrices(tuple(bounds.bound.row_names), rows, bounds.weighted.get(key, 0.0)))
    return tuple(found)


def replan(
    problem: Problem,
    arcs: Indices,
    running: Counts,
    prices: tuple[LevelPrices, ...] | None,
    *,
    target: Floats,
    taken: Floats | None = None,
    seed: int = 0,
    effort: Effort | None = None,
    worth: float = 0.0,
    deep: bool = False,
) -> Reaction:
    """Plan a family anew.

    Parameters
    ----------
    problem : Problem
        The family, less the offers that fell away (`contingent.generation.families.without_offers`).
    arcs : ndarray of int
        Arc, in the family as `running` counts it, of each arc. Shape (arcs,)
    running : Counts
        The tours that run.
    prices : tuple of LevelPrices, optional
        Of the family with all its offers, by priority; None = no bounds are asked for, and all are 0.
    target : ndarray of float
        Unfilled unit-days at which a priority is as full as it need be: those of the plan that runs. Shape (levels,)
    taken : ndarray of float, optional
        People of nations under a ceiling that are not for this family to use. [people], shape (nations, slots)
    seed : int
        Of the moves.
    effort : Effort, optional
        How long it is looked for.
    worth : float
        Distance of value and bound of the first priority at which another linear relaxation is solved. [unit-days]
    deep : bool
        Whether the family is settled as a plan's are, however large it is, where it is not proven.
    """
    here = {int(arc): place for place, arc in enumerate(arcs.tolist())}
    left = {(here[arc], start): units for (arc, start), units in running.items() if arc in here}
    search = Search(problem, seed, takeovers=False)
    if taken is not None:
        search.state.people[:] += taken  # pinned tours are booked already
    search.load(left)
    no_reaction = search.goals()[: search.levels].copy()
    locked, least = np.zeros(search.levels), np.zeros(search.levels)
    if prices is not None:
        least = _weighted_bounds(problem, prices, no_reaction, passes=1)
    change = _Change(search, left)
    goal = np.maximum(target, [bound_of_level(least, no_reaction, level) for level in range(search.levels)])
    if search.units and len(problem.arc_line) and not (no_reaction <= goal + SMALL).all():
        change.react(goal, seed, effort or Effort())
    if prices is not None and _is_open(least, change.value):
        least = np.maximum(least, _weighted_bounds(problem, prices, change.value, passes=PASSES))
        if _is_open(least, change.value):
            locked = _prove(problem, change, least, taken, worth=worth, deep=deep)
            least[0] = max(least[0], locked[0])
    counts = {(int(arcs[arc]), start): units for (arc, start), units in search.starts().items()}
    return Reaction(np.maximum(no_reaction, 0.0), change.value, least, locked, change.changes, counts)


def _is_open(weighted: Floats, values: Floats) -> bool:
    """Whether some priority is not proven."""
    return any(values[level] > bound_of_level(weighted, values, level) + SMALL for level in range(len(values)))


class _Change:
    """A plan that is being changed as little as can be. Lives inside one call of `replan`."""

    def __init__(self, search: Search, running: Counts) -> None:
        self.search = search
        self.planned = np.zeros((len(search.problem.arc_line), len(search.problem.start_day)), dtype=np.int32)
        for (arc, start), units in running.items():
            self.planned[arc, start] = units
        self.now, self.kept = self.planned.copy(), search.snapshot()

    @property
    def value(self) -> Floats:
        """Unfilled unit-days by priority. Shape (levels,)"""
        values: Floats = np.maximum(0.0, self.search.goals()[: self.search.levels])
        return values

    @property
    def changes(self) -> int:
        """Tours begun that did not run, and tours given up that ran. [tours]"""
        return int(np.abs(self.now - self.planned).sum())

    def react(self, target: Floats, seed: int, effort: Effort) -> None:
        """Send who is idle, improve, and change back what need not be changed."""
        search, problem = self.search, self.search.problem
        weights, charges = LEVEL_RATIO ** np.arange(search.levels - 1.0, -1.0, -1.0), np.zeros(len(problem.nations))
        order = np.argsort(np.diff(problem.arc_ptr)[search.tables.unit_offer], kind="stable").astype(np.int32)
        around = (search.scratch, search.limit, search.pin_ptr, search.pin_start, self.planned, self.now)
        kernels.send_idle(search.tables, search.state, order, weights, charges, *around)
        served = np.bincount(problem.arc_line, minlength=len(problem.lines)) > 0
        lines = np.flatnonzero(served & (problem.line_last > problem.line_first))
        moves = (effort.most * search.units, effort.patience * search.units + 100, seed % (2**31))
        if len(lines):
            kernels.move_few(search.tables, search.state, weights, charges, *around, lines, target, *moves)
        self.settle_down()
        if effort.less and self.changes and self._same_pins:
            kept = self.kept
            kernels.change_less(
                search.tables, search.state, weights, charges, *around, kept.unit_tours, kept.tour_start, kept.tour_arc,
                effort.less * search.units, seed % (2**31),
            )  # fmt: skip
            self.settle_down()

    @property
    def _same_pins(self) -> bool:
        """Whether pinned tours are dealt to the units that had them, so that the others' tours still go with them."""
        search, kept = self.search, self.kept
        return np.array_equal(search.pin_ptr, kept.pin_ptr) and np.array_equal(search.pin_start, kept.pin_start)

    def settle_down(self) -> None:
        """Change back what need not be changed."""
        tables, state, kept = self.search.tables, self.search.state, self.kept
        if not self._same_pins:
            kernels.drop_idle(tables, state, self.planned, self.now)
            return
        while kernels.give_back(
            tables, state, self.planned, self.now, kept.unit_tours, kept.tour_start, kept.tour_arc
        ) + kernels.drop_idle(tables, state, self.planned, self.now):
            pass

    def take(self, counts: Counts) -> None:
        """Take over a plan."""
        self.search.load(counts)
        self.now = np.zeros_like(self.planned)
        for (arc, start), units in counts.items():
            self.now[arc, start] = units
        self.settle_down()


def _prove(
    problem: Problem, change: _Change, weighted: Floats, taken: Floats | None, *, worth: float, deep: bool
) -> Floats:
    """Raise weighted bounds, in place, and return bounds under locks: where the family is small by settling it as a plan's family
    is settled, which may better the plan; else, where so much of the first priority is open, by its own linear relaxation.
    """
    levels = len(problem.priorities)
    columns = columns_of(problem, np.arange(len(problem.arc_line)))
    locked = np.zeros(levels)
    if not len(problem.arc_line):
        return locked
    if columns > MOST_COLUMNS and not deep:
        if change.value[0] > weighted[0] + worth:
            bounds = FillBound(problem, keeps_prices=False)
            bounds.raised(0, change.value, change.search.state.served, settled=True, passes=PASSES, clock=NO_HURRY)
            weighted[0] = max(weighted[0], bounds.weighted.get((0, 1.0), 0.0))
        return locked
    before, counts = change.value, change.search.starts()
    method = "exact" if columns <= MOST_COLUMNS_OF_MATRIX else "search"
    family = Family(problem, seed=0, method=method, keeps_prices=False)
    family.first_plan()
    family.settle(NO_HURRY, gap=SMALL)
    for level in range(levels):
        weighted[level] = max(weighted[level], family.bounds.weighted.get((level, EARLIER_PRICE if level else 1.0), 0.0))
    # A nation's ceiling is parted among families: a plan that passes this family's part is none.
    if fuller(family.values, before) and _within(problem, family.search.starts(), taken):
        change.take(family.search.starts())
    if fuller(before, change.value):
        change.take(counts)
    for level, result in enumerate(family.levels):
        if (change.value[:level] > family.values[:level] + SMALL).any():
            break
        locked[level] = result.bound
    return locked


def fuller(one: Floats, other: Floats) -> bool:
    """Return whether fewer unit-days are left unfilled, priority before priority."""
    return tuple(np.round(one, 6)) < tuple(np.round(other, 6))


def _within(problem: Problem, counts: Counts, taken: Floats | None) -> bool:
    if taken is None:
        return True
    people = people_of(problem, counts) + taken
    limited = np.isfinite(problem.ceiling)
    return bool((people[limited] <= problem.ceiling[limited, None] + SMALL).all())


def _weighted_bounds(problem: Problem, prices: tuple[LevelPrices, ...], values: Floats, *, passes: int) -> Floats:
    """Return a bound for each priority from the prices of the whole family, after so many passes. [weighted unit-days]"""
    levels = len(problem.priorities)
    found, bound = np.zeros(levels), Bound(problem)
    nobody = bound.nobody
    for level in range(levels):
        weights = level_weights(levels, level)
        known = prices[level]
        if not known.names:
            found[level] = found[level - 1] * EARLIER_PRICE if level else 0.0
            continue
        target = float((weights * values).sum())
        if not bound.row_names:
            found[level] = float((nobody * weights[problem.line_level]).sum())
            continue
        row_of = {name: row for row, name in enumerate(known.names)}
        rows = known.rows[[row_of[name] for name in bound.row_names]]
        start = Prices(rows=rows, rents=np.zeros((len(problem.nations), len(problem.slot_days))), step=0.3)
        climbed = bound.climb(start, weights[problem.line_level], target=target, passes=passes)
        found[level] = max(0.0, climbed)
    return found


def bounds_from_day(problem: Problem, running: Counts, slot: int, values: Floats) -> Floats:
    """Return a bound for each priority where all that began before a slot stays: what was missed until then, and a bound on what
    any plan misses from then on. [weighted unit-days]

    Parameters
    ----------
    problem : Problem
        The family.
    running : Counts
        Tours, those that began before the slot among them.
    slot : int
        First slot that is still open.
    values : ndarray of float
        Unfilled unit-days of the best plan known, over the whole window. Shape (levels,)
    """
    levels = len(problem.priorities)
    missed = _missed_before(problem, running, slot)
    later = replace(
        problem,
        line_first=np.maximum(problem.line_first, np.minimum(slot, problem.line_last)).astype(np.int32),
        pins=problem.pins[:0],
    )
    bound, found = Bound(later), np.zeros(levels)
    for level in range(levels):
        weights = level_weights(levels, level)
        if not bound.row_names:
            found[level] = float((bound.nobody * weights[problem.line_level]).sum())
        else:
            prices = bound.of_lines(transport_prices(later, weights[problem.line_level]))
            target = float((weights * (values - missed)).sum())
            found[level] = max(0.0, bound.climb(prices, weights[problem.line_level], target=target, passes=FIRST_PASSES))
        found[level] += float((weights * missed).sum())
    return found


def _missed_before(problem: Problem, running: Counts, slot: int) -> Floats:
    """Return what tours leave unfilled of each priority before a slot. [unit-days], shape (levels,)"""
    search = Search(problem, 0, takeovers=False)
    search.load(running)
    slots = np.arange(len(problem.slot_days))
    open_then = (slots >= problem.line_first[:, None]) & (slots < np.minimum(slot, problem.line_last)[:, None])
    gaps = np.maximum(0.0, problem.line_quantity[:, None] - search.state.served) * problem.slot_days * open_then
    missed: Floats = np.bincount(problem.line_level, weights=gaps.sum(axis=1), minlength=len(problem.priorities)).astype(float)
    return missed


def people_of(problem: Problem, counts: Mapping[tuple[int, int], int]) -> Floats:
    """Return the people of nations under a ceiling whom tours deploy. [people], shape (nations, slots)"""
    people = np.zeros((len(problem.nations), len(problem.slot_days)))
    offer: Ints = problem.arc_offer
    for (arc, start), units in counts.items():
        k = offer[arc]
        nation = problem.offer_nation[k]
        if np.isfinite(problem.ceiling[nation]):
            end = problem.tempo_tour[problem.offer_tempo[k], start]
            people[nation, problem.start_slot[start] : end] += units * int(problem.offer_people[k])
    return people


def service_by_offer(problem: Problem, counts: Mapping[tuple[int, int], int]) -> Floats:
    """Return what each offer serves the lines of each priority, needed or not. [unit-days], shape (offers, levels)"""
    served = np.zeros((len(problem.offers), len(problem.priorities)))
    if not counts:
        return served
    arc, start, units = np.array([(arc, start, units) for (arc, start), units in counts.items()]).T
    offer, line = problem.arc_offer[arc], problem.arc_line[arc]
    begin = np.maximum(problem.start_slot[start], problem.line_first[line])
    end = np.minimum(problem.tempo_serve[problem.offer_tempo[offer], start], problem.line_last[line])
    days = np.maximum(0, problem.slot_day[end] - problem.slot_day[begin])
    np.add.at(served, (offer, problem.line_level[line]), days * units * problem.arc_effectiveness[arc])
    return served
