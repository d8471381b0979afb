"""Maps, calendars, schemas, orders of battle and other forms from the command line; and the manual's examples of them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.cli.calling import Run
from tests.report.sample_orbat import hand_orbat

from contingent.io import read_plan, read_scenario, write_plan
from contingent.plan import Plan
from contingent.report.orbat import msdl_xml

MANUAL = Path(__file__).parents[2] / "docs" / "formats.md"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder of the order of battle by hand, with its scenario."""
    scenario, plan, orbat = hand_orbat()
    whole = Plan(**{**plan.__dict__, "orbat": orbat.orbat})
    return write_plan(whole, tmp_path / "kept", scenario=scenario)


def test_a_map_in_three_forms(run: Run, kept: Path, tmp_path: Path) -> None:
    ended = run("map", kept, "--out", tmp_path / "m.gpkg", "--out", tmp_path / "m.kml", "--out", tmp_path / "layers")
    assert ended.code == 0, ended.err
    assert re.search(r"^tours +4  Tours$", ended.out, re.MULTILINE)
    assert "locations: 1 of 3 have no position" in ended.err
    assert {path.name for path in (tmp_path / "layers").iterdir()} >= {"tours.geojson", "sectors.geojson"}
    content = json.loads(run("map", kept, "--out", tmp_path / "m.geojson", "--json").out)
    assert content["layers"]["tours"] == 4


def test_a_map_of_a_scenario_with_incidents_and_sites(run: Run, tmp_path: Path) -> None:
    head = "site,sector,latitude,longitude,depth_km,sensor,title,kind,base,range_km,targets,people,cost_per_year\n"
    (tmp_path / "observation.csv").write_text(head + "s1,East,48,37,1,camera,Camera,post,,5,3,2,1000\n")
    ended = run("map", "reassurance", "--out", tmp_path / "m.geojson", "--sites", tmp_path / "observation.csv", "--json")
    layers = json.loads(ended.out)["layers"]
    assert layers["sites"] == 1
    assert layers["incidents"] > 1000
    (tmp_path / "observation.csv").write_text("site,latitud\ns1,48\n")
    wrong = run("map", "reassurance", "--out", tmp_path / "n.geojson", "--sites", tmp_path / "observation.csv")
    assert (wrong.code, (tmp_path / "n.geojson").exists()) == (2, False)
    assert "has no column" in wrong.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("map", "tiny", "--out", "m.gpkg"), "Nothing of it has a place"),
        (("map", "tiny", "--out", "m.shp"), "no map is written as '.shp'"),
        (("map", "none", "--out", "m.kml"), "there is no folder"),
        (("calendar", "none", "--out", "c.ics"), "is not there"),
        (("schema", "offer"), "Nearest: 'offers'"),
        (("orbat-import", "none.json", "out"), "cannot be read"),
        (("convert", "tiny", "tiny.kml"), "is written as a folder"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_written(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert list(tmp_path.iterdir()) == []


def test_calendars(run: Run, kept: Path, tmp_path: Path) -> None:
    assert "rotations.ics" in run("calendar", kept, "--out", tmp_path / "rotations.ics").out
    assert run("calendar", kept, "--out", tmp_path / "by-nation").code == 0
    assert sorted(path.name for path in (tmp_path / "by-nation").iterdir()) == ["FRA.ics", "GBR.ics"]
    assert "is there already" in run("calendar", kept, "--out", tmp_path / "rotations.ics").err
    assert run("calendar", kept, "--out", tmp_path / "rotations.ics", "--nation", "GBR", "--overwrite").code == 0
    assert "a calendar is written as .ics" in run("calendar", kept, "--out", tmp_path / "rotations.pdf").err


def test_schemas(run: Run) -> None:
    names = run("schema", "--names").out.split()
    assert {"offers", "plan", "plan.tours", "scenario"} <= set(names)
    whole = json.loads(run("schema").out)
    shown = json.loads(run("show", "tiny", "--table", "offers", "--json").out)
    row = Draft202012Validator(json.loads(run("schema", "offers").out))
    assert [error.message for offer in shown["offers"] for error in row.iter_errors(offer)] == []
    assert whole["properties"]["offers"]["items"] == {"$ref": "#/$defs/offers"}


def test_an_order_of_battle_is_taken_in(run: Run, tmp_path: Path) -> None:
    scenario, plan, orbat = hand_orbat()
    (tmp_path / "o.msdl").write_text(msdl_xml(scenario, plan, orbat, day=0).text, encoding="utf-8")
    ended = run("orbat-import", tmp_path / "o.msdl", tmp_path / "again.xlsx")
    assert ended.code == 0, ended.err
    assert "Then:" in ended.out
    assert "unit_types.csv, personnel: no strength is given" in ended.err
    assert len(read_scenario(tmp_path / "again.xlsx").offers) == 2
    content = json.loads(run("orbat-import", tmp_path / "o.msdl", tmp_path / "other", "--json").out)
    assert content["rows"]["offers"] == 2
    assert len(content["findings"]) >= 3


def test_a_plan_in_other_forms(run: Run, kept: Path, tmp_path: Path) -> None:
    assert run("convert", kept, tmp_path / "plan.sqlite").code == 0
    assert run("convert", tmp_path / "plan.sqlite", tmp_path / "packed", "--tables", "parquet").code == 0
    assert read_plan(tmp_path / "packed").tours.equals(read_plan(kept).tours)


def test_the_examples_of_the_manual_run(tmp_path: Path) -> None:
    """Its blocks of Python, one after the other, in an empty folder."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", MANUAL.read_text(encoding="utf-8"), flags=re.DOTALL))
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert ran.returncode == 0, ran.stderr
    assert "True" in ran.stdout


def test_the_manual_names_every_command_and_form() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    for word in ("convert", "map", "calendar", "schema", "orbat-import", ".sqlite", ".gpkg", ".kml", ".ics", "Parquet", "MSDL"):
        assert word in text


def test_a_plan_is_named_after_its_scenario_whatever_its_form(run: Run, tmp_path: Path) -> None:
    run("convert", "tiny", tmp_path / "island.sqlite")
    run("convert", "tiny", tmp_path / "packed", "--tables", "parquet")
    for place in ("island.sqlite", "packed"):
        assert run("plan", tmp_path / place, "--no-report").code == 0
    assert sorted(path.name for path in (tmp_path / "plans").iterdir()) == ["island", "packed"]
    assert read_plan(tmp_path / "plans" / "island").tours.equals(read_plan(tmp_path / "plans" / "packed").tours)
    run("convert", tmp_path / "plans" / "island", tmp_path / "plan.sqlite")
    assert run("compare", tmp_path / "plan.sqlite", tmp_path / "plans" / "packed").out.endswith("decide and promise the same.\n")
