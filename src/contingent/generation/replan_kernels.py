"""Compiled kernels of planning anew: insert what is idle, improve by few moves, go back to what ran wherever that costs nothing.

The search of `contingent.generation.search` takes any plan that is as good. Here a plan runs already: of two that fill alike the
one with fewer changes to it is kept, and a tour that was changed is changed back where no goal is the worse for it.

    planned[a, s]   units of arc a that begin a tour on start s in the plan that runs      [units]
    now[a, s]       the same in the plan at hand                                            [units]
    changes         sum over a, s of | now - planned |                                      [tours]
"""

import numpy as np
from numba import njit

from contingent.generation.kernels import LESS, MORE, better, book_plan, book_tour, goals_of, open_to, recall_unit, send_unit
from contingent.generation.search import block_pins

MOST_UNITS_IN_A_MOVE = 4
SMALL = 1e-6
"""Unit-days below this are rounding. [unit-days]"""


@njit(cache=True, nogil=True)
def tours_of_unit(state, u, planned, now, sign):
    """Count a unit's free tours in (`sign` 1) or out (-1) of `now`; return by how much that changes the changes."""
    change = 0
    for j in range(state.unit_tours[u]):
        a, s = state.tour_arc[u, j], state.tour_start[u, j]
        before = abs(now[a, s] - planned[a, s])
        now[a, s] += sign
        change += abs(now[a, s] - planned[a, s]) - before
    return change


@njit(cache=True, nogil=True)
def take_home(tables, state, u, j, old_count, old_start, old_arc, planned, now):
    """Take a unit's free tours away and note them in row `j`; return by how much that changes the changes."""
    old_count[j] = state.unit_tours[u]
    for i in range(old_count[j]):
        old_start[j, i], old_arc[j, i] = state.tour_start[u, i], state.tour_arc[u, i]
    change = tours_of_unit(state, u, planned, now, LESS)
    recall_unit(tables, state, u)
    return change


@njit(cache=True, nogil=True)
def send_idle(tables, state, order, weights, charges, scratch, limit, pin_ptr, pin_start, planned, now):
    """Send every unit that has no free tour, in the order given; return how many changes that makes."""
    nation_charge, zero = charges, 0.0
    blocked = np.zeros(len(tables.start_day) - 1, dtype=np.bool_)
    changes = 0
    for u in order:
        if state.unit_tours[u] == 0:
            block_pins(tables, u, pin_ptr, pin_start, blocked)
            send_unit(tables, state, u, weights, nation_charge, zero, zero, scratch, blocked, limit[u])
            changes += tours_of_unit(state, u, planned, now, MORE)
    return changes


@njit(cache=True, nogil=True)
def missed_line(tables, state, lines, target):
    """Pick a line at random that is missed on a slot picked at random, of a priority that is short of its target; -1 = none."""
    for _ in range(16 if len(lines) > 0 else 0):
        line = lines[np.random.randint(len(lines))]
        level = tables.line_level[line]
        if state.gaps[level] <= target[level] + SMALL:
            continue
        first, last = tables.line_first[line], tables.line_last[line]
        t = first + np.random.randint(last - first)
        if state.served[line, t] < tables.line_quantity[line] - 1e-9:
            return line
    return -1


@njit(cache=True, nogil=True)
def pick_units(tables, state, wanted, lines, target, picked):
    """Pick units that can stand in for one another: for a line that is missed, and for lines that they serve in turn."""
    line, count = missed_line(tables, state, lines, target), 0
    if line < 0:
        line = lines[np.random.randint(len(lines))]
    for _ in range(4 * wanted):
        if count == wanted:
            break
        first, last = tables.line_arc_ptr[line], tables.line_arc_ptr[line + 1]
        k = tables.arc_offer[tables.line_arcs[first + np.random.randint(last - first)]]
        u = tables.first_unit[k] + np.random.randint(tables.offer_quantity[k])
        known = False
        for j in range(count):
            known = known or picked[j] == u
        if not known:
            picked[count] = u
            count += 1
        if state.unit_tours[u] > 0 and np.random.random() < 0.6:
            line = tables.arc_line[state.tour_arc[u, np.random.randint(state.unit_tours[u])]]
    return count


@njit(cache=True, nogil=True)
def put_back(tables, state, picked, count, old_count, old_start, old_arc, planned, now):
    """Undo a move: give the picked units the tours that they had before it."""
    for j in range(count):
        tours_of_unit(state, picked[j], planned, now, LESS)
        recall_unit(tables, state, picked[j])
    for j in range(count):
        u = picked[j]
        for i in range(old_count[j]):
            state.tour_start[u, i], state.tour_arc[u, i] = old_start[j, i], old_arc[j, i]
        book_plan(tables, state, u, old_count[j])
        tours_of_unit(state, u, planned, now, MORE)


@njit(cache=True, nogil=True)
def has_changed(state, u, unit_tours, tour_start, tour_arc):
    """Whether a unit has other tours than in the plan that runs."""
    if state.unit_tours[u] != unit_tours[u]:
        return True
    changed = False
    for j in range(unit_tours[u]):
        changed = changed or state.tour_start[u, j] != tour_start[u, j] or state.tour_arc[u, j] != tour_arc[u, j]
    return changed


@njit(cache=True, nogil=True)
def reached(gaps, target):
    """Whether no priority is short of its target."""
    short = False
    for i in range(len(gaps)):
        short = short or gaps[i] > target[i] + SMALL
    return not short


@njit(cache=True, nogil=True)
def move_few(
    tables, state, weights, charges, scratch, limit, pin_ptr, pin_start, planned, now, lines, target, most, patience, seed
):
    """Make moves until every priority has its target, or for some time none was better; keep those with fewer changes.

    Long because a move is one thing: pick, recall, send, judge, keep or undo.
    """
    np.random.seed(seed)
    levels, tours = len(state.gaps), state.tour_start.shape[1]
    blocked = np.zeros(len(tables.start_day) - 1, dtype=np.bool_)
    picked = np.zeros(MOST_UNITS_IN_A_MOVE, dtype=np.int32)
    old_count = np.zeros(MOST_UNITS_IN_A_MOVE, dtype=np.int32)
    old_start = np.zeros((MOST_UNITS_IN_A_MOVE, tours), dtype=np.int32)
    old_arc = np.zeros((MOST_UNITS_IN_A_MOVE, tours), dtype=np.int32)
    before, after = np.zeros(levels + 3), np.zeros(levels + 3)
    idle, made, zero = 0, 0, 0.0
    while made < most and idle < patience and not reached(state.gaps, target):
        made += 1
        idle += 1
        count = pick_units(tables, state, 1 + np.random.randint(MOST_UNITS_IN_A_MOVE), lines, target, picked)
        goals_of(tables, state, zero, before)
        changes = 0
        for j in range(count):
            changes += take_home(tables, state, picked[j], j, old_count, old_start, old_arc, planned, now)
        for j in range(count):
            u = picked[j]
            block_pins(tables, u, pin_ptr, pin_start, blocked)
            send_unit(tables, state, u, weights, charges, zero, zero, scratch, blocked, limit[u])
            changes += tours_of_unit(state, u, planned, now, MORE)
        goals_of(tables, state, zero, after)
        verdict = better(after, before, levels, levels)
        if verdict > 0:
            idle = 0
        elif verdict < 0 or changes > 0:
            put_back(tables, state, picked, count, old_count, old_start, old_arc, planned, now)
    return made


@njit(cache=True, nogil=True)
def has_room(tables, state, u, start, arc):
    """Whether a unit may go on a tour as far as its nation's ceiling, and a line that one nation must hold, allow."""
    k = tables.unit_offer[u]
    nation, tempo = tables.offer_nation[k], tables.offer_tempo[k]
    if not open_to(tables, state, tables.arc_line[arc], nation):
        return False
    if tables.ceiling[nation] < np.inf:
        for t in range(tables.start_slot[start], tables.tempo_tour[tempo, start]):
            if state.people[nation, t] + tables.offer_people[k] > tables.ceiling[nation] + SMALL:
                return False
    return True


@njit(cache=True, nogil=True)
def give_back(tables, state, planned, now, unit_tours, tour_start, tour_arc):
    """Give units the tours back that they had in the plan that runs, wherever no goal is worse; return how many units."""
    levels, most, zero = len(state.gaps), state.tour_start.shape[1], 0.0
    before, after = np.zeros(levels + 3), np.zeros(levels + 3)
    old_start, old_arc = np.zeros(most, dtype=np.int32), np.zeros(most, dtype=np.int32)
    returned = 0
    for u in range(len(state.unit_tours)):
        if not has_changed(state, u, unit_tours, tour_start, tour_arc):
            continue
        goals_of(tables, state, zero, before)
        count = state.unit_tours[u]
        for j in range(count):
            old_start[j], old_arc[j] = state.tour_start[u, j], state.tour_arc[u, j]
        changes = tours_of_unit(state, u, planned, now, LESS)
        recall_unit(tables, state, u)
        fits, booked = True, 0
        for j in range(unit_tours[u]):
            state.tour_start[u, j], state.tour_arc[u, j] = tour_start[u, j], tour_arc[u, j]
            fits = fits and has_room(tables, state, u, tour_start[u, j], tour_arc[u, j])
            if fits:
                book_tour(tables, state, tour_arc[u, j], tour_start[u, j], MORE)
                booked += 1
        state.unit_tours[u] = booked
        changes += tours_of_unit(state, u, planned, now, MORE)
        goals_of(tables, state, zero, after)
        if not fits or changes >= 0 or better(after, before, levels, levels) < 0:
            tours_of_unit(state, u, planned, now, LESS)
            recall_unit(tables, state, u)
            for j in range(count):
                state.tour_start[u, j], state.tour_arc[u, j] = old_start[j], old_arc[j]
            book_plan(tables, state, u, count)
            tours_of_unit(state, u, planned, now, MORE)
        else:
            returned += 1
    return returned


@njit(cache=True, nogil=True)
def who_took_over(tables, state, u, unit_tours, tour_arc, planned, now, picked):
    """Pick a unit to give back its tours, and some that make new tours on the lines that it served; return how many."""
    picked[0], count = u, 1
    for _ in range(4 * (MOST_UNITS_IN_A_MOVE - 1) if unit_tours[u] > 0 else 0):
        if count == MOST_UNITS_IN_A_MOVE:
            break
        line = tables.arc_line[tour_arc[u, np.random.randint(unit_tours[u])]]
        first, last = tables.line_arc_ptr[line], tables.line_arc_ptr[line + 1]
        k = tables.arc_offer[tables.line_arcs[first + np.random.randint(last - first)]]
        v = tables.first_unit[k] + np.random.randint(tables.offer_quantity[k])
        known, is_new = False, False
        for j in range(count):
            known = known or picked[j] == v
        for j in range(state.unit_tours[v]):
            a, s = state.tour_arc[v, j], state.tour_start[v, j]
            is_new = is_new or (tables.arc_line[a] == line and now[a, s] > planned[a, s])
        if is_new and not known:
            picked[count] = v
            count += 1
    return count


@njit(cache=True, nogil=True)
def change_less(
    tables, state, weights, charges, scratch, limit, pin_ptr, pin_start, planned, now, unit_tours, tour_start, tour_arc, moves,
    seed,
):
    """Make moves that give a unit its tours back and send whoever took them over elsewhere; keep those that change less and lose
    nothing. Return how many were kept.
    """
    np.random.seed(seed)
    levels, tours, units = len(state.gaps), state.tour_start.shape[1], len(state.unit_tours)
    blocked = np.zeros(len(tables.start_day) - 1, dtype=np.bool_)
    picked, old_count = np.zeros(MOST_UNITS_IN_A_MOVE, dtype=np.int32), np.zeros(MOST_UNITS_IN_A_MOVE, dtype=np.int32)
    old_start = np.zeros((MOST_UNITS_IN_A_MOVE, tours), dtype=np.int32)
    old_arc = np.zeros((MOST_UNITS_IN_A_MOVE, tours), dtype=np.int32)
    before, after, zero, kept = np.zeros(levels + 3), np.zeros(levels + 3), 0.0, 0
    for _ in range(moves):
        u = np.random.randint(units)
        if not has_changed(state, u, unit_tours, tour_start, tour_arc):
            continue
        count = who_took_over(tables, state, u, unit_tours, tour_arc, planned, now, picked)
        goals_of(tables, state, zero, before)
        changes = 0
        for j in range(count):
            changes += take_home(tables, state, picked[j], j, old_count, old_start, old_arc, planned, now)
        fits = True
        for j in range(unit_tours[u]):
            if fits and has_room(tables, state, u, tour_start[u, j], tour_arc[u, j]):
                state.tour_start[u, j], state.tour_arc[u, j] = tour_start[u, j], tour_arc[u, j]
                book_tour(tables, state, tour_arc[u, j], tour_start[u, j], MORE)
                state.unit_tours[u] = j + 1
            else:
                fits = False
        changes += tours_of_unit(state, u, planned, now, MORE)
        for j in range(1, count):
            block_pins(tables, picked[j], pin_ptr, pin_start, blocked)
            send_unit(tables, state, picked[j], weights, charges, zero, zero, scratch, blocked, limit[picked[j]])
            changes += tours_of_unit(state, picked[j], planned, now, MORE)
        goals_of(tables, state, zero, after)
        verdict = better(after, before, levels, levels)
        if fits and (verdict > 0 or (verdict == 0 and changes < 0)):
            kept += 1
        else:
            put_back(tables, state, picked, count, old_count, old_start, old_arc, planned, now)
    return kept


@njit(cache=True, nogil=True)
def drop_idle(tables, state, planned, now):
    """Leave out each tour that the plan that runs has not, and without which no goal is worse; return how many."""
    levels, zero = len(state.gaps), 0.0
    before, after = np.zeros(levels + 3), np.zeros(levels + 3)
    dropped = 0
    for u in range(len(state.unit_tours)):
        for j in range(state.unit_tours[u] - 1, -1, -1):
            start, arc = state.tour_start[u, j], state.tour_arc[u, j]
            if now[arc, start] <= planned[arc, start]:
                continue
            goals_of(tables, state, zero, before)
            book_tour(tables, state, arc, start, LESS)
            goals_of(tables, state, zero, after)
            if better(after, before, levels, levels) < 0:
                book_tour(tables, state, arc, start, MORE)
                continue
            now[arc, start] -= 1
            for m in range(j, state.unit_tours[u] - 1):
                state.tour_start[u, m], state.tour_arc[u, m] = state.tour_start[u, m + 1], state.tour_arc[u, m + 1]
            state.unit_tours[u] -= 1
            dropped += 1
    return dropped
