"""Is monitoring going blind: fewer reports may mean fewer violations, or fewer eyes. Frame ``blindness``.

The last days are held against twice as many before them, sector by sector:

    reports        violations per calendar day, as a reader of daily reports sees them
    exposure       days observed per calendar day
    obstruction    incidents of that kind per calendar day
    rate           violations per day observed, weekdays apart

A ratio has fallen where the whole of its interval lies below 1, and risen where it lies above. Eyes are fewer where exposure
is below `FEWER_EYES` of what it was, or where obstruction has risen. Then:

    reports fell, exposure fell, the rate did not fall    going_blind            what is missing was not seen
    reports fell, exposure fell, the rate fell            quieter_and_blinder    both
    reports fell, obstruction rose, exposure held or is not given    perhaps_blind    obstruction says so, hours do not
    reports fell, eyes are the same                       quieter
    reports did not fall, exposure fell, the rate rose    hidden_rise            as many reports from fewer eyes
    reports did not fall, eyes are fewer                  fewer_eyes
    hardly any exposure is left                           blind
    nothing of these                                      see_the_same

It rests on violations being seen in proportion to the hours watched. If monitors are kept from where it is worst, the truth is
worse than the rate says.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from contingent.monitoring.estimates import estimate, known, ratio_interval
from contingent.monitoring.series import DailySeries, Floats
from contingent.monitoring.signal_columns import signal_frame
from contingent.monitoring.signal_options import OBSTRUCTION, SignalOptions

FEWER_EYES = 0.8
"""Share of the exposure before, below which monitors see less. [-]"""
BLIND = 0.05
"""Share of the exposure before, below which they see nothing. [-]"""
BEFORE = 2
"""Length of the time before as a multiple of the last days."""

Ratio = tuple[float, float, float]


def blindness(daily: DailySeries, options: SignalOptions | None = None) -> pl.DataFrame:
    """Return frame ``blindness``: a verdict with its evidence, of all sectors together and of each; empty of too few days."""
    asked = options or SignalOptions()
    if daily.days < asked.blindness_days * (BEFORE + 1):
        return signal_frame("blindness")
    return signal_frame("blindness", [_row(daily, sector, asked) for sector in (None, *daily.sectors)])


def _row(daily: DailySeries, sector: str | None, asked: SignalOptions) -> dict[str, Any]:
    """Hold the last days of one sector against those before."""
    first = daily.days - asked.blindness_days
    last, before = slice(first, None), slice(first - BEFORE * asked.blindness_days, first)
    counts, observed, _ = daily.of(sector, None)
    calendar = np.ones(daily.days)
    reports = _ratio(counts, calendar, last, before, asked)
    hindered = daily.of(sector, OBSTRUCTION)[0] if OBSTRUCTION in daily.kinds else np.zeros(daily.days)
    obstruction = _ratio(hindered, calendar, last, before, asked) if hindered[before.start :].any() else None
    eyes: float | None = None
    rate: Ratio | None = None
    if daily.exposed:
        then, now = observed[before].sum() / BEFORE, observed[last].sum()
        eyes = float(now / then) if then > 0 else None
        rate = _ratio(counts, observed, last, before, asked) if then > 0 and now > 0 else None
    found = verdict_of(reports, obstruction=obstruction, exposure=eyes, rate=rate)
    row: dict[str, Any] = {
        "sector": sector, "from_date": daily.first + timedelta(days=first), "until_date": daily.last, "exposure_ratio": eyes,
        "verdict": found,
    }  # fmt: skip
    for name, value in (("reports", reports), ("obstruction", obstruction), ("rate", rate)):
        ends = (None,) * 3 if value is None else tuple(known(number) for number in value)
        row |= dict(zip((f"{name}_ratio", f"{name}_low", f"{name}_high"), ends, strict=True))
    counted = (float(counts[last].sum()), float(counts[before].sum()) / BEFORE)
    return row | {"statement": _statement(found, row, counted=counted, days=asked.blindness_days, until=daily.last)}


def _ratio(counts: Floats, exposure: Floats, last: slice, before: slice, asked: SignalOptions) -> Ratio:
    now, then = (estimate(counts[None, part], exposure[None, part]) for part in (last, before))
    ratio, low, high = ratio_interval(now, then, asked.confidence)
    return float(ratio[0]), float(low[0]), float(high[0])


def verdict_of(reports: Ratio, *, obstruction: Ratio | None, exposure: float | None, rate: Ratio | None) -> str:
    """Return what reports, obstruction, exposure and rate say together.

    Parameters
    ----------
    reports, obstruction, rate : tuple of float
        Ratio of the last days to those before, with its interval; None = not known. [-]
    exposure : float, optional
        Ratio of days observed; None = not given. [-]

    Examples
    --------
    Half the reports from half the hours: the rate is the same, so what is missing was not seen.

    >>> verdict_of((0.5, 0.3, 0.8), obstruction=None, exposure=0.5, rate=(1.0, 0.7, 1.4))
    'going_blind'
    """
    if exposure is not None and exposure < BLIND:
        return "blind"
    fell = reports[2] < 1
    hindered = obstruction is not None and obstruction[1] > 1
    fewer = exposure is not None and exposure < FEWER_EYES
    if fell and fewer:
        return "quieter_and_blinder" if rate is not None and rate[2] < 1 else "going_blind"
    if fell:
        return "perhaps_blind" if hindered else "quieter"
    if fewer and rate is not None and rate[1] > 1:
        return "hidden_rise"
    return "fewer_eyes" if fewer or hindered else "see_the_same"


SAYINGS = {
    "blind": "Hardly anything was observed: silence here says nothing.",
    "going_blind": "Reports fell because less was observed; per day observed, violations did not fall.",
    "quieter_and_blinder": "Reports fell by more than the observation that was lost: it is quieter, and less of it was seen.",
    "perhaps_blind": "Reports fell while monitors were obstructed more often: the fall may be theirs, not the parties'.",
    "quieter": "Reports fell, and nothing says that less was observed.",
    "hidden_rise": "As many reports came from fewer hours: per day observed, violations rose.",
    "fewer_eyes": "Less was observed, or monitors were obstructed more often; reports have not fallen yet.",
    "see_the_same": "Reports did not fall, and nothing says that less was observed.",
}
"""One sentence for each verdict."""


def _statement(found: str, row: dict[str, Any], *, counted: tuple[float, float], days: int, until: date) -> str:
    """The verdict's sentence and the evidence."""
    noun = "violation" if counted[0] == 1 else "violations"
    parts = [f"{counted[0]:,.0f} {noun} in the {days} days to {until}, {counted[1]:,.1f} in as many before on average"]
    if row["exposure_ratio"] is not None:
        parts.append(f"{100 * row['exposure_ratio']:.0f} % of the observation before")
    for name, words in (("rate", "violations per day observed"), ("obstruction", "obstruction")):
        if row[f"{name}_ratio"] is not None:
            parts.append(f"{words} times {row[f'{name}_ratio']:.2f} ({row[f'{name}_low']:.2f} to {row[f'{name}_high']:.2f})")
        elif row[f"{name}_low"]:
            parts.append(f"{words} where there was none before")
    return f"{SAYINGS[found]} Evidence: {'; '.join(parts)}."
