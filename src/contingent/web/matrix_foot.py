"""What stands at the foot of the fill matrix by month: people needed, people filled, and the share, of the lines that are shown.

People are counted as the overview counts what is needed: each unit asked for is one of the leanest units that give its
capability, or the part of one. So needed and filled are in one measure, and the share is of it; people on tours are more where
nations send larger units. A line that no unit type can fill counts nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.cover import all_missing, coverage_by_line
from contingent.report.drawings.svg import element, picture
from contingent.report.drawings.timeline import Timeline
from contingent.report.months import Month, daily, leanest_people, months_of
from contingent.report.words import grouped, percent
from contingent.web.matrix import LineRow, timeline_of

HEIGHT = 17
WIDTH_OF_SUM = 36.0
"""Width that a sum needs; months are taken together until they have it. [px]"""

STEPS = (1, 2, 3, 6, 12)
"""Months that are taken together."""


@dataclass(frozen=True, slots=True)
class Sum:
    """People over a stretch of time, on its average day.

    Parameters
    ----------
    label : str
        The stretch in words.
    needed, filled : float
        [people]
    share : float or None
        Filled of needed; None where nobody is needed. [-]
    """

    from_day: int
    until_day: int
    label: str
    needed: float
    filled: float

    @property
    def share(self) -> float | None:
        """Filled of needed; None where nobody is needed. [-]"""
        return self.filled / self.needed if self.needed > 0 else None


@dataclass(frozen=True)
class Foot:
    """The sums month by month, and as three strips below the matrix: what each is, and its picture."""

    months: tuple[Sum, ...]
    strips: tuple[tuple[str, Markup], ...]


def foot_of(scenario: Scenario, plan: Plan | None, rows: Sequence[LineRow], *, span: tuple[int, int]) -> Foot:
    """Return the sums of the lines that are shown, over the span that is shown."""
    people, covered = leanest_people(scenario), coverage_by_line(plan)
    steps = [
        (each["from_day"], each["until_day"], each["required"] * count, min(each["filled"], each["required"]) * count)
        for row in rows
        if (count := people.get(scenario.requirement_by_line[row.line].capability, 0.0)) > 0
        for each in covered.get(row.line) or all_missing(row.from_day, row.until_day, row.quantity)
    ]
    begins, ends, needs, fills = zip(*steps, strict=True) if steps else ((), (), (), ())
    by_day = [daily(begins, ends, amounts, days=scenario.horizon.days) for amounts in (needs, fills)]
    shown = (month for month in months_of(scenario.horizon) if month.from_day < span[1] and month.until_day > span[0])
    months = [_within(month, span) for month in shown]

    def summed(parts: Sequence[Month]) -> Sum:
        first, last = parts[0], parts[-1]
        needed, filled = (float(np.mean(each[first.from_day : last.until_day])) for each in by_day)
        label = first.label if first is last else f"{first.label} to {last.label}"
        return Sum(first.from_day, last.until_day, label, needed, filled)

    timeline = timeline_of(scenario, span)
    together = [summed(each) for each in _together(timeline, months)]
    return Foot(tuple(summed([month]) for month in months), _strips(timeline, together))


def _within(month: Month, span: tuple[int, int]) -> Month:
    return Month(max(month.from_day, span[0]), min(month.until_day, span[1]), month.label)


def _together(timeline: Timeline, months: Sequence[Month]) -> list[list[Month]]:
    """Months of the calendar taken together until a sum has room."""
    horizon = timeline.horizon
    broad = timeline.width * 30.4 / timeline.days
    step = next((each for each in STEPS if each * broad >= WIDTH_OF_SUM), STEPS[-1])

    def stretch(month: Month) -> tuple[int, int]:
        first = horizon.date_of(month.from_day)
        return first.year, (first.month - 1) // step

    return [list(own) for _, own in groupby(months, key=stretch)]


def _strips(timeline: Timeline, sums: Sequence[Sum]) -> tuple[tuple[str, Markup], ...]:
    kinds: tuple[tuple[str, Callable[[Sum], str]], ...] = (
        ("People needed", lambda each: grouped(each.needed)),
        ("People filled", lambda each: grouped(each.filled)),
        ("Filled", lambda each: "–" if each.share is None else percent(each.share)),
    )
    return tuple((name, _strip(timeline, name, sums, words)) for name, words in kinds)


def _strip(timeline: Timeline, name: str, sums: Sequence[Sum], words: Callable[[Sum], str]) -> Markup:
    parts = [timeline.year_lines(HEIGHT)]
    for each in sums:
        left, right = timeline.x(each.from_day), timeline.x(each.until_day)
        if right - left >= WIDTH_OF_SUM * 0.8:
            tip = element("title", f"{each.label}: {words(each)}")
            parts.append(element("text", tip, words(each), class_="n", x=(left + right) / 2, y=HEIGHT / 2 + 3.4))
    label = f"{name}: {'; '.join(f'{each.label} {words(each)}' for each in sums)}"
    return picture(*parts, width=timeline.width, height=HEIGHT, label=label, class_="strip")
