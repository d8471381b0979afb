"""Which engine runs the pieces of a job, as a user writes it."""

import difflib
import os
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

MOST_BY_DEFAULT = 32
"""Workers that are started without being asked for by number: each holds a copy of what the job reads. [workers]"""

SCHEMES = ("tcp", "tls")
COUNTED: tuple[Literal["threads"], Literal["processes"]] = ("threads", "processes")

ALLOWED = (
    "'here', 'threads' or 'threads:4', 'processes' or 'processes:4', or the address of a Dask scheduler, "
    "such as 'tcp://10.0.0.5:8786'"
)

ENGINE_HELP = (
    "Where it is computed: here (one core), threads:N, processes:N, or a Dask scheduler such as tcp://10.0.0.5:8786. "
    "Blank = one process for each core. The results are the same."
)
"""What `--engine` says of itself."""


@dataclass(frozen=True)
class Engine:
    """Where pieces are run.

    Parameters
    ----------
    kind : {'here', 'threads', 'processes', 'cluster'}
        In this process one after another, on threads of it, on processes of this machine, or on a Dask cluster.
    workers : int
        Threads or processes; 1 for `here`, 0 for a cluster, which has what it has. [workers]
    address : str
        Of the cluster's scheduler; else blank.
    """

    kind: Literal["here", "threads", "processes", "cluster"]
    workers: int = 1
    address: str = ""


def parse_engine(text: str) -> Engine:
    """Return the engine that a text names.

    Parameters
    ----------
    text : str
        ``here``, ``threads``, ``threads:N``, ``processes``, ``processes:N``, ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.

    Raises
    ------
    ValueError
        If the text names no engine. The message says what is allowed.

    Examples
    --------
    >>> parse_engine("processes:4")
    Engine(kind='processes', workers=4, address='')
    """
    if text == "here":
        return Engine("here")
    if "://" in text:
        return Engine("cluster", workers=0, address=_address(text))
    name, colon, number = text.partition(":")
    for kind in COUNTED:
        if name == kind:
            return Engine(kind, workers=_count(text, number) if colon else cores())
    near = difflib.get_close_matches(name.lower(), ["here", *COUNTED], n=1)
    nearest = f" Nearest: '{near[0]}'." if near else ""
    raise ValueError(f"'{text}' is no engine.{nearest} Maybe {ALLOWED}.")


def _count(text: str, number: str) -> int:
    if not (number.isascii() and number.isdigit() and int(number) > 0):
        raise ValueError(f"'{text}' names no number of workers: after the colon stands one of at least 1. Maybe {ALLOWED}.")
    return int(number)


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        complete = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port is not None
    except ValueError:  # a port that is no number
        complete = False
    if not complete:
        raise ValueError(
            f"'{text}' is no address of a scheduler: one begins with tcp:// or tls:// and ends with a port. Maybe {ALLOWED}.")
    return text


def cores() -> int:
    """Return how many workers are started where no number is given. [workers]"""
    if hasattr(os, "sched_getaffinity"):
        available = len(os.sched_getaffinity(0))
    else:
        available = os.cpu_count() or 1
    return min(available, MOST_BY_DEFAULT)


def default_engine() -> str:
    """Return the engine that is used where none is named: a process for each core, or none where there is one core."""
    available = cores()
    return f"processes:{available}" if available > 1 else "here"
