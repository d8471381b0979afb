"""Whether a plan keeps its promises is told by the job that made it, recomputed at once where that is quick, or asked for."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient
from tests.web.hall import DELEGATE, PLANNER, As, application, tiny_conference

from contingent.io import read_scenario
from contingent.pipeline import derive, verify
from contingent.store import Conference
from contingent.web import promises
from contingent.web.guard.viewer import Viewer
from contingent.web.work.asking import ask
from contingent.web.work.computing import Task, compute

OTHER = Viewer("Delegate of Bernia", "delegate", "BRN", 8, session="another session")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[tuple[TestClient, Conference]]:
    conference = tiny_conference(tmp_path)
    with TestClient(application(conference), base_url="http://localhost", follow_redirects=False) as client:
        yield client, conference
    conference.close()


@pytest.fixture
def recomputed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a plan was recomputed within a request."""
    found: list[int] = []
    before = promises.View.broken_promises
    monkeypatch.setattr(promises.View, "broken_promises", lambda view, stored: (found.append(1), before(view, stored))[1])
    return found


def done(conference: Conference) -> None:
    """Do the job that waits, as a worker does."""
    job = conference.claim("a test")
    assert job is not None
    outcome = compute(Task(conference, job, lambda *_: None))
    conference.finish(job.id, outcome.result)


def broken(conference: Conference) -> int:
    """Put a plan into the archive whose tours promise what nobody offers, and return how many of its promises are broken."""
    stored = conference.latest_plan()
    assert stored is not None
    tours = stored.plan.tours.with_columns(people=pl.col("people") + 1)
    plan = dataclasses.replace(stored.plan, tours=tours)
    whole = derive(read_scenario("tiny"))
    conference.add_plan(PLANNER, plan, conference.state().seq, scenario=whole)
    return len(verify(whole, plan))


def test_a_plan_from_elsewhere_is_recomputed_at_once(hall, recomputed):
    client, conference = hall
    assert "every promise holds" in client.get("/overview/verified").text
    assert recomputed == [1]
    count = broken(conference)
    assert count > 0
    text = client.get("/overview/verified").text
    assert f"{count} broken rules" in text
    assert "tours.csv" in text
    with As(client.app, DELEGATE):
        hidden = client.get("/overview/verified").text
        answer = client.get("/api/v1/plans/latest/verified").json()
    assert f"{count} broken rules" in hidden
    assert "tours.csv" not in hidden
    assert answer == {"holds": False, "findings": []}


def test_the_job_that_made_a_plan_has_told_so_already(hall, recomputed):
    client, conference = hall
    number = ask(conference, PLANNER, "plan", {"time_limit": 1.0})
    assert "every promise holds" in client.get("/overview/verified").text  # of the plan before
    done(conference)
    job = conference.job(number)
    assert (job.status, job.result["broken"], job.result["findings"]) == ("done", 0, [])
    recomputed.clear()
    assert "every promise holds" in client.get("/overview/verified").text
    assert client.get("/api/v1/plans/latest/verified").json() == {"holds": True, "findings": []}
    assert recomputed == []


def test_what_takes_long_is_asked_for_and_then_told(hall, recomputed, monkeypatch):
    client, conference = hall
    monkeypatch.setattr(promises, "MOST_TOURS", 0)
    count = broken(conference)
    text = client.get("/overview/verified").text
    assert "not verified" in text
    assert 'name="kind" value="verify"' in text
    assert client.get("/api/v1/plans/latest/verified").status_code == 409
    with As(client.app, DELEGATE):
        assert "<form" not in client.get("/overview/verified").text
    number = ask(conference, PLANNER, "verify", {})
    assert "is being recomputed" in client.get("/overview/verified").text
    done(conference)
    assert conference.job(number).result["broken"] == count
    assert f"{count} broken rules" in client.get("/overview/verified").text
    assert len(client.get("/api/v1/plans/latest/verified").json()["findings"]) == count
    assert recomputed == []


def test_which_promises_are_broken_is_for_those_who_see_everything(hall):
    """A plan's job is known to all; what stands in its findings may name others."""
    client, conference = hall
    number = ask(conference, PLANNER, "plan", {"time_limit": 1.0})
    done(conference)
    assert "findings" in client.get(f"/api/v1/jobs/{number}").json()["result"]
    with As(client.app, OTHER):
        result = client.get(f"/api/v1/jobs/{number}").json()["result"]
    assert "findings" not in result
    assert result["broken"] == 0
