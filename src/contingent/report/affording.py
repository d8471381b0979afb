"""Budget in, force out, counted and said for every output.

Reads the frames ``budget_levels``, ``budget_fill`` and ``budget_posts`` of a plan, which `contingent.afford` fills; each answer
is empty where its frame is.

    budget_sentences   what is held, at which prices, what a little more would buy
    lines_held         lines with the posts that are held, and what they cost
    people_by          people held and planned, by a column of the posts
    dropped_first      the last steps: what goes first where money falls
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.paying import Money, money_between, money_words
from contingent.report.words import about, counted, grouped, leading_capital, listed, percent

Row = dict[str, Any]

LIKELY = "likely"
MOST_NAMED = 4
"""Posts that a sentence names; the others are counted."""

HELD, PART, NOT_HELD = "held", "partly held", "not held"
SIGNS = {HELD: "●", PART: "◐", NOT_HELD: "○"}
"""Marks that are told apart without colour."""


def has_budget(plan: Plan) -> bool:
    """Return whether it was worked out what of the plan can be held for how much."""
    return plan.budget_posts.height > 0


def asked_of(plan: Plan) -> Mapping[str, Any]:
    """Return what was asked: budget, year, nation, days, what is fixed, what all costs, notes."""
    asked: Mapping[str, Any] = plan.provenance.get("budget") or {}
    return asked


def level_of(plan: Plan, prices: str = LIKELY) -> Row | None:
    """Return the answer at some prices; None where no budget was asked for."""
    rows = plan.budget_levels.filter(pl.col("prices") == prices).to_dicts()
    return rows[0] if rows else None


def fills_of(plan: Plan, prices: str = LIKELY) -> list[Row]:
    """Return what is filled by priority, with shares of what is asked for; what other nations fill is in them."""
    rows = plan.budget_fill.filter(pl.col("prices") == prices).sort("priority").to_dicts()
    for row in rows:
        whole = row["required"] or 1.0
        row |= {f"{name}_share": (row["others"] + row[name]) / whole for name in ("planned", "held")}
    return rows


def budget_sentences(scenario: Scenario | None, plan: Plan) -> list[str]:
    """Return what can be held, the answer first; nothing where it was not worked out."""
    if not has_budget(plan):
        return []
    currency = f"{scenario.settings.currency} " if scenario is not None else ""
    level = level_of(plan)
    asked = asked_of(plan)
    told = _held(plan, level, currency) if level is not None else [_all(plan, currency)]
    fixed = (asked.get("fixed") or {}).get("value", 0.0)
    if fixed > 0:
        told.append(f"Of the budget {currency}{money_words(fixed)} belong to no post and are taken off first.")
    return [*told, *(str(note) for note in asked.get("notes", ()))]


def of_what(plan: Plan) -> str:
    """Return what the budget is for, in words.

    >>> from types import SimpleNamespace
    >>> of_what(SimpleNamespace(provenance={"budget": {"year": 2028, "nation": "FRA"}}))
    "for FRA's own bill in 2028"
    """
    asked = asked_of(plan)
    whose = f"for {asked['nation']}'s own bill " if asked.get("nation") else ""
    when = f"in {asked['year']}" if asked.get("year") is not None else "over the whole mission"
    return f"{whose}{when}"


def _all(plan: Plan, currency: str) -> str:
    whole = asked_of(plan).get("whole") or {"low": 0.0, "value": 0.0, "high": 0.0}
    first = dropped_first(plan, most=3)
    names = listed([row["post"] for row in first])
    cost = f"{currency}{money_between(Money(**whole))}"
    return f"All of it costs {cost} {of_what(plan)}. Where money falls short, {names} go first."


def _held(plan: Plan, level: Row, currency: str) -> list[str]:
    people, planned = about(round(level["people"])), about(round(level["people_planned"]))
    money = f"{currency}{money_words(level['budget'])}"
    posts = f"{grouped(level['posts_held'])} of {grouped(level['posts'])} posts"
    told = [f"{money} {of_what(plan)} hold {posts} and {people} of {planned} people on average. {_fill_words(plan)}"]
    cost = Money(level["low"], level["value"], level["high"])
    ends = [row for name in ("high", "low") if (row := level_of(plan, name)) is not None]
    if ends:
        over = "could overrun the budget" if cost.high > level["budget"] else "stays within the budget at the upper end too"
        others = [
            f"{about(round(row['people']))} people in {counted(row['posts_held'], 'post')} with every rate {row['prices']}"
            for row in ends
        ]
        told.append(f"What is held costs {currency}{money_between(cost)} and {over}. The same money holds {listed(others)}.")
    if level["next_money"] is not None:
        taken = _some(level["next_posts"])
        instead = f" in place of {_some(level['next_instead_of'])}" if level["next_instead_of"] else ""
        per = level["next_unit_days"] / max(level["next_money"] / 1e6, 1e-9)
        rate = f", {grouped(per, places=1)} for each further million" if level["next_money"] >= 1e6 else ""
        told.append(
            f"The next step is {currency}{money_words(level['next_money'])} away: priority {level['next_priority']} then gains "
            f"{grouped(level['next_unit_days'])} unit-days{rate}, by {taken}{instead}."
        )
    else:
        told.append("More money would hold no more: all that this plan fills is held.")
    return told


def _fill_words(plan: Plan) -> str:
    parts = []
    for row in fills_of(plan):
        if row["planned"] <= 0:
            continue
        share, whole = percent(row["held_share"]), percent(row["planned_share"])
        full = abs(row["held"] - row["planned"]) <= 1e-6 * max(1.0, row["planned"])
        of_plan = ", as in the plan" if full else f" instead of {whole}"
        alone = f"is filled to {share} by others alone" if row["others"] > 0 else "is left without a post"
        parts.append(f"priority {row['priority']} " + (f"is filled to {share}{of_plan}" if row["held"] > 0 else alone))
    return f"{leading_capital('; '.join(parts))}." if parts else ""


def _some(names: str | None) -> str:
    posts = (names or "").split(";")
    shown = posts[:MOST_NAMED] if len(posts) > MOST_NAMED + 1 else posts
    return listed(shown) if len(shown) == len(posts) else f"{', '.join(shown)} and {len(posts) - len(shown)} more"


def lines_held(plan: Plan) -> list[Row]:
    """Return lines by priority, with posts held of those that the plan has, people, price and state."""
    found = (
        plan.budget_posts.with_columns(kept=pl.col("held").fill_null(value=True))
        .group_by("line", "priority", "location", "component", maintain_order=True)
        .agg(
            posts=pl.len(), posts_held=pl.col("kept").sum(), people=pl.col("people").sum(),
            people_held=pl.col("people").filter(pl.col("kept")).sum(), value=pl.col("value").sum(),
            value_held=pl.col("value").filter(pl.col("kept")).sum(),
            value_saved=pl.col("value").filter(~pl.col("kept")).sum(),
            dropped=pl.col("post").filter(~pl.col("kept")).str.join(";"),
            at_high=pl.col("held_high").sum(), at_low=pl.col("held_low").sum(),
        )
        .sort("priority", "line")
    )  # fmt: skip
    rows = found.to_dicts()
    for row in rows:
        row["state"] = HELD if row["posts_held"] == row["posts"] else NOT_HELD if row["posts_held"] == 0 else PART
    return rows


def people_by(plan: Plan, column: str) -> list[Row]:
    """Return people held and planned on average, and posts, by a column of the posts."""
    kept = plan.budget_posts.with_columns(kept=pl.col("held").fill_null(value=True))
    return (
        kept.group_by(column)
        .agg(posts=pl.len(), posts_held=pl.col("kept").sum(), people=pl.col("people").sum(),
             people_held=pl.col("people").filter(pl.col("kept")).sum(), value_held=pl.col("value").filter(pl.col("kept")).sum())
        .sort(column).to_dicts()
    )  # fmt: skip


def dropped_first(plan: Plan, *, most: int) -> list[Row]:
    """Return the last steps of the order, the last first: what goes first where money falls."""
    return plan.budget_posts.sort("step", descending=True).head(most).to_dicts()
