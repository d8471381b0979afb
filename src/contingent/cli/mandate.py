"""Commands about the requirement and the structure: `size`, `why` and `orbat`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from contingent.cli.endings import BadCall, told_of
from contingent.cli.places import PLANS
from contingent.cli.plan_given import folder_of_plan, plan_in, scenario_given
from contingent.cli.screen import console, findings_told, say, tell, write_json
from contingent.cli.tables import print_frame, print_rows
from contingent.cli.wait import waiting
from contingent.io.scenario_reader import read_scenario
from contingent.model.scenario import Scenario
from contingent.pipeline import checked_options, requirement_frames, size
from contingent.plan.plan import Plan, PlanOptions

WIDEST = 10
"""Factors that move the total most, of which the screen tells."""

BUNDLED = "reassurance"
"""Scenario in which a line is looked up where there is no plan yet."""


def size_command(place: str, *, option: str | None, out: Path | None, as_json: bool) -> None:
    """Print what a mandate asks for, each line with its arithmetic; what moves it most; past missions beside it."""
    with told_of(place), waiting(f"Sizing {place}"):
        scenario = read_scenario(place)
        if not scenario.tasks:
            raise BadCall(f"{place} has no tasks to size: its requirement is typed in. Maybe add tasks.csv and factors.csv.")
        chosen = checked_options(scenario, PlanOptions(option=option)).option
        sized = size(scenario)
        frames = requirement_frames(scenario, chosen, sized)
    people = sized.people(chosen)
    tooth, tail = sized.tooth_to_tail(chosen)
    if out is not None:
        _write(frames, out)
    if as_json:
        content: dict[str, Any] = {"option": chosen, "people": people, "tooth": tooth, "tail": tail}
        write_json(content | {name: frame.to_dicts() for name, frame in frames.items()})
        return
    named = f"{scenario.settings.title}{f', option {chosen}' if chosen else ''}"
    parts = ", ".join(f"{number:,} {name}" for name, number in people.items() if name != "force" and number)
    say(f"{named}: the mandate asks for {people['force']:,} people on the fullest day ({parts}).")
    say(f"Units that fight or patrol: {tooth:,}; that support them: {tail:,}.\n")
    screen = console()
    print_rows(
        screen, "What the mandate asks for", ("line", "units", "people", "how it was worked out"),
        [(row["line"], row["quantity"], row["people"], row["sentence"]) for row in frames["sizing"].iter_rows(named=True)],
    )  # fmt: skip
    columns = ("factor", "scope", "unit", "low", "value", "high", "people_low", "people_high", "status")
    moving = frames["sensitivity"].head(WIDEST).select(columns)
    print_frame(screen, f"The {moving.height} factors that move the total most, each by itself", moving)
    past = frames["backcast"].select("mission", "title", "sent", "sized", pl.col("ratio").round(2))
    print_frame(screen, "Past missions, sized by the same methods and factors", past)
    if out is not None:
        say(f"Written: {out}")


def _write(frames: dict[str, pl.DataFrame], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.write_csv(out / f"{name}.csv")


def why_command(line: str, *, place: str | None, option: str | None, as_json: bool) -> None:
    """Print the chain of one requirement line: task, method, arithmetic, factors; who fills it, and what stays empty."""
    from contingent.report.why import explain

    scenario, plan = _looked_up(place, option)
    said = explain(scenario, line, plan)
    if as_json:
        write_json({"line": line, "why": list(said)})
        return
    for sentence in said:
        say(sentence)


def _looked_up(place: str | None, option: str | None) -> tuple[Scenario, Plan | None]:
    """Return the scenario in which a line is looked up, and the plan where there is one: the one named, or the newest."""
    asked = place or _newest_plan()
    folder = folder_of_plan(asked)
    if folder is not None:
        if place is None:
            tell(f"From the plan {asked}.")
        given = plan_in(folder, option=option)
        return given.scenario, given.plan
    scenario = scenario_given(asked)
    if option is not None:
        checked_options(scenario, PlanOptions(option=option))
    if place is None:
        tell(f"From the bundled scenario {asked}; no plan is under {PLANS}/ yet.")
    return scenario, None


def _newest_plan() -> str:
    written = [path.parent for path in PLANS.glob("*/plan.json")]
    return str(max(written, key=lambda folder: (folder / "plan.json").stat().st_mtime)) if written else BUNDLED


def orbat_command(folder: Path, *, day: int | None, and_day: int | None, out: Sequence[Path], as_json: bool) -> None:
    """Print the order of battle on a day, or what differs on another; write it for other programs."""
    from contingent.report.months import people_by_day
    from contingent.report.orbat import WRITERS, write_orbat
    from contingent.structure.at_day import as_text, differences, orbat_at
    from contingent.structure.orbat import read_orbat

    unknown = [path for path in out if path.suffix.lower() not in WRITERS]
    if unknown:
        raise BadCall(f"{unknown[0]}: not a kind of file that an order of battle is written as. Kinds: {', '.join(WRITERS)}.")
    given = plan_in(folder.expanduser())
    scenario, plan = given.scenario, given.plan
    with waiting("Placing units"):
        found = read_orbat(scenario, plan.orbat, plan.tours, plan.coverage, plan.option)
    chosen = int(people_by_day(plan, days=scenario.settings.horizon_days).argmax()) if day is None else day
    for asked in (chosen, and_day):
        if asked is not None and not 0 <= asked < scenario.settings.horizon_days:
            raise BadCall(f"Day {asked} is not within the plan: it has days 0 to {scenario.settings.horizon_days - 1}.")
    told = [finding for path in out for finding in write_orbat(scenario, plan, found, path, day=chosen)]
    if and_day is not None:
        changed = differences(found, chosen, and_day)
        if as_json:
            write_json({"day": chosen, "and_day": and_day, "differences": changed.to_dicts()})
        else:
            print_frame(console(), f"What differs between day {chosen} and day {and_day}", changed)
    elif as_json:
        write_json({"day": chosen, "orbat": asdict(orbat_at(found, chosen))})
    else:
        say(f"{plan.title}{f', option {plan.option}' if plan.option else ''}, day {chosen}\n")
        say(as_text(orbat_at(found, chosen)))
    if told:
        tell(findings_told(told))
    for path in out:
        tell(f"Written: {path}")
