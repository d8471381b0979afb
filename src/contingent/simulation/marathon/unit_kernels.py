"""Compiled: what becomes of one unit. Its cycle at home, its tour, its changes of policy, its way back.

A unit is brought up to date only on days on which something touches it. A request to be looked at is never taken back: one that
has become pointless brings the unit's counters forward and nothing else, as in MARATHON.
"""

import numpy as np
from numba import njit

from contingent.simulation.marathon.records import (
    CANNIBALISED,
    DEMOBILISING,
    DEPLOYED,
    FREE_EVENT,
    HOME,
    IN_POOL,
    LONGEST_SCALED,
    LOST_EVENTS,
    MILLION,
    NEVER_ENDS,
    OVERLAP,
    POOLED,
    TOUCHED,
    WAITING,
)


@njit(cache=True, nogil=True)
def request(state, unit, day):
    """Have a unit looked at on a day."""
    if day >= state.day.size:
        return
    event = state.count[FREE_EVENT]
    if event < 0:
        state.count[LOST_EVENTS] += 1
        return
    state.count[FREE_EVENT] = state.event[event].next
    state.event[event].unit = unit
    state.event[event].next = state.day[day].head
    state.day[day].head = event


@njit(cache=True, nogil=True)
def wait_for(state, unit, day, days):
    """Let the state that a unit is in end after so many days, or never."""
    own = state.unit[unit]
    if days >= NEVER_ENDS:
        own.due = -1
        return
    own.due = day + max(days, 0)
    if days > 0:
        request(state, unit, day + days)


@njit(cache=True, nogil=True)
def touch(state, unit, day):
    """Bring the counters of a unit to a day."""
    own = state.unit[unit]
    days = day - own.updated
    what = own.what
    if what != WAITING and what != CANNIBALISED:
        own.cycletime += days
        if what == DEPLOYED:
            own.bog += days
            own.budget -= days
        elif what != OVERLAP:
            own.dwell += days
    own.updated = day
    if own.stamp != day:
        own.stamp = day
        state.touched[state.count[TOUCHED]] = unit
        state.count[TOUCHED] += 1


@njit(cache=True, nogil=True)
def begin_segment(world, state, unit, day, segment):
    """Let a unit begin a segment of its cycle."""
    own = state.unit[unit]
    own.what = HOME
    own.segment = segment
    wait_for(state, unit, day, world.segment[segment].ends - world.segment[segment].begins)


@njit(cache=True, nogil=True)
def new_cycle(world, state, unit, day):
    """Let a unit enter Reset with nothing behind it; a policy that was put off comes into force."""
    own = state.unit[unit]
    if own.deferred >= 0:
        own.policy = own.deferred
        own.deferred = -1
    policy = own.policy
    own.cycletime = 0
    own.dwell = 0
    own.bog = 0
    own.deployments = 0
    own.follow_ons = 0
    own.budget = world.policy[policy].max_bog
    begin_segment(world, state, unit, day, world.policy[policy].first_segment)


@njit(cache=True, nogil=True)
def go_home(world, state, unit, day):
    """Let a unit stand where its day of the cycle belongs; beyond the end of the cycle a new one begins."""
    own = state.unit[unit]
    policy = own.policy
    for segment in range(world.policy[policy].first_segment, world.policy[policy].after_segment):
        if world.segment[segment].ends > own.cycletime:
            own.what = HOME
            own.segment = segment
            wait_for(state, unit, day, world.segment[segment].ends - own.cycletime)
            return
    new_cycle(world, state, unit, day)


@njit(cache=True, nogil=True)
def is_open(own, given):
    """Whether a demand is active and short of units, from its records of what changes and what is given."""
    return own.is_active and own.assigned < given.quantity


@njit(cache=True, nogil=True)
def count_assigned(world, state, demand, change):
    """Count a unit in or out of a demand, and whether the demand is short."""
    kind = world.demand[demand].kind
    was_short = is_open(state.demand[demand], world.demand[demand])
    state.demand[demand].assigned += change
    is_short = is_open(state.demand[demand], world.demand[demand])
    state.kind[kind].number_short += np.int64(is_short) - np.int64(was_short)


@njit(cache=True, nogil=True)
def advance(world, state, unit, day):
    """Bring a unit whose state ends today into the next one."""
    own = state.unit[unit]
    what, policy = own.what, own.policy
    if what == HOME:
        segment = own.segment + 1
        if segment < world.policy[policy].after_segment:
            begin_segment(world, state, unit, day, segment)
        else:
            new_cycle(world, state, unit, day)
    elif what == DEPLOYED:
        count_assigned(world, state, own.demand, -1)
        own.what = OVERLAP
        wait_for(state, unit, day, world.policy[policy].overlap_wait)
    elif what == OVERLAP:
        own.demand = -1
        if world.policy[policy].demobilisation > 0:
            own.what = DEMOBILISING
            wait_for(state, unit, day, world.policy[policy].demobilisation)
        else:
            new_cycle(world, state, unit, day)
    else:
        new_cycle(world, state, unit, day)


@njit(cache=True, nogil=True)
def settle(world, state, unit, day):
    """Go through whatever ends today, and count the unit where it then stands."""
    own = state.unit[unit]
    while own.due == day:
        advance(world, state, unit, day)
    kind = world.unit[unit].kind
    is_home = own.what == HOME
    is_available = is_home and world.segment[own.segment].is_deployable and own.budget > 0
    state.kind[kind].number_available += np.int64(is_available) - np.int64(own.is_available)
    own.is_available = is_available
    if is_home == own.is_home:
        return
    own.is_home = is_home
    first = world.kind[kind].first_unit
    if is_home:
        place = first + state.kind[kind].number_at_home
        state.kind[kind].number_at_home += 1
        state.at_home[place] = unit
        own.place_at_home = place
    else:
        state.kind[kind].number_at_home -= 1
        other = state.at_home[first + state.kind[kind].number_at_home]
        state.at_home[own.place_at_home] = other
        state.unit[other].place_at_home = own.place_at_home


@njit(cache=True, nogil=True)
def cut(number):
    """A number cut to whole millionths. [1/1,000,000]"""
    return np.int64(number * MILLION)


@njit(cache=True, nogil=True)
def request_end_of_place(world, state, unit, day):
    """Have a unit looked at when the place ends to which its day of the cycle belongs; return that segment, or -1 beyond the end.

    On the border of two segments the place is the earlier one, of which nothing is left.
    """
    own = state.unit[unit]
    for segment in range(world.policy[own.policy].first_segment, world.policy[own.policy].after_segment):
        rest = world.segment[segment].ends - own.cycletime
        if rest >= 0:
            if 0 < rest < NEVER_ENDS:
                request(state, unit, day + rest)
            return segment
    return -1


@njit(cache=True, nogil=True)
def start_over(world, state, unit, day):
    """Send a unit to Reset with a fresh budget, its day of the cycle and its days deployed running on.

    Where its day of the cycle is one of Reset already it stays for what is left of it. Requests are made for both ends: of the
    place where its day of the cycle would put it, and of a whole Reset.
    """
    own = state.unit[unit]
    own.budget = world.policy[own.policy].max_bog
    first = world.policy[own.policy].first_segment
    place = request_end_of_place(world, state, unit, day)
    if place >= 0 and not world.segment[place].is_reset:
        begin_segment(world, state, unit, day, first)
        return
    whole = world.segment[first].ends - world.segment[first].begins
    if whole < NEVER_ENDS:
        request(state, unit, day + whole)
    go_home(world, state, unit, day)


@njit(cache=True, nogil=True)
def change_policy(world, state, unit, day, policy):
    """Give a unit at home another policy, at the place in the new cycle that it had in the old one."""
    own = state.unit[unit]
    old, new = world.policy[own.policy].length, world.policy[policy].length
    days = own.cycletime
    if new <= LONGEST_SCALED:
        part = (days % new) / new if old >= NEVER_ENDS else days / old
        own.cycletime = np.int64(np.floor(cut(part) / MILLION * new))
    own.policy = policy
    own.deferred = -1
    own.budget = max(world.policy[policy].max_bog - own.bog, 0)
    if own.budget - world.policy[policy].overlap <= 0:
        start_over(world, state, unit, day)
    else:
        go_home(world, state, unit, day)


@njit(cache=True, nogil=True)
def begin_period(world, state, day):
    """Change the policies of units whose schedule names both the period that ends and the one that begins."""
    old, new = world.day[day].period_old, world.day[day].period_new
    if old < 0 or new < 0:
        return
    for unit in range(world.unit.size):
        schedule = world.unit[unit].schedule
        if schedule < 0 or world.schedule[schedule, old] < 0 or world.schedule[schedule, new] < 0:
            continue
        touch(state, unit, day)
        if state.unit[unit].what == HOME:
            change_policy(world, state, unit, day, world.schedule[schedule, new])
            settle(world, state, unit, day)
        else:
            state.unit[unit].deferred = world.schedule[schedule, new]


@njit(cache=True, nogil=True)
def return_home(world, state, unit, day):
    """Let a unit that was withdrawn go on with its cycle where that still makes sense, else begin a new one."""
    own = state.unit[unit]
    policy = own.policy
    if own.budget > 0 and own.cycletime + world.policy[policy].recovery < world.policy[policy].length:
        if own.bog == 0 and own.deferred >= 0:
            request_end_of_place(world, state, unit, day)
            change_policy(world, state, unit, day, own.deferred)
        else:
            go_home(world, state, unit, day)
    else:
        new_cycle(world, state, unit, day)
    settle(world, state, unit, day)


@njit(cache=True, nogil=True)
def withdraw(world, state, unit, day, group):
    """Take a unit out of a demand that ends: to a new cycle, into the pool of follow-ons, or home."""
    own = state.unit[unit]
    touch(state, unit, day)
    own.demand = -1
    own.due = -1
    if own.budget - world.policy[own.policy].overlap <= 0:
        new_cycle(world, state, unit, day)
        settle(world, state, unit, day)
    elif group >= 0:
        own.what = IN_POOL
        state.pool[state.count[POOLED]] = unit
        state.count[POOLED] += 1
        settle(world, state, unit, day)
    else:
        return_home(world, state, unit, day)
