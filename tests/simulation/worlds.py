"""Random scenarios with every kind of chance, and plans that are made for them without a solver."""

from dataclasses import replace
from typing import Any

import polars as pl
from tests.oracles.instances import SMALL, SeededChoices, Size, build_scenario

from contingent.model.chance import Call, Cycle, Phase, Policy
from contingent.model.rules import caveat_against, line_until, lines_of_option, readiness, tour_fits_window, tour_may_begin
from contingent.model.scenario import Scenario
from contingent.plan import frame
from contingent.plan.columns import COLUMNS, empty_frame
from contingent.plan.measures import coverage, required_unit_days
from contingent.plan.plan import Plan

WORLD = replace(SMALL, nations=4, offers=6, lines=6, periods=(6, 14), period_days=(20, 30), quantity=3, fewest=1)
"""Sizes of the scenarios: up to 14 periods of 30 days."""


def scenario_of(seed: int, size: Size = WORLD) -> Scenario:
    """A random scenario, nothing left to chance."""
    scenario = build_scenario(SeededChoices(seed), size)
    return scenario.model_copy(update={"pins": ()})


def risky_scenario_of(seed: int, size: Size = WORLD) -> Scenario:
    """A random scenario with chances of every kind."""
    scenario, choose = scenario_of(seed, size), SeededChoices(seed + 1_000_003).integer

    def maybe(chance: int, value: Any) -> Any:
        return value if choose(1, 100) <= chance else None

    horizon = scenario.settings.horizon_days
    nations = tuple(
        row.model_copy(update={"withdrawal_probability": maybe(60, choose(1, 10) / 10)}) for row in scenario.nations)
    offers = tuple(row.model_copy(update={"probability": maybe(60, choose(0, 10) / 10)}) for row in scenario.offers)
    middle = choose(1, horizon - 1)
    phases = (Phase(phase="surge", from_day=0, until_day=middle), Phase(phase="steady", from_day=middle)) if choose(0, 1) else ()
    policies = tuple(_policy(scenario, number, choose, maybe, phases) for number in range(choose(0, 5)))
    states = ("reset", "train", "ready")
    cycles = tuple(
        Cycle(
            cycle=name, step=step, state=states[min(step - 1, 2)],
            days=days, share=None if days is not None else maybe(70, choose(1, 5) / 10), may_deploy=("no", "yes")[choose(0, 1)],
        )
        for name in ("own", "other") for step in range(1, choose(2, 5)) for days in (maybe(40, choose(1, 40)),)
    )  # fmt: skip
    lines = [row.line for row in scenario.requirements] or ["none"]
    calls = tuple(
        Call(
            call=f"call {number}", reserve=tuple(dict.fromkeys(lines[choose(0, len(lines) - 1)] for _ in range(2))),
            quantity=choose(1, 2), per_year=choose(0, 40) / 2, days=choose(1, 30), length=("fixed", "exponential")[choose(0, 1)],
            from_day=choose(0, 40), until_day=maybe(30, choose(60, horizon + 60)),
        )
        for number in range(choose(0, 2))
    )  # fmt: skip
    return scenario.model_copy(update={
        "nations": nations, "offers": offers, "phases": phases, "cycles": cycles, "policies": policies, "calls": calls})


def _policy(scenario: Scenario, number: int, choose: Any, maybe: Any, phases: tuple[Phase, ...]) -> Policy:
    def one(names: Any) -> str:
        listed = sorted(names)
        return listed[choose(0, len(listed) - 1)]

    tour = maybe(20, choose(10, 90))
    return Policy(
        policy=f"p{number}", nation=maybe(30, one(scenario.nation_by_name)), unit_type=maybe(30, one(scenario.unit_type_by_name)),
        domain=maybe(20, "land"), phase=maybe(40, one([row.phase for row in phases])) if phases else None,
        cycle=maybe(50, one(["own", "other"])), tour_days=tour, dwell_ratio=maybe(15, choose(0, 6) / 2),
        handover_days=maybe(25, choose(0, 12)), least_dwell_ratio=maybe(50, choose(0, 4) / 2),
        most_tour_days=maybe(60, choose(30, 150)),
        recovery_days=maybe(30, choose(0, 30)), late_probability=maybe(50, choose(0, 10) / 10), late_days=choose(1, 25),
        fail_probability=maybe(50, choose(0, 6) / 10), outages_per_year=maybe(50, choose(0, 20) / 1.0), outage_days=choose(1, 20),
        dispatch=maybe(60, ("planned", "longest_dwell", "own_nation")[choose(0, 2)]),
    )  # fmt: skip


def simple_plan(scenario: Scenario, *, leave_out: int = 0) -> Plan:
    """A plan by hand: unit by unit, tour by tour, wherever one more is still missing; every rule but ceilings kept.

    `leave_out` tours of every ten are left out, so that there are gaps that somebody could fill.
    """
    lines = lines_of_option(scenario, None)
    horizon = scenario.settings.horizon_days
    served = {line.line: [0.0] * horizon for line in lines}
    holder: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for offer in scenario.offers:
        terms = readiness(scenario, offer)
        for number in range(1, offer.quantity + 1):
            free, made = 0, 0
            for day in range(0, horizon, 1):
                if day < free or (terms.max_tours is not None and made >= terms.max_tours):
                    continue
                for line in lines:
                    gives = scenario.effectiveness.get((line.capability, offer.unit_type))
                    if gives is None or caveat_against(scenario, offer, line) or not tour_may_begin(scenario, line, day):
                        continue
                    if not tour_fits_window(day, terms, horizon_days=horizon):
                        continue
                    if line.hold == "one_nation" and holder.get(line.line, offer.nation) != offer.nation:
                        continue
                    span = range(day, min(day + terms.serving_days, line_until(scenario, line)))
                    if not any(served[line.line][at] + 1e-9 < line.quantity for at in span):
                        continue
                    made, free = made + 1, day + terms.cycle_days
                    if (len(rows) * 7 + day) % 10 < leave_out:
                        break
                    for at in span:
                        served[line.line][at] += gives
                    holder.setdefault(line.line, offer.nation)
                    width = len(str(offer.quantity))
                    rows.append({
                        "unit": f"{offer.offer}#{number:0{width}d}", "offer": offer.offer, "nation": offer.nation,
                        "unit_type": offer.unit_type, "capability": line.capability, "line": line.line, "location": line.location,
                        "from_day": day, "until_day": day + terms.tour_days, "serves_until_day": day + terms.serving_days,
                        "rested_day": free, "people": terms.personnel, "effectiveness": gives, "pinned": False,
                        "confidence": offer.confidence,
                    })  # fmt: skip
                    break
    tours = frame("tours", rows)
    covered = coverage(scenario, None, tours)
    required = required_unit_days(scenario, None)
    filled = dict.fromkeys(required, 0.0)
    unit_days = pl.col("filled") * (pl.col("until_day") - pl.col("from_day"))
    for priority, days in covered.select("priority", unit_days.alias("days")).iter_rows():
        filled[priority] += days
    frames = {name: empty_frame(name) for name in COLUMNS} | {"tours": tours, "coverage": covered}
    return Plan(
        title=scenario.settings.title, option=None, marking="", goals=(), required_unit_days=required, filled_unit_days=filled,
        people_deployed_peak=0, low_confidence_share=0.0, provenance={}, **frames,
    )  # fmt: skip
