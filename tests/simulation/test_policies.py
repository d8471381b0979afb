"""Which row of policies.csv holds, and how phases part the time."""

import pytest
from tests.simulation.small_worlds import line, offer, plan_of, world

from contingent.model.chance import Call, Cycle, Phase, Policy
from contingent.model.scope import Kind
from contingent.simulation import SimulationOptions, faults_of_calls, leaves_to_chance, simulate
from contingent.simulation.policies import phase_starts, policies_for, said

PHASES = (Phase(phase="surge", from_day=30, until_day=90), Phase(phase="steady", from_day=90))
GUARDS = Kind("AAA", "guard", "land")


def test_phases_part_the_time():
    assert phase_starts(world(phases=PHASES)) == {0: None, 30: "surge", 90: "steady"}
    assert phase_starts(world()) == {0: None}
    assert phase_starts(world(phases=(Phase(phase="late", from_day=1000),))) == {0: None}


def test_a_row_that_names_the_phase_goes_first_then_the_more_specific_one_column_by_column():
    policies = (
        Policy(policy="all", late_probability=0.1, recovery_days=5, fail_probability=0.5),
        Policy(policy="nation", nation="AAA", late_probability=0.2),
        Policy(policy="type", unit_type="guard", late_probability=0.3),
        Policy(policy="both", nation="AAA", unit_type="guard", late_probability=0.4),
        Policy(policy="surge", phase="surge", late_probability=0.9),
        Policy(policy="other", nation="BBB", late_probability=0.7, fail_probability=0.6),
    )
    scenario = world(policies=policies, phases=PHASES)
    assert [row.policy for row in policies_for(scenario, GUARDS, "surge")] == ["surge", "both", "type", "nation", "all"]
    assert said(policies_for(scenario, GUARDS, "surge"), "late_probability") == 0.9
    assert said(policies_for(scenario, GUARDS, "steady"), "late_probability") == 0.4
    assert said(policies_for(scenario, GUARDS, None), "recovery_days") == 5
    assert said(policies_for(scenario, GUARDS, None), "fail_probability") == 0.5
    assert said(policies_for(scenario, GUARDS, None), "dispatch") is None


def test_a_policy_of_a_phase_holds_in_it_alone():
    """Tours of 30 days; in the surge every unit is late by one day (a mean of one day is always one)."""
    policies = (Policy(policy="surge", phase="surge", late_probability=1.0, late_days=1),)
    offers = (offer("A", "AAA", tour_days=30, dwell_ratio=0),)
    scenario = world(horizon=120, offers=offers, lines=(line("L"),), phases=PHASES, policies=policies)
    plan = plan_of(scenario, [("A#1", "L", day, day + 30, day + 30) for day in range(0, 120, 30)])
    risk = simulate(scenario, plan, SimulationOptions(replications=1, engine="here"))
    assert risk.risk_missed["missed_days"].item() == 2
    assert risk.risk_missed["cause"].item() == "late"


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({}, False),
        ({"policies": (Policy(policy="p", most_tour_days=200, least_dwell_ratio=1),)}, False),
        ({"policies": (Policy(policy="p", fail_probability=0.1),)}, True),
        ({"policies": (Policy(policy="p", nation="BBB", fail_probability=0.1),)}, False),
        ({"policies": (Policy(policy="p", late_probability=0.1, late_days=2, phase="surge"),), "phases": PHASES}, True),
        ({"calls": (Call(call="c", reserve=("L",), per_year=2, days=3),)}, True),
        ({"calls": (Call(call="c", reserve=("L",), per_year=2, days=3, option=("other",)),)}, False),
        ({"calls": (Call(call="c", reserve=("L9",), per_year=2, days=3),)}, False),
    ],
)
def test_whether_anything_is_left_to_chance(tables, expected):
    scenario = world(offers=(offer("A", "AAA"),), lines=(line("L", option=("this",)),), **tables)
    assert leaves_to_chance(scenario, "this") is expected


def test_a_cycle_says_when_a_unit_may_be_sent():
    """B#1 never comes. A#1 is back on day 60; its cycle: 20 days reset, then ready: it stands in from day 80, promise or not."""
    cycle = (Cycle(cycle="own", step=1, state="reset", days=20), Cycle(cycle="own", step=2, state="ready", may_deploy="yes"))
    policy = Policy(policy="p", cycle="own", least_dwell_ratio=0.1)
    offers = (offer("A", "AAA", tour_days=60), offer("B", "BBB", tour_days=60, probability=0.0))
    scenario = world(horizon=120, offers=offers, lines=(line("L"),), cycles=cycle, policies=(policy,))
    plan = plan_of(scenario, [("A#1", "L", 0, 60, 60), ("B#1", "L", 60, 120, 120)])
    risk = simulate(scenario, plan, SimulationOptions(replications=1, engine="here", empty_days=20))
    row = risk.risk_lines.row(0, named=True)
    assert (row["longest_empty_mean"], row["held"]) == (20, 1)
    dwell = risk.risk_dwell.row(0, named=True)
    assert (dwell["broken"], dwell["promised"]) == (1, 2)
    assert dwell["mean"] == pytest.approx(20 / 60, abs=1e-6)


def test_calls_that_nobody_can_answer_are_told_once_lines_are_known():
    calls = (
        Call(call="a", reserve=("L", "LL"), per_year=1, days=1), Call(call="b", reserve=("hold",), per_year=1, days=1),
        Call(call="c", reserve=("L",), per_year=1, days=1))
    lines = (line("L", option=("one",)), line("M", task="hold", option=("two",)))
    scenario = world(offers=(offer("A", "AAA"),), lines=lines, calls=calls)
    findings = list(faults_of_calls(scenario))
    assert [(finding.severity, finding.column) for finding in findings] == [
        ("error", "reserve"), ("warning", "option"), ("warning", "option")]
    assert findings[0].nearest == "L"
