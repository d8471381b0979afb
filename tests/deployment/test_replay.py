"""Replay: without delays the schedule itself, by hand with one delay, never above capacity, the same on every engine."""

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.deployment.plain_way import part, small_problem
from tests.deployment.test_sending import everybody, problems
from tests.network import small_ways

from contingent.deployment.replay import play_all, replay
from contingent.deployment.replay_kernel import delay_of, replicate
from contingent.deployment.schedule import Schedule, orders_of
from contingent.deployment.timetable import timetable_of
from contingent.ensemble.streams import key_of
from contingent.model.mandate import Factor
from contingent.model.rows import Requirement
from contingent.plan.columns import frame

CALM = (0.0, 1.0, 0.0, 1.0)
ROUGH = (0.4, 1.0, 0.1, 4.0)


def tours_of(parts, people=100):
    """A tour of 50 days for each part."""
    blank = {
        "capability": "move", "location": "Field", "effectiveness": 1.0, "pinned": False, "confidence": None, "people": people
    }
    rows = [
        {
            "unit": one.unit, "offer": one.offer, "nation": one.nation, "unit_type": one.unit_type, "line": one.line,
            "from_day": one.required, "until_day": one.required + 50, "serves_until_day": one.required + 50,
            "rested_day": one.required + 50, **blank,
        }
        for one in parts
    ]  # fmt: skip
    return frame("tours", rows)


def with_lines(scenario, **tables):
    line = Requirement(line="L1", capability="move", quantity=1, from_day=0, until_day=60, location="Field", priority=1)
    return scenario.model_copy(update={"requirements": (line,), **tables})


def timetable(schedule):
    problem = schedule.problem
    return timetable_of(schedule, with_lines(problem.scenario), tours_of(problem.parts), None)


def arrivals(table, chance, replication=0, seed=0):
    """Arrival of each part in one replication, and what is used."""
    parts = len(table.unit)
    used, held = np.empty_like(table.capacity), np.empty_like(table.table[9])
    arrival, room = np.empty(parts), (np.empty(parts + 2), np.empty(parts + 2, dtype=np.int64), np.empty(parts, dtype=np.int64))
    key = key_of(seed, "deployment", "delays")
    replicate(table.table, table.capacity, used, held, np.empty(parts), chance, *key, replication, arrival, *room)
    return arrival, used


def sent(problem, rounds=0):
    schedule, among = everybody(problem)
    assume(len(among))
    schedule.best_list(among, orders_of(problem, among))
    schedule.improve(among, rounds=rounds, seed=3)
    return schedule.sent()


@settings(max_examples=60)
@given(problems(), st.sampled_from([0, 30]))
def test_without_delays_every_part_is_there_to_the_minute(problem, rounds):
    schedule = sent(problem, rounds)
    found, used = arrivals(timetable(schedule), CALM)
    assert list(found) == list(np.where(np.isnan(schedule.arrival), np.inf, schedule.arrival))
    assert (used == schedule.used).all()


@settings(max_examples=60)
@given(problems(), st.integers(0, 10_000))
def test_delays_bring_nobody_in_earlier_and_nothing_above_capacity(problem, replication):
    schedule = sent(problem)
    found, used = arrivals(timetable(schedule), ROUGH, replication)
    assert (used <= problem.capacity + 1e-6).all()
    on_the_way = ~np.isnan(schedule.arrival)
    assert (found[on_the_way] >= schedule.arrival[on_the_way] - 1e-9).all()
    assert np.isinf(found[~on_the_way]).all()


def by_rail(sizes):
    problem = small_problem(small_ways.scenario(), [part(at, "Home", "Field", size=float(size)) for at, size in enumerate(sizes)])
    schedule = Schedule(problem)
    schedule.send(np.arange(len(sizes)))
    return schedule.sent()


def legs_late(replication, number, legs=3, seed=0):
    key = key_of(seed, "deployment", "delays")
    return [delay_of(ROUGH, *key, replication, number, leg) for leg in range(legs)]


def test_one_part_by_hand_is_late_by_what_its_legs_are():
    """Three legs: to Yard; to Border, where it waits; to Field. Ten pieces alone find bogies on any day, trains at any hour."""
    table = timetable(by_rail([10]))
    for replication in range(50):
        to_yard, to_border, to_field = legs_late(replication, 0)
        [found], _ = arrivals(table, ROUGH, replication)
        # Who misses the day of his bogies takes the day on which he is there: ten a day are free.
        assert found == pytest.approx(1.5 + to_yard + 0.5 + 0.5 + to_border + 0.25 + 0.5 + to_field + 0.5)


def test_who_loses_his_day_leaves_it_to_others():
    """Two lots of ten: the first holds D+1 at Yard, the second D+2. Whoever misses his day takes the next that nobody holds."""
    table = timetable(by_rail([10, 10]))
    bogies = 0
    for replication in range(200):
        first, second = (legs_late(replication, number)[0] for number in (0, 1))
        _, used = arrivals(table, ROUGH, replication)
        days = list(np.flatnonzero(used[bogies]))
        first_day = 1 if first < 0.5 else int(1.5 + first)
        second_day = max(2, int(1.5 + second))
        if first_day != second_day:
            assert days == sorted({first_day, second_day})
        assert used[bogies].sum() == pytest.approx(20)
        assert used[bogies].max() <= 10


def test_delays_are_as_often_and_as_long_as_the_factors_say():
    key = key_of(5, "deployment", "delays")
    drawn = np.array([delay_of((0.15, 1.0, 0.02, 3.0), *key, replication, 7, 2) for replication in range(40_000)])
    assert (drawn > 0).mean() == pytest.approx(1 - 0.85 * 0.98, abs=0.008)
    assert drawn.mean() == pytest.approx(0.15 * 1.0 + 0.02 * 3.0, abs=0.012)


def test_a_ship_that_sails_by_herself_is_late_too():
    problem = small_problem(small_ways.scenario(), [part(0, "Home", "Field", kind="self", size=0.0, ready=3, own_days=2.5)])
    [found], _ = arrivals(timetable(Schedule(problem).sent()), (1.0, 2.0, 0.0, 1.0))
    late = delay_of((1.0, 2.0, 0.0, 1.0), *key_of(0, "deployment", "delays"), 0, 0, 0)
    assert found == pytest.approx(5.5 + late)
    assert late > 0


def replayed(schedule, tours=None, factors=(), **options):
    scenario = with_lines(schedule.problem.scenario, factors=factors)
    given_tours = tours_of(schedule.problem.parts) if tours is None else tours
    return replay(schedule, scenario, given_tours, None, **options)


def factor(name, value):
    return Factor(factor=name, value=value, unit="-", meaning="A test.")


def test_without_delays_lines_close_on_their_day_and_people_stay_for_their_tour():
    schedule = by_rail([10])
    found = replayed(schedule, replications=3, factors=(factor("late_leg_share", 0), factor("breakdown_share", 0)))
    # There at 3.75: complete on the morning of D+4, four days late.
    [line] = found.lines.iter_rows(named=True)
    assert line == {
        "line": "L1", "required_day": 0, "mean": 4.0, "p05": 4.0, "p50": 4.0, "p95": 4.0, "in_time": 0.0, "never": 0.0
    }  # fmt: skip
    people = found.arrivals["mean"].to_list()
    assert [people[day] for day in (3, 4, 49, 50)] == [0, 100, 100, 0]


def test_quantiles_are_those_of_the_replications():
    schedule = by_rail([10])
    closed, _ = play_all(timetable(schedule), (0.15, 1.0, 0.02, 3.0), replications=250, seed=4)
    found = replayed(schedule, replications=250, seed=4)
    expected = np.quantile(closed[:, 0], [0.05, 0.5, 0.95], method="inverted_cdf")
    assert found.lines.select("p05", "p50", "p95").row(0) == tuple(expected)
    assert found.lines["mean"][0] == pytest.approx(closed.mean())


def test_a_line_of_which_a_part_never_comes_is_never_closed():
    schedule = by_rail([10, 41])
    found = replayed(schedule, replications=2)
    assert found.lines.select("p95", "never").row(0) == (None, 1.0)
    closure = pl.DataFrame({"line": ["L1"], "closure_day": [None], "p05": [None], "p95": [None]})
    assert found.into(closure).row(0) == ("L1", None, None, None)


def test_the_same_numbers_on_every_engine_and_in_pieces_of_any_size():
    table = timetable(by_rail([10, 10, 5, 7]))
    whole = play_all(table, ROUGH, replications=230, seed=2)
    for engine in ("threads:2", "processes:2"):
        other = play_all(table, ROUGH, replications=230, seed=2, engine=engine)
        assert all((one == two).all() for one, two in zip(whole, other, strict=True))
    fewer = play_all(table, ROUGH, replications=30, seed=2)
    assert (whole[0][:30] == fewer[0]).all()
    assert (whole[0] != play_all(table, ROUGH, replications=230, seed=3)[0]).any()


def test_at_least_once():
    with pytest.raises(ValueError, match="at least once"):
        replayed(by_rail([10]), replications=0)


def test_lines_that_are_due_later_are_not_told():
    schedule = by_rail([10, 10, 5, 7])
    whole, early = replayed(schedule, replications=40, seed=2), replayed(schedule, replications=40, seed=2, until=1)
    assert whole.lines.height == 1
    assert early.lines.equals(whole.lines)
    none = replayed(schedule, replications=2, until=0)
    assert none.lines.height == 0
    closure = pl.DataFrame({"line": ["L1"], "closure_day": [4], "p05": [None], "p95": [None]})
    assert none.into(closure).row(0) == ("L1", 4, None, None)
