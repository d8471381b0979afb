"""Server-sent events: an open page hears what others change and how far jobs are, and loads what it shows again.

Kinds: ``change`` (somebody changed rows, made a plan, asked for a job or ended one; its id is the entry of the history),
``progress`` (a job is further), ``renew`` (too much was missed: load the page again).
"""

import json
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Hashable
from functools import partial
from math import inf
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from contingent.store import Unusable
from contingent.web.guard import Viewer, needs, viewer_of
from contingent.web.guard.entry import at_the_door
from contingent.web.guard.faults import Denied
from contingent.web.guard.identity import Identity
from contingent.web.work.feed import Feed, Listener, News, heard_beats, heard_changes

router = APIRouter()

MOST_STREAMS = 8
"""Streams of one session at once. Pages of one browser share one where it lets them."""

HEARTBEAT = 15
"""How often a stream on which nothing happens gives a sign of life. [s]"""

CHECKED = 10.0
"""A stream ends so long after its session at the latest. [s]"""

PROGRAM = 600.0
"""How long the stream of a program's token lasts; the program comes again. [s]"""

COMES_AGAIN = 2000
"""How long a page waits before it comes again. [ms]"""


class Streams:
    """Who listens in this process, with how many streams, and who of them still may.

    Parameters
    ----------
    identity : Identity
        Who knows whether a session holds.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._count: Counter[Hashable] = Counter()
        self._listening: Counter[Viewer] = Counter()
        self._holding: frozenset[Viewer] = frozenset()
        self._asked: dict[Viewer, float] = {}
        self._lock, self._asking = threading.Lock(), threading.Lock()

    def take(self, viewer: Viewer) -> None:
        """Count one stream more.

        Raises
        ------
        Denied
            If its session has too many.
        """
        with self._lock:
            if self._count[_whose(viewer)] >= MOST_STREAMS:
                raise Denied("Too many pages listen at once.", status=429, maybe="close some of them")
            self._count[_whose(viewer)] += 1
            self._listening[viewer] += 1

    def leave(self, viewer: Viewer) -> None:
        """Count one stream less."""
        with self._lock:
            self._count -= Counter([_whose(viewer)])  # what is counted no more is not kept
            self._listening -= Counter([viewer])

    def holds(self, viewer: Viewer, *, age: float) -> bool:
        """Whether who listens still may. The database is asked for all who listen at once.

        Parameters
        ----------
        age : float
            How long ago it may have been asked. [s]
        """
        with self._asking:
            now = monotonic()
            if now - self._asked.get(viewer, -inf) > age:
                with self._lock:
                    everybody = {viewer, *self._listening}
                self._holding = self._identity.holding(everybody)
                self._asked = dict.fromkeys(everybody, now)
            return viewer in self._holding

    def __len__(self) -> int:
        with self._lock:
            return sum(self._count.values())


def _whose(viewer: Viewer) -> Hashable:
    return viewer.session or ("token", viewer.account)


def feed_of(request: Request) -> Feed:
    """Return the feed of the application, made when it is first asked for."""
    if not hasattr(request.app.state, "feed"):
        state = request.app.state
        state.feed, state.streams = Feed(state.conference), Streams(state.identity)
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
    streams.take(viewer)
    told = _told(request, viewer, feed, after)

    async def counted() -> AsyncGenerator[ServerSentEvent, None]:
        try:
            async for event in told:
                yield event
        finally:
            await told.aclose()
            streams.leave(viewer)

    return EventSourceResponse(counted(), ping=HEARTBEAT, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})


async def _told(request: Request, viewer: Viewer, feed: Feed, after: int | None) -> AsyncGenerator[ServerSentEvent, None]:
    streams: Streams = request.app.state.streams
    begun = looked = monotonic()
    listener = Listener()
    await at_the_door(request.app, feed.add, listener)
    try:
        missed = None if after is None else await at_the_door(request.app, feed.missed, after)
        last = missed.changes[-1].seq if missed and missed.changes else after if missed else None
        head = last if last is not None else await at_the_door(request.app, feed.head)
        yield ServerSentEvent(event="hello", data=json.dumps({"seq": head}), id=str(head), retry=COMES_AGAIN)
        if after is not None and missed is None:
            yield ServerSentEvent(event="renew", data=json.dumps({"seq": head}), id=str(head))
        for event in _as_events(missed or News(()), viewer, feed, head=0):
            yield event
        while True:
            news = await listener.next(CHECKED / 2)
            if monotonic() - looked >= CHECKED / 2:
                looked = monotonic()
                if viewer.scopes is not None and looked - begun > PROGRAM:
                    return
                if not await at_the_door(request.app, partial(streams.holds, viewer, age=CHECKED / 2)):
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
