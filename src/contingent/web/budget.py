"""Budget in, force out for pages and programs: the question as a viewer may ask it, answered from the plan that is looked at.

Whoever sees everything asks for the coalition's total or for any nation's own bill; a delegate for its own nation's alone, which
is all that it sees of costs; an observer for none. Prices of posts are worked out once for a plan, year and nation.
"""

import dataclasses
import math
from dataclasses import dataclass

from contingent.cost.afford import Affordable, Priced, priced, with_afford, within, years_of
from contingent.cost.prices import prices_of_tours
from contingent.errors import ContingentError
from contingent.plan import Plan
from contingent.store import StoredPlan
from contingent.web.view import View

MILLION = 1e6

STEP_SECONDS = 0.5
"""Longest time for one step of a choice, some fifteen in all; for hundreds of posts each takes a hundredth of it. [s]"""

UNTOLD = "The costs of this plan are not those that follow from its tours and rates, so nothing can be held against a budget."
"""What is said where prices cannot be worked out: why would tell of costs that not everybody sees."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a budget.

    Parameters
    ----------
    budget : float or None
        What there is; None = only the order in which posts come. [currency]
    year : int or None
        Calendar year; None = the whole mission.
    nation : str or None
        Whose own bill; None = the coalition's total.
    """

    budget: float | None
    year: int | None
    nation: str | None


def may_ask(view: View, nation: str | None) -> bool:
    """Whether a viewer may ask about a nation's own bill, or about the coalition's total."""
    return view.viewer.sees_all or (nation is not None and view.viewer.owns(nation))


def millions_of(text: str) -> float | None:
    """Return a sum of money that was written in millions; None where it is none.

    >>> millions_of("1250.5"), millions_of(""), millions_of("-3"), millions_of("nan")
    (1250500000.0, None, None, None)
    """
    try:
        value = float(text.replace("\u202f", "").replace(" ", ""))
    except ValueError:
        return None
    return value * MILLION if math.isfinite(value) and value >= 0 else None


def answer_to(view: View, stored: StoredPlan, asked: Asked) -> Affordable:
    """Return what can be held of a plan, as far as the viewer may ask.

    Raises
    ------
    BadInput
        If the question makes no sense.
    """
    origin, since = view.origin_of(stored)
    assert origin is not None
    assert may_ask(view, asked.nation)
    key, scenario = (stored.id, asked.year, asked.nation), origin

    def with_prices() -> Priced:
        of_tours = view.shelf.get(("tour prices", stored.id), lambda: prices_of_tours(scenario, stored.plan), version=since)
        return priced(scenario, stored.plan, year=asked.year, nation=asked.nation, of_tours=of_tours)

    def held() -> Affordable:
        return within(scenario, found, asked.budget, seconds=STEP_SECONDS)

    found = view.shelf.get(("budget prices", *key), with_prices, version=since)
    return view.shelf.get(("budget", *key, asked.budget), held, version=since)


def plan_within(view: View, asked: Asked) -> tuple[Plan, Affordable] | str:
    """Return the plan as it is seen, with the frames of a budget; or why there are none."""
    assert view.stored is not None
    assert view.plan is not None
    try:
        found = answer_to(view, view.stored, asked)
    except ContingentError as error:
        return str(error) if view.viewer.sees_all and not hasattr(error, "findings") else UNTOLD
    return with_afford(dataclasses.replace(view.plan), found), found


def years_asked(view: View) -> list[int]:
    """Return the calendar years that may be asked about."""
    assert view.stored is not None
    scenario, _ = view.origin_of(view.stored)
    return [] if scenario is None else list(years_of(scenario))
