"""The tutorial's scenario: what docs/tutorial-tiny.md works out by hand, held against every plan that there is.

A unit's tour and dwell fill two of the three periods each, so a unit goes in no period, in one, or in the first and the
third. No two lines of `tiny` share an offer (the one that could, the light battlegroups, are barred from line 3), so all
plans of a line can be written down, and those of all lines multiplied: nothing here is taken from the planner.
"""

import itertools
import re
from pathlib import Path

import pytest

from contingent import read_scenario
from contingent.model.rules import caveat_against, fair_weights, readiness
from contingent.model.scenario import Scenario

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial-tiny.md"
PERIODS = range(3)
LENGTH = 120
ANY_TIME = ((), (0,), (1,), (2,), (0, 2))
FROM_THE_SECOND = ((), (1,), (2,))

Counts = tuple[int, ...]
"""Units on tour in each period."""

Way = tuple[Counts, ...]
"""One way to send the units of each offer of a line."""


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    return read_scenario("tiny")


def ways(units: int, patterns: tuple[tuple[int, ...], ...] = ANY_TIME) -> list[Counts]:
    """Units on tour in each period, for every way of sending like units."""
    sent = itertools.combinations_with_replacement(patterns, units)
    return [tuple(sum(period in unit for unit in way) for period in PERIODS) for way in sent]


def takeovers(on: Counts) -> int:
    return sum(max(0, now - before) for before, now in zip((0, *on), on, strict=False))


def least_gap(plans: list[Way], quantity: float, effects: tuple[float, ...]) -> tuple[float, list[Way]]:
    """The least unit-days of gap of a line, and the plans that reach it."""
    def gap(plan: Way) -> float:
        served = [sum(effect * on[period] for effect, on in zip(effects, plan, strict=True)) for period in PERIODS]
        return LENGTH * sum(max(0.0, quantity - units) for units in served)

    least = min(map(gap, plans))
    return least, [plan for plan in plans if gap(plan) == least]


def test_it_has_four_nations_and_six_lines(tiny: Scenario):
    assert len(tiny.nations) == 4
    assert [row.line for row in tiny.requirements] == ["1", "2", "3", "4", "5", "6"]
    assert tiny.settings.horizon_days == 360


def test_a_unit_goes_every_second_period(tiny: Scenario):
    """What the enumeration above stands on."""
    for offer in tiny.offers:
        terms = readiness(tiny, offer)
        assert (terms.tour_days, terms.dwell_days, terms.handover_days) == (120, 120, 0)
        assert terms.ready_day == (120 if offer.offer == "CRS-light_battlegroup" else 0)


def test_no_two_lines_share_an_offer(tiny: Scenario):
    takers = {
        offer.offer: [
            line.line for line in tiny.requirements
            if (line.capability, offer.unit_type) in tiny.effectiveness and caveat_against(tiny, offer, line) is None]
        for offer in tiny.offers}
    assert takers == {
        "ALD-headquarters": ["1"], "ALD-mechanised_battlegroup": ["2"], "BRN-headquarters": ["1"],
        "BRN-mechanised_battlegroup": ["2"], "CRS-engineer_company": ["4"], "CRS-light_battlegroup": ["6"],
        "DRV-pioneer_platoon": ["4"]}


def test_the_tutorials_plan_is_the_best_of_all_and_the_only_one(tiny: Scenario):
    """Gaps, burden and takeovers as in the tutorial, by trying everything."""
    gap_1, plans_1 = least_gap([(on,) for on in ways(2)], 1, (1.0,))
    gap_1_by_brn, _ = least_gap([(on,) for on in ways(1)], 1, (1.0,))
    gap_2, plans_2 = least_gap(list(itertools.product(ways(2), ways(1))), 2, (1.0, 1.0))
    gap_4, plans_4 = least_gap(list(itertools.product(ways(1), ways(2))), 1, (1.0, 0.5))
    gap_6, plans_6 = least_gap([(on,) for on in ways(4, FROM_THE_SECOND)], 1, (1.0,))
    assert (gap_1, gap_1_by_brn, gap_2, gap_4, gap_6) == (0, 120, 120, 0, 120)

    requirement = 160 * 360 + 2 * 800 * 360 + 400 * 240 + (40 / 0.5) * 360 + 160 * 360 + 400 * 360
    assert requirement == 960_000
    fair = fair_weights(tiny)
    ranked = []
    for (ald_hq,), (ald, brn), (crs, drv), (light,) in itertools.product(plans_1, plans_2, plans_4, plans_6):
        person_days = {
            "ALD": LENGTH * (160 * sum(ald_hq) + 800 * sum(ald)), "BRN": LENGTH * 800 * sum(brn),
            "CRS": LENGTH * (100 * sum(crs) + 400 * sum(light)), "DRV": LENGTH * 40 * sum(drv)}
        burden = max(days / (fair[nation] * requirement) for nation, days in person_days.items())
        changes = sum(map(takeovers, (ald_hq, ald, brn, crs, drv, light)))
        ranked.append((round(burden, 9), changes, ald, brn, crs, drv, light, person_days))
    ranked.sort(key=lambda plan: plan[:2])
    best, second = ranked[0], ranked[1]
    assert best[:2] < second[:2]
    assert best[:7] == (0.9, 9, (1, 1, 1), (1, 0, 1), (1, 0, 1), (0, 2, 0), (0, 1, 1))
    assert best[7] == {"ALD": 345_600, "BRN": 192_000, "CRS": 120_000, "DRV": 9_600}


def test_the_tutorial_states_these_figures():
    text = re.sub(r"\s+", " ", TUTORIAL.read_text(encoding="utf-8"))
    for figure in ("345,600", "192,000", "120,000", "9,600", "960,000", "0.90", "1.15"):
        assert figure in text


def test_the_planner_finds_the_tutorials_plan():
    pipeline = pytest.importorskip("contingent.pipeline")
    plan = pipeline.make_plan(read_scenario("tiny"))
    values = {goal.name: goal.value for goal in plan.goals}
    assert values["unfilled_priority_1"] == pytest.approx(120)
    assert values["unfilled_priority_2"] == pytest.approx(600)
    assert values["unfilled_priority_3"] == pytest.approx(120)
    assert values["burden"] == pytest.approx(0.9)
    assert values["continuity"] == pytest.approx(9)
    assert plan.people_deployed_peak == 2260
    reasons = {(row["line"], row["from_day"], row["until_day"]): row["reason"] for row in plan.gaps.iter_rows(named=True)}
    assert reasons == {
        ("2", 120, 240): "in_dwell", ("3", 120, 360): "caveat", ("5", 0, 360): "not_offered", ("6", 0, 120): "not_ready"}


@pytest.mark.parametrize(
    ("settings", "offer", "gaps"),
    [
        ("", "CRS-light_battlegroup,CRS,light_battlegroup,4,120", {"2": 120, "5": 360, "6": 120}),
        ("", "BRN-mechanised_battlegroup,BRN,mechanised_battlegroup,2,0", {"3": 240, "5": 360, "6": 120}),
        ('remove = { offers = ["DRV-pioneer_platoon"] }', "", {"2": 120, "3": 240, "4": 120, "5": 360, "6": 120}),
    ],
    ids=["Corsia lifts its caveat", "Bernia buys a battlegroup", "Dravia withdraws"])
def test_what_the_tutorial_asks_at_its_end(tmp_path: Path, settings: str, offer: str, gaps: dict[str, float]):
    """Unit-days of gap of each line, as one can say beforehand."""
    pipeline = pytest.importorskip("contingent.pipeline")
    (tmp_path / "scenario.toml").write_text(f'extends = "tiny"\ntitle = "Changed"\n{settings}\n', encoding="utf-8")
    if offer:
        header = "offer,nation,unit_type,quantity,notice_days"
        (tmp_path / "offers.csv").write_text(f"{header}\n{offer}\n", encoding="utf-8")
    plan = pipeline.make_plan(read_scenario(tmp_path))
    found: dict[str, float] = {}
    for row in plan.coverage.iter_rows(named=True):
        if row["gap"] > 0:
            found[row["line"]] = found.get(row["line"], 0.0) + row["gap"] * (row["until_day"] - row["from_day"])
    assert found == pytest.approx(gaps)
