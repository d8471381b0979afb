"""Parts on their way: earliest arrival against every way and wait, what is taken and given back, lists, and the search."""

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.deployment.plain_way import NEVER, Ledger, arcs_of, part, simple_ways, small_problem, takings_of
from tests.network import small_ways
from tests.network.small_ways import NAMES

from contingent.deployment.deploy import DeployOptions, roll
from contingent.deployment.problem import MOST_USES
from contingent.deployment.schedule import Schedule, orders_of
from contingent.deployment.search_kernel import BLOCK, LOOKED_AT
from contingent.deployment.sent import sent

DAYS = 25


@st.composite
def problems(draw, *, at_most=6, many_vehicles=False):
    """Random networks with few parts, and something taken already."""
    scenario = draw(small_ways.networks(capacities=True))
    if many_vehicles:
        fleets = tuple(fleet.model_copy(update={"quantity": 1000 * fleet.quantity}) for fleet in scenario.fleets)
        scenario = scenario.model_copy(update={"fleets": fleets})
    parts = [
        part(
            number, draw(st.sampled_from(NAMES[:3])), draw(st.sampled_from(NAMES[3:])), ready=draw(st.integers(0, 4)),
            required=draw(st.integers(0, 8)), size=float(draw(st.integers(1, 8))),
            kind=draw(st.sampled_from(["carried", "marching"])), weight=float(draw(st.sampled_from([1, 4, 30]))),
            nation=draw(st.sampled_from(["ALF", "BRV"])),
        )
        for number in range(draw(st.integers(1, at_most)))
    ]  # fmt: skip
    problem = small_problem(scenario, parts, days=DAYS)
    seed = draw(st.integers(0, 1000))
    busy = np.random.default_rng(seed).random(problem.capacity.shape) < 0.3
    problem.capacity[busy] *= 0.25
    return problem


def everybody(problem):
    schedule = Schedule(problem)
    return schedule, problem.sendable()


# By hand.


def by_hand(sizes, **changes):
    """Heavy pieces for Field by rail: ten a day change their bogies."""
    scenario = small_ways.scenario(**changes)
    parts = [part(at, "Home", "Field", size=float(size), required=4) for at, size in enumerate(sizes)]
    problem = small_problem(scenario, parts)
    schedule, among = everybody(problem)
    schedule.send(among)
    return schedule


def test_a_train_of_ten_pieces_arrives_as_fast_as_the_network_is():
    assert by_hand([10]).arrival == pytest.approx([3.75])


def test_the_second_ten_pieces_wait_a_day_for_their_bogies():
    # At Yard on D+1.5; the second lot changes from D+2 on, 0.5, 0.5, 0.25, 0.5, 0.5.
    assert by_hand([10, 10]).arrival == pytest.approx([3.75, 4.25])


def test_twenty_five_pieces_take_three_days_of_bogies():
    # At Yard on D+1.5 with ten done, ten on D+2, five on D+3: on board of the other train from D+3.5.
    schedule = by_hand([25])
    assert schedule.arrival == pytest.approx([5.25])
    bogies = [resource.name for resource in schedule.problem.network.resources].index("Yard: gauge_change")
    assert list(schedule.used[bogies, :5]) == [0, 10, 10, 5, 0]


def test_no_more_trains_are_loaded_than_there_are():
    # Two trains of 20 pieces are gone for 2.5 days; the third lot of 20 sets out on D+3 in the morning, and bogies are free then.
    schedule = by_hand([20, 20, 20])
    trains = [resource.name for resource in schedule.problem.network.resources].index("west trains")
    assert (schedule.used[trains] <= 2 + 1e-9).all()
    leaves = schedule.state[3][2, 0]
    assert leaves >= 0.5
    assert schedule.arrival[2] > schedule.arrival[1]


def test_what_takes_more_than_the_whole_fleet_never_goes():
    schedule = by_hand([41])
    assert np.isnan(schedule.arrival).all()
    assert not schedule.used.any()


def test_ships_and_aircraft_that_go_by_themselves_take_nothing():
    problem = small_problem(small_ways.scenario(), [part(0, "Home", "Field", kind="self", size=0.0, ready=3, own_days=2.5)])
    schedule, among = everybody(problem)
    assert list(schedule.arrival) == [5.5]
    assert len(among) == 0


# By oracle.


def best_and_found(problem):
    """Earliest arrival over all ways, and that of the schedule, part by part; the ledger has the same takings."""
    schedule, among = everybody(problem)
    ledger = Ledger(problem)
    for number in among:
        moving = problem.parts[number]
        best = NEVER
        for way in simple_ways(problem, number):
            arrives, takings = ledger.send(way, moving.size, moving.ready)
            ledger.take(takings, -1.0)
            best = min(best, arrives if arrives <= DAYS - 1 else NEVER)
        schedule.send(np.array([number]))
        found = float(schedule.arrival[number])
        if not np.isnan(found):
            arrives, takings = ledger.send(arcs_of(schedule.state, number), moving.size, moving.ready)
            assert arrives == pytest.approx(found)
            assert np.array(takings) == pytest.approx(np.array(takings_of(schedule.state, number)))
        yield best, NEVER if np.isnan(found) else found


@settings(max_examples=50)
@given(problems(at_most=4, many_vehicles=True))
def test_no_way_and_no_wait_arrives_earlier(problem):
    """Where vehicles are not what is scarce, the way is the best of all."""
    assert all(found == pytest.approx(best) for best, found in best_and_found(problem))


@settings(max_examples=50)
@given(problems(at_most=4))
def test_where_vehicles_are_scarce_no_arrival_is_promised_that_cannot_be(problem):
    """A fleet is waited for until a morning, so that now and then a way by which one is there later would be through earlier."""
    assert all(found >= best - 1e-9 for best, found in best_and_found(problem))


@settings(max_examples=50)
@given(problems(at_most=1, many_vehicles=True), st.floats(0, 5), st.floats(0, 5))
def test_who_gets_to_an_arc_earlier_is_not_through_later(problem, one, other):
    ledger, size = Ledger(problem), problem.parts[0].size
    for arc in range(len(problem.graph[1])):
        assert ledger.along(arc, size, min(one, other))[0] <= ledger.along(arc, size, max(one, other))[0]


@settings(max_examples=40)
@given(problems())
def test_a_list_keeps_to_capacity_and_ways_hang_together(problem):
    schedule, among = everybody(problem)
    schedule.send(orders_of(problem, among)[0])
    assert (schedule.used <= problem.capacity + 1e-6).all()
    summed = np.zeros_like(schedule.used)
    for number in among:
        for resource, day, amount in takings_of(schedule.state, number):
            summed[resource, day] += amount
            assert day >= problem.parts[number].ready
        arcs = arcs_of(schedule.state, number)
        leaves, arrives = (schedule.state[at][number, : len(arcs)] for at in (3, 4))
        if arcs:
            assert problem.graph[2][arcs[0]] == problem.arrays[0][number]
            assert problem.graph[1][arcs[-1]] == problem.arrays[1][number]
            assert all(problem.graph[1][one] == problem.graph[2][two] for one, two in pairwise(arcs))
            assert (leaves >= np.concatenate([[problem.parts[number].ready], arrives[:-1]]) - 1e-9).all()
            assert arrives[-1] == schedule.arrival[number]
    assert summed == pytest.approx(schedule.used, abs=1e-6)
    assert schedule.state[5].max() <= MOST_USES


@settings(max_examples=40)
@given(problems(), st.randoms(use_true_random=False))
def test_what_is_taken_back_is_free_again(problem, random):
    schedule, among = everybody(problem)
    schedule.send(among)
    for number in random.sample(list(among), len(among)):
        schedule.clear(np.array([number]))
    assert not schedule.used.any()
    assert np.isnan(schedule.arrival[among]).all()


# Search.


@settings(max_examples=30)
@given(problems(), st.integers(0, 5))
def test_the_search_is_never_worse_and_keeps_to_capacity(problem, seed):
    schedule, among = everybody(problem)
    assume(len(among))
    schedule.best_list(among, orders_of(problem, among))
    before = schedule.value(among)
    after = schedule.improve(among, rounds=40, seed=seed)
    assert after <= before + 1e-9
    assert after == pytest.approx(schedule.value(among))
    assert (schedule.used <= problem.capacity + 1e-6).all()
    ledger = Ledger(problem)
    for number in among:
        ledger.take(takings_of(schedule.state, number))
    assert ledger.free == pytest.approx(problem.capacity - schedule.used, abs=1e-6)


@settings(max_examples=10)
@given(problems())
def test_the_same_seed_gives_the_same_bytes(problem):
    found = []
    for _ in range(2):
        schedule, among = everybody(problem)
        assume(len(among))
        schedule.best_list(among, orders_of(problem, among))
        schedule.improve(among, rounds=30, seed=7)
        found.append(b"".join(table.tobytes() for table in (schedule.used, *schedule.state)))
    assert found[0] == found[1]


@settings(max_examples=15)
@given(problems(at_most=4))
def test_the_search_finds_the_best_of_all_orders(problem):
    schedule, among = everybody(problem)
    assume(len(among) >= 2)
    values = []
    for order in permutations(among):
        schedule.send(np.array(order))
        values.append(schedule.value(among))
        schedule.clear(among)
    schedule.best_list(among, orders_of(problem, among))
    found = schedule.improve(among, rounds=300, seed=1)
    assert found <= min(values) + 1e-6


@settings(max_examples=15)
@given(problems(at_most=4))
def test_no_order_is_better_than_an_empty_network(problem):
    """Each part by itself, all others at home: nothing that is scarce comes dearer than nothing at all."""
    schedule, among = everybody(problem)
    alone = 0.0
    for number in among:
        only = np.array([number])
        schedule.send(only)
        alone += schedule.value(only)
        schedule.clear(only)
    least = schedule.least_value(among)
    assert least <= alone + 1e-6
    schedule.best_list(among, orders_of(problem, among))
    assert least <= schedule.value(among) + 1e-6


def test_the_first_list_that_is_as_good_as_an_empty_network_is_kept():
    problem = small_problem(small_ways.scenario(), [part(0, "Home", "Field", size=10.0, required=0)])
    schedule, among = everybody(problem)
    schedule.send(among)
    assert schedule.value(among) == pytest.approx(schedule.least_value(among))
    assert schedule.value(among) > 0
    schedule.clear(among)
    assert schedule.best_list(among, [among, among]) == 0


def test_a_search_among_many_parts_keeps_to_what_it_says():
    """Many more than are looked at together: two thousand and a half pieces, each by itself, through a gate of ten a day."""
    parts = [
        part(at, "Home", "Field", size=1.0, required=at % 200, weight=1.0 + at % 7)
        for at in range(2 * LOOKED_AT + 3 * BLOCK // 2)
    ]
    problem = small_problem(small_ways.scenario(), parts, days=700)
    schedule, among = everybody(problem)
    schedule.send(among[::-1])
    before = schedule.value(among)
    after = schedule.improve(among, rounds=400, seed=2)
    assert after < before
    assert after == pytest.approx((problem.weight * np.maximum(0.0, schedule.arrival - problem.required)).sum())
    assert (schedule.used <= problem.capacity + 1e-6).all()


# What is kept.


@settings(max_examples=30)
@given(problems(), st.integers(0, 5))
def test_what_is_kept_in_pieces_is_what_was_sent(problem, pieces):
    schedule, among = everybody(problem)
    schedule.send(among)
    of = among % (pieces + 1)
    kept = sent(problem, schedule.used, [(among[of == piece], schedule.rows(among[of == piece])) for piece in range(pieces + 1)])
    assert np.array_equal(kept.arrival, schedule.arrival, equal_nan=True)
    for number in range(len(problem.parts)):
        assert kept.takings_of(number) == takings_of(schedule.state, number)
        assert [arc for arc, _, _ in kept.way_of(number)] == arcs_of(schedule.state, number)
        if kept.way_of(number):
            assert kept.way_of(number)[-1][2] == schedule.arrival[number]


@settings(max_examples=15)
@given(problems())
def test_windows_one_after_the_other_keep_to_capacity(problem):
    """Parts due in three windows: each finds what those before it have left, and those of a window's last days are sent anew."""
    parts = [replace(each, required=(each.required * 41) % 400) for each in problem.parts]
    later = replace(problem, parts=tuple(parts), required=np.array([float(each.required) for each in parts]))
    kept, windows = roll(later, DeployOptions(seed=1))
    assert sorted(np.concatenate([np.empty(0, dtype=int), *windows])) == list(later.sendable())
    summed = np.zeros_like(kept.used)
    for number in range(len(parts)):
        for resource, day, amount in kept.takings_of(number):
            summed[resource, day] += amount
    assert summed == pytest.approx(kept.used, abs=1e-6)
    assert (kept.used <= problem.capacity + 1e-6).all()
