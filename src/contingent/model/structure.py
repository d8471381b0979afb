"""Rows of the structure: formations, what is put under another of them, the host's own forces, and what the force is held against."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contingent.model.columns import MOST_UNITS, Amount, Confidence, Day, Name, NameList, Row, Status, Text, column

Component = Literal["force", "land", "air", "maritime", "support"]
Relation = Literal["OPCON", "TACON", "ADCON"]
COMMANDING: tuple[Relation, ...] = ("TACON", "OPCON")
"""Relations by which an element stands under its headquarters, the closest first. ADCON is none: it moves nobody."""


class Formation(Row):
    """A headquarters and what stands under it."""

    table: ClassVar[str] = "formations"
    key: ClassVar[tuple[str, ...]] = ("formation",)
    about: ClassVar[str] = "Formations: the tree of headquarters under which lines stand. Sizing adds those that its span of control asks for."

    formation: Name = column("The formation's own name.")
    name: Text | None = column("Name in reports; blank = as above.", default=None)
    parent: Name | None = column("Formation that it stands under; blank = the top.", refers_to="formations", default=None)
    echelon: Name = column("force, component command, corps, division, brigade, battlegroup ...")
    component: Component = column("force, land, air, maritime or support.", default="land")
    option: NameList = column("Options that have it, list with ;  blank = all.", default=())
    location: Name | None = column("Where its headquarters stands.", refers_to="locations", default=None)
    sector: Name | None = column("Sector that it answers for.", refers_to="sectors", default=None)
    headquarters: NameList = column("Lines that are its headquarters, one after the other or together; list with ;", default=())
    framework_nation: Name | None = column("Framework nation that is pinned; blank = by rule.", refers_to="nations", default=None)
    symbol: Name | None = column("Symbol code, 20 digits, APP-6D / MIL-STD-2525D; blank = by echelon and component.", default=None)
    mandate: Name | None = column("Task of tasks.csv whose span of control asks for it; blank = typed in.", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Attachment(Row):
    """Something of the order of battle that is put under another formation for a time."""

    table: ClassVar[str] = "attachments"
    key: ClassVar[tuple[str, ...]] = ("attachment",)
    about: ClassVar[str] = "Re-subordination: which formation, line or unit comes under which other formation, by which relation, from which day until which."

    attachment: Name = column("The row's own name.")
    formation: Name | None = column("Formation that is moved, with all under it; of formation, line and offer one is filled.", refers_to="formations", default=None)
    line: Name | None = column("Line whose posts are moved, those that nobody holds too.", refers_to="requirements", default=None)
    offer: Name | None = column("Offer whose units are moved, on whichever line they serve.", refers_to="offers", default=None)
    number: Annotated[int, Field(ge=1, le=MOST_UNITS)] | None = column("Which unit of the offer, as plans number them (3 of FRA-mech#3); blank = all.", default=None)
    under: Name = column("Formation under which it comes.", refers_to="formations")
    relation: Relation = column(
        "OPCON = operational control; TACON = tactical control, which goes before OPCON of the same days; ADCON = administrative control, which moves nobody in the tree.", default="OPCON")
    from_day: Day = column("First day on which it holds.", unit="days from D-day", default=0)
    until_day: Day | None = column("Day from which it no longer holds; blank = horizon.", unit="days from D-day", default=None)
    note: Text | None = column("Why, in words.", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Who ordered it, or where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)

    @property
    def moved(self) -> tuple[str, str, int | None] | None:
        """What is moved: kind, name, and number of the unit; None where the row does not say it in one way."""
        named = [(kind, name) for kind in ("formation", "line", "offer") if (name := getattr(self, kind)) is not None]
        return (*named[0], self.number) if len(named) == 1 else None

    def holds_on(self, day: int) -> bool:
        """Whether it holds on a day. [days from D-day]"""
        return self.from_day <= day and (self.until_day is None or day < self.until_day)


class HostForce(Row):
    """A body of the host nation's own forces that counts for adequacy."""

    table: ClassVar[str] = "host_forces"
    key: ClassVar[tuple[str, ...]] = ("host_force",)
    about: ClassVar[str] = "The host's own forces, as battalion equivalents at a place. They count for adequacy and are never planned."

    host_force: Name = column("Its own name.")
    name: Text | None = column("Name in reports; blank = as above.", default=None)
    location: Name = column("Where it stands.", refers_to="locations")
    battalions: Amount = column("Battalion equivalents.", unit="battalions")
    role: Literal["mobile", "holds"] = column(
        "mobile = comes where it is wanted; holds = stays in the sector where it stands and counts nowhere else.", default="mobile")
    formation: Name | None = column("Formation of needs.csv whose equipment it awaits: it counts from the day on which aid has equipped it; blank = equipped already.", default=None)
    notice_hours: Amount = column("Hours from order to march off; 0 = in place.", unit="h", default=0)
    from_day: Day = column("First day on which it is there.", unit="days from D-day", default=0)
    until_day: Day | None = column("Day from which it is no longer there; blank = horizon.", unit="days from D-day", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Incursion(Row):
    """An incursion that the planner names, against which the force is held."""

    table: ClassVar[str] = "incursions"
    key: ClassVar[tuple[str, ...]] = ("incursion",)
    about: ClassVar[str] = "Incursions of the planner's own naming. Adequacy counts battalions against them; it models no fight."

    incursion: Name = column("Its own name.")
    title: Text = column("In words.")
    sector: Name = column("Sector that it enters.", refers_to="sectors")
    battalions: Amount = column("Battalion equivalents that come.", unit="battalions")
    ratio: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = column(
        "Battalions that one battalion in defence is judged to hold up (3 = one against three).", unit="-", default=3.0)
    day: Day = column("Day on which it is looked at.", unit="days from D-day", default=365)
    option: NameList = column("Options for which it is looked at, list with ;  blank = all.", default=())
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the row comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
