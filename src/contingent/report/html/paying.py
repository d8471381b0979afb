"""Paying for it: what the force costs by year and by item, who pays under each scheme, and how published figures fare."""

from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.model.money import Rate
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.way_measures import years_planned
from contingent.report.drawings.bars import part_bar
from contingent.report.html.lasts import drawn
from contingent.report.paying import (
    Money,
    cost_sentences,
    costs_by,
    has_costs,
    item_words,
    money_between,
    money_words,
    rate_names,
    rates_used,
    scheme_words,
    shared_words,
    whole_cost,
    year_words,
    yearly_bills,
)
from contingent.report.way_charts import (
    OTHERS,
    SCHEME_COLOURS,
    bills_by_nation,
    costs_by_year,
    item_legend,
    largest_payers,
    legend_words,
)
from contingent.report.words import grouped, leading_capital, percent, plain

Row = dict[str, Any]

COUNTED_ONE_BY_ONE = ("day", "month", "hour", "place", "unit")
"""How units end of which there are many; others are abbreviations."""

MOST_RATES_NAMED = 4
"""Rates that a cell names; the table of rates has all."""

SIGNS_OF_VERDICT = {"agrees": "●", "ranges overlap": "◐", "cannot be compared": "–"}

SCHEME_SIGNS = ("●", "■", "◆", "▲")
"""Marks of schemes in words, as they are drawn in the chart."""


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's section on cost is filled with; None where the plan says nothing of it."""
    return {"paying": paying(scenario, plan) if has_costs(plan) else None}


def paying(scenario: Scenario, plan: Plan) -> Row:
    """Return sentences, charts and tables of cost."""
    years = years_planned(plan)
    bills = yearly_bills(plan, years=years)
    names = dict(plan.nations.select("nation", "name").iter_rows())
    rates = rates_used(scenario, plan)
    anchors = {rate.rate: f"rate-{at}" for at, rate in enumerate(rates, start=1)}
    return {
        "sentences": cost_sentences(scenario, plan),
        "currency": scenario.settings.currency,
        "shared": shared_words(plan),
        "by_year": year_chart(plan),
        "legend": [
            {"name": legend_words(name) if name != OTHERS else name, "colour": colour} for name, colour in item_legend(plan)
        ],
        "years": year_rows(plan),
        "by_item": item_rows(plan, anchors, years=years),
        "schemes": [
            {
                "name": scheme_words(scheme),
                "sign": SCHEME_SIGNS[at % len(SCHEME_SIGNS)],
                "colour": SCHEME_COLOURS[at % len(SCHEME_COLOURS)],
            }
            for at, scheme in enumerate(bills)
        ],
        "bills_chart": bills_chart(bills, names),
        "bills": bill_rows(bills, names),
        "checks": [check_row(row) for row in plan.cost_checks.to_dicts()],
        "rates": [rate_row(rate, anchors[rate.rate]) for rate in rates],
    }


def year_chart(plan: Plan) -> dict[str, Markup] | None:
    """Return a bar a year; None where nothing is costed."""
    if plan.costs.height == 0:
        return None
    told = "; ".join(f"{year_words(int(year))}: {money_between(money)}" for year, money in costs_by(plan, "year").items())
    return drawn(lambda size: costs_by_year(plan, size=size), f"Cost by year and by what is paid for, with its interval. {told}.")


def year_rows(plan: Plan) -> list[Row]:
    """Return cost by year with its interval."""
    return [{"year": leading_capital(year_words(int(year)))} | _three(money) for year, money in costs_by(plan, "year").items()]


def _three(money: Money) -> Row:
    return {"value": money_words(money.value), "low": money_words(money.low), "high": money_words(money.high)}


def quantity_words(unit: str) -> str:
    """Return the unit of a quantity of many.

    >>> quantity_words("person_day"), quantity_words("wagon_km"), quantity_words("t")
    ('person-days', 'wagon-km', 't')
    """
    words = unit.replace("_", "-")
    return f"{words}s" if words.endswith(COUNTED_ONE_BY_ONE) else words


def item_rows(plan: Plan, anchors: dict[str, str], *, years: float) -> list[Row]:
    """Return what is paid for, what costs most first: a year, its share, its quantity and the rates that it rests on."""
    whole = whole_cost(plan)
    rows: list[Row] = []
    for item, money in sorted(costs_by(plan, "item").items(), key=lambda pair: (-pair[1].value, pair[0])):
        own = plan.costs.filter(pl.col("item") == item)
        named = list(dict.fromkeys(name for text in own["rates"].to_list() for name in rate_names(text)))
        units = own["unit"].unique().to_list()
        part = money.value / whole.value if whole.value else 0.0
        rows.append(
            {"name": leading_capital(item_words(item)), "share": percent(part), "bar": part_bar(part, width=90, kind="asked")}
            | _three(money.times(1 / years))
            | {"quantity": f"{grouped(float(own['quantity'].sum()) / years)} {quantity_words(units[0])}"
                if len(units) == 1 else "–"}
            | {
                "rates": [(name, anchors.get(name)) for name in named[:MOST_RATES_NAMED]],
                "more": max(0, len(named) - MOST_RATES_NAMED),
            }
        )
    if rows:
        rows.append(
            {"name": "All", "share": percent(1.0), "bar": None, "quantity": "", "rates": [], "more": 0}
            | _three(whole.times(1 / years))
        )
    return rows


def bills_chart(bills: dict[str, dict[str, Money]], names: dict[str, str]) -> dict[str, Markup] | None:
    """Return each nation's bills side by side; None where there are none."""
    if not bills:
        return None
    told = " ".join(
        f"{scheme_words(scheme)}: "
        + ", ".join(f"{nation} {money_words(own[nation].value)}" for nation in largest_payers(bills, most=8) if nation in own)
        + "."
        for scheme, own in bills.items()
    )
    return drawn(lambda size: bills_by_nation(bills, names, size=size), f"Each nation’s bill a year under each scheme. {told}")


def bill_rows(bills: dict[str, dict[str, Money]], names: dict[str, str]) -> list[Row]:
    """Return nations with their bill a year under each scheme, the largest first, and the sums."""
    rows: list[Row] = []
    for nation in largest_payers(bills, most=10_000):
        cells = [own.get(nation) for own in bills.values()]
        rows.append(
            {"nation": nation, "name": names.get(nation, ""), "sum": False}
            | {"cells": [("–", "") if money is None else (money_words(money.value), interval_words(money)) for money in cells]}
        )
    if rows:
        sums = [sum(money.value for money in own.values()) for own in bills.values()]
        rows.append({"nation": "All", "name": "", "sum": True, "cells": [(money_words(value), "") for value in sums]})
    return rows


def interval_words(money: Money) -> str:
    """Return an interval alone; nothing where there is none."""
    return "" if money.low == money.high else f"{money_words(money.low)} to {money_words(money.high)}"


def check_row(row: Row) -> Row:
    """Return a published figure beside ours."""
    low, high = row["published_low"], row["published_high"]
    known = low is not None or high is not None
    return {
        "check": row["check"],
        "unit": row["unit"],
        "published": "–" if not known else span_words(low if low is not None else high, high if high is not None else low),
        "ours": figure_words(row["ours"]),
        "between": span_words(row["ours_low"], row["ours_high"]),
        "sign": sign_of_verdict(row["verdict"]) if known else "–",
        "verdict": row["verdict"],
        "why": row["why"],
        "source": row["source"],
    }


def sign_of_verdict(verdict: str) -> str:
    """Return the sign of a verdict: agrees, ranges overlap, does not.

    >>> [sign_of_verdict(verdict) for verdict in ("agrees", "ranges overlap", "we find more", "cannot be compared")]
    ['●', '◐', '○', '–']
    """
    return SIGNS_OF_VERDICT.get(verdict, "○")


def figure_words(value: float) -> str:
    """Return a figure of a check: large ones like sums of money, small ones with a decimal."""
    return money_words(value) if abs(value) >= 100 else grouped(value, places=1)


def span_words(low: float, high: float) -> str:
    """Return two figures as an interval.

    >>> span_words(5.0, 5.0), span_words(5.0, 7.5)
    ('5.0', '5.0 to 7.5')
    """
    first, last = figure_words(low), figure_words(high)
    return first if first == last else f"{first} to {last}"


def rate_row(rate: Rate, anchor: str) -> Row:
    """Return a rate with what it holds for, its range and its source."""
    holds = [part for part in (rate.nation, rate.unit_type, rate.domain, rate.supply) if part]
    low = rate.low if rate.low is not None else rate.value
    high = rate.high if rate.high is not None else rate.value
    return {
        "anchor": anchor,
        "rate": rate.rate,
        "item": item_words(rate.item),
        "holds": plain(", ".join(holds)) if holds else "everything",
        "per": plain(rate.per),
        "value": rate_words(rate.value),
        "between": rate_words(low) if low == high else f"{rate_words(low)} to {rate_words(high)}",
        "year": str(rate.price_year) if rate.price_year is not None else "not stated",
        "status": rate.status,
        "source": rate.source,
        "confidence": rate.confidence or "not stated",
    }


def rate_words(value: float) -> str:
    """Return a rate: whole from a hundred on, else three digits of it.

    >>> rate_words(0.125), rate_words(42.0), rate_words(20000.0).replace("\u202f", " ")
    ('0.125', '42', '20 000')
    """
    return grouped(value) if abs(value) >= 100 else f"{value:.3g}"
