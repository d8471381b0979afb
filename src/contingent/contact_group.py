"""The contact group on one page: the status of aid, beside the plan of the force where there is one."""

from dataclasses import replace
from time import perf_counter

from contingent.adequacy import equipped_days, measure
from contingent.aid.assess import assess
from contingent.aid.competition import Drawn, competition
from contingent.aid.plan_frames import plan_frames
from contingent.aid.status import AidOptions, AidStatus
from contingent.errors import BadPlan
from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.pipeline import derive
from contingent.plan import Plan


def assess_aid(scenario: Scenario, plan: Plan | None = None, options: AidOptions | None = None) -> AidStatus:
    """Work out whether the host gets what it was promised, and what that means for the force.

    Parameters
    ----------
    scenario : Scenario
        With pledges, deliveries and needs, as far as it has them; with the offers of its pool derived or not.
    plan : Plan, optional
        The force's plan; None = aid alone: the frames ``competition`` and ``adequacy`` are empty.
    options : AidOptions, optional
        Close of the books, horizon, donors who stop.

    Returns
    -------
    AidStatus
        With a plan, ``adequacy`` counts the host's brigades as these options equip them, not as the plan did.

    Raises
    ------
    BadPlan
        If the plan is of another force.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> status = assess_aid(read_scenario("reassurance"))
    >>> status.frames["equipped"]["formation"].to_list()[-1]
    'Illustrative brigade 6'
    """
    if plan is None:
        return assess(scenario, options)
    planned = plan.provenance.get("scenario") == scenario.fingerprint()
    derived = scenario if planned else derive(scenario)
    if faults := faults_of_plan(derived, plan):
        raise BadPlan(plan.title, faults)
    status = assess(derived, options)
    began = perf_counter()
    drawn = Drawn(plan.tours, plan.coverage, plan.sizing, plan.utilisation, plan.option)
    equipped = equipped_days(plan_frames(derived, status)["aid_formations"])
    beside = {
        "competition": competition(derived, status.frames, drawn),
        "adequacy": measure(derived, plan.tours, plan.option, equipped),
    }
    seconds = {**status.seconds, "beside the force": perf_counter() - began}
    return replace(status, frames={**status.frames, **beside}, seconds=seconds)


MOST_NAMED = 4
"""Unit types or places that are named of those that a scenario does not have."""


def faults_of_plan(scenario: Scenario, plan: Plan) -> tuple[Finding, ...]:
    """Return what a plan sends, and where to, that a scenario does not know: it cannot be held against it."""
    known: dict[str, set[str]] = {"unit_type": set(scenario.unit_type_by_name), "location": set(scenario.location_by_name)}
    found = []
    for column, names in known.items():
        unknown = sorted(set(plan.tours[column].drop_nulls().to_list()) - names)
        if unknown:
            what = f"has no {column.replace('_', ' ')} {', '.join(unknown[:MOST_NAMED])}."
            found.append(Finding("tours", f"This is a plan of another force: the scenario {what}", column=column))
    return tuple(found)
