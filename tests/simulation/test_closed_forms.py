"""Chance against closed forms: what must come out on average is worked out without a simulation.

Means are held against their standard error; the seed is fixed, so that a test that passes once passes always.
"""

import math

import numpy as np
import polars as pl
import pytest
from tests.simulation.small_worlds import line, offer, plan_of, world

from contingent.model.chance import Call, Policy
from contingent.model.rows import Nation
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.simulation import Risk, SimulationOptions, simulate

MANY = 4000


def played(scenario: Scenario, plan: Plan, replications: int = MANY) -> Risk:
    return simulate(scenario, plan, SimulationOptions(replications=replications, engine="here", seed=3))


def fill(risk: Risk) -> float:
    rows = risk.risk_summary.filter((pl.col("measure") == "fill") & pl.col("priority").is_null())
    return rows["mean"].item()


def counted(risk: Risk, measure: str) -> float:
    return risk.risk_summary.filter(pl.col("measure") == measure)["mean"].item()


def near(expected: float, *, deviation: float, replications: int = MANY) -> object:
    """Four standard errors about a mean."""
    return pytest.approx(expected, abs=4 * deviation / math.sqrt(replications))


def test_offers_that_materialise_by_probability():
    """Three nations, one post each, nobody to stand in: the mean fill is the mean probability, each line is held as often."""
    chances = {"A": 0.2, "B": 0.5, "C": 0.9}
    offers = tuple(offer(name, name * 3, probability=chance) for name, chance in chances.items())
    lines = tuple(line(f"L{name}", task=name) for name in chances)
    offers = tuple(row.model_copy(update={"excluded_tasks": tuple(set(chances) - {row.offer})}) for row in offers)
    scenario = world(horizon=180, offers=offers, lines=lines)
    risk = played(scenario, plan_of(scenario, [(f"{name}#1", f"L{name}", 0, 180, 180) for name in chances]))
    assert fill(risk) == near(np.mean(list(chances.values())), deviation=0.4)
    for row in risk.risk_lines.iter_rows(named=True):
        assert row["held"] == near(chances[row["line"][1]], deviation=0.5)
    assert counted(risk, "offers_not_come") == near(3 - sum(chances.values()), deviation=0.8)


def test_a_nation_decides_once_for_all_its_offers():
    """Offers of one nation with 0.3 and 0.7 come together in three runs of ten; the more likely one never stays away alone."""
    offers = (offer("A", "AAA", probability=0.3), offer("B", "AAA", probability=0.7))
    scenario = world(horizon=180, offers=offers, lines=(line("L", 2),))
    risk = played(scenario, plan_of(scenario, [("A#1", "L", 0, 180, 180), ("B#1", "L", 0, 180, 180)]))
    assert fill(risk) == near(0.5, deviation=0.4)
    # Both in 30 %, one in 40 %, none in 30 %: were they apart, none would stay away in 21 % only.
    assert risk.risk_lines["held"].item() == near(0.7, deviation=0.5)


def test_a_nation_withdraws_with_the_same_hazard_each_day():
    """Tours of 5 days without dwell, one after the other, begin as long as the nation is there: (1 - p) to the power of years."""
    yearly, horizon = 0.3, 1825
    nation = Nation(nation="AAA", name="A", withdrawal_probability=yearly)
    offers = (offer("A", "AAA", tour_days=5, dwell_ratio=0),)
    scenario = world(horizon=horizon, offers=offers, lines=(line("L"),), nations=(nation,), period=5)
    plan = plan_of(scenario, [("A#1", "L", day, day + 5, day + 5) for day in range(0, horizon, 5)])
    risk = played(scenario, plan)
    # There on day d: not withdrawn on the days 0 to d.
    expected = np.mean([(1 - yearly) ** ((day + 1) / 365) for day in range(0, horizon, 5)])
    assert fill(risk) == near(expected, deviation=0.3)
    assert counted(risk, "withdrawals") == near(1 - (1 - yearly) ** (horizon / 365), deviation=0.5)
    assert risk.risk_missed["cause"].item() == "withdrawn"


def test_tours_that_begin_late():
    """Two tours of five begin ten days late on average (at least one): 4 days of 180 are lost."""
    policy = Policy(policy="p", late_probability=0.4, late_days=10)
    scenario = world(horizon=180, offers=(offer("A", "AAA"),), lines=(line("L"),), policies=(policy,))
    risk = played(scenario, plan_of(scenario, [("A#1", "L", 0, 180, 180)]))
    assert fill(risk) == near(1 - 0.4 * 10 / 180, deviation=8 / 180)
    assert counted(risk, "late_tours") == near(0.4, deviation=0.5)
    assert risk.risk_missed["missed_days"].item() == near(4.0, deviation=8.0)


def test_units_that_fail_their_check():
    """A fresh unit that fails tries again the next day: a geometric number of days is lost."""
    policy = Policy(policy="p", fail_probability=0.3)
    scenario = world(horizon=180, offers=(offer("A", "AAA"),), lines=(line("L"),), policies=(policy,))
    risk = played(scenario, plan_of(scenario, [("A#1", "L", 0, 180, 180)]))
    assert fill(risk) == near(1 - 0.3 / 0.7 / 180, deviation=0.8 / 180)
    assert counted(risk, "failed_checks") == near(0.3 / 0.7, deviation=0.8)


def test_availability_of_an_alternating_renewal_process():
    """A unit falls out 12 times a year of being able, for ten days: the chain of two states says how much of a tour it serves."""
    rate, length, horizon = 12.0, 10, 1080
    policy = Policy(policy="p", outages_per_year=rate, outage_days=length)
    scenario = world(horizon=horizon, offers=(offer("A", "AAA", tour_days=horizon),), lines=(line("L"),), policies=(policy,))
    risk = played(scenario, plan_of(scenario, [("A#1", "L", 0, horizon, horizon)]))
    falls_out, returns = 1 - math.exp(-rate / 365), 1 / length
    able, served = 1.0, 0.0
    for _ in range(horizon):
        served += able
        able += (1 - able) * returns - able * falls_out
    long_run = returns / (returns + falls_out)
    assert served / horizon == pytest.approx(long_run, abs=0.005)
    assert fill(risk) == near(served / horizon, deviation=0.06)


def erlang_b(load: float, servers: int) -> float:
    """Share of calls lost of Poisson calls on so many servers."""
    terms = [load**number / math.factorial(number) for number in range(servers + 1)]
    return terms[-1] / sum(terms)


def lost_day_by_day(rate: float, length: int, servers: int, horizon: int) -> float:
    """The same with whole days: calls end in the morning, each with the same chance, and new ones come after."""
    ends, daily = 1 / length, rate / 365
    busy, calls, lost = np.eye(servers + 1)[0], 0.0, 0.0
    come = [math.exp(-daily) * daily**number / math.factorial(number) for number in range(30)]
    for _ in range(horizon):
        after = np.zeros(servers + 1)
        for number, chance in enumerate(busy):
            for ended in range(number + 1):
                after[number - ended] += chance * math.comb(number, ended) * ends**ended * (1 - ends) ** (number - ended)
        busy = np.zeros(servers + 1)
        for number, chance in enumerate(after):
            for arrived, of_them in enumerate(come):
                busy[min(servers, number + arrived)] += chance * of_them
                lost += chance * of_them * max(0, number + arrived - servers)
                calls += chance * of_them * arrived
    return lost / calls


def reserve_that_is_always_held(length: str) -> tuple[Scenario, Plan]:
    horizon = 3600
    call = Call(call="forward", reserve=("L",), per_year=2 * 365 / 60, days=60, length=length)  # type: ignore[arg-type]
    scenario = world(horizon=horizon, offers=(offer("A", "AAA", 3, tour_days=horizon),), lines=(line("L", 3),), calls=(call,))
    return scenario, plan_of(scenario, [(f"A#{number}", "L", 0, horizon, horizon) for number in (1, 2, 3)])


def test_calls_that_last_as_chance_has_it_are_lost_as_the_chain_of_days_says():
    scenario, plan = reserve_that_is_always_held("exponential")
    row = played(scenario, plan, 2000).risk_calls.row(0, named=True)
    assert row["lost_low"] <= lost_day_by_day(2 * 365 / 60, 60, 3, 3600) <= row["lost_high"]
    assert row["lost_high"] - row["lost_low"] < 0.008


@pytest.mark.parametrize("length", ["fixed", "exponential"])
def test_calls_are_lost_as_erlang_says_however_long_they_last(length: str):
    """Two calls at a time on average, three units: 21 % are lost, whatever the distribution of their length."""
    scenario, plan = reserve_that_is_always_held(length)
    row = played(scenario, plan, 60).risk_calls.row(0, named=True)
    assert row["lost_low"] <= erlang_b(2.0, 3) <= row["lost_high"]


def test_units_called_forward_count_for_the_call_and_not_for_the_line():
    scenario, plan = reserve_that_is_always_held("fixed")
    risk = played(scenario, plan, 200)
    away = risk.risk_calls["unit_days"].item() / (3 * 3600)
    assert fill(risk) == pytest.approx(1 - away, abs=1e-9)
    assert risk.risk_missed["missed_days"].item() == pytest.approx(risk.risk_calls["unit_days"].item())


def test_tours_are_extended_until_relief_comes_and_no_longer():
    """B#1 comes late by 30 days exactly (mean 1, so one day) or A stays on: up to 20 days more, without handover in the end."""
    offers = (offer("A", "AAA"), offer("B", "BBB", probability=0.0))
    policy = Policy(policy="p", most_tour_days=200)
    scenario = world(horizon=360, offers=offers, lines=(line("L"),), policies=(policy,))
    risk = played(scenario, plan_of(scenario, [("A#1", "L", 0, 180, 180), ("B#1", "L", 180, 360, 360)]), 1)
    assert fill(risk) == pytest.approx(200 / 360)
    assert counted(risk, "extended_tours") == 1
