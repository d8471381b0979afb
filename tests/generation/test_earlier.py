"""Among plans that are alike in all goals, the one that begins earlier: by hand, and without a goal that is worse."""

import numpy as np
import pytest
from tests.generation.test_reasons import gaps_of, line, offer, planned, small_scenario
from tests.oracles.instances import SMALL, scenario_from_seed
from tests.oracles.reading import read_problem
from tests.oracles.replay import rules_broken

from contingent.generation.earlier import begin_earlier
from contingent.generation.problem import Problem, build_problem
from contingent.generation.search import LEVEL_RATIO, Charges, Search
from contingent.model.rows import Nation, Pin
from contingent.model.scenario import Scenario


def moved(scenario: Scenario, *tours: tuple[str, str, int]) -> list[tuple[str, str, int]]:
    """Tours (offer, line, day) of a plan, each one unit's, after they were moved to earlier starts."""
    problem = build_problem(scenario, None)
    search = Search(problem, 0)
    search.load({_key(problem, *tour): 1 for tour in tours})
    begin_earlier(search)
    return sorted(
        (problem.offers[problem.arc_offer[arc]].offer, problem.lines[problem.arc_line[arc]].line, int(problem.start_day[start]))
        for (arc, start) in search.starts()
    )


def _key(problem: Problem, name: str, row: str, day: int) -> tuple[int, int]:
    arc = next(
        arc
        for arc, (k, r) in enumerate(zip(problem.arc_offer.tolist(), problem.arc_line.tolist(), strict=True))
        if (problem.offers[k].offer, problem.lines[r].line) == (name, row)
    )
    return arc, int(np.searchsorted(problem.start_day, day))


def test_one_unit_on_a_cycle_of_three_holds_its_post_first() -> None:
    """It covers 360 of 900 days wherever it begins up to D+180; begun on D+0 and D+540, the gap comes after each tour."""
    scenario = small_scenario(offers=(offer(),), lines=(line(),), days=900)
    assert moved(scenario, ("FRA-guard", "1", 180), ("FRA-guard", "1", 720)) == [("FRA-guard", "1", 0), ("FRA-guard", "1", 540)]
    assert [gap[1:3] for gap in gaps_of(scenario)] == [(180, 540), (720, 900)]


def test_a_tour_does_not_move_where_a_gap_would_open() -> None:
    """Begun before D+90 the second unit would stand beside the first, and leave the end of the line empty."""
    offers = (offer(), offer("GBR"))
    scenario = small_scenario(offers=offers, lines=(line(until_day=360),))
    plan = (("FRA-guard", "1", 0), ("GBR-guard", "1", 180))
    assert moved(scenario, *plan) == list(plan)


def test_a_tour_does_not_move_before_its_offer_is_ready_nor_into_the_dwell_of_the_one_before() -> None:
    scenario = small_scenario(offers=(offer(notice_days=60),), lines=(line(),), days=900)
    assert moved(scenario, ("FRA-guard", "1", 120), ("FRA-guard", "1", 720)) == [("FRA-guard", "1", 60), ("FRA-guard", "1", 600)]


def test_a_tour_does_not_move_past_a_ceiling() -> None:
    """Two lines, and one nation with room for one guard: the second begins when the first is back."""
    nations = (Nation(nation="FRA", name="France", personnel_ceiling=150),)
    lines = (line("1", until_day=180), line("2", until_day=540))
    scenario = small_scenario(offers=(offer(quantity=2),), lines=lines, nations=nations)
    assert moved(scenario, ("FRA-guard", "1", 0), ("FRA-guard", "2", 360)) == [("FRA-guard", "1", 0), ("FRA-guard", "2", 180)]


def test_a_pinned_tour_stays_and_no_other_moves_into_its_dwell() -> None:
    """Before the pin on D+510 there is no room for a whole tour and its dwell; on D+540 there is, from D+0."""
    for pinned, earliest in ((510, 1050), (540, 0)):
        pins = (Pin(offer="FRA-guard", line="1", from_day=pinned),)
        scenario = small_scenario(offers=(offer(),), lines=(line(),), days=1500, pins=pins)
        tours = moved(scenario, ("FRA-guard", "1", pinned), ("FRA-guard", "1", 1110))
        assert [day for _, _, day in tours] == sorted((pinned, earliest))


def test_a_nation_that_keeps_a_post_keeps_it() -> None:
    """FRA relieves itself on D+180: one takeover. Neither tour can move without another, or a gap."""
    scenario = small_scenario(offers=(offer(quantity=2),), lines=(line(until_day=360),))
    assert planned(scenario).goals[-2].value == 1.0


@pytest.mark.parametrize("seed", range(40))
def test_no_goal_is_worse_and_no_rule_is_broken(seed: int) -> None:
    """From the plan of a careful hand: held against the rules as the oracles read them."""
    scenario = scenario_from_seed(seed, SMALL)
    problem = build_problem(scenario, None)
    search = Search(problem, seed)
    levels = len(problem.priorities)
    search.fill_up(Charges(LEVEL_RATIO ** np.arange(levels - 1, -1, -1.0), np.zeros(len(problem.nations)), 0.0, 0.0))
    before, begun = search.goals(), _sum_of_starts(search)
    moves = begin_earlier(search)
    assert (search.goals() <= before + 1e-6 * np.maximum(1.0, np.abs(before))).all()
    assert (moves > 0) == (_sum_of_starts(search) < begun)
    starts = {
        (problem.offers[problem.arc_offer[arc]].offer, problem.lines[problem.arc_line[arc]].line, int(problem.start_day[s])): n
        for (arc, s), n in search.starts().items()
    }
    assert rules_broken(read_problem(scenario), starts) == []


def _sum_of_starts(search: Search) -> int:
    return sum(start * units for (_, start), units in search.starts().items())
