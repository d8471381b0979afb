"""Bounds that are had at once: none may pass what the best plan has, and fewer slots change nothing."""

import numpy as np
import pytest
from tests.generation.seeds import seeds
from tests.oracles.instances import SMALL, scenario_from_seed

from contingent.generation import generate
from contingent.generation.bounds import Bound
from contingent.generation.families import on_its_own_days
from contingent.generation.fill import Family
from contingent.generation.locked_bounds import least_cost, least_mean_burden
from contingent.generation.problem import build_problem
from contingent.plan import PlanOptions


@pytest.mark.parametrize("seed", seeds(20, of=40))
def test_first_bounds_are_no_higher_than_the_best_plan(seed: int) -> None:
    scenario = scenario_from_seed(seed, SMALL)
    problem = build_problem(scenario, None)
    best = [goal.value for goal in generate(scenario, PlanOptions(method="exact", remedies=False)).goals]
    levels = len(problem.priorities)
    if len(problem.arc_line):
        family = Family(problem, seed=seed, method="search", keeps_prices=False)
        for level, value in enumerate(best[:levels]):
            family.levels[level].value = value
        for level in range(levels):
            family.first_bound(level)
            assert family.levels[level].bound <= best[level] + 1e-6
    assert least_mean_burden(problem, best[:levels]) <= best[levels] * (1 + 1e-9)
    assert least_cost(problem, best[:levels]) <= best[levels + 2] * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_a_bound_is_the_same_on_a_family_s_own_days(seed: int) -> None:
    problem = build_problem(scenario_from_seed(seed, SMALL), None)
    own, slots = on_its_own_days(problem)
    assert own.slot_day[:-1].tolist() == problem.slot_day[slots].tolist()
    if not len(problem.arc_line):
        return
    weights = np.ones(len(problem.lines))
    found = []
    for part in (problem, own):
        bound = Bound(part)
        found.append(bound.climb(bound.start(weights), weights, target=float(part.required.sum()), passes=1))
    assert found[0] == pytest.approx(found[1], abs=1e-6)
