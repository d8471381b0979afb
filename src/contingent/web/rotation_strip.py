"""The strip of a rotation calendar that can be worked with: tours, the way there and back, handover, rest, what was before.

Beyond the report's strip each tour is an element of its own that a pointer or a key can take hold of; what rest it needs and what
stands before and after it are in its attributes, so that a page can say what a move would break while it moves. What a colour
says, a sign says as well.

    bar         a tour; hatched at its end: handover
    thin line   the way there and home
    pale line   rest, until the unit may go again; its figure: days of rest a day of tour
    cross       rest that is broken, with its figure
    below       where the tour lay in the plan that it is held against
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from contingent.report.drawings.gantt import LETTER, unit_number
from contingent.report.drawings.svg import element, picture
from contingent.report.drawings.timeline import Timeline
from contingent.report.words import d_day, grouped, joined, window

LANE, BAR, BASE = 17.0, 10.5, 2.4
"""Height of a lane, of a bar in it, and of what was before below it. [px]"""

TOP = 2.5
"""From the top of a lane to its bar. [px]"""

LEAST_REST_ROOM = 26.0
"""Width from which a rest has room for its figure. [px]"""

PEOPLE_HEIGHT = 30.0

Row = Mapping[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour as it is drawn.

    Parameters
    ----------
    row : mapping
        As in the frame ``tours``.
    way_out, way_home : (int, int) or None
        Days on which its parts are under way; None where that is not known. [days from D-day]
    before, after : int or None
        Day on which the unit's tour before it is rested from; day on which its next one begins. [days from D-day]
    """

    row: Row
    way_out: Span | None = None
    way_home: Span | None = None
    before: int | None = None
    after: int | None = None

    @property
    def key(self) -> str:
        """What tells it from all others of the plan: the unit and the day."""
        return f"{self.row['unit']}@{self.row['from_day']}"

    @property
    def rest(self) -> float | None:
        """Days of rest a day of tour until the next one; None where there is no next. [-]"""
        return None if self.after is None else rest_ratio(self.row, self.after)

    @property
    def is_broken(self) -> bool:
        """Whether the unit goes again before it is rested."""
        return self.after is not None and self.after < self.row["rested_day"]


def rest_ratio(row: Row, again: int) -> float:
    """Return the rest after a tour, if the unit goes again on a day, in days a day of tour. [-]

    >>> rest_ratio({"from_day": 0, "until_day": 180}, 540)
    2.0
    """
    return float((again - row["until_day"]) / max(1, row["until_day"] - row["from_day"]))


def ratio_words(ratio: float) -> str:
    """Return a rest as staffs write it.

    >>> ratio_words(2.0), ratio_words(1.44)
    ('1:2', '1:1.4')
    """
    return f"1:{ratio:.1f}".removesuffix(".0")


def strip_of(
    timeline: Timeline,
    lanes: Sequence[Sequence[Tour]],
    *,
    label: str,
    today: int | None,
    baseline: Sequence[Sequence[Row]] = (),
    planned_pins: Sequence[Sequence[Row]] = (),
    gaps: Sequence[Row] = (),
    by_line: bool = False,
) -> Markup:
    """Return the strip of a row of the calendar.

    Parameters
    ----------
    lanes : sequence of sequences of Tour
        What stands in each lane, none overlapping.
    today : int or None
        Day of the horizon that is today. [days from D-day]
    baseline : sequence of sequences of mapping
        Tours of the plan that this one is held against, by lane.
    planned_pins : sequence of sequences of mapping
        Tours that were fixed since the plan was made, a lane each.
    gaps : sequence of mapping
        Rows of the frame ``gaps`` that stand below all lanes.
    by_line : bool
        Whether a tour is named by its nation instead of its unit's number.
    """
    height = (len(lanes) + len(planned_pins)) * LANE + (LANE if gaps else 0) + 2
    parts = [timeline.year_lines(height)]
    for at, lane in enumerate(lanes):
        for row in baseline[at] if at < len(baseline) else ():
            parts += _before(timeline, row, top=at * LANE)
        for tour in lane:
            parts += _rest(timeline, tour, top=at * LANE, broken_only=by_line)
        parts += [_bar(timeline, tour, top=at * LANE, by_line=by_line) for tour in lane if _seen(timeline, tour.row)]
    for at, pins in enumerate(planned_pins, start=len(lanes)):
        parts += [_pinned(timeline, row, top=at * LANE) for row in pins if _seen(timeline, row)]
    parts += [_gap(timeline, row, top=height - LANE) for row in gaps if _seen(timeline, row)]
    parts += today_line(timeline, today, height)
    return group_picture(*parts, width=timeline.width, height=height, label=label, timeline=timeline)


def group_picture(*parts: Markup, width: float, height: float, label: str, timeline: Timeline) -> Markup:
    """Return a picture whose parts can be taken hold of: a group of them, not one image."""
    return element(
        "svg",
        *parts,
        class_="strip tours",
        width=width,
        height=height,
        viewBox=f"0 0 {width:g} {height:g}",
        role="group",
        aria_label=label,
        data_from=timeline.from_day,
        data_until=timeline.last_day,
    )


def _seen(timeline: Timeline, row: Row) -> bool:
    return bool(row["until_day"] > timeline.from_day and row["from_day"] < timeline.last_day)


def today_line(timeline: Timeline, today: int | None, height: float) -> list[Markup]:
    """Return a line at today; nothing where it is not within what is shown."""
    if today is None or not timeline.from_day <= today < timeline.last_day:
        return []
    x = timeline.x(today)
    return [element("line", element("title", f"today, {d_day(today)}"), class_="today", x1=x, x2=x, y1=0, y2=height)]


def _before(timeline: Timeline, row: Row, *, top: float) -> list[Markup]:
    if not _seen(timeline, row):
        return []
    left, right = timeline.x(row["from_day"]), timeline.x(row["until_day"])
    tip = element("title", f"before: {row['unit']} on {row['line']}, {window(row['from_day'], row['until_day'])}")
    y = top + TOP + BAR + 1
    return [element("rect", tip, class_="base", x=left, y=y, width=max(right - left - 0.6, 0.8), height=BASE)]


def _rest(timeline: Timeline, tour: Tour, *, top: float, broken_only: bool) -> list[Markup]:
    """Rest as a pale line, with its figure where there is room; a broken one with a cross.

    By line other units stand in the lane behind the tour, and only a rest that is broken is told.
    """
    if broken_only and not tour.is_broken:
        return []
    ends = tour.row["rested_day"] if tour.after is None else min(tour.row["rested_day"], tour.after)
    left, right = timeline.x(tour.row["until_day"]), timeline.x(max(ends, tour.row["until_day"]))
    middle = top + TOP + BAR / 2
    is_drawn = right - left >= 1 and not broken_only
    parts = [element("path", class_="rest", d=f"M{left:.1f},{middle:.1f}H{right:.1f}")] if is_drawn else []
    if tour.after is None or tour.rest is None:
        return parts
    room = timeline.x(tour.after) - left
    words = ratio_words(tour.rest)
    if tour.is_broken:
        needed = ratio_words(rest_ratio(tour.row, tour.row["rested_day"]))
        until = d_day(tour.row["rested_day"])
        tip = element("title", f"{tour.row['unit']} rests {words} where {needed} is needed, until {until}")
        x = (left + timeline.x(tour.after)) / 2
        sign = f"✕ {words}" if room >= LEAST_REST_ROOM else "✕"
        parts.append(element("text", tip, sign, class_="broken", x=x, y=middle + 3))
    elif room >= LEAST_REST_ROOM:
        x = (left + timeline.x(tour.after)) / 2
        parts.append(element("text", words, class_="ratio", x=x, y=middle - 1.5))
    return parts


def told_of(tour: Tour) -> str:
    """Return a tour in a sentence: for those who point at it, and those who hear it."""
    row = tour.row
    rest = None
    if tour.rest is not None:
        rest = f"then rests {ratio_words(tour.rest)}"
        if tour.is_broken:
            rest += f", broken: {ratio_words(rest_ratio(row, row['rested_day']))} is needed"
    parts = (
        f"{row['unit']} on {row['line']}: {window(row['from_day'], row['until_day'])}",
        f"{grouped(row['people'])} people",
        f"handover from {d_day(row['serves_until_day'])}" if row["serves_until_day"] < row["until_day"] else None,
        f"rested {d_day(row['rested_day'])}",
        rest,
        "fixed by the planner" if row["pinned"] else None,
        "low confidence" if row["confidence"] == "low" else None,
    )
    return joined(parts)


def _bar(timeline: Timeline, tour: Tour, *, top: float, by_line: bool) -> Markup:
    row, y = tour.row, top + TOP
    left, right = timeline.x(row["from_day"]), timeline.x(row["until_day"])
    serves = timeline.x(min(row["serves_until_day"], row["until_day"]))
    told = told_of(tour)
    marks = {"low": row["confidence"] == "low", "pin": row["pinned"], "bad": tour.is_broken}
    kind = " ".join(["t", *(mark for mark, holds in marks.items() if holds)])
    width = max(right - left - 0.6, 0.8)
    parts = [element("title", told)]
    for way in (tour.way_out, tour.way_home):
        if way is not None and way[1] > way[0]:
            start, end = timeline.x(way[0]), timeline.x(way[1])
            parts.append(element("rect", class_="way", x=start, y=y + BAR / 2 - 1.6, width=max(end - start, 1.2), height=3.2))
    parts.append(element("rect", class_=kind, x=left, y=y, width=width, height=BAR))
    if right - serves >= 0.8:
        parts.append(element("rect", class_="h", x=serves, y=y, width=max(right - serves - 0.6, 0.6), height=BAR))
    signs = ("▪" if row["pinned"] else "") + ("?" if row["confidence"] == "low" else "")
    number = str(row["nation"]) if by_line else unit_number(row)
    long = f"{row['line']}{signs}" if not by_line else f"{number} {unit_number(row)}{signs}"
    words = next((text for text in (long, f"{number}{signs}", signs) if text and len(text) * LETTER + 4 <= serves - left), None)
    if words is not None:
        parts.append(element("text", words, class_="u", x=left + 3, y=y + BAR - 2.4))
    return element(
        "g",
        *parts,
        class_="tour",
        role="button",
        tabindex=-1,
        data_unit=row["unit"],
        data_day=row["from_day"],
        data_days=row["until_day"] - row["from_day"],
        data_rest=row["rested_day"] - row["until_day"],
        data_before=tour.before,
        data_after=tour.after,
    )


def _pinned(timeline: Timeline, row: Row, *, top: float) -> Markup:
    left, right, y = timeline.x(row["from_day"]), timeline.x(row["until_day"]), top + TOP
    units = f"{row['quantity']} × " if row["quantity"] > 1 else ""
    told = f"Fixed since the plan was made: {units}{row['offer']} on {row['line']}, {window(row['from_day'], row['until_day'])}"
    words = f"▪ {units}{row['line']}"
    parts = [
        element("title", told),
        element("rect", class_="t asked-for", x=left, y=y, width=max(right - left - 0.6, 0.8), height=BAR),
    ]
    if len(words) * LETTER + 4 <= right - left:
        parts.append(element("text", words, class_="u", x=left + 3, y=y + BAR - 2.4))
    return element("g", *parts)


def _gap(timeline: Timeline, row: Row, *, top: float) -> Markup:
    left, right = timeline.x(row["from_day"]), timeline.x(row["until_day"])
    tip = element("title", str(row["detail"]))
    return element("rect", tip, class_="g0", x=left, y=top + 2, width=max(right - left, 0.8), height=BAR)


def people_strip(
    timeline: Timeline,
    by_month: Sequence[tuple[int, int, str, float]],
    *,
    ceiling: float | None,
    asked: Sequence[float] = (),
    label: str,
    today: int | None,
    height: float = PEOPLE_HEIGHT,
) -> Markup:
    """Return people in theatre by month as bars, with the ceiling as a line across, or with what is asked for as steps.

    Parameters
    ----------
    by_month : sequence of (int, int, str, float)
        First day, day after the last, label and people of each month. [days from D-day], [people]
    ceiling : float or None
        Most people that may be there. [people]
    asked : sequence of float
        People asked for in each month; empty = not drawn. [people]
    """
    most = max([people for *_, people in by_month] + [ceiling or 0.0, *asked, 1.0])
    base = height - 2
    parts = [timeline.year_lines(height)]
    for from_day, until_day, month, people in by_month:
        tall = (base - 8) * people / most
        if people > 0:
            over = " over" if ceiling is not None and people > ceiling + 0.5 else ""
            tip = element("title", f"{month}: {grouped(people)} people on average")
            left = timeline.x(from_day)
            width = max(timeline.x(until_day) - left - 0.6, 0.6)
            parts.append(element("rect", tip, class_=f"people{over}", x=left, y=base - tall, width=width, height=tall))
    if asked:
        steps = [
            f"{'L' if at else 'M'}{timeline.x(row[0]):.1f},{base - (base - 8) * need / most:.1f}H{timeline.x(row[1]):.1f}"
            for at, (row, need) in enumerate(zip(by_month, asked, strict=True))
        ]
        parts.append(element("path", element("title", "people asked for"), class_="need", d="".join(steps)))
    if ceiling is not None:
        y = base - (base - 8) * ceiling / most
        tip = element("title", f"ceiling: {grouped(ceiling)}")
        parts.append(element("path", tip, class_="ceiling", d=f"M0,{y:.1f}H{timeline.width:.1f}"))
        parts.append(element("text", f"ceiling {grouped(ceiling)}", class_="ceiling-words", x=2, y=max(y - 1.5, 7)))
    parts += today_line(timeline, today, height)
    return picture(*parts, width=timeline.width, height=height, label=label, class_="strip")
