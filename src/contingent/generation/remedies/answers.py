"""Further units and their tours: what they cost, how few units can make them, and an answer that a careful hand would find."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contingent.generation.remedies.shortfall import Shortfall
from contingent.model.rows import UnitType

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

SMALL = 1e-9
"""A gap below this is rounding. [units]"""


@dataclass(frozen=True)
class Answer:
    """Further units for one family.

    Parameters
    ----------
    units : ndarray of int
        By type. [units], shape (types,)
    begins : ndarray of int
        Tours by type, line and start. [units], shape (types, lines, starts)
    proven : bool
        Whether no set is cheaper.
    """

    units: Indices
    begins: Indices
    proven: bool


def is_costed(kind: UnitType) -> bool:
    """Whether a unit type has a cost; of its two figures one may be blank, which counts as nothing."""
    return kind.daily_cost is not None or kind.tour_cost is not None


def tour_costs(shortfall: Shortfall) -> Floats:
    """Return the cost of a tour within the horizon. [currency], shape (types, starts)"""
    each = np.array([kind.tour_cost or 0.0 for kind in shortfall.types])
    daily = np.array([kind.daily_cost or 0.0 for kind in shortfall.types])
    costs: Floats = each[:, None] + daily[:, None] * shortfall.tour_days[None, :]
    return costs


def by_hands_rule(shortfall: Shortfall) -> Answer:
    """Close each gap in turn, from its first day on, by the unit type that takes fewest people for it: a plan at once."""
    begins = np.zeros((len(shortfall.types), len(shortfall.lines), len(shortfall.first)), dtype=np.int64)
    people = np.array([kind.personnel for kind in shortfall.types], dtype=np.float64)
    for line in range(len(shortfall.lines)):
        left = shortfall.gap[line].copy()
        share = shortfall.share[:, line]
        able = np.flatnonzero(share > 0)
        kind = int(able[np.argmin((people[able] + 1.0) / share[able])])
        starts = np.flatnonzero(shortfall.may_begin[line])
        for t in np.flatnonzero(left > SMALL).tolist():
            if left[t] <= SMALL:
                continue
            # The latest tour that still serves this slot reaches furthest.
            reaching = starts[(shortfall.first[starts] <= t) & (shortfall.last[starts] > t)]
            if len(reaching) == 0:
                continue
            s = int(reaching[-1])
            units = int(np.ceil(left[t] / share[kind] - SMALL))
            begins[kind, line, s] += units
            left[shortfall.first[s] : shortfall.last[s]] -= units * share[kind]
    return Answer(units_needed(shortfall, begins), begins, proven=False)


def units_needed(shortfall: Shortfall, begins: Indices) -> Indices:
    """Return the fewest units that can make some tours: the most that are on tour or in dwell at once. Shape (types,)"""
    starts = len(shortfall.first)
    change = np.zeros((len(shortfall.types), starts + 1), dtype=np.int64)
    total = begins.sum(axis=1)
    change[:, :starts] += total
    for s in range(starts):
        change[:, shortfall.following[s]] -= total[:, s]
    needed: Indices = np.cumsum(change, axis=1).max(axis=1)
    return needed


def without_idle_tours(shortfall: Shortfall, begins: Indices) -> Indices:
    """Return tours without those that can be left out, the gaps staying closed; the last in time are tried first."""
    kept = begins.copy()
    for line in range(len(shortfall.lines)):
        spare = -shortfall.gap[line]
        mine = np.argwhere(kept[:, line] > 0)
        for kind, s in mine.tolist():
            spare[shortfall.first[s] : shortfall.last[s]] += kept[kind, line, s] * shortfall.share[kind, line]
        for kind, s in mine[np.argsort(-mine[:, 1], kind="stable")].tolist():
            served = slice(shortfall.first[s], shortfall.last[s])
            short = shortfall.gap[line, served] > SMALL
            least = spare[served][short].min(initial=np.inf)
            most = math.floor(least / shortfall.share[kind, line] + SMALL) if short.any() else kept[kind, line, s]
            idle = min(kept[kind, line, s], most)
            kept[kind, line, s] -= idle
            spare[served] -= idle * shortfall.share[kind, line]
    return kept
