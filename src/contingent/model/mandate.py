"""Rows of the mandate: what the peace deal asks of the force, and the planning factors that turn it into a requirement."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contingent.model.columns import Amount, Confidence, Day, Hold, Name, NameList, Row, Status, Text, column

Method = Literal[
    "stated",
    "line_monitoring",
    "sector_security",
    "population_security",
    "site_protection",
    "mobile_reserve",
    "air_policing",
    "air_defence",
    "maritime_patrol",
    "mine_countermeasures",
    "training",
    "isr",
    "supporting_units",
    "engineering",
    "ordnance_disposal",
    "medical",
    "command_control",
    "logistics",
]
"""Methods of sizing, in the order in which they are worked out: later ones serve what earlier ones ask for."""


class Task(Row):
    """A task of the mandate: what, where, how long, how demanding. Sizing turns it into requirement lines."""

    table: ClassVar[str] = "tasks"
    key: ClassVar[tuple[str, ...]] = ("task",)
    about: ClassVar[str] = "The mandate: what the peace deal asks of the force. Sizing turns each task into requirement lines."

    task: Name = column("The task's own short name; the lines made from it are numbered under it.")
    title: Text = column("The task in words.")
    method: Method = column("Method of sizing (manual, page 'Sizing').")
    activity: Name | None = column("Kind of task, as caveats name it (air policing, presence ...); blank = the task's name.", default=None)
    option: NameList = column("Options (courses of action) that have this task, list with ;  blank = all.", default=())
    demand: Name | None = column("How demanding it is; factors may be given for a demand of that name.", default=None)
    sector: Name | None = column("Sector whose line, area and people it concerns.", refers_to="sectors", default=None)
    location: Name | None = column("Where its units stand; blank = the sector's location.", refers_to="locations", default=None)
    capability: Name | None = column("Capability that its lines ask for; blank = the method's own.", default=None)
    amount: Amount | None = column("What the method counts: sites, stations, trainees, orbits, assets to defend ...", default=None)
    line_km: Amount | None = column("Length of the line; blank = measured in the sector.", unit="km", default=None)
    area_km2: Amount | None = column("Area; blank = measured of the sector.", unit="km2", default=None)
    population: Amount | None = column("Inhabitants; blank = the sector's.", unit="people", default=None)
    from_day: Day = column("First day of the task.", unit="days from D-day", default=0)
    until_day: Day | None = column("Day on which the task ends; blank = horizon.", unit="days from D-day", default=None)
    priority: Annotated[int, Field(ge=1, le=9)] = column("Priority of its lines; 1 is filled first.", default=1)
    hold: Hold = column("any, or one_nation = each of its lines is held by one nation for the whole window.", default="any")
    formation: Name | None = column("Formation that its lines stand under; blank = by place.", refers_to="formations", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Factor(Row):
    """A planning factor: one number that a method of sizing reads."""

    table: ClassVar[str] = "factors"
    key: ClassVar[tuple[str, ...]] = ("factor", "scope")
    about: ClassVar[str] = (
        "Planning factors. Where several rows name one factor, that of the task holds before that of the option, that before the "
        "demand's, and that before the general one (scope all)."
    )

    factor: Name = column("Name of the factor, as the methods read it.")
    scope: Name = column("What it holds for: all, or the name of a task, an option or a demand.", default="all")
    value: float = column("Its value.", ge=-1e12, le=1e12, allow_inf_nan=False)
    low: float | None = column("Least value that is still credible; blank = not varied.", ge=-1e12, le=1e12, allow_inf_nan=False, default=None)
    high: float | None = column("Greatest value that is still credible; blank = not varied.", ge=-1e12, le=1e12, allow_inf_nan=False, default=None)
    unit: Text = column("Unit of the value.")
    meaning: Text = column("What it says, in a sentence.")
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figure comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
