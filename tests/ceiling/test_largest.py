"""The largest multiple: by hand, against CP-SAT from both sides, and counted again day by day."""

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor, inf

import numpy as np
import pytest
from tests.ceiling import one_type
from tests.oracles import apart
from tests.oracles.instances import SMALL, as_folder_text, scenario_from_seed
from tests.oracles.reading import Problem as OnPaper
from tests.oracles.reading import read_problem
from tests.oracles.replay import rules_broken, starts_of

from contingent.ceiling.demand import NothingAsked, demand_of
from contingent.ceiling.largest import SMALLEST, Largest, largest_multiple
from contingent.ceiling.piece import fills, tours_of
from contingent.generation.families import nations_over_their_ceiling
from contingent.generation.problem import Problem, build_problem
from contingent.model.rows import Capability
from contingent.model.scenario import Scenario

PARTS = 20
"""Multiples are tried on paper in steps of a twentieth. [-]"""


def found_for(scenario: Scenario, fill: dict[int, float], gap: float = 0.02) -> tuple[Problem, Largest]:
    problem = build_problem(scenario, None)
    return problem, largest_multiple(problem, demand_of(problem, fill), gap=gap, seed=0)


@pytest.mark.parametrize(
    ("units", "asked", "dwell_ratio", "by_hand"),
    [(3, 1, 2.0, 1.0), (6, 1, 2.0, 2.0), (3, 2, 2.0, 0.5), (4, 1, 1.0, 2.0), (5, 1, 4.0, 1.0), (7, 1, 2.0, 2.0)],
)
def test_one_type_holds_its_rotation_base(units: int, asked: int, dwell_ratio: float, by_hand: float):
    """Units over (tour + dwell) / tour, whole posts, over what is asked for."""
    _, found = found_for(one_type.scenario(units=units, asked=asked, dwell_ratio=dwell_ratio), {1: 1.0})
    assert found.held == pytest.approx(by_hand, rel=1e-3)
    assert by_hand < found.bound <= by_hand * 1.02 + 1e-9


def test_a_pool_that_cannot_keep_one_unit_there_holds_nothing_and_says_so():
    """Two units at 1:2 cover two thirds of any line, however little of a unit it asks for."""
    _, found = found_for(one_type.scenario(units=2), {1: 0.9})
    assert (found.held, found.bound) == (0.0, SMALLEST)
    _, lower = found_for(one_type.scenario(units=2), {1: 0.6})
    assert lower.held >= 1.0


def test_less_fill_lets_the_multiple_grow():
    """Three units make nine tours of 90 days in 810: one post, and so a half of two."""
    _, found = found_for(one_type.scenario(units=3, horizon_days=810), {1: 0.5})
    assert found.held == pytest.approx(2.0, rel=2e-2)


def test_nothing_asked_is_said():
    problem = build_problem(one_type.scenario(asked=0), None)
    with pytest.raises(NothingAsked, match="no ceiling"):
        demand_of(problem, {1: 0.9})


def first_priority(scenario: Scenario) -> int:
    return min(row.priority for row in scenario.requirements)


def least_missing(paper: OnPaper, priority: int, multiple: Fraction) -> tuple[Fraction, Fraction]:
    """What CP-SAT leaves missing of a priority at a multiple, and what is asked for. Numbers are made whole before."""
    lines = tuple(replace(line, quantity=line.quantity * multiple.numerator) for line in paper.lines)
    shares = {pair: share * multiple.denominator for pair, share in paper.effectiveness.items()}
    scaled = replace(paper, lines=lines, effectiveness=shares, pins={})
    asked = sum(
        (Fraction(line.quantity * (line.until_day - line.from_day)) for line in lines if line.priority == priority), Fraction(0)
    )
    return apart.lowest_value(scaled, f"unfilled_priority_{priority}", at_most={}), asked


def usable(seed: int) -> Scenario | None:
    scenario = scenario_from_seed(seed, SMALL).model_copy(update={"pins": ()})
    mine = [row for row in scenario.requirements if row.quantity > 0 and row.from_day < scenario.settings.horizon_days]
    return scenario if mine and first_priority(scenario) == min(row.priority for row in mine) else None


QUICK = [seed for seed in range(2000, 2040) if usable(seed) is not None]
SLOW = [seed for seed in range(2040, 2200) if usable(seed) is not None]


@pytest.mark.parametrize("seed", [*QUICK, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW)])
@pytest.mark.parametrize("share", [0.5, 0.85])
def test_what_is_held_can_be_held_and_what_is_ruled_out_cannot(seed: int, share: float):
    scenario = usable(seed)
    assert scenario is not None
    priority = first_priority(scenario)
    problem, found = found_for(scenario, {priority: share})
    paper = read_problem(scenario)
    told = f"{found} {as_folder_text(scenario)}"
    if found.held > 0:
        tours = tours_of(problem, found)
        named = [apart_tour(row) for row in tours.select("unit", "offer", "line", "from_day", "until_day").iter_rows()]
        assert rules_broken(replace(paper, pins={}), starts_of(named)) == [], told
        assert fills(scenario, None, tours, found.held)[priority] >= share - 1e-6, told
    below = Fraction(floor(found.held * PARTS), PARTS)
    if 0 < below < 100:
        missing, asked = least_missing(paper, priority, below)
        assert 1 - missing / asked >= Fraction(str(share)) - Fraction(1, 10**6), told
    if found.bound < inf and found.bound < 100:
        missing, asked = least_missing(paper, priority, Fraction(ceil(found.bound * PARTS - 1e-9), PARTS))
        assert 1 - missing / asked < Fraction(str(share)), told
    assert found.held < found.bound, told


def apart_tour(row: tuple[object, ...]):
    from tests.oracles.replay import NamedTour

    return NamedTour(*row)


@pytest.mark.parametrize("seed", [2001, 2004, 2009])
def test_the_same_seed_gives_the_same(seed: int):
    scenario = scenario_from_seed(seed, SMALL).model_copy(update={"pins": ()})
    fill = {first_priority(scenario): 0.6}
    assert found_for(scenario, fill)[1] == found_for(scenario, fill)[1]


def test_several_priorities_are_held_together():
    """Nine units at 1:2 keep three posts, of two lines of one capability: one each, or two and one."""
    scenario = one_type.scenario(units=9)
    second = scenario.requirements[0].model_copy(update={"line": "L2", "priority": 2})
    both = scenario.model_copy(update={"requirements": (*scenario.requirements, second)})
    _, found = found_for(both, {1: 1.0, 2: 1.0})
    assert found.held == pytest.approx(1.0, rel=2e-2)  # three posts: one each, and no half of a post is a whole one
    _, half = found_for(both, {1: 1.0, 2: 0.5})
    assert half.held == pytest.approx(2.0, rel=3e-2)  # two posts and one: half of two
    assert half.bound >= 2.0


def test_a_ceiling_of_people_binds():
    """Nine units could keep three posts; 200 people may be there at once."""
    scenario = one_type.scenario(units=9)
    nations = (scenario.nations[0].model_copy(update={"personnel_ceiling": 200}),)
    _, found = found_for(scenario.model_copy(update={"nations": nations}), {1: 1.0})
    assert found.held == pytest.approx(2.0, rel=1e-3)
    assert found.bound >= 2.0
    assert np.isfinite(found.bound)


def test_a_ceiling_ties_what_was_held_apart():
    """Two capabilities of one nation with 300 people at most: one post of each is held, two of each would be 400 people."""
    scenario = one_type.scenario(units=9)
    medical = scenario.unit_types[0].model_copy(update={"unit_type": "md", "name": "Medical company"})
    scenario = scenario.model_copy(
        update={
            "nations": (scenario.nations[0].model_copy(update={"personnel_ceiling": 300}),),
            "unit_types": (*scenario.unit_types, medical),
            "capabilities": (*scenario.capabilities, Capability(capability="heal", unit_type="md", effectiveness=1.0)),
            "offers": (*scenario.offers, scenario.offers[0].model_copy(update={"offer": "N1-2", "unit_type": "md"})),
            "requirements": (
                *scenario.requirements, scenario.requirements[0].model_copy(update={"line": "L2", "capability": "heal"}),
            ),
        }
    )  # fmt: skip
    problem, found = found_for(scenario, {1: 1.0})
    assert found.held == pytest.approx(1.0, rel=1e-3)
    assert nations_over_their_ceiling(problem, found.counts) == frozenset()
    assert fills(scenario, None, tours_of(problem, found), found.held)[1] == pytest.approx(1.0)
    problem, lower = found_for(scenario, {1: 0.75})  # three posts of four that two times the requirement would be
    assert lower.held == pytest.approx(2.0, rel=2e-2)
    assert nations_over_their_ceiling(problem, lower.counts) == frozenset()
