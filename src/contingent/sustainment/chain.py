"""The chain of stocks: who lives on which stock, and from where each stock is filled up.

    n in N    places with a stock      stocks.csv
    s in S    supplies                 consumption.csv
    e in E    steps of the chain       from a place of `supplied_from` to the stock that it fills

The row of a stock for a supply is the place's own row for it, else its row for ``all``. Units live on the stock of their own
place, else on the first row that serves it, else likewise on that of the larger place that theirs lies within; units whom
no row serves live on the spot. A place of `supplied_from` that holds no stock of a supply has enough of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.model.rules import places_upwards
from contingent.model.scenario import Scenario
from contingent.model.supply import Stock
from contingent.sustainment.use import KG_PER_T

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

EVERY_SUPPLY = "all"
"""In stocks.csv: every supply that has no row of its own at the place."""

NONE = -1
"""Stands where there is no stock, no step, no rank."""


@dataclass(frozen=True)
class Chain:
    """Stocks and the steps between them, as arrays.

    Parameters
    ----------
    places, supplies : tuple of str
        Places with a stock, in the order of stocks.csv; supplies.
    rows : tuple of Stock
        stocks.csv.
    row_of : ndarray of int
        Row of the stock of each place and supply; -1 = it holds none. Shape (places, supplies)
    origins : tuple of str
        Where each step begins.
    origin, destination : ndarray of int
        Place of its beginning, -1 = outside the chain, and of its end. Shape (steps,)
    rank : ndarray of int
        Position of the step's beginning in `supplied_from`; -1 = the supply does not go this way. Shape (steps, supplies)
    orders : tuple of (ndarray of int, tuple of int)
        Supplies that go the same steps, with the places so that whoever is filled up comes before whoever fills it up.
    """

    places: tuple[str, ...]
    supplies: tuple[str, ...]
    rows: tuple[Stock, ...]
    row_of: Whole
    origins: tuple[str, ...]
    origin: Whole
    destination: Whole
    rank: Whole
    orders: tuple[tuple[Whole, tuple[int, ...]], ...]

    @property
    def held(self) -> NDArray[np.bool_]:
        """Which places hold which supplies. Shape (places, supplies)"""
        held: NDArray[np.bool_] = self.row_of != NONE
        return held

    def days(self, column: str) -> Floats:
        """Return a column of the stocks' rows by place and supply; NaN = blank, or no stock. Shape (places, supplies)"""
        values = [getattr(row, column) for row in self.rows]
        by_row = np.array([np.nan if value is None else value for value in values] + [np.nan], dtype=np.float64)
        found: Floats = by_row[self.row_of]
        return found

    @property
    def capacity_kg(self) -> Floats:
        """Most that can lie under each row; infinite = no limit. [kg], shape (rows,)"""
        return np.array([np.inf if row.capacity_t is None else row.capacity_t * KG_PER_T for row in self.rows])

    def first_steps(self, is_open: NDArray[np.bool_]) -> Whole:
        """Return the open step by which each stock is filled up first; -1 = none is open. Shape (places, supplies)"""
        best = np.full(self.row_of.shape, NONE)
        lowest = np.full(self.row_of.shape, np.iinfo(np.int64).max)
        for step in np.flatnonzero(is_open):
            at, rank = self.destination[step], self.rank[step]
            better = (rank != NONE) & (rank < lowest[at])
            best[at, better], lowest[at, better] = step, rank[better]
        return best

    def daily_kg(self, own: Floats, first: Whole) -> Floats:
        """Return what each stock has to last for a day: units that live on it, and stocks that it fills up first. [kg/day]

        Parameters
        ----------
        own : ndarray of float
            Use of the units that live on it. [kg/day], shape (places, supplies, ...)
        first : ndarray of int
            From `first_steps`, with every step open.
        """
        total = own.copy()
        for supplies, order in self.orders:
            for at in order:
                for supply in supplies[first[at, supplies] != NONE]:
                    above = self.origin[first[at, supply]]
                    if above != NONE and self.row_of[above, supply] != NONE:
                        total[above, supply] += total[at, supply]
        return total


def chain_of(scenario: Scenario, supplies: Sequence[str]) -> Chain:
    """Return the chain of a scenario's stocks.

    Raises
    ------
    BadScenario
        If stocks fill up one another.
    """
    rows = scenario.stocks
    places = tuple(dict.fromkeys(row.location for row in rows))
    index = {place: at for at, place in enumerate(places)}
    row_of = np.full((len(places), len(supplies)), NONE)
    for number, row in enumerate(rows):
        if row.supply == EVERY_SUPPLY:
            free = row_of[index[row.location]] == NONE
            row_of[index[row.location], free] = number
    for number, row in enumerate(rows):
        if row.supply in supplies:
            row_of[index[row.location], supplies.index(row.supply)] = number
    steps: dict[tuple[str, int], int] = {}
    for at in range(len(places)):
        for number in dict.fromkeys(row_of[at][row_of[at] != NONE].tolist()):
            for source in rows[number].supplied_from:
                steps.setdefault((source, at), len(steps))
    rank = np.full((len(steps), len(supplies)), NONE)
    for (source, at), step in steps.items():
        for supply in range(len(supplies)):
            number = row_of[at, supply]
            if number != NONE and source in rows[number].supplied_from:
                rank[step, supply] = rows[number].supplied_from.index(source)
    origin = np.array([index.get(source, NONE) for source, _ in steps], dtype=np.int64)
    destination = np.array([at for _, at in steps], dtype=np.int64)
    alike: dict[bytes, list[int]] = {}
    for supply in range(len(supplies)):
        alike.setdefault((rank[:, supply] != NONE).tobytes(), []).append(supply)
    orders = tuple(
        (np.array(group), _downstream_first(scenario, places, origin, destination, rank[:, group[0]] != NONE))
        for group in alike.values()
    )
    return Chain(places, tuple(supplies), rows, row_of, tuple(source for source, _ in steps), origin, destination, rank, orders)


def _downstream_first(
    scenario: Scenario, places: tuple[str, ...], origin: Whole, destination: Whole, used: NDArray[np.bool_]
) -> tuple[int, ...]:
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(len(places)), ()))
    for above, below in zip(origin[used].tolist(), destination[used].tolist(), strict=True):
        if above != NONE:
            sorter.add(above, below)
    try:
        return tuple(sorter.static_order())
    except CycleError as circle:
        names = ", ".join(f"'{places[at]}'" for at in dict.fromkeys(circle.args[1]))
        what = f"the stocks of {names} fill up one another."
        maybe = "let one of them be filled up from a place without a stock"
        finding = Finding("stocks.csv", what, column="supplied_from", maybe=maybe)
        raise BadScenario(scenario.settings.title, [finding]) from circle


def stock_of_places(scenario: Scenario, chain: Chain, places: Sequence[str]) -> Whole:
    """Return on which stock the units of each place live; -1 = on the spot.

    Returns
    -------
    ndarray of int
        Shape (places of units, supplies)
    """
    found = np.full((len(places), len(chain.supplies)), NONE)
    for number, place in enumerate(places):
        for name in reversed(list(places_upwards(scenario, place))):  # the nearest writes last
            for row_number in reversed(range(len(chain.rows))):
                row = chain.rows[row_number]
                if name in row.serves:
                    at = chain.places.index(row.location)
                    found[number, chain.row_of[at] == row_number] = at
            if name in chain.places:
                at = chain.places.index(name)
                found[number, chain.row_of[at] != NONE] = at
    return found
