"""Allocation by rules of priority: good at any size, and where the exact search begins.

    1. By priority, the formation that asks for least first: bring each to its standard as soon as that can be done.
    2. By priority, the earliest date first: give what is left, as soon as it comes.

What is least is tried in three ways: in items, in shares of what arrives, and in the scarcest of its needs; the best of them
stands. Each step keeps all bounds, so the result can be carried out as it is.
"""

from itertools import accumulate

import numpy as np

from contingent.aid.allocation_problem import ROUNDING, AllocationProblem, Counts


class _Ledger:
    """What is still free while an allocation is written."""

    def __init__(self, problem: AllocationProblem) -> None:
        self.problem = problem
        self.given = np.zeros((len(problem.pair_need), problem.periods), dtype=np.int64)
        self.left: list[list[int]] = np.cumsum(problem.supply, axis=1).tolist()
        self.free = [_never_short(row) for row in self.left]
        self.places = [problem.places] * problem.periods
        self.hours = problem.most_hours.tolist()
        self.missing = problem.quantity.tolist()
        self.used: list[set[int]] = [set() for _ in problem.needs]
        self.pairs: list[list[int]] = [[] for _ in problem.needs]
        for pair, need in enumerate(problem.pair_need.tolist()):
            self.pairs[need].append(pair)
        self.type_of = problem.pair_type.tolist()
        self.lead, self.crew, self.unit_hours = problem.lead.tolist(), problem.crew.tolist(), problem.hours.tolist()

    def most(self, pair: int, period: int, formation: int) -> int:
        """Most that this period allows of a pair."""
        kind = self.type_of[pair]
        most = self.free[kind][period]
        if self.unit_hours[kind] > 0 and self.hours[formation] < np.inf:
            most = min(most, int((self.hours[formation] + ROUNDING) // self.unit_hours[kind]))
        if self.lead[kind] and self.crew[kind] and self.problem.places < np.inf:
            free = min(self.places[period + 1 : period + 1 + self.lead[kind]])
            most = min(most, int(free // self.crew[kind]))
        return int(max(0, most))

    def give(self, pair: int, period: int, items: int, *, formation: int, need: int) -> None:
        """Write items down, or take them back if they are negative."""
        kind = self.type_of[pair]
        row = self.left[kind]
        for later in range(period, len(row)):
            row[later] -= items
        self.free[kind] = _never_short(row)
        self.given[pair, period] += items
        self.missing[need] -= items
        self.hours[formation] -= items * self.unit_hours[kind]
        for training in range(period + 1, period + 1 + self.lead[kind]):
            self.places[training] -= items * self.crew[kind]
        if self.given[pair].any():
            self.used[need].add(pair)
        else:
            self.used[need].discard(pair)


def _never_short(left: list[int]) -> list[int]:
    """Most that can be given at each period without lacking it later. [items]"""
    return list(accumulate(reversed(left), min))[::-1]


def allocate_by_rules(problem: AllocationProblem, *, kept: Counts | None = None) -> Counts:
    """Return what is handed over, by pair and period. [items], shape (pairs, periods)

    Parameters
    ----------
    problem : AllocationProblem
        To be solved.
    kept : ndarray of int, optional
        What is handed over in any case: only what is free beside it is allocated. [items], shape (pairs, periods)
    """
    of: list[list[int]] = [[] for _ in problem.formations]
    for need, formation in enumerate(problem.formation_of.tolist()):
        of[formation].append(need)
    of_type = problem.supply.sum(axis=1)[problem.pair_type]
    arriving = np.bincount(problem.pair_need, weights=of_type, minlength=len(problem.needs))
    scarce = problem.standard / np.maximum(arriving, 1.0)
    weights = (problem.standard.astype(np.float64), scarce)
    orders = [[sum(float(weight[need]) for need in needs) for needs in of] for weight in weights]
    orders.append([max(float(scarce[need]) for need in needs) for needs in of])
    tried = [_by_order(problem, of, order, kept) for order in orders]
    return max(tried, key=lambda given: rank_of(problem, given))  # the first of equals


def rank_of(problem: AllocationProblem, given: Counts) -> tuple[float, ...]:
    """Return what an allocation reaches, so that the better of two is the larger: goals in order, few types last."""
    *goals, types = problem.scores(given)
    return (*(round(goal, 6) for goal in goals), -types)


def _by_order(problem: AllocationProblem, of: list[list[int]], order: list[float], kept: Counts | None) -> Counts:
    """Allocate by the rules, within a priority in an order of formations."""
    ledger = _Ledger(problem)
    if kept is not None:
        for pair, period in zip(*(places.tolist() for places in np.nonzero(kept)), strict=True):
            need = int(problem.pair_need[pair])
            ledger.give(pair, period, int(kept[pair, period]), formation=int(problem.formation_of[need]), need=need)
    for formation in sorted(range(len(of)), key=lambda place: (problem.priority[place], order[place], place)):
        _equip(ledger, formation, of[formation])
    needs = sorted(
        range(len(problem.needs)),
        key=lambda need: (problem.priority[problem.formation_of[need]], problem.by_day[need], need),
    )
    for need in needs:
        _top_up(ledger, need)
    return ledger.given


def _equip(ledger: _Ledger, formation: int, needs: list[int]) -> None:
    """Bring a formation to its standard at the earliest period at which that can be done, or leave it."""
    problem = ledger.problem
    for need in needs:
        if sum(ledger.free[ledger.type_of[pair]][-1] for pair in ledger.pairs[need]) < problem.standard[need]:
            return
    for period in range(problem.periods):
        written: list[tuple[int, int, int, int]] = []
        if all(_meet(ledger, need, formation, period, written) for need in needs):
            return
        for pair, when, items, need in reversed(written):
            ledger.give(pair, when, -items, formation=formation, need=need)


def _meet(ledger: _Ledger, need: int, formation: int, period: int, written: list[tuple[int, int, int, int]]) -> bool:
    """Write the standard of one need, in trained hands at the end of a period; say whether that could be done."""
    problem = ledger.problem
    short = int(problem.standard[need]) - int(problem.quantity[need] - ledger.missing[need])
    last = {pair: period - ledger.lead[ledger.type_of[pair]] for pair in ledger.pairs[need]}
    fitting = [(ledger.free[ledger.type_of[pair]][latest], pair) for pair, latest in last.items() if latest >= 0]
    for _, pair in sorted(fitting, key=lambda item: (-item[0], item[1])):
        if short <= 0 or len(ledger.used[need] | {pair}) > problem.most_types:
            continue
        for when in range(last[pair], -1, -1):
            items = min(short, ledger.most(pair, when, formation))
            if items > 0:
                ledger.give(pair, when, items, formation=formation, need=need)
                written.append((pair, when, items, need))
                short -= items
            if short <= 0 or ledger.free[ledger.type_of[pair]][when] == 0:
                break
    return short <= 0


def _top_up(ledger: _Ledger, need: int) -> None:
    """Give a need what is left of its types, as soon as it comes, first of the types that the formation has."""
    problem = ledger.problem
    formation = int(problem.formation_of[need])
    for pair in sorted(ledger.pairs[need], key=lambda pair: (pair not in ledger.used[need], pair)):
        kind = ledger.type_of[pair]
        if ledger.missing[need] <= 0 or ledger.free[kind][-1] <= 0 or len(ledger.used[need] | {pair}) > problem.most_types:
            continue
        for period in range(problem.periods - ledger.lead[kind]):
            items = min(ledger.missing[need], ledger.most(pair, period, formation))
            if items > 0:
                ledger.give(pair, period, items, formation=formation, need=need)
