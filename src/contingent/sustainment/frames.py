"""The weeks as frames of a plan, and what came out in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.model.rows import Requirement
from contingent.plan.columns import COLUMNS, empty_frame, frame
from contingent.sustainment.balance import Kept, day_of_stockout
from contingent.sustainment.chain import NONE, Chain
from contingent.sustainment.use import KG_PER_T, Use, Weeks
from contingent.sustainment.week import came_of, sent_of

Floats = NDArray[np.float64]


def balance_frames(
    chain: Chain, use: Use, lives: NDArray[np.int64], classes: Sequence[str], kept: Sequence[Kept]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the frames ``supply`` and ``stockouts``.

    Parameters
    ----------
    lives : ndarray of int
        From `contingent.sustainment.chain.stock_of_places`.
    classes : sequence of str
        Class of each supply.
    """
    if not kept:
        return empty_frame("supply"), empty_frame("stockouts")
    parts = [_of_stocks(chain, use, kept), _on_the_spot(use, lives)]
    named = pl.concat(parts).with_columns(
        supply_class=pl.col("supply").replace_strict(dict(zip(use.supplies, classes, strict=True)), return_dtype=pl.String)
    )
    columns = [pl.col(name).cast(kind) for name, kind in COLUMNS["supply"].items()]
    return named.select(columns), _stockouts(chain, use, kept)


def _of_stocks(chain: Chain, use: Use, kept: Sequence[Kept]) -> pl.DataFrame:
    """Rows of each stock in which there ever is anything, by place, supply and week."""
    before, need, used, after, daily = (
        np.stack(tables, axis=2)
        for tables in zip(*((one.before, one.need, one.moved.used, one.moved.after, one.daily) for one in kept), strict=True)
    )
    came, sent = np.zeros_like(before), np.zeros_like(before)
    for number, week in enumerate(kept):
        came[:, :, number], sent[:, :, number] = came_of(chain, week.moved.amounts), sent_of(chain, week.moved.amounts)
    target = np.broadcast_to(np.nan_to_num(chain.days("target_days"))[:, :, None], before.shape)
    there = chain.held & (np.abs(before) + daily).any(axis=2)
    at, supply = np.nonzero(there)
    return _long(use, np.array(chain.places)[at], supply, {
        "before_t": before[at, supply], "needed_t": need[at, supply], "used_t": used[at, supply], "sent_t": sent[at, supply],
        "delivered_t": came[at, supply], "stock_t": after[at, supply], "daily_t": daily[at, supply],
    }, target[at, supply])  # fmt: skip


def _on_the_spot(use: Use, lives: NDArray[np.int64]) -> pl.DataFrame:
    """Rows of units that no stock serves: what they use is there when they use it."""
    weekly = use.weekly_kg()
    at, supply = np.nonzero((lives == NONE) & (weekly > 0).any(axis=2))
    need, none = weekly[at, supply], np.zeros((len(at), weekly.shape[2]))
    return _long(use, np.array(use.places, dtype=object)[at], supply, {
        "before_t": none, "needed_t": need, "used_t": need, "sent_t": none, "delivered_t": need, "stock_t": none,
        "daily_t": need / use.weeks.lengths,
    }, None)  # fmt: skip


def _long(
    use: Use, places: Any, supply: NDArray[np.int64], kilograms: Mapping[str, Floats], target: Floats | None
) -> pl.DataFrame:
    """One row for each week of each pair of place and supply, in tonnes."""
    count = len(use.weeks.starts)
    data: dict[str, Any] = {
        "location": np.repeat(places, count).astype(str), "supply": np.repeat(np.array(use.supplies)[supply], count).astype(str),
        "from_day": np.tile(use.weeks.starts, len(supply)), "until_day": np.tile(use.weeks.ends, len(supply)),
    }  # fmt: skip
    data |= {name: table.ravel() / KG_PER_T for name, table in kilograms.items()}
    table = pl.DataFrame(data, schema_overrides={"location": pl.String, "supply": pl.String})
    days = pl.lit(None, dtype=pl.Float64) if target is None else pl.Series("target_days", target.ravel(), dtype=pl.Float64)
    lasts = (pl.col("stock_t") / pl.col("daily_t")).round(3) if target is not None else pl.lit(None, dtype=pl.Float64)
    return table.with_columns(pl.col("daily_t").round(6), target_days=days).with_columns(
        days_of_supply=pl.when(pl.col("daily_t") > 0).then(lasts)
    )


def _stockouts(chain: Chain, use: Use, kept: Sequence[Kept]) -> pl.DataFrame:
    """One row for each stretch of weeks in which a stock is short, the earliest first."""
    starts, lengths = use.weeks.starts.tolist(), use.weeks.lengths.tolist()
    open_rows: dict[tuple[int, int], dict[str, Any]] = {}
    rows: list[dict[str, Any]] = []
    for number, week in enumerate(kept):
        short = week.short
        for at, supply in np.argwhere(short > 0).tolist():
            row = open_rows.get((at, supply))
            if row is None:
                day = day_of_stockout(week, starts[number], lengths[number], at, supply)
                row = {"location": chain.places[at], "supply": chain.supplies[supply], "day": day, "kg": 0.0,
                       "why": week.why[at, supply]}  # fmt: skip
                open_rows[at, supply] = row
                rows.append(row)
            row["kg"] += short[at, supply]
            row["until_day"] = starts[number] + lengths[number]
        for key in [key for key in open_rows if short[key] <= 0]:
            del open_rows[key]
    ordered = sorted(rows, key=lambda row: (row["day"], row["location"], row["supply"]))
    return frame("stockouts", [{**{name: row[name] for name in ("location", "supply", "day", "until_day")},
                                "short_t": row["kg"] / KG_PER_T, "why": row["why"]} for row in ordered])  # fmt: skip


def resupply_frame(chain: Chain, weeks: Weeks, kept: Sequence[Kept]) -> pl.DataFrame:
    """Return the frame ``resupply``: what goes by which way in each week, in whole kilograms."""
    rows: list[dict[str, Any]] = []
    for week, first, last in zip(kept, weeks.starts.tolist(), weeks.ends.tolist(), strict=False):
        totals = week.moved.amounts.sum(axis=1)
        for step in np.flatnonzero(totals > 0).tolist():
            mine = np.flatnonzero((week.steps.step == step) & (week.moved.flow > 0))
            for way, kg in zip(mine.tolist(), _split(float(totals[step]), week.moved.flow[mine]), strict=True):
                if kg > 0:
                    found = week.steps.ways[way]
                    rows.append({
                        "from_location": chain.origins[step], "to_location": chain.places[chain.destination[step]],
                        "modes": ";".join(found.modes) or None, "way": ";".join(found.links) or None,
                        "days": round(found.days, 6), "from_day": first, "until_day": last, "tonnes": kg / KG_PER_T,
                    })  # fmt: skip
    return frame("resupply", rows)


def _split(total: float, flow: Floats) -> list[float]:
    """Split whole kilograms in proportion to flows, the rest to the largest."""
    parts = np.floor(total * flow / flow.sum())
    parts[int(np.argmax(flow))] += total - parts.sum()
    found: list[float] = parts.tolist()
    return found


def sentences_of(
    frames: Mapping[str, pl.DataFrame], lines: Sequence[Requirement], full_day: int, *, passes: int, closed: Sequence[str],
    limited: bool,
) -> tuple[str, ...]:  # fmt: skip
    """Return what came out, in plain words."""
    supply, stockouts = frames["supply"], frames["stockouts"]
    if supply.is_empty():
        return ("Nothing is used up: there are no tours at a place, or no consumption.",)
    week = supply.filter(from_day=full_day)
    days = week["until_day"][0] - full_day
    by_supply = week.group_by("supply").agg(pl.col("needed_t").sum() / days).sort("needed_t", "supply", descending=[True, False])
    most = ", ".join(f"{name} {tonnes:,.0f} t" for name, tonnes in by_supply.head(3).iter_rows())
    whole = float(by_supply["needed_t"].sum())
    told = [f"In the week from D+{full_day}, in which most people are there, the force uses {whole:,.0f} t a day: {most}."]
    if not limited:
        told.append("The scenario has no links or no means of lift, so resupply has no limit and takes no time.")
    where = f" with {', '.join(closed)} closed" if closed else ""
    if stockouts.is_empty():
        told.append(f"Nothing runs out{where}.")
    else:
        first = stockouts.row(0, named=True)
        short = stockouts["short_t"].sum()
        told.append(
            f"The first{where} is {first['location']}, which runs out of {first['supply']} on D+{first['day']} ({first['why']}); "
            f"{short:,.0f} t are missing in all.")  # fmt: skip
    told += _of_survival(frames["survival"])
    total = frames["logistics"].filter(pl.col("measure").is_in(["transport companies", "logistics battalions"]),
                                       location="all places").group_by("measure", maintain_order=True).last()  # fmt: skip
    for row in total.iter_rows(named=True):
        told.append(f"It takes {row['needed']:,.1f} {row['measure']}; {row['sized']:,.0f} were sized ({row['status']}).")
    if lines:
        after = f"stays the same after {passes} passes" if passes else "still grows after the last pass"
        units = sum(line.quantity for line in lines)
        told.append(f"With {units} more unit{'' if units == 1 else 's'} the sum {after}.")
    return tuple(told)


def _of_survival(survival: pl.DataFrame) -> list[str]:
    runs = survival.filter(pl.col("days").is_not_null()).sort("days", "closed", "location")
    if survival.is_empty():
        return []
    number = survival["closed"].n_unique()
    if runs.is_empty():
        return [f"Of {number} crossings, ports and depots none is such that anything runs out within a year without it."]
    counted = runs["closed"].n_unique()
    others = runs.filter(pl.col("closed") != pl.col("location"), pl.col("kind") != "together")
    ports = others.sort("days", "lost_t", descending=[False, True])
    told = [f"Of {number} crossings, ports and depots closed one at a time, {counted} let something run out within a year."]
    if ports.height:
        row = ports.row(0, named=True)
        told.append(f"Without {row['closed']}, {row['location']} runs out of {row['supply']} after {row['days']:,.0f} days.")
    return told
