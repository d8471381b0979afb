"""Small scenarios whose supply can be worked out by hand.

    Port -- Hub -- Depot -- Post      roads of 100 km; a hundred people at Depot, fifty at Post
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from contingent.model.ground import Link
from contingent.model.movement import Fleet, Handling
from contingent.model.rows import Capability, Defaults, Location, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.model.supply import Consumption, Stock
from contingent.plan.columns import frame

TRUCK_T = 20.0
PLACES = ("Port", "Hub", "Depot", "Post")
RATIONS = Consumption(profile="all", supply="rations", supply_class="I", kg_per_day=4)
SPARES = Consumption(profile="all", supply="spare parts", supply_class="IX", kg_per_day=10)

CHAIN = (
    Stock(location="Hub", supply="all", target_days=30, supplied_from=("Port",)),
    Stock(location="Depot", supply="all", target_days=10, serves=("Depot", "Post"), supplied_from=("Hub",)),
)


def scenario(days: int = 28, **changes: Any) -> Scenario:
    """The scenario; `changes` replace whole tables."""
    tables: dict[str, Any] = {
        "nations": (Nation(nation="ALF", name="Alfa"),),
        "unit_types": (
            UnitType(
                unit_type="company", name="Company", domain="land", echelon="company", personnel=100, vehicles=10,
                consumption="wheels",
            ),
            UnitType(unit_type="platoon", name="Platoon", domain="land", echelon="platoon", personnel=50, consumption="feet"),
            UnitType(unit_type="frigate", name="Frigate", domain="maritime", echelon="ship", personnel=200, consumption="ships"),
        ),
        "capabilities": (Capability(capability="guard", unit_type="company", effectiveness=1),),
        "locations": tuple(Location(location=place) for place in PLACES),
        "offers": (Offer(offer="A", nation="ALF", unit_type="company", quantity=1),),
        "requirements": (Requirement(line="L1", capability="guard", quantity=1, location="Depot"),),
        "consumption": (RATIONS,),
        "stocks": CHAIN,
    }
    settings = Settings(
        title="Small supply", start_date=date(2027, 3, 1), horizon_days=days, period_days=7,
        defaults=Defaults(tour_days=days, dwell_ratio=1, handover_days=0),
    )  # fmt: skip
    return Scenario(settings=settings, **tables | changes)


def tours(*rows: tuple[str, str, int, int, int]) -> pl.DataFrame:
    """Tours of (unit type, place, people, first day, last day)."""
    return frame("tours", [
        {"unit": f"{number}", "offer": "A", "nation": "ALF", "unit_type": kind, "capability": "guard", "line": "L1",
         "location": place, "from_day": first, "until_day": last, "serves_until_day": last, "rested_day": last,
         "people": people, "effectiveness": 1.0, "pinned": False, "confidence": "high"}
        for number, (kind, place, people, first, last) in enumerate(rows)
    ])  # fmt: skip


def everybody(days: int = 28) -> pl.DataFrame:
    """A company at Depot and a platoon at Post, all the time."""
    return tours(("company", "Depot", 100, 0, days), ("platoon", "Post", 50, 0, days))


def road(name: str, begins: str, ends: str, trucks_a_day: float | None = None, km: float = 100) -> Link:
    return Link(link=name, from_location=begins, to_location=ends, mode="road", km=km, capacity_per_day=trucks_a_day)


def trucks(quantity: int = 100_000) -> Fleet:
    return Fleet(fleet="trucks", name="Trucks", kind="truck", mode="road", quantity=quantity, tonnes=TRUCK_T, speed_kmh=50)


def crossing(place: str, trucks_a_day: float) -> Handling:
    return Handling(location=place, activity="border_road", counts="vehicles", per_day=trucks_a_day)


def by_road(port_hub: float | None = None, hub_depot: float | None = None, **changes: Any) -> Scenario:
    """The scenario with its roads, each with so many trucks a day."""
    links = (road("PH", "Port", "Hub", port_hub), road("HD", "Hub", "Depot", hub_depot), road("DP", "Depot", "Post"))
    return scenario(**{"links": links, "fleets": (trucks(),)} | changes)


def cell(table: pl.DataFrame, column: str, **where: Any) -> Any:
    """The only cell of a column where other columns are so."""
    return table.filter(**where)[column].item()


def week(table: pl.DataFrame, location: str, number: int, supply: str = "rations") -> dict[str, Any]:
    """A stock's row of a week."""
    return table.filter(location=location, supply=supply, from_day=7 * number).to_dicts()[0]


def names(table: pl.DataFrame) -> Iterable[str]:
    return table["location"].unique(maintain_order=True).to_list()
