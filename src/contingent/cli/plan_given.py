"""The plan that a command is about: one that was made, with the scenario that its folder keeps, or one that is made now."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from contingent.cli.endings import BadCall, told_of
from contingent.cli.places import PLANS
from contingent.cli.screen import tell
from contingent.cli.wait import waiting
from contingent.errors import UnknownName
from contingent.io.database_grid import SUFFIXES
from contingent.io.plan_database import is_plan_database
from contingent.io.plan_folder import read_plan, refuse_to_lose, scenario_of, write_plan
from contingent.io.scenario_reader import read_scenario
from contingent.model.scenario import Scenario
from contingent.pipeline import checked_options, derive, make_plan
from contingent.plan.plan import Plan, PlanOptions

WORKBOOK, REPORT = "cjsor.xlsx", "report.html"


@dataclass(frozen=True)
class PlanGiven:
    """A plan, and the scenario that it is of.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool and the lines of its mandate derived.
    plan : Plan
        Who goes where and when.
    folder : Path or None
        Folder from which the plan was read; None = it was made now.
    """

    scenario: Scenario
    plan: Plan
    folder: Path | None = None


def folder_of_plan(place: str | Path) -> Path | None:
    """Return the folder, or the SQLite file, of a plan, where a place is one; None where it is to be a scenario."""
    folder = Path(place).expanduser()
    return folder if (folder / "plan.json").is_file() or is_plan_database(folder) else None


def scenario_given(place: str) -> Scenario:
    """Return a scenario with the offers of its pool and the lines of its mandate derived."""
    with told_of(place), waiting(f"Reading {place}"):
        return derive(read_scenario(place))


def scenario_kept(folder: Path) -> Scenario:
    """Return the scenario that a plan's folder keeps, derived.

    Raises
    ------
    BadCall
        If it keeps none.
    """
    kept = scenario_of(folder)
    if kept is None:
        raise BadCall(f"{folder} keeps no scenario to work with. Maybe plan it anew, or name the scenario instead.")
    return scenario_given(str(kept))


def plan_in(folder: Path, *, option: str | None = None, scenario: str | None = None) -> PlanGiven:
    """Return the plan that a folder holds, with its scenario.

    Parameters
    ----------
    folder : Path
        Folder that `contingent plan` has written.
    option : str, optional
        Option that was asked for; None = whichever was planned.
    scenario : str, optional
        Where its scenario is; None = the one kept in the folder.

    Raises
    ------
    BadCall
        If the plan is of another option, or its folder keeps no scenario and none is named.
    """
    plan = read_plan(folder)
    if option not in (None, plan.option):
        planned = "all lines" if plan.option is None else f"the option {plan.option}"
        raise BadCall(f"{folder} is a plan of {planned}, not of the option {option}. Maybe name the scenario instead.")
    return PlanGiven(scenario_kept(folder) if scenario is None else scenario_given(scenario), plan, folder)


def plan_now(place: str, scenario: Scenario, options: PlanOptions) -> PlanGiven:
    """Plan a scenario that was read from a place."""
    with told_of(place):
        asked = checked_options(scenario, options)
        with waiting(f"Planning {place}{first_time()}"):
            return PlanGiven(scenario, make_plan(scenario, asked))


def plan_named(place: str, option: str | None) -> PlanGiven:
    """Return the plan that a place holds, or that of the scenario that it holds, planned now with all that follows from it."""
    folder = folder_of_plan(place)
    if folder is not None:
        return plan_in(folder, option=option)
    return plan_now(place, scenario_given(place), PlanOptions(option=option))


def plan_beside(folder: Path, scenario: Scenario, place: str, *, option: str | None = None) -> Plan:
    """Return the plan that a command is given beside its scenario; say so where it is of another one.

    Raises
    ------
    BadCall
        If it is not of the option that was asked for.
    UnknownName
        If it is of an option that the scenario does not have.
    """
    plan = read_plan(folder.expanduser())
    if option not in (None, plan.option):
        raise BadCall(f"{folder} is a plan of {plan.option or 'all lines'}, not of the option {option}.")
    if plan.option is not None and plan.option not in scenario.option_names:
        raise UnknownName(f"{folder} is a plan of the option '{plan.option}', which {place} does not have.")
    if plan.title != scenario.settings.title:
        tell(f"{folder} is a plan of '{plan.title}', not of '{scenario.settings.title}': its places may not be the same.")
    return plan


def default_folder(place: str, option: str | None) -> Path:
    """Return where a plan goes if no folder is named: ``plans/SCENARIO-OPTION``.

    >>> default_folder("scenarios/my-force.xlsx", "small").as_posix()
    'plans/my-force-small'
    """
    name = Path(place).expanduser()
    stem = name.stem if name.suffix.lower() in (".xlsx", *SUFFIXES) else (name.name or name.resolve().name)
    if stem in ("", ".", ".."):
        stem = name.resolve().name or "scenario"
    whole = stem if option is None else f"{stem}-{option}"
    return PLANS / "".join(char if char.isalnum() or char in "-_. " else "_" for char in whole)


def first_time() -> str:
    """Return what to add where the planner is compiled first, which is done once on a machine; nothing where it was."""
    folder = Path(__file__).parents[1] / "generation" / "__pycache__"
    elsewhere = "NUMBA_CACHE_DIR" in os.environ or not os.access(folder, os.W_OK)
    return "" if elsewhere or any(folder.glob("*.nbi")) else "; compiling the planner first, once: a minute or two"


def where_kept(out: Path | None, folder: Path | None) -> Path | None:
    """Return the folder in which a plan is kept with what was worked out: the one named, else its own, if it has one; a plan
    in an SQLite file is left as it is.

    Raises
    ------
    CannotWrite
        If something that is no plan would be lost.
    """
    own = None if folder is not None and folder.is_file() else folder
    target = own if out is None else out
    if target is not None:
        refuse_to_lose(target)
    return target


def keep(given: PlanGiven, whole: Plan, target: Path | None) -> list[Path]:
    """Write a plan with what was worked out; return what was written, nothing where it is not kept.

    Workbook and report are written unless the plan was made without them.
    """
    if target is None:
        return []
    with waiting("Writing the plan"):
        return write_outputs(given.scenario, whole, target, report=given.folder is None or (given.folder / REPORT).exists())


def write_outputs(scenario: Scenario, plan: Plan, folder: Path, *, report: bool) -> list[Path]:
    """Write the plan folder with its scenario, then workbook and report; return what was written, the folder first.

    A workbook or report of an earlier plan does not stay beside a new one.
    """
    write_plan(plan, folder, scenario=scenario)
    for name in (WORKBOOK, REPORT):
        (folder / name).unlink(missing_ok=True)
    if not report:
        return [folder]
    from contingent.report import write_report, write_workbook

    # The report waits for its charts to be drawn, outside Python; the workbook is written in that time.
    with ThreadPoolExecutor(1) as beside:
        report_written = beside.submit(write_report, scenario, plan, folder / REPORT)
        write_workbook(scenario, plan, folder / WORKBOOK)
        report_written.result()
    return [folder, folder / WORKBOOK, folder / REPORT]
