"""What a unit takes with it: by the rules of the page, and a brigade of them beside brigades that were moved."""

import math
from pathlib import Path

import pytest

from contingent import read_scenario
from contingent.model.scenario import Scenario

BRIGADE = {
    "brigade_headquarters": 1, "armoured_battlegroup": 2, "mechanised_battlegroup": 1, "artillery_battalion": 1,
    "engineer_battalion": 1, "logistics_battalion": 1, "medical_facility": 1,
}  # fmt: skip
"""An armoured brigade of four thousand, put together from unit types."""

WAGONS_2017, TROOPS_2017 = 900, 3_500
"""Over 900 wagons for some 3,500 troops of 3/4 ID (press, January 2017)."""

TRACKED_2018 = 87 + 140 + 18 + 395
"""Tracked vehicles of 1/1 CD, 3,300 troops (Defense News, May 2018)."""

TRAIN_M, FLAT_WAGON_M = 740, 19
VEHICLE_M, CONTAINER_M = 9, 6.5
CONTAINER_T = 10
"""A twenty-foot container with its load."""


@pytest.fixture(scope="module")
def doctrine() -> Scenario:
    return read_scenario("doctrine")


def total(doctrine: Scenario, column: str) -> float:
    return sum(number * getattr(doctrine.unit_type_by_name[unit_type], column) for unit_type, number in BRIGADE.items())


def test_every_unit_type_has_a_footprint(doctrine: Scenario):
    for row in doctrine.unit_types:
        values = (row.vehicles, row.weight_t, row.lane_m, row.rail_wagons, row.containers, row.outsized, row.marching)
        assert None not in values, row.unit_type
        assert any(values) == (row.moves != "sails"), row.unit_type


def test_vehicles_march_or_are_carried(doctrine: Scenario):
    for row in doctrine.unit_types:
        assert row.vehicles == (row.marching or 0) + (row.outsized or 0), row.unit_type


def test_lane_metres_and_wagons_follow_the_rules_of_the_page(doctrine: Scenario):
    """A heavy vehicle has a wagon, five others have two, three containers have one."""
    for row in doctrine.unit_types:
        heavy, wheeled, containers = row.outsized or 0, row.marching or 0, row.containers or 0
        assert row.rail_wagons == math.ceil(heavy + wheeled * 2 / 5 + containers / 3), row.unit_type
        assert row.lane_m == pytest.approx((heavy + wheeled) * VEHICLE_M + containers * CONTAINER_M, abs=0.5), row.unit_type


def test_weights_are_those_of_vehicles(doctrine: Scenario):
    """Nothing weighs more than a tank with its transporter, nothing less than a light truck."""
    for row in doctrine.unit_types:
        if row.vehicles:
            mean = ((row.weight_t or 0) - CONTAINER_T * (row.containers or 0)) / row.vehicles
            assert 5 <= mean <= 45, row.unit_type


def test_ships_sail_and_aircraft_fly(doctrine: Scenario):
    for row in doctrine.unit_types:
        flies = (row.domain == "air" and row.echelon == "detachment") or "helicopter" in row.unit_type
        expected = "sails" if row.echelon == "ship" else "flies" if flies else "carried"
        assert row.moves == expected, row.unit_type


def test_an_armoured_brigade_takes_the_wagons_of_the_one_that_was_counted(doctrine: Scenario):
    """960 wagons for 4,320 people; 900 were counted for 3,500: 7 per cent more in all, 14 per cent fewer a head."""
    wagons, people = total(doctrine, "rail_wagons"), total(doctrine, "personnel")
    assert wagons == pytest.approx(WAGONS_2017, rel=0.10)
    assert wagons / people == pytest.approx(WAGONS_2017 / TROOPS_2017, rel=0.15)


def test_an_armoured_brigade_takes_the_trains_of_the_yardstick(doctrine: Scenario):
    """Thirty-eight wagons make a train of 740 m; the brigade takes 26 of them, the yardstick is 24."""
    wagons_of_a_train = TRAIN_M // FLAT_WAGON_M
    assert wagons_of_a_train == 38
    assert math.ceil(WAGONS_2017 / wagons_of_a_train) == 24
    assert math.ceil(total(doctrine, "rail_wagons") / wagons_of_a_train) == 26


def test_it_has_three_in_four_of_the_tracks_and_all_of_the_wheels(doctrine: Scenario):
    """465 heavy vehicles beside 640 tracked ones, for older carriers on tracks are on wheels here; some 1,000 wheeled in both."""
    assert total(doctrine, "outsized") / TRACKED_2018 == pytest.approx(0.73, abs=0.02)
    assert total(doctrine, "marching") == pytest.approx(1_000, rel=0.05)


def test_it_fills_six_of_the_british_ships(doctrine: Scenario):
    assert math.ceil(total(doctrine, "lane_m") / 2_606) == 6


def test_seasons_and_activities_say_what_they_are(doctrine: Scenario):
    assert {row.supply for row in doctrine.seasons} == {"fuel", "water"}
    cold = next(row for row in doctrine.seasons if row.season == "winter" and row.supply == "water")
    assert cold.factor == pytest.approx(4.3 / 3.8, abs=0.005), "QM4923, cold against temperate"
    flown = {row.unit_type for row in doctrine.activities if row.flying_hours}
    assert flown == {row.unit_type for row in doctrine.unit_types if row.moves == "flies"}


def test_the_page_says_how_near_the_yardsticks_are():
    page = (Path(__file__).resolve().parents[2] / "docs" / "network.md").read_text(encoding="utf-8")
    for figure in ("960", "4,320", "26 trains", "465", "640"):
        assert figure in page, figure
