"""Commands that plan: `plan` and `remedies`."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import polars as pl

from contingent.cli.endings import BadCall, told_of
from contingent.cli.screen import console, say, tell, write_json
from contingent.cli.tables import print_frame
from contingent.cli.wait import waiting
from contingent.errors import UnknownName
from contingent.io.database_grid import SUFFIXES
from contingent.io.plan_content import by_priority
from contingent.io.plan_folder import read_plan, refuse_to_lose, scenario_of, write_plan
from contingent.io.scenario_reader import read_scenario
from contingent.model.scenario import Scenario
from contingent.pipeline import Remedies, checked_options, derive, make_plan, remedies
from contingent.plan.plan import NOT_PROVEN, Plan, PlanOptions

PLANS = Path("plans")
"""Folder in which plans are written where no other is named."""

WORKBOOK, REPORT = "cjsor.xlsx", "report.html"


@dataclass(frozen=True)
class Request:
    """What is to be planned, and how, as it was asked for on the command line."""

    place: str
    option: str | None = None
    time_limit: float | None = None
    gap: float = 1e-6
    seed: int = 0
    method: Literal["auto", "exact", "search"] = "auto"

    def options(self) -> PlanOptions:
        """The options of the plan."""
        return PlanOptions(option=self.option, time_limit=self.time_limit, gap=self.gap, seed=self.seed, method=self.method)


def plan_command(request: Request, *, out: Path | None, as_json: bool, report: bool) -> None:
    """Plan a scenario, write the plan, and print its summary or its JSON."""
    began = perf_counter()
    with told_of(request.place), waiting(f"Reading {request.place}"):
        scenario = derive(read_scenario(request.place))
        options = _checked(scenario, request)
    folder = out if out is not None or as_json else default_folder(request.place, options.option)
    if folder is not None:
        refuse_to_lose(folder)
    with told_of(request.place), waiting(f"Planning {request.place}", at_most=request.time_limit):
        plan = make_plan(scenario, options)
    written: list[Path] = []
    if folder is not None:
        with waiting("Writing the plan"):
            written = write_outputs(scenario, plan, folder, report=report)
    if as_json:
        write_json(plan_as_json(plan, seconds=perf_counter() - began, folder=folder))
        return
    from contingent.report import print_summary

    print_summary(scenario, plan, console())
    say()
    for path in written:
        say(f"Written: {path}")


def _checked(scenario: Scenario, request: Request) -> PlanOptions:
    try:
        return checked_options(scenario, request.options())
    except ValueError as error:
        raise BadCall(f"--{str(error).replace('_', '-', 1)}") from error


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


def plan_as_json(plan: Plan, *, seconds: float, folder: Path | None) -> dict[str, Any]:
    """Return the contract for automation: the plan in short, with every goal and every gap."""
    goal_keys = ("name", "value", "bound", "status", "method", "unit", "seconds")
    content: dict[str, Any] = {
        "title": plan.title,
        "option": plan.option,
        "required_unit_days": by_priority(plan.required_unit_days),
        "filled_unit_days": by_priority(plan.filled_unit_days),
        "fill": plan.fill,
        "people_deployed_peak": plan.people_deployed_peak,
        "low_confidence_share": plan.low_confidence_share,
        "goals": [{key: getattr(goal, key) for key in goal_keys} for goal in plan.goals],
        "gaps": plan.gaps.to_dicts(),
        "seconds": seconds,
    }
    return content if folder is None else content | {"out": str(folder)}


def remedies_command(request: Request, *, priorities: Sequence[int] | None, as_json: bool) -> None:
    """Print what would close the gaps: of a plan as it stands, or of one that is made now for a scenario."""
    folder = Path(request.place).expanduser()
    if (folder / "plan.json").is_file():
        found = _remedies_of_plan(folder, request, priorities)
    else:
        found = _remedies_of_scenario(request.place, request, priorities)
    if as_json:
        write_json({"remedies": found.remedies.to_dicts(), "worth": found.worth.to_dicts()})
        return
    screen = console()
    gaps = f"the gaps{_of_priorities(priorities)}"
    if found.remedies.is_empty():
        say(f"No further offers are needed or known that would close {gaps}.")
    else:
        print_frame(screen, f"The cheapest further offers that close {gaps}, taken together", remark_apart(found.remedies))
    if not found.worth.is_empty():
        print_frame(screen, f"What one more unit of each type would close of {gaps}, alone", found.worth)


def _of_priorities(priorities: Sequence[int] | None) -> str:
    """The priorities asked for, in words; nothing where all are meant."""
    if not priorities:
        return ""
    *others, last = sorted(set(priorities))
    return f" of priorities {', '.join(map(str, others))} and {last}" if others else f" of priority {last}"


def remark_apart(remedies: pl.DataFrame) -> pl.DataFrame:
    """Return remedies with the remark that no cheaper set was ruled out apart from the lines it follows; none, no column."""
    unproven = pl.col("closes").str.ends_with(NOT_PROVEN)
    shown = remedies.with_columns(
        pl.col("closes").str.strip_suffix(NOT_PROVEN).str.strip_suffix(";"),
        remark=pl.when(unproven).then(pl.lit(NOT_PROVEN)),
    )
    return shown if shown["remark"].count() else shown.drop("remark")


def _remedies_of_plan(folder: Path, request: Request, priorities: Sequence[int] | None) -> Remedies:
    plan = read_plan(folder)
    as_planned = request.option in (None, plan.option)
    if not priorities and as_planned:
        return Remedies(plan.remedies, plan.worth)
    kept = scenario_of(folder)
    if kept is None:
        raise BadCall(f"{folder} keeps no scenario to work out other remedies from. Maybe name the scenario instead.")
    tell(f"Working out remedies for the {'plan' if as_planned else 'scenario'} kept in {folder}.")
    return _remedies_of_scenario(str(kept), request, priorities, plan=plan if as_planned else None)


def _remedies_of_scenario(
    place: str, request: Request, priorities: Sequence[int] | None, *, plan: Plan | None = None
) -> Remedies:
    with told_of(place), waiting(f"Working out remedies for {place}", at_most=request.time_limit):
        scenario = derive(read_scenario(place))
        known = sorted({row.priority for row in scenario.requirements})
        unknown = [priority for priority in priorities or () if priority not in known]
        if unknown:
            listed = ", ".join(map(str, known)) or "none"
            raise BadCall(f"No line has priority {unknown[0]}. Priorities of this scenario: {listed}.")
        return remedies(scenario, _checked(scenario, request), tuple(priorities) if priorities else None, plan=plan)
