"""`verify` finds each fault planted in what follows from the mandate and from the tours, and nothing in a plan as it was made."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from contingent import verify
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.plan.verify import structure


@pytest.fixture
def made(small_force: tuple[Scenario, Plan]) -> tuple[Scenario, Plan]:
    return small_force


def with_first(plan: Plan, name: str, column: str, value: object) -> Plan:
    table: pl.DataFrame = getattr(plan, name)
    first = pl.int_range(pl.len()) == 0
    changed = table.with_columns(pl.when(first).then(pl.lit(value, dtype=table.schema[column])).otherwise(column).alias(column))
    return replace(plan, **{name: changed})  # type: ignore[arg-type]


def test_a_plan_as_it_was_made_keeps_its_promises(made: tuple[Scenario, Plan]) -> None:
    scenario, plan = made
    assert not plan.sizing.is_empty()
    assert not plan.orbat.is_empty()
    assert not plan.adequacy.is_empty()
    assert verify(scenario, plan) == ()


FAULTS: dict[str, tuple[str, Callable[[Plan], Plan]]] = {
    "a line sized as another number": ("sizing.csv", lambda plan: with_first(plan, "sizing", "quantity", 77)),
    "a line of another mandate": ("sizing.csv", lambda plan: with_first(plan, "sizing", "mandate", "NOBODY")),
    "a line that nobody asks for": ("sizing.csv", lambda plan: with_first(plan, "sizing", "line", "NOBODY.1")),
    "a line left out": ("sizing.csv", lambda plan: replace(plan, sizing=plan.sizing.tail(-1))),
    "a sentence about another number": ("sizing.csv", lambda plan: with_first(plan, "sizing", "sentence", "1 / 1 -> 900 x ship")),
    "an unknown formation": ("orbat.csv", lambda plan: with_first(plan, "orbat", "formation", "Nowhere")),
    "a tour that is not there": ("orbat.csv", lambda plan: with_first(plan, "orbat", "unit", "Nobody 1")),
    "a tour left out": ("orbat.csv", lambda plan: replace(plan, orbat=plan.orbat.tail(-1))),
    "a tour under two formations": ("orbat.csv", lambda plan: replace(plan, orbat=pl.concat([plan.orbat, plan.orbat.head(1)]))),
    "an unknown formation above": ("formations.csv", lambda plan: with_first(plan, "formations", "parent", "Nowhere")),
    "battalions that do not add up": ("adequacy.csv", lambda plan: with_first(plan, "adequacy", "total", 1000.0)),
    "another need": ("adequacy.csv", lambda plan: with_first(plan, "adequacy", "needed", 0.5)),
    "another incursion": ("adequacy.csv", lambda plan: with_first(plan, "adequacy", "incursion", "Nobody")),
    "another verdict": (
        "adequacy.csv", lambda plan: replace(plan, adequacy=plan.adequacy.with_columns(~pl.col("enough")))
    ),
}  # fmt: skip


def test_every_file_has_a_planted_fault() -> None:
    files = {structure.SIZING, structure.ORBAT, structure.FORMATIONS, structure.ADEQUACY}
    assert {table for table, _ in FAULTS.values()} == files


@pytest.mark.parametrize("fault", FAULTS)
def test_each_planted_fault_is_found(made: tuple[Scenario, Plan], fault: str) -> None:
    scenario, plan = made
    table, plant = FAULTS[fault]
    assert table in {finding.table for finding in verify(scenario, plant(plan))}
