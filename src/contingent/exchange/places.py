"""What has a place, as layers for map programs: of a scenario, of its plan, of incidents and of posts of observation.

    locations, sectors, traces   the tables of these names, whole: read back, they are the same rows
    links, pool                  ways between places; what nations have, at its home
    posts, tours, gaps           of a plan: what is asked for and held, who is where from when to when, what is missing
    flows                        of a plan: what goes over each way in each week
    reach                        of a plan: points, and how soon the first reserve is there
    incidents, sites             what was observed; where means of observation stand

WGS 84, longitude before latitude. Days also stand as dates (``from_date``, ``until_date``), by which map programs move through
time. What has a place whose position is not known, nor that of a place around it, has no shape and is counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from shapely.geometry import LineString, Point

from contingent.findings import Finding
from contingent.geography.shapes import shape_of
from contingent.io.cell_text import cell_of
from contingent.io.columns import columns_of
from contingent.model.columns import Row
from contingent.model.ground import Link, Sector, Trace
from contingent.model.rows import Location, PoolEntry
from contingent.model.scenario import Scenario
from contingent.plan import COLUMNS, Plan
from contingent.report.flows import moved_rows, steps_of_way
from contingent.report.orbat.history import position

POINT, LINE, AREA = "POINT", "LINESTRING", "GEOMETRY"

_KINDS: Mapping[Any, type] = {pl.String: str, pl.Int64: int, pl.Float64: float, pl.Boolean: bool}
_POSITION = ("latitude", "longitude")
_DAYS = ("from_day", "until_day")

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceLayer:
    """A layer of a map.

    Parameters
    ----------
    name, title : str
        Its name in files, and what it shows.
    geometry : str
        ``POINT``, ``LINESTRING`` or ``GEOMETRY``.
    columns : mapping of str to type
        What each feature says: text, whole numbers, numbers, yes and no.
    features : tuple of (shapely geometry or None, mapping of str to any)
        Shapes and what is said of each.
    label : str
        Column that features are known by.
    """

    name: str
    title: str
    geometry: str
    columns: Mapping[str, type]
    features: tuple[tuple[Any, Values], ...]
    label: str

    @property
    def without_shape(self) -> int:
        """Features that have no shape."""
        return sum(shape is None for shape, _ in self.features)


def place_layers(
    scenario: Scenario, plan: Plan | None = None, *, incidents: pl.DataFrame | None = None, sites: pl.DataFrame | None = None,
    weekly: bool = True,
) -> tuple[PlaceLayer, ...]:  # fmt: skip
    """Return the layers that have features.

    Parameters
    ----------
    scenario : Scenario
        What is given, or what was planned.
    plan : Plan, optional
        What was decided.
    incidents : polars.DataFrame, optional
        Incidents as `contingent.monitoring.gather_incidents` gives them.
    sites : polars.DataFrame, optional
        The frame ``observation`` of `contingent.design_observation`.
    weekly : bool
        Whether flows are those of each week, or summed over all.
    """
    found = [*_given(scenario), *(_decided(scenario, plan, weekly=weekly) if plan is not None else ())]
    if incidents is not None:
        found.append(_incidents(incidents))
    if sites is not None:
        columns = {name: _KINDS[kind] for name, kind in sites.schema.items() if name not in _POSITION and kind in _KINDS}
        features = [(_point(row["longitude"], row["latitude"]), _only(row, columns)) for row in sites.iter_rows(named=True)]
        found.append(PlaceLayer("sites", "Posts of observation", POINT, columns, tuple(features), "site"))
    return tuple(layer for layer in found if layer.features)


def left_out(layers: Iterable[PlaceLayer]) -> tuple[Finding, ...]:
    """Return a warning for each layer with features that have no shape."""
    return tuple(
        Finding(
            layer.name, f"{layer.without_shape} of {len(layer.features)} have no position that is known; they have no shape.",
            maybe="give locations.csv their latitude and longitude", severity="warning",
        )
        for layer in layers
        if layer.without_shape
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ what is given


def _given(scenario: Scenario) -> Iterator[PlaceLayer]:
    points = [_point(row.longitude, row.latitude) for row in scenario.locations]
    yield _table(Location, scenario.locations, "Places", POINT, points)
    shapes = [None if row.geometry is None else shape_of(row.geometry) for row in scenario.sectors]
    yield _table(Sector, scenario.sectors, "Sectors", AREA, shapes)
    yield _table(Trace, scenario.traces, "Lines on the ground", AREA, [shape_of(row.geometry) for row in scenario.traces])
    ways = [_line(scenario, (row.from_location, row.to_location)) for row in scenario.links]
    yield _table(Link, scenario.links, "Ways", LINE, ways)
    homes = [_point(row.longitude, row.latitude) for row in scenario.pool]
    yield _table(PoolEntry, scenario.pool, "What nations have, at its home", POINT, homes)


def _table(row_class: type[Row], rows: tuple[Row, ...], title: str, geometry: str, shapes: list[Any]) -> PlaceLayer:
    """The rows of a table with their shapes, less the columns that hold them."""
    kinds: dict[str, type] = {"whole": int, "number": float}
    held = (*_POSITION, "geometry")
    columns = {name: kinds.get(column.kind, str) for name, column in columns_of(row_class).items() if name not in held}
    said = [{name: _value(getattr(row, name), columns[name]) for name in columns} for row in rows]
    return PlaceLayer(
        row_class.table, title, geometry, columns, tuple(zip(shapes, said, strict=True)), row_class.key[0])


def _value(value: object, kind: type) -> Any:
    cell = cell_of(value)
    return None if cell is None else float(cell) if kind is float else cell


def _point(longitude: float | None, latitude: float | None) -> Any:
    return None if longitude is None or latitude is None else Point(longitude, latitude)


def _line(scenario: Scenario, places: tuple[str, ...]) -> Any:
    """A line through the places that have positions of their own; None where one has none."""
    found = [scenario.location_by_name.get(place) for place in places]
    points = [(row.longitude, row.latitude) for row in found if row is not None and None not in (row.longitude, row.latitude)]
    return LineString(points) if len(points) == len(places) else None


# ---------------------------------------------------------------------------------------------------------- what was decided


def _decided(scenario: Scenario, plan: Plan, *, weekly: bool) -> Iterator[PlaceLayer]:
    titles = {"coverage": ("posts", "What is asked for and held"), "tours": ("tours", "Tours"), "gaps": ("gaps", "Gaps")}
    for frame, (name, title) in titles.items():
        rows = getattr(plan, frame).iter_rows(named=True)
        columns = _columns(frame)
        features = [(_where(scenario, row["location"]), _dated(scenario, row, columns)) for row in rows if _within(scenario, row)]
        yield PlaceLayer(name, title, POINT, columns, tuple(features), "unit" if name == "tours" else "line")
    columns = {name: kind for name, kind in _columns("reach").items() if name not in _POSITION}
    points = [(_point(row["longitude"], row["latitude"]), _only(row, columns)) for row in plan.reach.iter_rows(named=True)]
    yield PlaceLayer("reach", "How soon the first reserve is there", POINT, columns, tuple(points), "point")
    moved = tuple(_flows(scenario, plan, weekly=weekly))
    title = "What goes over each way in each week" if weekly else "What goes over each way"
    yield PlaceLayer("flows", title, LINE, _columns("flows"), moved, "link")


def _columns(frame: str) -> dict[str, type]:
    columns = {name: _KINDS[kind] for name, kind in COLUMNS[frame].items()}
    return columns | ({"from_date": str, "until_date": str} if set(_DAYS) <= set(columns) else {})


def _where(scenario: Scenario, location: str | None) -> Any:
    at = position(scenario, location)
    return None if at is None else Point(*at)


def _within(scenario: Scenario, row: Values) -> bool:
    return bool(row["from_day"] < scenario.settings.horizon_days)


def _only(row: Mapping[str, Any], columns: Mapping[str, type]) -> Values:
    return {name: row[name] for name in columns}


def _dated(scenario: Scenario, row: Mapping[str, Any], columns: Mapping[str, type]) -> Values:
    """A row with its days as dates."""
    dates = {f"{name[:-4]}_date": scenario.horizon.date_of(row[name]).isoformat() for name in _DAYS}
    return _only({**row, **dates}, columns)


def _flows(scenario: Scenario, plan: Plan, *, weekly: bool) -> Iterator[tuple[Any, Values]]:
    ways, columns = {row.link: row for row in scenario.links}, _columns("flows")
    rows = moved_rows(plan)
    if not weekly:
        way = ("link", "mode", "from_location", "to_location")
        rows = rows.group_by(way, maintain_order=True).agg(
            pl.col("from_day").min(), pl.col("until_day").max(), pl.col("people", "vehicles", "tonnes").sum())  # fmt: skip
    for row in rows.iter_rows(named=True):
        steps = steps_of_way(ways, row["link"], (row["from_location"], row["to_location"]), row["mode"])
        yield _line(scenario, (steps[0][0], *(step[1] for step in steps))), _dated(scenario, row, columns)


def _incidents(incidents: pl.DataFrame) -> PlaceLayer:
    kept = [name for name in incidents.columns if name not in _POSITION and incidents[name].null_count() < incidents.height]
    columns = {name: _KINDS.get(type(incidents.schema[name]), str) for name in kept}
    features = [
        (_point(row["longitude"], row["latitude"]), {name: _timed(row[name]) for name in kept})
        for row in incidents.iter_rows(named=True)
    ]
    return PlaceLayer("incidents", "Incidents", POINT, columns, tuple(features), "incident")


def _timed(value: Any) -> Any:
    return f"{value.isoformat(timespec='seconds')}Z" if isinstance(value, datetime) else value
