"""What a scenario's rows mean together: terms and caveats of offers, places within places, who stands for a capability.

Stages plan by these, `verify` holds plans against them, and outputs count by them.
"""

from collections.abc import Iterator, Mapping

from contingent.model.rows import Offer, Requirement, UnitType
from contingent.model.scenario import Readiness, Scenario
from contingent.quantities import dwell_days

SUPPORT_METHODS = ("logistics",)
"""Methods of sizing whose lines stand under the support command."""


def readiness(scenario: Scenario, offer: Offer) -> Readiness:
    """Return the offer's terms with blanks filled from its unit type and the scenario's defaults.

    A unit is ready at ``available_day + notice_days``. A tour must lie before ``until_day`` as far as the horizon
    reaches: an offer that lasts to the horizon may have a tour that runs beyond it.
    """
    defaults = scenario.settings.defaults
    tour = offer.tour_days if offer.tour_days is not None else defaults.tour_days
    ratio = offer.dwell_ratio if offer.dwell_ratio is not None else defaults.dwell_ratio
    handover = offer.handover_days if offer.handover_days is not None else min(defaults.handover_days, tour - 1)
    until = offer.until_day if offer.until_day is not None else scenario.settings.horizon_days
    personnel = offer.personnel if offer.personnel is not None else scenario.unit_type_by_name[offer.unit_type].personnel
    return Readiness(
        ready_day=offer.available_day + offer.notice_days,
        until_day=until,
        tour_days=tour,
        dwell_days=dwell_days(tour, ratio),
        handover_days=handover,
        personnel=personnel,
        max_tours=offer.max_tours,
    )


def line_until(scenario: Scenario, line: Requirement) -> int:
    """Return the day on which the line's need ends within the horizon. [days from D-day]"""
    horizon = scenario.settings.horizon_days
    return horizon if line.until_day is None else min(line.until_day, horizon)


def tour_fits_window(from_day: int, terms: Readiness, *, horizon_days: int) -> bool:
    """Whether a tour that begins on `from_day` lies inside the offer's window, as far as the horizon reaches."""
    return from_day >= terms.ready_day and min(from_day + terms.tour_days, horizon_days) <= terms.until_day


def places_of(scenario: Scenario, location: str | None) -> frozenset[str]:
    """Return every name by which a caveat can rule a location out: itself, the places it lies within, its country."""
    upwards = list(places_upwards(scenario, location))
    rows = (scenario.location_by_name.get(place) for place in upwards)
    return frozenset([*upwards, *(row.country for row in rows if row is not None and row.country is not None)])


def places_upwards(scenario: Scenario, location: str | None) -> Iterator[str]:
    """Yield a place and the places it lies within, upwards."""
    passed: set[str] = set()
    while location is not None and location not in passed:
        passed.add(location)
        yield location
        row = scenario.location_by_name.get(location)
        location = row.within if row is not None else None


def circles(above: Mapping[str, str | None]) -> Iterator[tuple[str, ...]]:
    """Yield each circle of names that lie within, or stand under, one another; its first name again at its end.

    Parameters
    ----------
    above : mapping of str to str or None
        What each name lies within or stands under; a name that is no key ends the way up.

    Examples
    --------
    >>> list(circles({"a": "b", "b": "a", "c": "a", "d": None}))
    [('a', 'b', 'a')]
    """
    settled: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in above and at not in settled and at not in path:
            path[at] = None
            at = above[at]
        if at is not None and at in path:
            yield (*list(path)[list(path).index(at) :], at)
        settled.update(path)


def reference_type(scenario: Scenario, capability: str) -> UnitType | None:
    """Return the unit type that stands for a capability and by whose strength it is counted; None where no type gives it.

    It is the most effective one, of equals the first in capabilities.csv.
    """
    rows = [row for row in scenario.capabilities if row.capability == capability and row.unit_type in scenario.unit_type_by_name]
    best = max(rows, key=lambda row: row.effectiveness, default=None)
    return None if best is None else scenario.unit_type_by_name[best.unit_type]


COMPONENTS = ("land", "air", "maritime", "support")
"""What `component_of` says, in the order of tables and charts."""


def component_of(domain: str, method: str | None) -> str:
    """Return the component that a line counts under: what logistics asks for is support, joint units count as land."""
    return "support" if method in SUPPORT_METHODS else domain if domain in ("air", "maritime") else "land"


def caveat_against(scenario: Scenario, offer: Offer, line: Requirement) -> str | None:
    """Return the caveat that keeps the offer from the line, as the offer names it, or None.

    Returns
    -------
    str or None
        The excluded place or task.
    """
    if line.task is not None and line.task in offer.excluded_tasks:
        return line.task
    ruled_out = places_of(scenario, line.location).intersection(offer.excluded_locations)
    return min(ruled_out) if ruled_out else None


def lines_of_option(scenario: Scenario, option: str | None) -> tuple[Requirement, ...]:
    """Return the requirement lines of an option; all lines when `option` is None."""
    if option is None:
        return scenario.requirements
    return tuple(row for row in scenario.requirements if not row.option or option in row.option)


def tour_may_begin(scenario: Scenario, line: Requirement, day: int) -> bool:
    """Whether a tour on the line may begin on `day`: first day of a period, or the day the line opens, in its window."""
    opens_today = day == line.from_day
    return line.from_day <= day < line_until(scenario, line) and (opens_today or day % scenario.settings.period_days == 0)


def fair_weights(scenario: Scenario) -> dict[str, float]:
    """Return each nation's share of the burden judged fair; the shares add up to 1.

    A nation's ``weight`` counts where any nation has one; else defence spending, else people in uniform, else all alike. A
    nation that lacks the figure gets none of the burden laid on it (share 0) and is left out of the balance; so is a backstop
    that the settings leave out.
    """
    contributors = {row.nation for row in scenario.contributors}
    others = {row.nation: 0.0 for row in scenario.nations if row.nation not in contributors}
    for column in ("weight", "defence_spending", "active_personnel"):
        raw = {row.nation: getattr(row, column) for row in scenario.contributors}
        if any(raw.values()):
            total = sum(value for value in raw.values() if value)
            return {nation: (value or 0.0) / total for nation, value in raw.items()} | others
    alike = 1.0 / max(1, len(scenario.contributors))
    return {row.nation: alike for row in scenario.contributors} | others
