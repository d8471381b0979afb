"""Columns of every frame of a plan: the contract of what is handed on, written and read."""

from typing import Any

import polars as pl

from contingent.plan.aid_columns import AID_COLUMNS
from contingent.plan.risk_columns import RISK_COLUMNS
from contingent.plan.way_columns import WAY_COLUMNS

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
        "host_by_aid": pl.Float64,
        "host_awaiting": pl.Float64,
        "total": pl.Float64,
        "incursion_battalions": pl.Float64,
        "ratio": pl.Float64,
        "needed": pl.Float64,
        "enough": pl.Boolean,
        "assumption": pl.String,
    },
    **WAY_COLUMNS,
    **AID_COLUMNS,
    **RISK_COLUMNS,
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
adequacy    battalion equivalents in, and within so many hours of, the sector of each incursion that the planner named;
            ``host_by_aid`` are those of ``host`` that aid has equipped by that day, ``host_awaiting`` those left out of it
            because their formation is still without its equipment.

Those of `contingent.plan.way_columns`, `contingent.plan.aid_columns` and `contingent.plan.risk_columns` are described there.
"""

OPTIONAL = frozenset({*WAY_COLUMNS, *AID_COLUMNS, *RISK_COLUMNS})
"""Frames that a plan may do without: their files are not written where they are empty."""


def empty_frame(name: str) -> pl.DataFrame:
    """Return a frame of the plan with its columns and no rows."""
    return pl.DataFrame(schema=COLUMNS[name])


def frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return a frame of the plan from rows, with exactly its columns in their order."""
    return pl.DataFrame(rows, schema=COLUMNS[name]) if rows else empty_frame(name)
