"""The rules of force generation as rows of a linear model. One function is one rule; the manual's page "Formulation" is theirs.

    starts[a, s]    units that begin a tour on arc a (offer and line) on start s     [units], whole
    gap[r, t]       units missing on line r in slot t, or in a stretch of slots      [units]
    holds[p]        whether the nation of pair p holds its one-nation line           0 or 1
    takes[p, t]     posts that the nation of pair p takes over on slot t             [units], whole
    burden          largest ratio of a nation's load to its fair share               [-]

Reads a `Problem`; writes rows of a `LinearModel`; knows no solver.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contingent.generation.problem import NO_LIMIT, Problem
from contingent.solver.linear_model import LinearModel

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LOCK_TOLERANCE = 1e-6
"""A locked goal may be missed by this much, which is rounding. [unit of the goal]"""


MOST_MULTIPLES = 2
"""A row of coverage is rounded at the multiples that make one effectiveness a whole number, up to this one."""

ROUNDING = 1e-9
"""A number this near to a whole one is that number. [-]"""


@dataclass(frozen=True)
class Starts:
    """The columns ``starts``: for each its arc, its start, and its column. Shape (starts,)"""

    arc: Indices
    start: Indices
    column: Indices


@dataclass(frozen=True)
class Gaps:
    """The columns ``gap``: for each its line, its first slot, its days, and its column. Shape (gaps,)"""

    line: Indices
    slot: Indices
    days: Floats
    column: Indices


def columns_of(problem: Problem, arcs: Indices) -> int:
    """Return how many columns `starts` the given arcs would make: the size of the model."""
    return int((problem.arc_last[arcs] - problem.arc_first[arcs]).sum())


def add_starts(model: LinearModel, problem: Problem, arcs: Indices) -> Starts:
    """Units that begin a tour. Caveats, windows and readiness are columns that are not made; pins are lower bounds."""
    arc, start = [], []
    for a in arcs.tolist():
        mine = np.arange(problem.arc_first[a], problem.arc_last[a])
        mine = mine[problem.on_grid[mine] | (mine == problem.line_open[problem.arc_line[a]])]
        arc.append(np.full(len(mine), a))
        start.append(mine)
    arc_of = np.concatenate([*arc, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    start_of = np.concatenate([*start, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    pinned = {(a, s): quantity for a, s, quantity in problem.pins.tolist()}
    lower = np.array([pinned.get((a, s), 0) for a, s in zip(arc_of.tolist(), start_of.tolist(), strict=True)], dtype=np.float64)
    upper = problem.offer_quantity[problem.arc_offer[arc_of]].astype(np.float64)
    return Starts(arc_of, start_of, model.add_columns("starts", len(arc_of), lower=lower, upper=upper, integer=True))


def add_gaps(model: LinearModel, problem: Problem, lines: Indices) -> Gaps:
    """Units missing, between none and all that is asked for."""
    line = np.repeat(lines, problem.line_last[lines] - problem.line_first[lines]).astype(np.int64)
    slot = np.concatenate([np.arange(problem.line_first[r], problem.line_last[r]) for r in lines] + [np.zeros(0, dtype=np.int64)])
    slot = slot.astype(np.int64)
    return Gaps(line, slot, problem.slot_days[slot], model.add_columns("gap", len(line), upper=problem.line_quantity[line]))


def add_gaps_of_stretches(model: LinearModel, problem: Problem, starts: Starts) -> Gaps:
    """Units missing, one column for each stretch of slots on which the same tours serve a line: there the gap is the same."""
    tempo, line = problem.offer_tempo[problem.arc_offer[starts.arc]], problem.arc_line[starts.arc]
    changes = np.zeros((len(problem.lines), len(problem.slot_day)), dtype=np.bool_)
    changes[np.arange(len(problem.lines)), problem.line_first] = True
    changes[line, problem.start_slot[starts.start]] = True
    changes[line, problem.tempo_serve[tempo, starts.start]] = True
    slot = np.arange(len(problem.slot_day))
    changes &= (slot >= problem.line_first[:, None]) & (slot < problem.line_last[:, None])
    of_line, first = np.nonzero(changes)
    last = np.append(first[1:], 0)
    ends = np.append(of_line[1:] != of_line[:-1], True)[: len(of_line)]
    last[ends] = problem.line_last[of_line[ends]]
    days = (problem.slot_day[last] - problem.slot_day[first]).astype(np.float64)
    return Gaps(of_line, first, days, model.add_columns("gap", len(of_line), upper=problem.line_quantity[of_line]))


def _spread(first: Indices, last: Indices) -> tuple[Indices, Indices]:
    """Return for half-open ranges the range that each entry comes from, and the entries."""
    lengths = np.maximum(0, last - first)
    owner = np.repeat(np.arange(len(first)), lengths)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return owner, np.repeat(first, lengths) + offset


def service_of(problem: Problem, starts: Starts) -> tuple[Indices, Indices]:
    """Return for each slot that a start serves the index of the start, and the slot."""
    tempo = problem.offer_tempo[problem.arc_offer[starts.arc]]
    line = problem.arc_line[starts.arc]
    last = np.minimum(problem.tempo_serve[tempo, starts.start], problem.line_last[line])
    return _spread(problem.start_slot[starts.start].astype(np.int64), last.astype(np.int64))


def coverage(model: LinearModel, problem: Problem, starts: Starts, gaps: Gaps) -> None:
    r"""What serves a line, each unit by its effectiveness, and what is missing make up what is asked for.

    .. math:: \sum_{k} e_{kr} \sum_{s \text{ serves } t} starts_{krs} + gap_{rt} \ge quantity_r \quad \forall r, t
    """
    rows = model.add_rows("coverage", len(gaps.column), lower=problem.line_quantity[gaps.line])
    model.add_terms(rows, gaps.column, 1.0)
    row_at = np.full((len(problem.lines), len(problem.slot_day)), -1, dtype=np.int64)
    row_at[gaps.line, gaps.slot] = rows
    index, slot = service_of(problem, starts)
    row = row_at[problem.arc_line[starts.arc[index]], slot]
    index, row = index[row >= 0], row[row >= 0]
    model.add_terms(row, starts.column[index], problem.arc_effectiveness[starts.arc[index]])


def rounded_coverage(model: LinearModel, problem: Problem, starts: Starts, gaps: Gaps) -> None:
    r"""Units come whole, and so a row of coverage may be rounded. Implied by whole units, not by parts of them.

    For any multiple :math:`\lambda > 0`, with :math:`f_0` and :math:`f_k` what :math:`\lambda \, quantity` and
    :math:`\lambda \, e_k` have behind the point (mixed-integer rounding):

    .. math:: \sum_k (\lfloor \lambda e_k \rfloor + \min(1, f_k / f_0)) \, serving_{krt} + \lambda \, gap_{rt} / f_0
        \ge \lceil \lambda \, quantity_r \rceil
    """
    index, slot = service_of(problem, starts)
    gap_at = np.full((len(problem.lines), len(problem.slot_day)), -1, dtype=np.int64)
    gap_at[gaps.line, gaps.slot] = np.arange(len(gaps.column))
    gap = gap_at[problem.arc_line[starts.arc[index]], slot]
    index, gap = index[gap >= 0], gap[gap >= 0]
    for r in np.unique(gaps.line[gap]).tolist():
        mine = gaps.line[gap] == r
        share = problem.arc_effectiveness[starts.arc[index[mine]]]
        shares = np.unique(share)
        for weights, least in rounded_rows(shares, float(problem.line_quantity[r])):
            places, place = np.unique(gap[mine], return_inverse=True)
            rows = model.add_rows(f"rounded_coverage_{model.rows_count}", len(places), lower=least)
            model.add_terms(rows, gaps.column[places], 1.0)
            model.add_terms(rows[place], starts.column[index[mine]], weights[np.searchsorted(shares, share)])


def rounded_rows(shares: Floats, quantity: float) -> list[tuple[Floats, float]]:
    """Return the rounded rows of coverage: a weight for each share, and what these and the gap must reach together.

    Parameters
    ----------
    shares : ndarray of float
        Effectiveness of the units that may serve a line, each once. [-], shape (shares,)
    quantity : float
        Units that the line asks for. [units]

    Examples
    --------
    One unit of 0.75 leaves a quarter open, and only a second one closes it:

    >>> weights, least = rounded_rows(np.array([0.75]), 1.0)[0]
    >>> weights.round(9).tolist(), round(least, 9)
    ([0.25], 0.5)
    """
    found: list[tuple[Floats, float]] = []
    for multiple in np.unique(np.round(np.arange(1, MOST_MULTIPLES + 1)[:, None] / shares[None, :], 12)).tolist():
        wanted, parts = multiple * quantity, multiple * shares
        behind = wanted - math.floor(wanted + ROUNDING)
        if behind < LOCK_TOLERANCE:
            continue
        whole = np.floor(parts + ROUNDING)
        scale = behind / multiple
        weights = scale * (whole + np.minimum(1.0, np.maximum(0.0, parts - whole) / behind))
        least = scale * math.ceil(wanted - ROUNDING)
        implied = any((w <= weights + ROUNDING).all() and b >= least - ROUNDING for w, b in [*found, (shares, quantity)])
        if not implied:
            found = [(w, b) for w, b in found if not ((weights <= w + ROUNDING).all() and least >= b - ROUNDING)]
            found.append((weights, least))
    return found


def rotation_base(model: LinearModel, problem: Problem, starts: Starts) -> None:
    r"""A unit that begins a tour is not sent again until its dwell is over.

    .. math:: \sum_{r} \sum_{s - cycle_k < s' \le s} starts_{krs'} \le quantity_k \quad \forall k, s
    """
    offer = problem.arc_offer[starts.arc].astype(np.int64)
    begins = np.unique(np.stack([offer, starts.start]), axis=1) if len(offer) else np.zeros((2, 0), dtype=np.int64)
    rows = model.add_rows("rotation_base", begins.shape[1], upper=problem.offer_quantity[begins[0]].astype(np.float64))
    row_at = np.full((len(problem.offers), len(problem.start_day)), -1, dtype=np.int64)
    row_at[begins[0], begins[1]] = rows
    following = problem.tempo_next[problem.offer_tempo[offer], starts.start].astype(np.int64)
    index, start = _spread(starts.start, following)
    row = row_at[offer[index], start]
    model.add_terms(row[row >= 0], starts.column[index][row >= 0], 1.0)


def most_tours(model: LinearModel, problem: Problem, starts: Starts) -> None:
    r"""No offer begins more tours than its units may do.

    .. math:: \sum_{r, s} starts_{krs} \le quantity_k \cdot max\_tours_k \quad \forall k
    """
    offer = problem.arc_offer[starts.arc]
    limited = np.unique(offer[problem.offer_max_tours[offer] < NO_LIMIT])
    most = problem.offer_quantity[limited].astype(np.float64) * problem.offer_max_tours[limited]
    rows = model.add_rows("most_tours", len(limited), upper=most)
    mine = np.isin(offer, limited)
    model.add_terms(rows[np.searchsorted(limited, offer[mine])], starts.column[mine], 1.0)


def ceiling(model: LinearModel, problem: Problem, starts: Starts) -> None:
    r"""A nation never has more people deployed than its ceiling; handover counts.

    .. math:: \sum_{k \in n} people_k \sum_{r} \sum_{s \text{ on tour at } t} starts_{krs} \le ceiling_n \quad \forall n, t
    """
    offer = problem.arc_offer[starts.arc]
    nation = problem.offer_nation[offer]
    limited = np.flatnonzero(np.isfinite(problem.ceiling[nation]))
    tempo = problem.offer_tempo[offer[limited]]
    first = problem.start_slot[starts.start[limited]].astype(np.int64)
    index, slot = _spread(first, problem.tempo_tour[tempo, starts.start[limited]].astype(np.int64))
    key = nation[limited][index].astype(np.int64) * len(problem.slot_day) + slot
    # People on tour can only grow where tours begin: the other slots' rows are implied.
    begins = np.unique(nation[limited].astype(np.int64) * len(problem.slot_day) + first)
    mine = np.isin(key, begins)
    rows = model.add_rows("ceiling", len(begins), upper=problem.ceiling[begins // len(problem.slot_day)])
    people = problem.offer_people[offer[limited]][index].astype(np.float64)
    model.add_terms(rows[np.searchsorted(begins, key[mine])], starts.column[limited][index[mine]], people[mine])


def one_nation(model: LinearModel, problem: Problem, starts: Starts) -> None:
    r"""A line that one nation must hold is served by the units of one nation for its whole window.

    .. math:: starts_{krs} \le quantity_k \, holds_{rn(k)}, \qquad \sum_n holds_{rn} \le 1
    """
    mine = np.flatnonzero(problem.line_one_nation[problem.arc_line[starts.arc]])
    pairs, pair = np.unique(problem.arc_pair[starts.arc[mine]], return_inverse=True)
    holds = model.add_columns("holds", len(pairs), upper=1.0, integer=True)
    upper = model.add_rows("one_nation_holds", len(mine), upper=0.0)
    model.add_terms(upper, starts.column[mine], 1.0)
    model.add_terms(upper, holds[pair], -problem.offer_quantity[problem.arc_offer[starts.arc[mine]]].astype(np.float64))
    lines, line = np.unique(problem.pair_line[pairs], return_inverse=True)
    single = model.add_rows("one_nation", len(lines), upper=1.0)
    model.add_terms(single[line], holds, 1.0)


def unfilled(problem: Problem, gaps: Gaps, level: int, columns: int) -> Floats:
    """Objective of a priority level: its unit-days of gap. [unit-days], shape (columns,)"""
    costs = np.zeros(columns)
    mine = problem.line_level[gaps.line] == level
    costs[gaps.column[mine]] = gaps.days[mine]
    return costs


def days_on_tour(problem: Problem, starts: Starts) -> Floats:
    """Days of each tour within the horizon. [days], shape (starts,)"""
    tour = np.array([term.tour_days for term in problem.terms])[problem.arc_offer[starts.arc]]
    days: Floats = np.minimum(tour, problem.horizon_days - problem.start_day[starts.start]).astype(np.float64)
    return days


def burden(model: LinearModel, problem: Problem, starts: Starts) -> Indices:
    r"""The largest ratio of what a nation carries to its fair share of the requirement; returns its column.

    .. math:: \sum_{k \in n} people_k \sum_{r, s} days_{ks} \, starts_{krs} \le burden \cdot fair_n \cdot R \quad \forall n
    """
    worst = model.add_columns("burden", 1)
    offer = problem.arc_offer[starts.arc]
    nation = problem.offer_nation[offer]
    counted = np.flatnonzero(problem.fair > 0) if problem.reference > 0 else np.zeros(0, dtype=np.int64)
    rows = model.add_rows("burden_of", len(counted), upper=0.0)
    model.add_terms(rows, np.repeat(worst, len(counted)), -np.ones(len(counted)))
    mine = np.flatnonzero(np.isin(nation, counted))
    share = problem.fair[nation[mine]] * problem.reference
    load = problem.offer_people[offer[mine]] * days_on_tour(problem, starts)[mine] / share
    model.add_terms(rows[np.searchsorted(counted, nation[mine])], starts.column[mine], load)
    return worst


def takeovers(model: LinearModel, problem: Problem, starts: Starts) -> Indices:
    r"""Posts that a nation takes over: those it serves and did not serve on the slot before; returns their columns.

    .. math:: takes_{rnt} \ge on_{rnt} - on_{rn,t-1} \quad \forall r, n, t \text{ on which tours begin}
    """
    begins = takeover_slots(problem, starts)
    takes = model.add_columns("takes", len(begins), integer=True)
    rows = model.add_rows("takes_over", len(begins), lower=0.0)
    model.add_terms(rows, takes, 1.0)
    width = len(problem.slot_day)
    row_at = np.full(len(problem.pair_line) * width, -1, dtype=np.int64)
    row_at[begins] = rows
    pair = problem.arc_pair[starts.arc].astype(np.int64)
    model.add_terms(row_at[pair * width + problem.start_slot[starts.start]], starts.column, -1.0)
    tempo = problem.offer_tempo[problem.arc_offer[starts.arc]]
    end = problem.tempo_serve[tempo, starts.start]
    later = np.where(end < problem.line_last[problem.arc_line[starts.arc]], row_at[pair * width + end], -1)
    model.add_terms(later[later >= 0], starts.column[later >= 0], 1.0)
    return takes


def takeover_slots(problem: Problem, starts: Starts) -> Indices:
    """Return where a pair may take over posts, only where its tours may begin: pair times (slots + 1), and slot. Ascending."""
    return np.unique(problem.arc_pair[starts.arc].astype(np.int64) * len(problem.slot_day) + problem.start_slot[starts.start])


def cost(problem: Problem, starts: Starts, columns: int) -> Floats:
    """Objective of cost: what each tour costs within the horizon. [currency], shape (columns,)"""
    offer = problem.arc_offer[starts.arc]
    costs = np.zeros(columns)
    costs[starts.column] = problem.offer_tour_cost[offer] + problem.offer_daily_cost[offer] * days_on_tour(problem, starts)
    return costs


def lock(model: LinearModel, name: str, costs: Floats, value: float) -> None:
    """Keep a goal at the value that it reached."""
    used = np.flatnonzero(costs)
    row = model.add_rows(f"lock_{name}", 1, upper=value + LOCK_TOLERANCE * max(1.0, abs(value) * 1e-3))
    model.add_terms(np.repeat(row, len(used)), used, costs[used])
