"""One class per table of a scenario: the data dictionary from which everything else is made.

A row class names its columns, their units, bounds, defaults and meaning. Parsing, checks, the XLSX template and its
cell comments, the JSON Schema and the manual's page are all made from here; nothing about a column is said twice.

Blank is absence: an empty cell takes the column's default. Lists are written with ``;``.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contingent.model.aid import Coalition, Delivery, Equipment, Need, Pledge
from contingent.model.chance import Call, Case, Claim, Cycle, Phase, Policy
from contingent.model.columns import (
    MOST_UNITS,
    Amount,
    Confidence,
    Count,
    Day,
    Days,
    Degrees,
    Domain,
    Hold,
    Kind,
    Latitude,
    Moves,
    Name,
    NameList,
    Role,
    Row,
    Share,
    Status,
    Text,
    Units,
    column,
)
from contingent.model.ground import Link, Sector, Trace
from contingent.model.history import HistoryRow
from contingent.model.ladder import Rung
from contingent.model.mandate import Factor, Task
from contingent.model.money import FundingShare, Rate
from contingent.model.movement import Fleet, Handling
from contingent.model.observation import Sensor
from contingent.model.structure import Attachment, Formation, HostForce, Incursion
from contingent.model.supply import Activity, Consumption, Season, Stock


class Nation(Row):
    """A contributing state."""

    table: ClassVar[str] = "nations"
    key: ClassVar[tuple[str, ...]] = ("nation",)
    about: ClassVar[str] = "Who contributes, how large it is, and the share of the burden judged fair for it."

    nation: Name = column("Contributing state, ISO 3166 alpha-3 (GBR, not UK).")
    name: Text = column("Name in reports.")
    kind: Kind = column("state, or multinational: units that states own together, which reports do not count as a nation.", default="state")
    role: Role = column("contributor, or backstop: its offers count only where the scenario or the planner asks for the backstop.", default="contributor")
    active_personnel: Count | None = column("People in uniform, all services.", unit="people", default=None, le=10_000_000)
    personnel_ceiling: Count | None = column("Most people deployed at once; blank = no ceiling.", unit="people", default=None, le=10_000_000)
    weight: Amount | None = column("Share of the burden judged fair, in any unit; blank = by defence spending.", default=None)
    gdp: Amount | None = column("Gross domestic product, at the official exchange rate.", unit="billion USD", default=None)
    defence_spending: Amount | None = column("Defence spending a year.", unit="billion USD", default=None)
    population: Amount | None = column("Inhabitants.", unit="people", default=None)
    withdrawal_probability: Share | None = column("Probability that the nation withdraws within a year.", unit="-", default=None)
    position: Text | None = column("What the nation has said in public about contributing.", default=None)
    source: Text | None = column("Where the row's figures come from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class UnitType(Row):
    """A kind of unit: a body of troops, aircraft or ships that deploys as one."""

    table: ClassVar[str] = "unit_types"
    key: ClassVar[tuple[str, ...]] = ("unit_type",)
    about: ClassVar[str] = "Kinds of unit: strength, footprint, cost and symbol."

    unit_type: Name = column("Kind of unit, for example mechanised_battlegroup.")
    name: Text = column("Name in reports.")
    domain: Domain = column("land, air, maritime or joint.")
    echelon: Name = column("Size of the unit: battlegroup, battery, squadron detachment, ship ...")
    personnel: Count = column("Strength of one unit.", unit="people")
    vehicles: Count | None = column("Vehicles of one unit.", unit="vehicles", default=None)
    weight_t: Amount | None = column("Weight of one unit's equipment.", unit="t", default=None)
    lane_m: Amount | None = column("Length of ship's lanes that one unit's vehicles take.", unit="m", default=None)
    rail_wagons: Count | None = column("Rail wagons that one unit takes.", unit="wagons", default=None)
    containers: Count | None = column("Twenty-foot containers of one unit.", unit="containers", default=None)
    outsized: Count | None = column("Pieces too large or heavy for a truck and most aircraft.", unit="pieces", default=None)
    marching: Count | None = column("Vehicles that can march in convoy on their own wheels.", unit="vehicles", default=None)
    moves: Moves = column("carried by others; sails, or flies, by itself (its people and stores are carried).", default="carried")
    consumption: Name | None = column("Consumption profile.", default=None)
    daily_cost: Amount | None = column("Cost of one unit deployed for a day; blank = not costed.", unit="currency/day", default=None)
    tour_cost: Amount | None = column("Cost of sending one unit out and home again; blank = not costed.", unit="currency", default=None)
    symbol: Name | None = column("Symbol code, 20 digits, APP-6D / MIL-STD-2525D.", default=None)
    battalions: Amount | None = column("Battalion equivalents of one unit, for adequacy; blank = none.", unit="battalions", default=None)
    source: Text | None = column("Where the row's figures come from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Capability(Row):
    """A unit type that gives a capability, and how well."""

    table: ClassVar[str] = "capabilities"
    key: ClassVar[tuple[str, ...]] = ("capability", "unit_type")
    about: ClassVar[str] = "Which unit types give a capability, and the share of one required unit that each gives."

    capability: Name = column("What a requirement line asks for.")
    unit_type: Name = column("Unit type that gives it.", refers_to="unit_types")
    effectiveness: float = column("Share of one required unit that one such unit gives.", unit="-", gt=0, le=1, allow_inf_nan=False)
    source: Text | None = column("Where the judgement comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Location(Row):
    """A place of the scenario."""

    table: ClassVar[str] = "locations"
    key: ClassVar[tuple[str, ...]] = ("location",)
    about: ClassVar[str] = "Places: sectors, bases, ports, sea areas. A place may lie within another."

    location: Name = column("Place, as other tables name it.")
    name: Text | None = column("Name in reports; blank = as above.", default=None)
    kind: Name | None = column("sector, base, port, sea area, headquarters ...", default=None)
    country: Name | None = column("Country it lies in, ISO 3166 alpha-3; blank = high seas.", default=None)
    within: Name | None = column("Larger place that it lies in.", refers_to="locations", default=None)
    latitude: Latitude | None = column("Latitude, WGS 84.", unit="deg", default=None)
    longitude: Degrees | None = column("Longitude, WGS 84.", unit="deg", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Offer(Row):
    """So many like units of one nation, with terms."""

    table: ClassVar[str] = "offers"
    key: ClassVar[tuple[str, ...]] = ("offer",)
    about: ClassVar[str] = "What nations offer: so many like units, from when, how soon, for how long, with which caveats."

    offer: Name = column("The offer's own name.")
    nation: Name = column("Nation that offers.", refers_to="nations")
    unit_type: Name = column("Kind of unit.", refers_to="unit_types")
    quantity: Units = column("Like units offered.", unit="units")
    available_day: Day = column("First day on which the nation makes the units available.", unit="days from D-day", default=0)
    until_day: Day | None = column("Day on which they are no longer available; tours end by then; blank = horizon.", unit="days from D-day", default=None)
    notice_days: Day = column("Notice to move: days from order to ready. A unit is ready at available_day + notice_days.", unit="days", default=0)
    tour_days: Days | None = column("Days deployed, from arrival to departure; blank = the scenario's default.", unit="days", default=None)
    dwell_ratio: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = column(
        "Days at home for each day away (2 = a dwell of 1:2); blank = the scenario's default.", unit="-", default=None)
    handover_days: Day | None = column("Last days of a tour, on which the relieving unit is there too; blank = the scenario's default.", unit="days", default=None)
    max_tours: Annotated[int, Field(ge=0, le=100_000)] | None = column("Most tours of one unit; blank = no limit.", unit="tours", default=None)
    excluded_locations: NameList = column("Places that the nation rules out: location, larger place or country; list with ;", default=())
    excluded_tasks: NameList = column("Tasks that the nation rules out; list with ;", default=())
    personnel: Count | None = column("Strength of one unit; blank = the unit type's.", unit="people", default=None)
    home: Text | None = column("Home station.", default=None)
    home_location: Name | None = column("Place of the network from which its units set out; blank = that nearest to the home.", refers_to="locations", default=None)
    probability: Share | None = column("Probability that the offer materialises.", unit="-", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Requirement(Row):
    """One line of the Combined Joint Statement of Requirements (CJSOR)."""

    table: ClassVar[str] = "requirements"
    key: ClassVar[tuple[str, ...]] = ("line",)
    about: ClassVar[str] = "The statement of requirements: which capability, how much, where, when, how important."

    line: Name = column("The line's serial.")
    capability: Name = column("Capability asked for.")
    quantity: Units = column("Units of full effectiveness asked for.", unit="units")
    from_day: Day = column("First day of the need.", unit="days from D-day", default=0)
    until_day: Day | None = column("Day on which the need ends; blank = horizon.", unit="days from D-day", default=None)
    location: Name | None = column("Where.", refers_to="locations", default=None)
    priority: Annotated[int, Field(ge=1, le=9)] = column("1 is filled first.", default=1)
    hold: Hold = column("any, or one_nation = the same nation for the whole window.", default="any")
    task: Name | None = column("Mandate task that the line serves.", default=None)
    formation: Name | None = column("Formation that the line stands under.", default=None)
    option: NameList = column("Options (courses of action) that have this line, list with ;  blank = all.", default=())
    title: Text | None = column("The line in words.", default=None)
    mandate: Name | None = column("Task of tasks.csv that the line was sized from; blank = typed in.", default=None)
    arithmetic: Text | None = column("How the quantity was worked out, in one sentence.", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Pin(Row):
    """A planner's decision that the plan must keep: a tour fixed by hand."""

    table: ClassVar[str] = "pins"
    key: ClassVar[tuple[str, ...]] = ("offer", "line", "from_day")
    about: ClassVar[str] = "Tours that the planner has fixed; the rest is planned around them."

    offer: Name = column("Offer whose unit goes.", refers_to="offers")
    line: Name = column("Line that it serves.", refers_to="requirements")
    from_day: Day = column("First day of the tour.", unit="days from D-day")
    quantity: Annotated[int, Field(ge=1, le=MOST_UNITS)] = column("Like units that begin this tour.", unit="units", default=1)
    source: Text | None = column("Who decided it.", default=None)


class PoolEntry(Row):
    """A formation that a nation has, from which units can be drawn."""

    table: ClassVar[str] = "pool"
    key: ClassVar[tuple[str, ...]] = ("entry",)
    about: ClassVar[str] = "What nations have: brigades, wings, ship classes. Offers are derived from it by yields, releases and terms."

    entry: Name = column("The formation's own key.")
    nation: Name = column("Nation that has it.", refers_to="nations")
    name: Text = column("Name of the formation.")
    formation_type: Name = column("Kind of formation, as in yields.csv.")
    domain: Domain = column("land, air, maritime or joint.")
    quantity: Count = column("Formations, ships or systems of this kind.", default=1)
    platforms: Count | None = column("Aircraft, ships or launchers of each.", default=None)
    personnel: Count | None = column("People of each.", unit="people", default=None)
    committed: Share | None = column("Share already committed elsewhere for good; blank = none.", default=None)
    home: Text | None = column("Home station.", default=None)
    latitude: Latitude | None = column("Latitude, WGS 84.", unit="deg", default=None)
    longitude: Degrees | None = column("Longitude, WGS 84.", unit="deg", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Yield(Row):
    """What one formation gives when it is asked for deployable units."""

    table: ClassVar[str] = "yields"
    key: ClassVar[tuple[str, ...]] = ("formation_type", "unit_type")
    about: ClassVar[str] = "What a formation yields: a brigade gives a headquarters, battlegroups, battalions."

    formation_type: Name = column("Kind of formation.")
    unit_type: Name = column("Kind of unit that it gives.", refers_to="unit_types")
    quantity: Amount = column("Units that one formation (or one platform) gives.", unit="units")
    per: Literal["formation", "platform"] = column("Whether quantity counts per formation or per aircraft, ship or launcher.", default="formation")
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Release(Row):
    """The share of what a nation has that it could release to this force."""

    table: ClassVar[str] = "releases"
    key: ClassVar[tuple[str, ...]] = ("release",)
    about: ClassVar[str] = "The share of a nation's pool that it could release after homeland and alliance tasks. The most specific row holds."

    release: Name = column("The row's own name.")
    nation: Name | None = column("Nation; blank = every nation.", refers_to="nations", default=None)
    domain: Domain | None = column("Domain; blank = every domain.", default=None)
    unit_type: Name | None = column("Unit type; blank = every type.", refers_to="unit_types", default=None)
    share: Share = column("Share of the units that the pool yields which enter the rotation base of this force.", unit="-")
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Term(Row):
    """The terms on which a nation's derived offers come: notice, tour, dwell, caveats."""

    table: ClassVar[str] = "terms"
    key: ClassVar[tuple[str, ...]] = ("term",)
    about: ClassVar[str] = "Terms of derived offers. Blank cells say nothing; of the rows that speak, the most specific holds; caveats add up."

    term: Name = column("The row's own name.")
    nation: Name | None = column("Nation; blank = every nation.", refers_to="nations", default=None)
    domain: Domain | None = column("Domain; blank = every domain.", default=None)
    unit_type: Name | None = column("Unit type; blank = every type.", refers_to="unit_types", default=None)
    available_day: Day | None = column("First day on which the units are available.", unit="days from D-day", default=None)
    until_day: Day | None = column("Day on which they are no longer available.", unit="days from D-day", default=None)
    notice_days: Day | None = column("Notice to move.", unit="days", default=None)
    tour_days: Days | None = column("Days deployed.", unit="days", default=None)
    dwell_ratio: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = column("Days at home for each day away.", unit="-", default=None)
    handover_days: Day | None = column("Days of handover at the end of a tour.", unit="days", default=None)
    excluded_locations: NameList = column("Places ruled out; list with ;", default=())
    excluded_tasks: NameList = column("Tasks ruled out; list with ;", default=())
    probability: Share | None = column("Probability that the offers materialise.", unit="-", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where it comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Commitment(Row):
    """People that a nation has deployed elsewhere."""

    table: ClassVar[str] = "commitments"
    key: ClassVar[tuple[str, ...]] = ("commitment",)
    about: ClassVar[str] = "Troops already deployed elsewhere; they lessen what the pool can release."

    commitment: Name = column("The row's own name.")
    nation: Name = column("Nation.", refers_to="nations")
    place: Text = column("Where they are.")
    personnel: Count = column("People.", unit="people")
    domain: Domain = column("Domain that they are drawn from.", default="land")
    mission: Text | None = column("Mission.", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class OptionRow(Row):
    """A course of action: a named subset of the statement of requirements."""

    table: ClassVar[str] = "options"
    key: ClassVar[tuple[str, ...]] = ("option",)
    about: ClassVar[str] = "Options (courses of action): small, medium, large."

    option: Name = column("The option's name.")
    title: Text = column("Title in reports.")
    description: Text | None = column("What it stands for.", default=None)
    published_strength: Count | None = column("Strength of the land component that the published source names.", unit="people", default=None)
    source: Text | None = column("Where it comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Reference(Row):
    """A source that other tables cite."""

    table: ClassVar[str] = "references"
    key: ClassVar[tuple[str, ...]] = ("reference",)
    about: ClassVar[str] = "Sources that the scenario cites, with licence and date."

    reference: Name = column("Short key, as source columns cite it.")
    title: Text = column("Author, title, date.")
    address: Text | None = column("Where to find it.", default=None)
    licence: Text | None = column("What it may be used for.", default=None)
    as_of: Text | None = column("State of the figures.", default=None)
    note: Text | None = column("How it was used.", default=None)


TABLES: tuple[type[Row], ...] = (
    Nation, UnitType, Capability, Location, Offer, Requirement, OptionRow, Pin,
    PoolEntry, Yield, Release, Term, Commitment,
    Task, Factor, Sector, Trace, Link, Formation, Attachment, HostForce, Incursion,
    Handling, Fleet, Consumption, Season, Activity, Stock, Rate, FundingShare,
    Phase, Cycle, Policy, Call, Case, Claim, Sensor, Rung,
    Equipment, Need, Coalition, Pledge, Delivery, HistoryRow, Reference,
)
"""Every table of a scenario, in the order in which files, sheets and findings appear."""

TABLE_BY_NAME: Mapping[str, type[Row]] = {row_class.table: row_class for row_class in TABLES}
"""The same by their names."""

REQUIRED_TABLES: tuple[str, ...] = ("nations", "unit_types", "capabilities", "requirements")
"""Tables that must be there (offers may be derived from the pool, or be empty)."""


class Defaults(BaseModel):
    """What an offer's blank cells mean: the ``[defaults]`` of scenario.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tour_days: Days = Field(180, description="Days deployed.", json_schema_extra={"unit": "days"})
    dwell_ratio: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = Field(
        2.0, description="Days at home for each day away.", json_schema_extra={"unit": "-"})
    handover_days: Day = Field(0, description="Days of handover at the end of a tour.", json_schema_extra={"unit": "days"})

    @model_validator(mode="after")
    def _handover_shorter(self) -> "Defaults":
        if self.handover_days >= self.tour_days:
            raise ValueError(f"handover_days ({self.handover_days}) is not less than tour_days ({self.tour_days})")
        return self
