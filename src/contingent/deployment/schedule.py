"""A schedule of parts: who goes which way when, by lists and by search."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contingent.deployment.parts import SELF
from contingent.deployment.problem import MOST_STEPS, MOST_USES, Number, Problem, Whole
from contingent.deployment.search_kernel import NEVER_DAYS, clear, improve, send_in_order, value_of
from contingent.deployment.sent import Rows, Sent, sent
from contingent.ensemble.streams import key_of

State = tuple[NDArray[Any], ...]
"""What has been sent, as the kernels keep it (`contingent.deployment.insert_kernel`)."""
ROUNDING = 1e-9
"""Values that differ by so small a share are the same. [-]"""
TAKEN_OFF = 12
"""Most parts that the search takes off at once."""


def new_state(parts: int) -> State:
    """Return a state in which nothing is sent (`contingent.deployment.insert_kernel`)."""
    return (
        np.full(parts, np.nan), np.zeros(parts, dtype=np.int64), np.zeros((parts, MOST_STEPS), dtype=np.int32),
        np.zeros((parts, MOST_STEPS)), np.zeros((parts, MOST_STEPS)), np.zeros(parts, dtype=np.int64),
        np.zeros((parts, MOST_USES), dtype=np.int16), np.zeros((parts, MOST_USES), dtype=np.int16), np.zeros((parts, MOST_USES)),
    )  # fmt: skip


class Schedule:
    """Parts on their way over a network, as far as they have been sent.

    Parameters
    ----------
    problem : Problem
        What is to be sent.
    used : ndarray of float, optional
        What others take of each resource on each day, and what these take is added to it; None = nobody takes anything. shape
        (resources, days)
    """

    def __init__(self, problem: Problem, used: Number | None = None) -> None:
        nodes, arcs = len(problem.graph[0]) - 1, len(problem.graph[1])
        self.problem = problem
        self.used: Number = np.zeros_like(problem.capacity) if used is None else used
        self.state = new_state(len(problem.parts))
        self._labels = (
            np.zeros(nodes), np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64), np.zeros(arcs + 2),
            np.zeros(arcs + 2, dtype=np.int64), np.zeros(1, dtype=np.int64),
        )  # fmt: skip
        self._kept = new_state(TAKEN_OFF)
        for at, part in enumerate(problem.parts):
            if part.kind == SELF:
                self.state[0][at] = part.ready + part.own_days

    @property
    def arrival(self) -> Number:
        """Day on which each part arrives; nan = it cannot go. shape (parts,) [days from D-day]"""
        return np.asarray(self.state[0])

    def value(self, among: Whole) -> float:
        """Return the weighted days of lateness of parts. [people x priority weight x days]"""
        return float(value_of(self.state[0], self.problem.required, self.problem.weight, among))

    def least_value(self, among: Whole) -> float:
        """Return what no schedule of parts is below: their lateness were the network empty. [people x priority weight x days]"""
        origin, _, ready, _, _, first_node, row, to_go, _ = self.problem.arrays
        soonest = ready[among] + to_go[row[among], origin[among] - first_node[among]]
        lateness = np.clip(soonest - self.problem.required[among], 0.0, NEVER_DAYS)
        return float((self.problem.weight[among] * lateness).sum())

    def send(self, order: Whole) -> None:
        """Send parts in an order, each as early as it can arrive."""
        problem = self.problem
        send_in_order(problem.graph, problem.capacity, self.used, self._labels, self.state, problem.arrays, order)

    def clear(self, among: Whole) -> None:
        """Take parts off the network."""
        clear(self.used, self.state, among)

    def best_list(self, among: Whole, orders: Sequence[Whole]) -> int:
        """Send parts in the best of several orders; return which. Where one is as good as can be, no more are tried."""
        least = self.least_value(among)
        values: list[float] = []
        for order in orders:
            self.send(order)
            values.append(self.value(among))
            if values[-1] <= least * (1 + ROUNDING) + ROUNDING:
                return len(values) - 1
            self.clear(order)
        best = int(np.argmin(values))
        self.send(orders[best])
        return best

    def improve(self, among: Whole, *, rounds: int, seed: int, begin: int = 0) -> float:
        """Search for a better schedule of parts; return its value. [people x priority weight x days]

        Parameters
        ----------
        among : ndarray of int
            Parts that may be sent anew. Those that stand near each other are looked at together.
        rounds : int
            Rounds of search.
        seed, begin : int
            Of the random numbers, and the number of the first round.
        """
        key0, key1 = key_of(seed, "deployment", "search")
        return float(
            improve(
                self.problem.graph, self.problem.capacity, self.used, self._labels, self.state, self.problem.arrays,
                self.problem.required, self.problem.weight, among, self._kept, key0, key1, begin, rounds,
            )
        )  # fmt: skip

    def rows(self, among: Whole) -> Rows:
        """Return what some parts do, without the room that the search needs."""
        arrival, steps, *step_columns, uses, use_resource, use_day, use_amount = (column[among] for column in self.state)
        step, use = (np.arange(width) < count[:, None] for width, count in ((MOST_STEPS, steps), (MOST_USES, uses)))
        taken = (use_resource, use_day, use_amount)
        return Rows(arrival, steps, uses, *(column[step] for column in step_columns), *(column[use] for column in taken))

    def sent(self) -> Sent:
        """Return what has been sent, done."""
        everybody = np.arange(len(self.problem.parts))
        return sent(self.problem, self.used, [(everybody, self.rows(everybody))])


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
