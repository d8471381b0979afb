"""What the force costs and who pays, counted and said for every output.

Reads the frames ``costs``, ``bills`` and ``cost_checks`` of a plan, which the stage of cost fills; each answer is empty where its
frame is. Sums have their intervals by `contingent.plan.money`: what shares a rate moves together, rates are independent.

    cost_sentences   a year, a person-year, what is most of it, who pays, how published figures fare
    costs_by         sums with their intervals
    yearly_bills     each nation's bill a year under each scheme
    rates_used       the rows of rates that were used
"""

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.model.money import Rate
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.money import combined
from contingent.plan.way_measures import DAYS_IN_YEAR, years_planned
from contingent.report.words import THIN_SPACE, counted, grouped, leading_capital, listed, percent, plain

Row = dict[str, Any]

FIRST_CALENDAR_YEAR = 1900
"""From this number on a year is one of the calendar; below it counts from D-day."""

BILLION, MILLION = 1e9, 1e6

ITEM_WORDS = {
    "personnel": "pay",
    "operations": "operations",
    "flying_hour": "flying hours",
    "ship_day": "days at sea",
    "vehicle_km": "kilometres driven",
    "rail_wagon_km": "movement by rail",
    "road_vehicle_km": "movement by road",
    "sea_lane_m_km": "movement by sea",
    "air_t_km": "movement by air, stores",
    "air_person_km": "movement by air, people",
    "supply_t": "supply",
    "base_build": "building of bases",
    "base_running": "running of bases",
    "command": "command",
    "reimbursement": "reimbursement",
}
"""What is paid for, in words."""


@dataclass(frozen=True, slots=True)
class Money:
    """A sum with its interval. [currency]"""

    low: float
    value: float
    high: float

    def times(self, factor: float) -> "Money":
        """Return so many times as much."""
        return Money(self.low * factor, self.value * factor, self.high * factor)


def has_costs(plan: Plan) -> bool:
    """Return whether the plan says what it costs."""
    return plan.costs.height + plan.bills.height > 0


def item_words(item: str) -> str:
    """Return what is paid for, in words."""
    return ITEM_WORDS.get(item, plain(item))


def year_words(year: int) -> str:
    """Return a year of the calendar, or one counted from D-day.

    >>> year_words(2028), year_words(0)
    ('2028', 'year 1')
    """
    return str(year) if year >= FIRST_CALENDAR_YEAR else f"year {year + 1}"


def money_words(value: float) -> str:
    """Return a sum as a reader says it, three figures of it.

    >>> [money_words(value).replace(THIN_SPACE, " ") for value in (4_253_000_000, 31_400_000, 318_200, 950)]
    ['4.25 bn', '31.4 m', '318 000', '950']
    """
    size = abs(value)
    if size >= 0.9995 * BILLION:
        return f"{_three(value / BILLION)}{THIN_SPACE}bn"
    if size >= 0.9995 * MILLION:
        return f"{_three(value / MILLION)}{THIN_SPACE}m"
    return grouped(round(value, -3 if size >= 100_000 else -2 if size >= 10_000 else 0))


def _three(value: float) -> str:
    size = abs(value)
    return grouped(value, places=2 if size < 9.995 else 1 if size < 99.95 else 0)


def money_between(money: Money) -> str:
    """Return a sum with its interval."""
    return f"{money_words(money.value)} ({money_words(money.low)} to {money_words(money.high)})"


def person_years(plan: Plan) -> float:
    """Return the people deployed times the years that they are. [person-years]"""
    return float(plan.nations["person_days"].sum() or 0) / DAYS_IN_YEAR


def costs_by(plan: Plan, column: str) -> dict[Any, Money]:
    """Return sums by a column of the costs, in the order of its values."""
    rows = combined(plan.costs, [column]).select(column, "low", "value", "high").iter_rows()
    return {key: Money(low, value, high) for key, low, value, high in rows}


def costs_of_items(plan: Plan) -> dict[Any, dict[str, Money]]:
    """Return sums by year and item, what costs most of a year first."""
    found: dict[Any, dict[str, Money]] = {}
    rows = combined(plan.costs, ["year", "item"]).sort("year", -pl.col("value"), "item")
    for year, item, low, value, high in rows.select("year", "item", "low", "value", "high").iter_rows():
        found.setdefault(year, {})[item] = Money(low, value, high)
    return found


def whole_cost(plan: Plan) -> Money:
    """Return what all of it costs."""
    rows = combined(plan.costs, []).select("low", "value", "high").rows()
    return Money(*rows[0]) if rows else Money(0.0, 0.0, 0.0)


def yearly_bills(plan: Plan, *, years: float) -> dict[str, dict[str, Money]]:
    """Return each nation's bill a year, on average, by scheme and nation; years of one nation move together."""
    totals = plan.bills.group_by("scheme", "nation", maintain_order=True).agg(pl.col("low", "value", "high").sum())
    found: dict[str, dict[str, Money]] = {}
    for scheme, nation, low, value, high in totals.iter_rows():
        found.setdefault(scheme, {})[nation] = Money(low, value, high).times(1 / years)
    return found


def scheme_words(scheme: str) -> str:
    """Return a scheme of funding in words."""
    return leading_capital(plain(scheme))


def rates_used(scenario: Scenario, plan: Plan) -> list[Rate]:
    """Return the rows of rates that were used, in their order."""
    names = {name for text in plan.costs["rates"].unique() for name in rate_names(text)}
    return [rate for rate in scenario.rates if rate.rate in names]


def rate_names(text: str | None) -> list[str]:
    """Return the names of rates in a cell.

    >>> rate_names("pay; fuel;pay"), rate_names(None)
    (['pay', 'fuel'], [])
    """
    return list(dict.fromkeys(part.strip() for part in re.split(r";", text or "") if part.strip()))


def shared_words(plan: Plan) -> str:
    """Return what is paid in common under common funding, and by which key; nothing where that is not kept."""
    basis = plan.provenance.get("cost") or {}
    items = [item_words(str(item)) for item in basis.get("common") or ()]
    if not items:
        return ""
    are = "is" if len(items) == 1 else "are"
    return f"Under common funding, {listed(items)} {are} paid in common, by {plain(str(basis['key']))}."


def cost_sentences(scenario: Scenario | None, plan: Plan, *, most: int | None = None) -> list[str]:
    """Return what the force costs, the answer first; nothing where the plan does not say."""
    told = [*_a_year(scenario, plan), *_most_of_it(plan), *_who_pays(plan), *_checked(plan), *_assumed(scenario, plan)]
    return told if most is None else told[:most]


def _a_year(scenario: Scenario | None, plan: Plan) -> list[str]:
    if plan.costs.height == 0:
        return []
    currency = f"{scenario.settings.currency} " if scenario is not None else ""
    whole, years, people = whole_cost(plan), years_planned(plan), person_years(plan)
    head = f", or {currency}{money_between(whole.times(1 / people))} for each person-year" if people > 0 else ""
    return [f"It costs {currency}{money_between(whole.times(1 / years))} a year{head}."]


def _most_of_it(plan: Plan) -> list[str]:
    items = sorted(costs_by(plan, "item").items(), key=lambda pair: (-pair[1].value, pair[0]))
    whole = sum(money.value for _, money in items)
    if whole <= 0:
        return []
    parts = [f"{item_words(item)} ({percent(money.value / whole)})" for item, money in items[:3]]
    return [f"Most of it is {listed(parts)}."]


def _who_pays(plan: Plan) -> list[str]:
    told = []
    for scheme, bills in yearly_bills(plan, years=years_planned(plan)).items():
        whole = sum(money.value for money in bills.values())
        if whole <= 0:
            continue
        if len(bills) == 1:
            continue  # one nation's own costs: who pays how much of the whole cannot be told from them
        nation, money = min(bills.items(), key=lambda pair: (-pair[1].value, pair[0]))
        told.append(
            f"{scheme_words(scheme)}: {nation} pays most, {money_words(money.value)} a year ({percent(money.value / whole)})"
        )
    return [f"Who pays depends on the scheme. {'. '.join(told)}."] if told else []


def _checked(plan: Plan) -> list[str]:
    checked = plan.cost_checks.filter(pl.col("verdict") != "cannot be compared")
    if checked.height == 0:
        return []
    hits, near = (int((checked["verdict"] == verdict).sum()) for verdict in ("agrees", "ranges overlap"))
    overlap = f", the ranges of {grouped(near)} more overlap with ours" if near else ""
    said = f"{grouped(hits)} {'agrees' if hits == 1 else 'agree'}{overlap}"
    return [f"Of {counted(checked.height, 'published figure')}, {said}; the misses stand below with why."]


def _assumed(scenario: Scenario | None, plan: Plan) -> list[str]:
    used = rates_used(scenario, plan) if scenario is not None else []
    assumed = sum(rate.status == "assumption" for rate in used)
    if not used:
        return []
    are = "is an assumption" if assumed == 1 else "are assumptions"
    return [f"Of {counted(len(used), 'rate')} that this rests on, {grouped(assumed)} {are}."]
