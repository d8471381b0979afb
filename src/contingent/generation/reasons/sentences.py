"""Reasons in words: who could serve a line, and what stands against it, with names and numbers.

Line 7 is 1 unit short from D+180: 4 units that fit are in dwell, the first until D+240.
Line 9 is 2 units short from D+0: nobody offers it.
Line 12 is 1 unit short from D+30, for 2 reasons together: POL offers 2 units, and rules out HST; 1 unit that fits is in dwell
until D+60.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from contingent.generation.reasons.standing import Candidate, Standing, Tour
from contingent.plan import REASONS

LONGEST = 320
"""Longest detail of a row. [characters]"""

MOST_NAMES = 3
"""Names that a list spells out; the others are counted."""


def units_text(quantity: float) -> str:
    """Return a quantity of units in words.

    >>> units_text(1.0), units_text(2.0), units_text(0.5)
    ('1 unit', '2 units', '0.5 units')
    """
    return f"{quantity:.6g} unit" if quantity == 1 else f"{quantity:.6g} units"


def listed(names: Iterable[str]) -> str:
    """Return names as a list in words; a long one is cut, and what is left out is counted.

    >>> listed(["POL"]), listed(["ITA", "POL"]), listed(["EST", "LTU", "LVA", "POL", "SWE"])
    ('POL', 'ITA and POL', 'EST, LTU, LVA and 2 others')
    """
    known = list(dict.fromkeys(names))
    if len(known) > MOST_NAMES + 1:
        return f"{', '.join(known[:MOST_NAMES])} and {len(known) - MOST_NAMES} others"
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"


MOST_NATIONS_IN_FULL = 2
"""Nations whose people and ceilings are told; of more, the names alone."""


class Facts:
    """What a sentence about one line may say. Nothing here decides a reason; it only tells of one."""

    def __init__(self, standing: Standing, line: int) -> None:
        self.standing, self.line = standing, line
        self.problem = standing.problem
        self.row = standing.problem.lines[line]
        self.candidates = standing.candidates(line)

    def nation(self, candidate: Candidate) -> str:
        """Return the nation of a candidate."""
        return self.problem.offers[candidate.offer].nation

    def nations(self, candidates: Iterable[Candidate]) -> list[str]:
        """Return the nations of candidates, each once."""
        return list(dict.fromkeys(self.nation(candidate) for candidate in candidates))

    def quantity(self, candidates: Sequence[Candidate]) -> int:
        """Return the units that candidates offer. [units]"""
        return sum(self.problem.offers[candidate.offer].quantity for candidate in candidates)

    def going_before(self, candidates: Iterable[Candidate]) -> Iterable[Tour]:
        """Yield the tours of some candidates' offers on other lines that go before this one."""
        level, pinned = self.problem.line_level, self.standing.pinned_tours
        for tour in self.tours(candidates):
            if tour.line != self.line and (level[tour.line] <= level[self.line] or (tour.offer, tour.line, tour.day) in pinned):
                yield tour

    def tours(self, candidates: Iterable[Candidate]) -> Iterable[Tour]:
        """Yield every tour of some candidates' offers, on any line."""
        for candidate in candidates:
            yield from self.standing.tours_of_offer.get(candidate.offer, ())


@dataclass(frozen=True)
class Stretch:
    """A stretch of a line's gap with one reason.

    Parameters
    ----------
    facts : Facts
        What may be said about the line.
    kinds : tuple of str
        The kinds of rule that its reason names.
    from_day, until_day : int
        Its days, half open. [days from D-day]
    """

    facts: Facts
    kinds: tuple[str, ...]
    from_day: int
    until_day: int

    @property
    def able(self) -> tuple[Candidate, ...]:
        """The candidates without a caveat; all of them where the caveat is part of the reason."""
        return tuple(candidate for candidate in self.facts.candidates if candidate.caveat is None or "caveat" in self.kinds)


RELAXED = {
    "caveat": "caveats",
    "not_ready": "readiness",
    "in_dwell": "dwell",
    "outranked": "lines that go before",
    "ceiling": "ceilings",
    "one_nation": "the one nation",
}
"""What is set aside where a kind of rule is relaxed."""

NOT_SEARCHED = "not searched further because of the time limit"


def gap_sentence(
    facts: Facts, reason: str, first: int, last: int, quantity: float, *, overlooked: bool, cut_short: bool = False
) -> str:
    """Return the detail of a gap: one sentence that a planner understands.

    Parameters
    ----------
    reason : str
        One reason, or several joined by ``;``.
    first, last : int
        Slots of the gap, half open.
    quantity : float
        Units missing for this reason. [units]
    overlooked : bool
        Whether no rule stands in the way.
    cut_short : bool
        Whether the time limit ended the tests: the sentence says so.
    """
    day = facts.problem.slot_day
    from_day, until_day = int(day[first]), int(day[last])
    together = ""
    if overlooked:
        why = "no rule stands in the way; a better plan exists, and the search ended before it was found"
    elif cut_short:
        why = _not_searched(reason)
    else:
        gap = Stretch(facts, tuple(reason.split(";")), from_day, until_day)
        why = "; ".join(CLAUSES[kind](gap) for kind in REASONS if kind in gap.kinds)
        if len(gap.kinds) > 1:
            together = f", for {len(gap.kinds)} reasons together"
    text = f"Line {facts.row.line} is {units_text(quantity)} short from D+{from_day}{together}: {why}."
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _not_searched(reason: str) -> str:
    """What the one walk said that was made when the time was up."""
    if reason == "not_offered":
        return f"one look along the line found no units for it with every rule set aside; {NOT_SEARCHED}"
    kinds = [RELAXED[kind] for kind in reason.split(";")]
    together = f"{', '.join(kinds[:-1])} and {kinds[-1]} set aside together" if len(kinds) > 1 else f"{kinds[0]} set aside"
    return f"it closes with {together}; whether less would do was {NOT_SEARCHED}"


def _not_offered(gap: Stretch) -> str:
    """Nobody offers it, or not enough of it."""
    facts = gap.facts
    if not facts.candidates:
        given = any(row.capability == facts.row.capability for row in facts.standing.scenario.capabilities)
        return "nobody offers it" if given else "nobody offers it, and no unit type of the scenario gives it"
    nations = facts.nations(facts.candidates)
    if facts.quantity(facts.candidates) == 1 and facts.candidates[0].share >= facts.row.quantity:
        return f"{nations[0]} offers 1 unit, which could not stay without a break even if it never rested"
    offered = f"{listed(nations)} {'offers' if len(nations) == 1 else 'offer'} {units_text(facts.quantity(facts.candidates))}"
    given_at_most = sum(candidate.share * facts.quantity((candidate,)) for candidate in facts.candidates)
    if given_at_most < facts.row.quantity:
        return f"{offered}, too few even if all were always there"
    return f"{offered}, too few to relieve one another without a break even if they never rested"


def _caveat(gap: Stretch) -> str:
    """Who offers it, and rules the line out."""
    facts = gap.facts
    against = [candidate for candidate in facts.candidates if candidate.caveat is not None]
    nations = facts.nations(against)
    places = listed(sorted({str(candidate.caveat) for candidate in against}))
    offer, rule = ("offers", "rules") if len(nations) == 1 else ("offer", "rule")
    return f"{listed(nations)} {offer} {units_text(facts.quantity(against))}, and {rule} out {places}"


def _not_ready(gap: Stretch) -> str:
    """Who is not ready yet, or whose window has closed or is too short for a tour."""
    facts, terms = gap.facts, gap.facts.problem.terms
    late = [c for c in gap.able if terms[c.offer].ready_day > gap.from_day]
    if late:
        ready = min(terms[c.offer].ready_day for c in late)
        return f"{_units_of(facts, late)} {_is(facts, late)} not ready before D+{ready}"
    ending = [c for c in gap.able if terms[c.offer].until_day < facts.problem.horizon_days]
    # Those that could not begin a tour on the first day of the gap are the ones to name.
    ending = [c for c in ending if terms[c.offer].until_day - terms[c.offer].tour_days < gap.from_day] or ending or list(gap.able)
    until = max(terms[c.offer].until_day for c in ending)
    if until <= gap.from_day:
        return f"{_units_of(facts, ending)} {_is(facts, ending)} offered until D+{until} only"
    return f"no whole tour of {_units_of(facts, ending)} fits before the offer ends on D+{until}"


def _units_of(facts: Facts, candidates: Sequence[Candidate]) -> str:
    return f"{units_text(facts.quantity(candidates))} of {listed(facts.nations(candidates))}"


def _is(facts: Facts, candidates: Sequence[Candidate]) -> str:
    return "is" if facts.quantity(candidates) == 1 else "are"


def _in_dwell(gap: Stretch) -> str:
    """Who is at home between tours, and until when."""
    standing, rested, until = gap.facts.standing, 0, set[int]()
    done, at_home = 0, 0
    for candidate in gap.able:
        offer, now = candidate.offer, gap.from_day
        terms, quantity = gap.facts.problem.terms[offer], gap.facts.quantity((candidate,))
        on_tour, _ = standing.begun_between(offer, now - terms.tour_days + 1, now + 1)
        resting, days = standing.begun_between(offer, now - terms.cycle_days + 1, now - terms.tour_days + 1)
        rested += resting
        until.update(day + terms.cycle_days for day in days)
        at_home += quantity - on_tour - resting
        begun, _ = standing.begun_between(offer, 0, standing.problem.horizon_days)
        if terms.max_tours is not None and begun >= quantity * terms.max_tours:
            done += quantity
    if done > 0 and done >= rested:
        return f"{_that_fit(done, 'has', 'have')} done all tours that the offer allows"
    if rested:
        first = "" if len(until) == 1 else ", the first"
        return f"{_that_fit(rested, 'is', 'are')} in dwell{first} until D+{min(until)}"
    if at_home > 0:
        their = "its" if at_home == 1 else "their"
        return f"{units_text(at_home)} at home cannot go now and still make {their} next planned tour"
    offered = gap.facts.quantity(gap.able)
    if offered == 1:
        return "the 1 unit on offer cannot stay without a break"
    return f"the {units_text(offered)} on offer are too few to relieve one another without a break"


def _that_fit(units: int, one: str, more: str) -> str:
    return f"1 unit that fits {one}" if units == 1 else f"{units} units that fit {more}"


def _outranked(gap: Stretch) -> str:
    """Which lines that go before this one the units that fit serve then, or soon after, or with all tours that they may do."""
    facts, problem = gap.facts, gap.facts.problem
    now: set[int] = set()
    soon: set[int] = set()
    used_up: set[int] = set()
    for tour in facts.going_before(gap.able):
        terms = problem.terms[tour.offer]
        if tour.day < gap.until_day and gap.from_day < tour.day + terms.cycle_days:
            now.add(tour.line)
        elif gap.from_day < tour.day < gap.until_day + terms.cycle_days:
            soon.add(tour.line)
        elif terms.max_tours is not None:
            used_up.add(tour.line)
    if now:
        return f"units that fit serve {_ranked(facts, now)}"
    if soon:
        return f"units that fit must be rested in time for {_ranked(facts, soon)}"
    if used_up:
        return f"units that fit do the tours that their offers allow on {_ranked(facts, used_up)}"
    return "units that fit are kept for other lines"


def _ranked(facts: Facts, lines: set[int]) -> str:
    """Some lines with their priorities, the highest first; of those of lower priority it is their pins that go before."""
    rows = facts.problem.lines
    ordered = sorted(lines, key=lambda line: (rows[line].priority, line))
    higher = [line for line in ordered if rows[line].priority <= facts.row.priority]
    ranks = list(dict.fromkeys(str(rows[line].priority) for line in higher))
    rank = f"{'priority' if len(ranks) == 1 else 'priorities'} {listed(ranks)}" if ranks else ""
    parts = [(higher, rank), ([line for line in ordered if line not in higher], "pinned")]
    return listed(
        f"{'line' if len(some) == 1 else 'lines'} {listed(rows[line].line for line in some)} ({why})"
        for some, why in parts
        if some
    )


def _ceiling(gap: Stretch) -> str:
    """Which nations have no room for a whole tour under their ceilings, and how near they come."""
    problem, people = gap.facts.problem, gap.facts.standing.people
    said: dict[int, str] = {}
    full: set[int] = set()
    for candidate in gap.able:
        nation, terms = int(problem.offer_nation[candidate.offer]), problem.terms[candidate.offer]
        ceiling = problem.ceiling[nation]
        if not np.isfinite(ceiling) or nation in full:
            continue
        # A tour that serves the first day begins up to a tour before; where that day itself is full, it is the one to name.
        days = np.clip([gap.from_day - terms.serving_days + 1, gap.from_day + terms.tour_days], 0, problem.horizon_days)
        first, now, last = (int(slot) for slot in np.searchsorted(problem.slot_day, [days[0], gap.from_day, days[1]]))
        most = first + int(np.argmax(people[nation, first:last]))
        if people[nation, now] + terms.personnel > ceiling:
            most = now
        if people[nation, most] + terms.personnel > ceiling:
            full.add(nation)
        when = "" if people[nation, most] == people[nation, now] else f" on D+{problem.slot_day[most]}"
        said[nation] = f"{problem.nations[nation]} has {people[nation, most]:.0f} of at most {ceiling:.0f} people deployed{when}"
    named = sorted(full or said)
    if len(named) > MOST_NATIONS_IN_FULL:
        return f"{listed(problem.nations[nation] for nation in named)} have no room for a whole tour under their ceilings"
    return listed(said[nation] for nation in named)


def _one_nation(gap: Stretch) -> str:
    """Who holds the line, and who may not join."""
    facts, holders = gap.facts, gap.facts.standing.holders(gap.facts.line)
    offered: dict[str, int] = {}
    for candidate in gap.able:
        nation = facts.nation(candidate)
        offered[nation] = offered.get(nation, 0) + facts.quantity((candidate,))
    ranked = sorted(offered, key=lambda nation: (-offered[nation], nation))
    most = listed(f"{nation} {offered[nation]}" for nation in ranked)
    held = f"{facts.problem.nations[holders[0]]} holds it" if holders else "no nation can"
    return f"one nation must hold it throughout, and {held}; offered are {most}"


CLAUSES: dict[str, Callable[[Stretch], str]] = {
    "not_offered": _not_offered,
    "caveat": _caveat,
    "not_ready": _not_ready,
    "in_dwell": _in_dwell,
    "outranked": _outranked,
    "ceiling": _ceiling,
    "one_nation": _one_nation,
}
"""The clause of each reason."""
