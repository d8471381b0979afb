"""How to stress a plan, and what came out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class StressOptions:
    """How to stress a plan.

    Parameters
    ----------
    cases : sequence of str, optional
        Names of cases of the scenario; None = all that it has.
    battery : bool
        Whether the standard battery is run: nations alone, in pairs and together, shares in the fill, chances of taking part.
    together : int
        Up to so many nations are taken away together. [nations]
    threshold : float
        Fill of the first priority below which the force is no longer one. [-]
    priority : int, optional
        Priority for which the worst sets are looked for: the first one, which is what None means. Only of it can be proven that
        no other nations cost more; of later ones the worst that was found is told.
    orders : int
        Orders of joining that shares in the fill are averaged over; two are one pair. [orders]
    draws : int
        Draws of who takes part. [draws]
    seed : int
        Seed of every random choice.
    engine : str
        Where it is worked out, as `contingent.ensemble.parse_engine` reads it. The results are the same.
    journal : Path, optional
        Folder that keeps what is done, for a run that was interrupted.
    progress : callable, optional
        Told how many pieces of how many are done.
    """

    cases: Sequence[str] | None = None
    battery: bool = True
    together: int = 3
    threshold: float = 0.5
    priority: int | None = None
    orders: int = 40
    draws: int = 100
    seed: int = 0
    engine: str = "here"
    journal: Path | None = None
    progress: Callable[[int, int], None] | None = None

    def __post_init__(self) -> None:
        for name, least in (("together", 1), ("orders", 2), ("draws", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be {least} or more.")
        if not 0.0 < self.threshold <= 1.0:
            raise ValueError(f"threshold is {self.threshold}; it must be a share above 0, and at most 1.")


@dataclass(frozen=True)
class Stress:
    """What breaks a plan. Frozen; frames as in `contingent.plan.COLUMNS`.

    Parameters
    ----------
    stress : polars.DataFrame
        Each case, each nation alone and each pair, by priority.
    stress_worst, stress_smallest : polars.DataFrame
        The nations whose loss together costs most; the fewest whose loss drops the first priority below the threshold.
    shapley, participation : polars.DataFrame
        What each nation is worth; what is filled when it is left to chance who takes part.
    sentences : tuple of str
        The same in words, the most important first.
    seconds : mapping of str to float
        Time by part; the only thing that differs between two runs. [s]
    """

    stress: pl.DataFrame
    stress_worst: pl.DataFrame
    stress_smallest: pl.DataFrame
    shapley: pl.DataFrame
    participation: pl.DataFrame
    sentences: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name, as a plan has them."""
        names = ("stress", "stress_worst", "stress_smallest", "shapley", "participation")
        return {name: getattr(self, name) for name in names}
