"""A schedule as a timetable: each part's way in stages, with the days that it holds on each resource.

An arc of the network (`contingent.network.graph.Graph`) is some stages: what it takes before, its fleet, its days, what it takes
after, and the days after that. A leg begins where a vehicle sets out after a halt; it may run over several arcs.
"""

import hashlib
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.deployment.frames import first_occupation
from contingent.deployment.insert_kernel import SLIVER
from contingent.deployment.parts import OUT, SELF
from contingent.deployment.replay_kernel import FLEET, HANDLED, WAY
from contingent.deployment.sent import Sent
from contingent.model.rules import lines_of_option
from contingent.model.scenario import Scenario
from contingent.network.graph import TRAVEL

Array = NDArray[Any]
HALT = 1e-6
"""A vehicle that stands longer than this has halted. [days]"""


class Timetable(NamedTuple):
    """What the kernel reads.

    Parameters
    ----------
    table : tuple of ndarray
        first stage of each part (and the number of stages); of each stage: kind, resource, amount, days, planned start, number
        of the leg that begins (-1 = none), first slot (and the number of slots); of each slot: day, amount; of each part: day on
        which it sets out, nan = never; what is booked of each resource on each day.
    capacity : ndarray of float
        shape (resources, days).
    unit : ndarray of int
        Tour of each part on its way out, -1 = on the way home; shape (parts,).
    units : tuple of ndarray
        Of each tour: line whose first occupation it belongs to (-1 = none), first day, day on which it leaves, people.
    closes : ndarray of int
        Day on which the first occupation of each line is planned to be complete; shape (lines,).
    lines : tuple of str
        Their names.
    horizon_days : int
        Days of the arrival curve.
    """

    table: tuple[Array, ...]
    capacity: Array
    unit: Array
    units: tuple[Array, ...]
    closes: Array
    lines: tuple[str, ...]
    horizon_days: int

    def fingerprint(self) -> str:
        """Return the SHA-256 of the numbers."""
        digest = hashlib.sha256(repr((self.lines, self.horizon_days)).encode())
        for array in (*self.table, self.capacity, self.unit, *self.units, self.closes):
            digest.update(f"{array.shape}{array.dtype}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


class _Stages:
    """Stages and slots as they are written down."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, float, float, float, int, int]] = []
        self.slots: list[tuple[int, float]] = []

    def add(
        self, kind: int, *, resource: int = -1, amount: float = 0.0, days: float = 0.0, planned: float = 0.0, leg: int = -1,
        slots: list[tuple[int, float]] | None = None,
    ) -> None:  # fmt: skip
        """Write a stage down."""
        self.rows.append((kind, resource, amount, days, planned, leg, len(self.slots)))
        self.slots += slots or []


def timetable_of(
    schedule: Sent, scenario: Scenario, tours: pl.DataFrame, option: str | None, *, until: int | None = None
) -> Timetable:
    """Return a schedule as a timetable.

    Parameters
    ----------
    schedule : Sent
        As it was made.
    scenario : Scenario
        With the lines of its mandate derived.
    tours : polars.DataFrame
        For which it was made.
    option : str or None
        Course of action of the plan.
    until : int, optional
        Only parts that are to be there before this day; what later ones take stays booked, and lines whose first occupation is
        not all among them are left out. [days from D-day]
    """
    problem, stages, first = schedule.problem, _Stages(), [0]
    late = np.array([until is not None and part.required >= until for part in problem.parts], dtype=bool)
    for at, part in enumerate(problem.parts):
        if late[at]:
            pass
        elif part.kind == SELF:
            stages.add(WAY, days=part.own_days, leg=0)
        else:
            _stages_of(schedule, at, stages)
        first.append(len(stages.rows))
    arrival = np.asarray(schedule.arrival)
    columns = list(zip(*stages.rows, strict=True)) if stages.rows else [()] * 7
    whole, number = np.int64, np.float64
    first_slot = np.array([*columns[6], len(stages.slots)], dtype=whole)
    table = (
        np.array(first, dtype=whole), np.array(columns[0], dtype=whole), np.array(columns[1], dtype=whole),
        *(np.array(columns[at], dtype=number) for at in (2, 3, 4)), np.array(columns[5], dtype=whole), first_slot,
        np.array([day for day, _ in stages.slots], dtype=whole), np.array([amount for _, amount in stages.slots], dtype=number),
        np.where(np.isnan(arrival) | late, np.nan, np.array([part.ready for part in problem.parts], dtype=number)),
        schedule.used.copy(),
    )  # fmt: skip
    unit, units, closes, lines = _units(schedule, scenario, tours, option, until)
    return Timetable(table, problem.capacity, unit, units, closes, lines, scenario.horizon.days)


def _stages_of(schedule: Sent, at: int, stages: _Stages) -> None:
    """Write down the stages of a part that goes over the network."""
    problem = schedule.problem
    does = _does(schedule)
    _, _, _, days, after_days, fleet, _, share, fleet_days, before, before_amount, after, after_amount = problem.graph
    takings = schedule.takings_of(at)
    size, taken, leg = problem.parts[at].size, 0, 0
    goes_on_at, halted = -np.inf, True

    def slots(resource: int, amount: float) -> list[tuple[int, float]]:
        nonlocal taken
        found: list[tuple[int, float]] = []
        while amount > SLIVER and taken < len(takings) and takings[taken][0] == resource:
            found.append(takings[taken][1:])
            amount -= found[-1][1]
            taken += 1
        return found

    def handled(arc: int, resources: Array, amounts: Array) -> bool:
        any_there = False
        for two in range(2):
            resource, amount = int(resources[arc, two]), size * float(amounts[arc, two])
            if resource >= 0:
                stages.add(HANDLED, resource=resource, amount=amount, slots=slots(resource, amount))
                any_there = True
        return any_there

    for arc, leaves, arrives in schedule.way_of(at):
        halted = handled(arc, before, before_amount) or halted
        if fleet[arc] >= 0 and fleet_days[arc] > 0:
            stages.add(
                FLEET, resource=int(fleet[arc]), amount=size * float(share[arc]), days=float(fleet_days[arc]), planned=leaves,
                slots=_fleet_slots(takings[taken:], leaves, float(fleet_days[arc])),
            )  # fmt: skip
            taken += len(stages.slots) - stages.rows[-1][6]
        begins = does[arc] == TRAVEL and (halted or leaves > goes_on_at + HALT)
        stages.add(WAY, days=float(days[arc]), leg=leg if begins else -1)
        leg += begins
        halted = handled(arc, after, after_amount) or does[arc] != TRAVEL or after_days[arc] > HALT
        if after_days[arc] > 0:
            stages.add(WAY, days=float(after_days[arc]))
        goes_on_at = arrives


def _fleet_slots(takings: list[tuple[int, int, float]], leaves: float, days: float) -> list[tuple[int, float]]:
    """What a part holds of a fleet from its start on, day by day."""
    return [taking[1:] for taking in takings[: int(np.ceil(leaves + days)) - int(leaves)]]


def _does(schedule: Sent) -> Array:
    """What each arc among all does."""
    graphs = schedule.problem.network.graphs
    return np.concatenate([graphs[kind].does for kind in schedule.problem.first_arc])


def _units(
    schedule: Sent, scenario: Scenario, tours: pl.DataFrame, option: str | None, until: int | None
) -> tuple[Array, tuple[Array, ...], Array, tuple[str, ...]]:
    """Tour of each part on its way out; of each tour what is counted; day required and name of each line with tours."""
    names = list(tours.select("unit", "from_day").iter_rows())
    number = {name: at for at, name in enumerate(names)}
    unit = np.array(
        [number[part.unit, part.required] if part.direction == OUT else -1 for part in schedule.problem.parts], dtype=np.int64
    )
    firsts = tours.filter(pl.Series(first_occupation(tours), dtype=pl.Boolean))
    required = dict(firsts.group_by("line").agg(pl.col("from_day").max()).iter_rows())
    due = {name for name, day in required.items() if until is None or day < until}
    lines = tuple(line.line for line in lines_of_option(scenario, option) if line.line in due)
    place = {line: at for at, line in enumerate(lines)}
    line = [place.get(name, -1) if first else -1 for name, first in zip(tours["line"], first_occupation(tours), strict=True)]
    columns = [np.array(line, dtype=np.int64)]
    columns += [np.array(tours[column].to_list(), dtype=np.int64) for column in ("from_day", "until_day", "people")]
    return unit, tuple(columns), np.array([required[name] for name in lines], dtype=np.int64), lines
