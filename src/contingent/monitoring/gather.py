"""Files of incidents taken together: what each held, and what was set aside of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from contingent.errors import BadIncidents
from contingent.findings import Finding
from contingent.monitoring.columns import INCIDENT_COLUMNS, SET_ASIDE_COLUMNS
from contingent.monitoring.intake import read_intake
from contingent.monitoring.readers.read import FormatName, read_incidents
from contingent.monitoring.readers.times import SlashOrder

FILES_COLUMNS: dict[str, pl.DataType] = {
    "file": pl.String(),
    "format": pl.String(),
    "rows": pl.Int64(),
    "taken": pl.Int64(),
    "set_aside": pl.Int64(),
}
"""Columns of `files`: what it was read as, rows given, incidents taken, rows set aside."""

ASIDE_COLUMNS: dict[str, pl.DataType] = {"file": pl.String(), **SET_ASIDE_COLUMNS}
"""Columns of `set_aside` over several files."""

INTAKE_SUFFIXES = (".jsonl", ".ndjson")
"""How a file of reports as they came in ends (`contingent.monitoring.intake`)."""


@dataclass(frozen=True)
class Gathered:
    """Incidents of one file or of several, one after the other; nothing is joined yet.

    Parameters
    ----------
    incidents : polars.DataFrame
        `INCIDENT_COLUMNS`.
    set_aside, files : polars.DataFrame
        `ASIDE_COLUMNS`, `FILES_COLUMNS`.
    """

    incidents: pl.DataFrame
    set_aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ASIDE_COLUMNS))
    files: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FILES_COLUMNS))


def gather_incidents(
    paths: Sequence[Path], *, format: FormatName | None = None, zone: str = "UTC", slash: SlashOrder | None = None  # noqa: A002
) -> Gathered:
    """Read files of incidents.

    Parameters
    ----------
    paths : sequence of Path
        CSV, Parquet, or JSON lines that an intake has kept (``.jsonl``).
    format, zone, slash
        As for `read_incidents`, for all files alike.

    Raises
    ------
    BadIncidents
        With the findings of every file that cannot be read.
    ValueError
        If there is no such time zone.
    """
    frames: list[pl.DataFrame] = []
    asides: list[pl.DataFrame] = []
    files: list[tuple[str, str, int, int, int]] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            if path.suffix.lower() in INTAKE_SUFFIXES and format is None:
                frame = read_intake(path)
                frames.append(frame)
                files.append((path.name, "intake", frame.height, frame.height, 0))
                continue
            reading = read_incidents(path, format=format, zone=zone, slash=slash)
        except BadIncidents as bad:
            findings += bad.findings
            continue
        frames.append(reading.incidents)
        asides.append(reading.set_aside.select(pl.lit(path.name).alias("file"), pl.all()))
        files.append((path.name, reading.format, reading.rows_given, reading.incidents.height, reading.rows_set_aside))
    if findings:
        raise BadIncidents(", ".join(map(str, paths)), findings)
    return Gathered(
        pl.concat(frames) if frames else pl.DataFrame(schema=INCIDENT_COLUMNS),
        pl.concat(asides) if asides else pl.DataFrame(schema=ASIDE_COLUMNS),
        pl.DataFrame(files, schema=FILES_COLUMNS, orient="row"),
    )
