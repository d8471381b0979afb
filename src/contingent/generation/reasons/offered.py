"""What nobody offers: the part of a line's gap that stays open with every rule relaxed that can be.

Then any unit that gives the line's capability may go at once, and again as soon as it is back, whatever it has done and whoever
sends it. What is left to decide is when; units of one tempo and one effectiveness are alike. A walk that leaves no more open than
all units together lack is exact. Where it does, because tours do not fit end to end, the least is found by a small MILP:

    begins[g, s]    units of group g that begin a tour on start s     [units], whole
    missing[t]      what stays open                                   [units]

    tours           begins of g on tour at s                                           <=  quantity[g]
    coverage        sum over g of share[g] * begins of g that serve t  +  missing[t]   >=  quantity of the line
    least           sum over t of days[t] * missing[t]
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contingent.generation.reasons.stopgaps import CLOSED
from contingent.solver import LinearModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_TOURS = 3_000
"""Lines with more tours to choose from than this are left to the walk."""

MOST_NODES = 20
"""Nodes of one line's search: a set amount of work, the same on every machine."""


@dataclass(frozen=True)
class Groups:
    """Units that may serve a line, like ones together. The first axis of two is the group.

    Parameters
    ----------
    serve, tour : ndarray of int
        Slot in which service ends; first start on which the unit is back. Shape (groups, starts)
    share : ndarray of float
        Effectiveness. [-], shape (groups,)
    quantity : ndarray of int
        Units. Shape (groups,)
    """

    serve: Ints
    tour: Ints
    share: Floats
    quantity: Ints


def groups_of(serve: Ints, tour: Ints, share: Floats, quantity: Ints) -> Groups:
    """Return candidates as groups of like ones. The first axis of two is the candidate."""
    key = np.concatenate([serve, tour, np.unique(share, return_inverse=True)[1].reshape(-1, 1)], axis=1)
    _, first, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
    together = np.bincount(group.ravel(), weights=quantity, minlength=len(first)).astype(np.int64)
    return Groups(serve[first], tour[first], share[first], together)


def least_missing(
    groups: Groups,
    *,
    most: Floats,
    wanted: float,
    window: tuple[int, int],
    slot_days: Floats,
    start_slot: Ints,
    starts: Ints,
    seconds: float = math.inf,
) -> Floats | None:
    """Return the least that stays missing on each slot. [units], shape (slots,); None where it was not found.

    Parameters
    ----------
    most : ndarray of float
        Most that may stay missing. [units], shape (slots,)
    wanted : float
        Quantity of the line. [units]
    window : tuple of int
        First slot of the line's window, and the slot in which it ends.
    slot_days : ndarray of float
        Length of each slot. [days], shape (slots,)
    start_slot : ndarray of int
        Slot of each start, and the number of slots. Shape (starts + 1,)
    starts : ndarray of int
        Starts on which tours may begin on the line.
    seconds : float
        Longest time. [s]
    """
    count, tours = len(groups.share), len(groups.share) * len(starts)
    if tours > MOST_TOURS:
        return None
    first, last = window
    slots = np.arange(first, last)
    # A slot is served by tours that begin on starts next to each other: from `low`, until `high`.
    low = np.array([np.searchsorted(groups.serve[g, starts], slots, side="right") for g in range(count)]).reshape(count, -1)
    high = np.searchsorted(start_slot[starts], slots, side="right")
    stretches, stretch = np.unique(np.column_stack([low.T, high, most[first:last] * 1e9]), axis=0, return_inverse=True)
    stretch = stretch.ravel()
    days = np.bincount(stretch, weights=slot_days[first:last]).astype(np.float64)
    upper = np.zeros(len(stretches))
    upper[stretch] = most[first:last]
    model = LinearModel()
    begins = model.add_columns("begins", tours, integer=True).reshape(count, len(starts))
    missing = model.add_columns("missing", len(stretches), upper=upper, cost=days)
    rows = model.add_rows("coverage", len(stretches), lower=wanted - CLOSED)
    model.add_terms(rows, missing, 1.0)
    for row, bounds in zip(rows.tolist(), stretches.astype(np.int64), strict=True):
        for g in range(count):
            serving = begins[g, bounds[g] : bounds[count]]
            model.add_terms(np.full(len(serving), row), serving, groups.share[g])
    for g in range(count):
        away = model.add_rows(f"tours of {g}", len(starts), upper=float(groups.quantity[g]))
        since = np.searchsorted(groups.tour[g, starts], starts, side="right")
        for index, row in enumerate(away.tolist()):
            busy = begins[g, since[index] : index + 1]
            model.add_terms(np.full(len(busy), row), busy, 1.0)
    solution = model.solve(nodes=MOST_NODES, time_limit=seconds)
    if solution.columns is None:
        return None
    found = np.zeros_like(most)
    found[first:last] = np.clip(solution.columns[missing], 0.0, upper)[stretch]
    return found
