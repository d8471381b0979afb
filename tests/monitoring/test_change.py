"""Changes: by hand, by the sum of likelihood ratios itself, by simulation, and on what the OSCE's monitors counted."""

import math
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.monitoring.made_up import INCIDENTS, day, exposure, negative_binomial, of_counts
from tests.monitoring.power import PROBABILITY, false_share, followed, found_share

import contingent.monitoring
from contingent.monitoring.change import (
    PRIOR,
    RATES,
    SIZES,
    SMALLEST,
    WIDTH,
    changes_frame,
    follow_series,
    series_frame,
    threshold_for,
    weekday_factors,
)  # fmt: skip
from contingent.monitoring.change_kernel import AS_KNOWN, change_shapes
from contingent.monitoring.readers.read import read_incidents
from contingent.monitoring.series import daily_series, exposure_of_reports
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS
from contingent.monitoring.signal_options import SignalOptions

EACH = SignalOptions(across="each")


def assessed(counts, hours=None, options=EACH):
    """Daily series, what the detector says, and its changes."""
    daily = daily_series(of_counts(counts), None if hours is None else exposure(hours), options=options)
    seen = follow_series(daily, options)
    return daily, seen, changes_frame(daily, seen, options)


def test_a_quiet_month_and_a_loud_one_change_on_the_day_between():
    counts = np.concatenate([np.tile([4, 6, 5], 20), np.tile([38, 42, 40], 10)])
    _, _, changes = assessed(counts)
    row = changes.filter(pl.col("sector") == "S0").row(0, named=True)
    assert (row["changed"], row["direction"], row["grade"]) == (day(60), "rise", "called")
    assert row["flagged"] <= day(61)
    assert row["ratio"] == pytest.approx(8, rel=0.05)
    assert row["ratio_low"] < 8 < row["ratio_high"]
    assert row["evidence"] >= row["threshold"] == pytest.approx(math.log(14600))


def test_a_fall_to_nothing_is_called_and_dated():
    counts = np.concatenate([negative_binomial(np.random.default_rng(1), 10.0, 2.0, 90), np.zeros(30)])
    row = assessed(counts, np.full((1, 120), 24.0))[2].filter(pl.col("sector") == "S0").row(0, named=True)
    assert (row["direction"], row["after"]) == ("fall", 0)
    assert abs((row["changed"] - day(90)).days) <= 1
    assert row["flagged"] <= day(97)
    assert 0 < row["ratio_high"] < 0.2


def test_fewer_hours_are_no_change():
    """Half the hours halve the counts: the rate is the same, and nothing is called; without the hours, it would be."""
    generator = np.random.default_rng(2)
    hours = np.where(np.arange(180) < 90, 24.0, 3.0)
    counts = negative_binomial(generator, 12 * hours / 24, 3.0)
    assert assessed(counts, hours)[2].is_empty()
    assert not assessed(counts)[2].is_empty()


def test_days_that_are_missing_are_not_days_of_zero():
    generator = np.random.default_rng(3)
    counts = negative_binomial(generator, 12.0, 3.0, 200)
    hours = np.where((np.arange(200) % 50) < 20, 24.0, 0.0)
    daily, _, changes = assessed(np.where(hours > 0, counts, 0), hours)
    assert changes.is_empty()
    frame = series_frame(daily, follow_series(daily, EACH)).filter(pl.col("sector") == "S0")
    assert frame.filter(pl.col("violations").is_null())["date"].to_list() == [
        day(number) for number in range(200) if hours[number] == 0
    ]
    assert dict(frame.schema) == SIGNAL_COLUMNS["series"]


def test_a_report_of_two_days_weighs_as_two_days():
    """The count of two days in one row of 48 hours is no rise."""
    counts, hours = np.full(60, 20.0), np.full(60, 24.0)
    counts[1::6], hours[1::6] = 40.0, 48.0
    counts[2::6], hours[2::6] = 0.0, 0.0
    assert assessed(counts, hours)[2].is_empty()


def test_the_statistic_is_the_sum_of_likelihood_ratios():
    """The recursion against the definition, summed in full over the lattice for a short stream."""
    counts = [3, 5, 2, 4, 9, 14]
    _, _, evidence = followed(counts, threshold=1e12)
    shapes, points = change_shapes(np.log(RATES), SMALLEST, WIDTH), len(RATES)

    def likelihood(count):
        return np.concatenate([
            np.exp([math.lgamma(count + k) - math.lgamma(k) - math.lgamma(count + 1) + k * math.log(k / (k + rate))
                    + count * math.log(rate / (k + rate)) for rate in RATES]) for k in SIZES])  # fmt: skip

    def posterior(part):
        return PRIOR * np.prod([likelihood(count) for count in part], axis=0) if part else PRIOR.copy()

    for last in range(1, len(counts)):
        total = 0.0
        for start in range(1, last + 1):
            before = posterior(counts[:start])
            known = before / before.sum()
            level = float((known * np.tile(np.log(RATES), len(SIZES))).sum())
            nearest = int((level - np.log(RATES[0])) / np.log(RATES[1] / RATES[0]) + 0.5)
            sizes = known.reshape(len(SIZES), points).sum(axis=1)
            prior = ((AS_KNOWN * sizes + (1 - AS_KNOWN) / len(SIZES))[:, None] * shapes[nearest]).ravel()
            since = np.prod([likelihood(count) for count in counts[start : last + 1]], axis=0)
            total += float((prior * since).sum() / (known * since).sum())
        assert evidence[last] == pytest.approx(math.log(total), rel=1e-6)


def test_tomorrow_does_not_move_what_was_called_today():
    generator = np.random.default_rng(4)
    counts = negative_binomial(generator, np.repeat([4.0, 16.0, 3.0], 60), 2.0)
    flagged = [
        list(assessed(counts[:days], np.full((1, days), 24.0))[2].filter(pl.col("grade") == "called")["flagged"])
        for days in (80, 130, 180)
    ]
    assert flagged[-1]
    for earlier, later in pairwise(flagged):
        assert later[: len(earlier)] == earlier


def test_the_order_of_rows_changes_nothing():
    counts = negative_binomial(np.random.default_rng(8), 5.0, 1.0, (3, 100))
    frame = of_counts(counts)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3)
    first, second = (
        series_frame(daily, follow_series(daily)) for daily in (daily_series(frame, None), daily_series(shuffled, None))
    )
    assert first.equals(second)


@pytest.mark.parametrize(("rate", "size"), [(0.5, 0.5), (5.0, 0.7), (50.0, 1e9)])
def test_quiet_years_bring_a_call_no_more_often_than_stated(rate, size):
    """100 years: 5 % are stated; more than 11 of 100 would come by chance once in a hundred tries."""
    assert false_share(rate, size, runs=100, seed=21) <= 0.11


def test_weekdays_are_learned_and_bring_no_calls():
    """Mondays of twice a Sunday's count, in 40 sectors: 5 % of the series are called at most; the factors are found."""
    generator = np.random.default_rng(9)
    factor = np.array([1.3, 1.2, 1.1, 1.0, 1.0, 0.7, 0.7])
    counts = negative_binomial(generator, 8 * np.tile(factor, 53)[:365][None], 2.0, (40, 365))
    daily, seen, changes = assessed(counts, np.full((40, 365), 24.0))
    assert changes.filter(pl.col("grade") == "called")["sector"].n_unique() <= 0.12 * len(seen.keys)
    learned = weekday_factors(daily)[-7:]
    assert learned == pytest.approx(np.roll(factor, -(358 % 7)), abs=0.12)


def test_many_series_together_share_one_rate_of_false_alarms():
    """60 quiet series, one probability for all: a call in any of them is as rare as in one alone."""
    counts = negative_binomial(np.random.default_rng(10), 3.0, 1.0, (60, 365))
    _, seen, changes = assessed(counts, np.full((60, 365), 24.0), SignalOptions())
    assert seen.threshold == pytest.approx(threshold_for(PROBABILITY, series=61))
    assert changes.filter(pl.col("grade") == "called").is_empty()


@pytest.mark.parametrize(
    ("rate", "size", "factor", "least"),
    [(5.0, 2.0, 4.0, 0.9), (50.0, 0.5, 8.0, 0.8), (0.5, 1e9, 8.0, 0.9), (50.0, 1e9, 2.0, 0.95)],
)
def test_known_changes_are_found_within_four_weeks(rate, size, factor, least):
    assert found_share(rate, size, factor, runs=60, seed=31)[1] >= least


def test_the_interval_of_the_day_holds_the_true_day():
    """100 streams that change by a factor of four on a known day: nine in ten intervals of 90 % hold it."""
    generator = np.random.default_rng(12)
    counts = negative_binomial(generator, np.repeat([5.0, 20.0], 60)[None], 2.0, (100, 120))
    _, _, changes = assessed(counts, np.full((100, 120), 24.0))
    first = changes.filter(pl.col("sector").is_not_null()).sort("flagged").unique("sector", keep="first")
    assert len(first) >= 97
    held = first.filter(pl.col("changed_from").le(day(60)) & pl.col("changed_until").ge(day(60)))
    assert len(held) >= 0.85 * len(first)


# ------------------------------------------------------------------------------------- what the OSCE's monitors counted


def osce():
    """Counts by region and day, quiet days with 0, as the mission's reports gave them or repeated them of the day before."""
    table = Path(contingent.monitoring.__file__).parent / "examples" / "osce_daily_counts.csv"
    return read_incidents(table).incidents.with_columns(sector=pl.col("region"))


def osce_changes(counted, until=None):
    options = SignalOptions(across="each", until=until, day_precision_h=48.0)
    daily = daily_series(counted, exposure_of_reports(counted), options=options)
    return changes_frame(daily, follow_series(daily, options), options)


def test_the_surge_of_february_2022_is_flagged_on_its_day():
    """On 18 February, after 402, 648 and 975 on three days, Luhansk is put on watch; the next report puts both together on it."""
    found = osce()
    lately = pl.col("flagged") >= date(2021, 6, 1)
    on_the_day = osce_changes(found, until=date(2022, 2, 18)).filter(lately)
    assert on_the_day.select("sector", "grade", "flagged", "direction").rows() == [
        ("Luhansk", "watch", date(2022, 2, 18), "rise")]  # fmt: skip
    after = osce_changes(found).filter(lately)
    assert after.select("sector", "flagged", "changed", "direction").rows()[-1] == (
        None, date(2022, 2, 19), date(2022, 2, 17), "rise")  # fmt: skip


def test_between_the_fall_and_the_surge_only_what_is_there_is_called():
    """From some 30 a day in 2020 to some 300 in 2021: one rise in each region and together, and nothing else in 19 months."""
    between = osce_changes(osce(), until=date(2022, 2, 17))
    assert between.select("sector", "direction", "grade").sort("sector").rows() == [
        (None, "rise", "called"), ("Donetsk", "rise", "called"), ("Luhansk", "rise", "called")]  # fmt: skip
    assert between["changed"].is_between(date(2021, 1, 1), date(2021, 1, 31)).all()
    assert (between["ratio_low"] > 3).all()


@pytest.mark.parametrize("size", [3.0, 6.0])
def test_the_fall_of_27_july_2020_is_dated_to_the_day(size):
    """Reports before 27 July 2020 gave no numbers of a day; their mean, 623 a day, was published for the year [1]_.

    The days before are drawn about that mean, ten times, at two dispersions; from the 27th to October they are what was counted.
    The 27th itself had 111, more than any day of the eight weeks after, so that a draw whose last days are quiet by chance may
    leave it to the time before, or add a day to the time after.

    .. [1] OSCE Special Monitoring Mission, report on 2020, quoted by the Kyiv Post, 15 February 2021 (623 a day before, 33
    after).
    """
    counted = osce()
    by_day = counted.group_by("time").agg(pl.col("count").sum(), pl.col("precision_h").first(), pl.len())
    together = by_day.filter(pl.col("len") == 2).drop("len").filter(pl.col("time") < datetime(2020, 10, 15))
    generator = np.random.default_rng(13)
    times = [datetime(2020, 7, 26) - timedelta(days=number) for number in range(90)]
    to_the_day = 0
    for _ in range(10):
        drawn = pl.DataFrame({"time": times, "count": negative_binomial(generator, 623.0, size, 90).astype(float)})
        both = pl.concat([together, drawn.with_columns(precision_h=pl.lit(24.0))], how="diagonal_relaxed")
        blank = [pl.lit(None, kind).alias(name) for name, kind in INCIDENTS.items() if name not in both.columns]
        frame = both.with_columns(blank).with_columns(sector=pl.lit("both"), kind=pl.lit("other"))
        found = osce_changes(frame).filter(pl.col("flagged") < date(2020, 9, 1))
        assert set(found["direction"]) == {"fall"}
        assert found["flagged"].is_between(date(2020, 7, 27), date(2020, 7, 30)).all()
        assert found["changed"].is_between(date(2020, 7, 26), date(2020, 7, 28)).all()
        to_the_day += found["changed"].eq(date(2020, 7, 27)).all()
    assert to_the_day >= 8
