"""The axis of time that every strip shares: days from D-day on a straight scale, years and months at its head."""

from dataclasses import dataclass

from markupsafe import Markup

from contingent.horizon import Horizon
from contingent.report.drawings.svg import element, group, picture
from contingent.report.months import months_of, time_ticks
from contingent.report.words import MONTHS, grouped

STRIP_WIDTH = 740
"""Width of every strip of time, so that tables of strips line up. [px]"""

SMALLEST_LETTER_MONTH = 9.0
"""Width from which a month has room for its initial. [px]"""

HEAD_HEIGHT = 38


@dataclass(frozen=True, slots=True)
class Timeline:
    """A straight scale from days to pixels.

    Parameters
    ----------
    horizon : Horizon
        Days and their dates.
    width : float
        Of the whole scale. [px]
    from_day, until_day : int
        What part of the horizon the scale shows, half open; until None, to its end. [days from D-day]
    """

    horizon: Horizon
    width: float = STRIP_WIDTH
    from_day: int = 0
    until_day: int | None = None

    @property
    def last_day(self) -> int:
        """Day at which the scale ends. [days from D-day]"""
        return self.horizon.days if self.until_day is None else self.until_day

    @property
    def days(self) -> int:
        """Length of what the scale shows. [days]"""
        return self.last_day - self.from_day

    def x(self, day: float) -> float:
        """Return where a day stands, cut to what the scale shows. [px]"""
        return self.width * (min(max(day, self.from_day), self.last_day) - self.from_day) / self.days

    def year_days(self) -> tuple[int, ...]:
        """Return the first day of each calendar year within the horizon. [days from D-day]"""
        first, last = self.horizon.start_date.year, self.horizon.date_of(self.horizon.days - 1).year
        return tuple(
            self.horizon.day_of(self.horizon.start_date.replace(year=year, month=1, day=1)) for year in range(first + 1, last + 1)
        )

    def year_lines(self, height: float) -> Markup:
        """Return a thin line at each turn of the year."""
        step = 1 if len(self.year_days()) <= 24 else 10
        turns = [day for day in self.year_days()[::step] if self.from_day <= day < self.last_day]
        return group(element("line", class_="yr", x1=self.x(day), x2=self.x(day), y1=0, y2=height) for day in turns)


def timeline_head(timeline: Timeline) -> Markup:
    """Return the head of a column of strips: years, months, days from D-day."""
    parts = [timeline.year_lines(HEAD_HEIGHT)]
    starts = [0, *timeline.year_days()]
    apart = 1 if len(starts) <= 24 else 10
    for day, following in zip(starts[::apart], [*starts[::apart][1:], timeline.horizon.days], strict=True):
        if timeline.x(following) - timeline.x(day) >= 30:
            parts.append(element("text", str(timeline.horizon.date_of(day).year), class_="year", x=timeline.x(day) + 3, y=10))
    months = months_of(timeline.horizon)
    if timeline.width * 30 / timeline.days >= SMALLEST_LETTER_MONTH:
        for month in months:
            middle = (timeline.x(month.from_day) + timeline.x(month.until_day)) / 2
            if timeline.x(month.until_day) - timeline.x(month.from_day) >= SMALLEST_LETTER_MONTH - 2:
                parts.append(element("text", month.label[:1], class_="month", x=middle, y=22))
    most = round(8 * timeline.horizon.days / timeline.days)
    ticks = [(day, label) for day, label in time_ticks(timeline.horizon, most=most) if timeline.x(day) > 34]
    for day, _ in [(timeline.from_day, ""), *ticks]:
        if timeline.x(day) < timeline.width - 30:
            parts.append(element("text", f"D+{grouped(day)}", class_="dday", x=timeline.x(day) + 3, y=34))
            parts.append(element("line", class_="tick", x1=timeline.x(day), x2=timeline.x(day), y1=26, y2=HEAD_HEIGHT))
    start, end = timeline.horizon.date_of(timeline.from_day), timeline.horizon.date_of(timeline.last_day - 1)
    label = f"Time from {MONTHS[start.month - 1]} {start.year} to {MONTHS[end.month - 1]} {end.year}"
    return picture(*parts, width=timeline.width, height=HEAD_HEIGHT, label=label, class_="strip head")
