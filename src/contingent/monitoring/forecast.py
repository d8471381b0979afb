"""Next week by sector, and how past forecasts did: frames ``forecast`` and ``forecast_record``.

    level       violations per day observed, weekdays apart, older days weighing half every `HALF_LIVES` days
    expected    level x days observed next week, as in the last week, x factors of the weekdays
    quantiles   of a negative binomial of that mean; its scatter is learned of the errors of past forecasts, of the
                sector and of all sectors, so that what a level cannot know widens the interval, and wider while
                too few of them held what came [2]_

A forecast is made on every seventh day back from the last, each with what was known on its day only. Among the half-lives, that
which served best until then is taken, for all sectors alike. The record holds each forecast against what came: the share
inside the interval, and the pinball loss [1]_ over five quantiles beside two rules that need no model: next week as the last,
and the quantiles of the last eight weeks. It says what will be reported if the world goes on as it did; it foresees no offensive.

References
----------
.. [1] T. Gneiting, A. E. Raftery, "Strictly proper scoring rules, prediction, and estimation", JASA 102 (477), 2007.
.. [2] I. Gibbs, E. Candès, "Adaptive conformal inference under distribution shift", NeurIPS 2021.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.monitoring.change import weekday_factors
from contingent.monitoring.distributions_kernel import count_quantile
from contingent.monitoring.series import DailySeries, Floats
from contingent.monitoring.signal_columns import signal_frame
from contingent.monitoring.signal_options import SignalOptions

WEEK = 7
HALF_LIVES = (5.0, 10.0, 20.0, 40.0)
"""By which older days lose half their weight. [days]"""
EARLIEST = 28
"""Days that must have passed before the first forecast. [days]"""
WEEKS_BEFORE = 8
HALF = 0.5
"""Violations that a level begins with, so that none is zero (Jeffreys). [violations]"""
FIRST_SCATTER, DOUBT = 0.5, 4.0
"""Squared relative error that is expected before any forecast was held against what came, and the weeks that speak for it."""
STEP, LARGEST_STRETCH = 0.5, 2.0
"""By how much a week whose intervals all failed widens those that follow, and the most in all: logarithms of the scatter [2]_."""


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Forecasts made on every seventh day, the last of them of next week.

    Parameters
    ----------
    sectors : tuple of (str or None)
        All together first.
    expected, came, observed : ndarray of float
        [violations], [violations; NaN = not observed or not yet], [days]; shape (sectors, weeks)
    quantiles : ndarray of float
        [violations], shape (sectors, weeks, shares)
    shares : ndarray of float
        Of the quantiles. [-], shape (5,)
    last_week : ndarray of float
        What came in the week before each forecast. [violations], shape (sectors, weeks)
    """

    sectors: tuple[str | None, ...]
    expected: Floats
    came: Floats
    observed: Floats
    quantiles: Floats
    shares: Floats
    last_week: Floats


def forecasts(daily: DailySeries, options: SignalOptions | None = None) -> Forecasts | None:
    """Return all forecasts, or None where there are too few days for one."""
    asked = options or SignalOptions()
    origins = np.arange(daily.days, EARLIEST - 1, -WEEK)[::-1]
    if not len(origins):
        return None
    sectors: tuple[str | None, ...] = (None, *daily.sectors)
    series = [daily.of(sector, None) for sector in sectors]
    counts, observed = (np.stack([part[place] for part in series]) for place in (0, 1))
    weekday = weekday_factors(daily)
    due, watched = _coming(observed * weekday, origins), _coming(observed, origins)
    week = np.stack([np.pad(counts, ((0, 0), (0, WEEK)))[:, origin : origin + WEEK].sum(axis=1) for origin in origins], axis=1)
    seen = np.stack([np.pad(observed, ((0, 0), (0, WEEK)))[:, origin : origin + WEEK].sum(axis=1) for origin in origins], axis=1)
    last = np.stack([counts[:, origin - WEEK : origin].sum(axis=1) for origin in origins], axis=1)
    came = np.where((seen > 0) & (origins + WEEK <= daily.days)[None], week, np.nan)
    tail = 0.5 * (1.0 - asked.confidence)
    shares = np.array([tail, 0.25, 0.5, 0.75, 1.0 - tail])
    tried = [_at_half_life(counts, observed * weekday, due, origins=origins, half_life=half) for half in HALF_LIVES]
    quantiles = [_quantiles(expected, came, shares) for expected in tried]
    chosen = _chosen(np.stack([pinball(came, part, shares) for part in quantiles]))
    at = np.arange(len(origins))
    expected, ranges = np.stack(tried)[chosen, :, at].T, np.stack(quantiles)[chosen, :, at].transpose(1, 0, 2)
    return Forecasts(sectors, expected, came, watched, ranges, shares, last)


def _coming(exposure: Floats, origins: npt.NDArray[np.int64]) -> Floats:
    """Days observed of the week after each origin: as in the last week, or the last that had any. shape (sectors, weeks)"""
    due = np.zeros((len(exposure), len(origins)))
    for place, origin in enumerate(origins):
        last = np.asarray(exposure[:, origin - WEEK : origin].sum(axis=1))
        due[:, place] = np.where((last > 0) | (place == 0), last, due[:, place - 1])
    return due


def _at_half_life(counts: Floats, exposure: Floats, due: Floats, *, origins: npt.NDArray[np.int64], half_life: float) -> Floats:
    """Expected counts of the week after each origin."""
    keep = 0.5 ** (1.0 / half_life)
    counted, seen = np.full(len(counts), HALF), np.full(len(counts), 0.0)
    expected = np.zeros(due.shape)
    place = {int(origin): index for index, origin in enumerate(origins)}
    for day in range(int(origins[-1]) + 1):
        if day in place:
            index = place[day]
            expected[:, index] = np.divide(counted, seen, out=np.zeros(len(counts)), where=seen > 0) * due[:, index]
        if day < counts.shape[1]:
            watched = exposure[:, day] > 0
            counted = np.where(watched, HALF + keep * (counted - HALF) + counts[:, day], counted)
            seen = np.where(watched, keep * seen + exposure[:, day], seen)
    return expected


def _quantiles(expected: Floats, came: Floats, shares: Floats) -> Floats:
    """Quantiles of each forecast, by the errors of those before it; wider where too few of them held what came, else narrower."""
    known = ~np.isnan(came)
    square = np.where(known, expected**2, 0.0)
    error = np.where(known, (np.where(known, came, 0.0) - expected) ** 2 - expected, 0.0)
    found = np.zeros((*expected.shape, len(shares)))
    stretch = 0.0
    for week in range(expected.shape[1]):
        weeks = known[:, :week].sum(axis=1)
        pooled = _scatter(error[:, :week].sum(), square[:, :week].sum(), weeks.sum(), FIRST_SCATTER)
        scatter = _scatter(error[:, :week].sum(axis=1), square[:, :week].sum(axis=1), weeks, pooled) * np.exp(stretch)
        found[:, week] = count_quantile(shares[None, :], expected[:, week, None], 1.0 / np.maximum(scatter, 1e-9)[:, None])
        now = known[:, week]
        if now.any():
            inside = (came[now, week] >= found[now, week, 0]) & (came[now, week] <= found[now, week, -1])
            stretch = min(LARGEST_STRETCH, max(0.0, stretch + STEP * (shares[-1] - shares[0] - float(inside.mean()))))
    return found


def _scatter(error: Any, square: Any, weeks: Any, first: Any) -> Any:
    """Squared relative error beyond Poisson's, drawn towards what was expected first."""
    own = np.divide(np.maximum(error, 0.0), square, out=np.zeros_like(square), where=square > 0)
    return (DOUBT * first + weeks * own) / (DOUBT + weeks)


def pinball(came: Floats, quantiles: Floats, shares: Floats) -> Floats:
    """Return the mean pinball loss over quantiles; NaN where nothing came. [violations], shape (sectors, weeks)"""
    over = came[..., None] - quantiles
    return np.asarray(np.where(over >= 0, shares * over, (shares - 1.0) * over).mean(axis=-1))


def _chosen(losses: Floats) -> npt.NDArray[np.int64]:
    """The half-life that served best until each week: the third as long as nothing is known. shape (weeks,)"""
    by_week = np.nansum(losses, axis=1)
    before = np.cumsum(by_week, axis=1) - by_week
    return np.where(before.any(axis=0), before.argmin(axis=0), 2)


def forecast_frame(daily: DailySeries, made: Forecasts | None) -> pl.DataFrame:
    """Return frame ``forecast``: next week of all sectors together and of each."""
    if made is None:
        return signal_frame("forecast")
    number = len(made.sectors)
    expected, observed = made.expected[:, -1], made.observed[:, -1]
    full = np.divide(expected * WEEK, observed, out=np.full(number, np.nan), where=observed > 0)
    low, middle, high = (made.quantiles[:, -1, place] for place in (0, 2, 4))
    return signal_frame("forecast", {
        "sector": list(made.sectors), "from_date": [daily.last + timedelta(days=1)] * number,
        "until_date": [daily.last + timedelta(days=WEEK)] * number, "observed_days": observed, "expected": expected,
        "low": low, "middle": middle, "high": high, "if_observed": full,
    }).with_columns(pl.col("if_observed").fill_nan(None))  # fmt: skip


def record_frame(made: Forecasts | None, options: SignalOptions | None = None) -> pl.DataFrame:
    """Return frame ``forecast_record``: how the forecasts of each sector did, where any could be held against what came."""
    asked = options or SignalOptions()
    if made is None:
        return signal_frame("forecast_record")
    known = ~np.isnan(made.came)
    weeks = known.sum(axis=1)
    shown = weeks > 0
    inside = known & (made.came >= made.quantiles[..., 0]) & (made.came <= made.quantiles[..., -1])
    same = np.repeat(made.last_week[..., None], len(made.shares), axis=-1)
    past = np.zeros(made.quantiles.shape)
    for week in range(made.expected.shape[1]):
        window = made.last_week[:, max(0, week + 1 - WEEKS_BEFORE) : week + 1]
        past[:, week] = np.quantile(window, made.shares, axis=1).T

    def mean(values: Floats) -> Floats:
        held = np.where(known, values, 0.0).sum(axis=1)
        return np.asarray(held[shown] / weeks[shown])

    return signal_frame("forecast_record", {
        "sector": [name for name, kept in zip(made.sectors, shown, strict=True) if kept], "weeks": weeks[shown],
        "covered": mean(inside.astype(float)), "promised": np.full(int(shown.sum()), asked.confidence),
        "loss": mean(pinball(made.came, made.quantiles, made.shares)),
        "loss_last_week": mean(pinball(made.came, same, made.shares)),
        "loss_eight_weeks": mean(pinball(made.came, past, made.shares)), "bias": mean(made.expected - made.came),
    })  # fmt: skip
