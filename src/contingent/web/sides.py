"""Plans side by side: each from the archive or from what was tried, as the viewer may see it, and what differs between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.headline import Measure, headline_numbers
from contingent.report.cover import coverage_by_line
from contingent.report.drawings.gantt import gantt_strip
from contingent.report.drawings.matrix import matrix_strip
from contingent.report.html.over_time import natural_order
from contingent.report.html.side_by_side import PARTS, measure_rows
from contingent.report.months import line_cells, months_of, worst_cover
from contingent.report.stress import alone, first_priority
from contingent.report.words import grouped, percent, plain
from contingent.store import Job, StoredRow, UnknownNumber
from contingent.store.book import differences_of
from contingent.store.plans import unpacked
from contingent.web.guard.writing import SETTINGS
from contingent.web.matrix import timeline_of
from contingent.web.returning import is_whole
from contingent.web.seen import nations_of_offers, seen_cells, seen_plan
from contingent.web.view import View
from contingent.web.wording import points, stamp
from contingent.web.work.kinds import is_own

MOST_SIDES = 4
"""Plans side by side at once."""

MOST_LINES, MOST_INPUTS = 60, 40
"""Lines and inputs that differ and are shown."""

SECTIONS = {
    "comes": "The force", "way": "Getting there, living there, paying for it", "breaks": "What breaks it",
    "sustained": "How much could be sustained",
}  # fmt: skip

STRESSED = ("stress", "stress_worst", "stress_smallest", "shapley", "participation")
"""Frames that a stress test adds to a plan."""

LATEST_STRESSED = 60
"""Stress tests among which that of a plan is looked for, the newest first."""

MOST_WITHOUT = 3
"""Nations of which it is told what each plan loses without them: those whose loss costs most."""

MOST_CALENDARS = 10
"""Nations whose tours are drawn side by side."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Side:
    """One plan of the comparison.

    Parameters
    ----------
    key : str
        ``p`` and the number of a plan, or ``w`` and the number of a what-if, as in the address.
    label : str
        What it is called at the head of its column.
    plan : Plan
        As the viewer may see it.
    of_seq : int
        State of the tables that it was made from.
    words : tuple of str
        What was tried beside the tables; empty for a plan of the archive.
    """

    key: str
    label: str
    plan: Plan = field(repr=False)
    of_seq: int
    words: tuple[str, ...] = ()


def side_of(view: View, key: str) -> Side | None:
    """Return a side by its key; None where there is none, or the viewer may not see it."""
    kind, number = key[:1], key[1:]
    if view.whole is None or not is_whole(number):
        return None
    if kind == "p":
        stored = view.look.plan(int(number))
        if stored is None:
            return None
        label = f"Plan {stored.id}{f', {plain(stored.option)}' if stored.option else ''}, {stamp(stored.made_at)}"
        return _stressed(view, Side(key, label, view.seen_plan_of(stored), stored.of_seq))
    side = _tried(view, int(number)) if kind == "w" else None
    return None if side is None else _stressed(view, side)


def is_stressed(side: Side) -> bool:
    """Return whether it was worked out what breaks a plan."""
    return not side.plan.stress.is_empty()


def _stressed(view: View, side: Side) -> Side:
    """Return a side with what its newest stress test came to, where the plan itself does not have it."""
    if is_stressed(side):
        return side
    name, number = ("plan" if side.key[0] == "p" else "what_if"), int(side.key[1:])
    for job in view.conference.jobs(kind="stress", limit=LATEST_STRESSED):
        result = job.result or {}
        if job.status == "done" and number == result.get("of" if name == "plan" else "of_what_if"):
            found = _seen_result(view, job)
            if found is not None:
                frames = {frame: getattr(found, frame) for frame in STRESSED}
                return replace(side, plan=replace(side.plan, **frames))
    return side


def _seen_result(view: View, job: Job) -> Plan | None:
    """Return the plan that came of a job, as the viewer may see it."""
    number, whole = (job.result or {}).get("plan"), view.whole
    if number is not None:
        stored = view.conference.stored_plan(int(number))
        return None if stored is None else view.seen_plan_of(stored)

    def read() -> Plan | None:
        archive = view.conference.job_archive(job.id)
        if archive is None or whole is None:
            return None
        plan, scenario = unpacked(archive)
        return seen_plan(plan, scenario if scenario is not None else whole, view.viewer)

    return view.shelf.get(("came of", job.id, view.scope), read)


def _tried(view: View, number: int) -> Side | None:
    try:
        job = view.conference.job(number)
    except UnknownNumber:
        return None
    if job.kind != "what_if" or job.status != "done" or not (view.viewer.sees_all or is_own(view.viewer, job)):
        return None
    plan = _seen_result(view, job)
    words = tuple(job.arguments.get("words", ()))
    return None if plan is None else Side(key=f"w{number}", label=f"What if {number}", plan=plan, words=words,
                                          of_seq=int(job.arguments.get("of_seq", 0)))  # fmt: skip


def measures(scenario: Scenario, sides: Sequence[Side]) -> list[Row]:
    """Return what comes of each plan, under headings; what is alike in all is marked, and of two the difference is told."""
    found = headline_numbers([side.plan for side in sides])
    sections = []
    for section, title in SECTIONS.items():
        numbers = [measure for measure in found if PARTS.get(measure.part) == section]
        found_rows = zip(measure_rows(numbers, section, currency=scenario.settings.currency), numbers, strict=True)
        rows: list[Row] = [row | {"delta": _delta(measure), "notes": ()} for row, measure in found_rows]
        rows += [worst_month(scenario, sides)] if section == "comes" else without(sides) if section == "breaks" else []
        if rows:
            sections.append({"title": title, "rows": rows})
    return sections


def worst_month(scenario: Scenario, sides: Sequence[Side]) -> Row:
    """Return the least share of what is asked that each plan covers in any month once it has built up, and in which."""
    months = months_of(scenario.horizon)
    found = [worst_cover(side.plan, months) for side in sides]
    values = [None if each is None else each[0] for each in found]
    return {
        "name": "Worst month cover, once built up",
        "cells": ["–" if each is None else percent(each[0]) for each in found],
        "notes": ["" if each is None else each[1].label for each in found],
        "alike": len(set(found)) == 1,
        "delta": _points_between(values),
    }


def without(sides: Sequence[Side]) -> list[Row]:
    """Return what each plan fills of its first priority if a nation leaves, for the nations whose loss costs any of them most."""
    tables = [{row["nations"]: row for row in alone(side.plan, first)} if (first := first_priority(side.plan)) is not None else {}
              for side in sides]  # fmt: skip
    lost: dict[str, float] = {}
    for table in tables:
        for nation, row in table.items():
            lost[nation] = max(lost.get(nation, 0.0), row["planned"] - row["best_reaction"])
    rows = []
    for nation in sorted(lost, key=lambda name: (-lost[name], name))[:MOST_WITHOUT]:
        held = [table.get(nation) for table in tables]
        regret = [None if row is None else row["best_reaction"] - row["planned"] for row in held]
        rows.append({
            "name": f"Regret if {nation} leaves",
            "cells": ["not stressed" if value is None else f"{points(value)} points" for value in regret],
            "notes": ["" if row is None else f"{percent(row['planned'])} → {percent(row['best_reaction'])}" for row in held],
            "alike": len(set(regret)) == 1,
            "delta": _points_between(regret),
        })  # fmt: skip
    return rows


def _points_between(values: Sequence[float | None]) -> str:
    """The difference of the last share from the first, as it is written; blank where there is none."""
    first, last = values[0], values[-1]
    return "" if first is None or last is None or round(last - first, 6) == 0 else f"{points(last - first)} points"


def calendars(scenario: Scenario, pictured: Sequence[Side], nations: Sequence[str]) -> list[Row]:
    """Return the tours of nations, one strip a plan, on one axis: those that differ, the first few."""
    timeline = timeline_of(scenario, (0, scenario.horizon.days))
    names = {row.nation: row.name for row in scenario.nations}
    rows = []
    for nation in nations[:MOST_CALENDARS]:
        tours = [side.plan.tours.filter(pl.col("nation") == nation).to_dicts() for side in pictured]
        strips = [gantt_strip(timeline, own, label=f"Tours of {nation}, {side.label}: {len(own)}")[0]
                  for side, own in zip(pictured, tours, strict=True)]  # fmt: skip
        rows.append({"nation": nation, "name": names.get(nation, nation), "strips": strips, "tours": [len(own) for own in tours]})
    return rows


def _delta(measure: Measure) -> str:
    """The difference of the last plan from the first, as it is written."""
    first, last = measure.values[0], measure.values[-1]
    if first is None or last is None or first == last:
        return ""
    change = last - first
    if measure.unit == "share":
        return f"{points(change)} points"
    size = abs(change)
    text = grouped(round(size)) if size >= 10 else f"{size:.2f}".rstrip("0").rstrip(".")
    return f"{'+' if change > 0 else '−'}{text}"


def regrets(sides: Sequence[Side]) -> list[Row]:
    """Return the most that each plan may be regretted for: how far it falls below the best of them, over all losses looked at.

    Fill of the first priority after the best reaction; only losses that were worked out for every plan are counted.
    """
    tables = [_fills_after_loss(side.plan) for side in sides]
    cases = sorted(set.intersection(*(set(table) for table in tables))) if tables else []
    rows = []
    for table in tables:
        behind = [(max(each[case] for each in tables) - table[case], case) for case in cases]
        most = max(behind, default=None)
        rows.append({"value": None if most is None else percent(most[0]), "case": most[1] if most and most[0] > 0 else ""})
    return rows if cases else []


def _fills_after_loss(plan: Plan) -> dict[str, float]:
    if plan.stress.is_empty():
        return {}
    first = plan.stress["priority"].min()
    rows = plan.stress.filter(pl.col("priority") == first).select("title", "required", "best_reaction")
    return {title: fill for title, _, fill in rows.iter_rows() if fill is not None}


def inputs_that_differ(view: View, sides: Sequence[Side]) -> list[Row]:
    """Return what was given differently to the last plan than to the first, row by row, as the viewer may see it."""
    first, last = sides[0], sides[-1]
    told: list[Row] = [
        {"table": side.label, "key": words, "word": "tried", "columns": ()} for side in (first, last) for words in side.words]
    if first.of_seq == last.of_seq:
        return told
    return [*told, *_differing(view, _rows_at(view, first.of_seq), _rows_at(view, last.of_seq))]


def _rows_at(view: View, seq: int) -> dict[str, list[StoredRow]]:
    return view.shelf.get(("rows at", seq), lambda: view.conference.rows_at(seq))


def _differing(view: View, before: Mapping[str, Sequence[StoredRow]], after: Mapping[str, Sequence[StoredRow]]) -> Iterator[Row]:
    nations = nations_of_offers(view.state)
    for rows in (before, after):
        nations |= {row.key: row.cells.get("nation", "") for row in rows.get("offers", ())}
    for each in differences_of(before, after):
        cells = [None if one is None else seen_cells(each.table, one, view.viewer, nations) for one in (each.before, each.after)]
        if any(seen is None and one is not None for seen, one in zip(cells, (each.before, each.after), strict=True)):
            continue
        old, new = (one or {} for one in cells)
        columns = [(name, old.get(name, ""), new.get(name, "")) for name in dict.fromkeys([*old, *new])]
        differing = [column for column in columns if column[1] != column[2]]
        if differing:
            word = "new" if cells[0] is None else "removed" if cells[1] is None else ""
            yield {"table": "settings" if each.table == SETTINGS else each.table, "key": each.key, "word": word,
                   "columns": differing if not word else ()}  # fmt: skip


def lines_that_differ(scenario: Scenario, sides: Sequence[Side]) -> list[Row]:
    """Return the lines whose need or fill is not the same in all plans, each with its strips on one scale."""
    horizon = scenario.horizon
    timeline = timeline_of(scenario, (0, horizon.days))
    months = months_of(horizon)
    tables = [coverage_by_line(side.plan) for side in sides]
    titles = {row.line: row for row in scenario.requirements}
    found = []
    for line in sorted({name for table in tables for name in table}, key=natural_order):
        rows = [table.get(line, []) for table in tables]
        held = [[(row["from_day"], row["until_day"], row["required"], round(row["filled"], 9)) for row in own] for own in rows]
        if all(each == held[0] for each in held):
            continue
        strips: list[Markup] = [
            matrix_strip(timeline, line_cells(own, months, days=horizon.days), line=f"{line}, {side.label}")
            for side, own in zip(sides, rows, strict=True)
        ]
        shares = [_share(own) for own in rows]
        known = titles.get(line)
        title, priority = ("", None) if known is None else (known.title or plain(known.capability), known.priority)
        change = shares[-1] - shares[0]
        found.append(
            {"line": line, "title": title, "priority": priority, "strips": strips, "shares": shares, "change": change})
    return sorted(found, key=lambda row: -abs(row["change"]))


def _share(rows: Sequence[Mapping[str, Any]]) -> float:
    needed = sum(row["required"] * (row["until_day"] - row["from_day"]) for row in rows)
    filled = sum(min(row["filled"], row["required"]) * (row["until_day"] - row["from_day"]) for row in rows)
    return filled / needed if needed else 1.0
