"""Watching the line as pages: placed by a job, shown hour by hour to everybody, a cell with the means that give it."""

import re
from html import unescape
from pathlib import Path

from starlette.testclient import TestClient
from tests.monitoring.test_observation import CAMERA
from tests.monitoring.theatres import sectors, theatre
from tests.web.hall import OBSERVER, As, application
from tests.web.test_pages import HERE, token_in, words_of

from contingent.io import write_scenario
from contingent.store import Conference
from contingent.web.work.computing import Task, compute


def test_means_are_placed_by_a_job_and_shown_hour_by_hour(tmp_path: Path):
    """Ten kilometres of forty under one camera that is blind by night: 80 from 06 to 18, nothing else."""
    scenario = theatre(sensors=(CAMERA.model_copy(update={"night": 0.0, "title": "Camera by day"}),), sectors=sectors("A", "B"))
    named = [row.location for row in scenario.sectors]
    scenario = scenario.model_copy(
        update={
            "locations": (*scenario.locations, *(scenario.locations[0].model_copy(update={"location": each}) for each in named))
        }
    )
    conference = Conference.open(tmp_path / "line.sqlite", create_from=write_scenario(scenario, tmp_path / "line"))
    with TestClient(application(conference), base_url=HERE) as client:
        empty = client.get("/ceasefire/line").text
        assert "Nothing is placed yet" in empty
        assert 'href="/ceasefire/line"' in client.get("/ceasefire").text
        sent = {"x-csrf-token": token_in(empty)}
        for people in ("many", "9" * 5_000):
            wrong = client.post("/ceasefire/line/run", data={"people": people}, headers=sent, follow_redirects=False)
            assert wrong.headers["location"] == "/ceasefire/line?done=number"
        assert conference.jobs(kind="observe") == []
        asked = client.post("/ceasefire/line/run", data={"people": "1"}, headers=sent, follow_redirects=False)
        assert asked.headers["location"] == "/ceasefire/line?done=asked"
        assert "Means are being placed" in client.get("/ceasefire/line").text
        job = conference.claim("a test")
        assert job is not None
        came = compute(Task(conference, job, lambda _done, _whole: None))
        conference.finish(job.id, came.result, archive=came.archive)
        with As(client.app, OBSERVER):
            page = client.get("/ceasefire/line?under=50").text
        assert len(re.findall(r'class="c8"', page)) == 12
        assert len(re.findall(r'class="c0 low"', page)) == 4 * 24 - 12
        assert "Place them anew" not in page
        assert "Holes as long: 30 km in three stretches" in words_of(page)
        links = [unescape(each) for each in re.findall(r'<td class="c8"[^>]*><a href="([^"]+)"', page)]
        part = words_of(client.get(links[6], headers={"HX-Request": "true"}).text)
        assert "12:00 to 13:00: 80 % watched" in part
        assert "Camera by day" in part
        assert client.get(f"{links[6]}&means=posts").text.count("Camera by day") == 0
        assert client.get("/ceasefire/line/cell?target=nowhere").status_code == 404
        assert len(re.findall(r"<td class=\"c0 low\"", client.get("/ceasefire/line?means=patrols").text)) == 4 * 24
        assert "Files" in client.get("/jobs").text
        program = client.post("/api/v1/jobs", json={"kind": "observe", "people": 2}, headers=sent)
        assert (program.status_code, conference.jobs(kind="observe")[0].arguments["people"]) == (202, 2)
    conference.close()
