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
    "sizing": {
        "line": pl.String,
        "mandate": pl.String,
        "method": pl.String,
        "capability": pl.String,
        "location": pl.String,
        "quantity": pl.Int64,
        "unit_type": pl.String,
        "people": pl.Int64,
        "sentence": pl.String,
    },
    "factors": {
        "mandate": pl.String,
        "factor": pl.String,
        "scope": pl.String,
        "value": pl.Float64,
        "unit": pl.String,
        "status": pl.String,
        "source": pl.String,
        "confidence": pl.String,
    },
    "reach": {
        "mandate": pl.String,
        "point": pl.String,
        "latitude": pl.Float64,
        "longitude": pl.Float64,
        "base": pl.String,
        "hours": pl.Float64,
    },
    "sensitivity": {
        "factor": pl.String,
        "scope": pl.String,
        "unit": pl.String,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "people_low": pl.Int64,
        "people": pl.Int64,
        "people_high": pl.Int64,
        "status": pl.String,
        "source": pl.String,
    },
    "backcast": {
        "mission": pl.String,
        "title": pl.String,
        "sent": pl.Int64,
        "sized": pl.Int64,
        "ratio": pl.Float64,
        "line_km": pl.Float64,
        "area_km2": pl.Float64,
        "population": pl.Float64,
        "sent_per_km": pl.Float64,
        "sized_per_km": pl.Float64,
        "sent_per_1000": pl.Float64,
        "sized_per_1000": pl.Float64,
        "source": pl.String,
        "confidence": pl.String,
    },
    "formations": {
        "formation": pl.String,
        "name": pl.String,
        "parent": pl.String,
        "echelon": pl.String,
        "component": pl.String,
        "location": pl.String,
        "sector": pl.String,
        "symbol": pl.String,
        "headquarters": pl.String,
        "from_day": pl.Int64,
        "until_day": pl.Int64,
        "headquarters_fill": pl.Float64,
        "framework_nation": pl.String,
        "framework_rule": pl.String,
        "framework_share": pl.Float64,
        "nations": pl.Int64,
        "nation_list": pl.String,
        "battlegroups": pl.Int64,
        "nations_per_battlegroup": pl.Float64,
        "people_peak": pl.Int64,
    },
    "orbat": {
        "formation": pl.String,
        "unit": pl.String,
        "offer": pl.String,
        "nation": pl.String,
        "unit_type": pl.String,
        "line": pl.String,
        "from_day": pl.Int64,
        "until_day": pl.Int64,
    },
    "adequacy": {
        "incursion": pl.String,
        "title": pl.String,
        "sector": pl.String,
        "day": pl.Int64,
        "hours": pl.Int64,
        "coalition": pl.Float64,
        "host": pl.Float64,
        "total": pl.Float64,
        "incursion_battalions": pl.Float64,
        "ratio": pl.Float64,
        "needed": pl.Float64,
        "enough": pl.Boolean,
        "assumption": pl.String,
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
sizing      requirement lines that were sized from a task of the mandate, each with its arithmetic in one sentence; ``unit_type``
            is the type by whose strength ``people`` are counted.
factors     planning factors that sizing read, once for each task.
reach       who reaches what: each point that a mobile reserve answers for, the base nearest to it by road, and the hours. [h]
sensitivity people that the requirement asks for with each factor at its low and its high value. [people]
backcast    past missions sized by the same methods and factors, beside what was sent; this plan is the last row.
formations  the tree of formations, with framework nation, nations and battlegroups; ``headquarters_fill`` and
            ``framework_share`` are shares of the window. [-]
orbat       the tours, each under its formation.
adequacy    battalion equivalents in, and within so many hours of, the sector of each incursion that the planner named.
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
    sizing, factors, reach, sensitivity, backcast : polars.DataFrame
        How the requirement follows from the mandate; empty where all its lines were typed in.
    formations, orbat, adequacy : polars.DataFrame
        Who stands under whom, and what that is held against.
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
    sizing: pl.DataFrame = field(default_factory=lambda: empty_frame("sizing"))
    factors: pl.DataFrame = field(default_factory=lambda: empty_frame("factors"))
    reach: pl.DataFrame = field(default_factory=lambda: empty_frame("reach"))
    sensitivity: pl.DataFrame = field(default_factory=lambda: empty_frame("sensitivity"))
    backcast: pl.DataFrame = field(default_factory=lambda: empty_frame("backcast"))
    formations: pl.DataFrame = field(default_factory=lambda: empty_frame("formations"))
    orbat: pl.DataFrame = field(default_factory=lambda: empty_frame("orbat"))
    adequacy: pl.DataFrame = field(default_factory=lambda: empty_frame("adequacy"))

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
