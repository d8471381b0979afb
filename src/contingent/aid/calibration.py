"""How forecasts of arrivals would have done in the past: made at earlier dates from what was known then, against what came.

In a complete ledger all that was open at the origin is compared at the end of the horizon. In one that is not, what became of a
pledge is known only where somebody looked. A pledge is then compared on the day of the first look at it after the origin, if
that lies within the horizon: that day does not depend on what was found, while the last look does. What nobody looked at is
compared with nothing, and where that is all, there is no row: the forecast has then no past to be judged by.
"""

import logging
from datetime import date, timedelta

import numpy as np
import polars as pl

from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.draws import arrived_by, open_pledges
from contingent.aid.forecast import MEASURES, ForecastOptions, interval
from contingent.aid.hazard import fit
from contingent.aid.portions import followed, portions

log = logging.getLogger(__name__)


def calibration(
    pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date, complete: bool = False,
    horizon_days: int = 180, every_days: int = 90, least_pledges: int = 10, options: ForecastOptions | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return frame ``calibration``; empty where the ledger shows too little of the past.

    Parameters
    ----------
    pledges, deliveries, equipment : polars.DataFrame
        Tables of the ledger. A later correction of the ledger is taken as known from the beginning.
    as_of : date
        Up to which arrivals are known.
    complete : bool
        Whether the ledger would know of every arrival; if not, only what was looked at is compared, on the day of the look.
    horizon_days, every_days : int
        Of each forecast, and between the dates at which one is made. [days]
    least_pledges : int
        Fewer, known at the origin and looked at, are not a past to learn from. [pledges]
    options : ForecastOptions, optional
        Replications, confidence and seed.
    """
    asked = options or ForecastOptions(replications=200)
    rows: list[pl.DataFrame] = []
    origin = as_of - timedelta(days=horizon_days)
    origins = 0
    while True:
        known = pledges.filter(pl.col("announced") <= origin)
        then = deliveries if complete else deliveries.filter(_look() <= origin)
        cut = portions(known, then, equipment, as_of=origin, complete=complete)
        if cut.filter("seen")["pledge"].n_unique() < least_pledges:
            break
        origins += 1
        still = _compared(open_pledges(cut, followed(known, equipment, as_of=origin), as_of=origin), deliveries, origin=origin,
                          horizon_days=horizon_days, complete=complete)  # fmt: skip
        if len(still):
            later = _known_later(deliveries, still, origin=origin, complete=complete)
            after = portions(known, later, equipment, as_of=origin + timedelta(days=horizon_days), complete=True)
            foreseen = _foreseen(still, after, asked, rates_of=cut)
            rows.append(foreseen.with_columns(pl.lit(origin).alias("origin"), pl.lit(horizon_days).alias("horizon_days")))
        origin -= timedelta(days=every_days)
    log.info("calibration: %d origins, %d with something to compare", origins, len(rows))
    return pl.concat([arrival_frame("calibration"), *(arrival_frame("calibration", row) for row in reversed(rows))])


def _look() -> pl.Expr:
    """Day on which a row of deliveries could first be known."""
    return pl.max_horizontal("date", "as_of")


def _compared(
    still: pl.DataFrame, deliveries: pl.DataFrame, *, origin: date, horizon_days: int, complete: bool
) -> pl.DataFrame:  # fmt: skip
    """Open pledges that can be compared, with `until_days` from the origin to the day on which they are."""
    if complete:
        return still.with_columns(pl.lit(horizon_days, dtype=pl.Int64).alias("until_days"))
    end = origin + timedelta(days=horizon_days)
    looks = (
        deliveries.filter((_look() > origin) & (_look() <= end))
        .group_by("pledge")
        .agg((_look().min() - pl.lit(origin)).dt.total_days().alias("until_days"))
    )
    return still.join(looks, on="pledge", maintain_order="left")


def _known_later(deliveries: pl.DataFrame, still: pl.DataFrame, *, origin: date, complete: bool) -> pl.DataFrame:
    """Deliveries that were known on the day of comparison of each pledge."""
    if complete:
        return deliveries
    until = still.select("pledge", (pl.lit(origin) + pl.duration(days="until_days")).alias("until"))
    return deliveries.join(until, on="pledge").filter(_look() <= pl.col("until")).drop("until")


def _foreseen(still: pl.DataFrame, after: pl.DataFrame, asked: ForecastOptions, *, rates_of: pl.DataFrame) -> pl.DataFrame:
    """Rows of one origin: what was foreseen to come by the day of comparison, and what did, by measure and family."""
    left = after.filter(~pl.col("arrived")).select("pledge", pl.col("weight").alias("left"))
    table = still.join(left, on="pledge", how="left", maintain_order="left").with_columns(
        (1.0 - pl.col("left").fill_null(0.0) / pl.col("share")).alias("came"))  # fmt: skip
    names = table["family"].unique().sort()
    place = names.search_sorted(table["family"]).cast(pl.Int64).to_numpy()
    amounts = [table[name].fill_null(0.0).to_numpy() for name in ("quantity", "value_eur_m")]
    limit = (table["age_days"] + table["until_days"]).cast(pl.Float64).to_numpy()
    sums = np.empty((len(MEASURES), asked.replications, len(names)))
    draws = arrived_by(table, limit, fit(rates_of), seed=asked.seed, replications=asked.replications)
    for replication, there in enumerate(draws):
        for measure, amount in enumerate(amounts):
            sums[measure, replication] = np.bincount(place[there], weights=amount[there], minlength=len(names))
    frames = []
    for measure, amount in enumerate(amounts):
        low, _, high = interval(sums[measure], confidence=asked.confidence)
        actual = np.bincount(place, weights=amount * table["came"].to_numpy(), minlength=len(names))
        held = (actual >= low - 1e-9) & (actual <= high + 1e-9)
        counted = np.bincount(place[amount > 0], minlength=len(names))
        frame = pl.DataFrame({
            "measure": [MEASURES[measure]] * len(names), "family": names, "pledges": counted, "actual": actual,
            "mean": sums[measure].mean(axis=0), "low": low, "high": high, "inside": held,
        })  # fmt: skip
        frames.append(frame.filter(pl.col("pledges") > 0))
    return pl.concat(frames)
