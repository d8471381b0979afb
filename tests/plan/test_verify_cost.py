"""`verify` finds each fault planted in what a plan costs, and nothing in costs as they were worked out."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from tests.cost.instances import LINKS, WAY_RATES, frame, leg, movement

from contingent import make_plan, read_scenario
from contingent.cost import CostOptions, cost, with_cost
from contingent.model.money import Rate
from contingent.model.rows import Nation
from contingent.model.scenario import Scenario
from contingent.pipeline import derive
from contingent.plan import verify
from contingent.plan.plan import Plan
from contingent.plan.verify import cost as promises
from contingent.plan.verify.facts import facts_of

MORE = (
    Rate(rate="people", item="personnel", per="person_day", value=3, low=2, high=5),
    Rate(rate="people of ALD", item="personnel", per="person_month", value=80, nation="ALD"),
    Rate(rate="base", item="base_build", per="person", value=100, low=50, high=400),
    Rate(rate="un", item="reimbursement", per="person_month", value=40),
)


@pytest.fixture(scope="module")
def made() -> tuple[Scenario, Plan]:
    """The bundled scenario tiny with rates, two movements, and a nation that owns units with others."""
    tiny = derive(read_scenario("tiny"))
    together = Nation(nation="XMN", name="Together", kind="multinational")
    links = tuple(row.model_copy(update={"from_location": tiny.locations[0].location, "to_location": tiny.locations[1].location})
                  for row in LINKS)  # fmt: skip
    scenario = tiny.model_copy(update={"rates": (*MORE, *WAY_RATES), "nations": (*tiny.nations, together), "links": links})
    plan = make_plan(scenario)
    unit_type = plan.tours["unit_type"][0]
    moves = frame("movements", movement("1", "ALD", unit_type=unit_type, wagons=30),
                  movement("2", "BRN", unit_type=unit_type, people=50))  # fmt: skip
    legs = frame("legs", leg("1", 1, "rail", "r1; r2"), leg("2", 1, "air", "a"))
    found = cost(scenario, plan.tours, plan.option, movements=moves, legs=legs, options=CostOptions(common=("base_build",)))
    return scenario, with_cost(replace(plan, movements=moves, legs=legs), found)


def with_first(plan: Plan, name: str, column: str, value: object) -> Plan:
    table: pl.DataFrame = getattr(plan, name)
    first = pl.int_range(pl.len()) == 0
    changed = table.with_columns(pl.when(first).then(pl.lit(value, dtype=table.schema[column])).otherwise(column).alias(column))
    return replace(plan, **{name: changed})  # type: ignore[arg-type]


def scaled(plan: Plan, wanted: pl.Expr) -> Plan:
    """The plan with some costs half as much again, quantity and money alike."""
    amounts = ("quantity", "low", "value", "high")
    table = plan.costs.with_columns(pl.when(wanted).then(pl.col(name) * 1.5).otherwise(name).alias(name) for name in amounts)
    return replace(plan, costs=table)


def money(made: tuple[Scenario, Plan], plan: Plan) -> list[str]:
    """Files in which `verify` finds something of money."""
    files = (promises.COSTS, promises.BILLS, promises.CHECKS)
    return [finding.table for finding in verify(made[0], plan) if finding.table in files]


def test_costs_as_they_were_worked_out_keep_their_promises(made):
    assert 0 not in (made[1].costs.height, made[1].bills.height, made[1].cost_checks.height)
    assert money(made, made[1]) == []


def test_a_plan_without_costs_promises_nothing_of_them(made):
    nothing = {name: getattr(made[1], name).clear() for name in ("costs", "bills", "cost_checks")}
    assert money(made, replace(made[1], **nothing)) == []


FAULTS: dict[str, tuple[str, Callable[[Plan], Plan]]] = {
    "a rate that is not there": (promises.COSTS, lambda plan: with_first(plan, "costs", "rates", "nobody's")),
    "a rate of something else": (promises.COSTS, lambda plan: with_first(plan, "costs", "item", "command")),
    "money that is not quantity times rate": (promises.COSTS, lambda plan: with_first(plan, "costs", "value", 1.0)),
    "a low value above the value": (promises.COSTS, lambda plan: with_first(plan, "costs", "low", 1e12)),
    "people counted again": (promises.COSTS, lambda plan: scaled(plan, pl.col("item") == "personnel")),
    "people of another rate": (
        promises.COSTS, lambda plan: replace(plan, costs=plan.costs.filter(pl.col("rates") != "people of ALD"))),
    "wagons counted again": (promises.COSTS, lambda plan: scaled(plan, pl.col("item") == "rail_wagon_km")),
    "a movement that nobody pays": (
        promises.COSTS, lambda plan: replace(plan, costs=plan.costs.filter(pl.col("item") != "air_person_km"))),
    "a bill too low": (promises.BILLS, lambda plan: with_first(plan, "bills", "value", 1.0)),
    "a bill left out": (promises.BILLS, lambda plan: replace(plan, bills=plan.bills.tail(-1))),
    "a bill of another scheme": (promises.BILLS, lambda plan: with_first(plan, "bills", "scheme", "none")),
    "bills swapped between nations": (
        promises.BILLS,
        lambda plan: replace(plan, bills=plan.bills.with_columns(pl.col("value").reverse().over("scheme", "year")))),
    "bills without costs": (promises.BILLS, lambda plan: replace(plan, costs=plan.costs.clear())),
    "another key than was paid by": (
        promises.BILLS, lambda plan: replace(plan, provenance={"cost": {"key": "gdp", "common": ["personnel"]}})),
    "a range of ours that does not hold it": (promises.CHECKS, lambda plan: with_first(plan, "cost_checks", "ours", 1e12)),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_planted_fault_is_found(made, fault):
    file, plant = FAULTS[fault]
    assert file in money(made, plant(made[1]))


@pytest.mark.parametrize("promise", promises.PROMISES, ids=lambda promise: promise.__name__)
def test_every_promise_has_a_planted_fault(made, promise):
    broken = [fault for fault, (_, plant) in FAULTS.items() if any(promise(facts_of(made[0], plant(made[1]))))]
    assert broken
