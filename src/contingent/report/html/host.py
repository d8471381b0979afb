"""The host's army beside the force: one sheet that says who is equipped by when, what is missing, and whether both are enough."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.aid.brigades import competition_rows
from contingent.report.charts import svg_of
from contingent.report.drawings.bars import part_bar
from contingent.report.host import formation_rows, has_aid, host_sentences, missing_rows, next_rows
from contingent.report.mandate import incursions
from contingent.report.size_charts import NARROW, WIDE, adequacy_bars, is_cut
from contingent.report.words import amount, hours_words

Row = dict[str, Any]

MOST_FORMATIONS, MOST_MISSING, MOST_NEXT, MOST_COMPETING, MOST_PANELS = 10, 8, 5, 5, 3
"""Rows that fit on the one sheet; what is beyond is counted, and stands in the plan's own tables."""


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's section on the host's army is filled with; None where the plan says nothing of it."""
    return {"host": host(scenario, plan) if has_aid(plan) else None}


def host(scenario: Scenario, plan: Plan) -> Row:
    """Return sentences, the joint picture, and the tables of the sheet."""
    formations, missing = formation_rows(plan), missing_rows(scenario, plan)
    worst = plan.aid_competition.sort(pl.col("short").fill_null(-1.0), descending=True, maintain_order=True)
    competing = competition_rows(scenario, worst.unique(["kind", "nation", "what"], keep="first", maintain_order=True))
    cases = incursions(plan)
    pledges = next_rows(scenario, plan)
    return {
        "sentences": host_sentences(scenario, plan),
        "picture": joint_picture(cases) if cases else None,
        "rows": [_joint_row(row) for rows in cases for row in rows],
        "formations": [
            row | {"bar": part_bar(row["share"] or 0.0, width=60, kind="held")} for row in formations[:MOST_FORMATIONS]
        ],
        "formations_left_out": max(0, len(formations) - MOST_FORMATIONS),
        "missing": missing[:MOST_MISSING], "missing_left_out": max(0, len(missing) - MOST_MISSING),
        "next": pledges[:MOST_NEXT], "next_left_out": max(0, len(pledges) - MOST_NEXT),
        "competing": competing[:MOST_COMPETING],
        "competing_left_out": plan.aid_competition.height - min(MOST_COMPETING, len(competing)),
        "few": len(cases) == 1,
    }  # fmt: skip


def joint_picture(cases: Sequence[Sequence[Row]]) -> Row:
    """Return battalions within hours of each incursion: host, host by aid, coalition, those that wait, and what is needed."""
    told = " ".join(
        f"{rows[-1]['title']}, within {hours_words(rows[-1]['hours'])}: {amount(rows[-1]['total'])} of "
        f"{amount(rows[-1]['needed'])}."
        for rows in cases
    )
    label = f"Battalions within hours of each incursion: host, host equipped by aid, coalition, against what is needed. {told}"
    return {
        "wide": svg_of(adequacy_bars(cases, form=WIDE, aid=True), label=label),
        "narrow": svg_of(adequacy_bars(cases, form=NARROW, aid=True), label=label),
        "cut": any(is_cut(rows, aid=True) for rows in cases),
    }


def _joint_row(row: Row) -> Row:
    by_aid, waiting = row["host_by_aid"] or 0.0, row["host_awaiting"] or 0.0
    return {
        "title": row["title"], "day": row["day"], "within": hours_words(row["hours"]), "coalition": amount(row["coalition"]),
        "host": amount(row["host"] - by_aid), "by_aid": amount(by_aid), "waiting": amount(waiting), "total": amount(row["total"]),
        "needed": amount(row["needed"]), "enough": row["enough"], "short": amount(max(0.0, row["needed"] - row["total"])),
    }  # fmt: skip
