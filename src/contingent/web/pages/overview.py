"""The overview: how the plan stands in five numbers, by component and month, what is missing most, and what changed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from contingent.comparison import Comparison, compare
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.way_measures import yearly_cost
from contingent.report.drawings.svg import element, picture
from contingent.report.html.answer import glance_rows, shortfall_rows
from contingent.report.mandate import force_size
from contingent.report.months import daily, monthly_mean, months_of, people_asked_by_day, people_by_day
from contingent.report.paying import money_words
from contingent.report.words import (
    counted,
    d_day,
    grouped,
    headline,
    lines_held_throughout,
    nations_deployed,
    percent,
    reason_words,
    short_date,
    what_is_asked,
)
from contingent.web.frame import page
from contingent.web.guard import Viewer, may, needs, token_of
from contingent.web.promises import promises_of
from contingent.web.remarks import remarked, tally, today
from contingent.web.view import View, view_of
from contingent.web.wording import points
from contingent.web.work.kinds import KINDS

router = APIRouter()

Row = dict[str, Any]

MOST_GAPS, MOST_CHANGES = 6, 7
"""Gaps and changes that are named; of more, the page of gaps and the history tell."""

DAY = timedelta(hours=24)
SPARK_WIDTH, SPARK_HEIGHT = 520, 54


@router.get("/", include_in_schema=False, dependencies=[Depends(needs("overview.read"))])
def overview(request: Request) -> HTMLResponse:
    """Show how the plan stands."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    if view.plan is None:
        return page(request, "overview.html", view=view, plan=None, **counts_of(view.scenario))
    scenario, plan = view.scenario, view.plan
    return page(
        request,
        "overview.html",
        view=view,
        plan=plan,
        **view.kept("overview", lambda: told_of(scenario, plan, view.viewer)),
        gaps=view.kept("shortfalls", lambda: shortfall_rows(scenario, plan))[:MOST_GAPS],
        counted=tally(plan, remarked(view), on=today(request)),
        since_plan=since_last_plan(view),
        edits=since_yesterday(view),
        **counts_of(scenario),
    )


def told_of(scenario: Scenario, plan: Plan, viewer: Viewer) -> Row:
    """Return what the page says of the plan: the headline's sentences, five numbers, the options at a glance, fill by month."""
    sentences, asked = headline(scenario, plan), what_is_asked(scenario, plan)
    return {
        "answer": sentences[len(asked)] if len(sentences) > len(asked) else sentences[0],
        "asked": asked,
        "more": sentences[len(asked) + 1 :],
        "numbers": five_numbers(scenario, plan, viewer),
        "glance": glance_rows(scenario, plan),
        "spark": fill_by_month(scenario, plan),
    }


def counts_of(scenario: Scenario) -> Row:
    """Return how much there is to plan with."""
    return {
        "lines": len(scenario.requirements),
        "offers": len(scenario.offers),
        "nations": len({offer.nation for offer in scenario.offers}),
    }


def five_numbers(scenario: Scenario, plan: Plan, viewer: Viewer) -> list[Row]:
    """Return the five numbers that the chief of staff sees first, each with what it means."""
    size = force_size(scenario, plan)
    asked = float(people_asked_by_day(scenario, plan.option).max(initial=0.0)) if size is None else float(size.people)
    by_day = people_by_day(plan, days=scenario.horizon.days)
    peak = int(by_day.argmax()) if len(by_day) else 0
    offered = sum(offer.quantity * people_of(scenario, offer.unit_type, offer.personnel) for offer in scenario.offers)
    offering = len({offer.nation for offer in scenario.offers if offer.quantity})
    first = min(plan.required_unit_days, default=1)
    whole, lines = lines_held_throughout(scenario, plan)
    cost = yearly_cost(plan)
    fullest = f"on {short_date(scenario.horizon.date_of(peak))} ({d_day(peak)})"
    by_mandate, by_units = "on the fullest day, as the mandate was sized", "at the peak, each post in the leanest unit that fits"
    return [
        {
            "value": grouped(round(asked, -2)),
            "origin": "people-needed",
            "name": "people needed",
            "note": by_mandate if size else by_units,
        },
        {
            "value": grouped(offered),
            "origin": "people-offered",
            "name": "people offered" if viewer.sees_all else "people that you offer",
            "note": f"by {counted(offering, 'nation')}, all rotations together" if viewer.sees_all else "all rotations together",
        },
        {
            "value": grouped(plan.people_deployed_peak),
            "origin": "deployed-peak",
            "name": "deployed at the peak",
            "note": f"{fullest}, from {counted(nations_deployed(scenario, plan), 'nation')}",
        },
        {
            "value": percent(plan.fill_of(first)),
            "origin": "priority-filled",
            "name": f"of priority {first} filled",
            "note": f"{grouped(whole)} of {grouped(lines)} lines of all priorities are never short",
        },
        {
            "value": "–" if cost is None else money_words(cost),
            "origin": "cost-a-year",
            "name": "cost a year" if viewer.sees_all else "your cost a year",
            "note": f"in {scenario.settings.currency}, all nations" if viewer.sees_all else f"in {scenario.settings.currency}",
        },
    ]


def people_of(scenario: Scenario, unit_type: str, personnel: int | None) -> int:
    """Return the strength of one unit of an offer. [people]"""
    row = scenario.unit_type_by_name.get(unit_type)
    return personnel if personnel is not None else row.personnel if row is not None else 0


def fill_by_month(scenario: Scenario, plan: Plan) -> Markup:
    """Return the share of what is asked for that is filled in each month, as a row of bars; a half-height line stands at 50 %."""
    horizon, months = scenario.horizon, months_of(scenario.horizon)
    spans = plan.coverage["from_day"].to_list(), plan.coverage["until_day"].to_list()
    required = monthly_mean(daily(*spans, plan.coverage["required"].to_list(), days=horizon.days), months)
    filled = monthly_mean(daily(*spans, plan.coverage["filled"].to_list(), days=horizon.days), months)
    shares = np.divide(filled, required, out=np.full(len(months), np.nan), where=required > 0)
    width = SPARK_WIDTH / len(months)
    top, base = 4.0, SPARK_HEIGHT - 13.0
    parts: list[Markup] = []
    for at, (month, share) in enumerate(zip(months, shares.tolist(), strict=True)):
        if share == share:  # not a number where nothing is asked for
            height = (base - top) * share
            tip = element("title", f"{month.label}: {percent(share)} filled")
            left, broad = at * width, max(width - 1, 0.6)
            parts.append(element("rect", class_="under", x=left, y=top, width=broad, height=base - top))
            parts.append(element("rect", tip, class_="f", x=left, y=base - height, width=broad, height=height))
        if month.label.startswith(("Jan", "Q1")) or at == 0:
            parts.append(element("text", month.label[-4:], class_="year", x=at * width + 1, y=SPARK_HEIGHT - 2))
    parts.append(element("line", class_="yr", x1=0, x2=SPARK_WIDTH, y1=(top + base) / 2, y2=(top + base) / 2))
    known = [(share, month.label) for share, month in zip(shares.tolist(), months, strict=True) if share == share]
    worst = f" Worst month: {min(known)[1]}, {percent(min(known)[0])}." if known else ""
    return picture(*parts, width=SPARK_WIDTH, height=SPARK_HEIGHT, label=f"Share filled by month.{worst}", class_="strip spark")


def since_last_plan(view: View) -> Row | None:
    """Return what changed since the plan before this one of the same option; None where there is none."""
    assert view.plan is not None
    assert view.stored is not None
    earlier = next(
        (each for each in view.look.plans if each.id < view.stored.id and each.option == view.stored.option), None
    )
    if earlier is None or view.scenario is None:
        return None
    before = view.seen_plan_of(earlier)
    after = view.plan
    changed = view.kept("since", lambda: compare(before, after), earlier.id)
    return {"earlier": earlier, "rows": change_rows(changed), "is_empty": changed.is_empty}


def change_rows(changed: Comparison) -> list[Row]:
    """Return what changed in a few rows: fill by priority, then gaps opened and closed, then nations that come or go."""
    rows = [
        {
            "sign": "▲" if row["change"] > 0 else "▼",
            "kind": "up" if row["change"] > 0 else "down",
            "words": f"Priority {row['priority']}: {percent(row['fill_after'])} filled, {points(row['change'])} points",
            "line": None,
        }
        for row in changed.fill.iter_rows(named=True)
        if abs(row["change"]) >= 0.0005
    ]
    gaps = changed.gaps.iter_rows(named=True)
    rows += [_gap_change(row) for row in _worst_first(gaps)]
    return rows[:MOST_CHANGES]


def _worst_first(gaps: Any) -> list[Row]:
    weighed = [(abs((row["after"] or 0) - (row["before"] or 0)) * (row["until_day"] - row["from_day"]), row) for row in gaps]
    return [row for weight, row in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def _gap_change(row: Row) -> Row:
    better = (row["after"] or 0) < (row["before"] or 0)
    reason = row["reason_before"] if better else row["reason_after"]
    when = f"{d_day(row['from_day'])} to {d_day(row['until_day'])}"
    why = f" ({reason_words(reason)})" if reason else ""
    return {
        "sign": "●" if row["change"] == "closed" else "▲" if better else "○" if row["change"] == "opened" else "▼",
        "kind": "up" if better else "down",
        "words": f"gap {row['change']}, {when}{why}",
        "line": row["line"],
    }


def since_yesterday(view: View) -> Sequence[Any]:
    """Return the last changes of the tables of the past day, the newest first; none where the viewer may not see the history."""
    if not may(view.viewer, "history.read"):
        return ()
    found = view.entries(since=datetime.now(UTC) - DAY, limit=10 * MOST_CHANGES)
    return [entry for entry in found if entry.table and entry.key][:MOST_CHANGES]


@router.get("/overview/verified", include_in_schema=False, dependencies=[Depends(needs("overview.read"))])
def verified(request: Request) -> HTMLResponse:
    """Say whether every promise of the plan holds: a part of the page, as it takes a moment."""
    view = view_of(request)
    found = promises_of(view, view.stored) if view.stored is not None else None
    may_ask = may(view.viewer, KINDS["verify"].permission)
    return page(request, "parts/verified.html", view=view, found=found, may_ask=may_ask, token=token_of(request))
