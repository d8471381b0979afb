"""Columns of every frame that says what incidents mean. A null is what is not known or does not apply, never a number."""

from typing import Any

import polars as pl

SIGNAL_COLUMNS: dict[str, dict[str, Any]] = {
    # What a row speaks of: `by` names the parts that are set; a null in a part that is set = outside all sectors, party not said.
    "rates": {
        "by": pl.String,             # all, kind, sector, sector_kind, sector_kind_party
        "sector": pl.String,
        "kind": pl.String,           # null = all violations (every kind but obstruction)
        "party": pl.String,
        "window_days": pl.Int64,     # last days of the period; null = the whole period
        "from_date": pl.Date,
        "until_date": pl.Date,       # last day of the window, included
        "violations": pl.Float64,
        "observed_days": pl.Float64,
        "rate": pl.Float64,          # per day observed; null = nothing was observed
        "low": pl.Float64,
        "high": pl.Float64,
        "overdispersion": pl.Float64,  # variance of the total as a multiple of a Poisson number's
    },
    "series": {
        "sector": pl.String,         # null = all sectors together
        "kind": pl.String,           # null = all violations
        "date": pl.Date,
        "violations": pl.Float64,    # null = not observed
        "observed_days": pl.Float64,
        "level": pl.Float64,         # rate per day observed, at the end of the day
        "expected": pl.Float64,      # count that was expected of the day before it came
        "evidence": pl.Float64,      # natural logarithm of the detector's statistic, held against the threshold of changes
    },
    "changes": {
        "sector": pl.String,
        "kind": pl.String,
        "grade": pl.String,          # called; watch = evidence stands above the lower threshold on the last day
        "flagged": pl.Date,          # day on which it was called, or the watch began: later days do not move it
        "watched": pl.Date,          # day on which the watch began that led to the call; null = the call came at once
        "changed": pl.Date,          # most probable first day at the new level, by all that is known now
        "changed_from": pl.Date,     # interval of that day
        "changed_until": pl.Date,
        "direction": pl.String,      # rise, fall
        "before": pl.Float64,        # rate per day observed since the change before
        "after": pl.Float64,
        "ratio": pl.Float64,         # after / before; null = nothing before
        "ratio_low": pl.Float64,
        "ratio_high": pl.Float64,
        "evidence": pl.Float64,      # natural logarithm of the statistic on the day flagged, and what it had to pass
        "threshold": pl.Float64,
    },
    "hotspots": {
        "measure": pl.String,        # standing: many incidents; emerging: more than the cell's own past leads to expect
        "latitude": pl.Float64,      # centre of the cell
        "longitude": pl.Float64,
        "cell_km": pl.Float64,
        "sector": pl.String,         # in which most of the cell's incidents lie
        "violations": pl.Float64,    # of the cell in the window
        "around": pl.Float64,        # of the cell and its neighbours in the window
        "expected_around": pl.Float64,
        "score": pl.Float64,         # Gi*: standard deviations above the mean of all cells
        "probability": pl.Float64,   # that chance alone gives as much, by permutation
        "adjusted": pl.Float64,      # the same, adjusted for all cells looked at (false discovery rate)
    },
    "normal": {
        "sector": pl.String,         # null = all sectors together
        "part": pl.String,           # hour, weekday, month
        "value": pl.Int64,           # 0 to 23; 1 = Monday to 7; 1 to 12
        "violations": pl.Float64,
        "observed_days": pl.Float64,
        "rate": pl.Float64,          # per day observed (an hour's rate is times 24)
        "low": pl.Float64,
        "high": pl.Float64,
        "ratio": pl.Float64,         # to the mean of all values
    },
    "unusual": {
        "sector": pl.String,
        "kind": pl.String,
        "date": pl.Date,
        "violations": pl.Float64,
        "expected": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "probability": pl.Float64,   # of a count as far out on that side, twice
        "adjusted": pl.Float64,      # for all series looked at (false discovery rate)
        "verdict": pl.String,        # more, fewer, usual
    },
    "blindness": {
        "sector": pl.String,         # null = all sectors together
        "from_date": pl.Date,        # first day of the last window
        "until_date": pl.Date,
        "reports_ratio": pl.Float64,      # violations per calendar day: last window / window before
        "reports_low": pl.Float64,
        "reports_high": pl.Float64,
        "exposure_ratio": pl.Float64,     # days observed per calendar day; null = exposure was not given
        "obstruction_ratio": pl.Float64,
        "obstruction_low": pl.Float64,
        "obstruction_high": pl.Float64,
        "rate_ratio": pl.Float64,         # violations per day observed; null = exposure was not given
        "rate_low": pl.Float64,
        "rate_high": pl.Float64,
        "verdict": pl.String,        # see_the_same, quieter, going_blind, quieter_and_blinder, perhaps_blind, blind, unclear
        "statement": pl.String,
    },
    "forecast": {
        "sector": pl.String,         # null = all sectors together
        "from_date": pl.Date,
        "until_date": pl.Date,       # included
        "observed_days": pl.Float64,  # that the forecast counts on: as in the last week
        "expected": pl.Float64,      # violations that will be reported
        "low": pl.Float64,
        "middle": pl.Float64,
        "high": pl.Float64,
        "if_observed": pl.Float64,   # expected, were each day observed in full
    },
    "forecast_record": {
        "sector": pl.String,
        "weeks": pl.Int64,           # forecasts that were held against what came
        "covered": pl.Float64,       # share of them inside the interval
        "promised": pl.Float64,      # share that should be
        "loss": pl.Float64,          # mean pinball loss over five quantiles [violations]
        "loss_last_week": pl.Float64,    # of the rule: next week as the last
        "loss_eight_weeks": pl.Float64,  # of the rule: the quantiles of the last eight weeks
        "bias": pl.Float64,          # mean of expected less what came [violations]
    },
}


def signal_frame(name: str, data: Any = None) -> pl.DataFrame:
    """Return a frame of a name with exactly its columns, from rows or columns, or empty."""
    schema = SIGNAL_COLUMNS[name]
    return pl.DataFrame(schema=schema) if data is None or len(data) == 0 else pl.DataFrame(data, schema=schema)
