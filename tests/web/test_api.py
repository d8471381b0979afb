"""What programs are told and what they may change: by token, by role, as the pages do."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.web.conftest import Browser, Clock, Opened, form_token
from tests.web.hall import As, tiny_conference

from contingent.io import read_scenario, write_scenario
from contingent.store import Conference
from contingent.web.app import create_app
from contingent.web.guard.passwords import new_mark
from contingent.web.guard.viewer import Viewer
from contingent.web.settings import WebSettings

PROBLEM = "application/problem+json"
NDJSON = {"content-type": "application/x-ndjson"}
ZIP = {"content-type": "application/zip"}
ROOT = Path(__file__).resolve().parents[2]
OFFER = {"offer": "ALD-more", "nation": "ALD", "unit_type": "headquarters", "quantity": "1"}

Program = Callable[..., Browser]


@pytest.fixture
def program(browser: Opened, conference: Conference, clock: Clock) -> Program:
    """A program with a token of somebody, which may do some of what its role may."""

    def opened(name: str, *scopes: str) -> Browser:
        text, mark = new_mark()
        account = conference.accounts.account_named(name)
        assert account is not None
        conference.accounts.add_token(
            mark, name="a test", account=account.id, scopes=scopes, expires_at=clock.now + timedelta(days=1))
        client = browser()
        client.headers["authorization"] = f"Bearer {text}"
        return client

    return opened


@pytest.fixture
def planner(program: Program) -> Browser:
    return program(
        "pia", "scenario.read", "rows.write", "offers.write", "requirements.write", "scenario.write", "history.undo",
        "history.read", "incidents.write", "ceasefire.read", "imports.write", "exports.read", "snapshots.read",
        "snapshots.write", "jobs.read", "jobs.try", "jobs.write", "plans.read", "overview.read", "events.read", "about.read",
    )  # fmt: skip


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The island with a plan, on a machine without accounts."""
    conference = tiny_conference(tmp_path_factory.mktemp("here"))
    app = create_app(WebSettings(""), conference=conference)
    yield TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    conference.close()


def first_row(client: TestClient, table: str) -> dict[str, Any]:
    row: dict[str, Any] = client.get(f"/api/v1/tables/{table}/rows").json()["items"][0]
    return row


# ------------------------------------------------------------------------------------------------------------------ tokens


def test_a_token_does_what_it_was_given_and_nothing_more(program: Program):
    client = program("pia", "scenario.read")
    assert client.get("/api/v1/tables/offers/rows").status_code == 200
    refused = client.get("/api/v1/plans")
    assert (refused.status_code, refused.headers["content-type"]) == (403, PROBLEM)
    assert client.post("/api/v1/tables/offers/rows", json={"cells": OFFER}).status_code == 403


def test_to_write_rows_a_token_needs_the_permission_of_the_table_too(program: Program):
    client = program("pia", "scenario.read", "rows.write")
    refused = client.post("/api/v1/tables/offers/rows", json={"cells": OFFER})
    assert refused.status_code == 403
    assert "offers" in refused.json()["detail"]


def test_without_a_token_a_program_is_told_to_send_one(browser: Opened):
    refused = browser().get("/api/v1/tables")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_a_session_needs_the_mark_of_its_forms_to_write(browser: Opened):
    client = browser("pia")
    row = first_row(client, "offers")
    where, sent = f"/api/v1/tables/offers/rows/{row['id']}", {"cells": {**row["cells"], "quantity": "3"}}
    assert client.put(where, json=sent, headers={"if-match": "*"}).status_code == 403
    token = client.token("/offers")
    assert client.put(where, json=sent, headers={"if-match": "*", "x-csrf-token": token}).status_code == 200


def test_nothing_is_shared_with_other_sites(planner: Browser):
    answered = planner.options("/api/v1/tables", headers={"origin": "https://elsewhere.example"})
    assert not [name for name in answered.headers if name.startswith("access-control")]
    sent = planner.post("/api/v1/versions", json={"name": "x"}, headers={"origin": "https://elsewhere.example"})
    assert sent.status_code == 403


# -------------------------------------------------------------------------------------------------------------------- rows


def test_a_row_is_changed_on_the_version_that_was_read(planner: Browser):
    row = first_row(planner, "offers")
    where = f"/api/v1/tables/offers/rows/{row['id']}"
    etag = planner.get(where).headers["etag"]
    assert planner.get(where, headers={"if-none-match": etag}).status_code == 304
    changed = planner.put(where, json={"cells": {**row["cells"], "quantity": "7"}}, headers={"if-match": etag})
    assert (changed.status_code, changed.json()["cells"]["quantity"], changed.headers["etag"]) == (200, "7", '"2"')
    late = planner.put(where, json={"cells": {**row["cells"], "quantity": "9"}}, headers={"if-match": etag})
    (conflict,) = late.json()["conflicts"]
    assert (late.status_code, late.headers["content-type"]) == (412, PROBLEM)
    assert (conflict["current"]["quantity"], conflict["tried"]["quantity"], conflict["version"]) == ("7", "9", 2)
    assert planner.put(where, json={"cells": row["cells"]}).status_code == 428


def test_what_makes_no_sense_is_refused_with_the_nearest_right_value(planner: Browser):
    refused = planner.post("/api/v1/tables/offers/rows", json={"cells": {**OFFER, "unit_type": "headquarter"}})
    assert (refused.status_code, refused.headers["content-type"]) == (422, PROBLEM)
    (finding,) = refused.json()["findings"]
    assert (finding["table"], finding["row"], finding["column"]) == ("offers", "ALD-more", "unit_type")
    assert finding["nearest"] == "headquarters"


def test_a_row_is_added_taken_out_and_brought_back(planner: Browser):
    added = planner.post("/api/v1/tables/offers/rows", json={"cells": OFFER, "why": "asked for"})
    assert (added.status_code, added.json()["key"]) == (201, "ALD-more")
    where = added.headers["location"]
    assert planner.get(where).json()["cells"] == OFFER
    assert planner.delete(where, headers={"if-match": added.headers["etag"]}).status_code == 204
    assert planner.get(where).status_code == 404
    seq = planner.get("/api/v1/history?limit=1").json()[0]["seq"]
    assert planner.post(f"/api/v1/changes/{seq}/undo", json={}).status_code == 200
    assert planner.get(where).json()["cells"] == OFFER


def test_a_batch_is_taken_whole_or_not_at_all(planner: Browser):
    row = first_row(planner, "offers")
    good = {"table": "offers", "cells": OFFER}
    stale = {"table": "offers", "row": row["id"], "version": 99, "cells": {**row["cells"], "quantity": "8"}}
    refused = planner.post("/api/v1/changes", json={"edits": [good, stale]})
    assert refused.status_code == 409
    assert refused.json()["conflicts"][0]["current"] == row["cells"]
    assert planner.get("/api/v1/tables/offers/rows?key=ALD-more").json()["items"] == []
    fresh = {**stale, "version": row["version"]}
    taken = planner.post("/api/v1/changes", json={"edits": [good, fresh], "why": "both"}).json()
    assert {each["key"] for each in taken["rows"]} == {"ALD-more", row["key"]}


def test_a_delegate_writes_and_reads_what_is_its_own(program: Program):
    client = program("dora", "scenario.read", "rows.write", "offers.write", "history.read")
    rows = client.get("/api/v1/tables/offers/rows").json()["items"]
    assert {row["cells"]["nation"] for row in rows} == {"ALD"}
    assert client.post("/api/v1/tables/offers/rows", json={"cells": OFFER}).status_code == 201
    assert client.post("/api/v1/tables/offers/rows", json={"cells": {**OFFER, "nation": "BRN"}}).status_code == 403
    everything = program("pia", "scenario.read")
    other = next(
        row for row in everything.get("/api/v1/tables/offers/rows").json()["items"] if row["cells"]["nation"] == "BRN")
    assert client.get(f"/api/v1/tables/offers/rows/{other['id']}").status_code == 404
    sent = client.delete(f"/api/v1/tables/offers/rows/{other['id']}", headers={"if-match": "*"})
    assert sent.status_code == 404


def test_a_delegate_is_told_nothing_of_others_by_any_address(conference: Conference, program: Program):
    """A secret in another nation's offer is in no answer, whatever is asked for."""
    secret = "q7secretq7"
    pia = program("pia", "scenario.read", "rows.write", "offers.write")
    row = next(
        each for each in pia.get("/api/v1/tables/offers/rows").json()["items"] if each["cells"]["nation"] == "BRN")
    where = f"/api/v1/tables/offers/rows/{row['id']}"
    assert pia.put(where, json={"cells": {**row["cells"], "source": secret}}, headers={"if-match": "*"}).status_code == 200
    from contingent.web.guard import PERMISSIONS

    client = program("dora", *PERMISSIONS)
    document = client.get("/api/v1/openapi.json").json()
    asked = 0
    for path, item in document["paths"].items():
        if "get" not in item:
            continue
        told = path.replace("{table}", "offers").replace("{row}", str(row["id"])).replace("{plan}", "latest")
        answered = client.get(told.replace("{frame}", "tours").replace("{version}", "1").replace("{job}", "1"))
        asked += answered.status_code == 200
        content = answered.content
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist())
        assert secret.encode() not in content, path
    assert asked > 15


# ------------------------------------------------------------------------------------------------------------- three ways in


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 5), quantity=st.integers(1, 99), priority=st.integers(1, 4))
def test_an_edit_by_a_program_a_page_and_a_file_leave_the_same(here: TestClient, at: int, quantity: int, priority: int):
    def stands() -> list[dict[str, str]]:
        return [row["cells"] for row in here.get("/api/v1/tables/requirements/rows").json()["items"]]

    def undo() -> None:
        seq = here.get("/api/v1/history?limit=1").json()[0]["seq"]
        if stands() != before:
            assert here.post(f"/api/v1/changes/{seq}/undo", json={}).status_code == 200
        assert stands() == before

    before = stands()
    row = here.get("/api/v1/tables/requirements/rows").json()["items"][at]
    cells = {**row["cells"], "quantity": str(quantity), "priority": str(priority)}
    where = f"/api/v1/tables/requirements/rows/{row['id']}"
    by_program = here.put(where, json={"cells": cells}, headers={"if-match": "*"})
    assert by_program.status_code == 200, by_program.text
    wanted = stands()
    assert wanted[at] == cells
    undo()

    token = form_token(here.get("/requirements/edit").text)
    edit = {"key": row["key"], "row": row["id"], "version": here.get(where).json()["version"], "cells": cells}
    by_page = here.post("/requirements/rows", json={"edits": [edit]}, headers={"x-csrf-token": token})
    assert by_page.status_code == 200, by_page.text
    assert stands() == wanted
    undo()

    columns = list(dict.fromkeys(name for each in wanted for name in each))
    text = io.StringIO()
    table = csv.DictWriter(text, columns, restval="")
    table.writeheader()
    table.writerows(wanted)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("tiny/requirements.csv", text.getvalue())
    preview = here.post("/api/v1/imports/preview", content=content.getvalue(), headers=ZIP).json()
    assert (preview["new"], preview["removed"], preview["findings"]) == ([], [], [])
    by_file = here.post(f"/api/v1/imports/apply?of_seq={preview['of_seq']}", content=content.getvalue(), headers=ZIP)
    assert by_file.status_code == 200, by_file.text
    assert stands() == wanted
    undo()


def test_what_is_exported_changes_nothing_when_it_is_brought_in_again(planner: Browser):
    for name, kind in (("zip", "application/zip"), ("xlsx", "application/octet-stream")):
        content = planner.get(f"/api/v1/exports/scenario.{name}").content
        preview = planner.post("/api/v1/imports/preview", content=content, headers={"content-type": kind})
        assert preview.status_code == 200, preview.text
        told = preview.json()
        assert [told[part] for part in ("new", "changed", "removed", "findings")] == [[], [], [], []], name
    assert planner.get("/api/v1/exports/scenario.zip").content == planner.get("/api/v1/exports/scenario.zip").content


def test_an_import_is_not_done_on_rows_that_moved_on(planner: Browser):
    content = planner.get("/api/v1/exports/scenario.zip").content
    seq = planner.post("/api/v1/imports/preview", content=content, headers=ZIP).json()["of_seq"]
    planner.post("/api/v1/tables/offers/rows", json={"cells": OFFER})
    assert planner.post(f"/api/v1/imports/apply?of_seq={seq}", content=content, headers=ZIP).status_code == 409


@pytest.mark.parametrize("name", ["../../etc/offers.csv", "/etc/offers.csv", "tiny/..", "a\\b.csv", ".offers.csv"])
def test_a_file_that_would_lead_elsewhere_is_not_unpacked(planner: Browser, tmp_path: Path, name: str):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "offer,nation\n")
    answered = planner.post("/api/v1/imports/preview", content=content.getvalue(), headers=ZIP)
    assert answered.status_code in (200, 422)
    assert not Path("/etc/offers.csv").exists()


def test_a_scenario_laid_over_a_place_of_the_server_is_refused(planner: Browser, tmp_path: Path):
    elsewhere = write_scenario(read_scenario("tiny"), tmp_path / "elsewhere")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("scenario.toml", f'title = "x"\nextends = "{elsewhere}"\nstart_date = 2030-01-01\ndays = 30\n')
    refused = planner.post("/api/v1/imports/preview", content=content.getvalue(), headers=ZIP)
    assert refused.status_code == 422
    assert refused.json()["findings"][0]["column"] == "extends"


# --------------------------------------------------------------------------------------------------------------- incidents


def report(number: int, **more: Any) -> dict[str, Any]:
    time = f"2030-02-{number:02}T10:00:00Z"
    return {"incident": f"post 7: {number}", "time": time, "source": "post 7", "kind": "shelling", **more}


def test_incidents_stream_in_once_each(planner: Browser):
    assert planner.get("/api/v1/situation").status_code == 404
    lines = "\n".join(json.dumps(report(day)) for day in range(1, 11))
    assert planner.post("/api/v1/incidents", content=lines, headers=NDJSON).json() == {"received": 10, "new": 10, "known": 0}
    again = planner.post("/api/v1/incidents", json=[report(10), report(11, count=2.0, killed=1)])
    assert again.json() == {"received": 2, "new": 1, "known": 1}
    (last,) = planner.get("/api/v1/incidents?since=10").json()
    assert last["cells"] == {
        "incident": "post 7: 11", "time": "2030-02-11T10:00:00+00:00", "source": "post 7", "kind": "shelling", "count": "2",
        "killed": "1"}  # fmt: skip
    told = planner.get("/api/v1/situation").json()
    assert (told["until"], told["incidents"]) == ("2030-02-11", 11)
    counts = planner.get("/api/v1/situation/frames/counts").json()
    assert sum(row["violations"] for row in counts["rows"]) == 2


def test_a_batch_with_reports_that_make_no_sense_is_refused_whole(planner: Browser):
    lines = [json.dumps(report(1)), "{", "[]", json.dumps(report(2, latitude=100)), json.dumps({"source": "x"}), '"x"']
    refused = planner.post("/api/v1/incidents", content="\n".join(lines), headers=NDJSON)
    assert refused.status_code == 422
    found = {(each["line"], each["column"]) for each in refused.json()["findings"]}
    assert found == {(2, None), (3, None), (4, "latitude"), (5, "incident"), (5, "time"), (6, None)}
    assert planner.get("/api/v1/incidents").json() == []


# ------------------------------------------------------------------------------------------------- plans, jobs, versions, rest


def test_a_plan_is_read_frame_by_frame(here: TestClient):
    plan = here.get("/api/v1/plans/latest").json()
    rows = {each["frame"]: each["rows"] for each in plan["frames"]}
    first = here.get("/api/v1/plans/1/frames/tours?limit=3").json()
    rest = here.get("/api/v1/plans/1/frames/tours?offset=3&limit=1000").json()
    assert len(first["rows"]) == 3
    assert len(first["rows"]) + len(rest["rows"]) == rows["tours"] == first["total"]
    text = here.get("/api/v1/plans/1/frames/tours.csv").text
    assert len(text.splitlines()) == rows["tours"] + 1
    assert here.get("/api/v1/plans/latest/verified").json() == {"holds": True, "findings": []}
    assert here.get("/api/v1/plans/99").status_code == 404
    with zipfile.ZipFile(io.BytesIO(here.get("/api/v1/plans/1/plan.zip").content)) as archive:
        assert "plan.json" in archive.namelist()


@pytest.mark.parametrize("role", ["delegate", "observer"])
def test_others_read_plans_and_files_as_far_as_they_may(here: TestClient, role: Any):
    viewer = Viewer("somebody", role, "ALD" if role == "delegate" else None, 7, session="a session of a test")
    app: Any = here.app
    with As(app, viewer):
        unused = here.get("/api/v1/plans/latest/frames/unused").json()["rows"]
        assert {row["nation"] for row in unused} <= {"ALD"}
        for name in ("plan.zip", "plan.xlsx", "frames/gaps.csv", "verified"):
            assert here.get(f"/api/v1/plans/latest/{name}").status_code == 200, name
        with zipfile.ZipFile(io.BytesIO(here.get("/api/v1/plans/1/plan.zip").content)) as archive:
            assert not [name for name in archive.namelist() if name.startswith("scenario/")]
        with zipfile.ZipFile(io.BytesIO(here.get("/api/v1/exports/scenario.zip").content)) as archive:
            told = archive.read("offers.csv").decode() if "offers.csv" in archive.namelist() else ""
        assert "BRN" not in told
        assert ("ALD" in told) == (role == "delegate")
        assert here.get("/api/v1/aid").status_code == 200
        assert here.get("/metrics").status_code == 403


def test_a_row_that_may_not_be_seen_looks_like_none_in_the_history(program: Program):
    pia = program("pia", "scenario.read", "rows.write", "offers.write")
    keys = {}
    for row in pia.get("/api/v1/tables/offers/rows").json()["items"]:
        sent = {"cells": {**row["cells"], "source": "a letter"}}
        assert pia.put(f"/api/v1/tables/offers/rows/{row['id']}", json=sent, headers={"if-match": "*"}).status_code == 200
        keys[row["cells"]["nation"]] = row["key"]
    client = program("dora", "history.read")
    (entry,) = client.get("/api/v1/history", params={"table": "offers", "key": keys["ALD"]}).json()
    assert (entry["actor"], entry["after"]["source"]) == ("pia (a test)", "a letter")
    assert client.get("/api/v1/history", params={"table": "offers", "key": keys["BRN"]}).json() == []
    assert {each["after"] and each["after"]["nation"] for each in client.get("/api/v1/history").json()} == {"ALD", None}


def test_a_job_is_asked_for_once_and_cancelled(planner: Browser):
    asked = planner.post("/api/v1/jobs", json={"kind": "plan", "seed": 3})
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")
    assert planner.post("/api/v1/jobs", json={"kind": "plan", "seed": 3}).json()["id"] == asked.json()["id"]
    assert planner.get(asked.headers["location"]).json()["asked_by"] == "pia (a test)"
    stopped = planner.post(f"{asked.headers['location']}/cancel", json={})
    assert stopped.json()["status"] == "cancelled"
    assert planner.get("/api/v1/jobs?are_open=true").json() == []


def test_a_delegate_tries_and_does_not_plan(program: Program):
    client = program("dora", "jobs.try", "rows.write", "offers.write")
    assert client.post("/api/v1/jobs", json={"kind": "plan"}).status_code == 403
    change = {"edits": [{"table": "offers", "cells": OFFER}]}
    assert client.post("/api/v1/jobs", json={"kind": "what_if", "change": change}).status_code == 202
    other = {"edits": [{"table": "offers", "cells": {**OFFER, "nation": "BRN"}}]}
    assert client.post("/api/v1/jobs", json={"kind": "what_if", "change": other}).status_code == 403


def test_what_changed_since_a_version_with_a_name(planner: Browser):
    version = planner.post("/api/v1/versions", json={"name": "before"})
    assert version.status_code == 201
    assert planner.post("/api/v1/versions", json={"name": "before"}).status_code == 422
    planner.post("/api/v1/tables/offers/rows", json={"cells": OFFER})
    told = planner.get(f"/api/v1/versions/{version.json()['id']}/differences").json()
    assert [each["key"] for each in told["new"]] == ["ALD-more"]
    heard = planner.get(f"/api/v1/changes?since={version.json()['of_seq']}").json()
    assert ("offers", "ALD-more") in {(each["table"], each["key"]) for each in heard}


def test_what_an_offer_is_worth_changes_nothing(here: TestClient):
    before = here.get("/api/v1/conference").json()["seq"]
    told = here.post("/api/v1/offers/worth", json={"cells": OFFER})
    assert told.status_code == 200
    assert told.json()["sentence"].startswith("Helps no line")
    assert here.get("/api/v1/conference").json()["seq"] == before


def test_administrators_keep_accounts(program: Program):
    client = program("ann", "accounts.read", "accounts.write")
    accounts = {each["name"]: each for each in client.get("/api/v1/accounts").json()}
    assert set(accounts) == {"ann", "bert", "dora", "otto", "pia"}
    assert "password" not in json.dumps(list(accounts.values())).replace('"signs_in_by": "password"', "")
    otto, ann = accounts["otto"]["id"], accounts["ann"]["id"]
    changed = client.put(f"/api/v1/accounts/{otto}", json={"role": "delegate", "nation": "BRN"})
    assert (changed.json()["role"], changed.json()["nation"]) == ("delegate", "BRN")
    assert client.put(f"/api/v1/accounts/{otto}", json={"role": "delegate", "nation": "XXX"}).status_code == 422
    assert client.put(f"/api/v1/accounts/{ann}", json={"role": "observer"}).status_code == 403
    link = client.post("/api/v1/invitations", json={"role": "planner"})
    assert "/invitation/" in link.json()["link"]
    (invitation,) = client.get("/api/v1/invitations").json()
    assert client.delete(f"/api/v1/invitations/{invitation['id']}").status_code == 204
    assert client.get("/api/v1/invitations").json() == []


# ------------------------------------------------------------------------------------------------------ health, the document


def test_alive_ready_and_figures(browser: Opened, program: Program):
    client = browser()
    assert client.get("/healthz").json() == {"alive": True}
    assert client.get("/readyz").json() == {"ready": True, "database": True}
    assert client.get("/metrics").status_code in (303, 401)
    text = program("ann", "metrics.read").get("/metrics").text
    assert "contingent_database_up 1.0" in text
    assert 'contingent_requests_total{method="GET",route="/healthz",status="200"} 1.0' in text
    assert 'contingent_conference_things{what="accounts"} 5.0' in text


def test_a_server_whose_database_is_gone_is_alive_and_not_ready(browser: Opened, monkeypatch: pytest.MonkeyPatch):
    from contingent.store import Unusable
    from contingent.web.api import health

    def gone(_: object) -> None:
        raise Unusable("out of reach")

    client = browser()
    monkeypatch.setattr(health, "refuse_other_schema", gone)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_every_operation_is_described_with_what_it_needs_and_how_it_refuses(here: TestClient):
    document = here.get("/api/v1/openapi.json").json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"], path
            assert len(operation["description"]) > 40, path
            assert operation["x-permission"], path
            refused = {status for status, each in operation["responses"].items() if PROBLEM in each.get("content", {})}
            assert all(each["description"] for each in operation.get("parameters", ())), (method, path)
            assert {"401", "403", "404", "422", "429"} <= refused, (method, path)
            assert all(each.get("description") for each in operation["responses"].values()), path


def test_the_document_is_shown_with_nothing_from_outside(here: TestClient):
    page = here.get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.text.replace("https://plan.example.org", "")
    for path in here.get("/api/v1/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page.text


def test_the_snippets_of_the_manual_run(program: Program, capsys: pytest.CaptureFixture[str]):
    """Each of them, one after the other, with a client that reaches the server without a network."""
    import httpx

    client = program(
        "pia", "scenario.read", "about.read", "rows.write", "offers.write", "jobs.try", "jobs.write", "plans.read",
        "incidents.write", "ceasefire.read", "exports.read", "imports.write", "requirements.read", "gaps.read", "notes.write",
        "risks.write", "aid.read")  # fmt: skip
    snippets = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text(), flags=re.DOTALL)
    assert len(snippets) == 8
    token = client.headers["authorization"].partition(" ")[2]
    names: dict[str, Any] = {"ADDRESS": "http://localhost", "TOKEN": token}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "Client", lambda **_: client)
        for snippet in snippets:
            exec(snippet, names)
    said = capsys.readouterr().out
    assert "planner may" in said
    assert "3 stands" in said
    assert "nearest: headquarters" in said
    assert "['1']" in said
    assert "'received': 1, 'new': 1" in said


@pytest.mark.parametrize("kind", ["application/zip", "application/octet-stream"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_uploads_that_are_torn_or_bent_are_refused_and_change_nothing(here: TestClient, kind: str, data: st.DataObject):
    seq = here.get("/api/v1/conference").json()["seq"]
    whole = here.get(f"/api/v1/exports/scenario.{'zip' if kind == 'application/zip' else 'xlsx'}").content
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    sent = bytes(content[: data.draw(st.integers(1, len(content)))]) if data.draw(st.booleans()) else bytes(content)
    answered = here.post("/api/v1/imports/preview", content=sent, headers={"content-type": kind})
    assert answered.status_code in (200, 422), answered.text
    assert here.get("/api/v1/conference").json()["seq"] == seq
