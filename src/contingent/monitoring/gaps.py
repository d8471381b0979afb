"""What a period does not know: hours that nobody watched, rows set aside, incidents without place, day or party."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from contingent.monitoring.gather import Gathered
from contingent.monitoring.situation import GAP_COLUMNS, Period

HOURS_A_DAY = 24.0
DAY_PRECISION_H = 24.0
"""A time less sure than this does not tell the day. [h]"""

Row = dict[str, object]


def gaps_of(
    gathered: Gathered,
    joined: pl.DataFrame,
    incidents: pl.DataFrame,
    exposure: pl.DataFrame | None,
    *,
    sectors: Sequence[str],
    period: Period,
    later: int,
) -> pl.DataFrame:
    """Return what is not known, the gravest first.

    Parameters
    ----------
    gathered : Gathered
        As it came in.
    joined : polars.DataFrame
        Rows that went into others.
    incidents : polars.DataFrame
        Located, up to the end of the period.
    exposure : polars.DataFrame or None
        What was watched.
    sectors : sequence of str
        Sectors whose watch is told: those with a part of a line.
    period : Period
        The days.
    later : int
        Incidents after the period.
    """
    rows = _unwatched(exposure, sectors, period) + _silent(incidents, exposure, period)
    inside = incidents.filter(pl.col("time").dt.date().is_between(period.since, period.until))
    parts = {
        "no_position": pl.col("latitude").is_null(),
        "no_sector": pl.col("sector").is_null(),
        "coarse_position": pl.col("latitude").is_not_null() & pl.col("line_km").is_null(),
        "coarse_time": pl.col("precision_h").fill_null(0.0) > DAY_PRECISION_H,
        "no_party": pl.col("party").is_null(),
    }
    for what, mask in parts.items():
        if number := inside.filter(mask).height:
            rows.append(_row(what, period, number=number, of=inside.height, unit="incidents"))
    aside, given = (int(gathered.files[name].sum()) for name in ("set_aside", "rows"))
    if aside:
        rows.append(_row("set_aside", None, number=aside, of=given, unit="rows"))
    if joined.height:
        rows.append(_row("joined", None, number=joined.height, of=gathered.incidents.height, unit="reports"))
    if later:
        rows.append(_row("later", None, number=later, of=gathered.incidents.height, unit="reports"))
    return pl.DataFrame(rows, schema=GAP_COLUMNS)


def _unwatched(exposure: pl.DataFrame | None, sectors: Sequence[str], period: Period) -> list[Row]:
    """Hours that were not watched: by sector, and all together first."""
    if exposure is None:
        return [_row("exposure_missing", period, number=period.days, of=period.days, unit="days")]
    inside = exposure.filter(pl.col("date").is_between(period.since, period.until))
    of_all = {row["date"]: row["observed_h"] for row in inside.filter(pl.col("sector").is_null()).iter_rows(named=True)}
    own = {(row["sector"], row["date"]): row["observed_h"] for row in inside.iter_rows(named=True)}
    days = pl.date_range(period.since, period.until, "1d", eager=True).to_list()
    rows: list[Row] = []
    watched_in_all, wanted = 0.0, HOURS_A_DAY * len(days)
    for sector in sectors or (None,):
        hours = [_hours(own, of_all, sector, day) for day in days]
        watched = sum(hours)
        watched_in_all += watched
        if watched < wanted and sector is not None:
            rows.append(_row("hours_unwatched", period, number=wanted - watched, of=wanted, unit="h", sector=sector))
        if blind := sum(hour == 0 for hour in hours):
            rows.append(_row("days_unwatched", period, number=blind, of=len(days), unit="days", sector=sector))
    whole = wanted * max(1, len(sectors))
    if watched_in_all < whole:
        rows.insert(0, _row("hours_unwatched", period, number=whole - watched_in_all, of=whole, unit="h"))
    return rows


def _hours(
    own: dict[tuple[str | None, date], float], of_all: dict[date, float], sector: str | None, day: date
) -> float:
    """Hours watched: the sector's own, else those of all, else none. [h]"""
    return own.get((sector, day), of_all.get(day, 0.0))


def _silent(incidents: pl.DataFrame, exposure: pl.DataFrame | None, period: Period) -> list[Row]:
    """Days without any report, where nobody says that they were watched."""
    if exposure is not None:
        return []
    told = set(incidents["time"].dt.date().to_list())
    days = pl.date_range(period.since, period.until, "1d", eager=True).to_list()
    silent = sum(day not in told for day in days)
    return [_row("days_silent", period, number=silent, of=period.days, unit="days")] if silent else []


def _row(what: str, period: Period | None, *, number: float, of: float, unit: str, sector: str | None = None) -> Row:
    days = {"from_date": period and period.since, "until_date": period and period.until}
    return {"what": what, "sector": sector, **days, "number": float(number), "of": float(of), "unit": unit}
