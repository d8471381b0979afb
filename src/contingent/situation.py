"""Is the ceasefire holding: from files of incidents to the situation of a day or a week, on one screen.

gather     contingent.monitoring.gather    files of incidents, what was set aside
merge      contingent.monitoring.merge     reports of one event become one incident
locate     contingent.monitoring.locate    sector, distance to the line, side, depth
assess     contingent.monitoring.assess    rates, changes, hot spots, blindness, next week
ladder     contingent.monitoring.ladder    the response, and who answers its calls from a plan
sentences  contingent.monitoring.sentences the same in plain words
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

from contingent.errors import BadIncidents
from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.monitoring.assess import assess
from contingent.monitoring.columns import EXPOSURE_COLUMNS, INCIDENT_COLUMNS
from contingent.monitoring.counts import counts_of, trend_of
from contingent.monitoring.exposure import read_exposure
from contingent.monitoring.gaps import gaps_of
from contingent.monitoring.gather import Gathered, gather_incidents
from contingent.monitoring.ladder import LADDER_COLUMNS, Climbed, Committed, call_reserves, evaluate
from contingent.monitoring.locate import Locating, locate_incidents
from contingent.monitoring.merge import Merging, merge_incidents
from contingent.monitoring.sentences import paragraphs_of
from contingent.monitoring.signal_options import SignalOptions
from contingent.monitoring.situation import DAYS_A_WEEK, Period, Situation
from contingent.pipeline import derive
from contingent.plan.plan import Plan

MONTH_DAYS = 28
"""Rates are also given for so many last days. [days]"""


@dataclass(frozen=True, slots=True)
class MonitorOptions:
    """How a situation is worked out.

    Parameters
    ----------
    weekly : bool
        Whether the period is a week rather than a day, where only one end of it is said.
    option : str, optional
        Course of action whose ladder holds; None = the plan's, or the scenario's default.
    merging : Merging
        How far apart two reports of one event may be.
    locating : Locating
        Bounds of depth, names of the sides.
    signals : SignalOptions
        Confidence, false-alarm rates, grid; its days and windows are set from the period.
    """

    weekly: bool = False
    option: str | None = None
    merging: Merging = field(default_factory=Merging)
    locating: Locating = field(default_factory=Locating)
    signals: SignalOptions = field(default_factory=SignalOptions)


def monitor(
    scenario: Scenario,
    incidents: pl.DataFrame | Gathered | Path | Sequence[Path],
    exposure: pl.DataFrame | Path | None = None,
    *,
    plan: Plan | None = None,
    since: date | None = None,
    until: date | None = None,
    options: MonitorOptions | None = None,
) -> Situation:
    """Say how a ceasefire stands at the end of a day or a week.

    Parameters
    ----------
    scenario : Scenario
        With the line (traces), sectors and a response ladder, as far as it has them.
    incidents : polars.DataFrame, Gathered, Path or sequence of Path
        `INCIDENT_COLUMNS`, or files to read.
    exposure : polars.DataFrame or Path, optional
        `EXPOSURE_COLUMNS`; None = nothing says how much was watched, which the report says.
    plan : Plan, optional
        Whose reserves answer the ladder's calls.
    since, until : date, optional
        First and last day told of; None = the last day that anything is known of, and that day alone or a week. Nothing that came
        later is looked at, so that a report of the past says what could be known then.
    options : MonitorOptions, optional
        How it is worked out.

    Raises
    ------
    BadIncidents
        If a file cannot be read, or nothing is known up to the last day.
    ValueError
        If the last day is before the first.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> one = {"time": [date(2027, 1, 5)], "kind": ["shelling"], "source": ["post 7"]}
    >>> monitor(read_scenario("tiny"), pl.DataFrame(one)).sentences[0]
    '1 ceasefire violation was reported on 5 January 2027; nothing is known of the time before it to compare with.'
    """
    began = perf_counter()
    asked = options or MonitorOptions()
    gathered = _gathered(incidents)
    watched = _watched(exposure, scenario)
    period, known_from = _period(gathered.incidents, watched, since=since, until=until, weekly=asked.weekly)
    known = gathered.incidents.filter(pl.col("time").dt.date() <= period.until)
    watched = None if watched is None else watched.filter(pl.col("date") <= period.until)
    merged = merge_incidents(known, asked.merging)
    located = locate_incidents(merged.incidents, sectors=scenario.sectors, traces=scenario.traces, locating=asked.locating)
    windows = tuple(sorted({period.days, DAYS_A_WEEK, MONTH_DAYS}))
    signals = replace(asked.signals, since=known_from, until=period.until, windows=windows)
    assessed = assess(located, watched, scenario.sectors, options=signals)
    option = asked.option or (plan.option if plan is not None else scenario.settings.default_option)
    climbed = evaluate(scenario, located, exposure=watched, option=option, first=known_from, last=period.until)
    calls, losses = _called(scenario, plan, climbed, located)
    names = [sector.sector for sector in scenario.sectors]
    later = gathered.incidents.height - known.height
    found = Situation(
        title=scenario.settings.title, marking=scenario.settings.marking, period=period, known_from=known_from,
        exposed=watched is not None, incidents=located, set_aside=gathered.set_aside, joined=merged.joined, files=gathered.files,
        counts=counts_of(located, period),
        gaps=gaps_of(gathered, merged.joined, located, watched, sectors=_on_the_line(scenario), period=period, later=later),
        trend=trend_of(located, watched, names, period, signals),
        **{name: getattr(assessed, name) for name in (
            "rates", "series", "changes", "hotspots", "normal", "unusual", "blindness", "forecast", "forecast_record")},
        ladder_days=climbed.ladder_days, ladder_values=climbed.ladder_values, ladder_steps=climbed.ladder_steps,
        ladder_calls=calls, ladder_losses=losses, notes=assessed.notes, basis=_basis(asked, signals, option, plan),
    )  # fmt: skip
    return replace(found, paragraphs=paragraphs_of(found), seconds=perf_counter() - began)


def _gathered(incidents: pl.DataFrame | Gathered | Path | Sequence[Path]) -> Gathered:
    """What came in, whatever it came as."""
    if isinstance(incidents, Gathered):
        return incidents
    if isinstance(incidents, pl.DataFrame):
        return Gathered(completed(incidents))
    return gather_incidents([incidents] if isinstance(incidents, Path) else list(incidents))


def completed(incidents: pl.DataFrame) -> pl.DataFrame:
    """Return incidents with every column of `INCIDENT_COLUMNS`: a count that is not said is 1, a date is known to the day.

    Raises
    ------
    ValueError
        If there is no column ``time``.
    """
    if "time" not in incidents.columns:
        raise ValueError("Incidents need a column time.")
    to_the_day = incidents.schema["time"] == pl.Date
    blank = {"count": 1.0, "kind": "other", "precision_h": 24.0 if to_the_day else 0.0}
    missing = [pl.lit(blank.get(name), dtype=kind).alias(name) for name, kind in INCIDENT_COLUMNS.items()
               if name not in incidents.columns]  # fmt: skip
    whole = incidents.with_columns(missing)
    if "incident" not in incidents.columns:
        whole = whole.with_columns(pl.format("{}", pl.int_range(1, pl.len() + 1)).alias("incident"))
    whole = whole.select(pl.col(name).cast(kind) for name, kind in INCIDENT_COLUMNS.items())
    return whole.with_columns(pl.col("count").fill_null(1.0), pl.col("kind").fill_null("other"),
                              pl.coalesce("sources", "source").alias("sources"))  # fmt: skip


def _watched(exposure: pl.DataFrame | Path | None, scenario: Scenario) -> pl.DataFrame | None:
    if isinstance(exposure, Path):
        return read_exposure(exposure, sectors=[sector.sector for sector in scenario.sectors])
    if exposure is None:
        return None
    blank = [pl.lit(None, dtype=kind).alias(name) for name, kind in EXPOSURE_COLUMNS.items() if name not in exposure.columns]
    return exposure.with_columns(blank).select(pl.col(name).cast(kind) for name, kind in EXPOSURE_COLUMNS.items())


def _period(
    incidents: pl.DataFrame, exposure: pl.DataFrame | None, *, since: date | None, until: date | None, weekly: bool
) -> tuple[Period, date]:
    """The days that are told of, and the first that anything is known of."""
    days = [incidents["time"].dt.date().drop_nulls()] + ([exposure["date"]] if exposure is not None else [])
    known = pl.concat([part.alias("date") for part in days])
    first, last = known.min(), known.max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise BadIncidents("what was given", [Finding("incidents", "there is not one incident with a date, nor a day watched.")])
    length = DAYS_A_WEEK if weekly else 1
    end = until or (last if since is None or not weekly else min(last, since + timedelta(days=length - 1)))
    begin = since or end - timedelta(days=length - 1)
    if end < begin:
        raise ValueError(f"until ({end}) is before since ({begin}).")
    if end < first:
        what = f"nothing is known up to {end}: the first day of anything is {first}."
        raise BadIncidents("what was given", [Finding("incidents", what, maybe=f"take a day from {first} to {last}")])
    return Period(begin, end), first


def _called(
    scenario: Scenario, plan: Plan | None, climbed: Climbed, located: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who answers the calls of the ladder, and what the plan loses; nothing without a plan."""
    if plan is None or climbed.ladder_steps.is_empty():
        return pl.DataFrame(schema=LADDER_COLUMNS["ladder_calls"]), pl.DataFrame(schema=LADDER_COLUMNS["ladder_losses"])
    planned = plan.provenance.get("scenario") == scenario.fingerprint()
    derived = scenario if planned else derive(scenario)
    return call_reserves(derived, plan, climbed, incidents=located, weigh=lambda away: under_chance(plan, away))


def under_chance(plan: Plan, away: Committed) -> str | None:
    """Return how a line fares under chance without any call, from the plan's own simulation; None where it has none."""
    rows = plan.risk_lines.filter(pl.col("line") == away.line)
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    return (
        f"Before any call, {100 * row['mean']:.0f} % of {away.line} was filled on average over the plan when it was played "
        f"through under chance ({100 * row['p05']:.0f} to {100 * row['p95']:.0f} % in nine runs of ten)."
    )


def _on_the_line(scenario: Scenario) -> list[str]:
    """Sectors with a part of a line: those whose watch counts. All sectors where no line or no shape is drawn."""
    from contingent.geography.shapes import part_inside

    drawn = [
        sector.sector for sector in scenario.sectors
        if sector.geometry and any(part_inside(trace.geometry, sector.geometry) for trace in scenario.traces)
    ]  # fmt: skip
    return drawn or [sector.sector for sector in scenario.sectors]


def _basis(asked: MonitorOptions, signals: SignalOptions, option: str | None, plan: Plan | None) -> dict[str, Any]:
    """What the figures rest on, as plain values."""
    return {
        "version": _version(), "option": option, "plan": plan.title if plan is not None else None,
        "front_km": asked.locating.front_km, "middle_km": asked.locating.middle_km,
        "slack_h": asked.merging.slack_h, "slack_km": asked.merging.slack_km,
        **{name: value for name, value in asdict(signals).items() if name not in ("since", "until", "windows")},
    }  # fmt: skip


def _version() -> str | None:
    """The version of this package; None where it runs without being installed."""
    try:
        return version("contingent")
    except PackageNotFoundError:
        return None
