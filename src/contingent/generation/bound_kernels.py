"""Compiled kernels of the Lagrangian bound: what offers earn at given prices, what lines save, and the climb of the prices.

    row     a line as units of one effectiveness serve it, and of one nation where one nation must hold it
    cell    the rows of a line, or of a nation on a line that one nation must hold

At given prices for a unit-day of each row, a line buys for each slot the whole units that leave it cheapest: what it pays for
them, and what it still misses. That is a knapsack so small that a table solves it. Whole units are the point: three units of
0.7 leave nothing of two missing, two and six sevenths do not exist, and a bound that allows them is too low.
"""

import math
from collections import namedtuple

import numpy as np
from numba import njit

from contingent.generation.kernels import NEVER, NONE, best_plan

Cells = namedtuple("Cells", ["line", "first_row", "need", "row_line", "row_share", "row_step", "arc_row"])
"""Lines, as they buy.

line       of each cell; cells of one line stand side by side. Shape (cells,)
first_row  first row of each cell, and the number of rows. Shape (cells + 1,)
need       what the line asks for, in steps; 0 = many steps: bought by fractions. Shape (cells,)
row_line   of each row. Shape (rows,)
row_share  effectiveness. [-], shape (rows,)
row_step   the same in steps of the cell. Shape (rows,)
arc_row    row that each arc serves. Shape (arcs,)
"""

Ascent = namedtuple("Ascent", ["rows", "rents", "best_rows", "best_rents", "push", "rent_push"])
"""Prices while they climb: of a unit-day by row and slot, of a person-slot by nation and slot; the best so far; momentum."""

NEGLIGIBLE = 1e-9


@njit(cache=True, nogil=True)
def earnings(tables, cells, scratch, ascent, most, charges, usage, people, loads):
    """Return what all offers earn at the prices of the moment, and write what their best plans serve, take up and carry."""
    starts, slots = len(tables.start_day) - 1, len(tables.slot_days)
    rows, rents = ascent.rows, ascent.rents
    sums = np.zeros((len(rows), slots + 1))
    for row in range(len(rows)):
        line, run = cells.row_line[row], 0.0
        for t in range(tables.line_first[line], tables.line_last[line]):
            run += rows[row, t] * tables.slot_days[t]
            sums[row, t + 1] = run
    blocked = np.zeros(starts, dtype=np.bool_)
    tour_start, tour_arc = np.zeros(starts + 1, dtype=np.int32), np.zeros(starts + 1, dtype=np.int32)
    rent, none = np.zeros(slots + 1), np.zeros(0)
    nothing_on = np.zeros((1, 1), dtype=np.int16)
    total = 0.0
    for k in range(len(tables.offer_quantity)):
        quantity = tables.offer_quantity[k]
        nation, tempo, size = tables.offer_nation[k], tables.offer_tempo[k], tables.offer_people[k]
        arcs = NONE
        for a in range(tables.arc_ptr[k], tables.arc_ptr[k + 1]):
            row = cells.arc_row[a]
            if sums[row, tables.line_last[tables.arc_line[a]]] > 0.0:
                scratch.arc[arcs], scratch.row[arcs], scratch.weight[arcs] = a, row, 1.0
                arcs += 1
        if arcs == 0 or quantity == 0:
            continue
        limited = tables.ceiling[nation] < np.inf
        if limited:
            for t in range(slots):
                rent[t + 1] = rent[t] + rents[nation, t] * size
        value, count = best_plan(
            tables,
            k,
            arcs,
            sums,
            (charges[k, 0], charges[k, 1]),
            NEVER,
            rent if limited else none,
            scratch,
            nothing_on,
            0.0,
            blocked,
            most[k],
            tour_start,
            tour_arc,
        )
        total += quantity * value
        for j in range(count):
            a, s = tour_arc[j], tour_start[j]
            loads[nation] += quantity * size * min(tables.tempo_days[tempo, 1], tables.horizon - tables.start_day[s])
            for t in range(tables.start_slot[s], min(tables.tempo_serve[tempo, s], tables.line_last[tables.arc_line[a]])):
                usage[cells.arc_row[a], t] += quantity
            if limited:
                for t in range(tables.start_slot[s], tables.tempo_tour[tempo, s]):
                    people[nation, t] += quantity * size
    return total


@njit(cache=True, nogil=True)
def cheapest_purchase(cells, cell, t, weight, quantity, rows, wanted, table, choice):
    """Return the least that a cell pays on a slot, units and what is missing together, and write the units. [per day]"""
    first, last, need = cells.first_row[cell], cells.first_row[cell + 1], cells.need[cell]
    for row in range(first, last):
        wanted[row, t] = 0.0
    if need == 0:
        cheapest, ratio = -1, weight
        for row in range(first, last):
            if rows[row, t] <= ratio * cells.row_share[row]:
                cheapest, ratio = row, rows[row, t] / cells.row_share[row]
        if cheapest >= 0:
            wanted[cheapest, t] = quantity / cells.row_share[cheapest]
        return ratio * quantity
    if last - first == 1:
        share, price = cells.row_share[first], rows[first, t]
        full = math.floor(quantity / share + NEGLIGIBLE)
        left = max(0.0, quantity - full * share)
        least, units = weight * quantity, 0
        if full * price + weight * left <= least:
            least, units = full * price + weight * left, full
        if left > NEGLIGIBLE and (full + 1) * price <= least:
            least, units = (full + 1) * price, full + 1
        wanted[first, t] = units
        return least
    a_step = weight * quantity / need
    for j in range(1, need + 1):
        least, pick = a_step * j, -1
        for row in range(first, last):
            rest = j - cells.row_step[row]
            pays = rows[row, t] + (table[rest] if rest > 0 else 0.0)
            if pays <= least:
                least, pick = pays, row
        table[j], choice[j] = least, pick
    j = need
    while j > 0 and choice[j] >= 0:
        wanted[choice[j], t] += 1.0
        j -= cells.row_step[choice[j]]
    return table[need]


@njit(cache=True, nogil=True)
def cheapest_window(tables, cells, cell, weight, rows, wanted, table, choice):
    """Return the least that a cell pays over the window of its line. [weighted unit-days]"""
    line, total, bought = cells.line[cell], 0.0, 0.0
    first, last = cells.first_row[cell], cells.first_row[cell + 1]
    for t in range(tables.line_first[line], tables.line_last[line]):
        same = t > tables.line_first[line]  # where prices are those of the slot before, so is what is bought
        for row in range(first, last):
            same = same and rows[row, t] == rows[row, t - 1]
        if same:
            for row in range(first, last):
                wanted[row, t] = wanted[row, t - 1]
        else:
            bought = cheapest_purchase(cells, cell, t, weight, tables.line_quantity[line], rows, wanted, table, choice)
        total += tables.slot_days[t] * bought
    return total


@njit(cache=True, nogil=True)
def purchases(tables, cells, weights, rows, wanted, table, choice):
    """Return what all lines pay at the prices of the moment, and write the units that they want of each row.

    Of the nations that could hold a line alone, the one with which it pays least supplies it.
    """
    total, cell = 0.0, NONE
    while cell < len(cells.line):
        line = cells.line[cell]
        weight = weights[line]
        holder, least = cell, np.inf
        while cell < len(cells.line) and cells.line[cell] == line:
            pays = cheapest_window(tables, cells, cell, weight, rows, wanted, table, choice) if weight > 0.0 else 0.0
            loser = cell
            if pays < least:
                loser, holder, least = holder, cell, pays
            if loser != holder:
                for row in range(cells.first_row[loser], cells.first_row[loser + 1]):
                    wanted[row].fill(0.0)
            cell += 1
        total += least
    return total


@njit(cache=True, nogil=True)
def reach_of_row(tables, cells, weights, row):
    """How far a row's prices move for a unit-day of slack: dear lines further, large ones less."""
    line, share = cells.row_line[row], cells.row_share[row]
    return math.sqrt(weights[line]) * share * share / max(1.0, tables.line_quantity[line])


@njit(cache=True, nogil=True)
def reach_of_rents(tables, weights, ceiling, n):
    """How far a nation's rents move for a person too many on a slot; not at all where it has no ceiling."""
    if ceiling[n] == np.inf:
        return 0.0
    dearest, crowd = 0.0, 1
    for weight in weights:
        dearest = max(dearest, weight)
    for people in tables.offer_people:
        crowd = max(crowd, people)
    return math.sqrt(dearest) / max(1.0, ceiling[n]) / crowd


@njit(cache=True, nogil=True)
def push_prices(tables, cells, ascent, weights, ceiling, wanted, usage, people, momentum):
    """Set where prices push: what is wanted of each row beyond what offers serve, people above ceilings; return how hard."""
    days, length = tables.slot_days, 0.0
    for row in range(len(ascent.rows)):
        reach, line = reach_of_row(tables, cells, weights, row), cells.row_line[row]
        if reach > 0.0:
            for t in range(tables.line_first[line], tables.line_last[line]):
                push = (wanted[row, t] - usage[row, t]) * days[t] + momentum * ascent.push[row, t]
                ascent.push[row, t] = push
                length += push * push * reach / days[t]
    for n in range(len(ascent.rents)):
        reach = reach_of_rents(tables, weights, ceiling, n)
        if reach > 0.0:
            for t in range(len(days)):
                push = people[n, t] - ceiling[n] + momentum * ascent.rent_push[n, t]
                ascent.rent_push[n, t] = push
                length += push * push * reach
    return length


@njit(cache=True, nogil=True)
def move_prices(tables, cells, ascent, weights, ceiling, stride):
    """Move prices where they push, between nothing and what a missing unit-day costs."""
    days = tables.slot_days
    for row in range(len(ascent.rows)):
        reach, line = reach_of_row(tables, cells, weights, row), cells.row_line[row]
        if reach > 0.0:
            dearest = weights[line] * cells.row_share[row]
            for t in range(tables.line_first[line], tables.line_last[line]):
                price = ascent.rows[row, t] + stride * reach / days[t] * ascent.push[row, t]
                ascent.rows[row, t] = min(max(price, 0.0), dearest)
    for n in range(len(ascent.rents)):
        reach = reach_of_rents(tables, weights, ceiling, n)
        if reach > 0.0:
            for t in range(len(days)):
                ascent.rents[n, t] = max(0.0, ascent.rents[n, t] + stride * reach * ascent.rent_push[n, t])


@njit(cache=True, nogil=True)
def copy_into(target, source):
    """Copy one array into another, element by element: an array assigned to a slice takes seconds to compile."""
    for i in range(len(source)):
        for j in range(source.shape[1]):
            target[i, j] = source[i, j]


@njit(cache=True, nogil=True)
def climb_prices(
    tables, cells, scratch, ascent, weights, ceiling, most, charges, loads, value, step, idle, target, less, passes, tuning
):
    """Let the prices climb for a number of passes; return the best bound, the step, and for how long nothing was gained.

    A deflected subgradient with Polyak's step. `tuning` is momentum, patience, shrink, least gain, least step.
    """
    momentum, patience, shrink, least_gain, least_step = tuning
    usage, wanted, people = np.zeros_like(ascent.rows), np.zeros_like(ascent.rows), np.zeros_like(ascent.rents)
    steps = max(1, cells.need.max()) if len(cells.need) else 1
    table, choice = np.zeros(steps + 1), np.zeros(steps + 1, dtype=np.int64)
    for _ in range(passes):
        usage.fill(0.0)
        people.fill(0.0)
        loads.fill(0.0)
        now = -less - earnings(tables, cells, scratch, ascent, most, charges, usage, people, loads)
        now += purchases(tables, cells, weights, ascent.rows, wanted, table, choice)
        for n in range(len(ceiling)):
            if ceiling[n] < np.inf:
                now -= ascent.rents[n].sum() * ceiling[n]
        idle = 0 if now > value + least_gain * abs(target) else idle + 1
        if now > value:
            value = now
            copy_into(ascent.best_rows, ascent.rows)
            copy_into(ascent.best_rents, ascent.rents)
        if value >= target - 1e-6 or step < least_step:
            return value, 0.0, idle
        if idle >= patience:
            idle, step = 0, step * shrink
        length = push_prices(tables, cells, ascent, weights, ceiling, wanted, usage, people, momentum)
        if length <= 0.0:
            return value, 0.0, idle
        move_prices(tables, cells, ascent, weights, ceiling, step * max(1e-6, target - now) / length)
    return value, step, idle
