"""The pages and the programs' interface on PostgreSQL, asked through two servers that share one database."""

import json
import queue
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.store.conftest import new_database, started_postgres
from tests.web.conftest import PASSWORD, SECRET, Browser, form_token
from tests.web.hall import MANY

from contingent.store import Actor, Conference, Edit
from contingent.web.app import create_app
from contingent.web.pages import PAGES
from contingent.web.settings import WebSettings
from contingent.web.work.computing import Task, compute
from contingent.web.work.feed import Feed, News

NDJSON = {"content-type": "application/x-ndjson"}
ZIP = {"content-type": "application/zip"}

Servers = tuple[TestClient, TestClient, Conference]


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    """The address of a conference about ``tiny``."""
    with started_postgres() as postgres:
        address = new_database(postgres)
        Conference.open(address, create_from="tiny").close()
        yield address


@pytest.fixture(scope="module")
def servers(place: str) -> Iterator[Servers]:
    """Two servers of one conference, and what a worker has of it."""
    conferences = [Conference.open(place) for _ in range(3)]
    apps = [create_app(WebSettings(""), conference=conference) for conference in conferences[:2]]
    one, other = (TestClient(app, base_url="http://localhost", raise_server_exceptions=False) for app in apps)
    yield one, other, conferences[2]
    for conference in conferences:
        conference.close()


@pytest.fixture(scope="module")
def doors(place: str, cheap_hash: str) -> Iterator[tuple[Browser, Browser]]:
    """Two servers of it with accounts, as behind a proxy that remembers nobody: whoever asks them is one browser."""
    conferences = [Conference.open(place) for _ in range(2)]
    for name in ("dora", "bert"):
        conferences[0].accounts.add_account(name, role="delegate", nation="ALD", password_hash=cheap_hash)
    settings = WebSettings("", accounts=True, secret=SECRET, limits=MANY)
    one, other = (Browser(create_app(settings, conference=conference)) for conference in conferences)
    other.cookies.jar = one.cookies.jar
    yield one, other
    for conference in conferences:
        conference.close()


def planned(client: TestClient, worker: Conference) -> dict[str, Any]:
    """Ask for a plan at a server, have it made elsewhere, and return the job."""
    asked = client.post("/api/v1/jobs", json={"kind": "plan", "seed": 1})
    assert asked.status_code == 202
    job = worker.claim("a worker")
    assert job is not None
    outcome = compute(Task(worker, job, lambda *_: None))
    worker.finish(job.id, outcome.result, archive=outcome.archive, attempt=job.attempt)
    return dict(client.get(asked.headers["location"]).json())


def test_rows_conflicts_and_undo(servers: Servers):
    one, other, conference = servers
    row = one.get("/api/v1/tables/offers/rows").json()["items"][0]
    where = f"/api/v1/tables/offers/rows/{row['id']}"
    mark, cells = other.get(where).headers["etag"], {**row["cells"], "quantity": "7"}
    changed = one.put(where, json={"cells": cells, "why": "one more"}, headers={"if-match": mark})
    assert changed.status_code == 200
    late = other.put(where, json={"cells": {**cells, "quantity": "8"}}, headers={"if-match": mark})
    assert late.status_code == 412
    (conflict,) = late.json()["conflicts"]
    assert (conflict["current"]["quantity"], conflict["tried"]["quantity"]) == ("7", "8")
    # All or nothing: the second of the two makes no sense.
    version = other.get(where).json()["version"]
    edits = [
        {"table": "offers", "row": row["id"], "version": version, "cells": {**cells, "quantity": "9"}},
        {"table": "offers", "cells": {**cells, "offer": "new", "unit_type": "headquarter"}},
    ]
    refused = other.post("/api/v1/changes", json={"edits": edits})
    assert (refused.status_code, refused.json()["findings"][0]["nearest"]) == (422, "headquarters")
    assert one.get(where).json()["cells"]["quantity"] == "7"
    seq = other.get("/api/v1/conference").json()["seq"]
    assert other.post(f"/api/v1/changes/{seq}/undo", json={}).status_code == 200
    assert one.get(where).json()["cells"] == row["cells"]
    told = one.get("/api/v1/changes", params={"since": seq}).json()
    assert [each["kind"] for each in (told["items"] if isinstance(told, dict) else told)] == ["undo"]
    assert conference.verify() == ()


def test_a_plan_is_asked_for_here_made_elsewhere_and_read_there(servers: Servers):
    one, other, conference = servers
    job = planned(one, conference)
    assert (job["status"], job["so_far"]) == ("done", None)
    plan = other.get("/api/v1/plans/latest").json()
    assert (plan["id"], plan["job"]) == (job["result"]["plan"], job["id"])
    assert plan["fill"] == pytest.approx(0.65)  # docs/tutorial-tiny.md
    assert other.get(f"/api/v1/plans/{plan['id']}/verified").json()["holds"] is True
    gaps = other.get(f"/api/v1/plans/{plan['id']}/frames/gaps").json()
    assert gaps["total"] == one.get(f"/api/v1/plans/{plan['id']}/frames/gaps.csv").text.count("\n") - 1
    assert other.get(f"/api/v1/plans/{plan['id']}/plan.xlsx").content[:2] == b"PK"
    waiting = one.post("/api/v1/jobs", json={"kind": "verify"}).json()
    assert other.post(f"/api/v1/jobs/{waiting['id']}/cancel", json={}).json()["status"] == "cancelled"


def test_incidents_are_taken_once_and_told_of_everywhere(servers: Servers):
    one, other, conference = servers
    days = [{"incident": f"post 7: {day}", "time": f"2030-02-{day:02}", "source": "post 7", "kind": "shelling"} for day in (1, 2)]
    body = "".join(json.dumps(report) + "\n" for report in days)
    assert one.post("/api/v1/incidents", content=body, headers=NDJSON).json() == {"received": 2, "new": 2, "known": 0}
    assert other.post("/api/v1/incidents", content=body, headers=NDJSON).json() == {"received": 2, "new": 0, "known": 2}
    assert [each["incident"] for each in other.get("/api/v1/incidents").json()] == ["post 7: 1", "post 7: 2"]
    assert other.get("/api/v1/situation").json()["incidents"] == 2
    assert conference.verify() == ()


def test_versions_and_files_go_out_and_come_back(servers: Servers):
    one, other, _ = servers
    version = one.post("/api/v1/versions", json={"name": "as it was"}).json()
    assert version["id"] in [each["id"] for each in other.get("/api/v1/versions").json()["items"]]
    folder = other.get("/api/v1/exports/scenario.zip").content
    preview = one.post("/api/v1/imports/preview", content=folder, headers=ZIP).json()
    assert [preview[name] for name in ("new", "changed", "removed", "findings")] == [[], [], [], []]
    applied = one.post("/api/v1/imports/apply", params={"of_seq": preview["of_seq"]}, content=folder, headers=ZIP)
    assert applied.json()["seq"] == preview["of_seq"]


def test_every_page_is_there(servers: Servers):
    _, other, conference = servers
    if conference.latest_plan() is None:
        planned(other, conference)
    for page in PAGES:
        assert other.get(page.path).status_code == 200, page.path


def test_each_server_counts_its_own_requests_and_both_tell_the_same_of_the_conference(servers: Servers):
    one, other, _ = servers

    def figures(client: TestClient) -> dict[str, float]:
        lines = [line.rpartition(" ") for line in client.get("/metrics").text.splitlines() if line and line[0] != "#"]
        return {name: float(value) for name, _, value in lines}

    asked = 'contingent_requests_total{method="GET",route="/healthz",status="200"}'
    before = [figures(client).get(asked, 0.0) for client in (one, other)]
    for client, times in ((one, 3), (other, 5)):
        for _ in range(times):
            client.get("/healthz")
    found = [figures(client) for client in (one, other)]
    assert [figures[asked] - was for figures, was in zip(found, before, strict=True)] == [3.0, 5.0]
    shared = [{name: value for name, value in figures.items() if "_conference_" in name or "_jobs_" in name} for figures in found]
    assert shared[0] == shared[1]
    assert shared[0]["contingent_conference_seq"] > 0


def test_whoever_has_signed_in_at_one_server_is_known_to_the_other_until_it_signs_out(doors: tuple[Browser, Browser]):
    """The form of one server is taken in by the other, and shown by the first at once."""
    one, other = doors
    assert one.sign_in("dora").status_code == 303
    form = other.get("/offers/form")
    assert form.status_code == 200
    kind = one.app.state.conference.state().rows["offers"][0].cells["unit_type"]
    fields = {"offer": "ALD-two-doors", "nation": "ALD", "unit_type": kind, "quantity": "2", "source": "s", "confidence": "low"}
    assert one.post("/offers", data={**fields, "token": form_token(form.text)}).status_code == 303
    assert "ALD-two-doors" in other.get("/offers").text
    token = form_token(one.get("/offers").text)
    assert other.post("/sign-out", data={"token": token}).status_code == 303
    assert one.get("/offers").status_code == 303


def test_wrong_passwords_are_counted_over_all_servers(doors: tuple[Browser, Browser]):
    one, other = doors
    for server in (one, other, one, other, one):
        assert server.sign_in("bert", "wrong").status_code == 401
    assert other.sign_in("bert", PASSWORD).status_code == 401, "locked by what was tried at both"


def test_what_is_changed_at_one_server_is_told_to_the_pages_of_the_other(servers: Servers):
    one, other, conference = servers

    class Page:
        """A page that listens, without a browser."""

        def __init__(self) -> None:
            self.told: queue.Queue[News | None] = queue.Queue()
            self.give = self.told.put

    feed, page = Feed(other.app.state.conference), Page()
    feed.add(page)  # type: ignore[arg-type]
    try:
        row = conference.state().rows["offers"][0]
        one.app.state.conference.change(
            Actor("Anna", "planner"), [Edit("offers", {**row.cells, "quantity": "5"}, row.id, row.version)])
        news = page.told.get(timeout=20)
    finally:
        feed.close()
    assert news is not None
    assert [(change.kind, change.table, change.key) for change in news.changes] == [("change", "offers", row.key)]
    assert other.get(f"/api/v1/tables/offers/rows/{row.id}").json()["cells"]["quantity"] == "5"
