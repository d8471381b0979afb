"""What tours add up to: service by day, unit-days, people, burden, continuity and cost, counted from the scenario's own terms.

Every function takes the tours as a frame of which only ``offer``, ``line`` and ``from_day`` are read: one row is one unit
that begins one tour. All else (how long it stays, whom it counts for, what it costs) is looked up in the scenario, so
that what a plan says about itself can be held against what it does. The formulas are those of docs/formulation.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.model.rows import Requirement
from contingent.model.rules import fair_weights, line_until, lines_of_option, readiness
from contingent.model.scenario import Scenario
from contingent.plan.columns import frame
from contingent.quantities import SMALLEST_SHARE

OFFER_COLUMNS = {
    "offer": pl.String,
    "nation": pl.String,
    "unit_type": pl.String,
    "units_offered": pl.Int64,
    "ready_day": pl.Int64,
    "offer_until_day": pl.Int64,
    "tour_days": pl.Int64,
    "serving_days": pl.Int64,
    "cycle_days": pl.Int64,
    "max_tours": pl.Int64,
    "people": pl.Int64,
    "confidence": pl.String,
    "daily_cost": pl.Float64,
    "tour_cost": pl.Float64,
}
LINE_COLUMNS = {
    "line": pl.String,
    "capability": pl.String,
    "location": pl.String,
    "priority": pl.Int64,
    "hold": pl.String,
    "required": pl.Float64,
    "window_from": pl.Int64,
    "window_until": pl.Int64,
}


@dataclass(frozen=True)
class Service:
    """What one line gets on each day of its window.

    Parameters
    ----------
    line : Requirement
        The line.
    from_day, until_day : int
        Its window within the horizon, half open. [days from D-day]
    served : ndarray of float
        Sum of the effectiveness of the units serving. [units], shape (days of the window,)
    low : ndarray of float
        The part of it that rests on offers of low confidence. [units], shape (days of the window,)
    units_by_nation : mapping of str to ndarray of int
        Units serving, by nation in order of name. [units], shape (days of the window,)
    changes : ndarray of int
        Days, counted from the window's first, on which a service begins or ends; nothing changes on other days. The first is 0.
    """

    line: Requirement
    from_day: int
    until_day: int
    served: NDArray[np.float64]
    low: NDArray[np.float64]
    units_by_nation: Mapping[str, NDArray[np.int64]]
    changes: NDArray[np.int64]

    @property
    def days(self) -> int:
        """Days of the window. [days]"""
        return self.until_day - self.from_day

    @property
    def units(self) -> NDArray[np.int64]:
        """Units serving, whatever their effectiveness. [units], shape (days of the window,)"""
        none = np.zeros(self.days, dtype=np.int64)
        return none + sum(self.units_by_nation.values()) if self.units_by_nation else none

    @property
    def filled(self) -> NDArray[np.float64]:
        """Service as far as it was asked for. [units], shape (days of the window,)"""
        quantity = float(self.line.quantity)
        return np.where(self.served >= quantity - SMALLEST_SHARE, quantity, self.served)

    @property
    def takeovers(self) -> int:
        """How often a unit of a nation comes on where that nation had one fewer the day before."""
        return sum(int(np.maximum(np.diff(on[self.changes], prepend=0), 0).sum()) for on in self.units_by_nation.values())

    @property
    def low_unit_days(self) -> float:
        """Filled unit-days that rest on offers of low confidence; in proportion where more serve than asked. [unit-days]"""
        share = np.divide(self.low, self.served, out=np.zeros_like(self.served), where=self.served > SMALLEST_SHARE)
        return float((self.filled * share).sum())


def offers_frame(scenario: Scenario) -> pl.DataFrame:
    """Return one row an offer with every blank of its terms filled in (`OFFER_COLUMNS`)."""
    rows = []
    for offer in scenario.offers:
        terms = readiness(scenario, offer)
        unit_type = scenario.unit_type_by_name[offer.unit_type]
        rows.append(
            (
                offer.offer,
                offer.nation,
                offer.unit_type,
                offer.quantity,
                terms.ready_day,
                terms.until_day,
                terms.tour_days,
                terms.serving_days,
                terms.cycle_days,
                terms.max_tours,
                terms.personnel,
                offer.confidence,
                unit_type.daily_cost,
                unit_type.tour_cost,
            )
        )
    return pl.DataFrame(rows, schema=OFFER_COLUMNS, orient="row")


def lines_frame(scenario: Scenario, option: str | None) -> pl.DataFrame:
    """Return one row a requirement line of the option, its window cut by the horizon (`LINE_COLUMNS`)."""
    rows = [
        (
            row.line,
            row.capability,
            row.location,
            row.priority,
            row.hold,
            float(row.quantity),
            row.from_day,
            line_until(scenario, row),
        )
        for row in lines_of_option(scenario, option)
    ]
    return pl.DataFrame(rows, schema=LINE_COLUMNS, orient="row")


def performed(scenario: Scenario, option: str | None, tours: pl.DataFrame) -> pl.DataFrame:
    """Return the tours as the scenario's terms make them, in the order given.

    Parameters
    ----------
    tours : polars.DataFrame
        Of which ``offer``, ``line`` and ``from_day`` are read.

    Returns
    -------
    polars.DataFrame
        One row a tour: the columns of its offer and its line, and ``effectiveness`` (null where the unit type does not give
        the capability), ``until_day``, ``serves_until_day``, ``rested_day``. What is not in the scenario is null.
    """
    effectiveness = pl.DataFrame(
        [(row.capability, row.unit_type, row.effectiveness) for row in scenario.capabilities],
        schema={"capability": pl.String, "unit_type": pl.String, "effectiveness": pl.Float64},
        orient="row",
    )
    return (
        tours.select("offer", "line", "from_day")
        .with_row_index("row")
        .join(offers_frame(scenario), on="offer", how="left", maintain_order="left")
        .join(lines_frame(scenario, option), on="line", how="left", maintain_order="left")
        .join(effectiveness, on=["capability", "unit_type"], how="left", maintain_order="left")
        .with_columns(
            until_day=pl.col("from_day") + pl.col("tour_days"),
            serves_until_day=pl.col("from_day") + pl.col("serving_days"),
            rested_day=pl.col("from_day") + pl.col("cycle_days"),
        )
    )


def service_of_lines(scenario: Scenario, option: str | None, done: pl.DataFrame) -> Iterator[Service]:
    """Yield what each line of the option gets, in the order of requirements.csv; lines without a day are left out.

    Parameters
    ----------
    done : polars.DataFrame
        From `performed`. Tours that give nothing (an unknown name, a capability that the type lacks) are not counted.
    """
    alike = ("line", "from_day", "serves_until_day", "nation", "effectiveness", "low")
    counted = (
        done.filter(pl.col("effectiveness").is_not_null())
        .with_columns(low=pl.col("confidence").eq_missing("low"))
        .group_by(alike)
        .agg(units=pl.len().cast(pl.Int64))
    )
    by_line = {str(key[0]): part for key, part in counted.partition_by("line", as_dict=True).items()}
    for line in lines_of_option(scenario, option):
        until_day = line_until(scenario, line)
        if until_day > line.from_day:
            tours = by_line[line.line].drop("line").rows() if line.line in by_line else []
            yield _service(line, until_day, tours)


def _service(line: Requirement, until_day: int, tours: list[tuple[int, int, str, float, bool, int]]) -> Service:
    """What a line gets from tours: first day, end of service, nation, effectiveness, low confidence, and how many are alike.

    Like units are counted as whole numbers and weighed once, so that no rounding gathers over a long horizon.
    """
    days = until_day - line.from_day
    by_nation: dict[str, NDArray[np.int64]] = {}
    by_weight: dict[tuple[float, bool], NDArray[np.int64]] = {}
    breaks = {0}
    for start, end, nation, effectiveness, is_low, units in tours:
        first, last = max(0, start - line.from_day), min(days, end - line.from_day)
        if first >= last:
            continue
        breaks.update((first, last))
        if nation not in by_nation:
            by_nation[nation] = np.zeros(days, dtype=np.int64)
        if (effectiveness, is_low) not in by_weight:
            by_weight[effectiveness, is_low] = np.zeros(days, dtype=np.int64)
        by_nation[nation][first:last] += units
        by_weight[effectiveness, is_low][first:last] += units
    served, low = np.zeros(days), np.zeros(days)
    for (effectiveness, is_low), on in sorted(by_weight.items()):
        served += on * effectiveness
        if is_low:
            low += on * effectiveness
    changes = np.array(sorted(breaks - {days}), dtype=np.int64)
    return Service(line, line.from_day, until_day, served, low, dict(sorted(by_nation.items())), changes)


def coverage_of(service: Service) -> list[dict[str, object]]:
    """Return a line's rows of ``coverage``: one for each interval in which nothing changes."""
    filled = service.filled
    days = service.changes
    state = np.vstack([filled[days], *(units[days] for units in service.units_by_nation.values())])
    breaks = [0, *days[1:][(np.diff(state, axis=1) != 0).any(axis=0)].tolist(), service.days]
    line = service.line
    rows: list[dict[str, object]] = []
    for start, end in pairwise(breaks):
        on = {nation: int(units[start]) for nation, units in service.units_by_nation.items() if units[start]}
        rows.append(
            {
                "line": line.line,
                "capability": line.capability,
                "location": line.location,
                "priority": line.priority,
                "from_day": service.from_day + start,
                "until_day": service.from_day + end,
                "required": float(line.quantity),
                "filled": float(filled[start]),
                "gap": float(line.quantity - filled[start]),
                "units": sum(on.values()),
                "nations": ";".join(f"{nation}:{units}" for nation, units in on.items()),
            }
        )
    return rows


def coverage(scenario: Scenario, option: str | None, tours: pl.DataFrame) -> pl.DataFrame:
    """Return the frame ``coverage`` that the tours make (`contingent.plan.COLUMNS`)."""
    done = performed(scenario, option, tours)
    return frame("coverage", [row for service in service_of_lines(scenario, option, done) for row in coverage_of(service)])


def required_unit_days(scenario: Scenario, option: str | None) -> dict[int, float]:
    """Return quantity times days of the window, by priority. [unit-days]"""
    required: dict[int, float] = {}
    for line in sorted(lines_of_option(scenario, option), key=lambda row: row.priority):
        days = max(0, line_until(scenario, line) - line.from_day)
        required[line.priority] = required.get(line.priority, 0.0) + float(line.quantity * days)
    return required


def _people_steps(done: pl.DataFrame, horizon_days: int) -> pl.DataFrame:
    """People on tour by nation at every day on which they change within the horizon: nation, day, people."""
    in_sight = done.select(
        "nation", "people", start=pl.col("from_day").clip(0, horizon_days), end=pl.col("until_day").clip(0, horizon_days)
    )
    arrivals = in_sight.select("nation", day="start", step="people")
    departures = in_sight.select("nation", day="end", step=-pl.col("people"))
    return (
        pl.concat([arrivals, departures])
        .drop_nulls()
        .filter(pl.col("day") < horizon_days)
        .group_by("nation", "day")
        .agg(pl.col("step").sum())
        .sort("nation", "day")
        .with_columns(people=pl.col("step").cum_sum().over("nation"))
    )


def people_by_day(done: pl.DataFrame, horizon_days: int) -> NDArray[np.int64]:
    """Return the people on tour on each day of the horizon, handover included. [people], shape (horizon days,)"""
    steps = _people_steps(done, horizon_days)
    changes = np.zeros(horizon_days, dtype=np.int64)
    np.add.at(changes, steps["day"].to_numpy(), steps["step"].to_numpy())
    return np.cumsum(changes)


def people_peak_by_nation(done: pl.DataFrame, horizon_days: int) -> dict[str, int]:
    """Return the most people that each nation has on tour on one day; nations without a tour are left out. [people]"""
    peaks = _people_steps(done, horizon_days).group_by("nation").agg(pl.col("people").max())
    return dict(peaks.iter_rows())


def days_over_ceiling(done: pl.DataFrame, horizon_days: int, ceilings: Mapping[str, int]) -> pl.DataFrame:
    """Return where a nation has more people on tour than its ceiling: nation, day, people, ceiling."""
    limits = pl.DataFrame(
        {"nation": list(ceilings), "ceiling": list(ceilings.values())}, schema={"nation": pl.String, "ceiling": pl.Int64}
    )
    steps = _people_steps(done, horizon_days).join(limits, on="nation", how="inner", maintain_order="left")
    return steps.filter(pl.col("people") > pl.col("ceiling")).select("nation", "day", "people", "ceiling")


def _days_in_horizon(horizon_days: int) -> pl.Expr:
    return pl.col("until_day").clip(0, horizon_days) - pl.col("from_day").clip(0, horizon_days)


def person_days_by_nation(done: pl.DataFrame, horizon_days: int) -> dict[str, int]:
    """Return people times days on tour within the horizon; nations without a tour are left out. [person-days]"""
    spent = (
        done.drop_nulls(["nation", "people"])
        .group_by("nation")
        .agg(total=(pl.col("people") * _days_in_horizon(horizon_days)).sum())
    )
    return dict(spent.sort("nation").iter_rows())


def requirement_person_days(scenario: Scenario, option: str | None) -> float:
    r"""Return the requirement in person-days, each line filled by the leanest unit type that gives it. [person-days]

    .. math:: R = \sum_r quantity_r \cdot days_r \cdot \min_{type} people_{type} / effectiveness_{r, type}
    """
    leanest: dict[str, float] = {}
    for (capability, unit_type), effectiveness in scenario.effectiveness.items():
        people = scenario.unit_type_by_name[unit_type].personnel / effectiveness
        leanest[capability] = min(people, leanest.get(capability, people))
    return float(
        sum(
            line.quantity * max(0, line_until(scenario, line) - line.from_day) * leanest.get(line.capability, 0.0)
            for line in lines_of_option(scenario, option)
        )
    )


def burden_by_nation(scenario: Scenario, option: str | None, person_days: Mapping[str, int]) -> dict[str, float]:
    """Return the share of the requirement that each nation with a fair share carries, against that share. [-]"""
    whole = requirement_person_days(scenario, option)
    if whole == 0:
        return {nation: 0.0 for nation, share in fair_weights(scenario).items() if share > 0}
    return {nation: person_days.get(nation, 0) / (share * whole) for nation, share in fair_weights(scenario).items() if share > 0}


def cost(done: pl.DataFrame, horizon_days: int) -> float:
    """Return the cost of the tours: each sent and home again, and each day on tour within the horizon. [currency]"""
    spent = pl.col("tour_cost").fill_null(0.0) + pl.col("daily_cost").fill_null(0.0) * _days_in_horizon(horizon_days)
    return float(done.drop_nulls(["unit_type"]).select(spent.sum()).item())
