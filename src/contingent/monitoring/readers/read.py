"""Which format a file of incidents is in, and one call that reads it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from contingent.errors import BadIncidents
from contingent.findings import Finding
from contingent.monitoring.columns import INCIDENT_COLUMNS
from contingent.monitoring.readers import acled, daily_counts, own, ucdp, viina
from contingent.monitoring.readers.cells import Table, Unreadable, read_cells
from contingent.monitoring.readers.times import SlashOrder
from contingent.monitoring.readers.values import Values

log = logging.getLogger(__name__)

FormatName = Literal["own", "acled", "ucdp", "viina", "daily_counts"]

MARKS: Mapping[FormatName, tuple[set[str], ...]] = {
    "acled": acled.MARKS, "ucdp": ucdp.MARKS, "viina": viina.MARKS, "daily_counts": daily_counts.MARKS, "own": own.MARKS,
}
"""Columns by which a format is told, in the order in which they are tried: all of one set must be there."""
READ: Mapping[FormatName, Callable[[Values], pl.DataFrame]] = {
    "acled": acled.read, "ucdp": ucdp.read, "viina": viina.read, "daily_counts": daily_counts.read, "own": own.read,
}
KNOWN = (
    acled.COLUMNS | ucdp.COLUMNS | viina.COLUMNS | daily_counts.COLUMNS | own.COLUMNS
    | {mark for sets in MARKS.values() for marks in sets for mark in marks}
)
"""Every column that some format reads."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file of incidents held.

    Parameters
    ----------
    incidents : polars.DataFrame
        `INCIDENT_COLUMNS`, in the order of the file.
    set_aside : polars.DataFrame
        `SET_ASIDE_COLUMNS`: cells for which a row was not taken.
    format : str
        The format that it was read as.
    rows_given : int
        Rows of the file, blank ones left out; each is in `incidents`, or its line is in `set_aside`. In the wide form of daily
        counts one row gives a row of `incidents` for each region.
    """

    incidents: pl.DataFrame
    set_aside: pl.DataFrame
    format: FormatName
    rows_given: int

    @property
    def rows_set_aside(self) -> int:
        """How many rows of the file were set aside."""
        return self.set_aside["line"].n_unique()


def read_incidents(
    path: Path, *, format: FormatName | None = None, zone: str = "UTC", slash: SlashOrder | None = None  # noqa: A002
) -> Reading:
    """Read a file of incidents.

    Parameters
    ----------
    path : Path
        CSV (commas, semicolons, tabs; UTF-8) or Parquet.
    format : str, optional
        The format; blank = told by the file's columns.
    zone : str
        IANA name of the time zone of times that are written without an offset.
    slash : {"day_first", "month_first"}, optional
        How days such as 05/06/2027 are meant; blank = as the file itself shows.

    Returns
    -------
    Reading
        Incidents, and what was set aside.

    Raises
    ------
    BadIncidents
        If nothing can be read: no such file, another encoding, columns of no format that is known.
    ValueError
        If there is no such time zone.
    """
    _check_zone(zone)
    try:
        table = read_cells(path, known=KNOWN)
        chosen = format or told_by(path.name, table)
        values = Values(path.name, table, zone=zone, slash=slash)
        _check_columns(path.name, chosen, table)
        incidents, taken = _read(values, chosen)
    except Unreadable as problem:
        raise BadIncidents(str(path), [problem.finding]) from problem
    aside = values.set_aside()
    reading = Reading(incidents, aside, chosen, values.rows_given())
    assert reading.rows_given == taken + reading.rows_set_aside, "a row was neither taken nor set aside"
    log.info("%s: %d of %d rows taken as %s", path.name, taken, reading.rows_given, chosen)
    return reading


def _check_zone(zone: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, OSError) as problem:
        raise ValueError(f"'{zone}' is not a time zone. Maybe write one such as UTC or Europe/Kyiv.") from problem


def _read(values: Values, chosen: FormatName) -> tuple[pl.DataFrame, int]:
    """Return the incidents, and how many rows of the file they were made of."""
    if chosen == "daily_counts" and not values.has("violations"):
        parts = [values.kept(part) for part in daily_counts.read_wide(values)]
        taken = values.kept(parts[0]).height if not parts else len(parts[0])
        frame = pl.concat(parts).filter(pl.col("incident").is_not_null()).sort("time", maintain_order=True)
    else:
        frame = values.kept(READ[chosen](values))
        taken = frame.height
    blank = [pl.lit(None, dtype=kind).alias(name) for name, kind in INCIDENT_COLUMNS.items() if name not in frame.columns]
    cast = frame.with_columns(blank).select(pl.col(name).cast(kind) for name, kind in INCIDENT_COLUMNS.items())
    return cast, taken


def told_by(label: str, table: Table) -> FormatName:
    """Return the format that a file's columns tell.

    Raises
    ------
    Unreadable
        If they tell none.
    """
    header = set(table.cells.columns)
    for name, sets in MARKS.items():
        if any(marks <= header for marks in sets):
            return name
    what = "its columns are those of no format that is known (own, acled, ucdp, viina, daily_counts)."
    raise Unreadable(Finding(label, what, 1, maybe="name its columns as in docs/incidents.md; one named date or time is enough"))


def _check_columns(label: str, chosen: FormatName, table: Table) -> None:
    header = set(table.cells.columns)
    if not any(marks <= header for marks in MARKS[chosen]):
        needed = " or ".join(", ".join(sorted(marks)) for marks in MARKS[chosen])
        raise Unreadable(Finding(label, f"is not in the format {chosen}: it needs the columns {needed}.", 1))
