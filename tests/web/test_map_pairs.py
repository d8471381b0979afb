"""Two plans on the ground: what differs is marked in both, a plan beside itself differs in nothing, pictures have one scale."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from starlette.testclient import TestClient
from tests.report.sample_orbat import hand_orbat
from tests.web.hall import PLANNER, application, with_positions

from contingent.io import write_scenario
from contingent.store import Conference
from contingent.structure.at_day import orbat_at
from contingent.web.map_pairs import differing_keys, place_pairs, still_pair, told_pair
from contingent.web.map_units import place_marks, unit_levels

BOX = (23.0, 46.0, 32.0, 49.0)


@pytest.fixture
def pair():
    """The plan by hand with a position for each place, and the same without its second battlegroup."""
    scenario, plan, orbat = hand_orbat()
    fewer = replace(plan, tours=plan.tours.filter(pl.col("unit") != "FRA-battlegroup#2"))
    return with_positions(scenario), plan, fewer, orbat


def test_what_differs_is_marked_in_both_with_what_the_other_has(pair):
    """On day 50 Stadt has three units and 1,800 people in one plan, two and 1,000 in the other; the state says nothing of it."""
    scenario, plan, fewer, orbat = pair
    marks = [place_marks(scenario, each, 50) for each in (plan, fewer)]
    assert differing_keys(marks) == {"Stadt"}
    (row,) = place_pairs(marks)
    assert (row["differs"], [cell["units"] for cell in row["cells"]]) == (True, [3, 2])
    levels = [unit_levels(scenario, plan, orbat_at(orbat, 50), 50), unit_levels(scenario, fewer, None, 50)]
    told = told_pair(levels)
    assert [len(each["levels"]) for each in told] == [1, 1]  # the other has no order of battle: both show places
    (left,), (right,) = (each["levels"][-1]["marks"] for each in told)
    assert "≠ In the other plan: 2 units" in left["words"]
    assert "≠ In the other plan: 3 units" in right["words"]


def test_a_plan_beside_itself_differs_in_nothing(pair):
    scenario, plan, _, orbat = pair
    for day in (0, 50, 120, 200):
        levels = unit_levels(scenario, plan, orbat_at(orbat, day), day)
        for side in told_pair([levels, levels]):
            assert [mark for level in side["levels"] for mark in level["marks"] if mark["differs"]] == []


def test_still_pictures_have_one_scale_and_mark_by_more_than_colour(pair):
    scenario, plan, fewer, _ = pair
    marks = [place_marks(scenario, each, 50) for each in (plan, fewer)]
    one, other = still_pair(scenario, marks, BOX, ("Plan 1", "Plan 2"))
    places = [re.search(r'<circle[^>]*cx="([\d.]+)"[^>]*cy="([\d.]+)"', str(each)) for each in (one, other)]
    assert places[0] is not None
    assert places[1] is not None
    assert places[0].groups() == places[1].groups()
    assert "3 ≠" in one
    assert "2 ≠" in other
    alike, _ = still_pair(scenario, [marks[0], marks[0]], BOX, ("Plan 1", "Plan 1"))
    assert 'class="differs"' in one
    assert 'class="differs"' not in alike


def test_the_page_of_comparison_has_both_maps_and_their_table(pair, tmp_path: Path):
    scenario, plan, fewer, orbat = pair
    conference = Conference.open(tmp_path / "it.sqlite", create_from=write_scenario(scenario, tmp_path / "it"))
    for each in (plan, fewer):
        made = replace(each, formations=orbat.formations, orbat=orbat.orbat)
        conference.add_plan(PLANNER, made, conference.state().seq, scenario=scenario)
    with TestClient(application(conference), base_url="http://localhost") as client:
        page = client.get("/compare?of=p1,p2").text
        assert page.count('class="pair-map"') == 2
        table = client.get("/compare/places?of=p1,p2&day=50").text
        assert "1 of 1 places differ, marked ≠" in table
        assert "≠ differs" in table
        assert "nothing differs" in client.get("/compare/places?of=p1,p1&day=50").text
        told = client.get("/compare/units.json?of=p1,p2&day=50").json()
        assert [each["levels"][-1]["marks"][0]["units"] for each in told] == [3, 2]
        ground = client.get("/compare/ground.json?of=p1,p2").json()
        assert ground["sectors"]["features"]
        for path in ("places", "units.json", "ground.json"):
            assert client.get(f"/compare/{path}?of=p1,p9").status_code == 404
    conference.close()
