"""What is to be spread over several formations, and what a spreading is worth, counted from its tours alone.

No solver is called from here, so that whoever reads an order of battle needs none; `structure.spread` decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Status = Literal["optimal", "feasible"]
Amounts = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Serving:
    """A tour as far as spreading is concerned.

    Parameters
    ----------
    line : str
        The line that it serves.
    nation : str or None
        Whose unit it is; None where states own it together.
    from_day, until_day : int
        Days on which it serves, half open. [days from D-day]
    weight : float
        Effectiveness. [units]
    """

    line: str
    nation: str | None
    from_day: int
    until_day: int
    weight: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How lines were spread over formations, and what is proven of it.

    Parameters
    ----------
    formations, lines : tuple of str
        Over which; what.
    tours : int
        Tours that were given a formation.
    uneven : float
        Largest difference between two formations that share a line, on any day. [units]
    nation_days, nation_days_bound : float
        Nations present, summed over formations and days; no spreading that is as even has fewer than the bound. [nation-days]
    entries : int
        How often a nation comes into a formation in which it was not just before.
    method : {"exact", "greedy"}
        Proved by MILP, or searched.
    status : {"optimal", "feasible"}
        optimal: every goal is proved; feasible: no better spreading was found, and the bound says how much better one could be.
    """

    formations: tuple[str, ...]
    lines: tuple[str, ...]
    tours: int
    uneven: float
    nation_days: float
    nation_days_bound: float
    entries: int
    method: Literal["exact", "greedy"]
    status: Status


@dataclass(frozen=True)
class Problem:
    """Tours to be spread.

    Parameters
    ----------
    formations : tuple of str
        The formations, in their order.
    shares : mapping of str to tuple of int
        For each line the places, in `formations`, of those that share it.
    battalions : frozenset of str
        Lines of battalions, which are spread evenly together.
    tours : tuple of Serving
        What is spread.
    given : tuple of (int, Serving)
        What stands in a formation anyway: place of the formation, and the tour.
    """

    formations: tuple[str, ...]
    shares: Mapping[str, tuple[int, ...]]
    battalions: frozenset[str]
    tours: tuple[Serving, ...]
    given: tuple[tuple[int, Serving], ...] = ()

    @cached_property
    def breaks(self) -> list[int]:
        """First day of each span, and the day on which the last ends. [days from D-day], shape (spans + 1,)"""
        all_tours = [*self.tours, *(tour for _, tour in self.given)]
        return sorted({tour.from_day for tour in all_tours} | {tour.until_day for tour in all_tours})

    @cached_property
    def days(self) -> Counts:
        """Days of each span. [days], shape (spans,)"""
        breaks = np.array(self.breaks, dtype=np.int64)
        spans: Counts = breaks[1:] - breaks[:-1]
        return spans

    def spans(self, tour: Serving) -> tuple[int, int]:
        """Return the first span of a tour and the one after its last."""
        return self.span_at[tour.from_day], self.span_at[tour.until_day]

    @cached_property
    def span_at(self) -> dict[int, int]:
        """The span that begins on a day."""
        return {day: place for place, day in enumerate(self.breaks)}

    @cached_property
    def nations(self) -> tuple[str, ...]:
        """Nations of the tours to be spread, by name."""
        return tuple(sorted({tour.nation for tour in self.tours if tour.nation is not None}))

    @cached_property
    def groups(self) -> tuple[tuple[tuple[int, ...], tuple[str, ...]], ...]:
        """Lines of battalions by the formations that share them, where these lines are several."""
        by_shares: dict[tuple[int, ...], list[str]] = {}
        for line in sorted(self.battalions.intersection(self.shares)):
            by_shares.setdefault(self.shares[line], []).append(line)
        return tuple((shares, tuple(lines)) for shares, lines in sorted(by_shares.items()) if len(lines) > 1)

    @cached_property
    def even_sets(self) -> tuple[tuple[bool, tuple[int, ...], frozenset[str]], ...]:
        """What must be even: (whether it is lines together, formations that share, lines)."""
        alone = [(False, self.shares[line], frozenset([line])) for line in sorted(self.shares)]
        return (*alone, *((True, shares, frozenset(lines)) for shares, lines in self.groups))

    @cached_property
    def choices(self) -> int:
        """Tours times the formations that each may go to."""
        return sum(len(self.shares[tour.line]) for tour in self.tours)

    def given_counts(self) -> Counts:
        """Return units of each nation that stand in a formation anyway. Shape (formations, nations, spans)"""
        at = {nation: place for place, nation in enumerate(self.nations)}
        counts = np.zeros((len(self.formations), len(self.nations), len(self.days)), dtype=np.int64)
        for formation, tour in self.given:
            if tour.nation in at:
                first, last = self.spans(tour)
                counts[formation, at[tour.nation], first:last] += 1
        return counts


@dataclass(frozen=True, slots=True)
class Measures:
    """What a spreading is worth; the first four are the goals in their order."""

    uneven_by_line: float
    uneven_in_all: float
    nation_days: float
    entries: int
    widest: float


def measure(problem: Problem, places: Sequence[int]) -> Measures:
    """Count a spreading from its tours alone.

    Parameters
    ----------
    places : sequence of int
        For each tour the place of its formation. Shape (tours,)
    """
    counts = problem.given_counts()
    at = {nation: place for place, nation in enumerate(problem.nations)}
    for tour, place in zip(problem.tours, places, strict=True):
        if tour.nation is not None:
            first, last = problem.spans(tour)
            counts[place, at[tour.nation], first:last] += 1
    present = counts > 0
    before = np.concatenate([np.zeros((*present.shape[:2], 1), dtype=bool), present[:, :, :-1]], axis=2)
    widest = [0.0, 0.0]
    for together, shares, lines in problem.even_sets:
        width = float(loads(problem, places, shares, lines).ptp_by_span().max(initial=0.0))
        widest[together] = max(widest[together], width)
    beyond = [max(0.0, width - 1.0) for width in widest]
    return Measures(
        beyond[0], beyond[1], float((present.sum(axis=(0, 1)) * problem.days).sum()), int((present & ~before).sum()), widest[0]
    )


@dataclass(frozen=True)
class Loads:
    """Units that serve in each formation. [units], shape (formations that share, spans)"""

    units: Amounts

    def ptp_by_span(self) -> Amounts:
        """Fullest less emptiest, on each span. [units]"""
        width: Amounts = np.round(self.units.max(axis=0) - self.units.min(axis=0), 9)
        return width


def loads(problem: Problem, places: Sequence[int], shares: tuple[int, ...], lines: frozenset[str]) -> Loads:
    """Return the service of some lines in each of the formations that share them."""
    units = np.zeros((len(shares), len(problem.days)))
    row = {place: number for number, place in enumerate(shares)}
    for tour, place in zip(problem.tours, places, strict=True):
        if tour.line in lines:
            first, last = problem.spans(tour)
            units[row[place], first:last] += tour.weight
    return Loads(units)
