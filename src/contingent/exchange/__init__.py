"""What other programs read and write: maps, calendars, orders of battle.

    places      what has a place, as layers; written as GeoPackage, GeoJSON or KML
    calendar    rotations as iCalendar
    orbat       an order of battle of ORBAT Mapper or MSDL, as the rows of a scenario

Scenarios and plans in other forms (workbooks, SQLite, Parquet), and layers that a scenario's folder may hold, are
`contingent.io`. Nothing is decided here. The public functions are loaded when they are first used.
"""

from typing import TYPE_CHECKING

from contingent.loading import on_first_use

if TYPE_CHECKING:
    from contingent.exchange.calendar import calendar_of, write_calendar
    from contingent.exchange.map_files import write_places
    from contingent.exchange.orbat import import_orbat, read_orbat_file
    from contingent.exchange.places import PlaceLayer, place_layers

__all__ = ["PlaceLayer", "calendar_of", "import_orbat", "place_layers", "read_orbat_file", "write_calendar", "write_places"]

__getattr__, __dir__ = on_first_use(
    __name__,
    {
        "calendar": ("calendar_of", "write_calendar"),
        "map_files": ("write_places",),
        "orbat": ("import_orbat", "read_orbat_file"),
        "places": ("PlaceLayer", "place_layers"),
    },
)
