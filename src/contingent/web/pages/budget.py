"""Budget in, force out on the page of cost: a slider, a field and a year, and what is held for them."""

from typing import Any

from contingent.model.scenario import Scenario
from contingent.report.chart_parts import round_ticks
from contingent.report.html.affording import affording
from contingent.web.budget import MILLION, Asked, may_ask, millions_of, plan_within, years_asked
from contingent.web.returning import is_whole
from contingent.web.view import View

Row = dict[str, Any]

STEPS = 200
"""About so many steps has the slider; each is a round number of millions."""


def budget_of(view: View, *, budget: str, year: str, nation: str) -> Row | None:
    """Return what the part of the page is filled with; None where the viewer sees no costs to ask about.

    Parameters
    ----------
    budget, year : str
        As the address has them: millions, and a calendar year; blank = none.
    nation : str
        Whose costs the page shows; blank = everybody's.
    """
    whose = (nation or None) if view.viewer.sees_all else view.viewer.nation
    if not may_ask(view, whose):
        return None
    years = years_asked(view)
    chosen = int(year) if is_whole(year) and int(year) in years else None
    money = millions_of(budget)
    found = view.kept_of_plan(
        "budget shown", lambda planned, _: _shown(view, planned, Asked(money, chosen, whose)), money, chosen, whose)
    wrong = f"“{budget}” is not a sum of money: write it in millions, as 1500." if budget.strip() and money is None else None
    return found | {"wrong": wrong, "years": years, "year": chosen, "whose": whose}


def _shown(view: View, planned: Scenario, asked: Asked) -> Row:
    made = plan_within(view, asked)
    if isinstance(made, str):
        return {"why_not": made, "held": None}
    plan, found = made
    step = step_of(found.whole.value / MILLION)
    most = -(-found.whole.value / MILLION // step) * step
    return {
        "why_not": None if found.budget_posts.height else "Nothing of this plan has a price here.",
        "held": affording(planned, plan) if found.budget_posts.height else None,
        "step": figure(step), "most": figure(most),
        "at": figure(found.budget / MILLION) if found.budget is not None else "",
        "slider": figure(min(found.budget / MILLION if found.budget is not None else most, most)),
    }  # fmt: skip


def step_of(most: float) -> float:
    """Return a round step for a slider up to `most`.

    >>> step_of(46077.3), step_of(12.0)
    (200, 0.05)
    """
    ticks = round_ticks(max(most, 1e-3), most=STEPS * 2)
    return ticks[1] if len(ticks) > 1 else max(most, 1e-3)


def figure(value: float) -> str:
    """Return a number as a field of a form has it.

    >>> figure(2000.0), figure(0.05)
    ('2000', '0.05')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")
