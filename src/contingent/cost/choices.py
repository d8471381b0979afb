r"""Which posts are held for a sum of money: strictly by priority, the cheapest way within each, proven by MILP.

    p in P          posts, each of one priority                                              contingent.cost.posts
    price[p]        what it costs                                                            [currency]
    alone[p]        what it fills whatever else is held                                      [unit-days]
    s in S          stretches in which posts together could fill more than is asked for
    held[p]         1 where it is held, else 0
    full[s]         units that are filled in s                                               [units]

    fill      = sum of alone[p] held[p] + sum of days[s] full[s]
    full[s] <= room[s],   full[s] <= sum over p in s of amount[p, s] held[p]

Priorities share nothing but the money. So they are decided one after another, each twice: first the most that its fill can be for
the money that is left, then the cheapest way to that fill; what it costs is taken off for the next.

The order in which posts come as money grows is that of fill for money, priority by priority. Up to each step of it no choice
for the same money fills more, as long as no stretch is shared; between two steps the most that could be filled lies below the
straight line between them (the relaxation of a knapsack), so that the order is short of it by less than one post fills.
"""

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contingent.cost.posts import Floats, Posts, Stretch, Whole
from contingent.solver import LinearModel, Solution

Flags = NDArray[np.bool_]

NODES = 20_000
"""Most nodes of branch and bound for one step: the same on every machine."""

SLACK = 1e-5
"""Fills that differ by less are the same: the solver's tolerance, and well below what a post fills in a day. [unit-days]"""

LEAST_STEP = 0.5
"""A fill that grows by less is no further step: the solver's whole numbers are whole to a millionth. [unit-days]"""

SCALE = 1e4
"""Prices are given to the solver in ten-thousandths of the money that there is."""


@dataclass(frozen=True)
class Choice:
    """Which posts are held.

    Parameters
    ----------
    held : ndarray of bool
        Shape (posts,)
    spent : mapping of int to float
        What the posts of each priority cost. [currency]
    bound : mapping of int to float
        By priority: no choice that keeps the earlier fills can fill more for the money. [unit-days]
    proven : bool
        Whether every step was proven.
    """

    held: Flags
    spent: dict[int, float]
    bound: dict[int, float]
    proven: bool


@dataclass(frozen=True)
class NextStep:
    """What a little more money would buy.

    Parameters
    ----------
    priority : int
        Of which more is filled.
    money : float
        By how much the budget would have to grow. [currency]
    unit_days : float
        How much more of it is filled then. [unit-days]
    taken, given_up : ndarray of int
        Posts of that priority that would be held then, or no longer. Shape (posts that change,)
    """

    priority: int
    money: float
    unit_days: float
    taken: Whole
    given_up: Whole


def filled_by(posts: Posts, held: Flags) -> dict[int, float]:
    """Return what the posts held fill, by priority, beside what others fill. [unit-days]"""
    priorities = posts.frame["priority"].to_numpy()
    found = {}
    for priority in posts.required:
        own = float(posts.alone[held & (priorities == priority)].sum())
        for each in posts.shared:
            if each.priority == priority:
                own += each.days * min(each.room, float(each.amounts[held[each.posts]].sum()))
        found[priority] = own
    return found


def order_of(posts: Posts, price: Floats) -> list[tuple[int, float]]:
    """Return posts in the order in which they come as money grows, each with the unit-days that it adds.

    Priority by priority; within one, the post next that adds most for its price to those that are held already. Those that add
    nothing come last of all.
    """
    priorities = posts.frame["priority"].to_numpy()
    by_post: dict[int, list[Stretch]] = {}
    served: dict[int, float] = {}
    for each in posts.shared:
        served[id(each)] = 0.0
        for post in each.posts.tolist():
            by_post.setdefault(post, []).append(each)

    def adds(post: int) -> float:
        more = float(posts.alone[post])
        for each in by_post.get(post, ()):
            amount, before = float(each.amounts[each.posts == post].sum()), served[id(each)]
            more += each.days * (min(each.room, before + amount) - min(each.room, before))
        return more

    def rank(post: int) -> tuple[float, float, int, float]:
        more, cost = adds(post), float(price[post])
        return -(more / cost if cost > 0 else np.inf), cost, post, more

    found: list[tuple[int, float]] = []
    last: list[tuple[int, float]] = []
    for priority in sorted(set(priorities.tolist())):
        waiting = [rank(int(post)) for post in np.flatnonzero(priorities == priority)]
        heapq.heapify(waiting)
        while waiting:
            *_, post, more = heapq.heappop(waiting)
            now = rank(post)
            if now[3] < more - SLACK:  # others have taken some of it since: what it adds only ever falls
                heapq.heappush(waiting, now)
                continue
            (found if now[3] > SLACK else last).append((post, max(0.0, now[3])))
            for each in by_post.get(post, ()):
                served[id(each)] += float(each.amounts[each.posts == post].sum())
    return found + last


def choose(posts: Posts, price: Floats, money: float, *, seconds: float = math.inf) -> Choice:
    """Return the posts that are held for some money, strictly by priority, the cheapest way within each.

    Posts that add nothing to any fill are held last, as far as money is left.

    Parameters
    ----------
    seconds : float
        Longest time for one step, of which there are two a priority; what is not proven by then says so. [s]

    Raises
    ------
    SolverFailed
        If HiGHS ends in a state that says nothing.
    """
    priorities = posts.frame["priority"].to_numpy()
    held = np.zeros(len(price), dtype=bool)
    order = order_of(posts, price)
    left, proven = max(0.0, money), True
    spent, bound = {}, {}
    for priority in posts.required:
        own = priorities == priority
        part = Part(posts, price, priority, own, seconds)
        chosen, bound[priority], sure = part.most_for(left, [post for post, _ in order if own[post]])
        cheapest, cheap = part.cheapest_with(part.fill(chosen), chosen)
        held |= cheapest
        spent[priority] = float(price[cheapest].sum())
        left -= spent[priority]
        proven = proven and sure and cheap
    for post, _ in order:
        # What adds nothing: the plan has it all the same, for a day that another also serves.
        if not held[post] and price[post] <= left * (1 + HAIR_OF_MONEY) and not _adds(posts, held, post):
            held[post] = True
            left -= float(price[post])
            spent[int(priorities[post])] += float(price[post])
    return Choice(held, spent, bound, proven)


HAIR_OF_MONEY = 1e-12
"""Sums of the same prices in another order differ by less. [-]"""


def _adds(posts: Posts, held: Flags, post: int) -> bool:
    more = held.copy()
    more[post] = True
    return sum(filled_by(posts, more).values()) > sum(filled_by(posts, held).values()) + SLACK


def next_step_of(
    posts: Posts, price: Floats, money: float, choice: Choice, *, seconds: float = math.inf
) -> NextStep | None:
    """Return the smallest further sum for which more is filled of a priority without less of an earlier one; None = for no sum.

    Of each priority the cheapest way to more than it has; what the later ones have then is not looked at. `seconds` is as of
    `choose`: of a way that is not proven to be the cheapest, the money is what that way costs.
    """
    priorities = posts.frame["priority"].to_numpy()
    spent, best = 0.0, None
    for priority in posts.required:
        own = priorities == priority
        part = Part(posts, price, priority, own, seconds)
        now = choice.held & own
        if part.fill(now) < part.fill(own) - LEAST_STEP:
            then, _ = part.cheapest_with(part.fill(now) + LEAST_STEP, own)
            more = spent + float(price[then].sum()) - money
            if best is None or more < best.money:
                gained = part.fill(then) - part.fill(now)
                best = NextStep(priority, max(0.0, more), gained, np.flatnonzero(then & ~now), np.flatnonzero(now & ~then))
        spent += choice.spent[priority]
    return best


@dataclass(frozen=True)
class Part:
    """The posts of one priority, and what is asked of the solver about them."""

    posts: Posts
    price: Floats
    priority: int
    own: Flags
    seconds: float = math.inf

    def fill(self, held: Flags) -> float:
        """Return what is filled of this priority, beside what others fill. [unit-days]"""
        return filled_by(self.posts, held)[self.priority]

    def most_for(self, money: float, order: list[int]) -> tuple[Flags, float, bool]:
        """Return which posts fill most for some money, the most that any could, and whether that is proven."""
        whole = float(self.price[self.own].sum())
        if whole <= money * (1 + HAIR_OF_MONEY):
            return self.own.copy(), self.fill(self.own), True
        start, left = np.zeros(len(self.price), dtype=bool), money
        for post in order:
            if self.price[post] <= left:
                start[post] = True
                left -= float(self.price[post])
        if not (self.own & (self.price <= money)).any():
            return start, self.fill(start), True
        limit = money
        while True:
            solution, at = self._solved(most=limit, start=start)
            held = self._held(solution, at, start)
            over = float(self.price[held].sum()) - money
            if over <= 0.0 or held is start:
                break
            limit -= 2 * over  # a hair over the money is the solver's tolerance, and not to be had
        best = held if self.fill(held) >= self.fill(start) else start
        sure = solution.status == "optimal"
        return best, max(self.fill(best), self.fill(best) if sure else -solution.bound), sure

    def cheapest_with(self, fill: float, start: Flags) -> tuple[Flags, bool]:
        """Return the cheapest posts that fill so much, and whether that is proven; `start` fills as much."""
        solution, at = self._solved(least=fill, start=start)
        held = self._held(solution, at, start)
        if self.fill(held) < fill - 2 * SLACK or self.price[held].sum() > self.price[start].sum() * (1 + HAIR_OF_MONEY):
            return start.copy(), False
        return held, solution.status == "optimal"

    def _held(self, solution: Solution, at: Whole, start: Flags) -> Flags:
        if solution.columns is None:
            return start
        held = np.zeros(len(self.price), dtype=bool)
        held[at] = solution.columns[: len(at)] > 0.5
        return held

    def _solved(self, *, most: float | None = None, least: float | None = None, start: Flags) -> tuple[Solution, Whole]:
        """Solve for the most that is filled within some money, or for the least money with some fill."""
        at = np.flatnonzero(self.own if most is None else self.own & (self.price <= most))
        unit = SCALE / max(most if most is not None else float(self.price[self.own].sum()), 1e-300)
        place = {int(post): number for number, post in enumerate(at)}
        model = LinearModel()
        held = model.add_columns("held", len(at), upper=1.0, integer=True)
        stretches = [each for each in self.posts.shared if each.priority == self.priority]
        days = np.array([float(each.days) for each in stretches])
        full = model.add_columns("full", len(stretches), upper=np.array([each.room for each in stretches]))
        served = model.add_rows("served", len(stretches), upper=0.0)
        model.add_terms(served, full, 1.0)
        for number, each in enumerate(stretches):
            known = np.array([int(post) in place for post in each.posts], dtype=bool)
            columns = np.array([place[int(post)] for post in each.posts[known]], dtype=np.int64)
            model.add_terms(np.full(len(columns), served[number]), held[columns], -each.amounts[known])
        prices, alone = self.price[at] * unit, self.posts.alone[at]
        if most is not None:
            row = model.add_rows("money", 1, upper=most * unit)
            model.add_terms(np.repeat(row, len(at)), held, prices)
            model.set_costs(-np.concatenate([alone, days]))
        else:
            assert least is not None
            row = model.add_rows("fill", 1, lower=least - SLACK)
            model.add_terms(np.repeat(row, len(at) + len(days)), np.concatenate([held, full]), np.concatenate([alone, days]))
            model.set_costs(np.concatenate([prices, np.zeros(len(days))]))
        units = [min(each.room, float(each.amounts[start[each.posts]].sum())) for each in stretches]
        first = np.concatenate([start[at].astype(np.float64), np.array(units)])
        return model.solve(nodes=NODES, start=first, time_limit=self.seconds), at
