r"""Allocation as a mixed-integer model, goal after goal.

    give[p, t]    items of pair p = (need, type) handed over in period t          [items]
    used[p]       whether the need has that type at all                           [-]
    stands[b, t]  whether formation b is at its standard at the end of period t      [-]

.. math::
    \sum_{p \in n, t' + lead \le t} give_{pt'} \ge standard_n \, stands_{bt} \quad \forall n \in b, t \\
    \sum_{p \in e, t' \le t} give_{pt'} \le \sum_{t' \le t} supply_{et'} \quad \forall e, t \\
    \sum_{p \in n, t} give_{pt} \le quantity_n, \qquad \sum_{p \in n} used_p \le most\_types, \qquad
    give_{pt} \le most_{pt} \, used_p \\
    \sum_{p, t': t' < t \le t' + lead} crew_p \, give_{pt'} \le places, \qquad
    \sum_{p \in b, t} hours_p \, give_{pt} \le most\_hours_b

Goals, each held while the next is sought: brigade-periods at standard of the first priority, of the second, and so on;
share-periods (the share of each need in trained hands, summed over periods) in the same order; fewest types.
"""

import math
from dataclasses import dataclass

import numpy as np

from contingent.aid.allocation_problem import ROUNDING, AllocationProblem, Counts, Floats
from contingent.solver import LinearModel

Goal = tuple[str, int | None]

CLOSE = 1e-4
"""A goal within this share of its bound is called optimal. [-]"""


@dataclass(frozen=True, eq=False)
class Reached:
    """One goal: what was reached, and what is possible at most (of types: at least).

    Parameters
    ----------
    goal : str
        ``at_standard``, ``share`` or ``types``.
    priority : int or None
        Of whom.
    method, status : str
        ``branch_and_bound`` or ``rules``; ``optimal`` or ``limit``.
    value, bound : float
        [brigade-periods], [share-periods] or [types]
    """

    goal: str
    priority: int | None
    method: str
    status: str
    value: float
    bound: float


def goals_of(problem: AllocationProblem) -> list[Goal]:
    """Return the goals in order."""
    ladder = sorted(set(problem.priority.tolist()))
    return [*(("at_standard", step) for step in ladder), *(("share", step) for step in ladder), ("types", None)]


@dataclass(eq=False)
class AllocationModel:
    """The model and where its columns are.

    Parameters
    ----------
    problem : AllocationProblem
        Of which it is.
    """

    problem: AllocationProblem

    def __post_init__(self) -> None:
        problem = self.problem
        self.model = LinearModel()
        lead = problem.lead[problem.pair_type]
        pair, period = np.nonzero(np.arange(problem.periods)[None, :] + lead[:, None] < problem.periods)
        self.pair, self.period = pair.astype(np.int64), period.astype(np.int64)
        self.ready = self.period + lead[self.pair]
        self.need, self.kind = problem.pair_need[self.pair], problem.pair_type[self.pair]
        self.formation = problem.formation_of[self.need]
        known = np.cumsum(problem.supply, axis=1)
        most = np.minimum(problem.quantity[self.need], known[self.kind, self.period]).astype(np.float64)
        self.give = self.model.add_columns("give", len(self.pair), upper=most, integer=True)
        self.used = self.model.add_columns("used", len(problem.pair_need), upper=1.0, integer=True)
        count = len(problem.formations) * problem.periods
        self.stands = self.model.add_columns("stands", count, upper=1.0, integer=True)
        self._supply(known)
        self._needs(most)
        self._standard()
        self._bounds()

    def _supply(self, known: Counts) -> None:
        """Nothing is promised twice: what was handed over never exceeds what has arrived."""
        periods = self.problem.periods
        rows = self.model.add_rows("supply", known.size, upper=known.ravel().astype(np.float64))
        for period in range(periods):
            early = self.period <= period
            self.model.add_terms(rows[self.kind[early] * periods + period], self.give[early], 1.0)

    def _needs(self, most: Floats) -> None:
        """No need is given more than it asks for, nor more types than allowed."""
        problem = self.problem
        rows = self.model.add_rows("quantity", len(problem.needs), upper=problem.quantity.astype(np.float64))
        self.model.add_terms(rows[self.need], self.give, 1.0)
        types = self.model.add_rows("most_types", len(problem.needs), upper=float(problem.most_types))
        self.model.add_terms(types[problem.pair_need], self.used, 1.0)
        each = self.model.add_rows("of_used", len(self.give), upper=0.0)
        self.model.add_terms(each, self.give, 1.0)
        self.model.add_terms(each, self.used[self.pair], -most)

    def _standard(self) -> None:
        """A formation is at its standard when each of its needs has enough in trained hands."""
        problem, periods = self.problem, self.problem.periods
        rows = self.model.add_rows("standard", len(problem.needs) * periods, lower=0.0)
        for period in range(periods):
            early = self.ready <= period
            self.model.add_terms(rows[self.need[early] * periods + period], self.give[early], 1.0)
            columns = self.stands[problem.formation_of * periods + period]
            self.model.add_terms(rows[period::periods], columns, -problem.standard.astype(np.float64))

    def _bounds(self) -> None:
        """Training places in each period, and maintenance of each formation."""
        problem = self.problem
        if math.isfinite(problem.places):
            rows = self.model.add_rows("training", problem.periods, upper=problem.places)
            for period in range(problem.periods):
                training = (self.period < period) & (period <= self.ready)
                crew = problem.crew[self.kind[training]].astype(np.float64)
                self.model.add_terms(np.full(int(training.sum()), rows[period]), self.give[training], crew)
        bounded = np.flatnonzero(np.isfinite(problem.most_hours))
        if len(bounded):
            rows = self.model.add_rows("maintenance", len(problem.formations), upper=problem.most_hours)
            self.model.add_terms(rows[self.formation], self.give, problem.hours[self.kind])

    def costs(self, goal: Goal) -> Floats:
        """Return what is minimised for a goal: the goal itself, negative where it is to grow. Shape (columns,)"""
        problem, (name, step) = self.problem, goal
        costs = np.zeros(self.model.columns_count)
        if name == "at_standard":
            costs[self.stands] = np.repeat(np.where(problem.priority == step, -1.0, 0.0), problem.periods)
        elif name == "share":
            mine = problem.priority[self.formation] == step
            costs[self.give] = np.where(mine, -(problem.periods - self.ready) / problem.quantity[self.need], 0.0)
        else:
            costs[self.used] = 1.0
        return costs

    def start(self, given: Counts) -> Floats:
        """Return an allocation as columns. Shape (columns,)"""
        columns = np.zeros(self.model.columns_count)
        columns[self.give] = given[self.pair, self.period]
        columns[self.used] = given.sum(axis=1) > 0
        columns[self.stands] = self.problem.at_standard(self.problem.ready(given)).ravel()
        return columns

    def given(self, columns: Floats) -> Counts:
        """Return columns as an allocation. [items], shape (pairs, periods)"""
        given = np.zeros((len(self.problem.pair_need), self.problem.periods), dtype=np.int64)
        given[self.pair, self.period] = np.rint(columns[self.give]).astype(np.int64)
        return given

    def hold(self, goal: Goal, costs: Floats, value: float) -> None:
        """Keep a goal that was reached."""
        row = self.model.add_rows(f"held {goal[0]} {goal[1]}", 1, upper=value + ROUNDING)
        places = np.flatnonzero(costs)
        self.model.add_terms(np.full(len(places), row[0]), places, costs[places])


def solve_exactly(problem: AllocationProblem, begin: Counts, *, nodes: int) -> tuple[Counts, list[Reached]]:
    """Return the best allocation by branch and bound, and each goal's status, value and bound.

    Parameters
    ----------
    problem : AllocationProblem
        To be solved.
    begin : ndarray of int
        An allocation that keeps all bounds. [items], shape (pairs, periods)
    nodes : int
        At most, for each goal. [nodes]
    """
    built = AllocationModel(problem)
    best, reached = begin, []
    for goal in goals_of(problem):
        costs = built.costs(goal)
        built.model.set_costs(costs)
        start = built.start(best)
        solution = built.model.solve(nodes=nodes, start=start, gap=0.5 * CLOSE)
        value = float(costs @ start)
        if solution.columns is not None and solution.value < value - ROUNDING:
            best = built.given(solution.columns)
            value = float(costs @ built.start(best))
        sign = 1.0 if goal[0] == "types" else -1.0
        proven = value - solution.bound <= max(ROUNDING * 10, CLOSE * abs(value))
        bound = min(value, solution.bound)
        status = "optimal" if proven else "limit"
        reached.append(Reached(*goal, "branch_and_bound", status, sign * value + 0.0, sign * bound + 0.0))
        built.hold(goal, costs, value)
    return best, reached
