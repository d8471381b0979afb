"""Rows of history: what was asked of a past mission and how many came, day by day, against which a plan of it is held.

    asked      how many were wanted by a day
    present    how many were there on a day
    peak       the most that were there at any time, where the day is not known

Nothing that is planned reads them: a plan is made from what was known beforehand.
"""

import datetime as dt
from typing import ClassVar, Literal

from contingent.model.columns import Confidence, Count, Name, Row, Status, Text, column

Told = Literal["asked", "present", "peak"]
Part = Literal["ashore", "at_sea"]


class HistoryRow(Row):
    """A strength of a past mission that somebody told."""

    table: ClassVar[str] = "history"
    key: ClassVar[tuple[str, ...]] = ("record",)
    about: ClassVar[str] = "What was asked of a past mission and how many came, of the force and of nations; plans are held against it, not made from it."

    record: Name = column("The record's own name.")
    date: dt.date = column("Day for which it holds (YYYY-MM-DD); of a peak, any day of the mission.")
    told: Told = column("asked, present or peak.", default="present")
    nation: Name | None = column("Nation; blank = the whole force.", refers_to="nations", default=None)
    part: Part | None = column("ashore or at_sea; blank = both.", default=None)
    personnel: Count = column("People, as they were told, or our best reading.", unit="people")
    low: Count | None = column("Least that it can have been; blank = as told.", unit="people", default=None)
    high: Count | None = column("Most that it can have been; blank = as told.", unit="people", default=None)
    statement: Text | None = column("What was told, in our words.", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where it was read, or why it was chosen.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)
