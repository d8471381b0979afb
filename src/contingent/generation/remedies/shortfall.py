"""What a plan leaves missing, laid out for further units on the scenario's default terms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contingent.generation.exact import Counts
from contingent.generation.problem import Problem
from contingent.generation.reasons.standing import Standing
from contingent.model.rows import UnitType
from contingent.model.scenario import Scenario
from contingent.quantities import dwell_days

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shortfall:
    """Gaps and the tours that could close them.

    Parameters
    ----------
    lines : tuple of int
        Lines with a gap, by their index in the problem, in the order of requirements.csv.
    types : tuple of UnitType
        Unit types of which some give the capability of such a line, in the order of unit_types.csv.
    share : ndarray of float
        Effectiveness; 0 where the type does not give the capability. [-], shape (types, lines)
    slot_days : ndarray of float
        Length of each slot; no slot is cut by the start or end of service of a further tour. [days], shape (slots,)
    gap : ndarray of float
        Units missing, as far as a further tour could serve. [units], shape (lines, slots)
    beyond : ndarray of bool
        Whether a part of a line's gap is beyond any further tour: no unit type gives the capability, or default tours are shorter
        than the periods that they begin on. Shape (lines,)
    may_begin : ndarray of bool
        Whether a tour may begin. Shape (lines, starts)
    first, last : ndarray of int
        Half-open range of slots that a tour serves, before the line's window cuts it. Shape (starts,)
    following : ndarray of int
        First start on which the unit may go again. Shape (starts,)
    tour_days : ndarray of float
        Days on tour within the horizon. [days], shape (starts,)
    """

    lines: tuple[int, ...]
    types: tuple[UnitType, ...]
    share: Floats
    slot_days: Floats
    gap: Floats
    beyond: Flags
    may_begin: Flags
    first: Indices
    last: Indices
    following: Indices
    tour_days: Floats


def shortfall_of(scenario: Scenario, problem: Problem, counts: Counts, priorities: Sequence[int] | None = None) -> Shortfall:
    """Lay out what a plan leaves missing, of all lines or of those of some priorities.

    Parameters
    ----------
    counts : Counts
        The plan: (arc, start) to units, pins included.
    priorities : sequence of int, optional
        Whose gaps count; None = all.
    """
    standing = Standing(scenario, problem, counts)
    short = [
        line
        for line in np.flatnonzero(standing.gap.any(axis=1)).tolist()
        if priorities is None or problem.lines[line].priority in priorities
    ]
    terms = scenario.settings.defaults
    serving = terms.tour_days - terms.handover_days
    cycle = terms.tour_days + dwell_days(terms.tour_days, terms.dwell_ratio)
    starts = problem.start_day[:-1].astype(np.int64)
    horizon = problem.horizon_days
    slot_day = np.unique(np.concatenate([problem.slot_day, np.minimum(starts + serving, horizon)]))
    slot_of_plan = np.searchsorted(problem.slot_day, slot_day[:-1], side="right") - 1
    first = np.searchsorted(slot_day, starts).astype(np.int64)
    last = np.searchsorted(slot_day, np.minimum(starts + serving, horizon)).astype(np.int64)
    may_begin = np.array([standing.starts_allowed(line) for line in short], dtype=np.bool_).reshape(len(short), len(starts))
    share = np.array(
        [
            [scenario.effectiveness.get((problem.lines[line].capability, kind.unit_type), 0.0) for line in short]
            for kind in scenario.unit_types
        ],
        dtype=np.float64,
    ).reshape(len(scenario.unit_types), len(short))
    by_type, by_line = np.any(share > 0, axis=1), np.any(share > 0, axis=0)
    missing = standing.gap[short][:, slot_of_plan]
    within_reach = _served_by_any(may_begin, first, last, len(slot_day) - 1) & np.reshape(by_line, (-1, 1))
    return Shortfall(
        lines=tuple(short),
        types=tuple(scenario.unit_types[index] for index in np.flatnonzero(by_type)),
        share=share[by_type],
        slot_days=np.diff(slot_day).astype(np.float64),
        gap=np.where(within_reach, missing, 0.0),
        beyond=np.asarray(((missing > 0) & ~within_reach).any(axis=1)),
        may_begin=may_begin,
        first=first,
        last=last,
        following=np.searchsorted(starts, starts + cycle).astype(np.int64),
        tour_days=np.minimum(terms.tour_days, horizon - starts).astype(np.float64),
    )


def _served_by_any(may_begin: Flags, first: Indices, last: Indices, slots: int) -> Flags:
    """Whether any tour that may begin on a line serves each slot. Shape (lines, slots)"""
    change = np.zeros((len(may_begin), slots + 1), dtype=np.int64)
    line, start = np.nonzero(may_begin)
    np.add.at(change, (line, first[start]), 1)
    np.add.at(change, (line, last[start]), -1)
    served: Flags = np.cumsum(change[:, :-1], axis=1) > 0
    return served
