"""The command that says what should watch the line: `observe`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from contingent.cli.endings import BadCall, told_of
from contingent.cli.screen import console, say, write_json
from contingent.cli.tables import print_rows
from contingent.cli.wait import waiting
from contingent.findings import nearest_name
from contingent.io.atomic import write_folder
from contingent.io.scenario_reader import read_scenario
from contingent.model.ladder import INCIDENT_KINDS
from contingent.monitoring.gather import gather_incidents
from contingent.monitoring.observation import DesignOptions, ObservationDesign, design
from contingent.monitoring.observation.hours import watched_by_hour, who_looks
from contingent.report.words import grouped, percent

FRAMES = ("observation", "coverage", "marginal", "redundancy")
FIGURES = ("value", "bound", "greedy", "status", "method", "people", "money", "twice", "value_low", "value_high", "line_km")
MOST_LOST = 10
"""Means that are told with what is lost without them."""


@dataclass(frozen=True)
class ObserveRequest:
    """What is wanted, as it was asked for on the command line."""

    place: str
    people: float | None = None
    money: float | None = None
    wanted: float | None = None
    sectors: Sequence[str] = ()
    kind: str | None = None
    incidents: Sequence[Path] = ()
    incident_weight: float = 1.0

    def options(self) -> DesignOptions:
        """The options of the design.

        Raises
        ------
        BadCall
            If nothing limits it, both a limit and a share are given, a number is below 0, or the kind is unknown.
        """
        limits = {"--people": self.people, "--money": self.money}
        if all(limit is None for limit in limits.values()) and self.wanted is None:
            raise BadCall("Say what limits it: --people N, --money M, or the share that is wanted: --wanted W.")
        if self.wanted is not None and any(limit is not None for limit in limits.values()):
            raise BadCall("--wanted asks for the least cost of a share; a limit of people or money does not go with it.")
        for name, limit in (limits | {"--incident-weight": self.incident_weight}).items():
            if limit is not None and not 0 <= limit < float("inf"):
                raise BadCall(f"{name} is {limit:g}; it must be 0 or more.")
        if self.kind is not None and self.kind not in INCIDENT_KINDS:
            nearest = nearest_name(self.kind, INCIDENT_KINDS)
            hint = f" Nearest: '{nearest}'." if nearest else ""
            raise BadCall(f"'{self.kind}' is not a kind of incident.{hint} Kinds: {', '.join(INCIDENT_KINDS)}.")
        weight = self.incident_weight if self.incidents else 0.0
        return DesignOptions(
            people=self.people, money=self.money, wanted=self.wanted, sectors=tuple(self.sectors), kind=self.kind,
            incident_weight=weight)  # fmt: skip


def observe_command(request: ObserveRequest, *, out: Path | None, as_json: bool) -> None:
    """Place means of observation; print what stands where and how much is watched; write tables where a folder is named."""
    options = request.options()
    with told_of(request.place), waiting(f"Reading {request.place}"):
        scenario = read_scenario(request.place)
    incidents = gather_incidents([path.expanduser() for path in request.incidents]).incidents if request.incidents else None
    with told_of(request.place), waiting(f"Placing means of observation for {request.place}"):
        found = design(scenario, options, incidents=incidents)
    if out is not None:
        hours = watched_by_hour(
            found.coverage, who_looks(scenario, found, day_share=options.day_share), day_share=options.day_share,
            clear_share=options.clear_share)  # fmt: skip
        write_folder(out.expanduser(), lambda folder: _write(found, hours, folder), overwrite=True)
    if as_json:
        content = {name: getattr(found, name) for name in FIGURES} | {name: getattr(found, name).to_dicts() for name in FRAMES}
        content |= {"by_sector": found.by_sector().to_dicts(), "assumptions": list(found.assumptions), "seconds": found.seconds}
        write_json({name: _plain(value) for name, value in content.items()} | ({} if out is None else {"out": str(out)}))
        return
    print_design(found, scenario.settings.currency, wanted=request.wanted is not None)
    if out is not None:
        say(f"Written: {out}")


def _plain(value: object) -> object:
    """Infinity and not-a-number as nothing: JSON knows neither."""
    return None if isinstance(value, float) and not abs(value) < float("inf") else value


def _write(found: ObservationDesign, hours: pl.DataFrame, folder: Path) -> None:
    for name in FRAMES:
        getattr(found, name).write_csv(folder / f"{name}.csv")
    hours.write_csv(folder / "hours.csv")


def print_design(found: ObservationDesign, currency: str, *, wanted: bool) -> None:
    """Print how much is watched, what stands where, what one more adds, and what is lost with each."""
    if found.status == "infeasible":
        say("The share that is wanted cannot be reached with the means and sites that there are. Nothing was placed.")
        return
    say(f"{percent(found.value)} of {grouped(found.line_km)} km of line, of what matters behind it, and of the time is watched; "
        f"{percent(found.twice)} of the line is seen by two.")  # fmt: skip
    say(f"It takes {grouped(found.people)} people and {grouped(found.money / 1e6, places=1)} million {currency} a year.")
    if wanted:
        say(f"Nothing that reaches as much costs less than {grouped(found.bound / 1e6, places=1)} million ({found.status}).")
    else:
        say(f"No choice watches more than {percent(found.bound)} ({found.status}).")
    say(f"With every range at its low value {percent(found.value_low)}, at its high value {percent(found.value_high)}.\n")
    screen = console()
    kinds = found.observation.group_by("title", maintain_order=True).agg(
        pl.len(), pl.col("people").sum(), pl.col("cost_per_year").sum())  # fmt: skip
    shown = [(row["title"], row["len"], grouped(row["people"]), grouped(row["cost_per_year"] / 1e6, places=1))
             for row in kinds.sort("len", "title", descending=[True, False]).iter_rows(named=True)]  # fmt: skip
    print_rows(screen, "What stands there", ("means", "number", "people", f"million {currency} a year"), shown)
    by_sector = [(row["sector"] or "outside all", grouped(row["km"]), percent(row["watched"]), percent(row["twice"]))
                 for row in found.by_sector().iter_rows(named=True)]  # fmt: skip
    print_rows(screen, "By sector", ("sector", "km", "watched", "seen by two"), by_sector)
    marginal = [(grouped(row["people"]), grouped(row["cost_per_year"] / 1e6, places=1), row["posts"], percent(row["watched"]))
                for row in found.marginal.iter_rows(named=True)]  # fmt: skip
    if marginal:
        print_rows(screen, "What less would watch", ("people", f"million {currency}", "means", "watched"), marginal)
    lost = found.redundancy.sort("lost", "site", descending=[True, False]).head(MOST_LOST)
    rows = [(row["site"], row["sensor"], row["sector"], percent(row["lost"]), grouped(row["alone_km"], places=1))
            for row in lost.iter_rows(named=True)]  # fmt: skip
    print_rows(screen, "What is lost without each, most first", ("site", "means", "sector", "lost", "km seen by it alone"), rows)
    for sentence in found.assumptions:
        say(sentence)
