"""Which plans and results are kept, and that what is taken out is told and leaves the rest as it was."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.plan import hand_made

from contingent.store import Actor, Conference, UnknownNumber, backup, restore
from contingent.store.retention import USUALLY_KEPT

Open = Callable[..., Conference]


def add(conference: Conference, actor: Actor, number: int = 1, *, option: str | None = "medium", of_seq: int = 1) -> list[int]:
    plan = replace(hand_made.plan(), option=option)
    return [conference.add_plan(actor, plan, of_seq) for _ in range(number)]


def job(conference: Conference, actor: Actor, kind: str, arguments: dict[str, Any], result: dict[str, Any]) -> int:
    """A job that is done and has left files."""
    number = conference.enqueue(actor, kind, arguments)
    taken = conference.claim("w")
    assert taken is not None
    conference.finish(number, result, archive=b"files", attempt=taken.attempt)
    return number


def there(conference: Conference) -> list[int]:
    return [plan.id for plan in conference.plans()][::-1]


def test_the_last_ones_are_kept_and_all_that_something_names(conference: Conference, planner: Actor) -> None:
    add(conference, planner, 2, option="small")  # 1, 2: of another option
    version = conference.name_version(planner, "before the round")
    add(conference, planner, of_seq=version.of_seq)  # 3: of a version with a name
    add(conference, planner, 4)  # 4 to 7
    conference.retention.keep(planner, ["p4"])
    tried = job(conference, planner, "what_if", {"against": 5}, {"fill": 0.5})
    conference.enqueue(planner, "verify", {"plan": 6})  # waits, and is about plan 6
    assert conference.retention.prune(planner).is_nothing, "a hundred are kept where nothing is said"
    conference.retention.set_how_many(planner, 2)
    add(conference, planner, 2)  # 8, 9: what is too many goes as they come
    # 2 is the newest of its option, 3 of a version, 4 kept by hand, 5 and 6 are named by what is kept, 8 and 9 are the last.
    assert there(conference) == [2, 3, 4, 5, 6, 8, 9]
    entries = [entry for entry in conference.history(limit=100) if entry.kind == "prune"]
    assert sorted(number for entry in entries for number in entry.details["plans"]) == [1, 7]
    assert conference.verify() == ()
    assert conference.job(tried).has_archive
    with pytest.raises(UnknownNumber):
        conference.plan_archive(7)
    conference.retention.keep(planner, ["p4"], kept=False)
    assert conference.retention.prune(planner).plans == (4,)


def test_files_of_old_results_go_and_the_jobs_stay(conference: Conference, planner: Actor) -> None:
    (plan,) = add(conference, planner)
    numbers = [job(conference, planner, "what_if", {"against": plan}, {"fill": 0.5}) for _ in range(4)]
    stressed = job(conference, planner, "stress", {"what_if": numbers[0]}, {"of_what_if": numbers[0]})
    conference.retention.keep(planner, [f"w{numbers[0]}"])
    dry = conference.retention.prune(planner, how_many=1, is_dry=True)
    # By hand the first is kept, and what is about it; the stress test is the last anyhow.
    assert (dry.plans, dry.jobs, dry.size) == ((), tuple(numbers[1:]), 3 * len(b"files"))
    assert all(conference.job(number).has_archive for number in numbers), "nothing was taken out yet"
    assert conference.retention.prune(planner, how_many=1) == dry
    assert [conference.job(number).has_archive for number in [*numbers, stressed]] == [True, False, False, False, True]
    assert conference.job(numbers[1]).result == {"fill": 0.5}
    assert conference.job_archive(numbers[1]) is None
    assert conference.retention.prune(planner, how_many=1).is_nothing
    assert conference.verify() == ()


def test_the_last_of_each_is_never_taken_out_and_numbers_are_not_given_twice(opened: Open, planner: Actor, tmp_path: Any) -> None:
    conference = opened()
    conference.retention.set_how_many(planner, 1)
    assert add(conference, planner, 3, option=None) == [1, 2, 3]
    assert there(conference) == [3]
    backup(conference.database.url.render_as_string(hide_password=False) if not conference.database.is_sqlite
           else str(conference.database.url.database), tmp_path / "b.zip")  # fmt: skip
    restore(tmp_path / "b.zip", tmp_path / "copy.sqlite")
    copy = Conference.open(tmp_path / "copy.sqlite")
    try:
        assert copy.verify() == ()
        assert add(copy, planner, option=None) == [4]
        assert there(copy) == [4]
    finally:
        copy.close()


def test_a_plan_that_went_without_an_entry_is_found_and_so_is_one_that_came_back(conference: Conference, planner: Actor) -> None:
    from sqlalchemy import insert, select, update

    from contingent.store.tables import PLAN

    conference.retention.set_how_many(planner, 1)
    add(conference, planner)
    row = conference.database.read(lambda connection: connection.execute(select(PLAN)).one())._asdict()
    add(conference, planner)
    assert conference.verify() == ()
    conference.database.write(lambda connection: connection.execute(insert(PLAN).values(**row)), chained=False)
    assert [finding.what for finding in conference.verify()] == ["plan 1 is not the one that was stored."]
    moved = update(PLAN).where(PLAN.c.id == 2).values(id=9)
    conference.database.write(lambda connection: connection.execute(moved), chained=False)
    assert "plan 2 is missing." in [finding.what for finding in conference.verify()]


def test_how_many_are_kept_is_a_number_that_makes_sense(conference: Conference, planner: Actor) -> None:
    assert conference.retention.how_many() == USUALLY_KEPT
    for wrong in (-1, 10**9):
        with pytest.raises(ValueError, match="between"):
            conference.retention.set_how_many(planner, wrong)
    conference.retention.set_how_many(planner, 0)
    add(conference, planner, 3)
    assert conference.retention.prune(planner).is_nothing
    conference.retention.keep(planner, ["w10", "p2", "p10"])
    assert conference.retention.by_hand() == ("p2", "p10", "w10")
