"""What is known of the aid to the host: one frozen value that every output of aid is made from.

Days are counted from two beginnings: those of the forecast (``open``, ``arrivals``) from `as_of`, the close of the books; those
of needs, allocation and cover (``expected_arrivals`` onward) from D-day, as everywhere in a scenario.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from contingent.aid.allocation_problem import AllocationOptions
from contingent.aid.arrival_columns import ARRIVAL_FRAMES
from contingent.aid.ledger_columns import (
    DELIVERY_STATE_COLUMNS,
    DOUBT_COLUMNS,
    ENTRY_COLUMNS,
    LEDGER_COLUMNS,
    MONTH_COLUMNS,
)
from contingent.plan.columns import COLUMNS

LEDGER_FRAMES: dict[str, dict[str, pl.DataType]] = {
    "ledger": LEDGER_COLUMNS,
    "booked": DELIVERY_STATE_COLUMNS,
    "entries": ENTRY_COLUMNS,
    "by_month": MONTH_COLUMNS,
    "doubts": DOUBT_COLUMNS,
}
"""Frames of the books, as `contingent.aid.ledger_columns` describes them; ``booked`` is what became of each delivery."""

BESIDE_FRAMES: dict[str, dict[str, Any]] = {"competition": COLUMNS["aid_competition"], "adequacy": COLUMNS["adequacy"]}
"""Frames that hold aid against a plan, as in `contingent.plan.COLUMNS`; empty where no plan is given."""

STATUS_FRAMES: dict[str, dict[str, Any]] = {**LEDGER_FRAMES, **ARRIVAL_FRAMES, **BESIDE_FRAMES}
"""Columns of every frame of the status of aid."""

DEFAULT_HORIZON_DAYS = 720
"""How far from D-day arrivals are allocated where nothing else is said. [days]"""


@dataclass(frozen=True, slots=True)
class AidOptions:
    """How the status of aid is worked out.

    Parameters
    ----------
    as_of : date, optional
        Close of the books; None = the last day that the ledger knows anything of.
    complete : bool
        Whether the ledger would know of every arrival up to its close. If not, a pledge is followed up to the last look at it.
    horizon_days : int
        How far from D-day arrivals are foreseen and allocated. [days]
    stopped : tuple of str
        Donors of whom nothing more arrives.
    replications : int
        Of the forecast. [-]
    confidence : float
        Of its intervals. [-]
    seed : int
        Of its random numbers.
    allocation : AllocationOptions
        Standard, periods, bounds, effort; its horizon is the one above.
    """

    as_of: date | None = None
    complete: bool = False
    horizon_days: int = DEFAULT_HORIZON_DAYS
    stopped: tuple[str, ...] = ()
    replications: int = 500
    confidence: float = 0.8
    seed: int = 1
    allocation: AllocationOptions = field(default_factory=AllocationOptions)


@dataclass(frozen=True, eq=False)
class AidStatus:
    """What was promised, what came, what will, who gets it, what is still missing. Frozen.

    Parameters
    ----------
    title, marking : str
        From the scenario.
    as_of, start_date : date
        Close of the books; D-day.
    options : AidOptions
        As asked.
    frames : mapping of str to polars.DataFrame
        `STATUS_FRAMES`.
    seconds : mapping of str to float
        Time by step; the only part that differs between two runs. [s]
    """

    title: str
    marking: str
    as_of: date
    start_date: date
    options: AidOptions
    frames: Mapping[str, pl.DataFrame]
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def lead_days(self) -> int:
        """Days from the close of the books to D-day; negative where the books close after it. [days]"""
        return (self.start_date - self.as_of).days
