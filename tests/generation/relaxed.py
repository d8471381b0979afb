"""An oracle for reasons: how much of a gap stays open at least, when kinds of rule are relaxed for its line.

The rules are relaxed in the tables themselves (caveats taken out, notice and windows blanked, and so on), and what the tables
then mean is read by `tests.oracles.reading`, from docs/formulation.md alone. A model day by day puts tours on the one line: those
of other lines of the same or a higher priority stay as they are, unless they may be given up, and so do its own that began before
the days in question. Without dwell its own may also begin on other days, if no less is filled than before on any day.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from tests.oracles.reading import OfferTerms, Problem, read_problem

from contingent.model.scenario import Scenario
from contingent.solver import LinearModel

Starts = dict[tuple[str, str, int], int]


def relaxed_tables(scenario: Scenario, kinds: Iterable[str]) -> Scenario:
    """Return the scenario with some kinds of rule taken out of its tables, and without pins."""
    by_offer: dict[str, object] = {}
    if "caveat" in kinds:
        by_offer |= {"excluded_locations": (), "excluded_tasks": ()}
    if "not_ready" in kinds:
        by_offer |= {"available_day": 0, "notice_days": 0, "until_day": None}
    if "in_dwell" in kinds:
        by_offer |= {"dwell_ratio": 0.0, "max_tours": None}
    changes: dict[str, object] = {"pins": (), "offers": tuple(row.model_copy(update=by_offer) for row in scenario.offers)}
    if "ceiling" in kinds:
        changes["nations"] = tuple(row.model_copy(update={"personnel_ceiling": None}) for row in scenario.nations)
    if "one_nation" in kinds:
        changes["requirements"] = tuple(row.model_copy(update={"hold": "any"}) for row in scenario.requirements)
    return scenario.model_copy(update=changes)


def least_left_open(scenario: Scenario, starts: Starts, line: str, days: range, kinds: set[str], *, allowed: float) -> float:
    """Return the least unit-days by which a line's gap over some days must pass `allowed` units. [unit-days]

    Parameters
    ----------
    starts : Starts
        The plan.
    kinds : set of str
        Kinds of rule that are relaxed; ``outranked`` gives up the tours of all other lines, else those of lower priority are
        given up as far as they are not pinned.
    allowed : float
        Gap that may stay on each day. [units]
    """
    problem = read_problem(relaxed_tables(scenario, kinds))
    terms = next(row for row in problem.lines if row.name == line)
    mine = {tour: units for tour, units in starts.items() if tour[1] == line}
    others = {} if "outranked" in kinds else _going_before(scenario, starts, line)
    wanted = dict.fromkeys(days, terms.quantity - allowed)
    everyone = {offer.nation for offer in problem.offers}
    found = [max(0.0, terms.quantity - allowed) * len(days)]
    for nations in [{nation} for nation in sorted(everyone)] if terms.one_nation else [everyone]:
        theirs = {offer.name for offer in problem.offers if offer.nation in nations}
        before = {tour: units for tour, units in mine.items() if tour[2] < days.start and tour[0] in theirs}
        found.append(_least(problem, {**before, **others}, line, days, wanted, nations))
        if "in_dwell" in kinds and found[-1] > 0:
            filled = {day: min(terms.quantity, served) for day, served in _served_by(problem, mine, line).items()}
            found.append(_least(problem, others, line, days, filled | wanted, nations))
    return min(found)


def least_left_open_without_opening_more(scenario: Scenario, starts: Starts, line: str, kinds: set[str]) -> float:
    """Return the least unit-days of a line's gap, no day's gap being larger than in the plan; any nation may help. [unit-days]"""
    problem = read_problem(relaxed_tables(scenario, kinds))
    terms = next(row for row in problem.lines if row.name == line)
    mine = {tour: units for tour, units in starts.items() if tour[1] == line}
    served = _served_by(problem, mine, line)
    days = range(terms.from_day, terms.until_day)
    wanted = dict.fromkeys(days, float(terms.quantity))
    most = [max(0.0, terms.quantity - served[day]) for day in days]
    return _least(problem, {}, line, days, wanted, {offer.nation for offer in problem.offers}, most=most)


def _going_before(scenario: Scenario, starts: Starts, line: str) -> Starts:
    """Tours of other lines that a line must let stand: of the same or a higher priority, and pinned ones."""
    priority = {row.line: row.priority for row in scenario.requirements}
    pinned = {(pin.offer, pin.line, pin.from_day): pin.quantity for pin in scenario.pins}
    return {
        tour: units if priority[tour[1]] <= priority[line] else min(units, pinned.get(tour, 0))
        for tour, units in starts.items()
        if tour[1] != line
    }


def _served_by(problem: Problem, tours: Starts, line: str) -> dict[int, float]:
    """Units of full effectiveness that serve a line on each day of its window. [units]"""
    terms = next(row for row in problem.lines if row.name == line)
    offers = {offer.name: offer for offer in problem.offers}
    served = dict.fromkeys(range(terms.from_day, terms.until_day), 0.0)
    for (name, _, begun), units in tours.items():
        for day in range(begun, min(begun + offers[name].serving_days, terms.until_day)):
            served[day] += units * float(problem.effectiveness[name, line])
    return served


def _least(
    problem: Problem,
    fixed: Starts,
    line: str,
    days: range,
    wanted: dict[int, float],
    nations: set[str],
    most: Sequence[float] | None = None,
) -> float:
    """Minimise what is missing of what is wanted on some days, the line served by some nations only; other days lack nothing."""
    model = LinearModel()
    offers = [offer for offer in problem.offers if offer.nation in nations]
    share = {offer.name: float(problem.effectiveness.get((offer.name, line), 0)) for offer in problem.offers}
    choices = [(offer, day) for offer in offers for day in problem.start_days.get((offer.name, line), ()) if day <= max(wanted)]
    columns = model.add_columns("begins", len(choices), integer=True)
    missing = model.add_columns("missing", len(days), upper=np.inf if most is None else np.array(most), cost=1.0)

    def add_row(chosen: list[bool], factors: list[float], *, lower: float = -np.inf, upper: float = np.inf) -> np.ndarray:
        row = model.add_rows(f"row {model.rows_count}", 1, lower=lower, upper=upper)
        mask = np.array(chosen, dtype=bool)
        model.add_terms(np.repeat(row, mask.sum()), columns[mask], np.array(factors, dtype=float)[mask])
        return row

    def known(offer: OfferTerms, day: int, length: int, *, on: str | None = None) -> int:
        return sum(
            units
            for (k, r, begun), units in fixed.items()
            if k == offer.name and on in (None, r) and begun <= day < begun + length
        )

    for day, units in wanted.items():
        there = sum(share[offer.name] * known(offer, day, offer.serving_days, on=line) for offer in offers)
        serves = [start <= day < start + offer.serving_days for offer, start in choices]
        row = add_row(serves, [share[offer.name] for offer, _ in choices], lower=units - there - 1e-9)
        if day in days:
            model.add_terms(row, missing[[days.index(day)]], 1.0)
    for offer in offers:
        mine = [chosen.name == offer.name for chosen, _ in choices]
        ones = [1.0] * len(choices)
        for day in range(problem.horizon_days):
            busy = [own and start <= day < start + offer.cycle_days for own, (_, start) in zip(mine, choices, strict=True)]
            if any(busy):
                add_row(busy, ones, upper=offer.quantity - known(offer, day, offer.cycle_days))
        if offer.max_tours is not None and any(mine):
            done = sum(units for (k, _, _), units in fixed.items() if k == offer.name)
            add_row(mine, ones, upper=offer.quantity * offer.max_tours - done)
    for nation in sorted(nations.intersection(problem.ceilings)):
        for day in range(problem.horizon_days):
            on_tour = [offer.nation == nation and start <= day < start + offer.tour_days for offer, start in choices]
            people = sum(offer.people * known(offer, day, offer.tour_days) for offer in problem.offers if offer.nation == nation)
            if any(on_tour):
                add_row(on_tour, [float(offer.people) for offer, _ in choices], upper=problem.ceilings[nation] - people)
    return model.solve().value
