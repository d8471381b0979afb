"""How to simulate, and what came out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import polars as pl

from contingent.model.chance import Dispatch
from contingent.plan.columns import empty_frame

Start = Literal["fresh", "spread", "random"]


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """How to play a plan through under chance.

    Parameters
    ----------
    replications : int
        How often. [replications]
    seed : int
        Of every named stream of random numbers.
    empty_days : int
        A line is held if it never stands empty for more than so many days on end. [days]
    dispatch : {"planned", "longest_dwell", "own_nation"}, optional
        Who is sent first where a post falls empty; None = as the policies say.
    greedy : bool
        Without a plan: posts are filled by dispatch alone.
    start : {"fresh", "spread", "random"}
        Only without a plan: every unit ready on D-day, or like units spread evenly over their cycle, or anywhere in it at random.
    fill_gaps : bool
        Whether posts that the plan leaves empty are filled as well, by whoever is free.
    option : str, optional
        Only without a plan: course of action; None = all lines.
    engine : str
        Where it is computed (`contingent.ensemble`); the results are the same bytes.
    journal : Path, optional
        Folder that keeps what is done, so that an interrupted run goes on from there.
    progress : callable, optional
        Called with the replications done and all.
    """

    replications: int = 1000
    seed: int = 0
    empty_days: int = 7
    dispatch: Dispatch | None = None
    greedy: bool = False
    start: Start = "fresh"
    fill_gaps: bool = False
    option: str | None = None
    engine: str = "threads"
    journal: Path | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True)
class Risk:
    """What becomes of a plan under chance. Frozen; frames as in `contingent.plan.risk_columns`.

    Parameters
    ----------
    replications, seed : int
        How often it was played through, and from which seed.
    unit_days : int
        Days that all units together lived through. [unit-days]
    seconds : float
        Time that it took; the only part that differs between two runs. [s]
    """

    risk_summary: pl.DataFrame
    risk_fill: pl.DataFrame
    risk_lines: pl.DataFrame
    risk_dwell: pl.DataFrame
    risk_dwell_histogram: pl.DataFrame
    risk_states: pl.DataFrame
    risk_missed: pl.DataFrame
    risk_calls: pl.DataFrame
    replications: int = 0
    seed: int = 0
    unit_days: int = 0
    seconds: float = field(default=0.0, compare=False)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by the names that they have in a plan."""
        return {name: getattr(self, name) for name in FRAMES}


FRAMES = (
    "risk_summary", "risk_fill", "risk_lines", "risk_dwell", "risk_dwell_histogram", "risk_states", "risk_missed", "risk_calls",
)
"""Frames of a plan that a simulation fills."""


def no_risk() -> Risk:
    """Return the answer where nothing was played through: every frame empty."""
    return risk_of({name: empty_frame(name) for name in FRAMES})


def risk_of(
    frames: Mapping[str, pl.DataFrame], *, replications: int = 0, seed: int = 0, unit_days: int = 0, seconds: float = 0.0
) -> Risk:
    """Return frames by their names as an answer."""
    given: dict[str, Any] = {name: frames[name] for name in FRAMES}
    return Risk(**given, replications=replications, seed=seed, unit_days=unit_days, seconds=seconds)
