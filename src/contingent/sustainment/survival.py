"""How long the force lasts when one thing is closed: each crossing, port, airport and depot in turn, or several together.

From the day of the full force on, each week uses what the week of the full force uses; what is left of the network is used
anew; stocks begin as the plan has them on that day. The weeks are run until no stock falls any more, at most a year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain as joined
from itertools import islice, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contingent.model.scenario import Scenario
from contingent.sustainment.balance import Given, Kept, weeks
from contingent.sustainment.use import KG_PER_T, WEEK
from contingent.sustainment.ways import Paths, Steps

Floats = NDArray[np.float64]

CLOSED_IN_TURN = (
    "border_rail", "border_road", "gauge_change", "transshipment", "seaport", "airport", "strait",
)  # fmt: skip
"""Activities of places that are closed in turn where a way that is used passes them."""

DEPOT, TOGETHER = "depot", "together"

LONGEST_WEEKS = 52
"""So long the weeks are run. [weeks]"""

LOST_WEEKS = 13
"""So long it is counted what units lack. [weeks]"""


@dataclass(frozen=True)
class FullForce:
    """The week of the full force, from which survival is counted.

    Parameters
    ----------
    stock : ndarray of float
        What lies in stock when it begins. [kg], shape (places, supplies)
    need, daily : ndarray of float
        What its units use; what stocks have to last for. [kg], [kg/day], shape (places, supplies)
    capacities : sequence of ndarray
        What there is of each resource in this and each following week; after the last, the last.
    """

    stock: Floats
    need: Floats
    daily: Floats
    capacities: Sequence[Floats]


@dataclass(frozen=True, slots=True)
class Closing:
    """What is closed, and what it is."""

    names: tuple[str, ...]
    kind: str

    @property
    def name(self) -> str:
        """Names as a cell of a table has them."""
        return ";".join(self.names)


def closings(scenario: Scenario, given: Given, used: Iterable[frozenset[str]], together: tuple[str, ...]) -> list[Closing]:
    """Return what is closed in turn: what was asked for together, then places that used ways pass, then other stocks.

    Parameters
    ----------
    used : iterable of frozenset of str
        Places and links that each way passes which something goes by.
    together : tuple of str
        Places and links that are to be closed together.
    """
    passed = frozenset(joined.from_iterable(used))
    kinds: dict[str, dict[str, None]] = {}
    for row in scenario.handling:
        if row.location in passed and row.activity in CLOSED_IN_TURN:
            kinds.setdefault(row.location, {})[row.activity] = None
    for place in given.chain.places:
        kinds.setdefault(place, {})[DEPOT] = None
    asked = [Closing(together, TOGETHER)] if together else []
    return asked + [Closing((place,), ";".join(found)) for place, found in sorted(kinds.items())]


def survive(given: Given, paths: Paths, steps: Steps, full: FullForce, closing: Closing) -> list[dict[str, Any]]:
    """Return the rows of ``survival`` for one closing: for each place what runs out there first, and when."""
    left = paths.without(steps, closing.names)
    capacities = joined(full.capacities, repeat(full.capacities[-1]))
    run = weeks(given, full.stock, repeat((full.need, full.daily)), capacities, repeat(left))
    days = np.full(full.stock.shape, np.inf)
    lost, last = np.zeros(full.stock.shape), None
    counted = len(full.capacities) - 1  # from then on nothing changes but stocks
    for kept in islice(run, LONGEST_WEEKS):
        short = kept.short
        runs_out = (short > 0) & np.isinf(days)
        if runs_out.any():
            days[runs_out] = (WEEK * (kept.week + kept.lasts))[runs_out]
        if kept.week < LOST_WEEKS:
            lost += short
        last = kept
        if kept.week >= counted and (kept.moved.after >= kept.before).all():
            lost += short * max(0, LOST_WEEKS - 1 - kept.week)
            break
    return [] if last is None else _rows(given, closing, last, days, lost)


def _rows(given: Given, closing: Closing, last: Kept, days: Floats, lost: Floats) -> list[dict[str, Any]]:
    rows = []
    chain = given.chain
    for at, place in enumerate(chain.places):
        if not last.need[at].any():
            continue
        # Of what runs out at the same time that is named which weighs most.
        first = int(np.lexsort((-given.weight[at], np.round(days[at], 1)))[0])
        never = not np.isfinite(days[at, first])
        rows.append({
            "closed": closing.name, "kind": closing.kind, "location": place,
            "supply": None if never else chain.supplies[first],
            "days": None if never else round(float(days[at, first]), 2),
            "lost_t": float(np.rint(lost[at].sum()) / KG_PER_T),
        })  # fmt: skip
    return rows


def used_ways(kept: Iterable[Kept]) -> tuple[frozenset[str], ...]:
    """Return what each way passes by which something went in any week."""
    found: dict[frozenset[str], None] = {}
    for week in kept:
        for way in np.flatnonzero(week.moved.flow > 0).tolist():
            found[week.steps.passes[way]] = None
    return tuple(found)
