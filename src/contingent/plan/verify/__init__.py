"""Verification: every promise of a plan, recomputed from the scenario and the tours, with no solver.

    tours     each tour obeys the rules of docs/formulation.md, and its columns say what the offer's terms make of it
    counted   coverage, gaps and unit-days are what the tours add up to, day by day; no tour is idle
    claims    goals, nations, peak, shares, provenance: each number that the plan states
    structure sized lines, the order of battle, battalions against an incursion
    way       movements and their legs, held against links, fleets and handling
    way_counted  what they add up to: capacities, utilisation, flows, closure, arrivals
    cost      quantities by tours and legs, money by rates, bills by costs and key
    budget    what a sum of money holds: posts, their prices, what they come to
    aid       promises and gaps against the tables, equipped formations in adequacy, what aid and force draw on
    supply    stocks balance week by week, days of supply, shortages, ways that take what they carry

One function is one promise; it yields findings, never raises for what a plan says, and no promise leans on another's
number. A plan in which nothing is found keeps its promises, except those that need a proof: that a bound is a bound.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.plan.verify import aid, budget, claims, cost, counted, structure, supply, tours, way, way_counted
from contingent.plan.verify.facts import Facts, facts_of
from contingent.plan.verify.frames import frames_as_documented

MOST_OF_A_KIND = 20
"""Findings of one promise that are told one by one; the rest is told as a number."""

Promise = Callable[[Facts], Iterator[Finding]]
PROMISES: tuple[Promise, ...] = (
    *tours.PROMISES, *counted.PROMISES, *claims.PROMISES, *structure.PROMISES, *way.PROMISES, *way_counted.PROMISES,
    *supply.PROMISES, *cost.PROMISES, *budget.PROMISES, *aid.PROMISES,
)  # fmt: skip
"""Every promise, in the order in which findings are told."""


def verify(scenario: Scenario, plan: Plan) -> tuple[Finding, ...]:
    """Recompute every promise of a plan and return what does not hold.

    Parameters
    ----------
    scenario : Scenario
        What was planned: the scenario with the offers of its pool already derived.
    plan : Plan
        What was decided.

    Returns
    -------
    tuple of Finding
        Empty where the plan keeps its promises. Lines are those of the plan folder's files.
    """
    malformed = tuple(frames_as_documented(plan))
    if malformed:
        return tuple(_sentence(finding) for finding in malformed)
    facts = facts_of(scenario, plan)
    return tuple(_sentence(finding) for promise in PROMISES for finding in _told_briefly(promise(facts)))


def _told_briefly(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The first findings of a promise, then how many more there are."""
    last = None
    for last in islice(findings, MOST_OF_A_KIND):
        yield last
    more = sum(1 for _ in findings)
    if last is not None and more:
        yield Finding(last.table, f"{more} more findings of this kind", column=last.column)


def _sentence(finding: Finding) -> Finding:
    return replace(finding, what=f"{finding.what}.")
