"""What was decided: a plan, frozen, with where it came from.

Frames are polars frames; their columns are listed in `COLUMNS` and are a contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

GoalStatus = Literal["optimal", "feasible", "time_limit", "empty"]

Reason = Literal["not_offered", "caveat", "not_ready", "in_dwell", "outranked", "ceiling", "one_nation"]
REASONS: dict[str, str] = {
    "not_offered": "no nation offers enough of it",
    "caveat": "nations that offer it rule out the place or the task",
    "not_ready": "the units that fit are not ready, or their window is too short for a tour",
    "in_dwell": "the units that fit are at home between tours, or have done all their tours",
    "outranked": "the units that fit serve a line of the same or a higher priority, or are pinned elsewhere",
    "ceiling": "the nation is at its ceiling of people deployed",
    "one_nation": "the line must be held by one nation throughout, and no nation can",
}
"""Reasons for a gap, each with its sentence. A gap may need several at once, joined by ``;``."""

REASONS_OF_UNUSED = (*REASONS, "no_line", "not_needed")
"""Reasons why units of an offer never go; several are joined by ``;``."""

NOT_PROVEN = "not proven cheapest"
"""Stands last in ``closes`` of a remedy of which it is not proven that none is cheaper."""

COLUMNS: dict[str, dict[str, Any]] = {
    "tours": {
        "unit": pl.String,
        "offer": pl.String,
        "nation": pl.String,
        "unit_type": pl.String,
        "capability": pl.String,
        "line": pl.String,
        "location": pl.String,
        "from_day": pl.Int64,
        "until_day": pl.Int64,
        "serves_until_day": pl.Int64,
        "rested_day": pl.Int64,
        "people": pl.Int64,
        "effectiveness": pl.Float64,
        "pinned": pl.Boolean,
        "confidence": pl.String,
    },
    "coverage": {
        "line": pl.String,
        "capability": pl.String,
        "location": pl.String,
        "priority": pl.Int64,
        "from_day": pl.Int64,
        "until_day": pl.Int64,
        "required": pl.Float64,
        "filled": pl.Float64,
        "gap": pl.Float64,
        "units": pl.Int64,
        "nations": pl.String,
    },
    "gaps": {
        "line": pl.String,
        "capability": pl.String,
        "location": pl.String,
        "priority": pl.Int64,
        "from_day": pl.Int64,
        "until_day": pl.Int64,
        "quantity": pl.Float64,
        "unit_days": pl.Float64,
        "reason": pl.String,
        "detail": pl.String,
    },
    "nations": {
        "nation": pl.String,
        "name": pl.String,
        "units_offered": pl.Int64,
        "units_used": pl.Int64,
        "tours": pl.Int64,
        "person_days": pl.Int64,
        "people_peak": pl.Int64,
        "ceiling": pl.Int64,
        "share": pl.Float64,
        "fair_share": pl.Float64,
        "burden": pl.Float64,
    },
    "unused": {
        "offer": pl.String,
        "nation": pl.String,
        "unit_type": pl.String,
        "offered": pl.Int64,
        "unused": pl.Int64,
        "reason": pl.String,
        "detail": pl.String,
    },
    "remedies": {
        "unit_type": pl.String,
        "name": pl.String,
        "units": pl.Int64,
        "people": pl.Int64,
        "closes": pl.String,
        "unit_days": pl.Float64,
        "cost": pl.Float64,
    },
    "worth": {
        "unit_type": pl.String,
        "name": pl.String,
        "priority": pl.Int64,
        "unit_days": pl.Float64,
        "lines": pl.String,
    },
}
"""Columns of each frame of a plan and their types.

tours       one row a tour: days are half open; a unit serves its line from ``from_day`` to ``serves_until_day`` (tour less
            handover), leaves on ``until_day`` and may go again from ``rested_day``.
coverage    one row per line and interval in which nothing changes. [units of full effectiveness]; ``nations`` as FRA:2;GBR:1.
gaps        one row per line, interval, reason; quantities of rows that overlap add up to the gap.
nations     one row a nation: ``share`` of the requirement's person-days that it carries, against its fair share; ``burden``
            is their ratio (null where no fair share is set).
unused      offers with units that never go, and why.
remedies    the cheapest further offers that close the gaps.
worth       unit-days of gap, by priority, that one more unit of each type would close.
"""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How to plan.

    Parameters
    ----------
    option : str, optional
        Course of action of the scenario; None takes the scenario's default, or all lines.
    time_limit : float, optional
        Longest time for generation: it searches until all goals are proven or the limit is reached, and then delivers the best
        plan found with its bound. None = a set amount of work, the same on every machine. [s]
    gap : float
        Relative distance between value and bound at which a goal counts as reached. [-]
    seed : int
        Seed of every random choice.
    method : {"auto", "exact", "search"}
        ``exact`` proves by MILP, ``search`` takes the problem apart, ``auto`` chooses by size.
    remedies : bool
        Whether remedies and the worth of further units are worked out.
    """

    option: str | None = None
    time_limit: float | None = None
    gap: float = 1e-6
    seed: int = 0
    method: Literal["auto", "exact", "search"] = "auto"
    remedies: bool = True


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of the plan, in its order.

    Parameters
    ----------
    name : str
        ``unfilled_priority_1`` ..., ``burden``, ``continuity``, ``cost``.
    value : float
        What the plan reaches; less is better.
    bound : float
        No plan that keeps the earlier goals at their values can be lower than this.
    status : {"optimal", "feasible", "time_limit", "empty"}
        optimal: value meets bound; feasible: proven within the bound; time_limit: stopped by the clock; empty: nothing
        to decide.
    method : str
        How value and bound were found.
    seconds : float
        Time it took. [s]
    unit : str
        Unit of value and bound.
    """

    name: str
    value: float
    bound: float
    status: GoalStatus
    method: str
    seconds: float
    unit: str


@dataclass(frozen=True)
class Plan:
    """The result of `contingent.make_plan`. Frozen.

    Parameters
    ----------
    title, option, marking : str
        From the scenario; `option` is None where all lines were planned.
    goals : tuple of Goal
        In order; each was locked before the next.
    required_unit_days, filled_unit_days : mapping of int to float
        By priority. [unit-days]
    people_deployed_peak : int
        Most people deployed on one day. [people]
    low_confidence_share : float
        Share of the filled unit-days that rests on offers of low confidence. [-]
    tours, coverage, gaps, nations, unused, remedies, worth : polars.DataFrame
        See `COLUMNS`.
    provenance : mapping
        Fingerprint of the scenario, versions, seed, options.
    seconds : mapping of str to float
        Time by stage; the only part that differs between two runs. [s]
    """

    title: str
    option: str | None
    marking: str
    goals: tuple[Goal, ...]
    required_unit_days: Mapping[int, float]
    filled_unit_days: Mapping[int, float]
    people_deployed_peak: int
    low_confidence_share: float
    tours: pl.DataFrame
    coverage: pl.DataFrame
    gaps: pl.DataFrame
    nations: pl.DataFrame
    unused: pl.DataFrame
    remedies: pl.DataFrame
    worth: pl.DataFrame
    provenance: Mapping[str, Any]
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def fill(self) -> float:
        """Share of the required unit-days that is filled, all priorities together; 1 where nothing is required. [-]"""
        required = sum(self.required_unit_days.values())
        return 1.0 if required == 0 else sum(self.filled_unit_days.values()) / required

    def fill_of(self, priority: int) -> float:
        """Share of a priority's required unit-days that is filled; 1 where nothing is required. [-]"""
        required = self.required_unit_days.get(priority, 0.0)
        return 1.0 if required == 0 else self.filled_unit_days.get(priority, 0.0) / required


def empty_frame(name: str) -> pl.DataFrame:
    """Return a frame of the plan with its columns and no rows."""
    return pl.DataFrame(schema=COLUMNS[name])


def frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return a frame of the plan from rows, with exactly its columns in their order."""
    return pl.DataFrame(rows, schema=COLUMNS[name]) if rows else empty_frame(name)
