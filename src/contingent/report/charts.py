"""Charts over time: steps month by month, drawn as SVG by plain Python like all drawings of the report.

The axis of time counts days from D-day and carries dates and days as its labels, so that no clock, time zone, locale or
font of the machine can move a tick. Each chart comes in a wide form for screens and paper and in a narrow one for telephones.

    needed_and_filled   units asked for and held, one panel a priority, month by month
    people_by_nation    people deployed, stacked by nation
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from markupsafe import Markup

from contingent.horizon import Horizon
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.drawings.svg import element, group, picture
from contingent.report.months import Floats, Month, monthly_mean, months_of, needed_and_filled_by_day, people_by_day, time_ticks
from contingent.report.words import grouped, percent

NATION_COLOURS = ("#5b9bc8", "#f0cf8e", "#7cc4ab", "#dcb3cb", "#a9d5ee", "#e89f78", "#dcd78b", "#b3a8d4")
OTHERS_COLOUR = "#d5d9df"
OTHERS = "all others"
MOST_NATIONS = len(NATION_COLOURS)
MOST_PANELS = 5
MOST_STEPS = 4

LEFT, RIGHT, HEAD, FOOT = 46, 8, 20, 38
"""Room beside a plot for the figures of its upright axis, right of it, above it for its title, below it for dates. [px]"""

BETWEEN = 14
"""Room between two panels. [px]"""

HEADROOM = 6
"""Room in a plot above its highest step. [px]"""

SMALLEST_BAND = 11
"""Height below which a band of the stack cannot hold its nation's letters. [px]"""

LETTER = 7.5
"""Width of a bold letter. [px]"""

MOST_LETTERS = 12
"""Longest name that stands in a band."""

LAST_TICK = 0.98
"""Part of the horizon up to which a tick has room for its label. [-]"""


@dataclass(frozen=True, slots=True)
class Size:
    """Size of a chart, and how many ticks of time it has room for."""

    width: int
    panel: int
    stack: int
    ticks: int


WIDE = Size(width=930, panel=86, stack=256, ticks=11)
NARROW = Size(width=282, panel=90, stack=246, ticks=4)


@dataclass(frozen=True, slots=True)
class Plot:
    """A field of a chart: days to the right, an amount upwards.

    Parameters
    ----------
    horizon : Horizon
        From the left edge to the right one.
    top : float
        The highest amount that is drawn.
    y : float
        Where the field begins. [px from the head of the chart]
    width, height : int
        [px]
    """

    horizon: Horizon
    top: float
    y: float
    width: int
    height: int

    def across(self, day: float) -> float:
        """Return where a day stands. [px]"""
        return LEFT + self.width * day / self.horizon.days

    def up(self, amount: float) -> float:
        """Return where an amount stands. [px]"""
        return self.y + self.height - (self.height - HEADROOM) * amount / self.top

    def line(self, months: Sequence[Month], levels: Floats) -> str:
        """Return the path of the steps of a monthly figure."""
        steps = (
            f"V{self.up(level):.1f}H{self.across(month.until_day):.1f}" for month, level in zip(months, levels, strict=True)
        )
        return f"M{self.across(0):.1f},{self.up(levels[0]):.1f}{''.join(steps)}"

    def area(self, months: Sequence[Month], low: Floats, high: Floats) -> str:
        """Return the path of the area between two monthly figures."""
        back = (
            f"V{self.up(level):.1f}H{self.across(month.from_day):.1f}"
            for month, level in zip(reversed(months), low[::-1], strict=True)
        )
        return f"{self.line(months, high)}{''.join(back)}Z"


def needed_and_filled(scenario: Scenario, plan: Plan, *, size: Size, label: str) -> Markup:
    """Return one panel a priority: the need as a line, what is filled below it, the gap between the two hatched."""
    horizon, months = scenario.horizon, months_of(scenario.horizon)
    priorities = [priority for priority, required in sorted(plan.required_unit_days.items()) if required > 0][:MOST_PANELS]
    parts: list[Markup] = []
    y = 0.0
    for priority in priorities:
        needed, filled = (
            monthly_mean(by_day, months) for by_day in needed_and_filled_by_day(plan, priority=priority, days=horizon.days)
        )
        plot = Plot(horizon, top=float(needed.max()), y=y + HEAD, width=size.width, height=size.panel)
        title = f"Priority {priority}: {percent(plan.fill_of(priority))} filled"
        parts += [
            element("text", title, class_="title", x=0, y=y + HEAD - 6),
            *_upright_axis(plot, whole_ticks(plot.top)),
            *_time_axis(plot, size, labelled=priority == priorities[-1]),
            element("path", class_="f", d=plot.area(months, np.zeros(len(months)), filled)),
            element("path", class_="empty", d=plot.area(months, filled, needed)),
            element("path", class_="need", d=plot.line(months, needed)),
            _axes(plot),
        ]
        y += HEAD + size.panel + BETWEEN
    return picture(*parts, width=LEFT + size.width + RIGHT, height=y - BETWEEN + FOOT, label=label, class_="chart")


def people_by_nation(scenario: Scenario, plan: Plan, *, size: Size, label: str) -> Markup:
    """Return the people deployed, stacked by nation: the largest contributors by name, the rest together."""
    horizon, months = scenario.horizon, months_of(scenario.horizon)
    total = monthly_mean(people_by_day(plan, days=horizon.days), months)
    plot = Plot(horizon, top=float(total.max()) or 1.0, y=0.0, width=size.width, height=size.stack)
    bands, letters = [], []
    low: Floats = np.zeros(len(months))
    for nation, colour in nation_legend(plan):
        high = (
            total
            if nation == OTHERS
            else low + monthly_mean(people_by_day(plan, days=horizon.days, nation=nation), months)
        )
        bands.append(element("path", class_="band", fill=colour, d=plot.area(months, low, high)))
        letters += _band_letters(plot, nation, months, low, high)
        low = high
    parts = [*_upright_axis(plot, whole_ticks(plot.top)), *_time_axis(plot, size, labelled=True), *bands, _axes(plot), *letters]
    return picture(*parts, width=LEFT + size.width + RIGHT, height=size.stack + FOOT, label=label, class_="chart")


def nation_legend(plan: Plan) -> list[tuple[str, str]]:
    """Return the nations of `people_by_nation` with their colours, largest first, as the stack is built from the foot."""
    rows = plan.nations.filter(plan.nations["tours"] > 0).sort("person_days", "nation", descending=[True, False])
    nations = rows["nation"].to_list()[:MOST_NATIONS]
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


def _band_letters(plot: Plot, nation: str, months: Sequence[Month], low: Floats, high: Floats) -> list[Markup]:
    """The nation's letters, set where they stand clear of its neighbours' bands; none where there is no such place."""
    letters = nation if len(nation) <= MOST_LETTERS else f"{nation[: MOST_LETTERS - 1]}…"
    needed = ceil(len(letters) * LETTER / (plot.width / len(months)))
    if needed > len(months):
        return []
    at, floor, ceiling = clear_place(low, high, months=needed)
    if plot.up(floor) - plot.up(ceiling) < SMALLEST_BAND:
        return []
    middle = (months[at].from_day + months[at + needed - 1].until_day) / 2
    return [element("text", letters, class_="nation", x=plot.across(middle), y=plot.up((floor + ceiling) / 2) + 4)]


def _upright_axis(plot: Plot, ticks: Sequence[int]) -> list[Markup]:
    """Lines across the plot with the amounts left of them."""
    return [
        part
        for tick in ticks
        for part in (
            element("line", class_="grid", x1=LEFT - 5, x2=LEFT + plot.width, y1=plot.up(tick), y2=plot.up(tick)),
            element("text", grouped(tick), class_="amount", x=LEFT - 9, y=plot.up(tick) + 3.5),
        )
    ]


def _time_axis(plot: Plot, size: Size, *, labelled: bool) -> list[Markup]:
    """Lines up the plot, with dates over days from D-day below them."""
    parts, foot = [], plot.y + plot.height
    for day, date in time_ticks(plot.horizon, most=size.ticks):
        if day >= plot.horizon.days * LAST_TICK:
            continue
        x = plot.across(day)
        parts.append(element("line", class_="grid", x1=x, x2=x, y1=plot.y, y2=foot + 5))
        if labelled:
            parts.append(element("text", date, class_="when", x=x, y=foot + 18))
            parts.append(element("text", f"D+{grouped(day)}", class_="when", x=x, y=foot + 31))
    return parts


def _axes(plot: Plot) -> Markup:
    """The two edges that amounts and days are read from."""
    foot = plot.y + plot.height
    return group(
        (
            element("line", class_="axis", x1=LEFT, x2=LEFT, y1=plot.y, y2=foot),
            element("line", class_="axis", x1=LEFT, x2=LEFT + plot.width, y1=foot, y2=foot),
        )
    )
