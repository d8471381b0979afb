"""Incidents as a file that `read_incidents` reads back."""

from pathlib import Path

import polars as pl

from contingent.monitoring.columns import INCIDENT_COLUMNS


def csv_of(incidents: pl.DataFrame) -> str:
    """Return incidents as CSV, without the columns that are blank throughout, or that say nothing new; times to the second."""
    texts = []
    lone = incidents["sources"].equals(incidents["source"])
    for name, kind in INCIDENT_COLUMNS.items():
        if (incidents[name].null_count() == incidents.height and name != "time") or (name == "sources" and lone):
            continue
        column = pl.col(name)
        if kind == pl.Float64():
            whole = pl.when(column == column.floor()).then(column.cast(pl.Int64, strict=False).cast(pl.String))
            column = whole.otherwise(column.cast(pl.String)).alias(name)
        elif name == "time":
            day = (pl.col("precision_h") >= 24.0) & (column == column.dt.truncate("1d"))
            clock = pl.when(column == column.dt.truncate("1s")).then(column.dt.to_string("%Y-%m-%dT%H:%M:%S")).otherwise(
                column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f"))
            column = pl.when(day).then(column.dt.to_string("%Y-%m-%d")).otherwise(clock).alias(name)
        texts.append(column)
    return incidents.select(texts).write_csv()


def write_incidents(incidents: pl.DataFrame, path: Path) -> None:
    """Write incidents to a CSV file."""
    path.write_text(csv_of(incidents), encoding="utf-8", newline="\n")
