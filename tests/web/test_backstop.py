"""The nation that is a backstop: what it offers counts in no plan while the settings leave it out, and it sees and changes it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.web.hall import PLANNER, As, application, tiny_conference

from contingent.pipeline import derive, make_plan
from contingent.plan import PlanOptions
from contingent.store import Conference, Edit
from contingent.web.guard.viewer import Viewer

OWN = Viewer("Delegate of Alderland", "delegate", "ALD", 7, session="one session")
OTHER = Viewer("Delegate of Bernia", "delegate", "BRN", 8, session="another session")
LEFT_OUT = "the settings leave the backstop out of plans"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[tuple[TestClient, Conference]]:
    """Alderland is the backstop, and the settings leave the backstop out."""
    conference = tiny_conference(tmp_path)
    row = next(row for row in conference.state().rows["nations"] if row.cells["nation"] == "ALD")
    edits = [
        Edit("nations", {**row.cells, "role": "backstop"}, row.id, row.version),
        Edit("scenario", {"setting": "backstop", "value": "left_out"}, None, None),
    ]
    state = conference.change(PLANNER, edits)
    plan = make_plan(derive(state.scenario), PlanOptions(replications=0, onward=False, remedies=False))
    conference.add_plan(PLANNER, plan, state.seq, scenario=state.scenario)
    with TestClient(application(conference), base_url="http://localhost", follow_redirects=False) as client:
        yield client, conference
    conference.close()


def offers_of(conference: Conference) -> list[str]:
    return [row.cells["offer"] for row in conference.state().rows["offers"] if row.cells["nation"] == "ALD"]


def fields_on(text: str) -> dict[str, str]:
    """What stands in the fields of the form of an offer."""
    form = re.search(r'<form[^>]*id="offer-form".*?</form>', text, re.DOTALL)
    assert form
    return dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', form[0]))


def test_a_delegate_sees_its_offers_and_why_they_count_in_no_plan(hall):
    client, conference = hall
    with As(client.app, OWN):
        text = client.get("/offers").text
        found = client.get("/api/v1/offers").json()["items"]
    assert offers_of(conference)
    for name in offers_of(conference):
        assert f"offer={name}" in text
    assert f"The nation is a backstop, and {LEFT_OUT}. What it has in the pool offers nothing either." in text
    assert {row["offer"]: row["state"] for row in found}.keys() == set(offers_of(conference))
    assert {row["state"] for row in found} == {"left_out"}
    assert {row["why"] for row in found} == {f"The nation is a backstop, and {LEFT_OUT}"}
    with As(client.app, OTHER):
        hidden = client.get("/offers").text
    assert LEFT_OUT not in hidden
    assert not any(name in hidden for name in offers_of(conference))


def test_a_delegate_changes_an_offer_that_counts_in_no_plan(hall):
    """The form shows what stands there, with its version; a second change from the same form is told that it came too late."""
    client, conference = hall
    name = offers_of(conference)[0]
    with As(client.app, OWN):
        before = fields_on(client.get("/offers/form", params={"offer": name}).text)
        stored = next(row for row in conference.state().rows["offers"] if row.cells["offer"] == name)
        assert (before["was"], before["version"]) == (name, str(stored.version))
        assert before["quantity"] == stored.cells["quantity"]
        sent = {**stored.cells, **before, "quantity": "5"}
        assert client.post("/offers", data=sent).status_code == 303
        after = fields_on(client.get("/offers/form", params={"offer": name}).text)
        assert (after["quantity"], after["version"]) == ("5", str(stored.version + 1))
        assert client.post("/offers", data={**sent, "quantity": "6"}).status_code == 409
    with As(client.app, OTHER):
        others = client.get("/offers/form", params={"offer": name}).text
    assert 'name="was"' not in others


def test_what_such_an_offer_is_worth_is_nothing(hall):
    client, conference = hall
    stored = next(row for row in conference.state().rows["offers"] if row.cells["offer"] == offers_of(conference)[0])
    with As(client.app, OWN):
        token = fields_on(client.get("/offers/form", params={"offer": stored.cells["offer"]}).text)["token"]
        headers = {"x-csrf-token": token}
        assert "it would be worth nothing" in client.post("/offers/worth", data=stored.cells, headers=headers).text
        answer = client.post("/api/v1/offers/worth", json={"cells": stored.cells}, headers=headers)
    assert answer.status_code == 409
    assert LEFT_OUT in answer.text
