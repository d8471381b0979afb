"""The made-up scenario of the other samples with a mandate: tasks, factors, ground, formations, and the frames that they fill.

Every figure is made up, and adds up: people are units times strength; ends of the tornado, ratios of missions and battalions
within hours are written down here so that a reader can count them.

    mandated_plan()     scenario and plan of the option "medium" with every frame filled
    hostile_mandate()   the hostile scenario with every frame filled with texts that try to break out
"""

import dataclasses
from functools import lru_cache
from typing import Any

from tests.report.sample_plan import BREAKOUT, hostile_scenario, sample_plan

from contingent.model.ground import Link, Sector, Trace
from contingent.model.mandate import Factor, Task
from contingent.model.rows import Location
from contingent.model.scenario import Scenario
from contingent.plan import COLUMNS, Plan
from contingent.plan.columns import frame

# task, title, method, sector, location, status
TASKS = (
    ("NORTH", "Secure the northern sector", "sector_security", "North", "North", "assumption"),
    ("SOUTH", "Secure the southern sector", "sector_security", "South", "South", "assumption"),
    ("RESERVE", "A reserve that reaches the whole line", "mobile_reserve", None, None, "derived"),
    ("POLICE", "Police the sky without a break", "air_policing", None, "Airbase", "sourced"),
    ("MINES", "Clear the western gulf of mines", "mine_countermeasures", None, "Gulf", "sourced"),
    ("SUPPLY", "Supply the force through the hub", "logistics", None, "Hub", "assumption"),
)

# factor, scope, value, low, high, unit, meaning, status, source, confidence
FACTORS = (
    (
        "frontage_km",
        "all",
        24,
        15,
        40,
        "km per battalion",
        "Length of line that one battalion holds.",
        "assumption",
        "Assumption: after [REF-2].",
        "low",
    ),
    (
        "battalion_area_km2",
        "all",
        5000,
        2000,
        10000,
        "km2 per battalion",
        "Area that one battalion is present in.",
        "assumption",
        "Assumption.",
        "low",
    ),
    (
        "reserve_hours",
        "all",
        8,
        4,
        12,
        "h",
        "Hours in which the reserve must be anywhere on the line.",
        "derived",
        "By the task.",
        "high",
    ),
    ("endurance_h", "all", 3.5, 2, 5, "h", "Hours that a fighter stays up with a tanker.", "sourced", "[REF-1]", "medium"),
    (
        "aircraft_availability",
        "all",
        0.6,
        0.5,
        0.75,
        "share",
        "Share of the aircraft that can fly.",
        "assumption",
        "Assumption.",
        "low",
    ),
    (
        "clearance_km2_per_day",
        "MINES",
        1.0,
        0.5,
        2,
        "km2 a day",
        "Area that one vessel clears a day.",
        "sourced",
        "[REF-2]",
        "medium",
    ),
    ("truck_payload_t", "all", 10, 8, 15, "t", "Load of a truck.", "sourced", "[REF-2]", "high"),
    (
        "supply_distance_km",
        "all",
        250,
        100,
        500,
        "km",
        "Distance over which the force is supplied.",
        "derived",
        "From the map.",
        "medium",
    ),
    (
        "tonnes_per_battalion_day",
        "all",
        400,
        200,
        600,
        "t a day",
        "Load that a logistics battalion handles.",
        "assumption",
        "Assumption.",
        "low",
    ),
)

# line, task, method, capability, location, quantity, unit type, people, sentence
SIZED = (
    (
        "L-003",
        "NORTH",
        "sector_security",
        "infantry",
        "North",
        7,
        "light_battlegroup",
        5250,
        "North: 146 km / 24 km per battalion = 6.08 -> 7 x light battlegroup; factor frontage_km 24 km ([REF-2], assumption)",
    ),
    (
        "L-007",
        "SOUTH",
        "sector_security",
        "infantry",
        "South",
        4,
        "light_battlegroup",
        3000,
        "South: 18,300 km2 / 5,000 km2 = 3.66 -> 4 x light battlegroup; factor battalion_area_km2 5,000 km2 (assumption)",
    ),
    (
        "L-002",
        "RESERVE",
        "mobile_reserve",
        "infantry",
        "Capital",
        2,
        "light_battlegroup",
        1500,
        "9 points in 8 h by road from 2 bases; here 1 = 2 -> 2 x light battlegroup; factor reserve_hours 8 h (derived)",
    ),
    (
        "L-022",
        "POLICE",
        "air_policing",
        "air_policing",
        "Airbase",
        2,
        "fighter_detachment",
        360,
        "12 aircraft / 6 -> 2 x fighter detachment; factors endurance_h 3.5 h ([REF-1], sourced); aircraft_availability 0.6",
    ),
    (
        "L-026",
        "MINES",
        "mine_countermeasures",
        "mine_countermeasures",
        "Gulf",
        3,
        "mine_hunter",
        135,
        "1,080 km2 / (1 x 0.6) / 720 days = 2.5 -> 3 x mine hunter; factor clearance_km2_per_day 1 ([REF-2], sourced)",
    ),
    (
        "L-017",
        "SUPPLY",
        "logistics",
        "logistics",
        "Hub",
        1,
        "logistics_battalion",
        560,
        "310 t / 400 t a day = 0.775 -> 1 x logistics battalion; factor tonnes_per_battalion_day 400 t a day (assumption)",
    ),
)

# factor, scope, unit, value, low, high, people low, people, people high, status, source
SENSITIVITY = (
    ("frontage_km", "all", "km per battalion", 24, 15, 40, 26_860, 23_865, 21_610, "assumption", "Assumption: after [REF-2]."),
    ("battalion_area_km2", "all", "km2 per battalion", 5000, 2000, 10000, 26_115, 23_865, 22_365, "assumption", "Assumption."),
    ("reserve_hours", "all", "h", 8, 4, 12, 25_365, 23_865, 23_115, "derived", "By the task."),
    ("tonnes_per_battalion_day", "all", "t a day", 400, 200, 600, 24_425, 23_865, 23_865, "assumption", "Assumption."),
    ("aircraft_availability", "all", "share", 0.6, 0.5, 0.75, 24_045, 23_865, 23_865, "assumption", "Assumption."),
    ("clearance_km2_per_day", "MINES", "km2 a day", 1, 0.5, 2, 24_000, 23_865, 23_820, "sourced", "[REF-2]"),
    ("truck_payload_t", "all", "t", 10, 8, 15, 23_865, 23_865, 23_865, "sourced", "[REF-2]"),
)

# mission, title, sent, sized, line km, area km2, population
MISSIONS = (
    ("UNALFA", "Mission on the Alfa line", 1_200, 1_500, 75.0, None, None),
    ("UNBRAVO", "Observers of Bravo", 1_080, 420, 200.0, None, None),
    ("CFOR", "Force in Charlia", 50_000, 41_000, None, 10_900.0, 2_000_000.0),
    ("DFOR", "Force in Delta", 60_000, 26_000, 1_000.0, 51_100.0, 3_900_000.0),
    ("INTERECHO", "Intervention in Echo", 11_000, 13_500, None, 14_900.0, 880_000.0),
    ("UNFOX", "Mission in Foxtrot", 17_500, 38_000, None, 71_700.0, 4_900_000.0),
)


@lru_cache
def mandated_plan() -> tuple[Scenario, Plan]:
    """Return the sample scenario with a mandate, and a plan with every frame filled."""
    base, plan = sample_plan()
    scenario = base.model_copy(
        update={
            "tasks": _tasks(),
            "factors": _factors(),
            "sectors": SECTORS,
            "traces": TRACES,
            "links": LINKS,
            "locations": _places(base),
            "requirements": tuple(
                row.model_copy(update={"mandate": mandate, "arithmetic": sentence}) if mandate is not None else row
                for row in base.requirements
                for mandate, sentence in [next(((one[1], one[8]) for one in SIZED if one[0] == row.line), (None, None))]
            ),
        }
    )
    return scenario, dataclasses.replace(plan, **_frames())


def _tasks() -> tuple[Task, ...]:
    columns = ("task", "title", "method", "sector", "location", "status")
    return tuple(
        Task.model_validate(dict(zip(columns, row, strict=True)) | {"source": "Made up, after [REF-1].", "confidence": "low"})
        for row in TASKS
    )


def _factors() -> tuple[Factor, ...]:
    columns = ("factor", "scope", "value", "low", "high", "unit", "meaning", "status", "source", "confidence")
    return tuple(Factor.model_validate(dict(zip(columns, row, strict=True))) for row in FACTORS)


SECTORS = (
    Sector(
        sector="North",
        name="Sector North",
        location="North",
        population=1_400_000,
        geometry="POLYGON ((20 50, 24 50.2, 24.4 51.6, 22 52, 19.8 51.4, 20 50))",
    ),
    Sector(
        sector="South",
        name="Sector South",
        location="South",
        population=900_000,
        geometry="POLYGON ((20 50, 24 50.2, 24.6 48.8, 22.4 48.2, 20.1 48.9, 20 50))",
    ),
)

TRACES = (
    Trace(trace="line", name="Line of contact", geometry="LINESTRING (24.2 51.4, 24.0 50.8, 23.8 50.2, 24.1 49.6, 24.5 49.0)"),
)

POSITIONS = {"North": (51.1, 22.0), "Centre": (50.0, 21.2), "South": (49.2, 22.4), "Capital": (50.2, 20.6), "Hub": (50.1, 18.9)}

LINKS = tuple(
    Link(link=f"{start}-{end}", from_location=start, to_location=end, mode="road", km=km)
    for start, end, km in (("Hub", "Capital", 130), ("Capital", "Centre", 60), ("Centre", "North", 150), ("Centre", "South", 130))
)


def _places(base: Scenario) -> tuple[Location, ...]:
    return tuple(
        row.model_copy(update=dict(zip(("latitude", "longitude"), POSITIONS[row.location], strict=True)))
        if row.location in POSITIONS
        else row
        for row in base.locations
    )


def _frames() -> dict[str, Any]:
    return {
        "sizing": frame("sizing", [dict(zip(COLUMNS["sizing"], row, strict=True)) for row in _sizing()]),
        "factors": frame(
            "factors",
            [
                {
                    "mandate": task,
                    "factor": name,
                    "scope": scope,
                    "value": value,
                    "unit": unit,
                    "status": status,
                    "source": source,
                    "confidence": confidence,
                }
                for task, names in READ.items()
                for name, scope, value, _, _, unit, _, status, source, confidence in FACTORS
                if name in names
            ],
        ),
        "sensitivity": frame("sensitivity", [dict(zip(COLUMNS["sensitivity"], row, strict=True)) for row in SENSITIVITY]),
        "backcast": frame("backcast", _backcast()),
        "reach": frame("reach", _reach()),
        "formations": frame("formations", _formations()),
        "adequacy": frame("adequacy", _adequacy()),
    }


READ = {
    "NORTH": ("frontage_km",),
    "SOUTH": ("battalion_area_km2",),
    "RESERVE": ("reserve_hours",),
    "POLICE": ("endurance_h", "aircraft_availability"),
    "MINES": ("clearance_km2_per_day",),
    "SUPPLY": ("truck_payload_t", "supply_distance_km", "tonnes_per_battalion_day"),
}
"""Factors that each task reads."""


def _sizing() -> list[tuple[Any, ...]]:
    return [
        (line, task, method, capability, place, quantity, kind, people, sentence)
        for line, task, method, capability, place, quantity, kind, people, sentence in SIZED
    ]


def _backcast() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for mission, title, sent, sized, km, area, people in (
        *MISSIONS,
        ("this plan", "Exercise Grey Heron, medium", None, 23_865, 310.0, 48_000.0, 2_300_000.0),
    ):
        per = {
            f"{name}_per_{what}": number / of if number and of else None
            for name, number in (("sent", sent), ("sized", sized))
            for what, of in (("km", km), ("1000", people / 1000 if people else None))
        }
        rows.append(
            {
                "mission": mission,
                "title": title,
                "sent": sent,
                "sized": sized,
                "ratio": sized / sent if sent else None,
                "line_km": km,
                "area_km2": area,
                "population": people,
                **per,
                "source": "[REF-2]" if sent else None,
                "confidence": "high" if sent else None,
            }
        )
    return rows


def _reach() -> list[dict[str, Any]]:
    points = (
        (51.4, 24.2, "North", 3.1),
        (51.1, 24.1, "North", 2.6),
        (50.8, 24.0, "North", 3.4),
        (50.5, 23.9, "North", 4.9),
        (50.2, 23.8, "South", 6.2),
        (49.9, 23.95, "South", 5.1),
        (49.6, 24.1, "South", 4.0),
        (49.3, 24.3, "South", 9.3),
        (49.0, 24.5, None, None),
    )
    return [
        {
            "mandate": "RESERVE",
            "point": f"Line of contact, point {number}",
            "latitude": latitude,
            "longitude": longitude,
            "base": base,
            "hours": hours,
        }
        for number, (latitude, longitude, base, hours) in enumerate(points, start=1)
    ]


def _formations() -> list[dict[str, Any]]:
    """Rows of the frame ``formations``. Long because it is a table, a cell a line."""
    common = {"component": "land", "from_day": 0, "until_day": 1800, "symbol": None}
    rows = (
        (
            "Force",
            "Force headquarters",
            None,
            "force",
            "Capital",
            None,
            "L-001",
            0.93,
            "ALD",
            "largest contributor of those that may hold its headquarters throughout: 4,120,000 person-days",
            0.6,
            11,
            "ALD:9000;BRE:8000;GAL:500",
            9,
            1.2,
            12_400,
        ),
        (
            "Bde North",
            "Brigade North",
            "Force",
            "brigade",
            "North",
            "North",
            "L-004",
            0.4,
            "BRE",
            "pinned by the planner",
            0.4,
            4,
            "BRE:4000;DUN:700;ELV:300;ISM:90",
            5,
            1.4,
            4_100,
        ),
        (
            "Bde South",
            "Brigade South",
            "Force",
            "brigade",
            "South",
            "South",
            "L-008",
            0.0,
            None,
            "no nation holds its headquarters",
            None,
            3,
            "ALD:2000;JUT:1200;LOR:80",
            3,
            1.0,
            2_300,
        ),
        (
            "Air",
            "Air component",
            "Force",
            "component command",
            "Airbase",
            None,
            None,
            None,
            None,
            "it has no headquarters line",
            None,
            2,
            "ALD:1500;GAL:900",
            0,
            None,
            700,
        ),
    )
    columns = (
        "formation",
        "name",
        "parent",
        "echelon",
        "location",
        "sector",
        "headquarters",
        "headquarters_fill",
        "framework_nation",
        "framework_rule",
        "framework_share",
        "nations",
        "nation_list",
        "battlegroups",
        "nations_per_battlegroup",
        "people_peak",
    )
    return [common | dict(zip(columns, row, strict=True)) for row in rows]


def _adequacy() -> list[dict[str, Any]]:
    rows = []
    for incursion, title, sector, battalions, coalition, host in (
        ("East", "Thrust from the east", "North", 45, (0, 2, 6, 9, 9), (4, 6, 8, 8, 8)),
        ("Landing", "Landing in the south", "South", 60, (0, 1, 2, 3, 3), (6, 6, 7, 7, 7)),
    ):
        for hours, ours, theirs in zip((0, 6, 24, 72, 240), coalition, host, strict=True):
            total, needed = ours + theirs, battalions / 3
            rows.append(
                {
                    "incursion": incursion,
                    "title": title,
                    "sector": sector,
                    "day": 365,
                    "hours": hours,
                    "coalition": float(ours),
                    "host": float(theirs),
                    "total": float(total),
                    "incursion_battalions": float(battalions),
                    "ratio": 3.0,
                    "needed": needed,
                    "enough": total >= needed,
                    "assumption": "One battalion in defence holds up three; host forces as given [REF-2].",
                }
            )
    return rows


def hostile_mandate() -> tuple[Scenario, Plan]:
    """Return the hostile scenario with every frame filled, each text of which tries to break out of its place."""
    scenario, plan = hostile_scenario()
    bad = BREAKOUT.replace(";", "")
    frames: dict[str, Any] = {}
    for name, made in _frames().items():
        texts = {column: f"{column[:2]}{bad}" for column, kind in COLUMNS[name].items() if kind == COLUMNS["tours"]["unit"]}
        keep = {"status", "symbol", "parent"}
        rows = [
            row | {column: text if row[column] is not None else None for column, text in texts.items() if column not in keep}
            for row in made.head(3).to_dicts()
        ]
        frames[name] = frame(name, rows)
    return scenario, dataclasses.replace(plan, **frames)
