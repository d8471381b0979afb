"""Schedules, compiled: send parts in an order; then take a few off and send them in another, and keep what is better.

The order of a list is that in which parts may take what is scarce. The search picks a part that is late, by what its lateness
weighs; with it others that take what it waits for at about the same time; takes all of them off, and sends them again in an order
drawn anew. A worse schedule is taken back.
"""

import numpy as np
from numba import njit

from contingent.deployment.insert_kernel import send, take_back
from contingent.ensemble.streams import uniform

TOGETHER_DAYS = 12.0
"""Parts whose takings lie within so many days of each other compete. [days]"""
LOOKED_AT = 2048
"""So many parts before and after one are looked at for some that compete with it. [parts]"""
BLOCK = 512
"""Lateness is kept by blocks of so many parts, so that a late one is found without asking each. [parts]"""
NEVER_DAYS = 1000.0
"""Lateness of a part that cannot be sent. [days]"""


@njit(cache=True, nogil=True)
def late(arrival, required):
    """Return days of lateness; of a part that is not there, `NEVER_DAYS`."""
    if np.isnan(arrival):
        return NEVER_DAYS
    return max(0.0, arrival - required)


@njit(cache=True, nogil=True)
def value_of(arrival, required, weight, among):
    """Return the weighted days of lateness of parts."""
    total = 0.0
    for part in among:
        total += weight[part] * late(arrival[part], required[part])
    return total


@njit(cache=True, nogil=True)
def send_in_order(graph, cap, used, labels, state, parts, order):
    """Send parts one after the other, each as early as it can arrive. Those that cannot go stay."""
    for part in order:
        send(graph, cap, used, labels, state, parts, part)


@njit(cache=True, nogil=True)
def clear(used, state, among):
    """Take parts off the network."""
    for part in among:
        take_back(used, state, part)


@njit(cache=True, nogil=True)
def waits_for(graph, state, part, ready):
    """Return the resource before which a part waits longest, and when it gets there; -1 where it waits for none."""
    _, _, _, days, after_days, fleet, _, _, _, before, _, after, _ = graph
    _, steps, step_arc, step_leaves, step_arrives, _, _, _, _ = state
    time, longest, resource, day = ready, 0.02, -1, ready
    for at in range(steps[part]):
        arc = step_arc[part, at]
        wait = step_leaves[part, at] - time
        if wait > longest:
            longest, day = wait, time
            resource = before[arc, 0] if before[arc, 0] >= 0 else fleet[arc]
        there = step_leaves[part, at] + days[arc]
        wait = step_arrives[part, at] - after_days[arc] - there
        if wait > longest:
            longest, resource, day = wait, after[arc, 0], there
        time = step_arrives[part, at]
    return resource, day, longest


@njit(cache=True, nogil=True)
def takes_near(state, part, resource, day, span):
    """Whether a part takes a resource within a span of a day."""
    uses, use_resource, use_day = state[5], state[6], state[7]
    near = False
    for at in range(uses[part]):
        near = near or (use_resource[part, at] == resource and abs(use_day[part, at] - day) <= span)
    return near


@njit(cache=True, nogil=True)
def keep(state, part, kept, at):
    """Copy what a part takes, and its way, into the place `at` of what is kept, a state of its own."""
    arrival, steps, step_arc, step_leaves, step_arrives, uses, use_resource, use_day, use_amount = state
    kept[0][at], kept[1][at], kept[5][at] = arrival[part], steps[part], uses[part]
    for step in range(steps[part]):
        kept[2][at, step], kept[3][at, step] = step_arc[part, step], step_leaves[part, step]
        kept[4][at, step] = step_arrives[part, step]
    for use in range(uses[part]):
        kept[6][at, use], kept[7][at, use] = use_resource[part, use], use_day[part, use]
        kept[8][at, use] = use_amount[part, use]


@njit(cache=True, nogil=True)
def put_back(used, state, part, kept, at):
    """Send a part again as it was kept."""
    arrival, steps, step_arc, step_leaves, step_arrives, uses, use_resource, use_day, use_amount = state
    arrival[part], steps[part], uses[part] = kept[0][at], kept[1][at], kept[5][at]
    for step in range(steps[part]):
        step_arc[part, step], step_leaves[part, step] = kept[2][at, step], kept[3][at, step]
        step_arrives[part, step] = kept[4][at, step]
    for use in range(uses[part]):
        use_resource[part, use], use_day[part, use] = kept[6][at, use], kept[7][at, use]
        use_amount[part, use] = kept[8][at, use]
        used[use_resource[part, use], use_day[part, use]] += use_amount[part, use]


@njit(cache=True, nogil=True)
def block_value(arrival, required, weight, among, block):
    """Return the weighted days of lateness of one block of parts."""
    return value_of(arrival, required, weight, among[block * BLOCK : (block + 1) * BLOCK])


@njit(cache=True, nogil=True)
def late_one(state, required, weight, among, blocks, left):
    """Return the place of a part drawn by what its lateness weighs; the last of those where nothing is late."""
    block = 0
    while block < len(blocks) - 1 and left >= blocks[block]:
        left -= blocks[block]
        block += 1
    for place in range(block * BLOCK, min(len(among), (block + 1) * BLOCK)):
        part = among[place]
        left -= weight[part] * late(state[0][part], required[part])
        if left < 0.0:
            return place
    return len(among) - 1


@njit(cache=True, nogil=True)
def with_it(graph, state, parts, among, place, together, how_many, key0, key1, at):
    """Put a part and others near it that compete with it into `together`, as places, drawn anew; return how many."""
    ready, first = parts[2], among[place]
    resource, day, longest = waits_for(graph, state, first, ready[first])
    together[0] = place
    count, met = 1, 0
    room = 2 + int(how_many * (len(together) - 2))
    for other in range(max(0, place - LOOKED_AT), min(len(among), place + LOOKED_AT + 1)):
        part = among[other]
        if other == place or np.isnan(state[0][part]):
            continue
        near = takes_near(state, part, resource, day, TOGETHER_DAYS + longest) if resource >= 0 else False
        if not near:
            continue
        met += 1
        if count < room:
            together[count] = other
            count += 1
            continue
        # Each of those that compete is as likely to be among those that are taken off.
        drawn = int(uniform(key0, key1, at, np.uint64(met), np.uint64(2)) * met)
        if drawn < room - 1:
            together[1 + drawn] = other
    return count


@njit(cache=True, nogil=True)
def shuffle(together, count, key0, key1, at):
    """Put the first of an array into an order drawn anew."""
    for last in range(count - 1, 0, -1):
        other = int(uniform(key0, key1, at, np.uint64(last), np.uint64(1)) * (last + 1))
        together[last], together[other] = together[other], together[last]


@njit(cache=True, nogil=True)
def improve(graph, cap, used, labels, state, parts, required, weight, among, kept, key0, key1, begin, rounds):
    """Search for a better schedule of the parts `among`; return its value. Other parts stay as they are.

    Parameters
    ----------
    kept : tuple of ndarray
        Room for what is taken off, a state of as many parts as are taken off at once.
    key0, key1 : uint64
        Stream of random numbers.
    begin, rounds : int
        Number of the first round, and of rounds.
    """
    total = value_of(state[0], required, weight, among)
    blocks = np.empty((len(among) + BLOCK - 1) // BLOCK)
    for block in range(len(blocks)):
        blocks[block] = block_value(state[0], required, weight, among, block)
    places = np.empty(len(kept[0]), dtype=np.int64)
    for number in range(begin, begin + rounds):
        if total <= 0.0:
            break
        at = np.uint64(number)
        left = uniform(key0, key1, at, np.uint64(0), np.uint64(0)) * total
        first = late_one(state, required, weight, among, blocks, left)
        how_many = uniform(key0, key1, at, np.uint64(1), np.uint64(0))
        count = with_it(graph, state, parts, among, first, places, how_many, key0, key1, at)
        took_off = among[places[:count]]
        together = took_off.copy()
        before = value_of(state[0], required, weight, took_off)
        for which in range(count):
            keep(state, took_off[which], kept, which)
        for which in range(count):
            take_back(used, state, took_off[which])
        shuffle(together, count, key0, key1, at)
        for which in range(count):
            send(graph, cap, used, labels, state, parts, together[which])
        after = value_of(state[0], required, weight, together)
        if after > before + 1e-9:
            for which in range(count):
                take_back(used, state, took_off[which])
            for which in range(count):
                put_back(used, state, took_off[which], kept, which)
        else:
            total += after - before
            for which in range(count):
                block = places[which] // BLOCK
                blocks[block] = block_value(state[0], required, weight, among, block)
    return value_of(state[0], required, weight, among)
