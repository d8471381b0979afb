"""The fill matrix: one strip a requirement line, one cell a month, equal months drawn as one.

Filled is a full cell, partial one filled up to its share, a gap a hollow hatched one with the number of units missing:
the shape says it without the colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from contingent.report.drawings.svg import element, picture
from contingent.report.drawings.timeline import Timeline
from contingent.report.months import Cell
from contingent.report.words import amount, percent

ROW_HEIGHT = 20
FULL, NONE = 0.9995, 0.0005
"""Shares from and to which a month counts as filled or empty. [-]"""

STATES = {"filled": ("f", "●"), "partial": ("p", "◐"), "gap": ("g", "○")}
"""Each state with its class in the page's style and its sign."""

LETTER = 5.2
"""Width of a figure in a cell. [px]"""


@dataclass(frozen=True, slots=True)
class Run:
    """Months in a row in which a line stands alike."""

    state: str
    fill: float
    missing: float
    first: Cell
    last: Cell

    @property
    def when(self) -> str:
        """The months in words."""
        first, last = self.first.month.label, self.last.month.label
        return first if first == last else f"{first} to {last}"


def state_of(cell: Cell) -> str:
    """Return filled, partial or gap."""
    return "filled" if cell.fill >= FULL else "gap" if cell.fill <= NONE else "partial"


def runs_of(cells: Sequence[Cell]) -> tuple[Run, ...]:
    """Return a line's months, those alike and next to each other taken together."""
    runs: list[Run] = []
    for (state, fill, missing), alike in groupby(
        cells, key=lambda cell: (state_of(cell), round(cell.fill, 2), round(cell.missing, 1))
    ):
        found = list(alike)
        runs.append(Run(state, fill, missing, found[0], found[-1]))
    return tuple(runs)


def matrix_strip(timeline: Timeline, cells: Sequence[Cell], *, line: str) -> Markup:
    """Return the strip of a line."""
    runs = runs_of(cells)
    parts = [timeline.year_lines(ROW_HEIGHT)]
    for run in runs:
        parts += _cell(timeline, run)
    empty = [run for run in runs if run.state != "filled"]
    spoken = "; ".join(f"{run.when}: {percent(run.fill)} filled, {amount(run.missing)} short" for run in empty[:6])
    more = f"; and {len(empty) - 6} more such spells" if len(empty) > 6 else ""
    label = (
        f"{line}: {spoken}{more}" if empty else f"{line}: filled throughout" if runs else f"{line}: no need within the horizon"
    )
    return picture(*parts, width=timeline.width, height=ROW_HEIGHT, label=label, class_="strip")


def _cell(timeline: Timeline, run: Run) -> list[Markup]:
    left, right = timeline.x(run.first.month.from_day), timeline.x(run.last.month.until_day)
    width = max(right - left - 0.8, 0.8)
    kind, sign = STATES[run.state]
    top, height = 2.0, ROW_HEIGHT - 4.0
    tip = element(
        "title",
        f"{run.when}: {sign} {percent(run.fill)} filled" + (f", {amount(run.missing)} short" if run.state != "filled" else ""),
    )
    if run.state == "filled":
        return [element("rect", tip, class_=kind, x=left, y=top, width=width, height=height)]
    parts = [element("rect", tip, class_=f"{kind}0", x=left, y=top, width=width, height=height)]
    if run.state == "partial":
        level = height * run.fill
        parts.append(element("rect", class_=kind, x=left, y=top + height - level, width=width, height=level))
    short = amount(run.missing)
    forms = (f"{sign} {short} short", f"{sign} {short}", short) if short != "0" else ()
    words = next((text for text in forms if len(text) * LETTER <= width), None)
    if words is not None:
        parts.append(element("text", words, class_="n", x=left + width / 2, y=ROW_HEIGHT / 2 + 3.2))
    return parts
