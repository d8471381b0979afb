"""Sectors drawn, redrawn and split: references stay valid, need is that of the ground, who may take it, conflicts and undo."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod, Proj
from starlette.testclient import TestClient
from tests.report.sample_orbat import hand_orbat
from tests.web.conftest import Opened
from tests.web.hall import application

from contingent.geography.shapes import shape_of
from contingent.io import write_scenario
from contingent.model.ground import Sector
from contingent.model.scenario import Scenario
from contingent.sizing.ground import ask_of_ground
from contingent.store import Actor, Conference, Edit
from contingent.web.corners import read_corners
from contingent.web.sector_need import both_sized, method_rows, task_rows, total_rows
from contingent.web.sector_sketch import Sketch, edits_of, redrawn, seen_versions

PIA = Actor("pia", "planner")
SQUARE = "POLYGON ((30 48, 32 48, 32 50, 30 50, 30 48))"
CUT = "LINESTRING (31 40, 31 60)"
CORNERS = "40 31\n60 31"
GEOD = Geod(ellps="WGS84")
ROWS: tuple[tuple[str, dict[str, str]], ...] = (
    ("locations", {"location": "Square place", "kind": "sector", "latitude": "49", "longitude": "30.5"}),
    ("locations", {"location": "Westtown", "kind": "base", "within": "Square place", "latitude": "49", "longitude": "30.6"}),
    ("locations", {"location": "Easttown", "kind": "base", "within": "Square place", "latitude": "49", "longitude": "31.6"}),
    ("sectors", {"sector": "Square", "location": "Square place", "geometry": SQUARE, "population": "1000", "area_km2": "33000"}),
    ("sectors", {"sector": "Beside", "geometry": "POLYGON ((31.5 49, 33 49, 33 51, 31.5 51, 31.5 49))"}),
    ("traces", {"trace": "line", "geometry": "LINESTRING (30 49.5, 32 49.5)"}),
    ("tasks", {"task": "HOLD", "title": "Be present", "method": "sector_security", "sector": "Square", "capability": "infantry"}),
    ("tasks", {"task": "EASTPOST", "title": "One unit", "method": "stated", "sector": "Square", "location": "Easttown",
               "capability": "infantry", "amount": "1"}),
    ("factors", {"factor": "battalion_area_km2", "value": "1000", "unit": "km2", "meaning": "Made up."}),
    ("factors", {"factor": "battalion_area_km2", "scope": "HOLD", "value": "5000", "unit": "km2", "meaning": "Made up."}),
    ("factors", {"factor": "frontage_km", "value": "1000", "unit": "km", "meaning": "Made up."}),
    ("formations", {"formation": "Eastern brigade", "echelon": "brigade", "location": "Easttown", "sector": "Square"}),
    ("incursions", {"incursion": "in", "title": "Somebody comes", "sector": "Square", "battalions": "2"}),
    ("ladder", {"rung": "more", "level": "1", "posture": "watch", "sectors": "Square", "measure": "incidents_per_day", "up": "4",
                "down": "1", "reserve": "HOLD", "quantity": "1"}),
)  # fmt: skip
"""A sector of two degrees by two with something of everything that refers to it."""


@pytest.fixture
def held(conference: Conference) -> Conference:
    conference.change(PIA, [Edit(table, cells) for table, cells in ROWS])
    return conference


@pytest.fixture
def scenario(held: Conference) -> Scenario:
    found = held.state().scenario
    assert found is not None
    return found


def split(scenario: Scenario, **changed: Any) -> Any:
    return redrawn(scenario, Sketch("split", "Square", CUT, **{"part": "Right", "population": 300.0, **changed}))


def test_a_split_leaves_two_sectors_and_every_reference_valid(scenario: Scenario):
    """The sector's place lies west, so the western half keeps the name; what stands in the east goes with the other."""
    made = split(scenario)
    assert (made.findings, made.sectors) == ([], ("Square", "Right"))
    after = made.scenario
    kept, new = after.sector_by_name["Square"], after.sector_by_name["Right"]
    assert shape_of(kept.geometry).bounds == (30, 48, 31, 50)
    assert shape_of(new.geometry).bounds == (31, 48, 32, 50)
    assert (kept.population, new.population) == (700, 300)
    assert (kept.area_km2, new.area_km2) == (None, None)  # what was typed was the whole's
    tasks = {row.task: row.sector for row in after.tasks}
    assert tasks == {"HOLD": "Square", "HOLD-2": "Right", "EASTPOST": "Right"}
    assert {row.scope: row.value for row in after.factors if row.factor == "battalion_area_km2"} == {
        "all": 1000, "HOLD": 5000, "HOLD-2": 5000}  # fmt: skip
    assert next(row.sector for row in after.formations if row.formation == "Eastern brigade") == "Right"
    assert next(row.sector for row in after.incursions) == "Square"
    assert (after.ladder[0].sectors, after.ladder[0].reserve) == (("Square", "Right"), ("HOLD", "HOLD-2"))
    # A caveat about the old place goes on to hold in both parts.
    places = {row.location: row.within for row in after.locations}
    assert (places["Westtown"], places["Easttown"], places["Right"]) == ("Square place", "Right", "Square place")


def test_need_that_is_measured_by_area_is_that_of_both_parts_together(scenario: Scenario):
    """5,000 km2 a battalion: the exact need of the halves is that of the whole by PROJ's geodesics, each rounded up by itself."""
    measured = scenario.model_copy(update={
        "sectors": tuple(row.model_copy(update={"area_km2": None}) for row in scenario.sectors)})  # fmt: skip
    made = split(measured)
    sized = both_sized(measured, made.scenario)
    whole = abs(GEOD.polygon_area_perimeter([30, 32, 32, 30], [48, 48, 50, 50])[0]) / 1e6
    before, after = ([line.asked.exact for line in each.lines if line.task.method == "sector_security"] for each in sized[0])
    assert sum(before) == pytest.approx(whole / 5000, rel=1e-3)
    assert len(after) == 2
    assert sum(after) == pytest.approx(sum(before), rel=1e-3)
    rows = {row["task"]: row for row in task_rows(sized, made)}
    assert rows["HOLD"]["before"] == f"7 ({whole / 5000:.2f})"
    assert rows["EASTPOST"]["why"] == "cannot change: stated in the mandate"
    (total,) = total_rows(sized, (measured, made.scenario))
    assert total["cells"][0]["change"] == sum(row["change"] for row in rows.values()) > 0


def test_methods_are_asked_for_the_ground_alone(scenario: Scenario):
    """A sector that nothing names: 1,000 km2 a battalion by the general factor; what has no factor or no people says so."""
    shape = "POLYGON ((30 52, 31 52, 31 53, 30 53, 30 52))"
    made = redrawn(scenario, Sketch("new", "North", shape))
    area = abs(GEOD.polygon_area_perimeter([30, 31, 31, 30], [52, 52, 53, 53])[0]) / 1e6
    answers = {answer.method: answer for answer in ask_of_ground(made.scenario, "North")}
    assert answers["sector_security"].exact == pytest.approx(area / 1000)
    assert answers["line_monitoring"].capability is None
    rows = {row["method"]: row for row in method_rows(scenario, made)}
    assert rows["sector security"]["after"] == [f"8 ({area / 1000:.2f})"]
    assert rows["population security"]["after"] == ["–"]
    assert made.notes == []


@pytest.mark.parametrize(("changed", "what"), [
    ({"population": None}, "no drawing tells how many"),
    ({"population": 2000.0}, "is more than"),
    ({"part": ""}, "needs a name"),
    ({"part": "Beside"}, "there is a sector 'Beside' already"),
    ({"shape": "LINESTRING (31 49, 31 60)"}, "first corner lies inside"),
    ({"shape": "LINESTRING (48 31, 51 31)"}, "lies outside"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do(scenario: Scenario, changed: dict[str, Any], what: str):
    values = {"shape": CUT, "part": "Right", "population": 300.0, **changed}
    made = redrawn(scenario, Sketch("split", "Square", values.pop("shape"), **values))
    (finding,) = made.findings
    assert what in finding.what
    assert "part" in changed or "population" in changed or made.steps == []


def test_latitude_and_longitude_the_wrong_way_round_are_told(scenario: Scenario):
    (finding,) = redrawn(scenario, Sketch("split", "Square", "LINESTRING (47 31, 51 31)", "Right", population=1.0)).findings
    assert finding.maybe == "write latitude before longitude"


def test_a_shape_drawn_anew_says_what_it_overlaps_and_leaves_out(scenario: Scenario):
    made = redrawn(scenario, Sketch("redraw", "Square", "POLYGON ((30 48, 31 48, 31 50, 30 50, 30 48))"))
    assert any("Easttown" in note and "stay" in note for note in made.notes)
    assert not any("Beside" in note for note in made.notes)
    crossed = redrawn(scenario, Sketch("redraw", "Square", "POLYGON ((30 48, 32 50, 32 48, 30 50, 30 48))"))
    assert "crosses" in crossed.findings[0].what
    assert crossed.steps == []


@pytest.mark.parametrize("text", ["49.9935, 36.2304", "49.9935N 36.2304E", "36.2304 E 49.9935 N", "49.9935° 36.2304°"])
def test_corners_in_degrees(text: str):
    (point,), findings = read_corners(text)
    assert (point.latitude, point.longitude, findings) == (49.9935, 36.2304, ())


@pytest.mark.parametrize("text", ["37U CR 12345 54321", "37UCR1234554321"])
def test_corners_in_the_military_grid_are_those_of_the_projection(text: str):
    (point,), _ = read_corners(text)
    east, north = Proj(proj="utm", zone=37, ellps="WGS84")(point.longitude, point.latitude)
    assert (east % 100_000, north % 100_000) == (pytest.approx(12345, abs=0.01), pytest.approx(54321, abs=0.01))


def test_corners_that_cannot_be_read_are_told_by_their_line():
    points, findings = read_corners("48 30\n\n95 30\nsomewhere\n37U CR 123 45")
    assert len(points) == 1
    assert [finding.line for finding in findings] == [3, 4, 5]


# ------------------------------------------------------------------------------------------ who may, and what is written

FORM = {"kind": "split", "sector": "Square", "part": "Right", "corners": CORNERS, "population": "300"}


def versions_of(page: str) -> str:
    found = re.search(r'name="versions" value="([^"]*)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", ["dora", "otto"])
def test_whoever_is_no_planner_may_try_and_not_take(held: Conference, browser: Opened, name: str):
    visitor, seq = browser(name), held.state().seq
    tried = visitor.fill_in("/map", "/map/sectors/try", **FORM)
    assert tried.status_code == 200
    assert "Right" in tried.text
    assert "/map/sectors/take" not in tried.text
    assert visitor.fill_in("/map", "/map/sectors/take", **FORM).status_code == 403
    assert held.state().seq == seq


def test_a_planner_takes_it_as_one_change_that_can_be_undone(held: Conference, browser: Opened):
    pia, before = browser("pia"), held.state()
    tried = pia.fill_in("/map", "/map/sectors/try", **FORM)
    assert held.state().seq == before.seq
    taken = pia.fill_in("/map", "/map/sectors/take", **FORM, versions=versions_of(tried.text))
    assert (taken.status_code, "done=sector" in taken.headers["location"]) == (303, True)
    after = held.state()
    assert after.scenario is not None
    assert {row.sector for row in after.scenario.sectors} == {"Square", "Right", "Beside"}
    entries = [entry for entry in held.history(limit=30) if entry.seq > before.seq and entry.row is not None]
    assert len({entry.batch for entry in entries}) == 1
    assert {entry.why for entry in entries} == {"Sector Square split: Right is new"}
    undone = pia.fill_in("/history", "/history/undo", seq=str(entries[0].seq))
    assert undone.status_code == 303
    assert {name: [row.cells for row in rows] for name, rows in held.state().rows.items()} == {
        name: [row.cells for row in rows] for name, rows in before.rows.items()}  # fmt: skip
    assert held.verify() == ()


def test_a_row_that_was_changed_meanwhile_is_a_conflict(held: Conference, browser: Opened):
    pia = browser("pia")
    shown = versions_of(pia.fill_in("/map", "/map/sectors/try", **FORM).text)
    row = next(row for row in held.state().rows["sectors"] if row.key == "Square")
    seq = held.change(PIA, [Edit("sectors", {**row.cells, "name": "The square"}, row.id, row.version)]).seq
    for versions in (shown, ""):
        answered = pia.fill_in("/map", "/map/sectors/take", **FORM, versions=versions)
        assert (answered.status_code, "sectors: Square" in answered.text) == (409, True)
    assert held.state().seq == seq


def test_a_conflict_tells_shapes_in_words_with_the_corners_that_differ(held: Conference, browser: Opened):
    """The north-eastern corner goes to 49 32 meanwhile; the half that was drawn ends at 31 east, there at 49.5 north."""
    pia = browser("pia")
    shown = versions_of(pia.fill_in("/map", "/map/sectors/try", **FORM).text)
    row = next(row for row in held.state().rows["sectors"] if row.key == "Square")
    moved = SQUARE.replace("32 50", "32 49")
    held.change(PIA, [Edit("sectors", {**row.cells, "geometry": moved}, row.id, row.version)])
    text = pia.fill_in("/map", "/map/sectors/take", **FORM, versions=shown).text
    plain = " ".join(re.sub(r"<details>.*?</details>|<[^>]+>", " ", text).split())
    area = abs(GEOD.geometry_area_perimeter(shape_of(moved))[0]) / 1e6
    size = f"{area:,.0f}".replace(",", " ")
    assert f"Area of 4 corners, {size} km²" in plain
    assert "POLYGON" not in plain
    assert re.findall(r"of its own, north and east: ((?:[\d.]+ [\d.]+(?:; )?)+)", plain) == ["48 32; 49 32", "48 31; 49.5 31"]


def test_what_is_refused_is_told_and_nothing_is_written(held: Conference, browser: Opened):
    pia, seq = browser("pia"), held.state().seq
    for form, what in (({"population": ""}, "no drawing tells how many"), ({"corners": "48 30\nhere"}, "corners, line 2")):
        answered = pia.fill_in("/map", "/map/sectors/take", **{**FORM, **form})
        assert (answered.status_code, what in answered.text) == (422, True)
    assert pia.get("/map/sectors?kind=new").status_code == 200
    assert "48 30" in pia.get("/map/sectors/corners.json").json()["Square"]
    assert held.state().seq == seq


def test_the_order_of_battle_stays_that_of_the_plan_when_a_split_makes_other_formations(tmp_path: Path):
    """The plan's brigades are no longer those of the tables: its own tables, which the archive holds, still have them."""
    scenario, plan, orbat = hand_orbat()
    conference = Conference.open(tmp_path / "it.sqlite", create_from=write_scenario(scenario, tmp_path / "it"))
    plan = replace(plan, formations=orbat.formations, orbat=orbat.orbat)
    conference.add_plan(PIA, plan, conference.state().seq, scenario=scenario)
    row = next(row for row in conference.state().rows["formations"] if row.cells.get("parent"))
    conference.change(PIA, [Edit("formations", {**row.cells, "formation": "Another", "headquarters": ""}, row.id, row.version)])
    with TestClient(application(conference), base_url="http://localhost") as client:
        assert row.key in client.get("/orbat?day=50").text
        assert client.get("/map/units.json?day=200").json()["levels"][-1]["name"] == "units at their places"
    conference.close()


def test_a_sector_of_a_scenario_that_is_extended_is_laid_over(scenario: Scenario, tmp_path: Path):
    """The rows stand in the scenario below: what changes is written whole, what does not is left there."""
    write_scenario(scenario, tmp_path / "below")
    over = tmp_path / "over"
    over.mkdir()
    (over / "scenario.toml").write_text('extends = "../below"\ntitle = "Laid over"\n', encoding="utf-8")
    conference = Conference.open(tmp_path / "over.sqlite", create_from=over)
    state = conference.state()
    assert state.scenario is not None
    made = split(state.scenario)
    after = conference.change(PIA, edits_of(made.steps, state, seen_versions(made.steps, state))).scenario
    assert after is not None
    assert {row.sector: row.population for row in after.sectors} == {"Square": 700, "Right": 300, "Beside": None}
    assert {row.location: row.within for row in after.locations}["Easttown"] == "Right"
    conference.close()


def test_the_still_map_of_a_plan_has_the_sectors_that_it_was_made_of(tmp_path: Path):
    """A sector is renamed after planning: the map of the plan has the name of then, whoever looks."""
    scenario, plan, orbat = hand_orbat()
    sector = Sector(sector="Old", name="Sector of then", geometry=SQUARE)
    scenario = scenario.model_copy(update={"sectors": (sector,)})
    plan = replace(plan, formations=orbat.formations, orbat=orbat.orbat)
    conference = Conference.open(tmp_path / "it.sqlite", create_from=write_scenario(scenario, tmp_path / "it"))
    conference.add_plan(PIA, plan, conference.state().seq, scenario=scenario)
    (row,) = conference.state().rows["sectors"]
    conference.change(PIA, [Edit("sectors", {**row.cells, "name": "Sector of now"}, row.id, row.version)])
    with TestClient(application(conference), base_url="http://localhost") as client:
        still = client.get("/map").text.partition('id="still"')[2].partition("</figure>")[0]
    assert ("Sector of then" in still, "Sector of now" in still) == (True, False)
    conference.close()
