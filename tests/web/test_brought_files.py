"""What the command line reads, the pages and the interface take in; what they give out is taken in again and changes nothing.

And files of strangers: truncated, foreign, hostile. Each is refused with words; none ends the server.
"""

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyogrio
import pytest
from shapely import from_wkb, to_wkb
from shapely.geometry import GeometryCollection, MultiPolygon, Point, Polygon, box
from starlette.testclient import TestClient
from tests.web.hall import PLANNER, As, application
from tests.web.test_exchange_pages import DORA, apply, looked, packed, send, words

from contingent.io import read_plan, read_scenario, write_scenario
from contingent.io.shape_bytes import is_too_deep
from contingent.model.scenario import Scenario
from contingent.pipeline import make_plan, verify
from contingent.plan import PlanOptions
from contingent.store import Conference
from contingent.web.uploads import read

FORMS = ("sqlite", "parquet.zip", "xlsx", "zip")


def island() -> Scenario:
    """The tutorial's island, put on the map."""
    scenario = read_scenario("tiny")
    places = enumerate(scenario.locations)
    placed = [row.model_copy(update={"latitude": 10.0 + at / 8, "longitude": 20.0 + at / 4}) for at, row in places]
    return scenario.model_copy(update={"locations": tuple(placed)})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("brought")
    scenario = island()
    conference = Conference.open(str(folder / "island.sqlite"), create_from=write_scenario(scenario, folder / "island"))
    plan = make_plan(scenario, PlanOptions(replications=0, onward=False))
    conference.add_plan(PLANNER, plan, conference.state().seq, scenario=scenario)
    with TestClient(
        application(conference), base_url="http://127.0.0.1", follow_redirects=False, raise_server_exceptions=False
    ) as opened:
        yield opened
    conference.close()


def point(name: str, longitude: float, latitude: float, **said: Any) -> dict[str, Any]:
    shape = {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "properties": {"location": name, **said}, "geometry": shape}


def geojson(*features: Any, **head: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", **head, "features": list(features)}).encode()


def made(path: Path, *statements: str) -> bytes:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path.read_bytes()


# ------------------------------------------------------------------------------------------------------------ out and in again


@pytest.mark.parametrize("form", ["sqlite", "parquet.zip"])
def test_tables_in_every_form_change_nothing_when_they_come_back(client: TestClient, form: str):
    out = client.get(f"/exchange/scenario.{form}")
    assert out.status_code == 200
    assert out.headers["content-disposition"].endswith(f'.{form}"')
    assert send(client, out.content, f"again.{form}").status_code == 303
    text = looked(client, takes_out="yes")
    assert "changes nothing" in words(text)
    assert apply(client, text, takes_out="yes").headers["location"].endswith("done=nothing")
    told = client.post("/api/v1/imports/preview", content=client.get(f"/api/v1/exports/scenario.{form}").content, headers=OCTETS)
    assert told.status_code == 200, told.text
    assert [told.json()[part] for part in ("new", "changed", "removed", "findings")] == [[], [], [], []]


OCTETS = {"content-type": "application/octet-stream"}


@pytest.mark.slow
def test_a_scenario_laid_over_one_that_ships_keeps_what_it_extends_in_every_form(tmp_path: Path):
    (tmp_path / "over").mkdir()
    (tmp_path / "over" / "scenario.toml").write_text('title = "Over"\nextends = "tiny"\n')
    (tmp_path / "over" / "nations.csv").write_text("nation,name,active_personnel\nZZZ,Zed,1000\n")
    conference = Conference.open(str(tmp_path / "over.db"), create_from=tmp_path / "over")
    with TestClient(application(conference), base_url="http://127.0.0.1", follow_redirects=False) as client:
        for form in FORMS:
            content = client.get(f"/exchange/scenario.{form}").content
            found, findings = read(content, f"x.{form}")
            assert findings == ()
            assert found is not None
            assert {"setting": "extends", "value": "tiny"} in found.tables["scenario"]
            told = client.post("/api/v1/imports/preview", content=content, headers=OCTETS).json()
            assert [told[part] for part in ("new", "changed", "removed", "findings")] == [[], [], [], []], form
    conference.close()


def test_what_goes_out_is_what_the_command_line_reads(client: TestClient, tmp_path: Path):
    (tmp_path / "out.sqlite").write_bytes(client.get("/exchange/scenario.sqlite").content)
    with zipfile.ZipFile(io.BytesIO(client.get("/exchange/scenario.parquet.zip").content)) as archive:
        archive.extractall(tmp_path / "packed")
    assert read_scenario(tmp_path / "out.sqlite").offers == island().offers
    assert read_scenario(tmp_path / "packed").requirements == island().requirements
    assert pl.read_parquet(tmp_path / "packed" / "offers.parquet")["quantity"].dtype == pl.Int64
    (tmp_path / "places.gpkg").write_bytes(client.get("/exchange/scenario.gpkg").content)
    assert "locations" in {name for name, _ in pyogrio.list_layers(tmp_path / "places.gpkg")}
    assert client.get("/exchange/scenario.geojson").json()["type"] == "FeatureCollection"
    assert b"<kml" in client.get("/exchange/scenario.kml").content


def test_a_plan_goes_out_in_every_form_and_is_verified(client: TestClient, tmp_path: Path):
    for start, names in (("/exchange/plan", "plan map calendar"), ("/api/v1/plans/latest/", "tables map calendar")):
        tables, maps, calendar = (f"{start}{'' if start.endswith('plan') else name}" for name in names.split())
        place = tmp_path / names.split()[0]
        place.mkdir()
        (place / "plan.sqlite").write_bytes(client.get(f"{tables}.sqlite").content)
        with zipfile.ZipFile(io.BytesIO(client.get(f"{tables}.parquet.zip").content)) as archive:
            archive.extractall(place / "plan")
        assert read_plan(place / "plan").tours.equals(read_plan(place / "plan.sqlite").tours)
        assert verify(island(), read_plan(place / "plan.sqlite")) == ()
        assert client.get(f"{maps}.gpkg").content[:15] == b"SQLite format 3"
        assert client.get(f"{maps}.geojson").json()["features"]
        assert b"<kml" in client.get(f"{maps}.kml").content
        assert client.get(f"{calendar}.ics").content.startswith(b"BEGIN:VCALENDAR")


def test_a_delegate_takes_out_only_what_it_may_see_in_every_form(client: TestClient, tmp_path: Path):
    with As(client.app, DORA):
        (tmp_path / "own.sqlite").write_bytes(client.get("/exchange/scenario.sqlite").content)
        with closing(sqlite3.connect(tmp_path / "own.sqlite")) as database:
            assert {nation for (nation,) in database.execute("SELECT nation FROM offers")} == {"ALD"}
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert b"BRN" not in zipped(client.get("/exchange/scenario.parquet.zip").content, "offers.parquet")
        for form in ("sqlite", "parquet.zip", "gpkg", "ics"):
            assert client.get(f"/exchange/plan.{form}").status_code == 403
        assert "plan.sqlite" not in client.get("/exchange").text
        told = client.get("/exchange/scenario.geojson").json()
        owners = {each["properties"].get("nation") for each in told["features"] if each["properties"]["layer"] == "pool"}
        assert owners <= {"ALD"}


def zipped(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


# ------------------------------------------------------------------------------------------------------------------------ maps


def test_a_place_moved_in_a_map_program_is_the_only_thing_that_changes(client: TestClient, tmp_path: Path):
    """What the map program knows nothing of, as the kind of a place, stays; a delegate of GDAL is the map program."""
    (tmp_path / "out.gpkg").write_bytes(client.get("/exchange/scenario.gpkg").content)
    meta, _, shapes, fields = pyogrio.raw.read(tmp_path / "out.gpkg", layer="locations")
    names = list(meta["fields"])
    keys = fields[names.index("location")]
    moved = [to_wkb(Point(from_wkb(shape).x + 0.25, 12.5)) if at == 0 else shape for at, shape in enumerate(shapes)]
    pyogrio.raw.write(
        tmp_path / "moved.gpkg", geometry=np.array(moved, dtype=object), field_data=[keys], fields=["location"],
        layer="locations", driver="GPKG", crs="EPSG:4326", geometry_type="Point",
    )  # fmt: skip
    for name in ("moved.gpkg", "whatever.bin"):
        assert send(client, (tmp_path / "moved.gpkg").read_bytes(), name).status_code == 303
        text = words(looked(client))
        assert "1 row changed" in text or "Changed" in text
        assert "12.5" in text
        assert str(keys[0]) in text
        assert "kind" not in text.partition("Changed")[2].partition("Taken out")[0]


def test_all_layers_in_one_file_come_back_and_one_without_names_is_told_by_its_shapes(client: TestClient):
    all_layers = client.get("/exchange/scenario.geojson").content
    found, findings = read(all_layers, "places.geojson")
    assert findings == ()
    assert found is not None
    assert {row["location"] for row in found.tables["locations"]} == {row.location for row in island().locations}
    told = {
        "x.geojson": {"type": "LineString", "coordinates": [[30, 50], [31, 50]]},
        "y.json": {"type": "Polygon", "coordinates": [[[30, 50], [31, 50], [31, 51], [30, 50]]]},
        "sectors.geojson": {"type": "Polygon", "coordinates": [[[30, 50], [31, 50], [31, 51], [30, 50]]]},
    }
    for (name, shape), table in zip(told.items(), ("traces", "sectors", "sectors"), strict=True):
        found, findings = read(geojson({"type": "Feature", "properties": {"name": "one"}, "geometry": shape}), name)
        assert findings == ()
        assert found is not None
        assert list(found.tables) == [table]
    found, _ = read(geojson(point("a", 30, 50), name="locations"), "export.json")
    assert found is not None
    assert found.headers["locations"] == ["location", "latitude", "longitude"]
    assert found.cell("locations", "a", "latitude") == "locations.geojson, line 1, latitude"


# -------------------------------------------------------------------------------------------------------------------- hostile


def refused(client: TestClient, content: bytes, name: str) -> str:
    """What is said where a file is refused, by the page; the interface must not take it either, nor break."""
    answer = send(client, content, name)
    assert answer.status_code == 422, answer.text[:300]
    assert "Nothing was read" in answer.text
    told = client.post("/api/v1/imports/preview", content=content, headers=OCTETS)
    assert told.status_code in (200, 422)
    assert told.json()["findings"]
    return words(answer.text)


def test_a_view_a_trigger_and_worked_out_columns_in_an_sqlite_file_do_nothing(client: TestClient, tmp_path: Path):
    content = made(
        tmp_path / "x.db",
        "CREATE TABLE offers (offer TEXT, nation TEXT, unit_type TEXT, quantity INTEGER, home TEXT AS (upper(offer)))",
        "INSERT INTO offers (offer, nation, unit_type, quantity) VALUES ('x', 'ALD', 'headquarters', 1)",
        "CREATE VIEW nations AS WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up) SELECT n AS nation FROM up",
        "CREATE TRIGGER more AFTER INSERT ON offers BEGIN DELETE FROM offers; END",
        "CREATE VIRTUAL TABLE requirements USING fts5(line)",
    )
    found, findings = read(content, "x.db")
    assert findings == ()
    assert found is not None
    assert dict(found.tables) == {"offers": [{"offer": "x", "nation": "ALD", "unit_type": "headquarters", "quantity": "1"}]}
    assert found.cell("offers", "x", "quantity") == "table offers, line 2, quantity"


def test_what_an_sqlite_file_must_not_hold_is_told_with_table_and_row(client: TestClient, tmp_path: Path):
    start = "CREATE TABLE offers (offer TEXT, nation TEXT, quantity)"
    told = refused(client, made(tmp_path / "a.db", start, "INSERT INTO offers VALUES ('a', 'ALD', zeroblob(9000000))"), "a.db")
    assert "table offers, line 2, quantity : holds 9,000,000 bytes that are no text" in told
    told = refused(client, made(tmp_path / "b.db", start, "INSERT INTO offers VALUES (char(1) || 'a', 'ALD', 1)"), "b.db")
    assert "holds a character that cannot be shown (U+0001)" in told
    told = refused(client, made(tmp_path / "c.db", start, "INSERT INTO offers VALUES (CAST(x'ff41' AS TEXT), 'ALD', 1)"), "c.db")
    assert "is damaged" in told
    told = refused(client, made(tmp_path / "d.db", *(f"CREATE TABLE t{number} (a)" for number in range(501))), "d.db")
    assert "more than 500 tables" in told
    told = refused(client, made(tmp_path / "e.db", "CREATE TABLE scenario_row (a)", "CREATE TABLE audit (a)"), "e.db")
    assert "e.db : is the database of a conference" in told
    told = refused(client, made(tmp_path / "f.db", "CREATE TABLE strange (a)"), "f.db")
    assert "holds no table of a scenario" in told


def test_wrong_types_in_an_sqlite_file_are_findings_in_the_preview(client: TestClient, tmp_path: Path):
    content = made(
        tmp_path / "x.db", "CREATE TABLE offers (offer, nation, unit_type, quantity, tour_days)",
        "INSERT INTO offers VALUES ('x', 'ALD', 'headquarters', 1.5, 'ninety')",
    )  # fmt: skip
    assert send(client, content, "x.db").status_code == 303
    text = words(looked(client))
    assert "table offers, line 2, quantity" in text
    assert "'ninety'" in text


def test_a_file_cut_short_or_bent_anywhere_is_refused_or_read(client: TestClient, tmp_path: Path):
    for form in ("sqlite", "parquet.zip", "gpkg", "geojson"):
        whole = client.get(f"/exchange/scenario.{form}").content
        for cut in (1, 17, 99, len(whole) // 2, len(whole) - 1):
            assert send(client, whole[:cut], f"x.{form}").status_code in (303, 422)
        for at in range(0, len(whole), max(1, len(whole) // 9)):
            bent = bytearray(whole)
            bent[at : at + 64] = b"\xff" * min(64, len(whole) - at)
            if form != "parquet.zip":
                assert send(client, bytes(bent), f"x.{form}").status_code in (303, 422)
                assert client.get("/exchange/preview").status_code in (200, 303)


@pytest.mark.slow
def test_a_page_that_many_tables_share_does_not_fill_the_memory(client: TestClient, tmp_path: Path):
    """A branch whose children are all the same leaf makes a few kilobytes look like millions of rows of a megabyte each."""
    path = tmp_path / "x.db"
    made(
        path, "PRAGMA page_size = 4096", "CREATE TABLE offers (offer TEXT, nation TEXT, remark TEXT)",
        "INSERT INTO offers VALUES ('a', 'ALD', printf('%.*c', 1000000, 'x'))",
        "INSERT INTO offers VALUES ('b', 'ALD', printf('%.*c', 1000000, 'x'))",
    )  # fmt: skip
    content = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_master").fetchone()
    at = (root - 1) * 4096
    leaf = len(content) // 4096 + 1
    content += content[at : at + 4096]
    cells = [struct.pack(">I", leaf) + bytes([number & 127]) for number in range(127)]
    places = [4096 - 5 * (number + 1) for number in range(len(cells))]
    page = bytearray(4096)
    page[:12] = struct.pack(">BHHHBI", 5, 0, len(cells), places[-1], 0, leaf)
    for number, (place, cell) in enumerate(zip(places, cells, strict=True)):
        page[12 + 2 * number : 14 + 2 * number] = struct.pack(">H", place)
        page[place : place + 5] = cell
    content[at : at + 4096] = page
    for _ in range(2):  # two further storeys: 127 times as many rows each
        copy = len(content) // 4096 + 1
        content += content[at : at + 4096]
        for place in places:
            content[at + place : at + place + 4] = struct.pack(">I", copy)
        content[at + 8 : at + 12] = struct.pack(">I", copy)
    content[28:32] = struct.pack(">I", len(content) // 4096)
    assert "more than 512 MiB of text" in refused(client, bytes(content), "x.db")


@pytest.mark.parametrize("number", [4, 6, 7, 1007])
def test_shapes_within_shapes_without_end_are_refused_before_they_are_read(client: TestClient, tmp_path: Path, number: int):
    """The library that reads shapes would end the process, and with it the server."""
    deep = struct.pack("<BII", 1, number, 1) * 150_000 + struct.pack("<BIdd", 1, 1, 30.0, 50.0)
    shape = b"GP\0\1" + struct.pack("<i", 4326) + deep
    path = tmp_path / "x.gpkg"
    pyogrio.raw.write(
        path, geometry=np.array([to_wkb(Point(30, 50))]), field_data=[np.array(["a"], dtype=object)], fields=["location"],
        layer="locations", driver="GPKG", crs="EPSG:4326", geometry_type="Unknown",
    )  # fmt: skip
    with closing(sqlite3.connect(path)) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE locations SET geom = ?", (shape,))
        database.commit()
    assert "no geometry that can be read" in refused(client, path.read_bytes(), "x.gpkg")


def test_shapes_as_map_programs_draw_them_are_not_too_deep():
    area = Polygon(box(0, 0, 9, 9).exterior.coords, [box(1, 1, 2, 2).exterior.coords])
    parts = GeometryCollection([MultiPolygon([area, box(20, 20, 21, 21)]), Point(1, 2, 3), area.exterior])
    for order in (0, 1):
        for flavour in ("iso", "extended"):
            assert not is_too_deep(to_wkb(parts, byte_order=order, flavor=flavour))
            assert not is_too_deep(to_wkb(parts, byte_order=order, include_srid=flavour == "extended"))
    assert is_too_deep(b"")
    assert is_too_deep(to_wkb(parts)[:-1])


@pytest.mark.parametrize(
    "content",
    [
        b"{", b"{}", b'{"type": 1}', b'{"type": "FeatureCollection", "features": 7}', b'{"type": "Topology", "objects": {}}',
        b'{"type": "FeatureCollection", "features": [' + b'{"a": [' * 5000, b"\xff{", b'{"type": "Feature", "geometry": {}}',
        geojson(), geojson(7, None, []), geojson(point("\ud800", 30, 50)), geojson(point("a\0b", 30, 50)),
        geojson(point("a", 30, 50), {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}),
        geojson({"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [[["x"]]]}}),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_map_of_places_is_refused_with_words(client: TestClient, content: bytes):
    refused(client, content, "x.geojson")


def test_parquet_is_read_apart_and_what_it_must_not_hold_is_told(client: TestClient, tmp_path: Path):
    offers = pl.DataFrame({"offer": ["a\nb", "", "c"], "nation": ["ALD", "", "ALD"], "quantity": [1, None, 2]})
    offers.write_parquet(tmp_path / "offers.parquet")
    content = (tmp_path / "offers.parquet").read_bytes()
    found, findings = read(content, "offers.parquet")
    assert findings == ()
    assert found is not None
    assert [row["offer"] for row in found.tables["offers"]] == ["a\nb", "c"]
    assert "its name does not say which" in refused(client, content, "x.parquet")
    told = refused(client, packed({"offers.parquet": content, "offers.csv": b"offer\nx\n"}), "x.zip")
    assert "nobody can tell which of them holds" in told
    assert "offers.parquet" in refused(client, packed({"offers.parquet": content[:-40]}), "x.zip")
    wide = pl.select(pl.repeat(0, 400_000).alias("c0")).with_columns(pl.lit(0).alias(f"c{number}") for number in range(1, 60))
    wide.write_parquet(tmp_path / "wide.parquet")
    told = refused(client, packed({"offers.parquet": (tmp_path / "wide.parquet").read_bytes()}), "x.zip")
    assert "has 400,000 rows and 60 columns" in told
