"""Server-sent events: an open page hears what others change and how far jobs are, and loads what it shows again.

Kinds: ``change`` (somebody changed rows, made a plan, asked for a job or ended one; its id is the entry of the history),
``progress`` (a job is further), ``renew`` (too much was missed: load the page again).
"""

import json
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Hashable
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from contingent.store import Unusable
from contingent.web.guard import Viewer, needs, viewer_of
from contingent.web.guard.faults import Denied
from contingent.web.guard.identity import Identity
from contingent.web.work.feed import Feed, Listener, News, heard_beats, heard_changes

router = APIRouter()

MOST_STREAMS = 8
"""Streams of one session at once. Pages of one browser share one where it lets them."""

HEARTBEAT = 15
"""How often a stream on which nothing happens gives a sign of life. [s]"""

CHECKED = 10.0
"""How often it is looked whether who listens may still do so. [s]"""

PROGRAM = 600.0
"""How long the stream of a program's token lasts; the program comes again. [s]"""

COMES_AGAIN = 2000
"""How long a page waits before it comes again. [ms]"""


class Streams:
    """How many streams each session has."""

    def __init__(self) -> None:
        self._count: Counter[Hashable] = Counter()
        self._lock = threading.Lock()

    def take(self, key: Hashable) -> None:
        """Count one more.

        Raises
        ------
        Denied
            If there are too many.
        """
        with self._lock:
            if self._count[key] >= MOST_STREAMS:
                raise Denied("Too many pages listen at once.", status=429, maybe="close some of them")
            self._count[key] += 1

    def leave(self, key: Hashable) -> None:
        """Count one less."""
        with self._lock:
            self._count[key] -= 1
            if self._count[key] <= 0:
                del self._count[key]

    def __len__(self) -> int:
        return sum(self._count.values())


def feed_of(request: Request) -> Feed:
    """Return the feed of the application, made when it is first asked for."""
    if not hasattr(request.app.state, "feed"):
        request.app.state.feed, request.app.state.streams = Feed(request.app.state.conference), Streams()
    feed: Feed = request.app.state.feed
    return feed


@router.get("/events", include_in_schema=False, dependencies=[Depends(needs("events.read"))])
async def events(
    request: Request,
    since: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Tell what happens from now on, or after the entry that was heard of last."""
    viewer, feed = viewer_of(request), feed_of(request)
    streams: Streams = request.app.state.streams
    known = last_event_id or ""
    after = int(known) if known.isascii() and known.isdecimal() and len(known) < 16 else since
    key = viewer.session or ("token", viewer.account)
    streams.take(key)
    told = _told(request, viewer, feed, after)

    async def counted() -> AsyncGenerator[ServerSentEvent, None]:
        try:
            async for event in told:
                yield event
        finally:
            await told.aclose()
            streams.leave(key)

    return EventSourceResponse(counted(), ping=HEARTBEAT, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})


async def _told(request: Request, viewer: Viewer, feed: Feed, after: int | None) -> AsyncGenerator[ServerSentEvent, None]:
    identity: Identity = request.app.state.identity
    begun = looked = monotonic()
    listener = Listener()
    await run_in_threadpool(feed.add, listener)
    try:
        missed = None if after is None else await run_in_threadpool(feed.missed, after)
        head = missed.changes[-1].seq if missed and missed.changes else after if missed else await run_in_threadpool(feed.head)
        assert head is not None
        yield ServerSentEvent(event="hello", data=json.dumps({"seq": head}), id=str(head), retry=COMES_AGAIN)
        if after is not None and missed is None:
            yield ServerSentEvent(event="renew", data=json.dumps({"seq": head}), id=str(head))
        for event in _as_events(missed or News(()), viewer, feed, head=0):
            yield event
        while True:
            news = await listener.next(CHECKED)
            if monotonic() - looked >= CHECKED:
                looked = monotonic()
                if viewer.scopes is not None and looked - begun > PROGRAM:
                    return
                if not await run_in_threadpool(identity.holds, viewer):
                    return
            for event in _as_events(news or News(()), viewer, feed, head=head):
                yield event
    except (EOFError, Unusable):  # the page comes again by itself
        return
    finally:
        feed.drop(listener)


def _as_events(news: News, viewer: Viewer, feed: Feed, *, head: int) -> list[ServerSentEvent]:
    changes = News(tuple(change for change in news.changes if change.seq > head), (), news.jobs)
    calm = {"calm_ms": round(1000 * feed.calm)} if changes.changes else {}
    told = [
        ServerSentEvent(event="change", data=json.dumps({**said, **calm}), id=str(said["seq"]))
        for said in heard_changes(changes, viewer)
    ]
    return told + [ServerSentEvent(event="progress", data=json.dumps(said)) for said in heard_beats(news.beats, viewer)]
