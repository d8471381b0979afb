"""What flows over each link in each week: gathered, coded, drawn and written, held against counts by hand."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.sample_plan import sample_plan
from tests.report.sample_way import way_plan

from contingent.model.ground import Link
from contingent.model.rows import Location
from contingent.plan import frame
from contingent.report import write_flows
from contingent.report.drawings.flow_map import flow_map, frame_of
from contingent.report.flows import FIRST_YEAR, LEVELS, Flows, as_changes, flows_of, levels_of, two_digits

SPOTS = {"A": (48.0, 24.0), "B": (49.0, 26.0), "C": (50.0, 30.0)}
LINKS = (
    Link(link="ab", from_location="A", to_location="B", mode="rail", km=100),
    Link(link="cb", from_location="C", to_location="B", mode="road", km=100),
)


def plan_with(rows: list[tuple]) -> tuple:
    """The sample plan with flows: link, mode, from, to, first day, people, tonnes."""
    scenario, plan = sample_plan()
    places = tuple(Location(location=key, name=f"{key}ville", latitude=at[0], longitude=at[1]) for key, at in SPOTS.items())
    scenario = scenario.model_copy(update={"locations": (*places, Location(location="Nowhere")), "links": LINKS})
    flows = [
        {"link": link, "mode": mode, "from_location": tail, "to_location": head, "from_day": day, "until_day": day + 7}
        | {"people": float(people), "vehicles": 0.0, "tonnes": float(tonnes)}
        for link, mode, tail, head, day, people, tonnes in rows
    ]
    return scenario, dataclasses.replace(plan, flows=frame("flows", flows))


def decoded(text: str, steps: int) -> list[tuple[int, int]]:
    """What the script of the page makes of a text, written anew."""
    levels, now = [], (0, 0)
    changes = {int(text[at : at + 2], 36): text[at + 2 : at + 4] for at in range(0, len(text), 4)}
    for step in range(steps):
        if step in changes:
            now = (int(changes[step][0], 36), int(changes[step][1], 36))
        levels.append(now)
    return levels


def test_both_directions_of_a_link_are_one_way_and_a_place_handles_what_passes():
    there, back = ("ab", "rail", "A", "B", 0, 10, 100), ("ab", "rail", "B", "A", 0, 0, 40)
    found = flows_of(*plan_with([there, back, ("ab", "rail", "A", "B", 14, 0, 7)]))
    assert found is not None
    assert found.links == (("A", "B", "rail"),)
    assert found.tonnes.tolist() == [[140, 0, 7]]
    assert found.people.tolist() == [[10, 0, 0]]
    assert dict(zip(found.places, found.place_tonnes.tolist(), strict=True)) == {"A": [100, 0, 7], "B": [100, 0, 7]}
    assert found.fullest == 0
    assert found.window(2) == (14, 21)


def test_a_row_that_names_several_links_counts_on_each_in_its_own_mode():
    found = flows_of(*plan_with([("ab; cb", "rail", "A", "C", 7, 0, 50)]))
    assert found is not None
    assert found.links == (("A", "B", "rail"), ("B", "C", "road"))
    assert found.tonnes.tolist() == [[0, 50], [0, 50]]
    assert dict(zip(found.places, found.place_tonnes[:, 1].tolist(), strict=True)) == {"A": 50, "B": 50, "C": 50}


def test_supply_is_drawn_with_the_units_on_the_links_of_its_way():
    scenario, plan = plan_with([("ab", "rail", "A", "B", 0, 10, 100)])
    sent = {"from_location": "C", "to_location": "A", "modes": "road; rail", "days": 2.0, "from_day": 0, "until_day": 7}
    sent |= {"tonnes": 30.0}
    lost = sent | {"way": None, "tonnes": 9.0}
    found = flows_of(scenario, dataclasses.replace(plan, resupply=frame("resupply", [sent | {"way": "cb; ab"}, lost])))
    assert found is not None
    assert dict(zip(found.links, found.tonnes[:, 0].tolist(), strict=True)) == {("A", "B", "rail"): 130, ("B", "C", "road"): 30}
    assert found.people.sum() == 10


def test_a_link_that_is_not_known_goes_straight_and_one_to_nowhere_is_not_drawn():
    found = flows_of(*plan_with([("new", "sea", "A", "C", 0, 0, 5), ("x", "rail", "A", "Nowhere", 0, 0, 9)]))
    assert found is not None
    assert found.links == (("A", "C", "sea"),)
    assert flows_of(*plan_with([("x", "rail", "A", "Nowhere", 0, 0, 9)])) is None
    assert flows_of(*plan_with([])) is None


def test_after_the_first_year_weeks_stand_together_where_there_is_too_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("contingent.report.flows.MOST_CHANGES", 10)
    rows = [("ab", "rail", "A", "B", week * 7, 0, 10 * (1 + week % 4)) for week in range(FIRST_YEAR + 8)]
    found = flows_of(*plan_with(rows))
    assert found is not None
    assert found.window(FIRST_YEAR) == (FIRST_YEAR * 7, (FIRST_YEAR + 8) * 7)
    assert found.tonnes[0, FIRST_YEAR] == 25, "the mean of 10, 20, 30 and 40"
    assert found.tonnes[0, :4].tolist() == [10, 20, 30, 40]


@given(st.lists(st.tuples(st.integers(0, LEVELS), st.integers(0, LEVELS)), max_size=300))
def test_what_is_coded_is_read_again(levels: list[tuple[int, int]]):
    text = as_changes([one for one, _ in levels], [other for _, other in levels])
    assert decoded(text, len(levels)) == levels


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=40))
def test_levels_rise_with_figures_and_nothing_has_the_level_of_nothing(figures: list[float]):
    levels = levels_of(np.array([figures]))[0]
    for figure, level in zip(figures, levels, strict=True):
        assert (level == 0) == (figure == 0)
    order = np.argsort(figures, kind="stable")
    assert (np.diff(levels[order]) >= 0).all()
    assert levels.max() == (LEVELS if max(figures) > 0 else 0)


@given(st.floats(1, 1e9))
def test_two_digits_are_near(figure: float):
    assert two_digits(figure) == pytest.approx(figure, rel=0.051)


def test_the_frame_holds_the_places_that_handle_most_and_leaves_out_what_lies_far_off():
    ends = (("A", "B", "rail"), ("A", "Far", "air"))
    places = ("A", "B", "Far")
    loads = np.array([[1000.0], [1000.0], [1.0]])
    flows = Flows((0,), 7, ends, np.array([[1000.0], [1.0]]), np.zeros((2, 1)), places, loads, np.zeros((3, 1)))
    where = {"A": (24.0, 48.0), "B": (30.0, 50.0), "Far": (150.0, -30.0)}
    shown = frame_of(flows, where)
    assert shown.holds(where["A"])
    assert shown.holds(where["B"])
    assert not shown.holds(where["Far"])
    west, south, east, north = shown.box
    assert west < 24 < 30 < east < 100
    assert 0 < south < 48 < 50 < north


def test_the_map_draws_the_fullest_week():
    scenario, plan = way_plan()
    flows = flows_of(scenario, plan)
    assert flows is not None
    rows = scenario.location_by_name
    where = {place: (rows[place].longitude, rows[place].latitude) for place in flows.places}
    drawn = str(flow_map(flows, where, {place: place for place in flows.places}, label="map"))
    ways = flows.tonnes[:, flows.fullest] > 0
    assert drawn.count('display="none"') == (~ways).sum()
    assert drawn.count("stroke-width=") == ways.sum()
    assert drawn.count("<circle") == len(flows.places)


def test_geojson_has_a_line_a_row_longitude_first(tmp_path):
    scenario, plan = plan_with([("ab", "rail", "A", "B", 7, 10, 100), ("x", "rail", "A", "Nowhere", 0, 0, 9)])
    left_out = write_flows(scenario, plan, tmp_path / "new" / "flows.geojson")
    assert left_out == 1
    read = json.loads((tmp_path / "new" / "flows.geojson").read_text(encoding="utf-8"))
    (feature,) = read["features"]
    assert feature["geometry"] == {"type": "LineString", "coordinates": [[24.0, 48.0], [26.0, 49.0]]}
    assert feature["properties"] == {
        "link": "ab", "mode": "rail", "from": "Aville", "to": "Bville", "from_day": 7, "until_day": 14, "date": "2027-01-22",
        "people": 10.0, "vehicles": 0.0, "tonnes": 100.0,
    }  # fmt: skip
