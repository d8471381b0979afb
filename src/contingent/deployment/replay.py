"""Replay: a schedule played through under delays and breakdowns, many times, and when each line is then closed."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from contingent.deployment.sent import Sent
from contingent.deployment.timetable import Array, Timetable, timetable_of
from contingent.ensemble import Job, run_pieces
from contingent.ensemble.streams import key_of
from contingent.model.scenario import Scenario
from contingent.network.factors import movement_factor

log = logging.getLogger(__name__)

PIECE = 100
"""Replications of a piece. [replications]"""
LOW, HIGH = 0.05, 0.95
"""Quantiles that are told. [-]"""
CHANCES = ("late_leg_share", "late_leg_days", "breakdown_share", "breakdown_days")
"""Factors of delays, in the order in which the kernel reads them."""
LINES = {
    "line": pl.String, "required_day": pl.Int64, "mean": pl.Float64, "p05": pl.Float64, "p50": pl.Float64, "p95": pl.Float64,
    "in_time": pl.Float64, "never": pl.Float64,
}  # fmt: skip
CURVE = {"day": pl.Int64, "p05": pl.Float64, "mean": pl.Float64, "p95": pl.Float64}


@dataclass(frozen=True)
class Replay:
    """What becomes of a schedule under delays.

    Parameters
    ----------
    lines : polars.DataFrame
        line, required_day; mean, p05, p50, p95 of the day on which its first occupation is complete, blank where it never is;
        in_time, never: share of replications in which it is complete by its day, and in which it never is.
        [days from D-day], [-]
    arrivals : polars.DataFrame
        day; p05, mean, p95 of the people in place. [people]
    replications, seed : int
        How often, from which seed.
    seconds : float
        Time it took. [s]
    """

    lines: pl.DataFrame
    arrivals: pl.DataFrame
    replications: int
    seed: int
    seconds: float

    def into(self, closure: pl.DataFrame) -> pl.DataFrame:
        """Return the frame ``closure`` with p05 and p95 of the replay."""
        kept = closure.drop("p05", "p95")
        return kept.join(self.lines.select("line", "p05", "p95"), on="line", how="left", maintain_order="left")


def replay(
    schedule: Sent, scenario: Scenario, tours: pl.DataFrame, option: str | None = None, *, replications: int = 1000,
    seed: int = 0, until: int | None = None, engine: str = "here",
    journal: Path | None = None, progress: Callable[[int, int], None] | None = None,
) -> Replay:  # fmt: skip
    """Play a schedule through under delays and breakdowns.

    Parameters
    ----------
    schedule : Sent
        As it was made.
    scenario : Scenario
        With the lines of its mandate derived; its factors say how often legs are late, and by how much.
    tours : polars.DataFrame
        For which it was made.
    option : str, optional
        Course of action of the plan.
    replications : int
        How often.
    seed : int
        Of the delays. A leg has the same delay in a replication whatever else happens.
    until : int, optional
        Only parts that are to be there before this day are replayed, with what later ones have booked, and only lines whose first
        occupation is due before it are told. [days from D-day]
    engine : str
        As `contingent.ensemble.run_pieces` reads it. The numbers are the same on each.
    journal : Path, optional
        Folder that keeps what is done.
    progress : callable, optional
        Called with replications done and of all.

    Raises
    ------
    ValueError
        If there are no replications to play.
    """
    if replications < 1:
        raise ValueError(f"replications is {replications}; a schedule is replayed at least once.")
    began = perf_counter()
    timetable = timetable_of(schedule, scenario, tours, option, until=until)
    chance = tuple(movement_factor(scenario, name) for name in CHANCES)
    closed, curve = play_all(
        timetable, chance, replications=replications, seed=seed, engine=engine, journal=journal, progress=progress
    )
    log.info("replayed %d parts %d times", len(timetable.unit), replications)
    return Replay(_lines(timetable, closed), _curve(curve), replications, seed, perf_counter() - began)


def play_all(
    timetable: Timetable, chance: tuple[float, ...], *, replications: int, seed: int, engine: str = "here",
    journal: Path | None = None, progress: Callable[[int, int], None] | None = None,
) -> tuple[Array, Array]:  # fmt: skip
    """Play replications; return the day on which each line is closed (-1 = never), and people in place.

    Returns
    -------
    tuple of ndarray of int
        shapes (replications, lines) and (replications, days).
    """
    pieces = [[first, min(replications, first + PIECE)] for first in range(0, replications, PIECE)]
    shared = {"timetable": timetable, "chance": chance, "seed": seed}
    job = Job(play_piece, shared, "replay", f"{timetable.fingerprint()}-{chance}-{seed}")
    told = None if progress is None else (lambda done, _: progress(min(replications, done * PIECE), replications))
    results = run_pieces(job, pieces, engine=engine, journal=journal, progress=told)
    return tuple(np.concatenate([result[name] for result in results]) for name in ("closed", "curve"))  # type: ignore[return-value]


def play_piece(shared: Mapping[str, Any], piece: Sequence[int]) -> Mapping[str, Any]:
    """Play replications from the first up to the second number."""
    from contingent.deployment.replay_kernel import play

    timetable: Timetable = shared["timetable"]
    key0, key1 = key_of(shared["seed"], "deployment", "delays")
    count = piece[1] - piece[0]
    closed = np.empty((count, len(timetable.lines)), dtype=np.int64)
    curve = np.empty((count, timetable.horizon_days + 1), dtype=np.int64)
    play(
        timetable.table, timetable.capacity, timetable.unit, timetable.units, timetable.closes, tuple(shared["chance"]),
        key0, key1, piece[0], closed, curve,
    )  # fmt: skip
    return {"closed": closed.astype(np.int32), "curve": curve[:, :-1].astype(np.int32)}


def _quantile(ordered: Array, share: float) -> Array:
    """The least value that is not exceeded in a share of replications. Rows are in order."""
    row: Array = ordered[max(0, int(np.ceil(share * len(ordered) - 1e-9)) - 1)]
    return row


def _lines(timetable: Timetable, closed: Array) -> pl.DataFrame:
    """How each line fares."""
    never = closed < 0
    days = np.where(never, np.inf, closed.astype(np.float64))
    ordered = np.sort(days, axis=0)
    told = {
        "mean": days.mean(axis=0), "p05": _quantile(ordered, LOW), "p50": _quantile(ordered, 0.5), "p95": _quantile(ordered, HIGH)
    }
    columns = {name: [float(value) if np.isfinite(value) else None for value in values] for name, values in told.items()}
    rows = {
        "line": list(timetable.lines), "required_day": timetable.closes.tolist(), **columns,
        "in_time": (days <= timetable.closes).mean(axis=0), "never": never.mean(axis=0),
    }
    return pl.DataFrame(rows, schema=LINES)


def _curve(curve: Array) -> pl.DataFrame:
    """How many people are in place by day."""
    ordered = np.sort(curve, axis=0)
    rows = {
        "day": np.arange(curve.shape[1]), "p05": _quantile(ordered, LOW).astype(np.float64), "mean": curve.mean(axis=0),
        "p95": _quantile(ordered, HIGH).astype(np.float64),
    }
    return pl.DataFrame(rows, schema=CURVE)
