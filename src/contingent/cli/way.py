"""The command that moves a force: `deploy`."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from contingent.cli.endings import BadCall
from contingent.cli.engines import engine_named
from contingent.cli.plan_given import folder_of_plan, keep, plan_in, plan_now, scenario_given, where_kept
from contingent.cli.screen import console, say, tell, write_json
from contingent.cli.tables import print_rows
from contingent.cli.wait import waiting
from contingent.cost import cost, with_cost
from contingent.deployment import DeployOptions, Movements
from contingent.deployment.deploy import ENGINE, LONG
from contingent.model.scenario import Scenario
from contingent.network import has_network
from contingent.network.ground import refuse_unknown
from contingent.pipeline import deploy, with_frames
from contingent.plan.plan import Plan, PlanOptions
from contingent.report.words import grouped

LATEST, FULLEST, DIFFERENCES = 15, 10, 15
"""Lines, resources and differences that are printed; the tables have all."""


@dataclass(frozen=True)
class DeployRequest:
    """What is to be moved, and how, as it was asked for on the command line."""

    place: str
    option: str | None
    until: int | None
    closed: tuple[str, ...]
    replications: int
    time_limit: float | None
    seed: int
    engine: str | None

    def options(self) -> DeployOptions:
        """How to move.

        Raises
        ------
        BadCall
            If a number makes no sense.
        """
        if self.until is not None and self.until < 1:
            raise BadCall(f"--until is {self.until}; it must be a day of 1 or later.")
        if self.replications < 0:
            raise BadCall(f"--replications is {self.replications}; it must be 0 or more.")
        if self.time_limit is not None and not self.time_limit > 0:
            raise BadCall(f"--time-limit is {self.time_limit:g}; it must be a number of seconds above 0.")
        return DeployOptions(
            until=self.until, rounds=LONG, time_limit=self.time_limit, seed=self.seed, replications=self.replications,
            engine=engine_named(self.engine, otherwise=ENGINE),
        )  # fmt: skip


def deploy_command(request: DeployRequest, *, out: Path | None, as_json: bool) -> None:
    """Move the units of a plan, or of a scenario that is planned first; write and print what comes of it."""
    options = request.options()
    folder = folder_of_plan(request.place)
    # What is a part of the whole, or a what-if, does not take the place of what the plan's folder has.
    target = where_kept(out, None if request.closed or request.until is not None else folder)
    if folder is not None:
        given = plan_in(folder, option=request.option)
        _refuse_without_network(given.scenario, request)
    else:
        scenario = scenario_given(request.place)
        _refuse_without_network(scenario, request)
        given = plan_now(request.place, scenario, PlanOptions(option=request.option, onward=False))
    scenario, plan = given.scenario, given.plan
    with waiting("Moving the force"):
        open_ways = deploy(scenario, plan, options)
    found = open_ways
    if request.closed:
        with waiting("Moving it with places closed"):
            found = deploy(scenario, plan, replace(options, closed=request.closed))
    written = keep(given, _with_movement(scenario, plan, found), target)
    if as_json:
        write_json(_as_json(plan, found, open_ways if request.closed else None, folder=target))
        return
    print_movements(found)
    if request.closed:
        print_difference(scenario, open_ways, found, request.closed)
    for path in written:
        say(f"Written: {path}")


def _refuse_without_network(scenario: Scenario, request: DeployRequest) -> None:
    """Say before anything is planned that there is nothing to move on, or that a place that is closed is unknown."""
    if not has_network(scenario):
        raise BadCall(f"{request.place} has no network to move on. Maybe fill links.csv, fleets.csv and handling.csv.")
    refuse_unknown(scenario, request.closed)


def _with_movement(scenario: Scenario, plan: Plan, found: Movements) -> Plan:
    """Return the plan with its movements, and with what it costs with them."""
    moved = with_frames(plan, found.frames, found.seconds)
    if not scenario.rates:
        return moved
    supply = None if moved.supply.is_empty() else moved.supply
    paid = cost(scenario, moved.tours, moved.option, movements=moved.movements, legs=moved.legs, supply=supply)
    return with_cost(moved, paid)


def _as_json(plan: Plan, found: Movements, open_ways: Movements | None, *, folder: Path | None) -> dict[str, Any]:
    """What automation reads: summary tables as lists of rows; movements and legs stand in the folder."""
    names = ("schedule", "closure", "bottlenecks")
    content: dict[str, Any] = {
        "title": plan.title,
        "option": plan.option,
        **{name: found.frames[name].to_dicts() for name in names},
    }
    if open_ways is not None:
        content["difference"] = difference_of(open_ways, found).to_dicts()
    content["seconds"] = found.seconds
    return content if folder is None else content | {"out": str(folder)}


def print_movements(found: Movements) -> None:
    """Print how late, which lines are late, what is fullest, what holds up whom."""
    screen, frames = console(), found.frames
    rows: list[tuple[Any, ...]] = [
        (row["measure"], row["unit"], grouped(row["value"]), "" if row["bound"] is None else grouped(row["bound"]), row["status"])
        for row in frames["schedule"].iter_rows(named=True)
    ]
    print_rows(screen, "Movement", ("", "unit", "value", "bound", "status"), rows)
    closure = frames["closure"].sort("late_days", descending=True, nulls_last=False, maintain_order=True).head(LATEST)
    rows = [
        (row["line"], row["priority"], row["required_day"], row["closure_day"], row["late_days"], _range(row))
        for row in closure.iter_rows(named=True)
    ]  # fmt: skip
    title = f"The latest of {frames['closure'].height} lines: days on which the first occupation is complete"
    print_rows(screen, title, ("line", "priority", "required", "complete", "days late", "5 to 95 % of replays"), rows)
    fullest = (
        frames["utilisation"].group_by("resource", "counts").agg(pl.col("share").max(), weeks=(pl.col("share") > FULL).sum())
        .sort("weeks", "share", "resource", descending=[True, True, False]).head(FULLEST)
    )  # fmt: skip
    rows = [(row["resource"], row["counts"], f"{row['share']:.0%}", row["weeks"]) for row in fullest.iter_rows(named=True)]
    print_rows(screen, "What is fullest", ("", "counts", "fullest week", f"weeks above {FULL:.0%}"), rows)
    late = frames["bottlenecks"].head(FULLEST)
    rows = [(row["movement"], row["late_days"], row["resource"], row["chain"]) for row in late.iter_rows(named=True)]
    if rows:
        print_rows(screen, "What holds up whom", ("movement", "days late", "mainly", "how"), rows)


FULL = 0.9
"""A resource is full from this share on. [-]"""


def _range(row: dict[str, Any]) -> str:
    return "" if row["p05"] is None else f"{row['p05']:.0f} to {row['p95']:.0f}"


def difference_of(before: Movements, after: Movements) -> pl.DataFrame:
    """Return what closing changes, line by line where the closure day differs: line, priority, before, after, later."""
    both = before.frames["closure"].select("line", "priority", before="closure_day").join(
        after.frames["closure"].select("line", after="closure_day"), on="line", how="left", maintain_order="left")  # fmt: skip
    return both.filter(pl.col("before").ne_missing(pl.col("after"))).with_columns(later=pl.col("after") - pl.col("before"))


def print_difference(scenario: Scenario, before: Movements, after: Movements, closed: tuple[str, ...]) -> None:
    """Print what is different with places closed: lines, lateness, what moves over which link instead."""
    screen = console()
    tell(f"Closed: {', '.join(closed)}.")
    changed = difference_of(before, after).sort("later", descending=True, nulls_last=False, maintain_order=True)
    rows: list[tuple[Any, ...]] = [
        (row["line"], row["priority"], row["before"], "never" if row["after"] is None else row["after"])
        for row in changed.head(DIFFERENCES).iter_rows(named=True)
    ]
    print_rows(screen, f"{changed.height} lines are complete on another day", ("line", "priority", "open", "closed"), rows)
    tonnes = [run.frames["flows"].group_by("link", "mode").agg(pl.col("tonnes").sum()) for run in (before, after)]
    moved = tonnes[0].join(tonnes[1], on=["link", "mode"], how="full", coalesce=True, suffix="_after").fill_null(0.0)
    moved = moved.with_columns(change=pl.col("tonnes_after") - pl.col("tonnes")).filter(pl.col("change").abs() >= 1)
    moved = moved.sort(pl.col("change").abs(), "link", descending=[True, False]).head(DIFFERENCES)
    ends = {link.link: f"{link.from_location} to {link.to_location}" for link in scenario.links}
    rows = [
        (row["link"], ends[row["link"]], row["mode"], grouped(row["tonnes"]), grouped(row["tonnes_after"]))
        for row in moved.iter_rows(named=True)
    ]
    print_rows(screen, "Links that carry more or less", ("link", "between", "mode", "open, t", "closed, t"), rows)
