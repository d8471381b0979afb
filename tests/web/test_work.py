"""Jobs: what becomes of them where all goes well, where they are stopped, and where a worker dies."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contingent.model.scenario import Scenario
from contingent.pipeline import make_plan, verify
from contingent.plan.plan import PlanOptions
from contingent.store import Actor, Conference, Edit, Job
from contingent.web.work import worker as worker_module
from contingent.web.work.asking import BY_ITSELF, MOST_OPEN, TooMany, ask
from contingent.web.work.worker import Far, Worker

PIA = Actor("pia", "planner", None, 2)
LONG = 90.0
"""Longest that a test waits for anything. [s]"""


def until(holds: Callable[[], Any], seconds: float = LONG) -> Any:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError("nothing came of it in time")


@contextmanager
def working(file: Path, **more: Any) -> Iterator[Worker]:
    """A worker in a thread of its own; what it computes is computed in a process."""
    stop, worker = threading.Event(), Worker(str(file), **more)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield worker
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def file(conference: Conference) -> Path:
    return Path(str(conference.database.url.database))


def over(conference: Conference, number: int) -> Job:
    return until(lambda: job if (job := conference.job(number)).is_over else None)


def never_ends(conference: Conference) -> int:
    """A job that takes longer than any test."""
    return conference.enqueue(PIA, "simulate", {"replications": 2_000_000_000})


def with_a_plan(conference: Conference) -> int:
    state = conference.state()
    assert isinstance(state.scenario, Scenario)
    plan = make_plan(state.scenario, PlanOptions(replications=0, remedies=False))
    return conference.add_plan(PIA, plan, state.seq, scenario=state.scenario)


def test_a_plan_is_made_of_the_tables_as_they_stand_and_every_promise_of_it_holds(conference: Conference, file: Path):
    first = ask(conference, PIA, "plan", {"option": None})
    again = ask(conference, PIA, "plan", {"option": None})
    assert first == again  # asked for twice before it began: made once
    with working(file):
        job = over(conference, first)
        assert (job.status, job.share) == ("done", 1.0), job.message
        stored = conference.stored_plan(job.result["plan"])
        assert (stored.made_by, stored.job, stored.of_seq) == ("pia", job.id, conference.state().seq)
        assert stored.fill == pytest.approx(0.65)  # docs/tutorial-tiny.md
        assert verify(conference.state().scenario, stored.plan) == ()
        proof = over(conference, ask(conference, PIA, "verify"))
        assert proof.result["findings"] == []


@pytest.mark.slow
def test_what_is_tried_is_planned_and_leaves_the_tables_and_the_plans_alone(conference: Conference, file: Path):
    number, before = with_a_plan(conference), conference.state()
    gone = [row for row in before.rows["offers"] if row.cells["nation"] == "ALD"]
    edits = [{"table": row.table, "cells": None, "row": row.id, "version": row.version} for row in gone]
    with working(file):
        job = over(conference, ask(conference, PIA, "what_if", {"edits": edits, "words": ["ALD withdraws"], "against": number}))
    assert job.status == "done", job.message
    assert conference.state().rows == before.rows
    assert [plan.id for plan in conference.plans()] == [number]
    assert job.result["fill"] < conference.stored_plan(number).fill
    edited = conference.change(PIA, [Edit(each["table"], None, each["row"], each["version"]) for each in edits])
    assert job.result["fill"] == pytest.approx(make_plan(edited.scenario, PlanOptions(replications=0)).fill)


@pytest.mark.slow
def test_what_comes_to_nothing_says_why(conference: Conference, file: Path):
    with working(file):
        assert over(conference, ask(conference, PIA, "situation")).message == "No incident was reported yet."
        assert "no kind" in over(conference, conference.enqueue(PIA, "nonsense", {})).message
        assert over(conference, ask(conference, PIA, "plan", {"option": "none such"})).status == "failed"


def test_a_job_is_stopped_while_it_waits_and_while_it_runs(conference: Conference, file: Path):
    with_a_plan(conference)
    waits = never_ends(conference)
    assert conference.cancel(PIA, waits).status == "cancelled"
    with working(file):
        runs = never_ends(conference)
        until(lambda: conference.job(runs).status == "running")
        begun = time.monotonic()
        conference.cancel(PIA, runs)
        assert over(conference, runs).status == "cancelled"
        assert time.monotonic() - begun < LONG / 2
        # The worker is free again, and takes the next.
        assert over(conference, ask(conference, PIA, "verify")).status == "done"


@pytest.mark.slow
def test_what_is_done_only_ever_grows(conference: Conference, file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker_module, "BEAT", 0.05)
    with_a_plan(conference)
    told = []
    with working(file) as worker:
        progress = worker.conference.progress
        monkeypatch.setattr(worker.conference, "progress", lambda *a, **b: (told.append(a[1]), progress(*a, **b))[1])
        assert over(conference, ask(conference, PIA, "simulate", {"replications": 4000})).status == "done"
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)


def test_a_share_never_goes_back_and_is_never_all_before_the_end():
    job: Any = type("Asked", (), {"kind": "plan"})
    far = Far(job, usual=1e-9)
    shares = [far.share()]
    for done, of_all in ((9, 10), (1, 10), (10, 10)):
        far.tell(done, of_all)
        shares.append(far.share())
    assert shares == sorted(shares)
    assert shares[-1] < 1


@pytest.mark.slow
def test_a_search_that_is_enough_ends_with_the_best_so_far(tmp_path: Path):
    conference = Conference.open(tmp_path / "large.sqlite", create_from="reassurance")
    try:
        number = ask(conference, PIA, "plan", {"time_limit": 600.0})
        with working(tmp_path / "large.sqlite"):
            so_far = until(lambda: conference.job(number).so_far)
            assert [each["priority"] for each in so_far["priorities"]] == [1, 2, 3]
            assert all(0.0 < each["filled"] <= each["most"] <= 1.0 for each in so_far["priorities"])
            assert "P1 " in conference.job(number).message
            conference.enough(PIA, number)
            job = over(conference, number)
        assert (job.status, job.result["ended_early"]) == ("done", True), job.message
        stored = conference.stored_plan(job.result["plan"])
        assert verify(stored.scenario, stored.plan) == ()
        assert stored.plan.fill_of(1) >= so_far["priorities"][0]["filled"] - 0.05
        assert stored.plan.provenance["ended_early"] is True
    finally:
        conference.close()


@pytest.mark.slow
def test_two_workers_never_do_one_job(conference: Conference, file: Path):
    with_a_plan(conference)
    with working(file, name="one"), working(file, name="two"):
        numbers = [conference.enqueue(PIA, "verify", {"time": at}) for at in range(4)]
        jobs = [over(conference, number) for number in numbers]
    assert [(job.status, job.attempt) for job in jobs] == [("done", 1)] * 4
    entries = [entry.details for entry in conference.history(limit=200) if entry.kind == "job"]
    for number in numbers:
        assert sorted(entry["status"] for entry in entries if entry["job"] == number) == ["done", "queued"]


def process(file: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "CONTINGENT_DATABASE": str(file)}
    command = [sys.executable, "-m", "contingent.web.work", "--with-server"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(part) for part in text.split()]


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


needs_proc = pytest.mark.skipif(not Path(f"/proc/{os.getpid()}/task").is_dir(), reason="processes are looked up in /proc")


@pytest.mark.slow
@needs_proc
def test_the_job_of_a_killed_worker_is_done_by_another_and_nothing_of_the_dead_one_runs_on(conference: Conference, file: Path):
    with_a_plan(conference)
    number = never_ends(conference)
    dead = process(file)
    try:
        until(lambda: conference.job(number).status == "running")
        family = children_of(dead.pid)
        dead.kill()
        dead.wait()
    finally:
        dead.kill()
        dead.wait()
        dead.stdin.close()
    until(lambda: not any(is_there(pid) for pid in family))
    with working(file, patience=0.5):
        job = until(lambda: job if (job := conference.job(number)).attempt == 2 else None)
        assert job.status == "running"
        conference.cancel(PIA, number)
        assert over(conference, number).status == "cancelled"


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("how", ["told", "server gone"])
def test_a_worker_that_is_told_to_end_gives_its_job_back_at_once(conference: Conference, file: Path, how: str):
    with_a_plan(conference)
    number = never_ends(conference)
    ending = process(file)
    until(lambda: conference.job(number).status == "running")
    family = children_of(ending.pid)
    if how == "told":
        ending.send_signal(signal.SIGTERM)
    else:
        ending.stdin.close()
    assert ending.wait(LONG) == 0
    ending.stdin.close()
    job = conference.job(number)
    assert (job.status, job.attempt) == ("queued", 1)
    until(lambda: not any(is_there(pid) for pid in family))
    conference.cancel(PIA, number)


@pytest.mark.slow
def test_a_computation_that_is_killed_fails_and_the_worker_goes_on(
    conference: Conference, file: Path, monkeypatch: pytest.MonkeyPatch
):
    with_a_plan(conference)
    made: list[Any] = []
    child = worker_module.Child
    monkeypatch.setattr(worker_module, "Child", lambda database: made.append(child(database)) or made[-1])
    with working(file):
        number = never_ends(conference)
        until(lambda: conference.job(number).status == "running")
        os.kill(made[0].pid, signal.SIGKILL)  # the first is the one with the job; the second waits
        job = over(conference, number)
        assert (job.status, "without a word" in job.message) == ("failed", True)
        assert over(conference, ask(conference, PIA, "verify")).status == "done"


def test_nobody_fills_the_queue_alone(conference: Conference):
    for at in range(MOST_OPEN):
        ask(conference, PIA, "what_if", {"words": [str(at)]})
    with pytest.raises(TooMany):
        ask(conference, PIA, "what_if", {"words": ["more"]})
    ask(conference, Actor("ann", "administrator", None, 1), "what_if", {})


@pytest.mark.slow
def test_the_plan_is_made_anew_by_itself_once_nobody_edits(conference: Conference, file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker_module, "QUIET", -1e9)  # the conference's clock is a test's
    with_a_plan(conference)
    with working(file):
        row = conference.state().rows["offers"][0]
        conference.change(PIA, [Edit("offers", {**row.cells, "notice_days": "3"}, row.id, row.version)])
        time.sleep(1.5)
        assert conference.jobs() == []  # not before the conference wants it so
        conference.set_setting(PIA, BY_ITSELF, True)
        job = until(lambda: conference.jobs() and conference.jobs()[0])
        assert (job.kind, job.asked_by) == ("plan", "the server")
        assert over(conference, job.id).status == "done"
        time.sleep(1.5)
        assert len(conference.jobs()) == 1
    assert conference.latest_plan().of_seq == conference.state().seq


@pytest.mark.slow
def test_adding_to_an_older_plan_does_not_make_it_the_newest(conference: Conference, file: Path):
    older = with_a_plan(conference)
    newer = with_a_plan(conference)
    with working(file):
        of_older = over(conference, conference.enqueue(PIA, "remedies", {"plan": older}))
        of_newer = over(conference, conference.enqueue(PIA, "remedies", {"plan": newer}))
    assert (of_older.status, of_newer.status) == ("done", "done"), (of_older.message, of_newer.message)
    assert "plan" not in of_older.result
    assert conference.job_archive(of_older.id) is not None
    assert conference.latest_plan().id == of_newer.result["plan"]


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("how", ["terminate", "ctrl-c in a terminal"])
def test_a_server_that_is_told_to_end_while_a_job_runs_and_a_page_listens_ends_in_order(
    conference: Conference, file: Path, how: str
):
    import httpx

    with_a_plan(conference)
    number = never_ends(conference)
    command = [sys.executable, "-m", "contingent", "serve", "tiny", "--database", str(file), "--no-browser"]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        address = re.search(r"http://\S+", serving.stdout.readline())[0]
        until(lambda: conference.job(number).status == "running")
        family = [child for pid in children_of(serving.pid) for child in (pid, *children_of(pid))]
        with httpx.Client(timeout=20).stream("GET", f"{address}/events") as stream:
            lines = stream.iter_lines()
            assert next(lines).partition(":")[0] in ("id", "event")
            if how == "terminate":
                serving.send_signal(signal.SIGTERM)
            else:  # the whole group of the terminal hears it
                os.killpg(serving.pid, signal.SIGINT)
            assert serving.wait(LONG) == 0
    finally:
        serving.kill()
        _, told = serving.communicate()
    assert "Traceback" not in told
    assert (conference.job(number).status, conference.job(number).attempt) == ("queued", 1)
    assert family
    until(lambda: not any(is_there(pid) for pid in family))


@pytest.mark.slow
def test_workers_of_two_processes_share_a_postgresql_database_and_its_pages_hear_of_it():
    from tests.store.conftest import new_database, started_postgres

    from contingent.web.work.beside import begin_worker, end_worker, place_of
    from contingent.web.work.feed import Feed

    with started_postgres() as server:
        conference = Conference.open(new_database(server), create_from="tiny")
        workers = [begin_worker(place_of(conference)) for _ in range(2)]
        try:
            head = conference.head().seq
            with_a_plan(conference)
            jobs = [over(conference, conference.enqueue(PIA, "verify", {"time": at})) for at in range(3)]
            assert [(job.status, job.attempt) for job in jobs] == [("done", 1)] * 3
            missed = Feed(conference).missed(head)
            assert [change.kind for change in missed.changes] == ["plan", *["job"] * 6]
            assert set(missed.jobs) == {job.id for job in jobs}
        finally:
            for each in workers:
                end_worker(each)
            conference.close()
        assert [each.returncode for each in workers] == [0, 0]
