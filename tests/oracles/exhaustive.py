"""Exhaustive search: every set of diaries that the named units of a tiny scenario can have, and the best of them.

Units are named here, not counted: that counting loses nothing is one of the things that this search checks. Nothing is
pruned but what breaks a rule, and like units are not told apart. The last offer's diaries are valued together, as
arrays over days, which is what makes a few hundred thousand plans feasible.
"""

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement, product

import numpy as np
import numpy.typing as npt
from tests.oracles.reading import OfferTerms, Problem

Whole = npt.NDArray[np.int64]
Diary = tuple[tuple[str, int], ...]
"""One unit's tours: line and first day of each, in order."""

MOST_PLANS = 400_000
MOST_OUTER_PLANS = 1_500
"""Plans of all offers but the last, each of which costs a round of the interpreter."""


class TooLarge(Exception):
    """The scenario has more plans than this search looks at."""


@dataclass(frozen=True)
class _Choices:
    """Every way to use one offer, as arrays whose first axis counts the ways.

    served [effectiveness in whole steps] and on [units] have shape (ways, lines, days), people (ways, days) [people],
    lines used (ways, lines); the last two are one number a way. [person-days], [cost steps]
    """

    nation: str
    served: Whole
    on: Whole
    people: Whole
    uses: npt.NDArray[np.bool_]
    person_days: Whole
    cost: Whole

    def one(self, way: int) -> "_Choices":
        """Return a single way, its axis kept."""
        here = slice(way, way + 1)
        served, on, people, uses = self.served[here], self.on[here], self.people[here], self.uses[here]
        return _Choices(self.nation, served, on, people, uses, self.person_days[here], self.cost[here])

    @property
    def ways(self) -> int:
        return len(self.cost)


class _Scales:
    """Common denominators, so that sums of fractions are sums of whole numbers."""

    def __init__(self, problem: Problem) -> None:
        self.effectiveness = math.lcm(1, *(share.denominator for share in problem.effectiveness.values()))
        costs = [cost for offer in problem.offers for cost in (offer.tour_cost, offer.daily_cost)]
        self.cost = math.lcm(1, *(cost.denominator for cost in costs))
        requirement = problem.requirement_person_days
        per_person_day = [1 / (share * requirement) for share in problem.fair_shares.values() if requirement]
        self.burden = math.lcm(1, *(ratio.denominator for ratio in per_person_day))


def best_values(problem: Problem) -> dict[str, Fraction]:
    """Return the lexicographically best value of every goal.

    Raises
    ------
    TooLarge
        If the scenario has more plans than `MOST_PLANS`.
    """
    scales = _Scales(problem)
    choices = sorted((_choices_of(problem, offer, scales) for offer in problem.offers), key=lambda one: one.ways)
    outer = math.prod(one.ways for one in choices[:-1])
    if outer > MOST_OUTER_PLANS or outer * (choices[-1].ways if choices else 1) > MOST_PLANS:
        raise TooLarge
    best: tuple[int, ...] | None = None
    for ways in product(*(range(one.ways) for one in choices[:-1])):
        parts = [one.one(way) for one, way in zip(choices[:-1], ways, strict=True)] + choices[-1:]
        found = _best_of(problem, parts, scales)
        if found is not None and (best is None or found < best):
            best = found
    if best is None:
        raise ValueError("no plan keeps the rules: the pins contradict them")
    steps = [scales.effectiveness] * len(problem.priorities) + [scales.burden, 1, scales.cost]
    return {name: Fraction(value, step) for name, value, step in zip(problem.goal_names, best, steps, strict=True)}


def _diaries(problem: Problem, offer: OfferTerms) -> list[Diary]:
    """Return every diary that one unit can have, the empty one included."""
    tours = sorted(
        (day, line.name) for line in problem.lines for day in problem.start_days.get((offer.name, line.name), ())
    )
    most = len(tours) if offer.max_tours is None else offer.max_tours
    diaries: list[Diary] = [()]
    longest: list[tuple[Diary, int]] = [((), 0)]
    while longest:
        longer = []
        for diary, free_from in longest:
            if len(diary) < most:
                longer += [((*diary, (line, day)), day + offer.cycle_days) for day, line in tours if day >= free_from]
        diaries += [diary for diary, _ in longer]
        if len(diaries) > MOST_PLANS // 10:
            raise TooLarge
        longest = longer
    return diaries


def _choices_of(problem: Problem, offer: OfferTerms, scales: _Scales) -> _Choices:
    diaries = _diaries(problem, offer)
    if math.comb(len(diaries) + offer.quantity - 1, offer.quantity) > MOST_PLANS // 10:
        raise TooLarge
    pinned = {(line, day): units for (name, line, day), units in problem.pins.items() if name == offer.name}
    plans = []
    for plan in combinations_with_replacement(diaries, offer.quantity):
        counts = Counter(tour for diary in plan for tour in diary)
        if all(counts[tour] >= units for tour, units in pinned.items()):
            plans.append(counts)
    shape = (len(plans), len(problem.lines), problem.horizon_days)
    on = np.zeros(shape, dtype=np.int64)
    people = np.zeros((shape[0], shape[2]), dtype=np.int64)
    uses = np.zeros(shape[:2], dtype=np.bool_)
    cost = np.zeros(shape[0], dtype=np.int64)
    place = {line.name: number for number, line in enumerate(problem.lines)}
    for number, counts in enumerate(plans):
        for (line, day), units in counts.items():
            on[number, place[line], day : day + offer.serving_days] += units
            people[number, day : day + offer.tour_days] += units * offer.people
            uses[number, place[line]] = True
            cost[number] += units * int(problem.tour_cost(offer, day) * scales.cost)
    gives = [problem.effectiveness.get((offer.name, line.name), Fraction(0)) for line in problem.lines]
    steps = np.array([int(share * scales.effectiveness) for share in gives], dtype=np.int64)
    return _Choices(offer.nation, on * steps[None, :, None], on, people, uses, people.sum(axis=1), cost)


def _best_of(problem: Problem, parts: list[_Choices], scales: _Scales) -> tuple[int, ...] | None:
    """Return the best goal values among the ways of the last part with the one way of each other part, in whole steps."""
    ways = parts[-1].ways if parts else 1
    allowed = np.ones(ways, dtype=np.bool_)
    nations = sorted({part.nation for part in parts})
    of_nation = {nation: [part for part in parts if part.nation == nation] for nation in nations}
    for nation, ceiling in problem.ceilings.items():
        if nation in of_nation:
            people = sum(part.people for part in of_nation[nation])
            allowed &= np.broadcast_to((people <= ceiling).all(axis=1), ways)
    for number, line in enumerate(problem.lines):
        if line.one_nation:
            holders = np.zeros(ways, dtype=np.int64)
            for own in of_nation.values():
                holders += np.logical_or.reduce([np.broadcast_to(part.uses[:, number], ways) for part in own])
            allowed &= holders <= 1
    if not allowed.any():
        return None
    goals: list[Whole] = []
    needed, window = _needed(problem, scales)
    served = sum((part.served for part in parts), np.zeros((ways, *needed.shape), dtype=np.int64))
    missing = (np.maximum(0, needed - served) * window).sum(axis=2)
    for priority in problem.priorities:
        rows = [number for number, line in enumerate(problem.lines) if line.priority == priority]
        goals.append(missing[:, rows].sum(axis=1))
    burden = np.zeros(ways, dtype=np.int64)
    takeovers = np.zeros(ways, dtype=np.int64)
    for nation, own in of_nation.items():
        if nation in problem.fair_shares and problem.requirement_person_days:
            per_day = int(scales.burden / (problem.fair_shares[nation] * problem.requirement_person_days))
            burden = np.maximum(burden, sum(part.person_days for part in own) * per_day)
        on = sum(part.on for part in own) * window
        takeovers = takeovers + np.maximum(0, np.diff(on, axis=2, prepend=0)).sum(axis=(1, 2))
    cost = sum((part.cost for part in parts), np.zeros(ways, dtype=np.int64))
    goals += [burden, takeovers, cost]
    table = np.stack(goals, axis=1)[allowed]
    best: list[int] = []
    for column in range(table.shape[1]):
        lowest = table[:, column].min()
        table = table[table[:, column] == lowest]
        best.append(int(lowest))
    return tuple(best)


def _needed(problem: Problem, scales: _Scales) -> tuple[Whole, Whole]:
    """Return what each line needs, in steps, and its window as 0 and 1; shape (lines, days) both."""
    window = np.zeros((len(problem.lines), problem.horizon_days), dtype=np.int64)
    for number, line in enumerate(problem.lines):
        window[number, line.from_day : line.until_day] = 1
    quantities = np.array([line.quantity * scales.effectiveness for line in problem.lines], dtype=np.int64)
    return window * quantities[:, None], window
