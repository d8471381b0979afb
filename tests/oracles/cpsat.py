"""The formulation as a CP-SAT model, goal after goal, with proof: the oracle for scenarios too large to enumerate.

Like units are counted. Fractions are scaled to whole numbers by their common denominators, so every value is exact and
every lock is an equality of whole numbers: no tolerance anywhere. Tests reach it through `apart`.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from ortools.sat.python import cp_model
from tests.oracles.apart import Answer, NotProven
from tests.oracles.reading import LineTerms, OfferTerms, Problem

DETERMINISTIC_SECONDS = 60.0
"""CP-SAT's own count of work for one goal: the same on a fast machine and on a slow one. [s]"""
SLACK_OF_FLOATS = Fraction(1, 1_000_000)
"""How far a value that was worked out in floats may lie above the whole step that it means. [-]"""


@dataclass
class _Model:
    """The variables, and each goal as a sum of whole numbers with its scale: value = expression / scale."""

    model: cp_model.CpModel
    starts: dict[tuple[str, str, int], cp_model.IntVar]
    goals: dict[str, tuple[cp_model.LinearExprT, Fraction]] = field(default_factory=dict)


def best_values(problem: Problem, *, work: float = DETERMINISTIC_SECONDS) -> Answer:
    """Return the lexicographically best value of every goal, each proven.

    Raises
    ------
    NotProven
        If a goal takes more than `work` of CP-SAT's deterministic seconds.
    """
    built = _build(problem)
    values: dict[str, Fraction] = {}
    solver = cp_model.CpSolver()
    for name, (expression, scale) in built.goals.items():
        solver = _solved(built, expression, work)
        steps = solver.value(expression)
        values[name] = steps / scale
        built.model.add(expression <= steps)
        built.model.clear_hints()
        for variable in built.starts.values():
            built.model.add_hint(variable, solver.value(variable))
    starts = {tour: solver.value(variable) for tour, variable in built.starts.items() if solver.value(variable)}
    return Answer(values, starts)


def lowest_value(problem: Problem, goal: str, *, at_most: Mapping[str, float], work: float = DETERMINISTIC_SECONDS) -> Fraction:
    """Return the lowest value of one goal among the plans that keep other goals at or below given values."""
    built = _build(problem)
    for name, value in at_most.items():
        expression, scale = built.goals[name]
        built.model.add(expression <= math.floor((Fraction(value) + SLACK_OF_FLOATS) * scale))
    expression, scale = built.goals[goal]
    return _solved(built, expression, work).value(expression) / scale


def _solved(built: _Model, expression: cp_model.LinearExprT, work: float) -> cp_model.CpSolver:
    built.model.minimize(expression)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = work
    status = solver.solve(built.model)
    if status != cp_model.OPTIMAL:
        raise NotProven(solver.status_name(status))
    return solver


def _build(problem: Problem) -> _Model:
    model = cp_model.CpModel()
    starts = {
        (*pair, day): model.new_int_var(problem.pins.get((*pair, day), 0), _most(problem, pair[0]), f"{pair[0]}_{pair[1]}_{day}")
        for pair, days in problem.start_days.items()
        for day in days
    }
    missing = [pin for pin in problem.pins if pin not in starts]
    if missing:
        raise ValueError(f"pins of tours that may not exist: {missing}")
    built = _Model(model, starts)
    by_offer: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, line, day in starts:
        by_offer[name].append((line, day))
    for offer in problem.offers:
        _rotation_base(built, offer, by_offer[offer.name])
    _ceilings(built, problem)
    _one_nation(built, problem)
    _unfilled(built, problem)
    _burden(built, problem)
    _continuity(built, problem)
    _cost(built, problem)
    return built


def _most(problem: Problem, name: str) -> int:
    return next(offer.quantity for offer in problem.offers if offer.name == name)


def _rotation_base(built: _Model, offer: OfferTerms, tours: list[tuple[str, int]]) -> None:
    """Both rules of the offer's units. The rows change on starts only, so they are written for those days."""
    for today in sorted({day for _, day in tours}):
        busy = [built.starts[offer.name, line, day] for line, day in tours if today - offer.cycle_days < day <= today]
        built.model.add(sum(busy) <= offer.quantity)
    if offer.max_tours is not None and tours:
        built.model.add(sum(built.starts[offer.name, line, day] for line, day in tours) <= offer.quantity * offer.max_tours)


def _ceilings(built: _Model, problem: Problem) -> None:
    for nation, ceiling in problem.ceilings.items():
        own = {offer.name: offer for offer in problem.offers if offer.nation == nation}
        tours = [tour for tour in built.starts if tour[0] in own]
        for today in sorted({day for _, _, day in tours}):
            out = [tour for tour in tours if tour[2] <= today < tour[2] + own[tour[0]].tour_days]
            built.model.add(sum(own[tour[0]].people * built.starts[tour] for tour in out) <= ceiling)


def _one_nation(built: _Model, problem: Problem) -> None:
    nation_of = {offer.name: offer.nation for offer in problem.offers}
    for line in problem.lines:
        if not line.one_nation:
            continue
        tours = [tour for tour in built.starts if tour[1] == line.name]
        nations = sorted({nation_of[tour[0]] for tour in tours})
        holds = {nation: built.model.new_bool_var(f"holds_{line.name}_{nation}") for nation in nations}
        built.model.add(sum(holds.values()) <= 1)
        for tour in tours:
            built.model.add(built.starts[tour] <= _most(problem, tour[0]) * holds[nation_of[tour[0]]])


def _changes(built: _Model, problem: Problem, line: LineTerms) -> list[int]:
    """Days of the window on which the units serving a line can change, the window's first day included."""
    serving = {offer.name: offer.serving_days for offer in problem.offers}
    days = {line.from_day}
    for name, of_line, day in built.starts:
        if of_line == line.name:
            days |= {day, day + serving[name]}
    return sorted(day for day in days if line.from_day <= day < line.until_day)


def _serving(built: _Model, problem: Problem, line: LineTerms, today: int) -> list[tuple[OfferTerms, cp_model.IntVar]]:
    offers = {offer.name: offer for offer in problem.offers}
    return [
        (offers[name], variable)
        for (name, of_line, day), variable in built.starts.items()
        if of_line == line.name and day <= today < day + offers[name].serving_days
    ]


def _unfilled(built: _Model, problem: Problem) -> None:
    scale = math.lcm(1, *(share.denominator for share in problem.effectiveness.values()))
    terms: dict[int, list[cp_model.LinearExprT]] = {priority: [] for priority in problem.priorities}
    for line in problem.lines:
        changes = _changes(built, problem, line)
        for today, until in pairwise([*changes, line.until_day]):
            gap = built.model.new_int_var(0, line.quantity * scale, f"gap_{line.name}_{today}")
            serving = _serving(built, problem, line, today)
            served = sum(int(problem.effectiveness[offer.name, line.name] * scale) * units for offer, units in serving)
            built.model.add(gap >= line.quantity * scale - served)
            terms[line.priority].append((until - today) * gap)
    for priority, gaps in terms.items():
        built.goals[f"unfilled_priority_{priority}"] = (sum(gaps) + built.model.new_constant(0), Fraction(scale))


def _burden(built: _Model, problem: Problem) -> None:
    requirement = problem.requirement_person_days
    ratios = {nation: 1 / (share * requirement) for nation, share in problem.fair_shares.items() if requirement}
    scale = Fraction(math.lcm(1, *(ratio.denominator for ratio in ratios.values())))
    # Steps as coarse as they can be: every value is a multiple of the greatest common divisor.
    common = math.gcd(*(int(ratio * scale) for ratio in ratios.values())) or 1
    scale /= common
    by_nation: dict[str, list[cp_model.LinearExprT]] = defaultdict(list)
    most: dict[str, int] = defaultdict(int)
    offers = {offer.name: offer for offer in problem.offers}
    for (name, _, day), variable in built.starts.items():
        offer = offers[name]
        days = offer.people * problem.days_on_tour(offer, day)
        by_nation[offer.nation].append(days * variable)
        most[offer.nation] += days * offer.quantity
    top = max((int(ratio * scale) * most[nation] for nation, ratio in ratios.items()), default=0)
    worst = built.model.new_int_var(0, top, "burden")
    for nation, ratio in ratios.items():
        built.model.add(worst >= int(ratio * scale) * sum(by_nation[nation]))
    built.goals["burden"] = (worst, scale)


def _continuity(built: _Model, problem: Problem) -> None:
    takeovers: list[cp_model.IntVar] = []
    for line in problem.lines:
        before: dict[str, cp_model.LinearExprT] = {}
        most: dict[str, int] = defaultdict(int)
        nation_of = {offer.name: offer.nation for offer in problem.offers}
        for name, of_line, _ in built.starts:
            if of_line == line.name:
                most[nation_of[name]] += _most(problem, name)
        for today in _changes(built, problem, line):
            now: dict[str, list[cp_model.IntVar]] = {nation: [] for nation in most}
            for offer, units in _serving(built, problem, line, today):
                now[offer.nation].append(units)
            for nation, units_on in now.items():
                rise = built.model.new_int_var(0, most[nation], f"takeover_{line.name}_{nation}_{today}")
                built.model.add(rise >= sum(units_on) - before.get(nation, 0))
                before[nation] = sum(units_on)
                takeovers.append(rise)
    built.goals["continuity"] = (sum(takeovers) + built.model.new_constant(0), Fraction(1))


def _cost(built: _Model, problem: Problem) -> None:
    offers = {offer.name: offer for offer in problem.offers}
    costs = {tour: problem.tour_cost(offers[tour[0]], tour[2]) for tour in built.starts}
    scale = math.lcm(1, *(cost.denominator for cost in costs.values()))
    total = sum(int(cost * scale) * built.starts[tour] for tour, cost in costs.items())
    built.goals["cost"] = (total + built.model.new_constant(0), Fraction(scale))
