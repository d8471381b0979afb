"""The bound on schedules: by hand, against the same model written out in time and given to HiGHS, against every order."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingent.deployment.bound import Pricing, bound
from contingent.deployment.problem import MOST_STEPS, Problem
from contingent.deployment.schedule import Schedule
from contingent.deployment.search_kernel import NEVER_DAYS
from contingent.network.ways_kernel import days_to_node


@dataclass(frozen=True)
class Arc:
    """An arc: from, to, days; resources taken before and after, each with its amount; fleet, share and days that it is busy."""

    tail: int
    head: int
    days: float
    before: tuple[tuple[int, float], ...] = ()
    after: tuple[tuple[int, float], ...] = ()
    fleet: tuple[int, float, float] | None = None


@dataclass(frozen=True)
class Load:
    """A part: from, to, first day, day required, size, weight."""

    origin: int
    goal: int
    ready: int
    required: int
    size: float = 1.0
    weight: float = 1.0


def problem_of(nodes: int, arcs: list[Arc], loads: list[Load], capacity: np.ndarray) -> Problem:
    """The arrays that the kernels read, of a network of one kind."""
    arcs = sorted(arcs, key=lambda arc: arc.tail)
    tail, head = (np.array([getattr(arc, end) for arc in arcs], dtype=np.int64) for end in ("tail", "head"))
    days = np.array([float(arc.days) for arc in arcs])
    none = np.full(len(arcs), -1, dtype=np.int64)
    fleet = np.array([arc.fleet[0] if arc.fleet else -1 for arc in arcs], dtype=np.int64)
    share, busy = (np.array([float(arc.fleet[at]) if arc.fleet else 0.0 for arc in arcs]) for at in (1, 2))
    taken = []
    for side in ("before", "after"):
        resource, amount = np.full((len(arcs), 2), -1, dtype=np.int64), np.zeros((len(arcs), 2))
        for at, arc in enumerate(arcs):
            for place, (name, much) in enumerate(getattr(arc, side)):
                resource[at, place], amount[at, place] = name, much
        taken += [resource, amount]
    first = np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int64)
    graph = (first, head, tail, days, np.zeros(len(arcs)), fleet, none, share, busy, *taken)
    order = np.argsort(head, kind="stable").astype(np.int64)
    into = np.searchsorted(head[order], np.arange(nodes + 1)).astype(np.int64)
    goals = sorted({load.goal for load in loads})
    to_go = np.array([days_to_node(into, order, tail, days, goal) for goal in goals])

    def whole(name: str) -> np.ndarray:
        return np.array([getattr(load, name) for load in loads], dtype=np.int64)

    zeros = np.zeros(len(loads), dtype=np.int64)
    arrays = (
        whole("origin"), whole("goal"), whole("ready").astype(float), np.array([load.size for load in loads]), zeros - 1, zeros,
        np.array([goals.index(load.goal) for load in loads]), to_go, np.zeros(MOST_STEPS, dtype=np.int64),
    )  # fmt: skip
    parts = tuple(SimpleNamespace(kind="stores") for _ in loads)
    return Problem(
        None, None, parts, graph, arrays, {"stores": 0}, {"stores": 0}, whole("required").astype(float),
        np.array([load.weight for load in loads]), np.ascontiguousarray(capacity, dtype=float))  # fmt: skip


def steady(*per_day: float, days: int = 30) -> np.ndarray:
    """So much of each resource on every day."""
    return np.repeat(np.array(per_day, dtype=float)[:, None], days, axis=1)


def best_by_every_order(problem: Problem) -> float:
    """The least value of a schedule that any order of all parts gives."""
    among = np.arange(len(problem.parts))
    found = []
    for order in permutations(among):
        schedule = Schedule(problem)
        schedule.send(np.array(order, dtype=np.int64))
        found.append(schedule.value(among))
    return min(found)


def test_three_parts_at_a_gate_of_one_a_day():
    """One passes a day, so one is a day late and one two; a gate of two a day would save two of these three days."""
    problem = problem_of(2, [Arc(0, 1, 1, before=((0, 1.0),))], [Load(0, 1, 0, 1)] * 3, steady(1.0))
    found = bound(problem)
    assert found.value == pytest.approx(3.0, rel=2e-3)
    assert best_by_every_order(problem) == pytest.approx(3.0)
    assert found.arrival == pytest.approx([2.0, 2.0, 2.0], abs=0.02)
    # Three a day would save all three days; prices promise at least what more would save.
    assert found.worth()[0] >= 3.0 / 2.0


def test_one_more_a_day_saves_no_more_than_it_is_worth():
    loads = [Load(0, 1, 0, 1, weight=1.0 + at) for at in range(6)]
    arcs = [Arc(0, 1, 1, before=((0, 1.0),)), Arc(0, 1, 2, before=((1, 1.0),))]
    narrow = bound(problem_of(2, arcs, loads, steady(1.0, 1.0)))
    for more in ((0.5, 0.0), (1.0, 0.0), (0.0, 1.0)):
        wide = bound(problem_of(2, arcs, loads, steady(1.0 + more[0], 1.0 + more[1])))
        assert wide.value >= narrow.value * (1 - 2e-3) - narrow.worth() @ np.array(more) - 1e-6
        assert wide.value < narrow.value


def test_a_lone_train_comes_back_before_it_leaves_again():
    """A train is away for two days: parts leave on days 0, 2 and 4, the last four days late."""
    problem = problem_of(2, [Arc(0, 1, 1, fleet=(0, 1.0, 2.0))], [Load(0, 1, 0, 1)] * 3, steady(1.0))
    assert bound(problem).value == pytest.approx(6.0, rel=2e-3)
    assert best_by_every_order(problem) == pytest.approx(6.0)


def test_a_load_of_two_days_passes_on_its_second_though_nobody_else_is_there():
    problem = problem_of(2, [Arc(0, 1, 1, before=((0, 1.0),))], [Load(0, 1, 0, 1, size=2.0)], steady(1.0))
    assert bound(problem).value == pytest.approx(1.0)
    assert best_by_every_order(problem) == pytest.approx(1.0)


def test_a_train_that_is_not_there_before_its_day():
    capacity = steady(1.0)
    capacity[0, :5] = 0.0
    problem = problem_of(2, [Arc(0, 1, 1, fleet=(0, 1.0, 1.0))], [Load(0, 1, 0, 1)], capacity)
    assert bound(problem).value == pytest.approx(5.0)
    assert best_by_every_order(problem) == pytest.approx(5.0)


def test_what_never_gets_there_counts_as_in_a_schedule():
    """The share of a train that it takes is more than there are trains."""
    problem = problem_of(2, [Arc(0, 1, 1, fleet=(0, 2.0, 2.0))], [Load(0, 1, 0, 1, weight=3.0)], steady(1.0))
    assert bound(problem).value == pytest.approx(3.0 * NEVER_DAYS)
    assert best_by_every_order(problem) == pytest.approx(3.0 * NEVER_DAYS)


# ------------------------------------------------------------------------------- the same model, written out in time


Column = tuple[float, dict[tuple[int, int, int], float], dict[tuple[int, int], float]]
"""Cost; what it brings to a part at a node on a day; what it takes of a resource on a day."""


def within(problem: Problem, resource: int, day: int, waits: int = 8) -> range:
    """Days on which one may go on from a resource that one takes on a day; that day where there is none."""
    return range(day, min(problem.days, day + (waits if resource >= 0 else 1)))


def along(problem: Problem, part: int, arc: int, begins: int) -> Iterator[Column]:
    """All that a part may do on an arc that it begins on a day: wait between gate and train, and for the gate at the end."""
    head, tail, days, fleet, share, busy, before, before_amount, after, after_amount = (
        problem.graph[at] for at in (1, 2, 3, 5, 7, 8, 9, 10, 11, 12))  # fmt: skip
    size = problem.arrays[3][part]
    away = int(busy[arc]) if fleet[arc] >= 0 else 0
    for leaves in within(problem, before[arc, 0], begins):
        reached = leaves + int(days[arc])
        if leaves + away > problem.days:
            continue
        for ends in within(problem, after[arc, 0], reached):
            taken: dict[tuple[int, int], float] = {}
            amounts = [(fleet[arc], day, share[arc]) for day in range(leaves, leaves + away)]
            amounts += [(before[arc, 0], begins, before_amount[arc, 0]), (after[arc, 0], ends, after_amount[arc, 0])]
            for resource, day, amount in amounts:
                if resource >= 0:
                    taken[resource, day] = taken.get((resource, day), 0.0) + size * amount
            yield 0.0, {(part, tail[arc], begins): -1.0, (part, head[arc], ends): 1.0}, taken


def columns_of(problem: Problem) -> Iterator[Column]:
    """Staying, arriving, waiting, going, of each part on each day."""
    origin, goal, ready = problem.arrays[:3]
    for part in range(len(problem.parts)):
        yield problem.weight[part] * NEVER_DAYS, {(part, origin[part], int(ready[part])): -1.0}, {}
        for day in range(problem.days):
            yield problem.weight[part] * max(0.0, day - problem.required[part]), {(part, goal[part], day): -1.0}, {}
            if day + 1 < problem.days:
                for node in range(len(problem.graph[0]) - 1):
                    yield 0.0, {(part, node, day): -1.0, (part, node, day + 1): 1.0}, {}
            for arc in range(len(problem.graph[1])):
                yield from along(problem, part, arc, day)


def written_out(problem: Problem) -> float:
    """The linear model with a flow of each part through every node on every day; whole days only."""
    columns = list(columns_of(problem))
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    used = model.addVariables(len(columns), lb=0.0, obj=[cost for cost, _, _ in columns], out_array=True)
    flow: dict[tuple[int, int, int], list[Any]] = {}
    filled: dict[tuple[int, int], list[Any]] = {}
    for at, (_, brought, taken) in enumerate(columns):
        for place, amount in brought.items():
            flow.setdefault(place, []).append(used[at] * amount)
        for key, amount in taken.items():
            filled.setdefault(key, []).append(used[at] * amount)
    begins = {(part, problem.arrays[0][part], int(problem.arrays[2][part])) for part in range(len(problem.parts))}
    for place, terms in flow.items():
        model.addConstr(model.qsum(terms) == (-1.0 if place in begins else 0.0))
    for key, terms in filled.items():
        model.addConstr(model.qsum(terms) <= float(problem.capacity[key]))
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(model.getInfo().objective_function_value)


@st.composite
def networks(draw: st.DrawFn, *, whole_days: bool) -> Problem:
    """Four places in a row with some ways round, two gates and a fleet, a few parts; every amount fits into a day."""
    length = st.integers(1, 2) if whole_days else st.sampled_from([0.25, 0.6, 1.0, 1.7])
    away = st.integers(1, 3) if whole_days else st.sampled_from([0.5, 1.2, 2.0, 2.75])
    gates = st.sampled_from([(), ((0, 1.0),), ((1, 1.0),)])
    fleets = st.one_of(st.none(), st.tuples(st.just(2), st.sampled_from([0.5, 1.0]), away))
    ends = [(0, 1), (1, 2), (2, 3), *draw(st.lists(st.sampled_from([(0, 2), (1, 3), (0, 3), (2, 1)]), max_size=3))]
    arcs = [Arc(tail, head, draw(length), draw(gates), draw(gates), draw(fleets)) for tail, head in ends]
    loads = [
        Load(draw(st.integers(0, 1)), draw(st.integers(2, 3)), draw(st.integers(0, 2)), draw(st.integers(2, 6)),
             size=draw(st.sampled_from([0.5, 1.0])), weight=draw(st.sampled_from([1.0, 4.0])))
        for _ in range(draw(st.integers(2, 4)))
    ]  # fmt: skip
    return problem_of(4, arcs, loads, steady(1.0, 1.5, draw(st.sampled_from([1.0, 2.0])), days=20))


@settings(max_examples=15, deadline=None)
@given(networks(whole_days=True))
def test_the_bound_is_the_optimum_of_the_model_written_out_in_time(problem):
    oracle = written_out(problem)
    found = bound(problem, close_enough=1e-7, rounds=200)
    assert found.value == pytest.approx(oracle, rel=1e-5, abs=1e-5)


def lagrangian(problem: Problem, prices: np.ndarray) -> float:
    """The bound that any prices give on every schedule."""
    pricing = Pricing(problem, problem.sendable())
    return pricing.bound(np.asarray(pricing.cheapest(prices, pricing.never)[0]), prices)


@settings(max_examples=40, deadline=None)
@given(networks(whole_days=False))
def test_no_order_gives_a_better_schedule_than_the_bound(problem):
    best = best_by_every_order(problem)
    schedule = Schedule(problem)
    schedule.send(np.arange(len(problem.parts)))
    for found in (bound(problem), bound(problem, schedule.sent())):
        assert found.value <= best + 1e-6
        assert lagrangian(problem, found.prices) == pytest.approx(found.value, abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(networks(whole_days=False), st.integers(0, 2**32 - 1))
def test_any_prices_bound_every_schedule(problem, seed):
    prices = np.random.default_rng(seed).exponential(1.0, problem.capacity.shape)
    prices[:, np.random.default_rng(seed).random(problem.days) < 0.5] = 0.0
    assert lagrangian(problem, prices) <= best_by_every_order(problem) + 1e-6


def test_two_runs_give_the_same_bytes_and_like_parts_the_same_arrival():
    arcs = [Arc(0, 1, 0.7, before=((0, 1.0),), fleet=(1, 0.5, 1.4)), Arc(0, 1, 2.6)]
    loads = [Load(0, 1, day % 3, 2, weight=1.0 + day % 2) for day in range(12)]
    problem = problem_of(2, arcs, loads, steady(1.0, 1.0))
    one, other = bound(problem), bound(problem)
    assert (one.value, one.rounds, one.gap) == (other.value, other.rounds, other.gap)
    assert one.prices.tobytes() == other.prices.tobytes()
    assert one.arrival.tobytes() == other.arrival.tobytes()
    assert one.arrival[0] == one.arrival[6]


def test_parts_without_a_place_to_go_are_left_out():
    problem = problem_of(2, [Arc(0, 1, 1)], [Load(0, 1, 0, 0), Load(0, 1, 0, 0)], steady(1.0))
    problem.arrays[1][1] = -1
    assert problem.sendable().tolist() == [0]
    found = bound(problem)
    assert found.value == pytest.approx(1.0)
    assert np.isnan(found.arrival[1])
