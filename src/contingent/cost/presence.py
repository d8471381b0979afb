"""Who is on tour when: tours cut at the turn of months, years and phases, and what is counted of them.

    person-days       people x days
    unit-days         days
    on the ground     people of units that do not live on board (`moves` of the unit type is not "sails")
    headquarters      days on which a unit serves on a line that is a formation's headquarters, of formations above brigade

Days are those of the tour within the horizon, handover included; a headquarters counts once while it is handed over.
"""

from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.cost.rate_book import with_activities
from contingent.model.rules import component_of
from contingent.model.scenario import Scenario
from contingent.plan.money import DAYS_A_MONTH

KIND = ("nation", "unit_type", "domain", "component")
WHEN = ("year", "phase")
ABOVE_BRIGADE = frozenset({"theatre", "army", "force", "component command", "corps", "division", "headquarters"})
"""Echelons whose headquarters are paid for as such."""

USED = {
    "nation": pl.String, "unit_type": pl.String, "domain": pl.String, "component": pl.String, "year": pl.Int64,
    "phase": pl.String, "item": pl.String, "supply": pl.String, "per": pl.String, "quantity": pl.Float64,
}  # fmt: skip
"""Columns of quantities before they are paid for: ``per`` is the unit of the quantity, as a rate must have it."""

TOUR = {"tour": pl.Int64}
"""A further column of tours and movements by which quantities may be kept apart: which tour of a plan they are of."""


def stretches(scenario: Scenario) -> pl.DataFrame:
    """Return the horizon cut at months and phases: ``from_day``, ``until_day``, ``year``, ``month``, ``phase`` (blank = none)."""
    horizon = scenario.horizon
    first, last = horizon.start_date, horizon.date_of(horizon.days - 1)
    turns = [date(first.year + at // 12, at % 12 + 1, 1) for at in range(first.month, (last.year - first.year) * 12 + last.month)]
    cuts = {0, horizon.days, *(horizon.day_of(turn) for turn in turns)}
    phases = [(row.phase, row.from_day, horizon.days if row.until_day is None else row.until_day) for row in scenario.phases]
    cuts |= {day for _, start, end in phases for day in (start, end) if 0 < day < horizon.days}
    rows = []
    for start, end in pairwise(sorted(cuts)):
        day = horizon.date_of(start)
        phase = next((name for name, begins, ends in reversed(phases) if begins <= start < ends), None)
        rows.append((start, end, day.year, day.month, phase))
    schema = {"from_day": pl.Int64, "until_day": pl.Int64, "year": pl.Int64, "month": pl.Int64, "phase": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def described(scenario: Scenario, tours: pl.DataFrame) -> pl.DataFrame:
    """Return tours with what their rows do not say: domain and component of the unit, its vehicles, whether it lives on board."""
    methods = {row.task: row.method for row in scenario.tasks}
    lines = {row.line: methods.get(row.mandate or "") for row in scenario.requirements}
    types = scenario.unit_type_by_name
    domains = [types[name].domain for name in tours["unit_type"]]
    return tours.with_columns(
        domain=pl.Series(domains, dtype=pl.String),
        component=pl.Series(
            [component_of(domain, lines.get(line)) for domain, line in zip(domains, tours["line"], strict=True)], dtype=pl.String
        ),
        vehicles=pl.Series([types[name].vehicles or 0 for name in tours["unit_type"]], dtype=pl.Int64),
        on_board=pl.Series([types[name].moves == "sails" for name in tours["unit_type"]], dtype=pl.Boolean),
    )


def present_in(tours: pl.DataFrame, stretch: pl.DataFrame) -> pl.DataFrame:
    """Return each tour in each stretch of time that it lies in, with ``days`` and ``serving_days`` in it. [days]"""
    renamed = tours.rename({"from_day": "tour_from", "until_day": "tour_until"})
    cut = renamed.join(stretch, how="cross", maintain_order="left_right")
    shared = pl.min_horizontal("tour_until", "until_day") - pl.max_horizontal("tour_from", "from_day")
    served = pl.min_horizontal("serves_until_day", "until_day") - pl.max_horizontal("tour_from", "from_day")
    return cut.with_columns(days=shared, serving_days=pl.max_horizontal(served, 0)).filter(pl.col("days") > 0)


def apart(frame: pl.DataFrame) -> list[str]:
    """Return the further columns by which the quantities of a frame of tours or movements are kept apart; mostly none."""
    return [name for name in TOUR if name in frame.columns]


def no_use(frame: pl.DataFrame) -> pl.DataFrame:
    """Return quantities without a row, kept apart as those of the frame."""
    return pl.DataFrame(schema={**USED, **{name: TOUR[name] for name in apart(frame)}})


def measured(scenario: Scenario, tours: pl.DataFrame, option: str | None) -> pl.DataFrame:
    """Return what is counted of tours, by nation, unit type, component, month and phase, and by tour where they are numbered.

    Returns
    -------
    polars.DataFrame
        ``nation``, ``unit_type``, ``domain``, ``component``, ``year``, ``month``, ``phase``; ``person_days``, ``ground_days``
        (of people who do not live on board) [person-days], ``unit_days``, ``headquarters_days`` [unit-days], ``vehicles`` of a
        unit; what units do on a day (`DONE`).
    """
    staffs = headquarters_lines(scenario, option)
    present = present_in(described(scenario, tours), stretches(scenario)).with_columns(
        person_days=pl.col("people") * pl.col("days"),
        ground_days=pl.when("on_board").then(0).otherwise(pl.col("people") * pl.col("days")),
        unit_days=pl.col("days"),
        headquarters_days=pl.when(pl.col("line").is_in(sorted(staffs))).then("serving_days").otherwise(0),
    )
    by = [*KIND, *apart(tours), "year", "month", "phase", "vehicles"]
    counted = ["person_days", "ground_days", "unit_days", "headquarters_days"]
    whole = present.group_by(by).agg(pl.col(counted).sum()).sort(by)
    return with_activities(scenario, whole)


def headquarters_lines(scenario: Scenario, option: str | None) -> set[str]:
    """Return the lines whose units are headquarters above brigade; without formations, those that ask for a headquarters."""
    formations = [row for row in scenario.formations if option is None or not row.option or option in row.option]
    if formations:
        return {line for row in formations if row.echelon.casefold() in ABOVE_BRIGADE for line in row.headquarters}
    staffs = {row.unit_type for row in scenario.unit_types if row.echelon == "headquarters"}
    gives = {row.capability for row in scenario.capabilities if row.unit_type in staffs}
    return {row.line for row in scenario.requirements if row.capability in gives}


def of_tours(counted: pl.DataFrame) -> pl.DataFrame:
    """Return quantities of what is paid by the day: people, operations, hours flown, days at sea, kilometres, bases, command.

    Each item has a row for each way in which it may be counted; the rate decides which of them is paid.
    """
    units = pl.col("unit_days")
    ways: list[tuple[str, str, pl.Expr]] = [
        *((item, per, quantity) for item in ("personnel", "operations") for per, quantity in _by_day("person_days", units)),
        ("flying_hour", "hour", units * pl.col("flying_hours")),
        ("ship_day", "ship_day", units * pl.col("sea_share")),
        ("vehicle_km", "km", units * pl.col("vehicles") * pl.col("vehicle_km")),
        *(("base_running", per, quantity) for per, quantity in _by_day("ground_days", None)),
        ("command", "headquarters_day", pl.col("headquarters_days")),
    ]
    parts = [
        counted.select(
            *KIND, *WHEN, *apart(counted), item=pl.lit(item), supply=pl.lit(None, pl.String), per=pl.lit(per),
            quantity=quantity.cast(pl.Float64),
        )
        for item, per, quantity in ways
    ]
    return pl.concat(parts).filter(pl.col("quantity") > 0).select([*USED, *apart(counted)])


def _by_day(people: str, units: pl.Expr | None) -> list[tuple[str, pl.Expr]]:
    found = [("person_day", pl.col(people)), ("person_month", pl.col(people) / DAYS_A_MONTH)]
    return found if units is None else [*found, ("unit_day", units)]


def people_on_ground(scenario: Scenario, tours: pl.DataFrame) -> NDArray[np.int64]:
    """Return people of units that do not live on board, by day. [people], shape (days of the horizon,)"""
    ground = described(scenario, tours).filter(~pl.col("on_board"))
    days = scenario.settings.horizon_days
    steps = np.zeros(days + 1, dtype=np.int64)
    np.add.at(steps, np.clip(ground["from_day"].to_numpy(), 0, days), ground["people"].to_numpy())
    np.add.at(steps, np.clip(ground["until_day"].to_numpy(), 0, days), -ground["people"].to_numpy())
    return np.cumsum(steps[:-1])


def of_bases(scenario: Scenario, tours: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    r"""Return places that are built, in people: as many as there ever were on the ground, as the force grows.

    .. math:: built(d) = \max_{d' \le d} people(d') - \max_{d' < d} people(d')

    They fall to units by their person-days on the ground over the whole time: who comes first builds for those who follow, and
    all who live there pay.
    """
    ground = people_on_ground(scenario, tours)
    most = np.maximum.accumulate(ground)
    built = np.diff(most, prepend=0)
    cut = stretches(scenario)
    places = [int(built[start:end].sum()) for start, end in cut.select("from_day", "until_day").iter_rows()]
    stretch = cut.with_columns(places=pl.Series(places, dtype=pl.Int64)).filter(pl.col("places") > 0)
    kind = [*KIND, *apart(counted)]
    by_kind = counted.group_by(kind).agg(pl.col("ground_days").sum()).sort(kind).filter(pl.col("ground_days") > 0)
    total = int(by_kind["ground_days"].sum())
    if total == 0:
        return no_use(counted)
    return by_kind.join(stretch, how="cross", maintain_order="left_right").select(
        *kind, *WHEN, item=pl.lit("base_build"), supply=pl.lit(None, pl.String), per=pl.lit("person"),
        quantity=pl.col("places") * pl.col("ground_days") / total,
    ).select([*USED, *apart(counted)])  # fmt: skip
