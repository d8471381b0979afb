"""What the mandate asks for, counted by hand from the sample: people, what is assumed, widest factors, missions, formations."""

import dataclasses

import polars as pl
import pytest
from tests.report.sample_mandate import MISSIONS, SIZED, mandated_plan
from tests.report.sample_plan import plan_of, sample_plan, sample_scenario

from contingent.io.scenario_reader import read_scenario
from contingent.pipeline import derive
from contingent.pipeline import size as size_of
from contingent.plan import empty_frame
from contingent.report.mandate import (
    arithmetic_alone,
    assumed_people,
    enough_from,
    force_size,
    formation_order,
    frameworks,
    hits,
    incursions,
    not_held,
    own_row,
    past_missions,
    sized_lines,
    widest_factors,
)
from contingent.report.words import headline


def test_the_fullest_day_is_found_by_counting_every_day():
    """People of sized lines by the frame, of typed lines by the strength of the first of the most effective types."""
    scenario, plan = mandated_plan()
    people = {row[0]: row[7] for row in SIZED}
    strength = {"infantry": 750, "armour": 900, "headquarters_division": 420, "fires": 520, "air_defence": 160, "engineers": 480,
                "logistics": 560, "medical": 110, "air_policing": 180, "air_refuelling": 90, "early_warning": 120,
                "mine_countermeasures": 45, "sea_patrol": 190}  # fmt: skip
    lines = [line for line in scenario.requirements if not line.option or "medium" in line.option]
    by_day = [
        sum(
            people.get(line.line, line.quantity * strength[line.capability])
            for line in lines
            if line.from_day <= day < (1800 if line.until_day is None else line.until_day)
        )
        for day in range(1800)
    ]
    size = force_size(scenario, plan)
    assert size is not None
    assert size.people == max(by_day) == 23_865
    assert size.day == by_day.index(max(by_day))
    assert sum(size.by_component.values()) == size.people
    assert size.by_component["support"] == 560
    assert size.by_component["maritime"] == 3 * 45 + 190 + 190


def test_people_rest_on_assumptions_by_their_task_or_by_a_factor():
    """North, south and supply are assumed tasks; police is a fact with an assumed factor; reserve and mines rest on none."""
    scenario, plan = mandated_plan()
    of_mandate = [line for line in sized_lines(scenario, plan) if line.task is not None]
    assert assumed_people(scenario, plan, of_mandate) == (5250 + 3000 + 560, 5250 + 3000 + 560 + 360)


def test_arithmetic_stands_without_the_factors_behind_it():
    assert arithmetic_alone(SIZED[0][8]) == "North: 146 km / 24 km per battalion = 6.08 → 7 × light battlegroup"
    assert arithmetic_alone("1,080 km2 -> 3 x ship; factors a 1; b 2") == "1\u202f080 km² → 3 × ship"
    assert arithmetic_alone(None) == ""


def test_a_factor_that_moves_nothing_is_not_among_the_widest():
    _, plan = mandated_plan()
    rows = widest_factors(plan)
    assert [row["width"] for row in rows] == [5250, 3750, 2250, 560, 180, 180]
    assert [row["factor"] for row in rows][:2] == ["frontage_km", "battalion_area_km2"]
    assert len(widest_factors(plan, 2)) == 2


def test_missions_are_close_or_near_by_a_factor_either_way():
    """By hand: 1.25, 0.39, 0.82, 0.43, 1.23 and 2.17 of what was sent."""
    _, plan = mandated_plan()
    past = past_missions(plan)
    assert len(past) == len(MISSIONS)
    assert hits(past, 1.5) == 3
    assert hits(past, 2.0) == 3
    assert hits(past, 2.2) == 4
    own = own_row(plan)
    assert own is not None
    assert own["sized"] == 23_865


def test_formations_come_as_a_tree_is_read():
    _, plan = mandated_plan()
    turned = dataclasses.replace(plan, formations=plan.formations.reverse())
    assert [(row["formation"], depth) for row, depth in formation_order(turned)] == [
        ("Force", 0), ("Air", 1), ("Bde South", 1), ("Bde North", 1),
    ]  # fmt: skip
    assert [row["formation"] for row in not_held(plan)] == ["Bde South"]
    assert [row["formation"] for row in frameworks(plan)] == ["Force"]


def test_a_formation_whose_parent_is_not_there_is_a_top_itself():
    _, plan = mandated_plan()
    alone = plan.formations.filter(pl.col("formation") != "Force")
    order = formation_order(dataclasses.replace(plan, formations=alone))
    assert [(row["formation"], depth) for row, depth in order] == [("Bde North", 0), ("Bde South", 0), ("Air", 0)]


def test_enough_counts_from_the_hour_after_which_it_never_fails():
    _, plan = mandated_plan()
    east, landing = incursions(plan)
    assert enough_from(east) == 72
    assert enough_from(landing) is None
    broken = [row | {"enough": enough} for row, enough in zip(east, (True, False, True, True, True), strict=True)]
    assert enough_from(broken) == 24


def test_headline_says_size_first_and_what_to_believe_after_what_is_held():
    scenario, plan = mandated_plan()
    said = headline(scenario, plan)
    assert said[0].replace("\u202f", " ") == (
        "The mandate of the medium force asks for some 23 900 people on its fullest day: 22 000 on land, 750 in the air, "
        "520 at sea and 560 in support."
    )
    assert said[1].startswith("Over about five years, eleven nations can hold")
    assert "“Length of line that one battalion holds” (24 km per battalion, assumption)" in said[2]
    assert "at 15 km per battalion it would be some 26\u202f900, at 40 km per battalion it would be some 21\u202f600" in said[2]
    assert said[2].endswith("three of six past missions come within a factor of two of what was sent.")


def test_without_a_mandate_nothing_is_said_of_it():
    scenario, plan = sample_plan()
    assert force_size(scenario, plan) is None
    assert headline(scenario, plan)[0].startswith("Over about five years")
    assert widest_factors(plan) == past_missions(plan) == incursions(plan) == not_held(plan) == []


@pytest.mark.parametrize("name", ["factors", "reach", "sensitivity", "backcast", "formations", "orbat", "adequacy"])
def test_a_frame_that_is_empty_leaves_the_rest_as_it_is(name: str):
    scenario, plan = mandated_plan()
    size = force_size(scenario, dataclasses.replace(plan, **{name: empty_frame(name)}))
    assert size == force_size(scenario, plan)


def test_nothing_asked_for_is_said_before_any_size():
    scenario = sample_scenario().model_copy(update={"requirements": ()})
    assert headline(scenario, plan_of(scenario, [])) == ["This requirement asks for nothing, so nothing was planned."]


@pytest.mark.parametrize("option", ["small", "medium", "large"])
def test_people_are_those_that_sizing_counts(option: str):
    """The report counts from the plan's frames, sizing from its own lines: both come to the same, component by component."""
    scenario = derive(read_scenario("reassurance"))
    sized = size_of(scenario)
    plan = dataclasses.replace(sample_plan()[1], option=option, sizing=sized.sizing(option))
    counted = force_size(scenario, plan)
    assert counted is not None
    assert dict(counted.by_component) | {"force": counted.people} == sized.people(option)
