"""Charts of chance: what a plan comes to when it is played through many times; as Vega-Lite, like those of `charts`.

What runs over time is by steps, a month each; shapes tell priorities apart, hatching what breaks a promise.

    fan_chart         fill by priority month by month: on paper, on average, and where nine of ten runs lie
    fans_side_by_side the same of several plans on one scale
    dwell_histogram   dwell achieved, by what was promised; broken promises hatched
    states_over_time  units by what they do, stacked
    held_lines        the lines least likely to be held
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from contingent.horizon import Horizon
from contingent.plan import Plan
from contingent.plan.under_chance import fill_by_month, fills
from contingent.report.chance import STATE_LABELS, Row, state_label, weakest_lines
from contingent.report.chart_parts import (
    ACCENT,
    BAND,
    LABEL_SIZE,
    across,
    coloured_bars,
    days_axis,
    hundredths,
    points,
    rows_axis,
    rules,
    share_axis,
    shortened,
    text_layers,
)
from contingent.report.charts import (
    BETWEEN,
    EMPTY,
    FILLED,
    HEADROOM,
    INK,
    LOOK,
    MOST_PANELS,
    PAPER,
    SOFT,
    WIDE,
    Size,
    Spec,
    as_exact,
    axis_of,
    band_letters,
    whole_ticks,
)
from contingent.report.months import Floats, Month
from contingent.report.words import grouped, percent

FAN_HEIGHT, NARROW_FAN_HEIGHT = 104, 96
"""Height of a panel. [px]"""

MOST_BUCKETS = 120
"""Most steps of time in the chart of states."""

STATE_COLOURS: Mapping[str, str] = {
    "serving": "#5b9bc8",
    "deployed": "#5b9bc8",
    "handover": "#a9d5ee",
    "extended": "#e89f78",
    "called": "#dcb3cb",
    "outage": "#f3b184",
    "recovery": "#dcd78b",
    "reset": "#f0cf8e",
    "train": "#b8d8a8",
    "ready": "#7cc4ab",
    "home": "#e3e6ea",
    "dwell": "#e3e6ea",
    "withdrawn": "#9aa3af",
    "not_offered": "#c9ced6",
    "absent": "#c9ced6",
}
OTHER_COLOURS = ("#b3a8d4", "#dcb3cb", "#b7cfe1", "#d5d9df")
"""Colours of states that are not among those."""

SHAPES: Mapping[int, str] = {1: "circle", 2: "square", 3: "triangle-up"}
OTHER_SHAPE = "diamond"
"""Shapes by priority, so that no colour is needed to tell them apart."""

LONGEST_NAME, NARROW_NAME = 44, 40
"""Longest name of a line before its row, and above it. [letters]"""

ROW, NARROW_ROW = 21, 36
"""Height of a row. [px]"""


def fan_chart(horizon: Horizon | None, plan: Plan, *, size: Size) -> Spec:
    """Return one panel a priority: the band of nine runs in ten, their average, and the plan on paper as a dashed line."""
    months = fill_by_month(plan)
    priorities = sorted(months)[:MOST_PANELS]
    days = _last_day(months) if horizon is None else horizon.days
    height = FAN_HEIGHT if size is WIDE else NARROW_FAN_HEIGHT
    panels = [
        _fan(months[priority], days=days, horizon=horizon, size=size, labelled=priority == priorities[-1])
        | {"title": _fan_title(plan, priority, long=size is WIDE), "width": size.width, "height": height}
        for priority in priorities
    ]
    return {"config": LOOK, "vconcat": panels, "spacing": BETWEEN, "bounds": "flush"}


def fans_side_by_side(plans: Sequence[tuple[str, Horizon | None, Plan]], *, size: Size) -> Spec:
    """Return the fans of several plans on one scale: a column a plan, a row a priority; on telephones one below the other."""
    months = [fill_by_month(plan) for _, _, plan in plans]
    priorities = sorted({priority for found in months for priority in found})[:MOST_PANELS]
    days = max(
        _last_day(found) if horizon is None else horizon.days for (_, horizon, _), found in zip(plans, months, strict=True)
    )
    wide = size is WIDE
    width = (size.width - 44 * (len(plans) - 1)) // len(plans) if wide else size.width
    column = Size(width=width, panel=size.panel, stack=size.stack, ticks=max(2, size.ticks // len(plans)) if wide else size.ticks)
    rows = []
    for priority in priorities:
        panels: list[Spec] = []
        for (label, horizon, plan), found in zip(plans, months, strict=True):
            title = f"{label}: priority {priority}" if not wide else [f"{label}", _fan_title(plan, priority, long=False)]
            panels.append(
                _fan(found.get(priority, []), days=days, horizon=horizon, size=column, labelled=True)
                | {"title": title, "width": width, "height": FAN_HEIGHT if wide else NARROW_FAN_HEIGHT}
            )
        rows.append({("hconcat" if wide else "vconcat"): panels, "spacing": 14 if wide else BETWEEN})
    return {"config": LOOK, "vconcat": rows, "spacing": 22}


def _last_day(months: Mapping[int, Sequence[Row]]) -> int:
    return max((row["until_day"] for rows in months.values() for row in rows), default=1)


def _fan(rows: Sequence[Row], *, days: int, horizon: Horizon | None, size: Size, labelled: bool) -> Spec:
    """Layers of one fan: steps at each month's first day, and the last again at its end."""
    steps = [{"day": row["from_day"]} | _levels(row) for row in rows]
    if rows:
        steps.append(steps[-1] | {"day": rows[-1]["until_day"]})
    up = share_axis("planned")
    return {
        "data": {"values": steps},
        "encoding": {"x": days_axis(days, horizon, size, labelled=labelled), "y": up},
        "layer": [
            {
                "mark": {"type": "area", "color": BAND, "stroke": "#9dbdd6", "strokeWidth": 0.6},
                "encoding": {"y": up | {"field": "p05"}, "y2": {"field": "p95"}},
            },
            {"mark": {"type": "line", "strokeDash": [4, 2.5], "strokeWidth": 1.3, "color": INK}},
            {"mark": {"type": "line", "strokeWidth": 2.4, "color": ACCENT}, "encoding": {"y": up | {"field": "mean"}}},
        ],
    }


def _levels(row: Row) -> dict[str, float]:
    return {name: round(float(row[name]), 4) for name in ("planned", "mean", "p05", "p95")}


def _fan_title(plan: Plan, priority: int, *, long: bool) -> str:
    under = next((each for each in fills(plan) if each.priority == priority), None)
    if under is None:
        return f"Priority {priority}"
    told = f"Priority {priority}: {percent(under.mean)} on average"
    if not long:
        return f"Priority {priority}: {percent(under.mean)}, on paper {percent(under.planned)}"
    if under.low is not None and under.high is not None:
        told += f", nine of ten runs between {percent(under.low)} and {percent(under.high)}"
    return f"{told}; on paper {percent(under.planned)}"


def dwell_histogram(plan: Plan, *, size: Size) -> Spec:
    """Return shares of tours by dwell achieved, as a multiple of the dwell promised; what broke the promise is hatched."""
    rows = plan.risk_dwell_histogram.sort("from_ratio").to_dicts()
    closed = [row["until_ratio"] - row["from_ratio"] for row in rows if row["until_ratio"] is not None]
    width = min(closed, default=0.5)
    bars, letters = [], []
    top = max((row["share"] for row in rows), default=0.0) or 1.0
    least = 0.05 * top
    room = size.width / max(1, len(rows))
    for row in rows:
        until = row["until_ratio"] if row["until_ratio"] is not None else row["from_ratio"] + 2 * width
        broken = until <= 1 + 1e-9
        bars.append({"from": as_exact(row["from_ratio"]), "until": as_exact(until), "share": round(row["share"], 5), "foot": 0}
                    | {"kind": "broken" if broken else "kept", "colour": EMPTY if broken else FILLED})  # fmt: skip
        if row["share"] >= least and room >= 30:
            letters.append({"from": as_exact((row["from_ratio"] + until) / 2), "share": round(row["share"] + 0.045 * top, 5)}
                           | {"letters": percent(row["share"]), "align": "center"})  # fmt: skip
    first = min((bar["from"] for bar in bars), default=0.0)
    last = max((bar["until"] for bar in bars), default=1.0)
    open_end = rows[-1]["from_ratio"] if rows and rows[-1]["until_ratio"] is None else None
    ticks: dict[float, str] = {}
    for tick in sorted({bar["from"] for bar in bars} | ({1.0} if first <= 1 <= last else set())):
        if room >= 34 or abs(tick * 2 - round(tick * 2)) < 1e-9:
            ticks[int(tick) if tick == int(tick) else tick] = f"{tick:g} ×" + (
                " or more" if open_end is not None and abs(tick - open_end) < 1e-9 else ""
            )
    up = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, round(top * 1.16, 5)], "nice": False},
        "axis": axis_of({tick: hundredths(tick) for tick in (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1) if tick <= top * 1.16}),
    }
    layers: list[Spec] = [
        coloured_bars(bars, to={"x2": "until", "y2": "foot"}),
        rules([{"from": 1, "share": 0, "head": round(top * 1.16, 5)}], to={"y2": "head"}, colour=INK, width=1.8),
        *text_layers(letters, size=10),
    ]
    return {
        "config": LOOK,
        "width": size.width,
        "height": 150,
        "encoding": {"x": across("from", ticks, domain=(first, max(last, 1.0)), top=False), "y": up},
        "layer": layers,
    }


def state_order(plan: Plan) -> list[str]:
    """Return states in the order in which they are stacked: known ones first, as `STATE_LABELS` has them."""
    there = plan.risk_states["state"].unique(maintain_order=True).to_list()
    return [state for state in STATE_LABELS if state in there] + sorted(state for state in there if state not in STATE_LABELS)


def state_colours(plan: Plan) -> dict[str, str]:
    """Return a colour for each state, the foot of the stack first."""
    others = [state for state in state_order(plan) if state not in STATE_COLOURS]
    more = {state: OTHER_COLOURS[at % len(OTHER_COLOURS)] for at, state in enumerate(others)}
    return {state: STATE_COLOURS.get(state) or more[state] for state in state_order(plan)}


def states_over_time(horizon: Horizon, plan: Plan, *, size: Size) -> Spec:
    """Return units by what they do, stacked, averaged over runs and over steps of time where days are many."""
    colours = state_colours(plan)
    steps, levels = _state_levels(plan, days=horizon.days)
    low: Floats = np.zeros(len(steps))
    top = float(sum(levels.values()).max()) if levels else 1.0  # type: ignore[union-attr]
    rows: list[Spec] = []
    letters: list[Spec] = []
    for state in colours:
        high = low + levels[state]
        ends = [(step.from_day, at) for at, step in enumerate(steps)] + [(steps[-1].until_day, len(steps) - 1)]
        rows += [{"state": state, "day": day, "low": as_exact(low[at]), "high": as_exact(high[at])} for day, at in ends]
        letters += band_letters(state_label(state), steps, low, high, top=top or 1.0, size=size)
        low = high
    scale = {"domain": list(colours), "range": list(colours.values())}
    return {
        "config": LOOK,
        "width": size.width,
        "height": size.stack,
        "encoding": {
            "x": days_axis(horizon.days, horizon, size, labelled=True),
            "y": {
                "field": "low",
                "type": "quantitative",
                "scale": {"domain": [0, as_exact((top or 1.0) * HEADROOM)], "nice": False},
                "axis": axis_of({tick: grouped(tick) for tick in whole_ticks(top or 1.0)}),
            },
        },
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "area", "stroke": PAPER, "strokeWidth": 0.6},
                "encoding": {
                    "y2": {"field": "high"},
                    "color": {"field": "state", "type": "nominal", "scale": scale, "legend": None},
                },
            },
            {"data": {"values": letters}, "mark": "text", "encoding": {"text": {"field": "letters"}}},
        ],
    }


def _state_levels(plan: Plan, *, days: int) -> tuple[list[Month], dict[str, Floats]]:
    """Units by state on each step of time: the days of the frame, or means of several where they are many."""
    known = sorted(day for day in plan.risk_states["day"].unique().to_list() if day < days) or [0]
    each = -(-len(known) // MOST_BUCKETS)
    groups = [known[at : at + each] for at in range(0, len(known), each)]
    steps = [
        Month(group[0], groups[at + 1][0] if at + 1 < len(groups) else days, str(group[0])) for at, group in enumerate(groups)
    ]
    place = {day: at for at, group in enumerate(groups) for day in group}
    levels: dict[str, Floats] = {state: np.zeros(len(steps)) for state in state_order(plan)}
    for day, state, mean in plan.risk_states.filter(pl.col("day") < days).select("day", "state", "mean").iter_rows():
        levels[state][place[day]] += mean / len(groups[place[day]])
    return steps, levels


def held_lines(plan: Plan, titles: Mapping[str, str], *, size: Size) -> Spec:
    """Return the lines least likely to be held, the weakest first: a point at the probability, its shape the priority.

    Parameters
    ----------
    plan : Plan
        A plan with its ``risk_lines``.
    titles : mapping of str to str
        Lines in words, by serial.
    size : Size
        Wide for screens and paper, narrow for telephones: there the names stand above the rows.
    """
    rows = weakest_lines(plan)
    wide = size is WIDE
    width = 480 if wide else size.width - 30
    stems = [{"row": at, "held": 0, "until": round(row["held"], 4)} for at, row in enumerate(rows)]
    names = {at: shortened(f"{row['line']} {titles.get(row['line'], '')}", LONGEST_NAME) for at, row in enumerate(rows)}
    letters = [
        {"row": at, "held": round(row["held"] + 10 / width * 1.12, 4), "letters": percent(row["held"]), "align": "left"}
        for at, row in enumerate(rows)
    ]
    heads = [
        {"row": at - 0.42, "held": 0, "letters": shortened(f"{row['line']} {titles.get(row['line'], '')}", NARROW_NAME)}
        | {"align": "left"}
        for at, row in enumerate(rows)
    ]
    by_shape: dict[str, list[Spec]] = {}
    for at, row in enumerate(rows):
        shape = SHAPES.get(row["priority"], OTHER_SHAPE)
        by_shape.setdefault(shape, []).append({"row": at, "held": round(row["held"], 4), "priority": row["priority"]})
    ticks = {tick: hundredths(tick) for tick in (0, 0.25, 0.5, 0.75, 1)}
    return {
        "config": LOOK,
        "width": width,
        "height": (ROW if wide else NARROW_ROW) * len(rows),
        "encoding": {
            "x": across("held", ticks, domain=(0, 1.12)),
            "y": rows_axis(names if wide else {}, rows=len(rows), head=0.5 if wide else 0.75),
        },
        "layer": [
            rules(stems, to={"x2": "until"}, colour="#b6bcc6", width=1.4),
            *(
                points(marks, shape=shape, colour=ACCENT if shape == "circle" else SOFT, filled=shape in ("circle", "square"))
                for shape, marks in by_shape.items()
            ),
            *text_layers(letters),
            *([] if wide else text_layers(heads, size=LABEL_SIZE - 0.5)),
        ],
    }
