r"""One week of resupply: what is wanted, what the ways let through, who goes short.

    before[n, s]    in stock when the week begins                                  [kg]
    need[n, s]      what the units that live on the stock would use                [kg]
    target[n, s]    target_days of what the stock has to last for                  [kg]
    want[n, s]      fills the stock up to its target where, less what is used and sent on this week, it would be at or
                    below its reorder level                                        [kg]
    capacity[m]     what the week has of a resource, less what others have taken   [what it counts]

Where every stock can be filled from the first place of its list by the quickest way, that is done: nothing could be better.
Else what there is is shared out (`contingent.sustainment.sharing`). All amounts are whole kilograms, so that stocks balance to
the last one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contingent.sustainment.chain import NONE, Chain
from contingent.sustainment.sharing import Sharing
from contingent.sustainment.use import KG_PER_T
from contingent.sustainment.ways import Steps

Floats = NDArray[np.float64]

ROUNDING = 1e-6
"""What is so little above a capacity, in shares of it, is rounding. [-]"""


@dataclass(frozen=True)
class Week:
    """What a week begins with. Arrays of shape (places, supplies), but `capacity` of shape (resources,).

    Parameters
    ----------
    before, need, target, reorder : ndarray of float
        As above; the reorder level is infinite where a stock is filled up every day. [kg]
    capacity : ndarray of float
        As above.
    """

    before: Floats
    need: Floats
    target: Floats
    reorder: Floats
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


def resupply(chain: Chain, steps: Steps, week: Week, sharing: Sharing) -> Moved:
    """Return what a week of resupply brings, and what units use.

    Parameters
    ----------
    sharing : Sharing
        Of the same chain and steps; it is asked where not everything gets through.

    Raises
    ------
    SolverFailed
        If the solver ends in a state that says nothing.
    """
    target = fitted(chain, week.target, np.maximum(0.0, week.before - week.need))
    first = sharing.first
    want, out = wanted(chain, week, target, first)
    amounts = np.zeros(chain.rank.shape)
    reached = first != NONE
    _, supplies = np.nonzero(reached)
    amounts[first[reached], supplies] = want[reached]
    flow = np.zeros(len(steps.ways))
    flow[steps.best[steps.is_open]] = amounts[steps.is_open].sum(axis=1) / KG_PER_T
    left = week.before + np.where(reached, want, 0.0) - out
    if (left < 0).any() or (flow @ steps.load > week.capacity * (1 + ROUNDING)).any():
        tonnes, flow, lacks = sharing.share_out(week.before, week.need, np.where(want > 0, target, 0.0), week.capacity)
        amounts = _whole(chain, week, tonnes, lacks)
    return _settled(chain, steps, week, want, amounts, flow)


def _settled(chain: Chain, steps: Steps, week: Week, want: Floats, amounts: Floats, flow: Floats) -> Moved:
    """Book what moves: what comes, what goes on, what units use of the rest."""
    there = week.before + came_of(chain, amounts) - sent_of(chain, amounts)
    used = np.minimum(week.need, np.maximum(0.0, there))
    full = flow @ steps.load >= week.capacity * (1 - ROUNDING)
    return Moved(used, there - used, want, amounts, flow, full)


def came_of(chain: Chain, amounts: Floats) -> Floats:
    """Return what comes to each stock of what the steps bring. Shape (places, supplies)"""
    came = np.zeros(chain.row_of.shape)
    np.add.at(came, chain.destination, amounts)
    return came


def sent_of(chain: Chain, amounts: Floats) -> Floats:
    """Return what each stock sends on of what the steps bring; supplies that it does not hold are no stock's."""
    sent = np.zeros(chain.row_of.shape)
    inside = chain.origin != NONE
    np.add.at(sent, chain.origin[inside], amounts[inside])
    return np.where(chain.held, sent, 0.0)


def _whole(chain: Chain, week: Week, tonnes: Floats, lacks: Floats) -> Floats:
    """Round what the steps bring to whole kilograms so that nobody is short, and no stock overdrawn, by rounding alone."""
    amounts = np.rint(tonnes * KG_PER_T)
    planned = week.need - np.rint(lacks * KG_PER_T)  # what units are to use
    for _ in chain.places:  # what is added below is missing above, up to the end of the chain
        missing = np.where(chain.held, planned - week.before - came_of(chain, amounts) + sent_of(chain, amounts), 0.0)
        changes = False
        for at, supply in np.argwhere(missing > 0).tolist():
            changes |= _add_to_largest(chain, amounts, at, supply, missing[at, supply])
        if not changes:
            break
    for _ in chain.places:  # what is taken above is missing below
        over = np.where(chain.held, sent_of(chain, amounts) - came_of(chain, amounts) - week.before, 0.0)
        if (over <= 0).all():
            break
        for at, supply in np.argwhere(over > 0).tolist():
            _take_from_largest(chain, amounts, at, supply, over[at, supply])
    return amounts


def _add_to_largest(chain: Chain, amounts: Floats, at: int, supply: int, missing: float) -> bool:
    """Add to the largest of what comes to a stock; False where nothing comes."""
    comes = np.flatnonzero(chain.destination == at)
    if not len(comes) or amounts[comes, supply].max() <= 0:
        return False
    amounts[comes[int(np.argmax(amounts[comes, supply]))], supply] += missing
    return True


def _take_from_largest(chain: Chain, amounts: Floats, at: int, supply: int, over: float) -> None:
    """Take from what a stock sends on, the largest first."""
    goes = np.flatnonzero(chain.origin == at)
    for step in goes[np.argsort(-amounts[goes, supply], kind="stable")].tolist():
        taken = min(over, amounts[step, supply])
        amounts[step, supply] -= taken
        over -= taken
