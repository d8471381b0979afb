"""Rows of supply: what people and units use up."""

from typing import ClassVar, Literal

from contingent.model.columns import Amount, Confidence, Name, Row, Status, Text, column

SupplyClass = Literal["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "water"]


class Consumption(Row):
    """What a unit uses up on a day of the operation."""

    table: ClassVar[str] = "consumption"
    key: ClassVar[tuple[str, ...]] = ("profile", "supply")
    about: ClassVar[str] = "Consumption by profile: what one person, or one unit, uses up a day. Unit types name their profile."

    profile: Name = column("Profile, as unit_types.csv names it; all = holds for every profile beside its own rows.")
    supply: Name = column("What is used up: rations, water, diesel, spare parts ...")
    supply_class: SupplyClass = column("NATO class of supply, or water.")
    per: Literal["person", "unit"] = column("Whether it counts per person or per unit.", default="person")
    kg_per_day: Amount = column("Used up a day.", unit="kg/day")
    litres_per_day: Amount | None = column("The same as volume, for liquids; blank = not a liquid.", unit="l/day", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
