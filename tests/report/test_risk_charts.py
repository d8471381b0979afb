"""Charts of chance, stress and ceilings: what the grammar allows, drawn alike each time, with the figures of the frames."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from tests.conftest import Drawings
from tests.report.grammar import faults_of
from tests.report.sample_risk import BROKEN, DWELL, POINTS, risky_plan

from contingent.plan import Plan, frame
from contingent.report.ceiling_charts import ceiling_panels, ceilings_side_by_side, claims_chart, references_of
from contingent.report.chart_parts import round_ticks, ticks_of_span
from contingent.report.charts import EMPTY, NARROW, WIDE, Size, Spec, svg_of
from contingent.report.risk_charts import dwell_histogram, fan_chart, fans_side_by_side, held_lines, states_over_time
from contingent.report.stress import alone, pairs
from contingent.report.stress_charts import loss_tornado, pair_matrix, shapley_dots, tornadoes_side_by_side

both_sizes = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])


def charts(size: Size, plan: Plan | None = None) -> dict[str, Spec]:
    scenario, whole = risky_plan()
    plan = plan or whole
    two = [("One", plan), ("Other", plan)]
    return {
        "fan": fan_chart(scenario.horizon, plan, size=size),
        "fans": fans_side_by_side([("One", scenario.horizon, plan), ("Other", None, plan)], size=size),
        "dwell": dwell_histogram(plan, size=size),
        "states": states_over_time(scenario.horizon, plan, size=size),
        "held": held_lines(plan, {}, size=size),
        "tornado": loss_tornado(plan, 1, size=size),
        "tornadoes": tornadoes_side_by_side(two, 1, size=size),
        "shapley": shapley_dots(plan, 1, size=size),
        "pairs": pair_matrix(plan, 1, size=size),
        "ceilings": ceiling_panels(plan, references_of(plan, {"published": 25_000.0}), size=size),
        "claims": claims_chart(plan, size=size),
    } | {f"ceilings {at}": chart for at, chart in enumerate(ceilings_side_by_side(two, size=size))}


def rows_in(spec: Any) -> Iterator[dict[str, Any]]:
    """Every row of data anywhere in a chart."""
    if isinstance(spec, dict):
        yield from spec.get("data", {}).get("values", ())
        for name, part in spec.items():
            if name != "data":
                yield from rows_in(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from rows_in(part)


@both_sizes
def test_charts_are_what_the_grammar_allows_and_lean_on_nothing(size: Size, drawn_once: Drawings):
    for name, chart in charts(size).items():
        assert faults_of(chart) == [], name
        drawn = svg_of(chart, label="-")
        drawn_once.forget(chart)
        assert drawn == svg_of(chart, label="-"), name
        assert re.findall(r' (?:style|id|href|xlink:href|clip-path)="', drawn) == [], name
        assert "NaN" not in drawn, name
        assert "undefined" not in drawn, name


@both_sizes
def test_the_fan_holds_the_months_of_each_priority(size: Size):
    scenario, plan = risky_plan()
    panels = fan_chart(scenario.horizon, plan, size=size)["vconcat"]
    for priority, panel in enumerate(panels, start=1):
        rows = plan.risk_fill.filter(pl.col("line").is_null() & (pl.col("priority") == priority)).sort("from_day").to_dicts()
        steps = panel["data"]["values"]
        assert [step["day"] for step in steps] == [row["from_day"] for row in rows] + [rows[-1]["until_day"]]
        for name in ("planned", "mean", "p05", "p95"):
            assert [step[name] for step in steps[:-1]] == pytest.approx([row[name] for row in rows], abs=1e-4)
    assert len(panels) == 3


def test_fans_of_plans_stand_on_one_scale():
    scenario, plan = risky_plan()
    short = dataclasses.replace(plan, risk_fill=plan.risk_fill.filter(pl.col("until_day") <= 720))
    chart = fans_side_by_side([("Long", scenario.horizon, plan), ("Short", None, short)], size=WIDE)
    scales = {
        str(panel["encoding"][axis]["scale"]) for line in chart["vconcat"] for panel in line["hconcat"] for axis in ("x", "y")
    }
    assert len(scales) == 2


@both_sizes
def test_broken_promises_are_hatched_and_add_up(size: Size):
    _, plan = risky_plan()
    bars = dwell_histogram(plan, size=size)["layer"][0]["data"]["values"]
    assert [bar["share"] for bar in bars] == [share for _, _, share in DWELL]
    broken = [bar for bar in bars if bar["colour"] == EMPTY]
    assert sum(bar["share"] for bar in broken) == pytest.approx(BROKEN)
    assert max(bar["until"] for bar in broken) == 1


@both_sizes
def test_states_are_stacked_to_all_units(size: Size):
    scenario, plan = risky_plan()
    rows = states_over_time(scenario.horizon, plan, size=size)["layer"][0]["data"]["values"]
    for day in (0, max(plan.risk_states["day"])):
        whole = plan.risk_states.filter(pl.col("day") == day)["mean"].sum()
        assert max(row["high"] for row in rows if row["day"] == day) == pytest.approx(whole, abs=0.01)
    lows = {row["state"]: row["low"] for row in rows if row["day"] == 0}
    assert lows["serving"] == 0


def test_many_days_are_averaged_over_steps():
    """A figure for each of 1,800 days: the chart has few steps, and their mean is the mean of the days."""
    scenario, plan = risky_plan()
    days = [
        {"day": day, "state": "serving", "planned": 1.0, "mean": float(day % 10), "p05": 0.0, "p95": 9.0} for day in range(1800)
    ]
    other = dataclasses.replace(plan, risk_states=frame("risk_states", days))
    rows = states_over_time(scenario.horizon, other, size=WIDE)["layer"][0]["data"]["values"]
    assert len(rows) <= 121
    spans = [(rows[at + 1]["day"] - row["day"], row["high"]) for at, row in enumerate(rows[:-1])]
    assert sum(days * high for days, high in spans) / 1800 == pytest.approx(4.5, abs=0.01)


@both_sizes
def test_points_of_lines_stand_at_their_probability_with_the_shape_of_their_priority(size: Size):
    _, plan = risky_plan()
    chart = held_lines(plan, {}, size=size)
    shapes = {1: "circle", 2: "square", 3: "triangle-up"}
    found = [
        (row["held"], row["priority"], layer["mark"]["shape"])
        for layer in chart["layer"] if layer["mark"]["type"] == "point" for row in layer["data"]["values"]
    ]  # fmt: skip
    filled = plan.risk_lines.filter(pl.col("planned") == 1.0).sort("held")["held"].to_list()
    others = plan.risk_lines.filter(pl.col("planned") < 1.0).sort("held")["held"].to_list()
    assert sorted(held for held, *_ in found) == pytest.approx(sorted([*filled, *others][:20]), abs=1e-4)
    assert all(shape == shapes[priority] for _, priority, shape in found)


@both_sizes
def test_bars_of_the_tornado_end_at_what_is_left(size: Size):
    _, plan = risky_plan()
    rows = alone(plan, 1)
    bars = loss_tornado(plan, 1, size=size)["layer"][0]["data"]["values"]
    for at, row in enumerate(rows):
        own = [bar for bar in bars if at - 0.5 < (bar["row"] + bar["foot"]) / 2 < at + 0.5]
        ends = {bar["kind"]: (bar["left"], bar["right"]) for bar in own}
        assert ends["no_reaction"] == pytest.approx((row["no_reaction"], row["planned"]), abs=1e-5)
        lowest = min(left for kind, (left, _) in ends.items() if kind != "no_reaction")
        assert lowest == pytest.approx(row["best_reaction"], abs=1e-5)
        if "proven" in ends:
            assert ends["proven"] == pytest.approx((row["bound"], row["planned"]), abs=1e-5)


def test_without_a_bound_no_loss_is_called_certain():
    _, plan = risky_plan()
    unproven = dataclasses.replace(plan, stress=plan.stress.with_columns(bound=pl.lit(None, dtype=pl.Float64)))
    bars = loss_tornado(unproven, 1, size=WIDE)["layer"][0]["data"]["values"]
    assert {bar["kind"] for bar in bars} == {"no_reaction", "open"}


def test_a_nation_that_one_plan_does_not_lose_keeps_its_row():
    _, plan = risky_plan()
    fewer = dataclasses.replace(plan, stress=plan.stress.filter(pl.col("case") != "ALD"))
    chart = tornadoes_side_by_side([("All", plan), ("Fewer", fewer)], 1, size=WIDE)
    first, second = chart["hconcat"]
    assert first["encoding"]["x"]["scale"] == second["encoding"]["x"]["scale"]
    assert first["height"] == second["height"]
    assert any(row.get("letters") == "not looked at" for row in rows_in(second))


@both_sizes
def test_each_pair_has_a_cell_with_what_it_leaves(size: Size):
    _, plan = risky_plan()
    chart = pair_matrix(plan, 1, size=size)
    cells = chart["layer"][1]["data"]["values"]
    kept = {round(row["best_reaction"], 5) for row in (*pairs(plan, 1), *alone(plan, 1))}
    assert {cell["kept"] for cell in cells} <= kept
    assert len({(cell["x"], cell["row"]) for cell in cells}) == len(cells)
    assert all(cell["letters"] == f"{cell['kept'] * 100:.0f}" for cell in cells)
    if size is WIDE:
        assert len(cells) == 10 + 45


@both_sizes
def test_points_of_ceilings_are_held_and_bound(size: Size):
    _, plan = risky_plan()
    chart = ceiling_panels(plan, references_of(plan, {}), size=size)
    panels = [panel for line in chart["vconcat"] for panel in line["hconcat"]]
    asked = [name for name in dict.fromkeys(point[0] for point in POINTS) if name not in ("base", "surge")]
    assert len(panels) == len(asked)
    for name, panel in zip(asked, panels, strict=True):
        of = [point for point in POINTS if point[0] == name]
        marks = {layer["mark"]["type"]: layer["data"]["values"] for layer in panel["layer"]}
        assert [row["value"] for row in marks["point"]] == [point[3] for point in of]
        assert [row["value"] for row in marks["tick"]] == [point[4] for point in of if point[4] is not None]
    assert len({str(panel["encoding"]["y"]["scale"]) for panel in panels}) == 1


def test_references_are_published_and_said_and_within_reach():
    """A hundred thousand is far beyond every point and would press all of them to the foot."""
    _, plan = risky_plan()
    found = references_of(plan, {"published": 25_000.0})
    assert [(each.letter, each.people) for each in found] == [("A", 15_000), ("B", 25_000)]
    assert found[0].at == pytest.approx(15_000 / 24_000)
    nothing = plan.ceilings.with_columns(held=pl.lit(0.0), people_held=pl.lit(0.0), bound=pl.lit(None, dtype=pl.Float64))
    assert references_of(dataclasses.replace(plan, ceilings=nothing), {"published": 25_000.0}) == ()


def test_ceilings_of_plans_are_in_people_on_one_scale():
    _, plan = risky_plan()
    base, *rest = ceilings_side_by_side([("One", plan), ("Other", plan)], size=WIDE)
    held = [row["value"] for layer in base["layer"] if layer["mark"]["type"] == "point" for row in layer["data"]["values"]]
    assert held == [14_880, 14_880]
    scales = {str(panel["encoding"]["y"]["scale"]) for chart in rest for panel in chart["hconcat"]}
    assert scales == {str(base["encoding"]["y"]["scale"])}


@both_sizes
def test_claims_have_theirs_and_ours(size: Size):
    _, plan = risky_plan()
    panels = claims_chart(plan, size=size)["vconcat"]
    assert len(panels) == plan.claims["unit"].n_unique()
    squares = sorted(row["value"] for panel in panels for layer in panel["layer"]
                     if layer["mark"].get("shape") == "square" for row in layer["data"]["values"])  # fmt: skip
    theirs = [value for row in plan.claims.to_dicts() for value in {row["low"], row["high"]} - {None}]
    assert squares == sorted(theirs)


def test_odd_frames_are_charts_too():
    """One nation, one point without a bound, a claim with nothing beside it, one bar without an end."""
    _, plan = risky_plan()
    odd = dataclasses.replace(
        plan,
        stress=plan.stress.filter(pl.col("case") == "JUT").with_columns(bound=pl.lit(None, dtype=pl.Float64)),
        shapley=plan.shapley.filter(pl.col("nation") == "JUT"),
        ceilings=plan.ceilings.filter(pl.col("label").is_in(["1:4", "1:5"])),
        claims=plan.claims.filter(pl.col("claim") == "surge"),
        risk_dwell_histogram=plan.risk_dwell_histogram.tail(1),
        risk_lines=plan.risk_lines.head(1).with_columns(worst_mean=pl.lit(None, dtype=pl.Float64)),
        risk_fill=plan.risk_fill.filter(pl.col("line").is_null()).head(1),
    )
    for size in (WIDE, NARROW):
        for chart in charts(size, odd).values():
            drawn = svg_of(chart, label="-")
            assert "NaN" not in drawn
            assert "Infinity" not in drawn


@pytest.mark.parametrize(("top", "most"), [(0.003, 5), (1.0, 4), (17.3, 5), (256_000, 4)])
def test_ticks_are_few_and_round_and_within(top: float, most: int):
    ticks = round_ticks(top, most=most)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= most + 1
    assert ticks[-1] <= top + 1e-9
    inner = ticks_of_span(top / 2, top, most=most)
    assert inner
    assert all(top / 2 - 1e-9 <= tick <= top + 1e-9 for tick in inner)
