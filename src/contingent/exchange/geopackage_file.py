"""Layers as a GeoPackage, the file that QGIS and most map programs keep their layers in: SQLite of a fixed layout.

Written with what Python has, to the published standard: the tables of systems of coordinates, of contents and of shapes, a table
for each layer, a shape as well-known binary behind a short head. The same layers give the same bytes with the same releases of
SQLite and PROJ; the time of the last change is D-day's.

References
----------
.. [1] Open Geospatial Consortium, OGC 12-128r18, GeoPackage Encoding Standard 1.3.
"""

import sqlite3
import struct
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from shapely import to_wkb

from contingent.exchange.places import PlaceLayer
from contingent.io.database_grid import quoted

APPLICATION, VERSION = 0x47504B47, 10300
"""Marks in the head of the file: GPKG, and version 1.3.0."""

WORLD = 4326
_SQL_KINDS: dict[type, str] = {str: "TEXT", int: "INTEGER", float: "DOUBLE", bool: "BOOLEAN"}
_LITTLE_ENDIAN, _WITH_ENVELOPE, _EMPTY = 1, 2, 16
_KEY, _SHAPE = "fid", "geom"

_LAYOUT = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
"""


def write_geopackage(layers: Iterable[PlaceLayer], path: Path, *, marking: str, changed: str) -> None:
    """Write layers to a GeoPackage that is not there yet.

    Parameters
    ----------
    marking : str
        Stands in the description of each layer.
    changed : str
        Date of the last change, as 2027-01-31.
    """
    from pyproj import CRS

    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("BEGIN")
        for statement in _LAYOUT.split(";\n"):
            if statement.strip():
                database.execute(statement)
        systems = [
            ("Undefined Cartesian", -1, "NONE", -1, "undefined", None), ("Undefined geographic", 0, "NONE", 0, "undefined", None),
            ("WGS 84", WORLD, "EPSG", WORLD, CRS.from_epsg(WORLD).to_wkt("WKT1_GDAL"), "longitude before latitude"),
        ]  # fmt: skip
        database.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", systems)
        for layer in layers:
            _write_layer(database, layer, marking, f"{changed}T00:00:00.000Z")
        database.execute("COMMIT")


def _write_layer(database: sqlite3.Connection, layer: PlaceLayer, marking: str, changed: str) -> None:
    shapes = [shape for shape, _ in layer.features if shape is not None and not shape.is_empty]
    bounds = [shape.bounds for shape in shapes]
    box = (
        (min(b[0] for b in bounds), min(b[1] for b in bounds), max(b[2] for b in bounds), max(b[3] for b in bounds))
        if bounds
        else (None, None, None, None)
    )
    about = f"{layer.title}. {marking}"
    database.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        (layer.name, layer.name, about, changed, *box, WORLD),
    )
    names = _column_names(layer)
    declared = [f"{_KEY} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", f"{_SHAPE} {layer.geometry}"]
    declared += [f"{quoted(names[name])} {_SQL_KINDS[kind]}" for name, kind in layer.columns.items()]
    database.execute(f"CREATE TABLE {quoted(layer.name)} ({', '.join(declared)})")
    database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", (layer.name, _SHAPE, layer.geometry, WORLD))
    marks = ", ".join("?" * (len(layer.columns) + 2))
    rows = ((_blob(shape), *(said[name] for name in layer.columns)) for shape, said in layer.features)
    database.executemany(
        f"INSERT INTO {quoted(layer.name)} VALUES ({marks})",  # noqa: S608 (the name is quoted)
        ((number, *row) for number, row in enumerate(rows, 1)),
    )


def _column_names(layer: PlaceLayer) -> dict[str, str]:
    """What columns are called: those of the layout's own names get another."""
    return {name: f"{name}_" if name.casefold() in (_KEY, _SHAPE) else name for name in layer.columns}


def _blob(shape: Any) -> bytes | None:
    """A shape as the standard has it: a head with system and envelope, then well-known binary."""
    if shape is None:
        return None
    flags = _LITTLE_ENDIAN
    envelope = b""
    if shape.is_empty:
        flags |= _EMPTY
    elif shape.geom_type != "Point":
        flags |= _WITH_ENVELOPE
        west, south, east, north = shape.bounds
        envelope = struct.pack("<4d", west, east, south, north)
    return struct.pack("<2sBBi", b"GP", 0, flags, WORLD) + envelope + bytes(to_wkb(shape, byte_order=1))
