"""Layers of a GeoPackage, as QGIS and other map programs keep them, read as the rows of locations, sectors or traces.

A GeoPackage is an SQLite file of a fixed layout. Its shapes may be in any system of coordinates that the file names: they are
brought to WGS 84. Read with what an SQLite file is read with, and as careful.

References
----------
.. [1] Open Geospatial Consortium, OGC 12-128r18, GeoPackage Encoding Standard 1.3.
"""

import sqlite3
import struct
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

from contingent.findings import nearest_name
from contingent.io.collected import Collected, Sheet
from contingent.io.database_grid import columns_in, read_from, rows_of_table, tables_of
from contingent.io.drawn import GEOMETRY, feature_cells
from contingent.io.grid import Grid
from contingent.io.limits import MOST_ROWS
from contingent.io.shape_bytes import is_too_deep
from contingent.io.wording import listed, shown

WORLD = 4326
"""Number of WGS 84, in which every GeoPackage may be."""

_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEAD = 8

Change = Callable[[Any], Any]


def layers_of(path: Path, sheet: Sheet, findings: Collected) -> tuple[str, ...]:
    """Return the layers of a GeoPackage that hold shapes, in order; none and a finding where it is no GeoPackage."""
    return tuple(read_from(path, sheet, findings, lambda connection: _layers(connection, sheet, findings)) or ())


def _layers(connection: sqlite3.Connection, sheet: Sheet, findings: Collected) -> dict[str, tuple[str, int]]:
    """Column of the shapes and number of the system of each layer."""
    if "gpkg_geometry_columns" not in tables_of(connection):
        findings.add("not_a_geopackage", sheet, "is an SQLite file, but no GeoPackage.", maybe="export it as GeoPackage (.gpkg)")
        return {}
    asked = "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns ORDER BY rowid"
    there = set(tables_of(connection))
    return {str(name): (str(column), int(system)) for name, column, system in connection.execute(asked) if name in there}


def read_geopackage_grid(
    path: Path, sheet: Sheet, findings: Collected, *, table: str, columns: Collection[str], key: str
) -> Grid | None:
    """Return a layer of a GeoPackage as rows, or None where there is none.

    The layer of the table's name is taken; where there is none, the only layer there is.

    Parameters
    ----------
    path : Path
        The file.
    table : str
        Table that is meant.
    columns : collection of str
        Columns of its table; others are passed over.
    key : str
        The column by which rows are known.
    """
    def read(connection: sqlite3.Connection) -> Grid | None:
        return _layer(connection, sheet, findings, table=table, columns=columns, key=key)

    return read_from(path, sheet, findings, read)


def _layer(
    connection: sqlite3.Connection, sheet: Sheet, findings: Collected, *, table: str, columns: Collection[str], key: str
) -> Grid | None:
    layers = _layers(connection, sheet, findings)
    if not layers:
        return None
    name = table if table in layers else next(iter(layers)) if len(layers) == 1 else None
    if name is None:
        findings.add(
            "no_layer", sheet, f"has no layer {shown(table)}; its layers are {listed(shown(each) for each in layers)}.",
            nearest=nearest_name(table, layers), maybe=f"name the layer {table}",
        )  # fmt: skip
        return None
    geometry, system = layers[name]
    change = _to_world(connection, system, sheet, findings)
    if change is None:
        return None
    return _grid(connection, name, geometry, change, sheet, findings, columns=columns, key=key)


def _grid(
    connection: sqlite3.Connection, layer: str, geometry: str, change: Change, sheet: Sheet, findings: Collected, *,
    columns: Collection[str], key: str,
) -> Grid | None:  # fmt: skip
    there = columns_in(connection, layer)
    if geometry not in there:
        findings.add("not_a_geopackage", sheet, f"layer {shown(layer)} has no column {shown(geometry)}.")
        return None
    wanted = [geometry, *(name for name in there if name != geometry and name in {*columns, "name"})]
    grid = Grid(sheet, tuple(columns))
    for number, (blob, *values) in enumerate(rows_of_table(connection, layer, wanted)):
        if number >= MOST_ROWS:
            findings.add("long", sheet, f"has more than {MOST_ROWS:,} features; no more are read.")
            grid.complete = False
            break
        shape = _shape(blob, change)
        properties = dict(zip(wanted[1:], values, strict=True))
        unread = shape is None and blob is not None
        cells = "the feature has no geometry that can be read." if unread else feature_cells(
            properties, shape, number, columns=columns, key=key)  # fmt: skip
        if isinstance(cells, str):
            findings.add("no_shape", sheet, cells, line=number + 1, column=GEOMETRY)
        else:
            grid.rows.append((number + 1, cells))
    return grid


def _shape(blob: Any, change: Change) -> Any:
    """A shape of a GeoPackage in WGS 84; None where it is blank or cannot be read."""
    from shapely import GEOSException, from_wkb

    if not isinstance(blob, bytes) or len(blob) < _HEAD or blob[:2] != b"GP":
        return None
    flags = blob[3]
    envelope = _ENVELOPE_BYTES.get((flags >> 1) & 7)
    if envelope is None:
        return None
    written = blob[_HEAD + envelope :]
    if is_too_deep(written):
        return None
    try:
        return change(from_wkb(written))
    except (GEOSException, ValueError, TypeError, struct.error):
        return None


def _to_world(connection: sqlite3.Connection, system: int, sheet: Sheet, findings: Collected) -> Change | None:
    """How shapes of a system of coordinates become WGS 84, or None and a finding where nobody knows the system."""
    if system in (WORLD, 0):
        return lambda shape: shape
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    asked = "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
    row = connection.execute(asked, (system,)).fetchone()
    if row is not None:
        for written in (f"{row[0]}:{row[1]}", str(row[2])):
            try:
                found = Transformer.from_crs(CRS.from_user_input(written), CRS.from_epsg(WORLD), always_xy=True)
            except ProjError:
                continue
            return partial(_transformed, found)
    findings.add(
        "system", sheet, f"nobody knows the system of coordinates {system} in which the layer is.",
        maybe="export the layer again, in EPSG:4326",
    )  # fmt: skip
    return None


def _transformed(transformer: Any, shape: Any) -> Any:
    from shapely import transform

    return transform(shape, lambda points: _moved(transformer, points))


def _moved(transformer: Any, points: Any) -> Any:
    import numpy as np

    moved = np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    if not np.isfinite(moved).all():
        raise ValueError("a point lies outside of the system")
    return moved
