"""Whether it can last: what becomes of the plan when it is played through under chance, many times."""

from collections.abc import Callable
from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.under_chance import fill_by_month
from contingent.report.chance import (
    SURE,
    between,
    broken_share,
    cause_clause,
    has_risk,
    line_words,
    measure_label,
    measure_value,
    month_words,
    risk_sentences,
    state_label,
    weakest_lines,
)
from contingent.report.charts import NARROW, WIDE, Size, Spec, svg_of
from contingent.report.drawings.bars import part_bar
from contingent.report.risk_charts import dwell_histogram, fan_chart, held_lines, state_colours, states_over_time
from contingent.report.words import grouped, percent, plain

Row = dict[str, Any]

MOST_MISSED = 15
"""Offers whose service is most often missed that are named; the tables have all."""

MOST_LINES = 300
"""Lines of the table; of more, the weakest are shown and the rest is counted."""

UNSURE = 0.5
"""Probability below which a line is more often lost than held. [-]"""


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's section on chance is filled with; None where the plan was not played through."""
    return {"lasts": lasts(scenario, plan) if has_risk(plan) else None}


def lasts(scenario: Scenario, plan: Plan) -> Row:
    """Return sentences, charts and tables of chance."""
    lines = weakest_lines(plan, most=None)
    titles = {row["line"]: line_words(scenario, row) for row in lines}
    told = risk_sentences(scenario, plan)
    fan = f"Fill by priority, month by month, on paper and under chance. {' '.join(told[:3])}"
    held = "The lines least likely to be held. " + " ".join(
        f"{row['line']}: {percent(row['held'])}." for row in weakest_lines(plan)
    )
    return {
        "sentences": told,
        "fan": drawn(lambda size: fan_chart(scenario.horizon, plan, size=size), fan) if fill_by_month(plan) else None,
        "held": drawn(lambda size: held_lines(plan, titles, size=size), held) if lines else None,
        "empty_days": lines[0]["empty_days"] if lines else None,
        "lines": [_line_row(scenario, row, titles[row["line"]]) for row in lines[:MOST_LINES]],
        "lines_left_out": max(0, len(lines) - MOST_LINES),
        "dwell": _dwell_chart(plan),
        "dwell_rows": dwell_rows(plan),
        "states": _states_chart(scenario, plan),
        "state_legend": [{"name": state_label(state), "colour": colour} for state, colour in state_colours(plan).items()],
        "missed": missed_rows(scenario, plan),
        "missed_left_out": max(0, plan.risk_missed.height - MOST_MISSED),
        "calls": call_rows(plan),
        "summary": summary_rows(plan),
    }


def drawn(chart: Callable[[Size], Spec], label: str) -> dict[str, Markup]:
    """Return a chart wide and narrow as pictures with one label."""
    return {"wide": svg_of(chart(WIDE), label=label), "narrow": svg_of(chart(NARROW), label=label)}


def sign_of_held(held: float) -> str:
    """Return the sign of a probability: held for sure, more often than not, rather not.

    >>> sign_of_held(0.95), sign_of_held(0.5), sign_of_held(0.49)
    ('●', '◐', '○')
    """
    return "●" if held >= SURE else "◐" if held >= UNSURE else "○"


def _line_row(scenario: Scenario, row: Row, title: str) -> Row:
    return {
        "line": row["line"],
        "title": title,
        "priority": row["priority"],
        "sign": sign_of_held(row["held"]),
        "held": percent(row["held"]),
        "planned": percent(row["planned"]),
        "mean": percent(row["mean"]),
        "between": between(row["p05"], row["p95"]),
        "longest": grouped(row["longest_empty_mean"]),
        "longest_high": grouped(row["longest_empty_p95"]),
        "worst": month_words(scenario, row["worst_from_day"]),
        "worst_mean": "–" if row["worst_mean"] is None else percent(row["worst_mean"]),
    }


def _dwell_chart(plan: Plan) -> dict[str, Markup] | None:
    if plan.risk_dwell_histogram.height == 0:
        return None
    broken = broken_share(plan)
    told = "" if broken is None else f" {percent(broken)} of tours break the promise."
    label = f"Tours by the dwell before them, as a multiple of the dwell promised.{told}"
    return drawn(lambda size: dwell_histogram(plan, size=size), label)


def dwell_rows(plan: Plan) -> list[Row]:
    """Return dwell achieved by nation, all its types together, those that break most promises first."""
    nations: dict[str, list[Row]] = {}
    for row in plan.risk_dwell.iter_rows(named=True):
        nations.setdefault(row["nation"], []).append(row)
    names = dict(plan.nations.select("nation", "name").iter_rows())
    found = []
    for nation, rows in nations.items():
        tours = sum(row["tours"] for row in rows)
        known = [row for row in rows if row["mean"] is not None and row["tours"] > 0]
        weight = sum(row["tours"] for row in known)
        broken = sum(row["tours"] * row["broken"] for row in rows) / tours if tours else 0.0
        found.append(
            {
                "nation": nation,
                "name": names.get(nation, nation),
                "tours": grouped(tours, places=0 if tours >= 10 else 1),
                "mean": f"1:{sum(row['mean'] * row['tours'] for row in known) / weight:.1f}" if weight else "–",
                "promised": " or ".join(f"1:{ratio:g}" for ratio in sorted({row["promised"] for row in rows})[:3]),
                "least": f"1:{least:.1f}" if (least := _least(rows)) is not None else "–",
                "broken_share": broken,
                "broken": percent(broken),
                "bar": part_bar(broken, width=90),
            }
        )
    return sorted(found, key=lambda row: (-row["broken_share"], row["nation"]))


def _least(rows: list[Row]) -> float | None:
    """The lowest of the 5th percentiles by type."""
    return min((float(row["p05"]) for row in rows if row["p05"] is not None), default=None)


def _states_chart(scenario: Scenario, plan: Plan) -> dict[str, Markup] | None:
    if plan.risk_states.height == 0:
        return None
    means = plan.risk_states.group_by("state").agg(pl.col("mean").mean()).sort("mean", "state", descending=[True, False])
    parts = ", ".join(f"{grouped(mean, places=1)} {state_label(state)}" for state, mean in means.iter_rows())
    label = f"Units by what they do, over time; on average {parts}."
    return drawn(lambda size: states_over_time(scenario.horizon, plan, size=size), label)


def missed_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return the offers whose planned service is missed most, with the main cause."""
    rows = plan.risk_missed.filter(pl.col("missed_days") > 0).sort("missed_days", "offer", descending=[True, False]).to_dicts()
    kinds = scenario.unit_type_by_name
    return [
        {
            "offer": row["offer"],
            "nation": row["nation"],
            "kind": kinds[row["unit_type"]].name if row["unit_type"] in kinds else plain(row["unit_type"]),
            "planned": grouped(row["planned_days"]),
            "missed": grouped(row["missed_days"]),
            "share": percent(row["share"]),
            "bar": part_bar(row["share"], width=90),
            "cause": cause_clause(row["cause"]),
        }
        for row in rows[:MOST_MISSED]
    ]


def call_rows(plan: Plan) -> list[Row]:
    """Return calls that came by chance: how many a run, how many found somebody, how many nobody."""
    return [
        {
            "title": row["title"] or plain(row["call"]),
            "calls": grouped(row["calls"], places=1),
            "answered": grouped(row["answered"], places=1),
            "sign": "–" if row["lost"] is None else "●" if row["lost"] == 0 else "○" if row["lost"] >= UNSURE else "◐",
            "lost": "–" if row["lost"] is None else percent(row["lost"]),
            "between": between(row["lost_low"], row["lost_high"]),
            "unit_days": grouped(row["unit_days"]),
        }
        for row in plan.risk_calls.iter_rows(named=True)
    ]


def summary_rows(plan: Plan) -> list[Row]:
    """Return the headline figures of chance as they stand in the frame, in words."""
    return [
        {
            "name": measure_label(row["measure"], row["priority"]),
            "unit": "" if row["unit"] in ("share", "-") else row["unit"],
            **{name: measure_value(row[name], row["unit"]) for name in ("planned", "mean", "p05", "p95")},
        }
        for row in plan.risk_summary.iter_rows(named=True)
    ]
