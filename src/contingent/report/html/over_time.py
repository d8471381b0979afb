"""What runs over time in the report: the two charts, the fill matrix by priority, the rotation calendar by nation."""

import re
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl

from contingent.model.rows import Requirement
from contingent.model.rules import lines_of_option
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.charts import NARROW, WIDE, Spec, nation_legend, needed_and_filled, people_by_nation, svgs_of
from contingent.report.drawings.gantt import gantt_strip
from contingent.report.drawings.matrix import matrix_strip
from contingent.report.drawings.timeline import Timeline, timeline_head
from contingent.report.months import line_cells, months_of
from contingent.report.words import counted, grouped, leading_capital, percent, place_name, plain, reason_words, window

MOST_LINES = 240
"""Lines of the matrix. Of more, those that lack most are drawn and the rest is counted."""

MOST_CALENDAR_ROWS = 800
"""Rows of the rotation calendar, all nations together."""

MOST_HOLDERS = 4
"""Nations named as holders of a line."""

Row = dict[str, Any]


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's sections over time are filled with."""
    charts = _charts(scenario, plan)
    with ThreadPoolExecutor(1) as beside:
        drawing = beside.submit(svgs_of, [drawn for pair in charts.values() for drawn in pair])
        timeline = Timeline(scenario.horizon)
        groups, left_out = matrix_groups(scenario, plan, timeline)
        nations, undrawn = calendar_nations(scenario, plan, timeline)
        drawn = iter(drawing.result())
    pictures = {name: {"wide": next(drawn), "narrow": next(drawn)} for name in charts}
    return {
        "time_head": timeline_head(timeline),
        "matrix": groups,
        "matrix_left_out": left_out,
        "calendar": nations,
        "calendar_left_out": undrawn,
        "needs_chart": pictures.get("needs"),
        "people_chart": pictures.get("people"),
        "nation_legend": _legend(scenario, plan),
    }


def _charts(scenario: Scenario, plan: Plan) -> dict[str, tuple[tuple[Spec, str], tuple[Spec, str]]]:
    """Return each chart wide and narrow, with what it shows in words; none where there is nothing to show."""
    charts = {}
    if any(plan.required_unit_days.values()):
        label = "Units needed and filled by month. " + " ".join(
            f"Priority {priority}: {percent(plan.fill_of(priority))} filled."
            for priority, required in sorted(plan.required_unit_days.items())
            if required
        )
        wide, narrow = (needed_and_filled(scenario, plan, size=size) for size in (WIDE, NARROW))
        charts["needs"] = ((wide, label), (narrow, label))
    if plan.tours.height > 0:
        label = f"People deployed by nation, month by month; at most {grouped(plan.people_deployed_peak)} on one day."
        wide, narrow = (people_by_nation(scenario, plan, size=size) for size in (WIDE, NARROW))
        charts["people"] = ((wide, label), (narrow, label))
    return charts


def _legend(scenario: Scenario, plan: Plan) -> list[Row]:
    names = {nation.nation: nation.name for nation in scenario.nations}
    return [{"nation": nation, "name": names.get(nation, nation), "colour": colour} for nation, colour in nation_legend(plan)]


def matrix_groups(scenario: Scenario, plan: Plan, timeline: Timeline) -> tuple[list[Row], int]:
    """Return the rows of the fill matrix by priority, and how many lines were left out."""
    months = months_of(scenario.horizon)
    by_line: dict[str, list[Row]] = defaultdict(list)
    for row in plan.coverage.iter_rows(named=True):
        by_line[row["line"]].append(row)
    missing = {line: sum(row["gap"] * (row["until_day"] - row["from_day"]) for row in rows) for line, rows in by_line.items()}
    lines = list(lines_of_option(scenario, plan.option))
    shown = (
        lines
        if len(lines) <= MOST_LINES
        else sorted(lines, key=lambda line: (-missing.get(line.line, 0.0), line.line))[:MOST_LINES]
    )
    holders, reasons = holders_by_line(plan), main_reasons(plan)
    groups: dict[int, list[Row]] = defaultdict(list)
    for line in sorted(shown, key=lambda line: (line.priority, natural_order(line.line))):
        rows = by_line.get(line.line, [])
        needed = sum(row["required"] * (row["until_day"] - row["from_day"]) for row in rows)
        cells = line_cells(rows, months, days=scenario.horizon.days) if rows else ()
        groups[line.priority].append(
            {
                "line": line.line,
                "title": short_title(line),
                "capability": plain(line.capability),
                "place": place_name(scenario, line.location),
                "formation": line.formation or "",
                "quantity": line.quantity,
                "one_nation": line.hold == "one_nation",
                "fill": 1 - missing.get(line.line, 0.0) / needed if needed else None,
                "holders": holders.get(line.line, ()),
                "why": reasons.get(line.line),
                "strip": matrix_strip(timeline, cells, line=line.line),
            }
        )
    filled = {priority: plan.fill_of(priority) for priority in groups}
    return [
        {
            "priority": priority,
            "rows": groups[priority],
            "fill": filled[priority],
            "count": counted(len(groups[priority]), "line"),
        }
        for priority in sorted(groups)
    ], len(lines) - len(shown)


def holders_by_line(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return for each line the nations that hold it, the one that serves it longest first."""
    served = (
        plan.tours.with_columns(days=(pl.col("serves_until_day") - pl.col("from_day")) * pl.col("effectiveness"))
        .group_by("line", "nation")
        .agg(pl.col("days").sum())
        .sort("days", "nation", descending=[True, False])
    )
    nations: dict[str, list[str]] = defaultdict(list)
    for line, nation, _ in served.iter_rows():
        nations[line].append(nation)
    return {
        line: tuple(names) if len(names) <= MOST_HOLDERS else (*names[: MOST_HOLDERS - 1], f"+{len(names) - MOST_HOLDERS + 1}")
        for line, names in nations.items()
    }


def main_reasons(plan: Plan) -> dict[str, str]:
    """Return for each line with a gap the reason that explains most of it."""
    totals = (
        plan.gaps.group_by("line", "reason").agg(pl.col("unit_days").sum()).sort("unit_days", "reason", descending=[False, True])
    )
    return {line: reason_words(reason) for line, reason, _ in totals.iter_rows()}


def short_title(line: Requirement) -> str:
    """Return a line's title, or its capability; its place stands beside it."""
    return line.title or leading_capital(plain(line.capability))


def natural_order(name: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts names with numbers as people do: L-9 before L-10."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part)


def calendar_nations(scenario: Scenario, plan: Plan, timeline: Timeline) -> tuple[list[Row], int]:
    """Return the rotation calendar: each nation that goes, its lines, their tours; and how many tours were not drawn."""
    tours: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for tour in plan.tours.sort("from_day", "unit").iter_rows(named=True):
        tours[tour["nation"]][tour["line"]].append(tour)
    facts = {row["nation"]: row for row in plan.nations.iter_rows(named=True)}
    order = sorted(tours, key=lambda nation: (-facts.get(nation, {}).get("person_days", 0), nation))
    room = rows_for_each([len(tours[nation]) for nation in order], room=MOST_CALENDAR_ROWS)
    nations, undrawn = [], 0
    for nation in order:
        lines = sorted(tours[nation], key=lambda name: _line_order(scenario, name))
        rows, hidden = [], sum(len(tours[nation][name]) for name in lines[room:])
        for name in lines[:room]:
            row, not_drawn = _calendar_row(scenario, timeline, nation, name, tours[nation][name])
            rows.append(row)
            hidden += not_drawn
        undrawn += hidden
        own = [tour for found in tours[nation].values() for tour in found]
        peak = facts.get(nation, {}).get("people_peak", 0)
        units = counted(len({tour["unit"] for tour in own}), "unit")
        about = f"{counted(len(own), 'tour')} of {units}, at most {grouped(peak)} people at once"
        nations.append(
            {
                "nation": nation,
                "name": facts.get(nation, {}).get("name", nation),
                "about": about,
                "rows": rows,
                "hidden": f"and {counted(hidden, 'more tour')} not drawn; all are in tours.csv" if hidden else None,
            }
        )
    return nations, undrawn


def rows_for_each(wanted: Sequence[int], *, room: int) -> int:
    """Return how many rows a nation may have at most, so that all together fit in the room."""
    each = max(wanted, default=0)
    while each > 1 and sum(min(want, each) for want in wanted) > room:
        each -= 1
    return each


def _calendar_row(scenario: Scenario, timeline: Timeline, nation: str, name: str, tours: Sequence[Row]) -> tuple[Row, int]:
    line = scenario.requirement_by_line.get(name)
    units = len({tour["unit"] for tour in tours})
    when = window(tours[0]["from_day"], tours[-1]["until_day"])
    label = f"{nation} on {name}: {counted(len(tours), 'tour')} of {counted(units, 'unit')}, {when}"
    strip, not_drawn = gantt_strip(timeline, tours, label=label)
    return {
        "line": name,
        "title": short_title(line) if line is not None else "",
        "place": place_name(scenario, tours[0]["location"]),
        "tours": len(tours),
        "units": units,
        "strip": strip,
    }, not_drawn


def _line_order(scenario: Scenario, name: str) -> tuple[Any, ...]:
    line = scenario.requirement_by_line.get(name)
    return (line.priority if line is not None else 99, natural_order(name))
