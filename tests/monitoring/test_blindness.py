"""Fewer violations or fewer eyes: simulated sectors of which the truth is known."""

from collections import Counter

import numpy as np
import polars as pl
import pytest
from tests.monitoring.made_up import exposure, negative_binomial, of_counts

from contingent.monitoring.blindness import SAYINGS, blindness
from contingent.monitoring.series import daily_series

SECTORS, DAYS, LAST = 50, 42, 14


def verdicts(*, truth=1.0, hours=1.0, obstruction=1.0, given=True, seed=1):
    """Verdicts of 50 sectors whose violations, hours observed and obstruction are multiplied in the last fortnight."""
    generator = np.random.default_rng(seed)
    last = np.arange(DAYS) >= DAYS - LAST
    seen = np.where(last, hours, 1.0)
    counts = negative_binomial(generator, np.broadcast_to(6.0 * np.where(last, truth, 1.0) * seen, (SECTORS, DAYS)), 3.0)
    hindered = generator.poisson(np.broadcast_to(0.5 * np.where(last, obstruction, 1.0), (SECTORS, DAYS)))
    frame = pl.concat([of_counts(counts), of_counts(hindered, kind="obstruction")])
    watched = exposure(np.broadcast_to(24.0 * seen, (SECTORS, DAYS))) if given else None
    found = blindness(daily_series(frame, watched)).filter(pl.col("sector").is_not_null())
    assert (found["statement"].str.contains("Evidence")).all()
    return Counter(found["verdict"])


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ({"hours": 0.4}, "going_blind"),
        ({"hours": 0.4, "obstruction": 4.0}, "going_blind"),
        ({"truth": 0.3, "hours": 0.4, "obstruction": 3.0}, "quieter_and_blinder"),
        ({"truth": 0.3}, "quieter"),
        ({"truth": 2.5, "hours": 0.4}, "hidden_rise"),
        ({"hours": 0.01}, "blind"),
        ({"truth": 0.4, "obstruction": 4.0, "given": False}, "perhaps_blind"),
        ({}, "see_the_same"),
    ],
)
def test_the_verdict_is_the_truth_in_four_sectors_of_five(case, verdict):
    """Violations that are constant while observation falls are told from violations that fall, and from both."""
    assert verdicts(**case)[verdict] >= 0.8 * SECTORS


def test_a_quiet_sector_is_rarely_said_to_go_blind():
    """500 sectors in which nothing changes: one in twenty seems to fall, by the interval of 90 %, and none goes blind."""
    found = sum((verdicts(seed=seed) for seed in range(2, 12)), Counter())
    assert found["going_blind"] + found["blind"] + found["hidden_rise"] == 0
    assert found["quieter"] + found["perhaps_blind"] <= 0.08 * 500


def test_the_statement_tells_the_numbers_it_rests_on():
    counts = np.concatenate([np.full(28, 10), np.full(14, 5)])
    hours = np.concatenate([np.full(28, 24.0), np.full(14, 12.0)])
    row = blindness(daily_series(of_counts(counts), exposure(hours))).filter(pl.col("sector") == "S0").row(0, named=True)
    assert (row["verdict"], row["exposure_ratio"], row["rate_ratio"], row["reports_ratio"]) == ("going_blind", 0.5, 1.0, 0.5)
    assert row["obstruction_ratio"] is None
    assert row["statement"].startswith(SAYINGS["going_blind"])
    assert "70 violations in the 14 days" in row["statement"]
    assert "50 % of the observation before" in row["statement"]


def test_too_few_days_bring_no_verdict():
    assert blindness(daily_series(of_counts(np.ones(20)), None)).is_empty()
