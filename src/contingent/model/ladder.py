"""Rows of the response ladder: which measured value calls for which posture, and which reserve."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from contingent.model.columns import Amount, Confidence, Count, Days, Name, NameList, Row, Status, Text, column

IncidentKind = Literal[
    "shelling", "small_arms", "drone", "heavy_weapons", "obstruction", "airspace", "maritime", "mine", "casualty", "other"
]
INCIDENT_KINDS: tuple[str, ...] = get_args(IncidentKind)
"""Kinds of incident."""

LadderMeasure = Literal[
    "violations_per_day", "incidents_per_day", "killed", "wounded", "casualties", "ratio", "unobserved_share", "signal"
]
Level = Annotated[int, Field(ge=1, le=9)]


class Rung(Row):
    """A rung of the ladder: when it is reached, when it is left, what is done on it."""

    table: ClassVar[str] = "ladder"
    key: ClassVar[tuple[str, ...]] = ("rung",)
    about: ClassVar[str] = (
        "The response ladder: thresholds to posture. Rungs of one level are alternatives; any of them suffices. In a folder they "
        "stand in ladder.toml."
    )

    rung: Name = column("The rung's own name.")
    level: Level = column("Level of the ladder that it leads to; 1 is the lowest, 0 is the ordinary state.")
    title: Text | None = column("The rung in words; blank = as above.", default=None)
    posture: Text = column("What is done on it.")
    option: NameList = column("Options that have it, list with ;  blank = all.", default=())
    over: Literal["each", "together"] = column(
        "each = each sector climbs by itself; together = the sectors are added up, and the whole force climbs.", default="each")
    sectors: NameList = column("Sectors that it looks at, list with ;  blank = all.", default=(), refers_to="sectors")
    measure: LadderMeasure = column("What is measured in the window (manual, page 'Ladder').")
    signal: Name | None = column("Name of the signal, where the measure is signal.", default=None)
    kinds: NameList = column("Kinds of incident that are counted, list with ;  blank = all.", default=())
    window_days: Days = column("Days over which it is measured, the day itself included.", unit="days", default=1)
    baseline_days: Days = column("Measure ratio: days before the window that it is held against.", unit="days", default=28)
    up: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)] = column("Value at or above which the rung is reached.")
    down: Amount = column("Value at or below which it may be left; less than up, so that noise at the threshold moves nothing.")
    urgent: Amount | None = column("Value at or above which it is reached even if it was left a short while ago; blank = none.", default=None)
    least_days: Days = column("Days for which a change to or from it stands, at the least.", unit="days", default=7)
    capability: Name | None = column("Capability that is called for; blank = none, or whatever the reserve's lines hold.", default=None)
    reserve: NameList = column("Lines, or tasks of the mandate, from whose units the call is answered; blank = lines of the capability.", default=())
    quantity: Count | None = column("Units called for; blank = none.", unit="units", default=None)
    call_days: Days = column("How long they are taken to be away.", unit="days", default=10)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the thresholds come from, or why they were chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
