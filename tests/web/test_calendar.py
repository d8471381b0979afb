"""Calendar, order of battle, map, movement, supply and cost: what they show, to whom, and what the rules say of a pin by hand."""

import csv
import dataclasses
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from starlette.testclient import TestClient
from tests.report.sample_orbat import hand_orbat, hand_scenario
from tests.report.sample_way import way_plan
from tests.web.hall import DELEGATE, OBSERVER, PLANNER, As, application, tiny_conference

from contingent.horizon import Horizon
from contingent.io import read_scenario, write_scenario
from contingent.model.rows import Pin
from contingent.report.drawings.timeline import Timeline
from contingent.store import Conference
from contingent.web.map_layers import INCIDENT_DAYS, box_of, incident_layer, layers_of
from contingent.web.pinning import Move, faults_after, pins_after, rest_notes, starts_of
from contingent.web.rotation import LookedAt, span_of, tours_of
from contingent.web.rotation_strip import Tour, strip_of

HERE = "http://127.0.0.1"
TINY = read_scenario("tiny")
BRN, CRS = "BRN-mechanised_battlegroup", "CRS-light_battlegroup"


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[TestClient]:
    conference = tiny_conference(tmp_path)
    with TestClient(application(conference), base_url=HERE, follow_redirects=False) as client:
        yield client
    conference.close()


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The invented nations on real ground, with every frame of movement, supply and money filled by hand."""
    scenario, plan = way_plan()
    nations, kinds = set(scenario.nation_by_name), set(scenario.unit_type_by_name)
    known = {
        name: tuple(
            row
            for row in getattr(scenario, name)
            if getattr(row, "nation", None) in {None, *nations} and getattr(row, "unit_type", None) in {None, *kinds}
        )
        for name in ("rates", "fleets", "funding")
    }
    yield from _client(tmp_path_factory.mktemp("way"), scenario.model_copy(update=known), plan)


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The order of battle by hand."""
    scenario, plan, orbat = hand_orbat()
    plan = dataclasses.replace(plan, formations=orbat.formations, orbat=orbat.orbat)
    yield from _client(tmp_path_factory.mktemp("hand"), scenario, plan)


def _client(folder, scenario, plan):
    conference = Conference.open(folder / "it.sqlite", create_from=write_scenario(scenario, folder / "it"))
    conference.add_plan(PLANNER, plan, conference.state().seq, scenario=scenario)
    with TestClient(application(conference), base_url=HERE, follow_redirects=False) as client:
        yield client
    conference.close()


def post(client: TestClient, path: str, **fields: object):
    found = re.search(r'name="csrf-token" content="([0-9a-f]+)"', client.get("/rotation").text)
    assert found
    return client.post(path, data={**{name: str(value) for name, value in fields.items()}, "token": found[1]})


def pins(client: TestClient) -> list[tuple[str, str, int, int]]:
    found = client.app.state.conference.state().scenario.pins
    return [(pin.offer, pin.line, pin.from_day, pin.quantity) for pin in found]


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# -------------------------------------------------------------------------------------------------------------------- pins


def test_a_tour_is_fixed_moved_let_go_and_taken_back(tiny: TestClient):
    assert post(tiny, "/rotation/pin", offer=BRN, line="2", from_day=0).headers["location"] == "/rotation?done=pinned"
    assert pins(tiny) == [(BRN, "2", 0, 1)]
    assert post(tiny, "/rotation/pin", offer=BRN, line="2", was=0, from_day=240).status_code == 303
    assert pins(tiny) == [(BRN, "2", 240, 1)]
    seq = re.search(r'name="seq" value="(\d+)"', tiny.get("/rotation").text)
    assert seq
    assert post(tiny, "/rotation/undo", seq=seq[1]).headers["location"] == "/rotation?done=undone"
    assert pins(tiny) == [(BRN, "2", 0, 1)]
    assert post(tiny, "/rotation/unpin", offer=BRN, line="2", from_day=0).status_code == 303
    assert pins(tiny) == []
    assert tiny.app.state.conference.verify() == ()


def test_the_rules_answer_before_anything_is_written(tiny: TestClient):
    """One battlegroup, tours of 120 days and as much rest: fixed on day 0, it cannot go again on day 120."""
    post(tiny, "/rotation/pin", offer=BRN, line="2", from_day=0)
    refused = post(tiny, "/rotation/pin", offer=BRN, line="2", from_day=120)
    assert refused.status_code == 422
    assert "2 units of" in words_of(refused.text)
    assert "but it has 1" in words_of(refused.text)
    caveat = post(tiny, "/rotation/pin", offer=CRS, line="3", from_day=120)
    assert caveat.status_code == 422
    assert "rules out" in words_of(caveat.text)
    assert pins(tiny) == [(BRN, "2", 0, 1)]


def test_a_pin_that_somebody_else_changed_meanwhile_is_not_overwritten(tiny: TestClient):
    post(tiny, "/rotation/pin", offer=CRS, line="6", from_day=120)
    post(tiny, "/rotation/pin", offer=CRS, line="6", from_day=120)
    assert pins(tiny) == [(CRS, "6", 120, 2)]
    stale = post(tiny, "/rotation/unpin", offer=CRS, line="6", from_day=120, version=1)
    assert stale.status_code == 409
    assert pins(tiny) == [(CRS, "6", 120, 2)]


@pytest.mark.parametrize("viewer", [DELEGATE, OBSERVER], ids=["delegate", "observer"])
def test_only_planners_fix_tours(tiny: TestClient, viewer):
    with As(tiny.app, viewer):
        for path in ("/rotation/pin", "/rotation/unpin", "/rotation/undo"):
            assert post(tiny, path, offer=BRN, line="2", from_day=0, seq=1).status_code == 403
        assert "data-may-pin" not in tiny.get("/rotation").text
    assert pins(tiny) == []


def test_nobody_is_sent_to_another_address_after_a_pin(tiny: TestClient):
    for back in ("//elsewhere.example", "https://elsewhere.example", "/rotation\r\nX: y", "/offers"):
        assert post(tiny, "/rotation/pin", offer=BRN, line="2", from_day="x", back=back).headers["location"] == "/rotation"
    kept = post(tiny, "/rotation/unpin", offer=BRN, line="2", from_day=0, back="/rotation?zoom=year&month=2")
    assert kept.headers["location"] == "/rotation?zoom=year&month=2"


FIXED = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.integers(1, 3)), max_size=4)


@given(FIXED, st.integers(0, 2), st.integers(0, 2))
def test_a_move_keeps_the_number_of_units_and_a_new_pin_adds_one(rows, was, to):
    scenario = TINY
    held = {(offer, day): Pin(offer=offer, line="2", from_day=day, quantity=units) for offer, day, units in rows}
    scenario = scenario.model_copy(update={"pins": tuple(held.values())})
    before = sum(pin.quantity for pin in scenario.pins)
    assert sum(pin.quantity for pin in pins_after(scenario, Move("a", "2", to))) == before + 1
    after = pins_after(scenario, Move("a", "2", to, was=was))
    assert sum(pin.quantity for pin in after) == before + (("a", was) not in held)
    assert {pin.quantity for pin in after if pin.offer == "b"} == {pin.quantity for pin in scenario.pins if pin.offer == "b"}


def test_tours_begin_on_the_first_day_of_a_period_or_when_the_line_opens():
    scenario = read_scenario("tiny")
    assert starts_of(scenario, "2") == (0, 120, 240)
    assert starts_of(scenario, "3") == (120, 240)
    assert starts_of(scenario, "no such line") == ()
    assert faults_after(scenario, Move(BRN, "2", 60), None)[0].column == "from_day"


# -------------------------------------------------------------------------------------------------------------------- calendar

ROW = {
    "unit": "AAA-x#1", "offer": "AAA-x", "nation": "AAA", "unit_type": "x", "line": "L", "location": "P", "from_day": 0,
    "until_day": 120, "serves_until_day": 110, "rested_day": 240, "people": 700, "pinned": False, "confidence": None,
}  # fmt: skip


def test_broken_rest_is_told_with_its_figure():
    """120 days of tour, 60 of rest: half a day a day of tour where one is needed."""
    broken = Tour(ROW, after=180)
    assert (broken.is_broken, broken.rest) == (True, 0.5)
    timeline = Timeline(Horizon(date(2027, 1, 1), 360, 15))
    drawn = str(strip_of(timeline, [[broken]], label="a row", today=None))
    assert "✕ 1:0.5" in drawn
    assert "rests 1:0.5 where 1:1 is needed, until D+240" in drawn
    kept = Tour(ROW, after=240)
    assert not kept.is_broken
    assert "✕" not in str(strip_of(timeline, [[kept]], label="a row", today=None))


def test_a_move_says_what_rest_it_would_break():
    tour = Tour({**ROW, "from_day": 240, "until_day": 360, "rested_day": 480}, before=240, after=480)
    assert rest_notes(tour, 240) == []
    (lost,) = rest_notes(tour, 210)
    assert "30 days" in lost
    (short,) = rest_notes(tour, 270)
    assert "would be 1:0.8 where 1:1 is needed" in short


def test_the_part_of_time_is_cut_to_the_horizon():
    scenario = hand_scenario()  # from 1 Jan 2027, 360 days
    assert span_of(scenario, LookedAt()) == (0, 360)
    assert span_of(scenario, LookedAt(zoom="month", month=1)) == (31, 59)
    assert span_of(scenario, LookedAt(zoom="quarter", month=10)) == (304, 360)
    assert span_of(scenario, LookedAt(zoom="year", month=99)) == (334, 360)


def test_every_tour_stands_on_the_calendar_by_nation_and_by_line(way: TestClient):
    _, plan = way_plan()
    for view in ("nations", "lines"):
        text, seen = "", set()
        for after in range(0, 400, 80):
            text = way.get(f"/rotation?view={view}&after={after}").text
            seen |= set(re.findall(r'data-unit="([^"]+)" data-day="(\d+)"', text))
        assert seen == {(unit, str(day)) for unit, day in plan.tours.select("unit", "from_day").iter_rows()}
    one = way.get("/rotation?nation=BRE").text
    nations = dict(plan.tours.select("unit", "nation").iter_rows())
    assert {nations[unit] for unit in re.findall(r'data-unit="([^"]+)"', one)} == {"BRE"}


def test_the_way_there_and_home_is_that_of_the_units_own_movements():
    _, plan = way_plan()
    days: dict[tuple[str, str], list[int]] = {}
    for row in plan.movements.iter_rows(named=True):
        if row["leaves_day"] is not None and row["arrives_day"] is not None and "@" in row["movement"]:
            days.setdefault((row["movement"].split(" ")[0], row["direction"]), []).extend((row["leaves_day"], row["arrives_day"]))
    for tour in tours_of(plan):
        for way, direction in ((tour.way_out, "out"), (tour.way_home, "home")):
            known = days.get((tour.key, direction))
            assert way == ((min(known), max(known)) if known else None)


# ------------------------------------------------------------------------------------------------------------- order of battle


def test_the_tree_of_a_day_has_who_is_there_and_what_is_missing(hand: TestClient):
    both = words_of(hand.get("/orbat?day=170").text)
    assert both.count("Mechanised battlegroup FRA") == both.count("Mechanised battlegroup GBR") == 1
    short = hand.get("/orbat?day=120&state=gap").text
    assert len(re.findall(r'class="of-gap', short)) == 1
    assert "1 missing" in words_of(short)
    later = hand.get("/orbat?day=200&nation=GBR").text
    assert "Mechanised battlegroup" in words_of(later)
    assert 'class="of-unit"' in later
    assert "Staff" not in words_of(later[later.index('class="orbat-tree"') : later.index('class="files"')])


def test_the_order_of_battle_is_handed_out_in_every_form(hand: TestClient):
    for form, begins in (("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("msdl", b"<?xml"), ("json", b"{")):
        answer = hand.get(f"/orbat/file.{form}?day=170")
        assert (answer.status_code, answer.content.lstrip()[: len(begins)]) == (200, begins)
        assert "attachment" in answer.headers["content-disposition"]
    assert etree.fromstring(hand.get("/orbat/file.msdl?day=170").content).tag.endswith("MilitaryScenario")
    assert json.loads(hand.get("/orbat/file.json").content)["type"] == "ORBAT-mapper"
    assert hand.get("/orbat/file.exe").status_code == 404


# ------------------------------------------------------------------------------------------------------------------------- map


def test_the_map_has_sectors_places_and_their_state_by_hand(hand: TestClient):
    layers = hand.get("/map/layers.json").json()
    assert [each["properties"]["name"] for each in layers["sectors"]["features"]] == ["Sector Land"]
    assert layers["line"]["features"][0]["geometry"]["type"] == "LineString"
    told = hand.get("/map/units.json?day=200").json()
    port = next(mark for mark in told["levels"][-1]["marks"] if mark["name"] == "Hafen")
    assert (port["at"], port["units"], port["state"], port["held"]) == ([30.73, 46.48], 0, "gap", "0 of 1")
    assert "○ 0 of 1 posts held (no post held)" in port["words"]
    assert told["symbols"][port["symbol"]].startswith("<svg")
    west, south, east, north = layers["box"]
    assert (west, south, east, north) == (30.0, 46.48, 31.5, 49.0)
    table = words_of(hand.get("/map/table?day=200").text)
    assert "○ 0 of 1" in table


def test_a_headquarters_far_away_does_not_make_the_ground_small():
    """Two degrees off, a port is shown at first; twenty degrees off, a headquarters is not."""
    scenario, plan, _ = hand_orbat()
    far = [each.model_copy(update={"longitude": 10.0}) if each.location == "Hafen" else each for each in scenario.locations]
    assert box_of(scenario, plan) == [30.0, 46.48, 31.5, 49.0]
    assert box_of(scenario.model_copy(update={"locations": tuple(far)}), plan) == [30.0, 48.0, 31.5, 49.0]


def test_incidents_on_the_map_say_where_and_what_but_not_who_was_blamed(tmp_path: Path):
    conference = tiny_conference(tmp_path)
    given_cells = {
        "incident": "I-1", "time": "2027-01-05T10:00:00", "latitude": "48.5", "longitude": "31.25", "kind": "shelling",
        "count": "2", "party": "A secret party", "alleged_by": "someone", "note": "hush",
    }  # fmt: skip
    conference.add_incidents(PLANNER, [given_cells, {**given_cells, "incident": "I-2", "latitude": "not known"}])
    with TestClient(application(conference), base_url=HERE) as client:
        text = client.get("/map/layers.json").text
    found = json.loads(text)["incidents"]
    assert [each["geometry"]["coordinates"] for each in found["points"]["features"]] == [[31.25, 48.5]]
    assert found["days"] == INCIDENT_DAYS
    assert "secret" not in text
    assert "hush" not in text
    conference.close()


def test_a_scenario_without_ground_or_plan_has_a_map_all_the_same():
    scenario = hand_scenario().model_copy(update={"sectors": (), "traces": (), "links": ()})
    layers = layers_of(scenario, None)
    assert (layers["force"], layers["flows"], layers["reach"], incident_layer(scenario, ())) == (False, None, None, None)
    assert layers["box"] == [30.5, 46.48, 30.73, 48.5]


# -------------------------------------------------------------------------------------------------- movement, supply and cost


def rows_of(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("path", ["/movement", "/supply", "/cost"])
def test_tables_are_handed_out_as_the_plan_has_them(way: TestClient, path: str):
    _, plan = way_plan()
    names = re.findall(rf'href="{path}/(\w+)\.csv"', way.get(path).text)
    assert names
    for name in names:
        assert len(rows_of(way, f"{path}/{name}.csv")) == getattr(plan, name).height > 0
    assert way.get(f"{path}/tours.csv").status_code == 404


def test_a_delegate_takes_along_only_its_own_movements_and_costs(way: TestClient):
    _, plan = way_plan()
    with As(way.app, DELEGATE):
        for path in ("/movement/movements.csv", "/cost/costs.csv", "/cost/bills.csv", "/cost/costs.csv?nation=FIG"):
            assert {row["nation"] for row in rows_of(way, path)} <= {"BRE"}
        own = plan.movements.filter(plan.movements["nation"] == "BRE")["movement"].to_list()
        assert {row["movement"] for row in rows_of(way, "/movement/legs.csv")} <= set(own)
        assert rows_of(way, "/cost/cost_checks.csv") == []
        others = set(plan.bills["nation"].to_list()) - {"BRE"}
        page = way.get("/cost").text
        assert not [nation for nation in others if f"<b>{nation}</b>" in page]
    with As(way.app, OBSERVER):
        assert rows_of(way, "/movement/movements.csv") == []
        assert "other nations" in words_of(way.get("/cost").text)


def test_a_nations_costs_stand_alone(way: TestClient):
    _, plan = way_plan()
    nation = plan.bills["nation"].to_list()[0]
    page = way.get(f"/cost?nation={nation}").text
    assert set(re.findall(r"<th scope=\"row\"><b>(\w+)</b>", page[page.index('id="bill-years"') :])) == {nation}
    assert 'id="check-table"' not in page


def test_the_script_of_the_flow_map_is_a_file_of_its_own(way: TestClient):
    page = way.get("/movement").text
    assert '<script src="/movement/flows.js" defer></script>' in page
    assert re.findall(r"<script>", page) == []
    assert way.get("/movement/flows.js").headers["content-type"].startswith("text/javascript")
