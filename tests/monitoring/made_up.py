"""Incidents and exposure made up by a seed, with truths that are known."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

FIRST = date(2027, 1, 4)
"""A Monday."""

INCIDENTS = {
    "incident": pl.String, "time": pl.Datetime("us"), "precision_h": pl.Float64, "latitude": pl.Float64, "longitude": pl.Float64,
    "precision_km": pl.Float64, "place": pl.String, "region": pl.String, "kind": pl.String, "count": pl.Float64,
    "party": pl.String,
    "alleged_by": pl.String, "killed": pl.Int64, "wounded": pl.Int64, "source": pl.String, "sources": pl.String,
    "confidence": pl.String, "note": pl.String, "sector": pl.String, "line_km": pl.Float64, "side": pl.String, "depth": pl.String,
}  # fmt: skip
EXPOSURE = {"sector": pl.String, "date": pl.Date, "observed_h": pl.Float64, "monitors": pl.Float64, "weather": pl.Float64}


def negative_binomial(generator, mean, size, shape=None):
    """Counts of a mean and a size: the variance is mean + mean ** 2 / size."""
    mean = np.broadcast_to(mean, shape) if shape is not None else np.asarray(mean, dtype=float)
    return generator.poisson(generator.gamma(size, mean / size))


def day(number):
    return FIRST + timedelta(days=int(number))


def incidents(rows):
    """Frame of incidents from rows of sector, day and count, and what else is named."""
    made = []
    for number, row in enumerate(rows):
        when = datetime.combine(day(row["day"]), datetime.min.time()) + timedelta(hours=row.get("hour", 12))
        made.append({"incident": str(number), "time": when, "precision_h": 24.0, "kind": "shelling", "count": 1.0,
                     "source": "made up", "sources": "made up", "confidence": "high"}
                    | {key: value for key, value in row.items() if key in INCIDENTS})  # fmt: skip
    return pl.DataFrame(made, schema=INCIDENTS)


def of_counts(counts, *, kind="shelling", sectors=None):
    """Frame of incidents with one row for each sector and day that counted anything. counts has the shape (sectors, days)."""
    counts = np.atleast_2d(counts)
    names = sectors or [f"S{place}" for place in range(len(counts))]
    at = np.argwhere(counts > 0)
    frame = pl.DataFrame({
        "incident": [f"{kind}-{place}" for place in range(len(at))],
        "time": [datetime.combine(day(number), datetime.min.time()) + timedelta(hours=12) for number in at[:, 1]],
        "precision_h": np.full(len(at), 24.0), "kind": [kind] * len(at), "count": counts[counts > 0].astype(float),
        "sector": [names[place] for place in at[:, 0]],
    }, schema={name: INCIDENTS[name] for name in ("incident", "time", "precision_h", "kind", "count", "sector")})  # fmt: skip
    return frame.select(
        pl.col(name) if name in frame.columns else pl.lit(None, type_).alias(name) for name, type_ in INCIDENTS.items()
    )


def exposure(hours, *, sectors=None, monitors=None):
    """Frame of exposure from hours observed, shape (sectors, days)."""
    hours = np.atleast_2d(hours)
    names = sectors or [f"S{place}" for place in range(len(hours))]
    sectors_n, days = hours.shape
    return pl.DataFrame({
        "sector": np.repeat(names, days).tolist(), "date": [day(number) for _ in range(sectors_n) for number in range(days)],
        "observed_h": hours.ravel().astype(float), "monitors": [monitors] * (sectors_n * days),
        "weather": [None] * (sectors_n * days),
    }, schema=EXPOSURE)  # fmt: skip
