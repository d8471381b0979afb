"""A scenario and a plan of five tours, every number worked out by hand, in the margin of this file.

360 days, periods of 30; tours of 180 days, as many days of dwell. Option small has the lines L1 and L2.

    L1  guard duty, 2 units, days 0 to 360      ALF ALF | BRV and a gap        2 until 180, then 1 and 1 short
    L2  watch, 1 unit, days 90 to 300           CHL (90 to 240), CHL (240 on)  the drones hand over for 30 days
    L3  guard duty, 1 unit, option big only     nobody

    priority 1   required 2 * 360 = 720    filled 2 * 180 + 180 = 540
    priority 2   required 1 * 210 = 210    filled 210
    people       days 0: 200; 90: 220; 180: 100 + 20; 240: 100 + 40; 270: 100 + 20     most 220
    person-days  ALF 2 * 100 * 180 = 36000; BRV 100 * 180 = 18000; CHL 20 * 180 + 20 * 120 = 6000
    requirement  L1 720 * 40 (a drone, 20 people at 0.5, is leanest) + L2 210 * 20 = 33000 person-days
    burden       ALF 36000 / (0.5 * 33000) = 24 / 11; BRV 12 / 11; CHL has no fair share
    continuity   ALF comes on twice, BRV once, CHL once and keeps the post: 4
    cost         3 guards * (1000 + 10 * 180) = 8400; drones are not costed
    low share    BRV is of low confidence: 180 of 750 unit-days
"""

from datetime import date
from typing import Any

import polars as pl

from contingent.model.rows import Capability, Defaults, Location, Nation, Offer, Pin, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.plan.columns import empty_frame, frame
from contingent.plan.plan import Goal, Plan

LINES = {"L1": ("guard_duty", "Field", 1), "L2": ("watch", "Field", 2)}


def scenario(**changes: Any) -> Scenario:
    """The scenario; `changes` replace whole tables."""
    tables: dict[str, Any] = {
        "nations": (
            Nation(nation="ALF", name="Alfa", weight=1),
            Nation(nation="BRV", name="Bravo", weight=1, personnel_ceiling=300),
            Nation(nation="CHL", name="Charlie"),
        ),
        "unit_types": (
            UnitType(
                unit_type="guard", name="Guard", domain="land", echelon="company", personnel=100, daily_cost=10, tour_cost=1000
            ),
            UnitType(unit_type="drone", name="Drone flight", domain="air", echelon="flight", personnel=20),
        ),
        "capabilities": (
            Capability(capability="guard_duty", unit_type="guard", effectiveness=1),
            Capability(capability="guard_duty", unit_type="drone", effectiveness=0.5),
            Capability(capability="watch", unit_type="drone", effectiveness=1),
        ),
        "locations": (Location(location="Land", country="HST"), Location(location="Field", within="Land")),
        "offers": (
            Offer(offer="ALF-guard", nation="ALF", unit_type="guard", quantity=2, confidence="high"),
            Offer(offer="BRV-guard", nation="BRV", unit_type="guard", quantity=1, notice_days=180, confidence="low"),
            Offer(
                offer="CHL-drone",
                nation="CHL",
                unit_type="drone",
                quantity=2,
                handover_days=30,
                max_tours=1,
                excluded_tasks=("raid", "hold"),
            ),
            Offer(offer="CHL-guard", nation="CHL", unit_type="guard", quantity=1, excluded_locations=("HST",)),
        ),
        "requirements": (
            Requirement(line="L1", capability="guard_duty", quantity=2, location="Field", priority=1, task="hold"),
            Requirement(
                line="L2",
                capability="watch",
                quantity=1,
                from_day=90,
                until_day=300,
                location="Field",
                priority=2,
                hold="one_nation",
                task="look",
            ),
            Requirement(
                line="L3", capability="guard_duty", quantity=1, location="Field", priority=3, task="raid", option=("big",)
            ),
            Requirement(line="L4", capability="watch", quantity=1, from_day=400, location="Field", priority=2, option=("small",)),
        ),
        "pins": (Pin(offer="BRV-guard", line="L1", from_day=180), Pin(offer="ALF-guard", line="L3", from_day=0)),
    }
    settings = Settings(
        title="By hand",
        start_date=date(2027, 1, 1),
        horizon_days=360,
        period_days=30,
        defaults=Defaults(tour_days=180, dwell_ratio=1.0, handover_days=0),
    )
    return Scenario(settings=settings, **(tables | changes))


def tour(unit: str, line: str, from_day: int, **changes: Any) -> dict[str, Any]:
    """A row of tours.csv for a unit of the scenario."""
    offer = unit.partition("/")[0]
    nation, unit_type = offer.split("-")
    drone = unit_type == "drone"
    capability, location, _ = LINES.get(line, ("guard_duty", "Field", 3))
    return {
        "unit": unit,
        "offer": offer,
        "nation": nation,
        "unit_type": unit_type,
        "capability": capability,
        "line": line,
        "location": location,
        "from_day": from_day,
        "until_day": from_day + 180,
        "serves_until_day": from_day + (150 if drone else 180),
        "rested_day": from_day + 360,
        "people": 20 if drone else 100,
        "effectiveness": 0.5 if drone and line != "L2" else 1.0,
        "pinned": False,
        "confidence": {"ALF": "high", "BRV": "low", "CHL": None}[nation],
    } | changes


TOURS = (
    tour("ALF-guard/1", "L1", 0),
    tour("ALF-guard/2", "L1", 0),
    tour("BRV-guard/1", "L1", 180, pinned=True),
    tour("CHL-drone/1", "L2", 90),
    tour("CHL-drone/2", "L2", 240),
)


def _row(line: str, from_day: int, until_day: int, **columns: Any) -> dict[str, Any]:
    capability, location, priority = LINES[line]
    return {
        "line": line,
        "capability": capability,
        "location": location,
        "priority": priority,
        "from_day": from_day,
        "until_day": until_day,
    } | columns


def plan(**changes: Any) -> Plan:
    """The plan; `changes` replace whole fields."""
    goals = (
        Goal("unfilled_priority_1", 180.0, 180.0, "optimal", "by hand", 0.25, "unit-days"),
        Goal("unfilled_priority_2", 0.0, 0.0, "optimal", "by hand", 0.5, "unit-days"),
        Goal("burden", 24 / 11, 1.0, "feasible", "by hand", 0.125, "-"),
        Goal("continuity", 4.0, 4.0, "optimal", "by hand", 0.0, "takeovers"),
        Goal("cost", 8400.0, 0.0, "time_limit", "by hand", 0.0, "EUR"),
    )
    nations = [
        ("ALF", "Alfa", 2, 2, 2, 36000, 200, None, 36 / 33, 0.5, 24 / 11),
        ("BRV", "Bravo", 1, 1, 1, 18000, 100, 300, 18 / 33, 0.5, 12 / 11),
        ("CHL", "Charlie", 3, 2, 2, 6000, 40, None, 6 / 33, None, None),
    ]
    fields: dict[str, Any] = {
        "title": "By hand",
        "option": "small",
        "marking": "EXERCISE / UNCLASSIFIED SAMPLE DATA",
        "goals": goals,
        "required_unit_days": {1: 720.0, 2: 210.0},
        "filled_unit_days": {1: 540.0, 2: 210.0},
        "people_deployed_peak": 220,
        "low_confidence_share": 0.24,
        "tours": frame("tours", list(TOURS)),
        "coverage": frame(
            "coverage",
            [
                _row("L1", 0, 180, required=2.0, filled=2.0, gap=0.0, units=2, nations="ALF:2"),
                _row("L1", 180, 360, required=2.0, filled=1.0, gap=1.0, units=1, nations="BRV:1"),
                _row("L2", 90, 300, required=1.0, filled=1.0, gap=0.0, units=1, nations="CHL:1"),
            ],
        ),
        "gaps": frame(
            "gaps",
            [_row("L1", 180, 360, quantity=1.0, unit_days=180.0, reason="in_dwell", detail="2 units are home until D+360")],
        ),
        "nations": frame("nations", [dict(zip(empty_frame("nations").columns, row, strict=True)) for row in nations]),
        "unused": frame(
            "unused",
            [
                {
                    "offer": "CHL-guard",
                    "nation": "CHL",
                    "unit_type": "guard",
                    "offered": 1,
                    "unused": 1,
                    "reason": "caveat",
                    "detail": "rules out HST",
                }
            ],
        ),
        "remedies": frame(
            "remedies",
            [
                {
                    "unit_type": "guard",
                    "name": "Guard",
                    "units": 1,
                    "people": 100,
                    "closes": "L1",
                    "unit_days": 180.0,
                    "cost": 2800.0,
                }
            ],
        ),
        "worth": frame("worth", [{"unit_type": "guard", "name": "Guard", "priority": 1, "unit_days": 180.0, "lines": "L1"}]),
        "provenance": {"scenario": scenario().fingerprint(), "seed": 0, "gap": 1e-6},
        "seconds": {"generation": 1.5},
    }
    return Plan(**(fields | changes))


def with_cell(table: pl.DataFrame, row: int, column: str, value: Any) -> pl.DataFrame:
    """The table with one cell changed."""
    cells = table[column].to_list()
    cells[row] = value
    return table.with_columns(pl.Series(column, cells, dtype=table.schema[column]))
