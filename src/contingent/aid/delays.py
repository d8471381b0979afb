"""How long donors take: delays by donor, by family and by both, with what is still awaited counted until the ledger's date."""

from datetime import date

import numpy as np
import polars as pl

from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.portions import portions
from contingent.aid.survival import Curve, Everybody, adjusted_by_holm, kaplan_meier

CUTS: tuple[tuple[str, ...], ...] = ((), ("donor",), ("family",), ("donor", "family"))
"""Groups that are told apart: all, each donor, each family, each donor's families."""

SHOWN_DAYS = (180, 360)


def delays(
    pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return frames ``delays`` and ``delay_curve``.

    Parameters
    ----------
    pledges, deliveries, equipment : polars.DataFrame
        Tables of the ledger.
    as_of : date
        Up to which the ledger was kept: what had not arrived by then is still awaited, not lost.
    """
    cut = portions(pledges, deliveries, equipment, as_of=as_of)
    if cut.is_empty():
        return arrival_frame("delays"), arrival_frame("delay_curve")
    everybody = Everybody.of(cut["days"].to_numpy(), cut["arrived"].to_numpy(), cut["weight"].to_numpy())
    rows: list[pl.DataFrame] = []
    curves: list[pl.DataFrame] = []
    for keys in CUTS:
        groups = [cut] if not keys else cut.sort(*keys, "pledge", "days", "arrived").partition_by(keys, maintain_order=True)
        found = [_group(group, keys, everybody) for group in groups]
        summary = pl.DataFrame([row for row, _ in found], infer_schema_length=None)
        if keys:
            adjusted = adjusted_by_holm(summary["probability"].to_numpy())
            summary = summary.with_columns(pl.Series("adjusted", adjusted))
        rows.append(arrival_frame("delays", summary))
        curves.extend(curve for _, curve in found)
    return pl.concat(rows), pl.concat(curves)


def _group(cut: pl.DataFrame, keys: tuple[str, ...], everybody: Everybody) -> tuple[dict[str, object], pl.DataFrame]:
    """Summary and curve of one group."""
    days, arrived, weight = cut["days"].to_numpy(), cut["arrived"].to_numpy(), cut["weight"].to_numpy()
    curve = kaplan_meier(days, arrived, weight)
    group = {key: cut[key][0] if key in keys else None for key in ("donor", "family")}
    median, soonest, latest = curve.quantile(0.5)
    came = float(weight[arrived].sum())
    expected, statistic, probability = everybody.log_rank(days, arrived, weight) if keys else (None, None, None)
    shown = {f"delivered_{day}": _delivered(curve, day, watched=float(days.max())) for day in SHOWN_DAYS}
    row = {
        **group, "pledges": float(weight.sum()), "arrived": came, "awaited": float(weight[~arrived].sum()),
        "median_days": median, "median_low": soonest, "median_high": latest, **shown, "expected": expected,
        "statistic": statistic, "probability": probability, "adjusted": None,
    }  # fmt: skip
    steps = {
        "days": curve.times, "at_risk": curve.at_risk, "arrived": curve.arrived, "awaited": curve.awaited, "error": curve.error,
        "low": curve.low, "high": curve.high,
    }  # fmt: skip
    frame = pl.DataFrame(steps).with_columns(pl.lit(value, dtype=pl.String).alias(key) for key, value in group.items())
    return row, arrival_frame("delay_curve", frame)


def _delivered(curve: Curve, day: int, *, watched: float) -> float | None:
    """Share delivered within so many days; None where nothing was watched for so long and something is still awaited."""
    before = int(np.searchsorted(curve.times, day, side="right"))
    awaited = float(curve.awaited[before - 1]) if before else 1.0
    return None if watched < day and awaited > 0 else 1.0 - awaited
