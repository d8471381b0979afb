"""A scenario that can be costed by hand, and tours for it."""

from datetime import date
from typing import Any

import polars as pl

from contingent.model.ground import Link
from contingent.model.mandate import Task
from contingent.model.money import FundingShare, Rate
from contingent.model.movement import Fleet
from contingent.model.rows import Capability, Location, Nation, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.model.structure import Formation
from contingent.model.supply import Activity, Consumption, Stock
from contingent.plan.columns import COLUMNS

TYPES = {"battlegroup": 100, "depot": 20, "jets": 10, "frigate": 50, "corps": 30, "brigade": 25}


def rate(name: str, item: str, per: str, value: float, **more: Any) -> Rate:
    return Rate.model_validate({"rate": name, "item": item, "per": per, "value": value, **more})


PERSONNEL = rate("people", "personnel", "person_day", 3, low=2, high=5)


def scenario(**changes: Any) -> Scenario:
    """D-day 22 December 2030, 20 days: ten in each year. AAA has three times the product of BBB; XMN is owned together."""
    tables: dict[str, Any] = {
        "nations": (
            Nation(nation="AAA", name="A", gdp=30), Nation(nation="BBB", name="B", gdp=10),
            Nation(nation="XMN", name="Together", kind="multinational"),
            Nation(nation="USA", name="Backstop", role="backstop", gdp=900),
        ),
        "unit_types": (
            UnitType(unit_type="battlegroup", name="Battlegroup", domain="land", echelon="battlegroup", personnel=100,
                     vehicles=10, consumption="heavy"),
            UnitType(unit_type="depot", name="Depot", domain="land", echelon="battalion", personnel=20),
            UnitType(unit_type="jets", name="Jets", domain="air", echelon="detachment", personnel=10),
            UnitType(unit_type="frigate", name="Frigate", domain="maritime", echelon="ship", personnel=50, moves="sails"),
            UnitType(unit_type="corps", name="Corps", domain="joint", echelon="headquarters", personnel=30),
            UnitType(unit_type="brigade", name="Brigade", domain="land", echelon="headquarters", personnel=25),
        ),
        "capabilities": (Capability(capability="corps_command", unit_type="corps", effectiveness=1),),
        "locations": tuple(Location(location=name) for name in ("Camp", "Town", "Port", "Depot")),
        "tasks": (Task(task="FEED", title="Logistics", method="logistics"),),
        "requirements": (
            Requirement(line="L", capability="x", quantity=1), Requirement(line="S", capability="x", quantity=1, mandate="FEED"),
            Requirement(line="H", capability="corps_command", quantity=1),
        ),
        "formations": (
            Formation(formation="Force", echelon="force", headquarters=("H",)),
            Formation(formation="Brigade", parent="Force", echelon="brigade", headquarters=("B",)),
        ),
        "rates": (PERSONNEL,),
    }  # fmt: skip
    settings = Settings(title="Cost", start_date=date(2030, 12, 22), horizon_days=20, period_days=10, backstop="left_out")
    return Scenario(settings=settings, **(tables | changes))


def tours(*sent: tuple[str, str, int, int], line: str = "L", place: str | None = "Camp", handover: int = 0) -> pl.DataFrame:
    """Tours of these (nation, unit type, first day, last day)."""
    rows = [
        {"unit": f"{nation}-{unit_type}#{number}", "offer": nation, "nation": nation, "unit_type": unit_type, "capability": "x",
         "line": line, "location": place, "from_day": start, "until_day": end, "serves_until_day": end - handover,
         "rested_day": end, "people": TYPES[unit_type], "effectiveness": 1.0, "pinned": False, "confidence": None}
        for number, (nation, unit_type, start, end) in enumerate(sent)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=COLUMNS["tours"])


def movement(name: str, nation: str = "AAA", **more: Any) -> dict[str, Any]:
    """A movement that carries nothing until it is said what."""
    return {
        "movement": name, "unit": "u", "offer": nation, "nation": nation, "unit_type": "battlegroup", "line": "L", "priority": 1,
        "direction": "out", "element": "carried", "people": 0, "vehicles": 0, "wagons": 0, "lane_m": 0.0, "tonnes": 0.0,
        "from_location": "Depot", "to_location": "Camp", "ready_day": 0, "required_day": 5, "leaves_day": 0, "arrives_day": 3,
        "late_days": 0, "modes": "rail", "way": "Depot;Camp", **more,
    }  # fmt: skip


def leg(name: str, number: int, mode: str, link: str | None, **more: Any) -> dict[str, Any]:
    return {
        "movement": name, "leg": number, "mode": mode, "link": link, "fleet": None, "from_location": "Depot",
        "to_location": "Camp", "leaves_day": 1.0, "arrives_day": 2.0, "load": 1.0, "counts": "wagons", **more,
    }  # fmt: skip


def frame(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COLUMNS[name])


LINKS = (
    Link(link="r1", from_location="Depot", to_location="Town", mode="rail", km=100),
    Link(link="r2", from_location="Town", to_location="Camp", mode="rail", km=50),
    Link(link="d", from_location="Town", to_location="Camp", mode="road", km=40),
    Link(link="s", from_location="Port", to_location="Camp", mode="sea", km=1000),
    Link(link="a", from_location="Port", to_location="Camp", mode="air", km=500),
)
FLEETS = (
    Fleet(fleet="buses", name="Buses", kind="bus", mode="road", quantity=9, people=50, speed_kmh=60),
    Fleet(fleet="trucks", name="Trucks", kind="truck", mode="road", quantity=9, tonnes=8, speed_kmh=60),
    Fleet(fleet="troops", name="Troop trains", kind="train", mode="rail", quantity=9, people=500, wagons=10, speed_kmh=60),
    Fleet(fleet="trains", name="Trains", kind="train", mode="rail", quantity=9, wagons=40, speed_kmh=35),
)
WAY_RATES = (
    rate("rail", "rail_wagon_km", "wagon_km", 1), rate("road", "road_vehicle_km", "vehicle_km", 2),
    rate("sea", "sea_lane_m_km", "lane_m_km", 0.1), rate("freight", "air_t_km", "t_km", 4),
    rate("seats", "air_person_km", "person_km", 0.5),
)  # fmt: skip
ACTIVITIES = (
    Activity(activity="land", domain="land", vehicle_km=30), Activity(activity="ships", domain="maritime", sea_share=0.5),
    Activity(activity="jets", unit_type="jets", flying_hours=6), Activity(activity="any", vehicle_km=7, flying_hours=1),
)  # fmt: skip
CONSUMPTION = (
    Consumption(profile="all", supply="water", supply_class="water", kg_per_day=10),
    Consumption(profile="heavy", supply="fuel", supply_class="III", kg_per_day=20),
)
STOCKS = (
    Stock(location="Depot", supply="all", serves=("Camp", "Town"), target_days=10),
    Stock(location="Town", supply="water", target_days=5),
)
FUNDING = (FundingShare(funding_key="mine", nation="AAA", share=0.2), FundingShare(funding_key="mine", nation="BBB", share=0.6))
