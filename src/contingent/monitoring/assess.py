"""The stage: what a set of incidents says about a ceasefire, on one screen.

daily      counts and exposure by sector, kind and day        (series)
rates      per day observed, with intervals                   (rates)
changes    when, by how much, at a stated false-alarm rate    (change)
hotspots   where                                              (hotspots)
normal     for the hour, weekday, month; unusual today        (normal)
blindness  fewer violations, or fewer eyes                    (blindness)
forecast   next week, and the record of past forecasts        (forecast)
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

import polars as pl

from contingent.model.ground import Sector
from contingent.monitoring.blindness import blindness
from contingent.monitoring.change import changes_frame, follow_series, series_frame
from contingent.monitoring.forecast import forecast_frame, forecasts, record_frame
from contingent.monitoring.hotspots import hotspots
from contingent.monitoring.normal import normal, unusual
from contingent.monitoring.rates import rates
from contingent.monitoring.series import daily_series
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS, signal_frame
from contingent.monitoring.signal_options import SignalOptions

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Assessment:
    """What incidents say. Each frame has the columns of `SIGNAL_COLUMNS`.

    Parameters
    ----------
    rates, series, changes, hotspots, normal, unusual, blindness, forecast, forecast_record : polars.DataFrame
        Frames of those names.
    notes : tuple of str
        What was left out, and what was assumed.
    seconds : float
        Time taken. [s]
    """

    rates: pl.DataFrame
    series: pl.DataFrame
    changes: pl.DataFrame
    hotspots: pl.DataFrame
    normal: pl.DataFrame
    unusual: pl.DataFrame
    blindness: pl.DataFrame
    forecast: pl.DataFrame
    forecast_record: pl.DataFrame
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


def assess(
    incidents: pl.DataFrame,
    exposure: pl.DataFrame | None = None,
    sectors: Iterable[Sector] = (),
    *,
    options: SignalOptions | None = None,
) -> Assessment:
    """Say what incidents mean: rates, changes, hot spots, what is normal, blindness, and next week.

    Parameters
    ----------
    incidents : polars.DataFrame
        Frame ``incidents``, located.
    exposure : polars.DataFrame, optional
        Frame ``exposure``; None = every day is taken as observed in full, and the notes say so.
    sectors : iterable of Sector
        Sectors that are to be there though nothing happened in them.
    options : SignalOptions, optional
        Period, confidence, false-alarm rates, grid.

    Examples
    --------
    >>> assess(pl.DataFrame(schema={"sector": pl.String, "time": pl.Datetime("us"), "precision_h": pl.Float64, "kind": pl.String,
    ...                             "count": pl.Float64})).notes
    ('There is neither an incident nor a day of observation to assess.',)
    """
    began = perf_counter()
    asked = options or SignalOptions()
    daily = daily_series(incidents, exposure, sectors=[row.sector for row in sectors], options=asked)
    if daily is None:
        notes = ("There is neither an incident nor a day of observation to assess.",)
        return Assessment(**{name: signal_frame(name) for name in SIGNAL_COLUMNS}, notes=notes, seconds=perf_counter() - began)
    followed = follow_series(daily, asked)
    LOG.info("Followed %d series over %d days.", len(followed.keys), daily.days)
    made = forecasts(daily, asked)
    found = {
        "rates": rates(incidents, daily, asked),
        "series": series_frame(daily, followed),
        "changes": changes_frame(daily, followed, asked),
        "hotspots": hotspots(incidents, daily, asked),
        "normal": normal(incidents, daily, asked),
        "unusual": unusual(daily, followed, asked),
        "blindness": blindness(daily, asked),
        "forecast": forecast_frame(daily, made),
        "forecast_record": record_frame(made, asked),
    }
    return Assessment(**found, notes=daily.notes, seconds=perf_counter() - began)
