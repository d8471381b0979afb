r"""Which brigade each unit goes to: evenly, and with as few nations in a brigade as can be.

    i in I       tours of lines that are spread, from the day they begin to the day they hand over
    b in B       the formations that share them; B_l those that share line l
    s in S       spans of days on which no service begins or ends; d_s days of it
    w_i          effectiveness of the tour's unit                                                   [units]

    inside[i, b]       1 where tour i goes to formation b: one formation for the whole tour
    present[b, n, s]   1 where nation n serves in b; given (1) where a line that hangs in b alone brings it anyway

Goals in order, each locked before the next:

1. even by line: the difference between the fullest and the emptiest formation of a line, beyond one unit;
2. even in all: the same for the battalions of all lines that the same formations share;
3. nation-days: sum over b, n, s of ``d_s * present[b, n, s]``;
4. entries: how often a nation comes into a formation in which it was not on the span before.

Units that states own together count as no nation. A problem of at most `EXACT_MOST_CHOICES` choices is proved by MILP, a larger
one is searched (`greedy`), and the bound says how far from the best it can be. Nothing is random; ties go by order and name.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np

from contingent.quantities import SMALLEST_SHARE
from contingent.solver.linear_model import Indices, LinearModel, Solution
from contingent.structure.greedy import bound_of_nation_days, greedy
from contingent.structure.problem import Amounts, Problem, Serving, Spread, measure

EXACT_MOST_CHOICES = 120
"""Most choices (tours times formations) of a problem that is proved. [choices]"""

MOST_NODES = 1000
"""Most nodes of branch and bound for a goal; counted, so that it is the same on every machine. [nodes]"""

MOST_CHOICES_OF_A_WINDOW, MOST_NODES_OF_A_WINDOW = 75, 100
"""The same for a window of days taken by itself, of which there are many."""

ROUNDING = 1e-6
"""How far the lock of a goal that is a whole number may give. [nation-days]"""

def spread(problem: Problem) -> tuple[list[int], Spread]:
    """Give every tour a formation.

    Returns
    -------
    places : list of int
        For each tour the place of its formation in `Problem.formations`.
    result : Spread
        What is proven of it.
    """
    places = greedy(problem)
    method: Literal["exact", "greedy"] = "greedy"
    if problem.choices <= EXACT_MOST_CHOICES:
        method = "exact"
        places, bound, proven = exact(problem, places)
        found = measure(problem, places)
    else:
        found = measure(problem, places)
        bound = bound_by_windows(problem, beyond=(found.uneven_by_line, found.uneven_in_all))
        proven = False
    result = Spread(
        problem.formations, tuple(sorted(problem.shares)), len(problem.tours), found.widest, found.nation_days,
        min(bound, found.nation_days), found.entries, method, "optimal" if proven else "feasible",
    )  # fmt: skip
    return places, result


def exact(problem: Problem, start: Sequence[int]) -> tuple[list[int], float, bool]:
    """Prove a spreading by MILP, goal after goal.

    Parameters
    ----------
    start : sequence of int
        A spreading to begin from; it is what comes back for a goal of which the solver finds nothing better.

    Returns
    -------
    places : list of int
        For each tour the place of its formation.
    bound : float
        No spreading that is as even has fewer nation-days. [nation-days]
    proven : bool
        Whether every goal was proved; False where the solver stopped at its most nodes.
    """
    places = list(start)
    beyond = [0.0, 0.0]
    proven = True
    found = measure(problem, places)
    for goal, reached in ((0, found.uneven_by_line), (1, found.uneven_in_all)):
        if reached > SMALLEST_SHARE:
            model = Model(problem, tuple(beyond[:goal]))
            model.cost(model.beyond[goal])
            solution = model.linear.solve(nodes=MOST_NODES)
            proven &= solution.status == "optimal"
            places = model.read(solution, places)
            found = measure(problem, places)
            beyond[goal] = (found.uneven_by_line, found.uneven_in_all)[goal]
    allowed = (beyond[0], beyond[1])
    model = Model(problem, allowed)
    model.cost_nation_days()
    solution = model.linear.solve(nodes=MOST_NODES)
    given = _nation_days_given(problem)
    proven &= solution.status == "optimal"
    places = _better(problem, model.read(solution, places), places)
    bound = math.ceil(round(solution.bound, 6)) + given if math.isfinite(solution.bound) else 0.0
    model = Model(problem, allowed, most_nation_days=measure(problem, places).nation_days - given)
    model.cost_entries()
    solution = model.linear.solve(nodes=MOST_NODES)
    proven &= solution.status == "optimal"
    return _better(problem, model.read(solution, places), places), bound, proven


def bound_by_windows(problem: Problem, *, beyond: tuple[float, float]) -> float:
    """Return the fewest nation-days of a spreading in which every unit may change its formation now and then. [nation-days]

    The days are cut into windows in which few enough serve for a proof by MILP, and each window is taken by itself. That is
    allowed more than a spreading is, so no spreading that is as even has fewer.

    Parameters
    ----------
    beyond : tuple of float
        How far beyond one unit a line, and lines together, may be from even. [units]
    """
    # Mostly the solver's work, which needs no interpreter: two windows at a time.
    with ThreadPoolExecutor(2) as pool:
        return math.fsum(pool.map(lambda window: _fewest_nation_days(window, beyond), _windows(problem)))


def _windows(problem: Problem) -> list[Problem]:
    """The problem cut into windows of whole spans, each as long as its choices stay few."""
    cuts = [problem.breaks[0]]
    for first_day, last_day in pairwise(problem.breaks):
        if first_day > cuts[-1] and _cut(problem, cuts[-1], last_day).choices > MOST_CHOICES_OF_A_WINDOW:
            cuts.append(first_day)
    cuts.append(problem.breaks[-1])
    return [_cut(problem, first_day, last_day) for first_day, last_day in pairwise(cuts)]


def _cut(problem: Problem, first_day: int, last_day: int) -> Problem:
    def cut(tour: Serving) -> Serving:
        return replace(tour, from_day=max(tour.from_day, first_day), until_day=min(tour.until_day, last_day))

    def on(tour: Serving) -> bool:
        return tour.from_day < last_day and tour.until_day > first_day

    tours = tuple(cut(tour) for tour in problem.tours if on(tour))
    given = tuple((place, cut(tour)) for place, tour in problem.given if on(tour))
    return replace(problem, tours=tours, given=given)


def _fewest_nation_days(window: Problem, beyond: tuple[float, float]) -> float:
    if not window.tours:
        return 0.0
    plain = bound_of_nation_days(window, beyond=beyond)
    if window.choices > MOST_CHOICES_OF_A_WINDOW:
        return plain
    model = Model(window, beyond)
    model.cost_nation_days()
    solution = model.linear.solve(nodes=MOST_NODES_OF_A_WINDOW)
    if not math.isfinite(solution.bound):
        return plain
    return max(plain, math.ceil(round(solution.bound, 6)) + _nation_days_given(window))


def _better(problem: Problem, one: list[int], other: list[int]) -> list[int]:
    def rank(places: list[int]) -> tuple[float, ...]:
        found = measure(problem, places)
        return found.uneven_by_line, found.uneven_in_all, found.nation_days, found.entries

    return one if rank(one) <= rank(other) else other


def _nation_days_given(problem: Problem) -> float:
    """Nation-days of what is there anyway, which the model does not count again. [nation-days]"""
    return float(((problem.given_counts() > 0).sum(axis=(0, 1)) * problem.days).sum())


class Model:
    """The spreading as a linear model: columns inside[i, b], present[b, n, s] beyond what is given, and the rows that join them.

    Parameters
    ----------
    beyond : tuple of float
        How far a line, and lines together, may be from even; a goal that is not locked yet is a column. [units]
    most_nation_days : float, optional
        Lock of the third goal. [nation-days]
    """

    def __init__(self, problem: Problem, beyond: tuple[float, ...], most_nation_days: float | None = None) -> None:
        self.problem, self.linear = problem, LinearModel()
        self.inside: list[tuple[tuple[int, ...], Indices]] = [
            (shares := problem.shares[tour.line],
             self.linear.add_columns(f"inside {i}", len(shares), upper=1.0, integer=True))
            for i, tour in enumerate(problem.tours)
        ]  # fmt: skip
        for i, (_, columns) in enumerate(self.inside):
            row = self.linear.add_rows(f"one formation {i}", 1, lower=1.0, upper=1.0)
            self.linear.add_terms(np.repeat(row, len(columns)), columns, 1.0)
        caps = (*beyond, math.inf, math.inf)
        self.beyond = [self.linear.add_columns(f"beyond {goal}", 1, upper=caps[goal]) for goal in (0, 1)]
        self._even()
        self._presence()
        self._first_choice()
        if most_nation_days is not None:
            row = self.linear.add_rows("nation-days", 1, upper=most_nation_days + ROUNDING)
            self.linear.add_terms(np.repeat(row, len(self.present)), self.present, self._days_of_present())

    def _even(self) -> None:
        problem = self.problem
        for number, (together, shares, lines) in enumerate(problem.even_sets):
            spans = len(problem.days)
            lowest = self.linear.add_columns(f"lowest {number}", spans)
            above = self.linear.add_rows(f"not emptier {number}", spans * len(shares), lower=0.0).reshape(len(shares), spans)
            below = self.linear.add_rows(f"not fuller {number}", spans * len(shares), upper=1.0).reshape(len(shares), spans)
            for rows, sign in ((above, 1.0), (below, 1.0)):
                for row in rows:
                    self.linear.add_terms(row, lowest, -sign)
            for row in below:
                self.linear.add_terms(row, np.repeat(self.beyond[int(together)], spans), -1.0)
            for tour, (tour_shares, columns) in zip(problem.tours, self.inside, strict=True):
                if tour.line in lines:
                    first, last = problem.spans(tour)
                    for place, column in zip(tour_shares, columns, strict=True):
                        at = shares.index(place)
                        for rows in (above, below):
                            self.linear.add_terms(rows[at, first:last], np.repeat(column, last - first), tour.weight)

    def _presence(self) -> None:
        problem = self.problem
        shape = (len(problem.formations), len(problem.nations), len(problem.days))
        self.given = problem.given_counts() > 0
        self.present = self.linear.add_columns("present", int(np.prod(shape)), upper=1.0)
        self._present = self.present.reshape(shape)
        at = {nation: place for place, nation in enumerate(problem.nations)}
        for i, (tour, (shares, columns)) in enumerate(zip(problem.tours, self.inside, strict=True)):
            if tour.nation is None:
                continue
            first, last = problem.spans(tour)
            for place, column in zip(shares, columns, strict=True):
                wanted = [span for span in range(first, last) if not self.given[place, at[tour.nation], span]]
                rows = self.linear.add_rows(f"present {i} {place}", len(wanted), lower=0.0)
                self.linear.add_terms(rows, self._present[place, at[tour.nation], wanted], 1.0)
                self.linear.add_terms(rows, np.repeat(column, len(wanted)), -1.0)

    def _first_choice(self) -> None:
        """Formations that nothing tells apart are alike: the first tour goes to the first of them."""
        problem = self.problem
        if not problem.given and len(set(problem.shares.values())) == 1 and problem.tours:
            row = self.linear.add_rows("first choice", 1, lower=1.0)
            self.linear.add_terms(row, self.inside[0][1][:1], 1.0)

    def cost(self, columns: Indices, values: Amounts | float = 1.0) -> None:
        """Make some columns the goal."""
        costs = np.zeros(self.linear.columns_count)
        costs[columns] = values
        self.linear.set_costs(costs)

    def cost_nation_days(self) -> None:
        """Make the goal the nations present beyond what is given, summed over formations and days."""
        self.cost(self.present, self._days_of_present())

    def _days_of_present(self) -> Amounts:
        return np.broadcast_to(self.problem.days.astype(np.float64), self._present.shape).ravel()

    def cost_entries(self) -> None:
        """Make the goal how often a nation comes into a formation in which it was not on the span before."""
        formations, nations, spans = self._present.shape
        entry = self.linear.add_columns("entry", formations * nations * spans).reshape(self._present.shape)
        known = self.given.astype(np.float64)
        lower = known.copy()
        lower[:, :, 1:] -= known[:, :, :-1]
        # entry >= present now - present before; what is given is present whatever the column says.
        rows = self.linear.add_rows("entries", entry.size, lower=lower.ravel()).reshape(entry.shape)
        self.linear.add_terms(rows.ravel(), entry.ravel(), 1.0)
        now, ahead = ~self.given, ~self.given[:, :, :-1]
        self.linear.add_terms(rows[now], self._present[now], -1.0)
        self.linear.add_terms(rows[:, :, 1:][ahead], self._present[:, :, :-1][ahead], 1.0)
        self.cost(entry.ravel())

    def read(self, solution: Solution, otherwise: list[int]) -> list[int]:
        """Return the formation of each tour; what was there before where nothing was found."""
        if solution.columns is None:
            return otherwise
        values = solution.columns
        return [shares[int(values[columns].argmax())] for shares, columns in self.inside]
