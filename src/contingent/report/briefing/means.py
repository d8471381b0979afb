"""Pages on means: how the force gets there, what it lives on, what it costs and who pays."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.way_measures import closure_day, first_force, moves_out, years_planned
from contingent.report.briefing.axes import scale_of
from contingent.report.briefing.frame import BODY, MARGIN, key_of, told
from contingent.report.briefing.metrics import cut
from contingent.report.briefing.parts import FIRST_COLOURS, OTHERS_COLOUR, WARN, Chart, Column, Page, Part, Place, Series, Table
from contingent.report.briefing.shared import (
    SPAN_WORDS,
    every_so_many,
    first_sentences,
    headed,
    not_worked_out,
    note,
    spans_of,
)
from contingent.report.getting import closure_rows, has_way, place_words, resource_origin, resource_words, way_sentences
from contingent.report.living import DEPOT, closings, has_supply, living_sentences, use_by_supply
from contingent.report.mandate import STATUS_WORDS
from contingent.report.months import Month
from contingent.report.paying import (
    Money,
    cost_sentences,
    costs_by,
    has_costs,
    item_words,
    money_between,
    money_words,
    rates_used,
    scheme_words,
    shared_words,
    whole_cost,
    yearly_bills,
)
from contingent.report.stress import nation_name
from contingent.report.way_charts import days_of_arrival
from contingent.report.words import amount, counted, d_day, grouped, leading_capital, listed, percent, plain

LEFT = Place(MARGIN, BODY.y, 500.0, BODY.height)
RIGHT = Place(MARGIN + 526.0, BODY.y, BODY.width - 526.0, BODY.height)

MOST_POINTS, MOST_SUPPLIES, MOST_CLOSINGS, MOST_BARS, MOST_ITEMS = 60, 3, 4, 9, 5
ALL_ELSE = "all else"

LEAST_DAYS, FURTHER = 90, 1.5
"""Least length of the curve of arrivals, and how far it goes beyond the day on which the first force is there. [days], [-]"""

MILLION = 1e6


# ---------------------------------------------------------------------------------------------------------------- movement


def movement_page(scenario: Scenario, plan: Plan) -> Page:
    """Return when the force is there, who is late, and what holds it up."""
    if not has_way(plan):
        there = bool(scenario.links and (scenario.fleets or scenario.handling))
        needs = "The scenario has all it needs." if there else "It needs a network: links.csv, and fleets.csv or handling.csv."
        command = "contingent deploy PLAN" if there else "contingent plan SCENARIO"
        return not_worked_out("Movement", "how the force gets there", needs=needs, command=command)
    sentences = way_sentences(scenario, plan)
    parts: list[Part] = []
    if plan.arrivals.height:
        parts += [headed("People in theatre by day", LEFT), *_arrivals(scenario, plan, LEFT)]
    # The bound of the schedule stands in the notes.
    said = [each for each in sentences[1:] if not each.startswith("No schedule")]
    parts.append(told(said, RIGHT if plan.arrivals.height else BODY))
    first = first_force(plan)
    moving, late, never = moves_out(plan)
    notes = [
        note("First force", f"{first.height} lines of the first priority that are asked for before D+180; "
             "each is complete when its last unit is there", source="closure.csv"),
        note("Late", f"{len(late)} of {moving} moves, {never} never; a unit is late with its last part", source="movements.csv"),
        note("Bound", next((each for each in sentences if each.startswith("No schedule")), "not known"), source="schedule.csv"),
    ]  # fmt: skip
    notes += [
        note(
            row["line"], f"asked for by {d_day(row['required_day'])}, complete on "
            f"{d_day(row['closure_day']) if row['closure_day'] is not None else 'no day'}", source="closure.csv",
        )
        for row in closure_rows(plan)[:5]
    ]  # fmt: skip
    notes += _notes_of_resources(scenario, plan)
    title = sentences[0].rstrip(".") if sentences else "How the force gets there"
    return Page(
        "Movement", title, tuple(parts),
        "Computed on the scenario's network; capacities of links, terminals and fleets are facts or assumptions, row by row.",
        tuple(notes),
    )  # fmt: skip


def _notes_of_resources(scenario: Scenario, plan: Plan) -> list[str]:
    held = (
        plan.bottlenecks.filter(pl.col("resource").is_not_null())
        .group_by("resource")
        .len()
        .sort("len", "resource", descending=[True, False])
    )
    found = []
    for resource, moves in held.head(3).iter_rows():
        origin = resource_origin(scenario, resource)
        kind = STATUS_WORDS.get(origin.status or "", origin.status or "not stated") if origin else "not stated"
        found.append(
            note(
                resource_words(scenario, resource),
                f"{moves} late parts wait longest for it; its capacity: {origin.table if origin else 'not known'}",
                kind=kind, source=origin.source if origin else None, confidence=origin.confidence if origin else None,
            )
        )  # fmt: skip
    return found


def _days_of_build_up(scenario: Scenario, plan: Plan) -> int:
    """How far the curve goes: half as far again as until the first force is there; all the way where that never is."""
    known = (closure_day(plan), first_force(plan)["required_day"].max())
    last = max((int(str(day)) for day in known if day is not None), default=None)
    whole = days_of_arrival(plan, days=scenario.horizon.days)
    return whole if last is None else min(whole, max(LEAST_DAYS, round(last * FURTHER)))


def _arrivals(scenario: Scenario, plan: Plan, place: Place) -> list[Part]:
    days = _days_of_build_up(scenario, plan)
    known = plan.arrivals.filter(pl.col("day") < days).sort("day")
    rows = known.gather_every(max(1, -(-known.height // MOST_POINTS))).to_dicts()
    if len(rows) < 2:
        return []
    lines = (
        ("asked for", "people_required", WARN),
        ("planned", "people_planned", "#e0a03a"),
        ("arrived", "people_arrived", FIRST_COLOURS[0]),
    )
    series = tuple(Series(name, tuple(float(round(row[column])) for row in rows), colour) for name, column, colour in lines)
    top, step = scale_of([value or 0.0 for each in series for value in each.values])
    field = Place(place.x, place.y + 48, place.width, place.height - 48)
    said = "; ".join(
        ", ".join([d_day(row["day"]), *(grouped(row[column]) for _, column, _ in lines)])
        for row in rows[:: max(1, len(rows) // 6)]
    )
    chart = Chart(
        field, "lines", (), series, top, step, says=f"People asked for, planned and arrived: {said}.", name="arrivals",
        days=tuple(row["day"] for row in rows), day_step=round(max(1.0, scale_of([float(rows[-1]["day"])])[1])),
    )  # fmt: skip
    return [*key_of([(each.name, each.colour) for each in series], Place(place.x, place.y + 24, place.width, 18)), chart]


# ------------------------------------------------------------------------------------------------------------------ supply


def supply_page(scenario: Scenario, plan: Plan) -> Page:
    """Return what the force lives on, what runs out, and what hurts soonest when it is closed."""
    if not has_supply(plan):
        there = bool(scenario.stocks and scenario.consumption)
        needs = "The scenario has all it needs." if there else "It needs stocks.csv and consumption.csv."
        command = "contingent sustain PLAN" if there else "contingent plan SCENARIO"
        return not_worked_out("Supply", "what the force lives on", needs=needs, command=command)
    sentences = living_sentences(scenario, plan)
    parts: list[Part] = []
    notes = [
        note(
            "Tonnes a day", "used_t by week ÷ days, all places and supplies", source="supply.csv, from rates of consumption.csv"
        ),
        note("Runs out", "first day on which a stock is below what is used", source="stockouts.csv"),
        note("Closed one at a time", "days until something runs out without it", source="survival.csv"),
    ]
    if plan.supply.height:
        spans, length = spans_of(scenario.horizon)
        chart, key = _tonnes(plan, spans, LEFT)
        parts += [headed(f"Tonnes used a day, mean of each {SPAN_WORDS[length]}", LEFT), *key, chart]
        notes += [
            note(plain(row["supply"]), f"class {row['supply_class']}: {row['mean']:.1f} t a day, {row['peak']:.1f} at most",
                 source="supply.csv")
            for row in use_by_supply(plan).head(MOST_SUPPLIES).to_dicts()
        ]  # fmt: skip
    right = RIGHT if plan.supply.height else BODY
    table = _closings(scenario, plan, right)
    room = right.height - (table.height + 40 if table is not None else 0)
    parts.append(told(first_sentences(sentences[1:], 3), Place(right.x, right.y, right.width, room), sizes=(18, 17, 16, 15, 14)))
    if table is not None:
        parts += [
            headed("If it closes: first to run out", Place(right.x, right.foot - table.height - 24, right.width, 20)),
            table,
        ]
    title = sentences[0].rstrip(".") if sentences else "What the force lives on"
    return Page(
        "Supply", title, tuple(parts),
        "Computed week by week from planning rates of consumption and stocks; most rates are assumptions, each with its source.",
        tuple(notes),
    )  # fmt: skip


def _tonnes(plan: Plan, spans: tuple[Month, ...], place: Place) -> tuple[Chart, list[Part]]:
    """Tonnes used a day by supply, each week counted in the columns in which its days lie."""
    names = use_by_supply(plan)["supply"].to_list()[:MOST_SUPPLIES]
    sums: dict[str, list[float]] = {name: [0.0] * len(spans) for name in [*names, ALL_ELSE]}
    weeks = plan.supply.group_by("supply", "from_day", "until_day", maintain_order=True).agg(pl.col("used_t").sum())
    for supply, first, until, used in weeks.iter_rows():
        a_day = used / (until - first)
        for at, span in enumerate(spans):
            common = min(until, span.until_day) - max(first, span.from_day)
            if common > 0:
                sums[supply if supply in names else ALL_ELSE][at] += a_day * common
    rates = {
        name: tuple(round(total / span.days, 1) for total, span in zip(row, spans, strict=True)) for name, row in sums.items()
    }
    colours = [*FIRST_COLOURS[:MOST_SUPPLIES], OTHERS_COLOUR]
    series = tuple(
        Series(leading_capital(plain(name)), rates[name], colour)
        for name, colour in zip([*names, ALL_ELSE], [*colours[: len(names)], OTHERS_COLOUR], strict=True)
        if any(rates[name])
    )
    totals = [sum(rates[name][at] for name in rates) for at in range(len(spans))]
    top, step = scale_of(totals)
    field = Place(place.x, place.y + 48, place.width, place.height - 48)
    said = "; ".join(f"{span.label} {grouped(total)}" for span, total in zip(spans, totals, strict=True))
    chart = Chart(
        field, "columns", tuple(span.label for span in spans), series, top, step,
        says=f"Tonnes used a day: {said}.", name="supply", every=every_so_many(len(spans), field.width - 60),
    )  # fmt: skip
    return chart, key_of([(each.name, each.colour) for each in series], Place(place.x, place.y + 24, place.width, 18))


def _closings(scenario: Scenario, plan: Plan, place: Place) -> Table | None:
    """What runs out first if a crossing or a port closes; where none hurts anywhere else, what does if a depot closes."""
    elsewhere = plan.survival.filter(
        pl.col("days").is_not_null() & (pl.col("kind") != DEPOT) & (pl.col("closed") != pl.col("location"))
    )
    rows = elsewhere.sort("days", "lost_t", "closed", "location", descending=[False, True, False, False]).unique(
        "closed", keep="first", maintain_order=True
    ).to_dicts() or [row for row in closings(plan) if row["days"] is not None]  # fmt: skip
    if not rows:
        return None
    cells = tuple(
        (
            cut(place_words(scenario, row["closed"]), place.width * 0.38 - 18, 14.0),
            cut(_out_words(scenario, row), place.width * 0.4 - 18, 14.0, lines=2),
            "at once" if row["days"] < 0.05 else f"{amount(row['days'])} days",
        )
        for row in rows[:MOST_CLOSINGS]
    )  # fmt: skip
    columns = (Column("Closed", 0.38), Column("Runs out", 0.4), Column("After", 0.22, "right", bold=True))
    table = Table(Place(place.x, 0, place.width, 0), columns, cells, 14.0, "What runs out when a crossing, port or depot closes")
    return Table(Place(place.x, place.foot - table.height, place.width, 0), columns, cells, 14.0, table.says)


def _out_words(scenario: Scenario, row: Mapping[str, Any]) -> str:
    """What runs out, and where."""
    return f"{leading_capital(plain(row['supply'] or 'supply'))}, {place_words(scenario, row['location'])}"


# -------------------------------------------------------------------------------------------------------------------- cost


def cost_page(scenario: Scenario, plan: Plan) -> Page:
    """Return what the force costs a year, what is most of it, and who pays."""
    if not has_costs(plan) or plan.costs.height == 0:
        there = bool(scenario.rates)
        needs = "The scenario has all it needs." if there else "It needs rates.csv."
        command = "contingent cost PLAN" if there else "contingent plan SCENARIO"
        return not_worked_out("Cost", "what the force costs", needs=needs, command=command)
    currency, years = scenario.settings.currency, years_planned(plan)
    sentences = cost_sentences(scenario, plan)
    scheme, bills = next(iter(yearly_bills(plan, years=years).items()))
    ordered = sorted(bills.items(), key=lambda pair: (-pair[1].value, pair[0]))
    chart = _bars(plan, ordered, LEFT, currency=currency)
    items = _items(plan, years, RIGHT, currency=currency)
    top = items.place.y + items.height + 14
    right = Place(RIGHT.x, top, RIGHT.width, RIGHT.foot - top)
    used = rates_used(scenario, plan)
    assumed = sum(rate.status == "assumption" for rate in used)
    yearly = money_between(whole_cost(plan).times(1 / years))
    notes = [
        note("A year", f"all rows of costs.csv ÷ {years:.2f} years: {yearly} {currency}; "
             "low and high: rates are independent of each other", source="costs.csv, rates.csv"),
        *(note(item_words(item), f"{money_between(money.times(1 / years))} {currency} a year", source="costs.csv")
          for item, money in _largest(plan)),
        *(note(nation, f"{money_between(money)} {currency} a year, {scheme}", source="bills.csv")
          for nation, money in ordered[:MOST_BARS]),
        *(note(rate.rate, f"{rate.value:g} {currency} per {plain(rate.per)}, for {item_words(rate.item)}",
               kind=STATUS_WORDS.get(rate.status, rate.status), source=rate.source, confidence=rate.confidence)
          for rate in used[:6]),
    ]  # fmt: skip
    if shared_words(plan):
        notes.append(note("Funding", shared_words(plan), source="plan.json"))
    parts: tuple[Part, ...] = (
        headed(f"{currency} m a year, {scheme}", LEFT), chart, headed("What is paid for", RIGHT), items,
        told([_schemes(plan, years), _checked(plan)], right, sizes=(16, 15, 14)),
    )  # fmt: skip
    return Page(
        "Cost", sentences[0].rstrip("."), parts,
        f"Computed from {grouped(len(used))} rates, of which {grouped(assumed)} are assumptions; every sum has its range.",
        tuple(notes),
    )  # fmt: skip


def _bars(plan: Plan, bills: list[tuple[str, Money]], place: Place, *, currency: str) -> Chart:
    shown = bills[:MOST_BARS]
    rest = bills[MOST_BARS:]
    names = [nation_name(plan, nation) for nation, _ in shown] + ([f"{len(rest)} others"] if rest else [])
    values = [money.value / MILLION for _, money in shown] + ([sum(money.value for _, money in rest) / MILLION] if rest else [])
    rounded = tuple(round(value) if value >= 10 else round(value, 1) for value in values)
    top, step = scale_of([max(0.0, value) for value in rounded])
    said = "; ".join(f"{name} {grouped(value)}" for name, value in zip(names, rounded, strict=True))
    return Chart(
        Place(place.x, place.y + 24, place.width, place.height - 24), "bars", tuple(names),
        (Series(f"{currency} m a year", rounded, FIRST_COLOURS[0]),),
        top, step, labelled=True, says=f"{currency} m a year by nation: {said}.", name="cost",
    )  # fmt: skip


def _largest(plan: Plan) -> list[tuple[str, Money]]:
    return sorted(costs_by(plan, "item").items(), key=lambda pair: (-pair[1].value, pair[0]))[:MOST_ITEMS]


def _items(plan: Plan, years: float, place: Place, *, currency: str) -> Table:
    whole = whole_cost(plan).value or 1.0
    columns = (Column("Item", 0.5), Column(f"{currency} a year", 0.3, "right"), Column("Share", 0.2, "right", bold=True))
    cells = tuple(
        (
            cut(leading_capital(item_words(item)), place.width * 0.5 - 18, 14.0),
            money_words(money.value / years),
            percent(money.value / whole),
        )
        for item, money in _largest(plan)
    )
    return Table(Place(place.x, place.y + 24, place.width, 0), columns, cells, 14.0, "What costs most")


def _checked(plan: Plan) -> str:
    """How published figures fare against what is computed."""
    checked = plan.cost_checks.filter(pl.col("verdict") != "cannot be compared")
    if checked.height == 0:
        return ""
    near = int(checked["verdict"].is_in(["agrees", "ranges overlap"]).sum())
    of = counted(checked.height, "published figure")
    return f"Of {of} of cost, {grouped(near)} agree with ours or their ranges overlap; {grouped(checked.height - near)} do not."


def _schemes(plan: Plan, years: float) -> str:
    """Who pays most under each scheme."""
    parts = []
    for scheme, bills in yearly_bills(plan, years=years).items():
        nation, money = min(bills.items(), key=lambda pair: (-pair[1].value, pair[0]))
        parts.append(f"{scheme_words(scheme).lower()}: {nation} {money_words(money.value)}")
    return f"Who pays most a year, by scheme: {listed(parts)}." if parts else ""
