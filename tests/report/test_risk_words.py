"""What is said of chance, stress and ceilings: each figure of a sentence held against the frames, counted by other means."""

import dataclasses

import polars as pl
import pytest
from tests.report.sample_plan import sample_plan
from tests.report.sample_risk import BROKEN, CALLS, CLAIMS, hostile_risk, risky_plan

from contingent.plan import Plan, empty_frame, frame
from contingent.plan.risk_columns import RISK_COLUMNS
from contingent.plan.under_chance import fills, worst_month
from contingent.report.ceilings import base_of, ceiling_sentences, claim_sentences, people_of_one, questions
from contingent.report.chance import between, broken_share, causes, risk_sentences, weakest_lines
from contingent.report.outlook import not_worked_out, outlook
from contingent.report.stress import alone, floor_words, nations_in, pairs, stress_sentences, worst_sets
from contingent.report.words import percent


def with_rows(plan: Plan, **frames: list[dict[str, object]]) -> Plan:
    """The plan with other rows in some frames."""
    return dataclasses.replace(plan, **{name: frame(name, rows) for name, rows in frames.items()})


def test_first_comes_what_is_kept_in_19_of_20_runs():
    scenario, plan = risky_plan()
    (row,) = plan.risk_summary.filter((pl.col("measure") == "fill") & (pl.col("priority") == 1)).to_dicts()
    said = risk_sentences(scenario, plan)[0]
    assert said == (
        f"In 19 of 20 runs the force keeps at least {percent(row['p05'])} of its priority-1 posts filled; "
        f"on average {percent(row['mean'])}, on paper {percent(row['planned'])}."
    )


def test_without_headline_figures_fill_is_the_mean_over_months():
    """Weighed by what each month asks for, which is exact for means; of percentiles nothing is said."""
    _, plan = risky_plan()
    bare = dataclasses.replace(plan, risk_summary=empty_frame("risk_summary"))
    rows = [row for row in plan.risk_fill.to_dicts() if row["line"] is None and row["priority"] == 2]
    whole = sum(row["required"] for row in rows)
    found = {each.priority: each for each in fills(bare)}
    assert found[2].mean == pytest.approx(sum(row["mean"] * row["required"] for row in rows) / whole)
    assert found[2].low is None
    assert "19 of 20" not in risk_sentences(None, bare)[0]


def test_the_worst_month_is_one_after_the_force_has_built_up():
    """On D-day nobody is there yet: that month says nothing of how long the force lasts."""
    _, plan = risky_plan()
    rows = [row for row in plan.risk_fill.to_dicts() if row["line"] is None and row["priority"] == 1]
    assert min(rows, key=lambda row: row["mean"])["from_day"] == 0
    worst = worst_month(plan, 1)
    assert worst is not None
    assert worst["from_day"] > 0
    average = sum(row["planned"] * row["required"] for row in rows) / sum(row["required"] for row in rows)
    first = next(row["from_day"] for row in rows if row["planned"] >= average)
    assert worst["mean"] == min(row["mean"] for row in rows if row["from_day"] >= first)


def test_lines_held_for_sure_are_counted_and_the_weakest_is_named():
    scenario, plan = risky_plan()
    rows = plan.risk_lines.filter(pl.col("priority") == 1).to_dicts()
    sure = sum(row["held"] >= 0.95 for row in rows)
    full = [row for row in rows if row["planned"] == 1.0]
    told = " ".join(risk_sentences(scenario, plan))
    assert (len(rows), len(full), sure) == (12, 1, 4)
    assert "Of the twelve lines of priority 1, one is filled on every day on paper, and four are held for sure" in told
    assert "The weakest" not in told
    unsure = [row | {"held": 0.5} if row["line"] == full[0]["line"] else row for row in plan.risk_lines.to_dicts()]
    told = " ".join(risk_sentences(scenario, with_rows(plan, risk_lines=unsure)))
    assert f"The weakest of those filled on paper is {full[0]['line']} (" in told


def test_lines_that_the_plan_fills_come_first_each_group_with_the_weakest_first():
    _, plan = risky_plan()
    rows = weakest_lines(plan, most=None)
    order = [(row["planned"] < 1.0, row["held"]) for row in rows]
    assert order == sorted(order)
    assert {row["line"] for row in rows} == set(plan.risk_lines["line"])


def test_broken_promises_are_weighed_by_tours():
    _, plan = risky_plan()
    assert broken_share(plan) == pytest.approx(BROKEN)
    rows = [
        {"nation": "ALD", "unit_type": "a", "tours": 3.0, "promised": 2.0, "mean": 2.0, "p05": 1.0, "p95": 3.0, "broken": 1.0},
        {"nation": "BRE", "unit_type": "a", "tours": 1.0, "promised": 2.0, "mean": None, "p05": None, "p95": None, "broken": 0.0},
    ]
    assert broken_share(with_rows(plan, risk_dwell=rows)) == 0.75


def test_causes_add_up_to_all_that_is_missed():
    _, plan = risky_plan()
    found = causes(plan)
    assert sum(share for _, share in found) == pytest.approx(1)
    late = plan.risk_missed.filter(pl.col("cause") == "late")["missed_days"].sum() / plan.risk_missed["missed_days"].sum()
    assert dict(found)["late"] == pytest.approx(late)


def test_calls_that_are_all_answered_are_not_called_lost():
    scenario, plan = risky_plan()
    told = [said for said in risk_sentences(scenario, plan) if said.startswith("Calls on the reserve")]
    assert len(told) == len(CALLS)
    assert f"{percent(0.098)} find nobody (95 % interval {between(0.092, 0.105)})" in told[0]
    assert "none goes unanswered" in told[1]
    unknown = plan.risk_calls.with_columns(lost=pl.lit(None, dtype=pl.Float64))
    assert not any("Calls" in said for said in risk_sentences(scenario, dataclasses.replace(plan, risk_calls=unknown)))


def test_without_whom_the_force_keeps_how_much():
    _, plan = risky_plan()
    rows = plan.stress.filter(pl.col("priority") == 1).to_dicts()
    single = min((row for row in rows if row["kind"] == "nation"), key=lambda row: row["best_reaction"])
    double = min((row for row in rows if row["kind"] == "pair"), key=lambda row: row["best_reaction"])
    assert stress_sentences(plan)[0] == (
        f"Without Alderland the force keeps {percent(single['best_reaction'])} of priority 1; without Alderland and Brennia "
        f"it keeps {percent(double['best_reaction'])}. With all of them it holds {percent(plan.fill_of(1))}."
    )
    assert alone(plan, 1)[0] == single
    assert pairs(plan, 1)[0] == double


def test_what_is_not_proven_is_not_called_proven():
    _, plan = risky_plan()
    proven, within = worst_sets(plan, 1)[1], worst_sets(plan, 1)[2]
    assert floor_words(proven) == "proven: no other two nations leave less"
    assert floor_words(within) == f"no other three nations leave less than {percent(within['floor'])}, which is proven"
    assert "not proven" in floor_words(within | {"floor": None})
    assert floor_words(proven | {"together": 1}) == "proven: no other nation leaves less"


def test_a_set_that_was_not_found_is_said_so():
    _, plan = risky_plan()
    told = stress_sentences(plan)
    assert any(said.startswith("It takes two nations: the loss of Alderland and Brennia drops priority 1 below") for said in told)
    assert any(said.startswith("No set of nations that was looked at drops priority 2 below") for said in told)


def test_one_nation_alone_is_a_sentence_too():
    _, plan = risky_plan()
    rows = [row for row in alone(plan, 1) if row["case"] == "JUT"]
    bare = {name: [] for name in ("stress_worst", "stress_smallest", "shapley", "participation")}
    (said,) = stress_sentences(with_rows(plan, stress=rows, **bare))
    assert said.startswith("Without Jutia the force keeps")
    assert nations_in(rows[0]["nations"]) == ("JUT",)


def test_ceilings_say_what_is_held_and_what_is_impossible():
    _, plan = risky_plan()
    told = ceiling_sentences(plan)
    assert told[0].replace("\u202f", " ").startswith(
        "These offers sustain 0.62 × of the requirement, some 14 900 people; more than 0.66 ×, some 15 800 people, is proven"
    )
    base = base_of(plan)
    assert base is not None
    assert people_of_one(plan) == pytest.approx(24_000)
    nothing = with_rows(plan, ceilings=[base | {"held": 0.0, "people_held": 0.0}])
    assert ceiling_sentences(nothing)[0].startswith("These offers sustain no part of the requirement; more than 0.66 ×")
    assert people_of_one(nothing) == pytest.approx(24_000)
    assert any(said.startswith("All at once, with nobody relieved, they put 1.84 × the requirement there") for said in told)
    open_ended = with_rows(plan, ceilings=[base | {"bound": None, "people_bound": None}])
    assert "how much more could be held was not proven" in ceiling_sentences(open_ended)[0]
    same = {"bound": base["held"], "people_bound": base["people_held"], "binds": None, "binds_name": None}
    exact = with_rows(plan, ceilings=[base | same])
    assert "more is proven impossible" in ceiling_sentences(exact)[0]
    assert len(ceiling_sentences(exact)) == 1


def test_points_of_a_question_stand_in_the_order_of_their_values():
    _, plan = risky_plan()
    mixed = dataclasses.replace(plan, ceilings=plan.ceilings.reverse())
    assert list(questions(mixed)) == ["fill", "dwell", "years", "nations", "release", "backstop", "surge"]
    assert [row["label"] for row in questions(mixed)["years"]][:2] == ["1 year", "2 years"]
    assert [row["label"] for row in questions(plan)["backstop"]] == ["without the backstop", "with the backstop"]


def test_verdicts_are_counted():
    _, plan = risky_plan()
    told = claim_sentences(plan)
    assert told[0] == (
        "Five public claims are held against what is computed: two agree; for two we find less; one cannot be compared."
    )
    assert len(told) == 1 + len(CLAIMS)


def test_nothing_is_said_of_what_was_not_worked_out():
    scenario, plan = sample_plan()
    assert outlook(scenario, plan) == []
    assert [command for _, command in not_worked_out(plan)] == [
        "contingent simulate PLAN", "contingent stress PLAN", "contingent ceiling PLAN",
    ]  # fmt: skip
    assert risk_sentences(scenario, plan) == stress_sentences(plan) == ceiling_sentences(plan) == claim_sentences(plan) == []
    assert not_worked_out(risky_plan()[1]) == []
    assert [section for _, section in outlook(*risky_plan())] == ["lasts", "breaks", "sustained"]


@pytest.mark.parametrize("name", list(RISK_COLUMNS))
def test_any_frame_may_be_empty(name: str):
    scenario, plan = risky_plan()
    other = dataclasses.replace(plan, **{name: empty_frame(name)})
    for told in (risk_sentences(scenario, other), stress_sentences(other), ceiling_sentences(other), claim_sentences(other)):
        assert all(said and "None" not in said for said in told)


def test_names_that_nobody_knows_are_said_as_they_are():
    scenario, plan = hostile_risk()
    for told in (risk_sentences(scenario, plan), stress_sentences(plan), ceiling_sentences(plan), claim_sentences(plan)):
        assert told
