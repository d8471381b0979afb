"""Upkeep of what the host was given: hours of work and money for parts asked a month, and for how many days the money lasts."""

import polars as pl

from contingent.aid.allocation_problem import AllocationOptions
from contingent.aid.arrival_columns import arrival_frame

MAINTENANCE = "maintenance"
"""Family of pledges of money for upkeep."""

DAYS_PER_MONTH = 30
"""A month of upkeep. [days]"""


def spares_cover(
    equipment: pl.DataFrame, held: pl.DataFrame, open_pledges: pl.DataFrame, *, lead_days: int, horizon_days: int,
    hours_there: float | None = None, step_days: int = 30,
) -> pl.DataFrame:  # fmt: skip
    r"""Return frame ``spares``: what upkeep asks of hours and parts, and for how many days the money that came lasts.

    .. math:: cover_t = 30 \, left_t / use_t, \qquad left_t = \max(0, left_{t-1} + came_t - use_{t-1} \, step / 30)

    Money is for all types together, even where a pledge names one; each type's share of it is that of its use, so that all of
    them have the same cover. Pieces without a figure for parts use none here: `unpriced` counts them. Money that came before the
    books closed is not known to be left, and pieces that came before are not known to be held: neither is counted.

    Parameters
    ----------
    equipment : polars.DataFrame
        Table of types: `maintenance_hours_per_month`, `parts_eur_per_month` (blank = not known).
    held : polars.DataFrame
        equipment, quantity, day: pieces in trained hands from that day on.
    open_pledges : polars.DataFrame
        Frame ``open``: pledges of family maintenance, at the day by which each has an even chance.
    lead_days : int
        From the close of the books to D-day. [days]
    horizon_days, step_days : int
        How far from D-day, and in which steps. [days]
    hours_there : float, optional
        Hours of work that formations can do a month, in all; blank = not known. [h/month]
    """
    kinds = equipment.select(
        "equipment", "family", pl.col("maintenance_hours_per_month").fill_null(0.0).alias("hours"),
        (pl.col("parts_eur_per_month") if "parts_eur_per_month" in equipment.columns else pl.lit(None)).cast(pl.Float64)
        .alias("parts")).filter((pl.col("hours") > 0) | pl.col("parts").is_not_null())  # fmt: skip
    pieces = held.join(kinds, on="equipment").sort("family", "equipment", "day")
    money = open_pledges.filter((pl.col("family") == MAINTENANCE) & pl.col("expected_day").is_not_null()).select(
        (pl.col("expected_day").ceil() - lead_days).clip(lower_bound=0).alias("day"), pl.col("value_eur_m").fill_null(0.0))
    types = pieces.select("family", "equipment").unique().sort("family", "equipment").rows()
    rows: list[dict[str, object]] = []
    left, use = 0.0, 0.0
    for day in range(0, horizon_days + 1, step_days):
        came = float(money.filter(pl.col("day") <= day)["value_eur_m"].sum())
        before = float(money.filter(pl.col("day") <= day - step_days)["value_eur_m"].sum()) if day else 0.0
        left = max(0.0, left + 1e6 * (came - before) - use * step_days / DAYS_PER_MONTH)
        now = pieces.filter(pl.col("day") <= day)
        each = {
            row["equipment"]: row
            for row in now.group_by("equipment").agg(
                pl.col("quantity").sum().cast(pl.Float64).alias("pieces"),
                (pl.col("quantity") * pl.col("hours")).sum().alias("hours"),
                (pl.col("quantity") * pl.col("parts")).sum().alias("parts"),
                pl.col("quantity").filter(pl.col("parts").is_null()).sum().cast(pl.Float64).alias("unpriced"),
            ).iter_rows(named=True)
        }  # fmt: skip
        total = {name: float(sum(row[name] for row in each.values())) for name in ("pieces", "hours", "parts", "unpriced")}
        use = total["parts"]
        cover = DAYS_PER_MONTH * left / use if use > 0 else None
        nothing = dict.fromkeys(total, 0.0)
        of_types = [(family, name, each.get(name, nothing)) for family, name in types]
        for family, name, found in ((None, None, total), *of_types):
            share = found["parts"] / use if use > 0 else 0.0
            whole = name is None
            rows.append({
                "family": family, "equipment": name, "day": day, "pieces": found["pieces"], "hours_per_month": found["hours"],
                "hours_there": hours_there if whole else None, "parts_eur_per_month": found["parts"],
                "unpriced": found["unpriced"],
                "money_arrived_eur_m": came if whole else None, "money_left_eur_m": left / 1e6 * (1.0 if whole else share),
                "cover_days": cover if whole or found["parts"] > 0 else None,
            })  # fmt: skip
    return arrival_frame("spares", pl.DataFrame(rows, infer_schema_length=None))


def hours_there(needs: pl.DataFrame, options: AllocationOptions) -> float | None:
    """Return the hours of maintenance that all formations can do a month; None where one of them has no bound. [h/month]

    Parameters
    ----------
    needs : polars.DataFrame
        Table of needs, whose formations are meant.
    options : AllocationOptions
        Bounds of each formation and of all.
    """
    single, every = options.maintenance or {}, options.maintenance_hours_per_month
    bounds = [single.get(name, every) for name in needs["formation"].unique().sort()]
    return float(sum(bound for bound in bounds if bound is not None)) if bounds and None not in bounds else None
