"""Who could fill a line on a day: each offer that gives its capability, where its units are then, and what stands against it.

It is read from the plan and from the offers' own terms; nothing is planned. A viewer who may not see an offer's terms is shown
no candidate of it: `contingent.web.seen` has taken them away.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from contingent.model.rows import Offer, Requirement
from contingent.model.rules import caveat_against, readiness
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.words import counted, d_day, listed, place_name, plain

ORDER = ("serves", "free", "elsewhere", "resting", "not ready", "caveat")
"""Standings from the most to the least of use."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One offer beside a line.

    Parameters
    ----------
    standing : str
        One of `ORDER`.
    sentence : str
        Where its units are on that day, or what stands against it.
    share : float
        Its effectiveness on the line. [-]
    """

    offer: str
    nation: str
    unit_type: str
    kind: str
    quantity: int
    share: float
    standing: str
    sentence: str


def candidates_for(scenario: Scenario, line: Requirement, plan: Plan | None, *, day: int) -> list[Candidate]:
    """Return every offer that gives the line's capability, the ones of most use first."""
    tours = _tours_by_offer(plan, day)
    found = []
    for offer in scenario.offers:
        share = scenario.effectiveness.get((line.capability, offer.unit_type), 0.0)
        if share > 0 and offer.quantity > 0:
            standing, sentence = _standing(scenario, line, offer, tours.get(offer.offer, []), day=day)
            kind = scenario.unit_type_by_name.get(offer.unit_type)
            name = kind.name if kind is not None else plain(offer.unit_type)
            found.append(
                Candidate(offer.offer, offer.nation, offer.unit_type, name, offer.quantity, share, standing, sentence)
            )
    return sorted(found, key=lambda each: (ORDER.index(each.standing), -each.share, each.nation, each.offer))


@dataclass(frozen=True, slots=True)
class _Away:
    """A unit that is on tour or at rest on the day."""

    line: str
    until_day: int
    rested_day: int


def _tours_by_offer(plan: Plan | None, day: int) -> dict[str, list[_Away]]:
    """The tours of each offer whose units are not free on a day."""
    found: dict[str, list[_Away]] = defaultdict(list)
    if plan is None:
        return found
    then = plan.tours.filter((pl.col("from_day") <= day) & (pl.col("rested_day") > day))
    for offer, line, until, rested in then.select("offer", "line", "until_day", "rested_day").iter_rows():
        found[offer].append(_Away(line, until, rested))
    return found


def _standing(scenario: Scenario, line: Requirement, offer: Offer, away: Iterable[_Away], *, day: int) -> tuple[str, str]:
    away = list(away)
    here = [each for each in away if each.until_day > day and each.line == line.line]
    if here:
        return "serves", f"{len(here)} of {counted(offer.quantity, 'unit')} on this line, until {d_day(here[0].until_day)}."
    if caveat := caveat_against(scenario, offer, line):
        return "caveat", f"⚑ {offer.nation} rules out {place_name(scenario, caveat)}."
    terms = readiness(scenario, offer)
    if day < terms.ready_day:
        return "not ready", f"Ready on {d_day(terms.ready_day)}, {counted(terms.ready_day - day, 'day')} too late."
    if day + terms.tour_days > terms.until_day and terms.until_day < scenario.horizon.days:
        return "not ready", f"No longer available for a whole tour: its window ends on {d_day(terms.until_day)}."
    there = [each for each in away if each.until_day > day]
    resting = [each for each in away if each.until_day <= day]
    free = offer.quantity - len(there) - len(resting)
    if free > 0:
        return "free", f"{free} of {counted(offer.quantity, 'unit')} free on {d_day(day)}."
    if there:
        lines = listed(sorted({each.line for each in there})[:3])
        home = f", {len(resting)} at rest" if resting else ""
        return "elsewhere", f"{len(there)} of {counted(offer.quantity, 'unit')} on {lines}{home}."
    until = d_day(min(each.rested_day for each in resting))
    if offer.quantity == 1:
        return "resting", f"The one unit at rest, until {until}."
    return "resting", f"All {counted(offer.quantity, 'unit')} at rest, the first until {until}."
