"""What nations share and what they keep to themselves, as tables: which rows and columns a viewer of another nation sees.

A row belongs to the nations that its owner column names; a row that names none belongs to all. Administrators and planners see
everything; a delegate sees everything of its own nation; of others, delegates and observers see what these tables say.
`contingent.web.seen` applies them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LEAST_NATIONS = 3
"""Fewest other nations that must stand behind an average under chance before it is shown: of fewer, it would tell of one."""

By = Literal["line", "priority", "whole"]


@dataclass(frozen=True, slots=True)
class Sharing:
    """How the rows of a table are shared.

    Parameters
    ----------
    owner : tuple of str
        Columns that name nations whose row it is. None = the rows are everybody's.
    offers : tuple of str
        Columns that name offers; the row belongs to their nations too.
    others : bool
        Whether rows of other nations are seen at all.
    private : tuple of str
        Columns that are blank in rows of others.
    """

    owner: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    others: bool = True
    private: tuple[str, ...] = ()


SHARED = Sharing()

TABLE_SHARING: Mapping[str, Sharing] = {
    "nations": Sharing(
        ("nation",), private=("personnel_ceiling", "withdrawal_probability", "source", "confidence")),
    "offers": Sharing(("nation",), others=False),
    "pins": Sharing(offers=("offer",), others=False),
    "pool": Sharing(("nation",), others=False),
    "releases": Sharing(("nation",), others=False),
    "terms": Sharing(("nation",), others=False),
    "commitments": Sharing(("nation",), others=False),
    "policies": Sharing(("nation",), others=False),
    "rates": Sharing(("nation",), others=False),
    "fleets": Sharing(("nation",), private=("source", "confidence")),
    "funding": Sharing(("nation",), private=("source", "confidence")),
    "cases": Sharing(("nations",), ("offers",), others=False),
    "pledges": Sharing(("donor",), private=("why_not", "fx_basis", "source", "confidence")),
    "deliveries": Sharing(("donor",), private=("evidence", "source", "confidence")),
    "history": Sharing(("nation",)),
    "attachments": Sharing(offers=("offer",), private=("note", "source", "confidence")),
    **dict.fromkeys(
        (
            "unit_types", "capabilities", "locations", "requirements", "options", "yields", "tasks", "factors", "sectors",
            "traces", "links", "formations", "host_forces", "incursions", "handling", "consumption", "seasons", "activities",
            "stocks", "phases", "cycles", "calls", "claims", "sensors", "ladder", "equipment", "needs", "coalitions",
            "references",
        ),
        SHARED,
    ),
}  # fmt: skip
"""Table of a scenario -> how it is shared."""


@dataclass(frozen=True, slots=True)
class FrameSharing:
    """How the rows of a plan's frame are shared.

    Parameters
    ----------
    owner : str or None
        Column that names the nation, or several joined by ``;``. None = the rows are everybody's.
    others : bool
        Whether rows of other nations are seen at all.
    private : tuple of str
        Columns that are blank in rows of others.
    instead : tuple of (str, str)
        Columns that hold another column's figures in rows of others: of what they offer, what serves is known.
    few : {"line", "priority", "whole"} or None
        The rows are averages over what nations may do, and are shown where at least `LEAST_NATIONS` others stand behind them:
        on the line, in the priority, or in the whole plan.
    coarser : bool
        Whether reasons are told coarser.
    movement : bool
        Whether the rows belong to whoever moves.
    hidden : bool
        Whether only those who see everything see the frame.
    """

    owner: str | None = None
    others: bool = True
    private: tuple[str, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    few: By | None = None
    coarser: bool = False
    movement: bool = False
    hidden: bool = False


RESULT = FrameSharing()
HIDDEN = FrameSharing(hidden=True)
OWN = FrameSharing("nation", others=False)

FRAME_SHARING: Mapping[str, FrameSharing] = {
    "tours": FrameSharing("nation", private=("confidence",)),
    "gaps": FrameSharing(coarser=True),
    "nations": FrameSharing("nation", private=("ceiling",), instead=(("units_offered", "units_used"),)),
    "unused": OWN,
    "remedies": FrameSharing(private=("cost",)),
    "movements": OWN,
    "legs": FrameSharing(movement=True),
    "bottlenecks": FrameSharing(movement=True),
    "costs": OWN,
    "bills": OWN,
    "cost_checks": HIDDEN,
    "budget_levels": HIDDEN,
    "budget_fill": HIDDEN,
    "budget_posts": HIDDEN,
    "risk_summary": FrameSharing(few="priority"),
    "risk_fill": FrameSharing(few="line"),
    "risk_lines": FrameSharing(few="line"),
    "risk_dwell": OWN,
    "risk_dwell_histogram": FrameSharing(few="whole"),
    "risk_states": FrameSharing(few="whole"),
    "risk_missed": OWN,
    "risk_calls": FrameSharing(few="whole"),
    "stress": FrameSharing("nations", others=False),
    "stress_worst": HIDDEN,
    "stress_smallest": HIDDEN,
    "shapley": OWN,
    "participation": FrameSharing(few="priority"),
    "ceilings": FrameSharing(few="whole"),
    "claims": FrameSharing(few="whole"),
    "aid_competition": OWN,
    **dict.fromkeys(
        (
            "coverage", "worth", "sizing", "factors", "reach", "sensitivity", "backcast", "formations", "orbat", "adequacy",
            "closure", "arrivals", "utilisation", "flows", "schedule", "supply", "resupply", "stockouts", "survival", "logistics",
            "aid_promises", "aid_formations", "aid_gaps", "aid_next", "aid_readings",
        ),
        RESULT,
    ),
}  # fmt: skip
"""Frame of a plan -> how it is shared."""

QUESTIONS_ABOUT_NATIONS = ("nations",)
"""Questions about the ceiling that begin with one nation alone: they are not shared."""

COARSE_REASON = "not_available"
"""What others read where a nation's caveat, readiness or ceiling is the reason."""

COARSER = frozenset({"caveat", "not_ready", "ceiling"})
"""Reasons that would tell of one nation's terms."""

SHARED_PROVENANCE = ("option", "time_limit", "gap", "seed", "method", "version", "python", "versions")
"""What is shared of where a plan came from. The fingerprint of the scenario is not: guesses could be held against it."""

PRIVATE_GOALS = ("cost",)
"""Goals whose value is not shared."""
