"""What the tours add up to, line by line and day by day: coverage, gaps, unit-days, takeovers, and tours that nobody needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.findings import Finding, nearest_name
from contingent.model.rules import line_until, lines_of_option
from contingent.plan.measures import Service, service_of_lines
from contingent.plan.plan import REASONS
from contingent.plan.verify.facts import TOLERANCE, Facts, days, line_of_file, same, told, units

COVERAGE, GAPS, TOURS = "coverage.csv", "gaps.csv", "tours.csv"


@dataclass(frozen=True)
class LineClaims:
    """A line's service as its tours make it, beside the rows in which the plan tells it."""

    service: Service
    coverage: pl.DataFrame
    gaps: pl.DataFrame
    tours: pl.DataFrame


def line_claims(facts: Facts) -> Iterator[LineClaims]:
    """Yield each line of the option with what the plan says of it."""
    numbered = [
        facts.plan.coverage.with_row_index("row").sort("line", "from_day"),
        facts.plan.gaps.with_row_index("row"),
        facts.sound.with_columns(pinned=facts.plan.tours["pinned"].gather(facts.sound["row"])),
    ]
    parts = [{str(key[0]): part for key, part in frame.partition_by("line", as_dict=True).items()} for frame in numbered]
    for service in service_of_lines(facts.scenario, facts.plan.option, facts.sound):
        coverage, gaps, tours = (part.get(service.line.line, frame.clear()) for part, frame in zip(parts, numbered, strict=True))
        yield LineClaims(service, coverage, gaps, tours)


def lines_told(facts: Facts) -> Iterator[Finding]:
    """Coverage and gaps speak of lines of the option, by their right names."""
    lines = {row.line: row for row in lines_of_option(facts.scenario, facts.plan.option)}
    for file, table in ((COVERAGE, facts.plan.coverage), (GAPS, facts.plan.gaps)):
        named = table.with_row_index("row").select("row", "line", "capability", "location", "priority")
        for row, name, *told_of in named.iter_rows():
            line = lines.get(name)
            if line is None:
                yield Finding(
                    file,
                    f"'{name}' is not a line of the plan's option",
                    line=line_of_file(row),
                    column="line",
                    nearest=nearest_name(name, lines),
                )
            elif told_of != [line.capability, line.location, line.priority]:
                yield Finding(
                    file,
                    f"capability, location or priority is not that of line '{name}'",
                    line=line_of_file(row),
                    column="capability",
                )


def window_told(claims: LineClaims) -> Iterator[Finding]:
    """The intervals of a line's coverage follow on each other from the first day of its window to the last."""
    service, day = claims.service, claims.service.from_day
    for row, start, end in claims.coverage.select("row", "from_day", "until_day").iter_rows():
        if start != day or end <= start or end > service.until_day:
            yield Finding(
                COVERAGE,
                f"line '{service.line.line}' is told from {days(start, end)}; the next interval begins on D+{day} "
                f"and none ends after D+{service.until_day}",
                line=line_of_file(row),
                column="from_day",
            )
            return
        day = end
    if day != service.until_day:
        yield Finding(COVERAGE, f"line '{service.line.line}' is not told from {days(day, service.until_day)}", column="line")


def coverage_counted(claims: LineClaims) -> Iterator[Finding]:
    """Required, filled, gap, units and nations of a line are what its tours make on each day."""
    if any(True for _ in window_told(claims)):
        return
    service, table = claims.service, claims.coverage
    quantity, filled = float(service.line.quantity), service.filled
    true = {"required": np.full(service.days, quantity), "filled": filled, "gap": quantity - filled, "units": service.units}
    days, rows = _days_that_tell(claims)
    for column, by_day in true.items():
        claimed = table[column].to_numpy()[rows]
        wrong = np.flatnonzero(np.abs(claimed - by_day[days]) > TOLERANCE * max(1.0, quantity))
        if wrong.size:
            first = int(wrong[0])
            yield Finding(
                COVERAGE,
                f"line '{service.line.line}' on D+{service.from_day + int(days[first])}: {column} is {told(by_day[days[first]])} "
                f"by its tours, not {told(claimed[first])}",
                line=line_of_file(table["row"][int(rows[first])]),
                column=column,
            )
    yield from _nations_counted(claims, days, rows)


def _days_that_tell(claims: LineClaims) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Days of the window, counted from its first, on which anything may change, and the row of coverage that tells each."""
    starts = claims.coverage["from_day"].to_numpy() - claims.service.from_day
    days = np.union1d(starts, claims.service.changes)
    return days, np.searchsorted(starts, days, side="right") - 1


def _nations_counted(claims: LineClaims, days: NDArray[np.int64], rows: NDArray[np.int64]) -> Iterator[Finding]:
    service = claims.service
    try:
        said = [_units_by_nation(text) for text in claims.coverage["nations"]]
    except ValueError:
        yield Finding(COVERAGE, f"nations of line '{service.line.line}' are not written as FRA:2;GBR:1", column="nations")
        return
    for nation in sorted(set(service.units_by_nation).union(*said)):
        claimed = np.array([serving.get(nation, 0) for serving in said], dtype=np.int64)[rows]
        on = service.units_by_nation[nation][days] if nation in service.units_by_nation else np.zeros_like(days)
        wrong = np.flatnonzero(claimed != on)
        if wrong.size:
            first = int(wrong[0])
            yield Finding(
                COVERAGE,
                f"line '{service.line.line}' on D+{service.from_day + int(days[first])}: {units(on[first])} of {nation} serve it "
                f"by its tours, not {claimed[first]}",
                line=line_of_file(claims.coverage["row"][int(rows[first])]),
                column="nations",
            )
            return


def _units_by_nation(text: str | None) -> dict[str, int]:
    """Read ``FRA:2;GBR:1``."""
    pairs = (part.rpartition(":") for part in (text or "").split(";") if part)
    return {nation: int(units) for nation, _, units in pairs}


def gaps_counted(claims: LineClaims) -> Iterator[Finding]:
    """On each day the rows of a line's gap add up to what is asked for less what is filled."""
    service, told_of = claims.service, np.zeros(claims.service.days + 1)
    for row, start, end, quantity in claims.gaps.select("row", "from_day", "until_day", "quantity").iter_rows():
        if not service.from_day <= start < end <= service.until_day:
            yield Finding(
                GAPS,
                f"the interval {days(start, end)} does not lie in the window of line '{service.line.line}', "
                f"{days(service.from_day, service.until_day)}",
                line=line_of_file(row),
                column="from_day",
            )
            return
        told_of[start - service.from_day] += quantity
        told_of[end - service.from_day] -= quantity
    gap = service.line.quantity - service.filled
    claimed = np.cumsum(told_of[:-1])
    wrong = np.flatnonzero(np.abs(claimed - gap) > TOLERANCE * max(1.0, float(service.line.quantity)))
    if wrong.size:
        first = int(wrong[0])
        yield Finding(
            GAPS,
            f"line '{service.line.line}' is {units(gap[first])} short on D+{service.from_day + first} by its tours, "
            f"not {told(claimed[first])}",
            column="quantity",
        )


def no_idle_tours(claims: LineClaims) -> Iterator[Finding]:
    """No tour can be left out without a goal becoming worse, unless the planner fixed it."""
    service = claims.service
    surplus = service.served - service.line.quantity
    if not (surplus > TOLERANCE).any():
        return
    free = claims.tours.filter(~pl.col("pinned") & pl.col("effectiveness").is_not_null())
    for row, nation, start, end, effectiveness in free.select(
        "row", "nation", "from_day", "serves_until_day", "effectiveness"
    ).iter_rows():
        first, last = max(0, start - service.from_day), min(service.days, end - service.from_day)
        if last <= first or surplus[first:last].min() < effectiveness - TOLERANCE:
            continue
        without = service.units_by_nation[nation].copy()
        without[first:last] -= 1
        if (
            np.maximum(np.diff(without, prepend=0), 0).sum()
            <= np.maximum(np.diff(service.units_by_nation[nation], prepend=0), 0).sum()
        ):
            yield Finding(
                TOURS,
                f"the tour on line '{service.line.line}' fills nothing: the line has as much without it",
                line=line_of_file(row),
                column="line",
            )


LINE_PROMISES: tuple[Callable[[LineClaims], Iterator[Finding]], ...] = (
    window_told,
    coverage_counted,
    gaps_counted,
    no_idle_tours,
)
"""Promises about one line."""


def each_line(facts: Facts) -> Iterator[Finding]:
    """Every promise about a line holds for every line; then what the lines add up to is what the plan states."""
    filled: dict[int, float] = {}
    takeovers, low, whole = 0, 0.0, 0.0
    for claims in line_claims(facts):
        for promise in LINE_PROMISES:
            yield from promise(claims)
        service, total = claims.service, float(claims.service.filled.sum())
        filled[service.line.priority] = filled.get(service.line.priority, 0.0) + total
        takeovers += service.takeovers
        low += service.low_unit_days
        whole += total
    yield from _unit_days_stated(facts, filled)
    yield from _continuity_stated(facts, takeovers)
    share = low / whole if whole else 0.0
    if not same(facts.plan.low_confidence_share, share):
        yield Finding(
            "plan.json",
            f"the share that rests on low confidence is {told(share)} by the tours, not {told(facts.plan.low_confidence_share)}",
            column="low_confidence_share",
        )


def _unit_days_stated(facts: Facts, filled: dict[int, float]) -> Iterator[Finding]:
    required: dict[int, float] = {}
    for line in lines_of_option(facts.scenario, facts.plan.option):
        length = max(0, line_until(facts.scenario, line) - line.from_day)
        required[line.priority] = required.get(line.priority, 0.0) + line.quantity * length
    stated = (
        ("required_unit_days", facts.plan.required_unit_days, required),
        ("filled_unit_days", facts.plan.filled_unit_days, filled),
    )
    for name, claimed, true in stated:
        for priority in sorted(set(claimed).union(true)):
            if not same(claimed.get(priority, 0.0), true.get(priority, 0.0)):
                yield Finding(
                    "plan.json",
                    f"unit-days of priority {priority} are {told(true.get(priority, 0.0))}, not "
                    f"{told(claimed.get(priority, 0.0))}",
                    column=name,
                )
    for goal in facts.plan.goals:
        ending = goal.name.removeprefix("unfilled_priority_")
        if ending != goal.name and ending.isdecimal():
            unfilled = required.get(int(ending), 0.0) - filled.get(int(ending), 0.0)
            if not same(goal.value, unfilled):
                yield Finding(
                    "goals.csv", f"{goal.name} is {told(unfilled)} by the tours, not {told(goal.value)}", column="value"
                )


def _continuity_stated(facts: Facts, takeovers: int) -> Iterator[Finding]:
    for goal in facts.plan.goals:
        if goal.name == "continuity" and not same(goal.value, takeovers):
            what = f"continuity is {takeovers} takeovers by the tours, not {told(goal.value)}"
            yield Finding("goals.csv", what, column="value")


def gap_rows(facts: Facts) -> Iterator[Finding]:
    """Each row of a gap has a known reason, a quantity above nothing, and its unit-days."""
    columns = ("row", "from_day", "until_day", "quantity", "unit_days", "reason")
    for row, start, end, quantity, unit_days, reason in facts.plan.gaps.with_row_index("row").select(columns).iter_rows():
        if not same(unit_days, quantity * (end - start)):
            yield Finding(
                GAPS,
                f"{units(quantity)} short for {end - start} days are {told(quantity * (end - start))} unit-days, not "
                f"{told(unit_days)}",
                line=line_of_file(row),
                column="unit_days",
            )
        if quantity <= 0:
            yield Finding(GAPS, f"{units(quantity)} short is no gap", line=line_of_file(row), column="quantity")
        for part in reason.split(";"):
            if part not in REASONS:
                yield Finding(
                    GAPS,
                    f"'{part}' is not a reason",
                    line=line_of_file(row),
                    column="reason",
                    nearest=nearest_name(part, REASONS),
                )


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (lines_told, each_line, gap_rows)
"""Promises about what the tours add up to, in the order in which findings are told."""
