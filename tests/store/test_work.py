"""Plans, jobs, incidents and accounts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars.testing
import pytest
from tests.plan import hand_made
from tests.store.conftest import Clock

from contingent.plan.columns import COLUMNS
from contingent.store import Actor, Conference, LostJob, NameTaken, Refused, UnknownNumber
from contingent.store.plans import packed

Open = Callable[..., Conference]
SOON = datetime(2030, 1, 1, tzinfo=UTC)


# ------------------------------------------------------------------------------------------------------------------- plans


def test_a_plan_comes_back_as_it_was(opened: Open, planner: Actor) -> None:
    plan, scenario = hand_made.plan(), hand_made.scenario()
    number = opened().add_plan(planner, plan, 45, scenario=scenario, job=3)
    other = opened(None)
    stored = other.latest_plan()
    assert stored is not None
    assert (stored.id, stored.of_seq, stored.made_by, stored.option, stored.job) == (number, 45, "Anna", plan.option, 3)
    assert stored.fill == plan.fill
    assert stored.scenario == scenario
    for name in COLUMNS:
        polars.testing.assert_frame_equal(getattr(stored.plan, name), getattr(plan, name))
    assert other.plan(number) is stored.plan, "read once"
    assert [each.plan for each in other.changes_since(45)] == [number]


def test_plans_are_found_by_option_the_newest_first(conference: Conference, planner: Actor) -> None:
    from dataclasses import replace

    assert conference.latest_plan() is None
    plans = [replace(hand_made.plan(), option=option) for option in ("small", "large", "small")]
    numbers = [conference.add_plan(planner, plan, 45) for plan in plans]
    assert [stored.id for stored in conference.plans()] == numbers[::-1]
    assert [stored.id for stored in conference.plans(option="small")] == [numbers[2], numbers[0]]
    latest = conference.latest_plan("large")
    assert latest is not None
    assert latest.id == numbers[1]
    assert conference.latest_plan("medium") is None
    assert conference.stored_plan(99) is None
    with pytest.raises(UnknownNumber):
        conference.plan(99)


def test_the_same_plan_is_the_same_archive() -> None:
    assert packed(hand_made.plan(), hand_made.scenario()) == packed(hand_made.plan(), hand_made.scenario())


# -------------------------------------------------------------------------------------------------------------------- jobs


def test_a_job_from_its_asking_to_its_end(opened: Open, planner: Actor) -> None:
    page, worker = opened(), opened(None)
    start = page.head().seq
    assert worker.claim("w1") is None
    number = page.enqueue(planner, "plan", {"option": "small"})
    job = worker.claim("w1")
    assert job is not None
    assert (job.id, job.kind, job.arguments, job.status, job.attempt) == (number, "plan", {"option": "small"}, "running", 1)
    assert worker.claim("w2") is None, "nobody else gets it"
    assert worker.progress(number, 0.5, "searching", attempt=1)
    half = page.job(number)
    assert (half.share, half.message, half.is_over) == (0.5, "searching", False)
    worker.finish(number, {"plan": 7}, archive=b"frames", attempt=1)
    done = page.job(number)
    assert (done.status, done.share, done.result, done.is_over) == ("done", 1.0, {"plan": 7}, True)
    assert page.job_archive(number) == b"frames"
    assert [(each.kind, each.job) for each in page.changes_since(start)] == [("job", number)] * 2
    with pytest.raises(LostJob):
        worker.progress(number, 0.6)
    assert page.jobs(are_open=True) == []
    assert [each.id for each in page.jobs()] == [number]


def test_a_job_is_cancelled_waiting_or_running(conference: Conference, planner: Actor) -> None:
    waiting, running = (conference.enqueue(planner, "plan", {}) for _ in range(2))
    assert conference.cancel(planner, waiting).status == "cancelled"
    job = conference.claim("w")
    assert job is not None
    assert job.id == running
    assert conference.cancel(planner, running).status == "running"
    assert not conference.progress(running, 0.1)
    conference.fail(running, "stopped")
    assert conference.job(running).status == "cancelled"
    assert conference.cancel(planner, running).status == "cancelled"


def test_a_dead_worker_s_job_is_begun_again_once(opened: Open, planner: Actor, clock: Clock) -> None:
    """Death is told by silence on a steady clock: no jump of the clock on the wall kills a job."""
    conference = opened()
    steady = [0.0]
    queue: Any = conference._jobs
    queue._steady = lambda: steady[0]
    number = conference.enqueue(planner, "plan", {})
    assert conference.claim("w1") is not None
    assert conference.claim("w2") is None
    steady[0] = 29.0
    conference.progress(number, 0.2, attempt=1)
    clock.now += timedelta(days=400)
    steady[0] = 45.0
    assert conference.claim("w2") is None, "it gave a sign meanwhile"
    steady[0] = 76.0
    again = conference.claim("w2")
    assert again is not None
    assert (again.id, again.attempt, again.worker) == (number, 2, "w2")
    with pytest.raises(LostJob):
        conference.progress(number, 0.3, attempt=1)
    with pytest.raises(LostJob):
        conference.finish(number, attempt=1)
    assert conference.claim("w3") is None
    steady[0] = 110.0
    assert conference.claim("w3") is None
    failed = conference.job(number)
    assert (failed.status, failed.message) == ("failed", "Its worker died 2 times.")


def test_no_job_is_given_to_two_workers(opened: Open, planner: Actor) -> None:
    import threading

    conferences = [opened(), opened(None), opened(None)]
    numbers = [conferences[0].enqueue(planner, "plan", {}) for _ in range(12)]
    given: list[int] = []

    def work(conference: Conference) -> None:
        while (job := conference.claim(f"w{id(conference)}")) is not None:
            given.append(job.id)

    threads = [threading.Thread(target=work, args=(conference,)) for conference in conferences]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == numbers


# --------------------------------------------------------------------------------------------------------------- incidents


def test_incidents_come_in_once(conference: Conference, planner: Actor) -> None:
    rows = [{"incident": f"i{number}", "kind": "drone", "note": " "} for number in range(3)]
    assert conference.add_incidents(planner, rows) == 3
    assert conference.add_incidents(planner, [*rows, {"incident": "i9"}]) == 1
    found = conference.incidents()
    assert [each.incident for each in found] == ["i0", "i1", "i2", "i9"]
    assert found[0].cells == {"incident": "i0", "kind": "drone"}
    assert [each.incident for each in conference.incidents(found[2].number)] == ["i9"]
    with pytest.raises(Refused):
        conference.add_incidents(planner, [{"kind": "drone"}])
    assert conference.verify() == ()


# ---------------------------------------------------------------------------------------------------------------- accounts


def test_accounts_are_found_by_name_and_subject(conference: Conference) -> None:
    book = conference.accounts
    anna = book.add_account("Anna Kowalska", role="delegate", nation="POL", password_hash="h", subject="issuer anna")
    assert book.account_named(" anna  KOWALSKA ") == book.account(anna.id) == book.account_of_subject("issuer anna") == anna
    with pytest.raises(NameTaken):
        book.add_account("ANNA kowalska", role="observer")
    with pytest.raises(NameTaken):
        book.add_account("Another", role="observer", subject="issuer anna")
    assert book.accounts() == [anna]
    for expected in (1, 2):
        book.note_failure(anna.id, locked_until=lambda failures: SOON if failures > 1 else None)
        found = book.account(anna.id)
        assert found is not None
        assert (found.failures, found.locked_until) == (expected, SOON if expected > 1 else None)
    book.forget_failures(anna.id)
    assert book.account(anna.id) == anna
    with pytest.raises(UnknownNumber):
        book.set_password(99, "h")


def test_sessions_end_with_what_they_stand_on(conference: Conference) -> None:
    book = conference.accounts
    anna = book.add_account("Anna", role="planner", password_hash="h")
    for mark in ("one", "two"):
        book.add_session(mark, anna.id, SOON)
    book.touch_session("two", SOON + timedelta(hours=1))
    session = book.session("two")
    assert session is not None
    assert (session.account, session.begun_at, session.seen_at) == (anna, SOON, SOON + timedelta(hours=1))
    book.end_sessions(anna.id, before=SOON + timedelta(minutes=1))
    assert book.session("one") is None
    assert book.session("two") is not None
    book.set_terms(anna.id, role="observer", nation=None, is_disabled=True)
    assert book.session("two") is None
    book.add_session("three", anna.id, SOON)
    book.set_password(anna.id, "new")
    assert book.session("three") is None
    changed = book.account(anna.id)
    assert changed is not None
    assert (changed.role, changed.is_disabled, changed.password_hash) == ("observer", True, "new")


def test_an_invitation_makes_one_account(conference: Conference) -> None:
    book = conference.accounts
    book.add_account("Anna", role="planner")
    number = book.add_invitation("mark", role="delegate", nation="POL", made_by="Anna", expires_at=SOON)
    before = SOON - timedelta(days=1)
    assert [each.id for each in book.invitations(before)] == [number]
    assert book.invitation("mark", SOON) is None
    with pytest.raises(NameTaken):
        book.accept("mark", before, name="anna", password_hash="h")
    made = book.accept("mark", before, name="Piotr", password_hash="h")
    assert made is not None
    assert (made.role, made.nation) == ("delegate", "POL")
    assert book.accept("mark", before, name="Pawel", password_hash="h") is None
    book.add_invitation("other", role="observer", nation=None, made_by="Anna", expires_at=SOON)
    book.withdraw_invitation(book.invitations(before)[0].id)
    assert book.invitations(before) == []


def test_tokens_hold_until_they_end(conference: Conference) -> None:
    book = conference.accounts
    anna = book.add_account("Anna", role="planner")
    number = book.add_token("mark", name="feed", account=anna.id, scopes={"b", "a"}, expires_at=SOON)
    token = book.token("mark", SOON - timedelta(days=1))
    assert token is not None
    assert (token.id, token.name, token.account, token.scopes) == (number, "feed", anna, frozenset({"a", "b"}))
    assert book.token("mark", SOON) is None
    assert book.tokens(anna.id) == [token]
    book.withdraw_token(anna.id + 1, number)
    assert book.tokens(anna.id) == [token]
    book.withdraw_token(anna.id, number)
    assert book.tokens(anna.id) == []




def test_what_a_job_has_so_far_is_there_while_it_runs_and_no_longer(opened: Open, planner: Actor) -> None:
    page, worker = opened(), opened(None)
    number = page.enqueue(planner, "plan", {})
    assert page.enough(planner, number).is_enough is False, "there is nothing yet that could be kept"
    worker.claim("w1")
    by_priority = [{"priority": 1, "filled": 0.5, "most": 0.75}]
    so_far = {"step": "posts", "seconds": 2.0, "keeps_ceilings": True, "priorities": by_priority}
    assert worker.progress(number, 0.1, "searching", attempt=1, so_far=so_far)
    assert worker.progress(number, 0.2, "searching", attempt=1)
    assert page.job(number).so_far == so_far
    head = page.head().seq
    assert page.enough(planner, number).is_enough
    assert page.enough(planner, number).arguments == {"enough": True}
    assert [entry.details for entry in page.history(since=None, limit=1)] == [{"job": number, "kind": "plan", "status": "enough"}]
    assert page.head().seq == head + 1, "asked for twice, told once"
    worker.give_back(number, attempt=1)
    assert page.job(number).result is None
    worker.claim("w2")
    worker.progress(number, 0.1, "searching", attempt=2, so_far=so_far)
    worker.fail(number, "no luck", attempt=2)
    assert (page.job(number).result, page.job(number).so_far) == (None, None)
    assert page.verify() == ()


def test_jobs_are_found_by_kind(conference: Conference, planner: Actor) -> None:
    numbers = [conference.enqueue(planner, kind, {}) for kind in ("plan", "stress", "plan")]
    assert [job.id for job in conference.jobs(kind="plan")] == numbers[::-2]
