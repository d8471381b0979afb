"""How often a page asks the database: who looks, where the history ends, and what only the history itself can tell."""

from collections.abc import Callable

import pytest
from tests.plan import hand_made
from tests.store.counting import counted
from tests.web.conftest import PEOPLE, Browser, form_token

from contingent.store import Actor, Conference
from contingent.web.guard.viewer import Viewer
from contingent.web.pages import PAGES
from contingent.web.pages.events import Streams

ALWAYS = 2
"""Who looks, and where the history ends."""

FURTHER = {
    "/": 1,  # what was edited since yesterday
    "/history": 1,
    "/rotation": 1,  # the last pin that may be taken back
    "/ceasefire": 2,  # incidents that have arrived since, and whether it is known how long was watched
    "/compare": 2,  # stress tests that stand elsewhere, and what was tried
    "/what-if": 1,  # what was tried
    "/aid": 1,  # what was computed
    "/exchange": 1,  # the file that waits to be taken in
    "/jobs": 2,  # what was computed, and whether plans are made by themselves
    "/versions": 3,  # versions with a name, what is kept by hand, and how many
}
"""What some pages ask besides, each once."""


@pytest.mark.parametrize("name", ["pia", "dora"])
def test_a_page_asks_the_database_no_more_than_it_must(
    conference: Conference, browser: Callable[..., Browser], name: str
) -> None:
    """Once what a page shows is made. Each statement is a round trip; with a transaction around it, it would be three."""
    conference.add_plan(Actor("Anna", "planner"), hand_made.plan(), conference.state().seq)
    client, asked = browser(name), {}
    for page in PAGES:
        client.get(page.path)
        with counted(conference) as said:
            assert client.get(page.path).status_code in (200, 403), page.path
        asked[page.path] = said
    more = {path: said for path, said in asked.items() if len(said) > ALWAYS + FURTHER.get(path, 0)}
    assert more == {}
    assert not [path for path, said in asked.items() if "BEGIN" in said]


def test_pages_ask_for_jobs_only_while_there_are_any(conference: Conference, browser: Callable[..., Browser]) -> None:
    client = browser("pia")
    number = conference.enqueue(Actor("pia", "planner", None, 2), "verify", {})
    client.get("/gaps")
    with counted(conference) as said:
        assert "Cancel" in client.get("/gaps").text
    assert sum("FROM job" in each for each in said) == 1
    conference.cancel(Actor("Anna", "administrator"), number)
    client.get("/gaps")
    with counted(conference) as said:
        client.get("/gaps")
    assert not any("FROM job" in each for each in said)


def test_writing_an_offer_asks_little_and_reads_no_row_again(conference: Conference, browser: Callable[..., Browser]) -> None:
    client = browser("dora")
    token = form_token(client.get("/offers/form").text)
    kind = conference.state().rows["offers"][0].cells["unit_type"]
    fields = {"offer": "ALD-new", "nation": "ALD", "unit_type": kind, "quantity": "2", "source": "s", "confidence": "low"}
    with counted(conference) as said:
        assert client.post("/offers", data={**fields, "token": token}).status_code == 303
    assert len(said) <= 11
    assert not any("SELECT" in each and ("FROM scenario_row" in each or "FROM audit" in each) for each in said)


class Doors:
    """Who may go on listening, and how often one asked."""

    def __init__(self) -> None:
        self.ended: set[str] = set()
        self.asked: list[int] = []

    def holding(self, viewers: set[Viewer]) -> frozenset[Viewer]:
        self.asked.append(len(viewers))
        return frozenset(viewer for viewer in viewers if viewer.name not in self.ended)


def test_whether_those_who_listen_still_may_is_asked_once_for_all_of_them() -> None:
    doors = Doors()
    streams = Streams(doors)  # type: ignore[arg-type]
    viewers = [Viewer(f"person {number}", "observer", session=f"mark {number}") for number in range(100)]
    for viewer in viewers:
        streams.take(viewer)
    assert all(streams.holds(viewer, age=60) for viewer in viewers)
    assert doors.asked == [100]
    doors.ended = {"person 7"}
    assert [streams.holds(viewer, age=-1) for viewer in viewers[6:9]] == [True, False, True]
    for viewer in viewers[1:]:
        streams.leave(viewer)
    assert len(streams) == 1
    late = Viewer("late", "observer", session="late")
    assert streams.holds(late, age=60)
    assert doors.asked[-1] == 2


def test_who_is_in_the_book_twice_is_two_who_listen(conference: Conference, browser: Callable[..., Browser]) -> None:
    """A session that has ended and one that holds, of one person; a program of an account that is disabled by now."""
    identity = browser("dora").app.state.identity
    account = conference.accounts.account_named("dora")
    assert account is not None
    for mark in ("one", "other"):
        conference.accounts.add_session(mark, account.id, identity.clock())
    viewers = [Viewer("dora", "delegate", PEOPLE["dora"][1], account.id, mark) for mark in ("one", "other")]
    program = Viewer("dora (hut)", "delegate", PEOPLE["dora"][1], account.id, scopes=frozenset({"offers.read"}))
    assert identity.holding([*viewers, program]) == {*viewers, program}
    conference.accounts.end_session("other")
    assert identity.holding([*viewers, program]) == {viewers[0], program}
    assert [identity.holds(viewer) for viewer in (*viewers, program)] == [True, False, True]
    conference.accounts.set_terms(account.id, role="delegate", nation="ALD", is_disabled=True)
    assert identity.holding([*viewers, program]) == frozenset()
