"""What one more unit of each type is worth: the unit-days of gap that it alone would close, priority before priority."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.generation.exact import Counts
from contingent.generation.problem import Problem
from contingent.generation.remedies.shortfall import Shortfall, shortfall_of
from contingent.model.rows import UnitType
from contingent.model.scenario import Scenario
from contingent.plan import frame

Floats = npt.NDArray[np.float64]

SMALL = 1e-9
"""Unit-days below this are rounding. [unit-days]"""

DECIMALS = 6


def worth_of_one_more(
    scenario: Scenario, problem: Problem, counts: Counts, priorities: Sequence[int] | None = None
) -> pl.DataFrame:
    """Return the frame ``worth``: for each unit type and priority the unit-days that one more unit would close.

    The unit comes on default terms, rules nothing out, and goes where it closes most of the first priority, then of the second,
    and so on; its tours are the best that one unit can make. Types that are worth most come first.

    Parameters
    ----------
    scenario : Scenario
        With all offers in place.
    problem : Problem
        The same as arrays.
    counts : Counts
        The plan: (arc, start) to units, pins included.
    priorities : sequence of int, optional
        Whose gaps count; None = all.
    """
    shortfall = shortfall_of(scenario, problem, counts, priorities)
    ranks = sorted({problem.lines[line].priority for line in shortfall.lines})
    level = np.array([ranks.index(problem.lines[line].priority) for line in shortfall.lines], dtype=np.int64)
    found = []
    for index, kind in enumerate(shortfall.types):
        tours = best_tours(shortfall, shortfall.share[index], level, len(ranks))
        closed = np.zeros(len(ranks))
        served: list[dict[str, None]] = [{} for _ in ranks]
        for line, _, unit_days in tours:
            closed[level[line]] += unit_days
            served[level[line]][problem.lines[shortfall.lines[line]].line] = None
        found.append((kind, np.round(closed, DECIMALS), served))
    found.sort(key=lambda one: tuple(-one[1]))
    place = {line.line: index for index, line in enumerate(problem.lines)}
    return frame(
        "worth",
        [
            _row(kind, priority, float(closed[at]), sorted(served[at], key=place.__getitem__))
            for kind, closed, served in found
            for at, priority in enumerate(ranks)
            if closed[at] > SMALL
        ],
    )


def _row(kind: UnitType, priority: int, unit_days: float, lines: list[str]) -> dict[str, object]:
    served = ";".join(lines)
    return {"unit_type": kind.unit_type, "name": kind.name, "priority": priority, "unit_days": unit_days, "lines": served}


def best_tours(shortfall: Shortfall, share: Floats, level: npt.NDArray[np.int64], levels: int) -> list[tuple[int, int, float]]:
    """Return line, start and unit-days closed of each tour of one unit's best plan: lexicographically best by priority.

    Backwards over the starts: stay at home one start longer, or begin the tour that closes most, and go on from the first
    start after its dwell.

    Parameters
    ----------
    share : ndarray of float
        The unit's effectiveness on each line. [-], shape (lines,)
    level : ndarray of int
        Priority of each line, 0 being the first. Shape (lines,)
    """
    closes = _closed_by_tours(shortfall, share)
    starts = closes.shape[1]
    best: list[tuple[float, ...]] = [(0.0,) * levels] * (starts + 1)
    choice = [-1] * starts
    for s in range(starts - 1, -1, -1):
        best[s] = best[s + 1]
        after = best[shortfall.following[s]]
        for line in np.flatnonzero(closes[:, s] > SMALL).tolist():
            value = list(after)
            value[level[line]] = round(value[level[line]] + float(closes[line, s]), DECIMALS)
            if tuple(value) > best[s]:
                best[s], choice[s] = tuple(value), line
    tours, s = [], 0
    while s < starts:
        if choice[s] < 0:
            s += 1
            continue
        tours.append((choice[s], s, float(closes[choice[s], s])))
        s = int(shortfall.following[s])
    return tours


def _closed_by_tours(shortfall: Shortfall, share: Floats) -> Floats:
    """Return the unit-days that one unit's tour closes, by line and start. [unit-days], shape (lines, starts)"""
    missing = np.minimum(shortfall.gap, share[:, None]) * shortfall.slot_days
    total = np.concatenate([np.zeros((len(share), 1)), np.cumsum(missing, axis=1)], axis=1)
    closes: Floats = np.where(shortfall.may_begin, total[:, shortfall.last] - total[:, shortfall.first], 0.0)
    return closes
