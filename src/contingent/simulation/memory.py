"""The tables of a simulation laid out in two arrays, for kernels that are handed few things.

Rows refer to one another by place. The last cells of a row are what a replication changes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from contingent.simulation import layout as at
from contingent.simulation.layout import Floats, Given, Ints


@dataclass(frozen=True)
class Memory:
    """What kernels work in.

    Parameters
    ----------
    m : ndarray of int
        Whole numbers, random keys as their bits, and all that changes in a replication.
    f : ndarray of float
        Real numbers.
    """

    m: Ints
    f: Floats

    def table(self, first: int, shape: tuple[int, ...]) -> Ints:
        """Return a copy of a table whose place stands in a cell of the head."""
        begins, size = int(self.m[first]), int(np.prod(shape))
        return self.m[begins : begins + size].reshape(shape).copy()


class _Layout:
    """Places are given out first and written to later, since rows refer to one another."""

    def __init__(self) -> None:
        self.size, self.reals = at.HEAD, 0
        self._whole: list[tuple[int, Ints]] = []
        self._real: list[Floats] = []
        self.head = np.zeros(at.HEAD, dtype=np.int64)

    def rows(self, number: int, width: int) -> Ints:
        """Give out the places of rows."""
        begins = self.size
        self.size += number * width
        return begins + np.arange(number, dtype=np.int64) * width

    def write(self, place: int, table: ArrayLike) -> None:
        self._whole.append((place, np.asarray(table, dtype=np.int64).ravel()))

    def add(self, table: ArrayLike) -> int:
        """Write a table to a place of its own and return the place."""
        flat = np.asarray(table, dtype=np.int64).ravel()
        place = self.size
        self.size += len(flat)
        self._whole.append((place, flat))
        return place

    def add_real(self, table: ArrayLike) -> int:
        flat = np.asarray(table, dtype=np.float64).ravel()
        self._real.append(flat)
        self.reals += len(flat)
        return self.reals - len(flat)

    def spread(self, cell: int, rows: Ints, width: int) -> None:
        """Note in the head where the rows of a table begin and, in the next cell, where they end."""
        begins = int(rows[0]) if len(rows) else self.size
        self.head[cell], self.head[cell + 1] = begins, begins + len(rows) * width

    def memory(self) -> Memory:
        whole, real = np.zeros(self.size, dtype=np.int64), np.concatenate([*self._real, np.zeros(1)])
        whole[: at.HEAD] = self.head
        for place, flat in self._whole:
            whole[place : place + len(flat)] = flat
        return Memory(whole, real)


def lay_out(given: Given) -> Memory:
    """Return the memory that kernels work in."""
    out = _Layout()
    stretches, months = given.term.shape[1], given.required.shape[1]
    width = at.A_RULE + stretches
    out.head[[at.H_HORIZON, at.H_GREEDY, at.H_EMPTY_DAYS]] = given.setting
    out.head[[at.H_STRETCHES, at.H_MONTHS, at.H_LINE_WIDTH]] = stretches, months, width
    units, lines = out.rows(len(given.unit), at.UNIT_WIDTH), out.rows(len(given.line), width)
    nations, calls = out.rows(len(given.nation), at.NATION_WIDTH), out.rows(len(given.call), at.CALL_WIDTH)
    for cell, rows, wide in (
        (at.H_UNITS, units, at.UNIT_WIDTH), (at.H_LINES, lines, width),
        (at.H_NATIONS, nations, at.NATION_WIDTH), (at.H_CALLS, calls, at.CALL_WIDTH),
    ):  # fmt: skip
        out.spread(cell, rows, wide)
    _days_and_changes(out, given, lines)
    _units(out, given, units, nations, lines)
    _lines(out, given, units, lines, width)
    _nations(out, given, units, nations)
    _calls(out, given, lines, calls)
    _counters(out, given)
    return out.memory()


def _days_and_changes(out: _Layout, given: Given, lines: Ints) -> None:
    """Lay out days, the order of lines, and the days on which it changes by how much a line is to be held."""
    days = np.full((len(given.segment), at.DAY_WIDTH), -1, dtype=np.int64)
    days[:, at.Y_STRETCH], days[:, at.Y_MONTH] = given.segment, given.month
    out.head[at.H_DAYS] = out.add(days)
    out.head[at.H_MONTH_FIRST] = out.add(given.month_first)
    changes = np.column_stack([given.target_day, lines[given.target_line], given.target])
    out.head[at.H_CHANGES] = out.add(changes)
    out.head[at.H_CHANGES_END] = out.size
    out.head[at.H_ORDER] = out.add(lines[given.order])


def _cycles(out: _Layout, given: Given) -> Ints:
    """Lay out cycles, each as the number of its steps and a row a step; return their places."""
    places = []
    for cycle, number in enumerate(given.steps):
        shares = out.add_real(given.step_share[cycle, :number])
        rows = np.column_stack([given.step[cycle, :number], shares + np.arange(number)])
        places.append(out.add([number, *rows.ravel()]))
    return np.array(places, dtype=np.int64)


def _units(out: _Layout, given: Given, units: Ints, nations: Ints, lines: Ints) -> None:
    """Lay out units with the terms of their offers, and planned tours."""
    offers, stretches = given.term.shape[0], given.term.shape[1]
    each = np.arange(offers)
    term = given.term.copy()
    term[:, :, at.O_CYCLE] = _cycles(out, given)[given.term[:, :, at.O_CYCLE]]
    terms = out.add(term) + each * stretches * at.TERM_COLUMNS
    odds = out.add_real(given.odds) + each * stretches * at.ODDS_COLUMNS
    weights = out.add(given.weight) + each * given.weight.shape[1]
    missed = out.rows(offers, len(at.CAUSES))
    out.spread(at.H_MISSED, missed, len(at.CAUSES))
    tours = given.tour.copy()
    tours[:, at.T_UNIT], tours[:, at.T_LINE] = units[tours[:, at.T_UNIT]], lines[tours[:, at.T_LINE]]
    first_tour = out.add(tours)
    offer = given.unit[:, at.U_OFFER]
    row = np.zeros((len(units), at.UNIT_WIDTH), dtype=np.int64)
    row[:, : at.UNIT_COLUMNS] = given.unit
    row[:, at.U_NATION] = nations[given.unit[:, at.U_NATION]]
    for column in (at.U_FIRST_TOUR, at.U_LAST_TOUR):
        row[:, column] = first_tour + given.unit[:, column] * at.TOUR_COLUMNS
    for column, places in ((at.U_TERM, terms), (at.U_ODDS, odds), (at.U_WEIGHTS, weights), (at.U_MISSED, missed)):
        row[:, column] = places[offer]
    row[:, at.U_KEY] = out.add(given.key.view(np.int64)) + np.arange(len(units)) * 2 * len(at.UNIT_STREAMS)
    if len(units):
        out.write(int(units[0]), row)


def _lines(out: _Layout, given: Given, units: Ints, lines: Ints, width: int) -> None:
    """Lay out lines, each with where the units of the offers begin and end that may serve it, and its rules of dispatch."""
    months = given.required.shape[1]
    filled = out.rows(len(lines), months)
    out.spread(at.H_FILLED, filled, months)
    row = np.zeros((len(lines), width), dtype=np.int64)
    row[:, : at.LINE_COLUMNS] = given.line
    ends = np.append(units, units[-1] + at.UNIT_WIDTH if len(units) else 0)
    nation = np.append(out.head[at.H_NATIONS] + np.arange(len(given.nation)) * at.NATION_WIDTH, -1)
    row[:, at.L_HOLDER] = nation[given.line[:, at.L_HOLDER]]
    row[:, at.L_PLACE], row[:, at.L_FILLED] = np.arange(len(lines)), filled
    for place in range(len(lines)):
        offers = given.serves_offer[given.serves_first[place] : given.serves_first[place + 1]]
        spans = np.column_stack([ends[given.units_first[offers]], ends[given.units_first[offers + 1]]])
        row[place, at.L_SERVES] = out.add(spans)
        row[place, at.L_SERVES_END] = out.size
    row[:, at.A_RULE :] = given.rule
    if len(lines):
        out.write(int(lines[0]), row)


def _nations(out: _Layout, given: Given, units: Ints, nations: Ints) -> None:
    row = np.zeros((len(nations), at.NATION_WIDTH), dtype=np.int64)
    ends = np.append(units, units[-1] + at.UNIT_WIDTH if len(units) else 0)
    row[:, at.N_CEILING] = given.nation[:, at.N_CEILING]
    for column in (at.N_FIRST_UNIT, at.N_LAST_UNIT):
        row[:, column] = ends[given.nation[:, column]]
    row[:, at.N_KEY] = out.add(given.nation_key.view(np.int64)) + np.arange(len(nations)) * 2 * len(at.NATION_STREAMS)
    row[:, at.N_HAZARD] = out.add_real(given.hazard) + np.arange(len(nations))
    if len(nations):
        out.write(int(nations[0]), row)
    offers = np.column_stack([ends[given.units_first[:-1]], ends[given.units_first[1:]]])
    out.head[at.H_OFFERS] = out.add(offers)
    out.head[at.H_OFFERS_END] = out.size
    out.head[at.H_PROBABILITIES] = out.add_real(given.probability)


def _calls(out: _Layout, given: Given, lines: Ints, calls: Ints) -> None:
    row = np.zeros((len(calls), at.CALL_WIDTH), dtype=np.int64)
    row[:, : at.CALL_COLUMNS] = given.call
    reserve = out.add(lines[given.reserve_line])
    row[:, at.C_RESERVE], row[:, at.C_RESERVE_END] = reserve + given.reserve_first[:-1], reserve + given.reserve_first[1:]
    row[:, at.C_KEY] = out.add(given.call_key.view(np.int64)) + np.arange(len(calls)) * 2 * len(at.CALL_STREAMS)
    row[:, at.C_RATE] = out.add_real(given.call_rate) + np.arange(len(calls))
    row[:, at.C_NEXT] = out.add_real(np.zeros(len(calls))) + np.arange(len(calls))
    if len(calls):
        out.write(int(calls[0]), row)


def _counters(out: _Layout, given: Given) -> None:
    """Lay out what is counted, and lists to work with."""
    groups, units = groups_in(given), len(given.unit)
    for cell, size in (
        (at.H_COUNT, len(at.COUNTED)), (at.H_DWELL_BINS, groups * at.RATIO_BINS), (at.H_DWELL_SUMS, groups * at.DWELL_SUMS),
        (at.H_MULTIPLES, at.MULTIPLE_BINS), (at.H_SPECIAL, units), (at.H_BATCH, units),
        (at.H_ORPHANS, 2 * units), (at.H_COLLECTED, at.KINDS * units),
    ):  # fmt: skip
        out.head[cell] = out.rows(size, 1)[0] if size else out.size
    out.head[at.H_REQUIRED] = out.add(given.required)
    out.head[at.H_ROWS] = len(given.required)
    out.head[at.H_WIDTHS] = out.add(given.width)
    out.head[at.H_PRIORITY_ROWS] = out.add(given.priority_row)


def groups_in(given: Given) -> int:
    """Return how many groups of units dwell is counted by: nation and unit type."""
    return int(given.unit[:, at.U_GROUP].max()) + 1 if len(given.unit) else 0
