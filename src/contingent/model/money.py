"""Rows of money: what things cost, and by which key they are shared."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contingent.model.columns import Amount, Confidence, Domain, Name, Row, Share, Status, Text, column

Item = Literal[
    "personnel", "operations", "flying_hour", "ship_day", "vehicle_km", "rail_wagon_km", "road_vehicle_km", "sea_lane_m_km", "air_t_km",
    "air_person_km", "supply_t", "base_build", "base_running", "command", "reimbursement",
]
Per = Literal[
    "person_day", "unit_day", "hour", "ship_day", "km", "wagon_km", "vehicle_km", "lane_m_km", "t_km", "person_km", "t", "person",
    "person_month", "headquarters_day",
]

PER_OF_ITEM: dict[Item, tuple[Per, ...]] = {
    "personnel": ("person_day", "person_month", "unit_day"),
    "operations": ("person_day", "person_month", "unit_day"),
    "flying_hour": ("hour",),
    "ship_day": ("ship_day",),
    "vehicle_km": ("km",),
    "rail_wagon_km": ("wagon_km",),
    "road_vehicle_km": ("vehicle_km",),
    "sea_lane_m_km": ("lane_m_km",),
    "air_t_km": ("t_km",),
    "air_person_km": ("person_km",),
    "supply_t": ("t",),
    "base_build": ("person",),
    "base_running": ("person_day", "person_month"),
    "command": ("headquarters_day",),
    "reimbursement": ("person_month", "person_day"),
}
"""Per what the rate of an item may be, the usual first."""


class Rate(Row):
    """What something costs, for a nation or for all."""

    table: ClassVar[str] = "rates"
    key: ClassVar[tuple[str, ...]] = ("rate",)
    about: ClassVar[str] = "Rates: what people, operations, movement, supply and bases cost. Of the rows that fit, the most specific holds."

    rate: Name = column("The row's own name.")
    item: Item = column("What is paid for.")
    nation: Name | None = column("Nation; blank = every nation.", refers_to="nations", default=None)
    domain: Domain | None = column("Domain; blank = every domain.", default=None)
    unit_type: Name | None = column("Unit type; blank = every type.", refers_to="unit_types", default=None)
    supply: Name | None = column("Supply; blank = every supply.", default=None)
    per: Per = column("Per what.")
    value: Amount = column("Rate.", unit="currency")
    low: Amount | None = column("The least that is plausible; blank = as value.", unit="currency", default=None)
    high: Amount | None = column("The most that is plausible; blank = as value.", unit="currency", default=None)
    price_year: Annotated[int, Field(ge=1950, le=2100)] | None = column("Year of the prices.", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class FundingShare(Row):
    """A nation's share of what is funded in common."""

    table: ClassVar[str] = "funding"
    key: ClassVar[tuple[str, ...]] = ("funding_key", "nation")
    about: ClassVar[str] = "Keys of common funding. A key without rows is by gross domestic product."

    funding_key: Name = column("The key's own name.")
    nation: Name = column("Nation.", refers_to="nations")
    share: Share = column("Its share.", unit="-")
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
