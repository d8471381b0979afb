"""Re-subordination from the page: put under, brought back, taken back, refused; who may, and what two at once are told."""

import dataclasses
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.report.sample_orbat import hand_orbat
from tests.web.hall import DELEGATE, OBSERVER, PLANNER, As, application

from contingent.io import write_scenario
from contingent.store import Conference, Edit

HERE = "http://127.0.0.1:8000"
FRENCH = {"kind": "unit", "key": "FRA-battlegroup#1", "day": 30}
BRIGADE = {"kind": "formation", "key": "1 Brigade", "day": 30}


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The order of battle by hand: Force over 1 Brigade and Air; D-day is 1 January 2027."""
    folder = tmp_path_factory.mktemp("hand")
    scenario, plan, orbat = hand_orbat()
    conference = Conference.open(folder / "it.sqlite", create_from=write_scenario(scenario, folder / "it"))
    plan = dataclasses.replace(plan, formations=orbat.formations, orbat=orbat.orbat)
    conference.add_plan(PLANNER, plan, conference.state().seq, scenario=scenario)
    conference.close()
    return folder / "it.sqlite"


@pytest.fixture
def hand(planned: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A conference on it, with nothing attached yet."""
    conference = Conference.open(shutil.copy(planned, tmp_path / "it.sqlite"))
    with TestClient(application(conference), base_url=HERE, follow_redirects=False) as client:
        yield client
    conference.close()


def form_of(client: TestClient, element: dict[str, object], to: str = "") -> dict[str, str]:
    """What the form that a page shows would send as it is."""
    page = client.get("/orbat/move", params={**element, "to": to}).text
    form = page[page.index('id="move-form"') :]
    sent = dict(re.findall(r'<input type="(?:hidden|date)" name="(\w+)"[^>]*?value="([^"]*)"', form))
    chosen = re.search(r'<option value="([^"]*)" selected>', form)
    return {**sent, "under": chosen[1] if chosen else "", "relation": "OPCON"}


def put(client: TestClient, element: dict[str, object], to: str, **changes: str):
    return client.post("/orbat/move", data={**form_of(client, element, to), "under": to, **changes})


def rows(client: TestClient) -> list[tuple[str, str, str, int, int | None]]:
    found = client.app.state.conference.state().scenario.attachments  # type: ignore[attr-defined]
    return [(row.attachment, row.under, row.relation, row.from_day, row.until_day) for row in found]


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_files_that_know_one_superior_say_what_they_leave_out(hand: TestClient):
    told = "MSDL and ORBAT Mapper know one superior for a unit: attachments by ADCON are left out there."
    assert told not in words_of(hand.get("/orbat").text)
    assert put(hand, FRENCH, "Air", relation="ADCON").status_code == 303
    assert told in words_of(hand.get("/orbat").text)


def test_a_unit_is_put_under_another_formation_and_brought_back(hand: TestClient):
    form = form_of(hand, FRENCH, "Air")
    assert (form["under"], form["from_day"], form["until_day"]) == ("Air", "2027-01-31", "")
    answer = put(hand, FRENCH, "Air", relation="TACON", until_day="2027-05-01", note="Guards the airfield")
    assert (answer.status_code, answer.headers["location"]) == (303, "/orbat?done=attached")
    assert rows(hand) == [("A1", "Air", "TACON", 30, 120)]
    before, during = (words_of(hand.get(f"/orbat?day={day}").text) for day in (15, 45))
    assert "TACON from" not in before
    assert "TACON from 1 Brigade until D+120" in during
    assert "detached: Mechanised battlegroup FRA: TACON to Air until D+120, 800 people" in during
    assert "Guards the airfield" in before
    entry = hand.app.state.conference.history(table="attachments", limit=1)[0]
    assert (entry.table, entry.key, entry.before, entry.why) == ("attachments", "A1", None, "Guards the airfield")
    # Back to its own formation from D+60 on: its row ends, and no other is written.
    assert put(hand, {**FRENCH, "day": 60}, "1 Brigade").headers["location"] == "/orbat?done=returned"
    assert rows(hand) == [("A1", "Air", "TACON", 30, 60)]
    assert hand.app.state.conference.verify() == ()
    seq = hand.app.state.conference.history(table="attachments", limit=1)[0].seq
    token = re.search(r'name="csrf-token" content="([0-9a-f]+)"', hand.get("/history").text)
    assert token
    assert hand.post("/history/undo", data={"seq": str(seq), "token": token[1]}).status_code == 303
    assert rows(hand) == [("A1", "Air", "TACON", 30, 120)]


def test_an_earlier_order_gives_way_to_a_later_one_and_goes_on_after_it(hand: TestClient):
    put(hand, FRENCH, "Air", until_day="2027-06-30")                                     # D+30 to D+180
    put(hand, {**FRENCH, "day": 60}, "Force", until_day="2027-04-01")                    # D+60 to D+90
    assert rows(hand) == [("A1", "Air", "OPCON", 30, 60), ("A2", "Air", "OPCON", 90, 180), ("A3", "Force", "OPCON", 60, 90)]
    put(hand, {**FRENCH, "day": 45}, "Force", relation="TACON")
    assert len(rows(hand)) == 4
    put(hand, {**FRENCH, "day": 0}, "1 Brigade")
    assert rows(hand) == []


def test_a_line_and_a_formation_go_as_a_whole_and_end_from_the_list(hand: TestClient):
    put(hand, {"kind": "gap", "key": "L1/gap 1", "day": 120}, "Air")
    put(hand, BRIGADE, "Air")
    found = hand.app.state.conference.state().scenario.attachments
    assert [row.moved for row in found] == [("line", "L1", None), ("formation", "1 Brigade", None)]
    page = hand.get("/orbat?day=150").text
    assert "1 Brigade OPCON Air Force from D+30" in words_of(page[page.index('id="attachment-table"') :])
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page[page.rindex('action="/orbat/end"') :]))
    assert hand.post("/orbat/end", data=form).headers["location"].endswith("done=returned")
    assert [row.until_day for row in hand.app.state.conference.state().scenario.attachments] == [150, None]
    assert re.search("OPCON to Air|Air", words_of(hand.get("/orbat?day=140&state=attached").text))


def test_circles_overlaps_and_days_that_are_none_are_refused_and_nothing_is_written(hand: TestClient):
    put(hand, BRIGADE, "Air", from_day="2027-03-02")                                     # from D+60
    shown = words_of(hand.get("/orbat/move", params={"kind": "formation", "key": "Air", "day": 70, "to": "1 Brigade"}).text)
    assert "1 Brigade (its own)" not in shown       # what stands under it that day is not to choose
    circle = put(hand, {"kind": "formation", "key": "Air", "day": 30}, "1 Brigade")
    assert circle.status_code == 422
    assert "from day 60 on formations would stand under one another in a circle" in words_of(circle.text)
    asked = hand.get("/orbat/move", params={"kind": "formation", "key": "Air", "day": 30, "to": "1 Brigade"}).text
    assert "It cannot go there from" in words_of(asked)
    unseen = put(hand, BRIGADE, "Air", seen="", relation="OPCON")
    assert (unseen.status_code, "already" in words_of(unseen.text)) == (422, True)
    for wrong, said in (
        ({"from_day": "soon"}, "'soon' is no day of the plan"), ({"relation": "COMMAND"}, "is no relation"),
        ({"until_day": "2027-01-02"}, "it would hold on no day"), ({"under": "Nowhere"}, "no formation is chosen"),
    ):  # fmt: skip
        refused = put(hand, FRENCH, "Air", **wrong)
        assert (refused.status_code, said in words_of(refused.text)) == (422, True), wrong
    assert rows(hand) == [("A1", "Air", "OPCON", 60, None)]


def test_what_does_not_move_has_no_form(hand: TestClient):
    for kind, key in (("unit", "FRA-staff#1"), ("formation", "Force"), ("unit", "nobody"), ("gap", "L1/gap 9")):
        assert hand.get("/orbat/move", params={"kind": kind, "key": key, "day": 30}).status_code == 404
    form = {**form_of(hand, FRENCH, "Air"), "key": "FRA-staff#1", "back": "//elsewhere"}
    assert hand.post("/orbat/move", data=form).headers["location"] == "/orbat"
    assert rows(hand) == []


def test_two_planners_at_once_are_told_both_values(hand: TestClient):
    put(hand, FRENCH, "Air")
    form = form_of(hand, {**FRENCH, "day": 60}, "Force")
    conference = hand.app.state.conference
    (stored,) = conference.state().rows["attachments"]
    conference.change(PLANNER, [Edit("attachments", {**stored.cells, "until_day": "300"}, stored.id, stored.version)])
    answer = hand.post("/orbat/move", data=form)
    assert answer.status_code == 409
    assert "until day 300 60" in words_of(answer.text)     # stands now, and what was tried
    assert rows(hand) == [("A1", "Air", "OPCON", 30, 300)]


def test_only_planners_move_and_all_see_who_stands_where(hand: TestClient):
    put(hand, FRENCH, "Air", note="Between planners")
    form = form_of(hand, FRENCH, "Air")
    for viewer in (DELEGATE, OBSERVER):
        with As(hand.app, viewer):
            assert hand.get("/orbat/move", params={**FRENCH}).status_code == 403
            assert hand.post("/orbat/move", data=form).status_code == 403
            assert hand.post("/orbat/end", data={"attachment": "A1"}).status_code == 403
            page = hand.get("/orbat?day=45").text
            assert "OPCON from 1 Brigade" in words_of(page)
            assert "Put under …" not in page
            assert "Between planners" not in page
    assert len(rows(hand)) == 1


def test_pasted_lines_are_shown_before_they_are_taken_in(hand: TestClient):
    text = "Force\n  Division, division\n    1 Brigade\n    2 Bde\n  Air\n"
    token = re.search(r'name="csrf-token" content="([0-9a-f]+)"', hand.get("/orbat").text)
    assert token
    sent = {"token": token[1]}
    answer = hand.post("/orbat/paste", data={**sent, "text": text})
    assert (answer.status_code, answer.headers["location"]) == (303, "/exchange/preview")
    page = hand.get("/exchange/preview").text
    assert "new rows, 1 changed, 0 taken out" in words_of(page)
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert hand.post("/exchange/apply", data=form).status_code == 303
    parents = {row.formation: row.parent for row in hand.app.state.conference.state().scenario.formations}
    assert parents == {"Force": None, "1 Brigade": "Division", "Air": "Force", "Division": "Force", "2 Bde": "Division"}
    brigade = next(row for row in hand.app.state.conference.state().scenario.formations if row.formation == "1 Brigade")
    assert brigade.location == "Stadt"      # what the text does not say stays
    assert hand.post("/orbat/paste", data={**sent, "text": text}).headers["location"] == "/orbat?done=nothing"
    refused = hand.post("/orbat/paste", data={**sent, "text": "Force\n Force"})
    assert (refused.status_code, "stands on line 1 already" in words_of(refused.text)) == (422, True)
    with As(hand.app, DELEGATE):
        assert hand.post("/orbat/paste", data={"text": text}).status_code == 403
        assert 'action="/orbat/paste"' not in hand.get("/orbat").text
