"""The command that plays a plan through under chance: `simulate`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from contingent.cli.endings import BadCall
from contingent.cli.engines import engine_named
from contingent.cli.plan_given import (
    PlanGiven,
    default_folder,
    folder_of_plan,
    keep,
    plan_in,
    plan_now,
    scenario_given,
    scenario_kept,
    where_kept,
)
from contingent.cli.screen import console, say, tell, write_json
from contingent.cli.tables import print_rows
from contingent.cli.wait import progress_of
from contingent.io.plan_folder import read_plan
from contingent.model.chance import Dispatch
from contingent.pipeline import checked_options, simulate, with_risk
from contingent.plan.plan import Plan, PlanOptions
from contingent.report.words import grouped, percent
from contingent.simulation import FRAMES, Risk, SimulationOptions, leaves_to_chance

REPLICATIONS = 1000
"""How often a plan is played through where no number is given. [replications]"""

WEAKEST, MISSED = 15, 10
"""Lines and offers that are printed; the tables have all."""

DEFAULT_ENGINE = "threads"
"""Where it is computed where no engine is named: compiled code lets go of the interpreter."""


@dataclass(frozen=True)
class RiskRequest:
    """What is to be simulated, and how, as it was asked for on the command line."""

    place: str | None
    option: str | None
    replications: int | None
    seed: int
    empty_days: int
    dispatch: Dispatch | None
    fill_gaps: bool
    greedy: bool
    start: Literal["fresh", "spread", "random"]
    engine: str | None
    journal: Path | None
    marathon: Path | None

    def options(self) -> SimulationOptions:
        """How to simulate.

        Raises
        ------
        BadCall
            If a number makes no sense, or the text names no engine.
        """
        replications = REPLICATIONS if self.replications is None else self.replications
        if replications < 1:
            raise BadCall(f"--replications is {replications}; a plan is played through at least once.")
        if self.empty_days < 0:
            raise BadCall(f"--empty-days is {self.empty_days}; it must be a number of days of 0 or more.")
        if self.start != "fresh" and not self.greedy:
            raise BadCall("--start says how units stand where there is no plan. Maybe add --greedy.")
        engine = engine_named(self.engine, otherwise=DEFAULT_ENGINE)
        return SimulationOptions(
            replications=replications, seed=self.seed, empty_days=self.empty_days, dispatch=self.dispatch, greedy=self.greedy,
            start=self.start, fill_gaps=self.fill_gaps, option=self.option, engine=engine, journal=self.journal,
        )  # fmt: skip


def simulate_command(request: RiskRequest, *, out: Path | None, as_json: bool) -> None:
    """Simulate a plan, a scenario, or a project of MARATHON's; write and print what comes of it."""
    if request.marathon is not None:
        if request.place is not None:
            raise BadCall("--marathon names a project of its own. Maybe leave the plan or scenario out.")
        from contingent.cli.marathon import marathon_command

        marathon_command(request.marathon, out=out, replications=request.replications, seed=request.seed, as_json=as_json)
        return
    if request.place is None:
        raise BadCall("Nothing is named that could be simulated. Maybe: contingent simulate PLAN_OR_SCENARIO.")
    options = request.options()
    folder = folder_of_plan(request.place)
    if request.greedy:
        _simulate_without_plan(request.place, folder, options, out=out, as_json=as_json)
        return
    if folder is not None:
        given, target = plan_in(folder, option=request.option), where_kept(out, folder)
    else:
        scenario = scenario_given(request.place)
        asked = checked_options(scenario, PlanOptions(option=request.option, replications=0, onward=False))
        target = where_kept(out, None if as_json else default_folder(request.place, asked.option))
        given = plan_now(request.place, scenario, asked)
    _simulate_and_tell(given, options, target=target, as_json=as_json)


def _simulate_and_tell(given: PlanGiven, options: SimulationOptions, *, target: Path | None, as_json: bool) -> None:
    with told_progress(options) as watched:
        risk = simulate(given.scenario, given.plan, watched)
    written = keep(given, with_risk(given.plan, risk), target)
    if as_json:
        write_json(risk_as_json(given.plan, risk, folder=target))
        return
    if not leaves_to_chance(given.scenario, given.plan.option):
        tell("Nothing of this scenario is left to chance, so the plan comes about as it was made.")
    print_risk(risk)
    for path in written:
        say(f"Written: {path}")


def _simulate_without_plan(
    place: str, folder: Path | None, options: SimulationOptions, *, out: Path | None, as_json: bool
) -> None:
    """Fill posts by dispatch alone: of a scenario, or of the one that a plan's folder keeps, by the plan's option."""
    if out is not None and out.exists() and any(out.iterdir() if out.is_dir() else [out]):
        raise BadCall(f"{out} is there already, and is not empty. Maybe name another folder.")
    scenario = scenario_given(place) if folder is None else scenario_kept(folder)
    wanted = read_plan(folder).option if folder is not None and options.option is None else options.option
    option = checked_options(scenario, PlanOptions(option=wanted)).option
    with told_progress(replace(options, option=option)) as watched:
        risk = simulate(scenario, None, watched)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in risk.frames.items():
            table.write_csv(out / f"{name}.csv")
    if as_json:
        write_json(risk_as_json(None, risk, folder=out))
        return
    print_risk(risk)
    if out is not None:
        say(f"Written: {out}")


@contextmanager
def told_progress(options: SimulationOptions) -> Iterator[SimulationOptions]:
    """Show how many replications are done, once it takes longer than a second."""
    with progress_of(f"Playing it through {options.replications:,} times") as told:
        yield replace(options, progress=told)


def risk_as_json(plan: Plan | None, risk: Risk, *, folder: Path | None) -> dict[str, Any]:
    """Return what automation reads: every frame but those by month, as lists of rows."""
    content: dict[str, Any] = {
        "title": None if plan is None else plan.title,
        "option": None if plan is None else plan.option,
        "replications": risk.replications,
        "seed": risk.seed,
        **{name: risk.frames[name].to_dicts() for name in FRAMES if name not in ("risk_fill", "risk_states")},
        "seconds": risk.seconds,
    }
    return content if folder is None else content | {"out": str(folder)}


def print_risk(risk: Risk) -> None:
    """Print the headline figures, the weakest lines, who is missed most, and calls."""
    screen = console()
    if risk.risk_summary.is_empty():
        say("There is nothing to simulate: no unit is offered, or no line asks for any.")
        return
    rate = risk.unit_days / risk.seconds / 1e6 if risk.seconds > 0 else 0.0
    say(f"Played through {risk.replications:,} times from seed {risk.seed}: {rate:,.0f} million unit-days a second.\n")
    rows = [
        (row["measure"].replace("_", " "), row["priority"], row["unit"] if row["unit"] != "share" else "",
         *(_figure(row[name], row["unit"]) for name in ("planned", "mean", "p05", "p95")))
        for row in risk.risk_summary.iter_rows(named=True)
    ]  # fmt: skip
    columns = ("", "priority", "unit", "planned", "mean", "5 %", "95 %")
    print_rows(screen, "Under chance, with 5th and 95th percentile", columns, rows)
    _print_lines(risk)
    missed = risk.risk_missed.filter(pl.col("missed_days") > 0).head(MISSED)
    if missed.height:
        rows = [
            (row["offer"], _figure(row["missed_days"], ""), percent(row["share"]), row["cause"].replace("_", " "))
            for row in missed.iter_rows(named=True)
        ]
        print_rows(screen, "Units missed most", ("offer", "unit-days missed", "of planned", "mainly"), rows)
    if risk.risk_calls.height:
        rows = [
            (row["call"], _figure(row["calls"], ""), *(_figure(row[name], "share") for name in ("lost", "lost_low", "lost_high")))
            for row in risk.risk_calls.iter_rows(named=True)
        ]
        print_rows(screen, "Calls by chance, a replication, and how many nobody could answer (95 % interval)",
                   ("call", "calls", "lost", "from", "to"), rows)  # fmt: skip


def _print_lines(risk: Risk) -> None:
    lines = risk.risk_lines.sort("held", "mean", "line").head(WEAKEST)
    rows = [
        (row["line"], row["priority"], percent(row["held"]), percent(row["planned"]), percent(row["mean"]),
         _figure(row["longest_empty_mean"], ""))
        for row in lines.iter_rows(named=True)
    ]  # fmt: skip
    days = risk.risk_lines["empty_days"][0]
    title = f"The weakest of {risk.risk_lines.height} lines; held = never empty for more than {days} days on end"
    print_rows(console(), title, ("line", "priority", "held", "planned", "mean", "days empty on end"), rows)


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return percent(value) if unit == "share" else grouped(value, places=0 if value == int(value) or value >= 100 else 1)
