"""Why each gap is a gap: which kind of rule, or which least set of kinds, must be relaxed to close it.

For one line after the other, a kind of rule is relaxed for that line alone and `contingent.generation.reasons.stopgaps` says how
much of the gap then closes. Lines of the same or a higher priority keep their tours meanwhile, and pinned tours stay; a unit on a
line of lower priority stands in no line's way:

    caveat       what offers rule out is ignored
    not_ready    ready days and windows of offers are ignored
    ceiling      the nations' ceilings are ignored
    one_nation   the line may be held by several nations
    in_dwell     a unit that is at home may go at once, however many tours it has done
    outranked    units may be taken away from lines of the same or a higher priority

What stays open with all of them relaxed is `not_offered` (`contingent.generation.reasons.offered`). The rest of a gap is laid
to the first single kind that closes all of it, in the order above (that most of the line's own first), else to the first pair,
and so on: a least set. A gap that closes only if the line gives up one of its own tours for another day is `in_dwell` too: its
units stand between tours, and too few rotate.

Under a time limit the lines of the first priorities, and of these the shortest, come first, and each may use what falls to it of
the time that is left. A line whose time is up is not left without a reason: one walk with every kind relaxed still says what
can be closed at all, and that all kinds together keep it open. Its sentence says that no more was looked for.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.generation.clock import NO_HURRY, Clock
from contingent.generation.exact import Counts
from contingent.generation.problem import NO_LIMIT, Problem
from contingent.generation.reasons.offered import groups_of, least_missing
from contingent.generation.reasons.sentences import Facts, gap_sentence
from contingent.generation.reasons.standing import DECIMALS, Standing
from contingent.generation.reasons.stopgaps import CLOSED, Walk, close_what_can_be
from contingent.model.scenario import Scenario
from contingent.plan import REASONS, frame

Floats = npt.NDArray[np.float64]
Kinds = tuple[str, ...]

KINDS: Kinds = ("caveat", "not_ready", "ceiling", "one_nation", "in_dwell", "outranked")
"""Kinds of rule in the order in which they are tried."""

NOTHING: Kinds = ()

ROUNDING = 1e-6
"""Unit-days below this are rounding. [unit-days]"""


@dataclass(frozen=True)
class Part:
    """A part of a line's gap with one reason.

    Parameters
    ----------
    reason : str
        One of `REASONS`, or several joined by ``;``.
    quantity : ndarray of float
        How much of the gap it explains. [units], shape (slots,)
    overlooked : bool
        Whether no rule stands in the way: a better plan exists, and the search ended before it was found.
    cut_short : bool
        Whether the time limit ended the tests before all that might explain it with fewer kinds of rule were made.
    """

    reason: str
    quantity: Floats
    overlooked: bool = False
    cut_short: bool = False


MORE_THAN_ITS_SHARE = 3.0
"""A line may use this many times its even share of the time that is left: most lines need less than theirs. [-]"""


def explain_gaps(scenario: Scenario, problem: Problem, counts: Counts, clock: Clock = NO_HURRY) -> pl.DataFrame:
    """Return the frame ``gaps``: every gap of every line, in intervals, each part with its tested reason.

    Parameters
    ----------
    scenario : Scenario
        With all offers in place.
    problem : Problem
        The same as arrays.
    counts : Counts
        The plan: (arc, start) to units, pins included.
    clock : Clock
        After it has run out, gaps are explained by one walk a line, and say so.
    """
    standing = Standing(scenario, problem, counts)
    rows = []
    short = np.flatnonzero(standing.gap.any(axis=1))
    short = short[np.lexsort((-(standing.gap[short] @ problem.slot_days), problem.line_level[short]))]
    for position, line in enumerate(short.tolist()):
        facts = Facts(standing, line)
        share = min(1.0, MORE_THAN_ITS_SHARE / (len(short) - position))
        for part in parts_of_gap(standing, line, clock.part(share)):
            for first, last, quantity in _intervals(part.quantity):
                rows.append(_row(standing, line, part, first, last, quantity, facts))
    rows.sort(key=lambda row: (row["priority"], row["index"], row["from_day"], row["until_day"], row["reason"]))
    return frame("gaps", [{name: value for name, value in row.items() if name != "index"} for row in rows])


def _row(standing: Standing, line: int, part: Part, first: int, last: int, quantity: float, facts: Facts) -> dict[str, object]:
    """One row of the frame ``gaps``, with its line's place in the order of lines."""
    row, day = standing.problem.lines[line], standing.problem.slot_day
    from_day, until_day = int(day[first]), int(day[last])
    return {
        "index": line,
        "line": row.line,
        "capability": row.capability,
        "location": row.location,
        "priority": row.priority,
        "from_day": from_day,
        "until_day": until_day,
        "quantity": quantity,
        "unit_days": round(quantity * (until_day - from_day), DECIMALS),
        "reason": part.reason,
        "detail": gap_sentence(facts, part.reason, first, last, quantity, overlooked=part.overlooked, cut_short=part.cut_short),
    }


def _intervals(quantity: Floats) -> Iterable[tuple[int, int, float]]:
    """Yield first slot, end and value of each stretch of slots on which a quantity is the same, and not nothing."""
    breaks = [0, *(np.flatnonzero(np.diff(quantity)) + 1).tolist(), len(quantity)]
    for first, last in pairwise(breaks):
        if quantity[first] > CLOSED:
            yield first, last, float(quantity[first])


def parts_of_gap(standing: Standing, line: int, clock: Clock = NO_HURRY) -> tuple[Part, ...]:
    """Return the parts of a line's gap; on each slot they add up to it.

    What is still open when the clock has run out is laid to all kinds together: with these relaxed it closes, and whether fewer
    would do was not tested.
    """
    gap = standing.gap[line]
    test = _LineTest(standing, line)
    if not test.candidates:
        return (Part("not_offered", gap),)
    closable, whole = test.closable(clock)
    found: dict[tuple[str, bool, bool], Floats] = {}
    left = closable > CLOSED

    def lay_to(reason: str, closed: Floats, *, overlooked: bool = False, cut_short: bool = False) -> None:
        nonlocal left
        mine = left & (closed >= closable - CLOSED)
        if mine.any():
            key = (reason, overlooked, cut_short)
            found[key] = found.get(key, np.zeros_like(gap)) + np.where(mine, closable, 0.0)
            left = left & ~mine

    for kinds, strict, overlooked in _tests_of(test.kinds):
        if not left.any() or clock.out:
            break
        reason = ";".join(kind for kind in REASONS if kind in kinds) or "in_dwell"
        lay_to(reason, test.closed_by(kinds, strict=strict), overlooked=overlooked)
    if left.any():
        lay_to(";".join(kind for kind in REASONS if kind in test.kinds), closable, cut_short=True)
    parts = []
    if (gap - closable > CLOSED).any():
        parts.append(Part("not_offered", np.round(gap - closable, DECIMALS), cut_short=not whole))
    for (reason, overlooked, cut_short), quantity in found.items():
        parts.append(Part(reason, np.round(quantity, DECIMALS), overlooked, cut_short))
    return tuple(parts)


def _tests_of(kinds: Kinds) -> Iterable[tuple[Kinds, bool, bool]]:
    """Yield the tests of a line in their order: kinds to relax, whether the line's own tours stay, whether it was overlooked."""
    yield NOTHING, True, True
    for kind in kinds:
        yield (kind,), True, False
    yield NOTHING, False, False
    for size in range(1, len(kinds) + 1):
        for some in combinations(kinds, size):
            yield some, False, False


class _LineTest:
    """Walks along one line with rules relaxed. What it found is kept, for a wider set of kinds closes at least as much."""

    def __init__(self, standing: Standing, line: int) -> None:
        self.standing, self.line = standing, line
        self.problem = standing.problem
        self.candidates = standing.candidates(line)
        offers = [candidate.offer for candidate in self.candidates]
        self.offers = np.array(offers, dtype=np.int64)
        self.share = np.array([candidate.share for candidate in self.candidates], dtype=np.float64)
        self.nations = self.problem.offer_nation[self.offers].astype(np.int64)
        self.own, self.elsewhere = standing.begun(line, self.offers)
        self.nations_able = np.unique(self.nations)
        self.crowd = standing.crowd(line, self.nations_able)
        self.allowed = standing.starts_allowed(line)
        self.ready = np.array([standing.starts_ready(k) for k in offers], dtype=np.bool_).reshape(len(offers), len(self.allowed))
        self.kinds = tuple(kind for kind in KINDS if self._matters(kind)) if self.candidates else ()
        self._closed: dict[tuple[Kinds, bool], Floats] = {}

    def _matters(self, kind: str) -> bool:
        """Whether relaxing a kind of rule can change anything for the line."""
        problem = self.problem
        if kind == "caveat":
            return any(candidate.caveat is not None for candidate in self.candidates)
        if kind == "not_ready":
            return bool((self.allowed & ~self.ready).any())
        if kind == "ceiling":
            return bool(np.isfinite(problem.ceiling[self.nations]).any())
        if kind == "one_nation":
            return bool(problem.line_one_nation[self.line])
        if kind == "outranked":
            return bool(self.elsewhere.any()) or bool(self.crowd.any())
        return True

    def closable(self, clock: Clock) -> tuple[Floats, bool]:
        """Return the part of the gap that is not `not_offered`, and whether there was time to find it. [units], shape (slots,)

        A walk lets a unit that is sent early go over into its planned tour, and so may close more than whole tours can. What it
        leaves open counts where that is no less than the least possible; else what is least with all that the plan fills kept
        filled.
        """
        gap, days = self.standing.gap[self.line], self.problem.slot_days
        whole = np.where(self.standing.in_window[self.line], self.problem.line_quantity[self.line], 0.0)
        if clock.out:
            return self.closed_by(self.kinds), False
        everyone = np.ones(len(self.candidates), dtype=np.bool_)
        anew = self._walk(everyone, whole, KINDS, strict=False, keep_own=False)
        lacking = np.clip(whole - float(anew.share @ anew.quantity), 0.0, None)
        choices = [gap - self.closed_by(self.kinds)]
        left = whole - close_what_can_be(anew)
        if (left <= gap + CLOSED).all() and left @ days <= lacking @ days + CLOSED:
            least = float(left @ days)
            choices.append(left)
        else:
            kept = self._least_missing(anew, gap, clock)
            if kept is None:
                kept = gap - self.closed_by(self.kinds, strict=True)
            choices.append(kept)
            least = float(kept @ days)
            if choices[0] @ days < least - ROUNDING:
                anyhow = self._least_missing(anew, whole, clock)
                least = least if anyhow is None else min(least, float(anyhow @ days))
        possible = [choice for choice in choices if choice @ days >= least - ROUNDING]
        missing = min(possible, key=lambda choice: float(choice @ days))
        self._closed[self.kinds, False] = np.clip(gap - missing, 0.0, None)
        return self._closed[self.kinds, False], not clock.out

    def _least_missing(self, anew: Walk, most: Floats, clock: Clock) -> Floats | None:
        """Return the least that stays missing with every rule relaxed, and on no slot more than `most`."""
        problem = self.problem
        return least_missing(
            groups_of(anew.serve, anew.following, anew.share, anew.quantity),
            most=most,
            wanted=float(problem.line_quantity[self.line]),
            window=(int(problem.line_first[self.line]), int(problem.line_last[self.line])),
            slot_days=problem.slot_days,
            start_slot=anew.start_slot,
            starts=np.flatnonzero(self.allowed),
            seconds=clock.left(of=math.inf),
        )

    def closed_by(self, relaxed: Kinds, *, strict: bool = False) -> Floats:
        """Return how much of the gap closes with some kinds of rule relaxed. [units], shape (slots,)"""
        key = (relaxed, strict)
        if key not in self._closed:
            closed = self._walk_all(relaxed, strict=strict)
            for (others, was_strict), known in self._closed.items():
                if set(others) <= set(relaxed) and was_strict >= strict:
                    closed = np.maximum(closed, known)
            self._closed[key] = closed
        return self._closed[key]

    def _walk_all(self, relaxed: Kinds, *, strict: bool) -> Floats:
        """Walk along the line once; where one nation must hold it, once for each nation that could."""
        gap = self.standing.gap[self.line]
        able = np.array([candidate.caveat is None or "caveat" in relaxed for candidate in self.candidates])
        if not self.problem.line_one_nation[self.line] or "one_nation" in relaxed:
            closed_by_all: Floats = close_what_can_be(self._walk(able, gap, relaxed, strict=strict, keep_own=True))
            return closed_by_all
        holders = self.standing.holders(self.line)
        nations: Iterable[int] = sorted(set(self.nations[able].tolist()).union(holders))
        if holders and self.standing.is_pinned(self.line):
            nations = holders
        whole = np.where(self.standing.in_window[self.line], self.problem.line_quantity[self.line], 0.0)
        best: Floats = np.zeros_like(gap)
        least = float(gap @ self.problem.slot_days)
        for nation in nations:
            # Another nation takes the line over as a whole, or not at all: a line with two holders is no answer here.
            keeps = not holders or nation in holders
            wanted = gap if keeps else whole
            mine = able & (self.nations == nation)
            closed = close_what_can_be(self._walk(mine, wanted, relaxed, strict=strict, keep_own=keeps))
            missing = float((wanted - closed) @ self.problem.slot_days)
            if missing < least - CLOSED:
                best, least = np.clip(gap - (wanted - closed), 0.0, None), missing
        return best

    def _walk(self, able: npt.NDArray[np.bool_], gap: Floats, relaxed: Kinds, *, strict: bool, keep_own: bool) -> Walk:
        """Lay out a walk by the candidates that are able to serve, with some kinds of rule relaxed."""
        problem, offers = self.problem, self.offers[able]
        tempo = problem.offer_tempo[offers]
        following = problem.tempo_next[tempo]
        most = problem.offer_max_tours[offers].astype(np.int64) * problem.offer_quantity[offers]
        if "in_dwell" in relaxed:
            ends = problem.start_day[None, :-1] + problem.tempos[tempo, 1][:, None]
            following = np.searchsorted(problem.start_day[:-1], ends)
            most = np.full(len(offers), NO_LIMIT, dtype=np.int64)
        ready = np.ones_like(self.ready[able]) if "not_ready" in relaxed else self.ready[able]
        own, elsewhere = self.own[able], self.elsewhere[able]
        return Walk(
            slot_days=problem.slot_days,
            start_slot=problem.start_slot.astype(np.int64),
            gap=np.ascontiguousarray(gap),
            last=int(problem.line_last[self.line]),
            may_begin=self.allowed & ready,
            serve=problem.tempo_serve[tempo].astype(np.int64),
            tour=problem.tempo_tour[tempo].astype(np.int64),
            following=following.astype(np.int64),
            elsewhere=np.zeros_like(elsewhere) if "outranked" in relaxed else elsewhere,
            own=own if keep_own else np.zeros_like(own),
            share=self.share[able],
            quantity=problem.offer_quantity[offers].astype(np.int64),
            most=most,
            people=problem.offer_people[offers].astype(np.int64),
            nation=np.searchsorted(self.nations_able, problem.offer_nation[offers]).astype(np.int64),
            crowd=np.zeros_like(self.crowd) if "outranked" in relaxed else self.crowd,
            ceiling=np.full(len(self.nations_able), np.inf) if "ceiling" in relaxed else problem.ceiling[self.nations_able],
            strict=strict,
        )
