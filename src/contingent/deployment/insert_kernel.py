"""Send one part on its way, compiled: the earliest arrival that what is left of the network allows, and its way through it.

Arrays go about in tuples (`contingent.deployment.problem.Problem` makes them):

    graph     first, head, tail, days, after_days, fleet, nation, share, fleet_days, before, before_amount, after,
              after_amount of `contingent.network.Graph`, the graphs of all kinds laid side by side
    parts     of each part: origin and goal (nodes, -1 = none), ready [days], size, nation, first node of its kind, row of
              `to_go`; `to_go`: days from each node of the kind to the goal when nothing is full; room for one way
    labels    time, stamp and arc of each node; heap of times and nodes; number of the search
    cap, used of each resource on each day, what there is and what is taken; shape (resources, days)

and of what is sent, the state:

    arrival   of each part, nan = not sent; shape (parts,) [days]
    steps     number of arcs of each part's way; shape (parts,)
    step_arc, step_leaves, step_arrives
              its arcs and when each is begun, after waiting, and done; shape (parts, most steps)
    uses      number of takings of each part; shape (parts,)
    use_resource, use_day, use_amount
              its takings; shape (parts, most uses)

On a handled resource a part takes what is left from its day on, on as many days as that needs. Of a fleet it takes its whole
share at once for as long as the fleet is busy. Both are first come, first served in the order in which parts are sent; who comes
later finds what is left, also before what was taken. To arrive at a handled resource earlier never means to
leave it later, so that labels by time find the earliest arrival. A fleet is asked for at once and then at the start of each
day, so that whoever comes later on a day may, seldom, be through less than a day earlier: then a way is good, not the best.
"""

import numpy as np
from numba import njit

from contingent.network.ways_kernel import pop, push

SLIVER = 1e-9
"""What is so little is nothing. [of what a resource counts]"""
FLEET_SLIVER = 1e-7
"""What is so little too much on a fleet is rounding. [vehicles]"""


@njit(cache=True, nogil=True)
def passes(cap, used, resource, amount, time):
    """Return the time at which an amount has passed a resource that it reaches at `time`; infinite where it never does."""
    days = cap.shape[1]
    day = int(time)
    last = day
    need = amount
    while need > SLIVER:
        if day >= days:
            return np.inf
        free = cap[resource, day] - used[resource, day]
        if free > SLIVER:
            need -= free
            last = day
        day += 1
    return max(time, float(last))


@njit(cache=True, nogil=True)
def free_from(cap, used, resource, amount, time, duration):
    """Return the first time from `time` at which a share of a fleet is free for a duration: at once, or at the start of a day."""
    days = cap.shape[1]
    start = time
    while True:
        day = int(start)
        end = start + duration
        full = -1
        while day < end:
            if day >= days:
                return np.inf
            overlap = min(end, day + 1.0) - max(start, float(day))
            if used[resource, day] + amount * overlap > cap[resource, day] + FLEET_SLIVER:
                full = day
            day += 1
        if full < 0:
            return start
        start = full + 1.0


@njit(cache=True, nogil=True)
def along(graph, cap, used, arc, size, time):
    """Return when an arc is begun after waiting, and when it is done; infinite where it never is."""
    _, _, _, days, after_days, fleet, _, share, fleet_days, before, before_amount, after, after_amount = graph
    for at in range(2):
        if before[arc, at] >= 0:
            time = passes(cap, used, before[arc, at], size * before_amount[arc, at], time)
            if time == np.inf:
                return np.inf, np.inf
    if fleet[arc] >= 0 and fleet_days[arc] > 0.0:
        resource = fleet[arc]
        if size * share[arc] * min(1.0, fleet_days[arc]) > cap[resource, cap.shape[1] - 1] + FLEET_SLIVER:
            return np.inf, np.inf
        time = free_from(cap, used, resource, size * share[arc], time, fleet_days[arc])
        if time == np.inf:
            return np.inf, np.inf
    leaves = time
    time += days[arc]
    for at in range(2):
        if after[arc, at] >= 0:
            time = passes(cap, used, after[arc, at], size * after_amount[arc, at], time)
            if time == np.inf:
                return np.inf, np.inf
    return leaves, time + after_days[arc]


@njit(cache=True, nogil=True)
def earliest(graph, cap, used, labels, to_go, first_node, origin, goal, ready, size, nation, latest):
    """Return the time of arrival at a node; infinite where it cannot be reached by `latest`. Arcs are left in `labels`.

    `to_go` holds the days from each node of the part's own graph, from `first_node` on, to the goal when nothing is full.
    """
    first, head, only = graph[0], graph[1], graph[6]
    time, stamp, via, heap_time, heap_node, counter = labels
    counter[0] += 1
    now_stamp = counter[0]
    time[origin] = ready
    stamp[origin] = now_stamp
    via[origin] = -1
    size_of_heap = push(heap_time, heap_node, 0, ready + to_go[origin - first_node], origin)
    while size_of_heap > 0:
        key, node, size_of_heap = pop(heap_time, heap_node, size_of_heap)
        now = time[node]
        if key > now + to_go[node - first_node] + 1e-9:
            continue
        if node == goal:
            return now
        for arc in range(first[node], first[node + 1]):
            then_node = head[arc]
            rest = to_go[then_node - first_node]
            if rest == np.inf or (only[arc] >= 0 and only[arc] != nation):
                continue
            seen = stamp[then_node] == now_stamp
            if seen and time[then_node] <= now:
                continue
            _, then = along(graph, cap, used, arc, size, now)
            if then + rest > latest or (seen and time[then_node] <= then):
                continue
            if size_of_heap >= len(heap_time) - 1:
                return np.inf
            time[then_node] = then
            stamp[then_node] = now_stamp
            via[then_node] = arc
            size_of_heap = push(heap_time, heap_node, size_of_heap, then + rest, then_node)
    return np.inf


@njit(cache=True, nogil=True)
def take(cap, used, state, part, resource, amount, time):
    """Take an amount of a handled resource from `time` on; return when it has passed, infinite where it never does."""
    _, _, _, _, _, uses, use_resource, use_day, use_amount = state
    days = cap.shape[1]
    day = int(time)
    last = day
    need = amount
    while need > SLIVER:
        if day >= days or uses[part] >= use_day.shape[1]:
            return np.inf
        free = cap[resource, day] - used[resource, day]
        if free > SLIVER:
            taken = min(free, need)
            used[resource, day] += taken
            at = uses[part]
            use_resource[part, at], use_day[part, at], use_amount[part, at] = resource, day, taken
            uses[part] = at + 1
            need -= taken
            last = day
        day += 1
    return max(time, float(last))


@njit(cache=True, nogil=True)
def take_fleet(cap, used, state, part, resource, amount, time, duration):
    """Take a share of a fleet for a duration; return from when on, infinite where it is never free."""
    _, _, _, _, _, uses, use_resource, use_day, use_amount = state
    start = free_from(cap, used, resource, amount, time, duration)
    if start == np.inf:
        return np.inf
    end = start + duration
    day = int(start)
    while day < end:
        if uses[part] >= use_day.shape[1]:
            return np.inf
        overlap = min(end, day + 1.0) - max(start, float(day))
        at = uses[part]
        used[resource, day] += amount * overlap
        use_resource[part, at], use_day[part, at], use_amount[part, at] = resource, day, amount * overlap
        uses[part] = at + 1
        day += 1
    return start


@njit(cache=True, nogil=True)
def take_back(used, state, part):
    """Take a part off the network: what it had taken is free again."""
    arrival, steps, _, _, _, uses, use_resource, use_day, use_amount = state
    for at in range(uses[part]):
        used[use_resource[part, at], use_day[part, at]] -= use_amount[part, at]
        if used[use_resource[part, at], use_day[part, at]] < SLIVER:
            used[use_resource[part, at], use_day[part, at]] = 0.0
    uses[part] = 0
    steps[part] = 0
    arrival[part] = np.nan


@njit(cache=True, nogil=True)
def send_along(graph, cap, used, state, part, arcs, count, size, ready):
    """Send a part along arcs, the last first in `arcs`; return when it arrives.

    Infinite where it cannot go: then nothing is taken.
    """
    _, _, _, days, after_days, fleet, _, share, fleet_days, before, before_amount, after, after_amount = graph
    arrival, steps, step_arc, step_leaves, step_arrives, _, _, _, _ = state
    time = ready
    for at in range(count):
        arc = arcs[count - 1 - at]
        for two in range(2):
            if before[arc, two] >= 0 and time < np.inf:
                time = take(cap, used, state, part, before[arc, two], size * before_amount[arc, two], time)
        if fleet[arc] >= 0 and fleet_days[arc] > 0.0 and time < np.inf:
            time = take_fleet(cap, used, state, part, fleet[arc], size * share[arc], time, fleet_days[arc])
        leaves = time
        time += days[arc]
        for two in range(2):
            if after[arc, two] >= 0 and time < np.inf:
                time = take(cap, used, state, part, after[arc, two], size * after_amount[arc, two], time)
        if time == np.inf:
            take_back(used, state, part)
            return np.inf
        time += after_days[arc]
        step_arc[part, at], step_leaves[part, at], step_arrives[part, at] = arc, leaves, time
    steps[part] = count
    arrival[part] = time
    return time


@njit(cache=True, nogil=True)
def send(graph, cap, used, labels, state, parts, part):
    """Send a part as early as it can arrive; return its arrival, infinite where it cannot go."""
    origin, goal, ready, size, nation, first_node, row, to_go, scratch = parts
    if origin[part] < 0 or goal[part] < 0:
        return np.inf
    latest = float(cap.shape[1] - 1)
    found = earliest(
        graph, cap, used, labels, to_go[row[part]], first_node[part], origin[part], goal[part], ready[part], size[part],
        nation[part], latest)  # fmt: skip
    if found == np.inf:
        return np.inf
    count = 0
    node = goal[part]
    via, tail = labels[2], graph[2]
    while node != origin[part]:
        if count >= len(scratch):
            return np.inf
        scratch[count] = via[node]
        node = tail[via[node]]
        count += 1
    return send_along(graph, cap, used, state, part, scratch, count, size[part], ready[part])
