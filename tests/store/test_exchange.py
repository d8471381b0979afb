"""Out to folders and workbooks, and back in."""

import csv
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from tests.store.test_conference import edit_of, row_of

from contingent.io import read_scenario
from contingent.store import Actor, Conference, Conflict, Edit, Refused


@pytest.fixture(params=["tiny", "reassurance"])
def bundled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Conference]:
    conference = Conference.open(tmp_path / "c.sqlite", create_from=request.param)
    yield conference
    conference.close()


@pytest.mark.parametrize("name", ["out", "out.xlsx"])
def test_what_goes_out_comes_back_the_same(bundled: Conference, tmp_path: Path, name: str) -> None:
    """Folder to database to folder or workbook: the same scenario, and nothing to bring in again."""
    export = bundled.export_workbook if name.endswith("xlsx") else bundled.export_folder
    written = export(tmp_path / name)
    state = bundled.state()
    assert state.scenario is not None
    assert read_scenario(written).fingerprint() == state.scenario.fingerprint()
    preview = bundled.import_preview(written)
    assert (preview.is_empty, preview.findings, preview.edits) == (True, (), ())
    again = Conference.open(tmp_path / "again.sqlite", create_from=written)
    tables = {table: [row.key for row in rows] for table, rows in state.rows.items()}
    if not name.endswith("xlsx"):  # a workbook has every number as a number, and TOML leaves out what is the default
        assert {table: [row.cells for row in rows] for table, rows in again.state().rows.items() if table != "ladder"} == {
            table: [row.cells for row in rows] for table, rows in state.rows.items() if table != "ladder"}
    assert {table: [row.key for row in rows] for table, rows in again.state().rows.items() if table != "scenario"} == {
        table: keys for table, keys in tables.items() if table != "scenario"}
    again.close()


def test_an_import_shows_first_what_it_would_change(conference: Conference, planner: Actor, tmp_path: Path) -> None:
    folder = conference.export_folder(tmp_path / "out")
    with (folder / "offers.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    at = header.index("quantity")
    kept, changed, removed = rows[0][0], rows[1][0], rows[2][0]
    rows[0][at] += ".0"  # the same number
    rows[1][at] = "17"
    rows[2][0] = "brand new"
    with (folder / "offers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    before = conference.state()
    preview = conference.import_preview(folder)
    assert [row.key for row in preview.new] == ["brand new"]
    assert [(row.key, row.columns) for row in preview.changed] == [(changed, ("quantity",))]
    assert [row.key for row in preview.removed] == [removed]
    assert preview.findings == ()
    assert conference.state() == before
    state = conference.import_apply(planner, preview, why="from the embassy")
    assert row_of(state, "offers", changed).cells["quantity"] == "17"
    assert row_of(state, "offers", kept) == row_of(before, "offers", kept), "what means the same stays as it was written"
    assert {entry.kind for entry in conference.history(limit=3)} == {"import"}
    assert conference.undo(planner, state.seq).scenario == before.scenario


def test_an_import_that_would_make_an_error_says_so(conference: Conference, planner: Actor, tmp_path: Path) -> None:
    folder = conference.export_folder(tmp_path / "out")
    text = (folder / "offers.csv").read_text().splitlines()
    (folder / "offers.csv").write_text("\n".join([text[0], text[1].replace("land_bg", "dragoons"), *text[2:]]) + "\n")
    (folder / "locations.csv").write_text("location\nnowhere\n")
    preview = conference.import_preview(folder)
    assert preview.findings
    assert all(finding.line is None for finding in preview.findings if "row " in finding.what)
    with pytest.raises(Refused):
        conference.import_apply(planner, preview)


def test_a_file_that_cannot_be_read_is_refused_whole(conference: Conference, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"PK not a workbook")
    preview = conference.import_preview(tmp_path / "bad.xlsx")
    assert preview.findings
    assert preview.is_empty
    assert conference.import_preview(tmp_path / "nothing here").findings


def test_a_workbook_of_offers_alone_leaves_the_rest(conference: Conference, planner: Actor, tmp_path: Path) -> None:
    """No settings, one sheet: what a delegation sends."""
    book = openpyxl.load_workbook(conference.export_workbook(tmp_path / "all.xlsx"))
    for name in book.sheetnames:
        if name != "offers":
            del book[name]
    sheet = book["offers"]
    columns = [cell.value for cell in sheet[1]]
    sheet.cell(2, columns.index("quantity") + 1).value = 23
    book.save(tmp_path / "offers.xlsx")
    preview = conference.import_preview(tmp_path / "offers.xlsx")
    assert (preview.new, preview.removed, preview.findings) == ((), (), ())
    assert [row.columns for row in preview.changed] == [("quantity",)]
    before = conference.state()
    after = conference.import_apply(planner, preview)
    assert after.rows["nations"] == before.rows["nations"]


def test_an_import_of_what_changed_meanwhile_conflicts(
    conference: Conference, planner: Actor, pole: Actor, tmp_path: Path
) -> None:
    folder = conference.export_folder(tmp_path / "out")
    offer = conference.state().rows["offers"][0]
    lines = (folder / "offers.csv").read_text().splitlines()
    (folder / "offers.csv").write_text("\n".join([lines[0], *lines[2:]]) + "\n")
    preview = conference.import_preview(folder)
    conference.change(pole, [edit_of(offer, quantity="8")])
    with pytest.raises(Conflict):
        conference.import_apply(planner, preview)


def test_what_extends_another_folder_comes_in_whole(tmp_path: Path) -> None:
    """The other folder is not there any more for whoever opens the database."""
    Conference.open(tmp_path / "c.sqlite", create_from="tiny").export_folder(tmp_path / "base")
    over = tmp_path / "over"
    over.mkdir()
    (over / "scenario.toml").write_text('extends = "../base"\ntitle = "Over"\n[remove]\noffers = []\n')
    conference = Conference.open(tmp_path / "d.sqlite", create_from=over)
    state = conference.state()
    assert state.scenario == read_scenario(over)
    assert all(row.key != "extends" for row in state.rows["scenario"])
    conference.close()


def test_an_import_reads_nothing_outside_its_own_folder(conference: Conference, tmp_path: Path) -> None:
    """Not by a path up, from the root or through a link, nor by a scenario within that leads out; what lies within is read."""
    elsewhere = conference.export_folder(tmp_path / "elsewhere")
    brought = tmp_path / "brought"
    within = conference.export_folder(brought / "base")
    (brought / "link").symlink_to(elsewhere)
    (brought / "step").mkdir()
    (brought / "step" / "scenario.toml").write_text('extends = "../../elsewhere"\n')
    for name in ("../elsewhere", str(elsewhere), "link", "step", "../nothing", "~/nothing"):
        (brought / "scenario.toml").write_text(f'title = "x"\nextends = "{name}"\n')
        preview = conference.import_preview(brought)
        assert [finding.column for finding in preview.findings] == ["extends"], name
        assert "is not in the folder that is brought in" in preview.findings[0].what
        assert preview.edits == ()
    (brought / "scenario.toml").write_text(f'title = "Over"\nextends = "{within.name}"\n')
    preview = conference.import_preview(brought)
    assert preview.findings == ()
    assert [row.key for row in preview.changed] == ["title"]


def test_rows_taken_out_of_what_lies_below_are_settings(tmp_path: Path, planner: Actor) -> None:
    conference = Conference.open(tmp_path / "c.sqlite", create_from="reassurance")
    with pytest.raises(Refused, match="no such sensor"):
        conference.change(planner, [Edit("scenario", {"setting": "remove.cycles", "value": "no such sensor"})])
    first = conference.state().scenario
    assert first is not None
    sensor = first.sensors[0].sensor
    state = conference.change(planner, [Edit("scenario", {"setting": "remove.sensors", "value": sensor})])
    assert state.scenario is not None
    assert sensor not in [row.sensor for row in state.scenario.sensors]
    written = conference.export_folder(tmp_path / "out")
    assert read_scenario(written).fingerprint() == state.scenario.fingerprint()
    conference.close()


