"""The ledger: which promise counts, which delivery keeps it, and what an auditor would ask.

The rules, each a function:

    1. What is announced stays in the ledger; what counts is decided apart, for things and for money, and each row says why not.
    2. An aggregate never counts, nor does what the table leaves out (`counted` = no).
    3. What lies within a pledge that counts does not count again in that measure. A part counts where its pledge names no number.
       Money of finance and of pledges is not added: a pledge out of an envelope counts among pledges, the envelope in finance.
    4. A delivery is credited to its pledge, or to the wider one that counts in its place. The same row twice counts once.
    5. Whatever counts is one entry; every sum is a sum of entries, so that sums by any cut agree.
    6. What looks double and is not said to be is a doubt: told, never taken out.
"""

import logging
from dataclasses import dataclass
from datetime import date

import polars as pl

from contingent.aid.doubts import doubts_of
from contingent.aid.ledger_columns import (
    DELIVERY_STATE_COLUMNS,
    ENTRY_COLUMNS,
    LEDGER_COLUMNS,
    MONTH_COLUMNS,
)
from contingent.aid.tables import AidTables

log = logging.getLogger(__name__)

CUTS = ("side", "pledge", "donor", "coalition", "equipment", "family", "kind", "month")
"""Columns of entries that sums may be cut by."""

MEASURES = ("promised", "delivered", "promised_eur_m", "delivered_eur_m")
"""Columns of entries that are summed."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of aid at the close of a day.

    Parameters
    ----------
    as_of : date or None
        Day at whose close the books stand; None = with everything that is given.
    ledger, deliveries, entries, by_month, doubts : DataFrame
        One row a pledge, a delivery, whatever counts, a donor's family and month, a question of an auditor: columns in
        `contingent.aid.ledger_columns`.
    """

    as_of: date | None
    ledger: pl.DataFrame
    deliveries: pl.DataFrame
    entries: pl.DataFrame
    by_month: pl.DataFrame
    doubts: pl.DataFrame


def keep_ledger(tables: AidTables, *, as_of: date | None = None) -> Ledger:
    """Return the books of what was promised and what came.

    Parameters
    ----------
    tables : AidTables
        Equipment, pledges and deliveries; see `contingent.aid.tables`.
    as_of : date, optional
        Close of the books: later announcements and arrivals are not in them. An arrival that is known only by the day of its
        source counts from that day.
    """
    pledges, deliveries = _until(tables, as_of)
    pledges = what_counts(_with_families(pledges, tables.equipment))
    booked = credited(deliveries, pledges)
    entries = pl.concat([_promises(pledges), _arrivals(booked, pledges, tables.equipment)])
    ledger = _ledger(pledges, booked)
    doubts = doubts_of(ledger, booked)
    log.info("ledger: %d pledges, %d deliveries, %d doubts", ledger.height, booked.height, doubts.height)
    return Ledger(
        as_of,
        ledger,
        booked.select(list(DELIVERY_STATE_COLUMNS)),
        entries,
        totals(entries, "donor", "family", "kind", "month").select(list(MONTH_COLUMNS)),
        doubts,
    )


def totals(entries: pl.DataFrame, *cut: str) -> pl.DataFrame:
    """Return the sums of entries by the columns of a cut, sorted by them; one row without a cut.

    Things of unlike families, and money of unlike kinds, are added where the cut does not keep them apart: cut by family for
    things and by kind for money.

    Parameters
    ----------
    entries : DataFrame
        Columns as `contingent.aid.ledger_columns.ENTRY_COLUMNS`.
    *cut : str
        Names of `CUTS`.

    Raises
    ------
    ValueError
        If a name is none of `CUTS`.
    """
    if unknown := [name for name in cut if name not in CUTS]:
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(CUTS)}.")
    sums = [pl.col(name).sum() for name in MEASURES]
    if not cut:
        return entries.select(sums)
    return entries.group_by(cut).agg(sums).sort(cut, nulls_last=True)


def what_counts(pledges: pl.DataFrame) -> pl.DataFrame:
    """Return pledges with `within`, `counts_things`, `counts_money`, `why_not` and `stands_for` (rules 1 to 3).

    A pledge counts in a measure where it names it, is no aggregate, is not left out, and lies within no pledge, at whatever
    depth, that counts in that measure. `stands_for` is the pledge that a delivery against it is booked under.

    Parameters
    ----------
    pledges : DataFrame
        Columns as `contingent.aid.tables.PLEDGE_COLUMNS`.
    """
    parts = pledges.select("contains", within="pledge").explode("contains", empty_as_null=True).drop_nulls("contains")
    within = dict(parts.unique("contains", keep="first", maintain_order=True).select("contains", "within").iter_rows())
    names, kinds = pledges["pledge"].to_list(), pledges["kind"].to_list()
    may = [ok and kind != "aggregate" for ok, kind in zip(pledges["counted"].to_list(), kinds, strict=True)]
    finance = {name: kind == "finance" for name, kind in zip(names, kinds, strict=True)}
    things = _named(names, may, pledges["quantity"])
    money = _named(names, may, pledges["value_eur_m"])
    told = []
    for name, own, reason in zip(names, may, _reasons(pledges), strict=True):
        above = _above(name, within)
        over_things = next((other for other in reversed(above) if other in things), None)
        over_money = next((other for other in reversed(above) if other in money and finance[other] == finance[name]), None)
        counts_things, counts_money = name in things and over_things is None, name in money and over_money is None
        named = name in things, name in money
        why = _part_of(over_things, over_money, named=named) if own else reason
        counted = own and (why is None or counts_things or counts_money)
        stands = name if counts_things or counts_money else over_things or over_money or name
        told.append((within.get(name), counted, counts_things, counts_money, why, stands))
    return pledges.drop("counted", "why_not").hstack(pl.DataFrame(told, schema=_COUNTING, orient="row"))


_COUNTING = {
    "within": pl.String(), "counted": pl.Boolean(), "counts_things": pl.Boolean(), "counts_money": pl.Boolean(),
    "why_not": pl.String(), "stands_for": pl.String(),
}  # fmt: skip


def _reasons(pledges: pl.DataFrame) -> list[str | None]:
    """Return why each pledge that may not count does not: as the table says, or because it is a total of others."""
    said = pl.when(~pl.col("counted")).then("why_not")
    total = pl.when(pl.col("kind") == "aggregate").then(pl.lit("a total of others"))
    return pledges.select(reason=pl.coalesce(said, total))["reason"].to_list()


def _named(names: list[str], may: list[bool], measure: pl.Series) -> set[str]:
    return {name for name, ok, value in zip(names, may, measure.to_list(), strict=True) if ok and value is not None}


def _above(name: str, within: dict[str, str]) -> list[str]:
    """Return the pledges that contain one, the nearest first; a circle ends where it closes."""
    found: dict[str, None] = {}
    at = within.get(name)
    while at is not None and at not in found and at != name:
        found[at] = None
        at = within.get(at)
    return list(found)


def _part_of(over_things: str | None, over_money: str | None, *, named: tuple[bool, bool]) -> str | None:
    """Say in which measure a pledge lies within one that counts; one that names no number lies within it as a whole."""
    things, money = named
    if not (things or money):
        return f"part of {over_things or over_money}" if over_things or over_money else None
    measures = (("things", things, over_things), ("money", money, over_money))
    parts = [f"{word} part of {over}" for word, names_it, over in measures if names_it and over]
    return "; ".join(parts) or None


def credited(deliveries: pl.DataFrame, pledges: pl.DataFrame) -> pl.DataFrame:
    """Return deliveries with `credited_to`, `counted`, `why_not`, `day` and `day_basis` (rule 4).

    Parameters
    ----------
    deliveries : DataFrame
        Columns as `contingent.aid.tables.DELIVERY_COLUMNS`.
    pledges : DataFrame
        As `what_counts` returns them.
    """
    told = [name for name in deliveries.columns if name not in ("delivery", "confidence")]
    return (
        deliveries.join(pledges.select("pledge", credited_to="stands_for"), on="pledge", how="left", maintain_order="left")
        .with_columns(
            first=pl.col("delivery").first().over(told),
            day=pl.coalesce("date", "as_of"),
            day_basis=pl.when(pl.col("date").is_null()).then(pl.lit("as_of")).otherwise(pl.lit("date")),
        )
        .with_columns(counted=pl.col("first") == pl.col("delivery"))
        .with_columns(why_not=pl.when(~pl.col("counted")).then(pl.concat_str(pl.lit("the same row as "), "first")))
        .drop("first")
    )


def _until(tables: AidTables, as_of: date | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    if as_of is None:
        return tables.pledges, tables.deliveries
    pledges = tables.pledges.filter(pl.col("announced") <= as_of)
    return pledges, tables.deliveries.filter(pl.coalesce("date", "as_of") <= as_of)


def _with_families(pledges: pl.DataFrame, equipment: pl.DataFrame) -> pl.DataFrame:
    families = equipment.select("equipment", of_type="family")
    joined = pledges.join(families, on="equipment", how="left", maintain_order="left")
    return joined.with_columns(family=pl.coalesce("of_type", "family")).drop("of_type")


def _promises(pledges: pl.DataFrame) -> pl.DataFrame:
    counting = pledges.filter(pl.col("counts_things") | pl.col("counts_money"))
    return counting.select(
        entry=pl.concat_str(pl.lit("promise:"), "pledge"),
        side=pl.lit("promise"),
        pledge="pledge", delivery=pl.lit(None, pl.String()), donor="donor", coalition="coalition", equipment="equipment",
        family="family", kind="kind", day="announced", month=pl.col("announced").dt.truncate("1mo"), day_basis=pl.lit("date"),
        promised=pl.when("counts_things").then("quantity"),
        delivered=pl.lit(None, pl.Int64()),
        promised_eur_m=pl.when("counts_money").then("value_eur_m"),
        delivered_eur_m=pl.lit(None, pl.Float64()),
    ).select(list(ENTRY_COLUMNS))  # fmt: skip


def _arrivals(booked: pl.DataFrame, pledges: pl.DataFrame, equipment: pl.DataFrame) -> pl.DataFrame:
    of_pledge = pledges.select("coalition", "kind", credited_to="pledge", of_pledge="equipment", promised_family="family")
    own = pledges.select("pledge", of_own="equipment", own_family="family")
    families = equipment.select("equipment", of_type="family")
    joined = (
        booked.filter("counted")
        .join(of_pledge, on="credited_to", how="left", maintain_order="left")
        .join(own, on="pledge", how="left", maintain_order="left")
        .with_columns(equipment=pl.coalesce("equipment", "of_own", "of_pledge"))
        .join(families, on="equipment", how="left", maintain_order="left")
    )
    return joined.select(
        entry=pl.concat_str(pl.lit("delivery:"), "delivery"),
        side=pl.lit("delivery"),
        pledge="credited_to", delivery="delivery", donor="donor", coalition="coalition", equipment="equipment",
        family=pl.coalesce("of_type", "own_family", "promised_family"), kind=pl.coalesce("kind", pl.lit("unpledged")), day="day",
        month=pl.col("day").dt.truncate("1mo"), day_basis="day_basis", promised=pl.lit(None, pl.Int64()), delivered="quantity",
        promised_eur_m=pl.lit(None, pl.Float64()), delivered_eur_m="value_m",
    ).select(list(ENTRY_COLUMNS))  # fmt: skip


def _ledger(pledges: pl.DataFrame, booked: pl.DataFrame) -> pl.DataFrame:
    came = (pl.col("quantity") > 0) | (pl.col("value_m") > 0)
    of_pledge = (
        booked.filter(pl.col("counted"), pl.col("credited_to").is_not_null())
        .group_by(pledge="credited_to")
        .agg(
            delivered=pl.col("quantity").sum(), delivered_eur_m=pl.col("value_m").sum(), deliveries=came.sum().cast(pl.Int64),
            first_delivery=pl.col("day").filter(came).min(), last_delivery=pl.col("day").filter(came).max(),
        )
    )  # fmt: skip
    set_aside = (
        pledges.filter(pl.col("kind") == "allocation", pl.col("within").is_not_null())
        .group_by(pledge="within")
        .agg(allocated=pl.col("quantity").sum(), allocated_eur_m=pl.col("value_eur_m").sum())
    )
    zero = [pl.col(name).fill_null(0) for name in ("delivered", "delivered_eur_m", "deliveries", "allocated", "allocated_eur_m")]
    promised, delivered = pl.col("promised"), pl.col("delivered")
    left, left_eur = promised - delivered, pl.col("promised_eur_m") - pl.col("delivered_eur_m")
    return (
        pledges.join(of_pledge, on="pledge", how="left", maintain_order="left")
        .join(set_aside, on="pledge", how="left", maintain_order="left")
        .with_columns(zero)
        .with_columns(
            promised=pl.when("counts_things").then("quantity"), promised_eur_m=pl.when("counts_money").then("value_eur_m")
        )
        .with_columns(open=left.clip(lower_bound=0), over=(-left).clip(lower_bound=0), state=_state())
        .with_columns(open_eur_m=left_eur.clip(lower_bound=0.0))
        .select(list(LEDGER_COLUMNS))
    )


def _state() -> pl.Expr:
    """Say how far a pledge is kept: by things where it names some, by money otherwise."""
    promised = pl.coalesce(pl.col("promised").cast(pl.Float64()), "promised_eur_m")
    came = pl.when(pl.col("promised").is_not_null()).then(pl.col("delivered").cast(pl.Float64())).otherwise("delivered_eur_m")
    return (
        pl.when(~pl.col("counted")).then(pl.lit("left out"))
        .when(promised.is_null()).then(pl.lit("unmeasured"))
        .when(came >= promised).then(pl.lit("delivered"))
        .when(came > 0).then(pl.lit("partly"))
        .otherwise(pl.lit("open"))
    )  # fmt: skip
