"""What an offer is worth before it is made: the plan that runs, and one offer more to send where most is missed.

    before      the gaps of the plan
    after       the offer's units are sent by their exact best plan, and few tours of others are moved where that fills more
    worth       unit-days of gap closed by priority, lines that are never short any more, tours of others that would change

Only the lines that the offer could reach are looked at, with all that is tied to them (`contingent.generation.families`); what
others have deployed counts against their ceilings. It is a promise of at least so much: a plan made anew may do better.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.generation.exact import Counts
from contingent.generation.families import families, restrict
from contingent.generation.problem import Problem, build_problem
from contingent.generation.reasons.standing import Standing
from contingent.generation.remedies.of_plan import counts_of
from contingent.generation.replan import Effort, people_of, replan
from contingent.model.rows import Offer
from contingent.model.scenario import Scenario
from contingent.plan import Plan

Floats = npt.NDArray[np.float64]

SMALL = 1e-6
"""Unit-days below this are rounding. [unit-days]"""

EFFORT = Effort(most=4, patience=1, less=4)
"""How long moves of others are looked for: an answer is awaited by somebody at a screen."""


@dataclass(frozen=True)
class LineHelped:
    """A line that the offer helps.

    Parameters
    ----------
    before, after : float
        Unit-days missing without and with the offer. [unit-days]
    """

    line: str
    priority: int
    before: float
    after: float

    @property
    def closed(self) -> bool:
        """Whether the line is never short any more."""
        return self.after <= SMALL


@dataclass(frozen=True)
class OfferTrial:
    """What one offer more is worth to a plan.

    Parameters
    ----------
    fill_before, fill_after : mapping of int to float
        Share of the unit-days of each priority that is filled, without and with the offer. [-]
    lines : tuple of LineHelped
        Lines that miss less with it, the ones of the first priority first, then those helped most.
    served : mapping of str to int
        Tours that its units would begin, by line. [tours]
    moved : int
        Tours of other offers that would begin or be given up. [tours]
    asks_for_it : bool
        Whether any line asks for what it gives and takes it on its terms.
    """

    fill_before: Mapping[int, float]
    fill_after: Mapping[int, float]
    lines: tuple[LineHelped, ...]
    served: Mapping[str, int]
    moved: int
    asks_for_it: bool

    @property
    def closes(self) -> int:
        """How many lines are never short any more. [lines]"""
        return sum(line.closed for line in self.lines)


def try_offer(scenario: Scenario, plan: Plan, offer: Offer) -> OfferTrial:
    """Work out what an offer is worth to a plan before it is made.

    Parameters
    ----------
    scenario : Scenario
        What was planned, with all offers and lines derived.
    plan : Plan
        The plan that runs.
    offer : Offer
        The offer; one of its name that is there already is replaced by it, and then its own tours are planned anew.

    Notes
    -----
    Tours of the plan that the tables no longer allow, because they have changed since, are left out on both sides.
    """
    others = tuple(row for row in scenario.offers if row.offer != offer.offer)
    with_it = scenario.model_copy(update={"offers": (*others, offer)})
    running = plan.tours.filter(plan.tours["offer"] != offer.offer)
    problem = build_problem(with_it, plan.option)
    # Its own tours are what is to be found: a pin on an offer that is replaced is no part of the question.
    counts = counts_of(problem, _still_allowed(problem, running))
    before = _as_planned(scenario, plan)
    own = len(problem.offers) - 1
    reached = set(problem.arc_line[problem.arc_offer == own].tolist())
    after: Counts = dict(counts)
    for lines in families(problem, frozenset()):
        if reached & set(lines.tolist()):
            after = _with_family(problem, lines, after)
    left = Standing(with_it, problem, after).gap @ problem.slot_days
    return _told(problem, own=own, before=before, left=left, counts=counts, after=after, asks=bool(reached))


def _still_allowed(problem: Problem, tours: pl.DataFrame) -> pl.DataFrame:
    """The tours that the scenario allows as it stands."""
    arcs = {
        (problem.offers[k].offer, problem.lines[r].line): arc
        for arc, (k, r) in enumerate(zip(problem.arc_offer.tolist(), problem.arc_line.tolist(), strict=True))
    }
    starts = {day: start for start, day in enumerate(problem.start_day[:-1].tolist())}

    def is_allowed(offer: str, line: str, day: int) -> bool:
        arc, start = arcs.get((offer, line)), starts.get(day)
        return arc is not None and start is not None and bool(problem.allowed(arc, start))

    allowed = [is_allowed(*row) for row in tours.select("offer", "line", "from_day").iter_rows()]
    return tours.filter(pl.Series(allowed, dtype=pl.Boolean))


def _as_planned(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """Unit-days that each line misses in the plan as it is, an offer that would be replaced included. [unit-days]"""
    problem = build_problem(scenario, plan.option)
    gap = Standing(scenario, problem, counts_of(problem, _still_allowed(problem, plan.tours))).gap @ problem.slot_days
    return {line.line: float(gap[at]) for at, line in enumerate(problem.lines)}


def _with_family(problem: Problem, lines: npt.NDArray[np.int64], counts: Counts) -> Counts:
    """Return the counts with those of one family planned anew, as few as can be changed."""
    part, arcs = restrict(problem, lines)
    mine = set(arcs.tolist())
    inside = {key: units for key, units in counts.items() if key[0] in mine}
    outside = {key: units for key, units in counts.items() if key[0] not in mine}
    found = replan(
        part, arcs, inside, None, target=np.zeros(len(part.priorities)), taken=people_of(problem, outside), effort=EFFORT
    )
    return outside | found.counts


def _told(
    problem: Problem, *, own: int, before: Mapping[str, float], left: Floats, counts: Counts, after: Counts, asks: bool
) -> OfferTrial:
    """Tell two plans apart."""
    missing = {line.line: float(left[at]) for at, line in enumerate(problem.lines)}
    helped = [
        LineHelped(line.line, line.priority, before[line.line], missing[line.line])
        for line in problem.lines
        if missing[line.line] < before[line.line] - SMALL
    ]
    served: dict[str, int] = {}
    moved = 0
    for key in sorted(set(counts) | set(after)):
        arc = key[0]
        if int(problem.arc_offer[arc]) == own:
            line = problem.lines[int(problem.arc_line[arc])].line
            served[line] = served.get(line, 0) + after.get(key, 0)
        else:
            moved += abs(after.get(key, 0) - counts.get(key, 0))
    return OfferTrial(
        fill_before=_fill(problem, before),
        fill_after=_fill(problem, missing),
        lines=tuple(sorted(helped, key=lambda each: (each.priority, each.after - each.before, each.line))),
        served={line: tours for line, tours in served.items() if tours},
        moved=moved,
        asks_for_it=asks,
    )


def _fill(problem: Problem, missing: Mapping[str, float]) -> dict[int, float]:
    """Share of the unit-days of each priority that is filled, where so much is missing. [-]"""
    days = problem.slot_day[problem.line_last] - problem.slot_day[problem.line_first]
    required: dict[int, float] = {}
    unfilled: dict[int, float] = {}
    for at, line in enumerate(problem.lines):
        required[line.priority] = required.get(line.priority, 0.0) + float(problem.line_quantity[at] * max(0, days[at]))
        unfilled[line.priority] = unfilled.get(line.priority, 0.0) + missing[line.line]
    return {priority: 1 - unfilled[priority] / asked for priority, asked in sorted(required.items()) if asked > 0}
