"""Pieces that the benchmark of engines runs, in a module that other processes can load."""

from typing import Any

from numba import njit

from contingent.ensemble.streams import uniform

DRAWS = 20_000_000
"""Random numbers that a compiled piece draws: about a third of a second."""


@njit(cache=True, nogil=True)
def mean_of_uniforms(key0, key1, piece, draws):  # noqa: ANN001, ANN201 (compiled)
    """Average random numbers, without the interpreter."""
    total = 0.0
    for draw in range(draws):
        total += uniform(key0, key1, piece, draw, 0)
    return total / draws


def trivial(_: Any, piece: int) -> dict[str, int]:
    """Do nothing."""
    return {"piece": piece}


def compiled(key: Any, piece: int) -> dict[str, float]:
    """Do nothing but compiled work."""
    return {"mean": float(mean_of_uniforms(key[0], key[1], piece, DRAWS))}
