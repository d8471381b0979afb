"""The questions that a ceiling is asked, and how each of their points changes what is given.

A point is a mapping that says what differs from the scenario as it stands. The requirement is that of the scenario throughout:
it is sized once, and only offers, terms and the horizon change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contingent.errors import ContingentError
from contingent.generation.problem import build_problem
from contingent.model.rows import Offer, PoolEntry
from contingent.model.rules import line_until, lines_of_option, readiness, reference_type
from contingent.model.scenario import Scenario
from contingent.pool import derive_offers
from contingent.pool.amounts import whole_units

QUESTIONS = ("base", "fill", "dwell", "years", "nations", "release", "backstop", "surge")
"""Every question, in the order of the frame."""

DWELL_RATIOS = (1, 2, 3, 4, 5)
YEARS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
DAYS_A_YEAR = 365
NATIONS = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50)
RELEASED = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
FILLS = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)
"""Points of each question: dwell ratios laid over all offers; years of the horizon; nations, those first that could keep most
people on task; multiples of what is released; shares of the first priority that must be filled."""

DERIVED = "Derived from the pool:"
"""How the source of an offer begins that was made from the pool."""

Change = dict[str, Any]


class NoBackstop(ContingentError):
    """A question about a backstop that the scenario does not have."""


@dataclass(frozen=True)
class Point:
    """One point of a question's chart.

    Parameters
    ----------
    question, label : str
        The question; what stands at the axis.
    value : float or None
        The same as a number; None where it is a word.
    change : mapping
        What differs from the scenario as it stands; JSON values only.
    """

    question: str
    label: str
    value: float | None
    change: Change


@dataclass(frozen=True)
class Backstop:
    """What backstop nations have and offer: deriving offers takes it out where the settings leave the backstop out."""

    pool: tuple[PoolEntry, ...] = ()
    offers: tuple[Offer, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pool or self.offers)


NO_BACKSTOP = Backstop()
"""Nothing to be added."""


def backstop_of(scenario: Scenario) -> Backstop:
    """Return what the backstop of a scenario has and offers, before anything is derived."""
    nations = {row.nation for row in scenario.nations if row.role == "backstop"}
    pool = tuple(row for row in scenario.pool if row.nation in nations)
    return Backstop(pool, tuple(row for row in scenario.offers if row.nation in nations))


def points_of(
    scenario: Scenario, option: str | None, fill: Mapping[int, float], questions: Sequence[str], *, backstop: bool
) -> list[Point]:
    """Return the points of questions, in the order of `QUESTIONS`.

    Parameters
    ----------
    scenario : Scenario
        With its offers and its requirement derived.
    fill : mapping of int to float
        Share demanded by priority. [-]
    backstop : bool
        Whether there is a backstop that has or offers anything; else the question has no points.

    Raises
    ------
    NoBackstop
        If the backstop alone is asked about, and there is none.
    """
    made: dict[str, Callable[[], list[Point]]] = {
        "base": lambda: [Point("base", "as it stands", None, {})],
        "fill": lambda: _fills(fill),
        "dwell": lambda: [Point("dwell", f"1:{ratio}", float(ratio), {"dwell_ratio": ratio}) for ratio in DWELL_RATIOS],
        "years": lambda: [_years(scenario, years) for years in YEARS],
        "nations": lambda: _nations(scenario, option),
        "release": lambda: [
            Point("release", f"{100 * share:.0f} %", share, {} if share == 1.0 else {"release": share}) for share in RELEASED
        ],
        "backstop": lambda: _backstop(scenario) if backstop else [],
        "surge": lambda: [Point("surge", "all at once", None, {"surge": True})],
    }
    if "backstop" in questions and not backstop and set(questions) <= {"base", "backstop"}:
        raise NoBackstop(
            "No nation of this scenario whose role is backstop has or offers anything. Maybe set role = backstop in "
            "nations.csv, or name the scenario and not its plan: a plan keeps what counted."
        )
    return [point for question in QUESTIONS if question in questions for point in made[question]()]


def _fills(fill: Mapping[int, float]) -> list[Point]:
    """Points at other shares of the first priority; the others keep their distance from it, down to nothing asked."""
    first = min(fill)
    shares = sorted({*FILLS, fill[first]}, reverse=True)
    points = []
    for share in shares:
        others = {priority: round(max(0.0, min(1.0, wanted + share - fill[first])), 6) for priority, wanted in fill.items()}
        change: Change = {} if share == fill[first] else {"fill": {str(priority): wanted for priority, wanted in others.items()}}
        points.append(Point("fill", f"{100 * share:g} %", share, change))
    return points


def _years(scenario: Scenario, years: int) -> Point:
    days = years * DAYS_A_YEAR
    label = "1 year" if years == 1 else f"{years} years"
    return Point("years", label, float(years), {} if days == scenario.settings.horizon_days else {"horizon_days": days})


def _nations(scenario: Scenario, option: str | None) -> list[Point]:
    ordered = nations_in_order(scenario, option)
    counts = [count for count in NATIONS if count < len(ordered)]
    points = [
        Point("nations", "1 nation" if count == 1 else f"{count} nations", float(count), {"nations": ordered[:count]})
        for count in counts
    ]
    return [*points, Point("nations", f"all {len(ordered)}", float(len(ordered)), {})] if ordered else points


def _backstop(scenario: Scenario) -> list[Point]:
    stands = scenario.settings.backstop
    return [
        Point("backstop", label, None, {} if stands == setting else {"backstop": setting})
        for label, setting in (("without the backstop", "left_out"), ("with the backstop", "counts"))
    ]


def nations_in_order(scenario: Scenario, option: str | None) -> list[str]:
    """Return the nations that can serve a line of the option: those first that could keep most people on task without end.

    Of an offer, quantity times strength times the days of a tour that count for the line, over the days of tour and dwell.
    """
    problem = build_problem(scenario.model_copy(update={"pins": ()}), option)
    people = dict.fromkeys(problem.nations, 0.0)
    for k in sorted(set(problem.arc_offer.tolist())):
        term, offer = problem.terms[k], problem.offers[k]
        people[offer.nation] += offer.quantity * term.personnel * term.serving_days / max(1, term.cycle_days)
    order = {nation: place for place, nation in enumerate(problem.nations)}
    return sorted((nation for nation, count in people.items() if count > 0), key=lambda name: (-people[name], order[name]))


def changed(
    scenario: Scenario, option: str | None, change: Mapping[str, Any], backstop: Backstop = NO_BACKSTOP
) -> Scenario:
    """Return the scenario of a point: with its offers derived, without pins.

    Parameters
    ----------
    scenario : Scenario
        With its offers and its requirement derived.
    backstop : Backstop
        What is added where the backstop counts.
    """
    scenario = scenario.model_copy(update={"pins": ()})
    if "release" in change:
        scenario = _released(scenario, float(change["release"]))
    if "backstop" in change:
        scenario = _with_backstop(_bare(scenario), change["backstop"], backstop)
    if "nations" in change:
        chosen = set(change["nations"])
        kept = tuple(offer for offer in scenario.offers if offer.nation in chosen)
        scenario = scenario.model_copy(update={"offers": kept})
    if "dwell_ratio" in change:
        scenario = _with_dwell(scenario, float(change["dwell_ratio"]))
    if "horizon_days" in change:
        settings = scenario.settings.model_copy(update={"horizon_days": int(change["horizon_days"])})
        scenario = scenario.model_copy(update={"settings": settings})
    return _all_at_once(scenario, option) if change.get("surge") else scenario


def _with_backstop(bare: Scenario, setting: str, backstop: Backstop) -> Scenario:
    """Return the scenario with its offers derived under the other setting."""
    entries = {row.key_text() for row in bare.pool}
    offers = {row.offer for row in bare.offers}
    added = {
        "settings": bare.settings.model_copy(update={"backstop": setting}),
        "pool": bare.pool + tuple(row for row in backstop.pool if row.key_text() not in entries),
        "offers": bare.offers + tuple(row for row in backstop.offers if row.offer not in offers and not _is_derived(row)),
    }
    return derive_offers(bare.model_copy(update=added))


def _with_dwell(scenario: Scenario, ratio: float) -> Scenario:
    """Return the scenario with a dwell ratio laid over all offers, but for those that have none: they relieve their own
    people.
    """
    offers = tuple(
        offer.model_copy(update={"dwell_ratio": ratio}) if readiness(scenario, offer).dwell_days > 0 else offer
        for offer in scenario.offers
    )
    return scenario.model_copy(update={"offers": offers})


def _is_derived(offer: Offer) -> bool:
    return offer.offer == f"{offer.nation}-{offer.unit_type}" and (offer.source or "").startswith(DERIVED)


def _bare(scenario: Scenario) -> Scenario:
    """Return the scenario without the offers that were made from its pool."""
    if not scenario.pool:
        return scenario
    typed = tuple(offer for offer in scenario.offers if not _is_derived(offer))
    return scenario.model_copy(update={"offers": typed})


def _released(scenario: Scenario, factor: float) -> Scenario:
    """Return the scenario with other shares of the pool released, none above the whole; offers typed in are scaled by
    themselves.
    """
    bare = _bare(scenario)
    releases = tuple(row.model_copy(update={"share": min(1.0, row.share * factor)}) for row in bare.releases)
    offers = tuple(row.model_copy(update={"quantity": whole_units(row.quantity * factor)}) for row in bare.offers)
    return derive_offers(bare.model_copy(update={"releases": releases, "offers": offers}))


def _all_at_once(scenario: Scenario, option: str | None) -> Scenario:
    """Return one period of the fullest day with every unit ready on its first and nobody relieved: what can be there at once."""
    day, open_lines = fullest_day(scenario, option)
    period = scenario.settings.period_days
    lines = tuple(
        row.model_copy(update={"from_day": 0, "until_day": None})
        for row in lines_of_option(scenario, option)
        if row.line in open_lines
    )
    until = {offer.offer: offer.until_day for offer in scenario.offers}
    offers = tuple(
        offer.model_copy(
            update={
                "available_day": 0, "notice_days": 0, "tour_days": period, "dwell_ratio": 0.0, "handover_days": 0,
                "until_day": None,
            }
        )
        for offer in scenario.offers
        if until[offer.offer] is None or until[offer.offer] > day  # type: ignore[operator]
    )  # fmt: skip
    settings = scenario.settings.model_copy(update={"horizon_days": period})
    return scenario.model_copy(update={"settings": settings, "requirements": lines, "offers": offers})


def fullest_day(scenario: Scenario, option: str | None) -> tuple[int, frozenset[str]]:
    """Return the first of the days on which most people are asked for, and the serials of the lines open on it."""
    lines = lines_of_option(scenario, option)
    spans = [(row, line_until(scenario, row), _people(scenario, row.capability) * row.quantity) for row in lines]
    days = sorted({row.from_day for row, until, _ in spans if row.from_day < until}) or [0]
    fullest = max(days, key=lambda day: sum(people for row, until, people in spans if row.from_day <= day < until))
    return fullest, frozenset(row.line for row, until, _ in spans if row.from_day <= fullest < until)


def strength(scenario: Scenario, option: str | None) -> int:
    """Return the people that an option asks for on its fullest day, each line counted by its capability's reference type.
    [people]
    """
    _, open_lines = fullest_day(scenario, option)
    return sum(
        _people(scenario, row.capability) * row.quantity for row in lines_of_option(scenario, option) if row.line in open_lines
    )


def _people(scenario: Scenario, capability: str) -> int:
    unit_type = reference_type(scenario, capability)
    return 0 if unit_type is None else unit_type.personnel
