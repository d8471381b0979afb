"""`verify` finds each fault planted in what a force lives on, and nothing in supply as it was worked out."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace

import polars as pl
import pytest
from tests.sustainment.instances import by_road, crossing, everybody

from contingent.model.scenario import Scenario
from contingent.plan.measures import performed
from contingent.plan.verify import supply
from contingent.plan.verify.facts import Facts
from contingent.sustainment import sustain

Frames = Mapping[str, pl.DataFrame]
NARROW = 0.01
"""Trucks a day from Hub to Depot: a third of what is used. [trucks]"""


@pytest.fixture(scope="module")
def made() -> tuple[Scenario, Frames]:
    scenario = by_road(hub_depot=NARROW, handling=(crossing("Port", 100),))
    return scenario, sustain(scenario, everybody(), None).frames


def findings(scenario: Scenario, frames: Frames) -> set[str]:
    units = everybody()
    done = performed(scenario, None, units).with_columns(units["people"], units["location"], units["until_day"])
    facts = Facts(scenario, SimpleNamespace(**frames), done, done)  # type: ignore[arg-type]
    return {finding.table for promise in supply.PROMISES for finding in promise(facts)}


def with_cell(frames: Frames, name: str, row: int, column: str, value: object) -> Frames:
    table = frames[name]
    here = pl.int_range(pl.len()) == row
    kind = table.schema[column]
    return {**frames, name: table.with_columns(pl.when(here).then(pl.lit(value, dtype=kind)).otherwise(column).alias(column))}


def without(frames: Frames, name: str) -> Frames:
    return {**frames, name: frames[name].tail(-1)}


def test_supply_as_it_was_worked_out_keeps_its_promises(made: tuple[Scenario, Frames]) -> None:
    scenario, frames = made
    assert frames["stockouts"].height == 1
    assert frames["survival"].height > 1
    assert findings(scenario, frames) == set()


FAULTS: dict[str, tuple[str, Callable[[Frames], Frames]]] = {
    "a stock that does not balance": ("supply.csv", lambda f: with_cell(f, "supply", 1, "stock_t", 5.0)),
    "a stock that begins with more than was left": ("supply.csv", lambda f: with_cell(f, "supply", 2, "before_t", 90.0)),
    "less than nothing": ("supply.csv", lambda f: with_cell(f, "supply", 3, "sent_t", -1.0)),
    "more used than needed": ("supply.csv", lambda f: with_cell(f, "supply", 4, "used_t", 5.0)),
    "another need": ("supply.csv", lambda f: with_cell(f, "supply", 4, "needed_t", 1.0)),
    "a week left out": ("supply.csv", lambda f: without(f, "supply")),
    "other days of supply": ("supply.csv", lambda f: with_cell(f, "supply", 0, "days_of_supply", 3.0)),
    "another daily use": ("supply.csv", lambda f: with_cell(f, "supply", 0, "daily_t", 3.0)),
    "another target": ("supply.csv", lambda f: with_cell(f, "supply", 0, "target_days", 3.0)),
    "a delivery that did not come": ("resupply.csv", lambda f: without(f, "resupply")),
    "a delivery of more": ("resupply.csv", lambda f: with_cell(f, "resupply", 1, "tonnes", 9.0)),
    "a source that is none": ("resupply.csv", lambda f: with_cell(f, "resupply", 1, "from_location", "Post")),
    "a way that is none": ("resupply.csv", lambda f: with_cell(f, "resupply", 1, "way", "PH;XX")),
    "a way that leads elsewhere": ("resupply.csv", lambda f: with_cell(f, "resupply", 1, "way", "PH")),
    "a shortage left out": ("stockouts.csv", lambda f: without(f, "stockouts")),
    "a smaller shortage": ("stockouts.csv", lambda f: with_cell(f, "stockouts", 0, "short_t", 0.1)),
    "a shortage too early": ("stockouts.csv", lambda f: with_cell(f, "stockouts", 0, "day", 0)),
    "a place that is none": ("survival.csv", lambda f: with_cell(f, "survival", 0, "closed", "Nowhere")),
    "days without a supply": ("survival.csv", lambda f: with_cell(f, "survival", 0, "supply", None)),
    "another verdict": ("logistics.csv", lambda f: with_cell(f, "logistics", 0, "status", "more is needed")),
    "another sum": ("logistics.csv", lambda f: with_cell(f, "logistics", 0, "needed", 0.1)),
}


def test_every_file_has_a_planted_fault() -> None:
    files = {supply.SUPPLY, supply.RESUPPLY, supply.STOCKOUTS, supply.SURVIVAL, supply.LOGISTICS}
    assert {table for table, _ in FAULTS.values()} == files


@pytest.mark.parametrize("fault", FAULTS)
def test_each_planted_fault_is_found(made: tuple[Scenario, Frames], fault: str) -> None:
    scenario, frames = made
    table, plant = FAULTS[fault]
    assert table in findings(scenario, plant(frames))


def test_more_than_a_crossing_takes_is_found(made: tuple[Scenario, Frames]) -> None:
    scenario, frames = made
    half = {"capacity_per_day": NARROW / 2}
    links = tuple(link.model_copy(update=half) if link.link == "HD" else link for link in scenario.links)
    narrower = scenario.model_copy(update={"links": links})
    assert findings(narrower, frames) == {"resupply.csv"}


def test_more_than_fits_is_found(made: tuple[Scenario, Frames]) -> None:
    scenario, frames = made
    hub, depot = scenario.stocks
    smaller = scenario.model_copy(update={"stocks": (hub.model_copy(update={"capacity_t": 1.0}), depot)})
    assert findings(smaller, frames) == {"supply.csv"}
