"""The process that computes one job. It is made ready before there is one, and may be killed at any moment.

To its worker it says, through a pipe: ``("far", done, of_all)`` and ``("so far", values)``, then ``("done", result, archive)`` or
``("failed", message)``. It is told the number of its job, and later perhaps `ENOUGH`. It ends where the worker does.
"""

import logging
import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from contingent.errors import BadInput, ContingentError

if TYPE_CHECKING:
    from contingent.plan import SoFar
    from contingent.store import Conference

log = logging.getLogger(__name__)

Message = tuple[Any, ...]

ENOUGH = "enough"
"""What it is told where it is to end with what it has so far."""

MOST_FINDINGS = 5
"""Findings that a job which failed tells of."""

LOADED = ("contingent.generation", "contingent.logistics", "contingent.structure", "contingent.adequacy", "contingent.simulation")
"""Modules that a process loads before it has a job."""

_SPAWN = multiprocessing.get_context("spawn")


class Child:
    """A process that computes, as its worker has it.

    Parameters
    ----------
    database : str
        Where the conference lies.
    """

    def __init__(self, database: str) -> None:
        self._here, there = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=run, args=(there, database), name="computing", daemon=True)
        self._process.start()
        there.close()

    @property
    def is_alive(self) -> bool:
        """Whether it is still there."""
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """Number of the process."""
        return self._process.pid

    def begin(self, number: int) -> bool:
        """Give it its job. Return whether it took it."""
        try:
            self._here.send(number)
        except (BrokenPipeError, ConnectionError, OSError):
            return False
        return True

    def enough(self) -> None:
        """Tell it to end with what it has so far."""
        with suppress(BrokenPipeError, ConnectionError, OSError):  # it has ended: what it said last is still to be heard
            self._here.send(ENOUGH)

    def heard(self, seconds: float) -> Message | None:
        """Return what it says within so many seconds; None where it says nothing. [s]

        Raises
        ------
        EOFError
            If it has ended without a word.
        """
        try:
            return self._here.recv() if self._here.poll(seconds) else None
        except (ConnectionError, OSError) as error:
            raise EOFError from error

    def end(self) -> int | None:
        """Kill it, whatever it does, and return how it ended."""
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._here.close()
        self._process.close()
        return code


def run(pipe: Connection, database: str) -> None:
    """Wait for the number of a job, compute it, say what came of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the worker's business
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_worker, daemon=True).start()

    from contingent.store import Conference
    from contingent.web.work.computing import Task, compute, told_so_far

    conference = Conference.open(database)
    try:
        _load(conference)
        number = pipe.recv()
        lock, enough = threading.Lock(), threading.Event()
        threading.Thread(target=_hear, args=(pipe, enough), daemon=True).start()

        def say(*message: Any) -> None:
            with lock:
                pipe.send(message)

        def watch(so_far: "SoFar") -> bool:
            say("so far", told_so_far(so_far))
            return not enough.is_set()

        try:
            outcome = compute(Task(conference, conference.job(number), lambda done, of_all: say("far", done, of_all), watch))
            say("done", dict(outcome.result), outcome.archive)
        except ContingentError as error:
            say("failed", words_of(error))
        except Exception as error:  # whatever it is, the job's page says so
            log.error("job %s", number, exc_info=error)
            say("failed", f"A fault of the program ({type(error).__name__}). The log of the worker has it.")
    except (EOFError, OSError):
        return
    finally:
        conference.close()


def _hear(pipe: Connection, enough: threading.Event) -> None:
    """Hear whether what there is so far is enough."""
    with suppress(EOFError, OSError):
        while pipe.recv() != ENOUGH:
            pass
        enough.set()


def _load(conference: "Conference") -> None:
    """Load what most jobs need, while there is none: the planner's modules, and the tables as they stand."""
    for name in LOADED:
        import_module(name)
    conference.state()


def _end_with_worker() -> None:
    """End at once where the worker has: nobody would hear what comes of it."""
    worker = multiprocessing.parent_process()
    if worker is not None:
        worker.join()
        os._exit(1)


def words_of(error: ContingentError) -> str:
    """Return why a job came to nothing, with the first findings where there are any.

    Examples
    --------
    >>> from contingent.findings import Finding
    >>> words_of(BadInput("harbour", [Finding("pins.csv", "The offer 'ALD-1' is unknown.", line=3)]))
    "1 problem(s) in harbour: pins.csv, line 3: The offer 'ALD-1' is unknown."
    """
    if not isinstance(error, BadInput) or not error.findings:
        return str(error)
    told = [f"{finding.where}: {finding.what}" for finding in error.findings[:MOST_FINDINGS]]
    return f"{error}: {' '.join(told)}{' …' if len(error.findings) > MOST_FINDINGS else ''}"
