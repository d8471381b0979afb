"""The sentence beside each gap: what was needed, what is there, and a clause with figures for each of its reasons.

One clause is one function, named like its reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from contingent.aid.allocation_problem import AllocationOptions, AllocationProblem, Counts
from contingent.aid.gap_reasons import REASONS, last_useful, later_of, reasons_of

MIXED = "mixed"
"""Family of packages of several families."""

NAMED = 2
"""So many formations or pledges are named in a clause; the rest are counted."""


@dataclass(frozen=True, eq=False)
class Told:
    """What the clauses are made from.

    Parameters
    ----------
    problem : AllocationProblem
        What was allocated.
    given : ndarray of int
        How. [items], shape (pairs, periods)
    options : AllocationOptions
        Periods, horizon and bounds.
    asked, arrivals, promises : polars.DataFrame
        Needs in the order of the problem; what was allocated; what is promised beside it.
    names : mapping of str to str
        Of types, in words.
    """

    problem: AllocationProblem
    given: Counts
    options: AllocationOptions
    asked: pl.DataFrame
    arrivals: pl.DataFrame
    promises: pl.DataFrame
    names: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Case:
    """One need that is short.

    Parameters
    ----------
    need : int
        Its place.
    last : int
        Last period that ends by its day; -1 = none does.
    types : tuple of int
        Types that it could have.
    family : str
        Family of these.
    """

    need: int
    last: int
    types: tuple[int, ...]
    family: str


def gap_details(
    problem: AllocationProblem, given: Counts, *, needs: pl.DataFrame, equipment: pl.DataFrame, arrivals: pl.DataFrame,
    promises: pl.DataFrame, options: AllocationOptions,
) -> pl.DataFrame:  # fmt: skip
    """Return need, reason and detail: codes of `REASONS` joined by ``;``, and a sentence; both blank where nothing is short.

    Parameters
    ----------
    problem : AllocationProblem
        What was allocated.
    given : ndarray of int
        How. [items], shape (pairs, periods)
    needs, equipment, arrivals : polars.DataFrame
        From which the problem was made.
    promises : polars.DataFrame
        Columns as `contingent.aid.gap_reasons.PROMISE_COLUMNS`.
    options : AllocationOptions
        As asked.
    """
    families = equipment.select("equipment", pl.col("family").alias("of_type")).unique("equipment", keep="first")
    order = pl.DataFrame({"need": problem.needs}, schema={"need": pl.String})
    asked = (
        order.join(needs, on="need", how="left", maintain_order="left")
        .join(families, on="equipment", how="left", maintain_order="left")
        .with_columns(pl.coalesce("of_type", "family").alias("family"))
    )  # fmt: skip
    names = {key: name or key for key, name in equipment.select("equipment", "name").iter_rows()}
    told = Told(problem, given, options, asked, arrivals, promises, names)
    found = reasons_of(problem, given, asked, promises, period_days=options.period_days)
    clauses = _clauses(told)
    last, ready = last_useful(problem, period_days=options.period_days), problem.ready(given)
    types: list[list[int]] = [[] for _ in problem.needs]
    for need, kind in zip(problem.pair_need.tolist(), problem.pair_type.tolist(), strict=True):
        types[need].append(kind)
    handed = np.bincount(problem.pair_need, weights=given.sum(axis=1), minlength=len(problem.needs)).astype(np.int64)
    rows: list[tuple[str | None, str | None]] = []
    for need, family in enumerate(asked["family"].to_list()):
        codes = [name for name in REASONS if found[name][need]]
        if not codes:
            rows.append((None, None))
            continue
        case = Case(need, int(last[need]), tuple(types[need]), family or "")
        then = int(ready[need, case.last]) if case.last >= 0 else 0
        said = [clauses[code](case) for code in codes]
        rows.append((";".join(codes), f"{_opening(told, case, then, int(handed[need]))}; {'; '.join(said)}."))
    schema = {"reason": pl.String, "detail": pl.String}
    return order.hstack(pl.DataFrame(rows, schema=schema, orient="row"))


def _opening(told: Told, case: Case, then: int, handed: int) -> str:
    """Say what is needed by when, and what is there by then and at the end."""
    problem, row = told.problem, told.asked.row(case.need, named=True)
    what = told.names.get(row["equipment"], row["equipment"]) if row["equipment"] else case.family
    by_day = int(problem.by_day[case.need])
    there = f"{then:,} in trained hands by then, {handed:,} by day {told.options.horizon_days:,}"
    return f"{int(problem.quantity[case.need]):,} ({what}) needed by day {by_day:,}, {there}"


def _clauses(told: Told) -> dict[str, Callable[[Case], str]]:
    """Return the clause of each reason."""
    late, went, promised, vague, bare = cache(_late(told)), _went(told), cache(_promised(told)), _vague(told), _bare(told)
    options, problem = told.options, told.problem
    coming = problem.supply.sum(axis=1) + later_of(told.promises, problem)

    def training(case: Case) -> str:
        """Crews of a type that arrives train for so long; places, where they are bounded."""
        slow = max((kind for kind in case.types if coming[kind]), key=lambda kind: int(problem.lead[kind]))
        days = int(problem.lead[slow]) * options.period_days
        long = f"crews of {told.names[problem.types[slow]]} train for {days:,} days in whole periods"
        return long if options.training_places is None else f"{long}, at most {options.training_places:,} people at a time"

    def upkeep(case: Case) -> str:
        """The formation keeps up no more."""
        hours = float(problem.most_hours[problem.formation_of[case.need]])
        return f"its formation keeps up no more than {hours:,.0f} hours of maintenance a month"

    def too_many_types(_: Case) -> str:
        """It has as many types as it may have."""
        return f"it may have {problem.most_types} types at most, and there are others"

    return {
        "nothing_promised": lambda _: f"nothing that fits is promised{bare}",
        "not_counted": lambda case: f"promised only without a number or a type, in {vague(case)}",
        "too_late": lambda case: late(case.types, case.last),
        "too_few": lambda case: f"{promised(case.types):,} are promised in all",
        "went_before": went,
        "training": training, "upkeep": upkeep, "too_many_types": too_many_types,
        "unproven": lambda _: "some are left for it, as the allocation is not proven to be the best",
    }  # fmt: skip


def _late(told: Told) -> Callable[[tuple[int, ...], int], str]:
    """Say what is expected after the last day on which it would have been of use."""
    of_type: dict[str, list[tuple[int, int | None]]] = {}
    known = told.promises.filter(pl.col("quantity").is_not_null() & pl.col("equipment").is_not_null())
    coming = pl.concat([told.arrivals.select("equipment", "quantity", "day"), known.select("equipment", "quantity", "day")])
    for name, quantity, day in coming.iter_rows():
        of_type.setdefault(name, []).append((quantity, day))

    def late(types: tuple[int, ...], last: int) -> str:
        said = []
        for kind in types:
            name = told.problem.types[kind]
            useful = (last - int(told.problem.lead[kind]) + 1) * told.options.period_days
            rows = [(quantity, day) for quantity, day in of_type.get(name, []) if day is None or day >= max(0, useful)]
            if rows:
                days = sorted({day for _, day in rows if day is not None})
                when = "on no day that can be said" if not days else f"on day {days[0]:,}"
                when = f"from day {days[0]:,} to {days[-1]:,}" if len(days) > 1 else when
                said.append(f"{sum(quantity for quantity, _ in rows):,} {told.names[name]} expected {when}")
        return _listed(said, "type")

    return late


def _went(told: Told) -> Callable[[Case], str]:
    """Say to which formations what it could have had went."""
    problem = told.problem
    of_pair = told.given.sum(axis=1)
    of_type: dict[int, list[tuple[int, int]]] = {}
    for pair in np.flatnonzero(of_pair).tolist():
        of_type.setdefault(int(problem.pair_type[pair]), []).append((int(problem.pair_need[pair]), int(of_pair[pair])))

    @cache
    def holders(types: tuple[int, ...]) -> list[tuple[int, int]]:
        sums: dict[int, int] = {}
        for kind in types:
            for need, items in of_type.get(kind, []):
                sums[need] = sums.get(need, 0) + items
        order = problem.priority[problem.formation_of]
        return sorted(sums.items(), key=lambda item: (int(order[item[0]]), -item[1], item[0]))

    def went(case: Case) -> str:
        rows = [(need, items) for need, items in holders(case.types) if need != case.need]
        named = [f"{items:,} {'' if place else 'went '}to {problem.formations[problem.formation_of[need]]}"
                 for place, (need, items) in enumerate(rows[:NAMED])]  # fmt: skip
        rest = rows[NAMED:]
        others = f"{sum(items for _, items in rest):,} to {len(rest):,} other {'need' if len(rest) == 1 else 'needs'}"
        return _and([*named, *([others] if rest else [])])

    return went


def _promised(told: Told) -> Callable[[tuple[int, ...]], int]:
    """Count all that is promised of some types."""
    known = told.promises.filter(pl.col("quantity").is_not_null() & pl.col("equipment").is_not_null())
    later = dict(known.group_by("equipment").agg(pl.col("quantity").sum()).iter_rows())

    def promised(types: tuple[int, ...]) -> int:
        return sum(int(told.problem.supply[kind].sum()) + int(later.get(told.problem.types[kind], 0)) for kind in types)

    return promised


def _vague(told: Told) -> Callable[[Case], str]:
    """Name the pledges that promise without a number or a type."""
    vague = told.promises.filter(pl.col("quantity").is_null() | pl.col("equipment").is_null()).sort("pledge")

    def pledges(case: Case) -> str:
        names = vague.filter((pl.col("family") == case.family) | pl.col("equipment").is_in(
            [told.problem.types[kind] for kind in case.types]))["pledge"].to_list()  # fmt: skip
        return _listed([str(name) for name in names], "pledge")

    return pledges


def _bare(told: Told) -> str:
    """Say that packages may hold some, where there are packages of no family that is known."""
    bare = told.promises.filter(pl.col("equipment").is_null() & (pl.col("family").is_null() | (pl.col("family") == MIXED)))
    if bare.is_empty():
        return ""
    return f", unless in one of {bare.height:,} package{'s' if bare.height > 1 else ''} whose contents nobody named"


def _listed(said: list[str], what: str) -> str:
    rest = len(said) - NAMED
    return _and([*said[:NAMED], *([f"{rest:,} more {what}{'s' if rest > 1 else ''}"] if rest > 0 else [])])


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "nothing"

