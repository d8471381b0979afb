"""The feed that open pages listen to: what they hear, what they do not, and how they come back."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from tests.web.conftest import PASSWORD, SECRET, Clock, form_token
from tests.web.hall import MANY

from contingent.store import Actor, Conference, Edit
from contingent.web.app import create_app
from contingent.web.pages import events as events_module
from contingent.web.pages.events import MOST_STREAMS
from contingent.web.settings import WebSettings

PIA, BERT = Actor("pia", "planner", None, 2), Actor("bert", "delegate", "BRN", 4)
PRIVATE = "SECRET-TERMS"


@pytest.fixture
def address(conference: Conference, clock: Clock) -> Iterator[str]:
    """The address of a server with accounts, in a thread of its own."""
    app = create_app(WebSettings("", accounts=True, secret=SECRET, limits=MANY), conference=conference, clock=clock)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def enter(address: str) -> Iterator[Callable[[str], httpx.Client]]:
    """Sign somebody in."""
    clients = []

    def entered(name: str) -> httpx.Client:
        client = httpx.Client(base_url=address, timeout=20)
        clients.append(client)
        token = form_token(client.get("/sign-in").text)
        assert client.post("/sign-in", data={"name": name, "password": PASSWORD, "token": token}).status_code == 303
        return client

    yield entered
    for client in clients:
        client.close()


Event = tuple[str, str | None, Any]


def told(lines: Iterator[str]) -> Iterator[Event]:
    kind, number, data = "", None, ""
    for line in lines:
        if not line and kind:
            yield kind, number, json.loads(data)
            kind, number, data = "", None, ""
        name, _, value = line.partition(": ")
        kind, number = value if name == "event" else kind, value if name == "id" else number
        data = value if name == "data" else data


@contextmanager
def listening(client: httpx.Client, **more: Any) -> Iterator[Iterator[Event]]:
    with client.stream("GET", "/events", **more) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        stream = told(answer.iter_lines())
        assert next(stream)[0] == "hello"
        yield stream


def edited(conference: Conference, actor: Actor, nation: str, **cells: str) -> int:
    row = next(row for row in conference.state().rows["offers"] if row.cells["nation"] == nation)
    return conference.change(actor, [Edit("offers", {**row.cells, **cells}, row.id, row.version)], why=PRIVATE).seq


def test_a_page_hears_who_changed_what_and_when(conference: Conference, enter: Callable[[str], httpx.Client]):
    with listening(enter("pia")) as stream:
        seq = edited(conference, BERT, "BRN", notice_days="9")
        kind, number, event = next(stream)
    assert (kind, number) == ("change", str(seq))
    assert {name: event[name] for name in ("kind", "table", "by", "rows", "own")} == {
        "kind": "change", "table": "offers", "by": "bert", "rows": 1, "own": False}
    assert event["at"] == "2027-03-01T09:00:00+00:00"


def test_a_page_that_was_away_is_told_what_it_missed_once(conference: Conference, enter: Callable[[str], httpx.Client]):
    pia = enter("pia")
    with listening(pia):
        last = conference.head().seq
    missed = [edited(conference, BERT, "BRN", notice_days=str(day)) for day in (4, 5)]
    conference.add_incidents(PIA, [{"incident": "I-1", "time": "2030-01-02", "kind": "shelling"}])
    with listening(pia, headers={"Last-Event-ID": str(last)}) as stream:
        heard = [next(stream), next(stream)]
        assert [event["kind"] for _, _, event in heard] == ["change", "incidents"]
        assert (heard[0][2]["rows"], heard[0][1]) == (2, str(missed[-1]))
        after = edited(conference, BERT, "BRN", notice_days="6")
        assert next(stream)[1] == str(after)
    with listening(pia, headers={"Last-Event-ID": "999999"}) as stream:
        assert next(stream)[0] == "renew"


def test_no_page_hears_what_is_in_a_row_and_no_delegate_whose_it_is(conference: Conference, enter: Callable[[str], httpx.Client]):
    last = conference.head().seq
    edited(conference, BERT, "BRN", source=PRIVATE, notice_days="77")
    conference.enqueue(BERT, "what_if", {"words": [PRIVATE]})
    conference.enqueue(PIA, "stress", {"words": [PRIVATE]})
    conference.enqueue(PIA, "plan", {})
    conference.set_setting(PIA, PRIVATE, 1)
    everything = {}
    for name in ("dora", "otto", "bert", "pia"):
        with listening(enter(name), params={"since": last}) as stream:
            heard = [next(stream)]
            while heard[-1][2].get("title") != "Plan":
                heard.append(next(stream))
            everything[name] = heard
    assert PRIVATE not in repr(everything)
    titles = {name: {event["title"] for _, _, event in heard if event.get("title")} for name, heard in everything.items()}
    assert titles == {"dora": {"Plan"}, "otto": {"Plan"}, "bert": {"Plan", "What if"}, "pia": {"Plan", "What if", "Stress test"}}
    assert "BRN" not in repr(everything["dora"])


def test_a_page_hears_how_far_jobs_are_that_it_may_know_of(conference: Conference, enter: Callable[[str], httpx.Client]):
    plan, tried = conference.enqueue(PIA, "plan", {}), conference.enqueue(BERT, "what_if", {})
    with listening(enter("dora")) as dora, listening(enter("bert")) as bert:
        claimed = [conference.claim("test"), conference.claim("test")]
        assert [job.id for job in claimed if job] == [plan, tried]
        conference.progress(tried, 0.5, "half")
        conference.progress(plan, 0.25, "a quarter")
        for stream, numbers in ((dora, {plan}), (bert, {plan, tried})):
            seen: dict[int, Any] = {}
            while {number for number, event in seen.items() if event["share"]} != numbers:
                kind, number, event = next(stream)
                assert (kind, number) == ("progress", None)
                seen[event["job"]] = event
            assert seen[plan]["message"] == "a quarter"


def test_so_many_streams_of_one_session_and_no_more(enter: Callable[[str], httpx.Client]):
    pia, dora = enter("pia"), enter("dora")
    streams = [listening(pia) for _ in range(MOST_STREAMS)]
    for stream in streams:
        stream.__enter__()
    assert pia.get("/events").status_code == 429
    with listening(dora):
        pass
    for stream in streams:
        stream.__exit__(None, None, None)
    until(lambda: pia.stream("GET", "/events").__enter__().status_code == 200)


def until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def test_a_stream_ends_with_the_session(enter: Callable[[str], httpx.Client], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(events_module, "CHECKED", 0.2)
    dora = enter("dora")
    with listening(dora) as stream:
        page = dora.get("/").text
        assert dora.post("/sign-out", data={"token": form_token(page)}).status_code == 303
        assert list(stream) == []
    assert dora.get("/events").status_code != 200


def test_listening_does_not_keep_a_session_alive(
    enter: Callable[[str], httpx.Client], clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(events_module, "CHECKED", 0.2)
    with listening(enter("dora")) as stream:
        for _ in range(5):
            clock.later(1800)
            time.sleep(0.5)
        assert list(stream) == []


def test_nobody_listens_without_signing_in(address: str):
    assert httpx.get(f"{address}/events").status_code == 303
    assert re.search("sign-in", httpx.get(f"{address}/events").headers["location"])
