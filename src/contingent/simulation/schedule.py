"""The plan as a simulation reads it: named units with their tours, and how much is planned to hold each line on each day."""

from dataclasses import dataclass

import numpy as np

from contingent.model.rows import Offer, Requirement
from contingent.model.rules import line_until
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.simulation import layout as at
from contingent.simulation.layout import UNIT, Ints


@dataclass(frozen=True)
class Planned:
    """Units and planned tours.

    Parameters
    ----------
    units : tuple of str
        Names of all units of the offers, in order.
    first, last : ndarray of int
        Where each unit's tours begin and end among all, shape (units,).
    tours : ndarray of int
        Shape (tours, columns), by unit and first day.
    """

    units: tuple[str, ...]
    first: Ints
    last: Ints
    tours: Ints


def unit_names(offer: Offer) -> list[str]:
    """Return the names of an offer's units, as plans name them.

    >>> unit_names(Offer(offer="GBR-guard", nation="GBR", unit_type="guard", quantity=2))
    ['GBR-guard#1', 'GBR-guard#2']
    """
    width = len(str(offer.quantity))
    return [f"{offer.offer}#{number:0{width}d}" for number in range(1, offer.quantity + 1)]


def planned_tours(plan: Plan | None, offers: tuple[Offer, ...], lines: tuple[Requirement, ...], scenario: Scenario) -> Planned:
    """Return units and their tours; units that a plan names in its own way take the places of those that it does not name."""
    used: dict[str, dict[str, list[tuple[int, ...]]]] = {}
    place_of = {row.line: place for place, row in enumerate(lines)}
    if plan is not None:
        columns = ("offer", "unit", "line", "from_day", "serves_until_day", "until_day", "effectiveness")
        for offer, unit, line, start, serves, leaves, effectiveness in plan.tours.select(columns).iter_rows():
            place = place_of[line]
            days = max(0, min(serves, line_until(scenario, lines[place])) - start)
            tour = (place, start, serves, leaves, max(1, round(effectiveness * UNIT)), days)
            used.setdefault(offer, {}).setdefault(unit, []).append(tour)
    units: list[str] = []
    tours: list[tuple[int, ...]] = []
    first, last = [], []
    for offer_row in offers:
        for name in _named(offer_row, list(used.get(offer_row.offer, {}))):
            first.append(len(tours))
            own = used.get(offer_row.offer, {}).get(name, [])
            tours += [(len(units), *tour) for tour in sorted(own, key=lambda tour: tour[1])]
            last.append(len(tours))
            units.append(name)
    table = np.array(tours, dtype=np.int64).reshape(len(tours), at.TOUR_COLUMNS)
    return Planned(tuple(units), np.array(first, dtype=np.int64), np.array(last, dtype=np.int64), table)


def _named(offer: Offer, planned: list[str]) -> list[str]:
    own = unit_names(offer)
    others = [name for name in planned if name not in own]
    free = [name for name in own if name not in planned]
    taken = dict(zip(free[len(free) - len(others) :], others, strict=True)) if others else {}
    return [taken.get(name, name) for name in own]


def targets(planned: Planned, line: Ints, *, whole: bool) -> tuple[Ints, Ints, Ints]:
    """Return the days on which a line is planned to be held by more or fewer: day, line, how much. [millionths of a unit]

    Parameters
    ----------
    line : ndarray of int
        `Given.line`.
    whole : bool
        Whether each line is to be held by all that it asks for, whatever the plan.
    """
    rows = []
    for place in range(line.shape[0]):
        opens, closes, quantity = (int(line[place, column]) for column in (at.L_FROM, at.L_UNTIL, at.L_QUANTITY))
        if closes <= opens or quantity == 0:
            continue
        level = 0
        for day, held in ([(opens, quantity)] if whole else _held(planned.tours, place, quantity)):
            if opens <= day < closes and held != level:
                rows.append((day, place, held))
                level = held
        if level:
            rows.append((closes, place, 0))
    rows.sort()
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 3)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def _held(tours: Ints, line: int, quantity: int) -> list[tuple[int, int]]:
    """How much of a line is planned to be held, from each day on which that changes."""
    own = tours[tours[:, at.T_LINE] == line]
    days = np.unique(np.concatenate([own[:, at.T_FROM], own[:, at.T_SERVES]]))
    steps = []
    for day in days:
        on = (own[:, at.T_FROM] <= day) & (day < own[:, at.T_SERVES])
        weight = int(own[on, at.T_WEIGHT].sum())
        steps.append((int(day), quantity if weight + int(on.sum()) >= quantity else weight))
    return steps
