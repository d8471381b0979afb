"""Counts by sector, kind and day, beside how long monitors watched: what all that follows reads.

    counts[s, k, d]    violations of kind k in sector s on day d                       [violations]
    observed[s, d]     hours watched / 24, times weather, times (monitors / their median) ** power    [days]
    whole[s, d]        days that one row covers: 1, or more where a report covers several             [days]

A day without exposure is not a day of zero: it was not observed, and tells nothing. Where no exposure at all is given, every day
from the first to the last is taken as observed in full, which the notes say. Obstruction is counted per calendar day, since
it is of the monitors themselves: divided by the hours that it cost, it would seem to rise where it only repeats.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.monitoring.signal_options import OBSTRUCTION, SignalOptions

Floats = npt.NDArray[np.float64]
Key = tuple[str | None, str | None]
"""Sector (None = all) and kind (None = all violations)."""

HOURS_A_DAY = 24.0


@dataclass(frozen=True, eq=False)
class DailySeries:
    """Counts and exposure by day.

    Parameters
    ----------
    first : date
        The first day.
    sectors : tuple of str
        In the order of the arrays' first axis, less its last place: incidents outside all sectors.
    kinds : tuple of str
        In the order of the arrays' second axis.
    counts : ndarray of float
        [violations], shape (sectors + 1, kinds, days)
    observed : ndarray of float
        Of each sector, and last of all together. [days], shape (sectors + 1, days)
    whole : ndarray of float
        [days], shape (sectors + 1, days)
    exposed : bool
        Whether exposure was given.
    notes : tuple of str
        What was left out and what was assumed.
    """

    first: date
    sectors: tuple[str, ...]
    kinds: tuple[str, ...]
    counts: Floats
    observed: Floats
    whole: Floats
    exposed: bool
    notes: tuple[str, ...]

    @property
    def days(self) -> int:
        """Days from the first to the last, both included."""
        return int(self.counts.shape[2])

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def violation_kinds(self) -> list[int]:
        """Places of the kinds that are violations."""
        return [place for place, kind in enumerate(self.kinds) if kind != OBSTRUCTION]

    def of(self, sector: str | None, kind: str | None) -> tuple[Floats, Floats, Floats]:
        """Return counts, days observed and days that a row covers of one series. shape (days,) each"""
        kinds = self.violation_kinds if kind is None else [self.kinds.index(kind)]
        place = len(self.sectors) if sector is None else self.sectors.index(sector)
        counts = self.counts[:, kinds].sum(axis=(0, 1)) if sector is None else self.counts[place, kinds].sum(axis=0)
        observed = self.observed[place]
        if kind == OBSTRUCTION:
            observed = np.where(observed > 0, np.maximum(1.0, self.whole[place]), 0.0)
        return np.where(observed > 0, counts, 0.0), observed, self.whole[place]

    def keys(self) -> list[Key]:
        """Return the series that had any incident: all together, by kind, by sector, by sector and kind.

        Where all violations are of one kind, that kind's series is that of all violations, and is not told twice.
        """
        only = [self.kinds[place] for place in self.violation_kinds]
        kinds = [None, *(kind for kind in self.kinds if [kind] != only)]
        return [(sector, kind) for sector in (None, *self.sectors) for kind in kinds if self.of(sector, kind)[0].any()]


def daily_series(
    incidents: pl.DataFrame, exposure: pl.DataFrame | None, *, sectors: Iterable[str] = (), options: SignalOptions | None = None
) -> DailySeries | None:
    """Return counts and exposure by day, or None where there is neither an incident nor a day observed.

    Parameters
    ----------
    incidents : polars.DataFrame
        Frame ``incidents``, located; only its columns sector, time, precision_h, kind and count are read.
    exposure : polars.DataFrame, optional
        Frame ``exposure``.
    sectors : iterable of str
        Sectors that are to be there though nothing happened in them.
    options : SignalOptions, optional
        Period, precision demanded and how monitors count.
    """
    asked = options or SignalOptions()
    notes: list[str] = []
    counted, kinds = _counted(incidents, asked, notes)
    watched = _watched(exposure, asked)
    first, last = _period(counted, watched, asked)
    if first is None or last is None:
        return None
    counted, watched = (frame.filter(pl.col("date").is_between(first, last)) for frame in (counted, watched))
    known = set(sectors) | set(counted["sector"].drop_nulls()) | set(watched["sector"].drop_nulls())
    names = tuple(sorted(known))
    days = (last - first).days + 1
    counts = np.zeros((len(names) + 1, len(kinds), days))
    place = {name: index for index, name in enumerate(names)}
    at = (
        counted["sector"].replace_strict(place, default=len(names), return_dtype=pl.Int64).to_numpy(),
        counted["kind"].replace_strict({kind: index for index, kind in enumerate(kinds)}, return_dtype=pl.Int64).to_numpy(),
        (counted["date"] - first).dt.total_days().to_numpy(),
    ) if len(counted) else ()  # fmt: skip
    if at:
        np.add.at(counts, at, counted["count"].to_numpy())
    observed, whole = _exposed(watched, names, first=first, days=days, notes=notes)
    unseen = np.where(observed > 0, 0.0, counts.sum(axis=1)).sum()
    if unseen > 0:
        notes.append(f"Left out, being on days that their sector was not observed: {unseen:,.0f} incidents.")
    return DailySeries(first, names, kinds, counts, observed, whole, not watched.is_empty(), tuple(notes))


def exposure_of_reports(incidents: pl.DataFrame) -> pl.DataFrame:
    """Return the exposure that a mission's counts by day and sector stand for: each row was watched as long as it covers.

    Parameters
    ----------
    incidents : polars.DataFrame
        Frame ``incidents`` in which a row is a count of a period, quiet ones included with a count of 0: ``precision_h`` is how
        long the period was. Give `SignalOptions` a ``day_precision_h`` as long as the longest period.

    Returns
    -------
    polars.DataFrame
        Frame ``exposure``.
    """
    unknown = [pl.lit(None, pl.Float64).alias(name) for name in ("monitors", "weather")]
    return incidents.select("sector", pl.col("time").dt.date().alias("date"), pl.col("precision_h").alias("observed_h"), *unknown)


def _counted(incidents: pl.DataFrame, asked: SignalOptions, notes: list[str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Sum what is sure to a day by sector, kind and date."""
    sure = pl.col("precision_h").fill_null(0.0) <= asked.day_precision_h
    timed = incidents.filter(sure & pl.col("time").is_not_null())
    vague = len(incidents) - len(timed)
    if vague:
        hours = f"{asked.day_precision_h:g} hours"
        notes.append(f"Left out of what goes by days, being known no better than {hours}: {vague:,} incidents.")
    counted = (
        timed.group_by("sector", "kind", pl.col("time").dt.date().alias("date"))
        .agg(pl.col("count").fill_null(1.0).sum())
        .sort("sector", "kind", "date", nulls_last=True)
    )
    return counted, tuple(sorted(counted["kind"].unique()))


def _watched(exposure: pl.DataFrame | None, asked: SignalOptions) -> pl.DataFrame:
    """Sum exposure by sector and date: days observed as they count, and days that a row covers."""
    schema = {"sector": pl.String, "date": pl.Date, "observed": pl.Float64, "whole": pl.Float64}
    if exposure is None or exposure.is_empty():
        return pl.DataFrame(schema=schema)
    monitors = pl.col("monitors").cast(pl.Float64)
    share = (monitors / monitors.median().over("sector")) ** asked.monitor_power
    seen = pl.col("observed_h").cast(pl.Float64) / HOURS_A_DAY
    return (
        exposure.with_columns(
            observed=seen * pl.col("weather").cast(pl.Float64).fill_null(1.0) * share.fill_nan(None).fill_null(1.0), whole=seen)
        .group_by("sector", "date")
        .agg(pl.col("observed").sum(), pl.col("whole").sum())
        .sort("sector", "date", nulls_last=True)
        .select(pl.col(name).cast(kind) for name, kind in schema.items())
    )


def _period(counted: pl.DataFrame, watched: pl.DataFrame, asked: SignalOptions) -> tuple[date | None, date | None]:
    dates = pl.concat([counted["date"], watched["date"]])
    first: Any = asked.since or dates.min()
    last: Any = asked.until or dates.max()
    return (None, None) if first is None or last is None or last < first else (first, last)


def _exposed(
    watched: pl.DataFrame, names: tuple[str, ...], *, first: date, days: int, notes: list[str]
) -> tuple[Floats, Floats]:
    """Lay exposure on days: a sector's own rows, else those of all sectors, else their mean."""
    shape = (len(names) + 1, days)
    if watched.is_empty():
        notes.append("No exposure is given: every day is taken as observed in full, so a rate is a count per calendar day.")
        return np.ones(shape), np.ones(shape)
    observed, whole = np.zeros(shape), np.ones(shape)
    rows = watched.partition_by("sector", as_dict=True)
    for place, name in enumerate((*names, None)):
        own = rows.get((name,))
        if own is not None:
            at = (own["date"] - first).dt.total_days().to_numpy()
            observed[place, at] = own["observed"].to_numpy()
            whole[place, at] = np.maximum(1.0, own["whole"].to_numpy())
    own_rows = [place for place, name in enumerate(names) if (name,) in rows]
    if (None,) not in rows:
        observed[-1], whole[-1] = observed[own_rows].mean(axis=0), whole[own_rows].max(axis=0)
    strangers = [place for place in range(len(names)) if place not in set(own_rows)]
    observed[strangers], whole[strangers] = observed[-1], whole[-1]
    if strangers and own_rows:
        notes.append(f"{len(strangers)} sectors have no exposure of their own; that of all sectors together is taken.")
    return observed, whole
