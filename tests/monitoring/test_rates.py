"""Rates per day observed, their exposure and their intervals."""

import math

import numpy as np
import polars as pl
import pytest
from tests.monitoring.made_up import day, exposure, incidents, negative_binomial, of_counts

from contingent.monitoring.estimates import estimate, interval, inverse_size, ratio_interval
from contingent.monitoring.rates import rates
from contingent.monitoring.series import daily_series
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS
from contingent.monitoring.signal_options import SignalOptions


def of(frame, by, **parts):
    """The only row of the whole period with these parts."""
    mine = frame.filter((pl.col("by") == by) & pl.col("window_days").is_null())
    for name, value in parts.items():
        mine = mine.filter(pl.col(name).is_null() if value is None else pl.col(name) == value)
    assert len(mine) == 1
    return mine.row(0, named=True)


def test_a_rate_is_counts_over_days_observed():
    """Four days, two of them watched for half the hours: 6 violations in 3 days observed are 2 a day."""
    frame = incidents([{"sector": "north", "day": 0, "count": 4.0}, {"sector": "north", "day": 3, "count": 2.0}])
    daily = daily_series(frame, exposure([24, 12, 12, 24], sectors=["north"]))
    row = of(rates(frame, daily), "sector", sector="north")
    assert (row["violations"], row["observed_days"], row["rate"]) == (6, 3, 2)
    assert row["low"] < 2 < row["high"]


def test_nothing_in_thirty_days_is_the_rule_of_three():
    """No violation in 30 days: with 95 % the rate is below 3.0 / 30 (Hanley and Lippman-Hand 1983)."""
    daily = daily_series(of_counts(np.zeros((1, 30))), exposure(np.full(30, 24.0), sectors=["north"]))
    row = of(rates(of_counts(np.zeros((1, 30))), daily, SignalOptions(confidence=0.95)), "sector", sector="north")
    assert (row["rate"], row["low"]) == (0, 0)
    assert row["high"] == pytest.approx(-math.log(0.05) / 30)


def test_poisson_ends_are_garwoods():
    """Ten events: 5.43 to 16.96 at 90 %, from the tables of the exact Poisson interval."""
    counts = np.tile([1.0, 0.0], 10)[None]
    low, high = interval(estimate(counts, np.ones((1, 20)), like=0.0), 0.9)
    assert (low[0] * 20, high[0] * 20) == (pytest.approx(5.43, rel=0.03), pytest.approx(16.96, rel=0.03))


def test_days_without_exposure_are_not_days_of_zero():
    frame = incidents([{"sector": "north", "day": 0, "count": 6.0}])
    gaps = exposure([24, 0, 0, 24], sectors=["north"])
    assert of(rates(frame, daily_series(frame, gaps)), "sector", sector="north")["rate"] == 3
    without = gaps.filter(pl.col("observed_h") > 0)
    assert of(rates(frame, daily_series(frame, without)), "sector", sector="north")["rate"] == 3


def test_what_nobody_was_there_to_see_is_told_and_left_out():
    frame = incidents([{"sector": "north", "day": 1, "count": 5.0}, {"sector": "north", "day": 0}])
    daily = daily_series(frame, exposure([24, 0, 24], sectors=["north"]))
    assert of(rates(frame, daily), "sector", sector="north")["violations"] == 1
    assert any("on days that their sector was not observed: 5 incidents" in note for note in daily.notes)


def test_weather_and_monitors_count_as_exposure():
    """Half the sight and twice the median of monitors."""
    watched = exposure([24, 24, 24], sectors=["north"]).with_columns(
        weather=pl.Series([0.5, 1.0, None]), monitors=pl.Series([10.0, 10.0, 20.0]))  # fmt: skip
    daily = daily_series(incidents([{"sector": "north", "day": 0}]), watched)
    assert daily.observed[0].tolist() == [0.5, 1.0, 2.0]
    unmoved = daily_series(incidents([{"sector": "north", "day": 0}]), watched, options=SignalOptions(monitor_power=0.0))
    assert unmoved.observed[0].tolist() == [0.5, 1.0, 1.0]


def test_every_sector_kind_and_party_has_its_row_and_they_add_up():
    frame = incidents([
        {"sector": "north", "day": 0, "party": "A"}, {"sector": "north", "day": 1, "party": "B", "count": 2.0},
        {"sector": "south", "day": 1, "kind": "drone"}, {"sector": None, "day": 2},
        {"sector": "south", "day": 2, "kind": "obstruction"},
    ])  # fmt: skip
    found = rates(frame, daily_series(frame, None, sectors=["east"]))
    assert of(found, "all")["violations"] == 5  # obstruction is counted apart
    assert of(found, "kind", kind="obstruction")["violations"] == 1
    assert of(found, "sector", sector="east")["violations"] == 0
    assert of(found, "sector", sector=None)["violations"] == 1
    assert of(found, "sector_kind_party", sector="north", party="B")["violations"] == 2
    assert of(found, "sector_kind_party", sector=None)["party"] is None
    whole = found.filter(pl.col("window_days").is_null() & (pl.col("kind").is_null() | (pl.col("kind") != "obstruction")))
    sums = dict(whole.group_by("by").agg(pl.col("violations").sum()).iter_rows())
    assert sums == {"all": 5, "kind": 5, "sector": 5, "sector_kind": 5, "sector_kind_party": 5}
    assert dict(found.schema) == SIGNAL_COLUMNS["rates"]


def test_windows_are_the_last_days_and_no_number_is_nan():
    counts = np.zeros((2, 40))
    counts[0, 39] = 7
    found = rates(of_counts(counts), daily_series(of_counts(counts), exposure(np.full((2, 40), 24.0))))
    assert found["window_days"].unique().sort(nulls_last=True).to_list() == [7, 28, None]
    week = found.filter((pl.col("by") == "sector") & (pl.col("sector") == "S0") & (pl.col("window_days") == 7)).row(0, named=True)
    assert (week["rate"], week["from_date"], week["until_date"]) == (1, day(33), day(39))
    for name in ("rate", "low", "high", "overdispersion"):
        assert not found[name].is_nan().any()


@pytest.mark.parametrize(
    ("mean", "size", "days"), [(0.05, 1.0, 28), (0.5, 0.4, 90), (2.0, 0.4, 28), (5.0, 1.5, 7), (20.0, 1e9, 28)]
)
def test_intervals_hold_the_true_rate_as_often_as_they_say(mean, size, days):
    """400 sectors of one dispersion, hours of two lengths; 90 % promised, at least 87 % kept (two standard errors below)."""
    generator = np.random.default_rng(5)
    hours = generator.choice([0.5, 1.0], size=(400, days))
    counts = negative_binomial(generator, mean * hours, size).astype(float)
    low, high = interval(estimate(counts, hours, like=inverse_size(counts, hours)), 0.9)
    assert np.mean((low <= mean) & (mean <= high)) >= 0.87


def test_dispersion_is_found_again():
    """The inverse size of 200 series of 90 days, of sizes that are known."""
    generator = np.random.default_rng(6)
    for size in (0.5, 2.0, 10.0):
        counts = negative_binomial(generator, 6.0, size, (200, 90)).astype(float)
        assert inverse_size(counts, np.ones((200, 90))) == pytest.approx(1 / size, rel=0.1)
    assert inverse_size(generator.poisson(6.0, (200, 90)).astype(float), np.ones((200, 90))) == pytest.approx(0, abs=0.01)


def test_the_ratio_of_two_rates_holds_the_truth():
    generator = np.random.default_rng(7)
    before = negative_binomial(generator, 4.0, 1.0, (400, 60)).astype(float)
    after = negative_binomial(generator, 8.0, 1.0, (400, 30)).astype(float)
    _, low, high = ratio_interval(estimate(after, np.ones((400, 30))), estimate(before, np.ones((400, 60))), 0.9)
    assert np.mean((low <= 2) & (high >= 2)) >= 0.87
