"""Cycles, phases, policies and calls that cannot be simulated are told, each with its place and a cure."""

import pytest
from tests.io.small_folder import places, write_files

from contingent.io import check_scenario

CYCLES = "cycle,step,state,days,share,may_deploy\n"
GOOD_CYCLE = CYCLES + "army,1,reset,,0.25,no\narmy,2,train,,0.5,yes\narmy,3,ready,,,yes\n"
POLICIES = (
    "policy,cycle,tour_days,dwell_ratio,handover_days,least_dwell_ratio,most_tour_days,"
    "late_probability,late_days,outages_per_year,outage_days\n"
)
PHASES = "phase,from_day,until_day\n"
CALLS = "call,reserve,per_year,days,from_day,until_day,option\n"


def found(folder, **tables):
    return check_scenario(write_files(folder, {f"{name}.csv": text for name, text in tables.items()}))


def test_tables_that_say_enough_are_in_order(tmp_path):
    policies = POLICIES + "p,army,180,2,10,1,225,0.1,14,0.5,10\n"
    calls = CALLS + "forward,L1;guard,4,10,,,\n"
    assert found(tmp_path, cycles=GOOD_CYCLE, policies=policies, phases=PHASES + "a,0,90\nb,90,\n", calls=calls) == ()


@pytest.mark.parametrize(
    ("rows", "place", "says"),
    [
        ("army,1,reset,30,0.5,no\narmy,2,ready,,,yes\n", (2, "share"), "days and share are both given"),
        ("army,1,reset,,0.7,no\narmy,2,train,,0.7,no\narmy,3,ready,,,yes\n", (4, "share"), "add up to 1.4"),
        ("army,1,reset,30,,no\narmy,3,ready,,,yes\n", (3, "step"), "has no step 2 before it"),
        ("army,1,ready,,,yes\narmy,2,train,30,,no\n", (2, "days"), "never reached"),
        ("army,1,ready,0,,yes\n", (2, "days"), "last no day"),
    ],
)
def test_a_cycle_that_cannot_be_run_through(tmp_path, rows, place, says):
    findings = found(tmp_path, cycles=CYCLES + rows)
    assert places(findings) == [("cycles.csv", *place)]
    assert says in findings[0].what
    assert findings[0].maybe


def test_a_cycle_without_ready_units_is_a_warning(tmp_path):
    findings = found(tmp_path, cycles=CYCLES + "army,1,reset,30,,no\narmy,2,train,,,yes\n")
    assert places(findings, "warning") == [("cycles.csv", 3, "state")]


def test_phases_that_overlap_or_never_hold(tmp_path):
    findings = found(tmp_path, phases=PHASES + "surge,0,100\nsteady,90,\nnever,200,150\n")
    assert places(findings) == [("phases.csv", 3, "from_day"), ("phases.csv", 4, "until_day")]
    assert "'surge' lasts until day 100" in findings[0].what


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("p,amry,,,,,,,,,", "cycle", "'amry' is not a cycle"),
        ("p,,,,,,,0.2,,,", "late_days", "how long it lasts"),
        ("p,,,,,,,,,2,", "outage_days", "how long it lasts"),
        ("p,,90,,90,,,,,,", "handover_days", "no unit would ever be relieved"),
        ("p,,180,,,,90,,,,", "most_tour_days", "cut, not extended"),
        ("p,,,1,,2,,,,,", "least_dwell_ratio", "promised anyway"),
    ],
)
def test_a_policy_that_says_too_little_or_too_much(tmp_path, row, column, says):
    findings = found(tmp_path, cycles=GOOD_CYCLE, policies=POLICIES + row + "\n")
    assert places(findings) == [("policies.csv", 2, column)]
    assert says in findings[0].what


def test_the_nearest_cycle_is_named(tmp_path):
    (finding,) = found(tmp_path, cycles=GOOD_CYCLE, policies=POLICIES + "p,amry,,,,,,,,,\n")
    assert finding.nearest == "army"


def test_days_of_a_general_row_count_for_a_special_one(tmp_path):
    assert found(tmp_path, policies=POLICIES + "p,,,,,,,0.2,,,\nq,,,,,,,,9,,\n") == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [("c,L9,4,10,,,", "reserve"), ("c,,4,10,,,", "reserve"), ("c,L1,4,10,90,60,", "until_day")],
)
def test_a_call_that_nobody_would_answer_or_that_never_comes(tmp_path, row, column):
    findings = found(tmp_path, calls=CALLS + row + "\n")
    assert places(findings) == [("calls.csv", 2, column)]
