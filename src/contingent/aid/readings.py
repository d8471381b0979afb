"""The two ways to read a ledger: what it says up to the last look at each pledge, and what it says if it knew of every arrival.

Few donors publish what they deliver. Where nobody looked, no record is no news; a ledger that is kept whole would say so. The
truth lies between the two, and neither is told without the other.
"""

import polars as pl

from contingent.aid.arrival_columns import arrival_frame

LOOKS, COMPLETE = "looks", "complete"


def reading(
    arrivals: pl.DataFrame, readiness: pl.DataFrame, *, complete: bool, lead_days: int, horizon_days: int
) -> pl.DataFrame:
    """Return the rows of frame ``readings`` of one way to read the ledger: by D-day, and by the end of the horizon.

    Parameters
    ----------
    arrivals, readiness : polars.DataFrame
        Frames of these names; days of arrivals count from the close of the books, those of readiness from D-day.
    complete : bool
        Whether they were made as if the ledger knew of every arrival.
    lead_days, horizon_days : int
        From the close of the books to D-day, and from D-day on. [days]
    """
    money = arrivals.filter((pl.col("measure") == "value_eur_m") & (pl.col("cut") == "all")).sort("day")
    rows = []
    for day in (0, horizon_days):
        last = money.filter(pl.col("day") <= max(0, lead_days + day)).tail(1).to_dicts()
        known = last[0] if last else {}
        stands = readiness.filter(pl.col("day") <= day).group_by("formation").agg(pl.col("at_standard").sort_by("day").last())
        rows.append({
            "reading": COMPLETE if complete else LOOKS, "day": day,
            **{name: known.get(name) for name in ("median", "low", "high", "open")},
            "formations": int(stands["at_standard"].sum()), "of": readiness["formation"].n_unique(),
        })  # fmt: skip
    return arrival_frame("readings", pl.DataFrame(rows, infer_schema_length=None))
