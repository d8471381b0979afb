"""Scenarios small enough that what becomes of them can be worked out by hand."""

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from contingent.model.rows import Capability, Defaults, Location, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.plan import COLUMNS, Plan, empty_frame, frame
from contingent.plan.measures import coverage, required_unit_days


def world(
    *, horizon: int = 360, offers: tuple[Offer, ...] = (), lines: tuple[Requirement, ...] = (), nations: tuple[Nation, ...] = (),
    period: int = 30, **tables: Any,
) -> Scenario:  # fmt: skip
    """A scenario of guards; nations named by the offers are added where they are not given."""
    named = {row.nation for row in nations}
    more = tuple(Nation(nation=name, name=name) for name in dict.fromkeys(row.nation for row in offers) if name not in named)
    settings = Settings(
        title="small", start_date=date(2026, 1, 1), horizon_days=horizon, period_days=period,
        defaults=Defaults(tour_days=180, dwell_ratio=2, handover_days=0),
    )  # fmt: skip
    return Scenario(
        settings=settings, nations=(*nations, *more),
        unit_types=(UnitType(unit_type="guard", name="Guard", domain="land", echelon="company", personnel=100),),
        capabilities=(Capability(capability="guarding", unit_type="guard", effectiveness=1),),
        locations=(Location(location="Here"),), offers=offers, requirements=lines, **tables,
    )  # fmt: skip


def offer(name: str, nation: str, quantity: int = 1, **terms: Any) -> Offer:
    return Offer(offer=name, nation=nation, unit_type="guard", quantity=quantity, **terms)


def line(name: str, quantity: int = 1, **terms: Any) -> Requirement:
    return Requirement(line=name, capability="guarding", quantity=quantity, **terms)


def plan_of(scenario: Scenario, tours: list[tuple[str, str, int, int, int]]) -> Plan:
    """A plan of tours: unit, line, first day, end of service, day of leaving."""
    offers = {row.offer: row for row in scenario.offers}
    rows = [
        {"unit": unit, "offer": unit.split("#")[0], "nation": offers[unit.split("#")[0]].nation, "unit_type": "guard",
         "capability": "guarding", "line": on, "location": None, "from_day": start, "until_day": leave,
         "serves_until_day": serves, "rested_day": leave, "people": 100, "effectiveness": 1.0, "pinned": False,
         "confidence": None}
        for unit, on, start, serves, leave in tours
    ]  # fmt: skip
    frames = {name: empty_frame(name) for name in COLUMNS} | {"tours": frame("tours", rows)}
    return Plan(
        title="small", option=None, marking="", goals=(), required_unit_days=required_unit_days(scenario, None),
        filled_unit_days={}, people_deployed_peak=0, low_confidence_share=0.0, provenance={}, **frames,
    )  # fmt: skip


def fill_by_line_and_month(scenario: Scenario, plan: Plan, months: list[int]) -> dict[tuple[str, int], float]:
    """Filled unit-days of the plan's own coverage, by line and first day of the month."""
    covered = coverage(scenario, plan.option, plan.tours)
    found = {}
    for first, after in pairwise(months):
        days = (pl.min_horizontal("until_day", pl.lit(after)) - pl.max_horizontal("from_day", pl.lit(first))).clip(lower_bound=0)
        for name, filled in covered.group_by("line").agg((pl.col("filled") * days).sum()).iter_rows():
            found[name, first] = filled
    return found
