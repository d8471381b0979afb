"""How the made-up force gets to real places, what it lives on and what it costs: frames made by hand for the tests of reports.

The nations, lines and tours are those of `sample_plan`; the ground is that of the bundled scenario: its places, links, terminals,
fleets, stocks and rates. Routes are shortest ways by networkx, days and tonnes follow simple rules that a test can recompute.

    way_plan()        scenario and plan with every frame of movement, supply and money filled
    hostile_way()     the same frames in the hostile scenario, each text of which tries to break out of its place
"""

import dataclasses
import itertools
from collections import defaultdict
from functools import lru_cache
from typing import Any

import networkx as nx
import polars as pl
from tests.report.sample_plan import BREAKOUT, hostile_scenario, sample_plan

from contingent.io import read_scenario
from contingent.model.rows import Location
from contingent.model.scenario import Scenario
from contingent.plan import Plan, frame
from contingent.plan.way_columns import WAY_COLUMNS

HOMES = ("Bremerhaven", "Trieste", "Poznań", "Gdańsk", "Alexandroupolis", "Constanța", "Brest", "Bergen")
PLACES = ("Lviv", "Kyiv", "Uman", "Odesa")
NEVER = "L-004"
"""A line that never closes."""

DIESEL, WATER, RATIONS = ("diesel", "III", 2.6), ("water", "water", 14.0), ("rations", "I", 2.1)
"""Supply, class, kilograms a person a day."""

TARGET = 10.0
SCHEMES = ("costs lie where they fall", "common funding", "reimbursement")
WEEKS = 30
"""Weeks with stocks and flows."""


@lru_cache
def way_plan() -> tuple[Scenario, Plan]:
    """Return the made-up scenario on the ground of the bundled one, and its plan with every frame of the way filled."""
    base, plan = sample_plan()
    ground = read_scenario("reassurance")
    places = {row.location for row in base.locations}
    scenario = base.model_copy(
        update={
            "locations": (*base.locations, *(row for row in ground.locations if row.location not in places)),
            **{
                name: getattr(ground, name)
                for name in ("links", "handling", "fleets", "consumption", "stocks", "rates", "funding")
            },
            "references": (*base.references, *ground.references),
        }
    )
    return scenario, with_way(scenario, plan)


def with_way(scenario: Scenario, plan: Plan, *, scale: float = 1.0) -> Plan:
    """Return the plan with every frame filled by the rules of this module; `scale` multiplies tonnes and money."""
    movements, flows = _moved(scenario, plan)
    frames = {
        "movements": movements,
        "legs": [_leg(row) for row in movements[:40]],
        "closure": _closure(plan, movements),
        "arrivals": _arrivals(scenario, plan, movements),
        "utilisation": _utilisation(),
        "flows": [row | {"tonnes": row["tonnes"] * scale} for row in flows],
        "bottlenecks": _bottlenecks(movements),
        "schedule": [
            {"measure": "weighted_lateness", "unit": "weighted days", "value": 2_080.0, "bound": 2_000.0}
            | {"status": "within the bound", "method": "by hand"}
        ],
        "supply": _supply(scale),
        "stockouts": [
            {"location": place, "supply": supply, "day": day, "until_day": day + 7, "short_t": short, "why": why}
            for place, supply, day, short, why in (
                ("Uman", "diesel", 63, 41.5, "Vicșani: change of bogies was full"),
                ("Uman", "diesel", 70, 12.0, "Vicșani: change of bogies was full"),
                ("Kyiv", "rations", 91, 3.0, None),
            )
        ],
        "resupply": [
            {"from_location": "Gdańsk", "to_location": "Lviv", "modes": "rail", "days": 3.0, "from_day": week * 7}
            | {"until_day": week * 7 + 7, "tonnes": 350.0 * scale}
            | {"way": "; ".join(piece[0] for piece in route("Gdańsk", "Lviv"))}
            for week in range(WEEKS)
        ],
        "survival": _survival(),
        "logistics": [
            {"measure": measure, "location": place, "unit": "units", "sized": sized, "in_place": sized}
            | {"needed": needed, "pass": number, "status": status}
            for measure, place, sized, needed, number, status in (
                ("transport companies", "all places", 5.0, 6.5, 1, "more is needed"),
                ("transport companies", "all places", 5.0, 7.25, 2, "more is needed"),
                ("storage", "all places", None, 2600.0, 0, "was not sized"),
                ("transport companies", "Kyiv", None, 1.5, 2, "was not sized"),
            )
        ],
        "costs": _costs(plan, scale),
        "bills": _bills(plan, scale),
        "cost_checks": CHECKS,
    }
    return dataclasses.replace(plan, **{name: frame(name, rows) for name, rows in frames.items()})


@lru_cache
def _graph(mode: str) -> nx.Graph:
    graph = nx.Graph()
    for row in read_scenario("reassurance").links:
        if row.mode == mode:
            graph.add_edge(row.from_location, row.to_location, weight=row.km, link=row.link)
    return graph


@lru_cache
def route(start: str, end: str) -> tuple[tuple[str, str, str, str], ...]:
    """The shortest way by rail, else by road: link, mode, tail and head of each piece."""
    for mode in ("rail", "road"):
        graph = _graph(mode)
        if start in graph and end in graph and nx.has_path(graph, start, end):
            path = nx.shortest_path(graph, start, end, weight="weight")
            return tuple((graph[one][other]["link"], mode, one, other) for one, other in itertools.pairwise(path))
    return ()


def late_days(at: int) -> int:
    """Every fifth unit is late, by up to nine days."""
    return 1 + at % 9 if at % 5 == 0 else 0


def _moved(scenario: Scenario, plan: Plan) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    movements: list[dict[str, Any]] = []
    flows: dict[tuple[str, str, str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    lines = {row.line: row.priority for row in scenario.requirements}
    nations = sorted(plan.tours["nation"].unique())
    for at, tour in enumerate(plan.tours.to_dicts()):
        start, end = HOMES[nations.index(tour["nation"]) % len(HOMES)], PLACES[at % len(PLACES)]
        pieces = route(start, end) or route("Poznań", end)
        for element, tonnes in (("people", tour["people"] * 0.1), ("carried", tour["people"] * 2.0)):
            late = late_days(at) if element == "carried" else 0
            never = tour["line"] == NEVER and element == "carried"
            leaves, arrives = tour["from_day"] - 8 + late, tour["from_day"] + late
            movements.append(
                {
                    "movement": f"M{at}-{element}",
                    **{name: tour[name] for name in ("unit", "offer", "nation", "unit_type", "line")},
                    "priority": lines[tour["line"]], "direction": "out", "element": element,
                    "people": tour["people"] if element == "people" else 0, "vehicles": 0 if element == "people" else 30,
                    "wagons": 0 if element == "people" else 20, "lane_m": 0.0, "tonnes": tonnes,
                    "from_location": start, "to_location": end,
                    "ready_day": tour["from_day"] - 20, "required_day": tour["from_day"],
                    "leaves_day": None if never else leaves, "arrives_day": None if never else arrives,
                    "late_days": None if never else late, "modes": "air;road" if element == "people" else "rail;road",
                    "way": ";".join([start, *(piece[3] for piece in pieces)]),
                }
            )  # fmt: skip
            if never or leaves < 0:
                continue
            moved = [tour["people"] if element == "people" else 0, 0 if element == "people" else 30, tonnes]
            legs = [("A-RZE", "air", start, "Rzeszów")] if element == "people" and start != "Rzeszów" else list(pieces)
            for link, mode, tail, head in legs:
                known = next(
                    (
                        row.link
                        for row in scenario.links
                        if {row.from_location, row.to_location} == {tail, head} and row.mode == mode
                    ),
                    link,
                )
                key = (known, mode, tail, head, leaves // 7 * 7)
                flows[key] = [one + other for one, other in zip(flows[key], moved, strict=True)]
    rows = [
        {"link": link, "mode": mode, "from_location": tail, "to_location": head, "from_day": day, "until_day": day + 7}
        | {"people": people, "vehicles": vehicles, "tonnes": tonnes}
        for (link, mode, tail, head, day), (people, vehicles, tonnes) in sorted(flows.items())
    ]
    return movements, rows


def _leg(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "movement": row["movement"], "leg": 1, "mode": "rail", "link": None, "fleet": "db_trains",
        "from_location": row["from_location"], "to_location": row["to_location"], "leaves_day": float(row["leaves_day"] or 0),
        "arrives_day": float(row["arrives_day"] or 0), "load": 20.0, "counts": "wagons",
    }  # fmt: skip


def _closure(plan: Plan, movements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for line, priority in sorted(set(plan.coverage.select("line", "priority").iter_rows())):
        own = [row for row in movements if row["line"] == line]
        if not own:
            continue
        required = min(row["required_day"] for row in own)
        first = [row for row in own if row["required_day"] == required]
        day = None if any(row["arrives_day"] is None for row in first) else max(row["arrives_day"] for row in first)
        late = None if day is None else max(0, day - required)
        rows.append(
            {"line": line, "priority": priority, "required_day": required, "planned_units": len({row["unit"] for row in first})}
            | {"closure_day": day, "late_days": late}
            | {"late_units": len({row["unit"] for row in first if row["late_days"] is None or row["late_days"] > 0})}
            | {"p05": None if day is None else float(day), "p95": None if day is None else day + 6.0}
        )
    return rows


def _arrivals(scenario: Scenario, plan: Plan, movements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    there = {(row["unit"], row["required_day"]): row["required_day"] + late_days(at // 2) for at, row in enumerate(movements)}
    tours = plan.tours.to_dicts()
    tonnes = 0.0
    for day in range(0, scenario.horizon.days, 5):
        planned = sum(tour["people"] for tour in tours if tour["from_day"] <= day < tour["until_day"])
        came = sum(tour["people"] for tour in tours if there[tour["unit"], tour["from_day"]] <= day < tour["until_day"])
        tonnes = max(tonnes, came * 2.1)
        rows.append(
            {
                "day": day,
                "people_required": planned * 1.1,
                "people_planned": planned,
                "people_arrived": came,
                "tonnes_arrived": tonnes,
            }
        )
    return rows


def _utilisation() -> list[dict[str, Any]]:
    rows = []
    for at, (name, kind, mode, counts, capacity) in enumerate(
        (
            ("Medyka - Shehyni: transshipment", "terminal", "rail", "wagons", 931.0),
            ("Vicșani - Vadul Siret: gauge_change", "terminal", "rail", "wagons", 413.0),
            ("Rzeszów: airport", "terminal", "air", "aircraft", 133.0),
            ("db_trains", "fleet", "rail", "trains", 50.4),
        )
    ):
        for week in range(WEEKS):
            share = max(0.0, min(1.0, 1.15 - 0.04 * week - 0.15 * at))
            rows.append(
                {"resource": name, "kind": kind, "mode": mode, "counts": counts, "from_day": week * 7, "until_day": week * 7 + 7}
                | {"used": share * capacity, "capacity": capacity, "share": share}
            )
    return rows


def _bottlenecks(movements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"movement": row["movement"], "line": row["line"], "late_days": row["late_days"]}
        | {"chain": "db_trains; Medyka - Shehyni: transshipment", "resource": "Medyka - Shehyni: transshipment"}
        | {"counts": "wagons", "worth": 37.5}
        for row in movements
        if row["late_days"]
    ]


def used_a_day(place: int, week: int) -> float:
    """People at a place, which grow over twelve weeks."""
    return (900.0 + 400.0 * place) * min(1.0, (week + 1) / 12)


def days_left(place: int, week: int) -> float:
    """Days of supply at the end of a week: from nine down to none at Uman, more elsewhere."""
    return max(0.0, 9.0 - (week if place == 2 else week / 4) + (0.0 if place == 2 else 1.5))


def _supply(scale: float) -> list[dict[str, Any]]:
    rows = []
    for at, place in enumerate(PLACES):
        for supply, supply_class, kilograms in (WATER, DIESEL, RATIONS):
            for week in range(WEEKS):
                daily = used_a_day(at, week) * kilograms / 1000 * scale
                left = days_left(at, week) + (4.0 if supply != "diesel" else 0.0)
                rows.append(
                    {
                        "location": place,
                        "supply": supply,
                        "supply_class": supply_class,
                        "from_day": week * 7,
                        "until_day": week * 7 + 7,
                    }
                    | {
                        "used_t": daily * 7,
                        "delivered_t": daily * 6.5,
                        "stock_t": daily * left,
                        "days_of_supply": left,
                        "target_days": TARGET,
                    }
                )
    return rows


def _survival() -> list[dict[str, Any]]:
    return [
        {"closed": closed, "kind": kind, "location": location, "supply": supply, "days": days, "lost_t": lost}
        for closed, kind, location, supply, days, lost in (
            ("Medyka - Shehyni", "crossing", "Lviv", "diesel", 4.5, 210.0),
            ("Medyka - Shehyni", "crossing", "Kyiv", "water", 11.0, 90.0),
            ("Constanța", "port", "Odesa", "rations", 7.25, 44.0),
            ("Gdańsk", "port", "Lviv", "diesel", None, 0.0),
            ("Uman", "depot", "Uman", "diesel", 0.5, 600.0),
        )
    ]


ITEMS = (
    ("personnel", "personnel", "person_days", 0.5, 0.7, 1.5), ("operations", "operations-land", "unit_days", 0.2, 0.5, 2.0),
    ("rail_wagon_km", "rail", "wagon_km", 0.1, 0.8, 1.4), ("supply_t", "supply", "t", 0.2, 0.6, 1.8),
)  # fmt: skip
"""Item, rate, unit, share of a nation's cost, and low and high as multiples of the value."""


def _costs(plan: Plan, scale: float) -> list[dict[str, Any]]:
    rows = []
    for nation, days in plan.nations.filter(pl.col("tours") > 0).select("nation", "person_days").iter_rows():
        for year in range(2027, 2032):
            for item, rate, unit, share, low, high in ITEMS:
                value = days / 5 * 600.0 * share * scale
                rows.append(
                    {
                        "nation": nation,
                        "year": year,
                        "component": "land",
                        "phase": None,
                        "item": item,
                        "quantity": days / 5 * share,
                    }
                    | {"unit": unit, "low": value * low, "value": value, "high": value * high, "rates": rate}
                )
    return rows


def _bills(plan: Plan, scale: float) -> list[dict[str, Any]]:
    nations = plan.nations.filter(pl.col("tours") > 0).select("nation", "person_days").rows()
    whole = sum(days for _, days in nations)
    rows = []
    for scheme in SCHEMES:
        for at, (nation, days) in enumerate(nations):
            equal = whole / len(nations)
            mine = {SCHEMES[0]: days, SCHEMES[1]: equal, SCHEMES[2]: (days + equal) / 2}[scheme]
            for year in range(2027, 2032):
                value = mine / 5 * 600.0 * scale
                rows.append(
                    {
                        "scheme": scheme,
                        "nation": nation,
                        "year": year,
                        "low": value * (0.8 + 0.001 * at),
                        "value": value,
                        "high": value * 1.3,
                    }
                )
    return rows


CHECKS = [
    {
        "check": "A monitor of a civil mission",
        "unit": "EUR per person-year",
        "published_low": 132_000.0,
        "published_high": 132_000.0,
    }
    | {"ours_low": 180_000.0, "ours": 219_000.0, "ours_high": 290_000.0, "verdict": "we find more", "why": "Ours are armed."}
    | {"source": "[REF-1]"},
    {"check": "A soldier abroad", "unit": "EUR per person-year", "published_low": 200_000.0, "published_high": 500_000.0}
    | {"ours_low": 180_000.0, "ours": 219_000.0, "ours_high": 290_000.0, "verdict": "agrees", "why": "The intervals meet."}
    | {"source": None},
]


def hostile_way() -> tuple[Scenario, Plan]:
    """Return the hostile scenario with every frame of the way filled, each text of which tries to break out of its place."""
    scenario, plan = hostile_scenario()
    _, good = way_plan()
    bad = BREAKOUT.replace(";", "")
    frames = {}
    for name, columns in WAY_COLUMNS.items():
        rows = getattr(good, name).head(24).to_dicts()
        texts = [column for column, kind in columns.items() if kind == pl.String and column not in ("direction", "mode", "link")]
        frames[name] = frame(
            name,
            [
                row | {column: f"{column[:4]}{at % 6}{bad}" for column in texts if row[column] is not None}
                for at, row in enumerate(rows)
            ],
        )
    frames["movements"] = frames["movements"].with_columns(modes=pl.lit(f"rail{bad};air"))
    ends = pl.col("from_location"), pl.col("to_location")
    places = sorted({name for row in frames["flows"].select(*ends).iter_rows() for name in row})
    located = tuple(
        Location(location=name, name=f"PN{at}{bad}", latitude=48.0 + at / 4, longitude=24.0 + at / 3)
        for at, name in enumerate(places)
    )
    return scenario.model_copy(update={"locations": (*scenario.locations, *located)}), dataclasses.replace(plan, **frames)
