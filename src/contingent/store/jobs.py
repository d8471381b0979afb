"""Jobs: what is computed outside of requests, by worker processes that take the oldest one that waits.

A worker gives signs of life by `progress`. One that gave none for too long is dead: its job is queued again once, then failed.
How long is told by the observer's own steady clock, from when it first saw the last sign: no jump of a clock kills a job.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from contingent.store.audit import Ledger, plain_text
from contingent.store.database import Database
from contingent.store.faults import LostJob, UnknownNumber
from contingent.store.records import SERVER, Actor, Job
from contingent.store.retention import prune
from contingent.store.tables import JOB

JOB_PATIENCE = 30.0
"""How long a worker may give no sign of life. [s]"""

MOST_ATTEMPTS = 2
"""How often a job is begun: once, and once more where its worker died."""

OPEN = ("queued", "running")
"""States of a job that waits or runs."""

_COLUMNS = [
    *(column for column in JOB.columns if column.name not in ("archive", "beat")),
    JOB.c.archive.is_not(None).label("has_archive"),
]  # fmt: skip


class JobQueue:
    """All jobs of a conference.

    Parameters
    ----------
    database : Database
        Where they lie.
    clock : callable
        What time it is. UTC
    patience : float
        How long a worker may give no sign of life. [s]
    steady : callable
        Seconds that only ever go forward.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime], *, patience: float = JOB_PATIENCE,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._patience, self._steady = database, clock, patience, steady
        self._signs: dict[int, tuple[tuple[int, int], float]] = {}

    def enqueue(self, actor: Actor, kind: str, arguments: Mapping[str, Any]) -> int:
        """Add a job and return its number."""

        def work(connection: Connection) -> int:
            ledger = Ledger(connection, actor, self._clock())
            values = {
                "kind": kind, "arguments": dict(arguments), "status": "queued", "asked_by": ledger.actor.name,
                "account": actor.account, "asked_at": ledger.at, "attempt": 0, "beat": 0, "share": 0.0, "message": "",
                "is_cancelled": 0,
            }  # fmt: skip
            number = int(connection.execute(insert(JOB).values(**values).returning(JOB.c.id)).scalar_one())
            ledger.add("job", details={"job": number, "kind": kind, "status": "queued", "arguments": dict(arguments)})
            ledger.close()
            return number

        return self._database.write(work)

    def claim(self, worker: str) -> Job | None:
        """Take the oldest job that waits, or return None. Jobs whose worker died are queued again, or failed, first."""
        for number, attempt in self._dead():
            self._end_attempt(number, attempt)

        def work(connection: Connection) -> Job | None:
            asked = select(JOB.c.id).where(JOB.c.status == "queued").order_by(JOB.c.id).limit(1).with_for_update(skip_locked=True)
            number = connection.execute(asked).scalar()
            if number is None:
                return None
            values = {"status": "running", "worker": worker[:200], "begun_at": self._clock(), "share": 0.0, "message": ""}
            values["result"] = None
            connection.execute(
                update(JOB).where(JOB.c.id == number).values(**values, attempt=JOB.c.attempt + 1, beat=JOB.c.beat + 1)
            )
            return _job(connection, number)

        if self._database.value(_waiting()) is None:
            return None
        return self._database.write(work, chained=False)

    def progress(
        self, number: int, share: float, message: str, *, attempt: int | None = None, so_far: Mapping[str, Any] | None = None
    ) -> bool:
        """Say how far a job is, and what it has so far: a sign of life too. Return whether to go on: nobody cancelled it.

        Raises
        ------
        LostJob
            If the job was given to another worker, or is over.
        """

        def work(connection: Connection) -> bool:
            job = _running(connection, number, attempt)
            values: dict[str, Any] = {"share": min(1.0, max(0.0, share)), "message": plain_text(message)}
            if so_far is not None:
                values["result"] = {"so_far": dict(so_far)}
            connection.execute(update(JOB).where(JOB.c.id == number).values(**values, beat=JOB.c.beat + 1))
            return not job.is_cancelled

        return self._database.write(work, chained=False)

    def finish(
        self, number: int, result: Mapping[str, Any] | None = None, *, archive: bytes | None = None, attempt: int | None = None
    ) -> None:
        """Say that a job is done, with what came of it."""
        values = {"status": "done", "share": 1.0, "result": None if result is None else dict(result), "archive": archive}
        self._end(number, attempt, lambda _: values)

    def fail(self, number: int, message: str, *, attempt: int | None = None) -> None:
        """Say that a job came to nothing, and why. One that was to be cancelled is cancelled."""

        def values(job: Job) -> dict[str, Any]:
            return {"status": "cancelled" if job.is_cancelled else "failed", "message": plain_text(message), "result": None}

        self._end(number, attempt, values)

    def give_back(self, number: int, *, attempt: int) -> None:
        """Queue a job again, because its worker was told to end. One that was to be cancelled is cancelled.

        Raises
        ------
        LostJob
            If the job was given to another worker, or is over.
        """

        def work(connection: Connection) -> None:
            job = _running(connection, number, attempt)
            ledger = Ledger(connection, SERVER, self._clock())
            values: dict[str, Any] = {"status": "queued", "message": "Begun again: its worker was told to end.", "result": None}
            if job.is_cancelled:
                values = {"status": "cancelled", "ended_at": ledger.at, "result": None}
            connection.execute(update(JOB).where(JOB.c.id == number).values(**values))
            ledger.add("job", details={"job": number, "kind": job.kind, "status": values["status"], "attempt": attempt})
            ledger.close()

        self._database.write(work)

    def cancel(self, actor: Actor, number: int) -> Job:
        """Stop a job: at once where it waits; where it runs its worker hears of it by `progress`."""

        def work(connection: Connection) -> Job:
            job = _job(connection, number, lock=True)
            if job.is_over or job.is_cancelled:
                return job
            ledger = Ledger(connection, actor, self._clock())
            values: dict[str, Any] = {"is_cancelled": 1}
            if job.status == "queued":
                values |= {"status": "cancelled", "ended_at": ledger.at}
            connection.execute(update(JOB).where(JOB.c.id == number).values(**values))
            status = values.get("status", "cancelling")
            ledger.add("job", details={"job": number, "kind": job.kind, "status": status})
            ledger.close()
            return _job(connection, number)

        return self._database.write(work)

    def enough(self, actor: Actor, number: int) -> Job:
        """Ask a job that runs to end with what it has so far. What cannot end so goes on to its end."""

        def work(connection: Connection) -> Job:
            job = _job(connection, number, lock=True)
            if job.status != "running" or job.is_cancelled or job.is_enough:
                return job
            ledger = Ledger(connection, actor, self._clock())
            connection.execute(update(JOB).where(JOB.c.id == number).values(arguments={**job.arguments, "enough": True}))
            ledger.add("job", details={"job": number, "kind": job.kind, "status": "enough"})
            ledger.close()
            return _job(connection, number)

        return self._database.write(work)

    def job(self, number: int) -> Job:
        """Return a job by its number."""
        return _found(self._database.row(_one(number)), number)

    def jobs(self, *, limit: int = 50, are_open: bool = False, kind: str | None = None) -> list[Job]:
        """Return jobs, the newest first; with `are_open` only those that wait or run, with `kind` only of that."""
        asked = select(*_COLUMNS).order_by(JOB.c.id.desc()).limit(limit)
        if are_open:
            asked = asked.where(JOB.c.status.in_(OPEN))
        if kind is not None:
            asked = asked.where(JOB.c.kind == kind)
        return [_as_job(row) for row in self._database.ask(asked)]

    def archive(self, number: int) -> bytes | None:
        """Return the archive that came of a job, or None."""
        asked = select(JOB.c.archive).where(JOB.c.id == number)
        found = self._database.value(asked)
        return None if found is None else bytes(found)

    def _end(self, number: int, attempt: int | None, values: Callable[[Job], dict[str, Any]]) -> None:
        def work(connection: Connection) -> None:
            job = _running(connection, number, attempt)
            ledger = Ledger(connection, SERVER, self._clock())
            given = values(job)
            connection.execute(update(JOB).where(JOB.c.id == number).values(**given, ended_at=ledger.at))
            ledger.add("job", details={"job": number, "kind": job.kind, "status": given["status"]})
            if given.get("archive") is not None:
                prune(connection, ledger)
            ledger.close()

        self._database.write(work)

    def _dead(self) -> list[tuple[int, int]]:
        """Return jobs, and which attempt of them, that gave no sign of life since this process first saw their last one."""
        asked = select(JOB.c.id, JOB.c.attempt, JOB.c.beat).where(JOB.c.status == "running")
        running = self._database.ask(asked)
        now, before = self._steady(), self._signs
        self._signs = {}
        for row in running:
            sign, since = before.get(row.id, ((-1, -1), now))
            self._signs[row.id] = (sign, since) if sign == (row.attempt, row.beat) else ((row.attempt, row.beat), now)
        return [(number, sign[0]) for number, (sign, since) in self._signs.items() if now - since > self._patience]

    def _end_attempt(self, number: int, attempt: int) -> None:
        """Queue a job again whose worker died, or fail it where it was begun often enough."""

        def work(connection: Connection) -> None:
            job = _job(connection, number, lock=True)
            if job.status != "running" or job.attempt != attempt:
                return
            ledger = Ledger(connection, SERVER, self._clock())
            values: dict[str, Any] = {"status": "queued", "message": "Begun again: its worker died.", "result": None}
            if job.is_cancelled:
                values = {"status": "cancelled", "ended_at": ledger.at}
            elif job.attempt >= MOST_ATTEMPTS:
                values = {"status": "failed", "ended_at": ledger.at, "message": f"Its worker died {job.attempt} times."}
            connection.execute(update(JOB).where(JOB.c.id == number).values(**values))
            ledger.add("job", details={"job": number, "kind": job.kind, "status": values["status"], "attempt": attempt})
            ledger.close()

        self._database.write(work)


def are_any_open(connection: Connection) -> bool:
    """Whether a job waits or runs. That changes only together with an entry of the history."""
    return connection.execute(select(JOB.c.id).where(JOB.c.status.in_(OPEN)).limit(1)).first() is not None


def _waiting() -> Select[Any]:
    return select(JOB.c.id).where(JOB.c.status == "queued").limit(1)


def _one(number: int) -> Select[Any]:
    return select(*_COLUMNS).where(JOB.c.id == number)


def _job(connection: Connection, number: int, *, lock: bool = False) -> Job:
    asked = _one(number)
    return _found(connection.execute(asked.with_for_update() if lock else asked).one_or_none(), number)


def _found(row: Row[Any] | None, number: int) -> Job:
    if row is None:
        raise UnknownNumber(f"There is no job {number}.")
    return _as_job(row)


def _running(connection: Connection, number: int, attempt: int | None) -> Job:
    job = _job(connection, number, lock=True)
    if job.status != "running" or attempt not in (None, job.attempt):
        raise LostJob(f"Job {number} is {job.status}, and no longer this worker's.")
    return job


def _as_job(row: Row[Any]) -> Job:
    return Job(
        id=row.id, kind=row.kind, arguments=row.arguments, status=row.status, asked_by=row.asked_by, account=row.account,
        asked_at=row.asked_at, begun_at=row.begun_at, ended_at=row.ended_at, worker=row.worker, attempt=row.attempt,
        share=row.share, message=row.message, is_cancelled=bool(row.is_cancelled), result=row.result,
        has_archive=bool(row.has_archive),
    )  # fmt: skip
