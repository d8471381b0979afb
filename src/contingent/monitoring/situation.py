"""The situation of a period: one frozen value that every output of monitoring is made from.

period      first and last day told of, and the days before that they are held against
frames      what came in, what it says, what is done about it, what is missing
paragraphs  the same in plain words, the most telling first (`contingent.monitoring.sentences`)
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from contingent.monitoring.columns import INCIDENT_COLUMNS, JOINED_COLUMNS
from contingent.monitoring.gather import ASIDE_COLUMNS, FILES_COLUMNS
from contingent.monitoring.ladder.evaluate import LADDER_COLUMNS
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS

COUNT_COLUMNS: dict[str, Any] = {
    "sector": pl.String, "kind": pl.String, "violations": pl.Float64, "incidents": pl.Int64, "killed": pl.Int64,
    "wounded": pl.Int64, "violations_before": pl.Float64, "incidents_before": pl.Int64, "killed_before": pl.Int64,
    "wounded_before": pl.Int64,
}  # fmt: skip
GAP_COLUMNS: dict[str, Any] = {
    "what": pl.String, "sector": pl.String, "from_date": pl.Date, "until_date": pl.Date, "number": pl.Float64, "of": pl.Float64,
    "unit": pl.String,
}  # fmt: skip
TREND_COLUMNS: dict[str, Any] = {
    "sector": pl.String, "from_date": pl.Date, "until_date": pl.Date, "violations": pl.Float64, "observed_days": pl.Float64,
    "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64,
}  # fmt: skip

SITUATION_COLUMNS: dict[str, dict[str, Any]] = {
    "incidents": dict(INCIDENT_COLUMNS),
    "set_aside": dict(ASIDE_COLUMNS),
    "joined": dict(JOINED_COLUMNS),
    "files": dict(FILES_COLUMNS),
    "counts": COUNT_COLUMNS,
    "gaps": GAP_COLUMNS,
    "trend": TREND_COLUMNS,
    **SIGNAL_COLUMNS,
    **{name: LADDER_COLUMNS[name] for name in LADDER_COLUMNS},
}
"""Columns of every frame of a situation.

counts   what was reported in the period, by sector (null = outside all) and kind, and in as many days before; a kind that is
         obstruction is no violation and is left out of sums of violations.
gaps     what is not known: ``what`` is one of `GAPS`, ``number`` of ``of`` with the unit; a sector that is null = all together.
trend    weeks that end with the last day of the period: violations a day observed, with their interval; null = all together.
The others are described where they are made: `INCIDENT_COLUMNS`, `SIGNAL_COLUMNS`, `LADDER_COLUMNS`.
"""

GAPS = {
    "hours_unwatched": "hours of the period that were not watched",
    "days_unwatched": "days of the period on which nothing was watched",
    "exposure_missing": "days of the period for which nobody says how long was watched",
    "days_silent": "days of the period without any report",
    "set_aside": "rows of the files that were set aside",
    "joined": "reports that told of the same event as another",
    "no_position": "incidents of the period whose place is not known",
    "no_sector": "incidents of the period outside all sectors",
    "coarse_position": "incidents of the period too roughly placed for a distance to the line",
    "coarse_time": "incidents of the period whose day is not sure",
    "no_party": "incidents of the period of which no source says who did it",
    "later": "reports of later days, which this report leaves out",
}
"""What may be missing, in words."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days that are told of, both ends included, and as many before."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """Length. [days]"""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """As many days, up to the day before the first."""
        return Period(self.since - timedelta(days=self.days), self.since - timedelta(days=1))


@dataclass(frozen=True, eq=False)
class Situation:
    """What is known of a ceasefire at the end of a period. Frozen.

    Parameters
    ----------
    title, marking : str
        Of the scenario.
    period : Period
        The days told of.
    known_from : date or None
        First day of any report or watch; a period that begins before it is not held against the days before.
    exposed : bool
        Whether it was told how long was watched.
    incidents : polars.DataFrame
        All up to the end of the period, located, each one event.
    set_aside, joined, files, counts, gaps, trend : polars.DataFrame
        See `SITUATION_COLUMNS`.
    rates, series, changes, hotspots, normal, unusual, blindness, forecast, forecast_record : polars.DataFrame
        `contingent.monitoring.assess`.
    ladder_days, ladder_values, ladder_steps, ladder_calls, ladder_losses : polars.DataFrame
        `contingent.monitoring.ladder`; calls and losses are empty without a plan.
    paragraphs : mapping of str to tuple of str
        What an editor would print first: sentences by what they are about (`contingent.monitoring.sentences`).
    notes : tuple of str
        What was assumed and left out.
    basis : mapping
        Options that the figures rest on.
    seconds : float
        Time taken; the only part that differs between two runs. [s]
    """

    title: str
    marking: str
    period: Period
    known_from: date | None
    exposed: bool
    incidents: pl.DataFrame
    set_aside: pl.DataFrame
    joined: pl.DataFrame
    files: pl.DataFrame
    counts: pl.DataFrame
    gaps: pl.DataFrame
    trend: pl.DataFrame
    rates: pl.DataFrame
    series: pl.DataFrame
    changes: pl.DataFrame
    hotspots: pl.DataFrame
    normal: pl.DataFrame
    unusual: pl.DataFrame
    blindness: pl.DataFrame
    forecast: pl.DataFrame
    forecast_record: pl.DataFrame
    ladder_days: pl.DataFrame
    ladder_values: pl.DataFrame
    ladder_steps: pl.DataFrame
    ladder_calls: pl.DataFrame
    ladder_losses: pl.DataFrame
    paragraphs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    basis: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same, one after the other."""
        return tuple(text for texts in self.paragraphs.values() for text in texts)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Every frame by its name."""
        return {name: getattr(self, name) for name in SITUATION_COLUMNS}

    @property
    def weekly(self) -> bool:
        """Whether the period is a week."""
        return self.period.days == DAYS_A_WEEK

    @property
    def compared(self) -> bool:
        """Whether the days before were known."""
        return self.known_from is not None and self.known_from <= self.period.before.since

    def of_period(self) -> pl.DataFrame:
        """Return the incidents of the period, by time."""
        return self.incidents.filter(pl.col("time").dt.date().is_between(self.period.since, self.period.until))

    def ladder_now(self) -> pl.DataFrame:
        """Return the rows of ``ladder_days`` of the last day."""
        return self.ladder_days.filter(pl.col("date") == self.period.until)

    def new_changes(self) -> pl.DataFrame:
        """Return the changes that were called, or put on watch, in the period."""
        return self.changes.filter(pl.col("flagged").is_between(self.period.since, self.period.until))


DAYS_A_WEEK = 7
