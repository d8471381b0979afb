"""The command that says whether a ceasefire holds: `monitor`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contingent.cli.endings import BadCall, told_of
from contingent.cli.plan_given import default_folder, plan_beside
from contingent.cli.screen import console, say, write_json
from contingent.cli.tables import print_rows
from contingent.cli.wait import waiting
from contingent.io.places import folder_of
from contingent.io.scenario_reader import read_scenario
from contingent.monitoring.gather import gather_incidents
from contingent.monitoring.readers.read import FormatName
from contingent.monitoring.readers.times import SlashOrder
from contingent.monitoring.sentences import figure, span
from contingent.monitoring.situation import Situation
from contingent.pipeline import checked_options
from contingent.plan.plan import PlanOptions
from contingent.report.situation import rows
from contingent.report.situation.pdf import HOW_TO_PRINT, browser_here
from contingent.report.situation.write import PRINTED, in_short, refuse_to_lose, write_situation
from contingent.situation import MonitorOptions, monitor

SITUATIONS = Path("situations")
"""Folder in which situations are written where no other is named."""

INCIDENTS, EXPOSURE = "incidents.csv", "exposure.csv"
"""Files beside a scenario that are taken where no others are named."""


@dataclass(frozen=True)
class MonitorRequest:
    """What is to be told, and of what, as it was asked for on the command line."""

    place: str
    incidents: Sequence[Path] = ()
    exposure: Path | None = None
    plan: Path | None = None
    option: str | None = None
    since: date | None = None
    until: date | None = None
    weekly: bool = False
    format: FormatName | None = None
    zone: str = "UTC"
    slash: SlashOrder | None = None

    def check(self) -> None:
        """Refuse what cannot be meant.

        Raises
        ------
        BadCall
            If the days contradict each other.
        """
        if self.since is not None and self.until is not None:
            if self.until < self.since:
                raise BadCall(f"--until {self.until} is before --since {self.since}.")
            if self.weekly:
                raise BadCall("--weekly says how long the time told of is; so do --since and --until together.")

    def files(self) -> list[Path]:
        """The files of incidents: those that were named, else the one beside the scenario.

        Raises
        ------
        BadCall
            If there is none.
        """
        if self.incidents:
            return [path.expanduser() for path in self.incidents]
        beside = self.beside(INCIDENTS)
        if beside is None:
            raise BadCall(f"{self.place} has no {INCIDENTS}. Maybe name a file: --incidents FILE.")
        return [beside]

    def beside(self, name: str) -> Path | None:
        """A file beside the scenario, if it is there."""
        folder = folder_of(self.place)
        return folder / name if folder is not None and (folder / name).is_file() else None


def monitor_command(request: MonitorRequest, *, out: Path | None, as_json: bool, pdf: bool) -> None:
    """Work out a situation, write it, and print its headline or its JSON."""
    request.check()
    with told_of(request.place), waiting(f"Reading {request.place}"):
        scenario = read_scenario(request.place)
        option = checked_options(scenario, PlanOptions(option=request.option)).option
    if out is not None:
        refuse_to_lose(out.expanduser())
    plan = None if request.plan is None else plan_beside(request.plan, scenario, request.place, option=request.option)
    try:
        with waiting("Reading incidents"):
            gathered = gather_incidents(request.files(), format=request.format, zone=request.zone, slash=request.slash)
        options = MonitorOptions(weekly=request.weekly, option=option if plan is None else plan.option)
        exposure = request.exposure.expanduser() if request.exposure is not None else request.beside(EXPOSURE)
        with waiting(f"Monitoring {request.place}"):
            found = monitor(
                scenario, gathered, exposure, plan=plan, since=request.since, until=request.until, options=options)
    except ValueError as error:
        raise BadCall(str(error)) from error
    folder = out if out is not None else None if as_json else _default_folder(request.place, found)
    written = []
    if folder is not None:
        with waiting("Writing the situation"):
            written = write_situation(scenario, found, folder, pdf=pdf)
    if as_json:
        content = in_short(found) | {"seconds": found.seconds}
        write_json(content if folder is None else content | {"out": str(folder)})
        return
    print_situation(found)
    for path in written:
        say(f"Written: {path}")
    if written:
        say(f"Written: {folder}, a table (.csv) for each frame")
    if folder is not None and pdf and not any(path.name == PRINTED for path in written):
        say(HOW_TO_PRINT if browser_here() is None else "No PDF: the browser that is here did not print it.")


def _default_folder(place: str, found: Situation) -> Path:
    name = default_folder(place, None).name
    return SITUATIONS / f"{name}-{found.period.until}{'-week' if found.weekly else ''}"


def print_situation(found: Situation) -> None:
    """Print the headline of a situation, what was reported by sector, and what changed."""
    screen = console()
    say(f"{found.title}: {span(found.period)}\n")
    for sentences in found.paragraphs.values():
        say(" ".join(sentences))
    say()
    told = [
        (row["name"], figure(row["violations"]), "" if row["before"] is None else figure(row["before"]), row["rate"],
         row["interval"], row["killed"], row["wounded"], row["obstructed"], row["level"])
        for row in rows.sector_rows(found)
    ]  # fmt: skip
    columns = ("sector", "violations", "before", "a day", "interval", "killed", "wounded", "obstructed", "level")
    print_rows(screen, "By sector; obstruction of monitors is no violation and counted apart", columns, told)
    new = [rows.change_row(row) for row in found.new_changes().iter_rows(named=True)]
    if new:
        cells = [(row["where"], f"{row['sign']} {row['what']}", row["grade"], row["flagged"], row["changed"], row["likely"],
                  row["before"], row["after"]) for row in new]  # fmt: skip
        heads = ("where", "what", "grade", "found on", "most likely since", "interval", "from", "to")
        print_rows(screen, "Changes found, violations a day", heads, cells)
    aside = found.set_aside.select("file", "line").unique().height
    if aside:
        say(f"{figure(aside)} rows were set aside; set_aside.csv says which and why.")
    for note in found.notes:
        say(note)
