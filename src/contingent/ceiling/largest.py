"""The largest multiple of a requirement that a pool holds: tours from below, proof from above.

Families share no offer, so what is missing of a priority is the sum of what each family misses. Below, each family's tours are
looked for at a multiple a little above the one that is held; of all tours found, those are put together that hold the largest
multiple. Above, a multiple is ruled out where the sum of the families' bounds passes what may be missing. Where a nation's
ceiling is passed by tours that were found apart, the families that it can serve become one.
"""

import math
from dataclasses import dataclass

import numpy as np

from contingent.ceiling.demand import Demand
from contingent.ceiling.part import SMALL, Part, Tours, only
from contingent.generation.exact import Counts
from contingent.generation.families import families, nations_over_their_ceiling, within_ceilings
from contingent.generation.problem import Floats, Problem
from contingent.solver.linear_model import LinearModel

SMALLEST = 0.01
"""Smallest multiple that is looked at: a pool that does not hold it holds nothing. [-]"""

LARGEST = 1e5
"""Largest multiple that is looked at. [-]"""

DIGITS = 3
"""Significant digits of the multiples at which bounds are looked for; few digits are few steps of what a line can buy."""

CLIMBS = 5
"""Times that tours are looked for at a larger multiple before proof is looked for."""

ROUNDS = 4
"""Times that proof is looked for just above what is held."""

PASSES = 800
PASSES_AGAIN = 300
"""Passes of a bound over offers and lines: at first, and at multiples further up."""

LADDER = (1.0, 1.015, 1.03, 1.06, 1.12, 1.25, 1.5, 2.0, 4.0, 16.0, 256.0, 1e4)
"""Multiples of the multiple that should be ruled out, by what families' tours and bounds are apart, at which it is tried in turn.
[-]"""

RATIO_OF_PRIORITIES = 1e-2
"""What a unit-day of a priority weighs at first against one of the priority before it. [-]"""

TURNS = 3
"""Times that weights of priorities are changed where one is short and another has something to spare."""

TURN = 5.0
"""Factor by which they are changed. [-]"""

WORTH_A_CLIMB = 1.004
"""A climb that raises what is held by less than this is the last. [-]"""


WORTH_A_RELAXATION = 1e-4
"""Least that must be open in a family for a relaxation, or for a longer search, as a share of what is asked for. [-]"""

LONGER = 4
"""Factor on the moves of a search where a relaxation leaves room. [-]"""


@dataclass(frozen=True)
class Largest:
    """The largest multiple that is held, and what is known of larger ones.

    Parameters
    ----------
    held : float
        Largest multiple that the tours found hold; 0 where not even `SMALLEST` is held. [-]
    bound : float
        No tours hold this multiple or a larger one; infinite where nothing was ruled out. [-]
    counts : Counts
        The tours, (arc, start) to units; where nothing is held, those that come nearest at `SMALLEST`.
    method : str
        How they were found.
    """

    held: float
    bound: float
    counts: Counts
    method: str


def largest_multiple(problem: Problem, demand: Demand, *, gap: float, seed: int) -> Largest:
    """Look for the largest multiple of the requirement that is held.

    Parameters
    ----------
    problem : Problem
        Offers and lines; pins are left out.
    demand : Demand
        How full each priority must be.
    gap : float
        Distance of what is held and what is ruled out at which the work ends. [-]
    seed : int
        Seed of every random choice.
    """
    return _Work(problem, demand, gap=gap, seed=seed).done()


class _Work:
    """Parts, what is held, and what is ruled out, while they are worked on."""

    def __init__(self, problem: Problem, demand: Demand, *, gap: float, seed: int) -> None:
        self.problem, self.demand, self.gap, self.seed = problem, demand, gap, seed
        self.parts = [Part(problem, lines, seed=seed) for lines in families(problem, frozenset())]
        served = np.concatenate([part.lines for part in self.parts] + [np.zeros(0, dtype=np.int64)])
        days = (problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]).astype(np.float64)
        lost = np.where(np.isin(np.arange(len(problem.lines)), served), 0.0, days * problem.line_quantity)
        self.nobody = np.bincount(problem.line_level, weights=lost, minlength=len(problem.priorities)).astype(np.float64)
        self.tied_by: frozenset[int] = frozenset()
        self.levels = len(problem.priorities)
        self.weights = [self._first_weights()]
        self.held, self.ruled_out = 0.0, math.inf
        self.methods = {"large-neighbourhood search"}

    def _first_weights(self) -> Floats:
        weights = np.full(self.levels, SMALL)
        for place, level in enumerate(self.demand.asked):
            weights[level] = RATIO_OF_PRIORITIES**place
        return weights

    def done(self) -> Largest:
        """Work from below, then from above, until both meet or the work is done."""
        self._climb(min(LARGEST, max(SMALLEST, 0.9 * guess_of(self.problem, self.demand))))
        for _ in range(ROUNDS):
            multiple = self._just_above()
            if multiple >= self.ruled_out or self._rule_out(multiple):
                break
            before = self.held
            if self._settle(multiple):
                break
            self._climb(multiple)
            if self.held <= before * WORTH_A_CLIMB:
                break
        if self.ruled_out > self._near_enough():
            self._rule_out_further_up()
        multiple = max(SMALLEST, self.held)
        counts: Counts = {}
        for part, tours in zip(self.parts, self._choice(multiple), strict=True):
            counts |= part.whole_counts(tours)
        return Largest(self.held, self.ruled_out, dict(sorted(counts.items())), ", ".join(sorted(self.methods)))

    # ------------------------------------------------------------------------------------------------------------- below

    def _climb(self, multiple: float) -> None:
        """Look for tours at larger and larger multiples, as long as more is held."""
        for _ in range(CLIMBS):
            before = self.held
            for part in self.parts:
                part.search(multiple, self.weights[-1])
            self._balance(multiple)
            self._tie(multiple)
            self.held = self.largest()
            if self.held > multiple * 0.98:
                multiple = min(LARGEST, self.held * 1.15)
            elif self.held == 0.0 and multiple > SMALLEST:
                multiple = max(SMALLEST, multiple / 2.0)
            elif self.held <= before * WORTH_A_CLIMB:
                return
            else:
                multiple = max(SMALLEST, self.held * 1.04)
            if multiple >= self.ruled_out or self.held >= LARGEST:
                return

    def _balance(self, multiple: float) -> None:
        """Change what priorities weigh where one is short and another has something to spare, in families that serve both."""
        asked = self.demand.asked
        shared = [part for part in self.parts if len(set(part.levels) & set(asked)) > 1]
        for _ in range(TURNS):
            at = max(SMALLEST, self.largest()) * 1.001
            gaps, allowed = self.gaps_of(self._choice(at, self.weights[-1]), at), self.demand.allowed(at)
            short = [level for level in asked if gaps[level] > allowed[level]]
            spare = [level for level in asked if gaps[level] < 0.98 * allowed[level]]
            if not shared or not short or not spare:
                return
            if self.weights[-1][short].min() * RATIO_OF_PRIORITIES >= self.weights[-1][spare].max():
                return  # nothing is left to take from the others
            weights = self.weights[-1].copy()
            weights[short] *= TURN
            weights /= weights[list(asked)].max()
            self.weights.append(np.maximum(weights, SMALL))
            for part in shared:
                part.search(multiple, self.weights[-1])

    def _tie(self, multiple: float) -> None:
        """Make one part of those that a ceiling ties together, where tours found apart pass it."""
        while over := self._over_ceiling(multiple):
            self.tied_by |= over
            # What holds most so far keeps within all ceilings, and is not to be lost.
            tried = dict.fromkeys((multiple, max(SMALLEST, self.largest()), max(SMALLEST, self.held)))
            plans = [self._merged(at) for at in tried]
            known = {part.lines.tobytes(): part for part in self.parts}
            parts = []
            for lines in families(self.problem, self.tied_by):
                part = known.get(lines.tobytes())
                if part is None:
                    inside = [other for other in self.parts if np.isin(other.lines, lines).all()]
                    part = Part(self.problem, lines, seed=self.seed, inside=inside)
                    for counts in plans:
                        part.take(within_ceilings(self.problem, counts))
                    part.search(multiple, self.weights[-1])
                parts.append(part)
            self.parts = parts

    def _over_ceiling(self, multiple: float) -> frozenset[int]:
        """Nations over their ceiling where parts' best tours are put together, at this multiple or at the one that is held."""
        over: frozenset[int] = frozenset()
        for at in (multiple, max(SMALLEST, self.largest())):
            over |= nations_over_their_ceiling(self.problem, self._merged(at))
        return over - self.tied_by

    def _merged(self, multiple: float) -> Counts:
        counts: Counts = {}
        for part, tours in zip(self.parts, self._choice(multiple), strict=True):
            counts |= part.whole_counts(tours)
        return counts

    def _choice(self, multiple: float, weights: Floats | None = None) -> list[Tours]:
        """Return the tours of each part that together hold a multiple, or those that come nearest with the last weights."""
        if weights is not None:
            return [part.best(multiple, weights) for part in self.parts]
        for tried in self.weights:
            chosen = [part.best(multiple, tried) for part in self.parts]
            if self.demand.holds(self.gaps_of(chosen, multiple), multiple):
                return chosen
        return [part.best(multiple, self.weights[-1]) for part in self.parts]

    def gaps_of(self, chosen: list[Tours], multiple: float) -> Floats:
        """Return what tours leave missing of each priority, all parts together. [unit-days], shape (levels,)"""
        parts = [part.gaps(tours, multiple) for part, tours in zip(self.parts, chosen, strict=True)]
        gaps: Floats = self.nobody * multiple + sum(parts, np.zeros(self.levels))
        return gaps

    def _holds(self, multiple: float) -> bool:
        return self.demand.holds(self.gaps_of(self._choice(multiple), multiple), multiple)

    def largest(self) -> float:
        """Return the largest multiple that the tours found hold. [-]"""
        low = self.held
        if low == 0.0 or not self._holds(low):  # what was held before a ceiling tied parts together may be no more
            if not self._holds(SMALLEST):
                return 0.0
            low = SMALLEST
        high = low
        while self._holds(high * 1.5):
            high *= 1.5
            if high >= LARGEST:
                return LARGEST
        low, high = high, high * 1.5
        while high - low > 1e-4 * low:
            middle = (low + high) / 2.0
            low, high = (middle, high) if self._holds(middle) else (low, middle)
        return low

    # ------------------------------------------------------------------------------------------------------------- above

    def _just_above(self) -> float:
        """Return the multiple that is to be ruled out for the work to end; bounds are looked for at it, and count from it on."""
        most = self.held * (1.0 + 0.98 * self.gap)
        fitting = (_rounded(most, digits, down=True) for digits in range(DIGITS, DIGITS + 4))
        return max(SMALLEST, next((multiple for multiple in fitting if multiple > self.held * (1.0 + 0.5 * self.gap)), most))

    def _near_enough(self) -> float:
        return max(SMALLEST, self.held) * (1.0 + self.gap) if self.held > 0 else SMALLEST

    def _questions(self, multiple: float) -> list[Floats]:
        """Return weights with which a multiple may be ruled out: each priority that is short by itself, then all together."""
        gaps, allowed = self.gaps_of(self._choice(multiple), multiple), self.demand.allowed(multiple)
        asked = sorted(self.demand.asked, key=lambda level: float(allowed[level] - gaps[level]))
        alone = [only(level, self.levels) for level in asked if gaps[level] > 0.8 * allowed[level]]
        together = np.where(self.demand.shares > 0, self.weights[-1], 0.0)
        return [*alone, together] if len(self.weights) > 1 and len(asked) > 1 else alone

    def _is_out(self, multiple: float, weights: Floats) -> bool:
        """Whether the bounds that are known rule a multiple out."""
        allowed = np.where(weights > 0, (1.0 - self.demand.shares) * self.demand.required * multiple, 0.0)
        bound = float(weights @ self.nobody) * multiple + sum(part.bound(multiple, weights) for part in self.parts)
        return bound > float(weights @ allowed) * (1.0 + 1e-9) + SMALL

    def _rule_out(self, multiple: float, *, passes: int = PASSES) -> bool:
        """Try to rule a multiple out by prices."""
        for weights in self._questions(multiple):
            for part in self._by_what_is_open(multiple, weights):
                if self._is_out(multiple, weights):
                    break
                part.raise_bound(multiple, weights, passes=passes)
            if self._is_out(multiple, weights):
                self._note_out(multiple, weights)
                return True
        return False

    def _by_what_is_open(self, multiple: float, weights: Floats) -> list[Part]:
        """Return the parts in which most is open for their size first, and those that ceilings have tied together last."""
        leaves = [leaf for part in self.parts for leaf in (part.inside or (part,))]
        leaves.sort(key=lambda part: -self._open(part, multiple, weights) / max(1, part.columns))
        return leaves + [part for part in self.parts if part.inside]

    def _open(self, part: Part, multiple: float, weights: Floats) -> float:
        """Distance of what a part's tours leave missing and of its bound. [weighted unit-days]"""
        return part.value(multiple, weights) - part.bound(multiple, weights)

    def _settle(self, multiple: float) -> bool:
        """Bound families by the solver, and search for longer where they leave room; return whether the multiple is ruled out."""
        for weights in self._questions(multiple):
            little = WORTH_A_RELAXATION * float(weights @ self.demand.required) * multiple
            for part in self._by_what_is_open(multiple, weights):
                if part.solvable and self._open(part, multiple, weights) > little:
                    part.solve(multiple, weights)
                if self._is_out(multiple, weights):
                    self._note_out(multiple, weights)
                    return True
            for part in self.parts:
                if self._open(part, multiple, weights) > little:
                    part.search(multiple, weights + SMALL * self.weights[-1], longer=LONGER)
        self._tie(multiple)
        self.held = self.largest()
        return False

    def _rule_out_further_up(self) -> None:
        """Rule out a multiple above what is held, as small as can be without much more work."""
        base = self._just_above()
        low, first = base, max(base, min((self._should_be_out(base, weights) for weights in self._questions(base)), default=base))
        for factor in LADDER:
            multiple = _rounded(first * factor)
            if multiple >= self.ruled_out:
                return
            if self._rule_out(multiple, passes=PASSES_AGAIN):
                break
            low = multiple
        middle = _rounded((low + self.ruled_out) / 2.0)
        if math.isfinite(middle) and self.ruled_out > low * (1.0 + self.gap) and low < middle < self.ruled_out:
            self._rule_out(middle, passes=PASSES_AGAIN)

    def _should_be_out(self, base: float, weights: Floats) -> float:
        """Return the multiple that is ruled out if tours and bounds stay as far apart, as a share, as they are at `base`."""
        allowed = np.where(weights > 0, (1.0 - self.demand.shares) * self.demand.required, 0.0)
        slack = sum(self._open(part, base, weights) for part in self.parts) / base
        least = float(weights @ allowed) + slack

        def missing(multiple: float) -> float:
            tours = sum(part.value(multiple, weights) for part in self.parts)
            return float(weights @ self.nobody) + tours / multiple

        low, high = base, base * 2.0
        while missing(high) <= least and high < LARGEST:
            low, high = high, high * 2.0
        while high - low > 2e-3 * low:
            middle = (low + high) / 2.0
            low, high = (low, middle) if missing(middle) > least else (middle, high)
        return high

    def _note_out(self, multiple: float, weights: Floats) -> None:
        self.ruled_out = min(self.ruled_out, multiple)
        self.methods |= set().union(*(part.methods(multiple, weights) for part in self.parts))


def _rounded(multiple: float, digits: int = DIGITS, *, down: bool = False) -> float:
    """Return a multiple rounded up, or down, to a few significant digits."""
    if not math.isfinite(multiple) or multiple <= 0:
        return multiple
    unit = 10.0 ** (math.floor(math.log10(multiple)) - digits + 1)
    whole = math.floor(multiple / unit + 1e-9) if down else math.ceil(multiple / unit - 1e-9)
    return round(whole * unit, 12)


def guess_of(problem: Problem, demand: Demand) -> float:
    """Return about the largest multiple: that of a transport of unit-days in which it does not matter when, and parts of units
    go.

    serves[a]     unit-days that offer k(a) serves line r(a)                   [unit-days]
    missing[r]    unit-days that line r misses                                 [unit-days]
    multiple      to be as large as can be                                     [-]
    """
    lines, offers = len(problem.lines), len(problem.offers)
    days = (problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]).astype(np.float64)
    asked = days * problem.line_quantity
    ready = np.array([min(term.ready_day, problem.horizon_days) for term in problem.terms], dtype=np.float64)
    until = np.array([min(term.until_day, problem.horizon_days) for term in problem.terms], dtype=np.float64)
    rate = np.array([term.serving_days / max(1, term.cycle_days) for term in problem.terms])
    model = LinearModel()
    arcs = len(problem.arc_line)
    serves = model.add_columns("serves", arcs)
    missing = model.add_columns("missing", lines)
    multiple = model.add_columns("multiple", 1, cost=-1.0, upper=LARGEST)
    covered = model.add_rows("coverage", lines, lower=0.0)
    model.add_terms(covered[problem.arc_line], serves, problem.arc_effectiveness)
    model.add_terms(covered, missing, 1.0)
    model.add_terms(covered, np.repeat(multiple, lines), -asked)
    sustained = np.maximum(0.0, until - ready) * rate * problem.offer_quantity
    limits = model.add_rows("sustained", offers, upper=sustained)
    model.add_terms(limits[problem.arc_offer], serves, 1.0)
    for level in demand.asked:
        mine = np.flatnonzero(problem.line_level == level)
        row = model.add_rows(f"fill_{level}", 1, upper=0.0)
        model.add_terms(np.repeat(row, len(mine)), missing[mine], 1.0)
        model.add_terms(row, multiple, -np.array([(1.0 - demand.shares[level]) * demand.required[level]]))
    found = model.solve(relaxed=True).columns
    return SMALLEST if found is None else float(found[multiple[0]])
