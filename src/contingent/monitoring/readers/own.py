"""The project's own form, `incidents.csv`: the columns of `INCIDENT_COLUMNS`, of which only a date is needed.

    time or date    a date, or a date and time; `date` may be followed by `time` in a column of its own (14:30)
    kind            one of `KINDS`; blank = other
    precision_h     blank = 24 where only a day is given, 0 where a time is
    count           blank = 1
    source          blank = the name of the file
    sources         blank = as `source`
    incident        blank = made of time, kind and position, numbered where the same stands twice
    sector          of the scenario, for rows without a position; `locate` overrides it for rows with one
    lat, lon        other names of latitude, longitude

What `locate` sets otherwise (line_km, side, depth) is not read.
"""

import polars as pl

from contingent.monitoring.columns import CONFIDENCES, INCIDENT_COLUMNS, KINDS
from contingent.monitoring.readers.values import DAY_H, Values, numbered

NAME = "own"
MARKS = ({"time"}, {"date"})
"""A file in this form has all columns of one of these."""
COLUMNS = frozenset(INCIDENT_COLUMNS) | {"date", "lat", "lon"}
"""Columns that are read."""


def read(values: Values) -> pl.DataFrame:
    """Return the rows of a file in the project's own form: `INCIDENT_COLUMNS`."""
    when = values.text("time", "date")
    if values.has("date") and values.has("time"):
        days, clocks = values.text("date"), values.text("time")
        when = pl.select(pl.when(clocks.is_null()).then(days).when(days.is_null()).then(clocks).otherwise(days + " " + clocks)
                         .alias("time")).to_series()
    times = values.time(when)
    latitude, longitude = values.position(("latitude", "lat"), ("longitude", "lon"))
    precision_h = values.number("precision_h", least=0.0)
    precise = pl.select(pl.when(times.has_clock).then(0.0).otherwise(DAY_H)).to_series()
    kind = values.word("kind", KINDS).fill_null("other")
    source = values.text("source").fill_null(values.label)
    frame = pl.DataFrame({
        "incident": values.text("incident"),
        "time": times.time,
        "precision_h": pl.select(pl.coalesce(precision_h, precise)).to_series(),
        "latitude": latitude,
        "longitude": longitude,
        "precision_km": values.number("precision_km", least=0.0),
        "place": values.text("place"),
        "region": values.text("region"),
        "kind": kind,
        "count": values.number("count", least=0.0).fill_null(1.0),
        "party": values.text("party"),
        "alleged_by": values.text("alleged_by"),
        "killed": values.whole("killed"),
        "wounded": values.whole("wounded"),
        "source": source,
        "sources": pl.select(pl.coalesce(values.text("sources"), source)).to_series(),
        "confidence": values.word("confidence", CONFIDENCES),
        "note": values.text("note"),
        "sector": values.text("sector"),
    })
    return frame.with_columns(incident=named(frame))


def named(frame: pl.DataFrame) -> pl.Series:
    """Return ids: those given, and for the others what the row says of time, kind, place and source.

    A file that is read again gets the same ids.
    """
    where = pl.coalesce(
        pl.format("{},{}", pl.col("latitude").round(5), pl.col("longitude").round(5)), "place", "region", "sector", pl.lit("")
    )
    made = pl.format("{} {} {} {}", pl.col("time").dt.to_string("%Y-%m-%dT%H:%M:%S").fill_null(""), "kind", where, "source")
    blank = frame["incident"].is_null()
    if not blank.any():
        return frame["incident"]
    keys = frame.select(made.str.strip_chars().alias("incident")).to_series()
    unnamed = numbered(keys.filter(blank))
    return _filled(frame["incident"], blank, unnamed)


def _filled(given: pl.Series, blank: pl.Series, unnamed: pl.Series) -> pl.Series:
    """Put what is made where none is given, in order."""
    at = blank.arg_true()
    return given.scatter(at, unnamed) if len(at) < len(given) else unnamed.alias(given.name)
