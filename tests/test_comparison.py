"""Comparisons of the plan worked out by hand with itself and with changed ones: every difference is told, and nothing else."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plan import hand_made
from tests.plan.hand_made import TOURS, tour, with_cell
from tests.report.sample_plan import sample_plan
from tests.report.sample_risk import POINTS, risky_plan
from tests.report.sample_way import way_plan

from contingent.comparison import COLUMNS, compare, compare_binding, compare_costs, compare_many
from contingent.plan import frame

PLAN = hand_made.plan()


def test_a_plan_compared_with_itself_is_empty() -> None:
    comparison = compare(PLAN, PLAN)
    assert comparison.is_empty
    assert {name: dict(table.schema) for name, table in comparison.frames.items()} == COLUMNS


def test_seconds_and_names_of_units_are_no_difference() -> None:
    """Which named unit goes is dealt after planning; how long it took says nothing about the plan."""
    renamed = with_cell(with_cell(PLAN.tours, 0, "unit", "ALF-guard/2"), 1, "unit", "ALF-guard/1")
    slower = tuple(replace(goal, seconds=100.0) for goal in PLAN.goals)
    assert compare(PLAN, hand_made.plan(tours=renamed, goals=slower, seconds={"generation": 99.0})).is_empty


def test_fill_is_told_by_priority() -> None:
    comparison = compare(PLAN, hand_made.plan(filled_unit_days={1: 720.0, 2: 210.0}))
    assert comparison.fill.rows() == [(1, 720.0, 720.0, 540.0, 720.0, 0.75, 1.0, 0.25)]


def gap(from_day: int, until_day: int, quantity: float, reason: str = "in_dwell") -> dict[str, object]:
    return {
        "line": "L1", "capability": "guard_duty", "location": "Field", "priority": 1, "from_day": from_day,
        "until_day": until_day, "quantity": quantity, "unit_days": quantity * (until_day - from_day), "reason": reason,
        "detail": "",
    }  # fmt: skip


def test_gaps_are_told_day_by_day() -> None:
    """1 short from 180 to 360 before; after: open earlier, deeper in the middle, closed at the end."""
    after = hand_made.plan(gaps=frame("gaps", [gap(150, 200, 1.0), gap(200, 250, 1.0, "ceiling"), gap(250, 300, 2.0)]))
    told = compare(PLAN, after).gaps.select("from_day", "until_day", "before", "after", "change", "reason_before", "reason_after")
    assert told.rows() == [
        (150, 180, 0.0, 1.0, "opened", None, "in_dwell"),
        (200, 250, 1.0, 1.0, "reason", "in_dwell", "ceiling"),
        (250, 300, 1.0, 2.0, "grown", "in_dwell", "in_dwell"),
        (300, 360, 1.0, 0.0, "closed", "in_dwell", None),
    ]
    assert compare(after, PLAN).gaps["change"].to_list() == ["closed", "reason", "shrunk", "opened"]


def test_rows_that_overlap_are_one_gap() -> None:
    """Half a unit for one reason and half for another is the same gap, cut another way only where reasons differ."""
    halves = hand_made.plan(gaps=frame("gaps", [gap(180, 360, 0.5), gap(180, 360, 0.5)]))
    assert compare(PLAN, halves).gaps.is_empty()


def test_tours_are_added_removed_and_moved() -> None:
    others = [TOURS[0], tour("BRV-guard/1", "L1", 210), tour("CHL-drone/1", "L1", 90), TOURS[4], tour("CHL-guard/1", "L2", 60)]
    told = compare(PLAN, hand_made.plan(tours=frame("tours", others))).tours
    assert told.rows() == [
        ("removed", "ALF-guard", "ALF", 1, "L1", 0, None, None),
        ("moved", "BRV-guard", "BRV", 1, "L1", 180, "L1", 210),
        ("moved", "CHL-drone", "CHL", 1, "L2", 90, "L1", 90),
        ("added", "CHL-guard", "CHL", 1, None, None, "L2", 60),
    ]


starts = st.lists(
    st.tuples(st.sampled_from(["ALF-guard/1", "BRV-guard/1", "CHL-drone/1"]), st.sampled_from(["L1", "L2"]), st.integers(0, 3))
)


@given(starts, starts)
def test_tours_before_less_what_went_and_more_what_came_are_tours_after(
    before: list[tuple[str, str, int]], after: list[tuple[str, str, int]]
) -> None:
    plans = [
        hand_made.plan(tours=frame("tours", [tour(unit, line, day) for unit, line, day in rows])) for rows in (before, after)
    ]
    counts = [
        {(unit.partition("/")[0], line, day): rows.count((unit, line, day)) for unit, line, day in rows}
        for rows in (before, after)
    ]
    for row in compare(plans[0], plans[1]).tours.iter_rows(named=True):
        if row["line_before"] is not None:
            counts[0][row["offer"], row["line_before"], row["from_day_before"]] -= row["units"]
        if row["line_after"] is not None:
            key = (row["offer"], row["line_after"], row["from_day_after"])
            counts[0][key] = counts[0].get(key, 0) + row["units"]
    assert {key: number for key, number in counts[0].items() if number} == counts[1]


def test_nations_that_carry_more_or_less_are_told() -> None:
    after = hand_made.plan(nations=with_cell(PLAN.nations, 1, "person_days", 20000).head(2))
    told = compare(PLAN, after).nations
    assert told["nation"].to_list() == ["BRV", "CHL"]
    assert told.row(0) == ("BRV", "Bravo", 1, 1, 18000, 20000, 100, 100, 12 / 11, 12 / 11)
    assert told.row(1) == ("CHL", "Charlie", 2, None, 6000, None, 40, None, None, None)


def test_goals_are_told_with_bound_and_status() -> None:
    goals = (*PLAN.goals[:2], replace(PLAN.goals[2], value=2.0, status="time_limit"), *PLAN.goals[3:])
    told = compare(PLAN, hand_made.plan(goals=goals)).goals
    assert told.rows() == [("burden", "-", 24 / 11, 2.0, 1.0, 1.0, "feasible", "time_limit")]


def test_many_plans_are_told_by_their_headline_numbers() -> None:
    other = hand_made.plan(
        option=None, required_unit_days={1: 720.0, 3: 10.0}, filled_unit_days={1: 720.0, 3: 5.0}, goals=PLAN.goals[:2]
    )
    told = compare_many([PLAN, other, PLAN])
    assert told.columns == ["measure", "unit", "By hand, small", "By hand", "By hand, small (2)"]
    by_measure = {row["measure"]: row for row in told.iter_rows(named=True)}
    assert by_measure["fill"]["By hand, small"] == 750 / 930
    assert by_measure["fill of priority 2"] == {
        "measure": "fill of priority 2", "unit": "share", "By hand, small": 1.0, "By hand": None, "By hand, small (2)": 1.0,
    }  # fmt: skip
    assert by_measure["fill of priority 3"]["By hand"] == 0.5
    assert by_measure["most people deployed on one day"]["By hand"] == 220
    assert by_measure["units used"]["By hand"] == 5
    assert by_measure["lines with a gap"]["By hand"] == 1
    assert by_measure["burden"]["By hand, small"] == 24 / 11
    assert by_measure["burden"]["By hand"] is None
    assert told.filter(pl.col("measure") == "cost")["unit"].to_list() == ["EUR"]


def test_no_plans_are_no_columns() -> None:
    assert compare_many([]).columns == ["measure", "unit"]


def test_chance_stress_and_ceilings_have_their_measures() -> None:
    """What only one of the plans has stands beside a null; what none has makes no row."""
    _, risky = risky_plan()
    _, bare = sample_plan()
    rows = {row[0]: row[1:] for row in compare_many([bare, risky]).iter_rows()}
    fill = (pl.col("measure") == "fill") & (pl.col("priority") == 1)
    assert rows["mean fill of priority 1 under chance"] == ("share", None, risky.risk_summary.filter(fill)["mean"][0])
    assert rows["fill of priority 1 kept in 19 of 20 runs"] == ("share", None, risky.risk_summary.filter(fill)["p05"][0])
    weakest = risky.risk_lines.filter((pl.col("priority") == 1) & (pl.col("planned") == 1.0))["held"].min()
    assert rows["probability that the weakest priority-1 line filled on paper is held"] == ("share", None, weakest)
    for number, name in ((1, "nation"), (2, "pair"), (3, "three nations")):
        left = risky.stress_worst.filter(pl.col("together") == number)["best_reaction"][0]
        assert rows[f"fill of priority 1 without the worst {name}"] == ("share", None, left)
    assert rows["fewest nations whose loss drops priority 1 below 50 %"] == ("nations", None, 2.0)
    assert "fewest nations whose loss drops priority 2 below 5 %" not in rows
    assert rows["multiple of the requirement sustained"] == ("times", None, POINTS[0][3])
    assert rows["people proven impossible to exceed"] == ("people", None, 15_840.0)
    plain = set(compare_many([bare, bare])["measure"])
    assert set(rows) - plain == {name for name, values in rows.items() if values[1] is None}


def test_what_binds_stands_in_words_side_by_side() -> None:
    _, risky = risky_plan()
    frame = compare_binding([risky, PLAN])
    assert frame.columns[:2] == ["question", "label"]
    assert frame.height == len(POINTS)
    assert frame.row(0)[2:] == ("Medium-range air-defence battery", None)
    assert compare_binding([PLAN, PLAN]).is_empty()


def test_the_way_supply_and_cost_have_their_measures() -> None:
    """Recomputed from the frames; what only one of the plans has stands beside a null."""
    _, moving = way_plan()
    _, bare = sample_plan()
    rows = {row[0]: row[1:] for row in compare_many([bare, moving]).iter_rows()}
    first = moving.closure.filter((pl.col("priority") == 1) & (pl.col("required_day") < 180))
    assert rows["day on which the first force is in place"] == ("days from D-day", None, float(first["closure_day"].max()))
    out = moving.movements.filter(pl.col("direction") == "out")
    late = out.filter((pl.col("late_days") > 0) | pl.col("arrives_day").is_null()).select("unit", "line", "required_day").unique()
    assert rows["units that come late to their posts, or never"] == ("units", None, float(late.height))
    used = moving.supply["used_t"].sum() / moving.supply["until_day"].max()
    assert rows["tonnes used a day"] == ("t/day", None, pytest.approx(used))
    assert rows["tonnes short"] == ("t", None, 56.5)
    years = moving.coverage["until_day"].max() / 365.25
    assert rows["cost a year"] == ("currency/year", None, pytest.approx(moving.costs["value"].sum() / years))
    costs = compare_costs([bare, moving])
    assert costs.columns[:2] == ["nation", "name"]
    assert costs.get_column(costs.columns[2]).null_count() == costs.height
    shares = costs.get_column(costs.columns[3])
    assert shares.to_list() == sorted(shares.to_list(), reverse=True)
    assert shares.sum() == pytest.approx(moving.costs["value"].sum() / years)
    assert compare_costs([bare, bare]).is_empty()
