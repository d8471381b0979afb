"""Places, sectors and lines drawn in a map program: GeoJSON read as the rows of locations, sectors or traces."""

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from contingent.io.collected import Collected, Sheet
from contingent.io.csv_grid import decoded
from contingent.io.drawn import GEOMETRY, feature_cells, shape_of_geojson
from contingent.io.files import read_bytes
from contingent.io.grid import Grid
from contingent.io.limits import LARGEST_TABLE, MOST_ROWS
from contingent.io.wording import shown

_FEATURE = re.compile(r'"type"\s*:\s*"Feature"')
_WORLD = ("CRS84", "EPSG::4326", "EPSG:4326")
"""How a file of the old form says that it is in WGS 84, as every GeoJSON file is by its standard."""


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
    except (ValueError, RecursionError) as problem:
        line = problem.lineno if isinstance(problem, json.JSONDecodeError) else None
        findings.add("not_json", sheet, "is not JSON.", line=line, maybe="export it from the map program again, as GeoJSON")
        return None
    features = _features(read)
    if features is None:
        findings.add("not_geojson", sheet, "is JSON, but not GeoJSON: it holds no list of features.")
        return None
    system = _other_system(read)
    if system is not None:
        what = f"its coordinates are in {shown(system)}, not in WGS 84, longitude before latitude."
        findings.add("system", sheet, what, maybe="export it from the map program again, in EPSG:4326")
        return None
    grid = Grid(sheet, tuple(columns))
    lines = [text.count("\n", 0, found.start()) + 1 for found in _FEATURE.finditer(text)]
    for number, feature in enumerate(features[:MOST_ROWS]):
        line = lines[number] if len(lines) == len(features) else number + 1
        cells = _cells(feature, number, columns=columns, key=key)
        if isinstance(cells, str):
            findings.add("no_shape", sheet, cells, line=line, column=GEOMETRY)
        else:
            grid.rows.append((line, cells))
    return grid


def _features(read: Any) -> list[Any] | None:
    if not isinstance(read, dict):
        return None
    if read.get("type") == "FeatureCollection" and isinstance(read.get("features"), list):
        return list(read["features"])
    if read.get("type") == "Feature":
        return [read]
    return [{"type": "Feature", "properties": {}, GEOMETRY: read}] if "coordinates" in read else None


def _other_system(read: dict[str, Any]) -> str | None:
    """The system of coordinates that a file of the old form names, where it is not WGS 84."""
    named = read.get("crs")
    properties = named.get("properties") if isinstance(named, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) and not name.upper().endswith(_WORLD) else None


def _cells(feature: Any, number: int, *, columns: Collection[str], key: str) -> list[str] | str:
    whole = feature if isinstance(feature, dict) else {}
    properties = whole.get("properties")
    shape = shape_of_geojson(whole.get(GEOMETRY))
    if GEOMETRY not in whole or (shape is None and whole[GEOMETRY] is not None):
        return "the feature has no geometry that can be read."
    given = properties if isinstance(properties, dict) else {}
    return feature_cells(given, shape, number, columns=columns, key=key, identifier=whole.get("id"))
