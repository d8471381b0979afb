"""What flows over each link in each week, gathered for the map: from the frame ``flows`` to figures by link, place and step of time.

A row may name several links, joined by ``;``: what it moves is counted on each. A link carries both directions together. What a
place handles is what comes in or what goes out of it in the week, whichever is more. Figures are kept to two digits: on a map
nobody sees a third, and weeks that look alike are written once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.model.ground import Link
from contingent.model.scenario import Scenario
from contingent.plan import Plan

WEEK = 7
MOST_CHANGES = 14_000
"""Changes that the page keeps, six signs each; of more, weeks after the first year stand together."""

FIRST_YEAR, LATER = 52, (4, 13)
"""Weeks of the first year, and weeks of a step after it where there is too much to keep. [weeks]"""

Floats = NDArray[np.float64]
Ends = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Flows:
    """Figures for the map.

    Parameters
    ----------
    starts : tuple of int
        First day of each step. [days from D-day]
    until_day : int
        Day after the last step. [days from D-day]
    links : tuple of (str, str, str)
        Ends and mode of each way.
    tonnes, people : ndarray of float
        What goes over each way a week. [t/week], [people/week], shape (links, steps)
    places : tuple of str
        Places that anything passes.
    place_tonnes, place_people : ndarray of float
        What each place handles a week. [t/week], [people/week], shape (places, steps)
    """

    starts: tuple[int, ...]
    until_day: int
    links: tuple[tuple[str, str, str], ...]
    tonnes: Floats
    people: Floats
    places: tuple[str, ...]
    place_tonnes: Floats
    place_people: Floats

    @property
    def fullest(self) -> int:
        """The step in which most is moved: tonnes first, people where nothing weighs."""
        weights = self.tonnes.sum(axis=0)
        return int((weights if weights.any() else self.people.sum(axis=0)).argmax())

    def window(self, step: int) -> tuple[int, int]:
        """Return first day and day after the last of a step."""
        return self.starts[step], self.starts[step + 1] if step + 1 < len(self.starts) else self.until_day


def flows_of(scenario: Scenario, plan: Plan) -> Flows | None:
    """Return the flows of a plan by week; None where nothing flows between places that have a position."""
    known = {row.location for row in scenario.locations if row.latitude is not None and row.longitude is not None}
    weeks = _by_week(scenario, plan, known)
    if weeks is None:
        return None
    found = weeks
    for together in LATER:
        if changes(found) > MOST_CHANGES and len(weeks.starts) > FIRST_YEAR:
            found = _coarser(weeks, together)
    return found


def two_digits(figure: float) -> float:
    """Return a figure kept to two digits.

    >>> two_digits(12_345.0), two_digits(0.0), two_digits(7.0)
    (12000.0, 0.0, 7.0)
    """
    return float(round(figure, 1 - floor(log10(figure)))) if figure >= 1 else float(figure > 0)


def changes(flows: Flows) -> int:
    """Return how often any figure of the map changes from one step to the next."""
    both = [np.stack(pair, axis=2) for pair in ((flows.tonnes, flows.people), (flows.place_tonnes, flows.place_people))]
    return int(sum((np.diff(each, axis=1, prepend=0.0) != 0).any(axis=2).sum() for each in both))


def _by_week(scenario: Scenario, plan: Plan, known: set[str]) -> Flows | None:
    rows = plan.flows.filter(pl.col("until_day") > 0)
    if rows.height == 0:
        return None
    ways = {row.link: row for row in scenario.links}
    weeks = int(-(-int(str(rows["until_day"].max())) // WEEK))
    links: dict[tuple[str, str, str], Floats] = defaultdict(lambda: np.zeros((2, weeks)))
    into: dict[str, Floats] = defaultdict(lambda: np.zeros((2, weeks)))
    out: dict[str, Floats] = defaultdict(lambda: np.zeros((2, weeks)))
    for row in rows.iter_rows(named=True):
        moved = np.array([row["tonnes"], row["people"]])
        first = max(0, row["from_day"]) // WEEK
        step = min(first, weeks - 1)
        for tail, head, mode in steps_of_way(ways, row["link"], (row["from_location"], row["to_location"]), row["mode"]):
            if tail == head:
                into[tail][:, step] += moved
                continue
            out[tail][:, step] += moved
            into[head][:, step] += moved
            links[min(tail, head), max(tail, head), mode][:, step] += moved
    shown = sorted(key for key in links if key[0] in known and key[1] in known)
    if not shown:
        return None
    places = sorted({end for key in shown for end in key[:2]})
    over, at = (np.stack(each) for each in ([links[key] for key in shown], [np.maximum(into[name], out[name]) for name in places]))
    over, at = (np.vectorize(two_digits, otypes=[np.float64])(each) for each in (over, at))
    starts = tuple(range(0, weeks * WEEK, WEEK))
    return Flows(starts, weeks * WEEK, tuple(shown), over[:, 0], over[:, 1], tuple(places), at[:, 0], at[:, 1])


def steps_of_way(ways: dict[str, Link], named: str | None, ends: Ends, mode: str) -> list[tuple[str, str, str]]:
    """Return the links of a way in their direction: tail, head and mode of each; straight from end to end where one is not known.

    >>> link = Link(link="a", from_location="Kovel", to_location="Chelm", mode="rail", km=80)
    >>> steps_of_way({"a": link}, "a", ("Chelm", "Kovel"), "rail")
    [('Chelm', 'Kovel', 'rail')]
    """
    names = [part.strip() for part in (named or "").split(";") if part.strip()]
    if not names or any(name not in ways for name in names):
        return [(*ends, mode)]
    at, steps = ends[0], []
    for name in names:
        link = ways[name]
        if at not in (link.from_location, link.to_location):
            return [(*ends, mode)]
        head = link.to_location if at == link.from_location else link.from_location
        steps.append((at, head, link.mode))
        at = head
    return steps


def _coarser(flows: Flows, together: int) -> Flows:
    """The same with so many weeks after the first year together, each step the mean of its weeks."""
    weeks = len(flows.starts)
    firsts = [*range(FIRST_YEAR), *range(FIRST_YEAR, weeks, together)]

    def gathered(figures: Floats) -> Floats:
        lengths = np.diff([*firsts, weeks])
        means: Floats = np.vectorize(two_digits, otypes=[np.float64])(np.add.reduceat(figures, firsts, axis=1) / lengths)
        return means

    parts = (flows.tonnes, flows.people, flows.place_tonnes, flows.place_people)
    tonnes, people, place_tonnes, place_people = map(gathered, parts)
    starts = tuple(week * WEEK for week in firsts)
    return Flows(starts, flows.until_day, flows.links, tonnes, people, flows.places, place_tonnes, place_people)


DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SMALL, STEP = 100, 90
"""Figures below a hundred are written as they are; above, two digits and how many noughts follow, 90 codes for each nought."""


def coded(figure: float) -> str:
    """Return a figure of two digits as two signs of base 36.

    >>> [coded(figure) for figure in (0, 7, 99, 100, 12_000)]
    ['00', '07', '2r', '2s', '7u']
    """
    whole = round(figure)
    noughts = max(0, len(str(whole)) - 2)
    code = whole if whole < SMALL else SMALL + (noughts - 1) * STEP + whole // 10**noughts - 10
    return DIGITS[code // 36] + DIGITS[code % 36]


def as_changes(tonnes: Sequence[float], people: Sequence[float]) -> str:
    """Return figures as the steps at which they change, six signs each: step, tonnes, people; before the first both are nought.

    >>> as_changes([0, 5, 5, 0], [0, 0, 0, 0])
    '010500030000'
    """
    found: list[str] = []
    before = ("00", "00")
    for at, now in enumerate((coded(one), coded(other)) for one, other in zip(tonnes, people, strict=True)):
        if now != before:
            found.append(f"{DIGITS[at // 36]}{DIGITS[at % 36]}{now[0]}{now[1]}")
            before = now
    return "".join(found)
