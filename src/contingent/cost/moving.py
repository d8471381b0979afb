"""What movements use of the ways: each leg's kilometres times what the movement has to carry.

    rail          wagon-km      wagons of the movement; people: as many coaches as they fill, by the fleet or of fifty people
    road          vehicle-km    vehicles of the movement; people and stores: as many buses and trucks as they fill
    sea, river    lane-m-km     lane metres of the movement; people alone have no rate, and are told in a note
    air           person-km     people of the movement; of what carries no people, t-km of its tonnes

A leg within a place (handling) is not paid for apart. What moves before D-day is booked on the first day of the horizon, what
moves after it on the last.
"""

import polars as pl

from contingent.cost.presence import USED, apart, described, no_use, stretches
from contingent.model.scenario import Scenario
from contingent.plan.money import summed

BY_MODE = {
    "rail": ("rail_wagon_km", "wagon_km"), "road": ("road_vehicle_km", "vehicle_km"), "sea": ("sea_lane_m_km", "lane_m_km"),
    "river": ("sea_lane_m_km", "lane_m_km"),
}  # fmt: skip
"""Item and unit of a mode that carries people and things at one rate."""

PERSON, TONNE = ("air_person_km", "person_km"), ("air_t_km", "t_km")

LEGS_AT_ONCE = 500_000
"""Legs that are looked at together; of millions each lot is added up before the next is looked at. [legs]"""
OF_ONE = ("movement", "nation", "unit_type", "domain", "component", "people", "vehicles", "wagons", "lane_m", "tonnes")
"""Columns of a movement that its legs are paid by."""
PEOPLE_A_COACH = 50
"""People of a railway coach, where a fleet does not say of how many wagons its trains for people are. An assumption. [people]"""


def of_movements(scenario: Scenario, movements: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """Return what movements use of the ways, by nation, unit type, component, year, phase and item. [wagon-km, ...]

    Parameters
    ----------
    movements, legs : polars.DataFrame
        Frames of `contingent.plan.COLUMNS`. Legs that never leave are not counted.
    """
    if movements.is_empty() or legs.is_empty():
        return no_use(movements)
    fleets = pl.DataFrame(
        [(row.fleet, row.people or None, row.tonnes or None, row.wagons or None) for row in scenario.fleets],
        schema={"fleet": pl.String, "seats": pl.Int64, "payload": pl.Float64, "wagons_of_one": pl.Int64}, orient="row",
    )  # fmt: skip
    named = described(scenario, movements.drop("vehicles")).with_columns(vehicles=movements["vehicles"])
    whole = named.select(*OF_ONE, *apart(movements))
    portions = [legs.slice(first, LEGS_AT_ONCE) for first in range(0, legs.height, LEGS_AT_ONCE)]
    return _together([_of_legs(scenario, whole, fleets, portion) for portion in portions])


def _together(used: list[pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat(used)
    return summed(whole, [name for name in whole.columns if name != "quantity"], ["quantity"]).select(whole.columns)


def _of_legs(scenario: Scenario, whole: pl.DataFrame, fleets: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """What some of the legs use of the ways."""
    gone = (
        legs.filter(pl.col("leaves_day").is_not_null() & pl.col("mode").is_in([*BY_MODE, "air"]))
        .join(_lengths(scenario, legs), on=["movement", "leg"], how="inner", maintain_order="left")
        .select("movement", "mode", "fleet", "km", gone_day="leaves_day")
        .join(whole, on="movement", how="inner", maintain_order="left")
        .join(fleets, on="fleet", how="left", maintain_order="left")
    )  # fmt: skip
    air, people = pl.col("mode") == "air", pl.col("people") > 0
    full = pl.when(people).then(pl.col("people") / pl.col("seats")).otherwise(pl.col("tonnes") / pl.col("payload"))
    coaches = (full * pl.col("wagons_of_one")).fill_null(pl.col("people") / PEOPLE_A_COACH)
    dated = _dated(scenario, gone).with_columns(carriers=full.fill_null(0.0), coaches=coaches)
    alone = pl.col("mode").is_in(["sea", "river"]) & people & (pl.col("lane_m") == 0)
    amount = (
        pl.when(air & people).then("people").when(air).then("tonnes").when(pl.col("mode") == "rail")
        .then(pl.when(pl.col("wagons") > 0).then("wagons").otherwise("coaches"))
        .when(pl.col("mode") == "road").then(pl.when(pl.col("vehicles") > 0).then("vehicles").otherwise("carriers"))
        .when(alone).then("people").otherwise("lane_m")
    )  # fmt: skip
    named = {mode: item for mode, (item, _) in BY_MODE.items()}
    pers = {mode: per for mode, (_, per) in BY_MODE.items()}
    used = dated.with_columns(
        item=pl.when(air & people).then(pl.lit(PERSON[0])).when(air).then(pl.lit(TONNE[0]))
        .otherwise(pl.col("mode").replace_strict(named, default=None)),
        per=pl.when((air & people) | alone).then(pl.lit(PERSON[1])).when(air).then(pl.lit(TONNE[1]))
        .otherwise(pl.col("mode").replace_strict(pers, default=None)),
        supply=pl.lit(None, pl.String),
        quantity=(amount.cast(pl.Float64) * pl.col("km")).fill_null(0.0),
    )  # fmt: skip
    return _together([used.filter(pl.col("quantity") > 0).select([*USED, *apart(whole)])])


def _lengths(scenario: Scenario, legs: pl.DataFrame) -> pl.DataFrame:
    """Kilometres of each leg: of the links that it goes over, joined by ``;``."""
    links = pl.DataFrame(
        [(row.link, row.km) for row in scenario.links], schema={"link": pl.String, "km": pl.Float64}, orient="row"
    )
    each = (
        legs.filter(pl.col("link").is_not_null()).select("movement", "leg", pl.col("link").str.split(";")).explode("link")
        .with_columns(pl.col("link").str.strip_chars())
        .join(links, on="link", how="inner", maintain_order="left")
    )  # fmt: skip
    return each.group_by(["movement", "leg"], maintain_order=True).agg("km").with_columns(pl.col("km").list.sum())


def _dated(scenario: Scenario, gone: pl.DataFrame) -> pl.DataFrame:
    """Legs with the year and phase in which they leave."""
    stretch = stretches(scenario)
    last = scenario.settings.horizon_days - 1
    day = pl.col("gone_day").floor().cast(pl.Int64).clip(0, last)
    cut = stretch.select(day="from_day", year="year", phase="phase")
    return gone.with_columns(day=day).sort("day", maintain_order=True).join_asof(cut, on="day", strategy="backward")
