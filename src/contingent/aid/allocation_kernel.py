"""Compiled parts of the allocation by rules: what is free, what is written down, formation by formation.

The pairs of a need stand together: those of need n are `first[n]` to `first[n + 1]`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

ROUNDING = 1e-6

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]


class Terms(NamedTuple):
    """What holds throughout.

    Parameters
    ----------
    formation_of, standard, quantity, first : ndarray of int
        Of each need; `first` has one more.
    pair_type : ndarray of int
        Of each pair.
    lead, crew : ndarray of int
        Of each type.
    upkeep : ndarray of float
        Maintenance of one item of each type. [hours]
    most_types : int
        Within a need.
    """

    formation_of: Whole
    standard: Whole
    quantity: Whole
    first: Whole
    pair_type: Whole
    lead: Whole
    crew: Whole
    upkeep: Real
    most_types: int


class Free(NamedTuple):
    """What is handed over, and what is still free beside it.

    Parameters
    ----------
    given : ndarray of int
        Shape (pairs, periods)
    left, free : ndarray of int
        Arrived by a period and not handed over by then; most that can be handed over in it without lacking it later. Shape
        (types, periods)
    places, hours : ndarray of float
        Training places of each period, maintenance of each formation.
    missing, used, total : ndarray of int
        Items that a need still misses; types that it has; items of a pair in all periods.
    """

    given: Whole
    left: Whole
    free: Whole
    places: Real
    hours: Real
    missing: Whole
    used: Whole
    total: Whole


@njit(cache=True, nogil=True)
def never_short(left, free):
    """Write the most of a type that can be given at each period without lacking it later."""
    least = left[left.size - 1]
    for period in range(left.size - 1, -1, -1):
        least = min(least, left[period])
        free[period] = least


@njit(cache=True, nogil=True)
def most(terms, now, kind, period, formation):
    """Return the most that a period allows of a type. [items]"""
    found = now.free[kind, period]
    if terms.upkeep[kind] > 0 and now.hours[formation] < np.inf:
        found = min(found, np.int64((now.hours[formation] + ROUNDING) // terms.upkeep[kind]))
    if terms.lead[kind] > 0 and terms.crew[kind] > 0:
        least = np.inf
        for training in range(period + 1, min(now.places.size, period + 1 + terms.lead[kind])):
            least = min(least, now.places[training])
        if least < np.inf:
            found = min(found, np.int64(least // terms.crew[kind]))
    return max(np.int64(0), found)


@njit(cache=True, nogil=True)
def give(terms, now, need, pair, period, items):
    """Write items down, or take them back if they are negative."""
    kind = terms.pair_type[pair]
    for later in range(period, now.left.shape[1]):
        now.left[kind, later] -= items
    never_short(now.left[kind], now.free[kind])
    now.given[pair, period] += items
    now.missing[need] -= items
    now.hours[terms.formation_of[need]] -= items * terms.upkeep[kind]
    for training in range(period + 1, min(now.places.size, period + 1 + terms.lead[kind])):
        now.places[training] -= items * terms.crew[kind]
    now.used[need] -= now.total[pair] > 0
    now.total[pair] += items
    now.used[need] += now.total[pair] > 0


@njit(cache=True, nogil=True)
def most_first(terms, now, need, period):
    """Return the pairs of a need whose crews can be trained by the end of a period, the type of which most is free first."""
    order = np.empty(terms.first[need + 1] - terms.first[need], np.int64)
    amount = np.empty(order.size, np.int64)
    fitting = 0
    for pair in range(terms.first[need], terms.first[need + 1]):
        latest = period - terms.lead[terms.pair_type[pair]]
        if latest < 0:
            continue
        value = now.free[terms.pair_type[pair], latest]
        at = fitting
        while at > 0 and amount[at - 1] < value:
            amount[at], order[at] = amount[at - 1], order[at - 1]
            at -= 1
        amount[at], order[at] = value, pair
        fitting += 1
    return order[:fitting]


@njit(cache=True, nogil=True)
def meet(terms, now, need, period, log, written):
    """Write the standard of one need, in trained hands at the end of a period; return the rows of the log, and if it is met."""
    short = terms.standard[need] - (terms.quantity[need] - now.missing[need])
    for pair in most_first(terms, now, need, period):
        kind = terms.pair_type[pair]
        if short <= 0 or (now.total[pair] == 0 and now.used[need] + 1 > terms.most_types):
            continue
        for when in range(period - terms.lead[kind], -1, -1):
            items = min(short, most(terms, now, kind, when, terms.formation_of[need]))
            if items > 0:
                give(terms, now, need, pair, when, items)
                log[written, 0], log[written, 1], log[written, 2], log[written, 3] = need, pair, when, items
                written += 1
                short -= items
            if short <= 0 or now.free[kind, when] == 0:
                break
    return written, short <= 0


@njit(cache=True, nogil=True)
def enough(terms, now, needs, period):
    """Return whether there is enough for the standard of each need by itself, in trained hands at the end of a period."""
    for need in needs:
        there = terms.quantity[need] - now.missing[need]
        for pair in range(terms.first[need], terms.first[need + 1]):
            latest = period - terms.lead[terms.pair_type[pair]]
            if latest >= 0:
                there += now.free[terms.pair_type[pair], latest]
        if there < terms.standard[need]:
            return False
    return True


@njit(cache=True, nogil=True)
def equip(terms, now, needs, log):
    """Bring a formation to its standard at the earliest period at which that can be done, or leave it."""
    for period in range(now.left.shape[1]):
        written, met = 0, enough(terms, now, needs, period)
        for need in needs:
            if not met:
                break
            written, met = meet(terms, now, need, period, log, written)
        if met:
            return
        for row in range(written - 1, -1, -1):
            give(terms, now, log[row, 0], log[row, 1], log[row, 2], -log[row, 3])


@njit(cache=True, nogil=True)
def top_up(terms, now, need):
    """Give a need what is left of its types, as soon as it comes, first of the types that the formation has."""
    last = now.left.shape[1] - 1
    held = now.total[terms.first[need] : terms.first[need + 1]] > 0
    for turn in range(2):
        for pair in range(terms.first[need], terms.first[need + 1]):
            kind = terms.pair_type[pair]
            if held[pair - terms.first[need]] != (turn == 0) or now.missing[need] <= 0 or now.free[kind, last] <= 0:
                continue
            if now.total[pair] == 0 and now.used[need] + 1 > terms.most_types:
                continue
            for period in range(last + 1 - terms.lead[kind]):
                if now.free[kind, period] <= 0:
                    continue
                items = min(now.missing[need], most(terms, now, kind, period, terms.formation_of[need]))
                if items > 0:
                    give(terms, now, need, pair, period, items)


@njit(cache=True, nogil=True)
def by_order(terms, supply, places, hours, kept, formations, needs_first, needs_of, needs):
    """Return an allocation by the rules: formations in one order, then needs in another. [items], shape (pairs, periods)"""
    periods = supply.shape[1]
    left, free = np.zeros(supply.shape, np.int64), np.zeros(supply.shape, np.int64)
    for kind in range(supply.shape[0]):
        left[kind] = np.cumsum(supply[kind])
        never_short(left[kind], free[kind])
    now = Free(
        np.zeros(kept.shape, np.int64), left, free, np.full(periods, places), hours.copy(), terms.quantity.copy(),
        np.zeros(terms.quantity.size, np.int64), np.zeros(terms.pair_type.size, np.int64),
    )  # fmt: skip
    for need in range(terms.quantity.size):
        for pair in range(terms.first[need], terms.first[need + 1]):
            for period in range(periods):
                if kept[pair, period] > 0:
                    give(terms, now, need, pair, period, kept[pair, period])
    largest = 0
    for formation in formations:
        rows = 0
        for need in needs_of[needs_first[formation] : needs_first[formation + 1]]:
            rows += terms.first[need + 1] - terms.first[need]
        largest = max(largest, rows)
    log = np.empty((largest * periods + 1, 4), np.int64)
    for formation in formations:
        equip(terms, now, needs_of[needs_first[formation] : needs_first[formation + 1]], log)
    for need in needs:
        top_up(terms, now, need)
    return now.given


@njit(cache=True, nogil=True)
def ready_of(given, pair_need, pair_lead, needs):
    """Return what each need has in trained hands at the end of each period. [items], shape (needs, periods)"""
    pairs, periods = given.shape
    ready = np.zeros((needs, periods), np.int64)
    for pair in range(pairs):
        for period in range(periods - pair_lead[pair]):
            ready[pair_need[pair], period + pair_lead[pair]] += given[pair, period]
    for need in range(needs):
        for period in range(1, periods):
            ready[need, period] += ready[need, period - 1]
    return ready


@njit(cache=True, nogil=True)
def trimmed(given, pairs_of, kind_first, supply):
    """Return an allocation cut to a smaller supply: of each type, the pairs that stand last lose first. Shape (pairs, periods)"""
    cut = given.copy()
    for kind in range(supply.shape[0]):
        mine = pairs_of[kind_first[kind] : kind_first[kind + 1]]
        come, handed = 0, 0
        for period in range(supply.shape[1]):
            come += supply[kind, period]
            for pair in mine:
                handed += cut[pair, period]
            for place in range(mine.size - 1, -1, -1):
                for when in range(period, -1, -1):
                    items = max(0, min(cut[mine[place], when], handed - come))
                    cut[mine[place], when] -= items
                    handed -= items
    return cut


@njit(cache=True, nogil=True)
def most_trained(room, pair_lead, pair_crew, places):
    """Return the most of each pair in trained hands at the end of each period, if it alone uses the places. [items]

    `room` is the most handed over by each period, `places` what is free for the pair; all of shape (pairs, periods).
    """
    pairs, periods = room.shape
    ready = np.zeros((pairs, periods), np.int64)
    for pair in range(pairs):
        lead, crew = pair_lead[pair], pair_crew[pair]
        free = places[pair].copy()
        handed = 0
        for period in range(periods - lead):
            items = room[pair, period] - handed
            if lead > 0 and crew > 0:
                for training in range(period + 1, period + 1 + lead):
                    if free[training] < np.inf:
                        items = min(items, np.int64(free[training] // crew))
            items = max(items, 0)
            handed += items
            ready[pair, period + lead] = handed
            for training in range(period + 1, period + 1 + lead):
                free[training] -= items * crew
    return ready
