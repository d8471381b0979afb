"""Two past missions: planned from what was known, and held against what came; each figure says where it was read."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from contingent import PlanOptions, check, look_back, make_plan, read_scenario, verify
from contingent.model.scenario import Scenario
from contingent.plan.hindsight import Hindsight
from contingent.plan.plan import Plan

DOCS = Path(__file__).resolve().parents[2] / "docs"
MISSIONS = {"unifil-2006": date(2006, 8, 31), "interfet-1999": date(1999, 9, 20)}
"""Scenarios, each with the day on which it is planned."""

LATER = {
    "unifil-2006": {"defup-2006", "dpa-0912", "inn-0902"},
    "interfet-1999": {"scoop-9909", "bbc-1007", "yonhap-2006", "jp-0921"},
}
"""Reports of a later day that a row about what was known leans on; the page names each."""

QUICK = PlanOptions(remedies=False, replications=0, onward=False, aid=False)
PLANNED_FROM = ("offers", "requirements", "nations", "locations")


@pytest.fixture(scope="module", params=MISSIONS)
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def scenario(place: str) -> Scenario:
    return read_scenario(place)


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    return make_plan(scenario, QUICK)


@pytest.fixture(scope="module")
def found(scenario: Scenario, plan: Plan) -> Hindsight:
    return look_back(scenario, plan)


@pytest.fixture(scope="module")
def page(place: str) -> str:
    return (DOCS / f"{place}.md").read_text(encoding="utf-8")


def cited(text: str | None) -> set[str]:
    return set(re.findall(r"\[([a-z0-9-]+)\]", text or ""))


def rows_of_its_own(scenario: Scenario, table: str) -> list[object]:
    inherited = set(read_scenario("doctrine").rows(table))
    return [row for row in scenario.rows(table) if row not in inherited]


def test_nothing_is_found_in_the_scenario_nor_in_its_plan(place: str, scenario: Scenario, plan: Plan) -> None:
    assert check(place) == ()
    assert verify(scenario, plan) == ()


def test_every_row_has_a_source_and_says_what_of_it_is_assumed(scenario: Scenario) -> None:
    """A row cites a reference, or says that it is recalled, assumed, or read off a map."""
    known = {row.reference for row in scenario.references}
    for table in (*PLANNED_FROM, "history"):
        for row in rows_of_its_own(scenario, table):
            assert row.confidence, row
            assert cited(row.source) <= known, row
            assert cited(row.source) or re.search(r"[Aa]ssumption|[Rr]ecalled|[Hh]ost|map|No offer", row.source or ""), row
            if "ecalled" in (row.source or "") and table != "history":
                assert row.confidence != "high", row


def test_every_reference_is_cited(scenario: Scenario) -> None:
    texts = [row.source for table in (*PLANNED_FROM, "history") for row in rows_of_its_own(scenario, table)]
    notes = [row.note for row in scenario.references]
    assert {row.reference for row in rows_of_its_own(scenario, "references")} <= set().union(*map(cited, [*texts, *notes]))


def test_what_is_planned_was_known_by_then_or_is_named_on_the_page(place: str, scenario: Scenario, page: str) -> None:
    """Sources of offers and lines are of the day of planning or earlier, but for those that the page names."""
    as_of = {row.reference: row.as_of or "" for row in scenario.references}
    used = {key for table in ("offers", "requirements") for row in scenario.rows(table) for key in cited(row.source)}
    unknown_date = {"vwma", "wp-logistics"}  # pages that tell of the whole mission: of these no figure is planned from
    late = {key for key in used - unknown_date if as_of[key][:10] > MISSIONS[place].isoformat()[: len(as_of[key][:10])]}
    assert late <= LATER[place]
    assert all(f"[{key}]" in page for key in late)


def test_nothing_that_is_planned_reads_the_history(scenario: Scenario, plan: Plan) -> None:
    blind = scenario.model_copy(update={"history": ()})
    assert make_plan(blind, QUICK).tours.equals(plan.tours)


def test_strengths_of_the_plan_are_those_of_its_tours(scenario: Scenario, plan: Plan, found: Hindsight) -> None:
    """Counted tour by tour, without frames."""
    tours = plan.tours.to_dicts()
    for row in found.strength.filter(found.strength["told"] == "present").to_dicts():
        day = (row["date"] - scenario.settings.start_date).days
        there = [tour for tour in tours if tour["from_day"] <= day < tour["until_day"]]
        if row["part"] is not None:
            ships = {"frigate", "corvette"}
            there = [tour for tour in there if (tour["unit_type"] in ships) == (row["part"] == "at_sea")]
        assert row["planned"] == sum(tour["people"] for tour in there), row["record"]
        assert row["came"] == next(told.personnel for told in scenario.history if told.record == row["record"])


def test_announced_is_the_sum_of_the_offers(scenario: Scenario, found: Hindsight) -> None:
    for row in found.nations.to_dicts():
        offers = [offer for offer in scenario.offers if offer.nation == row["nation"]]
        assert row["announced"] == sum(offer.quantity * (offer.personnel or 0) for offer in offers)


def test_the_page_has_every_figure(plan: Plan, found: Hindsight, page: str) -> None:
    fills = [f"{100 * plan.filled_unit_days[priority] / plan.required_unit_days[priority]:.1f} %" for priority in (1, 2, 3)]
    assert "holds {} of the unit-days of priority 1, {} of priority 2 and {} of priority 3".format(*fills) in page
    for row in found.strength.to_dicts():
        part = {None: "", "ashore": "ashore", "at_sea": "at sea"}[row["part"]]
        told = f"| {row['record']} | {row['date']} | {part} | {row['planned']:,} | {row['expected']:,} | {row['came']:,} |"
        assert told in page, told
    for row in found.nations.to_dicts():
        came = "" if row["came"] is None else f"{row['came']:,}"
        told = f"| {row['name']} | {row['announced']:,} | {row['planned']:,} | {came} | {row['verdict']} |"
        assert told in page, told
    summary = found.summary
    assert (
        f"off by {summary['mean_absolute_error_share'] * 100:.0f} % of what came on average, and by "
        f"{summary['expected_mean_absolute_error_share'] * 100:.0f} %" in " ".join(page.split())
    )
    assert f"{summary['near']} of {summary['records']} strengths" in page
    assert f"{summary['nations_near']} of {summary['nations_told']} nations" in page


def test_the_days_of_the_page_are_the_days_of_the_calendar(place: str, scenario: Scenario) -> None:
    first = scenario.settings.start_date
    last = first + timedelta(days=scenario.settings.horizon_days)
    assert all(first <= row.date < last for row in scenario.history)
    assert first <= MISSIONS[place] < last
