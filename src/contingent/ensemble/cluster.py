"""The engine of many machines: a Dask scheduler and its workers, which the user has started.

The job is sent to the cluster once, as a task of its own: each worker fetches it once from another, and it is made anew if all
that had it are gone. A piece whose worker dies is begun again elsewhere by the scheduler. Every worker sees to it, before it
runs a piece, that its program is ours (`contingent.ensemble.program`), whenever it joined.

Pieces and results travel packed, so that Dask reads nothing into them.
"""

import contextlib
import itertools
import logging
import pickle
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contingent.ensemble.carried import Failure, pack_job, raise_failure, run_packed
from contingent.ensemble.job import Job, Piece, told
from contingent.ensemble.local import Done, Numbered
from contingent.ensemble.program import differences, program
from contingent.errors import EngineUnusable, WorkerLost

if TYPE_CHECKING:
    from distributed import Client, Future

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Time for the scheduler to answer, and for the first worker to be there. [s]"""

LEAST_AHEAD, AHEAD = 256, 8
"""Pieces that the scheduler holds: at least so many, or so many for each thread of a worker. [pieces]"""

MOST_GIVEN_UP = 2
"""Times that the scheduler may give a piece up. It does so when several workers have died that the piece was with, whether the
piece was being run or only waited there: once may be chance."""

SAME_LOCK = "Maybe install the same release from the same lock file on every machine."


@dataclass(frozen=True)
class Stranger:
    """What a worker of another program gives instead of a result."""

    program: dict[str, str]


def run_on_cluster(job: Job, pieces: Sequence[Numbered], *, address: str, patience: float = PATIENCE) -> Iterator[Done]:
    """Run pieces on the workers of a Dask scheduler.

    Parameters
    ----------
    job : Job
        What is run.
    pieces : sequence of (int, Piece)
        On what, with the place of each among all.
    address : str
        Of the scheduler.
    patience : float
        Time for the scheduler to answer, and for the first worker to be there. [s]

    Raises
    ------
    EngineUnusable
        If `distributed` is not installed, no scheduler answers, no worker is there, a worker runs another program, or the
        scheduler went away.
    WorkerLost
        If the scheduler gave a piece up because its workers died.
    """
    with _client(address, patience) as client:
        _check_programs(client)
        threads = sum(client.nthreads().values())
        packed = client.submit(bytes, pack_job(job), key=f"job-{uuid.uuid4().hex}", pure=False)
        yield from _Run(client, job, pieces, packed=packed, ahead=max(LEAST_AHEAD, AHEAD * threads)).outcomes()


def _client(address: str, patience: float) -> "Client":
    try:
        from distributed import Client
    except ImportError:
        raise EngineUnusable(f"{address} needs the package `distributed`. Maybe: pip install 'contingent[cluster]'.") from None
    try:
        client = Client(address, timeout=patience, set_as_default=False)
    except (OSError, TimeoutError, TypeError, ValueError) as problem:  # TypeError: tls:// without certificates
        why = " ".join(str(problem).split()) or "no answer in time"
        raise EngineUnusable(
            f"No Dask scheduler can be reached at {address} ({why}). Maybe start one: `dask scheduler`.") from problem
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError:
        client.close()
        raise EngineUnusable(
            f"The scheduler at {address} has no workers. Maybe start some: `dask worker {address}`, on each machine.") from None
    return client


def _check_programs(client: "Client") -> None:
    """Ask the scheduler and all workers that are there which program they run.

    Raises
    ------
    EngineUnusable
        If one cannot run ours, or would give other results.
    """
    try:
        found: dict[str, Any] = {"the scheduler": client.run_on_scheduler(program)}
    except Exception as problem:
        raise EngineUnusable(f"The scheduler cannot load this program ({_short(problem)}). {SAME_LOCK}") from problem
    found.update({f"worker {name}": said for name, said in sorted(client.run(program, on_error="return").items())})
    for name, said in found.items():
        if not isinstance(said, Mapping):
            raise EngineUnusable(f"{name} cannot load this program ({_short(said)}). {SAME_LOCK}")
        _check_program(name, dict(said))


def _check_program(name: str, said: dict[str, str]) -> None:
    different = differences(program(), said)
    if different:
        raise EngineUnusable(f"{name} runs another program: {'; '.join(different)}. {SAME_LOCK}")


def _short(problem: object) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"


class _Run:
    """The pieces of one job on their way through a cluster."""

    def __init__(self, client: "Client", job: Job, pieces: Sequence[Numbered], *, packed: "Future[bytes]", ahead: int) -> None:
        from distributed import as_completed

        self._client, self._job, self._packed = client, job, packed
        self._waiting = iter(pieces)
        self._ahead = ahead
        self._running: dict[Future[bytes], Numbered] = {}
        self._given_up: Counter[int] = Counter()
        self._finished = as_completed(with_results=True, raise_errors=False, loop=client.loop)

    def outcomes(self) -> Iterator[Done]:
        """Yield the place and result of each piece as it is finished."""
        try:
            self._begin(list(itertools.islice(self._waiting, self._ahead)))
            while self._running:
                for future, said in self._finished.next_batch(block=True):
                    place, piece = self._running.pop(future)
                    if future.status == "finished":
                        yield place, self._result(piece, said)
                    else:
                        self._check_loss(place, piece, said[1] if isinstance(said, tuple) else said)
                        self._begin([(place, piece)])
                if len(self._running) <= self._ahead // 2:
                    self._begin(list(itertools.islice(self._waiting, self._ahead - len(self._running))))
        finally:
            with contextlib.suppress(Exception):  # a scheduler that went away has nothing to cancel
                self._client.cancel([*self._running, self._packed])

    def _begin(self, batch: list[Numbered]) -> None:
        if not batch:
            return
        texts = [pickle.dumps(piece) for _, piece in batch]
        begun = self._client.map(
            _run_on_worker, texts, packed=self._packed, ours=program(), key=f"piece-{uuid.uuid4().hex}", pure=False)
        self._running.update(zip(begun, batch, strict=True))
        self._finished.update(begun)

    def _result(self, piece: Piece, said: bytes) -> dict[str, Any]:
        outcome: dict[str, Any] | Failure | Stranger = pickle.loads(said)  # noqa: S301 (of a worker that the user has started)
        if isinstance(outcome, Stranger):
            _check_program("A worker that joined later", outcome.program)
            raise EngineUnusable(f"A worker that joined later runs another program. {SAME_LOCK}")
        if isinstance(outcome, Failure):
            raise_failure(outcome, job=self._job, piece=piece)
        return outcome

    def _check_loss(self, place: int, piece: Piece, problem: object) -> None:
        """Raise if a piece that has no outcome should not be begun again: too many workers died, or the scheduler went away."""
        from distributed import KilledWorker

        if not isinstance(problem, KilledWorker):
            raise EngineUnusable(
                f"The cluster lost piece {told(piece)} of '{self._job.name}' ({type(problem).__name__}). "
                "Maybe the scheduler was stopped: start it again, and then this command.")
        self._given_up[place] += 1
        if self._given_up[place] >= MOST_GIVEN_UP:
            raise WorkerLost(
                f"{self._given_up[place] * (problem.allowed_failures + 1)} workers died while piece {told(piece)} of "
                f"'{self._job.name}' was with them. Maybe they are short of memory: their logs say more.")
        log.warning("Workers died while piece %s of %s was with them: it is begun again", told(piece), self._job.name)


def _run_on_worker(piece: bytes, packed: bytes, ours: dict[str, str]) -> bytes:
    """Run one packed piece on a worker whose program is ours."""
    if program() != ours:
        return pickle.dumps(Stranger(program()))
    return pickle.dumps(run_packed(packed, pickle.loads(piece)))  # noqa: S301 (packed by our own run)
