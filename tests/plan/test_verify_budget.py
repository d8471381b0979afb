"""`verify` finds each fault planted in what a sum of money holds, and nothing in it as it was worked out."""

from dataclasses import replace

import polars as pl
import pytest
from tests.plan.test_verify_cost import MORE, with_first

from contingent import make_plan, read_scenario
from contingent.cost import afford, cost, with_afford, with_cost
from contingent.model.scenario import Scenario
from contingent.pipeline import derive
from contingent.plan import verify
from contingent.plan.plan import Plan

Made = tuple[Scenario, Plan]


@pytest.fixture(scope="module")
def made() -> Made:
    """The bundled scenario tiny with rates, and what half of its money holds."""
    scenario = derive(read_scenario("tiny")).model_copy(update={"rates": MORE[:2]})
    plan = make_plan(scenario)
    plan = with_cost(plan, cost(scenario, plan.tours, plan.option))
    return scenario, with_afford(plan, afford(scenario, plan, plan.costs["value"].sum() / 2))


def found(made: Made, plan: Plan) -> set[tuple[str, str | None]]:
    """Files and columns of what `verify` finds in the frames of a budget."""
    return {(each.table, each.column) for each in verify(made[0], plan) if each.table.startswith("budget")}


def test_what_was_worked_out_keeps_its_promises(made: Made) -> None:
    scenario, plan = made
    held = plan.budget_posts["held"].sum()
    assert 0 < held < plan.budget_posts.height
    assert verify(scenario, plan) == ()


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0, 1.5])
def test_so_does_it_whatever_the_sum(made: Made, share: float) -> None:
    scenario, plan = made
    asked = afford(scenario, plan, share * plan.costs["value"].sum())
    assert verify(scenario, with_afford(plan, asked)) == ()


def test_of_a_year_and_of_one_nation_as_well(made: Made) -> None:
    scenario, plan = made
    year = plan.costs["year"].max()
    nation = plan.costs.group_by("nation").agg(pl.col("value").sum()).sort("value")["nation"][-1]
    for asked in (afford(scenario, plan, 1e6, year=year), afford(scenario, plan, 1e6, nation=nation), afford(scenario, plan)):
        assert verify(scenario, with_afford(plan, asked)) == ()


@pytest.mark.parametrize(("frame", "column", "value", "told"), [
    ("budget_posts", "step", 9, {("budget_posts.csv", "step")}),
    ("budget_posts", "priority", 7, {("budget_posts.csv", "line"), ("budget_fill.csv", "planned")}),
    ("budget_posts", "budget", 1.0, {("budget_posts.csv", "budget")}),
    ("budget_posts", "people_held", 1e6, {("budget_posts.csv", "people_held")}),
    ("budget_posts", "unit_days", 1e6, {("budget_fill.csv", "planned")}),
    ("budget_posts", "low", 1e12, {("budget_posts.csv", "value")}),
    ("budget_posts", "held_low", False, {("budget_levels.csv", "people"), ("budget_levels.csv", "posts_held")}),
    ("budget_levels", "posts", 99, {("budget_levels.csv", "posts")}),
    ("budget_levels", "people_planned", 1e6, {("budget_levels.csv", "people_planned")}),
    ("budget_levels", "budget", 1.0, {("budget_levels.csv", "cost")}),
    ("budget_fill", "held", 1e6, {("budget_fill.csv", "held")}),
    ("budget_fill", "required", 1.0, {("budget_fill.csv", "required")}),
])  # fmt: skip
def test_a_fault_is_found(made: Made, frame: str, column: str, value: object, told: set[tuple[str, str]]) -> None:
    assert found(made, with_first(made[1], frame, column, value)) == told


def test_a_post_that_costs_more_than_it_says_is_found_in_all_that_follow(made: Made) -> None:
    plan = made[1]
    dear = plan.budget_posts.with_columns(pl.col("value") * 2, pl.col("high") * 2)
    assert found(made, replace(plan, budget_posts=dear)) == {("budget_posts.csv", "budget"), ("budget_levels.csv", "cost")}
