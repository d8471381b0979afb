"""An armoured brigade on the network of the reference scenario, beside what has been published about such movements."""

import math
from pathlib import Path

import numpy as np
import pytest
from tests.deployment.brigade import brigades, by_rail_alone, sent

from contingent import read_scenario
from contingent.deployment.sent import Sent
from contingent.model.scenario import Scenario

WAGONS, TRAINS = 900, 24
"""Wagons of an armoured brigade (press, 2017); trains of 38 of them."""
BOGIES = 175
"""Wagons whose gauge is changed a day, at all crossings together (2022)."""
WESTERN_PORTS = ("Bremerhaven", "Antwerp", "Rotterdam", "Le Havre")
ARMY_DAYS = 45
"""Days in which an army gets from western ports to the eastern border of the Union (press, 2025)."""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario("reassurance")


def moved(scenario: Scenario, homes: tuple[str, ...], destination: str, *, people: bool = True) -> Sent:
    schedule = sent(*brigades(scenario, homes, destination), people=people)
    assert not np.isnan(schedule.arrival).any()
    return schedule


def used(schedule: Sent, which: str) -> np.ndarray:
    """What is used a day of all resources whose name or kind it is."""
    rows = [at for at, resource in enumerate(schedule.problem.network.resources) if which in (resource.name, resource.kind)]
    return schedule.used[rows].sum(axis=0)


def test_it_takes_the_trains_of_the_yardstick(scenario: Scenario) -> None:
    """959 wagons by rail alone are 25.2 trains of 38 at the terminal; 24 are those of 900 wagons."""
    trains = used(moved(by_rail_alone(scenario), ("Bremerhaven",), "Rzeszów", people=False), "Bremerhaven: rail_terminal").sum()
    assert trains == pytest.approx(959.33 / 38, abs=0.01)
    assert trains == pytest.approx(TRAINS, rel=0.06)


def test_bogies_alone_take_the_days_of_the_arithmetic(scenario: Scenario) -> None:
    """Where nothing else is scarce, 175 a day are changed on the days between; 959 take five and a half days of them."""
    alone = by_rail_alone(scenario)
    many = tuple(fleet.model_copy(update={"quantity": 1000}) for fleet in alone.fleets if fleet.kind == "train")
    bogies = tuple(row for row in alone.handling if row.activity == "gauge_change")
    assert sum(row.per_day for row in bogies) == BOGIES
    schedule = moved(
        alone.model_copy(update={"fleets": many, "handling": bogies}), ("Rzeszów",), "Lviv", people=False
    )
    changed = used(schedule, "gauge_change")
    assert changed.sum() == pytest.approx(959.33, abs=0.01)
    assert changed.max() == BOGIES
    on_days = np.flatnonzero(changed > 1e-6)
    assert math.ceil(changed.sum() / BOGIES) <= len(on_days) <= math.ceil(changed.sum() / BOGIES) + 1
    assert math.ceil(WAGONS / BOGIES) == 6
    assert schedule.arrival.max() == pytest.approx(6.7, abs=0.1)


def test_with_terminals_as_they_are_it_takes_longer_and_moving_loads_over_helps(scenario: Scenario) -> None:
    last = [
        moved(by_rail_alone(scenario, without=without), ("Rzeszów",), "Lviv", people=False).arrival.max()
        for without in ("transshipment", None)
    ]
    assert last == [pytest.approx(10, abs=1), pytest.approx(8.7, abs=1)]


@pytest.mark.parametrize(("brigades_a_port", "ports", "days"), [(1, 1, 8), (1, 4, 15), (3, 4, 31)])
def test_a_brigade_is_there_long_before_an_army(scenario: Scenario, brigades_a_port: int, ports: int, days: int) -> None:
    last = moved(scenario, WESTERN_PORTS[:ports] * brigades_a_port, "Rzeszów").arrival.max()
    assert last == pytest.approx(days, rel=0.1)
    assert last < ARMY_DAYS


@pytest.mark.slow
def test_twenty_brigades_take_as_long_as_the_army_of_the_yardstick(scenario: Scenario) -> None:
    assert moved(scenario, WESTERN_PORTS * 5, "Rzeszów").arrival.max() == pytest.approx(ARMY_DAYS, rel=0.1)


def test_the_page_says_what_came_out() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "deployment.md").read_text(encoding="utf-8")
    for figure in ("25.2 of 38", "6.7 days", "45 days for an army", "31 days", "48 days"):
        assert figure in page, figure
