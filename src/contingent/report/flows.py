"""What flows over each link in each week, for the map: from the frames ``flows`` and ``resupply`` to figures by link and step.

A row may name several links, joined by ``;``: what it moves is counted on each. A link carries both directions together. What a
place handles is what comes in or what goes out of it in the week, whichever is more. Figures have two digits and are drawn
by levels: on a map nobody sees more, and weeks that look alike are written once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.model.ground import Link
from contingent.model.scenario import Scenario
from contingent.plan import Plan

WEEK = 7
MOST_WAYS = 220
"""Ways that are drawn: those over which most goes, tonnes and people weighed alike. The rest is counted."""

MOST_CHANGES = 12_000
"""Changes that the page keeps, four signs each; of more, weeks after the first year stand together."""

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
    left_out : int
        Ways over which so little goes that they are not drawn.
    """

    starts: tuple[int, ...]
    until_day: int
    links: tuple[tuple[str, str, str], ...]
    tonnes: Floats
    people: Floats
    places: tuple[str, ...]
    place_tonnes: Floats
    place_people: Floats
    left_out: int = 0

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


def all_two_digits(figures: Floats) -> Floats:
    """Return figures kept to two digits: each that occurs is worked out once, as most of them are nothing at all."""
    found, places = np.unique(figures, return_inverse=True)
    kept: Floats = np.array([two_digits(figure) for figure in found.tolist()], dtype=np.float64)
    return kept[places].reshape(figures.shape)


def changes(flows: Flows) -> int:
    """Return how often any figure of the map changes from one step to the next."""
    pairs = ((flows.tonnes, flows.people), (flows.place_tonnes, flows.place_people))
    both = [np.stack([levels_of(figures) for figures in pair], axis=2) for pair in pairs]
    return int(sum((np.diff(each, axis=1, prepend=0) != 0).any(axis=2).sum() for each in both))


def _by_week(scenario: Scenario, plan: Plan, known: set[str]) -> Flows | None:
    rows = moved_rows(plan)
    if rows.height == 0:
        return None
    ways = {row.link: row for row in scenario.links}
    weeks = int(-(-int(str(rows["until_day"].max())) // WEEK))
    links: dict[tuple[str, str, str], Floats] = defaultdict(lambda: np.zeros((2, weeks)))
    into: dict[str, Floats] = defaultdict(lambda: np.zeros((2, weeks)))
    out: dict[str, Floats] = defaultdict(lambda: np.zeros((2, weeks)))
    known_ways: dict[tuple[str | None, Ends, str], list[tuple[str, str, str]]] = {}
    for row in rows.iter_rows(named=True):
        moved = np.array([row["tonnes"], row["people"]])
        first = max(0, row["from_day"]) // WEEK
        step = min(first, weeks - 1)
        way = (row["link"], (row["from_location"], row["to_location"]), row["mode"])
        if way not in known_ways:
            known_ways[way] = steps_of_way(ways, *way)
        for tail, head, mode in known_ways[way]:
            if tail == head:
                into[tail][:, step] += moved
                continue
            out[tail][:, step] += moved
            into[head][:, step] += moved
            links[min(tail, head), max(tail, head), mode][:, step] += moved
    located = sorted(key for key in links if key[0] in known and key[1] in known)
    if not located:
        return None
    shown = sorted(_weightiest(located, links), key=lambda key: (key[2], key))
    places = sorted({end for key in shown for end in key[:2]})
    over, at = (
        np.stack(each) for each in ([links[key] for key in shown], [np.maximum(into[name], out[name]) for name in places])
    )
    over, at = (all_two_digits(each) for each in (over, at))
    starts = tuple(range(0, weeks * WEEK, WEEK))
    left_out = len(located) - len(shown)
    return Flows(starts, weeks * WEEK, tuple(shown), over[:, 0], over[:, 1], tuple(places), at[:, 0], at[:, 1], left_out)


def _weightiest(
    located: Sequence[tuple[str, str, str]], links: Mapping[tuple[str, str, str], Floats]
) -> list[tuple[str, str, str]]:
    """The ways over which most goes in all, tonnes and people each as a share of the most."""
    sums = np.stack([links[key].sum(axis=1) for key in located])
    weights = (sums / np.maximum(sums.max(axis=0), 1e-9)).sum(axis=1)
    return [located[int(at)] for at in np.argsort(-weights, kind="stable")[:MOST_WAYS]]


def moved_rows(plan: Plan) -> pl.DataFrame:
    """Return what moves, units and supply alike, in the columns of the frame ``flows``; supply without a way is left out."""
    supplied = plan.resupply.filter(pl.col("way").is_not_null()).select(
        pl.col("way").alias("link"),
        pl.col("modes").fill_null("road").alias("mode"),
        *("from_location", "to_location", "from_day", "until_day"),
        people=pl.lit(0.0),
        vehicles=pl.lit(0.0),
        tonnes=pl.col("tonnes"),
    )
    return pl.concat([plan.flows, supplied]).filter(pl.col("until_day") > 0)


def steps_of_way(ways: dict[str, Link], named: str | None, ends: Ends, mode: str) -> list[tuple[str, str, str]]:
    """Return the links of a way in their direction: tail, head and mode of each; straight from end to end where one is not known.

    >>> link = Link(link="a", from_location="Kovel", to_location="Chelm", mode="rail", km=80)
    >>> steps_of_way({"a": link}, "a", ("Chelm", "Kovel"), "rail")
    [('Chelm', 'Kovel', 'rail')]
    """
    names = [part.strip() for part in (named or "").split(";") if part.strip()]
    if not names or any(name not in ways for name in names):
        return [(*ends, mode)]
    at = ends[0]
    steps: list[tuple[str, str, str]] = []
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
        means: Floats = all_two_digits(np.add.reduceat(figures, firsts, axis=1) / lengths)
        return means

    parts = (flows.tonnes, flows.people, flows.place_tonnes, flows.place_people)
    tonnes, people, place_tonnes, place_people = map(gathered, parts)
    starts = tuple(week * WEEK for week in firsts)
    return Flows(starts, flows.until_day, flows.links, tonnes, people, flows.places, place_tonnes, place_people, flows.left_out)


DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LEVELS = len(DIGITS) - 1
"""Levels of what is drawn: 0 is nothing, the last the most."""

SPAN = 10_000.0
"""The most, as a multiple of what has the first level. [-]"""


def levels_of(figures: Floats) -> NDArray[np.int64]:
    """Return figures as levels of what is drawn: each is a seventh part wider than the one before, which an eye can just tell.

    >>> levels_of(np.array([[0.0, 1.0, 100.0, 10_000.0]])).tolist()
    [[0, 1, 18, 35]]
    """
    most = figures.max(initial=0.0)
    if most <= 0:
        return np.zeros(figures.shape, dtype=np.int64)
    parts = np.log(np.maximum(figures * SPAN / most, 1.0)) / np.log(SPAN)
    levels: NDArray[np.int64] = np.where(figures > 0, 1 + np.rint((LEVELS - 1) * parts), 0).astype(np.int64)
    return levels


def as_changes(tonnes: Sequence[int], people: Sequence[int]) -> str:
    """Return levels as the steps at which they change, four signs each: step (two), tonnes, people; at first both are nought.

    >>> as_changes([0, 5, 5, 0], [0, 0, 0, 35])
    '0150030z'
    """
    found: list[str] = []
    before = (0, 0)
    for at, now in enumerate(zip(tonnes, people, strict=True)):
        if now != before:
            found.append(f"{DIGITS[at // 36]}{DIGITS[at % 36]}{DIGITS[now[0]]}{DIGITS[now[1]]}")
            before = now
    return "".join(found)
