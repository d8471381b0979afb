"""A worker: takes the oldest job, has a process of its own compute it, says how far it is, and writes what came of it.

It computes nothing itself, so that it always hears at once that a job is to stop: it kills the process then. A worker that is
told to end gives its job back; one that is killed is missed after a while by the others (`contingent.store.jobs`).
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from statistics import median
from typing import Any

from contingent.store import Conference, Job, LostJob, Unusable
from contingent.store.records import SERVER
from contingent.web.work.asking import BY_ITSELF, TooMany, ask
from contingent.web.work.child import Child
from contingent.web.work.kinds import KINDS, words_so_far

log = logging.getLogger(__name__)

BEAT = 1.0
"""How often a worker says how far its job is. [s]"""

LISTENS = 0.05
"""How long it listens to the process that computes, between looks whether it is to end. [s]"""

LOOKS = 0.5
"""How often a worker looks for a job where there is none. [s]"""

QUIET = 5.0
"""How long nobody must have edited before the plan is made anew by itself. [s]"""

RETRIES = 60
"""How often a worker tries to write what came of a job where the database is out of reach, once a second."""

ALMOST = 0.95
"""Most that is said to be done of what is judged by how long it took before. [-]"""


FOLLOWS = "Saying why what is empty is empty, and what follows"
"""What a plan does once nothing of it changes any more."""


class Worker:
    """A worker of a conference.

    Parameters
    ----------
    database : str
        Where the conference lies.
    name : str, optional
        As the jobs' page has it; None = machine and process.
    patience : float, optional
        How long another worker may give no sign of life. [s]
    """

    def __init__(self, database: str, *, name: str | None = None, patience: float | None = None) -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self.database = database
        more = {} if patience is None else {"job_patience": patience}
        self.conference = Conference.open(database, **more)  # type: ignore[arg-type]
        self._ready: Child | None = None

    def run(self, stop: threading.Event) -> None:
        """Work until it is told to stop."""
        log.info("worker %s begins", self.name)
        try:
            while not stop.is_set():
                try:
                    job = self.conference.claim(self.name)
                    if job is None:
                        self._plan_by_itself()
                except Unusable as error:
                    log.warning("the database cannot be used: %s", error)
                    job = None
                if job is None:
                    self._make_ready()
                    stop.wait(LOOKS)
                else:
                    self._do(job, stop)
        finally:
            if self._ready is not None:
                self._ready.end()
            self.conference.close()
            log.info("worker %s ends", self.name)

    def _make_ready(self) -> None:
        """Have a process wait for the next job: it has loaded by then what takes seconds to load."""
        if self._ready is not None and not self._ready.is_alive:
            self._ready.end()
            self._ready = None
        if self._ready is None:
            self._ready = Child(self.database)

    def _do(self, job: Job, stop: threading.Event) -> None:
        self._make_ready()
        child, self._ready = self._ready, None
        assert child is not None
        log.info("job %s (%s), attempt %s", job.id, job.kind, job.attempt)
        write: Callable[[], None] | None
        try:
            child.begin(job.id)
            self._make_ready()  # the next one loads meanwhile
            write = self._watched(job, child, stop)
        except LostJob as error:
            log.warning("%s", error)
            write = None
        finally:
            child.end()
        if write is not None:
            self._written(write)

    def _watched(self, job: Job, child: Child, stop: threading.Event) -> Callable[[], None]:
        """Listen to the process until there is something to write; return what writes it."""
        number, attempt = job.id, job.attempt
        far = Far(job, self._usual(job.kind))
        said, is_told = time.monotonic() - BEAT, False
        while True:
            if stop.is_set():
                return lambda: self.conference.give_back(number, attempt=attempt)
            if time.monotonic() - said >= BEAT:
                said = time.monotonic()
                if not self._goes_on(number, attempt, far):
                    return lambda: self.conference.fail(number, "Cancelled.", attempt=attempt)
                if far.so_far is not None and not is_told and self._is_enough(number):
                    child.enough()
                    is_told = True
            try:
                message = child.heard(LISTENS)
            except EOFError:
                what = "The process that computed it ended without a word. Maybe there was too little memory."
                return lambda: self.conference.fail(number, what, attempt=attempt)
            match message:
                case ("far", done, of_all):
                    far.tell(done, of_all)
                case ("so far", values):
                    far.so_far = values
                case ("done", result, archive):
                    return lambda: self.conference.finish(number, result, archive=archive, attempt=attempt)
                case ("failed", what):
                    return lambda: self.conference.fail(number, what, attempt=attempt)

    def _goes_on(self, number: int, attempt: int, far: "Far") -> bool:
        try:
            return self.conference.progress(number, far.share(), far.words(), attempt=attempt, so_far=far.so_far)
        except Unusable as error:  # it will be there again; the job goes on meanwhile
            log.warning("the database cannot be used: %s", error)
            return True

    def _is_enough(self, number: int) -> bool:
        try:
            return self.conference.job(number).is_enough
        except Unusable:  # asked again with the next sign of life
            return False

    def _written(self, write: Callable[[], None]) -> None:
        for _ in range(RETRIES):
            try:
                write()
            except Unusable as error:
                log.warning("the database cannot be used: %s", error)
                time.sleep(1.0)
            except LostJob as error:
                log.warning("%s", error)
                return
            else:
                return

    def _usual(self, kind: str) -> float | None:
        """How long jobs of this kind took lately, by the median; None where there was none. [s]"""
        took = [
            (job.ended_at - job.begun_at).total_seconds()
            for job in self.conference.jobs(limit=20, kind=kind)
            if job.status == "done" and job.begun_at and job.ended_at
        ]
        return max(0.1, median(took[:5])) if took else None

    def _plan_by_itself(self) -> None:
        """Ask for a plan where the tables have moved on, nobody edits just now, and the conference wants it so."""
        if not self.conference.setting(BY_ITSELF):
            return
        seq, newest = self.conference.state().seq, self.conference.latest_plan()
        if newest is not None and newest.of_seq >= seq:
            return
        last = self.conference.changes_since(seq - 1, limit=1)
        if not last or (datetime.now(UTC) - last[0].at).total_seconds() < QUIET:
            return
        plans = [job for job in self.conference.jobs() if job.kind == "plan"]
        if any(not job.is_over or job.arguments.get("of_seq", 0) >= seq for job in plans):
            return
        try:
            ask(self.conference, SERVER, "plan", {"of_seq": seq})
        except TooMany:
            return


class Far:
    """How far a job is: what it says itself, or else how long it usually takes. It never goes back.

    Parameters
    ----------
    job : Job
        The job.
    usual : float or None
        How long it usually takes. [s]
    """

    def __init__(self, job: Job, usual: float | None) -> None:
        self._doing = KINDS[job.kind].doing if job.kind in KINDS else job.kind
        self._usual, self._begun, self._share = usual, time.monotonic(), 0.0
        self._told: tuple[int, int] | None = None
        self.so_far: Mapping[str, Any] | None = None

    def tell(self, done: int, of_all: int) -> None:
        """Take in how much is done."""
        self._told = (done, of_all)

    def share(self) -> float:
        """How much is done. [-]"""
        if self._told is not None and self._told[1]:
            found = self._told[0] / self._told[1]
        elif self._usual is not None:
            found = (time.monotonic() - self._begun) / self._usual
        else:
            found = 0.0
        self._share = max(self._share, min(ALMOST, found))
        return self._share

    def words(self) -> str:
        """What it does now, and what the best so far reaches."""
        if self.so_far is not None:
            words = words_so_far(self.so_far)
            return f"{FOLLOWS}: {words}" if self.so_far["step"] == "reasons" else words
        if self._told is not None:
            return f"{self._doing}: {self._told[0]:,} of {self._told[1]:,}"
        return self._doing if self._usual is None else f"{self._doing}; it usually takes {self._usual:.0f} s"
