"""The cheapest way of one part at prices of what is scarce, compiled.

A part pays for what it takes, by resource and day, and for each day that it is late. Labels go through the graph as those of
`contingent.deployment.insert_kernel` do, but know time and price: a label is a line of times and prices from ``t0, c0`` to
``t1, c1``, the later the cheaper, for a part may wait anywhere. A line, not a point: the price of a fleet over the days on
which it is busy falls in a straight line as it is taken later from one dear day into a cheap one.

    handled resource    the whole amount on one day, from the day of arrival to that of going on; goes on at once, or at the
                        start of a later day that is cheaper than all before it; never before the amount would have passed were
                        nobody else there
    fleet               share x the days on which it is busy, each at that day's price; begun at any time from arrival on
    arcs, nations       as `insert_kernel.earliest` has them

Labels are taken up in order of the least that a way through them may cost, with the days to the goal when nothing is full. Of
two at a node, one that is nowhere cheaper at any time is dropped: the other may wait.

Arrays go about in tuples, besides those of `insert_kernel`:

    prices    price of each resource and day; its sum over the days before each; least capacity from each day on; whether a
              resource has a price at all
    room      of labels: numbers ``t0, c0, t1, c1``, the least that the way may cost, its earliest arrival, the time at which the
              resource was reached if not that of going on, days since the label before, amount taken; whole numbers: node or
              arc, stage, label before, resource, day on which it is taken (of a label at a node: its arc), next label at the
              node; a heap; the last label of each node, and its stamp; counters; a chain of labels and its times
"""

import numpy as np
from numba import njit

from contingent.deployment.insert_kernel import FLEET_SLIVER, SLIVER

T0, C0, T1, C1, LEAST, SOON, ENTER, SHIFT, AMOUNT = range(9)
AT, STAGE, PARENT, RESOURCE, DAY, NEXT = range(6)
FLEET, TRAVEL, END, NODE = 2, 3, 6, 7
"""Stages of a label on an arc: 0, 1 before it, 2 its fleet, 3 its days, 4, 5 after it, 6 its end; 7 = it stands at a node."""
LABELS, HEAP, STAMP, FULL = range(4)
"""What the counters count; the last is 1 where the room ran out."""
SAME = 1e-9
"""Prices and times that differ by less are the same. [price], [days]"""


@njit(cache=True, nogil=True)
def before_in_heap(number, one, other):
    """Whether a label is taken up before another: by the least that it may cost, then by its earliest arrival."""
    if number[one, LEAST] != number[other, LEAST]:
        return number[one, LEAST] < number[other, LEAST]
    if number[one, SOON] != number[other, SOON]:
        return number[one, SOON] < number[other, SOON]
    return one > other


@njit(cache=True, nogil=True)
def push_label(room, label):
    """Put a label into the heap."""
    number, _, heap, _, _, count, _, _ = room
    at = count[HEAP]
    count[HEAP] += 1
    while at > 0:
        up = (at - 1) >> 1
        if not before_in_heap(number, label, heap[up]):
            break
        heap[at] = heap[up]
        at = up
    heap[at] = label


@njit(cache=True, nogil=True)
def pop_label(room):
    """Take the first label out of the heap."""
    number, _, heap, _, _, count, _, _ = room
    found = heap[0]
    count[HEAP] -= 1
    size = count[HEAP]
    last = heap[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and before_in_heap(number, heap[down + 1], heap[down]):
            down += 1
        if not before_in_heap(number, heap[down], last):
            break
        heap[at] = heap[down]
        at = down
    heap[at] = last
    return found


@njit(cache=True, nogil=True)
def price_at(t0, c0, t1, c1, time):
    """Return the price of a line at a time; infinite before it begins, the last one after it."""
    if time < t0:
        return np.inf
    if time >= t1:
        return c1
    return c0 + (c1 - c0) * (time - t0) / (t1 - t0)


@njit(cache=True, nogil=True)
def least_cost(t0, c0, t1, c1, rest, required, weight):
    """Return the least that a line costs with its lateness, and the time at which."""
    best, when = c0 + weight * max(0.0, t0 + rest - required), t0
    for time in (min(max(t0, required - rest), t1), t1):
        cost = price_at(t0, c0, t1, c1, time) + weight * max(0.0, time + rest - required)
        if cost < best:
            best, when = cost, time
    return best, when


@njit(cache=True, nogil=True)
def beaten(number, other, line):
    """Whether a label is at no time dearer than a line."""
    t0, c0, t1, c1 = line
    a0, b0, a1, b1 = number[other, T0], number[other, C0], number[other, T1], number[other, C1]
    if a0 > t0 + SAME:
        return False
    for time in (t0, t1, min(max(a1, t0), t1)):
        if price_at(a0, b0, a1, b1, max(time, a0)) > price_at(t0, c0, t1, c1, time) + SAME:
            return False
    return True


@njit(cache=True, nogil=True)
def beaten_at(room, node, line):
    """Whether a label at a node is at no time dearer than a line."""
    number, whole, _, last, stamp, count, _, _ = room
    other = last[node] if stamp[node] == count[STAMP] else -1
    while other >= 0:
        if beaten(number, other, line):
            return True
        other = whole[other, NEXT]
    return False


@njit(cache=True, nogil=True)
def add(room, line, there, goal, at, stage, parent, resource, day, enter, shift, amount):
    """Put a label into the room and the heap, unless it costs too much, comes too late, or is beaten where it comes to.

    ``there``: days from here to the goal when nothing is full, the next node, days to it; ``goal``: required, weight, latest
    day, most that the way may cost.
    """
    number, whole, _, _, _, count, _, _ = room
    rest, node, lag = there
    required, weight, latest, most = goal
    t0, c0, t1, c1 = line
    if t1 + rest > latest:
        c1 = price_at(t0, c0, t1, c1, latest - rest)
        t1 = latest - rest
    if t0 > t1 or (c0 == np.inf and c1 == np.inf):
        return -1
    least, _ = least_cost(t0, c0, t1, c1, rest, required, weight)
    if least >= most or beaten_at(room, node, (t0 + lag, c0, t1 + lag, c1)):
        return -1
    if count[LABELS] >= len(number):
        count[FULL] = 1
        return -1
    label = count[LABELS]
    count[LABELS] += 1
    number[label, T0], number[label, C0], number[label, T1], number[label, C1] = t0, c0, t1, c1
    number[label, LEAST], number[label, SOON], number[label, ENTER] = least, t0 + rest, enter
    number[label, SHIFT], number[label, AMOUNT] = shift, amount
    whole[label, AT], whole[label, STAGE], whole[label, PARENT] = at, stage, parent
    whole[label, RESOURCE], whole[label, DAY], whole[label, NEXT] = resource, day, -1
    push_label(room, label)
    return label


@njit(cache=True, nogil=True)
def passes_empty(cap, resource, amount, day, dear):
    """Return the last day on which an amount takes a resource that nobody else takes, and the least price until then."""
    need, last, least = amount, day, np.inf
    while need > SLIVER:
        if day >= cap.shape[1]:
            return -1, least
        if cap[resource, day] > SLIVER:
            need -= cap[resource, day]
            last = day
            least = min(least, dear[resource, day])
        day += 1
    return last, least


@njit(cache=True, nogil=True)
def cheapest_day(cap, dear, resource, begin, end):
    """Return the day on which a resource is cheapest; the first of them."""
    best = -1
    for day in range(begin, end + 1):
        if cap[resource, day] > SLIVER and (best < 0 or dear[resource, day] < dear[resource, best]):
            best = day
    return best


@njit(cache=True, nogil=True)
def handle(room, cap, prices, line, there, goal, arc, stage, parent, resource, amount, shift):
    """Put labels for taking a handled resource: at once, or on a cheaper day later."""
    dear, rest = prices[0], there[0]
    required, weight, _, most = goal
    t0, c0, t1, c1 = line
    begin = t0
    while True:
        day = int(begin)
        end = min(t1, day + 1.0)
        low, high = price_at(t0, c0, t1, c1, begin), price_at(t0, c0, t1, c1, end)
        last, least = passes_empty(cap, resource, amount, day, dear)
        if last < 0:
            return
        on = cheapest_day(cap, dear, resource, day, last)
        cost = amount * least
        if last == day:
            add(room, (begin, low + cost, end, high + cost), there, goal, arc, stage, parent, resource, on, np.nan, shift, amount)
        else:
            point = (float(last), high + cost, float(last), high + cost)
            add(room, point, there, goal, arc, stage, parent, resource, on, end, shift, amount)
        then = last + 1
        while least > 0.0 and then < cap.shape[1]:
            if high + weight * max(0.0, then + rest - required) >= most:
                break
            if cap[resource, then] > SLIVER and dear[resource, then] < least:
                least = dear[resource, then]
                cost = high + amount * least
                point = (float(then), cost, float(then), cost)
                add(room, point, there, goal, arc, stage, parent, resource, then, end, shift, amount)
            then += 1
        if end >= t1:
            return
        begin = end


@njit(cache=True, nogil=True)
def summed(prices, resource, time):
    """Return the price of a resource from the first day to a time."""
    day = int(time)
    left = time - day
    return prices[1][resource, day] + (left * prices[0][resource, day] if left > 0.0 else 0.0)


@njit(cache=True, nogil=True)
def fits(cap, resource, amount, begin, end, duration):
    """Return between which of two times a share may be begun such that no day has more of it than there is; empty: (1, 0).

    Between the two no start or end of a day is passed, so that what falls on each day changes in a straight line.
    """
    first, last = begin, end
    for day in range(int(begin), min(cap.shape[1], int(end + duration) + 1)):
        one = amount * (min(begin + duration, day + 1.0) - max(begin, float(day)))
        other = amount * (min(end + duration, day + 1.0) - max(end, float(day)))
        one, other, most = max(0.0, one), max(0.0, other), cap[resource, day] + FLEET_SLIVER
        if one <= most and other <= most:
            continue
        if one > most and other > most:
            return 1.0, 0.0
        edge = begin + (end - begin) * (most - one) / (other - one)
        if one > most:
            first = max(first, edge)
        else:
            last = min(last, edge)
    return first, last


@njit(cache=True, nogil=True)
def next_break(time, t1, duration):
    """Return the next time at which the price of a fleet may bend: the line's end, a day's start, or a start that ends on one."""
    then = np.floor(time + SAME) + 1.0
    ends = np.floor(time + duration + SAME) + 1.0 - duration
    then = min(then, ends)
    return t1 if time < t1 - SAME and t1 < then else then


@njit(cache=True, nogil=True)
def ride(room, cap, prices, line, there, goal, arc, parent, resource, amount, duration, shift):
    """Put labels for taking a share of a fleet, for all times at which to begin is cheaper than before."""
    required, weight, _, most = goal
    rest = there[0]
    t0, c0, t1, c1 = line
    begin, best = t0, np.inf
    while True:
        end = next_break(begin, t1, duration)
        if end + duration >= cap.shape[1] or c1 + weight * max(0.0, begin + rest - required) >= most:
            return
        first, last = begin, end
        if amount > prices[2][resource, int(begin)]:
            first, last = fits(cap, resource, amount, begin, end, duration)
        if first <= last:
            low = price_at(t0, c0, t1, c1, first) + amount * (
                summed(prices, resource, first + duration) - summed(prices, resource, first))  # fmt: skip
            high = price_at(t0, c0, t1, c1, last) + amount * (
                summed(prices, resource, last + duration) - summed(prices, resource, last))  # fmt: skip
            if high < low - SAME and high < best - SAME:
                if low > best:  # Only what is cheaper than before is of use.
                    first, low = first + (last - first) * (low - best) / (low - high), best
                add(room, (first, low, last, high), there, goal, arc, FLEET + 1, parent, resource, -1, np.nan, shift, amount)
                best = high
            elif low < best - SAME:
                add(room, (first, low, first, low), there, goal, arc, FLEET + 1, parent, resource, -1, np.nan, shift, amount)
                best = low
        if best <= c1 + SAME and begin >= t1 - SAME:
            return
        begin = end


@njit(cache=True, nogil=True)
def along_arc(graph, room, cap, prices, label, arc, stage, size, rest_there, goal):
    """Go along an arc from a stage of it; put labels where there is a choice, else one at its head."""
    _, head, _, days, after_days, fleet, _, share, fleet_days, before, before_amount, after, after_amount = graph
    number = room[0]
    t0, c0, t1, c1 = number[label, T0], number[label, C0], number[label, T1], number[label, C1]
    shift = 0.0
    rest = rest_there + after_days[arc] + (days[arc] if stage <= TRAVEL else 0.0)
    while stage < END:
        if stage == FLEET:
            resource, amount = fleet[arc], size * share[arc]
            if resource >= 0 and fleet_days[arc] > 0.0:
                late = t1 + fleet_days[arc] >= cap.shape[1]
                if late or prices[3][resource] or amount > prices[2][resource, int(t0)]:
                    there = (rest, head[arc], rest - rest_there)
                    ride(room, cap, prices, (t0, c0, t1, c1), there, goal, arc, label, resource, amount, fleet_days[arc], shift)
                    return
        elif stage == TRAVEL:
            t0, t1, shift, rest = t0 + days[arc], t1 + days[arc], shift + days[arc], rest - days[arc]
        else:
            resource, amount = taken_at(stage, arc, size, before, before_amount, after, after_amount)
            if amount > SLIVER and (prices[3][resource] or amount > prices[2][resource, int(t0)]):
                there = (rest, head[arc], rest - rest_there)
                handle(room, cap, prices, (t0, c0, t1, c1), there, goal, arc, stage + 1, label, resource, amount, shift)
                return
        stage += 1
    line = (t0 + after_days[arc], c0, t1 + after_days[arc], c1)
    arrive(room, line, rest_there, goal, head[arc], label, arc, shift + after_days[arc])


@njit(cache=True, nogil=True)
def taken_at(stage, arc, size, before, before_amount, after, after_amount):
    """Return the handled resource of a stage of an arc, and how much is taken of it; -1 and nothing where there is none."""
    if stage < FLEET:
        resource, each = before[arc, stage], before_amount[arc, stage]
    else:
        resource, each = after[arc, stage - TRAVEL - 1], after_amount[arc, stage - TRAVEL - 1]
    return resource, size * each if resource >= 0 else 0.0


@njit(cache=True, nogil=True)
def arrive(room, line, rest, goal, node, label, arc, shift):
    """Put a label at a node, unless another there is at no time dearer."""
    _, whole, _, last, stamp, count, _, _ = room
    if stamp[node] != count[STAMP]:
        stamp[node], last[node] = count[STAMP], -1
    found = add(room, line, (rest, node, 0.0), goal, node, NODE, label, -1, arc, np.nan, shift, 0.0)
    if found >= 0:
        whole[found, NEXT] = last[node]
        last[node] = found


@njit(cache=True, nogil=True)
def cheapest(graph, room, cap, prices, parts, part, goal):
    """Return the least that a part's way costs, its label at the goal and the time of arrival.

    ``goal``: required, weight, latest, and the most that a way may cost; that, and -1, where none costs less. Where the
    room runs out: a cost that none is less than, and -1.
    """
    first, head, only, fleet, share, fleet_days = graph[0], graph[1], graph[6], graph[5], graph[7], graph[8]
    origin, end, ready, size, nation, first_node, row, to_go, _ = parts
    number, whole, _, last, stamp, count, _, _ = room
    count[LABELS], count[HEAP], count[FULL] = 0, 0, 0
    count[STAMP] += 1
    rests, begin = to_go[row[part]], first_node[part]
    if rests[origin[part] - begin] == np.inf:
        return goal[3], -1, 0.0
    start = float(ready[part])
    stamp[origin[part]], last[origin[part]] = count[STAMP], -1
    point, there = (start, 0.0, start, 0.0), (rests[origin[part] - begin], origin[part], 0.0)
    found = add(room, point, there, goal, origin[part], NODE, -1, -1, -1, np.nan, 0.0, 0.0)
    if found >= 0:
        last[origin[part]] = found
    while count[HEAP] > 0:
        label = pop_label(room)
        if count[FULL]:
            return number[label, LEAST], -1, 0.0
        at = whole[label, AT]
        if whole[label, STAGE] != NODE:
            stage, line = whole[label, STAGE], number[label]
            lag = graph[4][at] + (graph[3][at] if stage <= TRAVEL else 0.0)
            if beaten_at(room, head[at], (line[T0] + lag, line[C0], line[T1] + lag, line[C1])):
                continue
            along_arc(graph, room, cap, prices, label, at, whole[label, STAGE], size[part], rests[head[at] - begin], goal)
            continue
        if at == end[part]:
            line = number[label]
            cost, when = least_cost(line[T0], line[C0], line[T1], line[C1], 0.0, goal[0], goal[1])
            return cost, label, when
        for arc in range(first[at], first[at + 1]):
            rest = rests[head[arc] - begin]
            if rest == np.inf or (only[arc] >= 0 and only[arc] != nation[part]):
                continue
            share_of_it = size[part] * share[arc] * min(1.0, fleet_days[arc])
            if fleet[arc] >= 0 and share_of_it > cap[fleet[arc], cap.shape[1] - 1] + FLEET_SLIVER:
                continue
            along_arc(graph, room, cap, prices, label, arc, 0, size[part], rest, goal)
    return goal[3], -1, 0.0


@njit(cache=True, nogil=True)
def put_taking(takings, count, resource, day, amount):
    """Note a taking; return how many there are."""
    if count < len(takings[0]):
        takings[0][count], takings[1][count], takings[2][count] = resource, day, amount
    return count + 1


@njit(cache=True, nogil=True)
def put_ride(takings, count, resource, amount, begin, duration):
    """Note what a share of a fleet takes on each day from a time on; return how many takings there are."""
    day = int(begin)
    while day < begin + duration - 1e-12:
        overlap = min(begin + duration, day + 1.0) - max(begin, float(day))
        count = put_taking(takings, count, resource, day, amount * overlap)
        day += 1
    return count


@njit(cache=True, nogil=True)
def chain_of(room, label, when):
    """Put the labels of a way and their times into the room, the last first; return how many they are."""
    number, whole, _, _, _, _, chain, times = room
    count = 0
    while label >= 0:
        chain[count], times[count] = label, when
        count += 1
        parent = whole[label, PARENT]
        if parent >= 0:
            shift, enter = number[label, SHIFT], number[label, ENTER]
            there = min(when, number[parent, T1] + shift) if np.isnan(enter) else enter
            when = max(number[parent, T0], there - shift)
        label = parent
    return count


@njit(cache=True, nogil=True)
def takings_of(graph, room, size, label, when, takings):
    """Note all that a way takes, priced or not; return how many takings it has."""
    _, _, _, days, _, fleet, _, share, fleet_days, before, before_amount, after, after_amount = graph
    number, whole, _, _, _, _, chain, times = room
    found = 0
    for at in range(chain_of(room, label, when) - 1, 0, -1):
        one, next_one, time = chain[at], chain[at - 1], times[at]
        ends = whole[next_one, STAGE] == NODE
        arc = whole[next_one, DAY] if ends else whole[next_one, AT]
        begin = 0 if whole[one, STAGE] == NODE else whole[one, STAGE]
        for stage in range(begin, END if ends else whole[next_one, STAGE] - 1):
            if stage == FLEET:
                if fleet[arc] >= 0 and fleet_days[arc] > 0.0:
                    found = put_ride(takings, found, fleet[arc], size * share[arc], time, fleet_days[arc])
            elif stage == TRAVEL:
                time += days[arc]
            else:
                resource, amount = taken_at(stage, arc, size, before, before_amount, after, after_amount)
                if amount > SLIVER:
                    found = put_taking(takings, found, resource, int(time), amount)
        if not ends:
            resource, amount = whole[next_one, RESOURCE], number[next_one, AMOUNT]
            if whole[next_one, STAGE] - 1 == FLEET:
                found = put_ride(takings, found, resource, amount, times[at - 1], fleet_days[arc])
            else:
                found = put_taking(takings, found, resource, whole[next_one, DAY], amount)
    return found


@njit(cache=True, nogil=True)
def next_best(room, node, number_of, bar):
    """Return the next label at a node by cost, then number, after one of cost ``bar``; -1 where there is none."""
    number, whole, _, last, _, _, _, _ = room
    found, label = -1, last[node]
    while label >= 0:
        cost = number[label, LEAST]
        after_bar = cost > bar or (cost == bar and label > number_of)
        if after_bar and (found < 0 or cost < number[found, LEAST] or (cost == number[found, LEAST] and label < found)):
            found = label
        label = whole[label, NEXT]
    return found


@njit(cache=True, nogil=True)
def price_parts(graph, room, cap, prices, parts, which, required, weight, most, answer):
    """Find the cheapest way of each of some parts, and others that were met on the search for it and are cheaper than ``most``.

    ``answer``: least cost, shape (parts,); then of several ways of each: arrival (nan = no way), number of takings, shape (parts,
    ways); their resources, days and amounts, shape (parts, ways, takings). One of more takings than that is left out.
    """
    cost, arrival, uses, resource, day, amount = answer
    latest = float(cap.shape[1] - 1)
    number = room[0]
    for at in range(len(which)):
        part = which[at]
        goal = (required[part], weight[part], latest, most[at])
        cost[at], label, when = cheapest(graph, room, cap, prices, parts, part, goal)
        for way in range(arrival.shape[1]):
            arrival[at, way], uses[at, way] = np.nan, 0
            if label < 0:
                continue
            taken = (resource[at, way], day[at, way], amount[at, way])
            found = takings_of(graph, room, parts[3][part], label, when, taken)
            if found <= resource.shape[2]:
                arrival[at, way], uses[at, way] = when, found
            label = next_best(room, parts[1][part], label, number[label, LEAST])
            if label >= 0:
                line = number[label]
                _, when = least_cost(line[T0], line[C0], line[T1], line[C1], 0.0, goal[0], goal[1])
