"""HiGHS alone: on the textbook model of named units, and on the model of counted units from an MPS file (the floor)."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import highspy
import numpy as np

from columns import Columns, Floats, Ints
from rivals.matrix import Matrix, build, write_mps

Note = Callable[[str, float], None]
"""Called with ``value`` or ``bound`` whenever the solver has a better one. [weighted unit-days unfilled]"""


def plan_named(columns: Columns, *, time_limit: float, note: Note) -> tuple[Ints, str]:
    """One binary per unit, line and start. Returns the units of each column, and the solver's status."""
    matrix = build(columns, named=True)
    solver = _quiet(time_limit)
    solver.passModel(_model(matrix))
    return _solved(solver, matrix, columns, note)


def plan_counted(columns: Columns, *, time_limit: float, note: Note) -> tuple[Ints, str]:
    """One integer per offer, line and start, through an MPS file and HiGHS's own reader."""
    matrix = build(columns, named=False)
    solver = _quiet(time_limit)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generation.mps"
        write_mps(matrix, path)
        solver.readModel(str(path))
    return _solved(solver, matrix, columns, note)


def _quiet(time_limit: float) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", time_limit)
    solver.setOptionValue("mip_rel_gap", 1e-6)
    return solver


def _model(matrix: Matrix) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(matrix.cost), len(matrix.lower)
    model.col_cost_, model.col_lower_, model.col_upper_ = matrix.cost, np.zeros(len(matrix.cost)), matrix.most
    model.row_lower_, model.row_upper_ = matrix.lower, matrix.upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.first, matrix.row, matrix.value
    kinds = {True: highspy.HighsVarType.kInteger, False: highspy.HighsVarType.kContinuous}
    model.integrality_ = [kinds[bool(one)] for one in matrix.integer]
    return model


def _solved(solver: highspy.Highs, matrix: Matrix, columns: Columns, note: Note) -> tuple[Ints, str]:
    def better_plan(event: highspy.HighsCallbackEvent) -> None:
        note("value", float(event.data_out.objective_function_value))

    def still_running(event: highspy.HighsCallbackEvent) -> None:
        bound = float(event.data_out.mip_dual_bound)
        if np.isfinite(bound):
            note("bound", bound)

    solver.cbMipImprovingSolution += better_plan
    solver.cbMipInterrupt += still_running
    solver.run()
    info = solver.getInfo()
    if np.isfinite(info.mip_dual_bound):
        note("bound", float(info.mip_dual_bound))
    status = f"{solver.modelStatusToString(solver.getModelStatus())}; {matrix.size}"
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return np.zeros(columns.count, dtype=np.int64), f"{status}; no plan found"
    return _units(matrix, np.asarray(solver.getSolution().col_value), columns), status


def _units(matrix: Matrix, value: Floats, columns: Columns) -> Ints:
    tours = np.round(value[: len(matrix.tour_of)])
    return np.bincount(matrix.tour_of, weights=tours, minlength=columns.count).astype(np.int64)
