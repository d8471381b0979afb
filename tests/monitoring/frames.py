"""Frames of incidents for tests: rows of a few columns, the rest as a reader would fill it."""

from datetime import datetime
from typing import Any

import polars as pl

from contingent.monitoring.columns import INCIDENT_COLUMNS


def incidents(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows with what they leave out filled in; a time may be text."""
    filled = []
    for number, row in enumerate(rows, start=1):
        when = row.get("time", "2027-01-05T12:00")
        source = row.get("source", "post")
        whole = {"incident": f"i{number}", "precision_h": 0.0, "kind": "shelling", "count": 1.0, "sources": source}
        time = datetime.fromisoformat(when) if isinstance(when, str) else when
        filled.append(whole | {"source": source} | row | {"time": time})
    return pl.DataFrame(filled, schema=INCIDENT_COLUMNS, orient="row")
