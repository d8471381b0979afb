"""What is normal for the hour, the weekday and the month, and what is unusual today: frames ``normal`` and ``unusual``.

    normal     violations per day observed in each hour, weekday, month, with the interval of a rate (estimates), and its ratio
    to the mean unusual    the last day observed against the eight weeks before it: a negative binomial forecast that knows how
               uncertain the rate is and how days scatter; probabilities adjusted for all series looked at

An hour's rate is of incidents whose time is known to the hour, so that it is a part of the day's rate where others are less sure;
the ratio is what may be read. Hours and weekdays are those of a time zone where one is named.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from contingent.monitoring.change import WEEKDAYS, Followed
from contingent.monitoring.distributions_kernel import count_quantile, count_share
from contingent.monitoring.estimates import JEFFREYS, Estimate, estimate, interval, inverse_size
from contingent.monitoring.false_discovery import adjusted
from contingent.monitoring.series import HOURS_A_DAY, DailySeries, Floats, Key
from contingent.monitoring.signal_columns import signal_frame
from contingent.monitoring.signal_options import OBSTRUCTION, SignalOptions

HOURS, MONTHS = 24, 12
BEFORE = 56
"""Days before a day that say what is usual. [days]"""
LEAST_DAYS = 7
"""Days that must have been observed before a day is called unusual. [days]"""


def normal(incidents: pl.DataFrame, daily: DailySeries, options: SignalOptions | None = None) -> pl.DataFrame:
    """Return frame ``normal``, for all sectors together and each sector that had a violation."""
    asked = options or SignalOptions()
    counts, observed, names = _violations(daily)
    dates = pl.date_range(daily.first, daily.last, eager=True)
    frames = [
        _parts(names, counts, observed, part="weekday", value=dates.dt.weekday().to_numpy() - 1, number=WEEKDAYS, asked=asked),
        _parts(names, counts, observed, part="month", value=dates.dt.month().to_numpy() - 1, number=MONTHS, asked=asked),
        _hours(incidents, daily, asked),
    ]  # fmt: skip
    return pl.concat(frames)


def _violations(daily: DailySeries) -> tuple[Floats, Floats, list[str | None]]:
    """Counts and exposure of all sectors together, and of each that had a violation."""
    counts = np.stack([daily.of(None, None)[0], *(daily.of(name, None)[0] for name in daily.sectors)])
    observed = np.concatenate([daily.observed[-1:], daily.observed[:-1]])
    shown = [0, *(1 + place for place in range(len(daily.sectors)) if counts[1 + place].any())]
    names: list[str | None] = [None, *daily.sectors]
    return counts[shown], observed[shown], [names[place] for place in shown]


def _parts(
    names: list[str | None], counts: Floats, observed: Floats, *, part: str, value: Any, number: int, asked: SignalOptions
) -> pl.DataFrame:
    """Rates of the days of each value of a part, as far as any of them was observed."""
    mine = value[None, :] == np.arange(number)[:, None]
    kept = mine[None] & (observed > 0)[:, None]
    of = estimate(np.where(kept, counts[:, None], 0.0), np.where(kept, observed[:, None], 0.0))
    return _normal_rows(names, of, part=part, first=1, asked=asked)


def _normal_rows(names: list[str | None], of: Estimate, *, part: str, first: int, asked: SignalOptions) -> pl.DataFrame:
    """Rows of every sector and value. The estimate's arrays have the shape (sectors, values)."""
    low, high = interval(of, asked.confidence)
    total = of.total.sum(axis=1, keepdims=True)
    exposure = of.exposure.sum(axis=1, keepdims=True)
    mean = np.divide(total, exposure, out=np.zeros_like(total), where=exposure > 0)
    sectors, number = of.total.shape
    ratio = np.divide(of.rate, mean, out=np.full_like(of.rate, np.nan), where=mean > 0)
    frame = pl.DataFrame({
        "sector": pl.Series(names, dtype=pl.String).gather(np.repeat(np.arange(sectors), number)),
        "part": pl.Series([part] * (sectors * number), dtype=pl.String),
        "value": np.tile(np.arange(first, first + number), sectors), "violations": of.total.ravel(),
        "observed_days": of.exposure.ravel(), "rate": of.rate.ravel(), "low": low.ravel(), "high": high.ravel(),
        "ratio": ratio.ravel(),
    })  # fmt: skip
    return signal_frame("normal", frame.filter(pl.col("observed_days") > 0).with_columns(pl.col("ratio").fill_nan(None)))


def _hours(incidents: pl.DataFrame, daily: DailySeries, asked: SignalOptions) -> pl.DataFrame:
    """Rates of each hour, of incidents whose time is known well enough; of sectors that had one."""
    local = pl.col("time").dt.replace_time_zone("UTC").dt.convert_time_zone(asked.zone)
    precise = pl.col("time").is_not_null() & (pl.col("precision_h") <= asked.hour_precision_h)
    sure = (
        incidents.filter(precise & (pl.col("kind") != OBSTRUCTION))
        .select(
            "sector", pl.col("count").fill_null(1.0), local.dt.hour().cast(pl.Int64).alias("hour"),
            (pl.col("time").dt.date() - daily.first).dt.total_days().alias("day"))
        .filter(pl.col("day").is_between(0, daily.days - 1))
        .group_by("sector", "hour", "day").agg(pl.col("count").sum())
    )  # fmt: skip
    if sure.is_empty():
        return signal_frame("normal")
    place = {name: index for index, name in enumerate(daily.sectors)}
    at = sure["sector"].replace_strict(place, default=len(place), return_dtype=pl.Int64).to_numpy()
    counts = np.zeros((len(place) + 1, HOURS, daily.days))
    np.add.at(counts, (at, sure["hour"].to_numpy(), sure["day"].to_numpy()), sure["count"].to_numpy())
    counts = np.where(daily.observed[:, None] > 0, counts, 0.0)
    counts = np.concatenate([counts.sum(axis=0, keepdims=True), counts[:-1]])
    observed = np.concatenate([daily.observed[-1:], daily.observed[:-1]])[:, None, :] / HOURS_A_DAY
    shown = [place for place in range(len(counts)) if counts[place].any()]
    names: list[str | None] = [None, *daily.sectors]
    kept = [names[place] for place in shown]
    of = estimate(counts[shown], np.broadcast_to(observed[shown], counts[shown].shape))
    return _normal_rows(kept, of, part="hour", first=0, asked=asked)


def _like(daily: DailySeries, keys: Sequence[Key]) -> float:
    """Inverse size that a kind's series of single sectors share; of all sectors together, their own."""
    series = [daily.of(*key) for key in keys]
    return inverse_size(np.stack([part[0] for part in series]), np.stack([part[1] for part in series]))


def unusual(daily: DailySeries, followed: Followed, options: SignalOptions | None = None) -> pl.DataFrame:
    """Return frame ``unusual``: the last day observed of each series, and whether it is more or fewer than usual."""
    asked = options or SignalOptions()
    groups: dict[tuple[bool, str | None], list[Key]] = {}
    for key in followed.keys:
        groups.setdefault((key[0] is None, key[1]), []).append(key)
    like = {group: _like(daily, keys) for group, keys in groups.items()}
    days, counted, means, sizes, keys = [], [], [], [], []
    for key in followed.keys:
        counts, observed, _ = daily.of(*key)
        seen = np.flatnonzero(observed > 0)
        if len(seen) <= LEAST_DAYS:
            continue
        today = int(seen[-1])
        before = seen[(seen < today) & (seen >= today - BEFORE)]
        exposure = observed * followed.weekday
        if len(before) < LEAST_DAYS:
            continue
        of = estimate(counts[None, before], exposure[None, before], like=like[key[0] is None, key[1]])
        mean = float((of.total[0] + JEFFREYS) / of.exposure[0] * exposure[today])
        by_day = float(of.total[0]) / len(before)
        scatter = (float(of.inflation[0]) - 1.0) / by_day if by_day > 0 else float(of.inverse_size[0])
        doubt = 1.0 / (float(of.total[0] / of.inflation[0]) + JEFFREYS)
        keys.append(key)
        days.append(daily.first + timedelta(days=today))
        counted.append(float(counts[today]))
        means.append(mean)
        sizes.append(1.0 / max(scatter + doubt, 1e-9))
    if not keys:
        return signal_frame("unusual")
    count, mean_of, size = np.array(counted), np.array(means), np.array(sizes)
    fewer, more = count_share(count, mean_of, size), 1.0 - count_share(count - 1.0, mean_of, size)
    probability = np.minimum(1.0, 2.0 * np.minimum(fewer, more))
    chance = adjusted(probability)
    tail = 0.5 * (1.0 - asked.confidence)
    side = np.where(more < fewer, "more", "fewer")
    return signal_frame("unusual", {
        "sector": [key[0] for key in keys], "kind": [key[1] for key in keys], "date": days, "violations": count,
        "expected": mean_of, "low": count_quantile(tail, mean_of, size), "high": count_quantile(1.0 - tail, mean_of, size),
        "probability": probability,
        "adjusted": chance, "verdict": np.where(chance <= asked.false_discovery_rate, side, "usual").tolist(),
    }).sort("adjusted", "sector", "kind", nulls_last=False)  # fmt: skip
