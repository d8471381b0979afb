"""Play a schedule through under delays and breakdowns, compiled.

Each part goes the way that it was given, stage by stage (`contingent.deployment.timetable.Timetable`), and holds the days that
it was given on each resource. It never boards before its time. Who is late loses the days that have passed, from the hour in
which it is known that he will be late, and takes instead what is free: first come, first served, by the time at which parts are
really there. So nothing is ever above capacity, and without delays every part is there to the minute. A vehicle that is late on
its way is taken to be replaced until it is back.
"""

import math

import numpy as np
from numba import njit

from contingent.deployment.insert_kernel import SLIVER, free_from
from contingent.deployment.legs import ROUNDING
from contingent.ensemble.streams import uniforms
from contingent.network.ways_kernel import pop, push

HANDLED, FLEET, WAY = 0, 1, 2
"""Kinds of stage: an amount that is handled, a share of a fleet, time that passes."""
MOMENT = 1e-9
"""Who is late by so little is in time. [days]"""
NEVER = -1
"""Day on which a line is closed that never is."""


@njit(cache=True, nogil=True)
def delay_of(chance, key0, key1, replication, part, leg):
    """Return by how much a leg is late, breakdowns included. [days]"""
    late_share, late_days, broken_share, broken_days = chance
    is_late, how_late, breaks, how_long = uniforms(key0, key1, np.uint64(replication), np.uint64(part), np.uint64(leg))
    delay = 0.0
    if is_late < late_share:
        delay -= late_days * math.log1p(-how_late)
    if breaks < broken_share:
        delay -= broken_days * math.log1p(-how_long)
    return delay


@njit(cache=True, nogil=True)
def give_up(table, used, held, stage, time):
    """Give back what a part holds at a stage and cannot use, as it gets there at `time`; return how much that is.

    Of a fleet all or nothing is given back.
    """
    _, kind, resource, _, _, planned, _, first_slot, slot_day, _, _, _ = table
    if kind[stage] == FLEET and time <= planned[stage] + MOMENT:
        return 0.0
    lost = 0.0
    for slot in range(first_slot[stage], first_slot[stage + 1]):
        if held[slot] > 0.0 and (kind[stage] == FLEET or slot_day[slot] < int(time)):
            used[resource[stage], slot_day[slot]] = max(0.0, used[resource[stage], slot_day[slot]] - held[slot])
            lost += held[slot]
            held[slot] = 0.0
    return lost


@njit(cache=True, nogil=True)
def handle(table, cap, used, held, stage, owed, time):
    """Have a part handled that is there at `time`; return when it is through, infinite where it never is.

    It uses the days that it holds, and takes the `owed` amount from what is free.
    """
    _, _, resource, _, _, _, _, first_slot, slot_day, _, _, _ = table
    through = time
    for slot in range(first_slot[stage], first_slot[stage + 1]):
        if held[slot] > 0.0:
            through = max(through, float(slot_day[slot]))
    day = int(time)
    at = resource[stage]
    while owed > SLIVER:
        if day >= cap.shape[1]:
            return np.inf
        free = cap[at, day] - used[at, day]
        if free > SLIVER:
            taken = min(free, owed)
            used[at, day] += taken
            owed -= taken
            through = max(through, float(day))
        day += 1
    return through


@njit(cache=True, nogil=True)
def board(table, cap, used, stage, time):
    """Take a share of a fleet that is no longer held; return from when on, infinite where it is never free."""
    _, _, resource, amount, days, _, _, _, _, _, _, _ = table
    start = free_from(cap, used, resource[stage], amount[stage], time, days[stage])
    if start == np.inf:
        return np.inf
    end = start + days[stage]
    day = int(start)
    while day < end:
        used[resource[stage], day] += amount[stage] * (min(end, day + 1.0) - max(start, float(day)))
        day += 1
    return start


@njit(cache=True, nogil=True)
def go_on(table, cap, used, held, owed, chance, key0, key1, replication, part, stage, time):
    """Take a part through one stage; return when the next begins.

    What is owed, because a part will be late for what it holds, is kept from the hour in which that is known.
    """
    _, kind, _, _, days, planned, leg, _, _, _, _, _ = table
    if kind[stage] == WAY:
        time += days[stage]
        if leg[stage] >= 0:
            time += delay_of(chance, key0, key1, replication, part, leg[stage])
    elif kind[stage] == HANDLED:
        owed[part] += give_up(table, used, held, stage, time)
        time = handle(table, cap, used, held, stage, owed[part], time)
        owed[part] = 0.0
    else:
        owed[part] += give_up(table, used, held, stage, time)
        time = board(table, cap, used, stage, time) if owed[part] > 0.0 else max(time, planned[stage])
        owed[part] = 0.0
    return time


@njit(cache=True, nogil=True)
def replicate(table, cap, used, held, owed, chance, key0, key1, replication, arrival, heap_time, heap_part, at_stage):
    """Play one replication; `arrival` is filled with when each part is there, infinite for never. [days from D-day]"""
    first, kind, _, _, _, _, _, _, _, slot_amount, ready, booked = table
    used[:] = booked
    held[:] = slot_amount
    owed[:] = 0.0
    size = 0
    for part in range(len(ready)):
        at_stage[part] = first[part]
        arrival[part] = ready[part]
        if not np.isnan(ready[part]):
            size = push(heap_time, heap_part, size, ready[part], part)
        else:
            arrival[part] = np.inf
    while size > 0:
        time, part, size = pop(heap_time, heap_part, size)
        stage = at_stage[part]
        then = time
        while stage < first[part + 1] and then == time:
            then = go_on(table, cap, used, held, owed, chance, key0, key1, replication, part, stage, time)
            stage += 1
            if then < np.inf and stage < first[part + 1] and kind[stage] != WAY:
                owed[part] += give_up(table, used, held, stage, then)
        at_stage[part] = stage
        arrival[part] = then
        if stage < first[part + 1]:
            if then < np.inf:
                size = push(heap_time, heap_part, size, then, part)
            else:
                leave(table, used, held, stage, first[part + 1])


@njit(cache=True, nogil=True)
def leave(table, used, held, stage, until):
    """Give back all that a part holds that will never get there."""
    for onward in range(stage, until):
        give_up(table, used, held, onward, np.float64(2**31))


@njit(cache=True, nogil=True)
def whole_day(time):
    """Return the first day at whose start something has happened."""
    return math.ceil(time - ROUNDING)


@njit(cache=True, nogil=True)
def tally(arrival, unit, units, closes, people, closed, curve):
    """Count one replication: the day on which each line is closed, and people in place on each day.

    `units`: line whose first occupation each belongs to (-1 = none), day required, day on which it leaves, people. `closes` holds
    the day on which each line is required. In place is a unit whose last part is there.
    """
    line, required, until, strength = units
    people[:] = -np.inf
    for part in range(len(arrival)):
        if unit[part] >= 0:
            people[unit[part]] = max(people[unit[part]], arrival[part])
    closed[:] = closes
    curve[:] = 0
    days = len(curve) - 1
    for at in range(len(line)):
        never = people[at] == np.inf
        day = required[at] if people[at] == -np.inf else (0 if never else whole_day(people[at]))
        if line[at] >= 0 and closed[line[at]] != NEVER:
            closed[line[at]] = NEVER if never else max(closed[line[at]], day)
        ends = min(until[at], days)
        if not never and max(day, 0) < ends:
            curve[max(day, 0)] += strength[at]
            curve[ends] -= strength[at]
    for day in range(1, days + 1):
        curve[day] += curve[day - 1]


@njit(cache=True, nogil=True)
def play(table, cap, unit, units, closes, chance, key0, key1, begin, closed, curve):
    """Play replications from number `begin` on, as many as `closed` and `curve` have rows."""
    parts = len(table[10])
    used, held, owed = np.empty_like(cap), np.empty_like(table[9]), np.empty(parts)
    arrival, in_place = np.empty(parts), np.empty(len(units[0]))
    heap_time, heap_part = np.empty(parts + 2), np.empty(parts + 2, dtype=np.int64)
    at_stage = np.empty(parts, dtype=np.int64)
    for row in range(len(closed)):
        number = begin + row
        replicate(
            table, cap, used, held, owed, chance, key0, key1, number, arrival, heap_time, heap_part, at_stage
        )
        tally(arrival, unit, units, closes, in_place, closed[row], curve[row])
