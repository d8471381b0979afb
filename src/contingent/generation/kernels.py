"""Compiled kernels of force generation: the best rotation plan of one unit, and a large-neighbourhood search around it.

A unit's best plan against given values is a small dynamic programme over the days on which a tour may begin: stay at home
one start longer, or begin a tour on the line that pays best and jump to the first start after its dwell. It is exact.
The search takes a few units off their tours and sends each where the dynamic programme says; the bound of
`contingent.generation.bounds` prices every line and runs the same dynamic programme once per offer.

Values of a tour, in one number: weighted unit-days of gap that it closes, less small charges for the burden of its nation,
for taking over a post, and for its cost. Whether a move is kept is decided by the goals themselves, in their order.
"""

from collections import namedtuple

import numpy as np
from numba import njit

from contingent.generation.problem import Problem

MOST_IN_16_BITS = 32_000
"""Units of one nation that small integers can count: nearly always enough, and half the memory of the largest array."""

EPSILON = 1e-7
"""Differences of unit-days below this are rounding. [unit-days]"""

NONE, MORE, LESS, NEVER = np.int64(0), np.int64(1), np.int64(-1), np.bool_(0)
"""Constants to call kernels with: a number written out in a call is a type of its own, for which all is compiled once more."""

Tables = namedtuple(
    "Tables",
    [
        "slot_days",
        "slot_day",
        "start_slot",
        "start_day",
        "on_grid",
        "tempo_serve",
        "tempo_tour",
        "tempo_next",
        "tempo_days",
        "offer_tempo",
        "offer_quantity",
        "offer_nation",
        "offer_people",
        "offer_max_tours",
        "offer_tour_cost",
        "offer_daily_cost",
        "line_first",
        "line_last",
        "line_open",
        "line_quantity",
        "line_level",
        "line_one_nation",
        "arc_ptr",
        "arc_line",
        "arc_first",
        "arc_last",
        "arc_pair",
        "arc_effectiveness",
        "arc_offer",
        "arc_row",
        "row_line",
        "row_share",
        "pair_line",
        "pair_nation",
        "line_pair_ptr",
        "line_pairs",
        "line_arc_ptr",
        "line_arcs",
        "ceiling",
        "fair",
        "reference",
        "horizon",
        "first_unit",
        "unit_offer",
    ],
)
"""The arrays of a `Problem` that kernels read, and where to find arcs and pairs of a line and units of an offer.

A row is a line as units of one effectiveness serve it: what such a unit would close is the same whoever sends it.
"""

Scratch = namedtuple("Scratch", ["arc", "row", "weight", "best", "choice", "room", "rent"])
"""Working memory of the dynamic programme: the arcs worth a look, with the row and the weight of what each would close; best
value and choice by tours left and start; room under a ceiling, and rent for it."""

State = namedtuple(
    "State",
    [
        "served",
        "on",
        "people",
        "person_days",
        "holders",
        "missing",
        "gaps",
        "totals",
        "unit_tours",
        "tour_start",
        "tour_arc",
        "line_stamp",
        "row_stamp",
        "row_sums",
    ],
)
"""A plan under construction.

served       units of full effectiveness on each line and slot. [units], shape (lines, slots)
on           units of each pair serving on each slot; empty where takeovers are not counted. [units], shape (pairs, slots)
people       people of each nation deployed on each slot. [people], shape (nations, slots)
person_days  of each nation. [person-days], shape (nations,)
holders      tours by pair; a one-nation line is free where none of its pairs has one. Shape (pairs,)
missing      unit-days of gap by line. [unit-days], shape (lines,)
gaps         unit-days of gap by priority level. [unit-days], shape (levels,)
totals       takeovers, cost. Shape (2,)
unit_tours   number of free tours by unit; their start and arc in `tour_start`, `tour_arc`. Shape (units,), (units, most tours)
line_stamp   counts the tours booked on a line. Shape (lines,)
row_sums     running sums over slots of what one unit more would close of a row's gap, as of `row_stamp`. [unit-days],
             shape (rows, slots + 1)
"""


def tables_of(problem: Problem) -> Tables:
    """Lay out a problem for the kernels."""
    quantity = problem.offer_quantity.astype(np.int64)
    arc_offer = problem.arc_offer
    pairs_by_line = np.argsort(problem.pair_line, kind="stable").astype(np.int32)
    arcs_by_line = np.argsort(problem.arc_line, kind="stable").astype(np.int32)
    lines = len(problem.lines)
    rows, arc_row = np.unique(np.stack([problem.arc_line, problem.arc_effectiveness]), axis=1, return_inverse=True)
    return Tables(
        problem.slot_days,
        problem.slot_day,
        problem.start_slot,
        problem.start_day,
        problem.on_grid,
        problem.tempo_serve,
        problem.tempo_tour,
        problem.tempo_next,
        problem.tempos,
        problem.offer_tempo,
        problem.offer_quantity,
        problem.offer_nation,
        problem.offer_people,
        problem.offer_max_tours,
        problem.offer_tour_cost,
        problem.offer_daily_cost,
        problem.line_first,
        problem.line_last,
        problem.line_open,
        problem.line_quantity,
        problem.line_level,
        problem.line_one_nation,
        problem.arc_ptr,
        problem.arc_line,
        problem.arc_first,
        problem.arc_last,
        problem.arc_pair,
        problem.arc_effectiveness,
        arc_offer,
        arc_row.reshape(-1).astype(np.int32),
        rows[0].astype(np.int32),
        np.ascontiguousarray(rows[1]),
        problem.pair_line,
        problem.pair_nation,
        _starts_of_groups(problem.pair_line, lines),
        pairs_by_line,
        _starts_of_groups(problem.arc_line, lines),
        arcs_by_line,
        problem.ceiling,
        problem.fair,
        problem.reference,
        np.int64(problem.horizon_days),
        np.concatenate([[0], np.cumsum(quantity)]).astype(np.int32),
        np.repeat(np.arange(len(quantity)), quantity).astype(np.int32),
    )


def _starts_of_groups(group: np.ndarray, groups: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))]).astype(np.int32)


def scratch_of(problem: Problem) -> Scratch:
    """Make working memory for one thread."""
    starts, slots = len(problem.start_day) - 1, len(problem.slot_day) - 1
    arcs = int(np.diff(problem.arc_ptr).max(initial=0))
    layers = int(max((tours for tours in problem.offer_max_tours.tolist() if tours < starts), default=0))
    shape = (layers + 1, starts + 1)
    return Scratch(
        np.zeros(arcs, dtype=np.int32),
        np.zeros(arcs, dtype=np.int32),
        np.zeros(arcs),
        np.zeros(shape),
        np.full(shape, -1, dtype=np.int32),
        np.zeros(slots + 1, dtype=np.int32),
        np.zeros(0),
    )


def empty_state(problem: Problem, tables: Tables, *, takeovers: bool) -> State:
    """Return the state of a plan without any tour; without takeovers it does not say who is on where, and counts none."""
    slots = len(problem.slot_day) - 1
    units = int(problem.offer_quantity.sum())
    starts = np.arange(len(problem.start_day) - 1)
    longest = 1
    for row in problem.tempo_next:
        tours, start = 0, 0
        while start < len(starts):
            start, tours = int(row[start]), tours + 1
        longest = max(longest, tours)
    lines, pairs, nations = len(problem.lines), len(problem.pair_line), len(problem.nations)
    units_of_a_nation = int(np.bincount(problem.offer_nation, weights=problem.offer_quantity, minlength=1).max())
    return State(
        np.zeros((lines, slots)),
        np.zeros((pairs if takeovers else 0, slots), dtype=np.int16 if units_of_a_nation <= MOST_IN_16_BITS else np.int32),
        np.zeros((nations, slots), dtype=np.float64),
        np.zeros(nations),
        np.zeros(pairs, dtype=np.int32),
        (problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]) * problem.line_quantity,
        problem.required.copy(),
        np.zeros(2),
        np.zeros(units, dtype=np.int32),
        np.zeros((units, longest), dtype=np.int32),
        np.zeros((units, longest), dtype=np.int32),
        np.zeros(lines, dtype=np.int64),
        np.full(len(tables.row_line), -1, dtype=np.int64),
        np.zeros((len(tables.row_line), slots + 1)),
    )


@njit(cache=True, nogil=True)
def change_of_takeovers(tables, on, pair, begin, end):
    """Change in takeovers when one unit more of the pair serves on the slots from `begin` to `end` of its line's window."""
    line = tables.pair_line[pair]
    first, last = tables.line_first[line], tables.line_last[line]
    before = on[pair, begin - 1] if begin > first else 0
    change = 1 if on[pair, begin] >= before else 0
    if end < last and on[pair, end] > on[pair, end - 1]:
        change -= 1
    return change


@njit(cache=True, nogil=True)
def book_tour(tables, state, arc, start, sign):
    """Add (`sign` 1) or take away (-1) one unit's tour, and keep every total right."""
    k = tables.arc_offer[arc]
    line, pair = tables.arc_line[arc], tables.arc_pair[arc]
    nation, tempo, share = tables.offer_nation[k], tables.offer_tempo[k], tables.arc_effectiveness[arc]
    begin = tables.start_slot[start]
    end = min(tables.tempo_serve[tempo, start], tables.line_last[line])
    quantity = tables.line_quantity[line]
    closed = 0.0
    state.line_stamp[line] += 1
    counted = len(state.on) > 0
    if counted and sign > 0:
        state.totals[0] += change_of_takeovers(tables, state.on, pair, begin, end)
    for t in range(begin, end):
        gap = max(0.0, quantity - state.served[line, t])
        state.served[line, t] += sign * share
        if abs(state.served[line, t]) < 1e-9:
            state.served[line, t] = 0.0
        closed += tables.slot_days[t] * (gap - max(0.0, quantity - state.served[line, t]))
        if counted:
            state.on[pair, t] += sign
    if counted and sign < 0:
        state.totals[0] -= change_of_takeovers(tables, state.on, pair, begin, end)
    level = tables.line_level[line]
    state.gaps[level] -= closed
    state.missing[line] -= closed
    state.holders[pair] += sign
    days = min(tables.tempo_days[tempo, 1], tables.horizon - tables.start_day[start])
    state.person_days[nation] += sign * days * tables.offer_people[k]
    state.totals[1] += sign * (tables.offer_tour_cost[k] + days * tables.offer_daily_cost[k])
    if tables.ceiling[nation] < np.inf:
        for t in range(begin, tables.tempo_tour[tempo, start]):
            state.people[nation, t] += sign * tables.offer_people[k]


@njit(cache=True, nogil=True)
def open_to(tables, state, line, nation):
    """Whether a line may be served by a nation: not if it is held by one nation, and another holds it."""
    if not tables.line_one_nation[line]:
        return True
    for i in range(tables.line_pair_ptr[line], tables.line_pair_ptr[line + 1]):
        pair = tables.line_pairs[i]
        if state.holders[pair] > 0 and tables.pair_nation[pair] != nation:
            return False
    return True


@njit(cache=True, nogil=True)
def best_plan(
    tables, k, arcs, sums, charge, room_limited, rent, scratch, on, takeover_charge, blocked, limit, tour_start, tour_arc
):
    """Find the most valuable sequence of tours of one unit of offer `k`; return its value and number of tours.

    The unit may serve the first `arcs` arcs of `scratch.arc`; a unit-day on one of them is worth `scratch.weight` times what
    `sums`, running sums over slots, says in `scratch.row`. `charge` is laid on each tour and on each of its days;
    `scratch.room[t]` is the first slot from `t` on with no room under the nation's ceiling; `rent` (running sums, or empty) is
    what a unit pays for that room. The tours found are written to `tour_start`, `tour_arc`.
    """
    best, choice = scratch.best, scratch.choice
    starts = len(tables.start_day) - 1
    tempo = tables.offer_tempo[k]
    layered = limit < starts
    layers = limit if layered else 0
    tour_days = tables.tempo_days[tempo, 1]
    for c in range(layers + 1):
        best[c, starts] = 0.0
        bottom = layered and c == 0
        for s in range(starts - 1, -1, -1):
            top = best[c, s + 1]
            pick = -1
            begin = tables.start_slot[s]
            if not bottom and not blocked[s] and (not room_limited or scratch.room[begin] >= tables.tempo_tour[tempo, s]):
                end_slot = tables.tempo_serve[tempo, s]
                after = best[c - 1 if layered else c, tables.tempo_next[tempo, s]]
                fixed = charge[0] + charge[1] * min(tour_days, tables.horizon - tables.start_day[s])
                if len(rent) > 0:
                    fixed += rent[tables.tempo_tour[tempo, s]] - rent[begin]
                for i in range(arcs):
                    a = scratch.arc[i]
                    if s < tables.arc_first[a] or s >= tables.arc_last[a]:
                        continue
                    line = tables.arc_line[a]
                    if not tables.on_grid[s] and s != tables.line_open[line]:
                        continue
                    end = min(end_slot, tables.line_last[line])
                    row = scratch.row[i]
                    value = scratch.weight[i] * (sums[row, end] - sums[row, begin]) - fixed
                    if value <= EPSILON:
                        continue
                    if takeover_charge > 0.0:
                        value -= takeover_charge * change_of_takeovers(tables, on, tables.arc_pair[a], begin, end)
                        if value <= 0.0:
                            continue
                    if value + after > top + 1e-12 * abs(top):
                        top = value + after
                        pick = a
            best[c, s] = top
            choice[c, s] = pick
    count, s, c = 0, 0, layers
    while s < starts:
        pick = choice[c, s]
        if pick < 0:
            s += 1
        else:
            tour_start[count], tour_arc[count] = s, pick
            count += 1
            s = tables.tempo_next[tempo, s]
            if layered:
                c -= 1
    return best[layers, 0], count


@njit(cache=True, nogil=True)
def fill_room(tables, people, nation, size, room):
    """Write for each slot the first slot from it on where `size` people more would pass the nation's ceiling."""
    slots = len(tables.slot_days)
    room[slots] = slots
    ceiling = tables.ceiling[nation]
    for t in range(slots - 1, -1, -1):
        room[t] = t if people[nation, t] + size > ceiling + 1e-6 else room[t + 1]


@njit(cache=True, nogil=True)
def refresh_row(tables, state, row):
    """Bring a row's running sums up to date with what serves its line."""
    line, share = tables.row_line[row], tables.row_share[row]
    if state.row_stamp[row] == state.line_stamp[line]:
        return
    state.row_stamp[row] = state.line_stamp[line]
    quantity, total = tables.line_quantity[line], 0.0
    state.row_sums[row, tables.line_first[line]] = 0.0
    for t in range(tables.line_first[line], tables.line_last[line]):
        missing = quantity - state.served[line, t]
        if missing > 1e-9:
            total += tables.slot_days[t] * min(share, missing)
        state.row_sums[row, t + 1] = total


@njit(cache=True, nogil=True)
def send_unit(tables, state, u, weights, nation_charge, takeover_charge, cost_charge, scratch, blocked, limit):
    """Send one unit that has no free tours where it closes most gap, by its exact best plan against what is still missing."""
    k = tables.unit_offer[u]
    nation = tables.offer_nation[k]
    arcs = NONE
    for a in range(tables.arc_ptr[k], tables.arc_ptr[k + 1]):
        line = tables.arc_line[a]
        weight = weights[tables.line_level[line]]
        if weight <= 0.0 or state.missing[line] <= 1e-6 or not open_to(tables, state, line, nation):
            continue
        row = tables.arc_row[a]
        refresh_row(tables, state, row)
        scratch.arc[arcs], scratch.row[arcs], scratch.weight[arcs] = a, row, weight
        arcs += 1
    if arcs == 0:
        return 0
    limited = tables.ceiling[nation] < np.inf
    if limited:
        fill_room(tables, state.people, nation, tables.offer_people[k], scratch.room)
    people = tables.offer_people[k]
    charge = (cost_charge * tables.offer_tour_cost[k], nation_charge[nation] * people + cost_charge * tables.offer_daily_cost[k])
    _, count = best_plan(
        tables,
        k,
        arcs,
        state.row_sums,
        charge,
        limited,
        scratch.rent,
        scratch,
        state.on,
        takeover_charge,
        blocked,
        limit,
        state.tour_start[u],
        state.tour_arc[u],
    )
    return book_plan(tables, state, u, count)


@njit(cache=True, nogil=True)
def book_plan(tables, state, u, count):
    """Book the tours written for unit `u`. A one-nation line within one plan is of one nation by nature."""
    for j in range(count):
        book_tour(tables, state, state.tour_arc[u, j], state.tour_start[u, j], MORE)
    state.unit_tours[u] = count
    return count


@njit(cache=True, nogil=True)
def recall_unit(tables, state, u):
    """Take a unit off all its free tours."""
    for j in range(state.unit_tours[u]):
        book_tour(tables, state, state.tour_arc[u, j], state.tour_start[u, j], LESS)
    state.unit_tours[u] = 0


@njit(cache=True, nogil=True)
def burden_of(tables, person_days):
    """Largest ratio of what a nation carries to its fair share of the requirement. [-]"""
    worst = 0.0
    for n in range(len(person_days)):
        if tables.fair[n] > 0.0 and tables.reference > 0.0:
            ratio = person_days[n] / (tables.fair[n] * tables.reference)
            worst = max(worst, ratio)
    return worst


@njit(cache=True, nogil=True)
def balance_of(tables, person_days):
    """Sum of the eighth powers of what nations carry to their fair shares: falls with the largest, and never stands still."""
    total = 0.0
    for n in range(len(person_days)):
        if tables.fair[n] > 0.0 and tables.reference > 0.0:
            square = (person_days[n] / (tables.fair[n] * tables.reference)) ** 2
            total += square * square * square * square
    return total


@njit(cache=True, nogil=True)
def goals_of(tables, state, cap, out):
    """Write the values of all goals in their order: gaps by level, burden, takeovers, cost.

    A `cap` below 0 asks for the smooth measure of balance; else burdens up to the cap are alike.
    """
    levels = len(state.gaps)
    for i in range(levels):
        out[i] = state.gaps[i]
    out[levels] = balance_of(tables, state.person_days) if cap < 0.0 else max(cap, burden_of(tables, state.person_days))
    out[levels + 1] = state.totals[0]
    out[levels + 2] = state.totals[1]


@njit(cache=True, nogil=True)
def better(new, old, levels, count):
    """Compare two vectors of goals in their order: 1 better, 0 alike, -1 worse. Only the first `count` goals count."""
    for i in range(count):
        tolerance = 1e-6 if i < levels else 1e-9 * max(1.0, abs(old[i]))
        if new[i] < old[i] - tolerance:
            return 1
        if new[i] > old[i] + tolerance:
            return -1
    return 0
