"""Rows of chance and change: how units spend their time, what may go wrong, what is asked suddenly, what is tried out.

A simulation reads phases, cycles, policies and calls; a stress test reads cases; claims are what others have said about the force,
to be held against what is computed.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contingent.model.columns import (
    Amount,
    Confidence,
    Count,
    Day,
    Days,
    Domain,
    Name,
    NameList,
    Row,
    Share,
    Status,
    Text,
    column,
)

DwellRatio = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
State = Literal["reset", "train", "ready"]
YesNo = Literal["yes", "no"]
Dispatch = Literal["planned", "longest_dwell", "own_nation"]
CaseKind = Literal[
    "nation_withdraws", "offer_late", "offer_gone", "requirement_grows", "backstop_comes", "backstop_gone", "dwell_relaxed",
    "tours_extended", "link_closes",
]
Measure = Literal["people_mustered", "people_sustained", "people_in_all", "pool_multiple"]


class Phase(Row):
    """A stretch of time in which one set of rotation policies holds."""

    table: ClassVar[str] = "phases"
    key: ClassVar[tuple[str, ...]] = ("phase",)
    about: ClassVar[str] = "Stretches of time by which rotation policies may change: a build-up, a surge, steady state."

    phase: Name = column("The phase's own name.")
    from_day: Day = column("First day.", unit="days from D-day", default=0)
    until_day: Day | None = column("Day on which it ends; blank = horizon.", unit="days from D-day", default=None)
    source: Text | None = column("Where the row comes from.", default=None)


class Cycle(Row):
    """A state that a unit passes through at home, between the end of one tour and the next."""

    table: ClassVar[str] = "cycles"
    key: ClassVar[tuple[str, ...]] = ("cycle", "step")
    about: ClassVar[str] = "How units spend their dwell: states at home in order, how long each lasts, from which on they may be sent."

    cycle: Name = column("The cycle's own name.")
    step: Annotated[int, Field(ge=1, le=99)] = column("Place of the state in the cycle, from 1.")
    state: State = column("reset, train or ready.")
    days: Day | None = column("How long the state lasts; blank = share.", unit="days", default=None)
    share: Share | None = column("How long the state lasts, as a share of the dwell promised; both blank = until the next tour.", unit="-", default=None)
    may_deploy: YesNo = column("Whether a unit in this state may be sent where nobody better is left.", default="no")
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Policy(Row):
    """How units of a nation and a type are rotated in a phase, and what may go wrong with them."""

    table: ClassVar[str] = "policies"
    key: ClassVar[tuple[str, ...]] = ("policy",)
    about: ClassVar[str] = "Rotation policies and chances. Blank cells say nothing; of the rows that speak, the most specific holds."

    policy: Name = column("The row's own name.")
    nation: Name | None = column("Nation; blank = every nation.", refers_to="nations", default=None)
    domain: Domain | None = column("Domain; blank = every domain.", default=None)
    unit_type: Name | None = column("Unit type; blank = every type.", refers_to="unit_types", default=None)
    phase: Name | None = column("Phase; blank = every phase.", refers_to="phases", default=None)
    cycle: Name | None = column("Cycle of cycles.csv; blank = reset for half of the dwell, train for the rest, then ready.", default=None)
    tour_days: Days | None = column("Days deployed of tours that are not planned; blank = the offer's.", unit="days", default=None)
    dwell_ratio: DwellRatio | None = column("Days at home promised for each day away; blank = the offer's.", unit="-", default=None)
    handover_days: Day | None = column("Days of handover of tours that are not planned; blank = the offer's.", unit="days", default=None)
    least_dwell_ratio: DwellRatio | None = column(
        "Days at home for each day away below which no unit is sent, whatever the need; blank = the promise.", unit="-", default=None)
    most_tour_days: Days | None = column("Longest tour where no relief arrives; blank = tours are not extended.", unit="days", default=None)
    recovery_days: Day | None = column("Days after each tour before the cycle begins; blank = none.", unit="days", default=None)
    late_probability: Share | None = column("Share of tours that begin late; blank = none.", unit="-", default=None)
    late_days: Days | None = column("Mean delay of a tour that begins late (exponential, in whole days).", unit="days", default=None)
    fail_probability: Share | None = column("Share of tours for which the unit fails its readiness check and does not go; blank = none.", unit="-", default=None)
    outages_per_year: Annotated[float, Field(ge=0, le=365, allow_inf_nan=False)] | None = column(
        "How often a deployed unit is out of action, by casualties or maintenance; blank = never.", unit="1/year", default=None)
    outage_days: Days | None = column("Mean length of an outage (exponential, in whole days).", unit="days", default=None)
    dispatch: Dispatch | None = column(
        "Who is sent first where a post falls empty: planned = whoever is planned next, then longest dwell; longest_dwell; own_nation = "
        "the nation that held the post; blank = planned.", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figures come from, or why they were chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Call(Row):
    """A demand that comes by chance: a violation that calls the reserve forward for a while."""

    table: ClassVar[str] = "calls"
    key: ClassVar[tuple[str, ...]] = ("call",)
    about: ClassVar[str] = "Calls that come by chance and take units from the lines of a reserve for a while."

    call: Name = column("The call's own name.")
    title: Text | None = column("The call in words.", default=None)
    reserve: NameList = column("Lines, or tasks of the mandate, from whose units the call is answered, in this order; list with ;")
    location: Name | None = column("Where it takes them.", refers_to="locations", default=None)
    quantity: Annotated[int, Field(ge=1, le=1000)] = column("Units called.", unit="units", default=1)
    per_year: Annotated[float, Field(ge=0, le=3650, allow_inf_nan=False)] = column("Calls a year, on average (Poisson).", unit="1/year")
    days: Days = column("How long a call lasts, on average.", unit="days")
    length: Literal["fixed", "exponential"] = column("Whether every call lasts the same, or as chance has it.", default="exponential")
    from_day: Day = column("First day on which it may come.", unit="days from D-day", default=0)
    until_day: Day | None = column("Day after the last on which it may come; blank = horizon.", unit="days from D-day", default=None)
    option: NameList = column("Options that have this call, list with ;  blank = all.", default=())
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figures come from, or why they were chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Case(Row):
    """One change of a named what-if; a case may take several, as rows with steps 1, 2, ..."""

    table: ClassVar[str] = "cases"
    key: ClassVar[tuple[str, ...]] = ("case", "step")
    about: ClassVar[str] = "Named what-ifs, laid over the scenario by stress tests. In a folder they stand in cases.toml."

    case: Name = column("The case's own name.")
    step: Annotated[int, Field(ge=1, le=99)] = column("Place of the change in the case, from 1.", default=1)
    title: Text | None = column("The case in words; blank = made from its changes.", default=None)
    kind: CaseKind = column("What changes.")
    nations: NameList = column("Nations that it strikes; list with ;  blank = all.", default=(), refers_to="nations")
    unit_types: NameList = column("Unit types that it strikes; list with ;  blank = all.", default=(), refers_to="unit_types")
    offers: NameList = column("Offers that it strikes; list with ;  blank = all.", default=())
    lines: NameList = column("Lines that it strikes; list with ;  blank = all.", default=())
    links: NameList = column("Links that close; list with ;", default=(), refers_to="links")
    from_day: Day = column("Day on which it happens; tours that begin later are struck, of running ones see until_day.", unit="days from D-day", default=0)
    until_day: Day | None = column("Day on which it is over; blank = it lasts.", unit="days from D-day", default=None)
    days: Days | None = column("Days of delay, or of extension.", unit="days", default=None)
    factor: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = column(
        "By what the requirement is multiplied, or the dwell ratio that holds.", unit="-", default=None)
    source: Text | None = column("Why the case is looked at.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Claim(Row):
    """What somebody has said in public about the force, to be held against what is computed."""

    table: ClassVar[str] = "claims"
    key: ClassVar[tuple[str, ...]] = ("claim",)
    about: ClassVar[str] = "What has been said in public about how many can be mustered and sustained, beside which the computed answer is put."

    claim: Name = column("The claim's own name.")
    said_by: Text = column("Who said it.")
    date: Text | None = column("When (YYYY-MM-DD, or as far as known).", default=None)
    statement: Text = column("What was said, in our words.")
    measure: Measure = column("What the figure counts.")
    low: Amount = column("Figure, or its lower end.")
    high: Amount | None = column("Its upper end; blank = the same.", default=None)
    force: Count | None = column("Size of the force that it is about, where the figure is another.", unit="people", default=None)
    years: Amount | None = column("For how long; blank = not said.", unit="years", default=None)
    source: Text | None = column("Where it was read.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
