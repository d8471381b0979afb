"""Ammunition in days, and what each capability coalition has covered of its own target."""

from datetime import date

import polars as pl

from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.portions import FOLLOWED_KINDS, counts, followed, portions


def ammunition_cover(
    equipment: pl.DataFrame, held: pl.DataFrame, stock: pl.DataFrame, arrivals: pl.DataFrame, *, horizon_days: int,
    step_days: int = 30,
) -> pl.DataFrame:  # fmt: skip
    r"""Return frame ``ammunition``: for how many days the stock lasts, if nothing more comes after each day shown.

    .. math:: cover_t = stock_t / use_t, \qquad stock_t = \max(0, stock_{t-1} + arrived_t - use_t \, step)

    Parameters
    ----------
    equipment : polars.DataFrame
        Table of types: a type uses `rounds_per_day` of its `ammunition`, the key (or the name) of another type.
    held : polars.DataFrame
        equipment, quantity, day: pieces in trained hands from that day on (frame ``given`` with `ready_day` as day, and what is
        there).
    stock : polars.DataFrame
        equipment, quantity: rounds on day 0.
    arrivals : polars.DataFrame
        Frame ``expected_arrivals``, of rounds as of all else.
    horizon_days, step_days : int
        How far, and in which steps. [days]
    """
    key_of = equipment.select(pl.col("equipment").alias("key"), "name")
    users = equipment.filter(pl.col("ammunition").is_not_null() & (pl.col("rounds_per_day") > 0)).select(
        "equipment", "rounds_per_day", pl.col("ammunition"))
    named = key_of.unique("name", keep="first", maintain_order=True).select(pl.col("name").alias("ammunition"), "key")
    users = users.join(named, on="ammunition", how="left").with_columns(pl.coalesce("key", "ammunition").alias("ammunition"))
    rows: list[dict[str, object]] = []
    for rounds in users["ammunition"].unique().sort().to_list():
        mine = users.filter(pl.col("ammunition") == rounds)
        pieces = held.join(mine, on="equipment")
        coming = arrivals.filter(pl.col("equipment") == rounds)
        left = float(stock.filter(pl.col("equipment") == rounds)["quantity"].sum())
        for day in range(0, horizon_days + 1, step_days):
            now = pieces.filter(pl.col("day") <= day)
            before = pieces.filter(pl.col("day") <= day - step_days)
            new = pl.col("day").is_between(day - step_days, day, closed="right") if day else pl.col("day") <= 0
            arrived = float(coming.filter(new)["quantity"].sum())
            used = float((before["quantity"] * before["rounds_per_day"]).sum()) * step_days if day else 0.0
            left = max(0.0, left + arrived - used)
            rate = float((now["quantity"] * now["rounds_per_day"]).sum())
            rows.append({
                "ammunition": rounds, "day": day, "users": float(now["quantity"].sum()), "rounds_per_day": rate, "stock": left,
                "arrived": arrived, "cover_days": left / rate if rate > 0 else None,
            })  # fmt: skip
    return arrival_frame("ammunition", pl.DataFrame(rows, infer_schema_length=None) if rows else None)


def coalition_cover(
    coalitions: pl.DataFrame, pledges: pl.DataFrame, deliveries: pl.DataFrame, equipment: pl.DataFrame, *, as_of: date
) -> pl.DataFrame:
    """Return frame ``coalitions``: promised and delivered of each coalition against its target, items and money apart.

    Parameters
    ----------
    coalitions, pledges, deliveries, equipment : polars.DataFrame
        Tables of the scenario. Pledges are of a coalition where they say so; of its families where it names families.
    as_of : date
        Of the ledger.
    """
    known = followed(pledges, equipment, as_of=as_of)
    cut = portions(pledges, deliveries, equipment, as_of=as_of)
    came = cut.filter(pl.col("arrived")).group_by("pledge").agg(pl.col("weight").sum().alias("share"))
    table = known.join(came, on="pledge", how="left").with_columns(pl.col("share").fill_null(0.0))
    named = pledges.filter(
        pl.col("coalition").is_not_null() & pl.col("kind").is_in(FOLLOWED_KINDS) & counts()
        & (pl.col("announced") <= as_of))  # fmt: skip
    rows = [_cover(row, table.filter(pl.col("coalition") == row["coalition"]), named) for row in coalitions.iter_rows(named=True)]
    return arrival_frame("coalitions", pl.DataFrame(rows, infer_schema_length=None) if rows else None)


def _cover(row: dict[str, object], table: pl.DataFrame, named: pl.DataFrame) -> dict[str, object]:
    """One coalition against its target."""
    families = row["families"]
    mine = table.filter(pl.col("family").is_in(list(families))) if isinstance(families, (list, tuple)) and families else table
    items = mine.filter(pl.col("quantity") > 0)
    promised = float(items["quantity"].sum())
    delivered = float((items["quantity"] * items["share"]).sum())
    target, money = row["target_quantity"], row["target_value_m"]
    euro = row["currency"] == "EUR"
    priced = named.filter(pl.col("coalition") == row["coalition"])
    same = pl.col("currency") == pl.lit(row["currency"], dtype=pl.String)
    value = pl.col("value_eur_m") if euro else pl.when(same).then(pl.col("value_m"))
    worth = priced.select(value.alias("worth"))["worth"]
    unknown = len(priced) - len(items) if isinstance(target, (int, float)) else worth.null_count()
    total = float(worth.sum())
    return {
        **{name: row[name] for name in ("coalition", "name", "target_quantity", "target_value_m", "currency")},
        "promised": promised, "delivered": delivered,
        "promised_share": promised / target if isinstance(target, (int, float)) and target else None,
        "delivered_share": delivered / target if isinstance(target, (int, float)) and target else None,
        "promised_value_m": total, "promised_value_share": total / money if isinstance(money, (int, float)) and money else None,
        "left_out": unknown,
    }  # fmt: skip
