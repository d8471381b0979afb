"""`verify` finds each fault planted in how a force gets there, by the promise that it breaks, and none in what was made."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contingent import verify
from contingent.deployment import DeployOptions, deploy
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.plan.verify import facts, way, way_counted
from contingent.plan.verify.facts import facts_of
from contingent.plan.verify.way_counted import first_day_over

PROMISES = (*way.PROMISES, *way_counted.PROMISES)


@pytest.fixture(scope="module")
def made(small_force: tuple[Scenario, Plan]) -> tuple[Scenario, Plan]:
    scenario, plan = small_force
    moved = deploy(scenario, plan.tours, "small", DeployOptions(until=150, rounds=1, bounded=0))
    return scenario, replace(plan, **moved.frames)  # type: ignore[arg-type]


def test_what_deployment_made_keeps_its_promises(made: tuple[Scenario, Plan]) -> None:
    scenario, plan = made
    assert plan.movements.height > 200
    assert verify(scenario, plan) == ()


def test_a_plan_without_movements_promises_nothing_of_them(made: tuple[Scenario, Plan]) -> None:
    scenario, plan = made
    empty = {name: getattr(plan, name).clear() for name in (
        "movements", "legs", "closure", "arrivals", "utilisation", "flows", "bottlenecks", "schedule")}  # fmt: skip
    assert verify(scenario, replace(plan, **empty)) == ()


Fault = Callable[[Plan], Plan]


def cells(table: str, which: pl.Expr, **values: Any) -> Fault:
    """A fault in the first row of a frame of which something holds; a value is a cell or an expression."""

    def plant(plan: Plan) -> Plan:
        frame: pl.DataFrame = getattr(plan, table)
        numbered = frame.with_row_index("row")
        row = numbered.filter(which)["row"][0]
        changes = [
            pl.when(pl.col("row") == row).then(value if isinstance(value, pl.Expr) else pl.lit(value, dtype=frame.schema[name]))
            .otherwise(pl.col(name)).cast(frame.schema[name]).alias(name)
            for name, value in values.items()
        ]  # fmt: skip
        return replace(plan, **{table: numbered.with_columns(changes).drop("row")})  # type: ignore[arg-type]

    return plant


def everywhere(table: str, which: pl.Expr, **values: Any) -> Fault:
    """A fault in all rows of which something holds."""

    def plant(plan: Plan) -> Plan:
        frame: pl.DataFrame = getattr(plan, table)
        changes = [
            pl.when(which).then(value).otherwise(pl.col(name)).cast(frame.schema[name]).alias(name)
            for name, value in values.items()
        ]
        return replace(plan, **{table: frame.with_columns(changes)})  # type: ignore[arg-type]

    return plant


def without(table: str, which: pl.Expr) -> Fault:
    """A frame without the first row of which something holds."""

    def plant(plan: Plan) -> Plan:
        frame = getattr(plan, table).with_row_index("row")
        row = frame.filter(which)["row"][0]
        return replace(plan, **{table: frame.filter(pl.col("row") != row).drop("row")})  # type: ignore[arg-type]

    return plant


col = pl.col
OUT, FREIGHT = col("direction") == "out", col("element") == "carried"
RAIL = (col("mode") == "rail") & col("link").is_not_null()
HANDLED = col("mode") == "handling"
BORDER = HANDLED & (col("link") == "border_rail")
THERE = col("arrives_day").is_not_null()

FAULTS: dict[str, tuple[Callable[..., Any], Fault]] = {
    "a movement of nobody": (way.every_tour_moves, cells("movements", OUT, unit="Nobody/1")),
    "a tour to which nobody moves": (way.every_tour_moves, lambda plan: replace(
        plan, movements=plan.movements.filter(col("unit") != plan.movements["unit"][0]))),
    "people left at home": (way.parts_add_up, cells("movements", col("element") == "people", people=col("people") - 1)),
    "a vehicle too many": (way.parts_add_up, cells("movements", FREIGHT, vehicles=col("vehicles") + 1)),
    "tonnes too many": (way.parts_add_up, cells("movements", FREIGHT, tonnes=col("tonnes") + 1)),
    "a part left out": (way.parts_add_up, without("movements", col("element") == "stores")),
    "ready before it is": (way.nobody_sets_out_early, cells("movements", OUT, ready_day=col("ready_day") - 1)),
    "sets out before it is ready": (
        way.nobody_sets_out_early, cells("legs", col("leg") == 1, leaves_day=col("leaves_day") - 40)),
    "there before its last leg ends": (
        way.arrivals_follow_from_legs, cells("movements", THERE, arrives_day=col("arrives_day") - 1)),
    "late by another number": (way.arrivals_follow_from_legs, cells("movements", THERE, late_days=col("late_days") + 1)),
    "never there, yet late": (way.arrivals_follow_from_legs, cells("movements", THERE, arrives_day=None)),
    "begins elsewhere": (way.legs_hang_together, cells("legs", RAIL, from_location="Lviv")),
    "ends elsewhere": (way.legs_hang_together, cells("movements", THERE & FREIGHT, to_location="Paris")),
    "begins before the leg before is done": (way.legs_hang_together, cells(
        "legs", (col("mode") == "unloading"), leaves_day=col("leaves_day") - 0.01)),
    "arrives before it leaves": (way.legs_hang_together, cells("legs", RAIL, arrives_day=col("leaves_day") - 0.5)),
    "a leg left out": (way.legs_hang_together, without("legs", RAIL)),
    "legs of nobody": (way.legs_hang_together, cells("legs", RAIL, movement="Nobody")),
    "a link that is not there": (way.legs_run_over_links, cells("legs", RAIL, link="nowhere")),
    "a link that leads elsewhere": (way.legs_run_over_links, cells("legs", RAIL, to_location="Nowhere")),
    "a road by train": (way.legs_run_over_links, cells("legs", RAIL, mode="road")),
    "a fleet that is not there": (way.legs_run_over_links, cells("legs", RAIL, fleet="nobodys_trains")),
    "a train on the other gauge": (way.legs_run_over_links, everywhere(
        "legs", col("fleet").is_in(["broad_trains", "broad_troop_trains"]), fleet=pl.lit("db_trains"))),
    "a train that is too fast": (way.legs_run_over_links, cells("legs", RAIL, arrives_day=col("leaves_day") + 0.01)),
    "no train at all": (way.legs_run_over_links, cells("legs", RAIL, fleet=None)),
    "loaded in no time": (way.legs_run_over_links, cells("legs", col("mode") == "loading", arrives_day=col("leaves_day"))),
    "half a train": (way.loads_are_what_moves, cells("legs", RAIL, load=col("load") / 2)),
    "fewer wagons at the border": (way.loads_are_what_moves, cells("legs", BORDER & (col("load") > 3), load=col("load") - 2)),
    "everything handled on one day": (way_counted.places_handle_what_they_can, everywhere(
        "legs", HANDLED, leaves_day=pl.lit(60.0), arrives_day=pl.lit(60.0))),
    "handled where nothing is": (way_counted.places_handle_what_they_can, cells("legs", BORDER, from_location="Paris")),
    "all trains on one day": (way_counted.fleets_are_busy_once, everywhere(
        "legs", RAIL, leaves_day=pl.lit(60.0), arrives_day=pl.lit(60.9))),
    "trains that never come back": (way_counted.fleets_are_busy_once, everywhere(
        "legs", RAIL & (col("fleet") == "db_trains"), leaves_day=pl.lit(60.0), arrives_day=60.0 + 0.02 * col("leg").cum_count())),
    "a week that carries more": (
        way_counted.utilisation_told, cells("utilisation", col("kind") == "fleet", used=col("used") + 1)),
    "a week that can carry more": (
        way_counted.utilisation_told, cells("utilisation", col("used") > 0, capacity=col("capacity") * 2)),
    "another share": (way_counted.utilisation_told, cells("utilisation", col("used") > 0, share=0.999)),
    "nobody's capacity": (way_counted.utilisation_told, cells("utilisation", col("used") > 0, resource="Paris: strait")),
    "a week left out": (way_counted.utilisation_told, without("utilisation", col("kind") == "gauge_change")),
    "more people on a link": (way_counted.flows_told, cells("flows", col("people") > 0, people=col("people") + 1)),
    "a link left out": (way_counted.flows_told, without("flows", col("tonnes") > 0)),
    "closed too early": (way_counted.closure_told, cells("closure", col("late_days") > 0, closure_day=col("required_day"))),
    "no units late": (way_counted.closure_told, cells("closure", col("late_units") > 0, late_units=0)),
    "a line left out": (way_counted.closure_told, without("closure", col("planned_units") > 0)),
    "people there too early": (way_counted.arrivals_told, cells("arrivals", col("day") == 20, people_arrived=1e6)),
    "tonnes from nowhere": (way_counted.arrivals_told, cells("arrivals", col("day") == 20, tonnes_arrived=1e6)),
    "a day left out": (way_counted.arrivals_told, without("arrivals", col("day") == 20)),
    "a bottleneck of nobody": (way_counted.bottlenecks_told, cells("bottlenecks", col("late_days") > 0, movement="Nobody")),
    "a bottleneck that is none": (way_counted.bottlenecks_told, cells("bottlenecks", col("late_days") > 0, resource="Paris")),
    "a bound above the value": (way_counted.bottlenecks_told, cells(
        "schedule", col("measure") == "weighted lateness", bound=col("value") + 1)),
}  # fmt: skip


def test_every_promise_has_a_planted_fault() -> None:
    assert {promise for promise, _ in FAULTS.values()} == set(PROMISES)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_planted_fault_is_found_by_its_promise(made: tuple[Scenario, Plan], fault: str) -> None:
    scenario, plan = made
    promise, plant = FAULTS[fault]
    assert list(promise(facts_of(scenario, plan))) == []
    assert list(promise(facts_of(scenario, plant(plan))))


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_read_anew_by_each_promise_is_told_the_same(
    made: tuple[Scenario, Plan], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a force of millions of legs no rows are held; what is found does not change."""
    scenario, plan = made
    promise, plant = FAULTS[fault]
    held = list(promise(facts_of(scenario, plant(plan))))
    monkeypatch.setattr(facts, "MOST_HELD", 0)
    assert list(promise(facts_of(scenario, plant(plan)))) == held


def test_a_closed_link_is_found_by_who_still_runs_over_it(made: tuple[Scenario, Plan]) -> None:
    scenario, plan = made
    run_over = plan.legs.filter(RAIL)["link"][0].split("; ")[0]
    shut = scenario.model_copy(update={"links": tuple(link for link in scenario.links if link.link != run_over)})
    assert any("is no link" in finding.what for finding in way.legs_run_over_links(facts_of(shut, plan)))


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(1, 12)), max_size=5), st.integers(1, 8)
)  # fmt: skip
def test_jobs_fit_if_and_only_if_no_days_are_too_few(rows: list[tuple[int, int, int]], per_day: int) -> None:
    """Hall's condition: what must be done within any run of days is no more than they allow."""
    jobs = [(first, first + more, float(amount)) for first, more, amount in rows]
    fits = all(
        sum(amount for first, last, amount in jobs if begin <= first and last <= end) <= per_day * (end - begin + 1)
        for begin in range(9) for end in range(begin, 9)
    )  # fmt: skip
    assert (first_day_over(jobs, per_day, allowance=1e-9) is None) == fits
