"""What travels between processes: the job once, and of each piece its result or what went wrong with it.

An error is packed where it is raised, and only if it can be unpacked there too: an error that breaks on its way would look
like a worker that died.
"""

import functools
import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from contingent.ensemble.job import Job, Piece, checked_result, told


class PieceFailed(RuntimeError):
    """A piece raised an error that cannot travel. The message has its kind and text, and its traceback as a note."""


@dataclass(frozen=True)
class Failure:
    """An error on its way from a worker.

    Parameters
    ----------
    packed : bytes or None
        The error, if it can be pickled and back.
    text : str
        Its kind and message.
    trace : str
        Its traceback on the worker.
    """

    packed: bytes | None
    text: str
    trace: str


Outcome = dict[str, Any] | Failure


def pack_job(job: Job) -> bytes:
    """Return the function and what all its pieces read, as every worker gets them."""
    return pickle.dumps((job.function, job.shared), protocol=pickle.HIGHEST_PROTOCOL)


@functools.lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> tuple[Callable[[Any, Any], Any], Any]:
    function, shared = pickle.loads(packed)  # noqa: S301 (packed by our own run)
    return function, shared


def run_packed(packed: bytes, piece: Piece) -> Outcome:
    """Run one piece on a worker, which unpacks the job once."""
    try:
        function, shared = _unpacked(packed)
        return checked_result(function(shared, piece))
    except Exception as error:  # noqa: BLE001 (raised again where the job was started)
        return Failure(_packed_error(error), f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))


def _packed_error(error: Exception) -> bytes | None:
    try:
        packed = pickle.dumps(error)
        return packed if type(pickle.loads(packed)) is type(error) else None  # noqa: S301 (packed on the line above)
    except Exception:  # noqa: BLE001 (whatever a foreign error does when it is packed)
        return None


def raise_failure(failure: Failure, *, job: Job, piece: Piece) -> NoReturn:
    """Raise what a piece raised on its worker, with notes that name the piece and hold the worker's traceback."""
    error: Exception
    try:
        error = PieceFailed(failure.text) if failure.packed is None else pickle.loads(failure.packed)  # noqa: S301 (our worker's)
    except Exception:  # noqa: BLE001 (an error of a package that only the worker has)
        error = PieceFailed(failure.text)
    name_piece(error, job=job, piece=piece)
    error.add_note(f"On the worker:\n{failure.trace.rstrip()}")
    raise error


def name_piece(error: BaseException, *, job: Job, piece: Piece) -> None:
    """Note on an error in which piece it was raised."""
    error.add_note(f"In piece {told(piece)} of '{job.name}'.")
