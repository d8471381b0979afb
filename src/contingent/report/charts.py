"""Charts over time: steps month by month in the grammar of Vega-Lite, rendered to SVG in this process.

A chart is a value first, a Vega-Lite specification with its few rows in it, and a drawing only then: what vl-convert renders
here for the report opens in a notebook (``altair.Chart.from_dict``) and on a web page just as well. The specifications are
written down as they are, because to build them with Altair takes as much time again as to render them.

The axis of time counts days from D-day and carries dates and days as its labels, so that no clock, time zone or locale of
the machine can move a tick; the renderer brings its letters (Liberation Sans) with it. Each chart comes in a wide form for
screens and paper and in a narrow one for telephones, on which the letters of the wide one could not be read.

    needed_and_filled   units asked for and held, one panel a priority, month by month
    people_by_nation    people deployed, stacked by nation
    svg_of              a chart as SVG
    svgs_of             several at once, drawn while Python goes on
"""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from contingent.horizon import Horizon
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.months import Floats, Month, monthly_mean, months_of, needed_and_filled_by_day, people_by_day, time_ticks
from contingent.report.words import grouped, percent

log = logging.getLogger(__name__)

RENDERER = """
import json, sys
charts = json.load(sys.stdin.buffer)
import vl_convert
drawn = json.dumps([vl_convert.vegalite_to_svg(chart) for chart in charts])
sys.stdout.buffer.write(drawn.encode())
"""
"""What the second interpreter runs: specifications in, pictures out."""

Spec = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""

INK, SOFT, RULE, PAPER = "#1b1f24", "#4b5563", "#e3e6ea", "#ffffff"
FILLED = "#8fcfba"
EMPTY = "url(#gap-hatch) #f3c6a3"
"""The hatching of the page that the chart stands in, as in the matrix; a plain colour where the page has none."""

NATION_COLOURS = ("#5b9bc8", "#f0cf8e", "#7cc4ab", "#dcb3cb", "#a9d5ee", "#e89f78", "#dcd78b", "#b3a8d4")
OTHERS_COLOUR = "#d5d9df"
OTHERS = "all others"
MOST_NATIONS = len(NATION_COLOURS)
MOST_PANELS = 5
MOST_STEPS = 4

LABEL_ROOM = 42
"""Room for the figures of the upright axis, so that all charts begin at one edge. [px]"""

BETWEEN = 36
"""Room between two panels, the lower one's title in it. [px]"""

HEADROOM = 1.05
"""Height of a plot as a multiple of its highest step. [-]"""

SMALLEST_BAND = 11
"""Height below which a band of the stack cannot hold its nation's letters. [px]"""

LETTER = 7.5
"""Width of a bold letter. [px]"""

MOST_LETTERS = 12
"""Longest name that stands in a band."""

LAST_TICK = 0.98
"""Part of the horizon up to which a tick has room for its label. [-]"""

LOOK: Spec = {
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "background": "transparent",
    "padding": {"left": 0, "top": 4, "right": 4, "bottom": 4},
    "aria": False,
    "view": {"stroke": None},
    "title": {"anchor": "start", "fontSize": 13, "color": INK, "offset": 6},
    "axis": {
        "title": None,
        "labelColor": SOFT,
        "labelFontSize": 11,
        "labelPadding": 4,
        "labelOverlap": False,
        "labelFlush": False,
        "labelLimit": 0,
        "gridColor": RULE,
        "domainColor": SOFT,
        "tickColor": SOFT,
    },
    "axisY": {"minExtent": LABEL_ROOM},
    "area": {"interpolate": "step-after"},
    "line": {"interpolate": "step-after", "strokeWidth": 1.4, "color": INK},
    "text": {"fontSize": 11, "fontWeight": "bold", "color": INK},
}


@dataclass(frozen=True, slots=True)
class Size:
    """Size of a chart, and how many ticks of time it has room for."""

    width: int
    panel: int
    stack: int
    ticks: int


WIDE = Size(width=800, panel=76, stack=224, ticks=11)
NARROW = Size(width=282, panel=90, stack=246, ticks=4)


def needed_and_filled(scenario: Scenario, plan: Plan, *, size: Size) -> Spec:
    """Return one panel a priority: the need as a line, what is filled below it, the gap between the two hatched."""
    horizon, months = scenario.horizon, months_of(scenario.horizon)
    priorities = [priority for priority, required in sorted(plan.required_unit_days.items()) if required > 0][:MOST_PANELS]
    panels = []
    for priority in priorities:
        needed, filled = (
            monthly_mean(by_day, months) for by_day in needed_and_filled_by_day(plan, priority=priority, days=horizon.days)
        )
        amount = _upright("filled", top=float(needed.max()))
        panels.append(
            {
                "title": f"Priority {priority}: {percent(plan.fill_of(priority))} filled",
                "width": size.width,
                "height": size.panel,
                "data": {"values": step_rows(months, filled=filled, needed=needed)},
                "encoding": {"x": time_axis(horizon, size, labelled=priority == priorities[-1]), "y": amount},
                "layer": [
                    {"mark": {"type": "area", "color": FILLED}},
                    {"mark": {"type": "area", "color": EMPTY}, "encoding": {"y2": {"field": "needed"}}},
                    {"mark": "line", "encoding": {"y": amount | {"field": "needed"}}},
                ],
            }
        )
    return {"config": LOOK, "vconcat": panels, "spacing": BETWEEN, "bounds": "flush"}


def people_by_nation(scenario: Scenario, plan: Plan, *, size: Size) -> Spec:
    """Return the people deployed, stacked by nation: the largest contributors by name, the rest together."""
    horizon, months = scenario.horizon, months_of(scenario.horizon)
    total = monthly_mean(people_by_day(plan, days=horizon.days), months)
    top = float(total.max()) or 1.0
    legend = nation_legend(plan)
    rows, letters = [], []
    low: Floats = np.zeros(len(months))
    for nation, _ in legend:
        own = total - low if nation == OTHERS else monthly_mean(people_by_day(plan, days=horizon.days, nation=nation), months)
        rows += [{"nation": nation} | row for row in step_rows(months, low=low, high=low + own)]
        letters += band_letters(nation, months, low, low + own, top=top, size=size)
        low = low + own
    colours = {"domain": [nation for nation, _ in legend], "range": [colour for _, colour in legend]}
    return {
        "config": LOOK,
        "width": size.width,
        "height": size.stack,
        "encoding": {"x": time_axis(horizon, size, labelled=True), "y": _upright("low", top=top)},
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "area", "stroke": PAPER, "strokeWidth": 0.6},
                "encoding": {
                    "y2": {"field": "high"},
                    "color": {"field": "nation", "type": "nominal", "scale": colours, "legend": None},
                },
            },
            {"data": {"values": letters}, "mark": "text", "encoding": {"text": {"field": "letters"}}},
        ],
    }


def nation_legend(plan: Plan) -> list[tuple[str, str]]:
    """Return the nations of `people_by_nation` with their colours, largest first, as the stack is built from the foot."""
    rows = plan.nations.filter(plan.nations["tours"] > 0).sort("person_days", "nation", descending=[True, False])
    nations = rows["nation"].to_list()[:MOST_NATIONS]
    legend = list(zip(nations, NATION_COLOURS, strict=False))
    if plan.tours["nation"].n_unique() > len(nations):
        legend.append((OTHERS, OTHERS_COLOUR))
    return legend


def svg_of(chart: Spec, *, label: str) -> Markup:
    """Return a chart as one SVG picture, with one label for those who cannot see it."""
    return _labelled(drawn_here(chart), label)


def svgs_of(charts: Sequence[tuple[Spec, str]]) -> list[Markup]:
    """Return charts as SVG pictures, each with its label; other threads go on meanwhile.

    The renderer holds the interpreter until it has drawn, which takes longest for the first chart. So it is given an
    interpreter of its own; where none can be started, all is drawn in this one.
    """
    if not charts:
        return []
    try:
        drawn = drawn_beside([chart for chart, _ in charts])
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        log.info("charts are drawn without a second interpreter: %s", problem)
        return [svg_of(chart, label=label) for chart, label in charts]
    return [_labelled(svg, label) for svg, (_, label) in zip(drawn, charts, strict=True)]


def drawn_here(chart: Spec) -> str:
    """Return a chart as the renderer draws it in this interpreter."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart))


def drawn_beside(charts: Sequence[Spec]) -> list[str]:
    """Return charts as the renderer draws them in an interpreter of its own.

    Raises
    ------
    OSError, ValueError, subprocess.SubprocessError
        If none can be started, or it does not answer with pictures.
    """
    asked = json.dumps(list(charts)).encode()
    ran = subprocess.run([sys.executable, "-P", "-c", RENDERER], input=asked, capture_output=True, check=True)
    return [str(svg) for svg in json.loads(ran.stdout)]


INNER_ROLE = re.compile(r' role="graphics-[a-z-]+"| aria-roledescription="[^"]*"')
"""What the renderer says of the parts of a chart: a picture with one label has no parts to be read out."""


def _labelled(svg: str, label: str) -> Markup:
    svg = INNER_ROLE.sub("", svg)
    named = f'class="chart" role="img" aria-label="{escape(label)}"'
    return Markup(svg.replace('class="marks"', named, 1))  # noqa: S704 (texts are escaped here and by the renderer)


def whole_ticks(top: float) -> list[int]:
    """Return the whole numbers of an upright axis from 0 to `top`, at most four steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> whole_ticks(1.0), whole_ticks(17.2), whole_ticks(130.0)
    ([0, 1], [0, 5, 10, 15], [0, 50, 100])
    """
    step = next(step * 10**power for power in range(12) for step in (1, 2, 5) if top / (step * 10**power) <= MOST_STEPS)
    return list(range(0, int(top) + 1, step))


def clear_place(low: Floats, high: Floats, *, months: int) -> tuple[int, float, float]:
    """Return where a band is clear for longest: the first of so many months in a row, and the floor and ceiling of that place.

    Examples
    --------
    The second and third month leave the band free from 1 to 4:

    >>> clear_place(np.array([0.0, 1.0, 0.0]), np.array([2.0, 4.0, 5.0]), months=2)
    (1, 1.0, 4.0)
    """
    places = [
        (at, float(low[at : at + months].max()), float(high[at : at + months].min())) for at in range(len(low) - months + 1)
    ]
    return max(places, key=lambda place: place[2] - place[1])


def band_letters(name: str, months: Sequence[Month], low: Floats, high: Floats, *, top: float, size: Size) -> list[Spec]:
    """Return a band's letters, set where they stand clear of its neighbours' bands; none where there is no such place."""
    letters = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"
    needed = ceil(len(letters) * LETTER / (size.width / len(months)))
    if needed > len(months):
        return []
    at, floor, ceiling = clear_place(low, high, months=needed)
    if (ceiling - floor) / (top * HEADROOM) * size.stack < SMALLEST_BAND:
        return []
    middle = (months[at].from_day + months[at + needed - 1].until_day) / 2
    return [{"letters": letters, "day": middle, "low": as_exact((floor + ceiling) / 2)}]


def step_rows(months: Sequence[Month], **levels: Floats) -> list[Spec]:
    """Return monthly figures as rows: one at each month's first day, and the last again at the horizon's end.

    Examples
    --------
    >>> step_rows([Month(0, 31, "Jan 2027"), Month(31, 59, "Feb 2027")], needed=np.array([1.0, 2.5]))
    [{'day': 0, 'needed': 1.0}, {'day': 31, 'needed': 2.5}, {'day': 59, 'needed': 2.5}]
    """
    rows = [
        {"day": month.from_day} | {name: as_exact(level[at]) for name, level in levels.items()} for at, month in enumerate(months)
    ]
    return [*rows, rows[-1] | {"day": months[-1].until_day}]


def as_exact(figure: float) -> int | float:
    """Return a figure as exact as a chart can show it: a whole number of people or the hundredth part of a unit."""
    return round(float(figure)) if abs(figure) >= 1_000 else round(float(figure), 2)


def time_axis(horizon: Horizon, size: Size, *, labelled: bool) -> Spec:
    """Return days to the right, with dates over days from D-day below them."""
    ticks = {
        day: [date, f"D+{grouped(day)}"]
        for day, date in time_ticks(horizon, most=size.ticks)
        if day < horizon.days * LAST_TICK
    }
    scale = {"domain": [0, horizon.days], "nice": False}
    return {"field": "day", "type": "quantitative", "scale": scale, "axis": axis_of(ticks) | {"labels": labelled}}


def _upright(field: str, *, top: float) -> Spec:
    """An amount upwards from nothing."""
    axis = axis_of({tick: grouped(tick) for tick in whole_ticks(top)})
    return {"field": field, "type": "quantitative", "scale": {"domain": [0, top * HEADROOM], "nice": False}, "axis": axis}


def axis_of(labels: Mapping[int, str | list[str]] | Mapping[float, str | list[str]]) -> Spec:
    """Return an axis with a tick where there is a label, so that no locale of the renderer writes a figure."""
    return {"values": list(labels), "labelExpr": f"({json.dumps(labels, ensure_ascii=False)})[datum.value]"}
