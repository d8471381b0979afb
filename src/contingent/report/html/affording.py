"""Budget in, force out: what of the plan can be held for a sum of money, what goes first, what a little more would buy."""

from typing import Any

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.affording import (
    LIKELY,
    SIGNS,
    budget_sentences,
    dropped_first,
    fills_of,
    has_budget,
    level_of,
    lines_held,
    of_what,
    people_by,
)
from contingent.report.budget_charts import budget_curve
from contingent.report.drawings.bars import part_bar
from contingent.report.html.lasts import drawn
from contingent.report.paying import Money, money_between, money_words
from contingent.report.words import about, grouped, leading_capital, line_title, percent, place_name, plain

Row = dict[str, Any]

MOST_DROPPED = 12
"""Steps that are shown as those that go first; all stand in budget_posts.csv."""


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's section on a budget is filled with; None where the plan says nothing of it."""
    return {"affording": affording(scenario, plan) if has_budget(plan) else None}


def affording(scenario: Scenario, plan: Plan) -> Row:
    """Return sentences, the curve, and the tables behind it."""
    told = budget_sentences(scenario, plan)
    level = level_of(plan)
    curve = "People on tour and share filled by priority, as money grows. "
    return {
        "sentences": told,
        "currency": scenario.settings.currency,
        "of_what": of_what(plan),
        "asked": level is not None,
        "budget": money_words(level["budget"]) if level is not None else None,
        "chart": drawn(lambda size: budget_curve(plan, size=size), curve + " ".join(told[:2])),
        "levels": [_level(plan, prices) for prices in ("low", LIKELY, "high") if level_of(plan, prices) is not None],
        "priorities": [row["priority"] for row in fills_of(plan)],
        "fills": [_fill(row) for row in fills_of(plan)],
        "components": [_component(row) for row in people_by(plan, "component")] if level is not None else [],
        "lines": [_line(scenario, row) for row in lines_held(plan)],
        "dropped": [_dropped(row) for row in dropped_first(plan, most=MOST_DROPPED)],
    }


def _level(plan: Plan, prices: str) -> Row:
    level = level_of(plan, prices)
    assert level is not None
    return {
        "prices": f"{prices} prices" if prices != LIKELY else "likely prices",
        "posts": f"{grouped(level['posts_held'])} of {grouped(level['posts'])}",
        "people": about(round(level["people"])),
        "fills": [percent(row["held_share"]) for row in fills_of(plan, prices)],
        "cost": money_words(level["cost"]),
        "proof": "proven" if level["status"] == "optimal" else "best found",
    }


def _fill(row: Row) -> Row:
    return {
        "priority": row["priority"], "required": grouped(row["required"]), "planned": percent(row["planned_share"]),
        "held": percent(row["held_share"]), "bar": part_bar(row["held_share"], width=110, kind="asked"),
        "lost": grouped(row["planned"] - row["held"]),
    }  # fmt: skip


def _component(row: Row) -> Row:
    share = row["people_held"] / row["people"] if row["people"] else 1.0
    return {
        "name": leading_capital(plain(row["component"])), "posts": f"{grouped(row['posts_held'])} of {grouped(row['posts'])}",
        "people": about(round(row["people_held"])), "planned": about(round(row["people"])), "share": percent(share),
        "bar": part_bar(share, width=110, kind="asked"), "cost": money_words(row["value_held"]),
    }  # fmt: skip


def _line(scenario: Scenario, row: Row) -> Row:
    known = scenario.requirement_by_line.get(row["line"])
    return {
        "line": row["line"], "title": line_title(scenario, known) if known is not None else "",
        "place": place_name(scenario, row["location"]), "priority": row["priority"], "sign": SIGNS[row["state"]],
        "state": row["state"], "posts": f"{row['posts_held']} of {row['posts']}", "people": about(round(row["people_held"])),
        "cost": money_words(row["value_held"]), "saved": money_words(row["value_saved"]) if row["value_saved"] else "–",
        "dropped": row["dropped"],
    }  # fmt: skip


def _dropped(row: Row) -> Row:
    per = row["unit_days"] / (row["value"] / 1e6) if row["value"] > 0 else None
    return {
        "post": row["post"], "line": row["line"], "priority": row["priority"], "nations": row["nations"].replace(";", ", "),
        "people": about(round(row["people"])), "cost": money_between(Money(row["low"], row["value"], row["high"])),
        "unit_days": grouped(row["unit_days"]), "per": "–" if per is None else f"{per:.3g}",
        "budget": money_words(row["budget"]),
    }  # fmt: skip
