"""What docs/formulation.md says a scenario means, as plain exact numbers. All oracles start from here.

Written from the page and the row classes only: neither `contingent.model.rules` nor `contingent.generation` is read, so
that a slip there cannot hide here. Shares, weights, effectiveness and money are fractions: no oracle ever rounds.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from contingent.model.rows import Offer, Requirement
from contingent.model.scenario import Scenario


def exact(number: float) -> Fraction:
    """Return the decimal number as it is written in a table: 0.1 is one tenth."""
    return Fraction(str(number))


@dataclass(frozen=True)
class OfferTerms:
    """Section "Given" for one offer. [days], [people], [units]"""

    name: str
    nation: str
    quantity: int
    ready_day: int
    until_day: int
    tour_days: int
    dwell_days: int
    serving_days: int
    people: int
    max_tours: int | None
    tour_cost: Fraction
    daily_cost: Fraction

    @property
    def cycle_days(self) -> int:
        """Days from one start to the unit's next. [days]"""
        return self.tour_days + self.dwell_days


@dataclass(frozen=True)
class LineTerms:
    """A requirement line with its window cut by the horizon. [units], [days]"""

    name: str
    quantity: int
    from_day: int
    until_day: int
    priority: int
    one_nation: bool


@dataclass(frozen=True)
class Problem:
    """A scenario as the page reads it.

    Parameters
    ----------
    horizon_days : int
        Days of the horizon. [days]
    offers, lines : tuple
        In the order of their tables; everything else is by name.
    effectiveness : dict of (offer, line) to Fraction
        Only pairs whose unit type gives the capability. [-]
    start_days : dict of (offer, line) to tuple of int
        Days on which a tour may begin, by the four conditions of section "Decided".
    ceilings : dict of str to int
        Nations that have a ceiling. [people]
    fair_shares : dict of str to Fraction
        Nations that have a fair share. [-]
    requirement_person_days : Fraction
        ``R`` of the page. [person-days]
    pins : dict of (offer, line, day) to int
        Least number of starts. [units]
    """

    horizon_days: int
    offers: tuple[OfferTerms, ...]
    lines: tuple[LineTerms, ...]
    effectiveness: dict[tuple[str, str], Fraction]
    start_days: dict[tuple[str, str], tuple[int, ...]]
    ceilings: dict[str, int]
    fair_shares: dict[str, Fraction]
    requirement_person_days: Fraction
    pins: dict[tuple[str, str, int], int]

    @property
    def priorities(self) -> tuple[int, ...]:
        """Each priority that has lines, first things first."""
        return tuple(sorted({line.priority for line in self.lines}))

    @property
    def goal_names(self) -> tuple[str, ...]:
        """Goals in their order."""
        return (*(f"unfilled_priority_{priority}" for priority in self.priorities), "burden", "continuity", "cost")

    def days_on_tour(self, offer: OfferTerms, start: int) -> int:
        """Days of a tour that lie within the horizon. [days]"""
        return min(start + offer.tour_days, self.horizon_days) - start

    def tour_cost(self, offer: OfferTerms, start: int) -> Fraction:
        """Cost of one tour. [currency]"""
        return offer.tour_cost + offer.daily_cost * self.days_on_tour(offer, start)


def read_problem(scenario: Scenario, option: str | None = None) -> Problem:
    """Return what the page says about the lines of an option (None: all lines)."""
    horizon = scenario.settings.horizon_days
    rows = [row for row in scenario.requirements if option is None or not row.option or option in row.option]
    offers = tuple(_offer_terms(scenario, row) for row in scenario.offers)
    lines = tuple(_line_terms(row, horizon) for row in rows)
    gives = {(row.capability, row.unit_type): exact(row.effectiveness) for row in scenario.capabilities}
    effectiveness = {}
    start_days = {}
    for offer_row, offer in zip(scenario.offers, offers, strict=True):
        for row, line in zip(rows, lines, strict=True):
            if (row.capability, offer_row.unit_type) not in gives:
                continue
            effectiveness[offer.name, line.name] = gives[row.capability, offer_row.unit_type]
            if not _has_caveat(scenario, offer_row, row):
                start_days[offer.name, line.name] = _start_days(scenario, offer, line)
    pins: dict[tuple[str, str, int], int] = defaultdict(int)
    named = {line.name for line in lines}
    for pin in scenario.pins:
        if pin.line in named:
            pins[pin.offer, pin.line, pin.from_day] += pin.quantity
    return Problem(
        horizon_days=horizon,
        offers=offers,
        lines=lines,
        effectiveness=effectiveness,
        start_days=start_days,
        ceilings={row.nation: row.personnel_ceiling for row in scenario.nations if row.personnel_ceiling is not None},
        fair_shares=_fair_shares(scenario),
        requirement_person_days=_requirement_person_days(scenario, rows, lines),
        pins=dict(pins),
    )


def _offer_terms(scenario: Scenario, row: Offer) -> OfferTerms:
    defaults = scenario.settings.defaults
    unit_type = next(kind for kind in scenario.unit_types if kind.unit_type == row.unit_type)
    tour = defaults.tour_days if row.tour_days is None else row.tour_days
    ratio = exact(defaults.dwell_ratio if row.dwell_ratio is None else row.dwell_ratio)
    handover = defaults.handover_days if row.handover_days is None else row.handover_days
    return OfferTerms(
        name=row.offer,
        nation=row.nation,
        quantity=row.quantity,
        ready_day=row.available_day + row.notice_days,
        until_day=scenario.settings.horizon_days if row.until_day is None else row.until_day,
        tour_days=tour,
        dwell_days=math.ceil(tour * ratio),
        serving_days=tour - handover,
        people=unit_type.personnel if row.personnel is None else row.personnel,
        max_tours=row.max_tours,
        tour_cost=exact(unit_type.tour_cost or 0),
        daily_cost=exact(unit_type.daily_cost or 0),
    )


def _line_terms(row: Requirement, horizon: int) -> LineTerms:
    until = horizon if row.until_day is None else min(row.until_day, horizon)
    return LineTerms(row.line, row.quantity, row.from_day, max(until, row.from_day), row.priority, row.hold == "one_nation")


def _has_caveat(scenario: Scenario, offer: Offer, line: Requirement) -> bool:
    """Condition 2: the task, the location, what it lies within, and the country these lie in."""
    if line.task in offer.excluded_tasks:
        return True
    place = line.location
    while place is not None:
        row = next(location for location in scenario.locations if location.location == place)
        if place in offer.excluded_locations or row.country in offer.excluded_locations:
            return True
        place = row.within
    return False


def _start_days(scenario: Scenario, offer: OfferTerms, line: LineTerms) -> tuple[int, ...]:
    """Conditions 3 and 4, day by day."""
    horizon = scenario.settings.horizon_days
    return tuple(
        day
        for day in range(horizon)
        if (day % scenario.settings.period_days == 0 or day == line.from_day)
        and line.from_day <= day < line.until_day
        and day >= offer.ready_day
        and min(day + offer.tour_days, horizon) <= offer.until_day
    )


def _fair_shares(scenario: Scenario) -> dict[str, Fraction]:
    for column in ("weight", "defence_spending", "active_personnel"):
        figures = {row.nation: getattr(row, column) for row in scenario.nations}
        known = {nation: exact(figure) for nation, figure in figures.items() if figure}
        if known:
            total = sum(known.values())
            return {nation: figure / total for nation, figure in known.items()}
    return {row.nation: Fraction(1, len(scenario.nations)) for row in scenario.nations}


def _requirement_person_days(scenario: Scenario, rows: list[Requirement], lines: tuple[LineTerms, ...]) -> Fraction:
    people = {row.unit_type: row.personnel for row in scenario.unit_types}
    total = Fraction(0)
    for row, line in zip(rows, lines, strict=True):
        giving = [gives for gives in scenario.capabilities if gives.capability == row.capability]
        if giving:
            leanest = min(people[gives.unit_type] / exact(gives.effectiveness) for gives in giving)
            total += line.quantity * (line.until_day - line.from_day) * leanest
    return total
