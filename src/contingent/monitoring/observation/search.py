r"""Which candidates are chosen: the most watched for a limit of money or people, or the least cost for a wanted share.

.. math:: \max \sum_t W_t \sum_c \pi_c \bigl(1 - e^{-y_{tc}}\bigr), \quad y_{tc} = \sum_{j\ sees\ t} m_{jc} x_j, \quad
    \sum_j money_j x_j \le M, \quad \sum_j people_j x_j \le P, \quad x_j \in \{0, 1\}

with :math:`m_{jc} = -\log(1 - a_{jc})` (`contingent.monitoring.observation.seeing`). The function is concave in y and
submodular in x.

    greedy      adds what gains most for what it takes, as long as it fits; better of that and of gain alone
    exchange    takes one out and adds anew, as long as more is watched
    bound       :math:`1 - e^{-y}` is replaced by tangents, which lie above it; further tangents are put where the last answer
                lies (outer approximation, Duran and Grossmann 1986). Nor is a target watched more than by all that see it, each
                counted alone: the sum of :math:`a_{jc} x_j`. Relaxed, this bounds every choice; with whole x it is exact in
                the end, and is solved so where the problem is small.

Where all candidates take the same and only one limit holds, greedy reaches at least 1 - 1/e of the best (Nemhauser, Wolsey and
Fisher 1978). Every choice is then valued exactly, not by its tangents.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from contingent.monitoring.observation.seeing import Candidates
from contingent.solver import LinearModel

Floats = npt.NDArray[np.float64]
Status = Literal["optimal", "feasible", "infeasible"]

TINY = 1e-9
"""A gain smaller than this is none. [-]"""

FIRST_TANGENTS = (0.0, 0.5, 1.2, 2.3, 4.5)
"""Where the first tangents touch."""

MOST_ROUNDS = 12
"""Rounds of further tangents."""

MOST_RELAXED_ROUNDS = 3
"""Rounds of further tangents of the relaxed problem, which soon tell little more."""

MOST_WHOLE = 1_500
"""Candidates up to which whole x are solved for; above that the relaxed problem bounds the choice."""

MOST_NODES = 1_000
"""Nodes of branch and bound in each round, where there are few candidates."""

FEW = 150
"""Candidates up to which there are few."""

MOST_NODES_OF_MANY = 40
"""Nodes of branch and bound in each round, where there are many candidates. A clock would end otherwise each time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be taken. Infinite where there is no limit.

    Parameters
    ----------
    money, people : float
        Most a year; most people. [currency], [people]
    """

    money: float = float("inf")
    people: float = float("inf")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and how far from the best it can be.

    Parameters
    ----------
    chosen : tuple of int
        Rows of the candidates, in order.
    value : float
        Share watched, valued exactly. [-]
    bound : float
        With limits: no choice within them watches more [-]. With a wanted share: no choice that reaches it costs less [currency].
    greedy : float
        What greedy alone came to, in the same measure as the bound.
    status : {"optimal", "feasible", "infeasible"}
        optimal = value meets bound; infeasible = the wanted share cannot be reached.
    method : str
        How it was found and bounded.
    """

    chosen: tuple[int, ...]
    value: float
    bound: float
    greedy: float
    status: Status
    method: str


def most_watched(
    candidates: Candidates, limits: Limits, *, start: Sequence[int] = (), gap: float = 0.01, whole: bool | None = None
) -> Choice:
    """Return the candidates that watch the most within limits.

    Parameters
    ----------
    start : sequence of int
        A choice within the limits to begin from as well.
    gap : float
        Relative distance of value and bound at which the choice counts as optimal. [-]
    whole : bool, optional
        Whether whole x are solved for; None = where there are at most `MOST_WHOLE` candidates.
    """
    first = _greedy(candidates, limits)
    by_greedy = candidates.value(first)
    begun = [_exchanged(candidates, limits, one) for one in {tuple(first), tuple(start)}]
    chosen = max(sorted(begun), key=candidates.value)
    whole = len(candidates.site) <= MOST_WHOLE if whole is None else whole
    chosen, bound = _bounded(candidates, limits, chosen, gap, whole=whole)
    value = candidates.value(chosen)
    bound = max(bound, value)
    status: Status = "optimal" if bound - value <= gap * max(bound, TINY) else "feasible"
    method = "greedy and exchange; bound by " + ("MILP with tangents" if whole else "LP with tangents")
    return Choice(tuple(sorted(chosen)), value, bound, by_greedy, status, method)


def quick(candidates: Candidates, limits: Limits) -> list[int]:
    """Return what greedy and exchange find within limits, without a bound."""
    return _exchanged(candidates, limits, _greedy(candidates, limits))


def least_cost(candidates: Candidates, wanted: float, *, gap: float = 0.01, whole: bool | None = None) -> Choice:
    """Return the candidates that watch a wanted share at the least cost, in money, or in people where nothing costs money.

    Whole x are solved for where there are at most `FEW` candidates, unless it is asked for: the proof takes minutes for many.
    """
    costs = candidates.money if candidates.money.any() else candidates.people
    first = _greedy(candidates, Limits(), until=wanted, costs=costs)
    if candidates.value(first) < wanted - TINY:
        return Choice((), candidates.value(range(len(candidates.site))), float("inf"), float("inf"), "infeasible", "greedy")
    chosen = _thinned(candidates, first, wanted, costs)
    whole = len(candidates.site) <= FEW if whole is None else whole
    model = _Model(candidates, None, wanted=wanted, costs=costs)
    bound = 0.0
    for _ in range(MOST_ROUNDS):
        found, _, proven = model.solve(chosen, whole=whole, gap=gap)
        bound = max(bound, proven)
        if found is None:
            break
        other = _reaching(candidates, found, wanted, costs)
        if costs[other].sum() < costs[chosen].sum() - TINY:
            chosen = other
        if costs[chosen].sum() - bound <= gap * max(1.0, bound) or not model.touch(found):
            break
    total = float(costs[chosen].sum())
    bound = min(bound, total)
    status: Status = "optimal" if total - bound <= gap * max(1.0, bound) else "feasible"
    method = "greedy, thinned; bound by " + ("MILP with tangents" if whole else "LP with tangents")
    return Choice(tuple(sorted(chosen)), candidates.value(chosen), bound, float(costs[first].sum()), status, method)


# ------------------------------------------------------------------------------------------------------------ greedy, exchange


class _State:
    """A choice as it grows: what is missed, what is left of the limits."""

    def __init__(self, candidates: Candidates, limits: Limits, chosen: Sequence[int]) -> None:
        self.of, self.chosen = candidates, list(chosen)
        self._sees = candidates.sees.astype(np.float64)
        self._misses, self._hits = candidates.misses, candidates.looks
        self._worth = candidates.weights[:, None] * candidates.shares[None, :]
        self.limits = limits
        self.recount()

    def recount(self) -> None:
        """Count anew what is missed and left, from what is chosen."""
        rows = self.chosen
        self.missed = self._worth * np.exp(-(self._sees[rows].T @ self._misses[rows]))
        self.money = self.limits.money - float(self.of.money[rows].sum())
        self.people = self.limits.people - float(self.of.people[rows].sum())
        self.left = self.of.most - np.bincount(self.of.sensor[rows], minlength=len(self.of.most))

    @property
    def value(self) -> float:
        """Share watched. [-]"""
        return float(self._worth.sum() - self.missed.sum())

    def gains(self) -> Floats:
        """What each candidate would add; minus one where it does not fit or is chosen. [-], shape (candidates,)"""
        gains = ((self._sees @ self.missed) * self._hits).sum(axis=1)
        fits = (self.of.money <= self.money + TINY) & (self.of.people <= self.people + TINY) & (self.left[self.of.sensor] >= 1)
        fits[self.chosen] = False
        return np.asarray(np.where(fits, gains, -1.0))

    def add(self, j: int) -> None:
        """Choose one more."""
        self.chosen.append(j)
        self.missed = self.missed * np.exp(-np.outer(self._sees[j], self._misses[j]))
        self.money -= float(self.of.money[j])
        self.people -= float(self.of.people[j])
        self.left[self.of.sensor[j]] -= 1

    def fill(self, takes: Floats, until: float = float("inf")) -> None:
        """Add what gains most for what it takes, as long as anything fits and gains."""
        while self.value < until - TINY:
            gains = self.gains()
            j = int((gains / takes).argmax())
            if gains[j] <= TINY:
                return
            self.add(j)


def _takes(candidates: Candidates, limits: Limits) -> Floats:
    """What each takes of the limits, as a share of them; 1 where there are none. [-], shape (candidates,)"""
    takes = candidates.money / max(limits.money, 1e-12) + candidates.people / max(limits.people, 1e-12)
    return np.asarray(np.maximum(takes, 1e-12) if takes.any() else np.ones(len(takes)))


def _greedy(
    candidates: Candidates, limits: Limits, *, until: float = float("inf"), costs: Floats | None = None
) -> list[int]:
    one = np.ones(len(candidates.site))
    found = []
    for takes in (_takes(candidates, limits) if costs is None else np.maximum(costs, 1e-12), one):
        state = _State(candidates, limits, ())
        state.fill(takes, until)
        found.append(state)
        if until < float("inf"):
            break
    return max(found, key=lambda state: state.value).chosen


def _exchanged(candidates: Candidates, limits: Limits, chosen: Sequence[int]) -> list[int]:
    takes = _takes(candidates, limits)
    state = _State(candidates, limits, chosen)
    state.fill(takes)
    now, value = list(state.chosen), state.value
    better = True
    while better:
        better = False
        for j in sorted(now):
            if j not in now:
                continue
            state.chosen = [other for other in now if other != j]
            state.recount()
            state.fill(takes)
            if state.value > value + 1e-7:
                now, value, better = list(state.chosen), state.value, True
    return sorted(now)


def _thinned(candidates: Candidates, chosen: Sequence[int], wanted: float, costs: Floats) -> list[int]:
    """Leave out what is not needed for the wanted share, the dearest first; then put cheaper ones in the place of dear ones."""
    now = sorted(chosen, key=lambda j: (-costs[j], j))
    for j in list(now):
        rest = [other for other in now if other != j]
        if candidates.value(rest) >= wanted - TINY:
            now = rest
    better = True
    while better:
        better = False
        for j in sorted(now, key=lambda j: (-costs[j], j)):
            state = _State(candidates, Limits(), [other for other in now if other != j])
            gains: Floats = np.asarray(np.where(costs < costs[j] - TINY, state.gains(), -1.0))
            enough = np.flatnonzero(gains >= wanted - state.value - TINY)
            if len(enough):
                new = int(enough[costs[enough].argmin()])
                now, better = [*state.chosen, new], True
                break
    return sorted(now)


def _reaching(candidates: Candidates, shares: Floats, wanted: float, costs: Floats) -> list[int]:
    """A choice near a model's answer: whoever is at least half chosen, then what gains most for its cost, then thinned."""
    state = _State(candidates, Limits(), [int(j) for j in np.flatnonzero(shares > 0.5)])
    state.fill(np.maximum(costs, 1e-12), wanted)
    return _thinned(candidates, state.chosen, wanted, costs)


# ----------------------------------------------------------------------------------------------------------------------- bound


class _Model:
    """The choice as a linear model with tangents, to which further ones are added."""

    def __init__(
        self, candidates: Candidates, limits: Limits | None, *, wanted: float | None = None, costs: Floats | None = None
    ) -> None:
        self._of, self._limits, self._wanted, self._costs = candidates, limits, wanted, costs
        used = candidates.looks.any(axis=0) & (candidates.shares > 0)
        seen = candidates.sees.any(axis=0)
        self._cells = np.argwhere(np.outer(seen, used))
        count = len(self._cells)
        self._cell = np.repeat(np.arange(count), len(FIRST_TANGENTS))
        self._at = np.tile(np.array(FIRST_TANGENTS), count)
        self._worth = candidates.weights[self._cells[:, 0]] * candidates.shares[self._cells[:, 1]]

    def solve(self, chosen: Sequence[int], *, whole: bool, gap: float) -> tuple[Floats | None, float, float]:
        """Return x, the objective (share watched, or cost) and its bound; x is None where nothing was found."""
        of, cells = self._of, self._cells
        model = LinearModel()
        count = len(cells)
        x = model.add_columns(
            "x", len(of.site), upper=1.0, cost=0.0 if self._costs is None else self._costs, integer=whole)
        y = model.add_columns("y", count)
        watched = model.add_columns("watched", count, upper=1.0, cost=-self._worth if self._costs is None else 0.0)
        adds = model.add_rows("adds", count, lower=0.0, upper=0.0)
        by_target, who = np.nonzero(of.sees.T)
        first = np.searchsorted(by_target, cells[:, 0], "left")
        length = np.searchsorted(by_target, cells[:, 0], "right") - first
        row = np.repeat(np.arange(count), length)
        j = who[np.repeat(first - np.concatenate([[0], np.cumsum(length)[:-1]]), length) + np.arange(length.sum())]
        model.add_terms(adds[row], x[j], of.misses[j, cells[row, 1]])
        model.add_terms(adds, y, -1.0)
        once = model.add_rows("once", count, upper=0.0)
        model.add_terms(once[row], x[j], -of.looks[j, cells[row, 1]])
        model.add_terms(once, watched, 1.0)
        slope = np.exp(-self._at)
        tangents = model.add_rows("tangents", len(self._at), upper=1.0 - slope - slope * self._at)
        model.add_terms(tangents, watched[self._cell], 1.0)
        model.add_terms(tangents, y[self._cell], -slope)
        self._limit(model, x, watched)
        start = None
        if whole:
            start = np.zeros(model.columns_count)
            start[x[list(chosen)]] = 1.0
            start[y] = (of.sees[list(chosen)].T.astype(np.float64) @ of.misses[list(chosen)])[cells[:, 0], cells[:, 1]]
            start[watched] = 1.0 - np.exp(-start[y])
        solution = model.solve(gap=gap / 2.0, nodes=_nodes(len(of.site)) if whole else None, start=start, relaxed=not whole)
        if solution.columns is None:
            return None, float("inf"), solution.bound
        self._y = solution.columns[y]
        sign = -1.0 if self._costs is None else 1.0
        return solution.columns[x], sign * solution.value, sign * solution.bound

    def _limit(self, model: LinearModel, x: npt.NDArray[np.int64], watched: npt.NDArray[np.int64]) -> None:
        of = self._of
        if self._limits is not None:
            for name, takes, most in (("money", of.money, self._limits.money), ("people", of.people, self._limits.people)):
                if np.isfinite(most):
                    row = model.add_rows(name, 1, upper=most)
                    model.add_terms(np.repeat(row, len(x)), x, takes)
        limited = np.flatnonzero(np.isfinite(of.most))
        if len(limited):
            rows = model.add_rows("most", len(limited), upper=of.most[limited])
            which = np.flatnonzero(np.isin(of.sensor, limited))
            model.add_terms(rows[np.searchsorted(limited, of.sensor[which])], x[which], 1.0)
        if self._wanted is not None:
            row = model.add_rows("wanted", 1, lower=self._wanted)
            model.add_terms(np.repeat(row, len(watched)), watched, self._worth)

    def touch(self, found: Floats) -> bool:
        """Add tangents where the last answer lies; False where none would tell more."""
        known = 1.0 - np.exp(-self._y)
        above = np.full(len(self._cells), np.inf)
        slope = np.exp(-self._at)
        np.minimum.at(above, self._cell, 1.0 - slope + slope * (self._y[self._cell] - self._at))
        off = self._worth * (above - known)
        cells = np.flatnonzero(off > 1e-8 * max(1.0, float(found.sum())))
        self._cell = np.concatenate([self._cell, cells])
        self._at = np.concatenate([self._at, self._y[cells]])
        return len(cells) > 0


def _nodes(candidates: int) -> int:
    return MOST_NODES if candidates <= FEW else MOST_NODES_OF_MANY


def _bounded(
    candidates: Candidates, limits: Limits, chosen: list[int], gap: float, *, whole: bool
) -> tuple[list[int], float]:
    """Bound what any choice watches; return a better choice where one is found."""
    better: Callable[[Sequence[int]], float] = candidates.value
    model, bound = _Model(candidates, limits), 1.0
    for _ in range(MOST_ROUNDS if whole else MOST_RELAXED_ROUNDS):
        found, _, proven = model.solve(chosen, whole=whole, gap=gap)
        bound = min(bound, proven)
        if found is None:
            break
        if whole:
            other = [int(j) for j in np.flatnonzero(found > 0.5)]
        else:
            other = _exchanged(candidates, limits, _fitting(candidates, limits, found))
        if better(other) > better(chosen) + TINY:
            chosen = other
        if bound - better(chosen) <= gap * bound or not model.touch(found):
            break
    return chosen, bound


def _fitting(candidates: Candidates, limits: Limits, shares: Floats) -> list[int]:
    """A choice near a relaxed answer: whoever is at least half chosen, the largest shares first, as far as they fit."""
    state = _State(candidates, limits, ())
    for j in np.argsort(-shares, kind="stable").tolist():
        if shares[j] < 0.5:
            break
        if state.gains()[j] > TINY:
            state.add(j)
    return state.chosen
