"""What an offer is worth before it is made: by hand, and held against exhaustive search of the plan that is made with it."""

from fractions import Fraction

import pytest
from tests.oracles import exhaustive
from tests.oracles.instances import TINY, scenario_from_seed
from tests.oracles.reading import read_problem

from contingent.generation import generate
from contingent.generation.trial import OfferTrial, try_offer
from contingent.io import read_scenario
from contingent.model.rows import Offer
from contingent.model.scenario import Scenario
from contingent.plan import Plan, PlanOptions

OPTIONS = PlanOptions(remedies=False)


@pytest.fixture(scope="module")
def tiny() -> tuple[Scenario, Plan]:
    scenario = read_scenario("tiny")
    return scenario, generate(scenario, OPTIONS)


def batteries(quantity: int) -> Offer:
    return Offer(offer="DRV-air_defence_battery", nation="DRV", unit_type="air_defence_battery", quantity=quantity)


def test_two_batteries_in_turn_close_the_gap_that_nobody_offers_for(tiny):
    """Line 5 lacks 360 unit-days of the 960 that priority 2 asks for; two units on a 1:1 cycle hold it throughout."""
    found = try_offer(*tiny, batteries(2))
    assert [(line.line, line.before, line.after) for line in found.lines] == [("5", 360.0, 0.0)]
    assert (found.closes, found.moved, dict(found.served)) == (1, 0, {"5": 3})
    assert found.fill_after[2] - found.fill_before[2] == pytest.approx(360 / 960)
    assert found.fill_after[1] == found.fill_before[1]


def test_one_battery_is_home_for_every_second_tour(tiny):
    found = try_offer(*tiny, batteries(1))
    assert [(line.line, line.before, line.after) for line in found.lines] == [("5", 360.0, 120.0)]
    assert found.closes == 0


def test_an_offer_that_rules_out_the_place_helps_nobody(tiny):
    found = try_offer(*tiny, batteries(2).model_copy(update={"excluded_locations": ("Island",)}))
    assert (found.asks_for_it, found.lines, found.fill_after) == (False, (), found.fill_before)


def test_the_offer_that_is_there_already_is_worth_nothing_more(tiny):
    scenario, plan = tiny
    found = try_offer(scenario, plan, scenario.offer_by_name["DRV-pioneer_platoon"])
    assert (found.lines, found.fill_after) == ((), found.fill_before)


@pytest.mark.parametrize("seed", range(12))
def test_it_promises_no_more_than_exhaustive_search_finds_and_never_less_than_was_there(seed: int):
    scenario = scenario_from_seed(seed, TINY).model_copy(update={"pins": ()})
    if not scenario.offers:
        pytest.skip("nobody offers anything")
    try:
        best = exhaustive.best_values(read_problem(scenario, None))
    except exhaustive.TooLarge:
        pytest.skip("too large for exhaustive search")
    without = scenario.model_copy(update={"offers": scenario.offers[:-1]})
    plan = generate(without, OPTIONS)
    after = unfilled(plan, try_offer(without, plan, scenario.offers[-1]))
    priorities = sorted(after)
    before = [plan.required_unit_days[priority] - plan.filled_unit_days[priority] for priority in priorities]
    least = [float(best.get(f"unfilled_priority_{priority}", Fraction(0))) for priority in priorities]
    promised = [after[priority] for priority in priorities]
    assert [value - 1e-6 for value in least] <= promised <= [value + 1e-6 for value in before]


def unfilled(plan: Plan, found: OfferTrial) -> dict[int, float]:
    return {p: round(plan.required_unit_days[p] * (1 - share), 6) for p, share in found.fill_after.items()}
