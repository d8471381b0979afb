"""Proof by mixed-integer programming: each goal in turn, each locked before the next.

Used where the matrix is small: whole problems of tutorial size, and families of larger ones.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contingent.generation import matrix
from contingent.generation.problem import Problem
from contingent.solver.linear_model import LinearModel, Solution

Floats = npt.NDArray[np.float64]
Counts = dict[tuple[int, int], int]


@dataclass(frozen=True)
class ExactModel:
    """The matrix of a problem with its blocks.

    Parameters
    ----------
    problem : Problem
        What may be decided.
    model : LinearModel
        Rows of every rule.
    starts, gaps
        Its columns.
    burden, takes : ndarray of int or None
        Columns of the later goals; None where only unfilled unit-days are asked for.
    """

    problem: Problem
    model: LinearModel
    starts: matrix.Starts
    gaps: matrix.Gaps
    burden: matrix.Indices | None
    takes: matrix.Indices | None

    def unfilled(self, level: int) -> Floats:
        """Objective: unit-days of gap of a priority level. Shape (columns,)"""
        return matrix.unfilled(self.problem, self.gaps, level, self.model.columns_count)

    def sum_of(self, columns: matrix.Indices) -> Floats:
        """Objective: the sum of some columns. Shape (columns,)"""
        costs = np.zeros(self.model.columns_count)
        costs[columns] = 1.0
        return costs

    def solve(
        self, objective: Floats, *, counts: Counts, time_limit: float, gap: float, nodes: int | None
    ) -> tuple[Solution, Counts | None]:
        """Minimise an objective from a known plan; return the solver's answer and the plan that it found."""
        self.model.set_costs(objective)
        solution = self.model.solve(time_limit=time_limit, gap=gap, nodes=nodes, start=self.columns_of(counts))
        if solution.columns is None:
            return solution, None
        units = np.rint(solution.columns[self.starts.column]).astype(int)
        used = np.flatnonzero(units)
        found = {(int(self.starts.arc[i]), int(self.starts.start[i])): int(units[i]) for i in used}
        return solution, dict(sorted(found.items()))

    def columns_of(self, counts: Counts) -> Floats:
        """Return the value of every column for a plan. Shape (columns,)"""
        problem, values = self.problem, np.zeros(self.model.columns_count)
        units = np.array(
            [counts.get(key, 0) for key in zip(self.starts.arc.tolist(), self.starts.start.tolist(), strict=True)], dtype=float
        )
        values[self.starts.column] = units
        index, slot = matrix.service_of(problem, self.starts)
        arc = self.starts.arc[index]
        served = np.zeros((len(problem.lines), len(problem.slot_day)))
        np.add.at(served, (problem.arc_line[arc], slot), units[index] * problem.arc_effectiveness[arc])
        missing = problem.line_quantity[self.gaps.line] - served[self.gaps.line, self.gaps.slot]
        values[self.gaps.column] = np.clip(missing, 0.0, None)
        if "holds" in self.model.blocks:
            mine = problem.line_one_nation[problem.arc_line[self.starts.arc]]
            pairs = np.unique(problem.arc_pair[self.starts.arc[mine]])
            held = np.unique(problem.arc_pair[self.starts.arc[mine & (units > 0)]])
            values[self.model.blocks["holds"]] = np.isin(pairs, held)
        if self.burden is not None:
            offer = problem.arc_offer[self.starts.arc]
            people = problem.offer_people[offer] * matrix.days_on_tour(problem, self.starts) * units
            load = np.bincount(problem.offer_nation[offer], weights=people, minlength=len(problem.nations))
            counted = np.flatnonzero((problem.fair > 0) & (problem.reference > 0))
            values[self.burden] = (load[counted] / (problem.fair[counted] * problem.reference)).max(initial=0.0)
        if self.takes is not None:
            values[self.takes] = self._takeovers(units, index, slot)
        return values

    def _takeovers(self, units: Floats, index: matrix.Indices, slot: matrix.Indices) -> Floats:
        """Value of each column `takes` for a plan."""
        problem = self.problem
        on = np.zeros((len(problem.pair_line), len(problem.slot_day)))
        np.add.at(on, (problem.arc_pair[self.starts.arc[index]], slot), units[index])
        pair, begins = np.divmod(matrix.takeover_slots(problem, self.starts), len(problem.slot_day))
        before = np.where(begins > problem.line_first[problem.pair_line[pair]], on[pair, begins - 1], 0.0)
        taken: Floats = np.maximum(0.0, on[pair, begins] - before)
        return taken


def build_exact(problem: Problem, *, all_goals: bool) -> ExactModel:
    """Write every rule of a problem as rows; with the rows of burden and continuity where they are asked for."""
    model = LinearModel()
    starts = matrix.add_starts(model, problem, np.arange(len(problem.arc_line)))
    gaps = matrix.add_gaps_of_stretches(model, problem, starts)
    matrix.coverage(model, problem, starts, gaps)
    matrix.rounded_coverage(model, problem, starts, gaps)
    matrix.rotation_base(model, problem, starts)
    matrix.most_tours(model, problem, starts)
    matrix.ceiling(model, problem, starts)
    matrix.one_nation(model, problem, starts)
    burden = matrix.burden(model, problem, starts) if all_goals else None
    takes = matrix.takeovers(model, problem, starts) if all_goals else None
    return ExactModel(problem, model, starts, gaps, burden, takes)
