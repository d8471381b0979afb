"""The ladder over a series of days: the level of each sector on each day, each step, and the evidence behind it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.model.ladder import Rung
from contingent.model.scenario import Scenario
from contingent.monitoring.ladder.climb import Change, climb
from contingent.monitoring.ladder.evidence import Evidence
from contingent.monitoring.ladder.measures import Series, carried, measured, rows_of, series_of

Floats = npt.NDArray[np.float64]

LADDER_COLUMNS: dict[str, dict[str, Any]] = {
    "ladder_days": {
        "sector": pl.String, "date": pl.Date, "level": pl.Int64, "posture": pl.String, "since": pl.Date, "stands_until": pl.Date,
    },
    "ladder_values": {
        "rung": pl.String, "sector": pl.String, "date": pl.Date, "value": pl.Float64, "known": pl.Boolean,
    },
    "ladder_steps": {
        "step": pl.String, "sector": pl.String, "date": pl.Date, "from_level": pl.Int64, "to_level": pl.Int64, "rung": pl.String,
        "posture": pl.String, "measure": pl.String, "kinds": pl.String, "value": pl.Float64, "up": pl.Float64, "down": pl.Float64,
        "window_from": pl.Date, "window_until": pl.Date, "incidents": pl.Int64, "incident_ids": pl.String,
        "stands_until": pl.Date, "urgent": pl.Boolean, "sentence": pl.String,
    },
    "ladder_calls": {
        "step": pl.String, "sector": pl.String, "date": pl.Date, "day": pl.Int64, "until_day": pl.Int64, "capability": pl.String,
        "asked": pl.Int64, "unit": pl.String, "offer": pl.String, "nation": pl.String, "line": pl.String, "location": pl.String,
        "towards": pl.String, "hours": pl.Float64, "tour_ends_day": pl.Int64, "relieved": pl.Boolean, "reason": pl.String,
    },
    "ladder_losses": {
        "step": pl.String, "line": pl.String, "capability": pl.String, "from_day": pl.Int64, "until_day": pl.Int64,
        "units": pl.Int64, "taken": pl.Float64, "required": pl.Float64, "filled": pl.Float64, "left": pl.Float64,
        "unit_days_lost": pl.Float64, "priority": pl.Int64, "under_chance": pl.String,
    },
}  # fmt: skip
"""Columns of each frame of the ladder and their types. A sector that is null stands for all together.

ladder_days    level in force at the end of each day, its posture, since when, and until when it stands at the least.
ladder_values  what each rung measured on each day; ``known`` = measured on that day and not carried on from an earlier one.
ladder_steps   each change of level with its evidence: the rung, its value against its thresholds, the window, how many incidents
               lie in it and the largest of them (``incident_ids``, joined by ``; ``, at most 20).
ladder_calls   who answers the call of a step: one row for each unit, the soonest first, and one without a unit for each that is
               short, with the reason. ``hours`` from the order until it is there [h]; ``relieved``: whether a unit follows it
               on its line where its tour ends before the call is over.
ladder_losses  what each line gives up: units of full effectiveness taken, and what is left of what was filled, by interval of the
               plan's coverage.
"""


@dataclass(frozen=True)
class Climbed:
    """What the ladder came to. Frozen.

    Parameters
    ----------
    ladder_days, ladder_values, ladder_steps : polars.DataFrame
        See `LADDER_COLUMNS`.
    rungs : tuple of Rung
        Rungs of the option.
    """

    ladder_days: pl.DataFrame
    ladder_values: pl.DataFrame
    ladder_steps: pl.DataFrame
    rungs: tuple[Rung, ...]

    def now(self) -> pl.DataFrame:
        """The rows of the last day."""
        last = self.ladder_days["date"].max()
        return self.ladder_days.filter(pl.col("date") == last) if self.ladder_days.height else self.ladder_days


def evaluate(
    scenario: Scenario,
    incidents: pl.DataFrame,
    *,
    exposure: pl.DataFrame | None = None,
    signals: pl.DataFrame | None = None,
    option: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Climbed:
    """Climb the scenario's ladder day by day.

    Parameters
    ----------
    scenario : Scenario
        With `ladder` and `sectors`.
    incidents : polars.DataFrame
        With the columns of monitoring's incidents, located.
    exposure, signals : polars.DataFrame, optional
        What was observed; named signals (`contingent.monitoring.ladder.measures`).
    option : str, optional
        Option whose rungs hold; None = all.
    first, last : date, optional
        Days to look at; None = as far as incidents and exposure go.

    Raises
    ------
    ValueError
        If there is no day to look at.
    """
    rungs = tuple(row for row in scenario.ladder if option is None or not row.option or option in row.option)
    names = tuple(row.sector for row in scenario.sectors)
    if not rungs:
        days, values, steps = (pl.DataFrame(schema=LADDER_COLUMNS[f"ladder_{name}"]) for name in ("days", "values", "steps"))
        return Climbed(days, values, steps, ())
    series = series_of(names, incidents, exposure, signals, first=first, last=last)
    by_scope: dict[str | None, list[tuple[Rung, list[int], Floats]]] = {}
    for rung in rungs:
        for scope, rows in rows_of(series, rung):
            by_scope.setdefault(scope, []).append((rung, rows, measured(series, rung, rows)))
    told = _Told(series, incidents)
    for scope in sorted(by_scope, key=lambda name: (name is None, name or "")):
        told.add(scope, by_scope[scope])
    return Climbed(told.days(), told.values(), told.steps(), rungs)


class _Told:
    """Rows of the frames as they are gathered, scope by scope."""

    def __init__(self, series: Series, incidents: pl.DataFrame) -> None:
        self._series = series
        self._evidence = Evidence(incidents)
        self._days: list[pl.DataFrame] = []
        self._values: list[pl.DataFrame] = []
        self._steps: list[dict[str, Any]] = []
        self._dates = pl.date_range(series.first, series.day(series.days - 1), "1d", eager=True)

    def add(self, scope: str | None, rungs: list[tuple[Rung, list[int], Floats]]) -> None:
        """Climb one scope."""
        series = self._series
        top = max(rung.level for rung, _, _ in rungs)
        up, urgent = np.zeros(series.days, dtype=np.int64), np.zeros(series.days, dtype=np.int64)
        held, least = np.zeros((top + 1, series.days), dtype=np.bool_), np.zeros(top + 1, dtype=np.int64)
        known = [carried(values) for _, _, values in rungs]
        for (rung, _, values), filled in zip(rungs, known, strict=True):
            up = np.where(filled >= rung.up, np.maximum(up, rung.level), up)
            if rung.urgent is not None:
                urgent = np.where(filled >= rung.urgent, np.maximum(urgent, rung.level), urgent)
            held[rung.level] |= filled > rung.down
            least[rung.level] = max(int(least[rung.level]), rung.least_days)
            self._values.append(self._valued(scope, rung, values, filled))
        changes, levels = climb(up, urgent, held, least)
        postures: list[str | None] = [None] * series.days
        since, stands = np.zeros(series.days, dtype=np.int64), np.zeros(series.days, dtype=np.int64)
        for number, change in enumerate(changes):
            until = changes[number + 1].day if number + 1 < len(changes) else series.days
            row = self._step(scope, change, rungs, known, least)
            postures[change.day : until] = [row["posture"]] * (until - change.day)
            since[change.day : until] = change.day
            stands[change.day : until] = change.day + int(least[max(change.before, change.after)])
            self._steps.append(row)
        self._days.append(pl.DataFrame({
            "sector": pl.Series([scope] * series.days, dtype=pl.String), "date": self._dates, "level": levels,
            "posture": pl.Series(postures, dtype=pl.String),
            "since": self._dates.gather(since), "stands_until": self._dates[0] + pl.Series(stands) * timedelta(days=1),
        }, schema=LADDER_COLUMNS["ladder_days"]))  # fmt: skip

    def _valued(self, scope: str | None, rung: Rung, values: Floats, filled: Floats) -> pl.DataFrame:
        days = len(values)
        return pl.DataFrame({
            "rung": [rung.rung] * days, "sector": pl.Series([scope] * days, dtype=pl.String), "date": self._dates,
            "value": pl.Series(np.where(np.isinf(filled), np.nan, filled)).fill_nan(None),
            "known": ~np.isnan(values),
        }, schema=LADDER_COLUMNS["ladder_values"])  # fmt: skip

    def _step(
        self,
        scope: str | None,
        change: Change,
        rungs: list[tuple[Rung, list[int], Floats]],
        known: list[Floats],
        least: npt.NDArray[np.int64],
    ) -> dict[str, Any]:
        """One row of the steps: the rung that tells, which is the farthest above its threshold, or the last to clear."""
        of_level = max(change.before, change.after)
        day, rising = change.day, change.after > change.before
        at_level = [
            (max(0.0, float(values[day])) / _bar(rung, change), rung, float(values[day]))
            for (rung, _, _), values in zip(rungs, known, strict=True) if rung.level == of_level
        ]  # fmt: skip
        _, rung, value = max(at_level, key=lambda told: (not np.isinf(told[2]), told[0], told[1].rung))
        posture = rung.posture if rising else self._posture(change.after, rungs, known, day)
        window = self._series.day(max(0, day - rung.window_days + 1)), self._series.day(day)
        ids, number = self._evidence.behind(rung, scope, window)
        stands = self._series.day(day) + timedelta(days=int(least[of_level]))
        return {
            "step": f"{scope or 'all'} {self._series.day(day):%Y-%m-%d}", "sector": scope, "date": self._series.day(day),
            "from_level": change.before, "to_level": change.after, "rung": rung.rung, "posture": posture,
            "measure": rung.signal or rung.measure, "kinds": "; ".join(rung.kinds) or None,
            "value": None if np.isinf(value) else value, "up": rung.up, "down": rung.down, "window_from": window[0],
            "window_until": window[1], "incidents": number, "incident_ids": "; ".join(ids) or None,
            "stands_until": stands, "urgent": change.urgent,
            "sentence": _sentence(scope, change, rung, value, number, stands),
        }  # fmt: skip

    def _posture(
        self, level: int, rungs: list[tuple[Rung, list[int], Floats]], known: list[Floats], day: int
    ) -> str | None:
        held = [rung.posture for (rung, _, _), values in zip(rungs, known, strict=True)
                if rung.level == level and values[day] > rung.down]  # fmt: skip
        return held[0] if held else None

    def days(self) -> pl.DataFrame:
        """Return the frame ``ladder_days``."""
        return pl.concat(self._days)

    def values(self) -> pl.DataFrame:
        """Return the frame ``ladder_values``."""
        return pl.concat(self._values)

    def steps(self) -> pl.DataFrame:
        """Return the frame ``ladder_steps``, in the order of days."""
        frame = pl.DataFrame(self._steps, schema=LADDER_COLUMNS["ladder_steps"])
        return frame.sort("date", "sector", nulls_last=True, maintain_order=True)


WORDS = {
    "violations_per_day": "violations a day",
    "incidents_per_day": "incidents a day",
    "killed": "killed",
    "wounded": "wounded",
    "casualties": "killed and wounded",
    "ratio": "times the rate before",
    "unobserved_share": "of the time not observed",
}
"""Measures in words, after the figure."""


def _bar(rung: Rung, change: Change) -> float:
    """The threshold that a change is about."""
    if change.after < change.before:
        return max(rung.down, 1e-9)
    return rung.urgent if change.urgent and rung.urgent is not None else np.inf if change.urgent else rung.up


def _sentence(scope: str | None, change: Change, rung: Rung, value: float, number: int, stands: date) -> str:
    where = "All sectors together" if scope is None else scope
    what = WORDS.get(rung.measure, f"as the value of '{rung.signal}'")
    kinds = f" ({', '.join(rung.kinds)})" if rung.kinds else ""
    over = "on the day" if rung.window_days == 1 else f"over {rung.window_days} days"
    figure = "no value yet" if np.isinf(value) else f"{_figure(value)} {what}{kinds} {over}"
    counted = f", {number:,} incident{'' if number == 1 else 's'}" if number else ""
    if change.after < change.before:
        bar, moved = f"at or below {rung.down:g}", "steps down"
    elif change.urgent:
        bar, moved = f"at or above the urgent {rung.urgent:g}", "climbs again"
    else:
        bar, moved = f"at or above {rung.up:g}", "climbs"
    step = f"from level {change.before} to {change.after}"
    return f"{where} {moved} {step}: {figure}{counted}, {bar}. Stands until {stands:%Y-%m-%d} at the least."


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"
