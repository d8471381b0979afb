"""Spreading where a proof would take too long: a placement in order of time, mended by moves and swaps, and a bound beside it.

Each tour, in the order in which they begin, goes to the formation where it costs least by the goals of `spread` in their order;
then single tours are moved, and tours of one line swapped, as long as that makes the whole better. The result is feasible, not
proven best; `bound_of_nation_days` says how far from the best it can be.
"""

import math
from collections.abc import Sequence

import numpy as np

from contingent.quantities import SMALLEST_SHARE
from contingent.structure.problem import Amounts, Problem, Serving

MOST_SWEEPS = 30
"""Most rounds of moves and swaps."""

Worth = tuple[float, float, float, int]


def greedy(problem: Problem) -> list[int]:
    """Return a spreading: for each tour the place of its formation."""
    state = _State(problem)
    together: dict[tuple[str | None, int], int] = {}
    for tour in problem.tours:
        together[tour.nation, tour.from_day] = together.get((tour.nation, tour.from_day), 0) + 1
    order = sorted(
        range(len(problem.tours)),
        key=lambda i: (
            (tour := problem.tours[i]).from_day, -together[tour.nation, tour.from_day], tour.nation or "",
            tour.line, -tour.weight, i,
        ),
    )  # fmt: skip
    for i in order:
        state.place_best(i)
    for _ in range(MOST_SWEEPS):
        if not state.sweep(order):
            break
    return state.places


class _Even:
    """Lines that are to be even, and what serves of them: units, shape (formations that share, spans)."""

    def __init__(self, together: bool, shares: tuple[int, ...], lines: frozenset[str], spans: int) -> None:
        self.together, self.lines = together, lines
        self.rows = {place: row for row, place in enumerate(shares)}
        self.units = np.zeros((len(shares), spans))
        self.uneven = np.zeros(spans, dtype=bool)

    def beyond(self, first: int, last: int) -> Amounts:
        """How far it is from even on some spans, beyond one unit. [units]"""
        part = self.units[:, first:last]
        excess: Amounts = part.max(axis=0) - part.min(axis=0) - 1.0
        return np.where(excess > SMALLEST_SHARE, excess, 0.0)


class _State:
    """A spreading that is being made, with what it is worth kept up to date."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.places = [-1] * len(problem.tours)
        self.counts = problem.given_counts()
        self.nation_at = {nation: place for place, nation in enumerate(problem.nations)}
        sets = [_Even(together, shares, lines, len(problem.days)) for together, shares, lines in problem.even_sets]
        self.sets_of = {line: [even for even in sets if line in even.lines] for line in problem.shares}
        self.overlapping = _overlapping(problem)
        self.tick = 0
        self.changed = np.zeros(len(problem.days) + 2, dtype=np.int64)
        self.looked_at: dict[tuple[int, int], int] = {}

    def _put(self, i: int, place: int, sign: int) -> None:
        tour = self.problem.tours[i]
        first, last = self.problem.spans(tour)
        for even in self.sets_of[tour.line]:
            even.units[even.rows[place], first:last] += sign * tour.weight
        if tour.nation is not None:
            self.counts[place, self.nation_at[tour.nation], first:last] += sign
        self.places[i] = place if sign > 0 else -1

    def _worth(self, tours: Sequence[int]) -> Worth:
        """What the spreading is worth where these tours touch it."""
        chosen = [self.problem.tours[i] for i in tours]
        spans = [self.problem.spans(tour) for tour in chosen]
        first, last = min(span[0] for span in spans), max(span[1] for span in spans)
        days = self.problem.days[first:last]
        beyond = [0.0, 0.0]
        touched = {id(even): even for tour in chosen for even in self.sets_of[tour.line]}
        for even in touched.values():
            beyond[even.together] += float((even.beyond(first, last) * days).sum())
        nation_days, entries = 0.0, 0
        for nation in sorted({self.nation_at[tour.nation] for tour in chosen if tour.nation is not None}):
            present = self.counts[:, nation, max(0, first - 1):last + 1] > 0
            nation_days += float((present[:, first - max(0, first - 1):][:, :last - first].sum(axis=0) * days).sum())
            entries += int((present[:, 1:] & ~present[:, :-1]).sum()) + (int(present[:, 0].sum()) if first == 0 else 0)
        return round(beyond[0], 6), round(beyond[1], 6), nation_days, entries

    def place_best(self, i: int) -> None:
        """Put a tour where it costs least; of equal formations into the emptiest, then the first."""
        best: tuple[Worth, float, int] | None = None
        for place in self.problem.shares[self.problem.tours[i].line]:
            self._put(i, place, 1)
            rank = (self._worth([i]), self._load(i, place), place)
            best = rank if best is None or rank < best else best
            self._put(i, place, -1)
        assert best is not None
        self._put(i, best[2], 1)
        self._kept(i)

    def _load(self, i: int, place: int) -> float:
        tour = self.problem.tours[i]
        first, last = self.problem.spans(tour)
        even = self.sets_of[tour.line][-1]
        return round(float((even.units[even.rows[place], first:last] * self.problem.days[first:last]).sum()), 6)

    def _kept(self, i: int) -> None:
        """Note where the lines of a tour that has its place are uneven."""
        first, last = self.problem.spans(self.problem.tours[i])
        for even in self.sets_of[self.problem.tours[i].line]:
            even.uneven[first:last] = even.beyond(first, last) > 0

    def _cannot_help(self, i: int, place: int, others: int = 0) -> bool:
        """Whether putting a tour elsewhere is sure not to be better: all is even there, and it takes more nation-days."""
        tour = self.problem.tours[i]
        first, last = self.problem.spans(tour)
        if any(even.uneven[first:last].any() for even in self.sets_of[tour.line]):
            return False
        return others + self._more_nation_days(i, place) > 0

    def _more_nation_days(self, i: int, place: int) -> int:
        """Nation-days that putting a tour elsewhere adds. [nation-days]"""
        tour = self.problem.tours[i]
        if tour.nation is None:
            return 0
        first, last = self.problem.spans(tour)
        days, of_nation = self.problem.days[first:last], self.counts[:, self.nation_at[tour.nation], first:last]
        return int(days[of_nation[place] == 0].sum() - days[of_nation[self.places[i]] == 1].sum())

    def sweep(self, order: Sequence[int]) -> bool:
        """Move and swap once round; whether anything became better."""
        better = False
        for i in order:
            if self._is_news(i, i):
                better |= self._move(i)
            for j in self.overlapping[i]:
                if self.places[i] != self.places[j] and self._is_news(i, j):
                    better |= self._swap(i, j)
        return better

    def _is_news(self, i: int, j: int) -> bool:
        """Whether anything that a move or a swap of these tours depends on has changed since they were last looked at."""
        spans = [self.problem.spans(self.problem.tours[tour]) for tour in (i, j)]
        first, last = min(span[0] for span in spans), max(span[1] for span in spans)
        # A worth counts entries, which depend on the span before and the span after.
        news = bool(self.changed[first:last + 2].max() >= self.looked_at.get((i, j), -1))
        self.tick += 1
        self.looked_at[i, j] = self.tick
        return news

    def _has_changed(self, *tours: int) -> None:
        """Note that these tours changed their formation."""
        for tour in tours:
            first, last = self.problem.spans(self.problem.tours[tour])
            self.changed[first + 1:last + 1] = self.tick

    def _move(self, i: int) -> bool:
        old = self.places[i]
        open_places = [
            place
            for place in self.problem.shares[self.problem.tours[i].line]
            if place != old and not self._cannot_help(i, place)
        ]
        if not open_places:
            return False
        best, kept = old, self._worth([i])
        for place in open_places:
            self._put(i, self.places[i], -1)
            self._put(i, place, 1)
            worth = self._worth([i])
            if worth < kept:
                best, kept = place, worth
        self._put(i, self.places[i], -1)
        self._put(i, best, 1)
        self._kept(i)
        if best != old:
            self._has_changed(i)
        return best != old

    def _swap(self, i: int, j: int) -> bool:
        one, other = self.places[i], self.places[j]
        if self._cannot_help(i, other, self._more_nation_days(j, one)) and self._cannot_help(
            j, one, self._more_nation_days(i, other)
        ):
            return False
        before = self._worth([i, j])
        self._exchange(i, j, other, one)
        if self._worth([i, j]) < before:
            self._kept(i)
            self._kept(j)
            self._has_changed(i, j)
            return True
        self._exchange(i, j, one, other)
        return False

    def _exchange(self, i: int, j: int, place_of_i: int, place_of_j: int) -> None:
        self._put(i, self.places[i], -1)
        self._put(j, self.places[j], -1)
        self._put(i, place_of_i, 1)
        self._put(j, place_of_j, 1)


def _overlapping(problem: Problem) -> list[list[int]]:
    """For each tour the later tours, of lines that the same formations share, that serve on one of its days."""

    def meet(one: Serving, other: Serving) -> bool:
        return one.from_day < other.until_day and other.from_day < one.until_day

    tours = problem.tours
    return [
        [
            j
            for j in range(i + 1, len(tours))
            if problem.shares[tours[i].line] == problem.shares[tours[j].line]
            and tours[i].nation != tours[j].nation
            and meet(tours[i], tours[j])
        ]
        for i in range(len(tours))
    ]


def bound_of_nation_days(problem: Problem, *, beyond: tuple[float, float]) -> float:
    r"""Return a number of nation-days below which no spreading lies that is as even, each span taken by itself. [nation-days]

    On a span, with :math:`T` units of a line over :math:`m` formations whose fullest and emptiest differ by at most :math:`D`, no
    formation has more than :math:`(T + (m - 1) D) / m`; a nation with :math:`W` of these units is therefore in at least

    .. math:: \lceil W \, / \, \lfloor (T + (m - 1) D) / m \rfloor_w \rceil

    formations, where :math:`\lfloor \cdot \rfloor_w` rounds down to whole units if all units count one. A nation is at least
    where it is anyway. And where no formation can be empty, each has a nation.

    Parameters
    ----------
    beyond : tuple of float
        How far beyond one unit a line, and lines together, may be from even. [units]
    """
    spans = len(problem.days)
    given = problem.given_counts() > 0
    least = given.sum(axis=0).astype(np.float64)
    at = {nation: place for place, nation in enumerate(problem.nations)}
    never_empty = np.zeros(spans, dtype=np.int64)
    for together, shares, lines in problem.even_sets:
        by_nation = np.zeros((len(problem.nations), spans))
        total = np.zeros(spans)
        stateless = False
        whole = True
        for tour in problem.tours:
            if tour.line in lines:
                first, last = problem.spans(tour)
                total[first:last] += tour.weight
                whole &= tour.weight == 1.0
                if tour.nation is None:
                    stateless = True
                else:
                    by_nation[at[tour.nation], first:last] += tour.weight
        apart = 1.0 + beyond[together]
        most = (total + (len(shares) - 1) * apart) / len(shares)
        most = np.floor(most + SMALLEST_SHARE) if whole else most
        needed = np.ceil(np.divide(by_nation, most, out=np.zeros_like(by_nation), where=most > 0) - SMALLEST_SHARE)
        least = np.maximum(least, np.minimum(needed, len(shares)))
        fewest = (total - (len(shares) - 1) * apart) / len(shares)
        if not stateless:
            never_empty = np.maximum(never_empty, np.where(fewest > SMALLEST_SHARE, len(shares), 0))
    on_each = np.maximum(least.sum(axis=0), never_empty)
    return float(math.fsum((on_each * problem.days).tolist()))
