"""`verify` finds each fault planted in what a plan says of aid, and nothing in a plan as it was made."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from contingent import make_plan, read_scenario, verify
from contingent.io import read_plan, write_plan
from contingent.model.scenario import Scenario
from contingent.plan.aid_columns import AID_COLUMNS
from contingent.plan.plan import Plan, PlanOptions
from contingent.plan.verify import aid

QUICK = PlanOptions(option="small", remedies=False, replications=0, onward=False)


@pytest.fixture
def made(small_force: tuple[Scenario, Plan]) -> tuple[Scenario, Plan]:
    return small_force


def with_cell(name: str, where: pl.Expr | None, column: str, value: object) -> Callable[[Plan], Plan]:
    """Another value in the rows where something holds; None = in the first."""

    def plant(plan: Plan) -> Plan:
        table: pl.DataFrame = getattr(plan, name)
        mine = pl.int_range(pl.len()) == 0 if where is None else where
        cell = pl.lit(value, dtype=table.schema[column])
        return replace(plan, **{name: table.with_columns(pl.when(mine).then(cell).otherwise(column).alias(column))})  # type: ignore[arg-type]

    return plant


def without_first(name: str) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, **{name: getattr(plan, name).tail(-1)})  # type: ignore[arg-type]


def test_a_plan_as_it_was_made_keeps_its_promises(made: tuple[Scenario, Plan]) -> None:
    scenario, plan = made
    for name in AID_COLUMNS:
        assert not getattr(plan, name).is_empty(), name
    assert verify(scenario, plan) == ()
    assert "aid, beside" in plan.seconds


def test_the_frames_of_aid_come_back_from_the_folder(made: tuple[Scenario, Plan], tmp_path: Any) -> None:
    scenario, plan = made
    back = read_plan(write_plan(plan, tmp_path / "plan", scenario=scenario))
    for name in (*AID_COLUMNS, "adequacy"):
        assert getattr(back, name).equals(getattr(plan, name)), name
    assert verify(read_scenario(tmp_path / "plan" / "scenario"), back) == ()


def test_without_aid_there_is_nothing_of_it_and_the_host_waits(made: tuple[Scenario, Plan]) -> None:
    scenario, whole = made
    plan = make_plan(scenario, replace(QUICK, aid=False))
    for name in AID_COLUMNS:
        assert getattr(plan, name).is_empty()
    assert plan.adequacy["host_by_aid"].sum() == 0
    assert verify(scenario, plan) == ()
    assert plan.tours.equals(whole.tours)


def all_equipped(plan: Plan) -> Plan:
    """A plan that says that every formation is equipped on D-day, but counts as before."""
    return replace(plan, aid_formations=plan.aid_formations.with_columns(equipped_day=pl.lit(0, pl.Int64)))


AIR = pl.col("kind") == "air_defence"
FAULTS: dict[str, tuple[Any, str, Callable[[Plan], Plan]]] = {
    "battalions by aid that nobody equipped": (
        aid.host_waits_for_its_equipment, "adequacy.csv", with_cell("adequacy", None, "host_by_aid", 99.0)),
    "battalions that wait for what they have": (aid.host_waits_for_its_equipment, "adequacy.csv", all_equipped),
    "more promised": (
        aid.promises_are_those_of_the_tables, "aid_promises.csv", with_cell("aid_promises", None, "promised", 777)),
    "more delivered": (
        aid.promises_are_those_of_the_tables, "aid_promises.csv", with_cell("aid_promises", None, "delivered", 777)),
    "more open than promised": (
        aid.promises_are_those_of_the_tables, "aid_promises.csv", with_cell("aid_promises", None, "open", 10**9)),
    "money that nobody owes": (
        aid.promises_are_those_of_the_tables, "aid_promises.csv", with_cell("aid_promises", None, "open_eur_m", 10.0**9)),
    "promises left out": (
        aid.promises_are_those_of_the_tables, "aid_promises.csv",
        lambda plan: replace(plan, aid_promises=plan.aid_promises.filter(pl.col("donor") != "DEU"))),
    "a need that nobody has": (aid.gaps_are_what_needs_lack, "aid_gaps.csv", with_cell("aid_gaps", None, "need", "Nobody's")),
    "another gap": (aid.gaps_are_what_needs_lack, "aid_gaps.csv", with_cell("aid_gaps", None, "gap", 777_777)),
    "given twice": (aid.gaps_are_what_needs_lack, "aid_gaps.csv", with_cell("aid_gaps", None, "given", 777_777)),
    "another day": (aid.gaps_are_what_needs_lack, "aid_gaps.csv", with_cell("aid_gaps", None, "by_day", 7)),
    "more missing to the standard": (
        aid.gaps_are_what_needs_lack, "aid_gaps.csv", with_cell("aid_gaps", None, "to_standard", 777_777)),
    "a need left out": (aid.gaps_are_what_needs_lack, "aid_gaps.csv", without_first("aid_gaps")),
    "an unknown formation": (
        aid.formations_are_what_needs_make_them, "aid_formations.csv", with_cell("aid_formations", None, "formation", "Nobody")),
    "another share": (
        aid.formations_are_what_needs_make_them, "aid_formations.csv", with_cell("aid_formations", None, "share", 0.123)),
    "other battalions": (
        aid.formations_are_what_needs_make_them, "aid_formations.csv", with_cell("aid_formations", None, "battalions", 77.0)),
    "equipped with something missing": (aid.formations_are_what_needs_make_them, "aid_formations.csv", all_equipped),
    "no shortage told": (
        aid.aid_and_force_are_held_against_what_there_is, "aid_competition.csv",
        with_cell("aid_competition", None, "short", 7.0)),
    "batteries that the plan does not hold": (
        aid.aid_and_force_are_held_against_what_there_is, "aid_competition.csv",
        with_cell("aid_competition", AIR, "force", 77.0)),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_planted_fault_is_found(made: tuple[Scenario, Plan], fault: str) -> None:
    scenario, plan = made
    _, table, plant = FAULTS[fault]
    assert table in {finding.table for finding in verify(scenario, plant(plan))}


def test_every_promise_has_a_planted_fault() -> None:
    assert {promise for promise, _, _ in FAULTS.values()} == set(aid.PROMISES)
