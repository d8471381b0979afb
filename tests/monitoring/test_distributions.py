"""Gamma and negative binomial against SciPy 1.16's published functions, by values computed once."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingent.monitoring import distributions_kernel as kernel

GAMMA = [
    (0.5, 0.001, 7.853985746312461e-07), (0.5, 0.05, 0.001966070000009761), (0.5, 0.95, 1.920729410347062),
    (1, 0.5, 0.6931471805599455), (1, 0.999, 6.907755278982137), (3.5, 0.001, 0.299246876187688), (3.5, 0.95, 7.033570224670084),
    (40, 0.05, 30.195739194344732), (40, 0.999, 62.41961200788239),
    (2500, 0.001, 2348.3336908678993), (2500, 0.95, 2582.8072593379015),
]  # fmt: skip
COUNT_SHARES = [
    (0, 0.1, 0.3, 0.9173147546424016), (3, 2, 1, 0.8024691358024691), (10, 40, 0.5, 0.39475858833816346),
    (650, 600, 3, 0.6308166253180989), (5000, 5200, 40, 0.42388668021322734), (0, 0.5, np.inf, 0.6065306597126334),
    (7, 7, np.inf, 0.5987138355230368), (90, 120, np.inf, 0.002551182519762921),
]  # fmt: skip
COUNT_QUANTILES = [
    (0.05, 2, 0.4, 0),
    (0.5, 2, 0.4, 1),
    (0.95, 2, 0.4, 9),
    (0.975, 600, 1.5, 1871),
    (0.025, 600, 1.5, 42),
    (0.99, 0.05, 0.3, 1),
]


@pytest.mark.parametrize(("shape", "share", "value"), GAMMA)
def test_gamma_quantiles_are_those_of_scipy(shape, share, value):
    assert kernel.gamma_quantile(shape, share) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(("count", "mean", "size", "share"), COUNT_SHARES)
def test_shares_of_counts_are_those_of_scipy(count, mean, size, share):
    assert kernel.count_share(count, mean, size) == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize(("share", "mean", "size", "count"), COUNT_QUANTILES)
def test_quantiles_of_counts_are_those_of_scipy(share, mean, size, count):
    assert kernel.count_quantile(share, mean, size) == count


def test_derivatives_of_the_gamma_function_are_those_of_scipy():
    assert kernel.digamma(np.array([0.5, 2.5, 30.0])) == pytest.approx(
        [-1.9635100260214235, 0.7031566406452432, 3.384438132685525]
    )
    assert kernel.trigamma(np.array([0.5, 2.5, 30.0])) == pytest.approx(
        [4.93480220054468, 0.4903577561002349, 0.033895060357739946]
    )


def test_students_quantile_is_right_to_one_per_cent_from_four_degrees_of_freedom():
    found = kernel.student_quantile(np.array([0.9, 0.95, 0.975, 0.95]), np.array([4.0, 4.0, 8.0, 30.0]))
    assert found == pytest.approx([1.533206274058944, 2.1318467863266495, 2.306004135204166, 1.697260886593957], rel=0.01)


def test_tails_of_the_binomial_are_those_of_scipy():
    found = kernel.beta_tail(np.array([1.0, 8.0, 30.0, 0.0]), np.array([10.0, 20.0, 40.0, 5.0]), np.array([0.1, 0.2, 0.5, 0.3]))
    assert found == pytest.approx([0.6513215599, 0.03214266308087516, 0.0011107168866146822, 1.0])


@settings(max_examples=50, deadline=None)
@given(st.floats(0.05, 300), st.floats(0.1, 50))
def test_shares_of_counts_are_sums_of_probabilities(mean, size):
    """The closed form against the sum of the textbook's probabilities."""
    counts = np.arange(0, 30)
    logs = [math.lgamma(x + size) - math.lgamma(size) - math.lgamma(x + 1) + size * math.log(size / (size + mean))
            + x * math.log(mean / (size + mean)) for x in counts]  # fmt: skip
    assert kernel.count_share(counts.astype(float), mean, size) == pytest.approx(np.cumsum(np.exp(logs)), rel=1e-7, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0.01, 500), st.floats(0.1, 50))
def test_a_quantile_is_the_least_count_that_holds_its_share(share, mean, size):
    count = kernel.count_quantile(share, mean, size)
    assert kernel.count_share(count, mean, size) >= share
    assert count == 0 or kernel.count_share(count - 1, mean, size) < share
