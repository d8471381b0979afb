"""A plan replayed day by day: which rules its tours break, and what each goal comes to. Slow, plain, and exact."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tests.oracles.reading import OfferTerms, Problem

Starts = dict[tuple[str, str, int], int]
"""How many units of an offer begin a tour on a line on a day. [units], by (offer, line, day)"""


@dataclass(frozen=True)
class NamedTour:
    """One row of a plan's tours, as a unit's diary has it."""

    unit: str
    offer: str
    line: str
    from_day: int
    until_day: int


def starts_of(tours: Iterable[NamedTour]) -> Starts:
    """Count like tours."""
    return dict(Counter((tour.offer, tour.line, tour.from_day) for tour in tours))


def rules_broken(problem: Problem, starts: Starts) -> list[str]:
    """Return a sentence for each rule that the counts break: an empty list for a plan that is allowed."""
    offers = {offer.name: offer for offer in problem.offers}
    lines = {line.name: line for line in problem.lines}
    broken = [
        f"{offer} may not begin a tour on {line} on day {day}"
        for offer, line, day in starts
        if day not in problem.start_days.get((offer, line), ())
    ]
    for offer in problem.offers:
        broken += _rotation_broken(problem, offer, starts)
    on_tour: dict[tuple[str, int], int] = defaultdict(int)
    holders = defaultdict(set)
    for (name, line, start), units in starts.items():
        holders[line].add(offers[name].nation)
        for day in range(start, start + problem.days_on_tour(offers[name], start)):
            on_tour[offers[name].nation, day] += units * offers[name].people
    for (nation, day), people in on_tour.items():
        if people > problem.ceilings.get(nation, people):
            broken.append(f"{nation} has {people} people out on day {day}: its ceiling is {problem.ceilings[nation]}")
    for line, nations in holders.items():
        if lines[line].one_nation and len(nations) > 1:
            broken.append(f"{line} is to be held by one nation, and {sorted(nations)} hold it")
    for (name, line, day), units in problem.pins.items():
        if starts.get((name, line, day), 0) < units:
            broken.append(f"the pin of {units} x {name} on {line} on day {day} is not kept")
    return broken


def _rotation_broken(problem: Problem, offer: OfferTerms, starts: Starts) -> list[str]:
    own = {(line, day): units for (name, line, day), units in starts.items() if name == offer.name}
    broken = []
    for today in range(problem.horizon_days):
        busy = sum(units for (_, day), units in own.items() if day <= today < day + offer.cycle_days)
        if busy > offer.quantity:
            broken.append(f"{offer.name}: {busy} units on tour or in dwell on day {today}, {offer.quantity} offered")
    tours = sum(own.values())
    if offer.max_tours is not None and tours > offer.quantity * offer.max_tours:
        broken.append(f"{offer.name}: {tours} tours, {offer.quantity} units of at most {offer.max_tours} each")
    return broken


def diaries_broken(problem: Problem, tours: Iterable[NamedTour]) -> list[str]:
    """Return a sentence for each rule that a named unit breaks: two tours at once, dwell cut short, too many tours."""
    offers = {offer.name: offer for offer in problem.offers}
    diaries: dict[tuple[str, str], list[NamedTour]] = defaultdict(list)
    for tour in tours:
        diaries[tour.offer, tour.unit].append(tour)
    broken = []
    for name, units in Counter(offer for offer, _ in diaries).items():
        if units > offers[name].quantity:
            broken.append(f"{name}: {units} named units, {offers[name].quantity} offered")
    for (name, unit), diary in diaries.items():
        terms = offers[name]
        diary.sort(key=lambda tour: tour.from_day)
        broken += [
            f"{unit}: the tour of day {tour.from_day} ends on {tour.until_day}, not after {terms.tour_days} days"
            for tour in diary
            if tour.until_day != tour.from_day + terms.tour_days
        ]
        broken += [
            f"{unit} goes again on day {after.from_day}: tour and dwell of day {before.from_day} take {terms.cycle_days} days"
            for before, after in itertools.pairwise(diary)
            if after.from_day < before.from_day + terms.cycle_days
        ]
        if terms.max_tours is not None and len(diary) > terms.max_tours:
            broken.append(f"{unit} has {len(diary)} tours, at most {terms.max_tours} allowed")
    return broken


def goal_values(problem: Problem, starts: Starts) -> dict[str, Fraction]:
    """Return the value of each goal by section "Goals", in the order of the goals."""
    offers = {offer.name: offer for offer in problem.offers}
    served: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    on: dict[tuple[str, str, int], int] = defaultdict(int)
    person_days: dict[str, int] = defaultdict(int)
    cost = Fraction(0)
    for (name, line_name, start), units in starts.items():
        terms = offers[name]
        for day in range(start, start + terms.serving_days):
            served[line_name, day] += units * problem.effectiveness[name, line_name]
            on[line_name, terms.nation, day] += units
        person_days[terms.nation] += units * terms.people * problem.days_on_tour(terms, start)
        cost += units * problem.tour_cost(terms, start)
    values = {f"unfilled_priority_{priority}": Fraction(0) for priority in problem.priorities}
    takeovers = 0
    nations = sorted({offer.nation for offer in problem.offers})
    for line in problem.lines:
        for day in range(line.from_day, line.until_day):
            values[f"unfilled_priority_{line.priority}"] += max(Fraction(0), line.quantity - served[line.name, day])
            for nation in nations:
                before = on[line.name, nation, day - 1] if day > line.from_day else 0
                takeovers += max(0, on[line.name, nation, day] - before)
    requirement = problem.requirement_person_days
    carried = [person_days[nation] / (share * requirement) for nation, share in problem.fair_shares.items() if requirement]
    return values | {"burden": max(carried, default=Fraction(0)), "continuity": Fraction(takeovers), "cost": cost}


def idle_tours(problem: Problem, starts: Starts) -> list[tuple[str, str, int]]:
    """Return the tours beyond the pins that could be left out without a goal becoming worse."""
    with_all = goal_values(problem, starts)
    idle = []
    for tour, units in starts.items():
        if units <= problem.pins.get(tour, 0):
            continue
        without = goal_values(problem, starts | {tour: units - 1})
        if all(without[name] <= value for name, value in with_all.items()):
            idle.append(tour)
    return idle
