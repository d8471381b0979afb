"""Charts of movement, supply and money as Vega-Lite, like those of `charts`: each wide and narrow.

arrival_curve    people asked for, planned and arrived
tonnes_a_day     tonnes used by supply
costs_by_year    what a year costs, by what is paid for, with its interval
bills_by_nation  each nation's bill under each scheme
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from contingent.horizon import Horizon
from contingent.plan import Plan
from contingent.plan.way_measures import use_by_week
from contingent.report.chart_parts import (
    LABEL_SIZE,
    across,
    coloured_bars,
    days_axis,
    points,
    rows_axis,
    rules,
    shortened,
    text_layers,
    ticks_of_span,
)
from contingent.report.charts import (
    HEADROOM,
    INK,
    LOOK,
    NATION_COLOURS,
    OTHERS_COLOUR,
    PAPER,
    SOFT,
    WIDE,
    Size,
    Spec,
    as_exact,
    axis_of,
    whole_ticks,
)
from contingent.report.paying import Money, costs_by, item_words, money_words, year_words
from contingent.report.words import grouped, leading_capital

OTHERS = "all else"
MOST_SUPPLIES, MOST_ITEMS, MOST_NATIONS = 6, 7, 12
SHAPES = ("circle", "square", "diamond", "triangle-up")
SCHEME_COLOURS = ("#005b8f", "#b57d00", "#4b5563", "#1f7a5c")
"""Marks of schemes of funding: shape and colour."""

CURVE_ROOM = 1.25
"""How much further than the last that happens the curve of arrivals goes. [-]"""

MOST_STEPS = 160
"""Days of the curve of arrivals that are drawn; of more, every second or third."""

LEAST_DAYS = 120
"""Least length of the curve of arrivals. [days]"""


def days_of_arrival(plan: Plan, *, days: int) -> int:
    """Return how far the curve of arrivals goes: a little beyond the day on which the last line is complete. [days]"""
    last = max(
        (int(str(day)) for day in (plan.closure["closure_day"].max(), plan.closure["required_day"].max()) if day is not None),
        default=days,
    )
    return min(days, max(LEAST_DAYS, round(last * CURVE_ROOM)))


def arrival_curve(horizon: Horizon, plan: Plan, *, size: Size) -> Spec:
    """Return people in theatre by day: asked for (dashed), planned by the tours (line), arrived (area)."""
    days = days_of_arrival(plan, days=horizon.days)
    known = plan.arrivals.filter(pl.col("day") < days).sort("day")
    rows = [
        {name: round(row[name]) for name in ("day", "people_required", "people_planned", "people_arrived")}
        for row in known.gather_every(max(1, -(-known.height // (MOST_STEPS if size is WIDE else MOST_STEPS // 2)))).iter_rows(
            named=True
        )
    ]
    rows = [row for at, row in enumerate(rows) if at in (0, len(rows) - 1) or _differs(rows[at - 1], row)]
    columns = ("people_required", "people_planned", "people_arrived")
    top = max((float(row[name]) for row in rows for name in columns), default=1.0) or 1.0
    axis = axis_of({tick: grouped(tick) for tick in whole_ticks(top)})
    upright: Spec = {"type": "quantitative", "scale": {"domain": [0, round(top * HEADROOM)], "nice": False}, "axis": axis}
    return {
        "config": LOOK,
        "width": size.width,
        "height": size.stack,
        "data": {"values": rows},
        "encoding": {
            "x": days_axis(days, replace(horizon, days=days), size, labelled=True),
            "y": upright | {"field": "people_arrived"},
        },
        "layer": [
            {"mark": {"type": "area", "color": "#9dc3de", "stroke": "#2f6f9f", "strokeWidth": 1}},
            {
                "mark": {"type": "line", "strokeWidth": 2, "color": "#005b8f"},
                "encoding": {"y": upright | {"field": "people_planned"}},
            },
            {"mark": {"type": "line", "strokeDash": [5, 3]}, "encoding": {"y": upright | {"field": "people_required"}}},
        ],
    }  # fmt: skip


def _differs(before: Spec, row: Spec) -> bool:
    return any(before[name] != row[name] for name in row if name != "day")


def supply_legend(plan: Plan) -> list[tuple[str, str]]:
    """Return supplies with their colours, the most used first; the rest together."""
    ordered = (
        plan.supply.group_by("supply")
        .agg(pl.col("used_t").sum())
        .sort("used_t", "supply", descending=[True, False])["supply"]
        .to_list()
    )
    named = list(zip(ordered[:MOST_SUPPLIES], NATION_COLOURS, strict=False))
    return [*named, (OTHERS, OTHERS_COLOUR)] if len(ordered) > MOST_SUPPLIES else named


def tonnes_a_day(horizon: Horizon, plan: Plan, *, size: Size) -> Spec:
    """Return tonnes used a day, stacked by supply, week by week."""
    legend = supply_legend(plan)
    length = pl.col("until_day") - pl.col("from_day")
    named = [name for name, _ in legend if name != OTHERS]
    shown = pl.when(pl.col("supply").is_in(named)).then("supply").otherwise(pl.lit(OTHERS))
    used = (
        plan.supply.with_columns(supply=shown)
        .group_by("supply", "from_day", "until_day")
        .agg(used=(pl.col("used_t") / length).sum())
    )
    figures = {(row["supply"], row["from_day"]): row["used"] for row in used.iter_rows(named=True)}
    weeks = use_by_week(plan)
    steps = _steps(weeks["from_day"].to_list(), most=56 if size is WIDE else 28)
    end = int(str(weeks["until_day"].max()))
    rows: list[Spec] = []
    top = 0.0
    for day in steps:
        low = 0.0
        for name, _ in legend:
            high = low + figures.get((name, day), 0.0)
            rows.append({"day": day, "supply": name, "low": as_exact(low), "high": as_exact(high)})
            low = high
        top = max(top, low)
    rows += [row | {"day": end} for row in rows if row["day"] == steps[-1]]
    top = top or 1.0
    colours = {"domain": [name for name, _ in legend], "range": [colour for _, colour in legend]}
    upright = {
        "field": "low", "type": "quantitative", "scale": {"domain": [0, round(top * HEADROOM, 2)], "nice": False},
        "axis": axis_of({tick: grouped(tick) for tick in whole_ticks(top)}),
    }  # fmt: skip
    return {
        "config": LOOK,
        "width": size.width,
        "height": size.stack,
        "encoding": {"x": days_axis(horizon.days, horizon, size, labelled=True), "y": upright},
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "area", "stroke": PAPER, "strokeWidth": 0.5},
                "encoding": {
                    "y2": {"field": "high"},
                    "color": {"field": "supply", "type": "nominal", "scale": colours, "legend": None},
                },
            },
        ],
    }  # fmt: skip


def _steps(days: Sequence[int], *, most: int) -> list[int]:
    """Days, as many as can be told apart: each first of so many."""
    every = max(1, -(-len(days) // most))
    return list(days[::every])


def item_legend(plan: Plan) -> list[tuple[str, str]]:
    """Return what is paid for with its colours, what costs most first; the rest together."""
    ordered = sorted(costs_by(plan, "item").items(), key=lambda pair: (-pair[1].value, pair[0]))
    named = [(item, colour) for (item, _), colour in zip(ordered[:MOST_ITEMS], NATION_COLOURS, strict=False)]
    return [*named, (OTHERS, OTHERS_COLOUR)] if len(ordered) > MOST_ITEMS else named


def legend_words(name: str) -> str:
    """Return what stands in a legend."""
    return name if name == OTHERS else leading_capital(item_words(name))


def costs_by_year(plan: Plan, *, size: Size) -> Spec:
    """Return a bar a year, in parts by what is paid for, with the interval of the whole as a line over its end."""
    legend = item_legend(plan)
    colour_of, wide = dict(legend), size is WIDE
    years = costs_by(plan, "year")
    top = max((money.high for money in years.values()), default=1.0) or 1.0
    bars: list[Spec] = []
    whiskers: list[Spec] = []
    letters: list[Spec] = []
    for at, (year, money) in enumerate(years.items()):
        own = plan.costs.filter(pl.col("year") == year)
        values = dict(own.group_by("item").agg(pl.col("value").sum()).iter_rows())
        left = 0.0
        for name, colour in legend:
            part = (
                sum(value for item, value in values.items() if item not in colour_of) if name == OTHERS else values.get(name, 0.0)
            )
            bars.append({"left": left, "right": left + part, "row": at - 0.3, "foot": at + 0.3, "colour": colour})
            left += part
        whiskers.append({"left": money.low, "until": money.high, "row": at})
        letters.append({"left": money.high + top * 0.012, "row": at, "letters": money_words(money.value), "align": "left"})
    names = {at: leading_capital(year_words(int(year))) for at, year in enumerate(years)}
    span = (0.0, top * (1.14 if wide else 1.26))
    ticks = {tick: money_words(tick) for tick in ticks_of_span(*span, most=6 if wide else 3)}
    return {
        "config": LOOK,
        "width": size.width - 60 if wide else size.width - 52,
        "height": max(1, len(years)) * (34 if wide else 38),
        "encoding": {"x": across("left", ticks, domain=span), "y": rows_axis(names, rows=max(1, len(years)))},
        "layer": [
            coloured_bars(bars, to={"x2": "right", "y2": "foot"}, stroke=PAPER, width=0.7),
            rules(whiskers, to={"x2": "until"}, colour=INK, width=1.8),
            *text_layers(letters),
        ],
    }  # fmt: skip


def largest_payers(bills: Mapping[str, Mapping[str, Money]], *, most: int = MOST_NATIONS) -> list[str]:
    """Return the nations whose largest bill is largest."""
    worst: dict[str, float] = {}
    for own in bills.values():
        for nation, money in own.items():
            worst[nation] = max(worst.get(nation, 0.0), abs(money.value))
    return sorted(worst, key=lambda nation: (-worst[nation], nation))[:most]


def bills_by_nation(bills: Mapping[str, Mapping[str, Money]], names: Mapping[str, str], *, size: Size) -> Spec:
    """Return a row a nation with its bill a year under each scheme, each with its interval."""
    wide = size is WIDE
    nations = largest_payers(bills)
    shown = [bills[scheme][nation] for scheme in bills for nation in nations if nation in bills[scheme]]
    low = min([0.0, *(money.low for money in shown)])
    high = max([1.0, *(money.high for money in shown)])
    span = (low, high + (high - low) * 0.04)
    layers: list[Spec] = []
    for number, own in enumerate(bills.values()):
        move = (number - (len(bills) - 1) / 2) * 0.24
        rows = [(at + move, own[nation]) for at, nation in enumerate(nations) if nation in own]
        colour = SCHEME_COLOURS[number % len(SCHEME_COLOURS)]
        layers.append(
            rules([{"left": each.low, "until": each.high, "row": at} for at, each in rows], to={"x2": "until"}, colour=SOFT)
        )
        layers.append(
            points(
                [{"left": each.value, "row": at} for at, each in rows], shape=SHAPES[number % len(SHAPES)], colour=colour, size=58
            )
        )
    called = {at: shortened(names.get(nation, nation), 26) for at, nation in enumerate(nations)}
    heads = [{"left": span[0], "row": at - 0.44, "letters": name, "align": "left"} for at, name in called.items()]
    ticks = {tick: money_words(tick) for tick in ticks_of_span(*span, most=6 if wide else 3)}
    return {
        "config": LOOK,
        "width": 620 if wide else size.width - 20,
        "height": max(1, len(nations)) * (30 if wide else 46),
        "encoding": {
            "x": across("left", ticks, domain=span),
            "y": rows_axis(called if wide else {}, rows=max(1, len(nations)), head=0.5 if wide else 0.75),
        },
        "layer": [*layers, *([] if wide else text_layers(heads, size=LABEL_SIZE - 0.5))],
    }
