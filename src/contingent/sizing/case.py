"""One task of the mandate in one option: what a method may ask, and what it answers.

A method reads factors by name (`Case.factor`), the ground (`Case.line_km`, `Case.area_km2`, `Case.population`) and what
earlier methods have asked for (`Case.before`); it returns what it asks for (`Asked`) as an unrounded number with its
arithmetic in words. Nothing that is missing is an exception: it becomes a finding, and the method goes on with a one, so
that all findings come at once.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contingent.findings import Finding, nearest_name
from contingent.geography.shapes import Point, area_km2, length_inside_km, length_km, shape_of
from contingent.model.ground import Sector
from contingent.model.mandate import Factor, Task
from contingent.model.rows import UnitType
from contingent.model.rules import places_upwards, reference_type
from contingent.model.scenario import Scenario

ROUNDING = 1e-9
"""What is so little above a whole number is that number. [units]"""

GENERAL = "all"
"""Scope of a factor that holds for every task."""


def whole(quantity: float) -> int:
    """Return a quantity rounded up to whole units.

    >>> whole(6.1), whole(6.0000000001), whole(0.0)
    (7, 6, 0)
    """
    return math.ceil(round(quantity, 9) - ROUNDING)


def figure(value: float) -> str:
    """Return a number as it stands in a sentence: three digits that count, thousands apart.

    >>> figure(6.0833), figure(146), figure(25000.4), figure(0.02)
    ('6.08', '146', '25,000', '0.02')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    text = f"{value:.3g}"
    return text if "e" not in text else f"{value:,.6f}".rstrip("0")


def counted(number: float, one: str, many: str | None = None) -> str:
    """Return a number with what it counts.

    >>> counted(1, "station"), counted(2.5, "station"), counted(3, "battery", "batteries")
    ('1 station', '2.5 stations', '3 batteries')
    """
    return f"{figure(number)} {one if number == 1 else many or one + 's'}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a method asks for: so much of a capability at a place.

    Parameters
    ----------
    capability : str
        What the line is to ask for.
    exact : float
        Units before they are rounded up. [units]
    arithmetic : str
        How it was worked out, up to and without the result.
    location : str or None
        Where, if not where the task's units stand.
    title : str or None
        The line in words; None = the task's title.
    hold : str or None
        Holding rule, if not the task's.
    rests_on : tuple of str or None
        Factors that this line alone rests on; None = all that its task reads.
    result_said : bool
        Whether the arithmetic says the result already, so that the sentence does not say it twice.
    """

    capability: str
    exact: float
    arithmetic: str
    location: str | None = None
    title: str | None = None
    hold: str | None = None
    rests_on: tuple[str, ...] | None = None
    result_said: bool = False


@dataclass(frozen=True, slots=True)
class Sized:
    """A line that a method has asked for, in one option.

    Parameters
    ----------
    task : Task
        The task of the mandate.
    asked : Asked
        What the method answered.
    quantity : int
        Whole units. [units]
    unit_type : UnitType or None
        The type by whose strength people are counted; None where no type gives the capability.
    location, sector : str or None
        Where its units stand, and the sector that this lies in.
    read : tuple of Factor
        Factors that the method read for the task, in the order in which it read them.
    """

    task: Task
    asked: Asked
    quantity: int
    unit_type: UnitType | None
    location: str | None
    sector: str | None
    read: tuple[Factor, ...]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Factors that the line rests on: of several lines of a task each has its own."""
        own = self.asked.rests_on
        return self.read if own is None else tuple(row for row in self.read if row.factor in own)

    @property
    def people(self) -> int:
        """Strength of its units. [people]"""
        return 0 if self.unit_type is None else self.quantity * self.unit_type.personnel

    @property
    def exact_people(self) -> float:
        """Strength of its units before they are rounded up to whole ones. [people]"""
        return 0.0 if self.unit_type is None else max(0.0, self.asked.exact) * self.unit_type.personnel

    @property
    def battalions(self) -> float:
        """Battalion equivalents of its units. [battalions]"""
        return 0.0 if self.unit_type is None else self.quantity * (self.unit_type.battalions or 0.0)

    @property
    def domain(self) -> str:
        """Domain of its units."""
        return "joint" if self.unit_type is None else self.unit_type.domain

    def sentence(self) -> str:
        """Return how the quantity came about: place, arithmetic, result, factors with source and status."""
        noun = self.asked.capability.replace("_", " ") if self.unit_type is None else _lower(self.unit_type.name)
        exact = figure(self.asked.exact)
        result = "" if self.asked.result_said else f" = {exact}"
        head = f"{self.asked.arithmetic}{result} -> {self.quantity} x {noun}"
        place = self.sector or self.location
        named = f"{place}: {head}" if place else head
        told = "; ".join(f"{row.factor} {figure(row.value)} {row.unit} ({cited(row)})" for row in self.factors)
        return f"{named}; {'factor' if len(self.factors) == 1 else 'factors'} {told}" if told else named


def _lower(name: str) -> str:
    """A name within a sentence: its first letter small, unless it is an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def cited(row: Factor) -> str:
    """Return the status of a factor, with the keys of the sources that it cites."""
    keys = re.findall(r"\[[a-z0-9-]+\]", row.source or "")
    return ", ".join([*dict.fromkeys(keys), row.status])


class Factors:
    """The planning factors of a scenario, looked up by name for a task in an option.

    Parameters
    ----------
    rows : iterable of Factor
        Of factors.csv.
    overrides : mapping, optional
        Values by (factor, scope) that take the place of the rows', for sensitivity.
    """

    def __init__(self, rows: Iterable[Factor], overrides: Mapping[tuple[str, str], float] | None = None) -> None:
        changed = overrides or {}
        self._rows = {
            (row.factor, row.scope): row
            if (row.factor, row.scope) not in changed
            else row.model_copy(update={"value": changed[row.factor, row.scope]})
            for row in rows
        }

    def find(self, name: str, task: Task, option: str | None) -> Factor | None:
        """Return the row that holds: the task's, else the option's, else its demand's, else the general one."""
        for scope in (task.task, option, task.demand, GENERAL):
            if scope is not None and (name, scope) in self._rows:
                return self._rows[name, scope]
        return None

    @property
    def names(self) -> set[str]:
        """Every factor that has a row."""
        return {name for name, _ in self._rows}


@dataclass
class Case:
    """A task in an option, while it is sized.

    Parameters
    ----------
    scenario : Scenario
        What is given.
    task : Task
        The task.
    option : str or None
        The option; None where the scenario has none.
    factors : Factors
        The planning factors.
    before : list of Sized
        What the option's earlier tasks have asked for.
    findings : list of Finding
        What is missing; added to.
    """

    scenario: Scenario
    task: Task
    option: str | None
    factors: Factors
    before: list[Sized]
    findings: list[Finding]
    used: dict[tuple[str, str], Factor] = field(default_factory=dict)

    def factor(self, name: str) -> float:
        """Return the value of a factor; a missing one is a finding, and counts as 1."""
        row = self.factors.find(name, self.task, self.option)
        if row is None:
            nearest = nearest_name(name, self.factors.names)
            what = f"task '{self.task.task}' ({self.task.method}) reads the factor '{name}', which has no row for it."
            self.miss("factors.csv", what, column="factor", nearest=nearest, maybe=f"add '{name}' with the scope all")
            return 1.0
        self.used[row.factor, row.scope] = row
        return row.value

    def above_zero(self, name: str) -> float:
        """Return the value of a factor that something is divided by; one that is not above 0 is a finding, and counts as 1."""
        value = self.factor(name)
        if value > 0:
            return value
        self.miss("factors.csv", f"'{name}' is {value:g} for task '{self.task.task}', but must be above 0.", column="value")
        return 1.0

    def share(self, name: str) -> float:
        """Return the value of a factor that is a share above 0 and at most 1."""
        value = self.above_zero(name)
        if value <= 1:
            return value
        self.miss(
            "factors.csv", f"'{name}' is {value:g} for task '{self.task.task}', but is a share of at most 1.", column="value"
        )
        return 1.0

    def amount(self, what: str) -> float:
        """Return what the task counts; a blank cell is a finding, and counts as 0."""
        if self.task.amount is None:
            sentence = f"is blank, but '{self.task.method}' counts {what}."
            self.miss(
                "tasks.csv", f"task '{self.task.task}': amount {sentence}", column="amount", maybe=f"write the number of {what}"
            )
            return 0.0
        return self.task.amount

    def miss(
        self, table: str, what: str, *, column: str | None = None, nearest: str | None = None, maybe: str | None = None
    ) -> None:
        """Add a finding, once."""
        finding = Finding(table, what, column=column, nearest=nearest, maybe=maybe)
        if finding not in self.findings:
            self.findings.append(finding)

    @property
    def sector(self) -> Sector | None:
        """The task's sector."""
        return self.scenario.sector_by_name.get(self.task.sector) if self.task.sector is not None else None

    @property
    def place(self) -> str | None:
        """Where the task's units stand."""
        return self.task.location or (self.sector.location if self.sector is not None else None)

    def line_km(self) -> float:
        """Return the length of the task's line: as it says, as its sector says, or measured. [km]"""
        if self.task.line_km is not None:
            return self.task.line_km
        sector = self.sector
        if sector is None:
            return sum(length_km(trace.geometry) for trace in self.scenario.traces)
        if sector.line_km is not None:
            return sector.line_km
        if sector.geometry is None:
            return 0.0
        return sum(length_inside_km(trace.geometry, sector.geometry) for trace in self.scenario.traces)

    def needed_line_km(self) -> float:
        """Return the length of the task's line; none at all is a finding. [km]"""
        length = self.line_km()
        if length <= 0:
            what = f"task '{self.task.task}' ({self.task.method}) has no line: none is given, and no trace lies in its sector."
            self.miss(
                "tasks.csv", what, column="line_km", maybe="write its length, name another sector, or draw the line in traces.csv"
            )
        return length

    def area_km2(self) -> float:
        """Return the task's area: as it says, as its sector says, or measured. [km2]"""
        if self.task.area_km2 is not None:
            return self.task.area_km2
        sector = self.sector
        if sector is None or (sector.area_km2 is None and sector.geometry is None):
            return 0.0
        return sector.area_km2 if sector.area_km2 is not None else area_km2(sector.geometry or "")

    def needed_area_km2(self) -> float:
        """Return the task's area; none at all is a finding. [km2]"""
        area = self.area_km2()
        if area <= 0:
            what = f"task '{self.task.task}' ({self.task.method}) has no area."
            self.miss("tasks.csv", what, column="area_km2", maybe="write it, or name a sector with a polygon")
        return area

    def population(self) -> float:
        """Return the people of the task: as it says, else its sector's; none at all is a finding. [people]"""
        sector = self.sector
        people = self.task.population if self.task.population is not None else (sector.population if sector is not None else None)
        if people is None:
            what = f"task '{self.task.task}' ({self.task.method}) has no inhabitants."
            self.miss("tasks.csv", what, column="population", maybe="write their number, or that of its sector")
        return people or 0.0

    def reference(self, capability: str) -> UnitType | None:
        """Return the unit type by whose strength a capability is counted: the most effective, the first of equals."""
        return reference_type(self.scenario, capability)

    def strength(self, capability: str) -> float:
        """Return the strength of one unit of a capability; none at all is a finding, and counts as 1. [people]"""
        unit_type = self.reference(capability)
        if unit_type is None or unit_type.personnel == 0:
            what = f"task '{self.task.task}' asks for '{capability}', which no unit type with people gives."
            self.miss("capabilities.csv", what, column="capability", maybe="add it, or name another capability in tasks.csv")
            return 1.0
        return float(unit_type.personnel)

    def capability(self, usual: str) -> str:
        """Return the capability that the task names, or the method's usual one."""
        return self.task.capability or usual

    def days(self) -> float:
        """Return the days of the task's window. [days]"""
        until = self.task.until_day if self.task.until_day is not None else self.scenario.settings.horizon_days
        return max(1.0, float(min(until, self.scenario.settings.horizon_days) - self.task.from_day))


def position_of(scenario: Scenario, location: str | None) -> Point | None:
    """Return where a place lies, or None where it has no position."""
    row = scenario.location_by_name.get(location) if location is not None else None
    if row is None or row.latitude is None or row.longitude is None:
        return None
    return Point(row.latitude, row.longitude)


def sector_of(scenario: Scenario, location: str | None) -> str | None:
    """Return the sector that a place lies in: by name, by the larger place that it lies within, or by its position."""
    if location is None:
        return None
    standing = {row.location: row.sector for row in reversed(scenario.sectors) if row.location is not None}
    for place in places_upwards(scenario, location):
        if place in standing:
            return standing[place]
        if place in scenario.sector_by_name:
            return place
    point = position_of(scenario, location)
    if point is None:
        return None
    from shapely import Point as Spot

    spot = Spot(point.longitude, point.latitude)
    return next((row.sector for row in scenario.sectors if row.geometry and shape_of(row.geometry).covers(spot)), None)
