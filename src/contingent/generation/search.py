"""Large-neighbourhood search: take a few units off their tours, send each by its exact best plan, keep what is better.

The search works on named units, so that a move is a handful of small dynamic programmes; the plan that it returns is
counted again by the rules. With one seed and one number of moves it gives the same plan on every machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from contingent.generation.kernels import (
    LESS,
    MORE,
    NONE,
    better,
    book_plan,
    book_tour,
    empty_state,
    goals_of,
    recall_unit,
    scratch_of,
    send_unit,
    tables_of,
)
from contingent.generation.problem import NO_LIMIT, Problem

LEVEL_RATIO = 1e4
"""What a unit-day of one priority weighs against the next: more than a unit can do on all lower lines in a horizon of years."""

MOST_UNITS_IN_A_MOVE = 8
MOST_UNITS_OF_A_HOLDER = 64

SHARE_OF_NEW_HOLDERS = 0.02
"""Share of moves that try another nation on a line that one nation must hold: dear, and the only way to change the holder. [-]"""

_AIMS = {"gaps": 0, "burden": 1, "lines": 2}


@dataclass(frozen=True)
class Charges:
    """Small charges that guide a unit's plan where gaps are alike. None outweighs a unit-day of gap.

    Parameters
    ----------
    weights : ndarray of float
        Worth of a unit-day by priority level. Shape (levels,)
    nation : ndarray of float
        Charge on a person-day of each nation. Shape (nations,)
    takeover, cost : float
        Charge on a takeover, and on a unit of cost.
    """

    weights: npt.NDArray[np.float64]
    nation: npt.NDArray[np.float64]
    takeover: float
    cost: float


@dataclass(frozen=True)
class Snapshot:
    """A plan of a `Search`, to go back to."""

    unit_tours: npt.NDArray[np.int32]
    tour_start: npt.NDArray[np.int32]
    tour_arc: npt.NDArray[np.int32]
    pin_ptr: npt.NDArray[np.int32]
    pin_start: npt.NDArray[np.int32]
    pin_arc: npt.NDArray[np.int32]
    limit: npt.NDArray[np.int32]


class Search:
    """A plan being improved. Mutable on purpose; it lives inside one call of generation and is never handed out.

    Parameters
    ----------
    problem : Problem
        What may be decided.
    seed : int
        Seed of every random choice.
    takeovers : bool
        Whether to count takeovers, which takes more memory than all else; without, that goal is 0.
    """

    def __init__(self, problem: Problem, seed: int, *, takeovers: bool = True) -> None:
        self.problem = problem
        self.tables = tables_of(problem)
        self.state = empty_state(problem, self.tables, takeovers=takeovers)
        self.scratch = scratch_of(problem)
        self.units = len(self.tables.unit_offer)
        self.levels = len(problem.priorities)
        self._seed = seed
        self._calls = 0
        self.look_at(range(len(problem.lines)))
        self._deal_pins()

    def look_at(self, lines: Iterable[int]) -> None:
        """Let moves that begin at a line that is missed begin at these; lines without a day or an arc are left out."""
        given, arcs = np.array(list(lines), dtype=np.int64), np.bincount(self.problem.arc_line, minlength=len(self.problem.lines))
        useful = (arcs[given] > 0) & (self.problem.line_last[given] > self.problem.line_first[given])
        self._lines: npt.NDArray[np.int64] = given[useful]

    def _deal_pins(self) -> None:
        """Deal pinned tours to units and book them for good."""
        pins = {(arc, start): quantity for arc, start, quantity in self.problem.pins.tolist()}
        dealt = self._dealt(pins)
        self._note_pins(dealt)
        for tours in dealt.values():
            for start, arc in tours:
                book_tour(self.tables, self.state, arc, start, MORE)

    def _dealt(self, counts: dict[tuple[int, int], int]) -> dict[int, list[tuple[int, int]]]:
        """Deal tours to units: those of an offer, in the order of their start, to its units in turn. See `deal_tours`."""
        offer_of = self.problem.arc_offer
        turn = [0] * len(self.problem.offers)
        dealt: dict[int, list[tuple[int, int]]] = {}
        for (arc, start), count in sorted(counts.items(), key=lambda item: (item[0][1], item[0][0])):
            k = int(offer_of[arc])
            for _ in range(count):
                unit = int(self.tables.first_unit[k]) + turn[k] % int(self.problem.offer_quantity[k])
                turn[k] += 1
                dealt.setdefault(unit, []).append((start, arc))
        return dealt

    def _note_pins(self, dealt: dict[int, list[tuple[int, int]]]) -> None:
        """Write down which unit has which pinned tours, and how many free ones it may still do."""
        flat = [(unit, start, arc) for unit, tours in sorted(dealt.items()) for start, arc in tours]
        units = np.array([unit for unit, _, _ in flat], dtype=np.int64)
        self.pin_ptr = np.concatenate([[0], np.cumsum(np.bincount(units, minlength=self.units))]).astype(np.int32)
        self.pin_start = np.array([start for _, start, _ in flat], dtype=np.int32)
        self.pin_arc = np.array([arc for _, _, arc in flat], dtype=np.int32)
        most = self.problem.offer_max_tours[self.tables.unit_offer]
        self.limit = np.where(most >= NO_LIMIT, NO_LIMIT, most - np.diff(self.pin_ptr)).astype(np.int32)

    def goals(self) -> npt.NDArray[np.float64]:
        """Return the values of all goals: gaps by level, burden, takeovers, cost."""
        out = np.zeros(self.levels + 3)
        goals_of(self.tables, self.state, 0.0, out)
        return out

    def fill_up(self, charges: Charges) -> None:
        """Send every unit that is at home, scarcest offers first: the plan that a careful hand would make."""
        lines_of = np.diff(self.problem.arc_ptr)[self.tables.unit_offer]
        order = np.argsort(lines_of, kind="stable").astype(np.int32)
        _send_all(
            self.tables,
            self.state,
            order,
            charges.weights,
            charges.nation,
            charges.takeover,
            charges.cost,
            self.scratch,
            self.limit,
            self.pin_ptr,
            self.pin_start,
        )

    def improve(
        self,
        charges: Charges,
        *,
        moves: int,
        goals: int,
        heat: tuple[float, float] = (0.0, 0.0),
        most_units: int = 4,
        burden_cap: float = 0.0,
        aim: str = "gaps",
    ) -> int:
        """Make moves; keep those after which the first goals are not worse. Return how many were better.

        With heat, the weighted sum of gaps decides instead, as in annealing: a move may make it worse, the less so the further
        the heat has fallen.

        Parameters
        ----------
        charges : Charges
            What guides each unit's plan.
        moves, goals : int
            How many moves; how many goals count, in their order.
        heat : tuple of float
            Weighted unit-days by which a move may be worse, at the first move and at the last; nothing at all where they are 0.
        most_units : int
            Units taken off their tours in one move.
        burden_cap : float
            Burdens up to it are alike; below 0, burden is measured smoothly over all nations. [-]
        aim : {"gaps", "burden", "lines"}
            Where moves begin: at a line that is missed, at the nation that carries most, at any line.
        """
        if self.units == 0 or len(self.problem.arc_line) == 0:
            return 0
        self._calls += 1
        seed = (self._seed * 1_000_003 + self._calls) % (2**31)
        return int(
            _improve(
                self.tables,
                self.state,
                charges.weights,
                charges.nation,
                charges.takeover,
                charges.cost,
                self.scratch,
                self.limit,
                self.pin_ptr,
                self.pin_start,
                moves,
                goals,
                heat,
                min(most_units, MOST_UNITS_IN_A_MOVE),
                seed,
                burden_cap,
                _AIMS[aim],
                self._lines,
            )
        )

    def prune(self) -> int:
        """Leave out idle tours, those without which no goal is worse; return how many."""
        return int(_prune(self.tables, self.state, self.goals()[self.levels])) if self.units else 0

    def snapshot(self) -> "Snapshot":
        """Return a copy of the plan: free tours, and which unit has which pinned ones."""
        state = self.state
        return Snapshot(
            state.unit_tours.copy(),
            state.tour_start.copy(),
            state.tour_arc.copy(),
            self.pin_ptr,
            self.pin_start,
            self.pin_arc,
            self.limit,
        )

    def restore(self, kept: "Snapshot") -> None:
        """Go back to a snapshot."""
        _restore(self.tables, self.state, kept.unit_tours, kept.tour_start, kept.tour_arc)
        self.pin_ptr, self.pin_start, self.pin_arc, self.limit = kept.pin_ptr, kept.pin_start, kept.pin_arc, kept.limit

    def starts(self) -> dict[tuple[int, int], int]:
        """Return the counts of the plan: (arc, start) to units, pinned tours included."""
        counts: dict[tuple[int, int], int] = {}
        for u in np.flatnonzero(self.state.unit_tours):
            for j in range(self.state.unit_tours[u]):
                key = (int(self.state.tour_arc[u, j]), int(self.state.tour_start[u, j]))
                counts[key] = counts.get(key, 0) + 1
        for arc, start in zip(self.pin_arc.tolist(), self.pin_start.tolist(), strict=True):
            counts[arc, start] = counts.get((arc, start), 0) + 1
        return dict(sorted(counts.items()))

    def load(self, counts: dict[tuple[int, int], int]) -> None:
        """Take over a plan given as counts, pinned tours included, by dealing its tours to units in turn."""
        for u in np.flatnonzero(self.state.unit_tours):
            recall_unit(self.tables, self.state, u)
        left = {(arc, start): quantity for arc, start, quantity in self.problem.pins.tolist()}
        pinned: dict[int, list[tuple[int, int]]] = {}
        for unit, tours in self._dealt(counts | _at_least(counts, left)).items():
            free = []
            for start, arc in tours:
                if left.get((arc, start), 0) > 0:
                    left[arc, start] -= 1
                    pinned.setdefault(unit, []).append((start, arc))
                else:
                    free.append((start, arc))
            for j, (start, arc) in enumerate(free):
                self.state.tour_start[unit, j], self.state.tour_arc[unit, j] = start, arc
            book_plan(self.tables, self.state, unit, len(free))
        self._note_pins(pinned)


def _at_least(counts: dict[tuple[int, int], int], pins: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """The counts of pinned tours, at least as many as are pinned."""
    return {key: max(quantity, counts.get(key, 0)) for key, quantity in pins.items()}


@njit(cache=True, nogil=True)
def block_pins(tables, u, pin_ptr, pin_start, blocked):
    """Mark the starts that the pinned tours of unit `u` leave no room for."""
    k = tables.unit_offer[u]
    following = tables.tempo_next[tables.offer_tempo[k]]
    for s in range(len(blocked)):
        blocked[s] = False
        for j in range(pin_ptr[u], pin_ptr[u + 1]):
            pin = pin_start[j]
            if s < following[pin] and pin < following[s]:
                blocked[s] = True


@njit(cache=True, nogil=True)
def _send_all(tables, state, order, weights, nation_charge, takeover_charge, cost_charge, scratch, limit, pin_ptr, pin_start):
    blocked = np.zeros(len(tables.start_day) - 1, dtype=np.bool_)
    for u in order:
        if state.unit_tours[u] == 0:
            block_pins(tables, u, pin_ptr, pin_start, blocked)
            send_unit(tables, state, u, weights, nation_charge, takeover_charge, cost_charge, scratch, blocked, limit[u])


@njit(cache=True, nogil=True)
def _restore(tables, state, unit_tours, tour_start, tour_arc):
    for u in range(len(unit_tours)):
        same = state.unit_tours[u] == unit_tours[u]
        for j in range(unit_tours[u]):
            same = same and state.tour_start[u, j] == tour_start[u, j] and state.tour_arc[u, j] == tour_arc[u, j]
        if not same:
            recall_unit(tables, state, u)
            for j in range(unit_tours[u]):
                state.tour_start[u, j], state.tour_arc[u, j] = tour_start[u, j], tour_arc[u, j]
            book_plan(tables, state, u, unit_tours[u])


@njit(cache=True, nogil=True)
def _line_with_a_gap(tables, state, lines):
    """Pick a line at random among those missed on a slot picked at random; -1 where a few tries find none."""
    for _ in range(12 if len(lines) > 0 else 0):
        line = lines[np.random.randint(len(lines))]
        first, last = tables.line_first[line], tables.line_last[line]
        t = first + np.random.randint(last - first)
        if state.served[line, t] < tables.line_quantity[line] - 1e-9:
            return line
    return -1


@njit(cache=True, nogil=True)
def _unit_for(tables, line):
    """Pick a unit at random among those that may serve the line."""
    first, last = tables.line_arc_ptr[line], tables.line_arc_ptr[line + 1]
    k = tables.arc_offer[tables.line_arcs[first + np.random.randint(last - first)]]
    return tables.first_unit[k] + np.random.randint(tables.offer_quantity[k])


@njit(cache=True, nogil=True)
def _ratio(tables, state, u):
    """What the unit's nation carries, to its fair share; 0 where it has none. [-]"""
    nation = tables.offer_nation[tables.unit_offer[u]]
    return state.person_days[nation] / tables.fair[nation] if tables.fair[nation] > 0.0 else 0.0


@njit(cache=True, nogil=True)
def _loaded_unit(tables, state):
    """Pick the unit of the nation that carries most, among some picked at random that are on tour; -1 where none is."""
    units = len(tables.unit_offer)
    loaded, most = -1, -1.0
    for _ in range(2 + np.random.randint(30)):
        u = np.random.randint(units)
        ratio = _ratio(tables, state, u)
        if state.unit_tours[u] > 0 and ratio > most:
            loaded, most = u, ratio
    return loaded


@njit(cache=True, nogil=True)
def _pick_units(tables, state, wanted, aim, lines, picked):
    """Pick units that can stand in for one another: for a line that is missed, and for lines that they serve in turn."""
    units = len(tables.unit_offer)
    line = _line_with_a_gap(tables, state, lines) if aim == 0 and np.random.random() < 0.7 else -1
    count = 0
    if aim == 1:
        u = _loaded_unit(tables, state)
        if u >= 0:
            picked[0], count = u, 1
            line = tables.arc_line[state.tour_arc[u, np.random.randint(state.unit_tours[u])]]
    for _ in range(4 * wanted):
        if count == wanted:
            break
        u = _unit_for(tables, line) if line >= 0 else np.random.randint(units)
        known = False
        for j in range(count):
            known = known or picked[j] == u
        if not known:
            picked[count] = u
            count += 1
        if state.unit_tours[u] > 0 and np.random.random() < 0.6:
            line = tables.arc_line[state.tour_arc[u, np.random.randint(state.unit_tours[u])]]
        elif line < 0 and tables.arc_ptr[tables.unit_offer[u]] < tables.arc_ptr[tables.unit_offer[u] + 1]:
            k = tables.unit_offer[u]
            line = tables.arc_line[tables.arc_ptr[k] + np.random.randint(tables.arc_ptr[k + 1] - tables.arc_ptr[k])]
    return count


@njit(cache=True, nogil=True)
def _note_unit(u, picked, count):
    """Add a unit to those picked, if it is not there and there is room; return how many there are."""
    if count == len(picked):
        return count
    for j in range(count):
        if picked[j] == u:
            return count
    picked[count] = u
    return count + 1


@njit(cache=True, nogil=True)
def _pick_new_holder(tables, state, one_nation_lines, picked):
    """Pick a line that one nation must hold, a nation that could, its units first and then all that serve the line now."""
    line = one_nation_lines[np.random.randint(len(one_nation_lines))]
    first, last = tables.line_pair_ptr[line], tables.line_pair_ptr[line + 1]
    if first == last:
        return 0
    nation = tables.pair_nation[tables.line_pairs[first + np.random.randint(last - first)]]
    count = NONE
    for serving in (False, True):
        for i in range(tables.line_arc_ptr[line], tables.line_arc_ptr[line + 1]):
            k = tables.arc_offer[tables.line_arcs[i]]
            if not serving and tables.offer_nation[k] != nation:
                continue
            for u in range(tables.first_unit[k], tables.first_unit[k] + tables.offer_quantity[k]):
                serves = not serving
                for j in range(state.unit_tours[u]):
                    serves = serves or tables.arc_line[state.tour_arc[u, j]] == line
                if serves:
                    count = _note_unit(u, picked, count)
    return count


@njit(cache=True, nogil=True)
def _least_loaded_first(tables, state, picked, old_count, old_start, old_arc, count):
    """Put the picked units, with their old tours, in the order of what their nations carry."""
    for i in range(1, count):
        j = i
        while j > 0 and _ratio(tables, state, picked[j]) < _ratio(tables, state, picked[j - 1]):
            picked[j], picked[j - 1] = picked[j - 1], picked[j]
            old_count[j], old_count[j - 1] = old_count[j - 1], old_count[j]
            for m in range(old_start.shape[1]):
                old_start[j, m], old_start[j - 1, m] = old_start[j - 1, m], old_start[j, m]
                old_arc[j, m], old_arc[j - 1, m] = old_arc[j - 1, m], old_arc[j, m]
            j -= 1


@njit(cache=True, nogil=True)
def _improve(
    tables,
    state,
    weights,
    nation_charge,
    takeover_charge,
    cost_charge,
    scratch,
    limit,
    pin_ptr,
    pin_start,
    moves,
    goals,
    heat,
    most_units,
    seed,
    burden_cap,
    aim,
    lines,
):
    np.random.seed(seed)
    levels = len(state.gaps)
    blocked = np.zeros(len(tables.start_day) - 1, dtype=np.bool_)
    one_nation_lines = np.flatnonzero(tables.line_one_nation)
    room = MOST_UNITS_IN_A_MOVE if len(one_nation_lines) == 0 else MOST_UNITS_OF_A_HOLDER
    picked = np.zeros(room, dtype=np.int32)
    most = state.tour_start.shape[1]
    old_count = np.zeros(room, dtype=np.int32)
    old_start = np.zeros((room, most), dtype=np.int32)
    old_arc = np.zeros((room, most), dtype=np.int32)
    before, after = np.zeros(levels + 3), np.zeros(levels + 3)
    found = 0
    for move in range(moves):
        least = 1 if aim == 0 else 2
        if len(one_nation_lines) > 0 and np.random.random() < SHARE_OF_NEW_HOLDERS:
            count = _pick_new_holder(tables, state, one_nation_lines, picked)
        else:
            wanted = least + np.random.randint(most_units - least + 1)
            count = _pick_units(tables, state, wanted, aim, lines, picked)
        if heat[0] > 0.0:
            for i in range(levels):
                before[i] = state.gaps[i]
        else:
            goals_of(tables, state, burden_cap, before)
        for j in range(count):
            u = picked[j]
            old_count[j] = state.unit_tours[u]
            for i in range(old_count[j]):
                old_start[j, i], old_arc[j, i] = state.tour_start[u, i], state.tour_arc[u, i]
            recall_unit(tables, state, u)
        if aim == 1:
            _least_loaded_first(tables, state, picked, old_count, old_start, old_arc, count)
        for j in range(count):
            u = picked[j]
            block_pins(tables, u, pin_ptr, pin_start, blocked)
            send_unit(tables, state, u, weights, nation_charge, takeover_charge, cost_charge, scratch, blocked, limit[u])
        if heat[0] > 0.0:
            worse = 0.0
            for i in range(levels):
                worse += weights[i] * (state.gaps[i] - before[i])
            cooled = heat[0] * (heat[1] / heat[0]) ** (move / moves)
            verdict = 0 if worse <= 0.0 or worse < -cooled * np.log(max(1e-12, np.random.random())) else -1
        else:
            goals_of(tables, state, burden_cap, after)
            verdict = better(after, before, levels, goals)
        if verdict > 0:
            found += 1
        if verdict < 0:
            for j in range(count):
                recall_unit(tables, state, picked[j])
            for j in range(count):
                u = picked[j]
                for i in range(old_count[j]):
                    state.tour_start[u, i], state.tour_arc[u, i] = old_start[j, i], old_arc[j, i]
                book_plan(tables, state, u, old_count[j])
    return found


@njit(cache=True, nogil=True)
def _prune(tables, state, burden_cap):
    """Leave out each free tour without which no goal is worse; return how many."""
    levels = len(state.gaps)
    before, after = np.zeros(levels + 3), np.zeros(levels + 3)
    pruned = 0
    for u in range(len(state.unit_tours)):
        for j in range(state.unit_tours[u] - 1, -1, -1):
            goals_of(tables, state, burden_cap, before)
            start, arc = state.tour_start[u, j], state.tour_arc[u, j]
            book_tour(tables, state, arc, start, LESS)
            goals_of(tables, state, burden_cap, after)
            if better(after, before, levels, levels + 3) < 0:
                book_tour(tables, state, arc, start, MORE)
                continue
            for m in range(j, state.unit_tours[u] - 1):
                state.tour_start[u, m], state.tour_arc[u, m] = state.tour_start[u, m + 1], state.tour_arc[u, m + 1]
            state.unit_tours[u] -= 1
            pruned += 1
    return pruned
