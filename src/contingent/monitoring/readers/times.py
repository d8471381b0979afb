"""Dates and times in the forms that people write, as UTC.

    2027-01-05                    a day
    20270105                      a day
    5 January 2027, 5 Jan 2027    a day
    05.01.2027                    a day; day before month
    05/01/2027                    a day; which comes first is told by the file's other rows (no month has 13), or by the reader
    2027-01-05 14:30[:15[.5]]     a time; with T for the blank; with Z or an offset such as +02:00

The day forms may be followed by a time. A time without an offset is taken in the time zone that the reader is given. A day stays
the day that was written, whatever the zone.
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

SlashOrder = Literal["day_first", "month_first"]

_PARTS = (
    r"^(?P<day>\d{4}-\d{1,2}-\d{1,2}|\d{8}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}[ -]\p{L}+[ -]\d{4})"
    r"(?:[T ,]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)
_DAY_FORMS = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d %B %Y")
_SLASH = {"day_first": "%d/%m/%Y", "month_first": "%m/%d/%Y"}
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years outside are slips of the pen."""


@dataclass(frozen=True, slots=True)
class Times:
    """Times that were read.

    Parameters
    ----------
    time : polars.Series
        UTC; null where nothing could be read.
    has_clock : polars.Series
        Whether more than the day was written.
    slash_unclear : bool
        Whether days such as 05/01/2027 could be read either way; they are null.
    """

    time: pl.Series
    has_clock: pl.Series
    slash_unclear: bool


def read_times(cells: pl.Series, *, zone: str, slash: SlashOrder | None) -> Times:
    """Return what times a column of text tells. Each different text is read once.

    Parameters
    ----------
    cells : polars.Series
        Text.
    zone : str
        IANA name of the time zone of times without an offset.
    slash : {"day_first", "month_first"}, optional
        How 05/01/2027 is meant; blank = as the column itself shows.
    """
    texts = cells.unique().drop_nulls().alias("text")
    parts = texts.to_frame().with_columns(pl.col("text").str.strip_chars().str.extract_groups(_PARTS).struct.unnest())
    order, unclear = _order(parts, slash)
    forms = [*_DAY_FORMS, *([_SLASH[order]] if order else [])]
    day_text = pl.col("day").str.replace_all(r"-(\p{L}+)-", " $1 ")
    clock = pl.col("clock") + pl.when(pl.col("clock").str.count_matches(":") == 1).then(pl.lit(":00")).otherwise(pl.lit(""))
    clock = clock.str.zfill(8)
    read = parts.with_columns(
        day=pl.coalesce(day_text.str.to_date(form, strict=False) for form in forms),
        span=(pl.lit("2000-01-01 ") + clock).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
        - pl.datetime(2000, 1, 1, time_unit="us"),
    )
    read = read.with_columns(time=pl.col("day").cast(pl.Datetime("us")) + pl.col("span").fill_null(pl.duration(time_unit="us")))
    read = read.with_columns(time=_utc(zone))
    in_range = pl.col("day").dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    good = in_range & (pl.col("clock").is_null() | pl.col("span").is_not_null())
    read = read.select("text", time=pl.when(good).then("time"), clocked=pl.col("clock").is_not_null())
    joined = cells.alias("text").to_frame().join(read, on="text", how="left", maintain_order="left")
    return Times(joined["time"], joined["clocked"].fill_null(False), unclear)


def _utc(zone: str) -> pl.Expr:
    """The time in UTC: less its offset where one was written, out of the zone where none was, as it stands for a day."""
    time, offset = pl.col("time"), pl.col("offset")
    sign = pl.when(offset.str.starts_with("-")).then(-1).otherwise(1)
    minutes = offset.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + offset.str.slice(-2).cast(pl.Int64, strict=False)
    shift = pl.duration(minutes=(sign * minutes).fill_null(0), time_unit="us")
    local = time.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    out_of_zone = time if zone == "UTC" else local.dt.replace_time_zone(None)
    return pl.when(pl.col("clock").is_null()).then(time).when(offset.is_not_null()).then(time - shift).otherwise(out_of_zone)


def _order(parts: pl.DataFrame, slash: SlashOrder | None) -> tuple[SlashOrder | None, bool]:
    """Return which comes first in days with slashes, and whether that cannot be told."""
    slashed = parts.filter(pl.col("day").str.contains("/"))["day"].str.split("/")
    if slash is not None or slashed.is_empty():
        return slash, False
    first = slashed.list.get(0).cast(pl.Int64).max()
    second = slashed.list.get(1).cast(pl.Int64).max()
    assert isinstance(first, int)
    assert isinstance(second, int)
    day_first, month_first = first > 12, second > 12
    if day_first == month_first:
        return None, True
    return ("day_first" if day_first else "month_first"), False
