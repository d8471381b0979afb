"""Why a line is there: each link of its chain, held against the tables that it comes from."""

import dataclasses

import polars as pl
import pytest
from tests.report.sample_mandate import FACTORS, mandated_plan
from tests.report.sample_plan import sample_plan

from contingent.errors import UnknownName
from contingent.model.mandate import Factor, Method
from contingent.report.why import METHOD_WORDS, chapters, explain
from contingent.report.words import THIN_SPACE


def said(line: str, *, planned: bool = True) -> str:
    scenario, plan = mandated_plan()
    return " ".join(explain(scenario, line, plan if planned else None)).replace(THIN_SPACE, " ")


def test_the_chain_runs_from_the_line_to_the_force():
    scenario, plan = mandated_plan()
    assert [chapter.heading for chapter in chapters(scenario, "L-003", plan)] == [
        "What it asks for", "Where it comes from", "How it was worked out", "Who fills it", "What stays empty, and why",
        "Under whom it stands",
    ]  # fmt: skip
    assert [chapter.heading for chapter in chapters(scenario, "L-003")] == [
        "What it asks for", "Where it comes from", "How it was worked out",
    ]  # fmt: skip


def test_task_source_method_and_arithmetic_are_named():
    text = said("L-003", planned=False)
    assert "It follows from the task NORTH of the mandate: Secure the northern sector." in text
    assert "The task is an assumption, of low confidence: Made up, after [REF-1]." in text
    assert "Method: sector security, that is battalions by length of line and by area" in text
    assert "Arithmetic: North: 146 km / 24 km per battalion = 6.08 → 7 × light battlegroup." in text


@pytest.mark.parametrize("planned", [True, False])
def test_each_factor_of_the_line_has_value_unit_status_source_and_range(planned: bool):
    text = said("L-022", planned=planned)
    assert (
        "Factor endurance_h (endurance): 3.5 h, hours that a fighter stays up with a tanker. "
        "It is a fact, of medium confidence: [REF-1]. Credible from 2 h to 5 h."
    ) in text
    assert "Factor aircraft_availability (aircraft availability): 60 %" in text
    assert "frontage" not in text


def test_a_factor_of_the_tasks_own_scope_goes_before_the_general_one():
    scenario, _ = mandated_plan()
    columns = ("factor", "scope", "value", "low", "high", "unit", "meaning", "status", "source", "confidence")
    general = Factor.model_validate(dict(zip(columns, FACTORS[5], strict=True)) | {"scope": "all", "value": 9.0})
    both = scenario.model_copy(update={"factors": (general, *scenario.factors)})
    text = " ".join(explain(both, "L-026"))
    assert "(clearance km² per day, for MINES): 1 km² a day" in text
    assert "9 km² a day" not in text


def test_tours_and_gaps_are_those_of_the_plan():
    scenario, plan = mandated_plan()
    tours = plan.tours.filter(pl.col("line") == "L-026")
    text = said("L-026")
    assert tours.height > 0
    if tours.height <= 24:
        for tour in tours.to_dicts():
            assert f"{tour['unit']} (mine hunter) serves D+{tour['from_day']:,} to".replace(",", " ") in text
    gaps = plan.gaps.filter(pl.col("line") == "L-007")
    short = said("L-007")
    total = sum(gap["unit_days"] for gap in gaps.to_dicts())
    assert gaps.height > 0
    assert f"{total:,.0f} unit-days".replace(",", " ") in short
    for gap in gaps.to_dicts():
        assert f"D+{gap['from_day']:,} to D+{gap['until_day']:,} (".replace(",", " ") in short
    assert scenario.requirement_by_line["L-007"].quantity == 2


def test_many_tours_are_told_nation_by_nation():
    """Thirty tours of one nation are one sentence."""
    scenario, plan = mandated_plan()
    one = plan.tours.filter(pl.col("line") == "L-026").head(1)
    many = pl.concat([one.with_columns(from_day=pl.lit(30 * at), until_day=pl.lit(30 * at + 30)) for at in range(30)])
    (chapter,) = [
        each for each in chapters(scenario, "L-026", dataclasses.replace(plan, tours=many)) if each.heading == "Who fills it"
    ]
    assert len(chapter.sentences) == 2
    assert "30 tours of one unit" in chapter.sentences[1]


def test_formations_are_named_up_to_the_force():
    assert (
        "It is a headquarters of Brigade North (framework nation BRE), under Force headquarters (framework nation ALD)."
        in said("L-004")
    )
    assert "It stands under Brigade Centre." in said("L-005")


def test_a_typed_line_says_so():
    scenario, plan = sample_plan()
    text = " ".join(explain(scenario, "L-001", plan))
    assert "It was typed in, not sized from a task of the mandate. Source: Made up." in text
    assert "One nation must hold it throughout." in text


def test_a_line_that_the_option_does_not_have_is_not_called_filled():
    scenario, plan = sample_plan("small")
    assert "Nothing is asked for by it in this plan, of the option small." in " ".join(explain(scenario, "L-001", plan))


def test_an_unknown_line_names_the_nearest():
    scenario, plan = mandated_plan()
    with pytest.raises(UnknownName, match=r"'L-0033' is not a line of this scenario\. Nearest: 'L-003'\."):
        explain(scenario, "L-0033", plan)


def test_every_method_is_told_in_words():
    assert set(METHOD_WORDS) == set(Method.__args__)
