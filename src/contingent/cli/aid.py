"""The command that says whether the host gets what it was promised: `aid`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contingent.aid.allocation_problem import AllocationOptions
from contingent.aid.status import AidOptions, AidStatus
from contingent.cli.aid_screen import print_aid
from contingent.cli.endings import BadCall, told_of
from contingent.cli.plan_given import default_folder, plan_beside
from contingent.cli.screen import say, write_json
from contingent.cli.wait import waiting
from contingent.contact_group import assess_aid, faults_of_plan
from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.io.scenario_reader import read_scenario
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.report.aid.sentences import aid_sentences
from contingent.report.aid.summary import in_short
from contingent.report.aid.write import PRINTED, refuse_to_lose, write_aid
from contingent.report.html.aid import competition_of
from contingent.report.situation.pdf import HOW_TO_PRINT, browser_here

AID = Path("aid")
"""Folder in which a status of aid is written where no other is named."""

LONGEST_SUFFIX = 80
"""Longest part of a folder's name that says who stops. [characters]"""

LONGEST_HORIZON, MOST_DRAWN = 7_300, 100_000
"""Arrivals are not foreseen for longer [days], nor drawn more often."""


@dataclass(frozen=True)
class AidRequest:
    """What is to be assessed, and how, as it was asked for on the command line."""

    place: str
    as_of: date | None = None
    complete: bool = False
    horizon: int = 720
    stop: Sequence[str] = ()
    plan: Path | None = None
    standard: float = 0.8
    training_places: int | None = None
    maintenance_hours: float | None = None
    most_types: int = 2
    replications: int = 500
    seed: int = 1

    def options(self) -> AidOptions:
        """How the status is worked out.

        Raises
        ------
        BadCall
            If a number makes no sense; every one of them is told.
        """
        wrong = [
            f"--{name} is {value:g}; it must be {must}."
            for name, value, fits, must in (
                ("horizon", self.horizon, 1 <= self.horizon <= LONGEST_HORIZON, f"from 1 to {LONGEST_HORIZON}"),
                ("standard", self.standard, 0 < self.standard <= 1, "above 0 and at most 1 (0.8 = 80 %)"),
                ("training-places", self.training_places, (self.training_places or 0) >= 0, "0 or more"),
                ("maintenance-hours", self.maintenance_hours, 0 <= (self.maintenance_hours or 0) < float("inf"), "0 or more"),
                ("most-types", self.most_types, self.most_types >= 1, "1 or more"),
                ("replications", self.replications, 1 <= self.replications <= MOST_DRAWN, f"from 1 to {MOST_DRAWN}"),
                ("seed", self.seed, self.seed >= 0, "0 or more"),
            )
            if not fits
        ]
        if wrong:
            raise BadCall(" ".join(wrong))
        shape = AllocationOptions(
            horizon_days=self.horizon, standard=self.standard, most_types=self.most_types,
            training_places=self.training_places, maintenance_hours_per_month=self.maintenance_hours)  # fmt: skip
        return AidOptions(
            as_of=self.as_of, complete=self.complete, horizon_days=self.horizon, stopped=tuple(dict.fromkeys(self.stop)),
            replications=self.replications, seed=self.seed, allocation=shape)  # fmt: skip


def aid_command(request: AidRequest, *, out: Path | None, as_json: bool, pdf: bool) -> None:
    """Work out the status of aid, write it, and print it in short or as JSON."""
    options = request.options()
    if out is not None:
        refuse_to_lose(out.expanduser())
    with told_of(request.place), waiting(f"Reading {request.place}"):
        scenario = read_scenario(request.place)
    refuse_to_guess(scenario, options, place=request.place)
    plan = None if request.plan is None else plan_beside(request.plan, scenario, request.place)
    if plan is not None:
        refuse_another_force(scenario, plan, asked=request.plan, place=request.place)
    with told_of(request.place), waiting(f"Assessing the aid of {request.place}"):
        status = assess_aid(scenario, plan, options)
    folder = out if out is not None else None if as_json else _default_folder(request.place, status)
    written: list[Path] = []
    if folder is not None:
        with waiting("Writing the status of aid"):
            written = write_aid(scenario, status, folder, plan=plan, pdf=pdf)
    said = aid_sentences(scenario, status, competition_of(status, plan))
    if as_json:
        content = in_short(status, said) | {"seconds": dict(status.seconds)}
        write_json(content if folder is None else content | {"out": str(folder)})
        return
    print_aid(scenario, status, said)
    for path in written:
        if path.suffix != ".csv":
            say(f"Written: {path}")
    if written:
        say(f"Written: {folder}, a table (.csv) for each frame")
    if folder is not None and pdf and not any(path.name == PRINTED for path in written):
        say(HOW_TO_PRINT if browser_here() is None else "No PDF: the browser that is here did not print it.")


def refuse_to_guess(scenario: Scenario, options: AidOptions, *, place: str) -> None:
    """Refuse a scenario of which nothing can be said, a day before all that is known, and donors that nobody knows.

    Raises
    ------
    BadCall
        If the scenario has neither pledges nor needs, or none was announced by the close of the books.
    UnknownName
        If a donor who is to stop promised nothing; each is told, with the nearest.
    """
    if not scenario.pledges and not scenario.needs:
        raise BadCall(
            f"{place} has no pledges and no needs. Maybe fill pledges.csv and needs.csv, "
            "or import the tracker's workbook: `contingent aid-import`."
        )
    first = min((row.announced for row in scenario.pledges), default=None)
    if options.as_of is not None and first is not None and options.as_of < first:
        raise BadCall(f"Nothing is known up to {options.as_of}: the first pledge is of {first}.")
    donors = sorted({row.donor for row in scenario.pledges} | {row.donor for row in scenario.deliveries})
    unknown = [name for name in options.stopped if name not in donors]
    if unknown:
        told = " ".join(f"'{name}' is no donor.{_hint(name, donors, scenario)}" for name in unknown)
        raise UnknownName(f"{told} Donors: {', '.join(donors) or 'none'}.")


def refuse_another_force(scenario: Scenario, plan: Plan, *, asked: Path | None, place: str) -> None:
    """Refuse a plan that sends what the scenario does not know: it cannot be held against it.

    Raises
    ------
    BadCall
        If a unit type or a place of its tours is not the scenario's.
    """
    if faults := faults_of_plan(scenario, plan):
        raise BadCall(faults[0].what.replace("This", str(asked), 1).replace("the scenario", place, 1))


def _hint(asked: str, donors: Sequence[str], scenario: Scenario) -> str:
    """Return the nearest donor, also where a nation's name was written."""
    named = {row.name.casefold(): row.nation for row in scenario.nations if row.name and row.nation in donors}
    like = nearest_name(asked, named)
    nearest = nearest_name(asked, donors) or (named[like] if like is not None else None)
    return f" Nearest: '{nearest}'." if nearest is not None else ""


def _default_folder(place: str, status: AidStatus) -> Path:
    """Return ``aid/SCENARIO-DATE``, with the donors who stop, so that a what-if does not take the place of what is."""
    without = f"-without-{'-'.join(status.options.stopped)}"[:LONGEST_SUFFIX] if status.options.stopped else ""
    bare = "".join(char if char.isalnum() or char in "-_. " else "_" for char in without)
    return AID / f"{default_folder(place, None).name}-{status.as_of}{bare}"
