"""What other programs read and write: maps, calendars, orders of battle.

    places      what has a place, as layers; written as GeoPackage, GeoJSON or KML
    calendar    rotations as iCalendar
    orbat       an order of battle of ORBAT Mapper or MSDL, as the rows of a scenario

Scenarios and plans in other forms (workbooks, SQLite, Parquet), and layers that a scenario's folder may hold, are
`contingent.io`. Nothing is decided here. The public functions are loaded when they are first used.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "PlaceLayer": "contingent.exchange.places",
    "calendar_of": "contingent.exchange.calendar",
    "import_orbat": "contingent.exchange.orbat",
    "place_layers": "contingent.exchange.places",
    "read_orbat_file": "contingent.exchange.orbat",
    "write_calendar": "contingent.exchange.calendar",
    "write_places": "contingent.exchange.map_files",
}

__all__ = [
    "PlaceLayer", "calendar_of", "import_orbat", "place_layers", "read_orbat_file", "write_calendar", "write_places",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'contingent.exchange' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
