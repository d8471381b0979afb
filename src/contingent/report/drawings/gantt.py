"""The rotation calendar: a nation's tours on a line as bars, the handover at the end of each hatched.

Tours that overlap stand one above the other, so that at each relief the leaving and the arriving unit are both seen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from contingent.report.drawings.svg import element, picture
from contingent.report.drawings.timeline import Timeline
from contingent.report.words import grouped, joined, window

LANE_HEIGHT = 11
MOST_LANES = 12
"""Lanes of one line of one nation; what does not fit is counted in words."""

LETTER = 5.0
"""Width of a letter in a bar. [px]"""

Tour = Mapping[str, Any]


def lanes_of(tours: Sequence[Tour]) -> tuple[tuple[Tour, ...], ...]:
    """Return the tours dealt to as few lanes as can be, none overlapping in a lane."""
    lanes: list[list[Tour]] = []
    for tour in sorted(tours, key=lambda tour: (tour["from_day"], tour["unit"])):
        free = next((lane for lane in lanes if lane[-1]["until_day"] <= tour["from_day"]), None)
        if free is None:
            lanes.append([tour])
        else:
            free.append(tour)
    return tuple(tuple(lane) for lane in lanes)


def unit_number(tour: Tour) -> str:
    """Return what tells a unit from the others of its offer: its name less the offer's."""
    rest = str(tour["unit"]).removeprefix(str(tour["offer"])).lstrip("-/#_ .:")
    return rest or str(tour["unit"])


def gantt_strip(timeline: Timeline, tours: Sequence[Tour], *, label: str) -> tuple[Markup, int]:
    """Return the strip of a nation's tours on one line, and how many tours did not fit on it."""
    lanes = lanes_of(tours)
    drawn = lanes[:MOST_LANES]
    height = len(drawn) * LANE_HEIGHT + 4
    parts = [timeline.year_lines(height)]
    for at, lane in enumerate(drawn):
        for tour in lane:
            parts += _bar(timeline, tour, top=2 + at * LANE_HEIGHT)
    left_out = sum(len(lane) for lane in lanes[MOST_LANES:])
    return picture(*parts, width=timeline.width, height=height, label=label, class_="strip"), left_out


def _bar(timeline: Timeline, tour: Tour, *, top: float) -> list[Markup]:
    left, right = timeline.x(tour["from_day"]), timeline.x(tour["until_day"])
    serves = timeline.x(min(tour["serves_until_day"], tour["until_day"]))
    width, height = max(right - left - 0.6, 0.8), LANE_HEIGHT - 1.5
    marks = joined(
        ("pinned by the planner" if tour["pinned"] else None, "low confidence" if tour["confidence"] == "low" else None), ", "
    )
    tip = element(
        "title",
        joined(
            (
                f"{tour['unit']}: {window(tour['from_day'], tour['until_day'])}",
                f"{grouped(tour['people'])} people",
                f"handover from D+{grouped(tour['serves_until_day'])}" if tour["serves_until_day"] < tour["until_day"] else None,
                f"rested D+{grouped(tour['rested_day'])}",
                marks or None,
            )
        ),
    )
    kind = "t" + (" low" if tour["confidence"] == "low" else "") + (" pin" if tour["pinned"] else "")
    parts = [element("rect", tip, class_=kind, x=left, y=top, width=width, height=height)]
    if right - serves >= 0.8:
        parts.append(element("rect", class_="h", x=serves, y=top, width=max(right - serves - 0.6, 0.6), height=height))
    number = unit_number(tour)
    signs = ("▪" if tour["pinned"] else "") + ("?" if tour["confidence"] == "low" else "")
    words = next((text for text in (f"{number}{signs}", signs) if text and len(text) * LETTER + 4 <= serves - left), None)
    if words is not None:
        parts.append(element("text", words, class_="u", x=left + 3, y=top + height - 2))
    return parts
