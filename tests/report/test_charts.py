"""Charts over time, held against the plan: what their areas come to, worked out by hand and from the paths drawn."""

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.sample_plan import sample_plan

from contingent.horizon import Horizon
from contingent.report.charts import (
    HEADROOM,
    LEFT,
    NARROW,
    WIDE,
    Plot,
    Size,
    clear_place,
    nation_legend,
    needed_and_filled,
    people_by_nation,
    whole_ticks,
)
from contingent.report.months import months_of, people_by_day


def area_of(path: str) -> float:
    """Area within a path of upright and level strokes, by the shoelace formula. [px²]"""
    x = y = 0.0
    corners = []
    for stroke, numbers in re.findall(r"([MHV])([\d.,]+)", path):
        values = [float(number) for number in numbers.split(",")]
        x, y = values if stroke == "M" else (values[0], y) if stroke == "H" else (x, values[0])
        corners.append((x, y))
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def paths_of(chart: object, kind: str) -> list[str]:
    return re.findall(rf'<path class="{kind}"[^>]* d="([^"]*)"', str(chart))


def test_steps_are_drawn_where_they_stand_by_hand():
    """January and February 2027 with 1 and 2 units on a plot of 59 by 106 px: a day is a pixel, a unit is fifty."""
    horizon = Horizon(start_date=date(2027, 1, 1), days=59, period_days=30)
    plot = Plot(horizon, top=2.0, y=0.0, width=59, height=100 + HEADROOM)
    months = months_of(horizon)
    assert plot.line(months, np.array([1.0, 2.0])) == f"M{LEFT}.0,56.0V56.0H{LEFT + 31}.0V6.0H{LEFT + 59}.0"
    assert area_of(plot.area(months, np.zeros(2), np.array([1.0, 2.0]))) == pytest.approx(31 * 50 + 28 * 100)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_green_is_what_is_filled_and_hatched_is_what_is_missing(size: Size):
    scenario, plan = sample_plan()
    chart = needed_and_filled(scenario, plan, size=size, label="-")
    for priority, filled, empty in zip(
        sorted(plan.required_unit_days), paths_of(chart, "f"), paths_of(chart, "empty"), strict=True
    ):
        required, held = plan.required_unit_days[priority], plan.filled_unit_days[priority]
        whole = area_of(filled) + area_of(empty)
        assert area_of(filled) / whole == pytest.approx(held / required, abs=0.01)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_bands_of_nations_are_as_large_as_their_person_days(size: Size):
    scenario, plan = sample_plan()
    days = scenario.settings.horizon_days
    bands = paths_of(people_by_nation(scenario, plan, size=size, label="-"), "band")
    legend = nation_legend(plan)
    whole = sum(area_of(band) for band in bands)
    everyone = people_by_day(plan, days=days).sum()
    for (nation, _), band in zip(legend[:-1], bands, strict=False):
        assert area_of(band) / whole == pytest.approx(people_by_day(plan, days=days, nation=nation).sum() / everyone, abs=0.01)
    assert len(bands) == len(legend)


@given(st.data())
def test_clear_place_is_free_of_the_neighbours_bands(data: st.DataObject):
    """No step of the band below reaches into the place, none of the band above hangs into it, and no other is higher."""
    levels = data.draw(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30))
    months = data.draw(st.integers(1, len(levels)))
    low = np.array([float(floor) for floor, _ in levels])
    high = np.array([float(floor + thick) for floor, thick in levels])
    first, floor, ceiling = clear_place(low, high, months=months)
    assert all(low[at] <= floor and high[at] >= ceiling for at in range(first, first + months))
    heights = [min(high[at : at + months]) - max(low[at : at + months]) for at in range(len(levels) - months + 1)]
    assert ceiling - floor == max(heights)


@given(st.floats(0.01, 1e9))
def test_upright_axis_has_few_ticks_none_above_the_plot(top: float):
    ticks = whole_ticks(top)
    assert ticks[0] == 0
    assert len(ticks) <= 5
    assert ticks[-1] <= top
    assert len(ticks) >= 2 or top < 1


def test_charts_say_in_words_what_they_show():
    scenario, plan = sample_plan()
    assert 'role="img" aria-label="in words"' in str(needed_and_filled(scenario, plan, size=WIDE, label="in words"))
