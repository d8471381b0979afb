"""Portions: each pledge cut into what arrived, and when, and what is still awaited.

An amount is the number of items or, where a pledge names none, its value in euro, in which deliveries are valued. Only pledges
and allocations that count are followed: announcements of totals and of finance deliver nothing by themselves. A delivery without
a date counts on the day as of which it was reported; one before the announcement counts on the day of the announcement; more than
was promised counts as what was promised.

How long a pledge was watched depends on the ledger:

    complete = true     it would know of every arrival: what it does not know by `as_of` has not come
    complete = false    it knows what somebody looked at: a pledge is watched up to the last look at it, and nothing is learnt of
                        one that nobody ever looked at

A look is a row of deliveries, one of quantity 0 too. It is made on the day of its source (`as_of`), or of the arrival (`date`)
where the source gives no other. An arrival that is known by a look only is taken on the day of the look, the latest it can have
been. Looks are taken to be made whether or not something has come: a ledger in which only arrivals are reported, and never that
nothing has come, makes donors look too quick when it is read as incomplete; and too slow when it is read as complete, as far as
arrivals go unreported.
"""

from datetime import date

import polars as pl

FOLLOWED_KINDS = ("pledge", "allocation")
ROUNDING = 1e-9
"""Shares of a pledge below this are rounding. [-]"""


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


def looked_on(*, as_of: date) -> pl.Expr:
    """Return the day of each look, as far as it is not after `as_of`; blank = later."""
    days = [pl.when(pl.col(name) <= as_of).then(name) for name in ("date", "as_of")]
    return pl.max_horizontal(days)


def portions(
    pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date, complete: bool = False
) -> pl.DataFrame:
    """Return the portions of all pledges that can be followed.

    Parameters
    ----------
    pledges, deliveries, equipment : polars.DataFrame
        Tables of the ledger.
    as_of : date
        Close of the ledger.
    complete : bool
        Whether the ledger would know of every arrival up to its close; see the head of this module.

    Returns
    -------
    polars.DataFrame
        pledge, donor, family; weight (share of its pledge) [-]; days (from announcement to arrival, or to the last look);
        arrived; seen (false = nobody ever looked: nothing is learnt of it, its days are 0).
    """
    known = followed(pledges, equipment, as_of=as_of).select("pledge", "donor", "family", "announced", "quantity", "amount")
    arrived = _arrived(known, deliveries, as_of=as_of)
    total = arrived.group_by("pledge").agg(pl.col("weight").sum().alias("delivered"))
    looks = (
        known.select("pledge", pl.lit(as_of).alias("look"))
        if complete
        else deliveries.group_by("pledge").agg(looked_on(as_of=as_of).max().alias("look"))
    )
    watched = (pl.col("look") - pl.col("announced")).dt.total_days().cast(pl.Float64)
    awaited = (
        known.join(total, on="pledge", how="left", maintain_order="left")
        .join(looks, on="pledge", how="left", maintain_order="left")
        .with_columns((1.0 - pl.col("delivered").fill_null(0.0)).alias("weight"), watched.alias("watched"))
        .filter(pl.col("weight") > ROUNDING)
        .select("pledge", "donor", "family", "weight", pl.col("watched").fill_null(0.0).clip(lower_bound=0.0).alias("days"),
                pl.lit(value=False).alias("arrived"),
                ((pl.col("watched") >= 0) | pl.col("delivered").is_not_null()).fill_null(value=False).alias("seen"))
    )  # fmt: skip
    return pl.concat([arrived, awaited]).sort("pledge", "days", "arrived")


def _arrived(known: pl.DataFrame, deliveries: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Portions that came, with the columns of `portions`."""
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
    return came.select("pledge", "donor", "family", (pl.col("credited") / pl.col("amount")).alias("weight"),
                       days.alias("days"), pl.lit(value=True).alias("arrived"), pl.lit(value=True).alias("seen"))  # fmt: skip
