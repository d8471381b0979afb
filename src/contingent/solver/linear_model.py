"""A mixed-integer linear model as named blocks of columns and rows, and the one place where HiGHS is called.

Blocks are added as arrays, never one variable at a time. Every solve returns its status, value and bound; a state from
which nothing can be read is an error, never a silent zero.
"""

import math
import time
from dataclasses import dataclass, field
from typing import Literal

import highspy
import numpy as np
import numpy.typing as npt

from contingent.errors import SolverFailed

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
SolveStatus = Literal["optimal", "time_limit", "infeasible"]


@dataclass(frozen=True)
class Solution:
    """What a solve ended with.

    Parameters
    ----------
    status : {"optimal", "time_limit", "infeasible"}
        ``time_limit`` also stands for a limit on nodes.
    value, bound : float
        Objective of the best solution found (infinite if none) and the proven lower bound.
    columns : ndarray of float or None
        Value of every column; None where no solution was found. Shape (columns,)
    duals : ndarray of float or None
        Price of every row, for models without integers. Shape (rows,)
    seconds : float
        Time it took. [s]
    """

    status: SolveStatus
    value: float
    bound: float
    columns: Floats | None
    duals: Floats | None
    seconds: float


@dataclass
class LinearModel:
    """A model to be minimised, built block by block.

    Examples
    --------
    >>> model = LinearModel()
    >>> x = model.add_columns("x", 2, upper=3.0, cost=-1.0, integer=True)
    >>> row = model.add_rows("sum", 1, upper=4.5)
    >>> model.add_terms(np.repeat(row, 2), x, 1.0)
    >>> model.solve().value
    -4.0
    """

    blocks: dict[str, Indices] = field(default_factory=dict)
    _cost: list[Floats] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _integer: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    _row_lower: list[Floats] = field(default_factory=list)
    _row_upper: list[Floats] = field(default_factory=list)
    _terms: list[tuple[Indices, Indices, Floats]] = field(default_factory=list)
    columns_count: int = 0
    rows_count: int = 0

    def add_columns(
        self,
        name: str,
        count: int,
        *,
        lower: float | Floats = 0.0,
        upper: float | Floats = math.inf,
        cost: float | Floats = 0.0,
        integer: bool = False,
    ) -> Indices:
        """Add a block of columns and return their indices. Shape (count,)"""
        indices = np.arange(self.columns_count, self.columns_count + count)
        self._keep(name, indices)
        self._cost.append(np.broadcast_to(np.asarray(cost, dtype=np.float64), count))
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), count))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), count))
        self._integer.append(np.full(count, integer))
        self.columns_count += count
        return indices

    def add_rows(self, name: str, count: int, *, lower: float | Floats = -math.inf, upper: float | Floats = math.inf) -> Indices:
        """Add a block of rows and return their indices. Shape (count,)"""
        indices = np.arange(self.rows_count, self.rows_count + count)
        self._keep(name, indices)
        self._row_lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), count))
        self._row_upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), count))
        self.rows_count += count
        return indices

    def add_terms(self, rows: Indices, columns: Indices, values: float | Floats) -> None:
        """Add coefficients. Those of the same row and column add up."""
        self._terms.append((rows, columns, np.broadcast_to(np.asarray(values, dtype=np.float64), np.shape(rows))))

    def set_costs(self, costs: Floats) -> None:
        """Replace the whole objective. Shape (columns,)"""
        self._cost = [np.asarray(costs, dtype=np.float64)]

    @property
    def has_integers(self) -> bool:
        """Whether any column must be whole."""
        return any(bool(block.any()) for block in self._integer)

    def _keep(self, name: str, indices: Indices) -> None:
        if name in self.blocks:
            raise ValueError(f"the model already has a block '{name}'")
        self.blocks[name] = indices

    def matrix(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Floats]:
        """Return the coefficients by column: first entry of each column, row of each entry, value of each entry."""
        if not self._terms:
            return np.zeros(self.columns_count + 1, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(0)
        rows, columns, values = (np.concatenate(parts) for parts in zip(*self._terms, strict=True))
        key = columns * self.rows_count + rows
        unique, inverse = np.unique(key, return_inverse=True)
        summed: Floats = np.bincount(inverse, weights=values, minlength=len(unique)).astype(np.float64)
        column_of = unique // max(1, self.rows_count)
        first = np.searchsorted(column_of, np.arange(self.columns_count + 1)).astype(np.int32)
        return first, (unique % max(1, self.rows_count)).astype(np.int32), summed

    def solve(
        self,
        *,
        time_limit: float = math.inf,
        gap: float = 0.0,
        nodes: int | None = None,
        start: Floats | None = None,
        relaxed: bool = False,
        interior: bool = False,
    ) -> Solution:
        """Minimise with HiGHS, on one thread so that two runs agree.

        Parameters
        ----------
        time_limit : float
            Longest time. [s]
        gap : float
            Relative distance of value and bound at which to stop. [-]
        nodes : int, optional
            Most nodes of branch and bound; unlike time, the same on every machine.
        start : ndarray of float, optional
            A solution to start from. Shape (columns,)
        relaxed : bool
            Leave out that columns must be whole.
        interior : bool
            Solve a relaxed model by an interior point without crossover: quicker where it is large, and near its optimum
            to the solver's tolerance only.

        Raises
        ------
        SolverFailed
            If HiGHS ends in a state that says nothing about the model.
        """
        began = time.perf_counter()
        highs = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
            "mip_rel_gap": gap,
            "mip_abs_gap": 1e-7,
        }.items():
            highs.setOptionValue(option, value)
        if math.isfinite(time_limit):
            highs.setOptionValue("time_limit", max(0.01, time_limit))
        if interior and relaxed:
            highs.setOptionValue("solver", "ipm")
            highs.setOptionValue("run_crossover", "off")
        if nodes is not None:
            highs.setOptionValue("mip_max_nodes", nodes)
        self._pass_to(highs, relaxed=relaxed)
        if start is not None and not relaxed:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            highs.setSolution(solution)
        highs.run()
        return self._read(highs, seconds=time.perf_counter() - began, relaxed=relaxed)

    def _pass_to(self, highs: highspy.Highs, *, relaxed: bool) -> None:
        """Give the model to HiGHS as whole arrays; field by field, each number would become an object of Python first."""
        first, index, value = self.matrix()
        kinds = np.concatenate([*self._integer, np.zeros(0)]).astype(np.int32)  # 1 = whole, as HiGHS has it
        highs.passModel(
            self.columns_count,
            self.rows_count,
            len(value),
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            np.concatenate([*self._cost, np.zeros(0)]),
            np.concatenate([*self._lower, np.zeros(0)]),
            np.concatenate([*self._upper, np.zeros(0)]),
            np.concatenate([*self._row_lower, np.zeros(0)]),
            np.concatenate([*self._row_upper, np.zeros(0)]),
            first,
            index,
            value,
            np.zeros_like(kinds) if relaxed else kinds,
        )

    def _read(self, highs: highspy.Highs, *, seconds: float, relaxed: bool) -> Solution:
        status = highs.getModelStatus()
        info = highs.getInfo()
        mixed = self.has_integers and not relaxed
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        limits = (
            highspy.HighsModelStatus.kTimeLimit,
            highspy.HighsModelStatus.kSolutionLimit,
            highspy.HighsModelStatus.kInterrupt,
        )
        if status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            ended: SolveStatus = "optimal"
            found = True
        elif status == highspy.HighsModelStatus.kInfeasible:
            return Solution("infeasible", math.inf, math.inf, None, None, seconds)
        elif status in limits:
            ended = "time_limit"
        else:
            raise SolverFailed(f"HiGHS ended with '{highs.modelStatusToString(status)}': no plan can be read from it.")
        solution = highs.getSolution()
        value = info.objective_function_value if found else math.inf
        bound = info.mip_dual_bound if mixed else (value if ended == "optimal" else -math.inf)
        columns = np.array(solution.col_value) if found else None
        duals = np.array(solution.row_dual) if found and not mixed else None
        return Solution(ended, value, bound, columns, duals, seconds)


@dataclass
class StandingModel(LinearModel):
    """A model without integers that is solved again and again with other bounds.

    Each solve begins where the one before ended, which is many times quicker than beginning anew. The same solves in the same
    order end the same.

    Examples
    --------
    >>> model = StandingModel()
    >>> x = model.add_columns("x", 2, cost=-1.0)
    >>> row = model.add_rows("sum", 1)
    >>> model.add_terms(np.repeat(row, 2), x, 1.0)
    >>> [model.solve_within(np.full(2, 3.0), np.zeros(1), np.array([most])).value for most in (4.5, 7.0)]
    [-4.5, -6.0]
    """

    _highs: highspy.Highs | None = None

    def solve_within(self, upper: Floats, row_lower: Floats, row_upper: Floats) -> Solution:
        """Minimise with other bounds; lower bounds of columns stay.

        Parameters
        ----------
        upper : ndarray of float
            Of every column. Shape (columns,)
        row_lower, row_upper : ndarray of float
            Of every row. Shape (rows,)

        Raises
        ------
        SolverFailed
            If HiGHS ends in a state that says nothing about the model.
        """
        began = time.perf_counter()
        if self._highs is None:
            self._highs = highspy.Highs()
            for option, value in {"output_flag": False, "threads": 1, "random_seed": 0}.items():
                self._highs.setOptionValue(option, value)
            self._pass_to(self._highs, relaxed=True)
        lower = np.concatenate([*self._lower, np.zeros(0)])
        self._highs.changeColsBounds(self.columns_count, np.arange(self.columns_count, dtype=np.int32), lower, upper)
        for row, (least, most) in enumerate(zip(row_lower.tolist(), row_upper.tolist(), strict=True)):
            self._highs.changeRowBounds(row, least, most)
        self._highs.run()
        return self._read(self._highs, seconds=time.perf_counter() - began, relaxed=True)
