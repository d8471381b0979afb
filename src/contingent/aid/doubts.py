"""Doubts: what an auditor would ask about a ledger. One function is one question; none takes anything out of a sum."""

import polars as pl

from contingent.aid.ledger_columns import DOUBT_COLUMNS

MOST_DOUBTS_OF_A_KIND = 10_000
"""More pairs of a kind are not listed: nobody asks about each. [rows]"""


def doubts_of(ledger: pl.DataFrame, deliveries: pl.DataFrame) -> pl.DataFrame:
    """Return every doubt about a ledger.

    Parameters
    ----------
    ledger : DataFrame
        Columns as `contingent.aid.ledger_columns.LEDGER_COLUMNS`.
    deliveries : DataFrame
        As `contingent.aid.ledger.credited` returns them.
    """
    of_pledges = deliveries.filter(pl.col("counted") & (pl.col("quantity").fill_null(0) > 0)).join(
        ledger.select("pledge", "announced", pledged_type="equipment", pledge_counts="counted"), on="pledge", how="inner",
        maintain_order="left",
    )  # fmt: skip
    found = (
        _same_thing(ledger), _maybe_part(ledger), _delivered_over(ledger), _delivered_early(of_pledges),
        _delivered_other_type(of_pledges), _delivered_alike(deliveries), _delivered_left_out(of_pledges, deliveries),
    )  # fmt: skip
    return pl.concat([frame.head(MOST_DOUBTS_OF_A_KIND) for frame in found])


def _same_thing(ledger: pl.DataFrame) -> pl.DataFrame:
    """The same donor counts the same type twice in the same number, or the same sum in the same currency for the same family."""
    things = _pairs(ledger.filter("counts_things", pl.col("equipment").is_not_null()), ["donor", "equipment", "quantity"])
    money = _pairs(ledger.filter("counts_money"), ["donor", "family", "currency", "value_m"])
    both = pl.concat([things, money]).unique(["first", "second"], keep="first", maintain_order=True)
    words = pl.concat_str("first", pl.lit(" and "), "second", pl.lit(" are of one donor and alike: one thing announced twice?"))
    return _told(both, "same_thing", words)


def _pairs(rows: pl.DataFrame, alike: list[str]) -> pl.DataFrame:
    """Return each row with the one before it that is alike, the earlier announcement first."""
    ordered = rows.sort("announced", maintain_order=True)
    return (
        ordered.with_columns(first=pl.col("pledge").shift(1).over(alike))
        .filter(pl.col("first").is_not_null())
        .select("first", "donor", second="pledge")
    )


def _maybe_part(ledger: pl.DataFrame) -> pl.DataFrame:
    """One donor's smaller sum, announced at the same event and day as a larger one, may be part of it."""
    counting = ledger.filter("counts_money", pl.col("event").is_not_null(), pl.col("kind") != "finance")
    largest = (
        counting.sort("value_eur_m", descending=True, maintain_order=True)
        .unique(["donor", "event", "announced"], keep="first", maintain_order=True)
        .select("donor", "event", "announced", first="pledge", largest="value_eur_m", of="family")
    )
    pairs = counting.join(largest, on=["donor", "event", "announced"], how="inner", maintain_order="left").filter(
        (pl.col("value_eur_m") < pl.col("largest")) & ((pl.col("of") == "mixed") | (pl.col("family") == pl.col("of")))
    )
    words = pl.concat_str("pledge", pl.lit(" may be part of "), "first", pl.lit(": same donor, event and day."))
    return _told(pairs.with_columns(second="pledge"), "maybe_part", words)


def _delivered_over(ledger: pl.DataFrame) -> pl.DataFrame:
    """More came than was promised."""
    words = pl.concat_str(pl.col("over"), pl.lit(" more came than the "), pl.col("promised"), pl.lit(" promised."))
    over = ledger.filter(pl.col("over") > 0).with_columns(first="pledge", second=pl.lit(None, pl.String()))
    return _told(over, "delivered_over", words)


def _delivered_early(of_pledges: pl.DataFrame) -> pl.DataFrame:
    """It came before it was announced: is it another pledge's?"""
    early = of_pledges.filter(pl.col("date") < pl.col("announced")).with_columns(first="pledge", second="delivery")
    return _told(early, "delivered_early", pl.concat_str("second", pl.lit(" came before "), "first", pl.lit(" was announced.")))


def _delivered_other_type(of_pledges: pl.DataFrame) -> pl.DataFrame:
    """Another type came than was promised."""
    other = of_pledges.filter(pl.col("equipment") != pl.col("pledged_type")).with_columns(first="pledge", second="delivery")
    words = pl.concat_str("equipment", pl.lit(" came where "), "pledged_type", pl.lit(" was promised."))
    return _told(other, "delivered_other_type", words)


def _delivered_alike(deliveries: pl.DataFrame) -> pl.DataFrame:
    """Two rows tell of the same number of the same thing on the same day from one donor, each with evidence of its own."""
    alike = ["donor", "pledge", "equipment", "quantity", "value_m", "day"]
    rows = deliveries.filter(pl.col("counted") & (pl.col("quantity").fill_null(1) > 0))
    pairs = rows.with_columns(first=pl.col("delivery").shift(1).over(alike), second="delivery")
    words = pl.concat_str("first", pl.lit(" and "), "second", pl.lit(" are alike: one delivery told twice?"))
    return _told(pairs.filter(pl.col("first").is_not_null()), "delivered_alike", words)


def _delivered_left_out(of_pledges: pl.DataFrame, deliveries: pl.DataFrame) -> pl.DataFrame:
    """Something came against a pledge that is left out of the sums, and no other pledge stands for it."""
    own = deliveries.select("delivery", at="credited_to")
    out = of_pledges.join(own, on="delivery", how="left", maintain_order="left").filter(
        ~pl.col("pledge_counts") & (pl.col("at") == pl.col("pledge"))
    ).with_columns(first="pledge", second="delivery")  # fmt: skip
    words = pl.concat_str("second", pl.lit(" came, but "), "first", pl.lit(" does not count as a promise."))
    return _told(out, "delivered_left_out", words)


def _told(rows: pl.DataFrame, doubt: str, words: pl.Expr) -> pl.DataFrame:
    told = rows.with_columns(doubt=pl.lit(doubt), what=words)
    return told.select(pl.col(name).cast(dtype) for name, dtype in DOUBT_COLUMNS.items())
