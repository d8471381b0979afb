"""The command that says what a plan lives on: `sustain`."""

from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import polars as pl

from contingent.cli.endings import BadCall, told_of
from contingent.cli.plan_given import folder_of_plan, keep, plan_in, plan_now, scenario_given, where_kept
from contingent.cli.screen import console, say, write_json
from contingent.cli.tables import print_rows
from contingent.cli.wait import waiting
from contingent.io.atomic import write_file
from contingent.io.scenario_text import write_table
from contingent.model.rows import Requirement
from contingent.pipeline import with_frames
from contingent.plan.plan import Plan, PlanOptions
from contingent.report.words import grouped
from contingent.sustainment import Supply, SupplyOptions, sustain

MOST_SHOWN = 15
"""Rows that are shown before the rest is left to --json and to the tables."""

LONG = ("supply", "resupply")
"""Frames that are too long for JSON: they are in the plan's folder, and of them JSON has the week of the full force."""


@dataclass(frozen=True)
class SustainRequest:
    """What is to be supplied, and what is closed, as it was asked for on the command line."""

    place: str
    option: str | None = None
    close: tuple[str, ...] = ()
    from_day: int = 0
    lines: Path | None = None

    def options(self) -> SupplyOptions:
        """How supply is worked out.

        Raises
        ------
        BadCall
            If a number makes no sense, or nothing is closed from a day on.
        """
        if self.from_day and not self.close:
            raise BadCall("--from-day says from when something is closed, and nothing is. Maybe add --close NAME.")
        try:
            return SupplyOptions(close=self.close, from_day=self.from_day)
        except ValueError as error:
            raise BadCall(f"--{str(error).replace('_', '-', 1)}") from error


def sustain_command(request: SustainRequest, *, out: Path | None, as_json: bool) -> None:
    """Work out the supply of a plan that was made, or of one that is made now; print it, and keep it with the plan.

    What comes of closing something is no part of the plan: it is written only where a folder is named.
    """
    began = perf_counter()
    options = request.options()
    folder = folder_of_plan(request.place)
    target = where_kept(out, None if request.close else folder)
    if request.lines is not None and request.lines.expanduser().exists():
        raise BadCall(f"{request.lines} is there already. Maybe name another file for the lines.")
    if folder is not None:
        given = plan_in(folder, option=request.option)
    else:
        # Supply needs the tours alone; what else a plan has is worked out where it is to be kept.
        asked = PlanOptions(option=request.option)
        asked = replace(asked, onward=False, aid=False, replications=0) if out is None else asked
        given = plan_now(request.place, scenario_given(request.place), asked)
    plan = given.plan
    with told_of(request.place), waiting(f"Supplying {request.place}"):
        found = sustain(given.scenario, plan.tours, plan.option, options=options)
    written = keep(given, with_frames(plan, found.frames, {"sustainment": sum(found.seconds.values())}), target)
    if request.lines is not None:
        write_file(request.lines.expanduser(), lambda path: write_table(Requirement, found.lines, path), overwrite=False)
        written.append(request.lines)
    if as_json:
        write_json(_as_json(plan, found, seconds=perf_counter() - began) | ({} if target is None else {"out": str(target)}))
        return
    print_supply(found)
    for path in written:
        say(f"Written: {path}")
    if folder is not None and target is None:
        say("What is closed is a what-if, so the plan stays as it is; --out DIR writes it with what comes of it.")


def _as_json(plan: Plan, found: Supply, *, seconds: float) -> dict[str, object]:
    short = {name: table for name, table in found.frames.items() if name not in LONG}
    return {
        "title": plan.title, "option": plan.option, "sentences": list(found.sentences), "full_day": found.full_day,
        **{f"{name}_of_full_week": found.frames[name].filter(from_day=found.full_day).to_dicts() for name in LONG},
        **{name: table.to_dicts() for name, table in short.items()},
        "lines": [line.model_dump(mode="json", exclude_none=True) for line in found.lines], "seconds": seconds,
    }  # fmt: skip


def print_supply(found: Supply) -> None:
    """Print sentences first, then stocks, what runs out, survival and logistics."""
    for sentence in found.sentences:
        say(sentence)
    say()
    _print_stocks(found)
    _print_stockouts(found.stockouts)
    _print_survival(found.survival)
    rows = [
        (row["measure"], row["unit"], _figure(row["sized"]), _figure(row["in_place"]), _figure(row["needed"]), row["pass"],
         row["status"])
        for row in found.logistics.filter(location="all places").iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        columns = ("what it takes", "unit", "sized", "in place", "needed", "pass", "")
        print_rows(console(), "Logistics beside what was sized", columns, rows)


def _print_stocks(found: Supply) -> None:
    """For each stock: what it has to last for in the week of the full force, and the least that it ever is."""
    if found.supply.is_empty():
        return
    full = found.supply.filter(pl.col("from_day") == found.full_day, pl.col("target_days").is_not_null())
    daily = dict(full.group_by("location").agg(pl.col("daily_t").sum()).iter_rows())
    lowest = (
        found.supply.filter(pl.col("days_of_supply").is_not_null())
        .sort("days_of_supply", "from_day", "supply").group_by("location", maintain_order=True).first()
    )  # fmt: skip
    rows = [
        (row["location"], _figure(daily.get(row["location"], 0.0)), _figure(row["target_days"]), _figure(row["days_of_supply"]),
         row["supply"], f"D+{row['until_day']}")
        for row in lowest.sort("days_of_supply", "location").iter_rows(named=True)
    ]  # fmt: skip
    columns = ("stock", "t a day", "target, days", "least, days", "of", "on")
    title = f"Stocks: what they have to last for from D+{found.full_day}, and the least they ever are"
    print_rows(console(), title, columns, rows)


def _print_stockouts(stockouts: pl.DataFrame) -> None:
    rows = [
        (row["location"], row["supply"], f"D+{row['day']}", f"D+{row['until_day']}", _figure(row["short_t"]), row["why"])
        for row in stockouts.head(MOST_SHOWN).iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        print_rows(console(), "What runs out", ("place", "supply", "from", "until", "t missing", "why"), rows)
    _say_left(stockouts.height)


def _print_survival(survival: pl.DataFrame) -> None:
    """For each closing the place elsewhere that runs out first, the shortest first; together first."""
    first = (
        survival.filter(pl.col("days").is_not_null() & (pl.col("closed") != pl.col("location"))).sort("days", "location")
        .group_by("closed", "kind", maintain_order=True)
        .agg(pl.col("location", "supply", "days").first(), pl.col("lost_t").sum())
        .sort(pl.col("kind") != "together", "days", "closed")
    )  # fmt: skip
    rows = [
        (row["closed"], row["kind"].replace("_", " ").replace(";", ", "), row["location"], row["supply"], _figure(row["days"]),
         _figure(row["lost_t"]))
        for row in first.head(MOST_SHOWN).iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        columns = ("closed", "which is", "first to run out", "of", "after days", "t missing in 13 weeks")
        title = "How long others last when one thing is closed; units that live on a closed depot have nothing at once"
        print_rows(console(), title, columns, rows)
    _say_left(first.height)


def _say_left(rows: int) -> None:
    if rows > MOST_SHOWN:
        say(f"... and {rows - MOST_SHOWN} more; --json and the tables have them all.\n")


def _figure(value: float | None) -> str:
    return "" if value is None else grouped(value, places=0 if value == int(value) or value >= 100 else 1)
