"""The command that tells a plan to those who decide: `briefing`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contingent.cli.endings import BadCall
from contingent.cli.plan_given import default_folder, folder_of_plan, plan_named
from contingent.cli.screen import say, write_json
from contingent.cli.wait import waiting

BRIEFING = "briefing.pptx"
"""What is written where no file is named."""


@dataclass(frozen=True)
class BriefingRequest:
    """What is to be told, and where, as it was asked for on the command line."""

    place: str
    option: str | None
    out: tuple[Path, ...]
    dated: str | None
    overwrite: bool

    def date(self) -> date | None:
        """The date that stands on each page.

        Raises
        ------
        BadCall
            If it is no date.
        """
        if self.dated is None:
            return None
        try:
            return date.fromisoformat(self.dated)
        except ValueError:
            raise BadCall(f"--date: '{self.dated}' is not a date. Maybe write it as 2027-01-15.") from None


def briefing_command(request: BriefingRequest, *, as_json: bool) -> None:
    """Write a plan, or a scenario that is planned first, as slides, PDF or article; say what was written."""
    from contingent.report.briefing import KINDS, write_briefing

    dated = request.date()
    unknown = [path for path in request.out if path.suffix.lower() not in KINDS]
    if unknown:
        raise BadCall(f"{unknown[0]}: not a kind of file that a briefing is written as. Kinds: {', '.join(KINDS)}.")
    folder = folder_of_plan(request.place)
    in_folder = folder is not None and folder.is_dir()
    files = request.out or (folder / BRIEFING if folder and in_folder else _beside(request.place, request.option),)
    _refuse_to_lose(files, overwrite=request.overwrite)
    given = plan_named(request.place, request.option)
    scenario, plan = given.scenario, given.plan
    written: list[Path] = []
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        with waiting(f"Writing {file}"):
            written += write_briefing(scenario, plan, file, dated=dated)
    if as_json:
        write_json({"title": plan.title, "option": plan.option, "out": [str(path) for path in written]})
        return
    for path in written:
        say(f"Written: {path}")


def _beside(place: str, option: str | None) -> Path:
    """The file of a scenario's briefing, in the folder that one stands in.

    >>> _beside("scenarios/my-force.xlsx", "small").as_posix()
    'my-force-small-briefing.pptx'
    """
    return Path(f"{default_folder(place, option).name}-{BRIEFING}")


def _refuse_to_lose(files: Sequence[Path], *, overwrite: bool) -> None:
    """Slides are edited by hand: they are not replaced unless that is asked for."""
    there = [file for file in files if file.exists()]
    if there and not overwrite:
        raise BadCall(f"{there[0]} is there already, and may have been edited. Maybe name another file, or add --overwrite.")
