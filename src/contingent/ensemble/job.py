"""What is run: a job, its pieces, and what a piece may give back.

What goes in and comes out is kept to what every engine and the journal carry unchanged: JSON values, and arrays of numbers,
truth values, texts or dates. A result is brought into one form where it is made, so that nothing depends on how it travelled.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

JsonValue: TypeAlias = Any
"""A text, number, truth value, None, or a list or mapping (keys are texts) of these. A tuple counts as a list."""

Piece: TypeAlias = JsonValue
"""Says which case, replication or point is meant."""

Result: TypeAlias = Mapping[str, Any]
"""Arrays and JSON values by name."""

LONGEST_TOLD = 100
"""Characters of a piece that a message shows."""


@dataclass(frozen=True)
class Job:
    """A function to be run on many pieces.

    Parameters
    ----------
    function : callable
        Called as ``function(shared, piece)``; gives arrays and JSON values by name. It stands at the top of a module, so that
        other processes find it; it gives the same for the same and changes nothing that it was given.
    shared : object
        What all pieces read. It can be pickled, and is sent once to each worker.
    name : str
        For messages and the journal.
    fingerprint : str
        Of `shared`: where the text is the same, so are the results. A hash of the input and of the seed, as a rule.
    """

    function: Callable[[Any, Any], Mapping[str, Any]]
    shared: Any
    name: str
    fingerprint: str


def check_job(job: Job, *, elsewhere: bool) -> None:
    """Find out now what other processes would stumble over.

    Parameters
    ----------
    job : Job
        What is to be run.
    elsewhere : bool
        Whether on machines that know nothing of the script that was started here.

    Raises
    ------
    TypeError
        If other processes cannot find the function by its name.
    """
    qualified = getattr(job.function, "__qualname__", None)
    if qualified is None or "<" in qualified:
        told = qualified or type(job.function).__name__
        raise TypeError(f"{told} of job '{job.name}' is no function at the top of a module: other processes would not find it.")
    if elsewhere and job.function.__module__ == "__main__":
        raise TypeError(f"{qualified} of job '{job.name}' is in the script that was started: a cluster's workers cannot load it.")


def text_of_piece(piece: Piece) -> str:
    """Return a piece as JSON: one text for one piece.

    Raises
    ------
    TypeError
        If the piece is no JSON value.
    """
    try:
        plain = _plain(piece)
    except TypeError as problem:
        raise TypeError(
            f"A piece is made of texts, numbers, lists and mappings of these, but {told(piece)} holds {problem}.") from None
    return json.dumps(plain, ensure_ascii=True)


def told(piece: Piece) -> str:
    """Return a piece as a message names it."""
    text = repr(piece)
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}..."


def checked_result(result: Any) -> dict[str, Any]:
    """Return a result in the one form that does not depend on how it travels.

    Arrays are copied in row order; numbers of numpy become numbers of Python, tuples become lists.

    Raises
    ------
    TypeError
        If it holds anything but arrays and JSON values by name.
    """
    if not isinstance(result, Mapping):
        raise TypeError(f"A piece gives arrays and JSON values by name (a mapping), not {_named(result)}.")
    checked: dict[str, Any] = {}
    for name, value in result.items():
        if type(name) is not str:
            raise TypeError(f"What a piece gives is named by texts, not by {_named(name)}: {name!r}.")
        if isinstance(value, np.ndarray):
            checked[name] = _checked_array(name, value)
            continue
        try:
            checked[name] = _plain(value)
        except TypeError as problem:
            raise TypeError(f"'{name}' of a piece's result is neither an array nor a JSON value: it holds {problem}.") from None
    return checked


def _checked_array(name: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if type(array) is not np.ndarray or array.dtype.hasobject:
        kind = f"an array of {array.dtype}" if type(array) is np.ndarray else _named(array)
        raise TypeError(
            f"'{name}' of a piece's result is {kind}: only plain arrays of numbers, truth values, texts or dates travel.")
    return np.array(array, order="C", copy=True)


def _plain(value: Any) -> JsonValue:
    """Return a JSON value in its plainest form; TypeError names the type that is none."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.bool_ | np.integer | np.floating) and type(value.item()) in (bool, int, float):
        return value.item()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        if any(type(key) is not str for key in value):
            raise TypeError("a mapping whose keys are not texts")
        return {key: _plain(item) for key, item in value.items()}
    raise TypeError(_named(value))


def _named(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
