"""What goes wrong in the world while people write over HTTP: servers killed, databases restarted and full, clocks that jump."""

import os
import random
import resource
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient
from tests.store.conftest import new_database, started_postgres
from tests.store.test_faults import control
from tests.web.conftest import PASSWORD, Clock, Opened, form_token

from contingent.store import Actor, Conference, Edit
from contingent.web.app import create_app
from contingent.web.guard.forgery import form_token as mark_of_forms
from contingent.web.guard.viewer import ON_THIS_MACHINE
from contingent.web.settings import WebSettings

SECRET = "f" * 40
SERVERS = Path(__file__).with_name("servers.py")
WRITERS = 3
ANSWERS = {200, 409, 429, 503}
"""What a writer may be told: done, another was faster, too often, not now."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    with started_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "conference.sqlite")
    return new_database(request.getfixturevalue("postgres"))


class Writer(threading.Thread):
    """Somebody who sets the titles of two lines to the same number in one change, and counts upwards."""

    def __init__(self, number: int, port: int) -> None:
        super().__init__(daemon=True)
        self.first, self.address = 2 * number, f"http://127.0.0.1:{port}"
        self.acknowledged, self.over = 0, threading.Event()
        self.answers: set[int] = set()
        self.wrote = threading.Semaphore(0)

    def run(self) -> None:
        """Write until the end, whatever becomes of the server."""
        with httpx.Client(base_url=self.address, timeout=30) as client:
            while not self.over.is_set():
                try:
                    self.write(client)
                except httpx.HTTPError:
                    self.over.wait(0.02)

    def write(self, client: httpx.Client) -> None:
        """Make one change."""
        asked = client.get("/requirements/rows")
        self.answers.add(asked.status_code)
        if asked.status_code != 200:
            return
        rows = asked.json()["rows"][self.first : self.first + 2]
        number = int(rows[0]["cells"].get("title", "0")) + 1
        headers = {"x-csrf-token": token_here()}
        edits = [edited(row, str(number)) for row in rows]
        answer = client.post("/requirements/rows", json={"edits": edits}, headers=headers)
        self.answers.add(answer.status_code)
        if answer.status_code == 200:
            self.acknowledged = number
            self.wrote.release()


def edited(row: dict[str, Any], title: str) -> dict[str, Any]:
    """A row of the grid with another title, as a page sends it."""
    return {"key": row["key"], "row": row["row"], "version": row["version"], "cells": {**row["cells"], "title": title}}


def token_here() -> str:
    """The mark of forms on a server without accounts."""
    assert ON_THIS_MACHINE.session is not None
    return mark_of_forms(SECRET.encode(), ON_THIS_MACHINE.session)


def made(place: str) -> Conference:
    """A conference in which the titles of all lines are numbers."""
    conference = Conference.open(place, create_from="tiny")
    rows = conference.state().rows["requirements"]
    edits = [Edit("requirements", {**row.cells, "title": "0"}, row.id, row.version) for row in rows]
    conference.change(Actor("Anna", "planner"), edits)
    return conference


def numbers(conference: Conference) -> list[tuple[int, int]]:
    """What each writer has set: its two lines."""
    titles = [int(row.cells["title"]) for row in conference.state().rows["requirements"]]
    return [(titles[at], titles[at + 1]) for at in range(0, 2 * WRITERS, 2)]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def nursery(log: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that bears servers."""
    environment = {**os.environ, "CONTINGENT_SECRET": SECRET}
    with log.open("w") as faults, subprocess.Popen(
        [sys.executable, str(SERVERS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=faults, text=True, bufsize=1,
        env=environment,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.stdin.close()
            process.kill()


def born(process: "subprocess.Popen[str]", port: int, place: str) -> int:
    """Bear a server, and return its process."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{port} {place}\n")
    process.stdin.flush()
    return int(process.stdout.readline().removeprefix("born "))


@contextmanager
def writing(port: int) -> Iterator[list[Writer]]:
    writers = [Writer(number, port) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        for writer in writers:
            writer.over.set()
        for writer in writers:
            writer.join(40)


def kill_servers(place: str, folder: Path, *, times: int) -> None:
    """Kill the server at random moments; nothing acknowledged is lost, and nothing is half there."""
    chance = random.Random(20270301)
    conference, port = made(place), free_port()
    with nursery(folder / "log") as process:
        assert process.stdout is not None
        for _ in range(times):
            with writing(port) as writers:
                before = numbers(conference)
                child = born(process, port, place)
                assert writers[0].wrote.acquire(timeout=60), (folder / "log").read_text()
                time.sleep(chance.random() * 0.15)
                os.kill(child, signal.SIGKILL)
                assert process.stdout.readline() == "dead\n"
            for writer, (one, other), (was, _) in zip(writers, numbers(conference), before, strict=True):
                assert one == other, "half of a change was written"
                least = max(was, writer.acknowledged)
                assert least <= one <= least + 1, "an acknowledged change was lost"
                assert writer.answers <= ANSWERS
    assert conference.verify() == ()
    conference.close()
    assert "Traceback" not in (folder / "log").read_text()


def test_a_killed_server_loses_nothing(place: str, tmp_path: Path) -> None:
    kill_servers(place, tmp_path, times=3)


@pytest.mark.slow
def test_a_hundred_killed_servers_lose_nothing(place: str, tmp_path: Path) -> None:
    kill_servers(place, tmp_path, times=100)


def test_a_postgresql_that_is_restarted_under_load_is_answered_for(tmp_path: Path) -> None:
    """Killed at once, and in order, while three people write: they wait or are told 503, and go on."""
    with started_postgres() as server:
        place, port = new_database(server), free_port()
        conference = made(place)
        with nursery(tmp_path / "log") as process:
            child = born(process, port, place)
            with writing(port) as writers:
                for how in ("immediate", "fast"):
                    assert writers[0].wrote.acquire(timeout=60), (tmp_path / "log").read_text()
                    control(server, "-m", how, "restart")
                    for writer in writers:
                        while writer.wrote.acquire(blocking=False):
                            pass
                for writer in writers:
                    assert writer.wrote.acquire(timeout=60), "nobody writes after the restart"
            os.kill(child, signal.SIGKILL)
        for writer, (one, other) in zip(writers, numbers(conference), strict=True):
            assert one == other, "half of a change was written"
            assert writer.acknowledged <= one <= writer.acknowledged + 1, "an acknowledged change was lost"
            assert writer.answers <= ANSWERS
        assert conference.verify() == ()
        conference.close()
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_database_out_of_reach_is_told_and_comes_back(tmp_path: Path) -> None:
    """503 with a time to come again, on pages and for programs; nothing of where it lies is told."""
    with started_postgres() as server:
        conference = Conference.open(new_database(server), create_from="tiny", patience=0.3)
        app = create_app(WebSettings("", secret=SECRET.encode()), conference=conference)
        client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        rows = client.get("/requirements/rows").json()["rows"]
        edit = {"edits": [edited(rows[0], "x")]}
        headers = {"x-csrf-token": token_here()}
        options = shlex.join(shlex.split((server.pgdata / "postmaster.opts").read_text())[1:])
        control(server, "-m", "immediate", "stop")
        for answer in (client.get("/"), client.get("/jobs"), client.post("/requirements/rows", json=edit, headers=headers)):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "Nothing was changed" in answer.text
            assert str(server.pgdata) not in answer.text
        control(server, "-o", options, "start")
        assert client.post("/requirements/rows", json=edit, headers=headers).status_code == 200
        assert client.get("/requirements/rows").json()["rows"][0]["cells"]["title"] == "x"
        assert conference.verify() == ()
        conference.close()


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    """No file may grow any more: 503 that says so, what was acknowledged stands, and with room again work goes on."""
    conference = made(str(tmp_path / "conference.sqlite"))
    app = create_app(WebSettings("", secret=SECRET.encode()), conference=conference)
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    headers = {"x-csrf-token": token_here()}

    def write(text: str) -> httpx.Response:
        rows = client.get("/requirements/rows").json()["rows"][:2]
        return client.post("/requirements/rows", json={"edits": [edited(row, text) for row in rows]}, headers=headers)

    room = max(path.stat().st_size for path in tmp_path.iterdir()) + 100_000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    last = ""
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        for number in range(60):
            text = f"{number} {os.urandom(1900).hex()}"
            answer = write(text)
            if answer.status_code != 200:
                break
            last = text
        seen = client.get("/requirements/rows")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert answer.status_code == 503, answer.text
    assert "the disk " in answer.text
    assert "Nothing was changed" in answer.text
    assert last
    assert [row["cells"]["title"] for row in seen.json()["rows"][:2]] == [last, last]
    assert conference.verify() == ()
    assert write("room").status_code == 200
    assert conference.verify() == ()
    conference.close()


# -------------------------------------------------------------------------------------------------------------- clocks that jump


def test_a_clock_that_is_put_back_ends_no_session_and_opens_none(browser: Opened, clock: Clock) -> None:
    """An hour back: who is signed in stays so; then an hour on again, and the session still ends when it should."""
    client = browser("pia")
    clock.later(-3600)
    assert client.get("/").status_code == 200
    clock.later(3600)
    assert client.get("/").status_code == 200
    clock.later(timedelta(hours=2, minutes=1).total_seconds())
    assert client.get("/").status_code == 303


def test_a_clock_that_leaps_ahead_ends_sessions(browser: Opened, clock: Clock) -> None:
    """A day ahead and back again: the session that was seen to be over stays over, and one may sign in again."""
    client = browser("pia")
    clock.later(86_400)
    assert client.get("/").status_code == 303
    clock.later(-86_400)
    assert client.get("/").status_code == 303
    assert client.sign_in("pia").status_code == 303
    assert client.get("/").status_code == 200


def test_a_clock_that_is_put_back_locks_nobody_out_for_long(browser: Opened, clock: Clock) -> None:
    """Locked for seconds, and the clock goes a year back: the lock does not last that year, and wrong tries lock again."""
    client = browser()
    for _ in range(6):
        assert client.sign_in("pia", "wrong wrong wrong").status_code == 401
    assert client.sign_in("pia").status_code == 401
    clock.later(-365 * 86_400)
    assert client.sign_in("pia", "wrong wrong wrong").status_code == 401
    assert client.sign_in("pia").status_code == 401
    clock.later(15 * 60 + 1)
    assert client.sign_in("pia", PASSWORD).status_code == 303


def test_a_session_from_the_time_to_come_lasts_no_longer_than_any_other(browser: Opened, clock: Clock) -> None:
    """Signed in while the clock was a year ahead: once it is put right the session is over, not good for a year."""
    clock.later(365 * 86_400)
    client = browser("pia")
    clock.later(-365 * 86_400)
    assert client.get("/").status_code == 303


def test_changes_keep_their_order_though_the_clock_goes_back(conference: Conference, browser: Opened, clock: Clock) -> None:
    """The history is ordered by its numbers; the chain holds whatever the clocks said."""
    client = browser("pia")
    for seconds in (0.0, -7200.0, 10_000.0):
        clock.later(seconds)
        page = client.get("/requirements/edit").text
        rows = client.get("/requirements/rows").json()["rows"]
        sent = {"edits": [edited(rows[0], str(seconds))]}
        answer = client.post("/requirements/rows", json=sent, headers={"x-csrf-token": form_token(page)})
        assert answer.status_code == 200
    found = [entry.after["title"] for entry in conference.history("requirements", limit=3) if entry.after]
    assert found == ["10000.0", "-7200.0", "0.0"]
    assert conference.verify() == ()


def test_where_files_lie_is_not_in_the_way(tmp_path: Path) -> None:
    """The folder of a conference on SQLite is taken away: a clear answer, no fault of the program."""
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    conference = Conference.open(folder / "c.sqlite", create_from="tiny")
    conference.database.engine.dispose()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    app = create_app(WebSettings(""), conference=conference)
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text
    conference.close()
