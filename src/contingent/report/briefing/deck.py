"""The ten pages of a briefing in their order; a past mission has one more, on what came."""

from datetime import date

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.briefing.judgement import risk_page, sources_page
from contingent.report.briefing.means import cost_page, movement_page, supply_page
from contingent.report.briefing.opening import force_page, headline_page
from contingent.report.briefing.parts import Deck
from contingent.report.briefing.past import history_page
from contingent.report.briefing.people import gaps_page, orbat_page, rotation_page
from contingent.report.history import has_history
from contingent.report.words import option_title, short_date

PAGES = (
    headline_page, force_page, orbat_page, gaps_page, rotation_page,
    movement_page, supply_page, cost_page, risk_page, sources_page,
)  # fmt: skip


def deck_of(scenario: Scenario, plan: Plan, *, dated: date | None = None) -> Deck:
    """Return the briefing of a plan.

    Parameters
    ----------
    scenario : Scenario
        The scenario that was planned, with its offers derived.
    plan : Plan
        A plan of it.
    dated : date, optional
        Date that stands on each page; None = D-day alone.
    """
    start = scenario.settings.start_date
    d_day = f"D-day {short_date(start)}"
    said = d_day if dated is None else f"{short_date(dated)} · {d_day}"
    makers = (*PAGES[:-1], history_page, PAGES[-1]) if has_history(scenario) else PAGES
    pages = tuple(make(scenario, plan) for make in makers)
    return Deck(plan.title, option_title(scenario, plan.option), plan.marking, said, dated or start, pages)
