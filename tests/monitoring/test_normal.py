"""What is normal, and what is unusual today."""

import numpy as np
import polars as pl
import pytest
from tests.monitoring.made_up import day, exposure, incidents, negative_binomial, of_counts

from contingent.monitoring.change import follow_series
from contingent.monitoring.normal import normal, unusual
from contingent.monitoring.series import daily_series
from contingent.monitoring.signal_options import SignalOptions


def value(frame, part, number, sector="S0"):
    return frame.filter((pl.col("part") == part) & (pl.col("value") == number) & (pl.col("sector") == sector)).row(0, named=True)


def test_mondays_are_twice_as_loud():
    counts = np.tile([4, 2, 2, 2, 2, 2, 0], 8)
    found = normal(of_counts(counts), daily_series(of_counts(counts), exposure(np.full((1, 56), 24.0))))
    assert (value(found, "weekday", 1)["rate"], value(found, "weekday", 1)["ratio"]) == (4, 2)
    assert value(found, "weekday", 7)["low"] == 0 < value(found, "weekday", 7)["high"] < 1
    assert value(found, "weekday", 2)["low"] < 2 < value(found, "weekday", 2)["high"]
    assert value(found, "month", 1)["observed_days"] == 28
    assert found.filter((pl.col("part") == "month") & (pl.col("value") == 12)).is_empty()


def test_hours_are_of_times_that_are_known_to_the_hour_and_in_the_zone_asked_for():
    """Ten nights at 22:00 UTC are at midnight in Kyiv in winter; what is known to the day only says nothing of hours."""
    rows = [{"sector": "S0", "day": number, "hour": 22, "precision_h": 0.5} for number in range(10)]
    rows += [{"sector": "S0", "day": number, "hour": 12, "precision_h": 24.0} for number in range(10)]
    frame = incidents(rows)
    daily = daily_series(frame, None)
    assert value(normal(frame, daily), "hour", 22)["ratio"] == 24
    assert value(normal(frame, daily), "hour", 22)["rate"] == 24
    assert value(normal(frame, daily, SignalOptions(zone="Europe/Kyiv")), "hour", 0)["violations"] == 10
    assert value(normal(frame, daily), "hour", 12)["violations"] == 0


def test_a_day_out_of_the_usual_is_told_with_what_was_expected():
    counts = negative_binomial(np.random.default_rng(1), 5.0, 3.0, (2, 60))
    counts[0, -1], counts[1, -1] = 60, 5
    daily = daily_series(of_counts(counts), exposure(np.full((2, 60), 24.0)))
    found = unusual(daily, follow_series(daily))
    rows = {row["sector"]: row for row in found.iter_rows(named=True)}
    assert (rows["S0"]["verdict"], rows["S1"]["verdict"]) == ("more", "usual")
    assert rows["S0"]["date"] == day(59)
    assert rows["S0"]["expected"] == pytest.approx(5, rel=0.3)
    assert rows["S0"]["low"] <= 5 <= rows["S0"]["high"] < 60


def test_usual_days_are_rarely_unusual():
    """200 quiet sectors: of one day, no more than a tenth lies outside an interval of 90 %, and hardly any is a discovery."""
    counts = negative_binomial(np.random.default_rng(2), 3.0, 1.0, (200, 70))
    daily = daily_series(of_counts(counts), exposure(np.full((200, 70), 24.0)))
    found = unusual(daily, follow_series(daily))
    assert ((found["violations"] < found["low"]) | (found["violations"] > found["high"])).mean() <= 0.13
    assert (found["verdict"] != "usual").sum() <= 2
