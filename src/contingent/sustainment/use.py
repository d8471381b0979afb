r"""What is used up, by place, supply and day, from the tours that are in place.

.. math:: use_{psd} = \sum_{u \in p, d} rate_{us}(d) \cdot season_{s}(d) \cdot (1 + losses)

A unit's rate adds up the rows of consumption.csv of its profile and of ``all``: so much a person, a unit, a kilometre of each
vehicle, an hour flown, a day at sea. Kilometres, hours and days at sea are those of activities.csv; the most specific row
that says something holds (unit type before domain, a phase before none, of equals the later one), column by column.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.model.rows import UnitType
from contingent.model.scenario import Scenario
from contingent.model.supply import Activity, Consumption

Floats = NDArray[np.float64]

EVERYBODY = "all"
"""Profile whose rows hold for every unit."""

DRIVEN_BY_ACTIVITY = ("III", "V")
"""Classes that the factor of an activity multiplies, in rows of the unit's own profile: fuel and ammunition."""

LOSSES = "supply_losses"
"""Factor of factors.csv: share of what is used that is spilt, spoilt or stolen on top of it. None = nothing is lost."""

WEEK = 7
"""Length of a week. [days]"""

KG_PER_T = 1000.0


@dataclass(frozen=True)
class Use:
    """What is used up by day.

    Parameters
    ----------
    places, supplies : tuple of str
        Where units are, in order of name; what they use up, in the order of consumption.csv.
    kg : ndarray of float
        Use, losses included. [kg/day], shape (places, supplies, horizon days)
    people : ndarray of float
        People who are there. [people], shape (places, horizon days)
    """

    places: tuple[str, ...]
    supplies: tuple[str, ...]
    kg: Floats
    people: Floats

    @property
    def weeks(self) -> "Weeks":
        """The weeks of the horizon."""
        return Weeks(self.people.shape[1])

    @property
    def full_week(self) -> int:
        """The week in which most people are there; the first of equals."""
        return int(np.argmax(self.weeks.summed(self.people.sum(axis=0)) / self.weeks.lengths))

    def weekly_kg(self) -> Floats:
        """Return the use of each week in whole kilograms. [kg], shape (places, supplies, weeks)"""
        return np.rint(self.weeks.summed(self.kg))


@dataclass(frozen=True, slots=True)
class Weeks:
    """The horizon cut into weeks; the last may be shorter.

    Parameters
    ----------
    horizon_days : int
        Length of the horizon. [days]
    """

    horizon_days: int

    @property
    def starts(self) -> NDArray[np.int64]:
        """First day of each week. [days from D-day]"""
        return np.arange(0, self.horizon_days, WEEK)

    @property
    def ends(self) -> NDArray[np.int64]:
        """Day after the last of each week. [days from D-day]"""
        return np.minimum(self.starts + WEEK, self.horizon_days)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Days of each week. [days]"""
        return self.ends - self.starts

    def summed(self, by_day: Floats) -> Floats:
        """Return sums by week of what stands by day along the last axis."""
        sums: Floats = np.add.reduceat(by_day, self.starts, axis=-1)
        return sums


def use_of(scenario: Scenario, tours: pl.DataFrame) -> Use:
    """Return what the units of the tours use up while they are in place, handover included.

    Parameters
    ----------
    tours : polars.DataFrame
        As in `contingent.plan.COLUMNS`; tours without a location use up nothing anywhere.
    """
    days = scenario.settings.horizon_days
    here = tours.filter(pl.col("location").is_not_null() & (pl.col("from_day") < days) & (pl.col("until_day") > 0))
    places = tuple(sorted(set(here["location"])))
    supplies = tuple(dict.fromkeys(row.supply for row in scenario.consumption))
    kg, people = np.zeros((len(places), len(supplies), days)), np.zeros((len(places), days))
    index = {place: at for at, place in enumerate(places)}
    spans = phase_spans(scenario)
    alike = here.group_by("location", "unit_type", "people", maintain_order=True).agg("from_day", "until_day")
    for location, name, each, begins, ends in alike.sort("location", "unit_type", "people").iter_rows():
        there = _present(begins, ends, days)
        people[index[location]] += there * each
        for phase, first, last in spans:
            rates = rates_of(scenario, scenario.unit_type_by_name[name], each, phase, supplies)
            kg[index[location], :, first:last] += rates[:, None] * there[None, first:last]
    kg *= seasons_by_day(scenario, supplies)[None] * (1 + losses_of(scenario))
    return Use(places, supplies, kg, people)


def _present(begins: Iterable[int], ends: Iterable[int], days: int) -> Floats:
    """How many of like tours are in place on each day. Shape (days,)"""
    steps = np.zeros(days + 1)
    np.add.at(steps, np.clip(list(begins), 0, days), 1.0)
    np.add.at(steps, np.clip(list(ends), 0, days), -1.0)
    return np.cumsum(steps)[:days]


def losses_of(scenario: Scenario) -> float:
    """Return what is lost of what is used, on top of it; 0 where no factor says so. [-]"""
    return next((row.value for row in scenario.factors if row.factor == LOSSES and row.scope == EVERYBODY), 0.0)


def phase_spans(scenario: Scenario) -> list[tuple[str | None, int, int]]:
    """Return the phases as stretches of days that cover the horizon once; of phases that overlap the later row holds."""
    days = scenario.settings.horizon_days
    marks = {0, days}
    for row in scenario.phases:
        marks |= {min(row.from_day, days), _end(row.until_day, days)}
    cuts = sorted(marks)
    spans: list[tuple[str | None, int, int]] = []
    for first, last in pairwise(cuts):
        inside = [row.phase for row in scenario.phases if row.from_day <= first and last <= _end(row.until_day, days)]
        spans.append((inside[-1] if inside else None, first, last))
    return spans


def _end(until_day: int | None, days: int) -> int:
    """Day on which a phase ends within the horizon."""
    return days if until_day is None else min(until_day, days)


def seasons_by_day(scenario: Scenario, supplies: Sequence[str]) -> Floats:
    """Return by what each supply's use is multiplied on each day: factors of one supply and month multiply.

    Returns
    -------
    ndarray of float
        [-], shape (supplies, horizon days)
    """
    horizon = scenario.horizon
    months = np.array([horizon.date_of(day).month for day in range(horizon.days)])
    factors = np.ones((len(supplies), horizon.days))
    for row in scenario.seasons:
        if row.supply in supplies:
            factors[supplies.index(row.supply), np.isin(months, [int(month) for month in row.months])] *= row.factor
    return factors


def rates_of(scenario: Scenario, unit_type: UnitType, people: int, phase: str | None, supplies: Sequence[str]) -> Floats:
    """Return what one unit uses up a day, before seasons and losses. [kg/day], shape (supplies,)"""
    doing = Doing.of(scenario, unit_type, phase)
    rates = np.zeros(len(supplies))
    for row in scenario.consumption:
        if row.profile in (EVERYBODY, unit_type.consumption):
            rates[supplies.index(row.supply)] += row.kg_per_day * doing.counted(row, unit_type, people)
    return rates


@dataclass(frozen=True, slots=True)
class Doing:
    """What a unit does on a day.

    Parameters
    ----------
    flying_hours, vehicle_km, sea_share, factor : float
        Hours flown by its aircraft together [h/day]; kilometres of each vehicle [km/day]; share of days at sea [-]; by what fuel
        and ammunition are multiplied [-].
    """

    flying_hours: float
    vehicle_km: float
    sea_share: float
    factor: float

    @classmethod
    def of(cls, scenario: Scenario, unit_type: UnitType, phase: str | None) -> "Doing":
        """Look up what units of a type do in a phase; what no row says is none of it, and the factor 1."""
        fitting = [row for row in reversed(scenario.activities) if _fits(row, unit_type, phase)]
        ordered = sorted(fitting, key=_specificity, reverse=True)

        def first(column: str, otherwise: float) -> float:
            return next((float(value) for row in ordered if (value := getattr(row, column)) is not None), otherwise)

        return cls(first("flying_hours", 0.0), first("vehicle_km", 0.0), first("sea_share", 0.0), first("factor", 1.0))

    def counted(self, row: Consumption, unit_type: UnitType, people: int) -> float:
        """Return how many of what the row counts one unit is or does on a day."""
        number = {
            "person": float(people), "unit": 1.0, "vehicle_km": (unit_type.vehicles or 0) * self.vehicle_km,
            "flying_hour": self.flying_hours, "ship_day": self.sea_share,
        }[row.per]  # fmt: skip
        driven = row.profile != EVERYBODY and row.supply_class in DRIVEN_BY_ACTIVITY
        return number * (self.factor if driven else 1.0)


def _fits(row: Activity, unit_type: UnitType, phase: str | None) -> bool:
    return (
        row.unit_type in (None, unit_type.unit_type) and row.domain in (None, unit_type.domain) and row.phase in (None, phase)
    )


def _specificity(row: Activity) -> tuple[bool, bool, bool]:
    return row.unit_type is not None, row.domain is not None, row.phase is not None
