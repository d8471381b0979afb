"""What follows from movements and legs: closure by line, arrivals by day, utilisation and flows by week, bottlenecks."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.deployment.legs import HANDLING, whole_day
from contingent.deployment.parts import OUT, SELF
from contingent.deployment.problem import Number
from contingent.deployment.sent import Sent
from contingent.model.rules import line_until, lines_of_option, reference_type
from contingent.model.scenario import Scenario
from contingent.plan.way_columns import WAY_COLUMNS

WEEK = 7
"""Days of a row of utilisation and flows. [days]"""
WORTH_TELLING = 1.0
"""A part is told to be late from so much on. [days]"""
MOST_LATE = 200
"""Most late movements whose bottlenecks are told."""
LEAST_WAIT = 0.05
"""A wait is told from so much on. [days]"""


def _frame(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=WAY_COLUMNS[name], orient="row")


def first_occupation(tours: pl.DataFrame) -> list[bool]:
    """Return whether each tour belongs to the first occupation of its line: it opens a place, before the first relief is due.

    A tour relieves the one whose service ends nearest to its first day, among those of its line that nobody has relieved and
    whose service ends no later than that day; one that relieves nobody opens a place.
    """
    first = [False] * tours.height
    open_until: dict[str, list[int]] = defaultdict(list)
    relieved: set[str] = set()
    lines, begins, ends = tours["line"].to_list(), tours["from_day"].to_list(), tours["serves_until_day"].to_list()
    for at in sorted(range(tours.height), key=lambda at: (begins[at], tours["unit"][at])):
        waiting = open_until[lines[at]]
        fits = [end for end in waiting if end <= begins[at]]
        if fits:
            waiting.remove(max(fits))
            relieved.add(lines[at])
        else:
            first[at] = lines[at] not in relieved
        waiting.append(ends[at])
    return first


def closure(scenario: Scenario, tours: pl.DataFrame, movements: pl.DataFrame, option: str | None) -> pl.DataFrame:
    """Return the day on which each line's first occupation is complete, against the day on which the plan has it so.

    Where only what is due before a day is moved, lines of which a part is due later are left out.
    """
    out = movements.filter(pl.col("direction") == OUT)
    missing = out.filter(pl.col("arrives_day").is_null()).select("line", "unit", "required_day").unique()
    arrived = out.group_by("line", "unit", "required_day").agg(pl.col("arrives_day").max())
    firsts = tours.filter(pl.Series(first_occupation(tours), dtype=pl.Boolean)).select("line", "unit", required_day="from_day")
    joined = firsts.join(arrived, on=["line", "unit", "required_day"], how="left", maintain_order="left")
    never = set(missing.iter_rows())
    last = out["required_day"].max()
    rows: list[dict[str, object]] = []
    for line in lines_of_option(scenario, option):
        own = joined.filter(line=line.line)
        if own.is_empty():
            continue
        units = list(own.iter_rows(named=True))
        absent = any((row["line"], row["unit"], row["required_day"]) in never for row in units)
        days = [row["arrives_day"] if row["arrives_day"] is not None else row["required_day"] for row in units]
        required = max(row["required_day"] for row in units)
        if last is None or required > last:
            continue
        late = sum(day > row["required_day"] for day, row in zip(days, units, strict=True))
        closed = None if absent else max(required, *days)
        rows.append(
            {
                "line": line.line, "priority": line.priority, "required_day": required, "planned_units": len(units),
                "closure_day": closed, "late_days": None if closed is None else closed - required, "late_units": late,
                "p05": None, "p95": None,
            }
        )  # fmt: skip
    return _frame("closure", rows)


def arrivals(scenario: Scenario, tours: pl.DataFrame, movements: pl.DataFrame, option: str | None) -> pl.DataFrame:
    """Return people asked for, planned and arrived on each day of the horizon, and the tonnes that have come by then."""
    days = scenario.horizon.days
    required = np.zeros(days + 1)
    for line in lines_of_option(scenario, option):
        unit_type = reference_type(scenario, line.capability)
        people = line.quantity * (unit_type.personnel if unit_type else 0)
        required[min(line.from_day, days)] += people
        required[line_until(scenario, line)] -= people
    out = movements.filter(pl.col("direction") == OUT)
    in_place = out.group_by("unit", required_day="required_day").agg(
        pl.col("arrives_day").max(), never=pl.col("arrives_day").is_null().any())  # fmt: skip
    joined = tours.select("unit", "people", "from_day", "until_day").join(
        in_place, left_on=["unit", "from_day"], right_on=["unit", "required_day"], how="left", maintain_order="left")  # fmt: skip
    planned, arrived = np.zeros(days + 1), np.zeros(days + 1)
    for row in joined.iter_rows(named=True):
        ends = min(row["until_day"], days)
        planned[min(row["from_day"], days)] += row["people"]
        planned[ends] -= row["people"]
        there = row["arrives_day"] if row["arrives_day"] is not None else row["from_day"]
        there = max(there, 0)
        if not row["never"] and there < ends:
            arrived[there] += row["people"]
            arrived[ends] -= row["people"]
    tonnes = np.zeros(days + 1)
    for day, weight in out.drop_nulls("arrives_day").select("arrives_day", "tonnes").iter_rows():
        tonnes[min(max(day, 0), days)] += weight
    columns = {
        "day": np.arange(days), "people_required": np.cumsum(required)[:days], "people_planned": np.cumsum(planned)[:days],
        "people_arrived": np.cumsum(arrived)[:days], "tonnes_arrived": np.round(np.cumsum(tonnes)[:days], 3),
    }  # fmt: skip
    return pl.DataFrame(columns, schema=WAY_COLUMNS["arrivals"])


def utilisation(schedule: Sent, taken: Number | None = None) -> pl.DataFrame:
    """Return what each resource carries in each week in which it carries anything, against what it can.

    Parameters
    ----------
    schedule : Sent
        Movements.
    taken : ndarray of float, optional
        What supply takes; shape (resources, days at least).
    """
    problem = schedule.problem
    capacity = problem.network.capacity(problem.days)
    used = schedule.used.copy()
    if taken is not None:
        both = min(problem.days, taken.shape[1])
        used[:, :both] += taken[:, :both]
    weeks = problem.days // WEEK
    by_week = used[:, : weeks * WEEK].reshape(len(used), weeks, WEEK).sum(axis=2)
    most = capacity[:, : weeks * WEEK].reshape(len(used), weeks, WEEK).sum(axis=2)
    rows: list[dict[str, object]] = []
    for at, week in zip(*np.nonzero(by_week > ROUNDED_AWAY), strict=True):
        resource = problem.network.resources[at]
        rows.append(
            {
                "resource": resource.name, "kind": resource.kind, "mode": resource.mode, "counts": resource.counts,
                "from_day": int(week) * WEEK, "until_day": int(week + 1) * WEEK, "used": round(float(by_week[at, week]), 4),
                "capacity": round(float(most[at, week]), 4),
                "share": round(float(by_week[at, week] / most[at, week]), 6) if most[at, week] else 1.0,
            }
        )  # fmt: skip
    return _frame("utilisation", rows)


ROUNDED_AWAY = 1e-6
"""A resource that carries less in a week carries nothing. [of what it counts]"""


def flows(scenario: Scenario, movements: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """Return what moves over each link in each week, by mode and direction: people, vehicles, tonnes.

    A leg counts in the week in which it begins, on each of its links.
    """
    link_of = {link.link: (link.from_location, link.to_location) for link in scenario.links}
    load = {row[0]: row[1:] for row in movements.select("movement", "people", "vehicles", "tonnes").iter_rows()}
    total: dict[tuple[str, str, str, str, int], NDArray[np.float64]] = defaultdict(lambda: np.zeros(3))
    travelled = legs.filter(pl.col("link").is_not_null() & (pl.col("mode") != HANDLING))
    for movement, mode, links, place, leaves in travelled.select(
        "movement", "mode", "link", "from_location", "leaves_day").iter_rows():  # fmt: skip
        week = int(leaves // WEEK)
        for link in links.split("; "):
            a, b = link_of[link]
            to = b if place == a else a
            total[link, mode, place, to, week] += load[movement]
            place = to
    rows: list[dict[str, object]] = [
        {
            "link": link, "mode": mode, "from_location": place, "to_location": to, "from_day": week * WEEK,
            "until_day": (week + 1) * WEEK, "people": float(sums[0]), "vehicles": float(sums[1]),
            "tonnes": round(float(sums[2]), 3),
        }
        for (link, mode, place, to, week), sums in sorted(total.items(), key=lambda item: (item[0][4], item[0]))
    ]  # fmt: skip
    return _frame("flows", rows)


def bottlenecks(schedule: Sent, worth: Mapping[str, float]) -> pl.DataFrame:
    """Return for each part that is late what held it up on its way, the longest wait last named as its bottleneck.

    Parameters
    ----------
    schedule : Sent
        Movements.
    worth : mapping of str to float
        Of one more a day of each resource, by its name. [weighted days of lateness]
    """
    problem = schedule.problem
    late = [
        (at, float(schedule.arrival[at] - problem.required[at])) for at, part in enumerate(problem.parts)
        if part.direction == OUT and part.kind != SELF and schedule.arrival[at] - problem.required[at] >= WORTH_TELLING
    ]  # fmt: skip
    late.sort(key=lambda item: (-problem.weight[item[0]] * item[1], item[0]))
    rows: list[dict[str, object]] = []
    for at, _ in late[:MOST_LATE]:
        part = problem.parts[at]
        waits = waits_of(schedule, at)
        way = float(schedule.arrival[at]) - part.ready - sum(wait for _, wait in waits)
        told = [
            f"{wait:.1f} days for {problem.network.resources[resource].name}" for resource, wait in waits if wait >= LEAST_WAIT
        ]
        longest = max(waits, key=lambda item: (item[1], -item[0]), default=None)
        held = longest is not None and longest[1] >= LEAST_WAIT
        resource = problem.network.resources[longest[0]] if held and longest else None
        ready = f"ready on day {part.ready}"
        rows.append(
            {
                "movement": part.movement, "line": part.line,
                "late_days": max(0, whole_day(float(schedule.arrival[at])) - part.required),
                "chain": "; ".join([ready, *told, f"{way:.1f} days under way"]),
                "resource": resource.name if resource else None, "counts": resource.counts if resource else None,
                "worth": None if resource is None else worth.get(resource.name),
            }
        )  # fmt: skip
    return _frame("bottlenecks", rows)


def waits_of(schedule: Sent, at: int) -> list[tuple[int, float]]:
    """Return for what a part waits, in order: the resource, and how long. [days]"""
    problem = schedule.problem
    found: list[tuple[int, float]] = []
    time = float(problem.parts[at].ready)
    for number, leaves, arrives in schedule.way_of(at):
        graph, arc = problem.arc(number)
        before = int(graph.before[arc, 0]) if graph.before[arc, 0] >= 0 else int(graph.fleet[arc])
        found.append((before, leaves - time))
        found.append((int(graph.after[arc, 0]), arrives - float(graph.after_days[arc]) - leaves - float(graph.days[arc])))
        time = arrives
    return [(resource, wait) for resource, wait in found if resource >= 0 and wait > 1e-6]
