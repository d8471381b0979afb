r"""From which bases every point is reached in time: the fewest, and of those the nearest.

How many: a covering problem, proven by MILP (Toregas, Swain, ReVelle and Bergman 1971, location set covering).

.. math:: \min \sum_b x_b \quad \text{so that} \quad \sum_{b:\ h_{bp} \le H} x_b \ge 1 \quad \forall p, \qquad x_b \in \{0, 1\}

Which: of all choices of that number, :math:`n`, the one with the fewest hours from each point to its nearest base, added up: a
p-median problem with a longest distance (ReVelle and Swain 1970).

.. math:: \min \sum_{b,p} h_{bp} y_{bp} \quad \text{so that} \quad \sum_b y_{bp} = 1, \quad y_{bp} \le x_b, \quad \sum_b x_b = n

A first answer is found by exchange: a base is put in another's place as long as the hours become fewer (Teitz and Bart 1968). The
MILP starts from it and has a set number of nodes; so it ends in the same way on every machine, and with the first answer where
the problem is too large.

Knows no troops: hours in, rows of the table out.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from contingent.errors import SolverFailed

Floats = npt.NDArray[np.float64]
Reach = npt.NDArray[np.bool_]

IN_TIME = 1e-9
"""What is so little above the hours allowed is in time. [h]"""

MOST_PAIRS = 5_000
"""Pairs of a point and a base that reaches it, above which the places are found by exchange alone."""

MOST_NODES = 200
"""Nodes of branch and bound in the search for the nearest bases."""


def fewest_bases(hours: Floats, within: float) -> list[int]:
    """Return the fewest bases that reach every point in time that any base can reach, and of those the nearest.

    Parameters
    ----------
    hours : ndarray of float
        [h], shape (bases, points)
    within : float
        Longest time. [h]

    Returns
    -------
    list of int
        Rows of `hours`, in order.

    Raises
    ------
    SolverFailed
        If HiGHS does not prove the number.
    """
    reach = hours <= within + IN_TIME
    reached = np.flatnonzero(reach.any(axis=0))
    if not len(reached):
        return []
    ahead, reach = hours[:, reached], reach[:, reached]
    first = exchanged(ahead, _fewest(reach), within)
    return _nearest(ahead, reach, first) if reach.sum() <= MOST_PAIRS else first


def _fewest(reach: Reach) -> list[int]:
    """Bases of a smallest set that reaches every point."""
    from contingent.solver.linear_model import LinearModel

    # Points that the same bases reach are one row.
    rows = np.unique(reach.T, axis=0)
    model = LinearModel()
    bases = model.add_columns("base", len(reach), upper=1.0, cost=1.0, integer=True)
    covered = model.add_rows("covered", len(rows), lower=1.0)
    row, base = np.nonzero(rows)
    model.add_terms(covered[row], bases[base], 1.0)
    solution = model.solve()
    if solution.status != "optimal" or solution.columns is None:
        raise SolverFailed(f"The number of bases was not proven: HiGHS ended with '{solution.status}'.")
    return [int(at) for at in np.flatnonzero(solution.columns > 0.5)]


def exchanged(hours: Floats, chosen: Sequence[int], within: float) -> list[int]:
    """Return bases of the same number that still reach every point in time, exchanged while the hours in all become fewer."""
    now = sorted(chosen)
    best = float(hours[now].min(axis=0).sum())
    better = True
    while better:
        better = False
        for base in list(now):
            others = [other for other in now if other != base]
            rest = hours[others].min(axis=0) if others else np.full(hours.shape[1], np.inf)
            nearest = np.minimum(hours, rest[None, :])
            total = np.where((nearest <= within + IN_TIME).all(axis=1), nearest.sum(axis=1), np.inf)
            total[others] = np.inf
            new = int(total.argmin())
            if total[new] < best - IN_TIME:
                now, best, better = sorted([*others, new]), float(total[new]), True
                break
    return now


def _nearest(hours: Floats, reach: Reach, first: list[int]) -> list[int]:
    """Bases of the number of `first` with the fewest hours in all, as far as they are found; `first` where none are better."""
    from contingent.solver.linear_model import LinearModel

    count, points = reach.shape
    base, point = np.nonzero(reach)
    model = LinearModel()
    chosen = model.add_columns("base", count, upper=1.0, integer=True)
    served = model.add_columns("served", len(base), upper=1.0, cost=hours[base, point])
    each = model.add_rows("each_once", points, lower=1.0, upper=1.0)
    model.add_terms(each[point], served, 1.0)
    stands = model.add_rows("from_where_one_stands", len(base), upper=0.0)
    model.add_terms(stands, served, 1.0)
    model.add_terms(stands, chosen[base], -1.0)
    number = model.add_rows("number", 1, lower=float(len(first)), upper=float(len(first)))
    model.add_terms(np.repeat(number, count), chosen, 1.0)

    start = np.zeros(model.columns_count)
    start[chosen[first]] = 1.0
    known = np.where(reach, hours, np.inf)
    start[served] = known[first].argmin(axis=0)[point] == [first.index(b) if b in first else -1 for b in base.tolist()]
    solution = model.solve(nodes=MOST_NODES, start=start)
    if solution.columns is None:
        return first
    found = [int(at) for at in np.flatnonzero(solution.columns[chosen] > 0.5)]
    before, after = (float(known[bases].min(axis=0).sum()) for bases in (first, found))
    return found if after < before - IN_TIME else first
