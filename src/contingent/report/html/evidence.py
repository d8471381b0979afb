"""What the plan rests on, for those who doubt it: burden, every gap, unused offers, remedies, assumptions, sources."""

import json
import re
from collections.abc import Callable
from typing import Any

import polars as pl
from markupsafe import Markup, escape

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.drawings.bars import burden_bar, part_bar
from contingent.report.words import lines_closed, place_name, plain, why_alone

MOST_GAPS = 1_500
MOST_OFFERS = 1_000
"""Rows of the longest tables; what is beyond is counted, and stands in the plan's own tables."""

CONFIDENCES = ("high", "medium", "low", None)

Row = dict[str, Any]


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's last sections are filled with."""
    gaps = gap_rows(scenario, plan)
    offers = offer_rows(scenario, plan)
    return {
        "burden": burden_rows(plan),
        "gaps": gaps[:MOST_GAPS],
        "gaps_left_out": max(0, len(gaps) - MOST_GAPS),
        "unused": unused_rows(scenario, plan),
        "remedies": remedy_rows(scenario, plan),
        "remedies_costed": plan.remedies["cost"].is_not_null().any(),
        "worth": worth_rows(plan),
        "confidence": confidence_rows(scenario, plan),
        "offers": offers[:MOST_OFFERS],
        "offers_left_out": max(0, len(offers) - MOST_OFFERS),
        "cited": citations(scenario),
        "positions": [nation for nation in scenario.nations if nation.position],
        "provenance": provenance_rows(plan),
    }


def citations(scenario: Scenario) -> Callable[[str | None], Markup]:
    """Return a function that turns the ``[key]`` of each source named in a text into a link to that source."""
    places = {row.reference: f"#source-{at}" for at, row in enumerate(scenario.references, start=1)}

    def cited(text: str | None) -> Markup:
        parts = re.split(r"\[([^\[\]]+)\]", text or "")
        linked = [
            Markup('[<a href="{}">{}</a>]').format(places[part], part)
            if part in places
            else escape(f"[{part}]" if at % 2 else part)
            for at, part in enumerate(parts)
        ]
        return Markup("").join(linked)

    return cited


def burden_rows(plan: Plan) -> list[Row]:
    """Return each nation's share of the requirement against its fair share, the heaviest burden first."""
    rows = plan.nations.to_dicts()
    largest = max((value for row in rows for value in (row["share"], row["fair_share"]) if value is not None), default=0.0)
    ordered = sorted(rows, key=lambda row: (-(row["burden"] or 0.0), -row["person_days"], row["nation"]))
    return [row | {"bar": burden_bar(row["share"], row["fair_share"], largest=largest, name=row["name"])} for row in ordered]


def gap_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return every gap, worst first: by priority, then by the unit-days missing."""
    gaps = plan.gaps.sort("priority", "unit_days", "line", "from_day", "reason", descending=[False, True, False, False, False])
    horizon = scenario.horizon
    return [
        row
        | {
            "place": place_name(scenario, row["location"]),
            "first": horizon.date_of(row["from_day"]),
            "last": horizon.date_of(row["until_day"] - 1),
            "detail": why_alone(row["line"], row["detail"]),
        }
        for row in gaps.iter_rows(named=True)
    ]


def unused_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return the offers with units that never go, by nation, and why."""
    return [
        row | {"kind": _unit_type_name(scenario, row["unit_type"])}
        for row in plan.unused.sort("nation", "offer").iter_rows(named=True)
    ]


def remedy_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return the cheapest further offers that close the gaps, the most telling first."""
    rows = plan.remedies.sort("unit_days", "unit_type", descending=[True, False]).to_dicts()
    told = [lines_closed(scenario, row["closes"]) for row in rows]
    return [row | {"lines": lines, "remark": remark} for row, (lines, remark) in zip(rows, told, strict=True)]


def worth_rows(plan: Plan) -> list[Row]:
    """Return the worth of one more unit of each type, the highest priority and the largest first."""
    rows = [row for row in plan.worth.to_dicts() if row["unit_days"] > 0]
    rows.sort(key=lambda row: (row["priority"], -row["unit_days"], row["unit_type"]))
    largest = max((row["unit_days"] for row in rows), default=1.0)
    return [
        row | {"bar": part_bar(row["unit_days"] / largest, width=120, kind="held"), "of_lines": _split(row["lines"])}
        for row in rows
    ]


def confidence_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return how much of what is served rests on offers of each confidence."""
    horizon = scenario.horizon.days
    until = pl.min_horizontal(pl.col("serves_until_day"), pl.lit(horizon))
    served = plan.tours.with_columns(unit_days=(until - pl.col("from_day")).clip(0) * pl.col("effectiveness"))
    whole = float(served["unit_days"].sum()) or 1.0
    rows = []
    for confidence in CONFIDENCES:
        own = served.filter(pl.col("confidence").is_null() if confidence is None else pl.col("confidence") == confidence)
        if own.height:
            part = float(own["unit_days"].sum()) / whole
            rows.append(
                {
                    "confidence": confidence or "not stated",
                    "tours": own.height,
                    "nations": own["nation"].n_unique(),
                    "part": part,
                    "bar": part_bar(part, kind="doubt" if confidence == "low" else "held"),
                }
            )
    return rows


def offer_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return the offers that the plan was made from, by nation, with what of them was used and where they come from."""
    used = dict(plan.tours.group_by("offer").agg(pl.col("unit").n_unique()).iter_rows())
    return [
        {"offer": offer, "kind": _unit_type_name(scenario, offer.unit_type), "used": used.get(offer.offer, 0)}
        for offer in sorted(scenario.offers, key=lambda offer: (offer.nation, offer.offer))
        if offer.quantity > 0
    ]


def provenance_rows(plan: Plan) -> list[tuple[str, str]]:
    """Return where the plan comes from: fingerprint, versions, seed, options."""
    return [(plain(str(key)).capitalize(), _as_text(value)) for key, value in plan.provenance.items()]


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _split(names: str | None) -> list[str]:
    return [name.strip() for name in (names or "").split(";") if name.strip()]


def _unit_type_name(scenario: Scenario, unit_type: str) -> str:
    row = scenario.unit_type_by_name.get(unit_type)
    return row.name if row is not None else plain(unit_type)
