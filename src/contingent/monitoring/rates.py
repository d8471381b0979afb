"""Violations by sector, kind and party per day observed, with intervals: frame ``rates``.

    rate        violations / days observed                                     [violations / day observed]
    interval    of a gamma that knows overdispersion                           (estimates)

Overdispersion of a sector's kind is measured of its days and drawn towards that of the same kind in all sectors; of a party it
is that of the kind, since one party's days are too few. The interval is of the rate at which violations came in the window,
not of the count that the next window will bring (that is a forecast). Days that depend on each other make it too narrow.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from contingent.monitoring.estimates import Estimate, estimate, estimate_of_totals, interval, inverse_size
from contingent.monitoring.series import DailySeries, Floats
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS, signal_frame
from contingent.monitoring.signal_options import OBSTRUCTION, SignalOptions

ORDER = ("all", "kind", "sector", "sector_kind", "sector_kind_party")


def rates(incidents: pl.DataFrame, daily: DailySeries, options: SignalOptions | None = None) -> pl.DataFrame:
    """Return frame ``rates``: all together, by kind, by sector, by sector and kind, and of these by party.

    Parameters
    ----------
    incidents : polars.DataFrame
        Frame ``incidents``, located; read for the parties.
    daily : DailySeries
        Counts and exposure by day, of the same incidents.
    options : SignalOptions, optional
        Windows and confidence.
    """
    asked = options or SignalOptions()
    windows: list[int | None] = [days for days in asked.windows if days < daily.days]
    frames = [_window(incidents, daily, window, asked) for window in (*windows, None)]
    return pl.concat(frames) if frames else signal_frame("rates")


def _window(incidents: pl.DataFrame, daily: DailySeries, window: int | None, asked: SignalOptions) -> pl.DataFrame:
    """Rates of the last days, or of the whole period."""
    first = 0 if window is None else daily.days - window
    names: list[str | None] = [*daily.sectors, None]
    observed = daily.observed[:, first:]
    counts = np.where(observed[:, None, :] > 0, daily.counts[:, :, first:], 0.0)
    by_kind = {kind: _observed(daily, kind)[:, first:] for kind in daily.kinds}
    like = {kind: inverse_size(counts[:, place], by_kind[kind]) for place, kind in enumerate(daily.kinds)}
    violations = counts[:, daily.violation_kinds].sum(axis=1)
    frames = [
        _rows("all", estimate(violations.sum(axis=0, keepdims=True), observed[-1:]), asked),
        *(_rows("kind", estimate(counts[:, place].sum(axis=0, keepdims=True), by_kind[kind][-1:]), asked, kinds=(kind,))
          for place, kind in enumerate(daily.kinds)),
        _rows("sector", _dropped(estimate(violations, observed), violations), asked, sectors=_shown(names, violations)),
    ]  # fmt: skip
    for place, kind in enumerate(daily.kinds):
        part = counts[:, place]
        of_kind = _dropped(estimate(part, by_kind[kind], like=like[kind]), part)
        frames.append(_rows("sector_kind", of_kind, asked, sectors=_shown(names, part), kinds=(kind,)))
    frames.append(_by_party(incidents, daily, first=first, like=like, asked=asked))
    dates = {"window_days": window, "from_date": daily.first + timedelta(days=first), "until_date": daily.last}
    together = pl.concat(frames).with_columns(pl.lit(value).alias(name) for name, value in dates.items())
    return together.select(pl.col(name).cast(kind) for name, kind in SIGNAL_COLUMNS["rates"].items())


def _observed(daily: DailySeries, kind: str) -> Floats:
    """Days observed of every sector, as they count for a kind."""
    if kind != OBSTRUCTION:
        return daily.observed
    return np.where(daily.observed > 0, np.maximum(1.0, daily.whole), 0.0)


def _shown(names: Sequence[str | None], counts: Floats) -> list[str | None]:
    """Every sector, and what lies outside all where something happened there."""
    return list(names if counts[-1].any() else names[:-1])


def _dropped(of: Estimate, counts: Floats) -> Estimate:
    """Without the place outside all sectors where nothing happened there."""
    if counts[-1].any():
        return of
    return Estimate(*(part[:-1] for part in (of.total, of.exposure, of.days, of.inverse_size, of.inflation, of.freedom)))


def _rows(
    by: str, of: Estimate, asked: SignalOptions, *, sectors: Iterable[str | None] = (), kinds: Sequence[str | None] = (),
    parties: Sequence[str | None] = (),
) -> pl.DataFrame:  # fmt: skip
    low, high = interval(of, asked.confidence)
    number = len(of.total)
    columns: dict[str, Any] = {
        "by": pl.Series([by] * number, dtype=pl.String),
        "sector": pl.Series(list(sectors) or [None] * number, dtype=pl.String),
        "kind": pl.Series(_spread(kinds, number), dtype=pl.String),
        "party": pl.Series(_spread(parties, number), dtype=pl.String),
        "violations": of.total, "observed_days": of.exposure, "rate": of.rate, "low": low, "high": high,
        "overdispersion": of.inflation,
    }  # fmt: skip
    return pl.DataFrame(columns).with_columns(pl.col("rate", "low", "high").fill_nan(None))


def _spread(names: Sequence[str | None], number: int) -> list[str | None]:
    return list(names) if len(names) == number else [names[0] if names else None] * number


def _by_party(
    incidents: pl.DataFrame, daily: DailySeries, *, first: int, like: dict[str, float], asked: SignalOptions
) -> pl.DataFrame:
    """Rates of each party alleged, where a sector's kind had any."""
    from_date = daily.first + timedelta(days=first)
    place = {name: index for index, name in enumerate(daily.sectors)}
    sure = pl.col("precision_h").fill_null(0.0) <= asked.day_precision_h
    dated = incidents.filter(sure & pl.col("time").is_not_null()).with_columns(pl.col("time").dt.date().alias("date"))
    kept = dated.filter(pl.col("date").is_between(from_date, daily.last)).select(
        "sector", "kind", "party", pl.col("count").fill_null(1.0),
        ((pl.col("date") - daily.first).dt.total_days()).alias("day"),
    )  # fmt: skip
    if kept.is_empty():
        return _rows("sector_kind_party", estimate(np.zeros((0, 1)), np.zeros((0, 1))), asked)
    by_day = kept.group_by("sector", "kind", "party", "day").agg(pl.col("count").sum())
    at = by_day["sector"].replace_strict(place, default=len(place), return_dtype=pl.Int64).to_numpy()
    seen = daily.observed[at, by_day["day"].to_numpy()] > 0
    totals = by_day.filter(pl.Series(seen)).group_by("sector", "kind", "party").agg(pl.col("count").sum())
    totals = totals.sort("sector", "kind", "party", nulls_last=True)
    kinds = totals["kind"].to_list()
    at = totals["sector"].replace_strict(place, default=len(place), return_dtype=pl.Int64).to_numpy()
    watched = {kind: _observed(daily, kind)[:, first:] for kind in daily.kinds}
    observed = np.stack([watched[kind][row] for kind, row in zip(kinds, at, strict=True)]) if kinds else np.zeros((0, 1))
    alpha = np.array([like[kind] for kind in kinds])
    of = estimate_of_totals(totals["count"].to_numpy(), observed, alpha)
    return _rows("sector_kind_party", of, asked, sectors=totals["sector"], kinds=kinds, parties=totals["party"].to_list())
