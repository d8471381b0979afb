r"""One week of resupply: what is wanted, what the ways let through, who goes short.

    before[n, s]    in stock when the week begins                                  [kg]
    need[n, s]      what the units that live on the stock would use                [kg]
    target[n, s]    target_days of what the stock has to last for                  [kg]
    want[n, s]      fills the stock up to its target where, less what is used and sent on this week, it would be at or
                    below its reorder level                                        [kg]
    capacity[m]     what the week has of a resource, less what others have taken   [what it counts]

Where every stock can be filled from the first place of its list by the quickest way, that is done: nothing could be better.
Else a linear programme shares out what there is. All amounts are whole kilograms, so that stocks balance to the last one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contingent.model.supply import SupplyClass
from contingent.solver.linear_model import LinearModel
from contingent.sustainment.chain import NONE, Chain
from contingent.sustainment.use import KG_PER_T
from contingent.sustainment.ways import Steps

Floats = NDArray[np.float64]

RANKS: tuple[tuple[SupplyClass, ...], ...] = (("water", "I"), ("III",), ("VIII",), ("V",), ("IX",))
"""Who comes first where not everything gets through: water and rations, fuel, medical, ammunition, spare parts, then the rest."""

A_CLASS_BEFORE = 3.0
"""By how much a tonne of a class outweighs one of the class after it. [-]"""

USED_BEFORE_STORED = A_CLASS_BEFORE ** (len(RANKS) + 1)
"""By how much a tonne that is used now outweighs one of the same class for the stock: use always goes first. [-]"""

SHARES = (1.0, 1.2, 1.4, 1.6)
"""Weights of the quarters of a shortage, the first that is missing to the last: what is short is shared out. [-]"""

PLACE_OF_LIST, A_DAY = 0.1, 0.001
"""Cost of a tonne from each further place of a stock's list, and of each day on the way. [-]"""

ROUNDING = 1e-6
"""What is so little above a capacity, in shares of it, is rounding. [-]"""


def weights_of(classes: tuple[SupplyClass, ...]) -> Floats:
    """Return how much a tonne of each supply weighs, by its class.

    >>> weights_of(("water", "III", "II")).tolist()
    [243.0, 81.0, 1.0]
    """
    rank = {name: number for number, names in enumerate(RANKS) for name in names}
    return np.array([A_CLASS_BEFORE ** (len(RANKS) - rank.get(name, len(RANKS))) for name in classes])


@dataclass(frozen=True)
class Week:
    """What a week begins with. Arrays of shape (places, supplies), but `capacity` of shape (resources,).

    Parameters
    ----------
    before, need, target, reorder : ndarray of float
        As above; the reorder level is infinite where a stock is filled up every day. [kg]
    weight : ndarray of float
        What a tonne weighs: by class, and by the share of people who live on the stock. [-]
    capacity : ndarray of float
        As above.
    """

    before: Floats
    need: Floats
    target: Floats
    reorder: Floats
    weight: Floats
    capacity: Floats


@dataclass(frozen=True)
class Moved:
    """What a week ends with.

    Parameters
    ----------
    used, after, want : ndarray of float
        What units used, what is left, what was wanted. [kg], shape (places, supplies)
    amounts : ndarray of float
        What each step of the chain brings. [kg], shape (steps, supplies)
    flow : ndarray of float
        What goes by each way. [t], shape (ways,)
    full : ndarray of bool
        Resources that let no more through. Shape (resources,)
    """

    used: Floats
    after: Floats
    want: Floats
    amounts: Floats
    flow: Floats
    full: NDArray[np.bool_]


def fitted(chain: Chain, target: Floats, left: Floats) -> Floats:
    """Return targets scaled so that what lies under one row of stocks.csv is never more than fits there. [kg]

    Parameters
    ----------
    left : ndarray of float
        What would be left of each stock if nothing came. [kg], shape (places, supplies)
    """
    found = target.copy()
    for row, capacity in enumerate(chain.capacity_kg):
        mine = chain.row_of == row
        if not np.isfinite(capacity) or np.maximum(target[mine], left[mine]).sum() <= capacity:
            continue
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            fits = np.maximum(middle * target[mine], left[mine]).sum() <= capacity
            low, high = (middle, high) if fits else (low, middle)
        found[mine] = np.floor(low * target[mine])
    return found


def wanted(chain: Chain, week: Week, target: Floats, first: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return what each stock wants, and what stocks below want of it. [kg], two of shape (places, supplies)"""
    want, out = np.zeros_like(week.before), np.zeros_like(week.before)
    for supplies, order in chain.orders:
        for at in order:
            low = week.before[at, supplies] - week.need[at, supplies] - out[at, supplies]
            asks = chain.held[at, supplies] & (low <= week.reorder[at, supplies])
            want[at, supplies] = np.where(asks, np.maximum(0.0, np.ceil(target[at, supplies] - low)), 0.0)
            steps = first[at, supplies]
            for step in np.unique(steps[steps != NONE]).tolist():
                above = int(chain.origin[step])
                if above != NONE:
                    mine = supplies[steps == step]
                    out[above, mine] += np.where(chain.held[above, mine], want[at, mine], 0.0)
    return want, out


def resupply(chain: Chain, steps: Steps, week: Week) -> Moved:
    """Return what a week of resupply brings, and what units use.

    Raises
    ------
    SolverFailed
        If the solver ends in a state that says nothing.
    """
    target = fitted(chain, week.target, np.maximum(0.0, week.before - week.need))
    first = chain.first_steps(steps.is_open)
    want, out = wanted(chain, week, target, first)
    amounts = np.zeros(chain.rank.shape)
    reached = first != NONE
    _, supplies = np.nonzero(reached)
    amounts[first[reached], supplies] = want[reached]
    flow = np.zeros(len(steps.ways))
    flow[steps.best[steps.is_open]] = amounts[steps.is_open].sum(axis=1) / KG_PER_T
    left = week.before + np.where(reached, want, 0.0) - out
    if (left < 0).any() or (flow @ steps.load > week.capacity * (1 + ROUNDING)).any():
        amounts, flow = _shared(chain, steps, week, target, want)
    return _settled(chain, steps, week, want, amounts, flow)


def _settled(chain: Chain, steps: Steps, week: Week, want: Floats, amounts: Floats, flow: Floats) -> Moved:
    """Book what moves: what comes, what goes on, what units use of the rest."""
    came, out = _came(chain, amounts), _sent(chain, amounts)
    there = week.before + came - out
    used = np.minimum(week.need, np.maximum(0.0, there))
    full = flow @ steps.load >= week.capacity * (1 - ROUNDING)
    return Moved(used, there - used, want, amounts, flow, full)


def _came(chain: Chain, amounts: Floats) -> Floats:
    came = np.zeros(chain.row_of.shape)
    np.add.at(came, chain.destination, amounts)
    return came


def _sent(chain: Chain, amounts: Floats) -> Floats:
    """What stocks send on; what comes from outside the chain, or of a supply that the place does not hold, is no stock's."""
    sent = np.zeros(chain.row_of.shape)
    inside = chain.origin != NONE
    np.add.at(sent, chain.origin[inside], amounts[inside])
    return np.where(chain.held, sent, 0.0)


@dataclass(frozen=True)
class Columns:
    """Columns of the programme: amounts by (step, supply), flows by way, shortages of use and of stock, what is left."""

    amount: NDArray[np.int64]
    flow: NDArray[np.int64]
    step: NDArray[np.int64]
    supply: NDArray[np.int64]


def _shared(chain: Chain, steps: Steps, week: Week, target: Floats, want: Floats) -> tuple[Floats, Floats]:
    r"""Share out what the ways let through, by a linear programme in tonnes.

    .. math:: \min \sum w \, short^{use} U + \sum w \, short^{stock} + \sum (0.1\, place + 0.001\, days) \, flow
    """
    model = LinearModel()
    step, supply = np.nonzero((chain.rank != NONE) & steps.is_open[:, None])
    amount = model.add_columns("amount", len(step), cost=PLACE_OF_LIST * chain.rank[step, supply])
    flow = model.add_columns("flow", len(steps.ways), cost=A_DAY * steps.days)
    columns = Columns(amount, flow, step, supply)
    carried = model.add_rows("carried", len(steps.best), lower=0.0, upper=0.0)
    model.add_terms(carried[step], amount, 1.0)
    model.add_terms(carried[steps.step], flow, -1.0)
    ways, taken = np.nonzero(steps.load)
    scarce = np.unique(taken)
    room = model.add_rows("room", len(scarce), upper=week.capacity[scarce])
    model.add_terms(room[np.searchsorted(scarce, taken)], flow[ways], steps.load[ways, taken])
    _stocks(model, chain, week, columns, target, want)
    solution = model.solve()
    assert solution.columns is not None  # nothing moved and everybody short is always possible
    amounts = np.zeros(chain.rank.shape)
    amounts[step, supply] = np.floor(np.maximum(0.0, solution.columns[amount]) * KG_PER_T + 1e-3)
    return _without_overdraft(chain, week, amounts), np.maximum(0.0, solution.columns[flow])


def _stocks(model: LinearModel, chain: Chain, week: Week, columns: Columns, target: Floats, want: Floats) -> None:
    """Balance every stock: what was there and comes is used, sent on or left; what is missing is short."""
    at, supply = np.nonzero(chain.held)
    number = np.full(chain.held.shape, NONE)
    number[at, supply] = np.arange(len(at))
    before, need, weight = (table[at, supply] / scale for table, scale in
                            ((week.before, KG_PER_T), (week.need, KG_PER_T), (week.weight, 1.0)))  # fmt: skip
    aim = np.where(want[at, supply] > 0, target[at, supply], 0.0) / KG_PER_T
    after = model.add_columns("after", len(at), upper=np.maximum(aim, np.maximum(before, 0.0)))
    balance = model.add_rows("balance", len(at), lower=need - before, upper=need - before)
    filled = model.add_rows("filled", len(at), lower=aim)
    model.add_terms(balance, after, -1.0)
    model.add_terms(filled, after, 1.0)
    for quarter, share in enumerate(SHARES):
        lacks = model.add_columns(f"lacks_{quarter}", len(at), upper=need / len(SHARES), cost=weight * share * USED_BEFORE_STORED)
        model.add_terms(balance, lacks, 1.0)
        empty = model.add_columns(f"empty_{quarter}", len(at), upper=aim / len(SHARES), cost=weight * share)
        model.add_terms(filled, empty, 1.0)
    ends = number[chain.destination[columns.step], columns.supply]
    model.add_terms(balance[ends], columns.amount, 1.0)
    origin = chain.origin[columns.step]
    begins = np.where(origin == NONE, NONE, number[np.maximum(origin, 0), columns.supply])
    inside = begins != NONE
    model.add_terms(balance[begins[inside]], columns.amount[inside], -1.0)
    for row, capacity in enumerate(chain.capacity_kg):
        if np.isfinite(capacity):
            mine = chain.row_of[at, supply] == row
            most = max(capacity / KG_PER_T, float(np.maximum(0.0, before - need)[mine].sum()))
            model.add_terms(np.repeat(model.add_rows(f"fits_{row}", 1, upper=most), int(mine.sum())), after[mine], 1.0)


def _without_overdraft(chain: Chain, week: Week, amounts: Floats) -> Floats:
    """Take back the grams by which rounding would have a stock send on more than it has."""
    for supplies, order in chain.orders:
        for at in reversed(order):  # whoever fills up first
            for supply in supplies[chain.held[at, supplies]].tolist():
                came = amounts[chain.destination == at, supply].sum()
                mine = np.flatnonzero(chain.origin == at)
                over = amounts[mine, supply].sum() - came - week.before[at, supply]
                for step in mine[np.argsort(-amounts[mine, supply], kind="stable")].tolist():
                    if over <= 0:
                        break
                    taken = min(over, amounts[step, supply])
                    amounts[step, supply] -= taken
                    over -= taken
    return amounts
