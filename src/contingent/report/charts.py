"""Charts of a common kind, drawn by Altair and rendered to SVG in this process, with no browser and no network.

The axis of time counts days from D-day and carries its labels itself, so that no clock, time zone or locale of the
machine can move a tick. Each chart comes in a wide form for screens and paper and in a narrow one for telephones.

    needed_and_filled   units asked for and held, one panel a priority, month by month
    people_by_nation    people deployed, stacked by nation
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup, escape

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.months import Month, monthly_mean, months_of, needed_and_filled_by_day, people_by_day, time_ticks
from contingent.report.words import grouped, percent

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
INK, SOFT, RULE = "#1b1f24", "#4b5563", "#e3e6ea"
FILLED, GAP = "#8fcfba", "#f0a878"
NATION_COLOURS = ("#5b9bc8", "#f0cf8e", "#7cc4ab", "#dcb3cb", "#a9d5ee", "#e89f78", "#dcd78b", "#b3a8d4")
OTHERS_COLOUR = "#d5d9df"
OTHERS = "all others"
MOST_NATIONS = len(NATION_COLOURS)
MOST_PANELS = 5
MOST_STEPS = 4
LABEL_ROOM = 36
"""Room for the figures of the upright axis, so that panels line up. [px]"""

SMALLEST_BAND = 11
"""Height below which a band of the stack cannot hold its nation's letters. [px]"""


@dataclass(frozen=True, slots=True)
class Size:
    """Size of a chart, and how many ticks of time it has room for."""

    width: int
    panel: int
    stack: int
    ticks: int


WIDE = Size(width=930, panel=80, stack=250, ticks=11)
NARROW = Size(width=282, panel=84, stack=240, ticks=4)


def needed_and_filled(scenario: Scenario, plan: Plan, *, size: Size, label: str) -> Markup:
    """Return one panel a priority: the need as a line, what is filled below it, the gap between the two."""
    months = months_of(scenario.horizon)
    priorities = [priority for priority, required in sorted(plan.required_unit_days.items()) if required > 0]
    panels = []
    for priority in priorities[:MOST_PANELS]:
        needed, filled = needed_and_filled_by_day(plan, priority=priority, days=scenario.horizon.days)
        needed_mean, filled_mean = monthly_mean(needed, months), monthly_mean(filled, months)
        rows = [
            {"day": day, "needed": round(float(need), 3), "filled": round(float(held), 3)}
            for day, need, held in _steps(months, needed_mean, filled_mean)
        ]
        is_last = priority == priorities[:MOST_PANELS][-1]
        x = alt.X("day:Q", axis=_time_axis(scenario, size, labelled=is_last), scale=_time_scale(scenario))
        base = alt.Chart(alt.Data(values=rows)).encode(x=x)
        y_axis = alt.Axis(title=None, values=whole_ticks(float(needed_mean.max())), format="d", minExtent=LABEL_ROOM)
        gap = base.mark_area(interpolate="step-after", color=GAP).encode(y=alt.Y("filled:Q", axis=y_axis), y2="needed:Q")
        held_area = base.mark_area(interpolate="step-after", color=FILLED).encode(y=alt.Y("filled:Q", axis=y_axis))
        need_line = base.mark_line(interpolate="step-after", color=INK, strokeWidth=1.4).encode(y=alt.Y("needed:Q", axis=y_axis))
        title = alt.TitleParams(
            f"Priority {priority}: {percent(plan.fill_of(priority))} filled", anchor="start", fontSize=13, color=INK, offset=4
        )
        panels.append(alt.layer(held_area, gap, need_line).properties(width=size.width, height=size.panel, title=title))
    return _svg(alt.vconcat(*panels, spacing=14), label)


def people_by_nation(scenario: Scenario, plan: Plan, *, size: Size, label: str) -> Markup:
    """Return the people deployed, stacked by nation: the largest contributors by name, the rest together."""
    months = months_of(scenario.horizon)
    nations = _largest_nations(plan)
    means = {nation: monthly_mean(people_by_day(plan, days=scenario.horizon.days, nation=nation), months) for nation in nations}
    total = monthly_mean(people_by_day(plan, days=scenario.horizon.days), months)
    rest = total - sum(means.values()) if means else total
    if plan.tours["nation"].n_unique() > len(nations):
        means[OTHERS] = rest
    scale_top = float(total.max()) or 1.0
    rows, labels, floor = [], [], total * 0.0
    for nation, mean in means.items():
        ceiling = floor + mean
        rows += [
            {"nation": nation, "day": day, "low": round(float(low), 2), "high": round(float(high), 2)}
            for day, low, high in _steps(months, floor, ceiling)
        ]
        labels += _band_label(nation, months, floor, ceiling, scale_top, size)
        floor = ceiling
    colours = [*NATION_COLOURS[: len(nations)], *([OTHERS_COLOUR] if OTHERS in means else [])]
    x = alt.X("day:Q", axis=_time_axis(scenario, size, labelled=True), scale=_time_scale(scenario))
    y = alt.Y("low:Q", axis=alt.Axis(title=None, tickCount=5, labelExpr=_GROUPED_LABEL, minExtent=LABEL_ROOM))
    areas = (
        alt.Chart(alt.Data(values=rows))
        .mark_area(interpolate="step-after", stroke="white", strokeWidth=0.6)
        .encode(
            x=x,
            y=y,
            y2="high:Q",
            color=alt.Color("nation:N", sort=list(means), scale=alt.Scale(domain=list(means), range=colours), legend=None),
        )
    )
    texts = (
        alt.Chart(alt.Data(values=labels))
        .mark_text(font=FONT, fontSize=11, fontWeight="bold", color=INK)
        .encode(x=alt.X("day:Q"), y=alt.Y("at:Q"), text="nation:N")
    )
    return _svg(alt.layer(areas, texts).properties(width=size.width, height=size.stack), label)


def nation_legend(plan: Plan) -> list[tuple[str, str]]:
    """Return the nations of `people_by_nation` with their colours, largest first, as the stack is built from the foot."""
    nations = _largest_nations(plan)
    legend = list(zip(nations, NATION_COLOURS, strict=False))
    if plan.tours["nation"].n_unique() > len(nations):
        legend.append((OTHERS, OTHERS_COLOUR))
    return legend


def whole_ticks(top: float) -> list[int]:
    """Return the whole numbers of an upright axis from 0 to `top`, at most four steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> whole_ticks(1.0), whole_ticks(17.2), whole_ticks(130.0)
    ([0, 1], [0, 5, 10, 15], [0, 50, 100])
    """
    step = next(step * 10**power for power in range(12) for step in (1, 2, 5) if top / (step * 10**power) <= MOST_STEPS)
    return list(range(0, int(top) + 1, step))


def _largest_nations(plan: Plan) -> list[str]:
    """Nations that go, by person-days, largest first, as many as have a colour."""
    rows = plan.nations.filter(plan.nations["tours"] > 0).sort("person_days", "nation", descending=[True, False])
    return rows["nation"].to_list()[:MOST_NATIONS]


def _band_label(nation: str, months: Sequence[Month], low: Any, high: Any, top: float, size: Size) -> list[dict[str, Any]]:
    """The nation's letters, set where its band is thickest; none where it is too thin for them."""
    thickness = high - low
    if len(months) >= 5:
        steady = [float(thickness[at - 1 : at + 2].min()) for at in range(1, len(months) - 1)]
        at = steady.index(max(steady)) + 1
    else:
        at = int(thickness.argmax())
    if float(high[at] - low[at]) / top * size.stack < SMALLEST_BAND:
        return []
    middle = (months[at].from_day + months[at].until_day) / 2
    return [{"nation": nation if len(nation) <= 12 else f"{nation[:11]}…", "day": middle, "at": float(low[at] + high[at]) / 2}]


def _steps(months: Sequence[Month], *means: Any) -> list[tuple[Any, ...]]:
    """Points of a step curve: each month's first day, and the horizon's end."""
    points = [(month.from_day, *(mean[at] for mean in means)) for at, month in enumerate(months)]
    return [*points, (months[-1].until_day, *(mean[-1] for mean in means))]


_GROUPED_LABEL = "replace(format(datum.value, ',d'), /,/g, '\u202f')"


def _time_scale(scenario: Scenario) -> alt.Scale:
    return alt.Scale(domain=[0, scenario.horizon.days], nice=False, zero=False)


def _time_axis(scenario: Scenario, size: Size, *, labelled: bool) -> alt.Axis:
    """An axis of days whose labels are dates over D+days."""
    ticks = [tick for tick in time_ticks(scenario.horizon, most=size.ticks) if tick[0] < scenario.horizon.days * 0.98]
    labels = {str(day): [label, f"D+{grouped(day)}"] for day, label in ticks}
    return alt.Axis(
        title=None,
        values=[day for day, _ in ticks],
        labelExpr=f"({json.dumps(labels, ensure_ascii=False)})[datum.value]",
        labels=labelled,
        grid=True,
        labelAlign="center",
        labelFlush=False,
    )


def _svg(chart: alt.TopLevelMixin, label: str) -> Markup:
    """Render to SVG, as one picture with one label for those who cannot see it."""
    styled = (
        chart.configure(font=FONT, background="transparent", padding=4, aria=False)
        .configure_axis(
            labelColor=SOFT,
            labelFontSize=11,
            gridColor=RULE,
            domainColor=SOFT,
            tickColor=SOFT,
            labelPadding=4,
        )
        .configure_view(stroke=None)
    )
    svg = vl_convert.vegalite_to_svg(styled.to_json(validate=False))
    head = re.match(r"<svg[^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\"[^>]*>", svg)
    if head is None:
        raise ValueError("vl-convert gave no SVG")
    width, height = head.groups()
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    opened = f'<svg class="chart" {size} role="img" aria-label="{escape(label)}">'
    body = re.sub(r' (?:role|aria-[a-z]+|pointer-events)="[^"]*"', "", svg[head.end() :])
    return Markup(opened + body)  # noqa: S704 (the label is escaped here, all other text by the renderer)
