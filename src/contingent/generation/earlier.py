"""Among plans that are alike in all goals, the one that begins earlier: a gap that must be somewhere had better come last.

Each tour of each unit is moved to the earliest start from which no goal is worse, and this is repeated until nothing moves. A
unit that must rest two thirds of the time then holds its post first and leaves it empty later, when there is time left to find
relief.
"""

import math

import numpy as np
from numba import njit

from contingent.generation.clock import NO_HURRY, Clock
from contingent.generation.kernels import EPSILON, LESS, MORE, book_tour, goals_of
from contingent.generation.search import Search

ROUNDING = 1e-9
"""Relative differences of burden, takeovers and cost below this are rounding. [-]"""

WITHOUT_END = np.int64(1) << np.int64(40)
"""Rounds over all tours where no limit is set: it ends when nothing moves."""


def begin_earlier(search: Search, clock: Clock = NO_HURRY) -> int:
    """Move tours of a search's plan to earlier starts wherever no goal becomes worse; return how many moves were made.

    A tour stays on its line and with its unit; pinned tours stay where they are. Rounds end with the clock.
    """
    made, moves = 0, 1
    while search.units and moves and not clock.out:
        rounds = WITHOUT_END if math.isinf(clock.limit) else np.int64(1)
        cap = search.goals()[search.levels]
        moves = int(_begin_earlier(search.tables, search.state, cap, search.pin_ptr, search.pin_start, rounds))
        made += moves
        if rounds == WITHOUT_END:
            break
    return made


@njit(cache=True)
def _begin_earlier(tables, state, burden_cap, pin_ptr, pin_start, rounds):
    """Move tours, in so many rounds over all of them, or until nothing moves."""
    levels = len(state.gaps)
    best, after = np.zeros(levels + 3), np.zeros(levels + 3)
    goals_of(tables, state, burden_cap, best)
    worth = np.zeros(len(tables.slot_days) + 1)
    made = 0
    moving = True
    while moving and rounds > 0:
        moving, rounds = False, rounds - 1
        for u in range(len(state.unit_tours)):
            for j in range(state.unit_tours[u]):
                if _move(tables, state, u, j, burden_cap, pin_ptr, pin_start, worth, best, after):
                    moving = True
                    made += 1
    return made


@njit(cache=True)
def _move(tables, state, u, j, burden_cap, pin_ptr, pin_start, worth, best, after):
    """Move one tour to the earliest start from which no goal is worse; say whether there was one."""
    start, arc = state.tour_start[u, j], state.tour_arc[u, j]
    k, line = tables.arc_offer[arc], tables.arc_line[arc]
    tempo, share = tables.offer_tempo[k], tables.arc_effectiveness[arc]
    following = tables.tempo_next[tempo]
    earliest = tables.arc_first[arc]
    if j > 0:
        earliest = max(earliest, following[state.tour_start[u, j - 1]])
    if earliest >= start:
        return False
    book_tour(tables, state, arc, start, LESS)
    total = 0.0
    first, last = tables.line_first[line], tables.line_last[line]
    for t in range(first, last):  # running sums of what the tour would close
        worth[t] = total
        total += tables.slot_days[t] * max(0.0, min(share, tables.line_quantity[line] - state.served[line, t]))
    worth[last] = total
    closes = worth[min(tables.tempo_serve[tempo, start], last)] - worth[tables.start_slot[start]]
    for s in range(earliest, start):
        if not tables.on_grid[s] and s != tables.line_open[line]:
            continue
        if worth[min(tables.tempo_serve[tempo, s], last)] - worth[tables.start_slot[s]] < closes - EPSILON:
            continue
        if _is_pinned_then(following, u, s, pin_ptr, pin_start) or not _has_room(tables, state, k, s):
            continue
        book_tour(tables, state, arc, s, MORE)
        goals_of(tables, state, burden_cap, after)
        if _no_worse(after, best, levels=len(state.gaps)):
            state.tour_start[u, j] = s
            for i in range(len(best)):
                best[i] = min(best[i], after[i])
            return True
        book_tour(tables, state, arc, s, LESS)
    book_tour(tables, state, arc, start, MORE)
    return False


@njit(cache=True)
def _is_pinned_then(following, u, s, pin_ptr, pin_start):
    """Whether a pinned tour of the unit leaves no room for one that begins on start `s`."""
    for i in range(pin_ptr[u], pin_ptr[u + 1]):
        pin = pin_start[i]
        if s < following[pin] and pin < following[s]:
            return True
    return False


@njit(cache=True)
def _has_room(tables, state, k, s):
    """Whether one unit more of offer `k` stays under its nation's ceiling throughout a tour that begins on start `s`."""
    nation = tables.offer_nation[k]
    if tables.ceiling[nation] == np.inf:
        return True
    for t in range(tables.start_slot[s], tables.tempo_tour[tables.offer_tempo[k], s]):
        if state.people[nation, t] + tables.offer_people[k] > tables.ceiling[nation] + 1e-6:
            return False
    return True


@njit(cache=True)
def _no_worse(after, best, levels):
    """Whether no goal is worse than it was."""
    for i in range(len(best)):
        tolerance = 1e-6 if i < levels else ROUNDING * max(1.0, abs(best[i]))
        if after[i] > best[i] + tolerance:
            return False
    return True
