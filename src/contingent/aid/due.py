"""Delay past the day by which a pledge was promised, where one was named.

    L    day on which all of a pledge had come, less its due day; negative = early     [days]

A pledge of which something is still awaited is late by its last look at least, and is treated as any that is still awaited
(Kaplan-Meier): one that is not due yet is counted as long as it was watched. Where all are past due and were looked at since,
the share that is late is simply that.
"""

from collections.abc import Mapping

import polars as pl

from contingent.aid.survival import kaplan_meier


def lateness(portions: pl.DataFrame, followed: pl.DataFrame) -> pl.DataFrame:
    """Return how late each pledge with a due day was or is, of those that were looked at.

    Parameters
    ----------
    portions, followed : polars.DataFrame
        As of `contingent.aid.portions`.

    Returns
    -------
    polars.DataFrame
        pledge, donor, family; days (past due, negative = before); arrived (all of it).
    """
    due = followed.filter(pl.col("due").is_not_null()).select(
        "pledge", (pl.col("due") - pl.col("announced")).dt.total_days().cast(pl.Float64).alias("promised_within")
    )
    return (
        portions.filter("seen")
        .group_by("pledge")
        .agg(pl.col("donor").first(), pl.col("family").first(), pl.col("arrived").all(), pl.col("days").max(),
             pl.col("days").filter(~pl.col("arrived")).max().alias("watched"))
        .join(due, on="pledge")
        .select("pledge", "donor", "family",
                (pl.coalesce("watched", "days") - pl.col("promised_within")).alias("days"), "arrived")
        .sort("pledge")
    )  # fmt: skip


def due_summary(late: pl.DataFrame) -> Mapping[str, float | None]:
    """Return `due_pledges`, `late` and `median_late_days` of one group, as frame ``delays`` describes them."""
    if late.is_empty():
        return {"due_pledges": None, "late": None, "median_late_days": None}
    days = late["days"].to_numpy()
    curve = kaplan_meier(days, late["arrived"].to_numpy())
    return {
        "due_pledges": float(len(late)), "late": curve.after(0.0, watched=float(days.max())),
        "median_late_days": curve.quantile(0.5)[0],
    }  # fmt: skip
