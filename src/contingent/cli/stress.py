"""The command `stress`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import polars as pl

from contingent.cli.endings import BadCall, told_of
from contingent.cli.engines import engine_named
from contingent.cli.plan_given import folder_of_plan, keep, plan_in, plan_now, scenario_given, where_kept
from contingent.cli.screen import console, say, write_json
from contingent.cli.tables import print_rows
from contingent.cli.wait import waiting
from contingent.io.case_file import read_cases
from contingent.model.scenario import Scenario
from contingent.plan.plan import PlanOptions
from contingent.report.words import percent
from contingent.stress import Stress, StressOptions, stress
from contingent.stress.cases import steps_of
from contingent.stress.sentences import finely

MOST_SHOWN = 12
"""Nations, pairs and shares that are shown before the rest is left to --json and to the tables. [rows]"""


@dataclass(frozen=True)
class StressRequest:
    """What is to be stressed, and how, as it was asked for on the command line."""

    place: str
    option: str | None = None
    cases: Sequence[str] = ()
    case_file: Path | None = None
    together: int = 3
    threshold: float = 0.5
    seed: int = 0
    engine: str | None = None
    journal: Path | None = None
    scenario: str | None = None

    def options(self) -> StressOptions:
        """The options of the stress test."""
        try:
            return StressOptions(
                cases=tuple(self.cases) or None, together=self.together, threshold=self.threshold, seed=self.seed,
                engine=engine_named(self.engine), journal=self.journal,
            )  # fmt: skip
        except ValueError as error:
            raise BadCall(str(error)) from error


def stress_command(request: StressRequest, *, out: Path | None, as_json: bool) -> None:
    """Stress a plan that was made, or one that is made now; print what breaks it, and keep it with the plan."""
    began = perf_counter()
    options = request.options()
    folder = folder_of_plan(request.place)
    target = where_kept(out, folder)
    if folder is not None:
        read = plan_in(folder, option=request.option, scenario=request.scenario)
        given = replace(read, scenario=_with_cases(read.scenario, request))
    else:
        scenario = _with_cases(scenario_given(request.place), request)
        given = plan_now(request.place, scenario, PlanOptions(option=request.option, seed=request.seed))
    scenario, plan = given.scenario, given.plan
    with told_of(request.place), waiting(f"Stressing {request.place}"):
        found = stress(scenario, plan, options)
    seconds = {**plan.seconds, "stress": sum(found.seconds.values())}
    written = keep(given, replace(plan, **found.frames, seconds=seconds), target)  # type: ignore[arg-type]
    if as_json:
        frames = {name: frame.to_dicts() for name, frame in found.frames.items()}
        content = {"sentences": list(found.sentences), **frames, "seconds": perf_counter() - began}
        write_json(content if target is None else content | {"out": str(target)})
        return
    _print(scenario, found)
    for path in written:
        say(f"Written: {path}")


def _with_cases(scenario: Scenario, request: StressRequest) -> Scenario:
    """Return the scenario with the cases of a file laid over its own."""
    if request.case_file is not None:
        with told_of(str(request.case_file)):
            added = read_cases(request.case_file)
        named = {row.case for row in added}
        kept = tuple(row for row in scenario.cases if row.case not in named)
        scenario = scenario.model_copy(update={"cases": (*kept, *added)})
    for name in request.cases:
        steps_of(scenario, name)  # so that a misspelt name is told before anything is planned
    return scenario


def _print(scenario: Scenario, found: Stress) -> None:
    """Sentences first, then tables."""
    for sentence in found.sentences:
        say(sentence)
    say()
    names = {row.nation: row.name for row in scenario.nations}
    first = min(found.stress["priority"].to_list(), default=None)
    mine = found.stress.filter(pl.col("priority") == first)
    titles = (("Cases", ~pl.col("kind").is_in(["nation", "pair"])), ("Each nation alone", pl.col("kind") == "nation"),
              ("Pairs of nations", pl.col("kind") == "pair"))  # fmt: skip
    for title, wanted in titles:
        rows = mine.filter(wanted)
        if title != "Cases":
            rows = rows.sort("best_reaction", "case")
        if rows.height:
            left = rows.height - MOST_SHOWN
            _print_losses(f"{title}: priority {first}", rows.head(MOST_SHOWN), names)
            if left > 0:
                say(f"... and {left} more{', which cost less' if title != 'Cases' else ''}; --json has them all.\n")
    _print_sets(found, names)
    _print_shares(found, names)


def _print_losses(title: str, rows: pl.DataFrame, names: dict[str, str]) -> None:
    columns = ("what", "from day", "planned", "nobody reacts", "best reaction", "at most", "tours lost", "changed", "status")
    shown = [
        (_what(row["title"], row["kind"], row["nations"], names), row["from_day"], percent(row["planned"]),
         percent(row["no_reaction"]), percent(row["best_reaction"]), percent(row["bound"]), row["tours_lost"],
         row["tours_changed"], row["status"])
        for row in rows.to_dicts()
    ]  # fmt: skip
    print_rows(console(), title, columns, shown)


def _what(title: str, kind: str, nations: str | None, names: dict[str, str]) -> str:
    return _named(nations or "", names) if kind in ("nation", "pair") else title


def _named(nations: str, names: dict[str, str]) -> str:
    return ", ".join(names.get(nation, nation) for nation in nations.split(";"))


def _print_sets(found: Stress, names: dict[str, str]) -> None:
    if found.stress_worst.height:
        columns = ("together", "nations", "nobody reacts", "best reaction", "at most", "others keep", "status", "planned anew")
        rows = [
            (row["together"], _named(row["nations"], names), finely(row["no_reaction"]), finely(row["best_reaction"]),
             finely(row["bound"]), None if row["floor"] is None else finely(row["floor"]), row["status"],
             f"{row['examined']} of {row['of']}")
            for row in found.stress_worst.to_dicts()
        ]  # fmt: skip
        print_rows(console(), "The nations whose loss together costs most", columns, rows)


def _print_shares(found: Stress, names: dict[str, str]) -> None:
    if found.shapley.height:
        first = min(found.shapley["priority"].to_list())
        mine = found.shapley.filter(pl.col("priority") == first).sort("value", "nation", descending=[True, False])
        rows = [
            (names.get(row["nation"], row["nation"]), finely(row["value"]), f"{finely(row['low'])} to {finely(row['high'])}")
            for row in mine.head(MOST_SHOWN).to_dicts()
        ]  # fmt: skip
        headings = ("nation", "share of what is asked", "interval of 95 %")
        print_rows(console(), f"Worth of nations to priority {first}", headings, rows)
    if found.participation.height:
        columns = ("priority", "planned", "nobody reacts", "mean", "once in twenty below", "once in twenty above", "draws")
        draws = [
            (row["priority"], percent(row["planned"]), percent(row["no_reaction"]), percent(row["mean"]), percent(row["p05"]),
             percent(row["p95"]), row["draws"])
            for row in found.participation.to_dicts()
        ]  # fmt: skip
        print_rows(console(), "Taking part by probability", columns, draws)

