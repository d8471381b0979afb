"""Where a plan stands: what each line is short of on each slot, and what stands against each offer that gives its capability.

An arc of a `Problem` exists only where no rule stands in its way. To ask why a unit is not there, the offers without an arc
are needed too; a `Candidate` is an offer that gives the line's capability, whatever stands against it.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from contingent.generation.exact import Counts
from contingent.generation.problem import Problem
from contingent.model.rules import caveat_against
from contingent.model.scenario import Scenario

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

DECIMALS = 9
"""Quantities are rounded to this many decimals, so that six tenths and four tenths make one. [-]"""


@dataclass(frozen=True)
class Candidate:
    """An offer that gives a line's capability.

    Parameters
    ----------
    offer : int
        Index of the offer.
    share : float
        Its effectiveness on the line. [-]
    caveat : str or None
        The place or task of the line that it rules out.
    """

    offer: int
    share: float
    caveat: str | None


class Tour(NamedTuple):
    """Like tours that begin together: offer and line by index, first day, and how many units."""

    offer: int
    line: int
    day: int
    units: int


class Standing:
    """A plan's counts laid out by line, offer, nation and slot.

    Parameters
    ----------
    scenario : Scenario
        What was given.
    problem : Problem
        The same as arrays.
    counts : Counts
        What was decided: (arc, start) to units, pins included.
    """

    def __init__(self, scenario: Scenario, problem: Problem, counts: Counts) -> None:
        self.scenario = scenario
        self.problem = problem
        tours = sorted((arc, start, units) for (arc, start), units in counts.items() if units > 0)
        self.tours = np.array(tours, dtype=np.int64).reshape(-1, 3)
        self.tour_line = problem.arc_line[self.tours[:, 0]].astype(np.int64)
        self.tour_offer = problem.arc_offer[self.tours[:, 0]].astype(np.int64)
        self._crowds: dict[int, Floats] = {}
        self._ready: dict[int, npt.NDArray[np.bool_]] = {}

    @cached_property
    def slots(self) -> int:
        """Number of slots."""
        return len(self.problem.slot_day) - 1

    @cached_property
    def gap(self) -> Floats:
        """Units of full effectiveness missing; nothing outside a line's window. [units], shape (lines, slots)"""
        problem = self.problem
        change = np.zeros((len(problem.lines), self.slots + 1))
        tempo = problem.offer_tempo[self.tour_offer]
        begin = problem.start_slot[self.tours[:, 1]]
        end = np.minimum(problem.tempo_serve[tempo, self.tours[:, 1]], problem.line_last[self.tour_line])
        units = self.tours[:, 2] * problem.arc_effectiveness[self.tours[:, 0]]
        np.add.at(change, (self.tour_line, begin), units)
        np.add.at(change, (self.tour_line, end), -units)
        served = np.cumsum(change[:, :-1], axis=1)
        missing = np.round(np.clip(problem.line_quantity[:, None] - served, 0.0, None), DECIMALS)
        return np.where(self.in_window, missing, 0.0)

    @cached_property
    def in_window(self) -> npt.NDArray[np.bool_]:
        """Whether a slot lies in a line's window. Shape (lines, slots)"""
        slot = np.arange(self.slots)
        inside: npt.NDArray[np.bool_] = (slot >= self.problem.line_first[:, None]) & (slot < self.problem.line_last[:, None])
        return inside

    @cached_property
    def tours_of_offer(self) -> dict[int, tuple[Tour, ...]]:
        """Tours of each offer that has any."""
        found: dict[int, list[Tour]] = {}
        days = self.problem.start_day[self.tours[:, 1]].tolist()
        for offer, line, day, units in zip(
            self.tour_offer.tolist(), self.tour_line.tolist(), days, self.tours[:, 2].tolist(), strict=True
        ):
            found.setdefault(offer, []).append(Tour(offer, line, day, units))
        return {offer: tuple(tours) for offer, tours in found.items()}

    @cached_property
    def _calendar(self) -> dict[int, tuple[list[int], list[int]]]:
        """For each offer with tours: the days on which they begin, ascending; how many units began before each, and in all."""
        found = {}
        for offer, tours in self.tours_of_offer.items():
            ordered = sorted(tours, key=lambda tour: tour.day)
            found[offer] = [tour.day for tour in ordered], list(accumulate((tour.units for tour in ordered), initial=0))
        return found

    def begun_between(self, offer: int, first: int, until: int) -> tuple[int, list[int]]:
        """Return how many tours of an offer begin on the days from `first` to before `until`, and those days. [units], [days]"""
        days, units = self._calendar.get(offer, ([], [0]))
        low, high = bisect_left(days, first), bisect_left(days, until)
        return units[high] - units[low], days[low:high]

    @cached_property
    def pinned(self) -> Indices:
        """How many of each row of tours the planner has fixed. [units], shape (tours,)"""
        pins: dict[tuple[int, int], int] = {}
        for arc, start, units in self.problem.pins.tolist():
            pins[arc, start] = pins.get((arc, start), 0) + units
        return np.array([min(units, pins.get((arc, start), 0)) for arc, start, units in self.tours.tolist()], dtype=np.int64)

    @cached_property
    def pinned_tours(self) -> frozenset[tuple[int, int, int]]:
        """Offer, line and first day of each tour that the planner has fixed."""
        problem, arcs = self.problem, self.problem.pins[:, 0]
        days = problem.start_day[self.problem.pins[:, 1]]
        return frozenset(zip(problem.arc_offer[arcs].tolist(), problem.arc_line[arcs].tolist(), days.tolist(), strict=True))

    @cached_property
    def _rows_of_offers(self) -> tuple[Indices, Indices]:
        """Rows of tours in the order of their offers, and where each offer's begin. Shape (tours,), (offers + 1,)"""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.tour_offer, minlength=len(self.problem.offers)))])
        return np.argsort(self.tour_offer, kind="stable"), starts.astype(np.int64)

    @cached_property
    def _rows_of_lines(self) -> tuple[Indices, Indices]:
        """Rows of tours in the order of their lines, and where each line's begin. Shape (tours,), (lines + 1,)"""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.tour_line, minlength=len(self.problem.lines)))])
        return np.argsort(self.tour_line, kind="stable"), starts.astype(np.int64)

    def tours_on(self, line: int) -> Indices:
        """Return the rows of tours on a line."""
        rows, starts = self._rows_of_lines
        return rows[starts[line] : starts[line + 1]]

    def begun(self, line: int, offers: Indices) -> tuple[Indices, Indices]:
        """Return tours that some offers begin on a line, and on lines that go before it. [units], shape (those offers, starts)

        Before it go lines of the same or a higher priority, and pinned tours: a unit on a line of lower priority may be
        taken away from there.
        """
        rows, starts = self._rows_of_offers
        parts = [rows[starts[k] : starts[k + 1]] for k in offers.tolist()]
        mine = np.concatenate([*parts, np.zeros(0, dtype=np.int64)])
        place = np.repeat(np.arange(len(offers)), [len(part) for part in parts])
        own, units = self.tour_line[mine] == line, self.tours[mine, 2]
        lower = self.problem.line_level[self.tour_line[mine]] > self.problem.line_level[line]
        begun = []
        for counted in (np.where(own, units, 0), np.where(own, 0, np.where(lower, self.pinned[mine], units))):
            table = np.zeros((len(offers), len(self.problem.start_day) - 1), dtype=np.int64)
            np.add.at(table, (place, self.tours[mine, 1]), counted)
            begun.append(table)
        return begun[0], begun[1]

    def crowd(self, line: int, nations: Indices) -> Floats:
        """People of some nations on tour on lines that go before a line, where a ceiling can bind. [people]

        Shape (those nations, slots)
        """
        problem = self.problem
        level = int(problem.line_level[line])
        if level not in self._crowds:
            lower = problem.line_level[self.tour_line] > level
            self._crowds[level] = self.people_of(np.where(lower, self.pinned, self.tours[:, 2]))
        crowd: Floats = self._crowds[level][nations]
        for row in self.tours_on(line).tolist():
            offer, start, units = int(self.tour_offer[row]), int(self.tours[row, 1]), int(self.tours[row, 2])
            nation = int(problem.offer_nation[offer])
            if np.isfinite(problem.ceiling[nation]):
                on_tour = slice(problem.start_slot[start], problem.tempo_tour[problem.offer_tempo[offer], start])
                crowd[np.searchsorted(nations, nation), on_tour] -= units * problem.offer_people[offer]
        return crowd

    @cached_property
    def people(self) -> Floats:
        """People on tour of each nation whose ceiling can bind. [people], shape (nations, slots)"""
        return self.people_of(self.tours[:, 2])

    def people_of(self, units: Indices) -> Floats:
        """People on tour, of each row of tours some units, where a ceiling can bind. [people], shape (nations, slots)"""
        problem, width = self.problem, self.slots + 1
        mine = np.flatnonzero((units > 0) & np.isfinite(problem.ceiling[problem.offer_nation[self.tour_offer]]))
        offer, start = self.tour_offer[mine], self.tours[mine, 1]
        row, people = problem.offer_nation[offer].astype(np.int64) * width, units[mine] * problem.offer_people[offer]
        begin, end = problem.start_slot[start], problem.tempo_tour[problem.offer_tempo[offer], start]
        cells = len(problem.nations) * width
        change = np.bincount(row + begin, people, cells) - np.bincount(row + end, people, cells)
        return np.cumsum(change.reshape(-1, width)[:, :-1], axis=1)

    @cached_property
    def _giving(self) -> dict[str, list[tuple[int, float]]]:
        """Offers that give each capability, with their effectiveness."""
        gives: dict[str, list[tuple[str, float]]] = {}
        for row in self.scenario.capabilities:
            gives.setdefault(row.unit_type, []).append((row.capability, row.effectiveness))
        giving: dict[str, list[tuple[int, float]]] = {}
        for k, offer in enumerate(self.problem.offers):
            for capability, share in gives.get(offer.unit_type, []):
                if offer.quantity > 0:
                    giving.setdefault(capability, []).append((k, share))
        return giving

    def candidates(self, line: int) -> tuple[Candidate, ...]:
        """Return every offer that gives the line's capability, with the caveat that it makes against the line."""
        row = self.problem.lines[line]
        return tuple(
            Candidate(k, share, caveat_against(self.scenario, self.problem.offers[k], row))
            for k, share in self._giving.get(row.capability, [])
        )

    def holders(self, line: int) -> tuple[int, ...]:
        """Return the nations that have tours on the line, in the order of nations.csv."""
        return tuple(sorted({int(self.problem.offer_nation[k]) for k in self.tour_offer[self.tours_on(line)].tolist()}))

    def is_pinned(self, line: int) -> bool:
        """Whether the planner has fixed a tour on the line."""
        return bool(np.isin(self.problem.arc_line[self.problem.pins[:, 0]], line).any())

    def starts_allowed(self, line: int) -> npt.NDArray[np.bool_]:
        """Whether a tour may begin on the line, as far as the line goes. Shape (starts,)"""
        problem = self.problem
        start = np.arange(len(problem.start_day) - 1)
        slot = problem.start_slot[:-1]
        allowed: npt.NDArray[np.bool_] = problem.on_grid | (start == problem.line_open[line])
        allowed &= (slot >= problem.line_first[line]) & (slot < problem.line_last[line])
        return allowed

    def starts_ready(self, offer: int) -> npt.NDArray[np.bool_]:
        """Whether a tour that begins on each start lies inside the offer's own window. Shape (starts,)"""
        if offer not in self._ready:
            terms, horizon = self.problem.terms[offer], self.problem.horizon_days
            day = self.problem.start_day[:-1]
            self._ready[offer] = (day >= terms.ready_day) & (np.minimum(day + terms.tour_days, horizon) <= terms.until_day)
        return self._ready[offer]
