"""The oracles against scenarios that a person can solve, and against each other: three models, one page."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from tests.oracles import apart, exhaustive
from tests.oracles.instances import MIDDLING, SMALL, TINY, Size, as_folder_text, scenario_from_seed, scenarios
from tests.oracles.reading import Problem, read_problem
from tests.oracles.replay import NamedTour, diaries_broken, goal_values, idle_tours, rules_broken

from contingent.model.rows import Capability, Defaults, Location, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings

SEEDS, ENUMERATED = 100, 60
GUARD = UnitType(unit_type="guard", name="Guard", domain="land", echelon="company", personnel=100, daily_cost=2, tour_cost=10)


def one_post(*offers: Offer, quantity: int = 1, horizon: int = 40, **line: object) -> Scenario:
    """A single line of `quantity` guards from day 0, ten-day periods, two nations of equal weight."""
    row = {"line": "L", "capability": "guarding", "quantity": quantity, "location": "yard"}
    return Scenario(
        settings=Settings(title="post", start_date=date(2026, 1, 1), horizon_days=horizon, period_days=10, defaults=Defaults()),
        nations=(Nation(nation="AAA", name="A", weight=1), Nation(nation="BBB", name="B", weight=1)),
        unit_types=(GUARD,),
        capabilities=(Capability(capability="guarding", unit_type="guard", effectiveness=1),),
        locations=(Location(location="yard", within="town"), Location(location="town", country="CCC")),
        offers=offers,
        requirements=(Requirement.model_validate(row | line),),
    )


def guards(quantity: int = 1, *, nation: str = "AAA", name: str = "K", **terms: object) -> Offer:
    """An offer of guards with ten-day tours and no dwell."""
    row = {"offer": name, "nation": nation, "unit_type": "guard", "quantity": quantity, "tour_days": 10, "dwell_ratio": 0}
    return Offer.model_validate(row | terms)


def both(problem: Problem) -> dict[str, Fraction]:
    """Return what both oracles say, having said the same."""
    values = apart.best_values(problem).values
    assert values == exhaustive.best_values(problem)
    return values


def test_one_unit_without_dwell_holds_a_post_alone() -> None:
    values = both(read_problem(one_post(guards())))
    # 100 people x 40 days, against half of a requirement of 100 x 40; one takeover; four tours of 10 + 2 a day.
    assert values == {"unfilled_priority_1": 0, "burden": 2, "continuity": 1, "cost": 4 * 10 + 40 * 2}


def test_two_units_on_a_one_to_two_cycle_leave_the_third_rotation_empty() -> None:
    values = both(read_problem(one_post(guards(2, dwell_ratio=2.0), horizon=60)))
    # Days 0-20 and 30-50 are held, 20-30 and 50-60 are not: two takeovers, four tours.
    assert values == {"unfilled_priority_1": 20, "burden": Fraction(4, 3), "continuity": 2, "cost": 4 * 30}


def test_handover_days_serve_nobody() -> None:
    values = both(read_problem(one_post(guards(1, handover_days=3), horizon=20)))
    assert values["unfilled_priority_1"] == 6


def test_burden_is_shared_before_takeovers_are_counted() -> None:
    pair = (guards(name="K1"), guards(name="K2", nation="BBB"))
    values = both(read_problem(one_post(*pair)))
    # 20 days each is exactly a fair share each; A then B is the fewest takeovers that does it.
    assert (values["burden"], values["continuity"]) == (1, 2)


def test_a_ceiling_keeps_the_second_unit_at_home() -> None:
    scenario = one_post(guards(2), quantity=2, horizon=10)
    low = scenario.nations[0].model_copy(update={"personnel_ceiling": 199})
    assert both(read_problem(scenario.model_copy(update={"nations": (low, scenario.nations[1])})))["unfilled_priority_1"] == 10


def test_one_nation_takes_the_nation_that_holds_longest() -> None:
    offers = (guards(name="K1", until_day=30), guards(name="K2", nation="BBB", available_day=20))
    assert both(read_problem(one_post(*offers)))["unfilled_priority_1"] == 0
    assert both(read_problem(one_post(*offers, hold="one_nation")))["unfilled_priority_1"] == 10


@pytest.mark.parametrize("ruled_out", ["yard", "town", "CCC"])
def test_a_caveat_reaches_the_places_within(ruled_out: str) -> None:
    assert both(read_problem(one_post(guards(excluded_locations=(ruled_out,)))))["unfilled_priority_1"] == 40


def test_a_tour_may_outlast_the_horizon_but_not_the_offer() -> None:
    assert both(read_problem(one_post(guards(tour_days=30)))) == {
        "unfilled_priority_1": 0, "burden": 2, "continuity": 1, "cost": 2 * 10 + 40 * 2}
    assert both(read_problem(one_post(guards(tour_days=30, until_day=39))))["unfilled_priority_1"] == 10


def test_dwell_is_rounded_up_to_a_whole_day() -> None:
    # 3 days of tour at 0.4 are 1.2 days of dwell: 2. The unit is free again on day 5, not before the period of day 10.
    offer = read_problem(one_post(guards(tour_days=3, dwell_ratio=0.4))).offers[0]
    assert (offer.dwell_days, offer.cycle_days) == (2, 5)


def test_most_tours_count_for_each_unit() -> None:
    assert both(read_problem(one_post(guards(1, max_tours=3))))["unfilled_priority_1"] == 10


def test_replay_names_every_rule_that_is_broken() -> None:
    scenario = one_post(guards(1, dwell_ratio=1.0, max_tours=1), guards(1, nation="BBB", name="M"), hold="one_nation")
    low = scenario.nations[0].model_copy(update={"personnel_ceiling": 99})
    problem = read_problem(scenario.model_copy(update={"nations": (low, scenario.nations[1])}))
    broken = " ".join(rules_broken(problem, {("K", "L", 0): 1, ("K", "L", 10): 1, ("M", "L", 5): 1}))
    for sentence in ("2 units on tour or in dwell", "2 tours", "may not begin", "ceiling", "one nation"):
        assert sentence in broken
    diary = [NamedTour("K1", "K", "L", 0, 10), NamedTour("K1", "K", "L", 10, 21), NamedTour("K2", "K", "L", 30, 40)]
    broken = " ".join(diaries_broken(problem, diary))
    for sentence in ("2 named units", "goes again", "ends on 21", "2 tours"):
        assert sentence in broken


def test_a_tour_that_only_bridges_two_others_is_not_idle() -> None:
    problem = read_problem(one_post(guards(2), quantity=1, horizon=30))
    assert idle_tours(problem, {("K", "L", 0): 1, ("K", "L", 10): 1, ("K", "L", 20): 1}) == []
    assert idle_tours(problem, {("K", "L", 0): 2, ("K", "L", 10): 1, ("K", "L", 20): 1}) == [("K", "L", 0)]


def agree(problem: Problem) -> None:
    """Both oracles give the same values, and the replay of CP-SAT's plan gives them a third time."""
    expected = exhaustive.best_values(problem)
    answer = apart.best_values(problem)
    assert answer.values == expected
    assert rules_broken(problem, answer.starts) == []
    assert goal_values(problem, answer.starts) == expected


def test_exhaustive_search_and_cp_sat_agree() -> None:
    """On the first sixty seeds small enough to enumerate."""
    tried = 0
    for seed in range(SEEDS):
        scenario = scenario_from_seed(seed, TINY)
        try:
            agree(read_problem(scenario))
        except exhaustive.TooLarge:
            continue
        except AssertionError as error:
            error.add_note(f"seed {seed}\n{as_folder_text(scenario)}")
            raise
        tried += 1
        if tried == ENUMERATED:
            return
    pytest.fail(f"only {tried} scenarios could be enumerated")


@given(scenarios(TINY))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_exhaustive_search_and_cp_sat_agree_on_what_hypothesis_draws(scenario: Scenario) -> None:
    try:
        agree(read_problem(scenario))
    except exhaustive.TooLarge:
        assume(False)


@pytest.mark.parametrize("size", [SMALL, MIDDLING], ids=["small", "middling"])
def test_random_scenarios_meet_every_rule(size: Size) -> None:
    """What the builder is for: over a hundred seeds, every kind of term turns up in lines and offers that can meet."""
    seen: set[str] = set()
    for seed in range(SEEDS):
        scenario = scenario_from_seed(seed, size)
        problem = read_problem(scenario)
        useful = {offer for (offer, _), days in problem.start_days.items() if days}
        kept_out = problem.effectiveness.keys() - problem.start_days.keys()
        seen |= {"empty pool"} if not problem.offers else set()
        seen |= {"empty requirement"} if not problem.lines else set()
        seen |= {"caveat"} if kept_out else set()
        seen |= {"pin"} if problem.pins else set()
        seen |= {"ceiling"} if any(offer.nation in problem.ceilings for offer in problem.offers) else set()
        seen |= {"one nation"} if any(line.one_nation for line in problem.lines) else set()
        seen |= {"effectiveness below one"} if any(share < 1 for share in problem.effectiveness.values()) else set()
        seen |= {"nobody can"} if {line.name for line in problem.lines} - {name for _, name in problem.start_days} else set()
        for offer in problem.offers:
            if offer.name in useful:
                seen |= {"handover"} if offer.serving_days < offer.tour_days else set()
                seen |= {"most tours"} if offer.max_tours is not None else set()
                seen |= {"off the grid"} if offer.tour_days % scenario.settings.period_days else set()
                seen |= {"until day"} if offer.until_day < problem.horizon_days else set()
                seen |= {"ready late"} if offer.ready_day > 0 else set()
        for line in problem.lines:
            seen |= {"window off the grid"} if line.from_day % scenario.settings.period_days else set()
            seen |= {"quantity 0"} if line.quantity == 0 else set()
    assert seen == {
        "empty pool", "empty requirement", "caveat", "pin", "ceiling", "one nation", "effectiveness below one", "nobody can",
        "handover", "most tours", "off the grid", "until day", "ready late", "window off the grid", "quantity 0",
    }
