"""Shapes, factors, links and formations: what is drawn can be measured, what is ranged is in its range, every tree has a top."""

import json

import pytest
from tests.io.small_folder import FILES, places, write_files

from contingent import read_scenario
from contingent.io import check_scenario

SQUARE = [[30.0, 50.0], [31.0, 50.0], [31.0, 51.0], [30.0, 51.0], [30.0, 50.0]]
TASKS = "task,title,method,sector,option\nwatch,Watch the line,line_monitoring,north,small\n"
SECTORS = 'sector,geometry\nnorth,"POLYGON ((30 50, 31 50, 31 51, 30 51, 30 50))"\n'


def feature(geometry: dict[str, object], **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1)


def polygon(ring: object = SQUARE) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_sector_drawn_in_a_map_program_is_the_sector_written_as_a_row(tmp_path):
    drawn = collection(feature(polygon(), sector="north", population=1200, stroke="#ff0000"))
    as_geojson = read_scenario(write_files(tmp_path / "drawn", {"sectors.geojson": drawn}))
    written = SECTORS.replace("geometry", "geometry,population").replace('))"', '))",1200')
    as_csv = read_scenario(write_files(tmp_path / "written", {"sectors.csv": written}))
    assert as_geojson.sectors == as_csv.sectors
    assert as_geojson.sectors[0].population == 1200


@pytest.mark.parametrize(
    ("properties", "key"), [({"trace": "front"}, "front"), ({"name": "The front"}, "The front"), ({}, "trace 1")]
)
def test_a_feature_is_known_by_its_key_its_name_or_its_number(tmp_path, properties, key):
    line = {"type": "LineString", "coordinates": [[30, 50], [31, 50.5]]}
    scenario = read_scenario(write_files(tmp_path, {"traces.geojson": collection(feature(line, **properties))}))
    assert [(row.trace, row.geometry) for row in scenario.traces] == [(key, "LINESTRING (30 50, 31 50.5)")]


def test_a_single_geometry_is_a_file_of_one_feature(tmp_path):
    line = json.dumps({"type": "LineString", "coordinates": [[30, 50], [31, 50.5]]})
    assert len(read_scenario(write_files(tmp_path, {"traces.geojson": line})).traces) == 1


def test_a_line_drawn_anew_takes_the_place_of_the_one_below(tmp_path):
    base = write_files(tmp_path / "base", {"traces.csv": 'trace,geometry\nfront,"LINESTRING (30 50, 31 50.5)"\n'})
    line = {"type": "LineString", "coordinates": [[29, 50], [31, 50.5]]}
    above = tmp_path / "above"
    above.mkdir()
    (above / "scenario.toml").write_text(f'extends = "{base}"\n')
    (above / "traces.geojson").write_text(collection(feature(line, trace="front")))
    assert [row.geometry for row in read_scenario(above).traces] == ["LINESTRING (29 50, 31 50.5)"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[1, 2]", "not GeoJSON"),
        (collection(feature({"type": "Polygon", "coordinates": "x"})), "no geometry that can be read"),
        (collection({"type": "Feature", "properties": {}}), "no geometry that can be read"),
        (collection("x"), "no geometry that can be read"),
        (collection(feature({"type": "Point", "coordinates": [30, 50]})), "is a Point, not a Polygon"),
        (collection(feature(polygon([[30, 50], [31, 51], [31, 50], [30, 51], [30, 50]]))), "crosses or touches itself"),
        (collection(feature(polygon([[300, 50], [310, 50], [310, 51], [300, 50]]))), "outside the Earth"),
        ("\ufeff", "is not JSON"),
        (b"\xff\xfe{", "UTF-16"),
    ],
)
def test_what_was_drawn_wrongly_is_told_and_nothing_is_read(tmp_path, content, words):
    findings = check_scenario(write_files(tmp_path, {"sectors.geojson": content}))
    assert [finding.table for finding in findings] == ["sectors.geojson"]
    assert words in findings[0].what


def test_a_table_may_not_lie_there_twice(tmp_path):
    findings = check_scenario(write_files(tmp_path, {"sectors.csv": SECTORS, "sectors.geojson": collection(feature(polygon()))}))
    assert [finding.table for finding in findings] == ["sectors.geojson"]


def test_a_finding_names_the_line_of_the_feature(tmp_path):
    drawn = collection(feature(polygon(), sector="north"), feature({"type": "Point", "coordinates": [1, 2]}, sector="south"))
    (finding,) = check_scenario(write_files(tmp_path, {"sectors.geojson": drawn}))
    assert finding.line is not None
    assert '"Feature"' in drawn.splitlines()[finding.line - 1]
    assert "south" in "".join(drawn.splitlines()[finding.line - 1 :])


@pytest.mark.parametrize("text", ["POLYGON", "POINT (1 2)", "POLYGON EMPTY", "hello", "50.1, 30.2"])
def test_a_shape_that_is_none(tmp_path, text):
    findings = check_scenario(write_files(tmp_path, {"sectors.csv": f'sector,geometry\nnorth,"{text}"\n'}))
    assert places(findings) == [("sectors.csv", 2, "geometry")]


def test_a_factor_outside_its_own_range(tmp_path):
    factors = "factor,scope,value,low,high,unit,meaning\na,all,5,6,7,km,x\nb,all,5,1,4,km,x\nc,all,5,5,5,km,x\n"
    findings = check_scenario(write_files(tmp_path, {"factors.csv": factors}))
    assert places(findings) == [("factors.csv", 2, "low"), ("factors.csv", 3, "high")]


def test_a_factor_for_nothing_is_a_warning(tmp_path):
    changes = {
        "tasks.csv": TASKS, "sectors.csv": SECTORS,
        "factors.csv": "factor,scope,value,unit,meaning\na,watch,1,km,x\na,smal,1,km,x\na,all,1,km,x\na,small,1,km,x\n",
    }  # fmt: skip
    findings = check_scenario(write_files(tmp_path, changes))
    assert places(findings, "warning") == [("factors.csv", 3, "scope")]
    assert findings[0].nearest == "small"


def test_a_link_to_itself_and_formations_in_a_circle(tmp_path):
    changes = {
        "locations.csv": "location,country\nKyiv,UKR\nOdesa,UKR\n",
        "links.csv": "link,from_location,to_location,mode,km\nr1,Kyiv,Kyiv,road,10\nr2,Kyiv,Odesa,road,475\n",
        "formations.csv": "formation,parent,echelon\nA,B,brigade\nB,A,division\nC,A,brigade\n",
    }
    findings = check_scenario(write_files(tmp_path, changes))
    assert places(findings) == [("links.csv", 2, "to_location"), ("formations.csv", 2, "parent")]
    assert "A under B under A" in findings[1].what


def test_names_of_the_new_tables_are_looked_up(tmp_path):
    changes = {
        "tasks.csv": "task,title,method,sector,from_day,until_day\nwatch,Watch,line_monitoring,nord,10,5\n",
        "sectors.csv": SECTORS,
        "incursions.csv": "incursion,title,sector,battalions\ni,I,south,3\n",
    }
    findings = check_scenario(write_files(tmp_path, changes))
    assert places(findings) == [
        ("tasks.csv", 2, "sector"), ("tasks.csv", 2, "until_day"), ("incursions.csv", 2, "sector"),
    ]  # fmt: skip
    assert findings[0].nearest == "north"


def test_a_mandate_in_place_of_lines_is_no_empty_requirement(tmp_path):
    changes = {"tasks.csv": TASKS, "sectors.csv": SECTORS, "requirements.csv": FILES["requirements.csv"].split("\n")[0] + "\n"}
    findings = check_scenario(write_files(tmp_path, changes))
    assert [finding for finding in findings if finding.table == "requirements.csv"] == []
