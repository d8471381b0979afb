"""What has been said about the force, beside what is computed: verdicts follow from figures, none is written by hand.

    people_mustered     how many can be there at once         ours: the ceiling when everybody goes at once            [people]
    people_sustained    how many can be kept there            ours: the ceiling over the horizon                       [people]
    people_in_all       how many different people go          ours: the claim's force times the rotation base          [people]
    pool_multiple       pool needed for each one on task      ours: the rotation base                                  [-]

The rotation base of an offer is (tour + dwell) / (tour - handover). It is computed twice: by the scenario's default terms, and
over the terms of all offers, weighed by the people that each keeps on task. Over a time too short for anybody to go twice, fewer
are needed: the time over the days that one tour counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.model.chance import Claim
from contingent.model.rules import readiness
from contingent.model.scenario import Scenario
from contingent.plan import frame
from contingent.quantities import dwell_days

ROUNDED = 0.05
"""Published figures are rounded: figures nearer than this, as a share of theirs, are the same. [-]"""

DAYS_A_YEAR = 365
PEOPLE, MULTIPLE = "people", "x"


@dataclass(frozen=True)
class Tempo:
    """The rotation base by default terms, and over all offers.

    Parameters
    ----------
    serving_days, cycle_days : int
        Days of a default tour that count; days from the start of one to the next. [days]
    over_offers : float
        Rotation base over the terms of all offers. [-]
    """

    serving_days: int
    cycle_days: int
    over_offers: float

    @property
    def by_default(self) -> float:
        """Rotation base by default terms. [-]"""
        return self.cycle_days / self.serving_days


def tempo_of(scenario: Scenario) -> Tempo:
    """Return the rotation base of a scenario with its offers derived."""
    terms = scenario.settings.defaults
    cycle = terms.tour_days + dwell_days(terms.tour_days, terms.dwell_ratio)
    offered = sustained = 0.0
    for offer in scenario.offers:
        term = readiness(scenario, offer)
        offered += offer.quantity * term.personnel
        sustained += offer.quantity * term.personnel * term.serving_days / max(1, term.cycle_days)
    serving = terms.tour_days - terms.handover_days
    return Tempo(serving, cycle, offered / sustained if sustained > 0 else cycle / serving)


def claims_frame(scenario: Scenario, option: str | None, ceilings: pl.DataFrame) -> pl.DataFrame:
    """Return the frame ``claims``: each claim of the scenario beside what is computed.

    Parameters
    ----------
    scenario : Scenario
        With its offers derived.
    option : str or None
        The course of action whose composition the ceilings have.
    ceilings : polars.DataFrame
        The frame of that name, with the rows ``base`` and ``surge``; without them people cannot be compared.
    """
    rows = {row["question"]: row for row in ceilings.iter_rows(named=True) if row["question"] in ("base", "surge")}
    years = {row["value"]: row for row in ceilings.iter_rows(named=True) if row["question"] == "years"}
    tempo = tempo_of(scenario)
    return frame("claims", [_row(option, claim, rows, years, tempo) for claim in scenario.claims])


def _row(
    option: str | None, claim: Claim, rows: Mapping[str, Any], years: Mapping[float, Any], tempo: Tempo
) -> dict[str, Any]:
    if claim.measure in ("people_mustered", "people_sustained"):
        surge = claim.measure == "people_mustered"
        found = rows.get("surge") if surge else years.get(claim.years or -1.0, rows.get("base"))
        low, high, how = _people(option, found, surge=surge)
    else:
        low, high, how = _rotation(claim, tempo)
    verdict = verdict_of(claim.low, claim.low if claim.high is None else claim.high, low, high)
    return {
        "claim": claim.claim, "said_by": claim.said_by, "date": claim.date, "statement": claim.statement,
        "measure": claim.measure, "unit": MULTIPLE if claim.measure == "pool_multiple" else PEOPLE, "low": claim.low,
        "high": claim.high, "ours_low": low, "ours_high": high, "verdict": verdict, "why": f"{_theirs(claim)} {how}",
        "source": claim.source, "confidence": claim.confidence,
    }  # fmt: skip


def verdict_of(low: float, high: float, ours_low: float | None, ours_high: float | None) -> str:
    """Return what two intervals say of each other.

    Examples
    --------
    >>> verdict_of(10_000, 25_000, 12_000, 13_000), verdict_of(64_000, 64_000, 12_000, 13_000)
    ('agrees', 'we find less')
    >>> verdict_of(40_000, 40_000, 41_500, 50_000), verdict_of(1, 2, None, None)
    ('agrees', 'cannot be compared')
    """
    if ours_low is None or ours_high is None:
        return "cannot be compared"
    if ours_low > high * (1.0 + ROUNDED):
        return "we find more"
    if ours_high < low * (1.0 - ROUNDED):
        return "we find less"
    return "agrees"


def _theirs(claim: Claim) -> str:
    figure = _figure(claim.low) if claim.high in (None, claim.low) else f"{_figure(claim.low)} to {_figure(claim.high or 0.0)}"
    if claim.measure == "pool_multiple":
        return f"Theirs: {figure} for each one on task."
    force = "" if claim.force is None else f" for a force of {_figure(claim.force)}"
    span = "" if claim.years is None else f" over {_figure(claim.years)} year{'' if claim.years == 1 else 's'}"
    return f"Theirs: {figure} people{force}{span}."


def _people(option: str | None, found: Mapping[str, Any] | None, *, surge: bool) -> tuple[float | None, float | None, str]:
    if found is None:
        return None, None, "The ceiling that it would be held against was not worked out."
    low, high = found["people_held"], found["people_bound"]
    named = "the requirement" if option is None else f"the option {option}"
    when = "at once, nobody kept back for relief" if surge else "for the whole time"
    binds = "" if found["binds_name"] is None else f"; what fails first is {within_a_sentence(found['binds_name'])}"
    if low <= 0:
        share = f"{100 * found['fill']:.0f} %"
        return low, high, f"Ours: with the composition of {named}, no part is held {when} with {share} filled{binds}."
    most = "" if high is None else f", and no plan holds more than {_figure(high)}"
    text = (
        f"Ours: with the composition of {named}, {found['held']:.2f} times its strength, {_figure(low)} people, are held "
        f"{when} with {100 * found['fill']:.0f} % of the first priority filled{most}{binds}."
    )
    return low, high, text


def _rotation(claim: Claim, tempo: Tempo) -> tuple[float | None, float | None, str]:
    multiples = [tempo.by_default, tempo.over_offers]
    how = (
        f"a unit counts for {tempo.serving_days} days of its tour and goes again after {tempo.cycle_days}, "
        f"so that {tempo.by_default:.2f} are needed for each one on task by default terms, "
        f"{tempo.over_offers:.2f} by the terms of all offers"
    )
    if claim.measure == "pool_multiple":
        return min(multiples), max(multiples), f"Ours: {how}."
    if claim.force is None:
        return None, None, "It does not say for how large a force."
    once = None if claim.years is None else claim.years * DAYS_A_YEAR / tempo.serving_days
    needed = [multiple if once is None else max(1.0, min(multiple, once)) for multiple in multiples]
    low, high = claim.force * min(needed), claim.force * max(needed)
    if once is not None:
        how += f"; were nobody to go twice in that time, {once:.2f} would be"
    span = _figure(low) if _figure(low) == _figure(high) else f"{_figure(low)} to {_figure(high)}"
    return low, high, f"Ours: {span}: {how}."


def within_a_sentence(name: str) -> str:
    """Return a name as it stands within a sentence: abbreviations keep their capitals.

    >>> within_a_sentence("Mechanised battlegroup"), within_a_sentence("ISR aircraft")
    ('mechanised battlegroup', 'ISR aircraft')
    """
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _figure(value: float) -> str:
    """Return a figure as a sentence has it.

    >>> _figure(64000), _figure(2.0), _figure(2.5)
    ('64\u202f000', '2', '2.5')
    """
    if value >= 1000:
        rounded = round(value, -2) if value >= 10_000 else round(value, -1)
        return f"{rounded:,.0f}".replace(",", "\u202f")
    return f"{value:g}"
