"""Portions: each pledge cut into what arrived, and when, and what is still awaited.

An amount is the number of items or, where a pledge names none, its value in euro, in which deliveries are valued. Only pledges
and allocations that count are followed: announcements of totals and of finance deliver nothing by themselves. A delivery without
a date counts on the day as of which it was reported; one before the announcement counts on the day of the announcement; more than
was promised counts as what was promised.
"""

from datetime import date

import polars as pl

FOLLOWED_KINDS = ("pledge", "allocation")


def counts() -> pl.Expr:
    """Return whether a pledge counts: ``yes`` or true; blank = yes."""
    return pl.col("counted").cast(pl.String).fill_null("yes").is_in(["yes", "true"])


def followed(pledges: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Return the pledges that can be followed: as given, with `family` filled from `equipment` and the `amount` promised."""
    families = equipment.select("equipment", pl.col("family").alias("family_of_type"))
    in_euro = pl.coalesce("value_eur_m", pl.when(pl.col("currency") == "EUR").then("value_m"))
    promised = pl.when(pl.col("quantity") > 0).then(pl.col("quantity").cast(pl.Float64)).otherwise(in_euro)
    return (
        pledges.filter(
            pl.col("kind").is_in(FOLLOWED_KINDS) & counts() & (pl.col("announced") <= as_of))
        .join(families, on="equipment", how="left", maintain_order="left")
        .with_columns(pl.coalesce("family_of_type", "family").fill_null("").alias("family"), promised.alias("amount"))
        .drop("family_of_type")
        .filter(pl.col("amount") > 0)
        .sort("pledge")
    )  # fmt: skip


def portions(pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Return the portions of all pledges that can be followed.

    Returns
    -------
    polars.DataFrame
        pledge, donor, family; weight (share of its pledge) [-]; days (from announcement to arrival, or to `as_of`); arrived.
    """
    known = followed(pledges, equipment, as_of=as_of)
    in_items = pl.when(pl.col("items")).then(pl.col("quantity").cast(pl.Float64)).otherwise(pl.col("value_m"))
    came = (
        deliveries.with_columns(pl.coalesce("date", "as_of").alias("on"))
        .filter(pl.col("on") <= as_of)
        .select("delivery", "pledge", "quantity", "value_m", "on")
        .join(known.select("pledge", "donor", "family", "announced", "amount", (pl.col("quantity") > 0).fill_null(value=False)
                           .alias("items")), on="pledge")
        .with_columns(in_items.fill_null(0.0).alias("came"))
        .filter(pl.col("came") > 0)
        .sort("pledge", "on", "delivery")
        .with_columns(pl.col("came").cum_sum().over("pledge").alias("so_far"))
        .with_columns((pl.min_horizontal("so_far", "amount") - pl.min_horizontal(pl.col("so_far") - pl.col("came"), "amount"))
                      .alias("credited"))
        .filter(pl.col("credited") > 0)
    )  # fmt: skip
    days = (pl.col("on") - pl.col("announced")).dt.total_days().clip(lower_bound=0).cast(pl.Float64)
    arrived = came.select("pledge", "donor", "family", (pl.col("credited") / pl.col("amount")).alias("weight"),
                          days.alias("days"), pl.lit(value=True).alias("arrived"))  # fmt: skip
    total = arrived.group_by("pledge").agg(pl.col("weight").sum().alias("delivered"))
    awaited = (
        known.join(total, on="pledge", how="left", maintain_order="left")
        .with_columns((1.0 - pl.col("delivered").fill_null(0.0)).alias("weight"))
        .filter(pl.col("weight") > 1e-9)
        .select("pledge", "donor", "family", "weight",
                (pl.lit(as_of) - pl.col("announced")).dt.total_days().cast(pl.Float64).alias("days"),
                pl.lit(value=False).alias("arrived"))
    )  # fmt: skip
    return pl.concat([arrived, awaited]).sort("pledge", "days", "arrived")
