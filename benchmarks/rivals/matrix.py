"""The textbook model as a sparse matrix: one integer per offer, line and start, or one binary per named unit, line and start.

    starts[k, r, d]    units that begin a tour                          integer, or binary for each unit
    holds[r, n]        nation n holds the one-nation line r             binary
    gap[r, t]          units missing on line r in slot t                real, costs weight x days

Written from docs/formulation.md for the benchmark, without anything of the package's own solver code: it is the model that
an operations research textbook would write down. One objective: unfilled unit-days, weighted by priority.

In each family of rows a column's entries are neighbours (a tour is an interval), so all entries come from ranges.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from columns import Columns, Floats, Ints

MOST_ENTRIES = 40_000_000
"""A matrix with more entries than this is not built: the solver would not begin within the time limit."""


class TooLarge(Exception):
    """The matrix would have more than `MOST_ENTRIES` entries."""


@dataclass(frozen=True)
class Matrix:
    """Minimise ``cost x`` with ``lower <= A x <= upper``, ``0 <= x <= most``; the entries of A sorted by column, then row.

    `tours` columns come first; `tour_of` says which of `Columns` each of them is.
    """

    cost: Floats
    most: Floats
    integer: np.ndarray
    lower: Floats
    upper: Floats
    first: Ints
    row: Ints
    value: Floats
    tour_of: Ints

    @property
    def size(self) -> str:
        """Columns, rows and entries in words."""
        return f"{len(self.cost):,} columns, {len(self.lower):,} rows, {len(self.value):,} entries"


class _Rows:
    """Entries and limits of rows, family after family."""

    def __init__(self) -> None:
        self.count = 0
        self.entries = 0
        self._parts: list[tuple[Ints, Ints, Floats]] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []

    def add(self, number: int, *, lower: Floats | float, upper: Floats | float) -> int:
        """Add so many rows and return the number of the first."""
        first = self.count
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), number))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), number))
        self.count += number
        return first

    def fill(self, columns: Ints, *, begin: Ints, end: Ints, value: Floats | float) -> None:
        """Give each column its value in the rows from `begin` to `end`."""
        lengths = end - begin
        self.entries += int(lengths.sum())
        if self.entries > MOST_ENTRIES:
            raise TooLarge(f"more than {MOST_ENTRIES:,} entries")
        offset = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        values = np.repeat(np.broadcast_to(np.asarray(value, dtype=np.float64), len(columns)), lengths)
        self._parts.append((np.repeat(columns, lengths), np.repeat(begin, lengths) + offset, values))

    def matrix(self, cost: Floats, most: Floats, integer: np.ndarray, tour_of: Ints) -> Matrix:
        """Sort all entries by column and close the matrix."""
        column, row, value = (np.concatenate([part[axis] for part in self._parts]) for axis in range(3))
        order = np.lexsort((row, column))
        first = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=len(cost)))])
        return Matrix(
            cost=cost, most=most, integer=integer, lower=np.concatenate(self._lower), upper=np.concatenate(self._upper),
            first=first, row=row[order], value=value[order], tour_of=tour_of,
        )


def build(columns: Columns, *, named: bool) -> Matrix:
    """Return the model with like units counted, or with each unit named.

    Raises
    ------
    TooLarge
        If it would have more than `MOST_ENTRIES` entries.
    """
    repeat = columns.quantity[columns.offer] if named else np.ones(columns.count, dtype=np.int64)
    if repeat.sum() > MOST_ENTRIES:
        raise TooLarge(f"{repeat.sum():,} columns")
    tour_of = np.repeat(np.arange(columns.count), repeat)
    copy = np.arange(len(tour_of)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    first_unit = np.cumsum(columns.quantity) - columns.quantity
    offer = columns.offer[tour_of]
    holder = first_unit[offer] + copy if named else offer
    most = np.ones(len(tour_of)) if named else columns.quantity[offer].astype(np.float64)
    rows = _Rows()
    _rotation_base(columns, rows, tour_of, holder=holder, named=named)
    _most_tours(columns, rows, tour_of, holder=holder, named=named)
    _ceilings(columns, rows, tour_of)
    slots, costs, gap_most = _coverage(columns, rows, tour_of)
    holds = _one_nation(columns, rows, tour_of, most, first_column=len(tour_of) + slots)
    return rows.matrix(
        cost=np.concatenate([np.zeros(len(tour_of)), costs, np.zeros(holds)]),
        most=np.concatenate([most, gap_most, np.ones(holds)]),
        integer=np.concatenate([np.ones(len(tour_of), dtype=bool), np.zeros(slots, dtype=bool), np.ones(holds, dtype=bool)]),
        tour_of=tour_of,
    )


def _keyed(group: Ints, day: Ints, span: int) -> tuple[Ints, Ints]:
    """Return one row for each day on which something begins in each group, as sorted keys ``group * span + day``."""
    key = group.astype(np.int64) * span + day
    return np.unique(key), key


def _rotation_base(columns: Columns, rows: _Rows, tour_of: Ints, *, holder: Ints, named: bool) -> None:
    cycle = columns.cycle_days[columns.offer[tour_of]]
    span = columns.scenario.settings.horizon_days + int(columns.cycle_days.max(initial=0)) + 1
    keys, key = _keyed(holder, columns.day[tour_of], span)
    limit = np.ones(len(keys)) if named else columns.quantity[keys // span].astype(np.float64)
    first = rows.add(len(keys), lower=-np.inf, upper=limit)
    begin, end = np.searchsorted(keys, key), np.searchsorted(keys, key + cycle)
    rows.fill(np.arange(len(tour_of)), begin=first + begin, end=first + end, value=1.0)


def _most_tours(columns: Columns, rows: _Rows, tour_of: Ints, *, holder: Ints, named: bool) -> None:
    most = np.array([-1 if row.max_tours is None else row.max_tours for row in columns.scenario.offers], dtype=np.int64)
    offer = columns.offer[tour_of]
    limited = np.flatnonzero(most[offer] >= 0)
    groups, place = np.unique(holder[limited], return_inverse=True)
    limit = np.zeros(len(groups))
    limit[place] = most[offer[limited]] * (1 if named else columns.quantity[offer[limited]])
    first = rows.add(len(groups), lower=-np.inf, upper=limit)
    rows.fill(limited, begin=first + place, end=first + place + 1, value=1.0)


def _ceilings(columns: Columns, rows: _Rows, tour_of: Ints) -> None:
    offer = columns.offer[tour_of]
    nation = columns.nation[offer]
    limited = np.flatnonzero(columns.ceiling[nation] >= 0)
    span = columns.scenario.settings.horizon_days + int(columns.tour_days.max(initial=0)) + 1
    keys, key = _keyed(nation[limited], columns.day[tour_of[limited]], span)
    first = rows.add(len(keys), lower=-np.inf, upper=columns.ceiling[keys // span].astype(np.float64))
    end = np.searchsorted(keys, key + columns.tour_days[offer[limited]])
    value = columns.people[offer[limited]].astype(np.float64)
    rows.fill(limited, begin=first + np.searchsorted(keys, key), end=first + end, value=value)


def _coverage(columns: Columns, rows: _Rows, tour_of: Ints) -> tuple[int, Floats, Floats]:
    """Write the coverage rows, each with its gap column; return how many, what the gaps cost, and their upper limits."""
    line, day = columns.line[tour_of].astype(np.int64), columns.day[tour_of]
    until = np.minimum(day + columns.serving_days[columns.offer[tour_of]], columns.until[line])
    span = columns.scenario.settings.horizon_days + 1
    open_lines = np.flatnonzero(columns.until > columns.from_day)
    opens = open_lines * span + columns.from_day[open_lines]
    closes = open_lines * span + columns.until[open_lines]
    edges = np.unique(np.concatenate([opens, closes, line * span + day, line * span + until]))
    slots = edges[~np.isin(edges, closes)]
    length = edges[np.searchsorted(edges, slots) + 1] - slots
    needed = columns.required[slots // span].astype(np.float64)
    first = rows.add(len(slots), lower=needed, upper=np.inf)
    begin, end = np.searchsorted(slots, line * span + day), np.searchsorted(slots, line * span + until)
    rows.fill(np.arange(len(tour_of)), begin=first + begin, end=first + end, value=columns.effectiveness[tour_of])
    number = np.arange(len(slots))
    rows.fill(len(tour_of) + number, begin=first + number, end=first + number + 1, value=1.0)
    return len(slots), columns.line_weight[slots // span] * length, needed


def _one_nation(columns: Columns, rows: _Rows, tour_of: Ints, most: Floats, *, first_column: int) -> int:
    """Write the one-nation rows; return how many nations might hold such a line."""
    one = np.array([row.hold == "one_nation" for row in columns.scenario.requirements])
    held = np.flatnonzero(one[columns.line[tour_of]])
    key = columns.line[tour_of[held]] * len(columns.ceiling) + columns.nation[columns.offer[tour_of[held]]]
    keys, place = np.unique(key, return_inverse=True)
    lines, line_place = np.unique(keys // len(columns.ceiling), return_inverse=True)
    first = rows.add(len(lines), lower=-np.inf, upper=1.0)
    rows.fill(first_column + np.arange(len(keys)), begin=first + line_place, end=first + line_place + 1, value=1.0)
    first = rows.add(len(held), lower=-np.inf, upper=0.0)
    own_row = first + np.arange(len(held))
    rows.fill(held, begin=own_row, end=own_row + 1, value=1.0)
    rows.fill(first_column + place, begin=own_row, end=own_row + 1, value=-most[held])
    return len(keys)


def write_mps(matrix: Matrix, path: Path) -> None:
    """Write the matrix as a free-format MPS file, which any solver reads."""
    kinds = np.where(np.isinf(matrix.upper), "G", "L")
    limits = np.where(np.isinf(matrix.upper), matrix.lower, matrix.upper)
    with path.open("w", encoding="ascii") as file:
        file.write("NAME generation\nROWS\n N unfilled\n")
        file.writelines(f" {kind} R{number}\n" for number, kind in enumerate(kinds.tolist()))
        file.write("COLUMNS\n")
        row, value, first = matrix.row.tolist(), matrix.value.tolist(), matrix.first.tolist()
        for number, (cost, integer) in enumerate(zip(matrix.cost.tolist(), matrix.integer.tolist(), strict=True)):
            if number == 0 or integer != matrix.integer[number - 1]:
                file.write(f" M{number} 'MARKER' '{'INTORG' if integer else 'INTEND'}'\n")
            if cost:
                file.write(f" C{number} unfilled {cost!r}\n")
            file.writelines(f" C{number} R{row[entry]} {value[entry]!r}\n" for entry in range(first[number], first[number + 1]))
        if matrix.integer[-1]:
            file.write(" MEND 'MARKER' 'INTEND'\n")
        file.write("RHS\n")
        file.writelines(f" RHS R{number} {limit!r}\n" for number, limit in enumerate(limits.tolist()) if limit)
        file.write("BOUNDS\n")
        file.writelines(f" UP BND C{number} {most!r}\n" for number, most in enumerate(matrix.most.tolist()))
        file.write("ENDATA\n")
