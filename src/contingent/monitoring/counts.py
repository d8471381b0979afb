"""What was reported in a period and in as many days before it, and weeks of it with their intervals."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from contingent.monitoring.estimates import estimate, interval
from contingent.monitoring.series import daily_series
from contingent.monitoring.signal_options import OBSTRUCTION, SignalOptions
from contingent.monitoring.situation import COUNT_COLUMNS, DAYS_A_WEEK, TREND_COLUMNS, Period

MOST_WEEKS = 26
"""Weeks of the trend. [weeks]"""

VIOLATION = pl.col("kind") != OBSTRUCTION
"""Every kind but obstruction, which is of the monitors."""


def counts_of(incidents: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return what was reported by sector and kind: in the period, and in as many days before.

    Parameters
    ----------
    incidents : polars.DataFrame
        Located. An incident counts on the day of its `time`; a row whose count is 0 is no incident.
    period : Period
        The days.
    """
    now, before = (_counted(incidents, days) for days in (period, period.before))
    both = now.join(before, on=["sector", "kind"], how="full", suffix="_before", coalesce=True, nulls_equal=True)
    filled = both.with_columns(pl.exclude("sector", "kind").fill_null(0)).sort("sector", "kind", nulls_last=True)
    return filled.select(pl.col(name).cast(kind) for name, kind in COUNT_COLUMNS.items())


def _counted(incidents: pl.DataFrame, period: Period) -> pl.DataFrame:
    inside = incidents.filter(pl.col("time").dt.date().is_between(period.since, period.until) & (pl.col("count") > 0))
    return inside.group_by("sector", "kind").agg(
        violations=pl.col("count").sum(), incidents=pl.len(), killed=pl.col("killed").sum(), wounded=pl.col("wounded").sum()
    )


def trend_of(
    incidents: pl.DataFrame, exposure: pl.DataFrame | None, sectors: Sequence[str], period: Period, options: SignalOptions
) -> pl.DataFrame:
    """Return violations a day observed by sector and week, with intervals; weeks end with the last day of the period.

    A sector in which nothing was reported in all these weeks is left out; all together are always there.
    """
    daily = daily_series(incidents, exposure, sectors=sectors, options=options)
    if daily is None:
        return pl.DataFrame(schema=TREND_COLUMNS)
    weeks = min(daily.days // DAYS_A_WEEK, MOST_WEEKS)
    frames = []
    for sector in (None, *daily.sectors):
        counts, observed, _ = daily.of(sector, None)
        if weeks == 0 or (sector is not None and not counts[-weeks * DAYS_A_WEEK :].any()):
            continue
        cut = (part[-weeks * DAYS_A_WEEK :].reshape(weeks, DAYS_A_WEEK) for part in (counts, observed))
        of = estimate(*cut)
        low, high = interval(of, options.confidence)
        ends = [period.until - timedelta(days=DAYS_A_WEEK * back) for back in range(weeks - 1, -1, -1)]
        frames.append(pl.DataFrame({
            "sector": pl.Series([sector] * weeks, dtype=pl.String),
            "from_date": [end - timedelta(days=DAYS_A_WEEK - 1) for end in ends], "until_date": ends,
            "violations": np.where(of.exposure > 0, of.total, np.nan), "observed_days": of.exposure,
            "rate": np.where(of.exposure > 0, of.rate, np.nan), "low": low, "high": high,
        }, schema=TREND_COLUMNS).with_columns(pl.col("violations", "rate", "low", "high").fill_nan(None)))  # fmt: skip
    return pl.concat(frames) if frames else pl.DataFrame(schema=TREND_COLUMNS)
