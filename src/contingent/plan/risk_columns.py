"""Columns of the frames that say what becomes of a plan under chance, what breaks it, and how much could be sustained.

They are filled where they were asked for and empty elsewhere; a plan folder holds the files of those that are filled.
"""

from typing import Any

import polars as pl

_TEXT, _WHOLE, _NUMBER = pl.String, pl.Int64, pl.Float64

RISK_COLUMNS: dict[str, dict[str, Any]] = {
    "risk_summary": {
        "measure": _TEXT, "priority": _WHOLE, "unit": _TEXT, "planned": _NUMBER, "mean": _NUMBER, "p05": _NUMBER, "p95": _NUMBER,
    },
    "risk_fill": {
        "line": _TEXT, "priority": _WHOLE, "from_day": _WHOLE, "until_day": _WHOLE, "required": _NUMBER, "planned": _NUMBER,
        "mean": _NUMBER, "p05": _NUMBER, "p95": _NUMBER,
    },
    "risk_lines": {
        "line": _TEXT, "capability": _TEXT, "location": _TEXT, "priority": _WHOLE, "required": _NUMBER, "planned": _NUMBER,
        "mean": _NUMBER, "p05": _NUMBER, "p95": _NUMBER, "empty_days": _WHOLE, "held": _NUMBER, "longest_empty_mean": _NUMBER,
        "longest_empty_p95": _NUMBER, "worst_from_day": _WHOLE, "worst_until_day": _WHOLE, "worst_mean": _NUMBER,
    },
    "risk_dwell": {
        "nation": _TEXT, "unit_type": _TEXT, "tours": _NUMBER, "promised": _NUMBER, "mean": _NUMBER, "p05": _NUMBER,
        "p95": _NUMBER, "broken": _NUMBER,
    },
    "risk_dwell_histogram": {"from_ratio": _NUMBER, "until_ratio": _NUMBER, "tours": _NUMBER, "share": _NUMBER},
    "risk_states": {"day": _WHOLE, "state": _TEXT, "planned": _NUMBER, "mean": _NUMBER, "p05": _NUMBER, "p95": _NUMBER},
    "risk_missed": {
        "offer": _TEXT, "nation": _TEXT, "unit_type": _TEXT, "planned_days": _NUMBER, "missed_days": _NUMBER, "share": _NUMBER,
        "cause": _TEXT,
    },
    "risk_calls": {
        "call": _TEXT, "title": _TEXT, "calls": _NUMBER, "answered": _NUMBER, "lost": _NUMBER, "lost_low": _NUMBER,
        "lost_high": _NUMBER, "unit_days": _NUMBER,
    },
    "stress": {
        "case": _TEXT, "kind": _TEXT, "title": _TEXT, "nations": _TEXT, "from_day": _WHOLE, "priority": _WHOLE,
        "required": _NUMBER, "planned": _NUMBER, "no_reaction": _NUMBER, "best_reaction": _NUMBER, "bound": _NUMBER,
        "tours_lost": _WHOLE, "tours_changed": _WHOLE, "status": _TEXT,
    },
    "stress_worst": {
        "together": _WHOLE, "priority": _WHOLE, "nations": _TEXT, "no_reaction": _NUMBER, "best_reaction": _NUMBER,
        "bound": _NUMBER, "floor": _NUMBER, "status": _TEXT, "examined": _WHOLE, "of": _WHOLE,
    },
    "stress_smallest": {
        "priority": _WHOLE, "threshold": _NUMBER, "count": _WHOLE, "nations": _TEXT, "no_reaction": _NUMBER,
        "best_reaction": _NUMBER, "bound": _NUMBER, "status": _TEXT,
    },
    "shapley": {
        "nation": _TEXT, "priority": _WHOLE, "value": _NUMBER, "low": _NUMBER, "high": _NUMBER, "orders": _WHOLE,
    },
    "participation": {
        "priority": _WHOLE, "planned": _NUMBER, "no_reaction": _NUMBER, "mean": _NUMBER, "p05": _NUMBER, "p95": _NUMBER,
        "draws": _WHOLE,
    },
    "ceilings": {
        "question": _TEXT, "label": _TEXT, "value": _NUMBER, "fill": _NUMBER, "held": _NUMBER, "bound": _NUMBER,
        "people_held": _NUMBER, "people_bound": _NUMBER, "binds": _TEXT, "binds_name": _TEXT, "status": _TEXT, "method": _TEXT,
    },
    "claims": {
        "claim": _TEXT, "said_by": _TEXT, "date": _TEXT, "statement": _TEXT, "measure": _TEXT, "unit": _TEXT, "low": _NUMBER,
        "high": _NUMBER, "ours_low": _NUMBER, "ours_high": _NUMBER, "verdict": _TEXT, "why": _TEXT, "source": _TEXT,
        "confidence": _TEXT,
    },
}  # fmt: skip
"""Columns of each frame and their types. Shares are of what is required, 1 = all. [-]

risk_summary    headline numbers under chance: the planned value, mean, 5th and 95th percentile over replications; ``priority``
                blank where the measure is of the whole. Measures: fill, worst_month (once the force has built up), tours,
                unplanned_tours (sent out of turn), extended_tours, late_tours, failed_checks, withdrawals, offers_not_come,
                calls, calls_lost (units called of which none was free), dwell_broken.
risk_fill       fill by line and month, ``line`` blank = the whole priority; required in unit-days, the rest shares.
risk_lines      each line: fill; ``held`` = probability that it never stands empty for more than ``empty_days`` days; its
                longest stretch empty [days]; its worst month.
risk_dwell      dwell achieved, as days at home for each day away, by nation and unit type, of tours that follow another of the
                same unit; ``tours`` of them a replication, ``broken`` = share that began before the dwell promised was over.
risk_dwell_histogram    the same over all, by dwell achieved as a multiple of dwell promised; ``until_ratio`` blank = open.
risk_states     units by state on the first day of each month: serving, handover, extended, called, outage, recovery, reset,
                train, ready, unavailable, withdrawn, not_offered.
risk_missed     unit-days of service planned that did not come about, by offer; ``cause`` = the main one: not_offered, withdrawn,
                not_ready, late, in_dwell, elsewhere, outage, called.
risk_calls      calls that came by chance, a replication; ``lost`` = share of the units called of which none was free, with its
                95 % interval; ``answered`` = calls less that share; ``unit_days`` spent on them.
stress          each case by priority, with posts of those struck left empty and with the best reaction; ``bound`` = no plan can
                fill more that fills the earlier priorities as well; ``required`` in unit-days, the others shares; ``kind`` is
                nation or pair for the standard battery, else the kinds of the case's steps, with ``;``; ``tours_lost`` begin no
                more or end early, ``tours_changed`` are begun or given up by the reaction beside; ``nations`` with ``;``.
stress_worst    the nations whose loss together costs most; no other so many leave less than ``floor`` (blank = there are none);
                ``examined`` of ``of`` sets were planned anew, the others are ruled out by bounds; ``status`` is proven where
                ``bound`` is not above ``floor``, within where others could cost more by their distance.
stress_smallest the fewest nations whose loss drops a priority below a threshold; ``status`` is proven, or within where fewer are
                not ruled out or the set found might still be held above the threshold; ``count`` blank = none was found.
shapley         each nation's share in the fill, averaged over orders of joining, with its 95 % interval; ``orders`` 0 = all.
participation   fill when offers materialise by probability: mean of draws where nobody reacts (``no_reaction``), and mean and
                percentiles of draws planned anew.
ceilings        largest multiple of the requirement that is held for the whole horizon (``held``: planned; ``bound``: no plan
                holds it, or more). ``question`` in base, fill, dwell, years, nations, release, backstop, surge; ``fill`` = share
                of the first priority that must be filled; people = the strength of the multiple; ``binds`` = unit type that
                fails first.
claims          what has been said in public beside what is computed.
"""

MAY_BE_BLANK: dict[str, frozenset[str]] = {
    "risk_summary": frozenset({"priority", "planned"}),
    "risk_fill": frozenset({"line"}),
    "risk_lines": frozenset({"location", "worst_from_day", "worst_until_day", "worst_mean"}),
    "risk_dwell": frozenset({"mean", "p05", "p95"}),
    "risk_dwell_histogram": frozenset({"until_ratio"}),
    "risk_states": frozenset(),
    "risk_missed": frozenset({"cause"}),
    "risk_calls": frozenset({"title", "lost", "lost_low", "lost_high"}),
    "stress": frozenset({"nations", "bound"}),
    "stress_worst": frozenset({"bound", "floor"}),
    "stress_smallest": frozenset({"count", "nations", "no_reaction", "best_reaction", "bound"}),
    "shapley": frozenset(),
    "participation": frozenset(),
    "ceilings": frozenset({"value", "bound", "people_bound", "binds", "binds_name"}),
    "claims": frozenset({"date", "high", "ours_low", "ours_high", "source", "confidence"}),
}
"""Columns in which a blank means something: no bound, nothing planned, nothing to compare with."""
