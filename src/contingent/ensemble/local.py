"""Engines of one machine: in this process one after another, on threads of it, or on processes.

Each process is a pool of its own with one piece at a time, so that it is known which piece a process was at when it died: no
other piece suffers, and none is blamed for another. A new process takes its place and the piece is tried again.

Processes end with their parent, however it ends: each waits on a pipe that the parent's end closes.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from contingent.ensemble.carried import Failure, Outcome, name_piece, pack_job, raise_failure, run_packed
from contingent.ensemble.job import Job, Piece, checked_result, told
from contingent.errors import EngineUnusable, WorkerLost

log = logging.getLogger(__name__)

Numbered = tuple[int, Piece]
"""A piece and its place among all."""

Done = tuple[int, dict[str, Any]]
"""The place of a piece and its result."""

MOST_DEATHS = 3
"""Times that a piece may end its worker before it is given up. [deaths]"""

AHEAD = 4
"""Pieces handed to a pool of threads for each thread: enough that none waits, few enough that an interrupt is quick. [pieces]"""


def run_here(job: Job, pieces: Sequence[Numbered]) -> Iterator[Done]:
    """Run pieces one after another in this process."""
    for place, piece in pieces:
        yield place, _attempt(job, piece)


def _attempt(job: Job, piece: Piece) -> dict[str, Any]:
    try:
        return checked_result(job.function(job.shared, piece))
    except Exception as error:
        name_piece(error, job=job, piece=piece)
        raise


def run_on_threads(job: Job, pieces: Sequence[Numbered], *, workers: int) -> Iterator[Done]:
    """Run pieces on threads of this process. Faster than one after another only where the function lets go of the interpreter."""
    waiting = deque(pieces)
    running: dict[Future[dict[str, Any]], int] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="ensemble")
    try:
        while waiting or running:
            while waiting and len(running) < AHEAD * workers:
                place, piece = waiting.popleft()
                running[pool.submit(_attempt, job, piece)] = place
            for future in _finished(running):
                yield running.pop(future), future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _finished(running: dict[Future[Any], Any]) -> list[Future[Any]]:
    """Wait for the next, and return all that are done, in the order in which they were begun."""
    finished = wait(running, return_when=FIRST_COMPLETED).done
    return [future for future in running if future in finished]


def run_on_processes(job: Job, pieces: Sequence[Numbered], *, workers: int) -> Iterator[Done]:
    """Run pieces on processes of this machine.

    Raises
    ------
    WorkerLost
        If a piece ended its process three times.
    """
    waiting = deque(pieces)
    running: dict[Future[Outcome], tuple[_Process, Numbered]] = {}
    deaths: Counter[int] = Counter()
    context = multiprocessing.get_context("spawn")
    ending, held_open = context.Pipe(duplex=False)
    packed = pack_job(job)
    idle = [_Process(packed, ending) for _ in range(min(workers, len(waiting)))]
    processes = list(idle)
    try:
        while waiting or running:
            while waiting and idle:
                process, numbered = idle.pop(), waiting.popleft()
                running[process.submit(numbered[1])] = process, numbered
            for future in _finished(running):
                process, (place, piece) = running.pop(future)
                idle.append(process)
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    began = process.began
                    process.renew()
                    deaths[place] += 1
                    _check_deaths(deaths[place], job=job, piece=piece, began=began)
                    waiting.appendleft((place, piece))
                    continue
                if isinstance(outcome, Failure):
                    raise_failure(outcome, job=job, piece=piece)
                else:
                    yield place, outcome
    except BaseException:
        held_open.close()  # ends every process at once, whatever it is at
        raise
    finally:
        for process in processes:
            process.end()
        held_open.close()
        ending.close()


def _check_deaths(deaths: int, *, job: Job, piece: Piece, began: bool) -> None:
    if deaths >= MOST_DEATHS and not began:
        raise EngineUnusable(
            "The processes of this machine end before they begin. Maybe the script that asked for them is no file, or does not "
            "begin its work under `if __name__ == '__main__':`; or use `--engine here`.")
    if deaths >= MOST_DEATHS:
        raise WorkerLost(
            f"Piece {told(piece)} of '{job.name}' ended its worker {deaths} times. "
            "Maybe the machine is short of memory: try fewer workers, as in `--engine processes:1`.")
    log.warning("A worker died at piece %s of %s: another begins it again", told(piece), job.name)


class _Process:
    """A pool of one process, which is replaced when it dies."""

    def __init__(self, packed: bytes, ending: Connection) -> None:
        self._packed = packed
        self._ending = ending
        self._pool = self._new()
        self._first: Future[int] | None = None

    def _new(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(self._packed, self._ending))

    @property
    def began(self) -> bool:
        """Whether the process came so far as to do anything."""
        return self._first is not None and self._first.exception() is None

    def submit(self, piece: Piece) -> Future[Outcome]:
        try:
            return self._submit(piece)
        except BrokenProcessPool:  # it died while it had nothing to do
            self.renew()
            return self._submit(piece)

    def _submit(self, piece: Piece) -> Future[Outcome]:
        self._first = self._first or self._pool.submit(os.getpid)
        return self._pool.submit(_run_piece, piece)

    def renew(self) -> None:
        self.end()
        self._pool, self._first = self._new(), None

    def end(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


_job_here = b""


def _begin(packed: bytes, ending: Connection) -> None:
    """Prepare a process: it keeps the job, leaves an interrupt to its parent, and ends with it."""
    global _job_here  # noqa: PLW0603 (what a process was begun for)
    _job_here = packed
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(ending,), daemon=True).start()


def _end_with_parent(ending: Connection) -> None:
    with suppress(EOFError, OSError):
        ending.recv_bytes()
    os._exit(1)


def _run_piece(piece: Piece) -> Outcome:
    return run_packed(_job_here, piece)
