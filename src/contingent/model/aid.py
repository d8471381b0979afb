"""Rows of aid: what the host needs, what was promised to it, what came, and the coalitions that promise together.

    a pledge        somebody with authority over the money or the stock said in public that it will be given
    an allocation   the thing or the sum was set aside for it: a promise too, and a firmer one
    finance         an envelope of money for a span of time, out of which pledges are paid later
    an aggregate    a total that others add up: never a promise of its own
    a delivery      the thing is in the host's hands, with evidence

Money and things are two measures, and are never made into one another.
"""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contingent.model.columns import Amount, Confidence, Count, Day, Name, NameList, Row, Status, Text, column

Date = dt.date
Currency = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=12, pattern=r"^[A-Z]+$")]
Quantity = Annotated[int, Field(ge=0, le=10**12)]
"""Things of one pledge or delivery: rounds come in millions."""
PledgeKind = Literal["pledge", "allocation", "aggregate", "finance"]


class Equipment(Row):
    """A type of equipment, or of ammunition, that is given or needed."""

    table: ClassVar[str] = "equipment"
    key: ClassVar[tuple[str, ...]] = ("equipment",)
    about: ClassVar[str] = "Types of equipment and ammunition that are given or needed: crew, training, upkeep, value."

    equipment: Name = column("The type's own name.")
    name: Text | None = column("Name in reports; blank = as above.", default=None)
    family: Name = column("Family: types that can stand in for one another in a need (tank, ifv, air_defence ...).")
    crew: Count = column("People who man one; 0 = nobody.", unit="people", default=0)
    training_days: Day = column("Days of training before a crew can use it.", unit="days", default=0)
    maintenance_hours_per_month: Amount = column("Hours of work that keep one going for a month.", unit="h/month", default=0)
    parts_eur_per_month: Amount | None = column(
        "Spare parts that one piece uses a month; blank = not known.", unit="EUR/month", default=None)
    ammunition: Name | None = column("Ammunition that it fires, an equipment of its own.", refers_to="equipment", default=None)
    rounds_per_day: Amount = column("Rounds that one fires a day.", unit="rounds/day", default=0)
    value_m: Amount | None = column("Value of one; blank = not known.", unit="million", default=None)
    currency: Currency | None = column("Currency of the value, ISO 4217.", default=None)
    weight_t: Amount | None = column("Weight of one, with what goes with it; blank = not known.", unit="t", default=None)
    unit_type: Name | None = column(
        "Unit type of the force that has one: who gives it away cannot send it; blank = none.", refers_to="unit_types",
        default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figures come from, or why they were chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Need(Row):
    """What a formation of the host lacks."""

    table: ClassVar[str] = "needs"
    key: ClassVar[tuple[str, ...]] = ("need",)
    about: ClassVar[str] = "What formations of the host need, by type or by family, by when, and which comes first."

    need: Name = column("The need's own name.")
    formation: Name = column("Formation of the host that needs it.")
    equipment: Name | None = column("Type that is needed; blank = any of the family.", refers_to="equipment", default=None)
    family: Name | None = column("Family that is needed; blank = by type.", default=None)
    quantity: Quantity = column("How many are lacking.", unit="units")
    by_day: Day = column("Day by which they are needed.", unit="days from D-day", default=0)
    priority: Annotated[int, Field(ge=1, le=9)] = column("1 comes first.", default=1)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the row comes from, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Coalition(Row):
    """A capability coalition: donors that equip the host in one field together."""

    table: ClassVar[str] = "coalitions"
    key: ClassVar[tuple[str, ...]] = ("coalition",)
    about: ClassVar[str] = "Capability coalitions: who leads, who takes part, what they mean to reach."

    coalition: Name = column("The coalition's own name.")
    name: Text | None = column("Name in reports; blank = as above.", default=None)
    families: NameList = column("Families of equipment that it answers for, list with ;", default=())
    leads: NameList = column("Donors that lead it, ISO 3166 alpha-3, list with ;", default=())
    members: NameList = column("Donors that take part besides; blank = not known. List with ;", default=())
    target_quantity: Quantity | None = column("Things that it means to give; blank = none published.", unit="units", default=None)
    target_value_m: Amount | None = column("Sum that it means to give; blank = none published.", unit="million", default=None)
    currency: Currency | None = column("Currency of the sum, ISO 4217.", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Pledge(Row):
    """One promise of one donor, as it was announced."""

    table: ClassVar[str] = "pledges"
    key: ClassVar[tuple[str, ...]] = ("pledge",)
    about: ClassVar[str] = (
        "What donors have promised, one announcement a row. What is said twice stays in the table and says so: by contains, "
        "or by counted = no with its reason."
    )

    pledge: Name = column("The pledge's own name.")
    donor: Name = column("Who promises, ISO 3166 alpha-3; multiple = several that the source does not tell apart.")
    coalition: Name | None = column("Capability coalition; blank = none said.", refers_to="coalitions", default=None)
    equipment: Name | None = column("Type that is promised; blank = a family, or money.", refers_to="equipment", default=None)
    family: Name | None = column("Family that is promised; blank = that of the type.", default=None)
    item: Text = column("What is promised, in words.")
    quantity: Quantity | None = column("Things promised; blank = none named.", unit="units", default=None)
    value_m: Amount | None = column("Sum as announced; blank = none named.", unit="million", default=None)
    currency: Currency | None = column("Currency of the announced sum, ISO 4217.", default=None)
    value_eur_m: Amount | None = column("The sum in euro.", unit="million EUR", default=None)
    fx_basis: Text | None = column("Rate and day at which it was turned into euro.", default=None)
    kind: PledgeKind = column(
        "pledge = promised in public; allocation = set aside for it; finance = an envelope of money that pledges are paid from; "
        "aggregate = a total of others.", default="pledge")
    announced: Date = column("Day of the announcement.")
    due: Date | None = column("Day by which it was promised; blank = none named.", default=None)
    contains: NameList = column("Pledges that were announced within this one, list with ;", refers_to="pledges", default=())
    counted: Literal["yes", "no"] = column("no = left out of every sum.", default="yes")
    why_not: Text | None = column("Why it is left out.", default=None)
    event: Text | None = column("Meeting or package where it was announced.", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Delivery(Row):
    """One arrival, or one count of what had arrived by a day."""

    table: ClassVar[str] = "deliveries"
    key: ClassVar[tuple[str, ...]] = ("delivery",)
    about: ClassVar[str] = (
        "What has come. Rows of one pledge add up. A row with quantity 0 is a look that found nothing: nothing had come by "
        "as_of."
    )

    delivery: Name = column("The delivery's own name.")
    pledge: Name | None = column("Pledge that it keeps; blank = none was announced.", refers_to="pledges", default=None)
    donor: Name = column("Who gave it, ISO 3166 alpha-3.")
    equipment: Name | None = column("Type that came; blank = as promised.", refers_to="equipment", default=None)
    quantity: Quantity | None = column("Things that came; blank = money, or not said.", unit="units", default=None)
    value_m: Amount | None = column("Value of what came; blank = not said.", unit="million EUR", default=None)
    date: Date | None = column("Day on which it came; blank = only as_of is known.", default=None)
    as_of: Date | None = column("Day by which it had come: the state of the source.", default=None)
    evidence: Text | None = column("What shows that it came.", default=None)
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
