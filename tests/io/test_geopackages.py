"""Layers drawn in a map program: GeoPackages that GDAL wrote, in any system of coordinates, read as tables of a scenario."""

import sqlite3
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from tests.io.small_folder import write_files

from contingent.io import check_scenario, read_scenario

NORTH = shapely.Polygon([(30, 50), (31, 50), (31, 51), (30, 51)])
SOUTH = shapely.Polygon([(30, 49), (31, 49), (31, 50), (30, 50)])


def drawn(
    path: Path, layer: str, shapes: list, *, crs: str = "EPSG:4326", kind: str = "Polygon", append: bool = False, **columns: list
) -> Path:
    """Write a layer as GDAL does."""
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(shape) if shape is not None else None for shape in shapes], dtype=object),
        field_data=[np.array(values, dtype=object) for values in columns.values()],
        fields=list(columns),
        layer=layer,
        driver="GPKG",
        geometry_type=kind,
        crs=crs,
        append=append,
    )
    return path


def test_a_layer_of_gdal_is_the_table(tmp_path):
    folder = write_files(tmp_path, {})
    drawn(
        folder / "sectors.gpkg",
        "anything",
        [NORTH, SOUTH],
        sector=["north", "south"],
        name=["The north", None],
        colour=["red", "blue"],
    )
    north, south = read_scenario(folder).sectors
    assert (north.sector, north.name, south.name) == ("north", "The north", None)
    assert shapely.from_wkt(north.geometry).equals(NORTH)


def test_a_layer_in_another_system_is_brought_to_wgs_84(tmp_path):
    """UTM zone 36 north: back within a tenth of a metre, by another library's own arithmetic."""
    folder = write_files(tmp_path, {})
    to_utm = Transformer.from_crs(4326, 32636, always_xy=True)
    utm = shapely.transform(NORTH, lambda points: np.column_stack(to_utm.transform(points[:, 0], points[:, 1])))
    drawn(folder / "sectors.gpkg", "sectors", [utm], crs="EPSG:32636", sector=["north"])
    assert shapely.from_wkt(read_scenario(folder).sectors[0].geometry).equals_exact(NORTH, 1e-6)


def test_one_file_may_hold_all_that_is_drawn(tmp_path):
    folder = write_files(tmp_path, {"locations.csv": None, "offers.csv": None})
    place = folder / "ground.gpkg"
    drawn(place, "locations", [shapely.Point(30.5, 50.4), None], kind="Point", location=["Kyiv", "Odesa"], country=["UKR", "UKR"])
    drawn(place, "traces", [shapely.LineString([(31, 48), (32, 49)])], kind="LineString", append=True, trace=["line"])
    drawn(place, "roads", [shapely.LineString([(31, 48), (32, 49)])], kind="LineString", append=True, road=["M1"])
    scenario = read_scenario(folder)
    assert [(row.location, row.longitude, row.latitude) for row in scenario.locations] == [
        ("Kyiv", 30.5, 50.4),
        ("Odesa", None, None),
    ]
    assert [row.trace for row in scenario.traces] == ["line"]


def test_places_drawn_as_geojson(tmp_path):
    drawing = """{"type": "FeatureCollection", "features": [
      {"type": "Feature", "properties": {"location": "Kyiv", "kind": "base"},
       "geometry": {"type": "Point", "coordinates": [30.5, 50.25]}},
      {"type": "Feature", "properties": {"name": "Odesa"}, "geometry": null}]}"""
    folder = write_files(tmp_path, {"locations.csv": None, "locations.geojson": drawing})
    assert [(row.location, row.longitude, row.latitude) for row in read_scenario(folder).locations] == [
        ("Kyiv", 30.5, 50.25),
        ("Odesa", None, None),
    ]


def test_what_is_wrong_with_a_drawing(tmp_path):
    folder = write_files(tmp_path, {})
    drawn(folder / "sectors.gpkg", "east", [NORTH], sector=["north"])
    drawn(folder / "sectors.gpkg", "west", [NORTH], append=True, sector=["south"])
    drawn(folder / "traces.gpkg", "traces", [shapely.Point(1, 2)], kind="Point", trace=["line"])
    (folder / "ground.gpkg").write_bytes(b"hello")
    told = {finding.table: finding for finding in check_scenario(folder)}
    assert "its layers are 'east', 'west'" in told["sectors.gpkg"].what
    assert "is a Point, not a LineString" in told["traces.gpkg"].what
    assert "no SQLite file" in told["ground.gpkg"].what


def test_a_place_is_a_point_and_geojson_is_in_wgs_84(tmp_path):
    shape = '{"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [3, 2], [1, 2]]]}'
    area = f'{{"type": "Feature", "properties": {{"location": "Kyiv"}}, "geometry": {shape}}}'
    folder = write_files(tmp_path / "one", {"locations.csv": None, "locations.geojson": area})
    assert "a place is a point" in check_scenario(folder)[0].what
    system = '{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}'
    old = f'{{"type": "FeatureCollection", "crs": {system}, "features": []}}'
    folder = write_files(tmp_path / "other", {"sectors.geojson": old})
    assert "not in WGS 84" in check_scenario(folder)[0].what
    assert check_scenario(write_files(tmp_path / "third", {"sectors.geojson": old.replace("EPSG::3857", "OGC:1.3:CRS84")})) == ()


def test_an_sqlite_file_is_no_geopackage_and_a_system_may_be_unknown(tmp_path):
    folder = write_files(tmp_path, {})
    sqlite3.connect(folder / "traces.gpkg").execute("CREATE TABLE t (a)").connection.close()
    drawn(folder / "sectors.gpkg", "sectors", [NORTH], sector=["north"])
    with sqlite3.connect(folder / "sectors.gpkg") as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = 999999")
    database.close()
    told = {finding.table: finding.what for finding in check_scenario(folder)}
    assert "no GeoPackage" in told["traces.gpkg"]
    assert "nobody knows the system of coordinates 999999" in told["sectors.gpkg"]


@settings(max_examples=settings().max_examples // 4)
@given(st.binary(max_size=80))
def test_shapes_that_are_none_end_in_findings(tmp_path_factory, blob):
    folder = write_files(tmp_path_factory.mktemp("fuzzed"), {})
    with sqlite3.connect(folder / "sectors.gpkg") as database:
        database.execute("CREATE TABLE gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m)")
        database.execute("INSERT INTO gpkg_geometry_columns VALUES ('sectors', 'geom', 'POLYGON', 4326, 0, 0)")
        database.execute("CREATE TABLE sectors (fid INTEGER PRIMARY KEY, geom, sector)")
        database.execute("INSERT INTO sectors VALUES (1, ?, 'north')", (b"GP\x00\x01" + b"\x00" * 4 + blob,))
    database.close()
    told = check_scenario(folder)
    assert all(finding.table == "sectors.gpkg" for finding in told)
