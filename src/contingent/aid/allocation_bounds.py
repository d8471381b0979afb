"""Bounds of an allocation by the rules: the most that any allocation could reach, without finding one."""

import numpy as np
import numpy.typing as npt

from contingent.aid.allocation_model import AllocationModel, goals_of
from contingent.aid.allocation_problem import ROUNDING, AllocationProblem, Counts, Floats
from contingent.solver import LinearModel


def relaxed_bounds(problem: AllocationProblem) -> list[float]:
    """Return the bound of each goal alone, as if items could be cut: of the whole model's relaxation.

    Parameters
    ----------
    problem : AllocationProblem
        Not too large: the model is built.
    """
    built = AllocationModel(problem)
    bounds = []
    for goal in goals_of(problem)[:-1]:
        built.model.set_costs(built.costs(goal))
        value = -built.model.solve(relaxed=True).value
        bounds.append(float(np.floor(value + ROUNDING)) if goal[0] == "at_standard" else value)
    return [*bounds, 0.0]


def family_bounds(problem: AllocationProblem, values: list[float]) -> tuple[list[float], Floats]:
    """Return the bound of each goal from what arrives of each set of types, and how promising each formation is.

    Of formations at their standard: a linear programme in which formations may be cut, with one row for each set and period,
    the goals before being held at what was reached. Of shares: each set alone, spent on those who ask for least first.

    Parameters
    ----------
    problem : AllocationProblem
        Of any size.
    values : list of float
        Goals reached, in order.
    """
    sets = _type_sets(problem)
    known = _trained_supply(problem, sets)
    least = np.zeros((len(problem.formations), len(sets)))
    # Row and column: whether the set of the column lies within that of the row.
    within = np.array([[bool(row[other].all()) for other in sets] for row in sets]).reshape(len(sets), len(sets))
    needs_set = _set_of_need(problem, sets)
    able = np.ones(len(problem.formations), dtype=np.bool_)
    able[problem.formation_of[needs_set < 0]] = False
    for need, own in enumerate(needs_set.tolist()):
        if own >= 0:
            least[problem.formation_of[need], within[:, own]] += problem.standard[need]
    ladder = sorted(set(problem.priority.tolist()))
    standing, promising = _standing_bounds(problem, least, known, able, values[: len(ladder)])
    return [*standing, *_share_bounds(problem, sets, known, needs_set, within), 0.0], promising


def _type_sets(problem: AllocationProblem) -> list[npt.NDArray[np.bool_]]:
    """Sets of types that some need can be met from, and sets of those that share a type. Shape (types,) each"""
    table = np.zeros((len(problem.needs), len(problem.types)), dtype=np.bool_)
    table[problem.pair_need, problem.pair_type] = True
    group = _type_groups(problem)
    found = {row.tobytes(): row for row in table if row.any()}
    for each in np.unique(group[problem.pair_type]).tolist():
        row = group == each
        found.setdefault(row.tobytes(), row)
    return [found[name] for name in sorted(found)]


def _set_of_need(problem: AllocationProblem, sets: list[npt.NDArray[np.bool_]]) -> Counts:
    """Place of each need's set; -1 = no type would fit. Shape (needs,)"""
    table = np.zeros((len(problem.needs), len(problem.types)), dtype=np.bool_)
    table[problem.pair_need, problem.pair_type] = True
    place = {row.tobytes(): index for index, row in enumerate(sets)}
    return np.array([place.get(row.tobytes(), -1) for row in table], dtype=np.int64)


def _trained_supply(problem: AllocationProblem, sets: list[npt.NDArray[np.bool_]]) -> Counts:
    """Most of each set that can be in trained hands at the end of each period. [items], shape (sets, periods)"""
    come = np.cumsum(problem.supply, axis=1)
    trained = np.zeros_like(come)
    for kind, lead in enumerate(problem.lead.tolist()):
        trained[kind, lead:] = come[kind, : max(0, problem.periods - lead)]
    return np.array([trained[row].sum(axis=0) for row in sets], dtype=np.int64).reshape(len(sets), problem.periods)


def _standing_bounds(
    problem: AllocationProblem, least: Floats, known: Counts, able: npt.NDArray[np.bool_], values: list[float]
) -> tuple[list[float], Floats]:
    """Bounds of formations at their standard, the goals before being held, and what each stands in its own. [brigade-periods]"""
    count, periods = len(problem.formations), problem.periods
    model = LinearModel()
    stands = model.add_columns("stands", count * periods, upper=np.repeat(able, periods).astype(np.float64))
    rows = model.add_rows("supply", known.size, upper=known.ravel().astype(np.float64))
    formation, each = np.nonzero(least)
    for period in range(periods):
        model.add_terms(rows[each * periods + period], stands[formation * periods + period], least[formation, each])
    bounds, promising = [], np.zeros(count)
    for step, value in zip(sorted(set(problem.priority.tolist())), values, strict=True):
        mine = np.repeat(problem.priority == step, periods)
        model.set_costs(np.where(mine, -1.0, 0.0))
        solution = model.solve(relaxed=True)
        bounds.append(float(np.floor(-solution.value + ROUNDING)))
        if solution.columns is not None:
            promising += np.where(mine, solution.columns, 0.0).reshape(count, periods).sum(axis=1)
        row = model.add_rows(f"held {step}", 1, lower=value - ROUNDING)
        model.add_terms(np.full(int(mine.sum()), row[0]), stands[mine], 1.0)
    return bounds, promising


def _share_bounds(
    problem: AllocationProblem, sets: list[npt.NDArray[np.bool_]], known: Counts, needs_set: Counts,
    within: npt.NDArray[np.bool_],
) -> list[float]:  # fmt: skip
    """Bounds of shares, each largest set by itself. [share-periods]"""
    widest = [place for place in range(len(sets)) if within[:, place].sum() == 1]
    step_of = problem.priority[problem.formation_of]
    bounds = []
    for step in sorted(set(problem.priority.tolist())):
        total = 0.0
        for place in widest:
            mine = np.isin(needs_set, np.flatnonzero(within[place])) & (step_of == step)
            total += float(_most_share(np.sort(problem.quantity[mine]), known[place]).sum())
        bounds.append(total)
    return bounds


def _most_share(quantities: Counts, arrived: Counts) -> Floats:
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
