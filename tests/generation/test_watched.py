"""What whoever watches generation hears, and that watching decides nothing until somebody says that it is enough."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from tests.oracles.instances import MIDDLING, scenario_from_seed

from contingent.generation import generate, watched
from contingent.generation.clock import Clock
from contingent.io import read_scenario
from contingent.plan import COLUMNS, Plan, PlanOptions, SoFar, verify


def as_told(plan: Plan) -> list[Any]:
    """Everything of a plan but seconds and where it came from."""
    goals = [replace(goal, seconds=0.0) for goal in plan.goals]
    return [goals, plan.provenance, *(getattr(plan, name).to_dicts() for name in COLUMNS)]


@pytest.fixture(autouse=True)
def told_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "LOOKS", 0.002)


def options(**more: Any) -> PlanOptions:
    return PlanOptions(remedies=False, **more)


def test_whoever_watches_hears_the_plan_that_is_delivered_and_changes_nothing() -> None:
    scenario, heard = read_scenario("tiny"), list[SoFar]()
    plain = generate(scenario, options())
    plan = generate(scenario, options(watch=lambda so_far: heard.append(so_far) is None))
    assert as_told(plan) == as_told(plain)
    last = heard[-1]
    assert (last.step, last.keeps_ceilings) == ("reasons", True)
    assert last.required == plan.required_unit_days
    assert {1: 120.0, 2: 600.0, 3: 120.0} == last.unfilled == last.bound  # docs/tutorial-tiny.md
    for priority in (1, 2, 3):
        assert last.fill_of(priority) == last.most_of(priority) == pytest.approx(plan.fill_of(priority))


@pytest.mark.parametrize("seed", range(2))
def test_the_best_so_far_never_gets_worse_and_bounds_hold_for_the_plan(seed: int) -> None:
    scenario, heard = scenario_from_seed(seed, MIDDLING), list[SoFar]()
    plain = generate(scenario, options(method="search"))
    plan = generate(scenario, options(method="search", watch=lambda so_far: heard.append(so_far) is None))
    assert as_told(plan) == as_told(plain)
    filled = plan.filled_unit_days
    reached = {priority: required - filled[priority] for priority, required in plan.required_unit_days.items()}
    first = min(reached)
    whole = [so_far for so_far in heard if so_far.keeps_ceilings]
    gaps = [round(so_far.unfilled[first], 6) for so_far in whole]
    assert gaps == sorted(gaps, reverse=True)
    assert all(so_far.bound[first] <= reached[first] + 1e-6 for so_far in heard)
    assert all(so_far.bound[priority] <= so_far.unfilled[priority] for so_far in heard for priority in reached)
    assert heard[-1].unfilled == pytest.approx(reached, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_where_it_is_enough_at_once_there_is_a_plan_all_the_same_and_every_promise_of_it_holds(seed: int) -> None:
    scenario = scenario_from_seed(seed, MIDDLING)
    plan = generate(scenario, options(method="search", watch=lambda _: False))
    assert plan.provenance.get("ended_early") is True
    assert verify(scenario, plan) == ()
    assert all(goal.bound <= goal.value + 1e-6 for goal in plan.goals)


def test_a_fault_of_generation_ends_the_telling() -> None:
    class Broken(Exception):
        pass

    before = threading.active_count()
    clock = Clock(None)
    with pytest.raises(Broken), watched.Watched(None, lambda _: True, clock):  # type: ignore[arg-type]
        raise Broken
    assert threading.active_count() == before


def test_a_clock_has_run_out_once_it_is_enough_and_so_have_all_that_were_made_from_it() -> None:
    enough = threading.Event()
    whole = Clock(None).ended_by(enough)
    made = [whole, whole.until(0.5), whole.part(0.5), whole.without_limit()]
    assert not any(clock.out or clock.share for clock in made)
    enough.set()
    assert all(clock.out and clock.share == 1.0 and clock.left(of=60.0) < 1.0 for clock in made)
