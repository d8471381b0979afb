"""Delays: against published worked examples, closed forms, and simulated pledges whose delay is known."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.aid.ledgers import DELIVERIES, EQUIPMENT, PLEDGES, day, delivery, kind, pledge, table

from contingent.aid.delays import delays
from contingent.aid.portions import portions
from contingent.aid.survival import Everybody, adjusted_by_holm, kaplan_meier

# Freireich et al., Blood 21 (1963): weeks of remission of 21 patients with 6-mercaptopurine, and of 21 without.
WITH = [(6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0), (20, 0),
        (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)]
WITHOUT = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TYPES = table(EQUIPMENT, kind("T1"))


def arrays(rows):
    return np.array([float(time) for time, _ in rows]), np.array([bool(event) for _, event in rows])


def test_the_published_remission_times_give_the_published_curve():
    """Cox and Oakes, Analysis of Survival Data (1984), and every textbook since: S(t) and Greenwood's standard errors."""
    curve = kaplan_meier(*arrays(WITH))
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.awaited == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert curve.error == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)
    assert curve.quantile(0.5)[0] == 23
    assert kaplan_meier(np.array(WITHOUT, float), np.ones(21, bool)).quantile(0.5)[0] == 8


def test_the_published_remission_times_give_the_published_log_rank_statistic():
    """16.79 with one degree of freedom; 19.3 of the treated were to be expected where 9 were seen."""
    days, arrived = arrays(WITH + [(time, 1) for time in WITHOUT])
    ones = np.ones(42)
    expected, statistic, probability = Everybody.of(days, arrived, ones).log_rank(days[:21], arrived[:21], ones[:21])
    assert (expected, statistic) == (pytest.approx(19.25, abs=0.01), pytest.approx(16.793, abs=0.001))
    assert probability == pytest.approx(4.17e-5, rel=0.01)


def test_without_censoring_the_curve_is_the_share_that_lasts_longer():
    days = np.array([3.0, 5.0, 5.0, 9.0])
    curve = kaplan_meier(days, np.ones(4, bool))
    assert curve.awaited.tolist() == [0.75, 0.25, 0.0]
    assert curve.error[:2] == pytest.approx([math.sqrt(0.75 * 0.25 / 4), math.sqrt(0.25 * 0.75 / 4)])  # binomial


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=30))
def test_intervals_hold_the_curve_and_the_curve_only_falls(rows):
    curve = kaplan_meier(*arrays(rows))
    assert np.all(np.diff(np.concatenate([[1.0], curve.awaited])) <= 1e-12)
    assert np.all((curve.low <= curve.awaited + 1e-12) & (curve.awaited <= curve.high + 1e-12))
    assert np.all((curve.low >= 0) & (curve.high <= 1))


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=15), st.integers(2, 5))
def test_a_pledge_cut_into_parts_counts_as_one(rows, parts):
    days, arrived = arrays(rows)
    whole = kaplan_meier(days, arrived)
    cut = kaplan_meier(np.repeat(days, parts), np.repeat(arrived, parts), np.full(len(days) * parts, 1.0 / parts))
    assert cut.awaited == pytest.approx(whole.awaited)
    assert cut.error == pytest.approx(whole.error)


def test_known_delays_are_found_though_half_are_still_awaited():
    """Exponential delays of 200 days, watched for 30 to 250 days: the mean of those that came would be far too short."""
    random = np.random.default_rng(7)
    true, watched = random.exponential(200.0, 5000), random.uniform(30, 250, 5000)
    curve = kaplan_meier(np.minimum(true, watched), true <= watched)
    at = np.searchsorted(curve.times, [50, 100, 150, 200]) - 1
    assert curve.awaited[at] == pytest.approx(np.exp(-np.array([50, 100, 150, 200]) / 200.0), abs=0.03)


def test_holm_is_as_in_his_example():
    assert adjusted_by_holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_portions_of_a_pledge_by_hand():
    """Ten promised: four came on day 20, nine more on day 50 (six count); of B nothing came; of C, which is money, half."""
    pledges = table(PLEDGES, pledge("A"), pledge("B", 30), pledge("C", quantity=None, value_m=8.0), pledge("D", kind="aggregate"),
                    pledge("E", counted="no"), pledge("F", 200))  # fmt: skip
    deliveries = table(DELIVERIES, delivery("1", "A", 20, 4.0), delivery("2", "A", 50, 9.0), delivery("4", "B", 150),
                       delivery("3", "C", 0, None, value_m=4.0, date=None, as_of=day(40)))  # fmt: skip
    shown = ("pledge", "weight", "days", "arrived")
    found = portions(pledges, deliveries, TYPES, as_of=day(100), complete=True).select(shown).rows()
    flags = pledges.with_columns(pl.col("counted") == "yes")
    assert portions(flags, deliveries, TYPES, as_of=day(100), complete=True).select(shown).rows() == found
    assert found == [("A", 0.4, 20.0, True), ("A", 0.6, 50.0, True), ("B", 1.0, 70.0, False), ("C", 0.5, 40.0, True),
                     ("C", 0.5, 100.0, False)]  # fmt: skip


def test_frames_name_each_group_and_adjust_within_a_cut():
    pledges = table(PLEDGES, *(pledge(f"A{n}", n) for n in range(8)), *(pledge(f"B{n}", n, donor="BBB") for n in range(8)))
    deliveries = table(DELIVERIES, *(delivery(f"A{n}", f"A{n}", n + 10) for n in range(8)),
                       *(delivery(f"B{n}", f"B{n}", n + 60 + n) for n in range(6)))  # fmt: skip
    summary, curve = delays(pledges, deliveries, TYPES, as_of=day(100), complete=True)
    assert summary.select("donor", "family").rows() == [
        (None, None), ("AAA", None), ("BBB", None), (None, "tanks"), ("AAA", "tanks"), ("BBB", "tanks")]  # fmt: skip
    slow = summary.row(2, named=True)
    assert (slow["pledges"], slow["arrived"], slow["awaited"], slow["median_days"]) == (8.0, 6.0, 2.0, 63.0)
    assert slow["expected"] > slow["arrived"]
    assert slow["adjusted"] < 0.01
    assert slow["delivered_180"] is None  # nothing was watched for so long
    assert summary["delivered_180"][1] == 1.0
    assert set(curve.filter(pl.col("donor") == "AAA")["days"]) == {10.0}


def test_an_empty_ledger_has_no_delays():
    summary, curve = delays(table(PLEDGES), table(DELIVERIES), TYPES, as_of=day(0), complete=True)
    assert (len(summary), len(curve)) == (0, 0)
