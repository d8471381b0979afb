"""Cover by capability and sector, month by month: how much of what is asked for there is held, and the longest hole.

    pairs     a capability in a sector, with the lines that ask for it, what they ask for and what they have, day by day
    figures   the share of each pair in each month: unit-days held over unit-days asked for
    holes     of each pair the longest time on end in which less than a share of what is asked for is there

A line's sector is that of its place: the sector that the place is, or stands for, or lies in, by name, by the larger place
around it, or by its position; in a scenario without a table of sectors the nearest place of the kind sector. Lines whose place
lies in none are one row of their own for each capability. What a line has above what it asks for fills no other line, so it does
not count.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from contingent.model.rows import Requirement
from contingent.model.rules import line_until, lines_of_option, places_upwards
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.months import Floats, Month, daily, months_of
from contingent.sizing.case import sector_of

COVER_COLUMNS: dict[str, Any] = {
    "sector": pl.String,
    "capability": pl.String,
    "month": pl.String,
    "from_day": pl.Int64,
    "until_day": pl.Int64,
    "required": pl.Float64,
    "filled": pl.Float64,
    "share": pl.Float64,
}
"""Columns of the figures. ``sector`` is null where places of lines lie in none; ``required`` and ``filled`` are in unit-days."""

UNDER = 80
"""Share below which a cell is marked where nobody says otherwise; an assumption, to be set by whoever looks. [%]"""

ROUNDING = 1e-9
"""Units and shares nearer than this are the same."""

SECTOR = "sector"
"""Kind of place that is a sector by itself."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A capability in a sector.

    Parameters
    ----------
    sector : str or None
        None = the places of its lines lie in no sector.
    capability : str
        As lines ask for it.
    asking : tuple of (str, int, int)
        Lines that ask for it there, each with the first day of its need and the day on which it ends. [days from D-day]
    required, held : ndarray of float
        Units asked for and there on each day, what a line has too many left out. [units], shape (days,)
    """

    sector: str | None
    capability: str
    asking: tuple[tuple[str, int, int], ...]
    required: Floats = field(repr=False)
    held: Floats = field(repr=False)

    def lines(self, from_day: int, until_day: int) -> tuple[str, ...]:
        """Return the lines that ask for it on some of the days."""
        return tuple(line for line, begins, ends in self.asking if begins < until_day and ends > from_day)

    def share(self, from_day: int, until_day: int) -> float | None:
        """Return unit-days held over unit-days asked for on some days; None where nothing is asked for. [-]"""
        asked = float(self.required[from_day:until_day].sum())
        return min(1.0, float(self.held[from_day:until_day].sum()) / asked) if asked > ROUNDING else None


@dataclass(frozen=True, slots=True)
class Hole:
    """A time on end in which less than a share of what is asked for is there.

    Parameters
    ----------
    from_day, until_day : int
        Half open. [days from D-day]
    share : float
        Unit-days held over unit-days asked for in that time. [-]
    lines : tuple of str
        Lines that ask for it then.
    """

    sector: str | None
    capability: str
    from_day: int
    until_day: int
    share: float
    lines: tuple[str, ...]

    @property
    def days(self) -> int:
        """How long it lasts. [days]"""
        return self.until_day - self.from_day


def coverage_by_line(plan: Plan | None) -> dict[str, list[Row]]:
    """Return the rows of coverage of each line."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in plan.coverage.iter_rows(named=True) if plan is not None else ():
        found[row["line"]].append(row)
    return found


def all_missing(from_day: int, until_day: int, quantity: int) -> list[Row]:
    """Return the coverage of a line that nobody serves."""
    if until_day <= from_day or quantity == 0:
        return []
    return [{"from_day": from_day, "until_day": until_day, "required": float(quantity), "filled": 0.0}]


def sector_of_place(scenario: Scenario, location: str | None) -> str | None:
    """Return the sector of a place; None where it lies in none."""
    found = sector_of(scenario, location)
    if found is not None or scenario.sectors:
        return found
    rows = (scenario.location_by_name.get(place) for place in places_upwards(scenario, location))
    return next((row.location for row in rows if row is not None and row.kind == SECTOR), None)


def sector_title(scenario: Scenario, sector: str | None) -> str:
    """Return what a sector is called in words."""
    if sector is None:
        return "No sector"
    named = scenario.sector_by_name.get(sector) or scenario.location_by_name.get(sector)
    return named.name or sector if named is not None else sector


def pairs_of(scenario: Scenario, plan: Plan | None, *, lines: Collection[str] | None = None) -> tuple[Pair, ...]:
    """Return each capability in each sector, sectors in the order of their table, lines without a sector last.

    Parameters
    ----------
    scenario : Scenario
        What was planned, lines of the mandate derived.
    plan : Plan, optional
        What was decided; None = nothing is held. A line that the plan does not know is empty.
    lines : collection of str, optional
        Only these; None = all lines of the plan's option.
    """
    option = plan.option if plan is not None else scenario.settings.default_option
    covered = coverage_by_line(plan)
    sectors: dict[str | None, str | None] = {}
    asking: dict[tuple[str | None, str], list[Requirement]] = defaultdict(list)
    for line in lines_of_option(scenario, option):
        if lines is None or line.line in lines:
            if line.location not in sectors:
                sectors[line.location] = sector_of_place(scenario, line.location)
            asking[sectors[line.location], line.capability].append(line)
    places = {row.sector: number for number, row in enumerate(scenario.sectors)}

    def order(key: tuple[str | None, str]) -> tuple[bool, int, str, str]:
        sector, capability = key
        return sector is None, places.get(sector or "", len(places)), sector or "", capability

    return tuple(_pair(scenario, key, asking[key], covered) for key in sorted(asking, key=order))


def _pair(
    scenario: Scenario, key: tuple[str | None, str], lines: Sequence[Requirement], covered: Mapping[str, list[Row]]
) -> Pair:
    rows = [
        row
        for line in lines
        for row in covered.get(line.line) or all_missing(line.from_day, line_until(scenario, line), line.quantity)
    ]
    spans = [row["from_day"] for row in rows], [row["until_day"] for row in rows]
    asked, held = (
        daily(*spans, amounts, days=scenario.horizon.days)
        for amounts in ([row["required"] for row in rows], [min(row["filled"], row["required"]) for row in rows])
    )
    asking = tuple((line.line, line.from_day, line_until(scenario, line)) for line in lines)
    return Pair(*key, asking, asked, held)


def cover_of(pairs: Iterable[Pair], months: Sequence[Month]) -> pl.DataFrame:
    """Return the figures of pairs in each month in which something is asked for: `COVER_COLUMNS`."""
    rows = []
    for pair in pairs:
        for month in months:
            days = slice(month.from_day, month.until_day)
            share = pair.share(month.from_day, month.until_day)
            if share is not None:
                required, filled = float(pair.required[days].sum()), float(pair.held[days].sum())
                rows.append((pair.sector, pair.capability, month.label, month.from_day, month.until_day, required, filled, share))
    return pl.DataFrame(rows, schema=COVER_COLUMNS, orient="row")


def cover_by_sector(scenario: Scenario, plan: Plan | None, *, lines: Collection[str] | None = None) -> pl.DataFrame:
    """Return how much of each capability is held in each sector, month by month.

    A month's figure is unit-days held over unit-days asked for within it; months are cut to the horizon, and past eight years a
    column stands for a quarter, past 24 for a year. Units that a line has above what it asks for fill no other line.

    Parameters
    ----------
    scenario : Scenario
        What was planned, lines of the mandate derived (`contingent.size`).
    plan : Plan, optional
        What was decided; None = nothing is held.
    lines : collection of str, optional
        Only these; None = all lines of the plan's option.

    Returns
    -------
    polars.DataFrame
        `COVER_COLUMNS`: one row for each capability, sector and month in which something is asked for.

    Examples
    --------
    The South of the tutorial's island asks for one battlegroup of infantry from day 120, which is 1 May 2030:

    >>> from contingent.io import read_scenario
    >>> cover_by_sector(read_scenario("tiny"), None).filter(sector="South").head(2).select("month", "required", "share").rows()
    [('May 2030', 31.0, 0.0), ('Jun 2030', 30.0, 0.0)]
    """
    return cover_of(pairs_of(scenario, plan, lines=lines), months_of(scenario.horizon))


def longest_holes(pairs: Iterable[Pair], *, under: float, span: tuple[int, int]) -> tuple[Hole, ...]:
    """Return of each pair the longest time on end, within a span, in which less than a share of its need is there; longest first.

    It is counted day by day, so that a hole may begin and end within a month; a day on which nothing is asked for ends one. Of
    two that are as long, the one with less in it comes first, then the earlier one.

    Parameters
    ----------
    pairs : iterable of Pair
        In which to look.
    under : float
        Share of the need that is enough. [-]
    span : tuple of int
        Days looked at, half open. [days from D-day]
    """
    found = [hole for pair in pairs if (hole := _longest(pair, under=under, span=span)) is not None]
    return tuple(sorted(found, key=lambda hole: (-hole.days, hole.share, hole.from_day)))


def _longest(pair: Pair, *, under: float, span: tuple[int, int]) -> Hole | None:
    begin, end = span
    asked, held = pair.required[begin:end], pair.held[begin:end]
    short = (asked > ROUNDING) & (held < under * asked - ROUNDING)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], short, [False])).astype(np.int8))) + begin
    holes = [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    if not holes:
        return None
    ranked = [(first - last, round(pair.share(first, last) or 0.0, 9), first, last) for first, last in holes]
    _, share, first, last = min(ranked)
    return Hole(pair.sector, pair.capability, first, last, share, pair.lines(first, last))
