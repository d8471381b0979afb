"""What has a place, read by GDAL and by lxml: every shape where it should be, every figure as the plan has it."""

import json
import sqlite3
from datetime import date
from pathlib import Path

import polars as pl
import pyogrio
import pyogrio.raw
import pytest
import shapely
from lxml import etree
from tests.report.sample_orbat import hand_orbat

from contingent.exchange import place_layers, write_places
from contingent.exchange.places import left_out
from contingent.io import read_scenario, write_scenario
from contingent.io.atomic import CannotWrite
from contingent.model.rows import Location
from contingent.model.scenario import Scenario, Settings

K = {"k": "http://www.opengis.net/kml/2.2"}
INCIDENTS = pl.DataFrame(
    {
        "incident": ["i1", "i2"],
        "time": [None, None],
        "latitude": [48.0, None],
        "longitude": [31.0, None],
        "kind": ["shelling", "mine"],
    }
).with_columns(pl.lit("2027-02-01T04:05:06").str.to_datetime().alias("time"))
SITES = pl.DataFrame({"site": ["s1"], "sector": ["Sector Land"], "latitude": [48.25], "longitude": [30.5], "people": [4.0]})


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """The plan by hand in each form."""
    scenario, plan, _ = hand_orbat()
    folder = tmp_path_factory.mktemp("map")
    for name in ("m.gpkg", "m.geojson", "m.kml", "layers"):
        write_places(scenario, folder / name, plan=plan, incidents=INCIDENTS, sites=SITES)
    return folder


def by_gdal(path: Path, layer: str) -> tuple[list, dict[str, list]]:
    meta, _, shapes, values = pyogrio.raw.read(path, layer=layer)
    return [None if shape is None else shapely.from_wkb(shape) for shape in shapes], {
        name: list(column) for name, column in zip(meta["fields"], values, strict=True)
    }


def test_gdal_reads_every_layer_of_the_geopackage(written):
    layers = dict(pyogrio.list_layers(written / "m.gpkg"))
    assert list(layers) == ["locations", "sectors", "traces", "posts", "tours", "gaps", "incidents", "sites"]
    assert {pyogrio.read_info(written / "m.gpkg", layer=name)["crs"] for name in layers} == {"EPSG:4326"}
    shapes, columns = by_gdal(written / "m.gpkg", "locations")
    assert columns["location"] == ["Land", "Stadt", "Hafen"]
    assert [shape if shape is None else (shape.x, shape.y) for shape in shapes] == [(30.5, 48.5), None, (30.73, 46.48)]
    (area,), _ = by_gdal(written / "m.gpkg", "sectors")
    assert area.equals(shapely.box(30, 48, 31, 49))
    assert tuple(pyogrio.read_info(written / "m.gpkg", layer="sectors")["total_bounds"]) == (30, 48, 31, 49)


def test_tours_stand_where_their_line_is_with_days_and_dates(written):
    """Stadt has no position of its own: that of the place around it is taken."""
    _, plan, _ = hand_orbat()
    shapes, columns = by_gdal(written / "m.gpkg", "tours")
    assert columns["unit"] == plan.tours["unit"].to_list()
    assert columns["people"] == plan.tours["people"].to_list()
    at = columns["unit"].index("GBR-battlegroup#1")
    assert (shapes[at].x, shapes[at].y) == (30.5, 48.5)
    assert (columns["from_day"][at], columns["from_date"][at]) == (165, date(2027, 6, 15).isoformat())


def test_the_geopackage_keeps_to_its_standard(written):
    """What the standard asks for beyond what GDAL needs: marks of the file, systems, contents, keys that hold."""
    with sqlite3.connect(written / "m.gpkg") as database:
        assert database.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert database.execute("PRAGMA user_version").fetchone() == (10300,)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert {row[0] for row in database.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")} == {-1, 0, 4326}
        tables = {row[0] for row in database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")}
        assert tables == {row[0] for row in database.execute("SELECT table_name FROM gpkg_geometry_columns")}
        assert all("EXERCISE {TEST}" in row[0] for row in database.execute("SELECT description FROM gpkg_contents"))
        heads = [row[0][:8] for row in database.execute("SELECT geom FROM sectors")]
    database.close()
    assert heads == [b"GP\x00\x03\xe6\x10\x00\x00"]


def test_what_was_written_comes_back_as_the_same_tables(tmp_path, written):
    """Drawn tables of a scenario through a GeoPackage and through GeoJSON are the same rows."""
    scenario, _, _ = hand_orbat()
    plain = write_scenario(scenario, tmp_path / "plain")
    for form in ("ground.gpkg", "geojson"):
        folder = write_scenario(scenario, tmp_path / form.replace(".", "-"))
        for table in ("locations", "sectors", "traces"):
            (folder / f"{table}.csv").unlink()
            if form == "geojson":
                (folder / f"{table}.geojson").write_bytes((written / "layers" / f"{table}.geojson").read_bytes())
        if form == "ground.gpkg":
            (folder / form).write_bytes((written / "m.gpkg").read_bytes())
        given, again = read_scenario(plain), read_scenario(folder)
        assert again.locations == given.locations
        for table in ("sectors", "traces"):
            for before, after in zip(given.rows(table), again.rows(table), strict=True):
                assert after.model_copy(update={"geometry": ""}) == before.model_copy(update={"geometry": ""})
                assert shapely.from_wkt(after.geometry).equals_exact(shapely.from_wkt(before.geometry), 1e-6)


def test_geojson_is_geojson_and_gdal_reads_it(written):
    whole = json.loads((written / "m.geojson").read_text())
    assert (whole["type"], whole["marking"], whole["title"]) == ("FeatureCollection", "EXERCISE {TEST}", "Łand force")
    assert all(set(feature) == {"type", "id", "geometry", "properties"} for feature in whole["features"])
    identifiers = [feature["id"] for feature in whole["features"]]
    assert len(identifiers) == len(set(identifiers))
    scenario, plan, _ = hand_orbat()
    layers = place_layers(scenario, plan, incidents=INCIDENTS, sites=SITES)
    assert pyogrio.read_info(written / "m.geojson")["features"] == sum(len(layer.features) for layer in layers)
    assert pyogrio.read_info(written / "layers" / "tours.geojson")["features"] == plan.tours.height
    (_, unplaced), _ = by_gdal(written / "layers" / "incidents.geojson", "incidents")
    assert unplaced is None


def test_kml_has_a_folder_a_layer_and_days_as_time_spans(written):
    root = etree.fromstring((written / "m.kml").read_bytes())
    document = root.find("k:Document", K)
    assert (document.findtext("k:name", namespaces=K), document.findtext("k:description", namespaces=K)) == (
        "Łand force",
        "EXERCISE {TEST}",
    )
    folders = {folder.findtext("k:name", namespaces=K): folder for folder in document.findall("k:Folder", K)}
    assert list(folders) == [
        "Places",
        "Sectors",
        "Lines on the ground",
        "What is asked for and held",
        "Tours",
        "Gaps",
        "Incidents",
        "Posts of observation",
    ]
    tour = folders["Tours"].find("k:Placemark", K)
    assert (tour.findtext("k:TimeSpan/k:begin", namespaces=K), tour.findtext("k:TimeSpan/k:end", namespaces=K)) == (
        "2027-01-01",
        "2027-12-27",
    )
    assert folders["Incidents"].findtext("k:Placemark/k:TimeStamp/k:when", namespaces=K) == "2027-02-01T04:05:06Z"
    ring = folders["Sectors"].findtext(".//k:outerBoundaryIs//k:coordinates", namespaces=K)
    assert ring.split() == ["30,48", "31,48", "31,49", "30,49", "30,48"]
    (area,), _ = by_gdal(written / "m.kml", "Sectors")
    assert shapely.force_2d(area).equals(shapely.box(30, 48, 31, 49))


def test_what_has_no_position_is_told(written):
    scenario, plan, _ = hand_orbat()
    (told,) = left_out(place_layers(scenario, plan))
    assert (told.table, told.severity) == ("locations", "warning")
    assert told.what.startswith("1 of 3 have no position")


def test_the_same_plan_gives_the_same_files(tmp_path, written):
    scenario, plan, _ = hand_orbat()
    for name in ("m.gpkg", "m.geojson", "m.kml"):
        write_places(scenario, tmp_path / name, plan=plan, incidents=INCIDENTS, sites=SITES)
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()


def test_flows_are_lines_in_each_week_and_a_globe_gets_their_sum():
    from dataclasses import replace

    scenario, plan, _ = hand_orbat()
    places = (*scenario.locations, Location(location="Fern", latitude=50.0, longitude=20.0))
    moving = scenario.model_copy(update={"locations": places})
    from contingent.plan.columns import COLUMNS

    row = {
        "link": "unknown",
        "mode": "rail",
        "from_location": "Fern",
        "to_location": "Hafen",
        "people": 10.0,
        "vehicles": 2.0,
        "tonnes": 5.0,
    }
    flows = pl.DataFrame([row | {"from_day": day, "until_day": day + 7} for day in (7, 14)], schema=COLUMNS["flows"])
    layers = {layer.name: layer for layer in place_layers(moving, replace(plan, flows=flows))}
    assert [list(shape.coords) for shape, _ in layers["flows"].features] == [[(20.0, 50.0), (30.73, 46.48)]] * 2
    summed = {layer.name: layer for layer in place_layers(moving, replace(plan, flows=flows), weekly=False)}["flows"].features
    assert [(said["tonnes"], said["from_day"], said["until_day"]) for _, said in summed] == [(10.0, 7, 21)]


def test_what_is_not_written(tmp_path):
    scenario, _, _ = hand_orbat()
    with pytest.raises(CannotWrite, match=r"no map is written as '\.shp'"):
        write_places(scenario, tmp_path / "m.shp")
    bare = Scenario(settings=Settings(title="Bare", start_date=date(2027, 1, 1), horizon_days=10))
    with pytest.raises(CannotWrite, match="Nothing of it has a place"):
        write_places(bare, tmp_path / "m.gpkg")
    assert list(tmp_path.iterdir()) == []
