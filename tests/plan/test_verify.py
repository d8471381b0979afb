"""`verify` finds nothing in a plan worked out by hand, and every fault planted in it, each by the promise that it breaks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from tests.plan import hand_made
from tests.plan.hand_made import TOURS, tour, with_cell

from contingent.findings import Finding
from contingent.model.rows import Offer, Pin, Requirement
from contingent.model.scenario import Scenario
from contingent.plan import verify
from contingent.plan.columns import COLUMNS, frame
from contingent.plan.plan import NOT_PROVEN, Plan
from contingent.plan.verify import (
    MOST_OF_A_KIND,
    PROMISES,
    aid,
    budget,
    claims,
    cost,
    counted,
    structure,
    supply,
    tours,
    way,
    way_counted,
)
from contingent.plan.verify.facts import facts_of

Fault = Callable[[], tuple[Scenario, Plan]]


def of_plan(**fields: Any) -> Fault:
    """A fault in the plan: fields replaced."""
    return lambda: (hand_made.scenario(), hand_made.plan(**fields))


def of_tours(*rows: dict[str, Any]) -> Fault:
    """A fault in the tours: all of them replaced."""
    return of_plan(tours=frame("tours", list(rows)))


def of_tour(number: int, **cells: Any) -> Fault:
    """A fault in one tour."""
    rows = list(TOURS)
    rows[number] = rows[number] | cells
    return of_tours(*rows)


def of_cell(table: str, row: int, column: str, value: Any) -> Fault:
    """A fault in one cell of a frame of the plan."""
    return lambda: (
        hand_made.scenario(),
        hand_made.plan(**{table: with_cell(getattr(hand_made.plan(), table), row, column, value)}),
    )


def twice(table: str) -> pl.DataFrame:
    """A frame of the plan with its last row doubled."""
    rows: pl.DataFrame = getattr(hand_made.plan(), table)
    return pl.concat([rows, rows.tail(1)])


def of_goal(number: int, **values: Any) -> Fault:
    """A fault in one goal."""
    goals = list(hand_made.plan().goals)
    goals[number] = replace(goals[number], **values)
    return of_plan(goals=tuple(goals))


def of_offer(number: int, **cells: Any) -> Fault:
    """The plan against a scenario in which one offer has other terms."""
    offers = list(hand_made.scenario().offers)
    offers[number] = offers[number].model_copy(update=cells)
    return lambda: (hand_made.scenario(offers=tuple(offers)), hand_made.plan())


def of_line(number: int, **cells: Any) -> Fault:
    """The plan against a scenario in which one line asks for something else."""
    lines = list(hand_made.scenario().requirements)
    lines[number] = lines[number].model_copy(update=cells)
    return lambda: (hand_made.scenario(requirements=tuple(lines)), hand_made.plan())


def of_ceiling(nation: str, people: int) -> Fault:
    """The plan against a scenario in which a nation has another ceiling."""
    nations = tuple(
        row.model_copy(update={"personnel_ceiling": people}) if row.nation == nation else row
        for row in hand_made.scenario().nations
    )
    return lambda: (hand_made.scenario(nations=nations), hand_made.plan())


def pinned(*pins: Pin) -> Fault:
    """The plan against other pins."""
    return lambda: (hand_made.scenario(pins=pins), hand_made.plan())


PIN = Pin(offer="BRV-guard", line="L1", from_day=180)
THIRD_GUARD = tour("ALF-guard/3", "L1", 60)

FAULTS: list[tuple[str, Any, Fault, str]] = [
    ("unknown offer", tours.known_names, of_tour(0, offer="ALF-gard"), "Nearest: 'ALF-guard'"),
    ("unknown line", tours.known_names, of_tour(0, line="L9"), "'L9' is not a line of this scenario"),
    ("line of another option", tours.known_names, of_tour(0, line="L3"), "not part of option 'small'"),
    ("capability that the type lacks", tours.capability, of_tour(0, line="L2"), "does not give 'watch'"),
    ("place ruled out", tours.caveat, of_tours(*TOURS[1:], tour("CHL-guard/1", "L1", 0)), "rules out 'HST'"),
    ("larger place ruled out", tours.caveat, of_offer(0, excluded_locations=("Land",)), "rules out 'Land'"),
    ("task ruled out", tours.caveat, of_offer(2, excluded_tasks=("look",)), "rules out 'look'"),
    ("start off the grid", tours.start_day, of_tour(0, from_day=7), "may begin on D+7"),
    ("start before the window", tours.start_day, of_tour(3, from_day=60), "may begin on D+60"),
    ("start after the window", tours.start_day, of_tour(4, from_day=300), "may begin on D+300"),
    ("start before the unit is ready", tours.offer_window, of_tour(2, from_day=150), "window of offer 'BRV-guard'"),
    ("tour beyond the offer", tours.offer_window, of_offer(0, until_day=179), "window of offer 'ALF-guard'"),
    *(
        (f"wrong {column}", tours.derived_columns, of_tour(0, **{column: wrong}), column)
        for column, wrong in (
            ("nation", "BRV"),
            ("unit_type", "drone"),
            ("capability", "watch"),
            ("location", None),
            ("until_day", 179),
            ("serves_until_day", 200),
            ("rested_day", 180),
            ("people", 99),
            ("effectiveness", 0.9),
            ("confidence", None),
        )
    ),
    ("one name for units of two offers", tours.units_within_offer, of_tour(2, unit="ALF-guard/1"), "more than one offer"),
    ("more units than offered", tours.units_within_offer, of_tours(*TOURS, THIRD_GUARD), "has 2 units, and 3 of them"),
    ("unit in two places at once", tours.rest_between_tours, of_tour(1, unit="ALF-guard/1"), "before it is rested on D+360"),
    ("unit sent out of its dwell", tours.rest_between_tours, of_tours(*TOURS, tour("ALF-guard/1", "L1", 330)), "D+330"),
    ("more away than offered", tours.rotation_base, of_tours(*TOURS, THIRD_GUARD), "3 are on tour or in dwell on D+60"),
    ("too many tours of a unit", tours.tours_of_a_unit, of_offer(2, max_tours=0), "does 1 tours; its offer allows 0"),
    (
        "too many tours of an offer",
        tours.tours_of_a_unit,
        of_offer(2, quantity=1),
        "2 tours; 1 unit with at most 1 each allow 1",
    ),
    ("ceiling", tours.ceiling, of_ceiling("CHL", 39), "CHL has 40 people on tour on D+240; its ceiling is 39"),
    ("two nations hold a line of one", tours.one_nation, of_line(0, hold="one_nation"), "ALF, BRV serve it"),
    ("pin not kept", tours.pins_kept, pinned(PIN, Pin(offer="ALF-guard", line="L1", from_day=0, quantity=3)), "the plan has 2"),
    ("pin not marked", tours.pins_kept, of_tour(2, pinned=False), "0 tours of offer 'BRV-guard'"),
    ("marked without a pin", tours.pins_kept, pinned(), "no pin of the scenario fixes it"),
    ("coverage of an unknown line", counted.lines_told, of_cell("coverage", 0, "line", "L9"), "'L9'"),
    ("gap of a line of another option", counted.lines_told, of_cell("gaps", 0, "line", "L3"), "'L3'"),
    ("coverage of another place", counted.lines_told, of_cell("coverage", 0, "location", "Land"), "not that of line 'L1'"),
    ("gap of another priority", counted.lines_told, of_cell("gaps", 0, "priority", 2), "not that of line 'L1'"),
    ("coverage with a hole", counted.window_told, of_cell("coverage", 1, "from_day", 210), "D+210"),
    ("coverage that ends early", counted.window_told, of_cell("coverage", 2, "until_day", 299), "D+299 to D+300"),
    ("coverage beyond the window", counted.window_told, of_cell("coverage", 2, "until_day", 301), "D+301"),
    ("coverage missing", counted.window_told, of_plan(coverage=hand_made.plan().coverage.head(2)), "D+90 to D+300"),
    ("more asked for than is", counted.coverage_counted, of_cell("coverage", 0, "required", 3.0), "required is 2"),
    ("more filled than is", counted.coverage_counted, of_cell("coverage", 1, "filled", 2.0), "filled is 1"),
    ("gap hidden", counted.coverage_counted, of_cell("coverage", 1, "gap", 0.0), "gap is 1"),
    ("units miscounted", counted.coverage_counted, of_cell("coverage", 0, "units", 1), "units is 2"),
    ("nation miscounted", counted.coverage_counted, of_cell("coverage", 0, "nations", "ALF:1"), "2 units of ALF"),
    ("nations misnamed", counted.coverage_counted, of_cell("coverage", 1, "nations", "ALF:1"), "0 units of ALF"),
    ("nations unreadable", counted.coverage_counted, of_cell("coverage", 0, "nations", "two"), "not written as"),
    ("tour left out", counted.coverage_counted, of_tours(*TOURS[1:]), "filled is 1 by its tours, not 2"),
    ("gap too small", counted.gaps_counted, of_cell("gaps", 0, "quantity", 0.5), "1 unit short on D+180 by its tours, not 0.5"),
    ("gap too short", counted.gaps_counted, of_cell("gaps", 0, "until_day", 330), "D+330"),
    ("gap not told", counted.gaps_counted, of_plan(gaps=hand_made.plan().gaps.clear()), "not 0"),
    ("gap outside the window", counted.gaps_counted, of_cell("gaps", 0, "until_day", 400), "does not lie in the window"),
    ("tour that nobody needs", counted.no_idle_tours, of_tours(*TOURS, tour("CHL-drone/3", "L2", 120)), "fills nothing"),
    ("required misstated", counted.each_line, of_plan(required_unit_days={1: 720.0, 2: 211.0}), "priority 2 are 210, not 211"),
    ("filled misstated", counted.each_line, of_plan(filled_unit_days={1: 720.0, 2: 210.0}), "priority 1 are 540, not 720"),
    ("a priority left out", counted.each_line, of_plan(filled_unit_days={1: 540.0}), "priority 2 are 210, not 0"),
    ("unfilled misstated", counted.each_line, of_goal(0, value=0.0, bound=0.0), "unfilled_priority_1 is 180"),
    ("continuity misstated", counted.each_line, of_goal(3, value=3.0, bound=3.0), "4 takeovers"),
    ("low confidence hidden", counted.each_line, of_plan(low_confidence_share=0.0), "0.24"),
    ("unit-days of a gap", counted.gap_rows, of_cell("gaps", 0, "unit_days", 90.0), "180 unit-days, not 90"),
    ("gap of nothing", counted.gap_rows, of_cell("gaps", 0, "quantity", 0.0), "no gap"),
    ("reason that is none", counted.gap_rows, of_cell("gaps", 0, "reason", "in_dwel"), "Nearest: 'in_dwell'"),
    ("another scenario", claims.provenance, of_plan(provenance={"scenario": "0" * 64}), "fingerprints differ"),
    ("no fingerprint", claims.provenance, of_plan(provenance={}), "fingerprints differ"),
    ("unknown option", claims.provenance, of_plan(option="smal"), "Nearest: 'small'"),
    ("another title", claims.provenance, of_plan(title="By foot"), "title"),
    ("marking taken off", claims.provenance, of_plan(marking=""), "marking"),
    ("goal left out", claims.goals_in_order, of_plan(goals=hand_made.plan().goals[1:]), "unfilled_priority_1"),
    ("goals out of order", claims.goals_in_order, of_plan(goals=hand_made.plan().goals[::-1]), "cost, continuity"),
    ("burden misstated", claims.burden, of_goal(2, value=2.0), "burden is 2.18181818 by the tours, not 2"),
    ("cost misstated", claims.cost_of_tours, of_goal(4, value=8000.0), "cost is 8400"),
    ("bound above value", claims.bounds, of_goal(2, bound=2.5), "is above its value"),
    ("bound that is no number", claims.bounds, of_goal(2, bound=float("nan")), "not a finite number"),
    ("optimal without proof", claims.statuses, of_goal(2, status="optimal"), "burden is called optimal"),
    ("empty with something left", claims.statuses, of_goal(4, status="empty"), "cost is called empty"),
    ("peak misstated", claims.people_peak, of_plan(people_deployed_peak=200), "are 220 by the tours, not 200"),
    ("nation missing", claims.nations, of_plan(nations=hand_made.plan().nations.head(2)), "CHL"),
    (
        "nation twice",
        claims.nations,
        of_plan(nations=pl.concat([hand_made.plan().nations, hand_made.plan().nations.tail(1)])),
        "CHL",
    ),
    *(
        (f"nation's {column}", claims.nations, of_cell("nations", 1, column, wrong), f"{column} of BRV")
        for column, wrong in (
            ("name", "Brave"),
            ("units_offered", 2),
            ("units_used", 0),
            ("tours", 2),
            ("person_days", 18001),
            ("people_peak", 99),
            ("ceiling", None),
            ("share", 0.5),
            ("fair_share", None),
            ("burden", 1.0),
        )
    ),
    (
        "unused offer not told",
        claims.unused_offers,
        of_plan(unused=hand_made.plan().unused.clear()),
        "1 of the units of offer 'CHL-guard'",
    ),
    ("unused offer unknown", claims.unused_offers, of_cell("unused", 0, "offer", "CHL-gard"), "Nearest: 'CHL-guard'"),
    ("used offer called unused", claims.unused_offers, of_cell("unused", 0, "offer", "BRV-guard"), "1 unit of BRV"),
    ("unused offer of another type", claims.unused_offers, of_cell("unused", 0, "unit_type", "drone"), "of CHL, 'guard'"),
    ("reason of an unused offer", claims.unused_offers, of_cell("unused", 0, "reason", "caveats"), "Nearest: 'caveat'"),
    ("remedy that stands twice", claims.advice_adds_up, of_plan(remedies=twice("remedies")), "stands there already"),
    ("worth that stands twice", claims.advice_adds_up, of_plan(worth=twice("worth")), "stands there already"),
    ("remedy of another name", claims.advice_adds_up, of_cell("remedies", 0, "name", "Gard"), "is called 'Guard'"),
    ("people of a remedy", claims.advice_adds_up, of_cell("remedies", 0, "units", 2), "2 units of 'guard' have 200 people"),
    ("remedy for another line", claims.advice_adds_up, of_cell("remedies", 0, "closes", "L2"), "'L2' is not a line"),
    ("remedy for no line", claims.advice_adds_up, of_cell("remedies", 0, "closes", None), "0 that are missing"),
    ("worth of another priority", claims.advice_adds_up, of_cell("worth", 0, "priority", 2), "is of priority 1"),
    ("worth of more than the gap", claims.advice_adds_up, of_cell("worth", 0, "unit_days", 181.0), "180 that are missing"),
    ("remedy of an unknown type", claims.advice_names, of_cell("remedies", 0, "unit_type", "gard"), "Nearest: 'guard'"),
    ("worth of an unknown type", claims.advice_names, of_cell("worth", 0, "unit_type", "gard"), "Nearest: 'guard'"),
]


def test_nothing_is_found_in_a_plan_worked_out_by_hand() -> None:
    assert verify(hand_made.scenario(), hand_made.plan()) == ()


@pytest.mark.parametrize(("promise", "fault", "words"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_planted_fault_is_found_by_the_promise_that_it_breaks(promise: Any, fault: Fault, words: str) -> None:
    facts = facts_of(*fault())
    if promise in counted.LINE_PROMISES:
        found = [finding for line in counted.line_claims(facts) for finding in promise(line)]
    else:
        found = list(promise(facts))
    assert any(words in f"{finding.column} {finding}" for finding in found), found
    told = {finding.what for finding in verify(*fault())}
    assert any(f"{finding.what}." in told for finding in found), "verify keeps the finding to itself"


def test_every_promise_has_a_planted_fault() -> None:
    """Those of what follows from the tours have theirs in modules of their own, `test_verify_*`."""
    elsewhere = {
        *structure.PROMISES, *way.PROMISES, *way_counted.PROMISES, *supply.PROMISES, *cost.PROMISES,
        *budget.PROMISES, *aid.PROMISES,
    }  # fmt: skip
    assert {*PROMISES, *counted.LINE_PROMISES} - elsewhere == {case[1] for case in FAULTS}


def test_a_finding_names_the_line_of_the_file() -> None:
    found = verify(*of_tour(2, people=99)())
    assert Finding("tours.csv", "99 is not what the scenario makes of this tour: 100.", line=4, column="people") in found


def test_many_findings_of_a_kind_are_told_briefly() -> None:
    scenario, plan = of_tours(*[tour(f"ALF-gard/{number}", "L1", 0, nation="ALF") for number in range(MOST_OF_A_KIND + 5)])()
    found = [finding for finding in verify(scenario, plan) if finding.column == "offer"]
    assert len(found) == MOST_OF_A_KIND + 1
    assert found[-1].what == "5 more findings of this kind."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tours": hand_made.plan().tours.drop("unit")}, "its columns are"),
        ({"tours": hand_made.plan().tours.cast({"from_day": pl.Float64})}, "its columns are"),
        (
            {"coverage": with_cell(hand_made.plan().coverage, 1, "filled", None)},
            "coverage.csv, line 3, filled: the cell is blank",
        ),
        (
            {"coverage": with_cell(hand_made.plan().coverage, 2, "filled", float("nan"))},
            "coverage.csv, line 4, filled: the value is not a finite",
        ),
    ],
)
def test_frames_out_of_shape_are_told_before_all_else(fields: dict[str, Any], words: str) -> None:
    found = verify(hand_made.scenario(), hand_made.plan(**fields))
    assert len(found) == 1
    assert words in str(found[0])


def test_a_tour_that_keeps_a_post_is_not_idle() -> None:
    """BRV alone fills the line. Of ALF's three tours in a row the middle one is needed: without it ALF would come on twice."""
    offers = (
        Offer(offer="ALF-guard", nation="ALF", unit_type="guard", quantity=1, tour_days=60, dwell_ratio=0),
        Offer(offer="BRV-guard", nation="BRV", unit_type="guard", quantity=1),
    )
    lines = (Requirement(line="L1", capability="guard_duty", quantity=1, until_day=180, location="Field"),)
    rows = [tour("BRV-guard/1", "L1", 0, pinned=True), *(tour("ALF-guard/1", "L1", day) for day in (0, 60, 120))]
    facts = facts_of(
        hand_made.scenario(offers=offers, requirements=lines), hand_made.plan(option=None, tours=frame("tours", rows))
    )
    (line,) = counted.line_claims(facts)
    assert [finding.line for finding in counted.no_idle_tours(line)] == [3, 5]


def test_names_of_nations_may_hold_a_colon() -> None:
    assert counted._units_by_nation("A:B:2;GBR:1") == {"A:B": 2, "GBR": 1}


FREE = {("tours", "unit"), ("gaps", "detail"), ("unused", "detail"), ("remedies", "cost")}
"""Columns that may hold anything: a unit's own name, sentences, and a cost of tours that stand nowhere."""


@pytest.mark.parametrize("table", COLUMNS)
def test_no_cell_can_be_changed_without_a_finding(table: str) -> None:
    """Each cell in turn is made a little wrong: nothing that the plan says goes unchecked."""
    frame_of_plan: pl.DataFrame = getattr(hand_made.plan(), table)
    overlooked = []
    for column, kind in frame_of_plan.schema.items():
        if (table, column) in FREE:
            continue
        for row, cell in enumerate(frame_of_plan[column]):
            wrong = {pl.String: f"{cell}x", pl.Boolean: not cell}.get(kind, (cell or 0) + 1 if kind != pl.String else None)
            plan = hand_made.plan(**{table: with_cell(frame_of_plan, row, column, wrong)})
            if not verify(hand_made.scenario(), plan):
                overlooked.append((column, row))
    assert overlooked == []


@pytest.mark.parametrize("left_out", range(len(TOURS)))
def test_no_tour_can_be_left_out_without_a_finding(left_out: int) -> None:
    rows = [row for number, row in enumerate(TOURS) if number != left_out]
    assert verify(hand_made.scenario(), hand_made.plan(tours=frame("tours", rows)))


def test_a_remedy_that_is_not_proven_cheapest_says_so_in_one_way() -> None:
    closes = f"L1;{NOT_PROVEN}"
    assert verify(*of_cell("remedies", 0, "closes", closes)()) == ()
