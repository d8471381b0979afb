"""A schedule of parts: who goes which way when, by lists and by search."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contingent.deployment.parts import SELF
from contingent.deployment.problem import MOST_STEPS, MOST_USES, Number, Problem, Whole
from contingent.deployment.search_kernel import clear, improve, send_in_order, value_of
from contingent.ensemble.streams import key_of

State = tuple[NDArray[Any], ...]
"""What has been sent, as the kernels keep it (`contingent.deployment.insert_kernel`)."""
TAKEN_OFF = 12
"""Most parts that the search takes off at once."""


def new_state(parts: int) -> State:
    """Return a state in which nothing is sent (`contingent.deployment.insert_kernel`)."""
    return (
        np.full(parts, np.nan), np.zeros(parts, dtype=np.int64), np.zeros((parts, MOST_STEPS), dtype=np.int32),
        np.zeros((parts, MOST_STEPS)), np.zeros((parts, MOST_STEPS)), np.zeros(parts, dtype=np.int64),
        np.zeros((parts, MOST_USES), dtype=np.int16), np.zeros((parts, MOST_USES), dtype=np.int16), np.zeros((parts, MOST_USES)),
    )  # fmt: skip


@dataclass
class Schedule:
    """Parts on their way over a network, as far as they have been sent.

    Parameters
    ----------
    problem : Problem
        What is to be sent.
    """

    problem: Problem
    used: Number = field(init=False)
    state: State = field(init=False)

    def __post_init__(self) -> None:
        problem = self.problem
        nodes, arcs = len(problem.graph[0]) - 1, len(problem.graph[1])
        self.used = np.zeros_like(problem.capacity)
        self.state = new_state(len(problem.parts))
        self._labels = (
            np.zeros(nodes), np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64), np.zeros(arcs + 2),
            np.zeros(arcs + 2, dtype=np.int64), np.zeros(1, dtype=np.int64),
        )  # fmt: skip
        self._kept = new_state(TAKEN_OFF)
        self._rounds = 0
        for at, part in enumerate(problem.parts):
            if part.kind == SELF:
                self.state[0][at] = part.ready + part.own_days

    @property
    def arrival(self) -> Number:
        """Day on which each part arrives; nan = it cannot go. shape (parts,) [days from D-day]"""
        return np.asarray(self.state[0])

    def sendable(self, among: Whole) -> Whole:
        """Return those of the parts that have a way."""
        origin, goal = self.problem.arrays[0], self.problem.arrays[1]
        kind = np.array([part.kind != SELF for part in self.problem.parts], dtype=bool)
        there: Whole = among[(origin[among] >= 0) & (goal[among] >= 0) & kind[among]]
        return there

    def value(self, among: Whole) -> float:
        """Return the weighted days of lateness of parts. [people x priority weight x days]"""
        return float(value_of(self.state[0], self.problem.required, self.problem.weight, among))

    def send(self, order: Whole) -> None:
        """Send parts in an order, each as early as it can arrive."""
        problem = self.problem
        send_in_order(problem.graph, problem.capacity, self.used, self._labels, self.state, problem.arrays, order)

    def clear(self, among: Whole) -> None:
        """Take parts off the network."""
        clear(self.used, self.state, among)

    def best_list(self, among: Whole, orders: Sequence[Whole]) -> int:
        """Send parts in the best of several orders; return which."""
        values = []
        for order in orders:
            self.send(order)
            values.append(self.value(among))
            self.clear(order)
        best = int(np.argmin(values))
        self.send(orders[best])
        return best

    def improve(self, among: Whole, *, rounds: int, seed: int) -> float:
        """Search for a better schedule of parts; return its value. [people x priority weight x days]"""
        key0, key1 = key_of(seed, "deployment", "search")
        begin, self._rounds = self._rounds, self._rounds + rounds
        return float(
            improve(
                self.problem.graph, self.problem.capacity, self.used, self._labels, self.state, self.problem.arrays,
                self.problem.required, self.problem.weight, among, self._kept, key0, key1, begin, rounds,
            )
        )  # fmt: skip


MONTH = 30
"""Days within which what takes little goes first. [days]"""


def orders_of(problem: Problem, among: Whole) -> list[Whole]:
    """Return orders in which parts may be sent: by day required and weight, by priority, by what a wagon of them is worth."""
    parts, weight = problem.parts, problem.weight

    def worth(at: int) -> float:
        return float(weight[at]) / (1.0 + parts[at].wagons + parts[at].vehicles)

    by_day = sorted(among, key=lambda at: (parts[at].required, -weight[at], at))
    by_priority = sorted(among, key=lambda at: (parts[at].direction != "out", parts[at].priority, parts[at].required, at))
    by_worth = sorted(among, key=lambda at: (parts[at].required // MONTH, -worth(at), at))
    return [np.array(order, dtype=np.int64) for order in (by_day, by_priority, by_worth)]
