"""How long donors take: delays by donor, by family and by both, with what is still awaited counted as long as it was watched.

Where the ledger would know of every arrival (`complete`), that is up to its close; elsewhere up to the last look at each pledge.
Pledges that nobody ever looked at are then counted (`unseen`) but teach nothing: see `contingent.aid.portions`.
"""

from datetime import date

import numpy as np
import polars as pl

from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.due import due_summary, lateness
from contingent.aid.portions import followed, portions
from contingent.aid.survival import Curve, Everybody, adjusted_by_holm, kaplan_meier

CUTS: tuple[tuple[str, ...], ...] = ((), ("donor",), ("family",), ("donor", "family"))
"""Groups that are told apart: all, each donor, each family, each donor's families."""

SHOWN_DAYS = (180, 360)


def delays(
    pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date, complete: bool = False
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return frames ``delays`` and ``delay_curve``.

    Parameters
    ----------
    pledges, deliveries, equipment : polars.DataFrame
        Tables of the ledger.
    as_of : date
        Up to which the ledger was kept: what had not arrived by then is still awaited, not lost.
    complete : bool
        Whether the ledger would know of every arrival; if not, each pledge is followed up to the last look at it.
    """
    cut = portions(pledges, deliveries, equipment, as_of=as_of, complete=complete)
    if cut.is_empty():
        return arrival_frame("delays"), arrival_frame("delay_curve")
    late = lateness(cut, followed(pledges, equipment, as_of=as_of))
    seen = cut.filter("seen")
    everybody = Everybody.of(seen["days"].to_numpy(), seen["arrived"].to_numpy(), seen["weight"].to_numpy())
    rows: list[pl.DataFrame] = []
    curves: list[pl.DataFrame] = []
    for keys in CUTS:
        groups = _parted(cut.sort(*keys, "pledge", "days", "arrived"), keys)
        due = _parted(late, keys)
        found = [_group(group, keys, everybody, due.get(name, late.clear())) for name, group in groups.items()]
        rows.append(arrival_frame("delays", _adjusted([row for row, _ in found])))
        curves.extend(curve for _, curve in found)
    return pl.concat(rows), pl.concat(curves)


def _parted(table: pl.DataFrame, keys: tuple[str, ...]) -> dict[tuple[object, ...], pl.DataFrame]:
    """Rows of each group by its name, in the order of the table."""
    return table.partition_by(keys, maintain_order=True, as_dict=True) if keys else {(): table}


def _adjusted(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows of one cut, with probabilities adjusted for the number of groups that could be looked at."""
    summary = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("probability").cast(pl.Float64))
    told = summary["probability"].is_not_null()
    adjusted = np.full(len(summary), np.nan)
    adjusted[told.to_numpy()] = adjusted_by_holm(summary["probability"].drop_nulls().to_numpy())
    return summary.with_columns(pl.Series("adjusted", adjusted, nan_to_null=True))


def _group(
    cut: pl.DataFrame, keys: tuple[str, ...], everybody: Everybody, late: pl.DataFrame
) -> tuple[dict[str, object], pl.DataFrame]:
    """Summary and curve of one group."""
    group = {key: cut[key][0] if key in keys else None for key in ("donor", "family")}
    seen = cut.filter("seen")
    days, arrived, weight = seen["days"].to_numpy(), seen["arrived"].to_numpy(), seen["weight"].to_numpy()
    curve = kaplan_meier(days, arrived, weight)
    median, soonest, latest = curve.quantile(0.5)
    told = bool(keys) and len(seen) > 0
    expected, statistic, probability = everybody.log_rank(days, arrived, weight) if told else (None, None, None)
    row = {
        **group, "pledges": float(cut["weight"].sum()), "arrived": float(weight[arrived].sum()),
        "awaited": float(weight[~arrived].sum()), "unseen": float(cut.filter(~pl.col("seen"))["weight"].sum()),
        "median_days": median, "median_low": soonest, "median_high": latest,
        **{f"delivered_{day}": _delivered(curve, day, watched=float(days.max(initial=-1.0))) for day in SHOWN_DAYS},
        "expected": expected, "statistic": statistic, "probability": probability, **due_summary(late),
    }  # fmt: skip
    steps = {
        "days": curve.times, "at_risk": curve.at_risk, "arrived": curve.arrived, "awaited": curve.awaited, "error": curve.error,
        "low": curve.low, "high": curve.high,
    }  # fmt: skip
    frame = pl.DataFrame(steps).with_columns(pl.lit(value, dtype=pl.String).alias(key) for key, value in group.items())
    return row, arrival_frame("delay_curve", frame)


def _delivered(curve: Curve, day: int, *, watched: float) -> float | None:
    """Share delivered within so many days; None where nothing was watched for so long and something is still awaited."""
    awaited = curve.after(day, watched=watched)
    return None if awaited is None else 1.0 - awaited
