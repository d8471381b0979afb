r"""Has it changed, when, and by how much: a detector whose false alarms are bounded before it sees a count.

Counts of a day are negative binomial: mean = rate x days observed x weekday's factor, one size (dispersion) for the series.
For every day :math:`\tau` the ratio :math:`\Lambda_\tau` says how much likelier the counts since then are under another rate
than under none; rates and sizes are not known and are averaged over a lattice, as in Bayesian online detection [1]_. Their sum
is the statistic of Shiryaev and Roberts [2]_:

.. math:: R_t = \sum_{\tau \le t} \Lambda_\tau, \qquad \text{a change is called on the first day with } R_t \ge A

Without a change each ratio has the mean 1, so :math:`R_t - t` is a martingale, and by Doob's inequality

.. math:: P(\text{any call within } n \text{ days}) \le n / A, \qquad \text{mean days to a false call} \ge A.

So A = 365 / probability for one series, and that times the number of series where the probability is to hold for all together
(the sum of the bounds, whatever their dependence; [3]_ gives the general case). The bound is exact where the unknown rate is
drawn from the lattice's prior; that it holds at each fixed rate is bought by doubling A, and held against simulation (tests, and
the table in the manual). After a call the detector begins anew from the new level. A watch is the lower grade: A = 365 / times
a year.

What it cannot know: days that depend on each other beyond a weekday's factor (an exercise of three days) look like a change
and may be called as one. Changes by less than a factor of 1.4 are not looked for.

References
----------
.. [1] R. P. Adams, D. J. C. MacKay, "Bayesian online changepoint detection", arXiv:0710.3742, 2007.
.. [2] M. Pollak, "Optimal detection of a change in distribution", Annals of Statistics 13 (1), 1985.
.. [3] J. Shin, A. Ramdas, A. Rinaldo, "E-detectors: a nonparametric framework for sequential change detection",
   arXiv:2203.03532, 2022.
"""

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.monitoring.change_kernel import date_change, follow
from contingent.monitoring.estimates import estimate, known, ratio_interval
from contingent.monitoring.series import DailySeries, Floats, Key
from contingent.monitoring.signal_columns import signal_frame
from contingent.monitoring.signal_options import SignalOptions

DAYS_A_YEAR = 365.0
CAUTION = 2.0
"""By which the threshold is raised beyond the bound, which is of the prior's rates on average: at rates between the lattice's
points, 0.08 of quiet years brought a call where 0.05 was the bound. [-]"""

RATES: Floats = 2.0 ** (np.arange(-24, 61) / 4.0)
"""Lattice of rates: from one in 64 days to 33,000 a day, in steps of a factor of 1.19. [violations / day]"""
SIZES: Floats = np.array([0.3, 0.65, 1.4, 3.0, 8.0, 50.0])
"""Lattice of sizes: from days that are mostly empty or full to nearly Poisson. [-]"""
SMALLEST = math.log(1.4)
"""Least change looked for: the logarithm of its factor."""
WIDTH = math.log(4.0)
"""Mean size of a change, up or down, beyond which larger ones are rarer: the logarithm of its factor. An assumption."""

PRIOR: Floats = np.full(len(SIZES) * len(RATES), 1.0 / (len(SIZES) * len(RATES)))
"""Of the first level: all points alike. [-], shape (sizes * rates,)"""

WEEKDAYS = 7
MEMORY = 28
"""Days before a day whose mean is its level, where a weekday's factor is learned. [days]"""
REFERENCE = 7
"""Days that must have been observed before anything is learned of weekdays. [days]"""
DOUBT = 8.0
"""Weeks that speak for a factor of 1 before the first is counted. [weeks]"""
FINENESS = 32
"""Factors are rounded to a 32nd: finer ones say nothing more, and days that are alike are computed once."""
LARGEST_PART = 4.0
"""No day of a sector counts for more than this many times its level where weekdays are learned. [-]"""


@dataclass(frozen=True, eq=False)
class Followed:
    """What the detector says of each series.

    Parameters
    ----------
    keys : sequence of (str or None, str or None)
        Sector and kind of each.
    calls : list of ndarray of int
        Days of call, and of the most probable beginning as seen then. shape (2, calls) each
    evidence, level, expected : ndarray of float
        shape (series, days)
    threshold, watch : float
        That the statistic had to pass for a call, and for a watch.
    weekday : ndarray of float
        Factor of each day, as known before it. shape (days,)
    """

    keys: Sequence[Key]
    calls: list[npt.NDArray[np.int64]]
    evidence: Floats
    level: Floats
    expected: Floats
    threshold: float
    watch: float
    weekday: Floats


def threshold_for(probability: float, *, series: int = 1) -> float:
    """Return the threshold by which no more than a share of quiet years, of all series together, bring a call. [-]

    Examples
    --------
    >>> threshold_for(0.05)
    14600.0
    """
    return CAUTION * DAYS_A_YEAR * series / probability


def weekday_factors(daily: DailySeries) -> Floats:
    """Return the factor of each day's weekday as learned from all sectors on the days before it. [-], shape (days,)

    A day's part is what all sectors counted over what their last four weeks lead to expect, each sector's count cut at four
    times that; a weekday's factor is the mean of its parts, with eight weeks that speak for 1 added, over the mean of all seven.
    """
    counts = daily.counts[:, daily.violation_kinds].sum(axis=1)
    observed = daily.observed
    counts = np.where(observed > 0, counts, 0.0)
    counted, seen = (np.cumsum(np.pad(part, ((0, 0), (1, 0))), axis=1) for part in (counts, observed))
    days = daily.days
    ends = np.arange(days)
    begins = np.maximum(0, ends - MEMORY)
    exposure = seen[:, ends] - seen[:, begins]
    level = np.where(exposure >= REFERENCE, (counted[:, ends] - counted[:, begins]) / np.maximum(exposure, 1.0), 0.0)
    due = level * observed
    total_due = due.sum(axis=0)
    cut = np.minimum(counts, LARGEST_PART * due).sum(axis=0)
    part = np.divide(cut, total_due, out=np.full(days, np.nan), where=total_due > 0)
    sums, weeks = np.full(WEEKDAYS, DOUBT), np.full(WEEKDAYS, DOUBT)
    factors = np.ones(days)
    first = daily.first.weekday()
    for day in range(days):
        mean = sums / weeks
        factors[day] = round(FINENESS * mean[(first + day) % WEEKDAYS] / mean.mean()) / FINENESS
        if not np.isnan(part[day]):
            sums[(first + day) % WEEKDAYS] += min(part[day], LARGEST_PART)
            weeks[(first + day) % WEEKDAYS] += 1.0
    return factors


def follow_series(daily: DailySeries, options: SignalOptions | None = None) -> Followed:
    """Follow every series that had an incident, on as many threads as there are processors; they do not change the result."""
    asked = options or SignalOptions()
    keys = daily.keys()
    together = len(keys) if asked.across == "all" else 1
    threshold = threshold_for(asked.false_alarm_probability, series=max(1, together))
    watch = DAYS_A_YEAR * max(1, together) / asked.false_watches
    weekday = weekday_factors(daily)
    evidence, level, expected = (np.zeros((len(keys), daily.days)) for _ in range(3))

    def one(place: int) -> npt.NDArray[np.int64]:
        counts, observed, whole = daily.of(*keys[place])
        called = np.zeros((2, daily.days), dtype=np.int64)
        number = follow(
            counts, observed * weekday, whole, RATES, SIZES, PRIOR, threshold, SMALLEST, WIDTH,
            called[0], called[1], evidence[place], level[place], expected[place],
        )  # fmt: skip
        return called[:, :number]

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
        calls = list(threads.map(one, range(len(keys))))
    return Followed(keys, calls, evidence, level, expected, threshold, watch, weekday)


def series_frame(daily: DailySeries, followed: Followed) -> pl.DataFrame:
    """Return frame ``series``: what was counted, what was expected, the level and the evidence, by day."""
    number, days = len(followed.keys), daily.days
    parts = [daily.of(*key)[:2] for key in followed.keys]
    counts, observed = (np.concatenate([part[place] for part in parts]) if parts else np.zeros(0) for place in (0, 1))
    dates = pl.date_range(daily.first, daily.last, eager=True)
    index = np.repeat(np.arange(number), days)
    names = [pl.Series([key[part] for key in followed.keys], dtype=pl.String).gather(index) for part in (0, 1)]
    seen = pl.Series(observed > 0)
    frame = pl.DataFrame({
        "sector": names[0], "kind": names[1], "date": dates.gather(np.tile(np.arange(days), number)), "violations": counts,
        "observed_days": observed, "level": followed.level.ravel(), "expected": followed.expected.ravel(),
        "evidence": followed.evidence.ravel(),
    })  # fmt: skip
    unseen = ~pl.lit(seen)
    return signal_frame("series", frame.with_columns(violations=pl.when(unseen).then(None).otherwise("violations")))


def changes_frame(daily: DailySeries, followed: Followed, options: SignalOptions | None = None) -> pl.DataFrame:
    """Return frame ``changes``: each call with its day, the day of the change with its interval, and by how much."""
    asked = options or SignalOptions()
    rows: list[dict[str, Any]] = []
    for place, (key, calls) in enumerate(zip(followed.keys, followed.calls, strict=True)):
        rows += _changes(daily, followed, key=key, calls=calls, evidence=followed.evidence[place], asked=asked)
    order = [pl.col("flagged"), pl.col("sector"), pl.col("kind")]
    return signal_frame("changes", rows).sort(order, nulls_last=False)


def _changes(
    daily: DailySeries, followed: Followed, *, key: Key, calls: npt.NDArray[np.int64], evidence: Floats, asked: SignalOptions
) -> list[dict[str, Any]]:
    """Date the changes of one series, called or on watch, and measure them."""
    flags, starts, watches = _flags(calls, evidence, math.log(followed.watch))
    if not flags:
        return []
    counts, observed, whole = daily.of(*key)
    seen = observed * followed.weekday
    bounds, intervals = [0], []
    for number, start in enumerate(starts):
        part = slice(bounds[-1], starts[number + 1] if number + 1 < len(starts) else daily.days)
        weights = np.zeros(part.stop - part.start)
        date_change(counts[part], seen[part], whole[part], RATES, SIZES, PRIOR, SMALLEST, WIDTH, weights)
        best = int(weights.argmax()) if weights.any() else start - part.start
        intervals.append([part.start + place for place in _interval(weights, best, asked.confidence)])
        bounds.append(part.start + best)
    bounds.append(daily.days)
    estimates = [estimate(counts[None, first:last], seen[None, first:last]) for first, last in pairwise(bounds)]
    rows = []
    for number, (before, after) in enumerate(pairwise(estimates)):
        ratio, low, high = (float(value[0]) for value in ratio_interval(after, before, asked.confidence))
        called = number < calls.shape[1]
        watch = watches[number]
        days = [daily.first + timedelta(days=day) for day in (flags[number], bounds[number + 1], *intervals[number])]
        rows.append({
            "sector": key[0], "kind": key[1], "grade": "called" if called else "watch", "flagged": days[0],
            "watched": None if watch is None else daily.first + timedelta(days=watch),
            "changed": days[1], "changed_from": days[2], "changed_until": days[3],
            "direction": "fall" if after.rate[0] < before.rate[0] else "rise",
            "before": float(before.rate[0]), "after": float(after.rate[0]),
            "ratio": known(ratio), "ratio_low": known(low), "ratio_high": known(high),
            "evidence": float(evidence[flags[number]]), "threshold": math.log(followed.threshold if called else followed.watch),
        })  # fmt: skip
    return rows


def _flags(
    calls: npt.NDArray[np.int64], evidence: Floats, watch: float
) -> tuple[list[int], list[int], list[int | None]]:
    """Days of call and of a watch that is still on, the first guess of each change's day, and the watches that led to calls."""
    flags, starts = calls[0].tolist(), calls[1].tolist()
    watches: list[int | None] = []
    begin = 0
    for flag in flags:
        since = _above_since(evidence[begin:flag], watch)
        watches.append(None if since is None else begin + since)
        begin = flag + 1
    since = _above_since(evidence[begin:], watch)
    if since is not None:
        flags, starts, watches = [*flags, begin + since], [*starts, begin + since], [*watches, None]
    return flags, starts, watches


def _above_since(evidence: Floats, watch: float) -> int | None:
    """The first day of the run above a threshold that lasts to the end, or None where there is none."""
    if not len(evidence) or evidence[-1] < watch:
        return None
    below = np.flatnonzero(evidence < watch)
    return int(below[-1]) + 1 if len(below) else 0


def _interval(weights: Floats, best: int, confidence: float) -> tuple[int, int]:
    """The least run of days around the most probable that holds the share asked for."""
    first = last = best
    held = weights[best]
    while held < confidence and (first > 0 or last < len(weights) - 1):
        left = weights[first - 1] if first > 0 else -1.0
        right = weights[last + 1] if last < len(weights) - 1 else -1.0
        if right > left:
            last, held = last + 1, held + right
        else:
            first, held = first - 1, held + left
    return first, last
