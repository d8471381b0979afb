r"""Sharing out what the ways let through, by a linear programme in tonnes: who gets what, from where, by which way.

.. math:: \min \sum_{n,s} w_{ns} (U \, lacks_{ns} + empty_{ns}) + \sum (0.1 \, place + 0.001 \, days) \cdot flow

    amount[e, s]    brought by a step of the chain                                 [t]
    flow[w]         goes by a way; ways of a step carry its amounts                [t]
    lacks[n, s]     units use so much less than they need                          [t]
    empty[n, s]     the stock ends so far below its target                         [t]

    before + brought - sent - (need - lacks) = after        every stock
    load x flow <= capacity                                 every resource

Shortages count by class, by the people who live on the stock, and the more the larger the share that is missing. The
programme is the same each week but for its bounds, so each week's solve begins where the last one ended.
"""

import numpy as np
from numpy.typing import NDArray

from contingent.model.supply import SupplyClass
from contingent.solver import StandingModel
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

MOST_EXTRA_WEIGHT = 0.8
"""By how much a stock on which everybody lives weighs more; with `SHARES` it stays below the class before. [-]"""

PLACE_OF_LIST, A_DAY = 0.1, 0.001
"""Cost of a tonne from each further place of a stock's list, and of each day on the way. [-]"""


def weights_of(classes: tuple[SupplyClass, ...], share: Floats) -> Floats:
    """Return how much a tonne of each supply weighs at each place, by its class and the share of people who live on it there.

    >>> weights_of(("water", "III", "II"), np.array([[0.0, 0.0, 1.0]])).tolist()
    [[243.0, 81.0, 1.8]]
    """
    rank = {name: number for number, names in enumerate(RANKS) for name in names}
    by_class = np.array([A_CLASS_BEFORE ** (len(RANKS) - rank.get(name, len(RANKS))) for name in classes])
    found: Floats = by_class * (1 + MOST_EXTRA_WEIGHT * share)
    return found


class Sharing:
    """The programme of one chain over one set of ways.

    Parameters
    ----------
    weight : ndarray of float
        From `weights_of`. Shape (places, supplies)

    Attributes
    ----------
    first : ndarray of int
        Step by which each stock is filled up first of those that have a way; -1 = none. Shape (places, supplies)
    """

    def __init__(self, chain: Chain, steps: Steps, weight: Floats) -> None:
        self._chain = chain
        self.first = chain.first_steps(steps.is_open)
        self._at, self._supply = np.nonzero(chain.held)
        self._capacity = [row for row, capacity in enumerate(chain.capacity_kg) if np.isfinite(capacity)]
        self._steps, self._carries = np.nonzero((chain.rank != NONE) & steps.is_open[:, None])
        ways, taken = np.nonzero(steps.load)
        self._scarce = np.unique(taken)
        model = self._model = StandingModel()
        places_of_list = chain.rank[self._steps, self._carries].astype(np.float64)
        amount = model.add_columns("amount", len(self._steps), cost=PLACE_OF_LIST * places_of_list)
        flow = model.add_columns("flow", len(steps.ways), cost=A_DAY * steps.days)
        carried = model.add_rows("carried", len(steps.best), lower=0.0, upper=0.0)
        model.add_terms(carried[self._steps], amount, 1.0)
        model.add_terms(carried[steps.step], flow, -1.0)
        room = model.add_rows("room", len(self._scarce))
        model.add_terms(room[np.searchsorted(self._scarce, taken)], flow[ways], steps.load[ways, taken])
        self._add_stocks(weight[self._at, self._supply], amount)

    def _add_stocks(self, weight: Floats, amount: NDArray[np.int64]) -> None:
        """Balance every stock: what was there and comes is used, sent on or left; what is missing is lacking or empty."""
        model, chain, count = self._model, self._chain, len(self._at)
        after = model.add_columns("after", count)
        balance, filled = model.add_rows("balance", count), model.add_rows("filled", count)
        model.add_terms(balance, after, -1.0)
        model.add_terms(filled, after, 1.0)
        for name, rows, scale in (("lacks", balance, USED_BEFORE_STORED), ("empty", filled, 1.0)):
            for quarter, share in enumerate(SHARES):
                model.add_terms(rows, model.add_columns(f"{name}_{quarter}", count, cost=weight * share * scale), 1.0)
        number = np.full(chain.held.shape, NONE)
        number[self._at, self._supply] = np.arange(count)
        model.add_terms(balance[number[chain.destination[self._steps], self._carries]], amount, 1.0)
        origin = chain.origin[self._steps]
        begins = np.where(origin == NONE, NONE, number[np.maximum(origin, 0), self._carries])
        model.add_terms(balance[begins[begins != NONE]], amount[begins != NONE], -1.0)
        fits = model.add_rows("fits", len(self._capacity))
        for at, row in enumerate(self._capacity):
            mine = np.flatnonzero(chain.row_of[self._at, self._supply] == row)
            model.add_terms(np.repeat(fits[at], len(mine)), after[mine], 1.0)

    def share_out(self, before: Floats, need: Floats, aim: Floats, capacity: Floats) -> tuple[Floats, Floats, Floats]:
        """Return what each step brings, what goes by each way, and what units lack.

        Parameters
        ----------
        before, need, aim : ndarray of float
            In stock when the week begins; what units would use; level to which a stock is filled up, 0 = it is not.
            [kg], shape (places, supplies)
        capacity : ndarray of float
            What the week has of each resource. Shape (resources,)

        Returns
        -------
        ndarray of float, shape (steps, supplies) [t]; ndarray of float, shape (ways,) [t];
        ndarray of float, shape (places, supplies) [t]

        Raises
        ------
        SolverFailed
            If the solver ends in a state that says nothing.
        """
        model, blocks = self._model, self._model.blocks
        there, needed, wanted = (table[self._at, self._supply] / KG_PER_T for table in (before, need, aim))
        upper = np.full(model.columns_count, np.inf)
        upper[blocks["after"]] = np.maximum(wanted, there)
        low, high = np.full(model.rows_count, -np.inf), np.full(model.rows_count, np.inf)
        for quarter in range(len(SHARES)):
            upper[blocks[f"lacks_{quarter}"]] = needed / len(SHARES)
            upper[blocks[f"empty_{quarter}"]] = wanted / len(SHARES)
        low[blocks["carried"]] = high[blocks["carried"]] = 0.0
        high[blocks["room"]] = capacity[self._scarce]
        low[blocks["balance"]] = high[blocks["balance"]] = needed - there
        low[blocks["filled"]] = wanted
        for at, row in enumerate(self._capacity):
            mine = self._chain.row_of[self._at, self._supply] == row
            left = float(np.maximum(0.0, there - needed)[mine].sum())
            high[blocks["fits"][at]] = max(self._chain.capacity_kg[row] / KG_PER_T, left)
        solution = model.solve_within(upper, low, high)
        assert solution.columns is not None  # that nothing moves and everybody is short is always possible
        amounts, lacks = np.zeros(self._chain.rank.shape), np.zeros(before.shape)
        amounts[self._steps, self._carries] = np.maximum(0.0, solution.columns[blocks["amount"]])
        for quarter in range(len(SHARES)):
            lacks[self._at, self._supply] += solution.columns[blocks[f"lacks_{quarter}"]]
        return amounts, np.maximum(0.0, solution.columns[blocks["flow"]]), lacks
