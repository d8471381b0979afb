"""What happened in the conference, for all open pages of this process: one look twice a second, however many listen.

Nothing is kept between processes but the database: what another process changed is seen by the next look. A page that was away
says which entry it heard of last and is told what it missed.
"""

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contingent.store import Change, Conference, Job, UnknownNumber, Unusable
from contingent.web.guard.viewer import Viewer
from contingent.web.seen import seen_changes
from contingent.web.work.kinds import hears_of, title_of

log = logging.getLogger(__name__)

LOOKS = 0.5
"""How often the database is looked at. [s]"""

CALM = 0.4
"""How long a page that has heard of a change waits for more of them before it loads itself again. [s]"""

CALM_EACH = 0.1
"""So much longer it waits for each further page that listens in this process: ten of them are loaded in a second. [s]"""

MOST_MISSED = 500
"""Entries that a page which was away is told one by one; after more it is told to load again."""

MOST_WAITING = 200
"""Pieces of news that wait for one page; where a page is slower it is let go, and comes again."""

MOST_JOBS = 300
"""Jobs that are remembered: whose they are."""


@dataclass(frozen=True)
class News:
    """What one look found.

    Parameters
    ----------
    changes : tuple of Change
        Entries of the history, in order.
    beats : tuple of Job
        Jobs that wait or run and are further than at the last look.
    jobs : mapping of int to Job
        The jobs that the changes are about.
    """

    changes: tuple[Change, ...]
    beats: tuple[Job, ...] = ()
    jobs: Mapping[int, Job] = field(default_factory=dict)


class Listener:
    """One open page, as the feed has it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[News | None] = asyncio.Queue(MOST_WAITING)

    async def next(self, seconds: float) -> News | None:
        """Return the next news; None where there was none for so long. [s]

        Raises
        ------
        EOFError
            If the page was too slow, or the feed has ended.
        """
        try:
            news = await asyncio.wait_for(self._waiting.get(), seconds)
        except TimeoutError:
            return None
        if news is None:
            raise EOFError
        return news

    def give(self, news: News | None) -> None:
        """Hand news over, from whatever thread; None ends it."""
        try:
            self._loop.call_soon_threadsafe(self._put, news)
        except RuntimeError:  # its loop has ended, and so has the page
            return

    def _put(self, news: News | None) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()
            news = None
        self._waiting.put_nowait(news)


class Feed:
    """All that listen in this process.

    Parameters
    ----------
    conference : Conference
        The door to the database.
    """

    def __init__(self, conference: Conference) -> None:
        self._conference = conference
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._jobs: OrderedDict[int, Job] = OrderedDict()
        self._looking: threading.Thread | None = None
        self._closed = threading.Event()

    def add(self, listener: Listener) -> None:
        """Begin to tell a listener."""
        with self._lock:
            self._listeners.add(listener)
            if self._looking is None or not self._looking.is_alive():
                seq = self._conference.head().seq
                self._looking = threading.Thread(target=self._look, args=(seq,), name="feed", daemon=True)
                self._looking.start()

    def drop(self, listener: Listener) -> None:
        """Tell it no more."""
        with self._lock:
            self._listeners.discard(listener)

    @property
    def calm(self) -> float:
        """How long pages wait now before they load themselves again: the longer, the more of them there are. [s]"""
        with self._lock:
            return CALM + CALM_EACH * (len(self._listeners) - 1 if self._listeners else 0)

    def close(self) -> None:
        """End all streams."""
        self._closed.set()
        with self._lock:
            listeners, looking = list(self._listeners), self._looking
        for listener in listeners:
            listener.give(None)
        if looking is not None:
            looking.join(5.0)

    def missed(self, since: int) -> News | None:
        """Return what happened after an entry; None where it is too much, or the entry is none."""
        head = self._conference.head().seq
        if not head - MOST_MISSED <= since <= head:
            return None
        changes = tuple(self._conference.changes_since(since, limit=MOST_MISSED))
        return News(changes, (), self._jobs_of(changes))

    def head(self) -> int:
        """Return the number of the last entry."""
        return self._conference.head().seq

    def _look(self, seq: int) -> None:
        before: dict[int, tuple[Any, ...]] = {}
        while not self._closed.wait(LOOKS):
            with self._lock:
                listeners = list(self._listeners)
                if not listeners:
                    self._looking = None
                    return
            try:
                look = self._conference.look()  # what pages will ask for in a moment is read and parsed now
                changes = tuple(self._conference.changes_since(seq)) if look.seq > seq else ()
                seq = changes[-1].seq if changes else seq
                working = self._conference.jobs(are_open=True) if look.has_open_jobs else []
                jobs = self._jobs_of(changes)
            except Unusable as error:
                log.warning("the database cannot be used: %s", error)
                continue
            now = {job.id: (job.status, round(job.share, 3), job.message, job.is_cancelled) for job in working}
            beats = tuple(job for job in working if before.get(job.id) != now[job.id])
            before = now
            if changes or beats:
                news = News(changes, beats, jobs)
                for listener in listeners:
                    listener.give(news)

    def _jobs_of(self, changes: Iterable[Change]) -> dict[int, Job]:
        found = {}
        for number in {change.job for change in changes if change.job is not None}:
            with self._lock:
                job = self._jobs.get(number)
            if job is None:
                try:
                    job = self._conference.job(number)
                except UnknownNumber:
                    continue
                with self._lock:
                    self._jobs[number] = job
                    while len(self._jobs) > MOST_JOBS:
                        self._jobs.popitem(last=False)
            found[number] = job
        return found


def heard_changes(news: News, viewer: Viewer) -> list[dict[str, Any]]:
    """Return what a viewer hears of changes: who changed which table or made which plan and when, never what stands in it.

    Those of one kind by one person are told as one, with their number.
    """
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    for change in seen_changes(news.changes, viewer):
        job = news.jobs.get(change.job) if change.job is not None else None
        if change.kind == "job" and (job is None or not hears_of(viewer, job)):
            continue
        key = (change.kind, change.table, change.actor, change.plan, change.job)
        said = told.setdefault(key, {
            "kind": change.kind, "table": change.table, "by": change.actor, "plan": change.plan, "job": change.job, "rows": 0,
            "title": None if job is None else title_of(job), "own": change.actor == viewer.name})  # fmt: skip
        said |= {"seq": change.seq, "at": change.at.isoformat(timespec="seconds"), "rows": said["rows"] + 1}
    return sorted(told.values(), key=lambda said: said["seq"])


def heard_beats(beats: Sequence[Job], viewer: Viewer) -> list[dict[str, Any]]:
    """Return what a viewer hears of jobs that run."""
    return [
        {"job": job.id, "title": title_of(job), "status": job.status, "share": round(job.share, 3), "message": job.message,
         "so_far": job.so_far}
        for job in beats
        if hears_of(viewer, job)
    ]
