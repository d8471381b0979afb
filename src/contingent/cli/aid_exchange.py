"""Commands that take the Ukraine Support Tracker's workbook in and write one: `aid-import` and `aid-export`."""

from datetime import date
from pathlib import Path

from contingent.cli.endings import told_of
from contingent.cli.screen import findings_told, say, tell, write_json
from contingent.cli.wait import waiting
from contingent.io.scenario_reader import read_scenario
from contingent.report.words import counted
from contingent.tracker import export_tracker, import_tracker

NO_COLUMN = "Coalition, due day, event and confidence have no column in the tracker's form."


def import_command(workbook: Path, folder: Path, *, as_of: date | None, overwrite: bool, as_json: bool) -> None:
    """Take a workbook over, and say what came of it; warnings go to standard error."""
    with waiting(f"Importing {workbook}"):
        found = import_tracker(workbook, folder, as_of=as_of, overwrite=overwrite)
    if found.findings:
        tell(findings_told(found.findings))
    if as_json:
        write_json({
            "pledges": len(found.pledges), "deliveries": len(found.deliveries), "typed": found.typed,
            "as_of": None if found.as_of is None else found.as_of.isoformat(), "findings": [str(told) for told in found.findings],
            "written": [str(path) for path in found.written],
        })  # fmt: skip
        return
    came = counted(len(found.deliveries), "count of what came", "counts of what came")
    say(f"{counted(len(found.pledges), 'pledge').capitalize()}, {found.typed} of a type that the scenario knows; {came}.")
    if as_of is None and found.deliveries:
        say(f"What came is booked as come by {found.as_of}, the workbook's last announcement. "
            "If its release is of a later day, name it: --as-of DATE --overwrite.")  # fmt: skip
    for path in found.written:
        say(f"Written: {path}")
    say(f"\nThen:\n  contingent aid {folder}")


def export_command(place: str, workbook: Path, *, overwrite: bool, as_json: bool) -> None:
    """Write a ledger as a workbook, and say what has no place in it."""
    with told_of(place), waiting(f"Reading {place}"):
        scenario = read_scenario(place)
    with waiting(f"Exporting {place}"):
        done = export_tracker(scenario, workbook, overwrite=overwrite)
    if as_json:
        write_json({"out": str(done.path), "rows": done.rows, "left_out": done.left_out, "unpledged": done.unpledged})
        return
    say(f"Written: {done.path}, {counted(done.rows, 'pledge')}")
    if done.left_out:
        say(f"{counted(done.left_out, 'total or pledge', 'totals and pledges').capitalize()} "
            f"{'is' if done.left_out == 1 else 'are'} left out, as they count in no sum.")  # fmt: skip
    if done.unpledged:
        say(f"{counted(done.unpledged, 'delivery', 'deliveries').capitalize()} that no pledge in it stands for "
            f"{'is' if done.unpledged == 1 else 'are'} left out.")  # fmt: skip
    say(NO_COLUMN)
