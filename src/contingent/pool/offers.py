"""Offers made from the pool: one row of offers.csv for each nation and unit type that it could release.

A row that the scenario's own offers.csv already has under the same key (``GBR-mechanised_battlegroup``) is left as it
is: what a nation has said goes before what is derived for it.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.model.columns import LONGEST_NAME, LOWEST_FIRST, MOST_UNITS, Confidence
from contingent.model.rows import Offer, Term
from contingent.model.scenario import Scenario
from contingent.model.scope import Kind, most_specific_first
from contingent.pool.amounts import Amount, amounts

ENTRIES_NAMED = 3
"""Most pool entries that the source of an offer names; the others are counted."""


class Caveats(TypedDict):
    """The two lists of what a nation rules out, as columns of an offer."""

    excluded_locations: tuple[str, ...]
    excluded_tasks: tuple[str, ...]


def derive_offers(scenario: Scenario) -> Scenario:
    """Return the scenario with offers derived from its pool beside those that it has.

    Parameters
    ----------
    scenario : Scenario
        With any of the tables pool, yields, releases, terms, commitments. Without a pool it is returned as it is.

    Returns
    -------
    Scenario
        The same scenario; offers.csv has, after its own rows, one row for each nation and unit type of which at least
        one whole unit could be released. Deriving twice changes nothing. Where the settings leave the backstop out, its
        nations have no offers in it; what they have stays in the pool, so that they can be counted in later.

    Raises
    ------
    BadScenario
        If an offer would be derived that no plan could read: too many units, too long a name, a handover as long as its tour.

    Notes
    -----
    How many, see `contingent.pool.amounts`; on which terms, see `terms_of` and `caveats_of`. The confidence of a derived
    offer is the lowest of the pool entries, yields and the release that its quantity rests on.
    """
    scenario, pool = _without_backstop(scenario), scenario.pool
    taken = {offer.offer for offer in scenario.offers}
    wanted = [amount for amount in amounts(scenario) if amount.offered > 0 and offer_key(amount.kind) not in taken]
    if findings := [finding for amount in wanted for finding in faults_of(scenario, amount)]:
        raise BadScenario(scenario.settings.title, findings)
    added = tuple(offer_from(scenario, amount) for amount in wanted)
    return scenario.model_copy(update={"offers": scenario.offers + added, "pool": pool})


def _without_backstop(scenario: Scenario) -> Scenario:
    """Return the scenario without what backstop nations have and offer, where its settings leave them out."""
    if scenario.settings.backstop == "counts":
        return scenario
    out = {row.nation for row in scenario.nations if row.role == "backstop"}
    left = {table: tuple(row for row in scenario.rows(table) if row.nation not in out) for table in ("offers", "pool")}  # type: ignore[attr-defined]
    pins = tuple(row for row in scenario.pins if not _is_of(row.offer, scenario, out))
    return scenario.model_copy(update={**left, "pins": pins}) if out else scenario


def _is_of(offer: str, scenario: Scenario, nations: set[str]) -> bool:
    """Whether an offer is of one of some nations: written, or as its name would be if the pool made it."""
    written = scenario.offer_by_name.get(offer)
    return written.nation in nations if written is not None else is_named_for(offer, nations)


def offer_key(kind: Kind) -> str:
    """Return the key of the offer that is derived for a nation and unit type."""
    return f"{kind.nation}-{kind.unit_type}"


def is_named_for(offer: str, nations: Iterable[str]) -> bool:
    """Whether an offer has a name as `offer_key` gives it to one of some nations.

    >>> is_named_for("FRA-battlegroup", ["FRA"]), is_named_for("FRA-battlegroup", ["FR", "USA"])
    (True, False)
    """
    return any(offer.startswith(f"{nation}-") for nation in nations)


def faults_of(scenario: Scenario, amount: Amount) -> Iterator[Finding]:
    """Yield what keeps an offer from being derived. Each table was in order by itself; together they ask too much."""
    name, rule = offer_key(amount.kind), amount.parts[0].rule
    if amount.offered > MOST_UNITS:
        yield Finding(
            "yields.csv",
            f"{amount.offered:,} units of '{name}' would be offered; at most {MOST_UNITS:,} are taken.",
            column="quantity",
            maybe=f"look at the row '{rule.key_text()}', and at quantity and platforms in pool.csv",
        )
    if len(name) > LONGEST_NAME:
        what = f"the name of the offer, '{name[:60]}...', is {len(name)} characters long; at most {LONGEST_NAME} are taken."
        yield Finding("unit_types.csv", what, column="unit_type", maybe="choose shorter names for the nation or the unit type")
    terms = terms_of(most_specific_first(scenario.terms, amount.kind))
    tour, handover = terms.get("tour_days", scenario.settings.defaults.tour_days), terms.get("handover_days", 0)
    if handover >= tour:
        yield Finding(
            "terms.csv",
            f"'{name}' would have a handover of {handover} days in a tour of {tour}: no unit would ever be relieved.",
            column="handover_days",
            maybe="give the more specific row its own handover_days",
        )


def offer_from(scenario: Scenario, amount: Amount) -> Offer:
    """Return the offer of one nation and unit type."""
    terms = most_specific_first(scenario.terms, amount.kind)
    largest = max(amount.parts, key=lambda part: part.units)
    return Offer(
        offer=offer_key(amount.kind),
        nation=amount.kind.nation,
        unit_type=amount.kind.unit_type,
        quantity=amount.offered,
        **terms_of(terms),
        **caveats_of(terms),
        home=largest.entry.home,
        source=how_it_came_about(amount),
        confidence=lowest_confidence(amount),
    )


def terms_of(terms: list[Term]) -> dict[str, Any]:
    """Return the terms that hold, as columns of an offer: of the rows that say something, the most specific one.

    Each column is looked up by itself, so a row for a nation's tour leaves the general row's notice standing. Columns of
    which no row speaks are left to the offer's own defaults.
    """
    columns = ("available_day", "until_day", "notice_days", "tour_days", "dwell_ratio", "handover_days", "probability")
    said = ((name, next((value for row in terms if (value := getattr(row, name)) is not None), None)) for name in columns)
    return {name: value for name, value in said if value is not None}


def caveats_of(terms: list[Term]) -> Caveats:
    """Return the caveats of all rows that fit, together: a general row's caveat is not lifted by a special one."""
    return {
        "excluded_locations": tuple(sorted({place for row in terms for place in row.excluded_locations})),
        "excluded_tasks": tuple(sorted({task for row in terms for task in row.excluded_tasks})),
    }


def lowest_confidence(amount: Amount) -> Confidence | None:
    """Return the lowest confidence of what the quantity rests on; None where no row says any."""
    rests_on = [part.entry.confidence for part in amount.parts] + [part.rule.confidence for part in amount.parts]
    if amount.release is not None:
        rests_on.append(amount.release.confidence)
    return next((confidence for confidence in LOWEST_FIRST if confidence in rests_on), None)


def how_it_came_about(amount: Amount) -> str:
    """Return in words how the quantity was found: entries, yields, share, what is tied elsewhere, rounding."""
    names = list(dict.fromkeys(part.entry.entry for part in amount.parts))
    listed = ", ".join(names[:ENTRIES_NAMED])
    if len(names) > ENTRIES_NAMED:
        listed += f" and {len(names) - ENTRIES_NAMED} more"
    released_by = "nothing released" if amount.release is None else f"share {amount.share:g} (release {amount.release.release})"
    sentence = f"Derived from the pool: {listed} give {amount.yielded:.4g}; {released_by}"
    if amount.committed_people:
        sentence += (
            f"; {amount.committed_people:.0f} people elsewhere of {amount.released_people:.0f} released in the domain"
            f" leave {amount.left:.0%}"
        )
    return f"{sentence}; {amount.yielded * amount.share * amount.left:.3g} rounded to {amount.offered}."
