"""Planned strength against what came, by date: as Vega-Lite, like the charts of `charts`.

Steps are the plan; a dashed line is the plan with each offer weighted by its probability. What came stands as marks with the
range in which it can lie: filled where the plan is near, open where it is not, so that no colour is needed to tell them apart.
What was asked for by a day is a short stroke.
"""

from collections.abc import Sequence

import polars as pl

from contingent.horizon import Horizon
from contingent.plan.hindsight import Hindsight
from contingent.report.chart_parts import ACCENT, points, rules
from contingent.report.charts import HEADROOM, INK, LOOK, SOFT, WIDE, Size, Spec, axis_of, time_axis, whole_ticks
from contingent.report.history import is_met
from contingent.report.words import grouped

HEIGHT, NARROW_HEIGHT = 300, 260
"""Height of the plot. [px]"""

BEHIND = 1.12
"""Days that are shown, as a multiple of the day of the last record. [-]"""

STROKE = 0.012
"""Half the width of the stroke of what was asked for, as a share of the days that are shown. [-]"""


def history_chart(found: Hindsight, steps: pl.DataFrame, horizon: Horizon, *, size: Size) -> Spec:
    """Return the chart of a look back.

    Parameters
    ----------
    found : Hindsight
        The plan against what happened.
    steps : polars.DataFrame
        As `contingent.plan.hindsight.strength_by_day` gives them.
    horizon : Horizon
        The calendar.
    """
    came = found.strength.filter(pl.col("part").is_null(), pl.col("day") >= 0).to_dicts()
    asked = found.asked.filter(pl.col("day") >= 0).to_dicts()
    shown = _shown(horizon, [row["day"] for row in (*came, *asked)])
    levels = [row for row in steps.iter_rows(named=True) if row["day"] < shown.days]
    levels += [levels[-1] | {"day": shown.days}] if levels else []
    top = max([1, *(row["planned"] for row in levels), *(row["high"] for row in came), *(row["asked"] for row in asked)])
    up = {"type": "quantitative", "scale": {"domain": [0, top * HEADROOM], "nice": False}}
    axis = axis_of({tick: grouped(tick) for tick in whole_ticks(top)})
    own = [row | {"date": str(row["date"])} for row in came if row["day"] <= shown.days]
    wanted = [_stroke(row["day"], row["asked"], shown) for row in asked if row["day"] <= shown.days]
    return {
        "config": LOOK,
        "width": size.width,
        "height": HEIGHT if size is WIDE else NARROW_HEIGHT,
        "encoding": {"x": time_axis(shown, size, labelled=True), "y": up | {"field": "planned", "axis": axis}},
        "layer": [
            *_lines(levels, up),
            *_marks(own, up),
            rules(wanted, to={"x2": "until"}, colour=INK, width=2.2)
            | {"encoding": {"x2": {"field": "until"}, "y": up | {"field": "people"}}},
        ],
    }


def _shown(horizon: Horizon, days: Sequence[int]) -> Horizon:
    """The part of the calendar about which something is told."""
    last = max((day for day in days if day <= horizon.days), default=horizon.days)
    return Horizon(horizon.start_date, min(horizon.days, max(1, round(last * BEHIND))), horizon.period_days)


def _stroke(day: int, people: int, shown: Horizon) -> Spec:
    half = shown.days * STROKE
    return {"day": round(max(0.0, day - half), 2), "until": round(min(float(shown.days), day + half), 2), "people": people}


def _lines(levels: Sequence[Spec], up: Spec) -> list[Spec]:
    return [
        {"data": {"values": list(levels)}, "mark": {"type": "line", "color": ACCENT, "strokeWidth": 2.2}},
        {
            "data": {"values": list(levels)},
            "mark": {"type": "line", "color": ACCENT, "strokeWidth": 1.3, "strokeDash": [5, 3]},
            "encoding": {"y": up | {"field": "expected"}},
        },
    ]


def _marks(came: Sequence[Spec], up: Spec) -> list[Spec]:
    """What came: a line from record to record, the range of each, and its mark."""
    present = [row for row in came if row["told"] == "present"]
    at = {"y": up | {"field": "came"}}
    line: Spec = {"type": "line", "interpolate": "linear", "color": SOFT, "strokeWidth": 1.1}
    ranges = rules(came, to={}, colour=INK, width=1.1) | {"encoding": {"y": up | {"field": "low"}, "y2": {"field": "high"}}}
    marks = [
        points(rows, shape=shape, filled=met, size=74) | {"encoding": at}
        for shape, told in (("circle", ("present",)), ("triangle-up", ("peak",)))
        for met in (True, False)
        if (rows := [row for row in came if row["told"] in told and is_met(row["verdict"]) == met])
    ]
    return [{"data": {"values": present}, "mark": line, "encoding": at}, ranges, *marks]
