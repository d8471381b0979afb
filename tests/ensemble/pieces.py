"""Jobs for the tests, at the top of a module so that other processes find them."""

from typing import Any

import numpy as np


def powers(shared: dict[str, Any], piece: int) -> dict[str, Any]:
    """Arrays of several kinds, and JSON values, as a simulation gives them."""
    base = shared["base"] + piece
    return {
        "powers": base ** np.arange(5, dtype=np.float64),
        "table": np.arange(6, dtype=np.int32).reshape(2, 3, order="F") * piece,
        "day": np.array(["2025-04-01", "2025-04-02"], dtype="datetime64[D]"),
        "nothing": np.zeros((0, 3)),
        "one": np.array(piece),
        "worst": ("line", piece, {"share": np.float64(0.1) + piece, "none": None, "infinite": float("inf")}),
        "lost": piece % 2 == 0,
    }
