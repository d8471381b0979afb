"""Replications in pieces: what one piece plays and gives back, and how the pieces are put together again.

A piece counts in whole numbers, and whole numbers add up to the same in any order: the answer does not depend on how many pieces
there are, nor on who plays them. What a piece gives back does not grow with its replications.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from contingent.ensemble import Job, run_pieces
from contingent.simulation import layout as at
from contingent.simulation.layout import Given, Tally
from contingent.simulation.memory import groups_in, lay_out
from contingent.simulation.world import World

SMALLEST_PIECE = 125
"""Replications of a piece, unless there would be too many pieces. [replications]"""

MOST_PIECES = 40
"""Pieces of a run: enough for the cores of several machines, few enough that their results fit into memory. [pieces]"""

MOST_IN_A_PIECE = 60_000
"""Replications that the bins of a piece can count. [replications]"""

WHOLE = np.int64
"""What counts of all pieces together are kept in."""


def play_all(
    world: World, replications: int, *, engine: str, journal: Path | None, progress: Callable[[int, int], None] | None,
    piece: int | None = None,
) -> Tally:  # fmt: skip
    """Play replications and return what was counted over all of them.

    Parameters
    ----------
    piece : int, optional
        Replications of a piece; None = as many as suit. The answer is the same.
    """
    size = piece or max(SMALLEST_PIECE, -(-replications // MOST_PIECES))
    pieces = [[first, min(replications, first + size)] for first in range(0, replications, min(size, MOST_IN_A_PIECE))]
    job = Job(play_piece, world.given, "simulation", world.fingerprint())
    told = None if progress is None else (lambda done, _: progress(min(replications, done * size), replications))
    results = run_pieces(job, pieces, engine=engine, journal=journal, progress=told)
    return _together(results)


def play_piece(given: Given, piece: Sequence[int]) -> Mapping[str, Any]:
    """Play replications from the first up to the second number, and return what was counted."""
    from contingent.simulation.replication_kernel import play

    memory, tally = lay_out(given), empty_tally(given)
    play(memory.m, memory.f, tally, piece[0], piece[1])
    counted = {
        "dwell_bins": memory.table(at.H_DWELL_BINS, tally.dwell_bins.shape),
        "dwell_sum": memory.table(at.H_DWELL_SUMS, tally.dwell_sum.shape),
        "multiple_bins": memory.table(at.H_MULTIPLES, tally.multiple_bins.shape),
    }
    return tally._asdict() | counted


def _together(results: Sequence[Mapping[str, Any]]) -> Tally:
    first, *others = results
    sums: dict[str, Any] = {name: np.asarray(first[name]).astype(WHOLE) for name in Tally._fields}
    for result in others:
        for name in Tally._fields:
            sums[name] += result[name]
    return Tally(**sums)


def empty_tally(given: Given) -> Tally:
    """Return a tally in which nothing is counted yet."""
    lines, rows, months = given.line.shape[0], given.required.shape[0], given.required.shape[1]
    groups, offers = rows - lines, given.probability.shape[0]
    kinds = groups_in(given)
    longest = int(given.setting[at.X_HORIZON]) // int(given.width[1]) + 1
    states = min(at.STATE_BINS, len(given.unit) + 1)

    def bins(*shape: int) -> at.Counts:
        return np.zeros(shape, dtype=np.uint16)

    def whole(*shape: int) -> at.Ints:
        return np.zeros(shape, dtype=np.int64)

    return Tally(
        month_bins=bins(rows, months, at.MONTH_BINS), month_sum=whole(rows, months),
        total_bins=bins(rows, at.TOTAL_BINS), total_sum=whole(rows),
        worst_bins=bins(groups, at.TOTAL_BINS), worst_sum=whole(groups),
        held=whole(lines), longest_bins=bins(lines, longest), longest_sum=whole(lines),
        count_bins=bins(len(at.COUNTED), at.COUNT_BINS), count_sum=whole(len(at.COUNTED)),
        dwell_bins=whole(kinds, at.RATIO_BINS), dwell_sum=whole(kinds, at.DWELL_SUMS), multiple_bins=whole(at.MULTIPLE_BINS),
        state_bins=bins(months, len(at.STATES), states), state_sum=whole(months, len(at.STATES)),
        missed=whole(offers, len(at.CAUSES)), calls=whole(given.call.shape[0], at.CALL_SUMS),
    )  # fmt: skip
