"""The nations whose loss together costs most: branch and bound over sets, on plans made anew, with proof.

    loss(S)     unfilled unit-days of a priority in the best plan without the nations of S
    low(S)      bound: no plan leaves fewer, so loss(S) is at least this
    high(S)     what the plan found for S leaves: loss(S) is at most this

A set that was not looked at is bounded by any smaller set T that was: its plan less the tours of the nations that S has more is a
plan for S. It leaves at most ``high(T) + sum of what they carry in T's plan``. With the nations that carry most this bounds all
sets that contain T at once. The set with the largest bound is looked at next, and the search ends when no bound passes the
largest ``low`` of a set that was looked at: then no other set of that size costs more, or the frame says how much more it could.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from contingent.stress.answers import Answer, Answers, Nations

MOST_EXAMINED = 400
"""Sets of one size that are looked at before the search gives up its proof. [sets]"""

SETS_AT_ONCE = 8
"""Sets that are looked at together, whatever the engine, so that the order does not depend on it. [sets]"""

RIVALS = 3
"""Sets that are settled more deeply where the worst is not proven. [sets]"""

SMALL = 1e-6
"""Unit-days below this are rounding. [unit-days]"""


@dataclass(frozen=True)
class Worst:
    """The set found, and what is proven of it.

    Parameters
    ----------
    nations : tuple of int
        The set.
    answer : Answer
        What becomes of the plan without it.
    others : float
        Most that any other set of this size leaves unfilled, for certain; minus infinity where there is no other. [unit-days]
    examined, of_all : int
        Sets of this size that were planned anew, and all there are. [sets]
    proven : bool
        Whether no other set can cost more.
    """

    nations: Nations
    answer: Answer
    others: float
    examined: int
    of_all: int
    proven: bool


class Sets:
    """Sets of nations that were looked at, and bounds on those that were not. Lives inside one search."""

    def __init__(self, answers: Answers, candidates: Nations, level: int) -> None:
        self.answers, self.candidates, self.level = answers, candidates, level
        self.seen: dict[Nations, Answer] = {}
        self.look([()])

    def look(self, sets: Sequence[Nations]) -> None:
        """Plan without each of the sets."""
        new = [nations for nations in sets if nations not in self.seen]
        self.answers.ask(full=[key for nations in new for key in self.answers.keys(nations)])
        self.seen |= {nations: self.answers.of(nations) for nations in new}

    def look_deeper(self, sets: Sequence[Nations]) -> None:
        """Settle families that are not proven of sets that were looked at; what is known of all sets may gain by it."""
        self.answers.ask(deep=[key for nations in sets for key in self.answers.open_keys(nations, self.level)])
        self.seen = {nations: self.answers.of(nations) for nations in self.seen}

    def high(self, nations: Nations) -> float:
        """Return what the plan of a set that was looked at leaves unfilled. [unit-days]"""
        return float(self.seen[nations].value[self.level])

    def low(self, nations: Nations) -> float:
        """Return what any plan without the set leaves unfilled at least. [unit-days]"""
        return float(self.seen[nations].bound[self.level])

    def bound(self, nations: Nations, size: int) -> float:
        """Return what plans for the sets of a size that begin with these nations leave unfilled at most. [unit-days]"""
        if len(nations) == size and nations in self.seen:
            return self.high(nations)
        last = nations[-1] if nations else -1
        more = [nation for nation in self.candidates if nation > last]
        best = float("inf")
        for count in range(len(nations), max(-1, len(nations) - 3), -1):
            for base in combinations(nations, count):
                if base not in self.seen:
                    continue
                carried = self.seen[base].carried[:, self.level]
                fixed = sum(float(carried[nation]) for nation in nations if nation not in base)
                most = sorted((float(carried[nation]) for nation in more), reverse=True)[: size - len(nations)]
                best = min(best, self.high(base) + fixed + sum(most))
        return best if best < float("inf") else self.bound(nations[:-1], size)


def worst_of(sets: Sets, size: int, *, most: int = MOST_EXAMINED, enough: float | None = None) -> Worst:
    """Find the set of a size whose loss leaves most unfilled.

    Parameters
    ----------
    size : int
        Nations in the set, at most as many as there are candidates.
    most : int
        Sets that are looked at, at most, beside those that are known. [sets]
    enough : float, optional
        Ends the search when a set is known to leave more unfilled than this, or no set can. [unit-days]
    """
    sets.look([_greedy(sets, size)])
    examined = {nations for nations in sets.seen if len(nations) == size}
    most += len(examined)
    heap: list[tuple[float, Nations]] = [(-sets.bound((), size), ())]
    while True:
        low = max(sets.low(nations) for nations in examined)
        floor = low if enough is None else max(low, enough)
        done = not heap or -heap[0][0] <= floor + SMALL or len(examined) >= most
        if done or (enough is not None and low > enough + SMALL):
            break
        waiting = _next_sets(sets, heap, size, floor)
        sets.look(waiting)
        examined |= set(waiting)
    found = _chosen(sets, size, examined, heap)
    if not found.proven and enough is None:
        rivals = sorted(examined, key=lambda nations: (-sets.high(nations), nations))[:RIVALS]
        sets.look_deeper([*rivals, found.nations])
        found = _chosen(sets, size, examined, heap)
    return found


def _chosen(sets: Sets, size: int, examined: set[Nations], heap: list[tuple[float, Nations]]) -> Worst:
    """Return the worst set of those looked at, and what is known of all others."""
    chosen = max(sorted(examined), key=lambda nations: (round(sets.high(nations), 6), round(sets.low(nations), 6)))
    others = [sets.high(nations) for nations in examined if nations != chosen]
    of_all = comb(len(sets.candidates), size)
    if len(examined) < of_all:
        # What is still open holds sets that were not looked at.
        others += [-bound for bound, _ in heap]
    worst_other = max(others, default=float("-inf"))
    proven = worst_other <= sets.low(chosen) + SMALL
    return Worst(chosen, sets.seen[chosen], worst_other, len(examined), of_all, proven)


def _next_sets(sets: Sets, heap: list[tuple[float, Nations]], size: int, floor: float) -> list[Nations]:
    """Take the largest bounds from the heap, part them, and return whole sets that are to be looked at."""
    waiting: list[Nations] = []
    while heap and len(waiting) < SETS_AT_ONCE and -heap[0][0] > floor + SMALL:
        bound, nations = heapq.heappop(heap)
        better = min(-bound, sets.bound(nations, size))
        if better < -bound - SMALL:
            heapq.heappush(heap, (-better, nations))
        elif len(nations) == size:
            if nations not in sets.seen:
                waiting.append(nations)
        else:
            last = nations[-1] if nations else -1
            more = [nation for nation in sets.candidates if nation > last]
            for place, nation in enumerate(more):
                if len(more) - place >= size - len(nations):
                    child = (*nations, nation)
                    heapq.heappush(heap, (-min(better, sets.bound(child, size)), child))
    return waiting


def _greedy(sets: Sets, size: int) -> Nations:
    """Return a set that costs much: from the worst smaller set, always the nation more that carries most in its plan."""
    largest = max(len(nations) for nations in sets.seen if len(nations) <= size)
    chosen = max(sorted(nations for nations in sets.seen if len(nations) == largest), key=sets.high)
    while len(chosen) < size:
        carried = sets.seen[chosen].carried[:, sets.level]
        nation = max((one for one in sets.candidates if one not in chosen), key=lambda one: (float(carried[one]), -one))
        chosen = tuple(sorted((*chosen, nation)))
        sets.look([chosen])
    return chosen
