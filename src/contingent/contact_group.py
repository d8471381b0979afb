"""The contact group on one page: the status of aid, beside the plan of the force where there is one."""

from dataclasses import replace
from time import perf_counter

from contingent.adequacy import equipped_days, measure
from contingent.aid.assess import assess
from contingent.aid.competition import Drawn, competition
from contingent.aid.plan_frames import plan_frames
from contingent.aid.status import AidOptions, AidStatus
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
