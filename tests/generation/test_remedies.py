"""Remedies by hand, then as promises: what is said to close the gaps, added as real offers and planned anew, closes them."""

from collections import defaultdict
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generation.seeds import seeds
from tests.generation.test_reasons import line, offer, small_scenario
from tests.oracles.instances import SMALL, scenario_from_seed

from contingent.generation import generate
from contingent.generation.clock import Clock
from contingent.generation.decide import decide
from contingent.generation.problem import build_problem
from contingent.generation.remedies import beyond_remedy, further_offers, worth_of_one_more
from contingent.generation.remedies.covering import rounded_rows
from contingent.model.rows import Capability, Offer, UnitType
from contingent.model.scenario import Scenario
from contingent.plan import Plan, PlanOptions
from contingent.plan.plan import NOT_PROVEN

ROUNDING = 1e-6
"""Unit-days below this are rounding. [unit-days]"""

SEEDS = seeds(20, of=40)


def planned(scenario: Scenario) -> Plan:
    return generate(scenario, PlanOptions(method="exact"))


def rows(plan: Plan, table: str) -> list[tuple[Any, ...]]:
    return list(getattr(plan, table).iter_rows())


def test_three_units_on_a_cycle_of_three_hold_one_post() -> None:
    plan = planned(small_scenario(offers=(), lines=(line(),)))
    assert rows(plan, "remedies") == [("guard", "Guard", 3, 300, "1", 540.0, None)]
    assert rows(plan, "worth") == [("guard", "Guard", 1, 180.0, "1")]


def test_one_unit_serves_two_lines_in_turn() -> None:
    """Dwell of 1:2: the unit that held the first line for half a year is back when the second opens."""
    lines = (line("1", until_day=180), line("2", from_day=540))
    plan = planned(small_scenario(offers=(), lines=lines, days=720))
    assert rows(plan, "remedies") == [("guard", "Guard", 1, 100, "1;2", 360.0, None)]


def test_the_plan_stays_as_it_is_and_only_its_gap_is_closed() -> None:
    plan = planned(small_scenario(offers=(offer(quantity=2),), lines=(line(),)))
    assert [row[2:6] for row in rows(plan, "remedies")] == [(1, 100, "1", 180.0)]


def two_kinds(*, cheap: dict[str, float], dear: dict[str, float]) -> Scenario:
    """Guard duty by guards (100 people), or by two drones (30 people each) for one guard."""
    return small_scenario(
        offers=(), lines=(line(until_day=180),),
        unit_types=(
            UnitType(unit_type="guard", name="Guard", domain="land", echelon="company", personnel=100, **dear),
            UnitType(unit_type="drone", name="Drone", domain="air", echelon="flight", personnel=30, **cheap)),
        capabilities=(
            Capability(capability="guard_duty", unit_type="guard", effectiveness=1),
            Capability(capability="guard_duty", unit_type="drone", effectiveness=0.5)))


def test_without_costs_the_fewest_people_win() -> None:
    plan = planned(two_kinds(cheap={}, dear={}))
    assert rows(plan, "remedies") == [("drone", "Drone", 2, 60, "1", 180.0, None)]


def test_with_costs_the_cheapest_wins() -> None:
    """A guard costs 1000 and 180 days of 10; two drones cost twice 180 days of 20."""
    plan = planned(two_kinds(cheap={"daily_cost": 20.0}, dear={"daily_cost": 10.0, "tour_cost": 1000.0}))
    assert rows(plan, "remedies") == [("guard", "Guard", 1, 100, "1", 180.0, 2800.0)]


def test_a_cost_that_only_some_types_have_decides_nothing() -> None:
    plan = planned(two_kinds(cheap={"daily_cost": 1000.0}, dear={}))
    assert rows(plan, "remedies") == [("drone", "Drone", 2, 60, "1", 180.0, 360000.0)]


def test_what_no_unit_type_gives_is_named_and_not_closed() -> None:
    scenario = small_scenario(offers=(), lines=(line("1", capability="magic"), line("2")))
    problem = build_problem(scenario, None)
    assert further_offers(scenario, problem, {})["closes"].to_list() == ["2"]
    assert beyond_remedy(scenario, problem, {}) == ("1",)


def test_one_more_unit_is_worth_what_it_closes_of_the_chosen_priorities() -> None:
    """It would hold line 1 in the midst of them; asked for priority 2 alone, it stands on line 2 from the first day."""
    lines = (line("1", priority=1, from_day=150, until_day=180), line("2", priority=2, until_day=180))
    scenario = small_scenario(offers=(), lines=lines, days=180)
    problem = build_problem(scenario, None)
    worth = worth_of_one_more(scenario, problem, {}, priorities=[2])
    assert worth.select("priority", "unit_days", "lines").rows() == [(2, 180.0, "2")]
    assert worth_of_one_more(scenario, problem, {}, priorities=[3]).height == 0


def test_a_type_that_another_betters_in_all_is_left_out() -> None:
    """A drone does half of what a guard does, for more people: two guards and no drone close the gap of two."""
    kinds = (
        UnitType(unit_type="drone", name="Drone", domain="air", echelon="flight", personnel=130),
        UnitType(unit_type="guard", name="Guard", domain="land", echelon="company", personnel=100))
    gives = (
        Capability(capability="guard_duty", unit_type="drone", effectiveness=0.5),
        Capability(capability="guard_duty", unit_type="guard", effectiveness=1))
    lines = (line(quantity=2, until_day=180),)
    plan = planned(small_scenario(offers=(), lines=lines, unit_types=kinds, capabilities=gives))
    assert rows(plan, "remedies") == [("guard", "Guard", 2, 200, "1", 360.0, None)]


@given(
    st.lists(st.sampled_from([0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 1.0]), min_size=1, max_size=3),
    st.sampled_from([0.1, 0.3, 0.7, 1.0, 1.4, 2.0, 2.6]))
def test_rounded_rows_keep_all_whole_answers_and_no_others(shares: list[float], gap: float) -> None:
    """By trying all numbers of units up to those that one type needs alone."""
    share = np.array(shares)
    rounded = rounded_rows(share, gap)
    for units in np.ndindex(*[int(np.ceil(gap / one - ROUNDING)) + 1 for one in shares]):
        closed = share @ np.array(units) >= gap - ROUNDING
        assert closed == (rounded @ np.array(units) >= 1 - ROUNDING).all()


def test_priorities_can_be_chosen() -> None:
    scenario = small_scenario(offers=(), lines=(line("1", priority=1), line("2", quantity=2, priority=2)))
    problem = build_problem(scenario, None)
    assert further_offers(scenario, problem, {}, priorities=[2]).select("units", "closes").row(0) == (6, "2")
    assert further_offers(scenario, problem, {}, priorities=[3]).height == 0


@pytest.mark.parametrize("seed", range(8))
def test_once_the_time_is_over_every_gap_still_has_a_remedy_that_is_said_to_be_unproven(seed: int) -> None:
    scenario = scenario_from_seed(seed, SMALL)
    problem = build_problem(scenario, None)
    in_time, too_late = (further_offers(scenario, problem, {}, clock=Clock(limit)) for limit in (None, 1e-9))
    assert too_late.height == 0 or too_late["closes"].str.ends_with(NOT_PROVEN).all()
    assert lines_closed(too_late) == lines_closed(in_time)
    assert too_late["unit_days"].sum() == pytest.approx(in_time["unit_days"].sum())


def lines_closed(remedies: pl.DataFrame) -> set[str]:
    return {line for row in remedies["closes"] for line in row.split(";")} - {NOT_PROVEN}


def test_without_a_gap_there_is_nothing_to_remedy() -> None:
    plan = planned(small_scenario(offers=(offer(dwell_ratio=0),), lines=(line(),)))
    assert plan.remedies.height == plan.worth.height == 0


def test_one_more_unit_goes_where_the_first_priority_is_short() -> None:
    """It could stand 180 days on line 2 from the start, but line 1 lacks it for 30 days in the midst of them."""
    lines = (line("1", priority=1, from_day=150, until_day=180), line("2", priority=2, until_day=180))
    plan = planned(small_scenario(offers=(), lines=lines, days=180))
    assert rows(plan, "worth") == [("guard", "Guard", 1, 30.0, "1")]


def test_types_that_are_worth_most_come_first() -> None:
    lines = (line("1", capability="care", priority=1), line("2", priority=2))
    plan = planned(small_scenario(offers=(), lines=lines))
    assert [row[0] for row in rows(plan, "worth")] == ["medic", "guard"]
    assert [row[3] for row in rows(plan, "worth")] == [90.0, 180.0]


def as_offers(scenario: Scenario, units: dict[str, int]) -> Scenario:
    """The scenario with further units as real offers, of a nation that has no ceiling."""
    nation = scenario.nations[0].model_copy(update={"nation": "NEW", "personnel_ceiling": None})
    further = tuple(
        Offer(offer=f"NEW-{kind}", nation="NEW", unit_type=kind, quantity=quantity) for kind, quantity in units.items())
    return scenario.model_copy(update={"nations": (*scenario.nations, nation), "offers": (*scenario.offers, *further)})


def unfilled(scenario: Scenario) -> dict[int, float]:
    """Unit-days missing by priority in the best plan of a scenario."""
    plan = generate(scenario, PlanOptions(method="exact", remedies=False))
    return {priority: days - plan.filled_unit_days[priority] for priority, days in plan.required_unit_days.items()}


def held_by_anyone(scenario: Scenario) -> Scenario:
    """The scenario with every line free for several nations: a further unit is of whatever nation holds the line."""
    lines = tuple(row.model_copy(update={"hold": "any"}) for row in scenario.requirements)
    return scenario.model_copy(update={"requirements": lines})


def beyond_reach(scenario: Scenario, plan: Plan) -> dict[int, float]:
    """Unit-days of gap, by priority, on days that no tour on default terms can serve, and of what no unit type gives."""
    given = {row.capability for row in scenario.capabilities}
    terms, period = scenario.settings.defaults, scenario.settings.period_days
    beyond: dict[int, float] = defaultdict(float)
    for gap in plan.gaps.iter_rows(named=True):
        opens = scenario.requirement_by_line[gap["line"]].from_day
        for day in range(gap["from_day"], gap["until_day"]):
            first = max(opens, day - (terms.tour_days - terms.handover_days) + 1)
            served = any(start == opens or start % period == 0 for start in range(first, day + 1))
            if gap["capability"] not in given or not served:
                beyond[gap["priority"]] += gap["quantity"]
    return beyond


@pytest.mark.parametrize("seed", SEEDS)
def test_further_offers_close_every_gap_that_further_offers_can(seed: int) -> None:
    scenario = held_by_anyone(scenario_from_seed(seed, SMALL))
    plan = planned(scenario)
    beyond = beyond_reach(scenario, plan)
    left = unfilled(as_offers(scenario, dict(plan.remedies.select("unit_type", "units").iter_rows())))
    # Planned anew, the scenario's own units may move too, and close even what no further unit can.
    assert [left[priority] for priority in sorted(left)] <= [beyond[priority] + ROUNDING for priority in sorted(left)]


def fewest_people(scenario: Scenario, most: int) -> int | None:
    """The fewest people of further units that close the gaps of a plan of no offers, by trying every number of each type."""
    kinds = [kind for kind in scenario.unit_types if any(row.unit_type == kind.unit_type for row in scenario.capabilities)]
    given = {row.capability for row in scenario.capabilities}
    closable = scenario.model_copy(update={"requirements": tuple(r for r in scenario.requirements if r.capability in given)})
    beyond = sum(beyond_reach(closable, planned(closable)).values())
    best: int | None = None
    for counts in np.ndindex(*[most + 1] * len(kinds)):
        people = sum(count * kind.personnel for count, kind in zip(counts, kinds, strict=True))
        if best is not None and people >= best:
            continue
        units = {kind.unit_type: count for count, kind in zip(counts, kinds, strict=True) if count}
        if sum(unfilled(as_offers(closable, units)).values()) <= beyond + ROUNDING:
            best = people
    return best


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 6, 8, 9])
def test_no_smaller_set_closes_the_gaps(seed: int) -> None:
    """Every number of each type is tried and planned anew, on scenarios without offers, so that nothing else can move."""
    scenario = held_by_anyone(scenario_from_seed(seed, SMALL)).model_copy(update={"offers": (), "pins": ()})
    kinds = tuple(kind.model_copy(update={"daily_cost": None, "tour_cost": None}) for kind in scenario.unit_types[:2])
    rest = tuple(row for row in scenario.capabilities if row.unit_type in {kind.unit_type for kind in kinds})
    lines = tuple(row.model_copy(update={"quantity": min(row.quantity, 1)}) for row in scenario.requirements[:1])
    scenario = scenario.model_copy(update={"unit_types": kinds, "capabilities": rest, "requirements": lines})
    remedies = planned(scenario).remedies
    assert not remedies["closes"].str.contains(NOT_PROVEN).any()
    most = int(max(remedies["units"].to_list(), default=0))
    assert (fewest_people(scenario, most) or 0) == sum(remedies["people"].to_list())


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_unit_is_worth_no_more_than_planning_anew_with_it(seed: int) -> None:
    scenario = held_by_anyone(scenario_from_seed(seed, SMALL))
    problem = build_problem(scenario, None)
    worth = worth_of_one_more(scenario, problem, decide(problem, PlanOptions(method="exact")).counts)
    before = unfilled(scenario)
    for kind in worth["unit_type"].unique(maintain_order=True):
        after = unfilled(as_offers(scenario, {kind: 1}))
        said = dict(worth.filter(worth["unit_type"] == kind).select("priority", "unit_days").iter_rows())
        claimed = [said.get(priority, 0.0) for priority in sorted(before)]
        gained = [round(before[priority] - after[priority], 6) for priority in sorted(before)]
        assert gained >= [round(value - ROUNDING, 6) for value in claimed]


@pytest.mark.parametrize("seed", seeds(10, of=20))
def test_against_an_empty_plan_one_unit_is_worth_what_the_best_plan_of_it_fills(seed: int) -> None:
    scenario = held_by_anyone(scenario_from_seed(seed, SMALL)).model_copy(update={"offers": (), "pins": ()})
    worth = worth_of_one_more(scenario, build_problem(scenario, None), {})
    empty = unfilled(scenario)
    for kind in worth["unit_type"].unique(maintain_order=True):
        after = unfilled(as_offers(scenario, {kind: 1}))
        said = dict(worth.filter(worth["unit_type"] == kind).select("priority", "unit_days").iter_rows())
        assert {p: said.get(p, 0.0) for p in empty} == pytest.approx({p: empty[p] - after[p] for p in empty}, abs=ROUNDING)
