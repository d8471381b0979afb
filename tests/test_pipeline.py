"""The order of the stages: what `make_plan`, `remedies` and `verify` promise, whatever the stages find."""

from dataclasses import replace
from typing import Any

import pytest
from tests.plan import hand_made

from contingent.comparison import compare
from contingent.errors import BadPlan, UnknownName
from contingent.io.scenario_reader import read_scenario
from contingent.model.rows import Pin, PoolEntry, Release, Requirement, Yield
from contingent.model.scenario import Scenario
from contingent.pipeline import checked_options, derive, make_plan, remedies, verify
from contingent.plan import PlanOptions

NO_REMEDIES = PlanOptions(remedies=False)


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    return read_scenario("tiny")


def test_a_derived_scenario_knows_its_offers_by_name() -> None:
    """Also where names were looked up before the pool was derived."""
    given = read_scenario("reassurance")
    assert len(given.offer_by_name) == len(given.offers)
    derived = derive(given)
    assert len(derived.offers) > len(given.offers)
    assert list(derived.offer_by_name) == [offer.offer for offer in derived.offers]


def test_deriving_twice_is_deriving_once() -> None:
    derived = derive(read_scenario("reassurance"))
    assert derive(derived).fingerprint() == derived.fingerprint()


def test_the_plan_of_the_hand_made_scenario_is_as_good_as_the_one_made_by_hand() -> None:
    """180 unit-days stay empty whatever is done: three guards, each home for as long as away."""
    plan = make_plan(hand_made.scenario(), replace(NO_REMEDIES, option="small"))
    by_hand = hand_made.plan()
    assert plan.required_unit_days == by_hand.required_unit_days
    assert plan.filled_unit_days[2] == by_hand.filled_unit_days[2]
    assert plan.filled_unit_days[1] >= by_hand.filled_unit_days[1]
    assert plan.tours["pinned"].sum() == 1
    assert verify(hand_made.scenario(), plan) == ()


def test_one_seed_gives_one_plan(tiny: Scenario) -> None:
    one, other = (make_plan(tiny, replace(NO_REMEDIES, seed=7)) for _ in range(2))
    assert compare(one, other).is_empty
    assert one.tours.equals(other.tours)
    assert one.provenance == other.provenance


def test_verify_takes_the_scenario_as_it_was_read() -> None:
    """Offers that come from the pool are derived again; nobody has to keep the derived scenario."""
    given = hand_made.scenario(
        offers=hand_made.scenario().offers[1:],
        pins=(),
        pool=(PoolEntry(entry="A1", nation="ALF", name="Guards", formation_type="regiment", domain="land"),),
        yields=(Yield(formation_type="regiment", unit_type="guard", quantity=2),),
        releases=(Release(release="all", share=1),),
    )
    plan = make_plan(given, replace(NO_REMEDIES, option="small"))
    assert {"ALF-guard", "BRV-guard"} <= set(plan.tours["offer"])
    assert verify(given, plan) == ()
    assert verify(derive(given), plan) == ()


def test_the_default_option_is_planned_where_none_is_named() -> None:
    scenario = hand_made.scenario()
    settings = scenario.settings.model_copy(update={"default_option": "small"})
    assert checked_options(scenario.model_copy(update={"settings": settings}), PlanOptions()).option == "small"
    assert checked_options(scenario, PlanOptions()).option is None


@pytest.mark.parametrize(("option", "words"), [("smal", "Nearest: 'small'. Options: big, small."), ("", "Options: big, small.")])
def test_an_option_that_is_not_there_is_told_with_the_nearest(option: str, words: str) -> None:
    with pytest.raises(UnknownName, match=words):
        make_plan(hand_made.scenario(), PlanOptions(option=option))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (PlanOptions(time_limit=0), "time_limit"),
        (PlanOptions(time_limit=float("inf")), "time_limit"),
        (PlanOptions(gap=-1), "gap"),
        (PlanOptions(gap=float("nan")), "gap"),
    ],
)
def test_limits_that_make_no_sense_are_refused(options: PlanOptions, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make_plan(hand_made.scenario(), options)


def guards_wanted() -> Scenario:
    """Nobody offers a guard, who would be away 180 days and home 180; of three lines, one comes after the others."""
    common: dict[str, Any] = {"capability": "guard_duty", "location": "Field"}
    lines = (
        Requirement(line="1", quantity=1, priority=1, until_day=180, **common),
        Requirement(line="2", quantity=2, priority=2, until_day=180, **common),
        Requirement(line="3", quantity=1, priority=3, from_day=360, until_day=540, **common),
    )
    scenario = hand_made.scenario(offers=(), pins=(), requirements=lines, capabilities=hand_made.scenario().capabilities[:1])
    return scenario.model_copy(update={"settings": scenario.settings.model_copy(update={"horizon_days": 540})})


@pytest.mark.parametrize(
    ("priorities", "units", "closes", "worth"),
    [
        (None, 3, "1;2;3", {1: 180.0, 3: 180.0}),
        ([1], 1, "1", {1: 180.0}),
        ([2], 2, "2", {2: 180.0}),
        ([1, 3], 1, "1;3", {1: 180.0, 3: 180.0}),
        ([3, 2], 2, "2;3", {2: 180.0, 3: 180.0}),
    ],
)
def test_the_gaps_of_the_chosen_priorities_are_closed_and_no_others(
    priorities: list[int] | None, units: int, closes: str, worth: dict[int, float]
) -> None:
    """The guard of line 1 is back for line 3; line 2 takes two more. One more unit is worth what it closes of those chosen."""
    found = remedies(guards_wanted(), priorities=priorities)
    assert found.remedies.select("unit_type", "units", "closes").rows() == [("guard", units, closes)]
    assert dict(found.worth.select("priority", "unit_days").iter_rows()) == worth


def test_remedies_are_for_the_gaps_that_the_plan_of_the_whole_option_reports() -> None:
    """Units that a lower line has stay with it, and pins on lines of other priorities do no harm."""
    pins = (*hand_made.scenario().pins, Pin(offer="CHL-drone", line="L2", from_day=90))
    lines = tuple(row.model_copy(update={"quantity": 5}) for row in hand_made.scenario().requirements)
    scenario = hand_made.scenario(requirements=lines, pins=pins)
    plan = make_plan(scenario, replace(NO_REMEDIES, option="small"))
    found = remedies(scenario, PlanOptions(option="small"), priorities=[1])
    assert found.remedies["closes"].to_list() == ["L1"]
    reported = plan.gaps.filter(plan.gaps["priority"] == 1)["unit_days"].sum()
    assert found.remedies["unit_days"].sum() == pytest.approx(reported)
    again = remedies(scenario, priorities=[1], plan=plan)
    assert again.remedies.equals(found.remedies)
    assert again.worth.equals(found.worth)


def test_a_plan_of_another_scenario_has_no_remedies() -> None:
    with pytest.raises(BadPlan):
        remedies(guards_wanted(), plan=hand_made.plan())
