"""The rules of force generation as rows of a linear model. One function is one rule; the manual's page "Formulation" is theirs.

    starts[a, s]    units that begin a tour on arc a (offer and line) on start s     [units], whole
    gap[r, t]       units missing on line r in slot t                                [units]
    holds[p]        whether the nation of pair p holds its one-nation line           0 or 1
    takes[p, t]     posts that the nation of pair p takes over on slot t             [units]
    burden          largest ratio of a nation's load to its fair share               [-]

Reads a `Problem`; writes rows of a `LinearModel`; knows no solver.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contingent.generation.problem import NO_LIMIT, Problem
from contingent.solver.linear_model import LinearModel

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LOCK_TOLERANCE = 1e-6
"""A locked goal may be missed by this much, which is rounding. [unit of the goal]"""


@dataclass(frozen=True)
class Starts:
    """The columns ``starts``: for each its arc, its start, and its column. Shape (starts,)"""

    arc: Indices
    start: Indices
    column: Indices


@dataclass(frozen=True)
class Gaps:
    """The columns ``gap``: for each its line, its slot, and its column. Shape (gaps,)"""

    line: Indices
    slot: Indices
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
    return Gaps(line, slot.astype(np.int64), model.add_columns("gap", len(line), upper=problem.line_quantity[line]))


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
    model.add_terms(row, starts.column[index], problem.arc_effectiveness[starts.arc[index]])


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


def ceiling(model: LinearModel, problem: Problem, starts: Starts) -> Indices:
    r"""A nation never has more people deployed than its ceiling; handover counts. Returns nation and slot of each row.

    .. math:: \sum_{k \in n} people_k \sum_{r} \sum_{s \text{ on tour at } t} starts_{krs} \le ceiling_n \quad \forall n, t
    """
    offer = problem.arc_offer[starts.arc]
    nation = problem.offer_nation[offer]
    limited = np.flatnonzero(np.isfinite(problem.ceiling[nation]))
    tempo = problem.offer_tempo[offer[limited]]
    first = problem.start_slot[starts.start[limited]].astype(np.int64)
    index, slot = _spread(first, problem.tempo_tour[tempo, starts.start[limited]].astype(np.int64))
    key = nation[limited][index].astype(np.int64) * len(problem.slot_day) + slot
    unique, row = np.unique(key, return_inverse=True)
    rows = model.add_rows("ceiling", len(unique), upper=problem.ceiling[unique // len(problem.slot_day)])
    model.add_terms(rows[row], starts.column[limited][index], problem.offer_people[offer[limited]][index].astype(np.float64))
    keys: Indices = unique.astype(np.int64)
    return keys


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
    costs[gaps.column[mine]] = problem.slot_days[gaps.slot[mine]]
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

    .. math:: takes_{rnt} \ge on_{rnt} - on_{rn,t-1} \quad \forall r, n, t \text{ in the line's window}
    """
    pairs = np.unique(problem.arc_pair[starts.arc])
    lines = problem.pair_line[pairs]
    owner, slot = _spread(problem.line_first[lines].astype(np.int64), problem.line_last[lines].astype(np.int64))
    takes = model.add_columns("takes", len(owner))
    rows = model.add_rows("takes_over", len(owner), lower=0.0)
    model.add_terms(rows, takes, 1.0)
    row_at = np.full((len(problem.pair_line) + 1, len(problem.slot_day)), -1, dtype=np.int64)
    row_at[pairs[owner], slot] = rows
    index, served = service_of(problem, starts)
    pair = problem.arc_pair[starts.arc[index]]
    model.add_terms(row_at[pair, served], starts.column[index], -1.0)
    later = row_at[pair, served + 1]
    model.add_terms(later[later >= 0], starts.column[index][later >= 0], 1.0)
    return takes


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
