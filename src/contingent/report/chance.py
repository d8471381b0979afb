"""What becomes of a plan under chance, counted and said for every output.

Reads the frames ``risk_*`` of a plan, which a simulation fills; each answer is empty where its frame is. Simulates nothing.

    risk_sentences     the answer in a few sentences: in 19 of 20 runs ...
    weakest_lines      the lines least likely to be held
    causes             why service that was planned did not come about
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.under_chance import FILLED, fills, worst_month
from contingent.report.words import (
    counted,
    d_day,
    grouped,
    leading_capital,
    line_title,
    listed,
    percent,
    place_name,
    plain,
    short_date,
)

Row = dict[str, Any]

SURE = 0.95
"""Probability from which a line counts as held for sure. [-]"""

WEAKEST = 20
"""Lines that are drawn and named; the tables have all. [lines]"""

MOST_CAUSES = 3
"""Causes that a sentence names."""

MEASURE_LABELS: Mapping[str, str] = {
    "fill": "Fill",
    "worst_month": "Fill in the worst month",
    "tours": "Tours",
    "unplanned_tours": "Tours that were not planned",
    "extended_tours": "Tours extended because no relief came",
    "late_tours": "Tours that begin late",
    "failed_checks": "Readiness checks that fail",
    "withdrawals": "Nations that withdraw",
    "offers_not_come": "Offers that do not materialise",
    "calls": "Calls on the reserve",
    "calls_lost": "Calls that nobody can answer",
    "dwell_broken": "Tours that break the promise of dwell",
}
"""Headline measures in words; others are said by their own names."""

STATE_LABELS: Mapping[str, str] = {
    "serving": "serving",
    "deployed": "deployed",
    "handover": "handing over",
    "extended": "extended",
    "called": "called forward",
    "outage": "out of action",
    "recovery": "recovering",
    "reset": "reset",
    "train": "training",
    "ready": "ready",
    "home": "at home",
    "dwell": "in dwell",
    "withdrawn": "withdrawn",
    "not_offered": "did not come",
    "absent": "did not come",
}
"""States of units in words, in the order in which they are stacked; others come after these."""

CAUSE_LABELS: Mapping[str, str] = {
    "not_offered": "the offer did not come about",
    "withdrawn": "the nation had withdrawn",
    "late": "it came late",
    "not_ready": "it failed its readiness check",
    "outage": "it was out of action",
    "called": "it was called forward",
    "in_dwell": "it was still in dwell",
    "sent_early": "it had been sent elsewhere earlier",
    "elsewhere": "it served elsewhere",
}
"""Why service that was planned did not come about, as a clause."""


def has_risk(plan: Plan) -> bool:
    """Return whether the plan was played through under chance."""
    return plan.risk_summary.height + plan.risk_fill.height + plan.risk_lines.height > 0


def measure_label(measure: str, priority: int | None) -> str:
    """Return a headline measure in words.

    >>> measure_label("fill", 1), measure_label("late_tours", None), measure_label("days_of_rain", None)
    ('Fill of priority 1', 'Tours that begin late', 'Days of rain')
    """
    label = MEASURE_LABELS.get(measure, leading_capital(plain(measure)))
    return label if priority is None else f"{label}{',' if ' ' in label else ' of'} priority {priority}"


def measure_value(value: float | None, unit: str) -> str:
    """Return a headline figure with what it counts; a dash where there is none."""
    if value is None:
        return "–"
    return percent(value) if unit in ("share", "-") else grouped(value, places=0 if abs(value) >= 100 else 1)


def state_label(state: str) -> str:
    """Return a state of units in words."""
    return STATE_LABELS.get(state, plain(state))


def cause_clause(cause: str | None) -> str:
    """Return why planned service did not come about, as a clause."""
    return "not said" if cause is None else CAUSE_LABELS.get(cause, plain(cause))


def weakest_lines(plan: Plan, *, most: int | None = WEAKEST, priority: int | None = None) -> list[Row]:
    """Return the lines least likely to be held, the weakest first; of like ones that which stands empty longer.

    Those that the plan fills on every day come before those that stand empty on paper already: what chance breaks is news.
    """
    lines = plan.risk_lines if priority is None else plan.risk_lines.filter(pl.col("priority") == priority)
    on_paper = pl.col("planned") < FILLED
    rows = lines.sort(
        on_paper, "held", "longest_empty_mean", "priority", "line", descending=[False, False, True, False, False]
    ).to_dicts()
    return rows if most is None else rows[:most]


def line_words(scenario: Scenario | None, row: Row) -> str:
    """Return a line in words: its title where the scenario is known, else what it asks for and where."""
    known = scenario.requirement_by_line.get(row["line"]) if scenario is not None else None
    if scenario is not None and known is not None:
        return line_title(scenario, known)
    place = place_name(scenario, row["location"]) if scenario is not None else row["location"] or ""
    return leading_capital(plain(row["capability"])) + (f", {place}" if place else "")


def month_words(scenario: Scenario | None, from_day: int | None) -> str:
    """Return the month that begins on a day: by its name where the calendar is known."""
    if from_day is None:
        return "–"
    return d_day(from_day) if scenario is None else short_date(scenario.horizon.date_of(from_day)).split(" ", 1)[1]


def broken_share(plan: Plan) -> float | None:
    """Return the share of all tours that began before the dwell promised was over; None where no tour is known. [-]"""
    tours = float(plan.risk_dwell["tours"].sum() or 0)
    return float((plan.risk_dwell["tours"] * plan.risk_dwell["broken"]).sum()) / tours if tours > 0 else None


def causes(plan: Plan) -> list[tuple[str | None, float]]:
    """Return main causes of service that did not come about, each with its share of it, the largest first."""
    totals: dict[str | None, float] = defaultdict(float)
    for cause, days in plan.risk_missed.select("cause", "missed_days").iter_rows():
        totals[cause] += days
    whole = sum(totals.values())
    ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0] or ""))
    return [(cause, days / whole) for cause, days in ordered if days > 0] if whole > 0 else []


def number_words(number: int) -> str:
    """Return a number as it stands in a sentence without its noun.

    >>> number_words(0), number_words(3), number_words(40)
    ('none', 'three', '40')
    """
    return "none" if number == 0 else counted(number, "", "").strip()


def between(low: float | None, high: float | None) -> str:
    """Return two shares as an interval: 81 to 94 %.

    >>> between(0.81, 0.94).replace(chr(8239), " "), between(0.9, 0.9).replace(chr(8239), " "), between(None, 0.9)
    ('81 to 94 %', '90 %', '–')
    """
    if low is None or high is None:
        return "–"
    first, last = percent(low), percent(high)
    if first == last:
        return first
    plain_both = "u" not in first[:1] and "o" not in first[:1]
    return f"{first.rstrip('%').rstrip() if plain_both else first} to {last}"


def risk_sentences(scenario: Scenario | None, plan: Plan, *, most: int | None = None) -> list[str]:
    """Return what becomes of the plan under chance, the answer first; nothing where it was not played through."""
    told = [
        *_of_fill(plan),
        *_of_the_worst_month(scenario, plan),
        *_of_lines(scenario, plan),
        *_of_dwell(plan),
        *_of_causes(plan),
        *_of_calls(plan),
    ]
    return told if most is None else told[:most]


def _of_fill(plan: Plan) -> list[str]:
    under = fills(plan)
    if not under:
        return []
    first, rest = under[0], under[1:]
    paper = f"on paper {percent(first.planned)}"
    if first.low is not None:
        told = (
            f"In 19 of 20 runs the force keeps at least {percent(first.low)} of its priority-{first.priority} posts filled; "
            f"on average {percent(first.mean)}, {paper}."
        )
    else:
        told = f"On average the force keeps {percent(first.mean)} of its priority-{first.priority} posts filled, {paper}."
    parts = [f"{percent(each.mean)} of priority {each.priority} (on paper {percent(each.planned)})" for each in rest]
    return [told, *([f"Of the others it keeps, on average, {listed(parts)}."] if parts else [])]


def _of_the_worst_month(scenario: Scenario | None, plan: Plan) -> list[str]:
    under = fills(plan)
    worst = worst_month(plan, under[0].priority) if under else None
    if worst is None:
        return []
    month = month_words(scenario, worst["from_day"])
    left = f"{percent(worst['mean'])} on average, and in one run of 20 no more than {percent(worst['p05'])}"
    return [f"Once the force has built up, the worst month of priority {worst['priority']} is {month}: {left}."]


def _of_lines(scenario: Scenario | None, plan: Plan) -> list[str]:
    if plan.risk_lines.height == 0:
        return []
    first = int(str(plan.risk_lines["priority"].min()))
    rows = weakest_lines(plan, most=None, priority=first)
    sure = sum(row["held"] >= SURE for row in rows)
    full = sum(row["planned"] >= FILLED for row in rows)
    weakest = rows[0]
    days = weakest["empty_days"]
    held = f"{number_words(sure)} {'is' if sure == 1 else 'are'} held for sure"
    never = f"in 19 of 20 runs or more, never empty for more than {counted(days, 'day')} on end"
    paper = f"{number_words(full)} {'is' if full == 1 else 'are'} filled on every day on paper, and {held}"
    told = f"Of the {counted(len(rows), 'line')} of priority {first}, {paper}: {never}."
    if weakest["held"] >= SURE:
        return [told]
    longest = counted(round(weakest["longest_empty_mean"]), "day")
    named = f"{weakest['line']} ({line_words(scenario, weakest)}), held so in {percent(weakest['held'])} of the runs"
    of_them = " of those filled on paper" if full else ""
    return [told, f"The weakest{of_them} is {named}; its longest stretch empty is {longest} on average."]


def _of_dwell(plan: Plan) -> list[str]:
    broken = broken_share(plan)
    if broken is None:
        return []
    if broken == 0:
        return ["No tour begins before the dwell that was promised is over."]
    return [f"{percent(broken)} of tours begin before the dwell that was promised is over."]


def _of_causes(plan: Plan) -> list[str]:
    found = [(cause, share) for cause, share in causes(plan) if cause is not None][:MOST_CAUSES]
    if not found:
        return []
    parts = [f"{cause_clause(cause)} ({percent(share)} of it)" for cause, share in found]
    return [f"Where service that was planned does not come about, it is mostly because {listed(parts)}."]


def _of_calls(plan: Plan) -> list[str]:
    told = []
    for row in plan.risk_calls.iter_rows(named=True):
        if row["calls"] <= 0 or row["lost"] is None:
            continue
        name = row["title"] or plain(row["call"])
        lost = f"{percent(row['lost'])} find nobody" if row["lost"] > 0 else "none goes unanswered"
        sure = f" (95 % interval {between(row['lost_low'], row['lost_high'])})" if row["lost_low"] is not None else ""
        told.append(f"Calls on the reserve ({name}): {grouped(row['calls'], places=1)} a run, of which {lost}{sure}.")
    return told
