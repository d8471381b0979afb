"""Incidents that are made up, to show and to test what monitoring finds: a ceasefire with a known story. No event in it is real.

For each sector with a part of the line, by day:

    quiet     violations at a rate that never changes: `quiet_per_day` in all, by length of line
    frayed    in one sector the rate grows by and by from a day on, and stays high
    surge     on one day there is many times as much everywhere
    blocked   for some days in another sector monitors are kept away: obstruction is reported, and half of all else goes unseen

Places are points of the scenario's own line, moved to either side; parties are A and B.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from contingent.geography.shapes import length_km, part_inside, points_along
from contingent.model.ground import Sector, Trace
from contingent.monitoring.columns import INCIDENT_COLUMNS

STEP_KM = 1.0
"""Between the points of the line from which places are drawn. [km]"""
DEPTH_KM = 5.0
"""Mean distance of a place from the line. [km]"""
KM_PER_DEGREE = 111.2
KIND_SHARES = (
    ("small_arms", 0.42), ("shelling", 0.22), ("drone", 0.24), ("heavy_weapons", 0.06), ("mine", 0.03), ("airspace", 0.03),
)
"""What happens, and how often. [-]"""
HOURLY = tuple(1.0 + 0.8 * math.cos(2.0 * math.pi * (hour - 21) / 24) for hour in range(24))
"""How busy each hour is: most in the evening. [-]"""


@dataclass(frozen=True, slots=True)
class Story:
    """What happens in the exercise. Days are counted from its first.

    Parameters
    ----------
    days : int
        Length. [days]
    quiet_per_day : float
        Violations in all sectors together while it is quiet. [violations/day]
    frayed, frayed_day, frayed_times, frayed_over : str, int, float, int
        Sector whose rate grows, first day of it, how many times the quiet rate it comes to, and over how many days.
    surge_day, surge_times : int, float
        The day on which there is more everywhere, and how many times the rate of the day.
    blocked, blocked_day, blocked_days : str, int, int
        Sector whose monitors are kept away, from which day, and for how long.
    """

    days: int = 180
    quiet_per_day: float = 12.0
    frayed: str = "East"
    frayed_day: int = 90
    frayed_times: float = 2.5
    frayed_over: int = 20
    surge_day: int = 138
    surge_times: float = 6.0
    blocked: str = "South"
    blocked_day: int = 60
    blocked_days: int = 10

    def times_quiet(self, sector: str, day: int) -> float:
        """Return the rate of a day as a multiple of the quiet rate. [-]"""
        times = 1.0
        if sector == self.frayed and day >= self.frayed_day:
            times = 1.0 + (self.frayed_times - 1.0) * min(1.0, (day - self.frayed_day + 1) / self.frayed_over)
        if day == self.surge_day:
            times *= self.surge_times
        return times * (0.5 if self.is_blocked(sector, day) else 1.0)

    def is_blocked(self, sector: str, day: int) -> bool:
        """Return whether monitors are kept away from a sector on a day."""
        return sector == self.blocked and self.blocked_day <= day < self.blocked_day + self.blocked_days


def exercise_incidents(
    *, sectors: Sequence[Sector], traces: Sequence[Trace], first: date, source: str, draws: np.random.Generator,
    story: Story | None = None,
) -> pl.DataFrame:
    """Make up the incidents of an exercise.

    Parameters
    ----------
    sectors, traces : sequence of rows
        Of the scenario; sectors without a part of the line stay silent.
    first : date
        First day.
    source : str
        Written as the source of every row; it should say that they are made up.
    draws : numpy.random.Generator
        Random numbers; only `random` is called.
    story : Story, optional
        What happens.

    Returns
    -------
    polars.DataFrame
        `INCIDENT_COLUMNS`, by time.
    """
    story = story or Story()
    lines = {
        sector.sector: [part for trace in traces if sector.geometry and (part := part_inside(trace.geometry, sector.geometry))]
        for sector in sectors
    }
    lengths = {sector: sum(length_km(part) for part in parts) for sector, parts in lines.items() if parts}
    whole = sum(lengths.values())
    rows: list[dict[str, Any]] = []
    for sector, kilometres in lengths.items():
        places = [point for part in lines[sector] for point in points_along(part, step_km=STEP_KM)]
        for day in range(story.days):
            rate = story.quiet_per_day * kilometres / whole * story.times_quiet(sector, day)
            begins = datetime.combine(first, datetime.min.time()) + timedelta(days=day)
            rows += [_violation(places, begins, draws) for _ in range(_poisson(rate, draws))]
            if story.is_blocked(sector, day):
                rows.append(_obstruction(places, begins, draws))
    rows.sort(key=lambda row: (row["time"], row["latitude"], row["longitude"]))
    fixed = {"source": source, "sources": source, "note": "EXERCISE", "confidence": "medium", "alleged_by": "exercise control"}
    named = [{"incident": f"EX-{number:05d}"} | row | fixed for number, row in enumerate(rows, start=1)]
    return pl.DataFrame(named, schema=INCIDENT_COLUMNS, orient="row")


def _poisson(mean: float, draws: np.random.Generator) -> int:
    """A Poisson number by inversion of one uniform number."""
    unit, number = float(draws.random()), 0
    probability = below = math.exp(-mean)
    while unit >= below and number < 1_000:
        number += 1
        probability *= mean / number
        below += probability
    return number


def _chosen(shares: Sequence[float], draws: np.random.Generator) -> int:
    unit, number = float(draws.random()) * sum(shares), 0
    while number < len(shares) - 1 and unit >= shares[number]:
        unit -= shares[number]
        number += 1
    return number


def _place(places: Sequence[Any], draws: np.random.Generator, depth_km: float) -> dict[str, Any]:
    """A point near the line, in a direction that is drawn."""
    point = places[int(draws.random() * len(places))]
    away, angle = -depth_km * math.log1p(-float(draws.random())), 2.0 * math.pi * float(draws.random())
    north, east = away * math.cos(angle), away * math.sin(angle)
    return {
        "latitude": round(point.latitude + north / KM_PER_DEGREE, 3),
        "longitude": round(point.longitude + east / (KM_PER_DEGREE * math.cos(math.radians(point.latitude))), 3),
        "precision_km": (0.5, 1.0, 3.0)[int(draws.random() * 3)],
    }


def _violation(places: Sequence[Any], begins: datetime, draws: np.random.Generator) -> dict[str, Any]:
    kind = KIND_SHARES[_chosen([share for _, share in KIND_SHARES], draws)][0]
    minute = 60 * _chosen(HOURLY, draws) + int(draws.random() * 60)
    hurt = 0.04 if kind in ("shelling", "drone", "mine", "small_arms") else 0.0
    return {
        "time": begins + timedelta(minutes=minute), "precision_h": 0.0, **_place(places, draws, DEPTH_KM), "kind": kind,
        "count": float(1 + _poisson(1.0, draws)) if kind in ("shelling", "small_arms") else 1.0,
        "party": ("A", "B", None)[_chosen((0.4, 0.3, 0.3), draws)],
        "killed": int(draws.random() < hurt / 2.0), "wounded": _poisson(1.0, draws) if draws.random() < hurt else 0,
    }


def _obstruction(places: Sequence[Any], begins: datetime, draws: np.random.Generator) -> dict[str, Any]:
    return {
        "time": begins + timedelta(hours=8, minutes=int(draws.random() * 240)), "precision_h": 0.0, **_place(places, draws, 1.0),
        "kind": "obstruction", "count": 1.0, "party": "A", "killed": 0, "wounded": 0,
    }
