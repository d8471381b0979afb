"""Living there: what the force uses, how long stocks last, what runs out first, and what hurts when it is closed."""

from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.getting import place_words
from contingent.report.heat import Cell, shade_of, spans_until, worst_in
from contingent.report.html.heat import heat_table
from contingent.report.html.lasts import drawn
from contingent.report.living import closings, has_supply, living_sentences, logistic_sums, use_by_supply
from contingent.report.way_charts import OTHERS, supply_legend, tonnes_a_day
from contingent.report.words import amount, d_day, grouped, leading_capital, plain, short_date

Row = dict[str, Any]

MOST_PLACES, MOST_OUT, MOST_CLOSED = 24, 40, 60
MOST_SOURCES = 120
"""Rows of the tables; what is beyond is counted, and stands in the plan's own tables."""

TARGET_EDGES = (0.25, 0.5, 0.75, 0.95)
"""Shares of the target from which a cell is paler. [-]"""

DARKEST = 4

SOON = 5.0
"""What runs out before this day runs out soon. [days]"""


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's section on supply is filled with; None where the plan says nothing of it."""
    return {"living": living(scenario, plan) if has_supply(plan) else None}


def living(scenario: Scenario, plan: Plan) -> Row:
    """Return sentences, chart and tables of supply."""
    out = out_rows(scenario, plan)
    closed = closings(plan)
    stocks = scenario.stocks
    used = set(plan.supply["supply"].unique())
    rows = [row for row in scenario.consumption if row.supply in used]
    return {
        "sentences": living_sentences(scenario, plan),
        "chart": use_chart(scenario, plan),
        "legend": [
            {"name": leading_capital(plain(name)) if name != OTHERS else name, "colour": colour}
            for name, colour in supply_legend(plan)
        ],
        "supplies": supply_rows(plan),
        "heat": days_heat(scenario, plan),
        "out": out[:MOST_OUT],
        "out_left_out": max(0, len(out) - MOST_OUT),
        "logistics": [logistic_row(row) for row in logistic_sums(plan)],
        "closed": [closing_row(scenario, row) for row in closed[:MOST_CLOSED]],
        "closed_left_out": max(0, len(closed) - MOST_CLOSED),
        "consumption": rows[:MOST_SOURCES],
        "consumption_left_out": max(0, len(rows) - MOST_SOURCES),
        "stocks": stocks[:MOST_SOURCES],
    }


def use_chart(scenario: Scenario, plan: Plan) -> dict[str, Markup] | None:
    """Return tonnes used a day by supply; None where nothing is used."""
    if plan.supply.height == 0:
        return None
    rows = use_by_supply(plan)
    told = "; ".join(f"{plain(row['supply'])} {grouped(row['mean'], places=1)} on average" for row in rows.to_dicts()[:8])
    label = f"Tonnes used a day, week by week, by supply. {told}."
    return drawn(lambda size: tonnes_a_day(scenario.horizon, plan, size=size), label)


def supply_rows(plan: Plan) -> list[Row]:
    """Return tonnes a day by supply, on average and in the fullest week."""
    rows = use_by_supply(plan).to_dicts() if plan.supply.height else []
    return [
        {"name": leading_capital(plain(row["supply"])), "class": class_words(row["supply_class"])}
        | {"mean": grouped(row["mean"], places=1), "peak": grouped(row["peak"], places=1)}
        for row in rows
    ]


def class_words(supply_class: str) -> str:
    """Return a class of supply; water has none."""
    return "–" if supply_class == "water" else supply_class


def days_heat(scenario: Scenario, plan: Plan) -> Row | None:
    """Return days of supply by place and week: of what is scarcest there; None where no stock is known."""
    kept = plan.supply.filter(pl.col("days_of_supply").is_not_null())
    if kept.height == 0:
        return None
    lowest = kept.group_by("location", "from_day").agg(pl.col("days_of_supply").min()).sort("location", "from_day")
    spans = spans_until(int(str(kept["until_day"].max())))
    thin = lowest.group_by("location").agg(least=pl.col("days_of_supply").min(), mean=pl.col("days_of_supply").mean())
    places = [str(name) for name in thin.sort("least", "mean", "location")["location"].to_list()[:MOST_PLACES]]
    figures = {
        name: worst_in(
            spans, lowest.filter(pl.col("location") == name).select("from_day", "days_of_supply").iter_rows(), worst=min
        )
        for name in places
    }
    held = targets(plan)
    cells = {
        name: [
            None if days is None else Cell(days_words(days), DARKEST - shade_of(days / (held.get(name) or 1.0), TARGET_EDGES))
            for days in row
        ]
        for name, row in figures.items()
    }
    table = heat_table(spans, {place_words(scenario, name): cells[name] for name in places})
    wanted = {place_words(scenario, name): amount(held[name]) if name in held else "–" for name in places}
    return table | {"left_out": max(0, thin.height - MOST_PLACES), "targets": wanted}


def days_words(days: float) -> str:
    """Return days of supply as they stand in a narrow cell: below ten with a decimal, never rounded up to a whole day more.

    >>> days_words(0.04), days_words(4.99), days_words(29.9), days_words(0.0)
    ('0.0', '4.9', '29', '0')
    >>> days_words(3707.0)
    '>99'
    """
    if days >= 100:
        return ">99"
    return "0" if days == 0 else f"{int(days * 10 + 1e-9) / 10:.1f}" if days < 10 else f"{int(days + 1e-9)}"


def targets(plan: Plan) -> dict[str, float]:
    """Return the days of supply to be held at each place. [days]"""
    held = plan.supply.filter(pl.col("target_days") > 0).group_by("location").agg(pl.col("target_days").max())
    return dict(held.iter_rows())


def out_rows(scenario: Scenario, plan: Plan) -> list[Row]:
    """Return what runs out, place by place and supply by supply, the first first, with all that is short."""
    ordered = plan.stockouts.sort("day", "location", "supply")
    together = ordered.group_by("location", "supply", maintain_order=True).agg(
        day=pl.col("day").first(),
        until=pl.col("until_day").max(),
        short=pl.col("short_t").sum(),
        why=pl.col("why").drop_nulls().first(),
    )
    return [
        {
            "place": place_words(scenario, row["location"]),
            "supply": plain(row["supply"]),
            "day": d_day(row["day"]),
            "date": short_date(scenario.horizon.date_of(row["day"])),
            "until": d_day(row["until"]),
            "short": grouped(row["short"], places=1),
            "why": row["why"] or "not said",
        }
        for row in together.iter_rows(named=True)
    ]


def logistic_row(row: Row) -> Row:
    """Return what supply takes in all, beside what was sized."""
    sized, there = (("–" if row[name] is None else grouped(row[name], places=1)) for name in ("sized", "in_place"))
    return {
        "measure": leading_capital(plain(row["measure"])),
        "unit": row["unit"],
        "sized": sized,
        "in_place": there,
        "needed": grouped(row["needed"], places=1),
        "pass": row["pass"],
        "sign": "●" if row["status"] == "enough" else "–" if row["sized"] is None else "◐",
        "status": row["status"],
    }


def closing_row(scenario: Scenario, row: Row) -> Row:
    """Return what runs out first when something is closed."""
    lasts = row["days"] is None
    return {
        "closed": place_words(scenario, row["closed"]),
        "kind": plain(row["kind"].replace(";", ", ")),
        "sign": "●" if lasts else "◐" if row["days"] >= SOON else "○",
        "days": "does not run out" if lasts else f"{amount(row['days'])} days",
        "supply": "–" if lasts else plain(row["supply"] or "–"),
        "place": "–" if lasts else place_words(scenario, row["location"]),
        "places": grouped(len(row["places"])),
        "tonnes": grouped(row["tonnes"]),
    }
