"""Small theatres to watch, made by hand."""

from datetime import date

from contingent.model.ground import Link, Sector, Trace
from contingent.model.observation import Sensor
from contingent.model.rows import Location
from contingent.model.scenario import Scenario, Settings

KM_PER_DEGREE = 111.3195
"""Of the equator of the WGS 84 ellipsoid."""


def theatre(*, km: float = 40.0, sensors: tuple[Sensor, ...] = (), places: tuple[Location, ...] = (), **more) -> Scenario:
    """Return a line along the equator from west to east, with the host to the north of it."""
    home = Location(location="Home", kind="base", country="HST", latitude=2.0, longitude=km / KM_PER_DEGREE / 2)
    return Scenario(
        settings=Settings(title="Line", start_date=date(2030, 1, 1), horizon_days=360, host="HST"),
        traces=(Trace(trace="line", geometry=f"LINESTRING (0 0, {km / KM_PER_DEGREE} 0)"),),
        locations=(home, *places),
        sensors=sensors,
        **more,
    )


def sectors(*names: str, km: float = 40.0) -> tuple[Sector, ...]:
    """Return sectors that part the line evenly, from west to east, each with its place."""
    width = km / KM_PER_DEGREE / len(names)
    return tuple(
        Sector(
            sector=name, location=f"{name} town",
            geometry=f"POLYGON (({at * width} -1, {(at + 1) * width} -1, {(at + 1) * width} 1, {at * width} 1, {at * width} -1))",
        )
        for at, name in enumerate(names)
    )  # fmt: skip


def town(name: str, *, km_east: float, km_north: float, kind: str = "base") -> Location:
    """Return a place of the host."""
    return Location(
        location=name, kind=kind, country="HST", latitude=km_north / 110.574, longitude=km_east / KM_PER_DEGREE)


def road(a: str, b: str, km: float) -> Link:
    """Return a road of 40 km/h."""
    return Link(link=f"{a}-{b}", from_location=a, to_location=b, mode="road", km=km, speed_kmh=40)
