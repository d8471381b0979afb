"""What pages keep: made once for all who ask at once, and again only when what is seen has changed."""

import threading
from typing import Any

import pytest
from tests.web.hall import DELEGATE

from contingent.pipeline import derive
from contingent.store import Actor, Conference, Edit
from contingent.web.guard.viewer import Viewer
from contingent.web.seen import seen_scenario
from contingent.web.view import Seen, Shelf, seen_now


def test_who_asks_for_what_is_being_made_waits_for_it() -> None:
    """Twenty ask at once: it is made once, and all are given the same."""
    shelf, made, begun = Shelf(), [], threading.Event()

    def make() -> object:
        begun.wait(5)
        made.append(1)
        return object()

    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(shelf.get(("thing",), make))) for _ in range(20)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    assert (len(made), len({id(each) for each in found}), len(found)) == (1, 1, 20)


def test_what_cannot_be_made_is_tried_again() -> None:
    shelf = Shelf()
    with pytest.raises(ZeroDivisionError):
        shelf.get(("thing",), lambda: 1 / 0)
    assert shelf.get(("thing",), lambda: 7) == 7


def test_of_each_thing_the_newest_is_kept_and_of_each_kind_so_many() -> None:
    shelf = Shelf(most=2)
    assert [shelf.get(("a", 1), lambda text=text: text, version=seq) for seq, text in ((1, "old"), (2, "new"))] == ["old", "new"]
    assert shelf.get(("a", 1), lambda: "late", version=1) == "late"
    assert shelf.get(("a", 1), lambda: "again", version=2) == "new"
    for number in (2, 3):
        shelf.get(("a", number), lambda: "other")
    shelf.get(("b", 1), lambda: "of another kind")
    assert shelf.last(("a", 1)) is None
    assert shelf.last(("a", 3)) == "other"
    assert shelf.last(("b", 1)) == "of another kind"


@pytest.mark.parametrize("viewer", [DELEGATE, Viewer("D", "delegate", "ALD", 7), Viewer("O", "observer"), Viewer("P", "planner")])
def test_what_is_seen_is_the_same_however_it_was_come_by(conference: Conference, viewer: Viewer) -> None:
    """After each of several edits, what is made from what was seen before equals what is made anew; others change nothing."""
    shelf, anna = Shelf(), Actor("Anna", "planner")

    def now() -> Seen:
        state = conference.state()
        assert state.scenario is not None
        whole = derive(state.scenario)
        found = shelf.get(("scenario", (viewer.role, viewer.nation)), lambda: seen_now(shelf, whole, viewer, seq=state.seq),
                          version=state.seq)  # fmt: skip
        assert found.seen == seen_scenario(whole, viewer)
        return found

    first = now()
    own = next(row for row in conference.state().rows["offers"] if row.cells["nation"] == "ALD")
    other = next(row for row in conference.state().rows["offers"] if row.cells["nation"] == "BRN")
    for row, is_seen in ((other, viewer.sees_all), (own, viewer.sees_all or viewer.nation == "ALD")):
        before = now()
        conference.change(anna, [Edit("offers", {**row.cells, "quantity": "7"}, row.id, row.version)])
        after = now()
        assert (after.since > before.since) == is_seen
        assert (after.seen is before.seen) == (not is_seen)
    line = conference.state().rows["requirements"][0]
    conference.change(anna, [Edit("requirements", {**line.cells, "title": "another"}, line.id, line.version)])
    assert now().since > first.since


