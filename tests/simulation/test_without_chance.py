"""Where nothing is left to chance a plan comes about as it was made, and dispatch alone keeps what closed forms say."""

import pytest
from tests.oracles.instances import SMALL
from tests.simulation.small_worlds import fill_by_line_and_month, line, offer, plan_of, world
from tests.simulation.worlds import scenario_of, simple_plan

from contingent.io import read_scenario
from contingent.model.chance import Cycle, Policy
from contingent.model.scenario import Scenario
from contingent.pipeline import derive, make_plan
from contingent.plan import Plan, PlanOptions
from contingent.simulation import SimulationOptions, leaves_to_chance, simulate
from contingent.simulation.world import months_of


def comes_about_as_made(scenario: Scenario, plan: Plan) -> None:
    """Each line is filled in each month as the plan's own coverage says, in every replication."""
    risk = simulate(scenario, plan, SimulationOptions(replications=3, engine="here"))
    expected = fill_by_line_and_month(scenario, plan, months_of(scenario.horizon))
    rows = risk.risk_fill.filter(risk.risk_fill["line"].is_not_null())
    asked, offered = (any(row.quantity for row in table) for table in (scenario.requirements, scenario.offers))
    assert rows.height or not asked or not offered
    for row in rows.iter_rows(named=True):
        filled = expected.get((row["line"], row["from_day"]), 0.0) / row["required"]
        assert row["mean"] == pytest.approx(filled, abs=1e-6), row
        assert row["planned"] == pytest.approx(filled, abs=1e-6), row
        assert row["p05"] == row["p95"] == pytest.approx(filled, abs=0.0026)
    if not risk.risk_summary.is_empty():
        counted = {row["measure"]: row["mean"] for row in risk.risk_summary.iter_rows(named=True)}
        assert counted["tours"] == plan.tours.height
        assert counted["unplanned_tours"] == counted["extended_tours"] == counted["late_tours"] == 0
    assert risk.risk_missed["missed_days"].sum() == 0


@pytest.mark.parametrize("seed", range(60))
def test_a_plan_of_a_random_scenario_comes_about_as_made(seed: int):
    scenario = scenario_of(seed)
    assert not leaves_to_chance(scenario, None)
    comes_about_as_made(scenario, simple_plan(scenario))


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_of_the_planner_comes_about_as_made(seed: int):
    scenario = scenario_of(seed + 500, SMALL)
    comes_about_as_made(scenario, make_plan(scenario, PlanOptions(replications=0, remedies=False)))


def calm(scenario: Scenario) -> Scenario:
    """The scenario with nothing left to chance."""
    offers = tuple(row.model_copy(update={"probability": None}) for row in scenario.offers)
    nations = tuple(row.model_copy(update={"withdrawal_probability": None}) for row in scenario.nations)
    none = dict.fromkeys(("policies", "calls", "phases", "cycles"), ())
    return scenario.model_copy(update={"offers": offers, "nations": nations} | none)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["small", "medium", "large"])
def test_the_bundled_options_come_about_as_made(option: str):
    scenario = calm(derive(read_scenario("reassurance")))
    comes_about_as_made(scenario, make_plan(scenario, PlanOptions(option=option, replications=0, remedies=False)))


def test_tiny_comes_about_as_made():
    scenario = calm(derive(read_scenario("tiny")))
    comes_about_as_made(scenario, make_plan(scenario, PlanOptions(replications=0)))


# ------------------------------------------------------------------------------------------------ posts filled by dispatch alone


def held_by(units: int, *, posts: int, staggered: bool, cycle: tuple[Cycle, ...] = (), start: str = "fresh") -> bool:
    """Whether so many like units hold posts without a hole over nine years: tours of a year, 45 days of handover, 1:2."""
    lines = tuple(line(f"L{post}", from_day=32 * post if staggered else 0) for post in range(posts))
    policies = (Policy(policy="own", cycle=cycle[0].cycle),) if cycle else ()
    terms = {"tour_days": 365, "dwell_ratio": 2, "handover_days": 45}
    scenario = world(horizon=3285, offers=(offer("A", "AAA", units, **terms),), lines=lines, cycles=cycle, policies=policies)
    asked = SimulationOptions(replications=1, greedy=True, dispatch="longest_dwell", start=start, engine="here", empty_days=0)
    risk = simulate(scenario, None, asked)
    return bool((risk.risk_lines["mean"] == 1).all())


WINDOW = (
    Cycle(cycle="window", step=1, state="reset", days=182), Cycle(cycle="window", step=2, state="train", days=548),
    Cycle(cycle="window", step=3, state="ready", days=365),
)  # fmt: skip
"""Ready for a year, then trained anew: the rotation that MARATHON calls AC13."""


@pytest.mark.parametrize(
    ("posts", "staggered", "needed"),
    [
        (1, True, 4),  # a unit serves 320 of each 1,095 days: 3.42 for a post
        (10, True, 35),  # opened one after the other they share what is left of each: 34.2 for ten
        (10, False, 40),  # opened at once, four cohorts of ten relieve one another, and the last three rest longer
    ],
)
def test_dispatch_holds_posts_with_as_many_units_as_the_closed_form_says(posts: int, staggered: bool, needed: int):
    assert held_by(needed, posts=posts, staggered=staggered)
    assert not held_by(needed - 1, posts=posts, staggered=staggered)


def test_units_whose_readiness_lapses_cost_many_more():
    """Spread over the cycle, ready for a year and then in training again, ten posts take 58 units: cohorts leave together."""
    assert held_by(58, posts=10, staggered=False, cycle=WINDOW, start="spread")
    assert not held_by(57, posts=10, staggered=False, cycle=WINDOW, start="spread")


def test_the_steady_state_of_too_few_units_is_their_share_of_the_cycle():
    """Seven units of 1:2 without handover keep 7 / 3 of a post's worth of three posts filled, once started evenly."""
    lines = tuple(line(f"L{post}") for post in range(3))
    scenario = world(horizon=180 * 30, offers=(offer("A", "AAA", 7),), lines=lines)
    risk = simulate(scenario, None, SimulationOptions(replications=1, greedy=True, engine="here"))
    filled = risk.risk_summary.filter((risk.risk_summary["measure"] == "fill") & risk.risk_summary["priority"].is_null())
    assert filled["mean"].item() == pytest.approx(7 / 9, abs=0.01)


def test_a_unit_out_of_turn_goes_home_when_its_relief_comes():
    """B#1 never comes (probability 0); A#1 stands in for the whole of its tour, until C#1 begins as planned."""
    offers = (offer("A", "AAA"), offer("B", "BBB", probability=0.0), offer("C", "CCC"))
    scenario = world(horizon=360, offers=offers, lines=(line("L"),))
    plan = plan_of(scenario, [("B#1", "L", 0, 180, 180), ("C#1", "L", 180, 360, 360)])
    risk = simulate(scenario, plan, SimulationOptions(replications=2, engine="here", dispatch="longest_dwell"))
    whole = risk.risk_summary.filter(risk.risk_summary["priority"].is_null())
    counted = {row["measure"]: row["mean"] for row in whole.iter_rows(named=True)}
    assert (counted["fill"], counted["tours"], counted["unplanned_tours"]) == (1.0, 2, 1)
    assert risk.risk_missed.filter(risk.risk_missed["offer"] == "B")["cause"].item() == "not_offered"
