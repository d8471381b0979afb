"""What changed between plans: fill, gaps, nations, tours and goals of two side by side, headline numbers of many.

A comparison tells differences only, so that a plan compared with itself is empty. Tours are compared as what is decided, so
many units of an offer on a line from a day; which named unit goes is dealt afterwards and is no difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import polars as pl

from contingent.plan.headline import binding, cost_by_nation, headline_numbers
from contingent.plan.plan import Goal, Plan

TOLERANCE = 1e-9
"""Numbers that differ by less, measured against the larger, are alike: rounding. [-]"""

COLUMNS: dict[str, dict[str, Any]] = {
    "fill": {
        "priority": pl.Int64, "required_before": pl.Float64, "required_after": pl.Float64, "filled_before": pl.Float64,
        "filled_after": pl.Float64, "fill_before": pl.Float64, "fill_after": pl.Float64, "change": pl.Float64,
    },
    "gaps": {
        "line": pl.String, "capability": pl.String, "priority": pl.Int64, "from_day": pl.Int64, "until_day": pl.Int64,
        "before": pl.Float64, "after": pl.Float64, "change": pl.String, "reason_before": pl.String, "reason_after": pl.String,
    },
    "nations": {
        "nation": pl.String, "name": pl.String, "tours_before": pl.Int64, "tours_after": pl.Int64, "person_days_before": pl.Int64,
        "person_days_after": pl.Int64, "people_peak_before": pl.Int64, "people_peak_after": pl.Int64, "burden_before": pl.Float64,
        "burden_after": pl.Float64,
    },
    "tours": {
        "change": pl.String, "offer": pl.String, "nation": pl.String, "units": pl.Int64, "line_before": pl.String,
        "from_day_before": pl.Int64, "line_after": pl.String, "from_day_after": pl.Int64,
    },
    "goals": {
        "goal": pl.String, "unit": pl.String, "value_before": pl.Float64, "value_after": pl.Float64, "bound_before": pl.Float64,
        "bound_after": pl.Float64, "status_before": pl.String, "status_after": pl.String,
    },
}  # fmt: skip
"""Columns of each frame of a comparison and their types.

fill      one row a priority whose required or filled unit-days differ; ``change`` is in shares of what is required
gaps      one row per line and interval whose gap or reason differs; ``change`` is opened, closed, grown, shrunk or reason
nations   one row a nation whose tours, person-days, peak or burden differ
tours     one row per offer and decision that differs; ``change`` is added, removed, or moved (in time, or to another line)
goals     one row a goal whose value, bound or status differs
"""


@dataclass(frozen=True)
class Comparison:
    """What differs between two plans. Frozen; frames as in `COLUMNS`.

    Parameters
    ----------
    before, after : str
        The plans by their titles.
    fill, gaps, nations, tours, goals : polars.DataFrame
        Differences only.
    """

    before: str
    after: str
    fill: pl.DataFrame
    gaps: pl.DataFrame
    nations: pl.DataFrame
    tours: pl.DataFrame
    goals: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Whether the two plans decide and promise the same."""
        return all(frame.is_empty() for frame in self.frames.values())

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name, in the order in which they are told."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name in COLUMNS}


def compare(before: Plan, after: Plan) -> Comparison:
    """Return what differs between two plans.

    Parameters
    ----------
    before, after : Plan
        Of one scenario or of two; lines, offers and nations are matched by name.
    """
    return Comparison(
        before=name_of(before),
        after=name_of(after),
        fill=_frame("fill", _fill(before, after)),
        gaps=_frame("gaps", _gaps(before, after)),
        nations=_frame("nations", _nations(before, after)),
        tours=_frame("tours", _tours(before, after)),
        goals=_frame("goals", _goals(before, after)),
    )


def compare_many(plans: Sequence[Plan]) -> pl.DataFrame:
    """Return the headline numbers of plans side by side.

    Returns
    -------
    polars.DataFrame
        One row a measure: ``measure``, ``unit``, and a column for each plan, named by title and option; a plan that is there
        twice is numbered. What a plan does not have is null; measures of chance, stress and ceilings are there where one of the
        plans has them.
    """
    rows = headline_numbers(plans)
    columns = _numbered([name_of(plan) for plan in plans])
    table = {"measure": [row.name for row in rows], "unit": [row.unit for row in rows]}
    values = {name: [row.values[at] for row in rows] for at, name in enumerate(columns)}
    schema = {"measure": pl.String, "unit": pl.String} | dict.fromkeys(columns, pl.Float64)
    return pl.DataFrame(table | values, schema=schema)


def compare_binding(plans: Sequence[Plan]) -> pl.DataFrame:
    """Return the unit type that runs out first, side by side, at each point for which ceilings were worked out.

    Returns
    -------
    polars.DataFrame
        One row a point: ``question``, ``label``, and a column for each plan as in `compare_many`; null where a plan has no such
        point, or nothing runs out.
    """
    columns = _numbered([name_of(plan) for plan in plans])
    rows = binding(plans)
    table = {"question": [row[0] for row in rows], "label": [row[1] for row in rows]}
    values = {name: [row[2][at] for row in rows] for at, name in enumerate(columns)}
    schema = {"question": pl.String, "label": pl.String} | dict.fromkeys(columns, pl.String)
    return pl.DataFrame(table | values, schema=schema)


def compare_costs(plans: Sequence[Plan]) -> pl.DataFrame:
    """Return what each nation costs a year, side by side, where plans are costed. [currency/year]

    Returns
    -------
    polars.DataFrame
        One row a nation, the largest first: ``nation``, ``name``, and a column for each plan as in `compare_many`; null where the
        nation costs nothing in it.
    """
    columns = _numbered([name_of(plan) for plan in plans])
    rows = cost_by_nation(plans)
    table = {"nation": [row[0] for row in rows], "name": [row[1] for row in rows]}
    values = {name: [row[2][at] for row in rows] for at, name in enumerate(columns)}
    schema = {"nation": pl.String, "name": pl.String} | dict.fromkeys(columns, pl.Float64)
    return pl.DataFrame(table | values, schema=schema)


def name_of(plan: Plan) -> str:
    """Return a plan's title and option as one name."""
    return plan.title if plan.option is None else f"{plan.title}, {plan.option}"


RESERVED = ("measure", "unit", "question", "label", "nation", "name")
"""Columns beside those of the plans."""


def _numbered(names: Sequence[str]) -> list[str]:
    """Names, each once: a name that is there already gets a number."""
    taken = [*RESERVED]
    for name in names:
        number = 1 + sum(other == name for other in names[: len(taken) - len(RESERVED)])
        taken.append(name if number == 1 and name not in taken else f"{name} ({max(2, number)})")
    return taken[len(RESERVED) :]


def _frame(name: str, rows: Iterator[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COLUMNS[name], orient="row")


def _unlike(one: float | None, other: float | None) -> bool:
    """Whether two numbers differ by more than rounding; a number and none always differ."""
    if one is None or other is None:
        return one is not other
    return abs(one - other) > TOLERANCE * max(1.0, abs(one), abs(other))


def _fill(before: Plan, after: Plan) -> Iterator[tuple[Any, ...]]:
    for priority in sorted({*before.required_unit_days, *after.required_unit_days}):
        required = [plan.required_unit_days.get(priority, 0.0) for plan in (before, after)]
        filled = [plan.filled_unit_days.get(priority, 0.0) for plan in (before, after)]
        if _unlike(*required) or _unlike(*filled):
            shares = [plan.fill_of(priority) for plan in (before, after)]
            yield priority, *required, *filled, *shares, shares[1] - shares[0]


def _gaps(before: Plan, after: Plan) -> Iterator[tuple[Any, ...]]:
    tables = [dict(_rows_by_line(plan.gaps)) for plan in (before, after)]
    labels = {row[0]: row for plan in (after, before) for row in plan.gaps.select("line", "capability", "priority").iter_rows()}
    for line in sorted(labels, key=lambda name: (labels[name][2], name)):
        rows = [table.get(line, []) for table in tables]
        held: tuple[Any, ...] | None = None
        for start, end, one, other in _side_by_side(*rows):
            if not _unlike(one[0], other[0]) and one[1] == other[1]:
                continue
            if held and held[4] == start and held[5:7] == (one, other):
                held = (*held[:4], end, one, other)
                continue
            if held:
                yield _gap_row(held)
            held = (*labels[line], start, end, one, other)
        if held:
            yield _gap_row(held)


def _gap_row(held: tuple[Any, ...]) -> tuple[Any, ...]:
    line, capability, priority, start, end, (before, why_before), (after, why_after) = held
    return line, capability, priority, start, end, before, after, _change_of_gap(before, after), why_before, why_after


def _change_of_gap(before: float, after: float) -> str:
    if not _unlike(before, after):
        return "reason"
    if before == 0:
        return "opened"
    if after == 0:
        return "closed"
    return "grown" if after > before else "shrunk"


def _rows_by_line(gaps: pl.DataFrame) -> Iterator[tuple[str, list[tuple[int, int, float, str]]]]:
    for key, part in gaps.partition_by("line", as_dict=True).items():
        yield str(key[0]), list(part.select("from_day", "until_day", "quantity", "reason").iter_rows())


State = tuple[float, str | None]


def _side_by_side(
    before: Sequence[tuple[int, int, float, str]], after: Sequence[tuple[int, int, float, str]]
) -> Iterator[tuple[int, int, State, State]]:
    """Intervals in which neither gap changes, with the gap and its reasons on both sides."""
    days = sorted({day for row in (*before, *after) for day in row[:2]})
    for start, end in pairwise(days):
        yield start, end, _state(before, start), _state(after, start)


def _state(rows: Sequence[tuple[int, int, float, str]], day: int) -> State:
    """Gap on a day and its reasons; None where there is no gap."""
    here = [row for row in rows if row[0] <= day < row[1]]
    reasons = sorted({reason for row in here for reason in row[3].split(";")})
    return sum((row[2] for row in here), 0.0), ";".join(reasons) or None


def _nations(before: Plan, after: Plan) -> Iterator[tuple[Any, ...]]:
    measures = ("tours", "person_days", "people_peak", "burden")
    tables = [{row["nation"]: row for row in plan.nations.iter_rows(named=True)} for plan in (before, after)]
    for nation in sorted({*tables[0], *tables[1]}):
        rows = [table.get(nation) for table in tables]
        pairs = [tuple(None if row is None else row[measure] for row in rows) for measure in measures]
        if any(_unlike(*pair) for pair in pairs):
            name = next(row["name"] for row in reversed(rows) if row is not None)
            yield nation, name, *(value for pair in pairs for value in pair)


Start = tuple[str, int]


def _tours(before: Plan, after: Plan) -> Iterator[tuple[Any, ...]]:
    counts = [_counts(plan.tours) for plan in (before, after)]
    pairs = pl.concat([plan.tours.select("offer", "nation") for plan in (before, after)])
    nations = dict(pairs.unique().sort("nation").iter_rows())
    for offer, nation in sorted(nations.items()):
        left = _surplus(counts[0].get(offer, {}), counts[1].get(offer, {}))
        come = _surplus(counts[1].get(offer, {}), counts[0].get(offer, {}))
        moved = [*_paired(left, come, by=0), *_paired(left, come, by=1)]
        for old, new, units in sorted(moved):
            yield "moved", offer, nation, units, *old, *new
        for start in sorted(left):
            yield "removed", offer, nation, left[start], *start, None, None
        for start in sorted(come):
            yield "added", offer, nation, come[start], None, None, *start


def _counts(tours: pl.DataFrame) -> dict[str, dict[Start, int]]:
    """Units that begin a tour, by offer and by line and day."""
    counts: dict[str, dict[Start, int]] = {}
    for offer, line, day, units in tours.group_by("offer", "line", "from_day").agg(pl.len()).iter_rows():
        counts.setdefault(offer, {})[line, day] = units
    return counts


def _surplus(these: Mapping[Start, int], those: Mapping[Start, int]) -> dict[Start, int]:
    """Units that begin here and not there."""
    return {start: units - those.get(start, 0) for start, units in these.items() if units > those.get(start, 0)}


def _paired(left: dict[Start, int], come: dict[Start, int], *, by: int) -> Iterator[tuple[Start, Start, int]]:
    """Take out of both what has the same line (`by` 0) or the same day (`by` 1), in order: these tours have moved."""
    for old in sorted(left):
        for new in sorted(come):
            units = min(left.get(old, 0), come.get(new, 0))
            if old[by] != new[by] or not units:
                continue
            for start, table in ((old, left), (new, come)):
                table[start] -= units
                if not table[start]:
                    del table[start]
            yield old, new, units


def _goals(before: Plan, after: Plan) -> Iterator[tuple[Any, ...]]:
    tables: list[dict[str, Goal]] = [{goal.name: goal for goal in plan.goals} for plan in (before, after)]
    for name in dict.fromkeys([*tables[0], *tables[1]]):
        old, new = tables[0].get(name), tables[1].get(name)
        values = [goal.value if goal else None for goal in (old, new)]
        bounds = [goal.bound if goal else None for goal in (old, new)]
        statuses = [goal.status if goal else None for goal in (old, new)]
        if _unlike(*values) or _unlike(*bounds) or statuses[0] != statuses[1]:
            yield name, (new or old).unit, *values, *bounds, *statuses  # type: ignore[union-attr]
