"""Tonnes that nations use up, by supply: from the stage of supply where it was run, else from consumption times people.

From supply: what is used at a stock (`used_t`) falls to those who live on it in that week, by their people. A unit lives on the
stock of its own place, if there is one, else on the first that serves its place. What is used where nobody lives falls to all
who are there that week.

From consumption:

    tonnes = people x days x kg a person and day (all + the type's own profile), and per unit, vehicle-km, flying hour, day at sea
             x factor of the season (by calendar month) x factor of the activity (fuel and ammunition of the own profile)

             x (1 + losses), the factor supply_losses of factors.csv; without it nothing is lost
"""

import numpy as np
import polars as pl

from contingent.cost.presence import KIND, USED, WHEN, apart, described, no_use, present_in, stretches
from contingent.model.scenario import Scenario

ALL = "all"
"""A profile that holds for everybody; a supply of stocks.csv that stands for every one without a row of its own."""

KG_PER_T = 1000.0
LOSSES = "supply_losses"
"""Factor of factors.csv: share of what is used that is lost on top of it. [-]"""

BY_ACTIVITY = ("III", "V")
"""Classes whose use an activity multiplies: fuel and ammunition."""


def of_consumption(scenario: Scenario, counted: pl.DataFrame) -> pl.DataFrame:
    """Return tonnes used up by consumption times people, by nation, unit type, component, year, phase and supply. [t]"""
    by = {
        "person": pl.col("person_days"), "unit": pl.col("unit_days"), "flying_hour": pl.col("unit_days") * pl.col("flying_hours"),
        "vehicle_km": pl.col("unit_days") * pl.col("vehicles") * pl.col("vehicle_km"),
        "ship_day": pl.col("unit_days") * pl.col("sea_share"),
    }  # fmt: skip
    profiles = {row.unit_type: row.consumption for row in scenario.unit_types}
    rows = counted.with_columns(profile=pl.col("unit_type").replace_strict(profiles, default=None, return_dtype=pl.String))
    lost = next((row.value for row in scenario.factors if row.factor == LOSSES and row.scope == ALL), 0.0)
    parts = []
    for row in scenario.consumption:
        own = row.profile != ALL
        mine = rows.filter(pl.col("profile") == row.profile) if own else rows
        months = dict.fromkeys(range(1, 13), 1.0)
        for season in scenario.seasons:
            if season.supply == row.supply:
                months |= {int(month): months[int(month)] * season.factor for month in season.months}
        factor = pl.col("factor").fill_null(1.0) if own and row.supply_class in BY_ACTIVITY else pl.lit(1.0)
        amount = by[row.per].fill_null(0.0) * row.kg_per_day * (1 + lost) / KG_PER_T
        season_factor = pl.col("month").replace_strict(months, return_dtype=pl.Float64)
        parts.append(mine.select(
            *KIND, *WHEN, *apart(counted), item=pl.lit("supply_t"), supply=pl.lit(row.supply), per=pl.lit("t"),
            quantity=(amount * season_factor * factor).cast(pl.Float64)))  # fmt: skip
    whole = pl.concat(parts) if parts else no_use(counted)
    return whole.filter(pl.col("quantity") > 0).select([*USED, *apart(counted)])


def of_supply(scenario: Scenario, tours: pl.DataFrame, supply: pl.DataFrame) -> pl.DataFrame:
    """Return tonnes used up at stocks, by nation, unit type, component, year, phase and supply. [t]

    Parameters
    ----------
    supply : polars.DataFrame
        Frame ``supply`` of `contingent.plan.COLUMNS`.
    """
    used = supply.filter(pl.col("used_t") > 0)
    if used.is_empty() or tours.is_empty():
        return no_use(tours)
    week = ["from_day", "until_day"]
    weeks = used.select(week).unique().sort(week)
    present = described(scenario, tours)
    kind = [*KIND, *apart(tours)]
    kinds = present.select(kind).unique().sort(kind).with_row_index("kind")
    there = (
        present_in(present.join(kinds, on=kind, maintain_order="left"), weeks)
        .with_columns(person_days=pl.col("people") * pl.col("days"))
        .group_by(["kind", "location", *week]).agg(pl.col("person_days").sum()).sort(["kind", "location", *week])
    )  # fmt: skip
    places, supplies = (column.drop_nulls().unique().sort().to_list() for column in (there["location"], used["supply"]))
    lives = _lives_on(scenario, places, supplies)
    at_stock = there.join(lives, on="location", how="inner", maintain_order="left").select(
        "kind", *week, "person_days", "supply", location="stock"
    )
    keys = ["location", "supply", *week]
    found = used.select(*keys, "used_t").join(at_stock, on=keys, how="left", maintain_order="left")
    alone = found.filter(pl.col("person_days").is_null()).select(*keys, "used_t")
    everybody = there.group_by(["kind", *week], maintain_order=True).agg(pl.col("person_days").sum())
    spread = alone.join(everybody, on=week, how="inner", maintain_order="left")
    columns = [*keys, "used_t", "kind", "person_days"]
    shared = pl.concat([found.filter(pl.col("person_days").is_not_null()).select(columns), spread.select(columns)]).with_columns(
        tonnes=pl.col("used_t") * pl.col("person_days") / pl.col("person_days").sum().over(keys)
    )
    return _by_time(scenario, shared, kinds, supplies)


def _lives_on(scenario: Scenario, places: list[str], supplies: list[str]) -> pl.DataFrame:
    """The stock that units at each place live on, by supply: ``location``, ``supply``, ``stock``."""
    rows = []
    for supply in supplies:
        fit = [row for row in scenario.stocks if row.supply in (supply, ALL)]
        named = [row for row in fit if row.supply == supply]
        stocks = [*named, *(row for row in fit if row.supply == ALL and row.location not in {other.location for other in named})]
        order = {row.location: at for at, row in enumerate(scenario.stocks)}
        for place in places:
            own = next((row.location for row in stocks if row.location == place), None)
            serving = [row.location for row in sorted(stocks, key=lambda row: order[row.location]) if place in row.serves]
            if own is not None or serving:
                rows.append((place, supply, own if own is not None else serving[0]))
    return pl.DataFrame(rows, schema={"location": pl.String, "supply": pl.String, "stock": pl.String}, orient="row")


def _by_time(scenario: Scenario, shared: pl.DataFrame, kinds: pl.DataFrame, supplies: list[str]) -> pl.DataFrame:
    """Tonnes by year and phase: a week that is cut by the turn of a year is shared by days.

    They are added up in the order of the rows, on whole numbers that stand for kind, supply and stretch of time.
    """
    week = ["from_day", "until_day"]
    cut = stretches(scenario).rename({"from_day": "start", "until_day": "end"}).with_row_index("stretch")
    days = pl.min_horizontal("until_day", "end") - pl.max_horizontal("from_day", "start")
    weeks = shared.select(week).unique().sort(week)
    parts = weeks.join(cut.select("stretch", "start", "end"), how="cross", maintain_order="left_right").with_columns(days=days)
    part = parts.filter(pl.col("days") > 0).with_columns(part=pl.col("days") / pl.col("days").sum().over(week))
    rows = shared.select(*week, "kind", "supply", "tonnes").join(part, on=week, how="inner", maintain_order="left_right")
    order = pl.DataFrame({"supply": supplies}, schema={"supply": pl.String}).with_row_index("at")
    placed = rows.join(order, on="supply", how="left", maintain_order="left")
    shape = kinds.height, len(supplies), cut.height
    cell = np.ravel_multi_index(tuple(placed[name].to_numpy().astype(np.int64) for name in ("kind", "at", "stretch")), shape)
    tonnes = np.bincount(cell, weights=(rows["tonnes"] * rows["part"]).to_numpy(), minlength=int(np.prod(shape)))
    kind, supply, stretch = np.unravel_index(np.flatnonzero(tonnes), shape)
    return kinds[kind].hstack(cut[stretch].select(WHEN)).with_columns(
        item=pl.lit("supply_t"), supply=pl.Series([supplies[at] for at in supply], dtype=pl.String), per=pl.lit("t"),
        quantity=pl.Series(tonnes[tonnes != 0], dtype=pl.Float64),
    ).select([*USED, *apart(kinds)])  # fmt: skip
