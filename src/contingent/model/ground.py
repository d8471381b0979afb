"""Rows of the ground: sectors, the line that was drawn, and what connects places."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contingent.model.columns import Amount, Confidence, Geometry, Name, Row, Text, column

Mode = Literal["road", "rail", "sea", "air", "river"]


class Sector(Row):
    """A part of the theatre for which a formation answers."""

    table: ClassVar[str] = "sectors"
    key: ClassVar[tuple[str, ...]] = ("sector",)
    about: ClassVar[str] = "Sectors: their shape, people, and where their units stand. Length and area are measured on the ellipsoid."

    sector: Name = column("The sector's own name.")
    name: Text | None = column("Name in reports; blank = as above.", default=None)
    location: Name | None = column("Place where its units stand.", refers_to="locations", default=None)
    geometry: Geometry | None = column("Polygon as well-known text, WGS 84, longitude before latitude.", default=None)
    area_km2: Amount | None = column("Area; blank = measured of the polygon.", unit="km2", default=None)
    line_km: Amount | None = column("Length of the line in it; blank = measured of the traces inside the polygon.", unit="km", default=None)
    population: Amount | None = column("Inhabitants.", unit="people", default=None)
    host_security: Amount | None = column("The host's own police and troops that secure the people of the sector.", unit="people", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Trace(Row):
    """A line on the ground: the line of contact, a border, a coast."""

    table: ClassVar[str] = "traces"
    key: ClassVar[tuple[str, ...]] = ("trace",)
    about: ClassVar[str] = "Lines on the ground that the force watches: the line of contact, a border, a coast."

    trace: Name = column("The line's own name.")
    name: Text | None = column("Name in reports; blank = as above.", default=None)
    geometry: Geometry = column("Line as well-known text, WGS 84, longitude before latitude.")
    as_of: Text | None = column("State of the line.", default=None)
    accuracy_km: Amount | None = column("How far it may be off.", unit="km", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Link(Row):
    """A way from one place to another, both ways."""

    table: ClassVar[str] = "links"
    key: ClassVar[tuple[str, ...]] = ("link",)
    about: ClassVar[str] = "What connects places: roads, railways, sea and air legs. Each may be used both ways."

    link: Name = column("The link's own name.")
    from_location: Name = column("Place at one end.", refers_to="locations")
    to_location: Name = column("Place at the other end.", refers_to="locations")
    mode: Mode = column("road, rail, sea, air or river.")
    km: Annotated[float, Field(gt=0, le=40_000, allow_inf_nan=False)] = column("Length.", unit="km")
    speed_kmh: Annotated[float, Field(gt=0, le=2_000, allow_inf_nan=False)] | None = column(
        "Speed of march on it; blank = the factor of the mode.", unit="km/h", default=None)
    gauge_mm: Annotated[int, Field(ge=0, le=3_000)] | None = column("Gauge of a railway.", unit="mm", default=None)
    capacity_per_day: Amount | None = column("Trains, vehicles, ships or aircraft that it takes a day; blank = not known.", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
