"""Shortest ways, compiled."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def push(times, nodes, size, time, node):
    """Put a node into a heap of times; return its size."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if times[up] < time or (times[up] == time and nodes[up] <= node):
            break
        times[at], nodes[at] = times[up], nodes[up]
        at = up
    times[at], nodes[at] = time, node
    return size + 1


@njit(cache=True, nogil=True)
def pop(times, nodes, size):
    """Take the first node out of a heap; return time, node and the size that is left. Ties go by node."""
    time, node = times[0], nodes[0]
    size -= 1
    last_time, last_node = times[size], nodes[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        right = down + 1
        if right < size and (times[right] < times[down] or (times[right] == times[down] and nodes[right] < nodes[down])):
            down = right
        if last_time < times[down] or (last_time == times[down] and last_node <= nodes[down]):
            break
        times[at], nodes[at] = times[down], nodes[down]
        at = down
    times[at], nodes[at] = last_time, last_node
    return time, node, size


@njit(cache=True, nogil=True)
def fastest(first, head, weight, origin, destination):
    """Return the arcs of the shortest way from node to node, in order; empty where there is none."""
    nodes = len(first) - 1
    time = np.full(nodes, np.inf)
    via = np.full(nodes, -1, dtype=np.int64)
    tails = np.full(nodes, -1, dtype=np.int64)
    heap_time = np.empty(len(head) + 2)
    heap_node = np.empty(len(head) + 2, dtype=np.int64)
    time[origin] = 0.0
    size = push(heap_time, heap_node, 0, 0.0, origin)
    while size > 0:
        now, node, size = pop(heap_time, heap_node, size)
        if now > time[node]:
            continue
        if node == destination:
            break
        for arc in range(first[node], first[node + 1]):
            then = now + weight[arc]
            if then < time[head[arc]]:
                time[head[arc]] = then
                via[head[arc]] = arc
                tails[head[arc]] = node
                size = push(heap_time, heap_node, size, then, head[arc])
    count = 0
    node = destination
    while node != origin and via[node] >= 0:
        count += 1
        node = tails[node]
    if node != origin:
        return np.empty(0, dtype=np.int64)
    found = np.empty(count, dtype=np.int64)
    node = destination
    for at in range(count - 1, -1, -1):
        found[at] = via[node]
        node = tails[node]
    return found


@njit(cache=True, nogil=True)
def days_to_node(first, order, tail, weight, destination):
    """Return the length of the shortest way from each node to one. `order` lists arcs by head, from `first` of each head."""
    nodes = len(first) - 1
    time = np.full(nodes, np.inf)
    heap_time = np.empty(len(tail) + 2)
    heap_node = np.empty(len(tail) + 2, dtype=np.int64)
    time[destination] = 0.0
    size = push(heap_time, heap_node, 0, 0.0, destination)
    while size > 0:
        now, node, size = pop(heap_time, heap_node, size)
        if now > time[node]:
            continue
        for at in range(first[node], first[node + 1]):
            arc = order[at]
            then = now + weight[arc]
            if then < time[tail[arc]]:
                time[tail[arc]] = then
                size = push(heap_time, heap_node, size, then, tail[arc])
    return time
