"""Stocks week by week: what lies there, what comes and goes, who runs out and why.

    stock before + delivered - used - sent on = stock after       to the last kilogram, never below nought

A stock that is closed keeps what it has: nobody gets at it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contingent.sustainment.chain import NONE, Chain
from contingent.sustainment.sharing import Sharing
from contingent.sustainment.use import KG_PER_T
from contingent.sustainment.ways import Steps
from contingent.sustainment.week import Moved, Week, fitted, resupply

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-6
"""What is so little below a whole day is that day. [days]"""

MOST_NAMED = 4
"""Resources that are named where many are full. [resources]"""


@dataclass(frozen=True)
class Given:
    """What the weeks are run from. Arrays of shape (places, supplies) unless said.

    Parameters
    ----------
    chain : Chain
        Stocks and steps.
    full_kg : ndarray of float
        What each stock has to last for on a day of the full force, stocks below included. [kg/day]
    weight : ndarray of float
        What a tonne weighs where not everything gets through. [-]
    names : tuple of str
        Resources, for the reasons.
    """

    chain: Chain
    full_kg: Floats
    weight: Floats
    names: tuple[str, ...]

    @property
    def start(self) -> Floats:
        """What lies in each stock on D-day: so many days of the full force; as much as fits. [kg]"""
        days = self.chain.days("start_days")
        days = np.where(np.isnan(days), self.chain.days("target_days"), days)
        return fitted(self.chain, self.levels(days, self.full_kg), np.zeros_like(self.full_kg))

    def levels(self, days: Floats, daily: Floats) -> Floats:
        """Return days of supply as whole kilograms; none where there is no stock. [kg]"""
        return np.where(self.chain.held, np.ceil(np.nan_to_num(days) * daily), 0.0)

    def target(self, daily: Floats) -> Floats:
        """Return what is to lie in each stock. [kg]"""
        return self.levels(self.chain.days("target_days"), daily)

    def reorder(self, daily: Floats) -> Floats:
        """Return the level at which each stock is filled up; infinite = every day. [kg]"""
        days = self.chain.days("reorder_days")
        return np.where(np.isnan(days), np.inf, self.levels(days, daily))


@dataclass(frozen=True)
class Kept:
    """One week as it was. Arrays of shape (places, supplies) unless said; all in kilograms.

    Parameters
    ----------
    week : int
        Number of the week.
    steps : Steps
        Ways that were open.
    before, usable, need, daily : ndarray of float
        Stock at the beginning, and what of it is within reach; what units would use; what the stock has to last for.
        [kg], [kg], [kg], [kg/day]
    moved : Moved
        What came of it; ``after`` with what lies in closed stocks.
    why : dict
        Why a stock runs out, for those which do and did not the week before, by (place, supply).
    """

    week: int
    steps: Steps
    before: Floats
    usable: Floats
    need: Floats
    daily: Floats
    moved: Moved
    why: dict[tuple[int, int], str]

    @property
    def short(self) -> Floats:
        """What units would have used and did not have. [kg], shape (places, supplies)"""
        return self.need - self.moved.used

    @property
    def lasts(self) -> Floats:
        """Share of the week after which what lies in stock is used up, where it is short: what comes and goes does so evenly."""
        together = self.usable + self.short
        return np.divide(self.usable, together, out=np.ones_like(together), where=together > 0)


def weeks(
    given: Given, start: Floats, needs: Iterator[tuple[Floats, Floats]], capacities: Iterator[Floats], steps: Iterator[Steps]
) -> Iterator[Kept]:
    """Yield week after week, for as long as there are needs.

    Parameters
    ----------
    start : ndarray of float
        Stock at the beginning. [kg], shape (places, supplies)
    needs : iterator of (ndarray, ndarray)
        What units would use in a week, and what each stock has to last for a day. [kg], [kg/day]
    capacities : iterator of ndarray
        What there is of each resource in a week.
    steps : iterator of Steps
        The ways that are open in a week.
    """
    before, was_short = start, np.zeros(start.shape, dtype=bool)
    sharing: tuple[Steps, Sharing] | None = None
    for number, ((need, daily), capacity, opened) in enumerate(zip(needs, capacities, steps, strict=False)):
        shut = np.array([place in opened.closed for place in given.chain.places], dtype=bool)[:, None]
        begun = Week(
            before=np.where(shut, 0.0, before), need=need, target=np.where(shut, 0.0, given.target(daily)),
            reorder=np.where(shut, -1.0, given.reorder(daily)), capacity=capacity,
        )  # fmt: skip
        if sharing is None or sharing[0] is not opened:
            sharing = opened, Sharing(given.chain, opened, given.weight)
        moved = resupply(given.chain, opened, begun, sharing[1])
        moved = replace(moved, after=moved.after + np.where(shut, before, 0.0))
        short = need > moved.used
        why = {
            (at, supply): reason(given, opened, moved, at, supply)
            for at, supply in np.argwhere(short & ~was_short).tolist()
        }  # fmt: skip
        yield Kept(number, opened, before, begun.before, need, daily, moved, why)
        before, was_short = moved.after, short


def reason(given: Given, steps: Steps, moved: Moved, at: int, supply: int) -> str:
    """Return why a stock has run out, in words."""
    chain = given.chain
    place = chain.places[at]
    if place in steps.closed:
        return f"{place} is closed"
    sources = np.flatnonzero((chain.destination == at) & (chain.rank[:, supply] != NONE))
    if not len(sources):
        return "it is filled up from nowhere"
    opened = sources[steps.is_open[sources]]
    names = ", ".join(chain.origins[step] for step in sources.tolist())
    if not len(opened):
        shut = f"; closed: {', '.join(sorted(steps.closed))}" if steps.closed else ""
        return f"no way from {names}{shut}"
    parts = []
    empty = [step for step in opened.tolist() if _is_empty(chain, moved, int(chain.origin[step]), supply)]
    if empty:
        parts.append(f"nothing is left at {', '.join(chain.origins[step] for step in empty)}")
    mine = np.isin(steps.step, opened[~np.isin(opened, empty)])
    full = np.flatnonzero(moved.full & (steps.load[mine] > 0).any(axis=0)) if mine.any() else np.zeros(0, dtype=np.int64)
    if len(full):
        told = [given.names[resource] for resource in full[:MOST_NAMED].tolist()]
        more = f" and {len(full) - MOST_NAMED} more" if len(full) > MOST_NAMED else ""
        parts.append(f"full: {', '.join(told)}{more}")
    return "; ".join(parts) or f"what gets through from {names} is too little"


def _is_empty(chain: Chain, moved: Moved, origin: int, supply: int) -> bool:
    return origin != NONE and bool(chain.held[origin, supply]) and moved.after[origin, supply] < KG_PER_T / 100


def day_of_stockout(kept: Kept, first_day: int, days: int, at: int, supply: int) -> int:
    """Return the day on which the stock runs out within its week. [days from D-day]"""
    return first_day + min(days - 1, int(kept.lasts[at, supply] * days + ROUNDING))
