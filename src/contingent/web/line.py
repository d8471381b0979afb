"""One requirement line, told: its chain from the mandate to the force, how it stands in time, who else could fill it."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.model.rows import Requirement
from contingent.model.rules import line_until
from contingent.report.drawings.matrix import matrix_strip
from contingent.report.drawings.timeline import Timeline, timeline_head
from contingent.report.months import line_cells, months_of
from contingent.report.why import Chapter, chapters
from contingent.report.words import d_day, line_title, short_date
from contingent.web.candidates import Candidate, candidates_for
from contingent.web.pinning import starts_of, stored_pin
from contingent.web.seen import sees_terms
from contingent.web.symbols import of_capability
from contingent.web.view import View

DRAWER_WIDTH = 500.0
"""Width of the strip of time in a drawer. [px]"""

STANDING = ("What it asks for", "Who fills it", "What stays empty, and why")
"""Chapters on how the line stands, which come first; those on what it rests on follow, folded."""


@dataclass(frozen=True)
class Told:
    """What is said of a line.

    Parameters
    ----------
    standing, ground : tuple of Chapter
        How it stands; what it rests on.
    day : int
        Day on which candidates are looked at. [days from D-day]
    """

    row: Requirement
    title: str
    symbol: Markup
    standing: tuple[Chapter, ...]
    ground: tuple[Chapter, ...]
    day: int
    day_words: str
    candidates: tuple[Candidate, ...]
    hidden: int
    head: Markup = field(repr=False)
    strip: Markup = field(repr=False)


def told(view: View, name: str, day: int | None) -> Told | None:
    """Return what is said of a line; None where there is no such line.

    Parameters
    ----------
    name : str
        The line's serial.
    day : int, optional
        Day on which candidates are looked at; None = the first of its largest gap, or of its need. [days from D-day]
    """
    scenario, plan = view.scenario, view.plan
    if scenario is None or (row := scenario.requirement_by_line.get(name)) is None:
        return None
    at = _day_to_look_at(view, row) if day is None else min(day, scenario.horizon.days - 1)
    found = candidates_for(scenario, row, plan, day=at)
    seen = tuple(each for each in found if sees_terms(view.viewer, each.nation))
    said = chapters(scenario, name, plan)
    rows: list[dict[str, Any]] = [] if plan is None else plan.coverage.filter(pl.col("line") == name).to_dicts()
    timeline = Timeline(scenario.horizon, width=DRAWER_WIDTH)
    cells = line_cells(rows, months_of(scenario.horizon), days=scenario.horizon.days) if rows else ()
    return Told(
        row=row,
        title=line_title(scenario, row),
        symbol=of_capability(scenario, row.capability),
        standing=tuple(chapter for chapter in said if chapter.heading in STANDING),
        ground=tuple(chapter for chapter in said if chapter.heading not in STANDING),
        day=at,
        day_words=f"{d_day(at)}, {short_date(scenario.horizon.date_of(at))}",
        candidates=seen,
        hidden=len(found) - len(seen),
        head=timeline_head(timeline),
        strip=matrix_strip(timeline, cells, line=name),
    )


@dataclass(frozen=True)
class Fixing:
    """What can be fixed on a line by hand.

    Parameters
    ----------
    day : int or None
        Day nearest to the one looked at on which a tour may begin; None where none may. [days from D-day]
    fixed : tuple of dict
        Tours that are fixed on it, as far as the viewer may see them: ``offer``, ``day``, ``words``, ``quantity``, and
        ``version`` of the row, None where it stands in a scenario below.
    """

    day: int | None
    day_words: str
    fixed: tuple[dict[str, Any], ...]

    @property
    def offers(self) -> frozenset[str]:
        """Offers of which a tour is fixed on that day."""
        return frozenset(each["offer"] for each in self.fixed if each["day"] == self.day)


def fixing_of(view: View, line: str, day: int) -> Fixing:
    """Return what can be fixed on a line about a day, and what is."""
    assert view.scenario is not None
    horizon, rows = view.scenario.horizon, view.state.rows.get("pins", ())

    def words(at: int) -> str:
        return f"{d_day(at)}, {short_date(horizon.date_of(at))}"

    fixed = []
    for pin in sorted(view.scenario.pins, key=lambda each: (each.from_day, each.offer)):
        if pin.line == line:
            row = stored_pin(rows, offer=pin.offer, line=line, from_day=pin.from_day)
            version = None if row is None else row.version
            told = {"offer": pin.offer, "day": pin.from_day, "words": words(pin.from_day), "quantity": pin.quantity}
            fixed.append({**told, "version": version})
    start = min(starts_of(view.scenario, line), key=lambda each: (abs(each - day), each), default=None)
    return Fixing(start, "" if start is None else words(start), tuple(fixed))


def _day_to_look_at(view: View, row: Requirement) -> int:
    assert view.scenario is not None
    if view.plan is not None:
        gaps = view.plan.gaps.filter(pl.col("line") == row.line).sort("unit_days", "from_day", descending=[True, False])
        if gaps.height:
            return int(gaps["from_day"][0])
    return min(row.from_day, line_until(view.scenario, row), view.scenario.horizon.days - 1)
