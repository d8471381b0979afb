"""Charts of size: bars as long as the people they stand for, points where their figures put them, names that hide nothing."""

import dataclasses
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Drawings
from tests.report.grammar import faults_of
from tests.report.sample_mandate import mandated_plan

from contingent.report.charts import Spec, svg_of
from contingent.report.drawings.labels import placed_labels
from contingent.report.mandate import incursions, own_row, past_missions, widest_factors
from contingent.report.size_charts import NARROW, WIDE, Form, adequacy_bars, is_cut, past_and_sized, tornado

both_forms = pytest.mark.parametrize("form", [WIDE, NARROW], ids=["wide", "narrow"])


def charts(form: Form) -> list[Spec]:
    _, plan = mandated_plan()
    return [
        tornado(widest_factors(plan), form=form),
        past_and_sized(past_missions(plan), own_row(plan), form=form),
        adequacy_bars(incursions(plan), form=form),
    ]


@both_forms
def test_charts_are_what_the_grammar_allows_and_lean_on_nothing(form: Form, drawn_once: Drawings):
    for chart in charts(form):
        assert faults_of(chart) == []
        drawn = svg_of(chart, label="-")
        drawn_once.forget(chart)
        assert drawn == svg_of(chart, label="-")
        assert re.findall(r' (?:style|id|href|xlink:href|clip-path)="', drawn) == []


@both_forms
def test_bars_of_the_tornado_run_from_the_total_to_the_people_at_each_end(form: Form):
    _, plan = mandated_plan()
    rows = widest_factors(plan)
    bars = tornado(rows, form=form)["layer"][0]["data"]["values"]
    ends = {tuple(sorted((bar["from"], bar["until"]))) for bar in bars}
    assert ends == {
        tuple(sorted((row["people"], row[end])))
        for row in rows
        for end in ("people_low", "people_high")
        if row[end] != row["people"]
    }


def test_two_ends_on_one_side_do_not_hide_each_other():
    """A factor that only adds, whichever way it is moved: each end has half of the row."""
    _, plan = mandated_plan()
    row = widest_factors(plan)[0] | {"people_low": 26_000, "people_high": 25_000}
    low, high = tornado([row], form=WIDE)["layer"][0]["data"]["values"]
    assert low["foot"] <= high["top"]


def test_points_stand_where_sent_and_sized_put_them_and_shapes_tell_near_from_missed():
    _, plan = mandated_plan()
    scatter = past_and_sized(past_missions(plan), own_row(plan), form=WIDE)["hconcat"][0]
    points = scatter["layer"][3]["data"]["values"]
    assert [(point["sent"], point["sized"]) for point in points] == [(row["sent"], row["sized"]) for row in past_missions(plan)]
    off = [max(point["sent"] / point["sized"], point["sized"] / point["sent"]) for point in points]
    assert [point["kind"] for point in points] == ["close" if each <= 1.5 else "near" if each <= 2 else "missed" for each in off]
    for row in scatter["layer"][0]["data"]["values"][1:-1]:
        assert (
            row["top"] / row["sent"] == pytest.approx(2, rel=0.01) or row["top"] == scatter["encoding"]["y"]["scale"]["domain"][1]
        )
    domain = scatter["encoding"]["x"]["scale"]["domain"]
    assert domain[0] < min(point["sent"] for point in points)
    assert domain[1] > max(point["sized"] for point in points)


def test_this_plan_stands_among_the_missions():
    _, plan = mandated_plan()
    _, per_km, per_1000 = past_and_sized(past_missions(plan), own_row(plan), form=WIDE)["hconcat"]
    for panel, figure in ((per_km, 23_865 / 310), (per_1000, 23_865 / 2_300)):
        (own,) = [row for layer in panel["layer"][1:] for row in layer["data"]["values"] if row["kind"] == "own"]
        assert own["x"] == pytest.approx(figure, rel=1e-5)


def test_missions_without_line_and_people_are_one_picture():
    _, plan = mandated_plan()
    bare = plan.backcast.with_columns(
        pl.lit(None, dtype=pl.Float64).alias(name) for name in plan.backcast.columns if "_per_" in name
    )
    other = dataclasses.replace(plan, backcast=bare)
    assert len(past_and_sized(past_missions(other), own_row(other), form=WIDE)["hconcat"]) == 1


def test_bars_of_adequacy_are_stacked_and_cut_where_they_tower_over_the_need():
    _, plan = mandated_plan()
    east, _ = incursions(plan)
    assert not is_cut(east)
    (panel,) = adequacy_bars([east], form=WIDE)["vconcat"][0]["hconcat"]
    parts = panel["layer"][0]["data"]["values"]
    assert max(part["high"] for part in parts) == 17
    tall = [row | {"host": 300.0, "total": 300.0 + row["coalition"]} for row in east]
    assert is_cut(tall)
    (panel,) = adequacy_bars([tall], form=WIDE)["vconcat"][0]["hconcat"]
    assert max(part["high"] for part in panel["layer"][0]["data"]["values"]) == 45
    assert len(panel["layer"][1]["data"]["values"]) == len(east)


@given(
    st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300)), min_size=1, max_size=8, unique=True),
    st.integers(10, 60),
)
def test_names_stay_in_the_drawing_where_there_is_room(spots: list[tuple[float, float]], width: int):
    placed = placed_labels(spots, [float(width)] * len(spots), height=12, room=(300.0, 300.0))
    assert len(placed) == len(spots)
    for x, y, anchor in placed:
        left = x if anchor == "start" else x - width
        assert left >= -12
        assert left + width <= 312
        assert -12 <= y <= 312


def test_two_names_do_not_cover_each_other():
    (x1, y1, _), (x2, y2, _) = placed_labels([(50.0, 50.0), (60.0, 50.0)], [30.0, 30.0], height=10, room=(200.0, 100.0))
    assert abs(y1 - y2) >= 7 or abs(x1 - x2) >= 10
