"""Risk, ceasefire, contact group, versions and settings: the pages say what the stages say, to each what it may see."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from starlette.testclient import TestClient
from tests.report.sample_risk import risky_plan
from tests.web.hall import PLANNER, As, application, tiny_conference

import contingent.monitoring
from contingent.io import read_scenario, write_scenario
from contingent.monitoring.readers.read import read_incidents
from contingent.situation import MonitorOptions, monitor
from contingent.store import Conference, Edit
from contingent.web.guard.viewer import Viewer
from contingent.web.observed import Arrived, cells_of_incidents, gathered

HERE = "http://127.0.0.1"
DORA = Viewer("dora", "delegate", "ALD", 3, session="a session of a test")
OTTO = Viewer("otto", "observer", None, 8, session="another session")
COUNTS = Path(contingent.monitoring.__path__[0]) / "examples" / "osce_daily_counts.csv"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    conference = tiny_conference(tmp_path)
    with TestClient(application(conference), base_url=HERE, follow_redirects=False) as opened:
        yield opened
    conference.close()


def token(client: TestClient) -> str:
    found = re.search(r'name="csrf-token" content="([0-9a-f]+)"', client.get("/exchange").text)
    assert found
    return found[1]


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


# ------------------------------------------------------------------------------------------------------------------ ceasefire


def test_incidents_come_out_of_the_database_as_they_went_in():
    read = read_incidents(COUNTS).incidents
    assert_frame_equal(gathered(cells_of_incidents(read)).incidents, read)


def test_a_file_taken_in_gives_the_situation_that_the_stage_gives(client: TestClient):
    assert "no report has arrived" in client.get("/ceasefire").text
    sent = {"files": {"file": (COUNTS.name, COUNTS.read_bytes())}, "data": {"token": token(client)}}
    assert "151 new incidents" in client.post("/ceasefire/file", **sent).text
    assert "151 were known already" in words(client.post("/ceasefire/file", **sent).text)
    for days in (1, 7):
        said = monitor(read_scenario("tiny"), COUNTS, options=MonitorOptions(weekly=days == 7)).sentences
        shown = words(client.get(f"/ceasefire?days={days}").text)
        assert " ".join(said[0].split()) in shown
    past = words(client.get("/ceasefire?days=7&until=2021-12-05").text)
    then = monitor(read_scenario("tiny"), COUNTS, until=date(2021, 12, 5), options=MonitorOptions(weekly=True))
    assert " ".join(then.sentences[0].split()) in past
    for viewer in (DORA, OTTO):
        with As(client.app, viewer):
            text = client.get("/ceasefire").text
        assert "Report what happened" not in text
        assert " ".join(said[0].split()) in words(text)


def test_a_day_before_anything_is_known_is_said_and_no_fault(client: TestClient):
    client.post("/ceasefire/file", files={"file": (COUNTS.name, COUNTS.read_bytes())}, data={"token": token(client)})
    assert "nothing is known up to" in client.get("/ceasefire?until=1999-01-01").text
    assert client.get("/ceasefire?until=0001-01-01&days=366").status_code in (200, 422)
    assert client.get("/ceasefire/table/counts.csv").text.startswith("sector,kind,violations")
    assert client.get("/ceasefire/table/secrets.csv").status_code == 404


def test_one_report_is_taken_once_and_a_wrong_one_is_told_at_its_field(client: TestClient):
    good = {"time": "2027-03-05T14:30", "kind": "shelling", "count": "3", "source": "post 7", "token": token(client)}
    assert client.post("/ceasefire/report", data=good).headers["location"].endswith("done=incident")
    assert client.post("/ceasefire/report", data=good).headers["location"].endswith("done=known")
    assert "3 ceasefire violations were reported" in words(client.get("/ceasefire?days=1").text)
    wrong = client.post("/ceasefire/report", data={**good, "kind": "shell", "latitude": "95"})
    assert wrong.status_code == 422
    assert "Nearest: shelling" in words(wrong.text)
    assert 'id="report-latitude" name="latitude" value="95"' in wrong.text
    assert len(client.app.state.conference.incidents()) == 1


def test_how_long_was_watched_takes_the_place_of_what_was_known(client: TestClient):
    client.post("/ceasefire/file", files={"file": (COUNTS.name, COUNTS.read_bytes())}, data={"token": token(client)})
    assert "Nobody has said how long was watched" in client.get("/ceasefire").text
    table = b"date,observed_h\n2022-02-18,12\n2022-02-19,6\n"
    taken = client.post("/ceasefire/watched", files={"file": ("exposure.csv", table)}, data={"token": token(client)})
    assert taken.status_code == 303
    assert "Nobody has said how long was watched" not in client.get("/ceasefire").text
    wrong = client.post("/ceasefire/watched", files={"file": ("exposure.csv", b"date\nx\n")}, data={"token": token(client)})
    assert wrong.status_code == 422


def test_what_arrives_meanwhile_is_read_once(client: TestClient):
    arrived, conference = Arrived(), client.app.state.conference
    assert arrived.caught_up(conference)[0] == 0
    conference.add_incidents(PLANNER, [{"incident": "a", "time": "2027-01-05", "kind": "drone", "source": "x"}])
    last, found = arrived.caught_up(conference)
    assert found.incidents["kind"].to_list() == ["drone"]
    assert arrived.caught_up(conference) == (last, found)


# -------------------------------------------------------------------------------------------------------------- contact group

PLEDGE = {"item": "trucks", "family": "mixed", "quantity": "20", "announced": "2026-05-01"}


def test_a_delegate_writes_pledges_of_its_own_nation_and_sees_nothing_private_of_others(client: TestClient):
    conference = client.app.state.conference
    secret = {**PLEDGE, "pledge": "BRN-1", "donor": "BRN", "source": "a talk behind closed doors"}
    conference.change(PLANNER, [Edit("pledges", secret)])
    with As(client.app, DORA):
        mark = token(client)
        form = {**PLEDGE, "pledge": "ALD-1", "donor": "BRN", "source": "our own paper", "token": mark}
        assert client.post("/aid/pledges", data=form).headers["location"].endswith("done=pledge")
        assert client.post("/aid/pledges", data={**form, "pledge": "BRN-1"}).status_code in (403, 409)
        wrong = client.post("/aid/pledges", data={**form, "pledge": "ALD-2", "announced": "soon"})
        assert wrong.status_code == 422
        assert 'class="wrong"' in wrong.text
        own, status = client.get("/aid").text, client.get("/aid/status").text
        assert "ALD-1" in own
        assert "BRN-1" not in own
        assert "our own paper" in status
        assert "BRN-1" in status
        assert "closed doors" not in status + client.get("/aid/table/ledger.csv").text
    assert "closed doors" in client.get("/aid/status").text
    (pledge,) = [row for row in conference.state().scenario.pledges if row.pledge == "ALD-1"]
    assert pledge.donor == "ALD"


def test_what_if_a_donor_stops_is_worked_out_as_a_job_as_a_page_and_for_programs(client: TestClient):
    from contingent.aid.status import AidOptions
    from contingent.contact_group import assess_aid
    from contingent.pipeline import derive
    from contingent.web.work.computing import Task, compute

    conference, mark = client.app.state.conference, token(client)
    worth = {**PLEDGE, "value_m": "10", "currency": "EUR", "due": "2027-06-01"}
    conference.change(PLANNER, [Edit("pledges", {**worth, "pledge": f"{donor}-1", "donor": donor}) for donor in ("ALD", "BRN")])
    for stop in ("", "ALD"):
        answer = client.post("/aid/run", data={"stop": stop, "token": mark})
        assert answer.headers["location"] == f"/aid?{'stop=ALD&' if stop else ''}done=asked"
        job = conference.claim("test")
        outcome = compute(Task(conference, job, lambda *_: None))
        conference.finish(job.id, outcome.result, archive=outcome.archive)
    # The oracle is the stage, called by itself.
    scenario, plan = derive(conference.state().scenario), conference.latest_plan().plan
    calm, stopped = (assess_aid(scenario, plan, AidOptions(stopped=names)) for names in ((), ("ALD",)))
    assert not calm.frames["arrivals"].equals(stopped.frames["arrivals"])
    files = client.get(f"/jobs/{job.id}/files")
    with zipfile.ZipFile(io.BytesIO(files.content)) as packed:
        assert packed.read("arrivals.csv").decode() == stopped.frames["arrivals"].write_csv()
        assert "index.html" in packed.namelist()
    page = words(client.get("/aid").text)
    assert re.search(r"Who stops .*? ALD .*? Show Files nobody .*? Show Files", page)
    assert "nothing more from ALD" in words(client.get("/jobs").text)
    with As(client.app, DORA):
        assert "worked out so far" not in client.get("/aid").text
        assert client.get(f"/jobs/{job.id}/files").status_code == 403
    told = client.get("/api/v1/aid", params={"stop": "ALD"}).json()
    assert told["stopped"] == ["ALD"]
    assert {entry["frame"]: entry["rows"] for entry in told["frames"]} == {
        name: frame.height for name, frame in stopped.frames.items()}  # fmt: skip
    csv = client.get("/api/v1/aid/frames/arrivals.csv", params={"stop": "ALD"}).text
    assert csv == stopped.frames["arrivals"].write_csv()
    assert client.get("/api/v1/aid/frames/arrivals.csv").text == calm.frames["arrivals"].write_csv()
    assert client.get("/api/v1/aid/frames/arrivals", params={"stop": "ALD"}).json()["total"] == stopped.frames["arrivals"].height
    wrong = client.get("/api/v1/aid", params={"stop": "ALDO"})
    assert (wrong.status_code, wrong.json()["findings"][0]["nearest"]) == (422, "ALD")
    asked = client.post("/api/v1/jobs", json={"kind": "aid", "stop": ["BRN"]})
    assert asked.status_code == 202
    assert conference.job(asked.json()["id"]).arguments["stop"] == ["BRN"]
    assert client.post("/api/v1/jobs", json={"kind": "aid", "stop": ["XXX"]}).status_code == 422


def test_a_row_of_the_ledger_is_changed_and_taken_out(client: TestClient):
    conference, mark = client.app.state.conference, token(client)
    client.post("/aid/pledges", data={**PLEDGE, "pledge": "P1", "donor": "ALD", "token": mark})
    client.post(
        "/aid/deliveries",
        data={"delivery": "D1", "pledge": "P1", "donor": "ALD", "quantity": "5", "as_of": "2026-07-01", "token": mark},
    )
    text = client.get("/aid/pledges/form?key=P1").text
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version
    changed = {**PLEDGE, "pledge": "P1", "donor": "ALD", "quantity": "30", "was": "P1", "version": version[1], "token": mark}
    assert client.post("/aid/pledges", data=changed).status_code == 303
    assert client.post("/aid/pledges", data={**changed, "quantity": "40"}).status_code == 409
    assert "30" in words(client.get("/aid/status").text)
    assert conference.state().scenario.pledges[0].quantity == 30
    gone = {"key": "D1", "version": "1", "token": mark}
    assert client.post("/aid/deliveries/out", data=gone).headers["location"].endswith("done=taken-out")
    assert conference.state().scenario.deliveries == ()


# ----------------------------------------------------------------------------------------------------------------------- risk


def test_comparisons_of_nations_are_for_those_who_see_every_nation(tmp_path: Path):
    scenario, plan = risky_plan()
    conference = Conference.open(tmp_path / "risk.sqlite", create_from=write_scenario(scenario, tmp_path / "risk"))
    conference.add_plan(PLANNER, plan, conference.state().seq, scenario=scenario)
    with TestClient(application(conference), base_url=HERE) as client:
        whole = client.get("/risk").text
        assert "What breaks it" in whole
        assert 'id="smallest-table"' in whole
        assert 'id="chance-table"' in whole
        own = sorted({row.nation for row in scenario.offers})[0]
        with As(client.app, Viewer("delegate", "delegate", own, 5, session="s")):
            part = client.get("/risk").text
        archive = client.get("/exchange/plan.zip").content
        with As(client.app, Viewer("delegate", "delegate", own, 5, session="s")):
            of_own = client.get("/exchange/plan.zip").content
            assert client.get("/exchange/plan.xlsx").status_code == 403
        assert "stress_worst.csv" in zipfile.ZipFile(io.BytesIO(archive)).namelist()
        assert "stress_worst.csv" not in zipfile.ZipFile(io.BytesIO(of_own)).namelist()
        assert 'id="worst-table"' not in part
        assert 'id="smallest-table"' not in part
        cases = part[part.index('id="breaks"') :] if 'id="breaks"' in part else ""
        others = {row.name for row in scenario.nations if row.name and row.nation != own}
        assert [name for name in others if f">{name}<" in cases] == []
    conference.close()


def test_a_run_under_chance_is_asked_for_once(client: TestClient):
    mark = token(client)
    for kind in ("simulate", "simulate", "plan"):
        assert client.post("/risk/run", data={"kind": kind, "token": mark}).status_code == 303
    assert [job.kind for job in client.app.state.conference.jobs()] == ["simulate"]


# -------------------------------------------------------------------------------------------------------- versions and settings


def test_what_differs_since_a_version_is_shown_to_each_as_far_as_it_may_see(client: TestClient):
    conference, mark = client.app.state.conference, token(client)
    assert client.post("/versions", data={"name": "First round", "token": mark}).status_code == 303
    assert client.post("/versions", data={"name": "First round", "token": mark}).status_code == 422
    row = next(each for each in conference.state().rows["offers"] if each.cells["nation"] == "BRN")
    conference.change(PLANNER, [Edit("offers", {**row.cells, "quantity": "7"}, row.id, row.version)])
    for since in ("v1", "yesterday"):
        text = client.get(f"/versions?since={since}").text
        assert "<ins>7</ins>" in text
        assert row.key in text
    with As(client.app, DORA):
        text = client.get("/versions?since=v1").text
    assert row.key not in text
    assert "Nothing differs in what you may see" in words(text)
    assert client.get("/versions?since=v99").status_code == 404
    assert client.get("/versions?since=nonsense").status_code == 404


def test_settings_are_changed_by_planners_refused_where_wrong_and_never_lost(client: TestClient):
    text, conference = client.get("/conference").text, client.app.state.conference
    fields = dict(re.findall(r'name="(was:[a-z_.]+|version:[a-z_.]+)" value="([^"]*)"', text))
    fields = {name: unescape(value) for name, value in fields.items()} | {"token": token(client)}
    assert client.post("/conference", data={**fields, "title": "A new title"}).status_code == 303
    assert conference.state().scenario.settings.title == "A new title"
    assert client.post("/conference", data={**fields, "title": "Another"}).status_code == 409
    wrong = client.post("/conference", data={**fields, "start_date": "soon"})
    assert wrong.status_code == 422
    assert "soon" in wrong.text
    assert conference.state().scenario.settings.title == "A new title"
    with As(client.app, OTTO):
        assert "A new title" in client.get("/conference").text
        assert client.post("/conference", data={"title": "x"}).status_code == 403
