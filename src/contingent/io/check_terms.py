"""Checks of terms: tours that relieve one another, windows that open before they close, decisions that keep the rules.

One function is one check. The meaning of an offer's terms is taken from `contingent.model.rules`; nothing is defined here.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from contingent.io.check_names import rows_of
from contingent.io.collected import Collected
from contingent.io.layers import Layer
from contingent.io.table_rows import Placed
from contingent.io.wording import shown
from contingent.model.rows import Offer, Pin, Requirement, Term, UnitType
from contingent.model.rules import caveat_against, line_until, readiness, tour_fits_window, tour_may_begin
from contingent.model.scenario import Readiness, Scenario, Settings


def tours_are_relieved(layer: Layer, settings: Settings, findings: Collected) -> None:
    """The handover is shorter than the tour: else no unit would ever be relieved."""
    for table in ("offers", "terms"):
        for placed in rows_of(layer, table):
            row = placed.row
            assert isinstance(row, (Offer, Term))
            if row.handover_days is None or (row.tour_days is None and isinstance(row, Term)):
                continue
            tour = row.tour_days if row.tour_days is not None else settings.defaults.tour_days
            if row.handover_days < tour:
                continue
            whose = f"tour_days ({tour})" if row.tour_days is not None else f"the scenario's default tour_days ({tour})"
            findings.add(
                "handover",
                placed.sheet,
                f"{row.handover_days} is not less than {whose}: no unit would ever be relieved.",
                line=placed.line,
                column="handover_days",
                maybe="the two columns were swapped" if row.tour_days is not None else "give the offer its own tour_days",
            )


def offers_close_after_they_open(layer: Layer, settings: Settings, findings: Collected) -> None:
    """An offer's window has days in it, and one of them is before the horizon."""
    for placed in (*rows_of(layer, "offers"), *rows_of(layer, "terms")):
        row = placed.row
        assert isinstance(row, (Offer, Term))
        opens = row.available_day or 0
        if row.until_day is not None and row.until_day <= opens and (row.until_day > 0 or row.available_day is not None):
            findings.add(
                "window",
                placed.sheet,
                f"{row.until_day} is not after available_day ({opens}): the units are never available.",
                line=placed.line,
                column="until_day",
                maybe="the two columns were swapped, or write quantity 0",
            )
        elif opens >= settings.horizon_days:
            findings.add(
                "beyond",
                placed.sheet,
                f"{opens} is not before the end of the horizon (day {settings.horizon_days}): the units come "
                "too late for this plan.",
                line=placed.line,
                column="available_day",
                severity="warning",
            )


def offers_leave_room_for_a_tour(scenario: Scenario, layer: Layer, findings: Collected) -> None:
    """Some tour lies between an offer's ready day and the end of its window."""
    horizon = scenario.settings.horizon_days
    for placed in rows_of(layer, "offers"):
        offer = placed.row
        assert isinstance(offer, Offer)
        if offer.unit_type not in scenario.unit_type_by_name:
            continue
        terms = readiness(scenario, offer)
        if offer.available_day >= horizon or (
            tour_fits_window(terms.ready_day, terms, horizon_days=horizon) and terms.ready_day < horizon
        ):
            continue
        if terms.ready_day >= horizon:
            words = f"the units are ready on day {terms.ready_day}, after the end of the horizon (day {horizon})"
        else:
            window = f"day {terms.ready_day}, when the units are ready, and day {terms.until_day}"
            words = f"no tour of {terms.tour_days} days fits between {window}"
        findings.add(
            "no_tour", placed.sheet, f"{words}, so they never go.", line=placed.line, column="until_day", severity="warning"
        )


def lines_close_after_they_open(layer: Layer, settings: Settings, findings: Collected) -> None:
    """A line's window has days in it, and they lie within the horizon."""
    horizon = settings.horizon_days
    for placed in rows_of(layer, "requirements"):
        line = placed.row
        assert isinstance(line, Requirement)
        if line.until_day is not None and line.until_day <= line.from_day:
            findings.add(
                "window",
                placed.sheet,
                f"{line.until_day} is not after from_day ({line.from_day}): the line is never open.",
                line=placed.line,
                column="until_day",
                maybe="the two columns were swapped",
            )
        elif line.from_day >= horizon:
            findings.add(
                "beyond",
                placed.sheet,
                f"{line.from_day} is not before the end of the horizon (day {horizon}): the line is not planned.",
                line=placed.line,
                column="from_day",
                severity="warning",
            )
        elif line.until_day is not None and line.until_day > horizon:
            findings.add(
                "beyond",
                placed.sheet,
                f"{line.until_day} is after the end of the horizon (day {horizon}), where the plan ends.",
                line=placed.line,
                column="until_day",
                severity="warning",
            )


def units_have_people(layer: Layer, findings: Collected) -> None:
    """A unit without people carries no burden and meets no ceiling: it was hardly meant."""
    for placed in rows_of(layer, "unit_types"):
        assert isinstance(placed.row, UnitType)
        if placed.row.personnel == 0:
            findings.add(
                "no_people",
                placed.sheet,
                "0 people: units of this type carry no burden and meet no ceiling.",
                line=placed.line,
                column="personnel",
                severity="warning",
            )


def pins_keep_the_rules(scenario: Scenario, layer: Layer, findings: Collected) -> None:
    """A tour that the planner has fixed is one that the rules allow: capability, caveats, window, units."""
    if not layer.is_read("capabilities", "locations"):
        return
    for placed in rows_of(layer, "pins"):
        pin = placed.row
        assert isinstance(pin, Pin)
        offer, line = scenario.offer_by_name.get(pin.offer), scenario.requirement_by_line.get(pin.line)
        if offer is None or line is None or offer.unit_type not in scenario.unit_type_by_name:
            continue  # told as an unknown name, or still to be derived from the pool
        column, words = _rule_broken(scenario, pin, offer, line)
        if words:
            findings.add("pin", placed.sheet, f"the tour cannot be fixed: {words}.", line=placed.line, column=column)


def _rule_broken(scenario: Scenario, pin: Pin, offer: Offer, line: Requirement) -> tuple[str, str]:
    """Return the column and the words for the first rule that a pin breaks, or two blanks."""
    terms = readiness(scenario, offer)
    if (line.capability, offer.unit_type) not in scenario.effectiveness:
        return "offer", f"{shown(offer.unit_type)} does not give {shown(line.capability)}"
    if (caveat := caveat_against(scenario, offer, line)) is not None:
        return "line", f"{shown(offer.nation)} rules out {shown(caveat)}"
    if not tour_may_begin(scenario, line, pin.from_day):
        until, period = line_until(scenario, line), scenario.settings.period_days
        return "from_day", (
            f"tours on {shown(pin.line)} begin on day {line.from_day} or on the first day of a period (every {period} days), "
            f"before day {until}"
        )
    if pin.from_day < terms.ready_day:
        return "from_day", f"the units are ready on day {terms.ready_day}"
    if not tour_fits_window(pin.from_day, terms, horizon_days=scenario.settings.horizon_days):
        return "from_day", f"a tour of {terms.tour_days} days would end after day {terms.until_day}, when the offer closes"
    return "", ""


def pins_leave_units_their_dwell(scenario: Scenario, layer: Layer, findings: Collected) -> None:
    """The tours fixed for an offer need no more units, and no more tours of each, than it has."""
    by_offer: dict[str, list[_PinnedTour]] = defaultdict(list)
    for tour in _pinned_tours(scenario, layer):
        by_offer[tour.offer.offer].append(tour)
    for name, tours in by_offer.items():
        offer, terms = tours[0].offer, tours[0].terms
        busy_on = _Load((tour.pin.from_day, tour.pin.from_day + terms.cycle_days, tour.pin.quantity) for tour in tours)
        made = 0
        for tour in sorted(tours, key=lambda tour: tour.pin.from_day):
            busy = busy_on.at(tour.pin.from_day)
            made += tour.pin.quantity
            told = None
            if busy > offer.quantity:
                what = f"{busy} units of {shown(name)} would be on tour or in dwell on day {tour.pin.from_day}"
                told = f"{what}, but it has {offer.quantity}."
            elif terms.max_tours is not None and made > offer.quantity * terms.max_tours:
                most = offer.quantity * terms.max_tours
                told = f"{made} tours of {shown(name)} are fixed, but its units make {most} at most (max_tours)."
            if told is not None:
                findings.add("pin_units", tour.placed.sheet, told, line=tour.placed.line, column="quantity")


def pins_keep_ceilings(scenario: Scenario, layer: Layer, findings: Collected) -> None:
    """On no day are more people of a nation on tours that are fixed than its ceiling allows."""
    by_nation: dict[str, list[_PinnedTour]] = defaultdict(list)
    for tour in _pinned_tours(scenario, layer):
        by_nation[tour.offer.nation].append(tour)
    for name, tours in by_nation.items():
        nation = scenario.nation_by_name.get(name)
        if nation is None or nation.personnel_ceiling is None:
            continue
        people_on = _Load(
            (tour.pin.from_day, tour.pin.from_day + tour.terms.tour_days, tour.pin.quantity * tour.terms.personnel)
            for tour in tours
        )
        for tour in tours:
            people = people_on.at(tour.pin.from_day)
            if people > nation.personnel_ceiling:
                what = f"{people} people of {shown(name)} would be on tour on day {tour.pin.from_day}"
                told = f"{what}, but its ceiling is {nation.personnel_ceiling}."
                findings.add("pin_ceiling", tour.placed.sheet, told, line=tour.placed.line, column="quantity")


def pins_keep_one_nation(scenario: Scenario, layer: Layer, findings: Collected) -> None:
    """The tours fixed on a line that one nation must hold are of one nation."""
    holder: dict[str, str] = {}
    for tour in _pinned_tours(scenario, layer):
        line = tour.pin.line
        if scenario.requirement_by_line[line].hold != "one_nation":
            continue
        first = holder.setdefault(line, tour.offer.nation)
        if first != tour.offer.nation:
            what = f"{shown(line)} must be held by one nation, and a tour of {shown(first)} is fixed on it already."
            findings.add("pin_one_nation", tour.placed.sheet, what, line=tour.placed.line, column="offer")


@dataclass(frozen=True, slots=True)
class _PinnedTour:
    placed: Placed
    pin: Pin
    offer: Offer
    terms: Readiness


def _pinned_tours(scenario: Scenario, layer: Layer) -> Iterator[_PinnedTour]:
    """Yield each pin whose offer, unit type and line are there, with the offer and its terms."""
    for placed in rows_of(layer, "pins"):
        pin = placed.row
        assert isinstance(pin, Pin)
        offer = scenario.offer_by_name.get(pin.offer)
        if offer is not None and offer.unit_type in scenario.unit_type_by_name and pin.line in scenario.requirement_by_line:
            yield _PinnedTour(placed, pin, offer, readiness(scenario, offer))


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
