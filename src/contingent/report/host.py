"""The host's army in a plan: what aid equips by when, what is missing, the next pledge, and whether force and host are enough
together. What every output says of it.
"""

from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.aid.brigades import reason_words, signed
from contingent.report.aid.frames import family_name, money
from contingent.report.mandate import enough_from, incursions
from contingent.report.words import (
    COUNTED,
    amount,
    counted,
    d_day,
    grouped,
    hours_words,
    leading_capital,
    listed,
    plain,
    sentence,
)

Row = dict[str, Any]

MOST_NAMED = 4
"""Formations that are named in a sentence; the rest are counted."""

FINANCE = "finance"


def has_aid(plan: Plan) -> bool:
    """Return whether the plan says anything of the host's army."""
    return any(frame.height for frame in (plan.aid_formations, plan.aid_promises, plan.aid_gaps))


def host_sentences(scenario: Scenario | None, plan: Plan, *, most: int | None = None) -> list[str]:
    """Return what the plan says of the host's army, the most telling first.

    Parameters
    ----------
    scenario : Scenario or None
        For names; None = as the frames have them.
    plan : Plan
        With the frames of aid.
    most : int, optional
        Sentences at most.
    """
    if not has_aid(plan):
        return []
    told = (
        equipped_sentence(plan), joint_sentence(plan), promised_sentence(plan), missing_sentence(plan),
        next_sentence(scenario, plan), competing_sentence(plan),
    )  # fmt: skip
    return [said for said in told if said][:most]


def equipped_sentence(plan: Plan) -> str:
    """Return how many formations aid equips, and when."""
    frame = plan.aid_formations
    if frame.is_empty():
        return ""
    done = frame.drop_nulls("equipped_day").sort("equipped_day", "priority", "formation")
    of = counted(frame.height, "formation of the host", "formations of the host")
    if done.is_empty():
        none = "The one formation of the host is not" if frame.height == 1 else f"None of {of} is"
        return f"{none} brought to its standard by what is promised."
    named = [f"{row['formation']} on {d_day(row['equipped_day'])}" for row in done.head(MOST_NAMED).iter_rows(named=True)]
    more = f"; {grouped(done.height - MOST_NAMED)} more after them" if done.height > MOST_NAMED else ""
    number = COUNTED[done.height] if done.height < len(COUNTED) else grouped(done.height)
    who = f"{leading_capital(number)} of {of}" if frame.height > 1 else "The one formation of the host"
    return f"{who} {'reaches its' if done.height == 1 else 'reach their'} standard by what is promised: {listed(named)}{more}."


def joint_sentence(plan: Plan) -> str:
    """Return whether force and host together are enough, and what aid adds to that."""
    told = []
    for rows in incursions(plan):
        last = rows[-1]
        by_aid, awaiting = last["host_by_aid"] or 0.0, last["host_awaiting"] or 0.0
        if not by_aid and not awaiting:
            continue
        hours = enough_from(rows)
        verdict = (
            f"enough within {hours_words(hours)}"
            if hours
            else "enough from the first hour"
            if hours == 0
            else (f"{amount(last['needed'] - last['total'])} short")
        )
        told.append(
            f"{last['title']}: {verdict}, {amount(by_aid)} of {amount(last['total'])} battalions equipped by aid"
            + (f", {amount(awaiting)} more still wait" if awaiting else "")
        )
    return f"Force and host together, within ten days: {'; '.join(told)}." if told else ""


def promised_sentence(plan: Plan) -> str:
    """Return how much of the money promised is known to have come, envelopes apart."""
    inside = plan.aid_promises.filter(pl.col("kind") != FINANCE)
    promised, came = float(inside["promised_eur_m"].sum()), float(inside["delivered_eur_m"].sum())
    if not promised:
        return ""
    return f"Of {money(promised)} promised to the host, {money(came) if came else 'nothing'} is known to have come."


def missing_sentence(plan: Plan) -> str:
    """Return how many needs are not met, and why most of them."""
    short = plan.aid_gaps.filter(pl.col("gap") > 0)
    if short.is_empty():
        return "Every need of the host's formations is met." if plan.aid_gaps.height else ""
    said = f"{grouped(short.height)} of {grouped(plan.aid_gaps.height)} needs are not met whole"
    reasons = short.drop_nulls("reason")
    if reasons.height:
        top = reasons.group_by("reason").len().sort("len", "reason", descending=[True, False]).row(0)
        said += f"; most often ({grouped(top[1])}): {reason_words(top[0])}"
    return f"{said}."


def next_sentence(scenario: Scenario | None, plan: Plan) -> str:
    """Return the next pledge that is worth most."""
    if plan.aid_next.is_empty():
        return ""
    row = plan.aid_next.sort("rank").row(0, named=True)
    more = row["brigades"]
    gain = f"{counted(more, 'formation')} more at standard" if more > 0 else "formations nearer to their standard"
    return f"The next pledge worth most: {grouped(row['quantity'])} × {type_name(scenario, row['equipment'])} ({gain})."


def competing_sentence(plan: Plan) -> str:
    """Return where force and aid draw on the same thing and there is too little for both."""
    short = plan.aid_competition.filter(pl.col("short") > 0).sort("short", "sentence", descending=[True, False])
    if short.is_empty():
        return ""
    more = f" {leading_capital(counted(short.height - 1, 'more such place'))}." if short.height > 1 else ""
    return f"The force and the aid compete: {sentence(str(short['sentence'][0]))}{more}"


def type_name(scenario: Scenario | None, equipment: str | None) -> str:
    """Return a type of equipment by its name in reports."""
    named = {row.equipment: row.name for row in scenario.equipment} if scenario is not None else {}
    return named.get(equipment or "") or plain(equipment or "")


def formation_rows(plan: Plan) -> list[Row]:
    """Return the host's formations by priority: when each is at its standard, where, how many battalions."""
    return [
        {
            "name": row["formation"], "priority": row["priority"], "sign": "○" if row["equipped_day"] is None else "●",
            "day": "not foreseen" if row["equipped_day"] is None else d_day(row["equipped_day"]),
            "battalions": "–" if row["battalions"] is None else amount(row["battalions"]),
            "place": (row["location"] or "").replace(";", ", "), "share": row["share"],
        }
        for row in plan.aid_formations.sort("priority", "formation").iter_rows(named=True)
    ]  # fmt: skip


def missing_rows(scenario: Scenario | None, plan: Plan) -> list[Row]:
    """Return what formations lack by type or family, over all of them, the first priority first."""
    short = plan.aid_gaps.filter(pl.col("gap") > 0)
    if short.is_empty():
        return []
    sums = (
        short.group_by("equipment", "family")
        .agg(
            pl.col("gap", "quantity").sum(),
            pl.col("priority").min(),
            pl.col("formation").n_unique().alias("formations"),
            pl.col("reason").drop_nulls().mode().sort().first(),
            pl.col("need").sort().first(),
        )
        .sort("priority", "formations", "need", descending=[False, True, False])
    )
    return [
        {
            "what": leading_capital(type_name(scenario, row["equipment"]) if row["equipment"] else family_name(row["family"])),
            "gap": grouped(row["gap"]), "quantity": grouped(row["quantity"]), "formations": grouped(row["formations"]),
            "reason": leading_capital(reason_words(row["reason"])), "priority": row["priority"],
        }
        for row in sums.iter_rows(named=True)
    ]  # fmt: skip


def next_rows(scenario: Scenario | None, plan: Plan) -> list[Row]:
    """Return further pledges by what they are worth, best first."""
    return [
        {
            "rank": row["rank"], "what": f"{grouped(row['quantity'])} × {type_name(scenario, row['equipment'])}",
            "brigades": signed(row["brigades"]), "periods": signed(row["brigade_periods"]),
        }
        for row in plan.aid_next.sort("rank").iter_rows(named=True)
    ]  # fmt: skip
