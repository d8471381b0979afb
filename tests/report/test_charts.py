"""Charts over time, held against the plan: what their areas come to, from the paths drawn; the grammar, against its schema."""

import re
import sys
from collections.abc import Callable

import altair as alt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Drawings
from tests.report.grammar import faults_of
from tests.report.sample_plan import sample_plan

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.charts import (
    EMPTY,
    FILLED,
    NARROW,
    OTHERS,
    WIDE,
    Size,
    Spec,
    clear_place,
    nation_legend,
    needed_and_filled,
    people_by_nation,
    svg_of,
    svgs_of,
    whole_ticks,
)
from contingent.report.html.report import report_html
from contingent.report.months import people_by_day

both_charts = pytest.mark.parametrize("chart", [needed_and_filled, people_by_nation])
both_sizes = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])

Chart = Callable[..., Spec]


@pytest.fixture(scope="module")
def sample() -> tuple[Scenario, Plan]:
    return sample_plan()


def area_of(path: str) -> float:
    """Area within a path, by the shoelace formula. [px²]"""
    x = y = 0.0
    corners = []
    for stroke, numbers in re.findall(r"([MLHV])([-\d.,]+)", path):
        values = [float(number) for number in numbers.split(",")]
        x, y = values if stroke in "ML" else (values[0], y) if stroke == "H" else (x, values[0])
        corners.append((x, y))
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def areas_of(svg: str, fill: str) -> list[float]:
    """Areas of the paths of a colour, as they are drawn. [px²]"""
    paths = re.findall(r"<path [^>]*>", svg)
    return [area_of(re.findall(r' d="([^"]*)"', path)[0]) for path in paths if f'fill="{fill}"' in path]


def test_paths_are_measured_by_hand():
    assert area_of("M0,10L4,10L4,5L8,5L8,0L0,0Z") == 60
    assert area_of("M0,10H4V5H8V0H0Z") == 60


@both_sizes
def test_green_is_what_is_filled_and_hatched_is_what_is_missing(sample: tuple[Scenario, Plan], size: Size):
    scenario, plan = sample
    chart = svg_of(needed_and_filled(scenario, plan, size=size), label="-")
    for priority, filled, empty in zip(
        sorted(plan.required_unit_days), areas_of(chart, FILLED), areas_of(chart, EMPTY), strict=True
    ):
        required, held = plan.required_unit_days[priority], plan.filled_unit_days[priority]
        assert filled / (filled + empty) == pytest.approx(held / required, abs=0.01)


@both_sizes
def test_bands_of_nations_are_as_large_as_their_person_days(sample: tuple[Scenario, Plan], size: Size):
    scenario, plan = sample
    days = scenario.settings.horizon_days
    chart = svg_of(people_by_nation(scenario, plan, size=size), label="-")
    bands = {nation: areas_of(chart, colour) for nation, colour in nation_legend(plan)}
    whole = sum(area for areas in bands.values() for area in areas)
    everyone = people_by_day(plan, days=days).sum()
    for nation, areas in bands.items():
        (area,) = areas
        if nation != OTHERS:
            assert area / whole == pytest.approx(people_by_day(plan, days=days, nation=nation).sum() / everyone, abs=0.01)


def test_what_is_empty_is_told_from_what_is_filled_without_colour(sample: tuple[Scenario, Plan]):
    """It is filled with the hatching that the page defines, once, for all its drawings."""
    page = report_html(*sample)
    assert EMPTY.startswith("url(#gap-hatch)")
    assert page.count('id="gap-hatch"') == 1
    assert page.count(f'fill="{EMPTY}"') >= 2


@both_sizes
def test_letters_stand_only_in_bands_that_have_room_for_them(sample: tuple[Scenario, Plan], size: Size):
    """Eight pixels of capitals stand between the floor and the ceiling of their own band all along."""
    scenario, plan = sample
    chart = people_by_nation(scenario, plan, size=size)
    bands, letters = (layer["data"]["values"] for layer in chart["layer"])
    a_pixel = chart["encoding"]["y"]["scale"]["domain"][1] / size.stack
    assert letters
    for text in letters:
        band = [row for row in bands if row["nation"] == text["letters"]]
        at = max(index for index, row in enumerate(band) if row["day"] <= text["day"])
        assert band[at]["low"] + 4 * a_pixel < text["low"] < band[at]["high"] - 4 * a_pixel


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


@both_charts
@both_sizes
def test_charts_are_what_the_grammar_allows(sample: tuple[Scenario, Plan], chart: Chart, size: Size):
    """So that they open in a notebook as well: Altair takes them too."""
    spec = chart(*sample, size=size)
    assert faults_of(spec) == []
    assert faults_of({**spec, "autosize": "somehow"}) != []
    if size is WIDE:
        assert alt.Chart.from_dict(spec).to_dict()["config"]["axis"] == spec["config"]["axis"]


@both_charts
def test_a_chart_is_drawn_alike_each_time_and_leans_on_nothing(sample: tuple[Scenario, Plan], chart: Chart):
    """Same bytes; and no style, name, link or picture of its own, which the page's policy or another chart could disturb."""
    first, second = (svg_of(chart(*sample, size=WIDE), label="-") for _ in range(2))
    assert first == second
    assert re.findall(r' (?:style|id|href|xlink:href|clip-path)="', first) == []


@pytest.mark.parametrize("interpreter", [sys.executable, "no-such-interpreter", ""])
def test_charts_drawn_beside_are_those_drawn_here(
    sample: tuple[Scenario, Plan], interpreter: str, drawn_once: Drawings, monkeypatch: pytest.MonkeyPatch
):
    """The same bytes, also where no second interpreter can be started."""
    monkeypatch.setattr("contingent.report.charts.drawn_beside", drawn_once.beside)
    monkeypatch.setattr(sys, "executable", interpreter)
    both = (needed_and_filled, people_by_nation)
    charts = [(chart(*sample, size=size), f"<{size.width}>") for chart in both for size in (WIDE, NARROW)]
    assert svgs_of(charts) == [svg_of(chart, label=label) for chart, label in charts]


def test_no_chart_is_no_picture():
    assert svgs_of([]) == []


def test_charts_say_in_words_what_they_show(sample: tuple[Scenario, Plan]):
    chart = svg_of(needed_and_filled(*sample, size=WIDE), label='in "words"')
    assert re.match(r'<svg [^>]*class="chart" role="img" aria-label="in &#34;words&#34;"', chart)
