"""The test behind every reason: walk along one line, day by day, and send further units wherever the rules allow.

The walk goes along the days on which tours may begin. At each slot that is missed it looks, among all units that the rules as
given to it leave free, for the tour that closes most of the gap from there on, begins as late as it can, and books it; until
the slot is closed or nobody is left. What it books keeps every rule that it was not told to relax: what it closes can be closed.

Tours of lines that go before this one stand as they are. Tours of the line itself hold a unit back from the day on which they
begin, not before: a unit that is sent earlier than planned goes over into its planned tour on that day, and the further tour is
struck off. With `strict` they hold it back throughout.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CLOSED = 1e-9
"""A gap below this is rounding. [units]"""


class Walk(NamedTuple):
    """What one walk along a line goes by. The first axis of two is the candidate unless said otherwise.

    slot_days    length of each slot. [days], shape (slots,)
    start_slot   slot of each start, and the number of slots. Shape (starts + 1,)
    gap          what is to be closed; nothing outside the line's window. [units], shape (slots,)
    last         slot in which the line's window ends
    may_begin    whether a tour may begin. Shape (candidates, starts)
    serve, tour  slot in which service ends; in which the tour ends. Shape (candidates, starts)
    following    first start on which the unit may go again. Shape (candidates, starts)
    elsewhere    tours that begin on lines that go before. [units], shape (candidates, starts)
    own          tours that begin on this line. [units], shape (candidates, starts)
    share        effectiveness. [-], shape (candidates,)
    quantity     units. Shape (candidates,)
    most         tours of all units together. Shape (candidates,)
    people       of one unit. Shape (candidates,)
    nation       of each candidate, an index into `room`. Shape (candidates,)
    crowd        people of those lines on tour. [people], shape (nations, slots)
    ceiling      most people on tour. [people], shape (nations,)
    strict       whether later tours of this line hold a unit back
    """

    slot_days: Floats
    start_slot: Ints
    gap: Floats
    last: int
    may_begin: Flags
    serve: Ints
    tour: Ints
    following: Ints
    elsewhere: Ints
    own: Ints
    share: Floats
    quantity: Ints
    most: Ints
    people: Ints
    nation: Ints
    crowd: Floats
    ceiling: Floats
    strict: bool


class _Ledger(NamedTuple):
    """What is booked at the present point of a walk.

    load    units on tour or in dwell. [units], shape (candidates, starts)
    sent    tours begun, those of the plan included. Shape (candidates,)
    extra   further tours by their start. [units], shape (candidates, starts)
    crowd   people on tour. [people], shape (nations, slots)
    cover   what further tours add. [units], shape (slots,)
    """

    load: Ints
    sent: Ints
    extra: Ints
    crowd: Floats
    cover: Floats


@njit(cache=True)
def close_what_can_be(walk: Walk) -> Floats:
    """Return how much of the gap further tours close on each slot. [units], shape (slots,)"""
    candidates, starts = walk.may_begin.shape
    ledger = _Ledger(
        np.zeros((candidates, starts), dtype=np.int64),
        np.zeros(candidates, dtype=np.int64),
        np.zeros((candidates, starts), dtype=np.int64),
        walk.crowd.copy(),
        np.zeros(len(walk.gap)),
    )
    for i in range(candidates):
        for s in range(starts):
            if walk.elsewhere[i, s] > 0:
                for j in range(s, walk.following[i, s]):
                    ledger.load[i, j] += walk.elsewhere[i, s]
                ledger.sent[i] += walk.elsewhere[i, s]
            if walk.strict and walk.own[i, s] > 0:
                _book(walk, ledger, i, s, walk.own[i, s])
    for now in range(starts):
        if not walk.strict:
            for i in range(candidates):
                if walk.own[i, now] > 0:
                    _book(walk, ledger, i, now, walk.own[i, now])
            for i in range(candidates):
                if walk.own[i, now] > 0:
                    _make_way(walk, ledger, i, now)
        anybody = True
        for t in range(walk.start_slot[now], min(walk.start_slot[now + 1], walk.last)):
            while anybody and walk.gap[t] - ledger.cover[t] > CLOSED:
                i, s, free = _best_tour(walk, ledger, now, t)
                if i < 0:
                    anybody = False  # nor for the slots up to the next start: fewer tours reach them
                    break
                units = min(free, int(np.ceil((walk.gap[t] - ledger.cover[t]) / walk.share[i] - CLOSED)))
                _book(walk, ledger, i, s, units)
                ledger.extra[i, s] += units
                for slot in range(walk.start_slot[s], min(walk.serve[i, s], walk.last)):
                    ledger.cover[slot] += units * walk.share[i]
    return np.minimum(walk.gap, ledger.cover)


@njit(cache=True)
def _book(walk: Walk, ledger: _Ledger, i: int, s: int, units: int) -> None:
    """Put tours on the ledger."""
    for j in range(s, walk.following[i, s]):
        ledger.load[i, j] += units
    ledger.sent[i] += units
    if walk.ceiling[walk.nation[i]] < np.inf:
        for t in range(walk.start_slot[s], walk.tour[i, s]):
            ledger.crowd[walk.nation[i], t] += units * walk.people[i]


@njit(cache=True)
def _free_for(walk: Walk, ledger: _Ledger, i: int, s: int) -> int:
    """Return how many further units of a candidate may begin a tour on a start. [units]"""
    free = min(walk.quantity[i], walk.most[i] - ledger.sent[i])
    for j in range(s, walk.following[i, s]):
        free = min(free, walk.quantity[i] - ledger.load[i, j])
        if free <= 0:
            return 0
    nation = walk.nation[i]
    if free > 0 and walk.ceiling[nation] < np.inf and walk.people[i] > 0:
        for t in range(walk.start_slot[s], walk.tour[i, s]):
            room = walk.ceiling[nation] - ledger.crowd[nation, t]
            free = min(free, int(np.floor(room / walk.people[i] + CLOSED)))
    return int(max(free, 0))


@njit(cache=True)
def _best_tour(walk: Walk, ledger: _Ledger, now: int, t: int) -> tuple[int, int, int]:
    """Return candidate, start and free units of the tour over slot `t` that closes most from there on; -1 where there is none."""
    best, best_start, best_free, most = -1, -1, 0, 0.0
    for i in range(len(walk.share)):
        for s in range(now, -1, -1):
            if walk.serve[i, s] <= t:
                break
            if not walk.may_begin[i, s] or ledger.load[i, s] >= walk.quantity[i] or ledger.sent[i] >= walk.most[i]:
                continue  # most starts end here, before the costlier look at the whole cycle
            free = _free_for(walk, ledger, i, s)
            if free > 0:
                closes = 0.0
                for slot in range(t, min(walk.serve[i, s], walk.last)):
                    closes += walk.slot_days[slot] * max(0.0, min(walk.share[i], walk.gap[slot] - ledger.cover[slot]))
                if closes > most * (1.0 + CLOSED):
                    best, best_start, best_free, most = i, s, free, closes
                break
    return best, best_start, best_free


@njit(cache=True)
def _make_way(walk: Walk, ledger: _Ledger, i: int, now: int) -> None:
    """Strike off further tours that a planned tour, which begins now, leaves no unit or no room for."""
    for j in range(now, walk.following[i, now]):
        while ledger.load[i, j] > walk.quantity[i] and _strike_off(walk, ledger, i, now, starts_from=j, slots_from=0):
            pass
    nation = walk.nation[i]
    if walk.ceiling[nation] == np.inf:
        return
    for t in range(walk.start_slot[now], walk.tour[i, now]):
        while ledger.crowd[nation, t] > walk.ceiling[nation] + CLOSED:
            struck = False
            for other in range(len(walk.share)):
                if not struck and walk.nation[other] == nation:
                    struck = _strike_off(walk, ledger, other, now, starts_from=0, slots_from=t)
            if not struck:
                break


@njit(cache=True)
def _strike_off(walk: Walk, ledger: _Ledger, i: int, now: int, starts_from: int, slots_from: int) -> bool:
    """Strike off one unit's further tour from now on, the latest that reaches a start and a slot; say whether there was one."""
    for s in range(now, -1, -1):
        if ledger.extra[i, s] > 0 and walk.following[i, s] > starts_from and walk.tour[i, s] > slots_from:
            ledger.extra[i, s] -= 1
            ledger.sent[i] -= 1
            for j in range(now, walk.following[i, s]):
                ledger.load[i, j] -= 1
            if walk.ceiling[walk.nation[i]] < np.inf:
                for t in range(walk.start_slot[now], walk.tour[i, s]):
                    ledger.crowd[walk.nation[i], t] -= walk.people[i]
            for t in range(walk.start_slot[now], min(walk.serve[i, s], walk.last)):
                ledger.cover[t] -= walk.share[i]
            return True
    return False
