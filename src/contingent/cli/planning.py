"""Commands that plan: `plan` and `remedies`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import polars as pl

from contingent.cli.endings import BadCall, told_of
from contingent.cli.plan_given import default_folder, first_time, folder_of_plan, scenario_given, scenario_kept, write_outputs
from contingent.cli.screen import console, say, tell, write_json
from contingent.cli.tables import print_frame
from contingent.cli.wait import waiting
from contingent.io.plan_content import by_priority
from contingent.io.plan_folder import read_plan, refuse_to_lose
from contingent.model.scenario import Scenario
from contingent.pipeline import Remedies, checked_options, make_plan, remedies
from contingent.plan.plan import NOT_PROVEN, Plan, PlanOptions


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
    scenario = scenario_given(request.place)
    options = _checked(scenario, request)
    folder = out if out is not None or as_json else default_folder(request.place, options.option)
    if folder is not None:
        refuse_to_lose(folder)
    with told_of(request.place), waiting(f"Planning {request.place}{first_time()}", at_most=request.time_limit):
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
    folder = folder_of_plan(request.place)
    if folder is not None:
        found = _remedies_of_plan(folder, request, priorities)
    else:
        found = _remedies_of_scenario(scenario_given(request.place), request, priorities)
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
    scenario = scenario_kept(folder)
    tell(f"Working out remedies for the {'plan' if as_planned else 'scenario'} kept in {folder}.")
    return _remedies_of_scenario(scenario, request, priorities, plan=plan if as_planned else None)


def _remedies_of_scenario(
    scenario: Scenario, request: Request, priorities: Sequence[int] | None, *, plan: Plan | None = None
) -> Remedies:
    known = sorted({row.priority for row in scenario.requirements})
    unknown = [priority for priority in priorities or () if priority not in known]
    if unknown:
        raise BadCall(f"No line has priority {unknown[0]}. Priorities of this scenario: {', '.join(map(str, known)) or 'none'}.")
    options = _checked(scenario, request)
    with told_of(request.place), waiting(f"Working out remedies for {request.place}", at_most=request.time_limit):
        return remedies(scenario, options, tuple(priorities) if priorities else None, plan=plan)
