"""Sending parts over a network in plain Python: every way and every wait is tried, and a ledger says what is taken.

A ledger holds what is free of each resource on each day. A handled amount takes what is free from its day on; a share of a fleet
takes that of each day as long as it is busy. Written from the words of the documentation alone.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from contingent.deployment.parts import Part
from contingent.deployment.problem import Problem, build_problem
from contingent.model.scenario import Scenario

NEVER = math.inf
Taking = tuple[int, int, float]
"""Resource, day, amount."""


def part(number: int, origin: str, destination: str, **cells: Any) -> Part:
    """A part of a unit that says nothing but where it goes, and what `cells` say."""
    given = {
        "movement": f"unit {number} out 1", "unit": f"unit {number}", "offer": "ALF-unit", "nation": "ALF",
        "unit_type": "unit", "line": "L1", "priority": 1, "direction": "out", "kind": "carried", "size": 4.0, "people": 0,
        "vehicles": 4, "tonnes": 180.0, "origin": origin, "destination": destination, "ready": 0, "required": 0, "weight": 10.0,
    }  # fmt: skip
    whole = given | cells
    pieces = int(whole["size"])
    return Part(**(whole | {"vehicles": pieces, "tonnes": 45.0 * pieces}))


@dataclass
class Ledger:
    """What is free of each resource on each day."""

    problem: Problem

    def __post_init__(self) -> None:
        self.free = self.problem.capacity.copy()

    def passes(self, resource: int, amount: float, time: float) -> tuple[float, list[Taking]]:
        """When an amount has passed a handled resource, and what it takes."""
        takings: list[Taking] = []
        for day in range(int(time), self.free.shape[1]):
            if amount <= 1e-9:
                break
            taken = min(amount, self.free[resource, day])
            if taken > 1e-9:
                takings.append((resource, day, taken))
                amount -= taken
        if amount > 1e-9:
            return NEVER, []
        return max([time, *(float(day) for _, day, _ in takings)]), takings

    def busy(self, resource: int, share: float, time: float, days: float) -> tuple[float, list[Taking]]:
        """When a share of a fleet is free for so many days, at once or from a morning on, and what it takes."""
        for start in (time, *(float(day) for day in range(int(time) + 1, self.free.shape[1]))):
            takings = [(resource, day, share * overlap) for day, overlap in overlaps(start, start + days)]
            if takings and takings[-1][1] >= self.free.shape[1]:
                break
            if all(self.free[resource, day] >= taken - 1e-7 for _, day, taken in takings):
                return start, takings
        return NEVER, []

    def along(self, arc: int, size: float, time: float) -> tuple[float, list[Taking]]:
        """When an arc that is begun at a time is done, and what is taken on it."""
        _, _, _, days, after_days, fleet, _, share, fleet_days, before, before_amount, after, after_amount = self.problem.graph
        takings: list[Taking] = []
        for resource, amount in zip(before[arc], before_amount[arc], strict=True):
            if resource >= 0 and time < NEVER:
                time, taken = self.passes(resource, size * amount, time)
                takings += taken
        if fleet[arc] >= 0 and fleet_days[arc] > 0 and time < NEVER:
            time, taken = self.busy(fleet[arc], size * share[arc], time, fleet_days[arc])
            takings += taken
        time += days[arc]
        for resource, amount in zip(after[arc], after_amount[arc], strict=True):
            if resource >= 0 and time < NEVER:
                time, taken = self.passes(resource, size * amount, time)
                takings += taken
        return time + after_days[arc], takings

    def take(self, takings: list[Taking], sign: float = 1.0) -> None:
        """Take, or give back."""
        for resource, day, amount in takings:
            self.free[resource, day] -= sign * amount

    def send(self, arcs: list[int], size: float, ready: float) -> tuple[float, list[Taking]]:
        """Send along arcs: when it arrives and what it takes. Later arcs find what earlier ones took."""
        time, takings = ready, []
        for arc in arcs:
            time, taken = self.along(arc, size, time)
            if time == NEVER:
                self.take(takings, -1.0)
                return NEVER, []
            self.take(taken)
            takings += taken
        return time, takings


def overlaps(begins: float, ends: float) -> Iterator[tuple[int, float]]:
    """Days between two times, and how much of each."""
    edges = [begins, *(float(day) for day in range(math.floor(begins) + 1, math.ceil(ends))), ends]
    for one, other in pairwise(edges):
        if other > one:
            yield math.floor(one), other - one


def simple_ways(problem: Problem, number: int) -> Iterator[list[int]]:
    """All ways of a part that pass no node twice."""
    first, head, only = problem.graph[0], problem.graph[1], problem.graph[6]
    origin, goal, nation = (int(problem.arrays[at][number]) for at in (0, 1, 4))

    def onwards(node: int, been: set[int], arcs: list[int]) -> Iterator[list[int]]:
        if node == goal:
            yield list(arcs)
            return
        for arc in range(first[node], first[node + 1]):
            if int(head[arc]) not in been and only[arc] in (-1, nation):
                yield from onwards(int(head[arc]), been | {int(head[arc])}, [*arcs, arc])

    if origin >= 0 and goal >= 0:
        yield from onwards(origin, {origin}, [])


def takings_of(state: tuple[np.ndarray, ...], number: int) -> list[Taking]:
    """What a part takes, as a schedule keeps it."""
    _, _, _, _, _, uses, resource, day, amount = state
    return [(int(resource[number, at]), int(day[number, at]), float(amount[number, at])) for at in range(uses[number])]


def arcs_of(state: tuple[np.ndarray, ...], number: int) -> list[int]:
    """The way of a part, as a schedule keeps it."""
    return [int(arc) for arc in state[2][number, : state[1][number]]]


def small_problem(scenario: Scenario, parts: list[Part], days: int = 25, **changes: Any) -> Problem:
    """A problem of few days."""
    return build_problem(scenario, parts, days=days, **changes)
