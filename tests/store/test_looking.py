"""What is asked of the database, counted: rows and plans are read once for all that ask between two entries of the history."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from tests.plan import hand_made
from tests.store.counting import counted

from contingent.store import Actor, Conference, Conflict, Edit
from contingent.store.database import Database

Open = Callable[..., Conference]


def edit_of(conference: Conference, at: int, **cells: str) -> Edit:
    row = conference.state().rows["offers"][at]
    return Edit("offers", {**row.cells, **cells}, row.id, row.version)


def quantities(conference: Conference) -> list[str]:
    return [row.cells["quantity"] for row in conference.state().rows["offers"]]


def test_where_nothing_has_changed_one_statement_is_enough(conference: Conference, planner: Actor) -> None:
    conference.add_plan(planner, hand_made.plan(), conference.state().seq)
    before = conference.look()
    with counted(conference) as said:
        assert conference.look() is before
        assert conference.state() is before.state
        assert conference.latest_plan() == conference.stored_plan(1) == before.plans[0]
    assert len(said) == 4
    assert not any(each.startswith("BEGIN") for each in said)


def test_a_change_is_written_in_so_few_statements_and_read_by_nobody_here(conference: Conference, planner: Actor) -> None:
    edit = edit_of(conference, 0, quantity="7")
    with counted(conference) as said:
        conference.change(planner, [edit])
        written = len(said)
        assert quantities(conference)[0] == "7"
    assert written <= 8
    assert len(said) == written + 1


def test_what_another_process_changed_is_read_once_by_all_who_ask(opened: Open, planner: Actor) -> None:
    """Twenty ask at once after a change: each asks where the history ends, and one reads on."""
    here, there = opened(), opened(None)
    here.state()
    there.change(planner, [edit_of(there, 0, quantity="7")])
    all_ask, found = threading.Barrier(20), list[Any]()

    def ask() -> None:
        all_ask.wait()
        found.append(here.state())

    with counted(here) as said:
        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {id(each) for each in found} == {id(here.state())}
    assert here.state().rows["offers"][0].cells["quantity"] == "7"
    assert sum("FROM audit" in each for each in said) == 1
    assert not any("FROM scenario_row" in each for each in said)


def test_who_comes_too_late_is_told_so_though_another_is_writing(opened: Open, planner: Actor) -> None:
    """Whether a change makes sense is found out before it takes its turn."""
    here, there = opened(), opened(None)
    late = edit_of(here, 0, quantity="8")
    there.change(planner, [edit_of(there, 0, quantity="7")])
    with there.database.engine.connect().execution_options(writes=True) as other, other.begin():
        if not there.database.is_sqlite:
            other.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": 0x636F6E74})
        with pytest.raises(Conflict):
            here.change(planner, [late])


@pytest.mark.parametrize("what", ["a row", "a new row", "a job"])
def test_a_change_that_another_overtakes_is_drawn_up_anew(
    opened: Open, planner: Actor, pole: Actor, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Between its checks and its turn another process writes: both changes stand, numbers of rows are given once."""
    here, there = opened(), opened(None)
    row = here.state().rows["offers"][0]
    new = Edit("offers", {**row.cells, "offer": "here"})
    theirs = {"a row": edit_of(there, 1, quantity="9"), "a new row": Edit("offers", {**row.cells, "offer": "there"})}
    write = Database.write

    def overtaken(database: Database, work: Any, **more: Any) -> Any:
        if database is here.database:
            monkeypatch.setattr(Database, "write", write)
            _ = there.enqueue(pole, "plan", {}) if what == "a job" else there.change(pole, [theirs[what]])
        return write(database, work, **more)

    monkeypatch.setattr(Database, "write", overtaken)
    state = here.change(planner, [new])
    assert state == there.state() == here.state()
    assert state.rows["offers"][-1].cells["offer"] == "here"
    assert quantities(here)[1] == ("9" if what == "a row" else quantities(there)[1])
    numbers = [each.id for each in state.rows["offers"]]
    assert len(set(numbers)) == len(numbers)
    assert [entry.actor for entry in here.history(limit=2)] == ["Anna", "Piotr"]
    assert here.verify() == ()


def test_a_change_of_a_row_that_another_has_just_changed_is_a_conflict(
    opened: Open, planner: Actor, pole: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = opened(), opened(None)
    write, edit, other = Database.write, edit_of(here, 0, quantity="7"), edit_of(there, 0, quantity="9")

    def overtaken(database: Database, work: Any, **more: Any) -> Any:
        if database is here.database:
            monkeypatch.setattr(Database, "write", write)
            there.change(pole, [other])
        return write(database, work, **more)

    monkeypatch.setattr(Database, "write", overtaken)
    with pytest.raises(Conflict):
        here.change(planner, [edit])
    assert quantities(here)[0] == "9"


def test_whether_a_job_is_open_is_known_without_asking_for_it(opened: Open, planner: Actor) -> None:
    here, worker = opened(), opened(None)
    assert not here.look().has_open_jobs
    first, second = (worker.enqueue(planner, "plan", {}) for _ in range(2))
    assert here.look().has_open_jobs
    job = worker.claim("w")
    assert job is not None
    worker.cancel(planner, second)
    assert here.look().has_open_jobs
    worker.finish(first, {}, attempt=1)
    assert not here.look().has_open_jobs


def test_plans_that_another_process_adds_or_takes_out_are_seen(opened: Open, planner: Actor) -> None:
    here, there = opened(), opened(None)
    assert here.look().plans == ()
    numbers = [there.add_plan(planner, hand_made.plan(), 45) for _ in range(3)]
    assert [each.id for each in here.plans()] == numbers[::-1]
    there.retention.prune(planner, how_many=1)
    assert [each.id for each in here.look().plans] == [numbers[-1]]
    assert here.look().plan(numbers[0]) is None


def test_accounts_and_sessions_are_asked_for_many_at_once(conference: Conference) -> None:
    accounts = conference.accounts
    people = [accounts.add_account(f"person {number}", role="observer") for number in range(30)]
    at = conference.history(limit=1)[0].at
    for person in people:
        accounts.add_session(f"mark {person.id}", person.id, at)
    marks = {f"mark {person.id}": person for person in people}
    with counted(conference) as said:
        assert {mark: each.account for mark, each in accounts.sessions({*marks, "none"}).items()} == marks
        assert accounts.accounts_by([person.id for person in people]) == {person.id: person for person in people}
        assert accounts.sessions(()) == {}
    assert len(said) == 2
