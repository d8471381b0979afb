"""The covering problem of one family as rows of a linear model, made tight before it is solved.

    begins[j, r, s]    units of type j that begin a tour on line r on start s        [units], whole
    units[j]           further units of type j                                       [units], whole

    coverage           sum over j of share[j, r] * begins that serve t  >=  gap[r, t]
    rotation base      begins of type j on tour or in dwell at s        <=  units[j]
    least              cost of the tours where all types of a family are costed, and among those the fewest people;
                       else people of the units

Units come whole, and so a row of coverage may be rounded up (`rounded_rows`): where two halves are asked to close one gap, a
third of a unit is of no use. The rounded rows are what lets the relaxation prove most answers without a search. Rows that
another row implies are left out.
"""

import math

import numpy as np
import numpy.typing as npt

from contingent.generation.remedies.answers import SMALL, Answer, tour_costs, units_needed, without_idle_tours
from contingent.generation.remedies.shortfall import Shortfall
from contingent.solver.linear_model import LinearModel

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TIE = 1e-5
"""Weight of people where cost is least, and of a unit that has none where people are fewest. [-]"""

MOST_MULTIPLES = 12
"""A row is rounded at the multiples that make one type's coefficient a whole number, up to this one."""

ROUNDING = 1e-7
"""A coefficient so little above a whole number is that number. [-]"""


def rounded_rows(share: Floats, gap: float) -> Floats:
    r"""Return the rows that hold for whole units wherever shares close a gap: each row's products add up to 1 at least.

    For any multiple :math:`\lambda > 0`, whole :math:`x` and :math:`\sum_j share_j x_j \ge gap`:

    .. math:: \sum_j \lceil \lambda \, share_j \rceil \, x_j \ge \lceil \lambda \, gap \rceil

    Together the rows that are returned imply the row that they come from; none of them implies another.

    Parameters
    ----------
    share : ndarray of float
        Effectiveness, above 0. [-], shape (types,)
    gap : float
        What is to be closed, above 0. [units]

    Returns
    -------
    ndarray of float
        Shape (rows, types)

    Examples
    --------
    A gap of 1 by units that close 1 or 0.3: one of the first, or four of the second.

    >>> rounded_rows(np.array([1.0, 0.3]), 1.0).tolist()
    [[1.0, 0.25]]
    """
    multiples = np.unique(np.arange(1, MOST_MULTIPLES + 1)[:, None] / share[None, :])
    whole = np.ceil(np.outer(multiples, share) - ROUNDING) / np.ceil(multiples * gap - ROUNDING)[:, None]
    rows = np.unique(np.minimum(np.concatenate([whole, share[None, :] / gap]), 1.0), axis=0)
    implied = (rows[:, None, :] >= rows[None, :, :] - SMALL).all(axis=2) & ~np.eye(len(rows), dtype=np.bool_)
    # Of two rows that imply each other, the one that comes first stays.
    implied &= ~(implied.T & (np.arange(len(rows))[:, None] < np.arange(len(rows))[None, :]))
    kept: Floats = rows[~implied.any(axis=1)]
    return kept


class CoveringModel:
    """The rows of one family, with the tours that may be chosen. See the module's head.

    Parameters
    ----------
    shortfall : Shortfall
        Of one family.
    choice : ndarray of bool
        Tours that may be chosen. Shape (types, lines, starts)
    by_cost : bool
        Whether cost is to be least, and not people.
    """

    def __init__(self, shortfall: Shortfall, choice: Flags, *, by_cost: bool) -> None:
        self.shortfall, self.by_cost = shortfall, by_cost
        self.kind, self.line, self.start = (np.asarray(axis, dtype=np.int64) for axis in np.nonzero(choice))
        self.model = LinearModel()
        self.begins = self.model.add_columns("begins", len(self.kind), integer=True)
        self.units = self.model.add_columns("units", len(shortfall.types), integer=True)
        self._coverage()
        self._rotation_base()
        self.costs = self._aim()
        self.model.set_costs(self.costs)

    def value_of(self, answer: Answer) -> float:
        """Return what an answer costs in the model's aim."""
        begins = answer.begins[self.kind, self.line, self.start]
        return float(begins @ self.costs[self.begins] + answer.units @ self.costs[self.units])

    def rounded_up(self, columns: Floats) -> Answer:
        """Return the answer that makes the tours of a relaxed solution in whole units, without those that are idle then."""
        begins = np.zeros((len(self.shortfall.types), len(self.shortfall.lines), len(self.shortfall.first)), dtype=np.int64)
        begins[self.kind, self.line, self.start] = np.ceil(columns[self.begins] - ROUNDING).astype(np.int64)
        begins = without_idle_tours(self.shortfall, begins)
        return Answer(units_needed(self.shortfall, begins), begins, proven=False)

    def least_above(self, bound: float) -> float:
        """Return the least value that an answer can have, given a bound: people come in whole units."""
        step = math.gcd(*(kind.personnel for kind in self.shortfall.types))
        if self.by_cost or step == 0:
            return bound * (1.0 + TIE)
        return math.ceil(bound / step - TIE) * step + TIE

    def _coverage(self) -> None:
        """Every gap is closed."""
        shortfall = self.shortfall
        for line in range(len(shortfall.lines)):
            mine = np.flatnonzero(self.line == line)
            starts = np.unique(self.start[mine])
            kinds = np.flatnonzero(shortfall.share[:, line] > 0)
            known: dict[float, Floats] = {}
            for low, high, gap in _needs(shortfall, line, starts):
                if gap not in known:
                    known[gap] = rounded_rows(shortfall.share[kinds, line], gap)
                serving = mine[(self.start[mine] >= low) & (self.start[mine] <= high)]
                factor = np.zeros((len(known[gap]), len(shortfall.types)))
                factor[:, kinds] = known[gap]
                rows = self.model.add_rows(f"coverage of {line} by {low} to {high}", len(factor), lower=1.0 - SMALL)
                self.model.add_terms(
                    np.repeat(rows, len(serving)), np.tile(self.begins[serving], len(rows)), factor[:, self.kind[serving]].ravel()
                )

    def _rotation_base(self) -> None:
        """A further unit is on tour or in dwell once at a time. A start that leaves nobody free since the last needs no row."""
        following = self.shortfall.following
        for kind in range(len(self.shortfall.types)):
            mine = np.flatnonzero(self.kind == kind)
            starts = np.unique(self.start[mine])
            # The first start whose tours are not over yet; of starts with the same one, the last has all the others' tours.
            busy_from = np.searchsorted(following[starts], starts, side="right")
            latest = np.append(busy_from[1:] != busy_from[:-1], True)[: len(starts)]
            rows = self.model.add_rows(f"rotation base of {kind}", int(latest.sum()), upper=0.0)
            self.model.add_terms(rows, np.full(len(rows), self.units[kind]), -1.0)
            for row, first, last in zip(rows.tolist(), starts[busy_from[latest]].tolist(), starts[latest].tolist(), strict=True):
                busy = mine[(self.start[mine] >= first) & (self.start[mine] <= last)]
                self.model.add_terms(np.full(len(busy), row), self.begins[busy], 1.0)

    def _aim(self) -> Floats:
        """Cost of the tours where all types are costed, and a little for people; else people of the units. Shape (columns,)"""
        shortfall = self.shortfall
        people = np.array([kind.personnel for kind in shortfall.types], dtype=np.float64)
        costs = np.zeros(self.model.columns_count)
        if self.by_cost:
            costs[self.begins] = tour_costs(shortfall)[self.kind, self.start]
            typical = costs[self.begins].mean() if len(self.begins) else 1.0
            costs[self.units] = TIE * max(typical, SMALL) * people / max(people.max(), 1.0)
        else:
            costs[self.units] = np.maximum(people, TIE)
        return costs

    def _gap(self, first: Answer) -> float:
        """Relative gap at which an answer is proven: people come in whole units, so less than the least step is nothing. [-]"""
        if self.by_cost:
            return TIE
        people = [kind.personnel for kind in self.shortfall.types]
        value = float(first.units @ np.array(people))
        return 0.9 * math.gcd(*people) / value if value > 0 else TIE

    def solved(self, first: Answer, *, nodes: int, time_limit: float) -> Answer:
        """Solve from a known answer."""
        start = np.zeros(self.model.columns_count)
        start[self.begins] = first.begins[self.kind, self.line, self.start]
        start[self.units] = first.units
        solution = self.model.solve(time_limit=time_limit, gap=self._gap(first), nodes=nodes, start=start)
        if solution.columns is None:
            return first
        begins = np.zeros_like(first.begins)
        begins[self.kind, self.line, self.start] = np.rint(solution.columns[self.begins]).astype(np.int64)
        begins = without_idle_tours(self.shortfall, begins)
        found = Answer(units_needed(self.shortfall, begins), begins, proven=solution.status == "optimal")
        return found if self.value_of(found) <= self.value_of(first) + SMALL else first


def _needs(shortfall: Shortfall, line: int, starts: Indices) -> list[tuple[int, int, float]]:
    """Return first and last start, and gap, of what tours on a line must close, for tours that may begin on `starts`.

    A slot is served by tours that begin on starts next to each other. Where the same or fewer tours must close as much on
    another slot, nothing more is asked.
    """
    slots = np.flatnonzero(shortfall.gap[line] > SMALL)
    low = np.searchsorted(shortfall.last[starts], slots, side="right")
    high = np.searchsorted(shortfall.first[starts], slots, side="right") - 1
    asked = np.unique(np.stack([low, high, np.round(shortfall.gap[line, slots], 9)]), axis=1)
    # Whether a need asks for all that another one does, by no more tours.
    wider = (asked[0][:, None] <= asked[0]) & (asked[1][:, None] >= asked[1]) & (asked[2][:, None] <= asked[2])
    needless = (wider & ~np.eye(asked.shape[1], dtype=np.bool_)).any(axis=1)
    return [(int(starts[int(a)]), int(starts[int(b)]), float(gap)) for a, b, gap in asked[:, ~needless].T.tolist()]
