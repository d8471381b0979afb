r"""Hours of the day: how much of each hour a segment of the line is watched, by which means.

A design knows day and night, clear and bad weather. Daylight is taken to lie around noon, :math:`24 \cdot day\_share` hours long,
so an hour h has the share :math:`d_h` of itself in daylight, and in it

.. math:: watched_{th} = \sum_w \pi_w \Bigl(d_h\,watched_{t, day, w} + (1 - d_h)\,watched_{t, night, w}\Bigr)

with w clear or bad weather. Within day and within night all hours are alike: nothing is known of when in the day a patrol is out.
Over the 24 hours the mean is the share of time that the design gives.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.geography.shapes import Point, distances_km
from contingent.model.observation import Sensor
from contingent.model.scenario import Scenario
from contingent.monitoring.observation.design import ObservationDesign
from contingent.monitoring.observation.seeing import looking

Floats = npt.NDArray[np.float64]

HOURS = 24
NOON = 12.0

STATE_COLUMNS = ("day_clear", "day_bad", "night_clear", "night_bad")
"""A column for each state of day and weather, in the order of `seeing.STATES`."""

MEANS: dict[str, tuple[str, ...]] = {
    "posts": ("post",),
    "patrols": ("patrol",),
    "drones": ("uav",),
    "sensors": ("camera", "radar", "acoustic"),
}
"""Groups of means by the kinds of `sensors.csv` that are in each."""

LOOK_COLUMNS: dict[str, Any] = {
    "target": pl.String, "sector": pl.String, "km": pl.Float64, "site": pl.String, "sensor": pl.String, "title": pl.String,
    "means": pl.String, **dict.fromkeys(STATE_COLUMNS, pl.Float64),
}  # fmt: skip
"""One row for each segment and each means that sees it: the share of each state of day and weather in which it looks. [-]"""

HOUR_COLUMNS: dict[str, Any] = {
    "target": pl.String, "sector": pl.String, "km": pl.Float64, "means": pl.String, "hour": pl.Int64, "watched": pl.Float64,
}  # fmt: skip
"""One row for each segment, group of means (``all`` = all together) and hour of the day: share of the hour watched. [-]"""


def daylight(day_share: float) -> Floats:
    """Return the share of each hour of the day that is daylight, which lies around noon. [-], shape (24,)

    >>> daylight(0.5).tolist() == [0.0] * 6 + [1.0] * 12 + [0.0] * 6
    True
    """
    rises, sets = NOON - NOON * day_share, NOON + NOON * day_share
    begins = np.arange(HOURS, dtype=np.float64)
    return np.asarray(np.clip(np.minimum(begins + 1.0, sets) - np.maximum(begins, rises), 0.0, 1.0))


def who_looks(scenario: Scenario, found: ObservationDesign, *, day_share: float = 0.5) -> pl.DataFrame:
    """Return which means of a design sees which segment of the line, and how much of the time: `LOOK_COLUMNS`.

    Parameters
    ----------
    scenario : Scenario
        That the design is of.
    found : ObservationDesign
        What was chosen.
    day_share : float
        Share of time that is day, as the design took it. [-]
    """
    sensors: dict[str, Sensor] = {row.sensor: row for row in scenario.sensors}
    line = found.coverage.filter(pl.col("kind") == "line").to_dicts()
    chosen = found.observation.to_dicts()
    group = {kind: name for name, kinds in MEANS.items() for kind in kinds}
    far = distances_km(
        [Point(row["latitude"], row["longitude"]) for row in chosen], [Point(row["latitude"], row["longitude"]) for row in line]
    )
    rows = []
    for at, target in enumerate(line):
        for number, means in enumerate(chosen):
            sensor = sensors[means["sensor"]]
            within = sensor.reach_km if sensor.manner == "patrols" and sensor.reach_km else means["range_km"]
            if far[number, at] <= within:
                shares = dict(zip(STATE_COLUMNS, looking(sensor, day_share).tolist(), strict=True))
                told = {name: means[name] for name in ("site", "sensor", "title")} | {"means": group[means["kind"]]}
                rows.append({name: target[name] for name in ("target", "sector", "km")} | told | shares)
    return pl.DataFrame(rows, schema=LOOK_COLUMNS)


def watched_by_hour(
    coverage: pl.DataFrame, looks: pl.DataFrame, *, day_share: float = 0.5, clear_share: float = 0.75
) -> pl.DataFrame:
    """Return how much of each hour of the day each segment of the line is watched, by all and by each group: `HOUR_COLUMNS`.

    Parameters
    ----------
    coverage : polars.DataFrame
        Of the design.
    looks : polars.DataFrame
        Who looks where, of `who_looks`.
    day_share, clear_share : float
        Share of time that is day, that has clear weather, as the design took them. [-]
    """
    light = daylight(day_share)
    line = coverage.filter(pl.col("kind") == "line")
    by_target = {str(name): rows for (name,), rows in looks.group_by("target", maintain_order=True)}
    none = looks.clear()
    rows = []
    for target in line.select("target", "sector", "km").iter_rows():
        own = by_target.get(target[0], none)
        for means in ("all", *MEANS):
            by_day, by_night = _watched(own if means == "all" else own.filter(pl.col("means") == means), clear_share)
            shares = light * by_day + (1.0 - light) * by_night
            rows += [(*target, means, hour, float(share)) for hour, share in enumerate(shares)]
    return pl.DataFrame(rows, schema=HOUR_COLUMNS, orient="row")


def _watched(looks: pl.DataFrame, clear_share: float) -> tuple[float, float]:
    """Share watched by day and by night, over clear and bad weather. [-]"""
    day_clear, day_bad, night_clear, night_bad = (watched(looks[name]) for name in STATE_COLUMNS)
    return clear_share * day_clear + (1 - clear_share) * day_bad, clear_share * night_clear + (1 - clear_share) * night_bad


def watched(looks: Iterable[float]) -> float:
    """Return the share watched by means that look independently of each other. [-]

    >>> watched([0.5, 0.5]), watched([])
    (0.75, 0.0)
    """
    missed = 1.0
    for share in looks:
        missed *= 1.0 - share
    return 1.0 - missed
