"""Rows of observation: what may watch a line and the ground behind it, how far it sees, and when it does not."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contingent.model.columns import Amount, Confidence, Count, Name, NameList, Row, Share, Status, Text, column

Range = Annotated[float, Field(gt=0, le=1_000, allow_inf_nan=False)]
Hours = Annotated[float, Field(gt=0, le=24, allow_inf_nan=False)]
SensorKind = Literal["post", "camera", "patrol", "uav", "radar", "acoustic"]
Manner = Literal["stands", "patrols", "orbits"]


class Sensor(Row):
    """A means of observation: a manned post, a camera, a patrol, an unmanned aircraft, a radar, microphones."""

    table: ClassVar[str] = "sensors"
    key: ClassVar[tuple[str, ...]] = ("sensor",)
    about: ClassVar[str] = "Means of observation: how far each sees, how much of the time, and what it takes in people and money."

    sensor: Name = column("The means' own name.")
    title: Text | None = column("In words; blank = as above.", default=None)
    kind: SensorKind = column("post, camera, patrol, uav, radar or acoustic.")
    manner: Manner = column(
        "stands = sees around its site; patrols = goes back and forth along the line from its site; orbits = sees around a point in the air.", default="stands")
    range_km: Range = column("How far it sees what it is for, without regard to terrain.", unit="km")
    range_low_km: Range | None = column("Least range that is still credible; blank = not varied.", unit="km", default=None)
    range_high_km: Range | None = column("Greatest range that is still credible; blank = not varied.", unit="km", default=None)
    reach_km: Range | None = column(
        "Patrols: how far they go from their site to either side. Orbits: how far from a base. Blank for what stands.", unit="km", default=None)
    stand_off_km: Amount = column("How far from the line it stays at least.", unit="km", default=0)
    uptime: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = column("Share of its hours in which it works: repair, loss and jamming taken off.", unit="-", default=1)
    hours_per_day: Hours = column("Hours a day in which it is used.", unit="h", default=24)
    night: Share = column("Share of its worth that is left by night; 0 = by day only, and its hours are taken by day.", unit="-", default=1)
    bad_weather: Share = column("Share of its worth that is left in fog, low cloud, heavy rain or snow.", unit="-", default=1)
    detects: NameList = column("Kinds of incident that it notices at all, list with ;  blank = all.", default=())
    people: Amount = column("People who keep it going, reliefs and leave included.", unit="people", default=0)
    cost_per_year: Amount = column("What it costs a year, people included.", unit="currency", default=0)
    most: Count | None = column("How many there are at most; blank = no limit.", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the figures come from, or why they were chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
