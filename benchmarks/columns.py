"""Every tour that could begin, as arrays, and what a set of tours is worth: the common ground of all rivals.

A column is "units of offer k begin a tour on line r on day d". All planners, ours included, hand their tours to `scored`,
which counts unfilled unit-days to the day and says which rule is broken, so that nobody is judged by their own figures.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from contingent.model.rules import caveat_against, line_until, readiness, tour_fits_window, tour_may_begin
from contingent.model.scenario import Readiness, Scenario

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PRIORITY_WEIGHTS = {1: 100.0, 2: 10.0, 3: 1.0}
"""Unit-days of the first priority count a hundred times those of the third, for planners that know one objective only. [-]"""


@dataclass(frozen=True)
class Columns:
    """Tours that may exist, sorted by offer, line and day.

    Parameters
    ----------
    scenario : Scenario
        What is planned.
    terms : list of Readiness
        By offer.
    until : ndarray
        Last day of each line's window, plus one. [days from D-day], shape (lines,)
    offer, line, day : ndarray
        Index of the offer, of the line, and the first day. shape (columns,)
    effectiveness : ndarray
        Share of one required unit that one such tour gives. [-], shape (columns,)
    """

    scenario: Scenario
    terms: list[Readiness]
    until: Ints
    offer: Ints
    line: Ints
    day: Ints
    effectiveness: Floats

    @property
    def count(self) -> int:
        """Number of columns."""
        return len(self.offer)

    @cached_property
    def from_day(self) -> Ints:
        """First day of each line's window. [days from D-day]"""
        return np.array([row.from_day for row in self.scenario.requirements], dtype=np.int64)

    @cached_property
    def quantity(self) -> Ints:
        """Units of each offer. [units]"""
        return np.array([row.quantity for row in self.scenario.offers], dtype=np.int64)

    @cached_property
    def required(self) -> Ints:
        """Units that each line asks for. [units]"""
        return np.array([row.quantity for row in self.scenario.requirements], dtype=np.int64)

    @cached_property
    def line_weight(self) -> Floats:
        """What a unit-day of each line counts. [-]"""
        return np.array([PRIORITY_WEIGHTS[row.priority] for row in self.scenario.requirements])

    @cached_property
    def nation(self) -> Ints:
        """Index of each offer's nation."""
        number = {row.nation: index for index, row in enumerate(self.scenario.nations)}
        return np.array([number[row.nation] for row in self.scenario.offers], dtype=np.int64)

    @cached_property
    def ceiling(self) -> Ints:
        """Ceiling of each nation; -1 = none. [people]"""
        ceilings = [row.personnel_ceiling for row in self.scenario.nations]
        return np.array([-1 if ceiling is None else ceiling for ceiling in ceilings], dtype=np.int64)

    @cached_property
    def tour_days(self) -> Ints:
        """Days deployed, by offer. [days]"""
        return np.array([terms.tour_days for terms in self.terms], dtype=np.int64)

    @cached_property
    def serving_days(self) -> Ints:
        """Days of a tour that count for the line, by offer. [days]"""
        return np.array([terms.serving_days for terms in self.terms], dtype=np.int64)

    @cached_property
    def cycle_days(self) -> Ints:
        """Tour and dwell, by offer. [days]"""
        return np.array([terms.cycle_days for terms in self.terms], dtype=np.int64)

    @cached_property
    def people(self) -> Ints:
        """Strength of one unit, by offer. [people]"""
        return np.array([terms.personnel for terms in self.terms], dtype=np.int64)

    @property
    def most_weighted(self) -> float:
        """Weighted unit-days that are asked for."""
        return float(np.sum(self.line_weight * self.required * np.maximum(0, self.until - self.from_day)))


@dataclass(frozen=True)
class Score:
    """What a set of tours comes to.

    Parameters
    ----------
    unfilled : dict of int to float
        By priority. [unit-days]
    required : dict of int to int
        By priority. [unit-days]
    weighted_fill : float
        Filled unit-days, weighted by priority.
    broken : list of str
        Rules that the tours break; empty for a plan.
    """

    unfilled: dict[int, float]
    required: dict[int, int]
    weighted_fill: float
    broken: list[str]


def columns_of(scenario: Scenario) -> Columns:
    """Return every tour that may exist under capability, caveats, window and readiness."""
    horizon = scenario.settings.horizon_days
    terms = [readiness(scenario, row) for row in scenario.offers]
    until = np.array([line_until(scenario, row) for row in scenario.requirements], dtype=np.int64)
    grid = np.arange(0, horizon, scenario.settings.period_days)
    may_begin = []
    for row, end in zip(scenario.requirements, until, strict=True):
        days = np.union1d(grid, [row.from_day])
        may_begin.append(days[(days >= row.from_day) & (days < end)])
    asks: dict[str, list[int]] = {}
    for number, row in enumerate(scenario.requirements):
        asks.setdefault(row.capability, []).append(number)
    gives: dict[str, list[tuple[str, float]]] = {}
    for capability in scenario.capabilities:
        gives.setdefault(capability.unit_type, []).append((capability.capability, capability.effectiveness))
    parts: list[tuple[int, int, Ints, float]] = []
    for k, offer in enumerate(scenario.offers):
        found = [(r, share) for name, share in gives.get(offer.unit_type, []) for r in asks.get(name, [])]
        for r, share in sorted(found):
            if offer.quantity == 0 or caveat_against(scenario, offer, scenario.requirements[r]) is not None:
                continue
            days = may_begin[r]
            days = days[(days >= terms[k].ready_day) & (np.minimum(days + terms[k].tour_days, horizon) <= terms[k].until_day)]
            if len(days):
                parts.append((k, r, days, share))
    sizes = [len(part[2]) for part in parts]
    return Columns(
        scenario=scenario,
        terms=terms,
        until=until,
        offer=np.repeat(np.array([part[0] for part in parts], dtype=np.int32), sizes),
        line=np.repeat(np.array([part[1] for part in parts], dtype=np.int32), sizes),
        day=np.concatenate([part[2] for part in parts]) if parts else np.zeros(0, dtype=np.int64),
        effectiveness=np.repeat(np.array([part[3] for part in parts], dtype=np.float64), sizes),
    )


def columns_of_tours(scenario: Scenario, tours: Iterable[tuple[str, str, int]]) -> tuple[Columns, Ints, list[str]]:
    """Return the columns of given tours only, how many units begin each, and which of them may not exist.

    Parameters
    ----------
    scenario : Scenario
        What is planned.
    tours : iterable of (str, str, int)
        Offer, line and first day of each tour, one entry a unit.
    """
    counts = Counter(tours)
    offers = {row.offer: number for number, row in enumerate(scenario.offers)}
    lines = {row.line: number for number, row in enumerate(scenario.requirements)}
    terms = [readiness(scenario, row) for row in scenario.offers]
    broken = []
    effectiveness = []
    for name, line, day in counts:
        offer, row = scenario.offers[offers[name]], scenario.requirements[lines[line]]
        share = scenario.effectiveness.get((row.capability, offer.unit_type), 0.0)
        effectiveness.append(share)
        fits = tour_fits_window(day, terms[offers[name]], horizon_days=scenario.settings.horizon_days)
        if not share or caveat_against(scenario, offer, row) or not fits or not tour_may_begin(scenario, row, day):
            broken.append(f"{name} on {line} from day {day}: no such tour")
    columns = Columns(
        scenario=scenario,
        terms=terms,
        until=np.array([line_until(scenario, row) for row in scenario.requirements], dtype=np.int64),
        offer=np.array([offers[name] for name, _, _ in counts], dtype=np.int64),
        line=np.array([lines[line] for _, line, _ in counts], dtype=np.int64),
        day=np.array([day for _, _, day in counts], dtype=np.int64),
        effectiveness=np.array(effectiveness, dtype=np.float64),
    )
    return columns, np.array(list(counts.values()), dtype=np.int64), broken


def scored(columns: Columns, units: Ints) -> Score:
    """Return what so many units on each column come to, to the day.

    Parameters
    ----------
    columns : Columns
        Tours that may exist.
    units : ndarray
        Units that begin each of them. [units], shape (columns,)
    """
    horizon = columns.scenario.settings.horizon_days
    used = np.flatnonzero(units)
    k, r, day, count = columns.offer[used], columns.line[used], columns.day[used], units[used]
    gives = count * columns.effectiveness[used]
    served = _standing(len(columns.required), horizon, where=r, start=day, days=columns.serving_days[k], amount=gives)
    days = np.arange(horizon)
    window = (days >= columns.from_day[:, None]) & (days < columns.until[:, None])
    gap = (np.maximum(0.0, columns.required[:, None] - served) * window).sum(axis=1)
    priority = np.array([row.priority for row in columns.scenario.requirements])
    needed = columns.required * window.sum(axis=1)
    broken = []
    busy = _standing(len(columns.quantity), horizon, where=k, start=day, days=columns.cycle_days[k], amount=count)
    over = (busy > columns.quantity[:, None] + 0.5).any(axis=1)
    broken += [f"{columns.scenario.offers[n].offer}: rotation base" for n in np.flatnonzero(over)]
    people = count * columns.people[k]
    out = _standing(len(columns.ceiling), horizon, where=columns.nation[k], start=day, days=columns.tour_days[k], amount=people)
    over = (columns.ceiling >= 0) & (out > columns.ceiling[:, None] + 0.5).any(axis=1)
    broken += [f"{columns.scenario.nations[n].nation}: ceiling" for n in np.flatnonzero(over)]
    tours = np.bincount(k, weights=count, minlength=len(columns.quantity))
    broken += [
        f"{row.offer}: most tours"
        for row, number in zip(columns.scenario.offers, tours, strict=True)
        if row.max_tours is not None and number > row.quantity * row.max_tours
    ]
    broken += [
        f"{row.line}: one nation"
        for number, row in enumerate(columns.scenario.requirements)
        if row.hold == "one_nation" and len(np.unique(columns.nation[k[r == number]])) > 1
    ]
    return Score(
        unfilled={int(level): round(float(gap[priority == level].sum()), 6) for level in np.unique(priority)},
        required={int(level): int(needed[priority == level].sum()) for level in np.unique(priority)},
        weighted_fill=float((columns.line_weight * (needed - gap)).sum()),
        broken=broken,
    )


def _standing(rows: int, horizon: int, *, where: Ints, start: Ints, days: Ints, amount: Ints | Floats) -> Floats:
    """Return how much stands in each row on each day, from intervals that begin and end. shape (rows, horizon)"""
    change = np.zeros((rows, horizon + 1))
    np.add.at(change, (where, start), amount)
    np.add.at(change, (where, np.minimum(start + days, horizon)), -np.asarray(amount))
    return np.round(np.cumsum(change[:, :-1], axis=1), 9)
