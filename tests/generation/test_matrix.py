"""Rounded rows of coverage hold for whole units, whatever their number, and cut off parts of units."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oracles.instances import SMALL, scenario_from_seed

from contingent.generation.exact import build_exact
from contingent.generation.matrix import rounded_rows
from contingent.generation.problem import build_problem
from contingent.generation.search import Charges, Search

SHARES = (0.2, 0.25, 0.3, 0.5, 0.6, 0.7, 0.75, 0.9, 1.0)


@given(quantity=st.integers(1, 4), offered=st.sets(st.sampled_from(SHARES), min_size=1, max_size=3))
def test_rounded_coverage_holds_for_whole_units(quantity: int, offered: set[float]) -> None:
    shares = np.array(sorted(offered))
    rows = rounded_rows(shares, float(quantity))
    for units in itertools.product(range(6), repeat=len(shares)):
        gap = max(0.0, quantity - float(shares @ units))
        assert all(float(weights @ units) + gap >= least - 1e-9 for weights, least in rows)


def test_four_thirds_of_a_unit_no_longer_close_a_gap() -> None:
    weights, least = rounded_rows(np.array([0.75]), 1.0)[0]
    assert least - weights[0] * 4 / 3 == pytest.approx(1 / 6)


@pytest.mark.parametrize("seed", range(20))
def test_the_columns_of_a_plan_keep_every_row_and_say_what_the_search_says(seed: int) -> None:
    """The matrix has a gap for each stretch and a takeover for each day on which tours begin; the search counts by slots."""
    problem = build_problem(scenario_from_seed(seed, SMALL), None)
    search = Search(problem, seed)
    levels = search.levels
    search.fill_up(Charges(np.full(levels, 10.0), np.zeros(len(problem.nations)), 0.0, 0.0))
    exact = build_exact(problem, all_goals=True)
    columns = exact.columns_of(search.starts())
    assert exact.burden is not None
    assert exact.takes is not None
    found = [float(exact.unfilled(level) @ columns) for level in range(levels)]
    found += [float(exact.sum_of(part) @ columns) for part in (exact.burden, exact.takes)]
    assert found == pytest.approx(search.goals()[: levels + 2].tolist(), abs=1e-6)
    first, row, value = exact.model.matrix()
    sums = np.bincount(row, weights=value * np.repeat(columns, np.diff(first)), minlength=exact.model.rows_count)
    lower = np.concatenate(list(exact.model._row_lower))
    upper = np.concatenate(list(exact.model._row_upper))
    assert (sums >= lower - 1e-6).all()
    assert (sums <= upper + 1e-6).all()
