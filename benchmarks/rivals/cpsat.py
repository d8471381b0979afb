"""CP-SAT on the textbook model of named units, and on the model of counted units: the same matrix, in whole numbers."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from columns import Columns, Ints
from rivals.matrix import Matrix, build

Note = Callable[[str, float], None]
"""Called with ``value`` or ``bound`` whenever the solver has a better one. [weighted unit-days unfilled]"""

STEPS = 100
"""Effectiveness is given in hundredths, so whole steps of a hundredth lose nothing. [steps/unit]"""


def plan_named(columns: Columns, *, time_limit: float, note: Note) -> tuple[Ints, str]:
    """One binary per unit, line and start. Returns the units of each column, and the solver's status."""
    return _solved(build(columns, named=True), columns, time_limit, note)


def plan_counted(columns: Columns, *, time_limit: float, note: Note) -> tuple[Ints, str]:
    """One integer per offer, line and start."""
    return _solved(build(columns, named=False), columns, time_limit, note)


class _Listener(cp_model.CpSolverSolutionCallback):
    def __init__(self, note: Note) -> None:
        super().__init__()
        self._note = note

    def on_solution_callback(self) -> None:
        self._note("value", self.objective_value / STEPS)
        self._note("bound", self.best_objective_bound / STEPS)


def _solved(matrix: Matrix, columns: Columns, time_limit: float, note: Note) -> tuple[Ints, str]:
    model, tours = _model(matrix)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit
    solver.parameters.num_workers = 2
    status = solver.solve(model, _Listener(note))
    said = f"{solver.status_name(status)}; {matrix.size}"
    note("bound", solver.best_objective_bound / STEPS)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return np.zeros(columns.count, dtype=np.int64), f"{said}; no plan found"
    value = np.array([solver.value(tour) for tour in tours], dtype=np.int64)
    return np.bincount(matrix.tour_of, weights=value, minlength=columns.count).astype(np.int64), said


def _model(matrix: Matrix) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Gaps are counted in steps, so rows with a gap are multiplied by `STEPS`, and a step of gap costs a step of weight."""
    model = cp_model.CpModel()
    tours = len(matrix.tour_of)
    gap = ~matrix.integer
    most = np.where(gap, matrix.most * STEPS, matrix.most).astype(np.int64)
    variables = [model.new_int_var(0, upper, "") for upper in most.tolist()]
    column = np.repeat(np.arange(len(matrix.cost)), np.diff(matrix.first))
    coverage = np.isinf(matrix.upper)
    value = np.round(np.where(coverage[matrix.row] & ~gap[column], matrix.value * STEPS, matrix.value)).astype(np.int64)
    limit = np.round(np.where(coverage, matrix.lower * STEPS, matrix.upper)).astype(np.int64).tolist()
    order = np.lexsort((column, matrix.row))
    first = np.searchsorted(matrix.row[order], np.arange(len(limit) + 1)).tolist()
    column, value = column[order].tolist(), value[order].tolist()
    for row, (begin, end) in enumerate(pairwise(first)):
        held = [variables[number] for number in column[begin:end]]
        total = cp_model.LinearExpr.weighted_sum(held, value[begin:end])
        model.add(total >= limit[row] if coverage[row] else total <= limit[row])
    costly = np.flatnonzero(matrix.cost)
    cost = np.round(matrix.cost[costly]).astype(np.int64).tolist()
    model.minimize(cp_model.LinearExpr.weighted_sum([variables[number] for number in costly], cost))
    return model, variables[:tours]
