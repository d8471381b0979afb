"""Rows of supply: what people and units use up, what they do, what lies in stock."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contingent.model.columns import Amount, Confidence, Domain, Name, NameList, Row, Status, Text, column

SupplyClass = Literal["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "water"]


class Consumption(Row):
    """What a unit uses up on a day of the operation."""

    table: ClassVar[str] = "consumption"
    key: ClassVar[tuple[str, ...]] = ("profile", "supply")
    about: ClassVar[str] = "Consumption by profile: what one person, or one unit, uses up a day. Unit types name their profile."

    profile: Name = column("Profile, as unit_types.csv names it; all = holds for every profile beside its own rows.")
    supply: Name = column("What is used up: rations, water, diesel, spare parts ...")
    supply_class: SupplyClass = column("NATO class of supply, or water.")
    per: Literal["person", "unit", "vehicle_km", "flying_hour", "ship_day"] = column("Per person or unit and day, or per kilometre driven, hour flown, day at sea.", default="person")
    kg_per_day: Amount = column("Used up a day, or per what the row counts.", unit="kg/day")
    litres_per_day: Amount | None = column("The same as volume, for liquids; blank = not a liquid.", unit="l/day", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Season(Row):
    """By how much the use of a supply rises or falls in a part of the year."""

    table: ClassVar[str] = "seasons"
    key: ClassVar[tuple[str, ...]] = ("season", "supply")
    about: ClassVar[str] = "Use of supplies by season: heating in winter, water in summer. Months that no row names have the factor 1."

    season: Name = column("The season's own name.")
    supply: Name = column("What is used up, as in consumption.csv.")
    months: NameList = column("Months, 1 to 12; list with ;")
    factor: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = column("By what use is multiplied.", unit="-")
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Activity(Row):
    """How much units of a type do on a day: hours flown, kilometres driven, share of days at sea."""

    table: ClassVar[str] = "activities"
    key: ClassVar[tuple[str, ...]] = ("activity",)
    about: ClassVar[str] = "What units do on a day, by phase: hours flown, kilometres driven, share of days at sea. The most specific row holds."

    activity: Name = column("The row's own name.")
    domain: Domain | None = column("Domain; blank = every domain.", default=None)
    unit_type: Name | None = column("Unit type; blank = every type.", refers_to="unit_types", default=None)
    phase: Name | None = column("Phase; blank = every phase.", refers_to="phases", default=None)
    flying_hours: Amount | None = column("Hours flown by one unit's aircraft together.", unit="h/day", default=None)
    vehicle_km: Amount | None = column("Kilometres driven by each vehicle.", unit="km/day", default=None)
    sea_share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = column("Share of days at sea.", unit="-", default=None)
    factor: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = column(
        "By what fuel and ammunition of the profile are multiplied.", unit="-", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figures come from, or why they were chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Stock(Row):
    """What lies at a place, how much should lie there, and from where it is filled up."""

    table: ClassVar[str] = "stocks"
    key: ClassVar[tuple[str, ...]] = ("location", "supply")
    about: ClassVar[str] = "Stocks by place and supply: what is there on D-day, the days of supply to be held, where resupply comes from."

    location: Name = column("Depot, or place whose units it serves.", refers_to="locations")
    supply: Name = column("Supply as in consumption.csv; all = every supply that has no row of its own.")
    serves: NameList = column("Places whose units live on it; blank = its own; list with ;", default=(), refers_to="locations")
    start_days: Amount | None = column("Stock on D-day, in days of the use of a full force; blank = the target.", unit="days", default=None)
    target_days: Amount = column("Days of supply to be held.", unit="days")
    reorder_days: Amount | None = column("Days of supply at which it is filled up; blank = every day.", unit="days", default=None)
    capacity_t: Amount | None = column("Most that can lie there; blank = no limit.", unit="t", default=None)
    supplied_from: NameList = column("Places from which it is filled up, in this order; list with ;", default=(), refers_to="locations")
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figures come from, or why they were chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
