"""Why gaps are gaps: the seven reasons in the smallest scenarios that have them, then against plans of relaxed scenarios."""

from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import polars as pl
import pytest
from tests.generation.relaxed import Starts, least_left_open, least_left_open_without_opening_more
from tests.generation.seeds import seeds
from tests.oracles.instances import SMALL, scenario_from_seed

from contingent.generation import generate
from contingent.generation.clock import Clock
from contingent.generation.problem import build_problem
from contingent.generation.reasons import explain_gaps, explain_unused
from contingent.generation.remedies.of_plan import counts_of
from contingent.model.rows import Capability, Defaults, Location, Nation, Offer, Pin, Requirement, UnitType
from contingent.model.rules import line_until
from contingent.model.scenario import Scenario, Settings
from contingent.plan import REASONS, Plan, PlanOptions, verify

NATIONS = ("FRA", "GBR", "POL")


def small_scenario(*, offers: tuple[Offer, ...], lines: tuple[Requirement, ...], days: int = 540, **changes: Any) -> Scenario:
    """Tours of 180 days, dwell 1:2, no handover; guards give guard duty, and nobody gives magic."""
    settings = Settings(
        title="Reasons", start_date=date(2027, 1, 1), horizon_days=days, period_days=30,
        defaults=Defaults(tour_days=180, dwell_ratio=2.0, handover_days=0))
    tables: dict[str, Any] = {
        "nations": tuple(Nation(nation=nation, name=nation) for nation in NATIONS),
        "unit_types": (
            UnitType(unit_type="guard", name="Guard", domain="land", echelon="company", personnel=100),
            UnitType(unit_type="medic", name="Medic", domain="land", echelon="company", personnel=50),
        ),
        "capabilities": (
            Capability(capability="guard_duty", unit_type="guard", effectiveness=1),
            Capability(capability="care", unit_type="medic", effectiveness=0.5),
        ),
        "locations": (Location(location="Land", country="HST"), Location(location="Field", within="Land")),
    }
    return Scenario(settings=settings, offers=offers, requirements=lines, **(tables | changes))


def offer(nation: str = "FRA", quantity: int = 1, **terms: Any) -> Offer:
    named = {"offer": f"{nation}-guard", "unit_type": "guard"} | terms
    return Offer(nation=nation, quantity=quantity, **named)


def line(name: str = "1", quantity: int = 1, **terms: Any) -> Requirement:
    return Requirement(line=name, quantity=quantity, **({"capability": "guard_duty", "location": "Field"} | terms))


def planned(scenario: Scenario) -> Plan:
    plan = generate(scenario, PlanOptions(method="exact", remedies=False))
    assert verify(scenario, plan) == ()
    return plan


def gaps_of(scenario: Scenario) -> list[tuple[Any, ...]]:
    """Return line, days, quantity and reason of each row of ``gaps``."""
    return list(planned(scenario).gaps.select("line", "from_day", "until_day", "quantity", "reason").iter_rows())


def details_of(scenario: Scenario) -> list[str]:
    return planned(scenario).gaps["detail"].to_list()


def test_a_capability_that_nobody_offers_is_not_offered() -> None:
    scenario = small_scenario(offers=(), lines=(line(quantity=2),))
    assert gaps_of(scenario) == [("1", 0, 540, 2.0, "not_offered")]
    assert details_of(scenario) == ["Line 1 is 2 units short from D+0: nobody offers it."]


def test_a_capability_that_no_unit_type_gives_is_not_offered() -> None:
    scenario = small_scenario(offers=(offer(),), lines=(line(capability="magic"),))
    assert gaps_of(scenario) == [("1", 0, 540, 1.0, "not_offered")]
    assert details_of(scenario)[0].endswith("nobody offers it, and no unit type of the scenario gives it.")


def test_the_only_offer_rules_the_place_out() -> None:
    scenario = small_scenario(offers=(offer("POL", 6, excluded_locations=("HST",)),), lines=(line(quantity=2),))
    assert gaps_of(scenario) == [("1", 0, 540, 2.0, "caveat")]
    assert details_of(scenario) == ["Line 1 is 2 units short from D+0: POL offers 6 units, and rules out HST."]


def test_the_only_offer_rules_the_task_out() -> None:
    scenario = small_scenario(offers=(offer("POL", 3, excluded_tasks=("raid",)),), lines=(line(task="raid"),))
    assert gaps_of(scenario) == [("1", 0, 540, 1.0, "caveat")]


@pytest.mark.parametrize("dwell_ratio", [0.0, 2.0])
def test_units_with_notice_are_not_ready_before_it_has_run(dwell_ratio: float) -> None:
    """Whatever the dwell: what keeps the first 90 days empty is the notice."""
    scenario = small_scenario(offers=(offer(notice_days=90, dwell_ratio=dwell_ratio),), lines=(line(),), days=270)
    assert gaps_of(scenario) == [("1", 0, 90, 1.0, "not_ready")]
    assert details_of(scenario) == ["Line 1 is 1 unit short from D+0: 1 unit of FRA is not ready before D+90."]


def test_an_offer_that_ends_leaves_a_gap_of_not_ready() -> None:
    scenario = small_scenario(offers=(offer(until_day=180, dwell_ratio=0),), lines=(line(),))
    assert gaps_of(scenario) == [("1", 180, 540, 1.0, "not_ready")]
    assert details_of(scenario) == ["Line 1 is 1 unit short from D+180: 1 unit of FRA is offered until D+180 only."]


def test_a_window_shorter_than_a_tour_is_not_ready() -> None:
    scenario = small_scenario(offers=(offer(until_day=100, dwell_ratio=0),), lines=(line(),), days=180)
    assert [gap[-1] for gap in gaps_of(scenario)] == ["not_ready"]


def test_one_unit_on_a_cycle_of_three_is_in_dwell_for_two_thirds() -> None:
    scenario = small_scenario(offers=(offer(),), lines=(line(),))
    ((_, start, until, quantity, reason),) = gaps_of(scenario)
    assert (until - start, quantity, reason) == (360, 1.0, "in_dwell")


def test_dwell_of_two_leaves_one_rotation_in_three_unfilled() -> None:
    """Two units on a 1:2 cycle cover two rotations of three; the third is reported as in_dwell."""
    gaps = gaps_of(small_scenario(offers=(offer(quantity=2),), lines=(line(),)))
    assert {gap[-1] for gap in gaps} == {"in_dwell"}
    assert sum(until - start for _, start, until, _, _ in gaps) == 180


def test_a_unit_that_has_done_all_its_tours_is_in_dwell() -> None:
    scenario = small_scenario(offers=(offer(dwell_ratio=0, max_tours=1),), lines=(line(until_day=180), line("2", from_day=180)))
    assert {gap[-1] for gap in gaps_of(scenario)} == {"in_dwell"}
    assert "done all tours" in details_of(scenario)[-1]


def test_a_line_of_lower_priority_is_outranked() -> None:
    lines = (line("1", priority=1), line("2", priority=2))
    scenario = small_scenario(offers=(offer(dwell_ratio=0),), lines=lines)
    assert gaps_of(scenario) == [("2", 0, 540, 1.0, "outranked")]
    assert details_of(scenario) == ["Line 2 is 1 unit short from D+0: units that fit serve line 1 (priority 1)."]


def lines_of_two_priorities() -> Scenario:
    lines = (line("1", priority=2, until_day=180), line("2", priority=3, until_day=180))
    return small_scenario(offers=(offer(dwell_ratio=0),), lines=lines, days=180)


def test_no_line_is_outranked_by_a_lower_one() -> None:
    """The one guard stands on the line of priority 3: that of priority 2 is short because nobody found the better plan."""
    scenario = lines_of_two_priorities()
    problem = build_problem(scenario, None)
    arc = problem.arc_line.tolist().index(1)
    gaps = explain_gaps(scenario, problem, {(arc, 0): 1})
    assert gaps["line"].to_list() == ["1"]
    assert "a better plan exists" in gaps["detail"][0]


def test_a_pin_on_a_lower_line_goes_before() -> None:
    scenario = lines_of_two_priorities().model_copy(update={"pins": (Pin(offer="FRA-guard", line="2", from_day=0),)})
    assert gaps_of(scenario) == [("1", 0, 180, 1.0, "outranked")]
    assert details_of(scenario) == ["Line 1 is 1 unit short from D+0: units that fit serve line 2 (pinned)."]


def test_a_unit_that_must_be_rested_for_a_higher_line_is_outranked() -> None:
    """Sent on D+0 it would not be back for the line that goes before, on D+90."""
    lines = (line("1", priority=1, from_day=90, until_day=270), line("2", priority=2, until_day=60))
    scenario = small_scenario(offers=(offer(),), lines=lines, days=270)
    assert gaps_of(scenario) == [("2", 0, 60, 1.0, "outranked")]
    assert details_of(scenario) == [
        "Line 2 is 1 unit short from D+0: units that fit must be rested in time for line 1 (priority 1)."]


def test_a_unit_whose_only_tour_goes_to_a_higher_line_has_done_it() -> None:
    """It may go once, and goes to line 1, long after line 2 has closed."""
    lines = (line("1", priority=1, from_day=540), line("2", priority=2, until_day=60))
    scenario = small_scenario(offers=(offer(dwell_ratio=0, max_tours=1),), lines=lines, days=720)
    assert gaps_of(scenario) == [("2", 0, 60, 1.0, "in_dwell")]
    assert details_of(scenario) == [
        "Line 2 is 1 unit short from D+0: 1 unit that fits has done all tours that the offer allows."]


def test_several_reasons_are_told_to_be_needed_together() -> None:
    offers = (offer("POL", 1, excluded_locations=("Land",), max_tours=0),)
    scenario = small_scenario(offers=offers, lines=(line(until_day=180),))
    (detail,) = details_of(scenario)
    assert detail.startswith("Line 1 is 1 unit short from D+0, for 2 reasons together: POL offers 1 unit, and rules out Land; ")


def test_a_ceiling_below_two_units_keeps_the_second_at_home() -> None:
    nations = (Nation(nation="FRA", name="France", personnel_ceiling=150),)
    scenario = small_scenario(offers=(offer(quantity=2, dwell_ratio=0),), lines=(line(quantity=2),), nations=nations)
    assert gaps_of(scenario) == [("1", 0, 540, 1.0, "ceiling")]
    assert details_of(scenario) == ["Line 1 is 1 unit short from D+0: FRA has 100 of at most 150 people deployed."]


def test_two_nations_cannot_share_a_line_that_one_must_hold() -> None:
    offers = (offer("FRA", dwell_ratio=0), offer("GBR", dwell_ratio=0))
    scenario = small_scenario(offers=offers, lines=(line(quantity=2, hold="one_nation"),))
    assert gaps_of(scenario) == [("1", 0, 540, 1.0, "one_nation")]
    assert "one nation must hold it throughout" in details_of(scenario)[0]


def test_a_gap_of_three_has_the_number_short_for_each_reason() -> None:
    """Nobody has the third unit; the other two need a caveat lifted (one of them) and no dwell besides."""
    offers = (offer("POL", 2, excluded_locations=("Land",), max_tours=0),)
    scenario = small_scenario(offers=offers, lines=(line(quantity=3, until_day=180),))
    assert gaps_of(scenario) == [("1", 0, 180, 2.0, "caveat;in_dwell"), ("1", 0, 180, 1.0, "not_offered")]


def test_half_a_unit_is_half_a_gap() -> None:
    offers = (offer("GBR", 1, offer="GBR-medic", unit_type="medic", dwell_ratio=0),)
    scenario = small_scenario(offers=offers, lines=(line(capability="care", quantity=1),))
    assert gaps_of(scenario) == [("1", 0, 540, 0.5, "not_offered")]


def test_what_handovers_leave_open_is_not_offered() -> None:
    """One unit that never rests begins on D+0, D+180 and D+360, and hands over to nobody on the last 15 days of each tour."""
    scenario = small_scenario(offers=(offer(dwell_ratio=0, handover_days=15),), lines=(line(),))
    assert gaps_of(scenario) == [("1", until - 15, until, 1.0, "not_offered") for until in (180, 360, 540)]


def test_another_nation_could_hold_the_line_if_it_lifted_its_caveat() -> None:
    offers = (offer("FRA", dwell_ratio=0), offer("POL", 2, dwell_ratio=0, excluded_locations=("HST",)))
    scenario = small_scenario(offers=offers, lines=(line(quantity=2, hold="one_nation"),))
    assert gaps_of(scenario) == [("1", 0, 540, 1.0, "caveat")]


def test_lines_without_a_gap_have_no_row() -> None:
    plan = planned(small_scenario(offers=(offer(dwell_ratio=0),), lines=(line(),)))
    assert plan.gaps.height == 0
    assert plan.gaps.columns[:2] == ["line", "capability"]


def test_nothing_at_all_is_explained_by_nothing() -> None:
    plan = planned(small_scenario(offers=(), lines=()))
    assert plan.gaps.equals(pl.DataFrame(schema=plan.gaps.schema))


def test_a_gap_that_no_rule_explains_is_not_hidden() -> None:
    """A plan that leaves a free unit at home is not the best one, and says so."""
    scenario = small_scenario(offers=(offer(dwell_ratio=0),), lines=(line(),))
    problem = build_problem(scenario, None)
    gaps = explain_gaps(scenario, problem, {})
    assert gaps.select("from_day", "until_day", "quantity").rows() == [(0, 540, 1.0)]
    assert "a better plan exists" in gaps["detail"][0]
    unused = explain_unused(scenario, problem, {})
    assert unused.select("offered", "unused", "reason").rows() == [(1, 1, "overlooked")]


def unused_of(scenario: Scenario) -> list[tuple[Any, ...]]:
    return list(planned(scenario).unused.select("offer", "unused", "reason", "detail").iter_rows())


def test_an_offer_that_no_line_asks_for() -> None:
    scenario = small_scenario(offers=(offer(unit_type="medic", quantity=3),), lines=(line(quantity=0),))
    assert unused_of(scenario) == [("FRA-guard", 3, "no_line", "No line asks for what a unit of type medic gives.")]


def test_an_offer_that_rules_out_a_line_that_is_short() -> None:
    scenario = small_scenario(offers=(offer("POL", 2, excluded_locations=("Land",)),), lines=(line(),))
    assert unused_of(scenario) == [("POL-guard", 2, "caveat", "Line 1 is short, but POL rules out Land.")]


def test_an_offer_that_rules_out_every_line_although_they_are_filled() -> None:
    offers = (offer("FRA", dwell_ratio=0), offer("POL", excluded_locations=("Land",)))
    scenario = small_scenario(offers=offers, lines=(line(),))
    assert unused_of(scenario) == [
        ("POL-guard", 1, "caveat", "POL rules out Land, and with it every line that asks for such a unit.")]


def test_an_offer_whose_window_no_tour_fits() -> None:
    offers = (offer("FRA", dwell_ratio=0), offer("GBR", available_day=30, until_day=100))
    scenario = small_scenario(offers=offers, lines=(line(),))
    assert unused_of(scenario) == [
        ("GBR-guard", 1, "not_ready", "No tour of 180 days fits between D+30 and D+100 while a line asks for such a unit.")]


def test_an_offer_that_nobody_needs() -> None:
    scenario = small_scenario(offers=(offer("FRA", 3, dwell_ratio=0),), lines=(line(until_day=180),))
    assert unused_of(scenario) == [("FRA-guard", 2, "not_needed", "Line 1 is filled without it whenever it could go.")]


def test_an_offer_that_is_ready_when_the_gap_is_over_is_not_needed() -> None:
    offers = (offer("FRA", notice_days=30, dwell_ratio=0), offer("GBR", notice_days=60, dwell_ratio=0))
    ((_, units, reason, detail),) = unused_of(small_scenario(offers=offers, lines=(line(),), days=210))
    assert (units, reason) == (1, "not_needed")
    assert detail.startswith("Line 1 is filled without it whenever it could go, from D+")


def test_an_offer_that_would_pass_the_ceiling() -> None:
    nations = (Nation(nation="FRA", name="France", personnel_ceiling=150),)
    scenario = small_scenario(offers=(offer(quantity=2),), lines=(line(quantity=2, until_day=180),), nations=nations)
    assert unused_of(scenario) == [
        ("FRA-guard", 1, "ceiling", "Line 1 is short, but FRA would pass its ceiling of 150 people deployed.")]


def test_an_offer_for_a_line_that_another_nation_must_hold_alone() -> None:
    offers = (offer("FRA", 2, dwell_ratio=0), offer("GBR", dwell_ratio=0))
    scenario = small_scenario(offers=offers, lines=(line(quantity=3, hold="one_nation"),))
    assert unused_of(scenario) == [("GBR-guard", 1, "one_nation", "Line 1 is short, but FRA must hold it alone.")]


@cache
def plan_of(seed: int) -> tuple[Scenario, Plan, Starts]:
    """The best plan of a random scenario, and its tours counted."""
    scenario = scenario_from_seed(seed, SMALL)
    plan = generate(scenario, PlanOptions(method="exact", remedies=False))
    return scenario, plan, dict(Counter(plan.tours.select("offer", "line", "from_day").iter_rows()))


def beside(gaps: pl.DataFrame, row: dict[str, Any], day: int) -> float:
    """Units short on the line on a day for other reasons than a row's."""
    rows = gaps.filter(pl.col("line") == row["line"], pl.col("from_day") <= day, pl.col("until_day") > day)
    return float(rows["quantity"].sum()) - row["quantity"]


@pytest.mark.parametrize("seed", seeds(30, of=60))
def test_relaxing_the_rules_that_are_named_closes_the_gap(seed: int) -> None:
    """In the tables themselves: with the named kinds of rule taken out, tours can be found that close what is laid to them."""
    scenario, plan, starts = plan_of(seed)
    for row in plan.gaps.filter(pl.col("reason") != "not_offered").iter_rows(named=True):
        days = range(row["from_day"], row["until_day"])
        allowed = max(beside(plan.gaps, row, day) for day in days)
        left = least_left_open(scenario, starts, row["line"], days, set(row["reason"].split(";")), allowed=allowed)
        assert left == pytest.approx(0, abs=1e-6), row["detail"]


@pytest.mark.parametrize("seed", seeds(30, of=60))
def test_what_is_not_offered_stays_open_whatever_is_relaxed(seed: int) -> None:
    """At least what all offers together lack, and what the line's tours leave open when every rule is out of the tables.

    It is more only where that least would open gaps on other days; then it is no more than what is least without that.
    """
    scenario, plan, starts = plan_of(seed)
    lost: Counter[str] = Counter()
    for row in plan.gaps.filter(pl.col("reason") == "not_offered").iter_rows(named=True):
        lost[row["line"]] += row["unit_days"]
    for name in plan.gaps["line"].unique(maintain_order=True):
        row = scenario.requirement_by_line[name]
        days = range(row.from_day, line_until(scenario, row))
        offered = sum(scenario.effectiveness.get((row.capability, one.unit_type), 0) * one.quantity for one in scenario.offers)
        assert lost[name] >= max(0, row.quantity - offered) * len(days) - 1e-6
        least = least_left_open(scenario, starts, name, days, set(REASONS), allowed=0)
        assert lost[name] >= least - 1e-6
        if lost[name] > least + 1e-6:
            assert lost[name] <= least_left_open_without_opening_more(scenario, starts, name, set(REASONS)) + 1e-6


@pytest.mark.parametrize("count", [30, pytest.param(60, marks=pytest.mark.slow)])
def test_an_exact_plan_overlooks_nothing(count: int) -> None:
    for seed in range(count):
        _, plan, _ = plan_of(seed)
        assert not plan.gaps["detail"].str.contains("a better plan exists").any()
        assert not plan.unused["reason"].str.contains("overlooked").any()


@pytest.mark.parametrize("seed", seeds(15, of=30))
def test_gaps_have_reasons_that_hold_although_the_time_is_up(seed: int) -> None:
    """The same gaps, each with kinds of rule that close it when taken out, and the remark that no more was looked for."""
    scenario, plan, starts = plan_of(seed)
    problem = build_problem(scenario, None)
    gaps = explain_gaps(scenario, problem, counts_of(problem, plan.tours), Clock(0.0))
    per_line = [rows.group_by("line").agg(pl.col("unit_days").sum()).sort("line") for rows in (gaps, plan.gaps)]
    assert per_line[0]["line"].to_list() == per_line[1]["line"].to_list()
    assert per_line[0]["unit_days"].to_list() == pytest.approx(per_line[1]["unit_days"].to_list())
    for row in gaps.iter_rows(named=True):
        assert "nobody offers it" in row["detail"] or "not searched further because of the time limit" in row["detail"]
        if row["reason"] != "not_offered":
            days = range(row["from_day"], row["until_day"])
            allowed = max(beside(gaps, row, day) for day in days)
            left = least_left_open(scenario, starts, row["line"], days, set(row["reason"].split(";")), allowed=allowed)
            assert left == pytest.approx(0, abs=1e-6), row["detail"]
