"""Jobs for the tests, at the top of a module so that other processes find them."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np

from contingent.errors import BadScenario
from contingent.findings import Finding


def powers(shared: dict[str, Any], piece: int) -> dict[str, Any]:
    """Arrays of several kinds, and JSON values, as a simulation gives them."""
    base = shared["base"] + piece
    return {
        "powers": base ** np.arange(5, dtype=np.float64),
        "table": (np.arange(6, dtype=np.int32).reshape(2, 3) * piece).T,
        "day": np.array(["2025-04-01", "2025-04-02"], dtype="datetime64[D]"),
        "nothing": np.zeros((0, 3)),
        "one": np.array(piece),
        "worst": ("line", piece, {"share": np.float64(0.1) + piece, "none": None, "infinite": float("inf")}),
        "even": piece % 2 == 0,
    }


def noted(shared: dict[str, str], piece: int) -> dict[str, Any]:
    """As `powers`, with a line in a file for each time that a piece is run."""
    with (Path(shared["folder"]) / "runs.txt").open("a") as runs:
        runs.write(f"{piece}\n")
    time.sleep(float(shared.get("seconds", "0")))
    return powers({"base": 0.5}, piece)


def kills_its_worker(shared: dict[str, Any], piece: int) -> dict[str, Any]:
    """Ends its own process, as a machine short of memory would: pieces named in `once` the first time, in `always` each time."""
    mark = Path(shared["folder"]) / f"tried-{piece}"
    if piece in shared.get("always", ()) or (piece in shared.get("once", ()) and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return powers({"base": 0.5}, piece)


class CannotTravel(Exception):
    """An error that is pickled, and cannot be unpickled."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def fails(shared: dict[str, Any], piece: int) -> dict[str, Any]:
    """Raises at piece 3 what `shared` names."""
    if piece != 3:
        return {}
    if shared["kind"] == "value":
        raise ValueError("three is too many")
    if shared["kind"] == "findings":
        raise BadScenario("small/", [Finding("offers.csv", "What is wrong.", line=4)])
    if shared["kind"] == "cannot travel":
        raise CannotTravel("this", "that")
    return {"set": {1, 2, 3}}


def echo(shared: Any, piece: Any) -> dict[str, Any]:
    """Gives back what it was given."""
    return {"shared": shared, "piece": piece, "kind": type(piece).__name__}


def bytes_of(results: list[Any]) -> list[str]:
    """All that is in results, kinds, shapes, order of names and last bits included."""
    return [
        repr([
            (name, value.dtype.str, value.shape, value.tobytes().hex()) if isinstance(value, np.ndarray) else (name, value)
            for name, value in result.items()
        ])
        for result in results
    ]
