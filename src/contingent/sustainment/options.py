"""How supply is worked out, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.model.rows import Requirement

First = Literal["supply", "movement"]

FRAMES = ("supply", "resupply", "stockouts", "survival", "logistics")
"""Frames of a plan that sustainment fills."""

LONGEST_PASSES = 3
"""So often logistics is worked out anew at most. [passes]"""


@dataclass(frozen=True, slots=True)
class SupplyOptions:
    """How supply is worked out.

    Parameters
    ----------
    first : {"supply", "movement"}
        Who takes the ways first where both do not fit. It is for whoever calls the stages in turn: what movement has taken is
        handed over as ``taken``.
    close : tuple of str
        Places and links that are closed together, from `from_day` on.
    from_day : int
        First day on which they are closed; it counts from the beginning of its week. [days from D-day]
    survival : bool
        Whether each crossing, port and depot is closed in turn.
    ways : int
        Most ways between two places that are looked at. [ways]
    """

    first: First = "supply"
    close: tuple[str, ...] = ()
    from_day: int = 0
    survival: bool = True
    ways: int = 6

    def __post_init__(self) -> None:
        if self.from_day < 0:
            raise ValueError(f"from_day is {self.from_day}; it must be a day of 0 or more.")
        if self.ways < 1:
            raise ValueError(f"ways is {self.ways}; it must be 1 or more.")


@dataclass(frozen=True)
class Supply:
    """What a force lives on, where it runs short, and what supplying it takes. Frames as in `contingent.plan.COLUMNS`.

    Parameters
    ----------
    supply : polars.DataFrame
        Stocks by place, supply and week: needed, used, sent on, delivered, left.
    resupply : polars.DataFrame
        What goes from where to where by which way in a week.
    stockouts : polars.DataFrame
        What runs out, where, when and why.
    survival : polars.DataFrame
        Days until something runs out at each place when something is closed.
    logistics : polars.DataFrame
        What all this takes of transport, handling and storage, beside what was sized.
    lines : tuple of Requirement
        Lines that would close the difference; none where what was sized is enough.
    loads : ndarray of float
        What supply takes of each resource of the network a day, in what the resource counts. Shape (resources, horizon days)
    full_day : int
        First day of the week in which most people are there. [days from D-day]
    sentences : tuple of str
        What came out, in plain words.
    seconds : mapping of str to float
        Time it took, by part. [s]
    """

    supply: pl.DataFrame
    resupply: pl.DataFrame
    stockouts: pl.DataFrame
    survival: pl.DataFrame
    logistics: pl.DataFrame
    lines: tuple[Requirement, ...]
    loads: NDArray[np.float64]
    full_day: int
    sentences: tuple[str, ...]
    seconds: Mapping[str, float]

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name, as a plan has them."""
        return {name: getattr(self, name) for name in FRAMES}
