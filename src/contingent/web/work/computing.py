"""What each kind of job does: it reads the conference, calls public functions of the planner, and says what came of it.

A result that is a plan goes into the archive of plans. One that adds to a plan (what would close its gaps, what becomes of it
under chance or stress) goes there too while that plan is still the newest; of an older one, and of what was only tried, the
packed plan stays with the job, so that no page takes it for the plan.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from contingent.errors import BadScenario, ContingentError
from contingent.io.packing import packed_folder
from contingent.model.scenario import Scenario
from contingent.pipeline import checked_options, derive, make_plan, remedies, simulate, with_risk
from contingent.plan import Plan, SoFar
from contingent.plan.plan import PlanOptions
from contingent.plan.so_far import Watch
from contingent.store import Actor, Conference, Job, State, StoredPlan
from contingent.store.plans import packed, unpacked
from contingent.web.work.kinds import USUAL_WATCHERS
from contingent.web.work.proof import verified
from contingent.web.work.trying import edits_from

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def nobody(_: SoFar) -> bool:
    """Watch nothing, and have it go on."""
    return True



class NothingToDo(ContingentError):
    """A job that lacks what it is about: a plan, incidents."""


@dataclass(frozen=True)
class Task:
    """A job with what it is about.

    Parameters
    ----------
    conference : Conference
        The door to the database.
    job : Job
        What was asked for.
    progress : callable
        Told how much is done, and of how much.
    watch : callable
        Told what the best plan so far reaches; where it answers False, that is enough.
    """

    conference: Conference
    job: Job
    progress: Progress
    watch: Watch = nobody

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What was asked for in particular."""
        return self.job.arguments

    @property
    def actor(self) -> Actor:
        """Who asked."""
        role = self.arguments.get("role", "planner")
        return Actor(self.job.asked_by, role, self.arguments.get("nation"), self.job.account)


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Parameters
    ----------
    result : mapping
        In short; goes to pages as JSON.
    archive : bytes or None
        Files, packed.
    """

    result: Mapping[str, Any]
    archive: bytes | None = None


def compute(task: Task) -> Outcome:
    """Do a job.

    Raises
    ------
    ContingentError
        If it comes to nothing; the message says why.
    """
    work = COMPUTED.get(task.job.kind)
    if work is None:
        raise NothingToDo(f"'{task.job.kind}' is no kind of job.")
    return work(task)


def told_so_far(so_far: SoFar) -> dict[str, Any]:
    """Return what the best plan so far reaches as a job tells of it, by priority. [-], [s]"""
    by_priority = [
        {"priority": priority, "filled": round(so_far.fill_of(priority), 5), "most": round(so_far.most_of(priority), 5)}
        for priority in so_far.required
    ]
    return {
        "step": so_far.step, "seconds": round(so_far.seconds, 1), "keeps_ceilings": so_far.keeps_ceilings,
        "priorities": by_priority,
    }  # fmt: skip


def scenario_of(state: State) -> Scenario:
    """Return the scenario of a conference.

    Raises
    ------
    BadScenario
        If its tables make none.
    """
    if state.scenario is None:
        raise BadScenario("the conference", state.findings)
    return state.scenario


def options_from(scenario: Scenario, arguments: Mapping[str, Any]) -> PlanOptions:
    """Return how to plan, as a job's arguments say."""
    limit = arguments.get("time_limit")
    limit = None if limit is None else float(limit)
    asked = PlanOptions(option=arguments.get("option") or None, time_limit=limit, seed=int(arguments.get("seed", 0)))
    return checked_options(scenario, asked)


def _plan(task: Task) -> Outcome:
    made = next((plan for plan in task.conference.plans(limit=20) if plan.job == task.job.id), None)
    if made is not None:  # an earlier worker died between storing it and saying so
        kept = made.scenario
        return Outcome(_told_plan(made) | (verified(kept, made.plan) if kept is not None else {}))
    state = task.conference.state()
    scenario = scenario_of(state)
    plan = make_plan(scenario, replace(options_from(scenario, task.arguments), watch=task.watch))
    whole = derive(scenario)
    number = task.conference.add_plan(task.actor, plan, state.seq, scenario=whole, job=task.job.id)
    told = {"plan": number, "fill": plan.fill, "option": plan.option, "of_seq": state.seq}
    return Outcome(told | _ended_early(plan) | verified(whole, plan))


def _ended_early(plan: Plan) -> dict[str, Any]:
    return {"ended_early": True} if plan.provenance.get("ended_early") else {}


def _told_plan(made: StoredPlan) -> dict[str, Any]:
    return {"plan": made.id, "fill": made.fill, "option": made.option, "of_seq": made.of_seq}


def _what_if(task: Task) -> Outcome:
    scenario = scenario_of(task.conference.tried(edits_from(task.arguments)))
    plan = make_plan(scenario, replace(options_from(scenario, task.arguments), remedies=False, watch=task.watch))
    told = {"fill": plan.fill, "option": plan.option, "against": task.arguments.get("against")} | _ended_early(plan)
    return Outcome(told, packed(plan, derive(scenario)))


def planned(task: Task) -> tuple[StoredPlan, Plan, Scenario]:
    """Return the plan that a job is about, or the newest, with the scenario that was planned.

    Raises
    ------
    NothingToDo
        If there is none.
    """
    number = task.arguments.get("plan")
    stored = task.conference.latest_plan() if number is None else task.conference.stored_plan(int(number))
    if stored is None:
        raise NothingToDo("There is no plan yet. Maybe plan first.")
    scenario = stored.scenario
    return stored, stored.plan, scenario if scenario is not None else derive(scenario_of(task.conference.state()))


def tried_plan(task: Task, number: int) -> tuple[Plan, Scenario]:
    """Return the plan of a what-if, with the scenario that was planned.

    Raises
    ------
    NothingToDo
        If there is no such what-if, or its plan is kept no longer.
    """
    archive = task.conference.job_archive(number) if task.conference.job(number).kind == "what_if" else None
    if archive is None:
        raise NothingToDo(f"Of what-if {number} there is no plan. Maybe try it again.")
    plan, scenario = unpacked(archive)
    return plan, scenario if scenario is not None else derive(scenario_of(task.conference.state()))


def about(task: Task) -> tuple[StoredPlan | None, Plan, Scenario]:
    """Return the plan that a job is about: of the archive, or of a what-if, which then is None in the archive."""
    number = task.arguments.get("what_if")
    return planned(task) if number is None else (None, *tried_plan(task, int(number)))


def _with(task: Task, stored: StoredPlan | None, plan: Plan, scenario: Scenario) -> Outcome:
    """Keep a plan with more frames in place of the one it came from; what came of a what-if stays with the job."""
    if stored is None:
        return Outcome({"of_what_if": task.arguments["what_if"]}, packed(plan, scenario))
    newest = task.conference.latest_plan()
    if newest is None or newest.id != stored.id:
        return Outcome({"of": stored.id}, packed(plan, scenario))
    number = task.conference.add_plan(task.actor, plan, stored.of_seq, scenario=scenario, job=task.job.id)
    return Outcome({"plan": number, "of": stored.id} | verified(scenario, plan))


def _verify(task: Task) -> Outcome:
    stored, plan, scenario = planned(task)
    return Outcome({"of": stored.id} | verified(scenario, plan))


def _remedies(task: Task) -> Outcome:
    stored, plan, scenario = planned(task)
    found = remedies(scenario, PlanOptions(option=plan.option), plan=plan)
    return _with(task, stored, replace(plan, remedies=found.remedies, worth=found.worth), scenario)


def _simulate(task: Task) -> Outcome:
    from contingent.simulation import SimulationOptions

    stored, plan, scenario = about(task)
    times, seed = int(task.arguments.get("replications", 1000)), int(task.arguments.get("seed", 0))
    risk = simulate(scenario, plan, SimulationOptions(replications=times, seed=seed, progress=task.progress))
    return _with(task, stored, with_risk(plan, risk), scenario)


def _stress(task: Task) -> Outcome:
    from contingent.stress import StressOptions, stress

    stored, plan, scenario = about(task)
    found = stress(scenario, plan, StressOptions(seed=int(task.arguments.get("seed", 0)), progress=task.progress))
    seconds = {**plan.seconds, "stress": sum(found.seconds.values())}
    kept = _with(task, stored, replace(plan, **found.frames, seconds=seconds), scenario)  # type: ignore[arg-type]
    return Outcome({**kept.result, "sentences": list(found.sentences)}, kept.archive)


def _ceiling(task: Task) -> Outcome:
    from contingent.ceiling import CeilingOptions, find_ceiling

    stored, plan, scenario = planned(task)
    found = find_ceiling(scenario, CeilingOptions(option=plan.option, progress=task.progress))
    return _with(task, stored, replace(plan, ceilings=found.ceilings, claims=found.claims), scenario)


def _situation(task: Task) -> Outcome:
    from contingent.report import write_situation
    from contingent.situation import MonitorOptions, monitor

    rows = [incident.cells for incident in task.conference.incidents()]
    if not rows:
        raise NothingToDo("No incident was reported yet.")
    scenario, newest = derive(scenario_of(task.conference.state())), task.conference.latest_plan()
    with tempfile.TemporaryDirectory(prefix="situation-") as work:
        file = Path(work) / "incidents.csv"
        names = list(dict.fromkeys(name for cells in rows for name in cells))
        pl.DataFrame({name: [cells.get(name, "") for cells in rows] for name in names}).write_csv(file)
        until = task.arguments.get("until")
        found = monitor(
            scenario, file, plan=None if newest is None else newest.plan, until=date.fromisoformat(until) if until else None,
            options=MonitorOptions(weekly=bool(task.arguments.get("weekly"))),
        )  # fmt: skip
        folder = Path(work) / "situation"
        write_situation(scenario, found, folder)
        return Outcome({"sentences": list(found.sentences)}, packed_folder(folder))


def _aid(task: Task) -> Outcome:
    from contingent.aid.status import AidOptions
    from contingent.contact_group import assess_aid, faults_of_plan
    from contingent.report.aid.sentences import aid_sentences
    from contingent.report.aid.write import write_aid
    from contingent.report.html.aid import competition_of, key_numbers

    scenario, stored = derive(scenario_of(task.conference.state())), task.conference.latest_plan()
    if not (scenario.pledges or scenario.deliveries or scenario.needs):
        raise NothingToDo("Nothing was promised yet, and no need is written.")
    plan = stored.plan if stored is not None and not faults_of_plan(scenario, stored.plan) else None
    stopped = tuple(task.arguments.get("stop", ()))
    found = assess_aid(scenario, plan, AidOptions(stopped=stopped))
    told = {
        "stop": list(stopped), "as_of": found.as_of.isoformat(), "of": stored.id if plan is not None and stored else None,
        "sentences": aid_sentences(scenario, found, competition_of(found, plan)),
        "figures": [{**row, "name": str(row["name"])} for row in key_numbers(scenario, found)],
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="aid-") as work:
        folder = Path(work) / "aid"
        write_aid(scenario, found, folder, plan=plan, pdf=False)
        return Outcome(told, packed_folder(folder))


def _observe(task: Task) -> Outcome:
    from contingent.monitoring.observation import DesignOptions, design
    from contingent.monitoring.observation.hours import watched_by_hour, who_looks

    scenario = derive(scenario_of(task.conference.state()))
    options = DesignOptions(people=float(task.arguments.get("people", USUAL_WATCHERS)), marginal=0)
    found = design(scenario, options)
    looks = who_looks(scenario, found, day_share=options.day_share)
    hours = watched_by_hour(found.coverage, looks, day_share=options.day_share, clear_share=options.clear_share)
    told = {name: getattr(found, name) for name in ("value", "bound", "status", "people", "money", "twice", "line_km")}
    told |= {"most_people": options.people, "day_share": options.day_share, "clear_share": options.clear_share}
    told |= {"assumptions": list(found.assumptions)}
    with tempfile.TemporaryDirectory(prefix="observe-") as work:
        frames = {"observation": found.observation, "coverage": found.coverage, "looks": looks, "hours": hours}
        for name, table in frames.items():
            table.write_csv(Path(work) / f"{name}.csv")
        return Outcome(told, packed_folder(Path(work)))


COMPUTED: Mapping[str, Callable[[Task], Outcome]] = {
    "plan": _plan, "verify": _verify, "what_if": _what_if, "remedies": _remedies, "simulate": _simulate, "stress": _stress,
    "ceiling": _ceiling, "situation": _situation, "aid": _aid, "observe": _observe,
}  # fmt: skip
"""What each kind of job does."""
