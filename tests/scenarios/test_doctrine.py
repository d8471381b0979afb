"""The planning factors that every scenario is laid over: complete, ranged, sourced or marked, worked out as their sources say."""

import math
import re

import pytest

from contingent import read_scenario
from contingent.model.mandate import Factor
from contingent.model.scenario import Scenario
from contingent.network.factors import DEFAULTS
from contingent.sizing.command import command_control
from contingent.sizing.option import METHODS

POUND_KG, GALLON_L = 0.45359237, 3.785411784
PACKAGED_PER_PERSON_LB = {
    "rations": 9.39, "clothing and equipment": 1.6, "packed oil and grease": 1.2, "construction and barrier material": 3.962,
    "personal goods": 2.06,
}
"""US Army ATP 4-90, table C-1. [lb/day]"""

OF_OTHER_STAGES = {"notice_to_march_h", "supply_losses"} | (set(DEFAULTS) - {"march_speed_kmh"})
"""Factors that adequacy, sustainment and the network read."""

DEMANDS = {"all", "observation", "robust", "enforcement", "guard", "hospital"}
"""What a factor of doctrine may hold for. None is a mission, a task or an option."""


@pytest.fixture(scope="module")
def doctrine() -> Scenario:
    return read_scenario("doctrine")


def value(doctrine: Scenario, factor: str, scope: str = "all") -> float:
    return next(row.value for row in doctrine.factors if (row.factor, row.scope) == (factor, scope))


def described() -> set[str]:
    """Every factor that the docstring of a method names."""
    names: set[str] = set()
    for method in (*METHODS.values(), command_control):
        for told in re.findall(r"Factors: (.*?)\.\s", (method.__doc__ or "") + " ", flags=re.DOTALL):
            names |= {name for name in re.findall(r"[a-z0-9_]+", re.sub(r"\(.*?\)", "", told)) if "_" in name or name == "shifts"}
    return names


# ------------------------------------------------------------------------------------------------------------ all are there

def test_every_factor_that_a_method_describes_has_a_general_row_and_no_row_is_idle(doctrine: Scenario):
    general = {row.factor for row in doctrine.factors if row.scope == "all"}
    assert len(described()) > 60
    assert described() - general == set()
    assert {row.factor for row in doctrine.factors} - described() == OF_OTHER_STAGES


def test_a_scenario_without_factors_of_movement_moves_as_the_doctrine_says(doctrine: Scenario):
    assert {name: value(doctrine, name) for name in DEFAULTS} == DEFAULTS


def test_no_factor_is_made_for_a_mission_a_task_or_an_option(doctrine: Scenario):
    assert {row.scope for row in doctrine.factors} == DEMANDS


def test_every_factor_has_a_range_around_its_value_or_follows_from_a_name(doctrine: Scenario):
    for row in doctrine.factors:
        if row.low is None or row.high is None:
            assert row.status == "derived", row
        else:
            assert row.low <= row.value <= row.high, row
            assert row.low < row.high or row.status == "derived", row


def test_every_factor_is_sourced_or_says_why_it_is_not(doctrine: Scenario):
    known = {row.reference for row in doctrine.references}
    cited: set[str] = set()
    for row in (*doctrine.factors, *doctrine.consumption, *doctrine.cycles, *doctrine.policies, *doctrine.sensors):
        keys = set(re.findall(r"\[([a-z0-9-]+)\]", row.source or ""))
        cited |= keys
        if row.status == "sourced":
            assert keys, row
        if row.status == "assumption":
            assert (row.source or "").startswith("Assumption: "), row
    assert cited - known == set()
    types = {key for row in doctrine.unit_types for key in re.findall(r"\[([a-z0-9-]+)\]", row.source or "")}
    assert known - cited - types == set()


def test_every_unit_type_has_a_profile_and_each_profile_is_used(doctrine: Scenario):
    profiles = {row.profile for row in doctrine.consumption}
    assert {row.consumption for row in doctrine.unit_types} == profiles - {"all"}


def test_battlegroups_count_as_battalions_and_a_company_as_a_quarter(doctrine: Scenario):
    for row in doctrine.unit_types:
        expected = 1 if row.echelon == "battlegroup" else 0.25 if row.unit_type == "infantry_company" else None
        assert row.battalions == expected, row.unit_type


# ------------------------------------------------------------------------------------ what is worked out, worked out by hand

@pytest.mark.parametrize("supply", PACKAGED_PER_PERSON_LB)
def test_supplies_are_those_of_the_manual_in_kilograms(doctrine: Scenario, supply: str):
    found = [row.kg_per_day for row in doctrine.consumption if row.supply == supply]
    assert found == [pytest.approx(PACKAGED_PER_PERSON_LB[supply] * POUND_KG, abs=0.001)]


def test_water_is_what_sustains_at_division_level(doctrine: Scenario):
    found = [row.litres_per_day for row in doctrine.consumption if row.supply == "water"]
    assert found == [pytest.approx(3.8 * GALLON_L, abs=0.01)]


def test_fuel_weighs_what_diesel_weighs(doctrine: Scenario):
    for row in doctrine.consumption:
        if row.supply == "fuel":
            assert row.kg_per_day == pytest.approx(0.84 * (row.litres_per_day or 0)), row


def honeycomb_km2(hours: float, doctrine: Scenario) -> float:
    """Area of the hexagon whose corners are reached by road within the hours. [km2]"""
    reach = hours * value(doctrine, "march_speed_kmh") / value(doctrine, "road_detour")
    return 3 * math.sqrt(3) / 2 * reach**2


def test_the_area_of_a_battalion_is_two_hours_by_road(doctrine: Scenario):
    row = next(row for row in doctrine.factors if (row.factor, row.scope) == ("battalion_area_km2", "all"))
    assert row.value == pytest.approx(honeycomb_km2(2, doctrine), rel=0.03)
    assert row.low == pytest.approx(honeycomb_km2(1.5, doctrine), rel=0.03)
    assert row.high == pytest.approx(honeycomb_km2(3, doctrine), rel=0.03)
    assert value(doctrine, "battalion_area_km2", "robust") == pytest.approx(4 * honeycomb_km2(0.5, doctrine), rel=0.03)


def test_admissions_are_the_hospital_stays_of_the_study(doctrine: Scenario):
    """84.4 stays in 1,000 person-years; low is 414 of some 10,800 people in the 366 days of 1996."""
    row: Factor = next(row for row in doctrine.factors if (row.factor, row.scope) == ("admissions_per_1000_day", "all"))
    assert row.value == pytest.approx(84.4 / 365.25, abs=0.005)
    assert row.low == pytest.approx(414 / 10.8 / 366, abs=0.01)


def test_instructors_are_those_of_the_year_that_was_counted(doctrine: Scenario):
    """17,000 recruits of five weeks are 1,630 at once; a thousand people ran it, seven in ten of them instructing."""
    at_once = 17_000 * value(doctrine, "course_days") / 365
    assert at_once == pytest.approx(1_630, abs=1)
    expected = at_once / 1_000 / value(doctrine, "instructor_share")
    assert value(doctrine, "trainees_per_instructor") == pytest.approx(expected, abs=0.05)


def test_a_company_clears_what_one_machine_clears_in_eight_hours(doctrine: Scenario):
    assert value(doctrine, "eod_clearance_km2_per_day") == pytest.approx(2_400 * 8 / 1e6, abs=0.001)
