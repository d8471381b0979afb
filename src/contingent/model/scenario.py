"""A scenario: the settings and tables of one planning question, frozen and checked."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from contingent.horizon import Horizon
from contingent.model.aid import Coalition, Delivery, Equipment, Need, Pledge
from contingent.model.chance import Call, Case, Claim, Cycle, Phase, Policy
from contingent.model.columns import Backstop, Days, Row, Text
from contingent.model.ground import Link, Sector, Trace
from contingent.model.history import HistoryRow
from contingent.model.ladder import Rung
from contingent.model.mandate import Factor, Task
from contingent.model.money import FundingShare, Rate
from contingent.model.movement import Fleet, Handling
from contingent.model.observation import Sensor
from contingent.model.rows import (
    TABLES,
    Capability,
    Commitment,
    Defaults,
    Location,
    Nation,
    Offer,
    OptionRow,
    Pin,
    PoolEntry,
    Reference,
    Release,
    Requirement,
    Term,
    UnitType,
    Yield,
)
from contingent.model.structure import Attachment, Formation, HostForce, Incursion
from contingent.model.supply import Activity, Consumption, Season, Stock

LATER_TABLES = ("attachments",)
"""Tables that came when plans were already kept: in a fingerprint they count where they have rows, so those plans stay known."""


class Settings(BaseModel):
    """``scenario.toml``: what holds for the whole scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text = Field(..., description="Title in reports.")
    start_date: date = Field(..., description="D-day, day 0 of every table (YYYY-MM-DD).")
    horizon_days: Days = Field(..., description="Length of the plan.", json_schema_extra={"unit": "days"})
    period_days: Days = Field(30, description="Tours begin on the first day of a period.", json_schema_extra={"unit": "days"})
    currency: Annotated[str, Field(max_length=12)] = Field("EUR", description="Currency of all costs.")
    marking: Text = Field("EXERCISE / UNCLASSIFIED SAMPLE DATA", description="Marking at the head and foot of every output.")
    description: Text | None = Field(None, description="What the scenario is, in a few sentences.")
    host: Annotated[str, Field(max_length=12)] | None = Field(None, description="Host nation, ISO 3166 alpha-3.")
    default_option: str | None = Field(None, description="Option planned when none is asked for; blank = all lines.")
    backstop: Backstop = Field("counts", description="Whether offers of nations whose role is backstop count, or are left out.")
    extends: str | None = Field(None, description="Scenario (name or path) that this one is laid over.")
    defaults: Defaults = Field(
        default_factory=lambda: Defaults.model_validate({}), description="What an offer's blank cells mean."
    )
    remove: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="With extends: keys of rows to take out, by table (parts of a key joined by /)."
    )

    @property
    def horizon(self) -> Horizon:
        """The horizon as days and periods."""
        return Horizon(start_date=self.start_date, days=self.horizon_days, period_days=self.period_days)


class Scenario(BaseModel):
    """Everything that is given: settings and tables. Frozen; build it with `contingent.read_scenario`.

    Each attribute is a tuple of rows in the order of its table. A scenario that exists is consistent: names refer to
    rows that are there, and every offer's terms make sense (`contingent.io` reports what does not).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    settings: Settings
    nations: tuple[Nation, ...] = ()
    unit_types: tuple[UnitType, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    locations: tuple[Location, ...] = ()
    offers: tuple[Offer, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    options: tuple[OptionRow, ...] = ()
    pins: tuple[Pin, ...] = ()
    pool: tuple[PoolEntry, ...] = ()
    yields: tuple[Yield, ...] = ()
    releases: tuple[Release, ...] = ()
    terms: tuple[Term, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    tasks: tuple[Task, ...] = ()
    factors: tuple[Factor, ...] = ()
    sectors: tuple[Sector, ...] = ()
    traces: tuple[Trace, ...] = ()
    links: tuple[Link, ...] = ()
    handling: tuple[Handling, ...] = ()
    fleets: tuple[Fleet, ...] = ()
    consumption: tuple[Consumption, ...] = ()
    seasons: tuple[Season, ...] = ()
    activities: tuple[Activity, ...] = ()
    stocks: tuple[Stock, ...] = ()
    rates: tuple[Rate, ...] = ()
    funding: tuple[FundingShare, ...] = ()
    formations: tuple[Formation, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    host_forces: tuple[HostForce, ...] = ()
    incursions: tuple[Incursion, ...] = ()
    phases: tuple[Phase, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    policies: tuple[Policy, ...] = ()
    calls: tuple[Call, ...] = ()
    cases: tuple[Case, ...] = ()
    claims: tuple[Claim, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    ladder: tuple[Rung, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    needs: tuple[Need, ...] = ()
    coalitions: tuple[Coalition, ...] = ()
    pledges: tuple[Pledge, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    history: tuple[HistoryRow, ...] = ()
    references: tuple[Reference, ...] = ()

    def __copy__(self) -> "Scenario":
        """Return a copy that looks names up anew: what was looked up before need not hold once a table is replaced."""
        return Scenario.model_construct(self.model_fields_set, **{name: getattr(self, name) for name in Scenario.model_fields})

    def rows(self, table: str) -> tuple[Row, ...]:
        """Return the rows of a table by its name."""
        rows: tuple[Row, ...] = getattr(self, table)
        return rows

    @property
    def horizon(self) -> Horizon:
        """The horizon as days and periods."""
        return self.settings.horizon

    @property
    def contributors(self) -> tuple[Nation, ...]:
        """Nations whose offers count: all but the backstop, where the settings leave it out."""
        left_out = self.settings.backstop == "left_out"
        return tuple(row for row in self.nations if not (left_out and row.role == "backstop"))

    @cached_property
    def nation_by_name(self) -> dict[str, Nation]:
        """Nations by their key."""
        return {row.nation: row for row in self.nations}

    @cached_property
    def unit_type_by_name(self) -> dict[str, UnitType]:
        """Unit types by their key."""
        return {row.unit_type: row for row in self.unit_types}

    @cached_property
    def location_by_name(self) -> dict[str, Location]:
        """Locations by their key."""
        return {row.location: row for row in self.locations}

    @cached_property
    def offer_by_name(self) -> dict[str, Offer]:
        """Offers by their key."""
        return {row.offer: row for row in self.offers}

    @cached_property
    def requirement_by_line(self) -> dict[str, Requirement]:
        """Requirement lines by their serial."""
        return {row.line: row for row in self.requirements}

    @cached_property
    def sector_by_name(self) -> dict[str, Sector]:
        """Sectors by their key."""
        return {row.sector: row for row in self.sectors}

    @cached_property
    def task_by_name(self) -> dict[str, Task]:
        """Tasks of the mandate by their key."""
        return {row.task: row for row in self.tasks}

    @cached_property
    def formation_by_name(self) -> dict[str, Formation]:
        """Formations by their key."""
        return {row.formation: row for row in self.formations}

    @cached_property
    def effectiveness(self) -> dict[tuple[str, str], float]:
        """Effectiveness by (capability, unit type). [-]"""
        return {(row.capability, row.unit_type): row.effectiveness for row in self.capabilities}

    @property
    def option_names(self) -> tuple[str, ...]:
        """Options in the order of options.csv, then those that only tasks or lines name."""
        named = dict.fromkeys(row.option for row in self.options)
        named.update(dict.fromkeys(option for task in self.tasks for option in task.option))
        named.update(dict.fromkeys(option for line in self.requirements for option in line.option))
        return tuple(named)

    def fingerprint(self) -> str:
        """Return the SHA-256 of settings and tables, the same for the same content on every machine."""
        content: dict[str, Any] = {"settings": self.settings.model_dump(mode="json")}
        counted = [cls.table for cls in TABLES if cls.table not in LATER_TABLES or self.rows(cls.table)]
        content |= {table: [row.model_dump(mode="json") for row in self.rows(table)] for table in counted}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Readiness:
    """An offer's terms with every blank filled in.

    Parameters
    ----------
    ready_day, until_day : int
        First day a tour may begin; day by which it has ended (the horizon's end counts as no limit). [days from D-day]
    tour_days, dwell_days, handover_days : int
        Days deployed; days at home after it; last days of the tour that the relieving unit shares. [days]
    personnel : int
        Strength of one unit. [people]
    max_tours : int or None
        Most tours of one unit.
    """

    ready_day: int
    until_day: int
    tour_days: int
    dwell_days: int
    handover_days: int
    personnel: int
    max_tours: int | None

    @property
    def serving_days(self) -> int:
        """Days of a tour that count for the line: the tour less handover. [days]"""
        return self.tour_days - self.handover_days

    @property
    def cycle_days(self) -> int:
        """Days from the start of a tour to the unit's next one: tour and dwell. [days]"""
        return self.tour_days + self.dwell_days
