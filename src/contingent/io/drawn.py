"""Tables drawn in a map program: a feature is a row, its properties are the columns, its shape the column geometry or a position.

Sectors and traces keep their shape as well-known text; a location is a point and keeps its latitude and longitude. What a map
program adds (colours, ids) is passed over. A feature without the table's key takes its property name, or its number.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from contingent.io.collected import Collected, Sheet
from contingent.io.wording import shown

DRAWN_TABLES = ("locations", "sectors", "traces")
"""Tables that may lie in a folder as GeoJSON, or as a layer of a GeoPackage."""

GROUND = "ground.gpkg"
"""A GeoPackage whose layers are the drawn tables by their names."""

DIGITS = 6
"""Digits of a coordinate that are kept: a tenth of a metre. [-]"""

GEOMETRY = "geometry"
_POSITION = ("longitude", "latitude")


def drawn_files(table: str, names: Collection[str], layers: Collection[str] = ()) -> list[str]:
    """Return the files of a folder in which a table is drawn.

    Parameters
    ----------
    names : collection of str
        Files of the folder.
    layers : collection of str
        Layers of its ``ground.gpkg``.
    """
    if table not in DRAWN_TABLES:
        return []
    named = [name for name in (f"{table}.geojson", f"{table}.json") if name in names][:1]
    named += [name for name in (f"{table}.gpkg",) if name in names]
    return [*named, GROUND] if table in layers else named


def told_twice(other: str, name: str, sheet: Sheet, findings: Collected) -> None:
    """Add the finding that a table lies in a folder in two forms."""
    findings.add(
        "drawn_twice",
        sheet,
        f"the table lies here as {shown(other)} too; nobody can tell which of them holds.",
        maybe=f"delete {shown(name)}, or {shown(other)}",
    )


def feature_cells(
    properties: Mapping[str, Any], shape: Any, number: int, *, columns: Collection[str], key: str, identifier: Any = None
) -> list[str] | str:
    """Return a feature as the cells of a row, or what is wrong with its shape.

    Parameters
    ----------
    properties : mapping of str to any
        By column; others are passed over.
    shape : shapely geometry or None
        WGS 84, longitude before latitude.
    number : int
        Number of the feature, from 0.
    columns : collection of str
        Columns of the table.
    key : str
        The column by which rows are known.
    identifier : any
        What the feature is called beside its properties.
    """
    given = {name: property_text(value) for name, value in properties.items()}
    if GEOMETRY in columns:
        given[GEOMETRY] = "" if shape is None else _well_known(shape)
    elif shape is not None and not shape.is_empty:
        point = shape.geoms[0] if shape.geom_type == "MultiPoint" and len(shape.geoms) == 1 else shape
        if point.geom_type != "Point":
            return f"the feature is a {shape.geom_type}; a place is a point."
        given |= {name: f"{round(value, DIGITS):.10g}" for name, value in zip(_POSITION, (point.x, point.y), strict=True)}
    names = (given.get(key), given.get("name"), property_text(identifier), f"{key} {number + 1}")
    given[key] = next(name for name in names if name)
    return [given.get(column, "") for column in columns]


def property_text(value: Any) -> str:
    """Return a property as the text of a cell; what is neither text nor number is blank."""
    if value is None or isinstance(value, (dict, list, bytes)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _well_known(shape: Any) -> str:
    from shapely import force_2d, to_wkt

    return str(to_wkt(force_2d(shape), rounding_precision=DIGITS, trim=True))


def shape_of_geojson(geometry: Any) -> Any:
    """Return a GeoJSON geometry as a shape, or None where it is none."""
    from shapely import GEOSException, from_geojson

    if not isinstance(geometry, dict):
        return None
    try:
        return from_geojson(json.dumps(geometry))
    except (GEOSException, ValueError, TypeError, RecursionError):
        return None
