r"""How much better a schedule could be: the linear bound on weighted days of lateness, and what one more of a resource is worth.

    g in G    groups      parts that are alike; count[g] of them
    c in C_g  columns     one way of one part of g, when it goes on from each place, and on which day it takes what
    (i, d)    resources and days

    x[c]      parts that go this way                                        [parts]
    cost[c]   weight x days late; of the column that stays, `NEVER_DAYS`    [weighted days]
    take[c]   what it takes of a resource on a day

.. math::
    \min \sum_c cost_c x_c \quad \sum_{c \in C_g} x_c = count_g \; \forall g \quad
    \sum_c take_{c,i,d} \, x_c \le capacity_{i,d} \; \forall i, d

A column takes its whole load of a handled resource on one day between that on which it comes and that on which it goes on; it
never goes on before it would if nobody else were there. Of a fleet it takes its share for as long as the fleet is busy, from
any time on at which so much of it is there. It may wait anywhere.

No schedule of `contingent.deployment.insert_kernel` is better than this. Let a part in a schedule go on from a handled
resource on the last day on which it takes of it; let `f_d` be the share that it takes on day `d`. For each resource choose a day
`d` by chance, each as likely as its share, and let the part take the whole of it on that day, but go on when it does in the
schedule. Each choice is a column, of the same times, thus of the same cost; and together, each weighed by its
likelihood, they take of each resource on each day what the part takes of it in the schedule. What a part takes of a fleet is
the same in all. So the schedule is a mix of columns that fits, and the least mix costs no more than it.

Columns are made as they are needed: the restricted model gives prices, `contingent.deployment.price_kernel` the cheapest way
of each group at them. Any prices `p >= 0` bound every schedule from below:

.. math:: \sum_g count_g \min_{c \in C_g} (cost_c + \sum_{i,d} p_{i,d} \, take_{c,i,d}) - \sum_{i,d} p_{i,d} \, capacity_{i,d}

The best of these bounds is kept. Prices are drawn back towards those of the best bound, so that they do not leap from round to
round.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contingent.deployment.price_kernel import price_parts
from contingent.deployment.problem import Number, Problem, Whole
from contingent.deployment.search_kernel import NEVER_DAYS
from contingent.deployment.sent import Sent
from contingent.solver.growing_model import GrowingModel

Answer = tuple[NDArray[Any], ...]
"""``answer`` of `contingent.deployment.price_kernel.price_parts`."""
CLOSE_ENOUGH = 1e-3
"""Gap between the restricted model and the best bound at which no more columns are looked for. [-]"""
DRAWN_BACK = 0.5
"""Share of the best prices in those at which columns are looked for, at first. [-]"""
ROOM = 400_000
"""Labels of one search; one that needs more gives a bound and no column."""
WAYS = 2
"""Ways of a group that are taken over from one search."""
MOST_TAKINGS = 256
"""Takings of a column; one that has more gives a bound and is not used."""
THREADS = 2
PORTION = 64
"""Groups that one thread takes up at once."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound on the weighted days of lateness of every schedule.

    Parameters
    ----------
    value : float
        The bound. [people x priority weight x days]
    prices : ndarray of float
        Worth of one more of each resource on each day. Shape (resources, days) [weighted days]
    arrival : ndarray of float
        Day on which each part arrives in the best mix of ways, on average; nan = it is not among the parts, or stays.
        Shape (parts,) [days from D-day]
    rounds : int
        Rounds of pricing.
    gap : float
        Distance of the bound from the optimum of the linear model, at most. [-]
    seconds : float
        Time it took. [s]
    """

    value: float
    prices: Number
    arrival: Number
    rounds: int
    gap: float
    seconds: float

    def worth(self) -> Number:
        """Return what one more a day of each resource would save, at most. Shape (resources,) [weighted days]

        The prices hold for the first bit more, and as far as others are in the way: not for what a load that is larger than a
        day of a resource waits for by itself. Of what is not full on any day one more is worth nothing.
        """
        total: Number = self.prices.sum(axis=1)
        return total


class Pricing:
    """Groups of like parts, and their cheapest ways at prices.

    Parameters
    ----------
    problem : Problem
        What is to be sent.
    among : ndarray of int
        Parts that have a way.
    """

    def __init__(self, problem: Problem, among: Whole) -> None:
        self.problem, self.among = problem, among
        origin, goal, ready, size, nation, first_node = problem.arrays[:6]
        alike = np.stack([
            origin[among], goal[among], ready[among], size[among], nation[among], first_node[among], problem.required[among],
            problem.weight[among],
        ])  # fmt: skip
        _, self.part_of, self.group_of, self.count = np.unique(
            alike, axis=1, return_index=True, return_inverse=True, return_counts=True)  # fmt: skip
        self.group_of = self.group_of.reshape(-1)
        self.part_of = among[self.part_of]
        self.never = problem.weight[self.part_of] * NEVER_DAYS
        self.least = np.ascontiguousarray(np.minimum.accumulate(problem.capacity[:, ::-1], axis=1)[:, ::-1])
        nodes = len(problem.graph[0]) - 1
        self._rooms = [_room(nodes) for _ in range(THREADS)]

    def cheapest(self, prices: Number, most: Number) -> Answer:
        """Return the ``answer`` of `price_kernel.price_parts` for each group."""
        groups = len(self.part_of)
        answer = (
            np.zeros(groups), np.zeros((groups, WAYS)), np.zeros((groups, WAYS), dtype=np.int64),
            np.zeros((groups, WAYS, MOST_TAKINGS), dtype=np.int16), np.zeros((groups, WAYS, MOST_TAKINGS), dtype=np.int16),
            np.zeros((groups, WAYS, MOST_TAKINGS)),
        )  # fmt: skip
        summed = np.zeros((prices.shape[0], prices.shape[1] + 1))
        np.cumsum(prices, axis=1, out=summed[:, 1:])
        given = (prices, summed, self.least, (prices > 0).any(axis=1))
        problem = self.problem

        def some(thread: int) -> None:
            for begin in range(thread * PORTION, groups, THREADS * PORTION):
                which = slice(begin, begin + PORTION)
                price_parts(
                    problem.graph, self._rooms[thread], problem.capacity, given, problem.arrays, self.part_of[which],
                    problem.required, problem.weight, most[which], tuple(part[which] for part in answer),
                )  # fmt: skip

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(some, range(THREADS)))
        return answer

    def excess(self, answer: Answer) -> Number:
        """Return by how much the cheapest ways of all parts together pass what there is. Shape (resources x days,)"""
        _, _, uses, resource, day, amount = answer
        inside = np.arange(MOST_TAKINGS) < uses[:, 0, None]
        key = resource[:, 0][inside].astype(np.int64) * self.problem.days + day[:, 0][inside]
        weights = amount[:, 0][inside] * np.repeat(self.count, uses[:, 0])
        taken = np.bincount(key, weights=weights, minlength=self.problem.capacity.size)
        return np.asarray(taken - self.problem.capacity.reshape(-1))

    def bound(self, costs: Number, prices: Number) -> float:
        """Return the bound that prices and the costs of the cheapest ways at them give."""
        return float(self.count @ np.minimum(costs, self.never)) - float((prices * self.problem.capacity).sum())


def _room(nodes: int) -> Answer:
    """Room for the labels of one thread (`contingent.deployment.price_kernel`)."""
    return (
        np.zeros((ROOM, 9)), np.zeros((ROOM, 6), dtype=np.int64), np.zeros(ROOM, dtype=np.int64), np.zeros(nodes, dtype=np.int64),
        np.zeros(nodes, dtype=np.int64), np.zeros(4, dtype=np.int64), np.zeros(ROOM, dtype=np.int64), np.zeros(ROOM),
    )  # fmt: skip


class Master:
    """The restricted model: the columns found so far, and rows for what they could fill.

    Parameters
    ----------
    pricing : Pricing
        Groups.
    """

    def __init__(self, pricing: Pricing) -> None:
        self.pricing = pricing
        self.capacity = pricing.problem.capacity.reshape(-1)
        self.model = GrowingModel()
        count = pricing.count.astype(np.float64)
        self.model.add_rows(lower=count, upper=count)
        groups = len(count)
        self.row_of = np.full(len(self.capacity), -1, dtype=np.int64)
        self.group = np.zeros(0, dtype=np.int64)
        self.cost, self.arrival = np.zeros(0), np.zeros(0)
        self.first = np.zeros(1, dtype=np.int64)
        self.key, self.amount = np.zeros(0, dtype=np.int64), np.zeros(0)
        none = np.zeros(0, dtype=np.int64)
        self.add(np.arange(groups), pricing.never, np.full(groups, np.nan), np.zeros(groups, dtype=np.int64), none, np.zeros(0))

    def add(self, group: Whole, cost: Number, arrival: Number, sizes: Whole, key: Whole, amount: Number) -> None:
        """Add columns: their groups, costs, arrivals, numbers of takings; resource and day of each taking as one, and amount."""
        begin = len(self.key)
        self.group, self.cost = np.append(self.group, group), np.append(self.cost, cost)
        self.arrival = np.append(self.arrival, arrival)
        self.key, self.amount = np.append(self.key, key), np.append(self.amount, amount)
        self.first = np.append(self.first, begin + np.cumsum(sizes))
        self._open_rows()
        rows = self.row_of[key]
        among = rows >= 0
        kept = np.concatenate([[0], np.cumsum(among)])
        edges = np.concatenate([[0], np.cumsum(sizes)])
        # The convexity row of each column comes first.
        first = kept[edges] + np.arange(len(edges))
        all_rows, all_amounts = np.zeros(first[-1], dtype=np.int64), np.ones(first[-1])
        all_rows[first[:-1]] = group
        place = np.arange(int(among.sum())) + np.repeat(np.arange(len(sizes)), np.diff(kept[edges])) + 1
        all_rows[place], all_amounts[place] = rows[among], amount[among]
        self.model.add_columns(cost, first=first, rows=all_rows, amounts=all_amounts)

    def _open_rows(self) -> None:
        """Add rows for the resources and days that the columns together could fill."""
        if not len(self.key):
            return
        sizes = np.diff(self.first)
        group = np.repeat(self.group, sizes)
        both = group * len(self.capacity) + self.key
        which, inverse = np.unique(both, return_inverse=True)
        most = np.zeros(len(which))
        np.maximum.at(most, inverse, self.amount)
        groups, keys = np.divmod(which, len(self.capacity))
        possible = np.bincount(keys, weights=most * self.pricing.count[groups], minlength=len(self.capacity))
        new = np.flatnonzero((possible > self.capacity + 1e-9) & (self.row_of < 0))
        if not len(new):
            return
        there = self.model.columns_count
        position = np.full(len(self.capacity), -1, dtype=np.int64)
        position[new] = np.arange(len(new))
        column = np.repeat(np.arange(len(sizes)), sizes)
        mine = np.flatnonzero((position[self.key] >= 0) & (column < there))
        mine = mine[np.argsort(position[self.key[mine]], kind="stable")]
        first = np.searchsorted(position[self.key[mine]], np.arange(len(new) + 1))
        self.row_of[new] = self.model.add_rows(
            lower=np.full(len(new), -np.inf), upper=self.capacity[new], first=first, columns=column[mine],
            amounts=self.amount[mine],
        )  # fmt: skip

    def add_answer(self, answer: Answer, which: Whole) -> None:
        """Add the ways that pricing has found for some groups."""
        _, arrival, uses, resource, day, amount = answer
        group, way = np.nonzero(~np.isnan(arrival[which]))
        group = which[group]
        sizes = uses[group, way]
        inside = np.arange(MOST_TAKINGS) < sizes[:, None]
        key = resource[group, way][inside].astype(np.int64) * self.pricing.problem.days + day[group, way][inside]
        column, key, summed = _together(np.repeat(np.arange(len(group)), sizes), key, amount[group, way][inside])
        part = self.pricing.part_of[group]
        there = arrival[group, way]
        late = np.maximum(0.0, there - self.pricing.problem.required[part])
        sizes = np.bincount(column, minlength=len(group))
        self.add(group, self.pricing.problem.weight[part] * late, there, sizes, key, summed)

    def add_schedule(self, schedule: Sent) -> None:
        """Add the ways of a schedule, each a mix of columns that fits."""
        pricing, problem = self.pricing, self.pricing.problem
        arrival, uses, rows = schedule.arrival, schedule.rows.uses, schedule.rows
        there = np.flatnonzero(~np.isnan(arrival[pricing.among]))
        part = pricing.among[there]
        taken = schedule.uses_among(part)
        key = rows.use_resource[taken].astype(np.int64) * problem.days + rows.use_day[taken]
        column, key, amount = _together(np.repeat(np.arange(len(part)), uses[part]), key, rows.use_amount[taken])
        late = np.maximum(0.0, arrival[part] - problem.required[part])
        sizes = np.bincount(column, minlength=len(part))
        self.add(pricing.group_of[there], problem.weight[part] * late, arrival[part], sizes, key, amount)

    def solve(self) -> tuple[float, Number, Number]:
        """Return the value of the restricted model, what is used of each column, and the prices."""
        value, used, duals = self.model.solve()
        prices = np.zeros(len(self.capacity))
        opened = np.flatnonzero(self.row_of >= 0)
        prices[opened] = np.maximum(0.0, -duals[self.row_of[opened]])
        return value, used, prices

    def costs_at(self, prices: Number) -> Number:
        """Return the least that a known column of each group costs at prices."""
        sizes = np.diff(self.first)
        column = np.repeat(np.arange(len(sizes)), sizes)
        priced = np.bincount(column, weights=prices[self.key] * self.amount, minlength=len(sizes)) + self.cost
        found = np.full(len(self.pricing.count), np.inf)
        np.minimum.at(found, self.group, priced)
        return found


def _together(column: Whole, key: Whole, amount: Number) -> tuple[Whole, Whole, Number]:
    """Add up takings of the same column, resource and day; return columns, keys and sums in order."""
    if not len(key):
        return column, key, amount
    span = int(key.max()) + 1
    both, inverse = np.unique(column * span + key, return_inverse=True)
    summed: Number = np.bincount(inverse, weights=amount).astype(np.float64)
    return both // span, both % span, summed


def bound(
    problem: Problem, schedule: Sent | None = None, *, rounds: int = 60, time_limit: float | None = None,
    among: Whole | None = None, close_enough: float = CLOSE_ENOUGH,
) -> Bound:  # fmt: skip
    """Return a lower bound on the weighted days of lateness of every schedule, with prices of what is scarce.

    Parameters
    ----------
    problem : Problem
        What is to be sent.
    schedule : Sent, optional
        One to begin with: its ways are the first columns. The bound holds and is the same, within its gap, without it.
    rounds : int
        Most rounds of pricing.
    time_limit : float, optional
        No round begins after it. Two runs with one need not give the same. [s]
    among : ndarray of int, optional
        Parts that are looked at; None = all that have a way. The bound is on the value of these.
    close_enough : float
        Gap at which no more is looked for. [-]
    """
    began = time.perf_counter()
    pricing = Pricing(problem, problem.sendable() if among is None else among)
    master = Master(pricing)
    if schedule is not None:
        master.add_schedule(schedule)
    shape = problem.capacity.shape
    best, center = -np.inf, np.zeros(problem.capacity.size)
    back, done, gap = 0.0, 0, np.inf
    used = np.zeros(0)
    while done < max(1, rounds):
        value, used, prices = master.solve()
        gap = (value - best) / max(abs(value), 1e-9)
        out_of_time = time_limit is not None and time.perf_counter() - began > time_limit
        if gap <= close_enough or (done and out_of_time):
            break
        done += 1
        tried = back * center + (1.0 - back) * prices
        known = master.costs_at(tried)
        answer = pricing.cheapest(tried.reshape(shape), np.minimum(pricing.never, known + 1e-7))
        held = pricing.bound(np.asarray(answer[0]), tried.reshape(shape))
        new = np.flatnonzero((~np.isnan(answer[1])).any(axis=1) & (answer[0] < known - 1e-9))
        at_the_models = back == 0.0
        if len(new):
            back = DRAWN_BACK if done == 1 else _drawn_back(back, float(pricing.excess(answer) @ (prices - center)))
            master.add_answer(answer, new)
        else:
            back = 0.0
        if held > best:
            best, center = held, tried
        gap = (value - best) / max(abs(value), 1e-9)
        if at_the_models and not len(new):
            break
    return Bound(best, center.reshape(shape), _arrivals(master, used), done, gap, time.perf_counter() - began)


def _drawn_back(back: float, slope: float) -> float:
    """Return how far the next prices are drawn back: less, where the bound still rises from these towards the model's [1]_.

    References
    ----------
    .. [1] A. Pessoa, R. Sadykov, E. Uchoa, F. Vanderbeck, Automation and combination of linear-programming based stabilization
       techniques in column generation, INFORMS Journal on Computing 30 (2018).
    """
    return max(0.0, back - 0.1) if slope > 0.0 else min(0.9, back + 0.1 * (1.0 - back))


def _arrivals(master: Master, used: Number) -> Number:
    """Return the mean arrival of each part in the mix of ways. Shape (parts,) [days]"""
    pricing = master.pricing
    there = ~np.isnan(master.arrival[: len(used)]) & (used > 1e-9)
    group, amount = master.group[: len(used)][there], used[there]
    groups = len(pricing.count)
    sums = np.bincount(group, weights=amount, minlength=groups)
    mean = np.bincount(group, weights=amount * master.arrival[: len(used)][there], minlength=groups)
    found: Number = np.full(len(pricing.problem.parts), np.nan)
    found[pricing.among] = (mean / np.where(sums > 0, sums, np.nan))[pricing.group_of]
    return found
