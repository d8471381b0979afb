"""A linear model that grows: rows and columns are added between solves, and each solve goes on where the last one ended."""

import highspy
import numpy as np
import numpy.typing as npt

from contingent.errors import SolverFailed

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


class GrowingModel:
    """A linear model to be minimised whose columns are nought or more, solved by the simplex method on one thread.

    Examples
    --------
    Two things of which there is one each, then a cheaper column for the first:

    >>> model = GrowingModel()
    >>> rows = model.add_rows(lower=np.ones(2), upper=np.ones(2))
    >>> _ = model.add_columns(np.array([3.0, 2.0]), first=np.array([0, 1, 2]), rows=rows, amounts=np.ones(2))
    >>> model.solve()[0]
    5.0
    >>> _ = model.add_columns(np.array([1.0]), first=np.array([0, 1]), rows=rows[:1], amounts=np.ones(1))
    >>> value, columns, duals = model.solve()
    >>> value, columns.tolist(), duals.tolist()
    (3.0, [0.0, 1.0, 1.0], [1.0, 2.0])
    """

    def __init__(self) -> None:
        self._highs = highspy.Highs()
        settings: dict[str, bool | int | str] = {"output_flag": False, "threads": 1, "random_seed": 0, "presolve": "off"}
        for option, setting in settings.items():
            self._highs.setOptionValue(option, setting)
        self.rows_count = 0
        self.columns_count = 0

    def add_rows(
        self, *, lower: Floats, upper: Floats, first: Indices | None = None, columns: Indices | None = None,
        amounts: Floats | None = None,
    ) -> Indices:  # fmt: skip
        """Add rows, with coefficients of columns that are already there, and return their indices.

        Parameters
        ----------
        lower, upper : ndarray of float
            Bounds of each row. Shape (rows,)
        first, columns, amounts : ndarray, optional
            First coefficient of each row, and the number of all; column and value of each. Shape (rows + 1,), (coefficients,)
        """
        count = len(lower)
        begins = np.zeros(count + 1, dtype=np.int64) if first is None else first
        index = np.zeros(0, dtype=np.int32) if columns is None else columns.astype(np.int32)
        values = np.zeros(0) if amounts is None else amounts
        self._highs.addRows(count, lower, upper, int(begins[-1]), begins[:-1].astype(np.int32), index, values)
        self.rows_count += count
        return np.arange(self.rows_count - count, self.rows_count)

    def add_columns(self, costs: Floats, *, first: Indices, rows: Indices, amounts: Floats) -> Indices:
        """Add columns and return their indices.

        Parameters
        ----------
        costs : ndarray of float
            Of one of each. Shape (columns,)
        first, rows, amounts : ndarray
            First coefficient of each column, and the number of all; row and value of each. Shape (columns + 1,), (coefficients,)
        """
        count = len(costs)
        self._highs.addCols(
            count, costs, np.zeros(count), np.full(count, np.inf), len(rows), first[:-1].astype(np.int32),
            rows.astype(np.int32), amounts)  # fmt: skip
        self.columns_count += count
        return np.arange(self.columns_count - count, self.columns_count)

    def solve(self) -> tuple[float, Floats, Floats]:
        """Return the least value, what is taken of each column, and the price of each row.

        Raises
        ------
        SolverFailed
            If HiGHS does not find an optimum.
        """
        self._highs.run()
        status = self._highs.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            raise SolverFailed(f"HiGHS ended with '{self._highs.modelStatusToString(status)}': no prices can be read from it.")
        solution = self._highs.getSolution()
        value = float(self._highs.getInfo().objective_function_value)
        return value, np.array(solution.col_value), np.array(solution.row_dual)
