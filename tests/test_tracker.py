"""A tracker's workbook into a scenario folder and out again: whole or not at all, and what is odd is told."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from contingent import check, export_tracker, import_tracker, new_scenario, read_scenario, write_scenario
from contingent.aid.tracker_columns import COLUMNS, SHEET
from contingent.errors import BadScenario, BadTracker, ContingentError

ROWS = (
    {"activity_id": "A1", "sub_activity_id": "A1_1", "donor": "Germany", "announcement_date": "2024-01-15",
     "measure": "Commitment", "aid_type_general": "Military", "item": "Leopard 1", "item_numb": 30, "item_numb_deliv": 12,
     "reporting_currency": "EUR", "tot_activity_value": 9e7, "tot_activity_value_EUR": 9e7},
    {"activity_id": "A2", "donor": "Norway", "announcement_date": "2024-03-01", "measure": "Commitment",
     "aid_type_general": "Military", "item_type": "Heavy weapon", "item": "=1+1", "item_numb": 5},
)  # fmt: skip


def workbook(path: Path, rows: tuple[dict[str, object], ...] = ROWS) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(rows, start=1):
            for place, name in enumerate(COLUMNS):
                sheet.write(number, place, row.get(name, "."))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The template with one type of equipment and a note that is nobody's."""
    made = new_scenario(tmp_path / "mine")
    (made / "equipment.csv").write_text("equipment,name,family\nleopard_1,Leopard 1,tank\n")
    (made / "notes.txt").write_text("keep")
    return made


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_rows_come_in_with_the_scenarios_own_types_and_nothing_else_changes(tmp_path: Path, folder: Path):
    before = contents(folder)
    found = import_tracker(workbook(tmp_path / "t.xlsx"), folder, as_of=date(2024, 6, 30))
    scenario = read_scenario(folder)
    assert scenario.pledges == found.pledges
    assert scenario.deliveries == found.deliveries
    assert [(row.donor, row.equipment, row.family, row.item) for row in scenario.pledges] == [
        ("DEU", "leopard_1", None, "Leopard 1"), ("NOR", None, "heavy_weapon", "=1+1")]
    assert [(row.pledge, row.quantity, row.as_of) for row in scenario.deliveries] == [("A1_1", 12, date(2024, 6, 30))]
    assert found.typed == 1
    assert [(told.severity, told.column) for told in found.findings] == [("warning", "family")]
    assert "heavy_weapon (1)" in found.findings[0].what
    assert {name: text for name, text in contents(folder).items() if name not in ("pledges.csv", "deliveries.csv")} == before
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "t.xlsx"}


def test_without_a_day_the_last_announcement_is_taken(tmp_path: Path, folder: Path):
    found = import_tracker(workbook(tmp_path / "t.xlsx"), folder)
    assert found.as_of == date(2024, 3, 1)
    assert {row.as_of for row in found.deliveries} == {date(2024, 3, 1)}


def test_a_ledger_that_is_there_is_replaced_only_where_it_is_asked_for(tmp_path: Path, folder: Path):
    book = workbook(tmp_path / "t.xlsx")
    import_tracker(book, folder)
    before = contents(folder)
    with pytest.raises(ContingentError, match=r"pledges\.csv and deliveries\.csv already"):
        import_tracker(book, folder)
    assert contents(folder) == before
    import_tracker(workbook(tmp_path / "u.xlsx", ROWS[1:]), folder, overwrite=True)
    assert [row.pledge for row in read_scenario(folder).pledges] == ["A2"]
    assert not (folder / "deliveries.csv").exists()


@pytest.mark.parametrize(("name", "told"), [
    ("nowhere.xlsx", "is not there"), ("text.xlsx", "is no workbook"), ("empty.xlsx", "no commitment or allocation"),
    ("early.xlsx", "after --as-of"),
])
def test_a_workbook_that_cannot_be_read_changes_nothing(tmp_path: Path, folder: Path, name: str, told: str):
    (tmp_path / "text.xlsx").write_text("no workbook")
    workbook(tmp_path / "empty.xlsx", ())
    workbook(tmp_path / "early.xlsx")
    before = contents(folder)
    with pytest.raises(BadTracker) as bad:
        import_tracker(tmp_path / name, folder, as_of=date(2020, 1, 1))
    assert told in str(bad.value.findings[-1])
    assert contents(folder) == before


def test_a_ledger_with_which_the_scenario_could_not_be_read_is_not_written(tmp_path: Path, folder: Path):
    """A need that names no type: the folder is refused as it is."""
    (folder / "needs.csv").write_text("need,formation,equipment,quantity\nN1,1st,nothing,3\n")
    before = contents(folder)
    with pytest.raises(BadScenario):
        import_tracker(workbook(tmp_path / "t.xlsx"), folder)
    assert contents(folder) == before


def test_pledges_of_the_scenario_below_are_told_of(tmp_path: Path):
    over = tmp_path / "over"
    over.mkdir()
    (over / "scenario.toml").write_text('extends = "reassurance"\ntitle = "Over"\n')
    found = import_tracker(workbook(tmp_path / "t.xlsx"), over)
    assert any("61 pledges of the scenario that this one is laid over" in told.what for told in found.findings)
    assert {row.pledge for row in read_scenario(over).pledges} >= {"PL001", "A1_1", "A2"}


@pytest.mark.parametrize(("place", "told"), [
    ("reassurance", "ships with the package"), ("nowhere", "is not the folder of a scenario"), ("t.xlsx", "is a file")])
def test_what_is_no_scenario_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, told: str):
    monkeypatch.chdir(tmp_path)
    workbook(tmp_path / "t.xlsx")
    with pytest.raises(ContingentError, match=told):
        import_tracker("t.xlsx", place)
    assert [path.name for path in tmp_path.iterdir()] == ["t.xlsx"]


def test_the_bundled_ledger_goes_out_and_comes_in_again(tmp_path: Path):
    """What counts, its types, numbers, sums in euro and days are the same; a second export gives the same bytes."""
    given = read_scenario("reassurance")
    done = export_tracker(given, tmp_path / "one.xlsx")
    kept = [row for row in given.pledges if row.counted == "yes" and row.kind != "aggregate"]
    assert (done.rows, done.left_out) == (len(kept), len(given.pledges) - len(kept))
    folder = write_scenario(given, tmp_path / "mine")
    import_tracker(tmp_path / "one.xlsx", folder, overwrite=True)
    again = read_scenario(folder)
    wanted = ("pledge", "donor", "equipment", "quantity", "kind", "announced")
    assert [[getattr(row, name) for name in wanted] for row in again.pledges] == [
        [getattr(row, name) for name in wanted] for row in kept]
    assert [row.value_eur_m for row in again.pledges] == pytest.approx([row.value_eur_m for row in kept])
    came: dict[str | None, int] = {}
    for row in given.deliveries:
        came[row.pledge] = came.get(row.pledge, 0) + (row.quantity or 0)
    for row in again.deliveries:
        assert (row.quantity or 0) == came[row.pledge]
    assert [told for told in check(folder) if told.severity == "error"] == []
    export_tracker(given, tmp_path / "other.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()


@pytest.mark.parametrize(("scenario", "name", "told"), [
    ("tiny", "t.xlsx", "no pledge that counts"), ("reassurance", "t.csv", "is a workbook"),
    ("reassurance", "there.xlsx", "already"),
])
def test_an_export_that_makes_no_sense(tmp_path: Path, scenario: str, name: str, told: str):
    (tmp_path / "there.xlsx").write_text("mine")
    with pytest.raises(ContingentError, match=told):
        export_tracker(read_scenario(scenario), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["there.xlsx"]
    assert (tmp_path / "there.xlsx").read_text() == "mine"
