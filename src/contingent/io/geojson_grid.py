"""Sectors and lines drawn in a map program: GeoJSON read as the rows of sectors.csv or traces.csv.

A feature is a row: its properties are the columns, its geometry the column geometry. What a map program adds (colours, ids) is
passed over. A feature without the table's key takes its property name, or its number.
"""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from contingent.io.collected import Collected, Sheet
from contingent.io.csv_grid import decoded
from contingent.io.files import read_bytes
from contingent.io.grid import Grid
from contingent.io.limits import LARGEST_TABLE, MOST_ROWS
from contingent.io.wording import shown

DRAWN_TABLES = ("sectors", "traces")
"""Tables that may lie in a folder as GeoJSON."""

DIGITS = 6
"""Digits of a coordinate that are kept: a tenth of a metre. [-]"""

_FEATURE = re.compile(r'"type"\s*:\s*"Feature"')
_GEOMETRY = "geometry"


def read_geojson_grid(path: Path, sheet: Sheet, findings: Collected, *, columns: Collection[str], key: str) -> Grid | None:
    """Return the features of a GeoJSON file as rows, or None where it is not GeoJSON.

    Parameters
    ----------
    path : Path
        The file.
    columns : collection of str
        Columns of its table; properties of other names are passed over.
    key : str
        The column by which rows are known.
    """
    content = read_bytes(path, sheet, findings, largest=LARGEST_TABLE)
    text = decoded(content, sheet, findings) if content is not None else None
    if text is None:
        return None
    try:
        read = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as problem:
        line = problem.lineno if isinstance(problem, json.JSONDecodeError) else None
        findings.add("not_json", sheet, "is not JSON.", line=line, maybe="export it from the map program again, as GeoJSON")
        return None
    features = _features(read)
    if features is None:
        findings.add("not_geojson", sheet, "is JSON, but not GeoJSON: it holds no list of features.")
        return None
    grid = Grid(sheet, tuple(columns))
    lines = [text.count("\n", 0, found.start()) + 1 for found in _FEATURE.finditer(text)]
    for number, feature in enumerate(features[:MOST_ROWS]):
        line = lines[number] if len(lines) == len(features) else number + 1
        cells = _cells(feature, number, line, sheet, findings, columns=columns, key=key)
        if cells is not None:
            grid.rows.append((line, cells))
    return grid


def _features(read: Any) -> list[Any] | None:
    if not isinstance(read, dict):
        return None
    if read.get("type") == "FeatureCollection" and isinstance(read.get("features"), list):
        return list(read["features"])
    if read.get("type") == "Feature":
        return [read]
    return [{"type": "Feature", "properties": {}, _GEOMETRY: read}] if "coordinates" in read else None


def _cells(
    feature: Any, number: int, line: int, sheet: Sheet, findings: Collected, *, columns: Collection[str], key: str
) -> list[str] | None:
    geometry = feature.get(_GEOMETRY) if isinstance(feature, dict) else None
    properties = feature.get("properties") if isinstance(feature, dict) else None
    given = {name: _text(value) for name, value in properties.items()} if isinstance(properties, dict) else {}
    shape = _as_text(geometry)
    if shape is None:
        findings.add("no_shape", sheet, "the feature has no geometry that can be read.", line=line, column=_GEOMETRY)
        return None
    names = (given.get(key), given.get("name"), _text(feature.get("id")), f"{key} {number + 1}")
    return [
        shape if column == _GEOMETRY else next(name for name in names if name) if column == key else given.get(column, "")
        for column in columns
    ]


def _text(value: Any) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _as_text(geometry: Any) -> str | None:
    """Return a GeoJSON geometry as well-known text, or None where it is none."""
    from shapely import GEOSException, from_geojson, to_wkt

    if not isinstance(geometry, dict):
        return None
    try:
        return str(to_wkt(from_geojson(json.dumps(geometry)), rounding_precision=DIGITS, trim=True))
    except (GEOSException, ValueError, TypeError):
        return None


def drawn_files(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each table that lies in a folder as GeoJSON, with the name of its file."""
    for table in DRAWN_TABLES:
        for name in (f"{table}.geojson", f"{table}.json"):
            if name in names:
                yield table, name
                break


def told_twice(table: str, name: str, sheet: Sheet, findings: Collected) -> None:
    """Add the finding that a table lies in a folder both as CSV and in a form of its own."""
    findings.add(
        "drawn_twice",
        sheet,
        f"the table lies here as {shown(table + '.csv')} too; nobody can tell which of them holds.",
        maybe=f"delete {shown(name)}, or {shown(table + '.csv')}",
    )
