"""Workbooks: read with care, written so that nothing becomes a formula. openpyxl is the second opinion."""

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from tests.io.small_folder import changed, places, write_files

from contingent.io import check_scenario, convert, new_scenario, read_scenario, write_scenario
from contingent.model.rows import TABLES


@pytest.fixture
def book(tmp_path) -> Path:
    """The small scenario as a workbook."""
    return convert(write_files(tmp_path / "folder"), tmp_path / "book.xlsx")


def edited(book: Path, change: Callable[[Workbook], None]) -> Path:
    """The workbook after somebody changed it in a spreadsheet."""
    workbook = openpyxl.load_workbook(book)
    change(workbook)
    workbook.save(book)
    return book


def repacked(book: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The workbook with its parts changed or (None) left out."""
    with zipfile.ZipFile(book) as archive:
        parts = [(part.filename, change(part.filename, archive.read(part))) for part in archive.infolist()]
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            if content is not None:
                archive.writestr(name, content)
    return book


# ------------------------------------------------------------------------------------------------------------------ writing


def test_a_workbook_from_a_spreadsheet_program_is_the_same_scenario(book, tmp_path):
    assert read_scenario(edited(book, lambda _: None)) == read_scenario(tmp_path / "folder")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("x")', "007", "1e5", "TRUE", "https://example.net", "_x0041_", "'a"]
)
def test_text_stays_text(tmp_path, text):
    quoted = '"' + text.replace('"', '""') + '"'
    folder = write_files(tmp_path / "folder", changed("nations.csv", "France", quoted))
    book = convert(folder, tmp_path / "book.xlsx")
    cell = openpyxl.load_workbook(book)["nations"]["B3"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert read_scenario(book).nations[1].name == text


def test_no_part_of_a_workbook_holds_a_formula(tmp_path):
    for made in (convert("tiny", tmp_path / "tiny.xlsx"), new_scenario(tmp_path / "new.xlsx")):
        with zipfile.ZipFile(made) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def test_the_same_scenario_gives_the_same_bytes(book, tmp_path):
    again = convert(tmp_path / "folder", tmp_path / "again.xlsx")
    assert book.read_bytes() == again.read_bytes()


def test_headers_are_explained_and_choices_are_offered(tmp_path):
    workbook = openpyxl.load_workbook(new_scenario(tmp_path / "new.xlsx"))
    assert workbook.sheetnames == ["scenario", *(row_class.table for row_class in TABLES), "README"]
    for row_class in TABLES:
        sheet = workbook[row_class.table]
        header = {cell.value: cell for cell in sheet[1]}
        assert list(header) == list(row_class.model_fields)
        for name, field in row_class.model_fields.items():
            assert field.description in header[name].comment.text
        assert sheet.freeze_panes is not None
    choices = {str(rule.sqref): rule.formula1 for rule in workbook["requirements"].data_validations.dataValidation}
    hold = next(cell.column_letter for cell in workbook["requirements"][1] if cell.value == "hold")
    assert choices[f"{hold}2:{hold}2001"] == '"any,one_nation"'


# ------------------------------------------------------------------------------------------------------------------ reading


def test_formulas_are_named_by_sheet_and_cell(book):
    def change(workbook: Workbook) -> None:
        workbook["offers"]["D2"] = "=1+2"
        workbook["nations"]["B3"] = '="Fra"&"nce"'

    findings = check_scenario(edited(book, change))
    assert places(findings) == [("sheet nations", 3, "name"), ("sheet offers", 2, "quantity")]
    assert "cell D2 holds a formula" in findings[1].what
    assert findings[1].maybe.startswith("write the value")


def test_a_formula_for_a_setting_is_one_finding(book):
    def change(workbook: Workbook) -> None:
        assert workbook["scenario"]["A2"].value == "title"
        workbook["scenario"]["B2"] = '="Two"&" nations"'

    assert places(check_scenario(edited(book, change))) == [("sheet scenario", 2, "value")]


def test_a_formula_with_a_stored_value_is_one_all_the_same(book):
    value = b'<c r="D2"><v>3</v></c>'

    def change(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet5.xml"):
            return content
        assert content.count(value) == 1
        return content.replace(value, b'<c r="D2"><f>1+2</f><v>3</v></c>')

    assert places(check_scenario(repacked(book, change))) == [("sheet offers", 2, "quantity")]


def test_error_cells(book):
    def change(workbook: Workbook) -> None:
        workbook["offers"]["D2"] = "#N/A"
        workbook["offers"]["D2"].data_type = "e"

    findings = check_scenario(edited(book, change))
    assert places(findings) == [("sheet offers", 2, "quantity")]
    assert "cell D2 holds an error" in findings[0].what


def test_dates_yes_and_no_and_fractions_in_cells_for_numbers(book, tmp_path):
    def change(workbook: Workbook) -> None:
        sheet = workbook["requirements"]
        column = {cell.value: cell.column_letter for cell in sheet[1]}
        sheet[f"{column['until_day']}2"] = dt.date(2026, 3, 1)
        sheet[f"{column['quantity']}2"] = True
        sheet[f"{column['quantity']}3"] = 2.5

    findings = check_scenario(edited(book, change))
    assert places(findings) == [
        ("sheet requirements", 2, "quantity"),
        ("sheet requirements", 2, "until_day"),
        ("sheet requirements", 3, "quantity"),
    ]
    assert "that is D+59" in findings[1].what
    assert "'TRUE' is a yes or no" in findings[0].what


def test_d_day_may_be_a_date_cell(book):
    def change(workbook: Workbook) -> None:
        for row in workbook["scenario"].iter_rows():
            if row[0].value == "start_date":
                row[1].value = dt.date(2027, 5, 4)

    assert read_scenario(edited(book, change)).settings.start_date == dt.date(2027, 5, 4)


def test_sheets_under_wrong_names(book):
    def change(workbook: Workbook) -> None:
        workbook["offers"].title = "My Offers"
        workbook["options" if "options" in workbook.sheetnames else "unit_types"].title = "Unit Types"
        workbook.create_sheet("notes")["A1"] = "=1+1"

    findings = check_scenario(edited(book, change))
    assert ("sheet unit_types", None, None) in places(findings)
    assert ("sheet Unit Types", None, None) in places(findings)
    assert ("sheet notes", None, None) in places(findings, "warning"), "what is no table may hold formulas"


def test_a_sheet_that_is_missing(book):
    def change(workbook: Workbook) -> None:
        del workbook["nations"]
        del workbook["scenario"]

    assert places(check_scenario(edited(book, change))) == [("sheet scenario", None, None), ("sheet nations", None, None)]


def test_an_empty_sheet_and_a_blank_first_row(book):
    def change(workbook: Workbook) -> None:
        workbook["offers"].delete_rows(1, 10)
        workbook["nations"].insert_rows(1)

    assert places(check_scenario(edited(book, change))) == [("sheet nations", 1, None), ("sheet offers", None, None)]


def test_cells_to_the_right_of_the_table(book):
    def change(workbook: Workbook) -> None:
        workbook["nations"]["Z3"] = "remember"

    findings = check_scenario(edited(book, change))
    assert places(findings) == [("sheet nations", 3, None)]


@pytest.mark.parametrize("cell", ["A1048576", "XFD2", "SF400000"])
def test_a_cell_too_far_out_to_be_held_in_memory(book, cell):
    def change(workbook: Workbook) -> None:
        workbook["nations"][cell] = "x"

    assert places(check_scenario(edited(book, change))) == [("sheet nations", None, None)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is neither a folder nor an Excel workbook"),
        (b"nation,name\nGBR,x\n", "is neither a folder nor an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel 97 to 2003"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"PK\x03\x04" + bytes(100), "is damaged"),
    ],
)
def test_files_that_are_no_workbook(tmp_path, content, says):
    (tmp_path / "book.xlsx").write_bytes(content)
    (finding,) = check_scenario(tmp_path / "book.xlsx")
    assert finding.table == "book.xlsx"
    assert says in finding.what


def archive_of(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"a.txt": b"x"}, "is a zip archive, but no Excel workbook"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}, "OpenDocument"),
        ({"xl/workbook.xml": bytes(50_000_000)}, "packed"),
        ({f"part{number}": b"" for number in range(3_000)}, "holds 3,000 files"),
        ({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xl/_rels/workbook.xml.rels": b"<a/>"}, "is damaged"),
    ],
    ids=["another archive", "OpenDocument", "a bomb", "too many parts", "entities"],
)
def test_archives_that_are_no_workbook(tmp_path, parts, says):
    (tmp_path / "book.xlsx").write_bytes(archive_of(**parts))
    (finding,) = check_scenario(tmp_path / "book.xlsx")
    assert says in finding.what


def test_a_bomb_of_many_parts_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("contingent.io.workbook_safety.LARGEST_UNPACKED", 1_000_000)
    parts = {f"xl/part{number}.xml": random.Random(number).randbytes(200_000) for number in range(6)}
    (tmp_path / "book.xlsx").write_bytes(archive_of(**parts))
    (finding,) = check_scenario(tmp_path / "book.xlsx")
    assert "unpacks to" in finding.what


def test_a_directory_that_lies_about_sizes(book):
    content = bytearray(book.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (5).to_bytes(4, "little")  # unpacked size of the first part
    book.write_bytes(bytes(content))
    (finding,) = check_scenario(book)
    assert "is damaged" in finding.what


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: None if name.endswith("sheet2.xml") else content,
        lambda name, content: content[:-40] if name.endswith("sheet2.xml") else content,
        lambda name, content: content.replace(b'r="A1"', b'r="??"') if name.endswith("sheet2.xml") else content,
        lambda name, content: None if "sharedStrings" in name else content,
        lambda name, content: None if name.endswith("workbook.xml.rels") else content,
    ],
)
def test_workbooks_with_a_broken_part(book, change):
    (finding,) = check_scenario(repacked(book, change))
    assert (finding.table, "is damaged" in finding.what) == ("book.xlsx", True)


def test_a_large_workbook_is_refused_unread(tmp_path):
    path = tmp_path / "book.xlsx"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    (finding,) = check_scenario(path)
    assert "is 200.0 MiB large" in finding.what


def test_numbers_that_a_workbook_would_round_are_kept(tmp_path):
    folder = write_files(tmp_path / "folder", changed("capabilities.csv", "battlegroup,1", "battlegroup,0.30000000000000004"))
    scenario = read_scenario(folder)
    assert read_scenario(write_scenario(scenario, tmp_path / "book.xlsx")).capabilities[0].effectiveness == 0.30000000000000004


def test_settings_without_a_header_above_them(book):
    def change(workbook: Workbook) -> None:
        workbook["scenario"].delete_rows(1)

    assert read_scenario(edited(book, change)).settings.title == "Two nations"
