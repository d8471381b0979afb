"""The best allocation of arrivals to the host's formations, the gap that remains, and the next pledge worth most."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from contingent.aid.allocation_model import AllocationModel, Reached, goals_of, solve_exactly
from contingent.aid.allocation_problem import ROUNDING, AllocationOptions, AllocationProblem, Counts, allocation_problem
from contingent.aid.allocation_rules import allocate_by_rules, rank_of
from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.gap_reasons import PROMISE_COLUMNS
from contingent.aid.gap_sentences import gap_details

LARGEST_RELAXED = 20_000
"""Models up to this size have the bound of their relaxation beside the rules; larger ones what needs alone allow. [columns]"""

LARGEST_ANEW = 400
"""Models up to this size are solved anew for each pledge that is tried; in larger ones what was allocated is kept. [columns]"""


@dataclass(frozen=True, eq=False)
class Allocation:
    """Who is given what, and what that reaches.

    Parameters
    ----------
    given, equipped, readiness, gaps, left_over, goals : polars.DataFrame
        Frames of these names.
    """

    given: pl.DataFrame
    equipped: pl.DataFrame
    readiness: pl.DataFrame
    gaps: pl.DataFrame
    left_over: pl.DataFrame
    goals: pl.DataFrame


def allocate(
    needs: pl.DataFrame, equipment: pl.DataFrame, arrivals: pl.DataFrame, options: AllocationOptions | None = None, *,
    promises: pl.DataFrame | None = None,
) -> Allocation:  # fmt: skip
    """Return the best allocation of arrivals to needs.

    Parameters
    ----------
    needs, equipment : polars.DataFrame
        Tables of the scenario. Needs are what is lacking beyond what the host has; days of needs and arrivals count from the
        same day.
    arrivals : polars.DataFrame
        Frame ``expected_arrivals``.
    options : AllocationOptions, optional
        Standard, periods, bounds, effort.
    promises : polars.DataFrame, optional
        What is promised and does not arrive within the horizon or was given no number: for the reasons of gaps. Columns as
        `contingent.aid.gap_reasons.PROMISE_COLUMNS`.
    """
    asked = options or AllocationOptions()
    problem = allocation_problem(needs, equipment, arrivals, asked)
    given, reached = solve(problem, asked)
    return described(problem, given, reached, needs=needs, equipment=equipment, arrivals=arrivals, options=asked,
                     promises=promises)  # fmt: skip


def described(
    problem: AllocationProblem, given: Counts, reached: list[Reached], *, needs: pl.DataFrame, equipment: pl.DataFrame,
    arrivals: pl.DataFrame, options: AllocationOptions, promises: pl.DataFrame | None = None,
) -> Allocation:  # fmt: skip
    """Return an allocation as frames.

    Parameters
    ----------
    problem, given, reached
        What was allocated, how, and the goals reached, as `solve` returns them.
    needs, equipment, arrivals, options, promises
        As of `allocate`.
    """
    beside = pl.DataFrame(schema=PROMISE_COLUMNS) if promises is None else promises
    details = gap_details(problem, given, needs=needs, equipment=equipment, arrivals=arrivals, promises=beside, options=options)
    families = equipment.select("equipment", pl.col("family").alias("family_of_type"))
    return Allocation(
        given=_given(problem, given, needs, families, options), equipped=_equipped(problem, given, options),
        readiness=_readiness(problem, given, options), gaps=_gaps(problem, given, needs, options, details),
        left_over=_left_over(problem, given),
        goals=arrival_frame("goals", pl.DataFrame([vars(goal) for goal in reached], infer_schema_length=None)),
    )  # fmt: skip


def size_of(problem: AllocationProblem) -> int:
    """Return the number of columns of the model, without building it. [columns]"""
    periods = np.maximum(0, problem.periods - problem.lead[problem.pair_type]).sum()
    return int(periods) + len(problem.pair_need) + len(problem.formations) * problem.periods


def solve(
    problem: AllocationProblem, options: AllocationOptions, *, known: Counts | None = None
) -> tuple[Counts, list[Reached]]:
    """Return what is handed over, by pair and period, and the goals reached; by branch and bound where the size allows it.

    Parameters
    ----------
    problem : AllocationProblem
        To be solved.
    options : AllocationOptions
        Effort.
    known : ndarray of int, optional
        An allocation that can be carried out: the result is no worse. [items], shape (pairs, periods)
    """
    tried = [allocate_by_rules(problem)] if known is None else [known, allocate_by_rules(problem, kept=known)]
    begin = max(tried, key=lambda given: rank_of(problem, given))
    size = size_of(problem)
    if size <= options.exact_columns:
        return solve_exactly(problem, begin, nodes=options.nodes)
    values = problem.scores(begin)
    bounds = _relaxed(problem) if size <= LARGEST_RELAXED else _plain_bounds(problem)
    return begin, [
        Reached(name, step, "rules", "optimal" if abs(value - bound) <= ROUNDING else "limit", value, bound)
        for (name, step), value, bound in zip(goals_of(problem), values, bounds, strict=True)
    ]


def _relaxed(problem: AllocationProblem) -> list[float]:
    """Bound of each goal alone, as if items could be cut."""
    built = AllocationModel(problem)
    bounds = []
    for goal in goals_of(problem)[:-1]:
        built.model.set_costs(built.costs(goal))
        value = -built.model.solve(relaxed=True).value
        bounds.append(float(np.floor(value + ROUNDING)) if goal[0] == "at_standard" else value)
    return [*bounds, 0.0]


def _plain_bounds(problem: AllocationProblem) -> list[float]:
    """Bound of each goal alone, family by family: what arrives, spent on those who ask for least first.

    A group is the set of types that a need may have; groups that share a type are one. In each period, and for each group, no
    more formations can be at their standard than the least standards of that group fit into what has arrived of it.
    """
    group = _type_groups(problem)
    periods = problem.periods
    pair_group = group[problem.pair_type]
    need_group = np.full(len(problem.needs), -1, dtype=np.int64)
    need_group[problem.pair_need] = pair_group
    known = np.cumsum(problem.supply, axis=1)
    able = np.ones(len(problem.formations), dtype=np.bool_)
    able[problem.formation_of[need_group < 0]] = False
    step_of = problem.priority[problem.formation_of]
    standards: list[float] = []
    shares: list[float] = []
    for step in sorted(set(problem.priority.tolist())):
        most = np.full(periods, int((able & (problem.priority == step)).sum()), dtype=np.int64)
        share = np.zeros(periods)
        for each in np.unique(need_group[need_group >= 0]).tolist():
            arrived = known[group == each].sum(axis=0)
            mine = np.flatnonzero((need_group == each) & (step_of == step))
            if not len(mine):
                continue
            formation = problem.formation_of[mine]
            asked = np.bincount(formation, weights=problem.standard[mine], minlength=len(able)).astype(np.int64)
            asks = np.unique(formation)
            free = int((able & (problem.priority == step)).sum()) - int(able[asks].sum())
            fitting = np.searchsorted(np.cumsum(np.sort(asked[asks][able[asks]])), arrived, side="right")
            most = np.minimum(most, fitting + free)
            share += _most_share(np.sort(problem.quantity[mine]), arrived)
        standards.append(float(most.sum()))
        shares.append(float(share.sum()))
    return [*standards, *shares, 0.0]


def _most_share(quantities: Counts, arrived: Counts) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Largest sum of shares that a number of items gives: the smallest needs first, cut at the last. [-], shape (periods,)"""
    filled = np.concatenate([np.zeros(1), np.cumsum(quantities)])
    return np.interp(arrived.astype(np.float64), filled, np.arange(len(filled), dtype=np.float64))


def _type_groups(problem: AllocationProblem) -> Counts:
    """Number of the group of each type: types that one need may have are together. Shape (types,)"""
    group = np.arange(len(problem.types))
    first: dict[int, int] = {}
    for need, kind in zip(problem.pair_need.tolist(), problem.pair_type.tolist(), strict=True):
        other = first.setdefault(need, kind)
        if group[other] != group[kind]:
            group[group == group[kind]] = group[other]
    return group


def _given(
    problem: AllocationProblem, given: Counts, needs: pl.DataFrame, families: pl.DataFrame, options: AllocationOptions
) -> pl.DataFrame:
    pair, period = np.nonzero(given)
    need, kind = problem.pair_need[pair], problem.pair_type[pair]
    ends = np.minimum((period + problem.lead[kind] + 1) * options.period_days, options.horizon_days)
    rows = pl.DataFrame({
        "need": pl.Series(problem.needs, dtype=pl.String).gather(need), "day": period * options.period_days, "ready_day": ends,
        "equipment": pl.Series(problem.types, dtype=pl.String).gather(kind), "quantity": given[pair, period],
    }).join(needs.select("need", "formation"), on="need", how="left").join(families, on="equipment", how="left")  # fmt: skip
    return arrival_frame("given", rows.rename({"family_of_type": "family"}).sort("formation", "need", "day", "equipment"))


def _equipped(problem: AllocationProblem, given: Counts, options: AllocationOptions) -> pl.DataFrame:
    stands = problem.at_standard(problem.ready(given))
    first = np.where(stands.any(axis=1), stands.argmax(axis=1), -1)
    count = len(problem.formations)
    pair_formation = problem.formation_of[problem.pair_need]
    got = np.bincount(pair_formation, weights=given.sum(axis=1), minlength=count)
    asked = np.bincount(problem.formation_of, weights=problem.quantity, minlength=count)
    has = {(int(b), int(e)) for b, e, n in zip(pair_formation, problem.pair_type, given.sum(axis=1), strict=True) if n}
    types = np.bincount(np.array([b for b, _ in has], dtype=np.int64), minlength=count)
    day = np.minimum((first + 1) * options.period_days, options.horizon_days)
    return arrival_frame("equipped", pl.DataFrame({
        "formation": problem.formations, "priority": problem.priority, "equipped_day": day, "quantity": asked, "given": got,
        "share": got / asked, "types": types,
    }, schema_overrides={"formation": pl.String}).with_columns(
        pl.when(pl.Series(first >= 0)).then("equipped_day")))  # fmt: skip


def _readiness(problem: AllocationProblem, given: Counts, options: AllocationOptions) -> pl.DataFrame:
    ready = problem.ready(given)
    count, periods = len(problem.formations), problem.periods
    total = np.zeros((count, periods))
    np.add.at(total, problem.formation_of, ready / problem.quantity[:, None])
    share = total / np.bincount(problem.formation_of, minlength=count)[:, None] if count else total
    ends = np.minimum(np.arange(1, periods + 1) * options.period_days, options.horizon_days)
    return arrival_frame("readiness", pl.DataFrame({
        "formation": pl.Series(problem.formations, dtype=pl.String).gather(np.repeat(np.arange(count), periods)),
        "priority": np.repeat(problem.priority, periods), "day": np.tile(ends, count), "share": share.ravel(),
        "at_standard": problem.at_standard(ready).ravel(),
    }))  # fmt: skip


def _gaps(
    problem: AllocationProblem, given: Counts, needs: pl.DataFrame, options: AllocationOptions, details: pl.DataFrame
) -> pl.DataFrame:
    ready = problem.ready(given)
    handed = np.bincount(problem.pair_need, weights=given.sum(axis=1), minlength=len(problem.needs)).astype(np.int64)
    over = np.minimum(problem.by_day // options.period_days, problem.periods) - 1  # the last period that ends by then
    by_then = np.where(over >= 0, ready[np.arange(len(ready)), np.maximum(over, 0)], 0)
    rows = pl.DataFrame({
        "need": problem.needs, "given": handed, "by_then": by_then, "gap": problem.quantity - handed,
        "to_standard": np.maximum(0, problem.standard - handed),
    }, schema_overrides={"need": pl.String})  # fmt: skip
    return arrival_frame("gaps", needs.join(rows, on="need").join(details, on="need").sort("priority", "formation", "need"))


def _left_over(problem: AllocationProblem, given: Counts) -> pl.DataFrame:
    arriving = problem.supply.sum(axis=1)
    handed = np.bincount(problem.pair_type, weights=given.sum(axis=1), minlength=len(problem.types)).astype(np.int64)
    frame = pl.DataFrame({"equipment": problem.types, "arriving": arriving, "given": handed, "left": arriving - handed},
                         schema_overrides={"equipment": pl.String})  # fmt: skip
    return arrival_frame("left_over", frame.filter(pl.col("arriving") > 0))


def next_pledges(
    needs: pl.DataFrame, equipment: pl.DataFrame, arrivals: pl.DataFrame, options: AllocationOptions | None = None, *,
    known: Counts | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return frame ``next_pledges``: what one more pledge of each type is worth, found by allocating anew with it.

    The pledge is the smallest that brings a formation to its standard in that family, at hand in the first period. The best one
    gains most at the first goal at which pledges differ. In models too large to be solved anew, the allocation by the rules is
    kept and the pledge is added to it: its worth is then the least that it has. A formation that lacks two families gains only
    share from one of them.

    Parameters
    ----------
    needs, equipment, arrivals, options
        As of `allocate`.
    known : ndarray of int, optional
        The allocation without the pledge, where it was found before. [items], shape (pairs, periods)
    """
    asked = options or AllocationOptions()
    problem = allocation_problem(needs, equipment, arrivals, asked)
    asked = replace(asked, exact_columns=min(asked.exact_columns, LARGEST_ANEW))
    given = solve(problem, asked)[0] if known is None else known
    exact = size_of(problem) <= asked.exact_columns
    before = np.array(problem.scores(given))
    short = problem.standard - problem.ready(given)[:, -1]
    steps = len(set(problem.priority.tolist()))
    ladder = sorted(set(problem.priority.tolist()))
    stood = int(problem.at_standard(problem.ready(given))[:, -1].sum())
    found: list[tuple[tuple[float, ...], dict[str, object]]] = []
    for kind, name in enumerate(problem.types):
        wanting = short[problem.pair_need[(problem.pair_type == kind) & (short[problem.pair_need] > 0)]]
        if not len(wanting):
            continue
        items = int(wanting.min())
        larger = problem.with_more(kind, items)
        after = solve(larger, asked, known=given)[0] if exact else allocate_by_rules(larger, kept=given)
        gain = np.array(larger.scores(after)) - before
        standing, share = gain[:steps], gain[steps : 2 * steps]
        moved = np.flatnonzero((np.abs(standing) > ROUNDING) | (np.abs(share) > ROUNDING))
        row = {
            "equipment": name, "quantity": items, "brigades": int(larger.at_standard(larger.ready(after))[:, -1].sum()) - stood,
            "brigade_periods": round(float(standing.sum())), "share_periods": float(share.sum()),
            "priority": ladder[int(moved[0])] if len(moved) else None,
        }  # fmt: skip
        found.append((tuple(-round(part, 6) for part in (*standing, *share)), row))
    if not found:
        return arrival_frame("next_pledges")
    found.sort(key=lambda item: (item[0], str(item[1]["equipment"])))
    rows = pl.DataFrame([row for _, row in found], infer_schema_length=None).with_columns(
        pl.int_range(1, len(found) + 1).alias("rank"))  # fmt: skip
    priced = rows.join(equipment.select("equipment", "family", "value_m", "currency"), on="equipment", how="left",
                       maintain_order="left")  # fmt: skip
    return arrival_frame("next_pledges", priced.with_columns(pl.col("value_m") * pl.col("quantity")))
