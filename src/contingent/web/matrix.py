"""The fill matrix: every requirement line by month, by nation or by sector; found, sorted and grouped as the address says.

lines     what is known of each line, once for each plan
wanted    those that the filters let through, in the order asked for
groups    under headings: priority, formation, component, or the nation that leads
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl
from markupsafe import Markup

from contingent.model.rules import line_until, lines_of_option
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.cover import UNDER, all_missing, coverage_by_line
from contingent.report.drawings.matrix import FULL, NONE, matrix_strip
from contingent.report.drawings.timeline import Timeline
from contingent.report.html.answer import domain_of_capability
from contingent.report.html.over_time import holders_by_line, main_reasons, natural_order, short_title
from contingent.report.months import daily, line_cells, months_of
from contingent.report.words import place_name, plain
from contingent.web.symbols import of_capability

STRIP_WIDTH = 552.0
"""Width of a strip of time, such that a row fits a screen of 1280 pixels. [px]"""

State = Literal["filled", "partial", "gap", "none"]
STATE_WORDS: dict[State, str] = {"filled": "filled", "partial": "partly filled", "gap": "empty", "none": "no need"}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LineRow:
    """What the matrix says of one line.

    Parameters
    ----------
    fill : float or None
        Share of its unit-days within the span that is filled; None where it needs nothing then. [-]
    needed, missing : float
        Unit-days asked for and unfilled within the span. [unit-days]
    lead : str or None
        The nation that serves it longest.
    """

    line: str
    title: str
    capability: str
    symbol: Markup
    location: str
    place: str
    formation: str
    component: str
    priority: int
    quantity: int
    from_day: int
    until_day: int
    one_nation: bool
    is_typed: bool
    fill: float | None
    needed: float
    missing: float
    holders: tuple[str, ...]
    nations: frozenset[str]
    lead: str | None
    why: str | None
    strip: Markup = field(repr=False)

    @property
    def state(self) -> State:
        """How it stands, in one word."""
        if self.fill is None:
            return "none"
        return "filled" if self.fill >= FULL else "gap" if self.fill <= NONE else "partial"

    @property
    def text(self) -> str:
        """What a search looks in."""
        parts = (self.line, self.title, self.capability, self.location, self.place, self.formation, *self.nations)
        return " ".join(parts).casefold()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: filters, order, grouping, the part of time, the mark of cover. Blank = all."""

    component: str = ""
    place: str = ""
    priority: int | None = None
    state: str = ""
    nation: str = ""
    text: str = ""
    group: str = "priority"
    sort: str = "serial"
    view: str = "months"
    year: int | None = None
    under: int = UNDER

    def parameters(self) -> dict[str, object]:
        """Return what of it differs from the usual, as it stands in an address."""
        usual = Wanted()
        return {name: value for name in Wanted.__slots__ if (value := getattr(self, name)) != getattr(usual, name)}


def span_of(scenario: Scenario, year: int | None) -> tuple[int, int]:
    """Return the days of a calendar year within the horizon, half open; all of it where there is no such year."""
    horizon = scenario.horizon
    if year is not None:
        first = horizon.start_date
        begin = max(0, horizon.day_of(first.replace(year=year, month=1, day=1)))
        end = min(horizon.days, horizon.day_of(first.replace(year=year + 1, month=1, day=1)))
        if begin < end:
            return begin, end
    return 0, horizon.days


def timeline_of(scenario: Scenario, span: tuple[int, int]) -> Timeline:
    """Return the scale of every strip of the matrix."""
    return Timeline(scenario.horizon, width=STRIP_WIDTH, from_day=span[0], until_day=span[1])


def line_rows(scenario: Scenario, plan: Plan | None, *, span: tuple[int, int]) -> tuple[LineRow, ...]:
    """Return what is known of each line of the plan's option, in the order of its serials; without a plan all are empty."""
    begin, end = span
    timeline = timeline_of(scenario, span)
    months = [month for month in months_of(scenario.horizon) if month.from_day < end and month.until_day > begin]
    option = plan.option if plan is not None else scenario.settings.default_option
    holders, reasons = (holders_by_line(plan), main_reasons(plan)) if plan is not None else ({}, {})
    covered, nations = coverage_by_line(plan), nations_by_line(plan)
    domains = domain_of_capability(scenario)
    rows = []
    for line in sorted(lines_of_option(scenario, option), key=lambda line: natural_order(line.line)):
        own = covered.get(line.line) or all_missing(line.from_day, line_until(scenario, line), line.quantity)
        needed, held = needed_and_held(own, span=span)
        names = holders.get(line.line, ())
        rows.append(
            LineRow(
                line=line.line,
                title=short_title(line),
                capability=plain(line.capability),
                symbol=of_capability(scenario, line.capability),
                location=line.location or "",
                place=place_name(scenario, line.location),
                formation=line.formation or "",
                component=domains.get(line.capability, "other"),
                priority=line.priority,
                quantity=line.quantity,
                from_day=line.from_day,
                until_day=line_until(scenario, line),
                one_nation=line.hold == "one_nation",
                is_typed=line.mandate is None,
                fill=held / needed if needed > 0 else None,
                needed=needed,
                missing=max(0.0, needed - held),
                holders=names,
                nations=frozenset(nations.get(line.line, ())),
                lead=names[0] if names else None,
                why=reasons.get(line.line),
                strip=matrix_strip(timeline, line_cells(own, months, days=scenario.horizon.days), line=line.line),
            )
        )
    return tuple(rows)


def nations_by_line(plan: Plan | None) -> dict[str, list[str]]:
    """Return the nations that have a tour on each line."""
    found: dict[str, list[str]] = defaultdict(list)
    for line, nation in plan.tours.select("line", "nation").unique().sort("nation").iter_rows() if plan is not None else ():
        found[line].append(nation)
    return found


def needed_and_held(rows: Sequence[Mapping[str, Any]], *, span: tuple[int, int]) -> tuple[float, float]:
    """Return the unit-days asked for and filled by rows of coverage within a span. [unit-days]"""
    days = [max(0, min(row["until_day"], span[1]) - max(row["from_day"], span[0])) for row in rows]
    needed = sum(row["required"] * length for row, length in zip(rows, days, strict=True))
    return needed, sum(row["filled"] * length for row, length in zip(rows, days, strict=True))


def lets_through(row: LineRow, wanted: Wanted) -> bool:
    """Return whether a line is among those asked for."""
    return (
        (not wanted.component or row.component == wanted.component)
        and (not wanted.place or row.location == wanted.place)
        and (wanted.priority is None or row.priority == wanted.priority)
        and (not wanted.state or row.state == wanted.state)
        and (not wanted.nation or wanted.nation in row.nations)
        and all(word in row.text for word in wanted.text.casefold().split())
    )


SORTS: dict[str, tuple[str, Callable[[LineRow], Any]]] = {
    "serial": ("Serial", lambda row: natural_order(row.line)),
    "missing": ("Most missing", lambda row: (-row.missing, natural_order(row.line))),
    "fill": ("Least filled", lambda row: (2.0 if row.fill is None else row.fill, natural_order(row.line))),
    "need": ("Largest need", lambda row: (-row.quantity, natural_order(row.line))),
    "start": ("Earliest need", lambda row: (row.from_day, natural_order(row.line))),
}
"""Orders of lines by the word in the address."""

GROUPS: dict[str, tuple[str, Callable[[LineRow], tuple[Any, str]]]] = {
    "priority": ("Priority", lambda row: (row.priority, f"Priority {row.priority}")),
    "formation": ("Formation", lambda row: (row.formation or "\uffff", row.formation or "Under no formation")),
    "component": ("Component", lambda row: (row.component, row.component.capitalize())),
    "nation": ("Lead nation", lambda row: (row.lead or "\uffff", row.lead or "Nobody")),
    "none": ("None", lambda _: (0, "All lines")),
}
"""Groupings by the word in the address."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a heading, with what of them is filled."""

    name: str
    rows: tuple[LineRow, ...]
    fill: float | None


def groups_of(rows: Sequence[LineRow], wanted: Wanted) -> list[Group]:
    """Return lines under their headings."""
    sort = SORTS.get(wanted.sort, SORTS["serial"])[1]
    heading = GROUPS.get(wanted.group, GROUPS["priority"])[1]
    found: dict[tuple[Any, str], list[LineRow]] = defaultdict(list)
    for row in sorted(rows, key=sort):
        found[heading(row)].append(row)
    return [Group(name, tuple(own), fill_of(own)) for (_, name), own in sorted(found.items())]


def fill_of(rows: Sequence[LineRow]) -> float | None:
    """Return the share of what lines need that is filled; None where they need nothing. [-]"""
    needed = sum(row.needed for row in rows)
    return 1 - sum(row.missing for row in rows) / needed if needed > 0 else None


def people_by_nation(plan: Plan, *, span: tuple[int, int]) -> dict[tuple[str, str], float]:
    """Return the people that each nation has on each line, on an average day of the span. [people]"""
    begin, end = span
    days = (pl.min_horizontal("until_day", pl.lit(end)) - pl.max_horizontal("from_day", pl.lit(begin))).clip(0)
    counted = plan.tours.with_columns(people_days=pl.col("people") * days)
    found = counted.group_by("line", "nation").agg(pl.col("people_days").sum())
    return {(line, nation): days / (end - begin) for line, nation, days in found.iter_rows() if days > 0}


def peak_by_nation(plan: Plan, *, days: int, span: tuple[int, int]) -> dict[str, int]:
    """Return the most people that each nation has on tour on one day of the span. [people]"""
    found = {}
    for (nation,), tours in plan.tours.group_by("nation"):
        by_day = daily(tours["from_day"].to_list(), tours["until_day"].to_list(), tours["people"].to_list(), days=days)
        found[str(nation)] = int(np.max(by_day[span[0] : span[1]], initial=0))
    return found
