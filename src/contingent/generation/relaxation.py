"""The linear relaxation of a family, for its prices alone: the same rules as in `matrix`, written as states.

What goes on from slot to slot (what serves a line, the units that are free, the people on tour) is a column for each moment,
which follows from the one before it, from what begins and from what ends. Written out as sums over windows, as `matrix` does,
the same rules have some ten times the coefficients. The interior point, which is what solves relaxations of this size,
is five to twenty-five times quicker on states; branch and bound on small matrices is quicker on windows (benchmarks/).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contingent.generation import matrix
from contingent.generation.matrix import Gaps, Starts
from contingent.generation.problem import Problem
from contingent.solver.linear_model import LinearModel

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RelaxationPrices:
    """What the rules of a relaxed problem are worth at its optimum.

    Parameters
    ----------
    lines : ndarray of float
        Price of a unit-day by line and slot. Shape (lines, slots)
    rents : ndarray of float
        Rent of a person for a slot, by nation and slot. Shape (nations, slots)
    """

    lines: Floats
    rents: Floats


@dataclass(frozen=True)
class State:
    """Columns in chains, each what the one before it was and what changes: ``state[i] = state[i - 1] + change[i]``.

    Parameters
    ----------
    chain : ndarray of int
        Chain of each column, ascending. Shape (states,)
    constant : ndarray of float
        What changes whatever begins. Shape (states,)
    at, start : ndarray of int, change : ndarray of float
        What each unit that begins changes: at which state, by which of the columns ``starts`` (its index), and by how much.
        Shape (changes,)
    """

    chain: Indices
    constant: Floats
    at: Indices
    start: Indices
    change: Floats


def size_of_relaxation(problem: Problem) -> int:
    """Return about how many columns the relaxation has: starts, and three for each slot of each line."""
    windows = int((problem.line_last - problem.line_first).sum())
    return matrix.columns_of(problem, np.arange(len(problem.arc_line))) + 3 * windows


def prices_of_relaxation(problem: Problem, weights: Floats, *, seconds: float) -> RelaxationPrices | None:
    """Solve the relaxation by an interior point; None where it takes longer than `seconds`.

    Parameters
    ----------
    weights : ndarray of float
        Cost of a missing unit-day of each line. Shape (lines,)

    Raises
    ------
    SolverFailed
        If HiGHS ends in a state that says nothing about the model.
    """
    model = LinearModel()
    starts = matrix.add_starts(model, problem, np.arange(len(problem.arc_line)))
    gaps = matrix.add_gaps(model, problem, np.arange(len(problem.lines)))
    covered = _coverage(model, problem, starts, gaps)
    _rotation_base(model, problem, starts)
    matrix.most_tours(model, problem, starts)
    nations, ceilings = _ceiling(model, problem, starts)
    matrix.one_nation(model, problem, starts)
    costs = np.zeros(model.columns_count)
    costs[gaps.column] = weights[gaps.line] * problem.slot_days[gaps.slot]
    model.set_costs(costs)
    solution = model.solve(relaxed=True, interior=True, time_limit=seconds)
    if solution.duals is None:
        return None
    lines = np.zeros((len(problem.lines), len(problem.slot_days)))
    lines[gaps.line, gaps.slot] = np.maximum(0.0, solution.duals[covered]) / problem.slot_days[gaps.slot]
    rents = np.zeros((len(problem.nations), len(problem.slot_days)))
    rents[nations] = np.maximum(0.0, -solution.duals[ceilings]).reshape(len(nations), len(problem.slot_days))
    return RelaxationPrices(lines, rents)


def _add_state(model: LinearModel, name: str, starts: Starts, state: State) -> Indices:
    """Add the columns of a state and the rows that carry it on; return its columns."""
    column = model.add_columns(name, len(state.chain))
    rows = model.add_rows(f"{name}_goes_on", len(column), lower=state.constant, upper=state.constant)
    model.add_terms(rows, column, 1.0)
    later = np.flatnonzero(state.chain[1:] == state.chain[:-1]) + 1
    model.add_terms(rows[later], column[later - 1], -1.0)
    model.add_terms(rows[state.at], starts.column[state.start], -state.change)
    return column


def _coverage(model: LinearModel, problem: Problem, starts: Starts, gaps: Gaps) -> Indices:
    """What serves a line and what is missing make up what is asked for; return the row of each gap."""
    at = np.full((len(problem.lines), len(problem.slot_day)), -1, dtype=np.int64)
    at[gaps.line, gaps.slot] = np.arange(len(gaps.column))
    line, share = problem.arc_line[starts.arc], problem.arc_effectiveness[starts.arc]
    tempo = problem.offer_tempo[problem.arc_offer[starts.arc]]
    last = problem.tempo_serve[tempo, starts.start]
    every, ends = np.arange(len(starts.arc)), np.flatnonzero(last < problem.line_last[line])
    state = State(
        chain=gaps.line,
        constant=np.zeros(len(gaps.column)),
        at=np.concatenate([at[line, problem.start_slot[starts.start]], at[line[ends], last[ends]]]),
        start=np.concatenate([every, ends]),
        change=np.concatenate([share, -share[ends]]),
    )
    served = _add_state(model, "served", starts, state)
    rows = model.add_rows("coverage", len(gaps.column), lower=problem.line_quantity[gaps.line])
    model.add_terms(rows, gaps.column, 1.0)
    model.add_terms(rows, served, 1.0)
    return rows


def _rotation_base(model: LinearModel, problem: Problem, starts: Starts) -> None:
    """Units that begin a tour are free again when their dwell is over; a moment for each start on which an offer may begin."""
    offer = problem.arc_offer[starts.arc].astype(np.int64)
    count = len(problem.start_day)
    keys, at = np.unique(offer * count + starts.start, return_inverse=True)
    chain = keys // count
    following = problem.tempo_next[problem.offer_tempo[offer], starts.start].astype(np.int64)
    back = np.searchsorted(keys, offer * count + following)
    returns = np.flatnonzero(np.append(chain, -1)[back] == offer)
    first = np.append(True, chain[1:] != chain[:-1])[: len(chain)]
    state = State(
        chain=chain,
        constant=np.where(first, problem.offer_quantity[chain], 0).astype(np.float64),
        at=np.concatenate([at, back[returns]]),
        start=np.concatenate([np.arange(len(offer)), returns]),
        change=np.concatenate([np.full(len(offer), -1.0), np.ones(len(returns))]),
    )
    _add_state(model, "free", starts, state)


def _ceiling(model: LinearModel, problem: Problem, starts: Starts) -> tuple[Indices, Indices]:
    """People on tour stay below their nation's ceiling; return the nations it can bind, and their rows by slot."""
    offer = problem.arc_offer[starts.arc]
    nation = problem.offer_nation[offer]
    mine = np.flatnonzero(np.isfinite(problem.ceiling[nation]))
    limited, chain = np.unique(nation[mine], return_inverse=True)
    slots = len(problem.slot_days)
    size = problem.offer_people[offer[mine]].astype(np.float64)
    last = problem.tempo_tour[problem.offer_tempo[offer[mine]], starts.start[mine]]
    ends = np.flatnonzero(last < slots)
    state = State(
        chain=np.repeat(limited.astype(np.int64), slots),
        constant=np.zeros(len(limited) * slots),
        at=np.concatenate([chain * slots + problem.start_slot[starts.start[mine]], chain[ends] * slots + last[ends]]),
        start=np.concatenate([mine, mine[ends]]),
        change=np.concatenate([size, -size[ends]]),
    )
    people = _add_state(model, "people", starts, state)
    rows = model.add_rows("ceiling", len(people), upper=problem.ceiling[state.chain])
    model.add_terms(rows, people, 1.0)
    return limited.astype(np.int64), rows
