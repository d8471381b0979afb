r"""What is measured: one value for each day of each series, over a window that ends with that day.

    violations_per_day   count of violations / days observed                          days observed = hours observed / 24
    incidents_per_day    rows that stand for a violation / days observed
    killed, wounded, casualties    people in the window; casualties are both
    ratio                violations a day in the window / violations a day in the baseline before it
    unobserved_share     1 - hours observed / hours of the window
    signal               the greatest value of a named signal in the window

Where nothing was observed in a window, a rate is not known, and the last known value holds: silence is not calm. A baseline in
which nothing happened counts as one violation, so that the first one after a long calm gives a ratio and not infinity; a
baseline of fewer than `LEAST_BASELINE` observed days gives none. Series of several sectors together add up what happened and
take the mean of the hours observed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.model.ladder import Rung

Floats = npt.NDArray[np.float64]

LEAST_BASELINE = 7.0
"""Observed days that a baseline needs. [days]"""

COUNTED = ("count", "rows", "killed", "wounded")


@dataclass(frozen=True)
class Series:
    """What happened and what was observed, by sector and day.

    Parameters
    ----------
    sectors : tuple of str
        Sectors in order; one more row of every array stands for what lies in none.
    first : date
        Day of the first column.
    happened : mapping of (kind, what) to ndarray
        Violations, rows, killed, wounded by kind of incident. Shape (sectors + 1, days)
    observed_h : ndarray
        Hours observed. [h], shape (sectors + 1, days)
    told : bool
        Whether it was told what was observed; else every day counts as a whole one.
    signals : mapping of str to ndarray
        Named signals; not-a-number where there is no value. Shape (sectors + 1, days)
    """

    sectors: tuple[str, ...]
    first: date
    happened: Mapping[tuple[str, str], Floats]
    observed_h: Floats
    told: bool
    signals: Mapping[str, Floats]

    @property
    def days(self) -> int:
        """Length of the series. [days]"""
        return int(self.observed_h.shape[1])

    def day(self, number: int) -> date:
        """Return the date of a column."""
        return self.first + timedelta(days=number)


def series_of(
    sectors: Sequence[str],
    incidents: pl.DataFrame,
    exposure: pl.DataFrame | None,
    signals: pl.DataFrame | None,
    *,
    first: date | None = None,
    last: date | None = None,
) -> Series:
    """Return what happened and what was observed on each day from the first to the last.

    Parameters
    ----------
    incidents : polars.DataFrame
        ``time``, ``sector``, ``kind``, ``count``, ``killed``, ``wounded``.
    exposure : polars.DataFrame or None
        ``sector`` (null = all that have no row of that day), ``date``, ``observed_h``. A day without a row was not observed.
    signals : polars.DataFrame or None
        ``sector`` (null = all together), ``date``, ``signal``, ``value``.
    first, last : date, optional
        None = as far as incidents and exposure go.
    """
    dated = incidents.with_columns(pl.col("time").dt.date().alias("date"))
    spans = [frame["date"] for frame in (dated, exposure) if frame is not None and frame.height]
    if not spans and (first is None or last is None):
        raise ValueError("neither incidents nor exposure: there is no day to look at.")
    begin: Any = first or min(span.min() for span in spans)  # type: ignore[type-var]
    end: Any = last or max(span.max() for span in spans)  # type: ignore[type-var]
    days = (end - begin).days + 1
    if days < 1:
        raise ValueError(f"the last day, {end}, is before the first, {begin}.")
    shape = (len(sectors) + 1, days)
    happened: dict[tuple[str, str], Floats] = {}
    inside = _placed(dated.filter(pl.col("date").is_between(begin, end)), sectors, begin)
    by_day = inside.group_by("row", "column", "kind").agg(
        pl.col("count").sum(), (pl.col("count") > 0).sum().alias("rows"), pl.col("killed").sum(), pl.col("wounded").sum()
    )
    for (kind,), part in sorted(by_day.group_by("kind"), key=lambda pair: str(pair[0])):
        for what in COUNTED:
            cells = np.zeros(shape)
            cells[part["row"].to_numpy(), part["column"].to_numpy()] = part[what].fill_null(0).to_numpy()
            happened[str(kind), what] = cells
    named: dict[str, Floats] = {}
    if signals is not None:
        for (name,), part in sorted(signals.group_by("signal"), key=lambda pair: str(pair[0])):
            placed = _placed(part.filter(pl.col("date").is_between(begin, end)), sectors, begin)
            cells = np.full(shape, np.nan)
            cells[placed["row"].to_numpy(), placed["column"].to_numpy()] = placed["value"].to_numpy()
            named[str(name)] = cells
    hours = np.full(shape, 24.0) if exposure is None else _hours(exposure, sectors, begin, end, shape)
    return Series(tuple(sectors), begin, happened, hours, exposure is not None, named)


def _placed(frame: pl.DataFrame, sectors: Sequence[str], begin: date) -> pl.DataFrame:
    """Return a frame with row and column of each line; what lies in no sector, or in one not known, is of the last row."""
    places = {name: number for number, name in enumerate(sectors)}
    row = pl.col("sector").replace_strict(places, default=len(sectors), return_dtype=pl.Int64).fill_null(len(sectors))
    return frame.with_columns(row.alias("row"), (pl.col("date") - begin).dt.total_days().alias("column"))


def _hours(exposure: pl.DataFrame, sectors: Sequence[str], begin: date, end: date, shape: tuple[int, int]) -> Floats:
    placed = _placed(exposure.filter(pl.col("date").is_between(begin, end)), sectors, begin)
    hours = np.zeros(shape)
    for_all = placed.filter(pl.col("sector").is_null())
    hours[:, for_all["column"].to_numpy()] = for_all["observed_h"].to_numpy()[None, :]
    own = placed.filter(pl.col("row") < len(sectors))
    hours[own["row"].to_numpy(), own["column"].to_numpy()] = own["observed_h"].to_numpy()
    return np.clip(hours, 0.0, 24.0)


def rows_of(series: Series, rung: Rung) -> list[tuple[str | None, list[int]]]:
    """Return the scopes of a rung: each sector with its row, or all of them together as None."""
    places = {name: number for number, name in enumerate(series.sectors)}
    named = [name for name in (rung.sectors or series.sectors) if name in places]
    if rung.over == "each":
        return [(name, [places[name]]) for name in named]
    return [(None, [places[name] for name in named] + ([] if rung.sectors else [len(series.sectors)]))]


def window_sums(values: Floats, days: int) -> Floats:
    """Return the sum over the last `days` columns, the column itself included; fewer at the beginning. Shape of `values`

    Examples
    --------
    >>> window_sums(np.array([1.0, 2.0, 3.0, 4.0]), 2).tolist()
    [1.0, 3.0, 5.0, 7.0]
    """
    summed = np.cumsum(values, axis=-1)
    if days >= values.shape[-1]:
        return np.asarray(summed)
    before = np.zeros_like(summed)
    before[..., days:] = summed[..., :-days]
    return np.asarray(summed - before)


def measured(series: Series, rung: Rung, rows: Sequence[int]) -> Floats:
    """Return the value of a rung's measure on each day, not-a-number where it is not known. Shape (days,)"""
    window = rung.window_days
    lines = list(rows)
    hours = series.observed_h[lines].mean(axis=0) if lines else np.zeros(series.days)
    observed = window_sums(hours, window) / 24.0
    if rung.measure == "unobserved_share":
        of = window_sums(np.ones(series.days), window)
        return np.asarray(1.0 - observed / of) if series.told else np.full(series.days, np.nan)
    if rung.measure == "signal":
        return _greatest(series, rung, lines)
    if rung.measure in ("killed", "wounded", "casualties"):
        what = ("killed", "wounded") if rung.measure == "casualties" else (rung.measure,)
        return window_sums(sum((_counted(series, rung, name, lines) for name in what), np.zeros(series.days)), window)
    counted = _counted(series, rung, "rows" if rung.measure == "incidents_per_day" else "count", lines)
    rate = _per(window_sums(counted, window), observed)
    if rung.measure != "ratio":
        return rate
    past, past_observed = (_earlier(window_sums(values, rung.baseline_days), window) for values in (counted, hours / 24.0))
    base = _per(np.maximum(past, 1.0), np.where(past_observed >= LEAST_BASELINE, past_observed, 0.0))
    return np.asarray(rate / base)


def _per(count: Floats, days: Floats) -> Floats:
    return np.asarray(np.where(days > 0.0, count / np.where(days > 0.0, days, 1.0), np.nan))


def _earlier(values: Floats, days: int) -> Floats:
    found = np.zeros_like(values)
    if days < len(values):
        found[days:] = values[:-days]
    return found


def _counted(series: Series, rung: Rung, what: str, rows: list[int]) -> Floats:
    kinds = [cells[rows].sum(axis=0) for (kind, name), cells in series.happened.items()
             if name == what and (not rung.kinds or kind in rung.kinds)]  # fmt: skip
    return np.asarray(sum(kinds, np.zeros(series.days)))


def _greatest(series: Series, rung: Rung, rows: list[int]) -> Floats:
    cells = series.signals.get(rung.signal or "")
    if cells is None or not rows:
        return np.full(series.days, np.nan)
    own = np.where(np.isnan(cells[rows]), -np.inf, cells[rows]).max(axis=0)
    best = own.copy()
    for back in range(1, min(rung.window_days, series.days)):
        best[back:] = np.maximum(best[back:], own[:-back])
    return np.asarray(np.where(np.isinf(best), np.nan, best))


def carried(values: Floats) -> Floats:
    """Return the values with the last known one where one is not known; minus infinity before the first. Shape of `values`"""
    known = np.where(np.isnan(values), -1, np.arange(len(values)))
    last = np.maximum.accumulate(known)
    return np.asarray(np.where(last >= 0, values[np.maximum(last, 0)], -np.inf))
