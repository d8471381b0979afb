"""Cover by capability and sector as a heat table: one drawing for the page, for the report and for whoever wants it elsewhere.

Each cell has its figure in whole per cent, rounded down, so that what reads 80 is not under 80; it is filled up to its share as
the fill matrix is, hatched where nothing is there, and has ▼ before its figure where it is under the mark: it reads without
colour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.cover import ROUNDING, UNDER, Hole, Pair, longest_holes, pairs_of, sector_title
from contingent.report.drawings.matrix import FULL, NONE
from contingent.report.months import Month, months_of
from contingent.report.words import (
    amount,
    counted,
    d_day,
    grouped,
    leading_capital,
    listed,
    percent,
    place_name,
    plain,
    short_date,
)

STEPS = 10
"""Steps in which a cell is filled."""

MOST_OPEN = 24
"""Rows of a table that stands open in the report; a longer one is folded."""

MOST_NAMED = 4
"""Lines and places that a sentence names."""

MARK = "▼"
"""Stands before a figure under the mark."""


@dataclass(frozen=True, slots=True)
class CoverCell:
    """One figure of a heat table of cover.

    Parameters
    ----------
    at : int
        Its column: first day of the month [days from D-day], or hour of the day.
    text : str
        Its figure in whole per cent, marked where it is under the mark.
    level : int
        How full it is drawn: 0 = nothing is there, `STEPS` = all is.
    is_under : bool
        Whether it is under the mark.
    words : str
        The figure with what it is made of.
    """

    at: int
    text: str
    level: int
    is_under: bool
    words: str


@dataclass(frozen=True, slots=True)
class CoverRow:
    """One capability in one sector.

    Parameters
    ----------
    cells : tuple of CoverCell or None
        One for each month; None = nothing is asked for then.
    share : str
        What is held of what is asked for over the whole time shown.
    hole : Hole or None
        The longest time under the mark.
    """

    sector: str | None
    capability: str
    title: str
    lines: str
    cells: tuple[CoverCell | None, ...]
    share: str
    hole: Hole | None


@dataclass(frozen=True, slots=True)
class CoverGroup:
    """The capabilities of a sector."""

    title: str
    about: str
    rows: tuple[CoverRow, ...]


@dataclass(frozen=True, slots=True)
class CoverTable:
    """The heat table: heads, groups of rows, and what is said at its foot.

    Parameters
    ----------
    under : int
        The mark. [%]
    years : tuple of (str, int)
        Years with how many columns each has.
    months : tuple of (str, str)
        Columns, short and in full.
    holes : tuple of dict
        Of each row the longest time under the mark, the longest first.
    foot : str
        The longest of all in a sentence.
    """

    under: int
    years: tuple[tuple[str, int], ...]
    months: tuple[tuple[str, str], ...]
    groups: tuple[CoverGroup, ...]
    holes: tuple[dict[str, Any], ...]
    foot: str

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def marked(self) -> int:
        """How many cells are under the mark."""
        return sum(cell.is_under for group in self.groups for row in group.rows for cell in row.cells if cell is not None)


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the report's section on cover is filled with; None where no line lies in a sector, or nothing is asked for."""
    pairs = pairs_of(scenario, plan)
    if all(pair.sector is None for pair in pairs):
        return {"cover": None}
    table = cover_table(scenario, pairs, under=UNDER, span=(0, scenario.horizon.days))
    return {"cover": table if table.rows else None, "cover_is_long": table.rows > MOST_OPEN}


def cover_table(scenario: Scenario, pairs: Sequence[Pair], *, under: int, span: tuple[int, int]) -> CoverTable:
    """Return the heat table of pairs over a span.

    Parameters
    ----------
    scenario : Scenario
        For names and days.
    pairs : sequence of Pair
        In the order of their rows; those that ask for nothing within the span are left out.
    under : int
        Cells below it are marked. [%]
    span : tuple of int
        Days shown, half open. [days from D-day]
    """
    months = [month for month in months_of(scenario.horizon) if month.from_day < span[1] and month.until_day > span[0]]
    shown = [pair for pair in pairs if pair.share(*span) is not None]
    holes = longest_holes(shown, under=under / 100, span=span)
    by_pair = {(hole.sector, hole.capability): hole for hole in holes}
    groups = []
    for sector, own in groupby(shown, key=lambda pair: pair.sector):
        found = list(own)
        rows = tuple(_row(pair, months, by_pair.get((sector, pair.capability)), under=under, span=span) for pair in found)
        asked, held = (sum(float(each[span[0] : span[1]].sum()) for each in each_of) for each_of in (
            [pair.required for pair in found], [pair.held for pair in found]))  # fmt: skip
        about = f"{counted(len(rows), 'capability', 'capabilities')} · {percent(min(1.0, held / asked))} of unit-days held"
        title = sector_title(scenario, sector)
        groups.append(CoverGroup(f"{title}: places that lie in none" if sector is None else title, about, rows))
    heads = [month.label.rpartition(" ") for month in months]
    return CoverTable(
        under=under,
        years=tuple((year, len(list(own))) for year, own in groupby(year for _, _, year in heads)),
        months=tuple((short or year, month.label) for (short, _, year), month in zip(heads, months, strict=True)),
        groups=tuple(groups),
        holes=tuple(_told(scenario, hole) for hole in holes),
        foot=foot_of(scenario, holes, under=under),
    )


def _row(pair: Pair, months: Sequence[Month], hole: Hole | None, *, under: int, span: tuple[int, int]) -> CoverRow:
    share = pair.share(*span)
    lines = pair.lines(*span)
    return CoverRow(
        sector=pair.sector,
        capability=pair.capability,
        title=leading_capital(plain(pair.capability)),
        lines=lines[0] if len(lines) == 1 else counted(len(lines), "line"),
        cells=tuple(cell_of(pair, month, under=under) for month in months),
        share="–" if share is None else percent(share),
        hole=hole,
    )


def cell_of(pair: Pair, month: Month, *, under: int) -> CoverCell | None:
    """Return the cell of a pair in a month; None where nothing is asked for then."""
    share = pair.share(month.from_day, month.until_day)
    if share is None:
        return None
    days = slice(month.from_day, month.until_day)
    asked, held = float(pair.required[days].sum()), float(pair.held[days].sum())
    words = f"{month.label}: {whole_percent(share)} %, {amount(held)} of {amount(asked)} unit-days"
    return drawn_cell(share, at=month.from_day, under=under, words=words)


def drawn_cell(share: float, *, at: int, under: int, words: str) -> CoverCell:
    """Return a share as a cell.

    Parameters
    ----------
    share : float
        [-]
    at : int
        Its column.
    under : int
        The mark. [%]
    words : str
        The figure with what it is made of; that it is under the mark is added.
    """
    is_under = 100 * share < under - ROUNDING
    return CoverCell(
        at=at,
        text=f"{MARK if is_under else ''}{whole_percent(share)}",
        level=STEPS if share >= FULL else 0 if share <= NONE else min(STEPS - 1, max(1, round(share * STEPS))),
        is_under=is_under,
        words=f"{words}, under {under} %" if is_under else words,
    )


def whole_percent(share: float) -> str:
    """Return a share in whole per cent, rounded down.

    >>> whole_percent(0.7999), whole_percent(1.0), whole_percent(0.0), whole_percent(0.004)
    ('79', '100', '0', '<1')
    """
    whole = int(100 * share + ROUNDING)
    return "<1" if whole == 0 and share > ROUNDING else str(whole)


def foot_of(scenario: Scenario, holes: Sequence[Hole], *, under: int) -> str:
    """Return the longest of the holes in a sentence: how long, from when until when, what, where, how much is there."""
    if not holes:
        return f"Nowhere and at no time is less than {under} % of what is asked for there."
    hole = holes[0]
    told = _told(scenario, hole)
    what = f"{told['title']} in {told['sector']}" if hole.sector is not None else f"{told['title']}, in no sector"
    places = f" ({told['places']})" if told["places"] else ""
    return (
        f"Longest hole under {under} %: {what}{places}, {counted(hole.days, 'day')}, "
        f"from {d_day(hole.from_day)}, {told['from_date']}, to {d_day(hole.until_day)}, {told['until_date']}; "
        f"{told['share']} is held in that time, asked for by {told['lines']}."
    )


def _told(scenario: Scenario, hole: Hole) -> dict[str, Any]:
    at = (scenario.requirement_by_line[line].location for line in hole.lines if line in scenario.requirement_by_line)
    places = list(dict.fromkeys(place_name(scenario, location) for location in at if location))
    return {
        "hole": hole,
        "title": leading_capital(plain(hole.capability)),
        "sector": sector_title(scenario, hole.sector),
        "places": listed(list(_few(places))),
        "lines": listed(list(_few(list(hole.lines)))),
        "from_date": short_date(scenario.horizon.date_of(hole.from_day)),
        "until_date": short_date(scenario.horizon.date_of(hole.until_day)),
        "days": grouped(hole.days),
        "share": percent(hole.share),
    }


def _few(names: Sequence[str]) -> Iterator[str]:
    yield from names[: MOST_NAMED if len(names) > MOST_NAMED else None]
    if len(names) > MOST_NAMED:
        yield f"{len(names) - MOST_NAMED} more"
