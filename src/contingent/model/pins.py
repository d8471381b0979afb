"""Tours that a planner has fixed, held against the rules that no plan may break.

One function is one rule. A pin is looked at with all others of the same option, because together they may ask for more units,
people or nations than there are. Pins that name what the scenario does not have are passed over: whoever looks names up tells
them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from contingent.model.rows import Offer, Pin, Requirement
from contingent.model.rules import caveat_against, line_until, lines_of_option, readiness, tour_fits_window, tour_may_begin
from contingent.model.scenario import Readiness, Scenario


@dataclass(frozen=True, slots=True)
class PinFault:
    """Why a pin cannot be kept.

    Parameters
    ----------
    place : int
        Place of the pin among the scenario's pins, from 0.
    kind : str
        Which rule it breaks.
    column : str
        Column of pins.csv that is to be looked at first.
    what : str
        The fault as a sentence.
    """

    place: int
    kind: str
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class PinnedTour:
    """A pin whose offer, unit type and line are there, with the offer's terms."""

    place: int
    pin: Pin
    offer: Offer
    line: Requirement
    terms: Readiness


def faults_of_pins(scenario: Scenario, option: str | None) -> Iterator[PinFault]:
    """Yield what keeps the pins on lines of an option from being kept; of all lines where `option` is None."""
    tours = pinned_tours(scenario, option)
    for rule in RULES:
        yield from rule(scenario, tours)


def options_to_plan(scenario: Scenario) -> tuple[str | None, ...]:
    """Return every option that can be planned. Without a default option that includes None: all lines together."""
    names = scenario.option_names
    return names if scenario.settings.default_option in names else (*names, None)


def pinned_tours(scenario: Scenario, option: str | None) -> tuple[PinnedTour, ...]:
    """Return each pin on a line of the option whose offer, unit type and line are there."""
    lines = {row.line: row for row in lines_of_option(scenario, option)}
    found = []
    for place, pin in enumerate(scenario.pins):
        offer, line = scenario.offer_by_name.get(pin.offer), lines.get(pin.line)
        if offer is not None and line is not None and offer.unit_type in scenario.unit_type_by_name:
            found.append(PinnedTour(place, pin, offer, line, readiness(scenario, offer)))
    return tuple(found)


def tours_are_allowed(scenario: Scenario, tours: Sequence[PinnedTour]) -> Iterator[PinFault]:
    """Each tour is one that the rules allow: capability, caveats, start, window."""
    for tour in tours:
        broken = _rule_broken(scenario, tour)
        if broken is not None:
            pin = tour.pin
            fixed = f"the tour of '{pin.offer}' on '{pin.line}' from day {pin.from_day} cannot be fixed"
            yield PinFault(tour.place, "pin", broken[0], f"{fixed}: {broken[1]}.")


def _rule_broken(scenario: Scenario, tour: PinnedTour) -> tuple[str, str] | None:
    """Return the column and the words for the first rule that a tour breaks, or None."""
    pin, offer, line, terms = tour.pin, tour.offer, tour.line, tour.terms
    if (line.capability, offer.unit_type) not in scenario.effectiveness:
        return "offer", f"'{offer.unit_type}' does not give '{line.capability}'"
    if (caveat := caveat_against(scenario, offer, line)) is not None:
        return "line", f"'{offer.nation}' rules out '{caveat}'"
    if not tour_may_begin(scenario, line, pin.from_day):
        until, period = line_until(scenario, line), scenario.settings.period_days
        return "from_day", (
            f"tours on '{pin.line}' begin on day {line.from_day} or on the first day of a period (every {period} days), "
            f"before day {until}"
        )
    if pin.from_day < terms.ready_day:
        return "from_day", f"the units are ready on day {terms.ready_day}"
    if not tour_fits_window(pin.from_day, terms, horizon_days=scenario.settings.horizon_days):
        return "from_day", f"a tour of {terms.tour_days} days would end after day {terms.until_day}, when the offer closes"
    return None


def units_have_their_dwell(scenario: Scenario, tours: Sequence[PinnedTour]) -> Iterator[PinFault]:  # noqa: ARG001 (as every rule)
    """The tours fixed for an offer need no more units, and no more tours of each, than it has."""
    by_offer: dict[str, list[PinnedTour]] = defaultdict(list)
    for tour in tours:
        by_offer[tour.offer.offer].append(tour)
    for name, of_offer in by_offer.items():
        offer, terms = of_offer[0].offer, of_offer[0].terms
        busy_on = _Load((tour.pin.from_day, tour.pin.from_day + terms.cycle_days, tour.pin.quantity) for tour in of_offer)
        made = 0
        for tour in sorted(of_offer, key=lambda tour: tour.pin.from_day):
            busy = busy_on.at(tour.pin.from_day)
            made += tour.pin.quantity
            told = None
            if busy > offer.quantity:
                what = f"{busy} units of '{name}' would be on tour or in dwell on day {tour.pin.from_day}"
                told = f"{what}, but it has {offer.quantity}."
            elif terms.max_tours is not None and made > offer.quantity * terms.max_tours:
                most = offer.quantity * terms.max_tours
                told = f"{made} tours of '{name}' are fixed, but its units make {most} at most (max_tours)."
            if told is not None:
                yield PinFault(tour.place, "pin_units", "quantity", told)


def ceilings_are_kept(scenario: Scenario, tours: Sequence[PinnedTour]) -> Iterator[PinFault]:
    """On no day are more people of a nation on tours that are fixed than its ceiling allows."""
    by_nation: dict[str, list[PinnedTour]] = defaultdict(list)
    for tour in tours:
        by_nation[tour.offer.nation].append(tour)
    for name, of_nation in by_nation.items():
        nation = scenario.nation_by_name.get(name)
        if nation is None or nation.personnel_ceiling is None:
            continue
        people_on = _Load(
            (tour.pin.from_day, tour.pin.from_day + tour.terms.tour_days, tour.pin.quantity * tour.terms.personnel)
            for tour in of_nation
        )
        for tour in of_nation:
            people = people_on.at(tour.pin.from_day)
            if people > nation.personnel_ceiling:
                what = f"{people} people of '{name}' would be on tour on day {tour.pin.from_day}"
                told = f"{what}, but its ceiling is {nation.personnel_ceiling}."
                yield PinFault(tour.place, "pin_ceiling", "quantity", told)


def one_nation_holds(scenario: Scenario, tours: Sequence[PinnedTour]) -> Iterator[PinFault]:  # noqa: ARG001 (as every rule)
    """The tours fixed on a line that one nation must hold are of one nation."""
    holder: dict[str, str] = {}
    for tour in tours:
        if tour.line.hold != "one_nation":
            continue
        first = holder.setdefault(tour.line.line, tour.offer.nation)
        if first != tour.offer.nation:
            what = f"'{tour.line.line}' must be held by one nation, and a tour of '{first}' is fixed on it already."
            yield PinFault(tour.place, "pin_one_nation", "offer", what)


RULES: tuple[Callable[[Scenario, Sequence[PinnedTour]], Iterator[PinFault]], ...] = (
    tours_are_allowed,
    units_have_their_dwell,
    ceilings_are_kept,
    one_nation_holds,
)
"""The rules that pins must keep, in the order in which their faults are told."""


class _Load:
    """How much of something there is on a day, from intervals (first day, day after the last, amount)."""

    def __init__(self, intervals: Iterable[tuple[int, int, int]]) -> None:
        changes: dict[int, int] = defaultdict(int)
        for first, after, amount in intervals:
            changes[first] += amount
            changes[after] -= amount
        self._days = sorted(changes)
        self._loads = list(accumulate(changes[day] for day in self._days))

    def at(self, day: int) -> int:
        """Return the sum of the intervals that hold the day."""
        place = bisect_right(self._days, day)
        return self._loads[place - 1] if place else 0
