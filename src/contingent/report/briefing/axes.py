"""Where the parts of a chart stand, for both writers: the field of its figures, its ticks, and how figures are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from contingent.report.briefing.metrics import cut, width_of
from contingent.report.briefing.parts import Chart, Place
from contingent.report.words import grouped, percent

MOST_STEPS = 5
STEPS = (1.0, 2.0, 2.5, 5.0)

NAMES_AT_MOST = 0.42
"""Share of a chart of bars that the names of its bars may take. [-]"""

LABEL_ROOM = 62.0
"""Beside the longest bar, for its figure. [pt]"""

BAR = 0.62
"""Thickness of a bar as a share of its row; of a column likewise. [-]"""

COLUMN = 0.84


def scale_of(values: Sequence[float], *, is_share: bool = False) -> tuple[float, float]:
    """Return the end of an axis that begins at nothing, and its step: at most five steps, round ones.

    >>> scale_of([1806.0]), scale_of([0.61, 0.2], is_share=True), scale_of([])
    ((2000.0, 500.0), (1.0, 0.25), (1.0, 1.0))
    """
    if is_share:
        return 1.0, 0.25
    most = max(values, default=0.0)
    if most <= 0:
        return 1.0, 1.0
    step = next(step * 10.0**power for power in range(-6, 13) for step in STEPS if most / (step * 10.0**power) <= MOST_STEPS)
    return round(step * ceil(most / step - 1e-9), 9), round(step, 9)


def figure(value: float, form: str) -> str:
    """Return a figure as a chart writes it."""
    if form == "percent":
        return percent(value)
    places = 0 if abs(value) >= 10 or value == int(value) else 1
    return grouped(value, places=places)


@dataclass(frozen=True, slots=True)
class Field:
    """The field of a chart's figures, and the room of the names before it.

    Parameters
    ----------
    place : Place
        Within the axes.
    names : tuple of str
        Names of the categories as they fit; blank where none is written.
    ticks : tuple of float
        From nothing to the end of the axis.
    """

    place: Place
    names: tuple[str, ...]
    ticks: tuple[float, ...]


def field_of(chart: Chart) -> Field:
    """Return where the figures of a chart stand."""
    ticks = tuple(round(at * chart.step, 9) for at in range(round(chart.top / chart.step) + 1))
    place = chart.place
    if chart.kind == "bars":
        room = place.width * NAMES_AT_MOST
        names = tuple(cut(name, room, chart.size) for name in chart.categories)
        before = max((width_of(name, chart.size) for name in names), default=0.0) + 10
        beside = LABEL_ROOM if chart.labelled else 14.0
        return Field(
            Place(place.x + before, place.y, place.width - before - beside, place.height - chart.size * 1.6), names, ticks
        )
    before = max(width_of(figure(tick, chart.form), chart.size) for tick in ticks) + 10
    names = tuple(name if at % chart.every == 0 else "" for at, name in enumerate(chart.categories))
    if chart.kind == "lines":
        names = tuple(f"D+{grouped(day)}" for day in range(0, chart.days[-1] + 1, chart.day_step))
    above, below = chart.size * 0.7, chart.size * 1.9
    return Field(
        Place(
            place.x + before,
            place.y + above,
            place.width - before - (26 if chart.kind == "lines" else 10),
            place.height - above - below,
        ),
        names,
        ticks,
    )
