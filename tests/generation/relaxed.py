"""An oracle for reasons: how much of a gap stays open at least, when kinds of rule are relaxed for its line.

The rules are relaxed in the tables themselves (caveats taken out, notice and windows blanked, and so on), and what the tables
then mean is read by `tests.oracles.reading`, from docs/formulation.md alone. A model day by day puts tours on the one line: those
of other lines stay as they are, unless they may be given up, and so do its own that began before the days in question.
"""

from collections.abc import Iterable

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
        Kinds of rule that are relaxed; ``outranked`` gives up the tours of all other lines.
    allowed : float
        Gap that may stay on each day. [units]
    """
    problem = read_problem(relaxed_tables(scenario, kinds))
    terms = next(row for row in problem.lines if row.name == line)
    before = {tour: units for tour, units in starts.items() if tour[1] == line and tour[2] < days.start}
    others = {} if "outranked" in kinds else {tour: units for tour, units in starts.items() if tour[1] != line}
    if not terms.one_nation:
        return _least(
            problem, {**before, **others}, line, days, terms.quantity - allowed, {offer.nation for offer in problem.offers}
        )
    best = max(0.0, terms.quantity - allowed) * len(days)
    for nation in sorted({offer.nation for offer in problem.offers}):
        mine = {offer.name for offer in problem.offers if offer.nation == nation}
        kept = {tour: units for tour, units in before.items() if tour[0] in mine}
        best = min(best, _least(problem, {**kept, **others}, line, days, terms.quantity - allowed, {nation}))
    return best


def _least(problem: Problem, fixed: Starts, line: str, days: range, wanted: float, nations: set[str]) -> float:
    """Minimise what is missing of `wanted` over the days, the line served by some nations only."""
    model = LinearModel()
    offers = [offer for offer in problem.offers if offer.nation in nations]
    share = {offer.name: float(problem.effectiveness.get((offer.name, line), 0)) for offer in problem.offers}
    choices = [(offer, day) for offer in offers for day in problem.start_days.get((offer.name, line), ()) if day < days.stop]
    columns = model.add_columns("begins", len(choices), integer=True)
    missing = model.add_columns("missing", len(days), cost=1.0)

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

    for column, day in zip(missing, days, strict=True):
        there = sum(share[offer.name] * known(offer, day, offer.serving_days, on=line) for offer in offers)
        serves = [start <= day < start + offer.serving_days for offer, start in choices]
        row = add_row(serves, [share[offer.name] for offer, _ in choices], lower=wanted - there - 1e-9)
        model.add_terms(row, np.array([column]), 1.0)
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
