"""The planning horizon: D-day, its length, the periods that tours begin on, and the calendar around them."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Horizon:
    """Whole days 0, 1, ... `days` - 1 from `start_date` (D-day), cut into periods of `period_days`.

    Parameters
    ----------
    start_date : date
        D-day, day 0 of every table.
    days : int
        Length of the horizon. [days]
    period_days : int
        Tours begin on the first day of a period. The last period may be shorter. [days]
    """

    start_date: date
    days: int
    period_days: int

    @property
    def period_starts(self) -> range:
        """First day of each period. [days from D-day]"""
        return range(0, self.days, self.period_days)

    def date_of(self, day: int) -> date:
        """Return the calendar date of a day counted from D-day."""
        return self.start_date + timedelta(days=day)

    def day_of(self, when: date) -> int:
        """Return the day counted from D-day of a calendar date. [days]"""
        return (when - self.start_date).days
