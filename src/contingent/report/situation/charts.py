"""Weeks by sector: violations a day observed with their interval, and where a change was found.

A point is a week, the line through it its interval. A dashed line stands where a change most likely began, a triangle at its head
says whether it rose or fell. Each panel has its own scale: what counts is the course, the figures stand at the side.
"""

from datetime import date
from typing import Any

import polars as pl

from contingent.monitoring.situation import Situation
from contingent.report.chart_parts import ACCENT, points, rules
from contingent.report.charts import BETWEEN, HEADROOM, INK, LOOK, Size, Spec, as_exact, axis_of, whole_ticks
from contingent.report.words import MONTHS

MOST_PANELS = 7
PANEL = 84
"""Height of a panel. [px]"""

HALF_WEEK = 3.5
"""From the first day of a week to its middle. [days]"""

MOST_ON_THE_WAY = 0.99
"""Part of the axis up to which a tick has room. [-]"""

Row = dict[str, Any]


def weeks_by_sector(situation: Situation, *, size: Size) -> Spec | None:
    """Return a panel for all sectors together and one for each that had most; None where there is no whole week."""
    trend = situation.trend
    if trend.is_empty():
        return None
    sums = trend.drop_nulls("sector").group_by("sector").agg(pl.col("violations").sum())
    names = sums.sort("violations", "sector", descending=[True, False])["sector"].to_list()[: MOST_PANELS - 1]
    first = min(trend["from_date"].to_list())
    panels = [_panel(situation, name, first, size, labelled=name == (names[-1] if names else None)) for name in (None, *names)]
    return {"config": LOOK, "vconcat": panels, "spacing": BETWEEN, "bounds": "flush"}


def _panel(situation: Situation, sector: str | None, first: date, size: Size, *, labelled: bool) -> Spec:
    same = pl.col("sector").is_null() if sector is None else pl.col("sector") == sector
    rows = [
        {"day": (row["from_date"] - first).days + HALF_WEEK, "rate": as_exact(row["rate"]), "low": as_exact(row["low"]),
         "high": as_exact(row["high"])}
        for row in situation.trend.filter(same).iter_rows(named=True) if row["rate"] is not None
    ]  # fmt: skip
    top = max([row["high"] for row in rows], default=1.0) or 1.0
    days = (situation.period.until - first).days + 1
    across = {"field": "day", "type": "quantitative", "scale": {"domain": [0, days], "nice": False},
              "axis": axis_of(_ticks(first, days, size)) | {"labels": labelled}}  # fmt: skip
    up = {"field": "rate", "type": "quantitative", "scale": {"domain": [0, as_exact(top * HEADROOM * 1.12)], "nice": False},
          "axis": axis_of({tick: f"{tick:,}".replace(",", "\u202f") for tick in whole_ticks(max(top, 1.0))})}  # fmt: skip
    changes = situation.changes.filter(same & pl.col("kind").is_null() & (pl.col("grade") == "called"))
    marks = [
        {"day": (row["changed"] - first).days, "low": 0, "rate": as_exact(top * HEADROOM), "direction": row["direction"]}
        for row in changes.iter_rows(named=True) if row["changed"] is not None and row["changed"] >= first
    ]  # fmt: skip
    layers = [
        rules(marks, to={"y2": "low"}, colour=INK, width=1.1, dash=True),
        rules(rows, to={"y": "low", "y2": "high"}, colour="#9dbdd6", width=3.2),
        points(rows, shape="circle", colour=ACCENT, size=34),
        points([row for row in marks if row["direction"] == "rise"], shape="triangle-up", colour=INK, size=70),
        points([row for row in marks if row["direction"] == "fall"], shape="triangle-down", colour=INK, size=70),
    ]
    layers[1]["encoding"]["y"] = up | {"field": "low"}
    title = "All sectors together" if sector is None else sector
    return {"title": title, "width": size.width, "height": PANEL, "encoding": {"x": across, "y": up}, "layer": layers}


def _ticks(first: date, days: int, size: Size) -> dict[int, str | list[str]]:
    """The first of each month, as many as there is room for."""
    found: dict[int, str | list[str]] = {}
    for month in range(first.month, first.month + days // 28 + 2):
        begins = date(first.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        at = (begins - first).days
        if 0 <= at < days * MOST_ON_THE_WAY:
            found[at] = f"{MONTHS[begins.month - 1]} {begins.year}"
    step = -(-len(found) // size.ticks) if found else 1
    return {at: label for number, (at, label) in enumerate(found.items()) if number % step == 0}
