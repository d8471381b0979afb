"""Rows of movement: what places handle a day, and what carries."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contingent.model.columns import Amount, Confidence, Count, Day, Name, Row, Share, Status, Text, column
from contingent.model.ground import Mode

Activity = Literal[
    "rail_terminal", "gauge_change", "transshipment", "seaport", "airport", "border_rail", "border_road", "staging", "strait"
]
CHANGES: tuple[Activity, ...] = ("gauge_change", "transshipment")
"""Activities that lead from one gauge to another."""

Counted = Literal["trains", "wagons", "ships", "lane_m", "aircraft", "vehicles", "people", "tonnes"]
FleetKind = Literal["train", "ship", "passenger_aircraft", "cargo_aircraft", "heavy_transporter", "truck", "bus"]

Speed = Annotated[float, Field(gt=0, le=2_000, allow_inf_nan=False)]


class Handling(Row):
    """What a place handles a day: trains, wagons whose gauge is changed, ships, aircraft, vehicles."""

    table: ClassVar[str] = "handling"
    key: ClassVar[tuple[str, ...]] = ("location", "activity")
    about: ClassVar[str] = "What terminals, crossings, ports and airports handle a day, and how long it takes. A place without a row has no limit."

    location: Name = column("Place.", refers_to="locations")
    activity: Activity = column(
        "rail_terminal (loading and unloading), gauge_change (bogies), transshipment (from gauge to gauge), seaport, airport, border_rail, "
        "border_road, staging (reception and onward movement), strait.")
    counts: Counted = column("What is counted.")
    per_day: Amount = column("How many a day, all directions together.")
    low: Amount | None = column("The least that is plausible; blank = as per_day.", default=None)
    high: Amount | None = column("The most that is plausible; blank = as per_day.", default=None)
    hours: Amount | None = column("How long it takes; blank = the factor of the activity.", unit="h", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Fleet(Row):
    """Like means of lift: trains, ships, aircraft, heavy transporters."""

    table: ClassVar[str] = "fleets"
    key: ClassVar[tuple[str, ...]] = ("fleet",)
    about: ClassVar[str] = "Means of lift, which movements share: how many, what one carries, how fast."

    fleet: Name = column("The fleet's own name.")
    name: Text = column("Name in reports.")
    kind: FleetKind = column("train, ship, passenger_aircraft, cargo_aircraft, heavy_transporter, truck or bus.")
    mode: Mode = column("On which links it moves.")
    nation: Name | None = column("Whose units it carries; blank = anybody's.", refers_to="nations", default=None)
    quantity: Count = column("How many there are.", unit="vehicles, trains, ships or aircraft")
    availability: Share = column("Share of them that can be used on a day.", unit="-", default=1.0)
    gauge_mm: Annotated[int, Field(ge=0, le=3_000)] | None = column("Gauge of the track that a train runs on.", unit="mm", default=None)
    people: Count = column("People that one carries.", unit="people", default=0)
    wagons: Count = column("Wagons of one train.", unit="wagons", default=0)
    lane_m: Amount = column("Lane metres of one ship.", unit="m", default=0.0)
    tonnes: Amount = column("Tonnes that one carries.", unit="t", default=0.0)
    vehicles: Count = column("Vehicles that one carries.", unit="vehicles", default=0)
    speed_kmh: Speed = column("Speed on the way, stops included.", unit="km/h")
    hours_per_day: Annotated[float, Field(gt=0, le=24, allow_inf_nan=False)] = column("Hours a day on the way.", unit="h/day", default=24.0)
    load_hours: Amount = column("Hours to load one, and to unload it.", unit="h", default=0.0)
    from_day: Day = column("First day on which it can be used.", unit="days from D-day", default=0)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figures come from, or why they were chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
