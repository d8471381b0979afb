"""What has been sent, as it is kept: of each part its way and what it takes, end to end.

A schedule at work holds room for the longest way of each part (`contingent.deployment.insert_kernel`); what is done is kept
without that room, so that a force of a million movements fits into memory window by window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contingent.deployment.parts import SELF
from contingent.deployment.problem import Number, Problem, Whole
from contingent.deployment.search_kernel import value_of


@dataclass(frozen=True)
class Rows:
    """What parts do, by part.

    Parameters
    ----------
    arrival : ndarray of float
        nan = not sent; shape (parts,). [days from D-day]
    steps, uses : ndarray of int
        Arcs and takings of each part; shape (parts,).
    step_arc, step_leaves, step_arrives : ndarray
        Arcs, part after part, and when each is begun and done; shape (arcs of all,). [days from D-day]
    use_resource, use_day, use_amount : ndarray
        Takings, part after part; shape (takings of all,).
    """

    arrival: Number
    steps: Whole
    uses: Whole
    step_arc: NDArray[np.int32]
    step_leaves: Number
    step_arrives: Number
    use_resource: NDArray[np.int16]
    use_day: NDArray[np.int16]
    use_amount: Number

"""Of columns that are no decimal numbers."""
DTYPES = {"step_arc": np.int32, "use_resource": np.int16, "use_day": np.int16}
"""Of columns that are no decimal numbers."""
STEPS, USES = ("step_arc", "step_leaves", "step_arrives"), ("use_resource", "use_day", "use_amount")


@dataclass(frozen=True)
class Sent:
    """Parts on their way over a network, done.

    Parameters
    ----------
    problem : Problem
        What was to be sent.
    used : ndarray of float
        What is taken of each resource on each day; shape (resources, days).
    rows : Rows
        What each part of the problem does.
    first_step, first_use : ndarray of int
        Where each part's arcs and takings begin; shape (parts + 1,).
    """

    problem: Problem
    used: Number
    rows: Rows
    first_step: Whole
    first_use: Whole

    @property
    def arrival(self) -> Number:
        """Day on which each part arrives; nan = it cannot go. shape (parts,) [days from D-day]"""
        return self.rows.arrival

    def value(self, among: Whole) -> float:
        """Return the weighted days of lateness of parts. [people x priority weight x days]"""
        return float(value_of(self.arrival, self.problem.required, self.problem.weight, among))

    def way_of(self, at: int) -> list[tuple[int, float, float]]:
        """Return the arcs of a part's way in order, each with the times at which it is begun, after waiting, and done. [days]"""
        return _rows_between(self.first_step, at, self.rows.step_arc, self.rows.step_leaves, self.rows.step_arrives)

    def takings_of(self, at: int) -> list[tuple[int, int, float]]:
        """Return what a part takes, in order: resource, day, amount."""
        return _rows_between(self.first_use, at, self.rows.use_resource, self.rows.use_day, self.rows.use_amount)

    def uses_among(self, among: Whole) -> Whole:
        """Return where the takings of some parts stand, part after part."""
        return spread(self.first_use[among], self.rows.uses[among])


def _rows_between(first: Whole, at: int, *columns: NDArray[Any]) -> list[tuple[Any, ...]]:
    here = slice(int(first[at]), int(first[at + 1]))
    return list(zip(*(column[here].tolist() for column in columns), strict=True))


def spread(first: Whole, sizes: Whole) -> Whole:
    """Return runs of numbers that begin at `first` and are as long as `sizes`, one after the other.

    >>> spread(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    begins = np.cumsum(sizes) - sizes
    found: Whole = np.arange(int(sizes.sum())) + np.repeat(first - begins, sizes)
    return found


def begins_of(sizes: Whole) -> Whole:
    """Return where runs of some sizes begin, and where the last ends."""
    found: Whole = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
    return found


def sent(problem: Problem, used: Number, pieces: Sequence[tuple[Whole, Rows]]) -> Sent:
    """Put pieces together. Parts that move by themselves arrive as they do; what is in no piece is not sent.

    Parameters
    ----------
    problem : Problem
        What was to be sent.
    used : ndarray of float
        What is taken of each resource on each day.
    pieces : sequence of (ndarray of int, Rows)
        Numbers of parts, each in one piece at most, and what they do.
    """
    count = len(problem.parts)
    arrival = np.array([part.ready + part.own_days if part.kind == SELF else np.nan for part in problem.parts], dtype=np.float64)
    steps, uses = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for which, rows in pieces:
        arrival[which], steps[which], uses[which] = rows.arrival, rows.steps, rows.uses
    first_step, first_use = begins_of(steps), begins_of(uses)
    columns = {}
    for names, first, sizes in ((STEPS, first_step, "steps"), (USES, first_use, "uses")):
        places = [spread(first[which], getattr(rows, sizes)) for which, rows in pieces]
        for name in names:
            column = np.zeros(int(first[-1]), dtype=DTYPES.get(name, np.float64))
            for place, (_, rows) in zip(places, pieces, strict=True):
                column[place] = getattr(rows, name)
            columns[name] = column
    return Sent(problem, used, Rows(arrival, steps, uses, **columns), first_step, first_use)

