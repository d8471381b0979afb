"""Files of map programs as they are sent by themselves: which drawn tables are in them, laid down under those names.

A table is told by what stands in the file before it is told by the file's name, and by its shapes last of all: points are
places, areas sectors, lines traces.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from contingent.findings import Finding
from contingent.io.collected import Collected, Sheet
from contingent.io.database_grid import read_from, tables_of
from contingent.io.drawn import DRAWN_TABLES, GROUND
from contingent.io.geopackage_grid import layers_of
from contingent.io.wording import listed, shown
from contingent.store import Refused

LAYER = "layer"
"""Property by which a feature says its layer, in a file that holds several; `contingent map` writes it."""

_APPLICATIONS = (b"GPKG", b"GP10", b"GP11")
_APPLICATION_AT = slice(68, 72)
_BY_SHAPE = {
    "POINT": "locations", "MULTIPOINT": "locations", "POLYGON": "sectors", "MULTIPOLYGON": "sectors", "LINESTRING": "traces",
    "MULTILINESTRING": "traces",
}  # fmt: skip
_NAMES = f"call the layer, or the file, {', '.join(DRAWN_TABLES)}"


def is_geopackage(file: Path, content: bytes) -> bool:
    """Whether an SQLite file is a GeoPackage, by its mark or by the tables that it has."""
    if content[_APPLICATION_AT] in _APPLICATIONS:
        return True
    there = read_from(file, Sheet("database", file.name), Collected(), tables_of) or ()
    return "gpkg_geometry_columns" in there


def is_geojson(content: bytes, called: str) -> bool:
    """Whether a file is JSON, by what it begins with, or means to be GeoJSON by its name."""
    return called.endswith((".geojson", ".json")) or content.lstrip()[:1] == b"{"


def lay_geopackage(file: Path, called: str) -> Path:
    """Give a GeoPackage that was sent the name under which a folder has it, and return the folder.

    Raises
    ------
    Refused
        If none of its layers is a drawn table.
    """
    findings = Collected()
    layers = layers_of(file, Sheet("map", called), findings)
    if not layers:
        raise Refused(findings.in_order() or (_nothing_drawn(called, "has no layer with shapes."),))
    if set(layers) & set(DRAWN_TABLES):
        name = GROUND
    else:
        table = _by_name(called) or (_by_shapes(_kinds_of_package(file)) if len(layers) == 1 else None)
        if table is None or len(layers) > 1:
            there = listed(shown(each) for each in layers)
            raise Refused((_nothing_drawn(called, f"none of its layers is a table; they are {there}."),))
        name = f"{table}.gpkg"
    folder = file.parent / "import"
    folder.mkdir()
    file.rename(folder / name)
    return folder


def _kinds_of_package(file: Path) -> list[str]:
    asked = "SELECT geometry_type_name FROM gpkg_geometry_columns LIMIT 2"
    kinds = read_from(file, Sheet("map", file.name), Collected(), lambda connection: connection.execute(asked).fetchall())
    return [str(kind) for (kind,) in kinds or ()]


def lay_geojson(content: bytes, work: Path, called: str) -> Path:
    """Write a GeoJSON file that was sent as the drawn tables that are in it, and return their folder.

    Raises
    ------
    Refused
        If it is no GeoJSON, or nobody can tell which tables it holds.
    """
    folder = work / "import"
    folder.mkdir()
    read = _read(content, called)
    features = read.get("features")
    if read.get("type") != "FeatureCollection" or not isinstance(features, list):
        features = [read]
    by_layer = _by_layer(features)
    if by_layer:
        head = {name: value for name, value in read.items() if name == "crs"}
        for each_table, its in by_layer.items():
            lines = ",\n".join(json.dumps(feature) for feature in its)
            start = json.dumps({"type": "FeatureCollection", **head})[:-1]
            (folder / f"{each_table}.geojson").write_text(f'{start}, "features": [\n{lines}\n]}}\n', encoding="utf-8")
        return folder
    named = read.get("name")
    table = next((each for each in DRAWN_TABLES if each == named), None) or _by_name(called) or _by_shapes(_kinds(features))
    if table is None:
        raise Refused((_nothing_drawn(called, "nobody can tell which table it is."),))
    (folder / f"{table}.geojson").write_bytes(content)
    return folder


def _read(content: bytes, called: str) -> Mapping[str, Any]:
    try:
        read = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        line = problem.lineno if isinstance(problem, json.JSONDecodeError) else None
        maybe = "export it from the map program again, as GeoJSON"
        raise Refused((Finding(called, "is not JSON.", line=line, maybe=maybe),)) from problem
    if not isinstance(read, dict) or not isinstance(read.get("type"), str):
        raise Refused((Finding(called, "is JSON, but not GeoJSON."),))
    return read


def _by_layer(features: Iterable[Any]) -> dict[str, list[Any]]:
    """The features of each drawn table, where they say their layer; those of other layers are passed over."""
    found: dict[str, list[Any]] = {}
    for feature in features:
        said = feature.get("properties") if isinstance(feature, dict) else None
        layer = said.get(LAYER) if isinstance(said, dict) else None
        if isinstance(layer, str) and layer in DRAWN_TABLES:
            found.setdefault(layer, []).append(feature)
    return found


def _kinds(features: Iterable[Any]) -> list[str]:
    shapes = (each.get("geometry", each) if isinstance(each, dict) else None for each in features)
    return [str(shape.get("type")) for shape in shapes if isinstance(shape, dict)]


def _by_name(called: str) -> str | None:
    stem = PurePosixPath(called).stem.casefold()
    return stem if stem in DRAWN_TABLES else None


def _by_shapes(kinds: Iterable[str]) -> str | None:
    tables = {_BY_SHAPE.get(kind.upper()) for kind in kinds}
    return tables.pop() if len(tables) == 1 else None


def _nothing_drawn(called: str, what: str) -> Finding:
    return Finding(called, what, maybe=_NAMES)
