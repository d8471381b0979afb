"""Everything about aid in one folder: the page, the same as PDF, the workbook, a CSV for each frame, and the whole in short."""

import json
from pathlib import Path

from contingent.aid.status import AidStatus
from contingent.io.atomic import refuse_another_folder, write_folder
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.aid.sentences import aid_sentences
from contingent.report.aid.summary import SUMMARY, in_short
from contingent.report.aid.workbook import WORKBOOK, write_aid_workbook
from contingent.report.html.aid import aid_html, competition_of
from contingent.report.situation.pdf import print_pdf

PAGE, PRINTED = "index.html", "aid.pdf"
OWN = "ledger.csv"
"""The table by which a folder of ours is known."""


def write_aid(
    scenario: Scenario, status: AidStatus, folder: str | Path, *, plan: Plan | None = None, pdf: bool = True
) -> list[Path]:
    """Write the status of aid and return what was written: the page first, the PDF last where it could be made.

    Parameters
    ----------
    scenario : Scenario
        For names, sources and targets.
    status : AidStatus
        From `contingent.aid.assess.assess`.
    folder : str or Path
        Folder to write; one that holds another status of aid is replaced, any other is refused.
    plan : Plan, optional
        Of the force, to show where force and aid draw on the same thing.
    pdf : bool
        Whether the page is printed as well, by a browser that is there.

    Raises
    ------
    CannotWrite
        If the folder holds something else, or cannot be written.
    """
    target = Path(folder).expanduser()
    refuse_to_lose(target)
    write_folder(target, lambda draft: _write(scenario, status, draft, plan), overwrite=True, stale=(PRINTED,))
    written = [target / PAGE, target / WORKBOOK, target / SUMMARY, *(target / f"{name}.csv" for name in status.frames)]
    if pdf and print_pdf(target / PAGE, target / PRINTED):
        written.append(target / PRINTED)
    return written


def refuse_to_lose(folder: Path) -> None:
    """Raise `CannotWrite` where a status of aid written there would overwrite something else."""
    refuse_another_folder(folder, known_by=(PAGE, OWN), what="a status of aid")


def _write(scenario: Scenario, status: AidStatus, folder: Path, plan: Plan | None) -> None:
    (folder / PAGE).write_bytes(aid_html(scenario, status, plan=plan).encode("utf-8", "replace"))
    said = aid_sentences(scenario, status, competition_of(status, plan))
    write_aid_workbook(status, folder / WORKBOOK, sentences=said)
    summary = json.dumps(in_short(status, said), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    (folder / SUMMARY).write_bytes(summary.encode("utf-8", "replace"))
    for name, frame in status.frames.items():
        frame.write_csv(folder / f"{name}.csv")
