"""The workbook of aid, opened: its numbers are those of the frames, its sums stay live, and no text is ever a formula."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook

from contingent import read_scenario
from contingent.aid.assess import assess
from contingent.aid.status import STATUS_FRAMES, AidOptions, AidStatus
from contingent.report.aid import workbook as made
from contingent.report.aid.sheets import ABOUT, BY_DONOR, BY_FAMILY, SHEETS, SUMMARY
from contingent.report.aid.workbook import prepared, write_aid_workbook

HEAD, TOP = 5, 6
MANUAL = Path(__file__).parents[3] / "docs" / "outputs.md"


@pytest.fixture(scope="module")
def status() -> AidStatus:
    return assess(read_scenario("reassurance"), AidOptions(replications=40))


@pytest.fixture(scope="module")
def file(status: AidStatus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_aid_workbook(status, tmp_path_factory.mktemp("book") / "aid.xlsx", sentences=("=1+1", "Second."))


@pytest.fixture(scope="module")
def book(file: Path) -> Workbook:
    return load_workbook(file, data_only=True)


def table(sheet, head: int = HEAD) -> list[dict[str, object]]:
    heads = [cell.value for cell in sheet[head] if cell.value is not None]
    rows = []
    for row in sheet.iter_rows(min_row=head + 1, max_col=len(heads), values_only=True):
        if row[0] is None and all(cell is None for cell in row):
            break
        rows.append(dict(zip(heads, row, strict=True)))
    return rows


def block(sheet, first: str) -> dict[str, dict[str, object]]:
    head = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == first)
    return {str(row[first]): row for row in table(sheet, head)}


def test_every_flat_sheet_shows_its_frame(status: AidStatus, book: Workbook):
    frames = prepared(status)
    for sheet in SHEETS:
        if sheet.page.name not in book.sheetnames:
            assert sheet.frame not in frames or (sheet.frame in made.WHERE_ASKED and frames[sheet.frame].is_empty())
            continue
        frame, page = frames[sheet.frame], book[sheet.page.name]
        rows = table(page)
        if not frame.height:
            assert page.cell(TOP, 1).value == "None."
            continue
        assert len(rows) == frame.height, sheet.page.name
        for column, name in zip(sheet.page.columns, sheet.shown, strict=True):
            shown = [row[column.head] for row in rows]
            held = frame[name].to_list() if name in frame.columns else [None] * frame.height
            if column.kind == "date":
                shown = [None if value is None else value.date() for value in shown]
            elif column.kind == "yes":
                held = ["yes" if value else None for value in held]
            assert [value or None for value in shown] == [
                pytest.approx(value) if isinstance(value, float) else value for value in [cell or None for cell in held]], name


def test_the_first_sheet_adds_up_what_counts_by_donor_and_family(status: AidStatus, book: Workbook):
    """Held against the entries, of which every sum of the ledger is made."""
    entries = status.frames["entries"].filter(side="promise")
    donors = block(book["Summary"], "Donor")
    pledged = entries.filter(pl.col("kind").is_in(["pledge", "allocation"]))
    for donor, rows in pledged.group_by("donor"):
        assert donors[str(donor[0])]["Promised [EUR m]"] == pytest.approx(rows["promised_eur_m"].sum())
    assert donors["Sum"]["Promised [EUR m]"] == pytest.approx(pledged["promised_eur_m"].sum())
    assert donors["Sum"]["Envelopes [EUR m]"] == pytest.approx(entries.filter(kind="finance")["promised_eur_m"].sum())
    came = status.frames["entries"].filter(pl.col("side") == "delivery", pl.col("kind") != "unpledged")
    assert donors["Sum"]["Came [EUR m]"] == pytest.approx(came["delivered_eur_m"].sum())
    families = block(book["Summary"], "Family of equipment")
    for family, rows in pledged.group_by("family"):
        assert families[str(family[0])]["Things promised"] == rows["promised"].sum()
    assert families["tank"]["Things promised"] == families["tank"]["Things that came"] + families["tank"]["Things open"]
    states = ("Nothing known", "In part", "Delivered", "No number")
    assert sum(donors["Sum"][name] for name in states) == donors["Sum"]["Pledges"]


def test_sums_are_live_formulas_over_the_ledger(file: Path):
    sheet = load_workbook(file)["Summary"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert any(re.fullmatch(r"=SUM\(H\d+:H\d+\)", text) or text.startswith("=SUM(") for text in formulas)
    assert {text.split("(")[0] for text in formulas} == {"=SUM", "=SUMPRODUCT"}
    assert all("Ledger!$" in text for text in formulas if text.startswith("=SUMPRODUCT"))


def test_text_never_becomes_a_formula(status: AidStatus, tmp_path: Path):
    odd = "=cmd|' /C calc'!A0"
    ledger = status.frames["ledger"].with_columns(
        pl.lit(odd).alias("item"), pl.lit("@SUM(1)").alias("source"), pl.lit("+1").alias("donor"), pl.lit("-2").alias("family"))
    hostile = replace(status, frames={**status.frames, "ledger": ledger}, title="=1+1")
    book = load_workbook(write_aid_workbook(hostile, tmp_path / "odd.xlsx", sentences=(odd,)))
    assert book["Ledger"]["C6"].value == odd
    assert book["Ledger"]["C6"].data_type == "s"
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                if cell.data_type == "f":
                    assert cell.value.startswith(("=SUM(", "=SUMPRODUCT(--EXACT(Ledger!$"))
    assert "+1" in block(load_workbook(tmp_path / "odd.xlsx", data_only=True)["Summary"], "Donor")


def test_sheets_are_set_up_for_reading_and_printing(status: AidStatus, book: Workbook):
    assert book.sheetnames[0] == "Summary"
    assert book.sheetnames[-1] == "About"
    for sheet in book:
        assert sheet["A1"].value == status.marking
        assert status.marking in sheet.oddHeader.center.text
        assert status.marking in sheet.oddFooter.center.text
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.freeze_panes is not None
    for sheet in SHEETS:
        if sheet.page.name in book.sheetnames:
            assert book[sheet.page.name].print_title_rows == "$5:$5"
            assert book[sheet.page.name].print_area
            assert book[sheet.page.name].auto_filter.ref


def test_every_column_is_explained_in_the_workbook_and_in_the_manual(book: Workbook):
    manual = MANUAL.read_text(encoding="utf-8").split("## Workbook of aid")[1].split("\n## ")[0]
    glossary = {(row[1], row[2]) for row in book["About"].iter_rows(min_row=TOP, values_only=True)}
    pages = ((SUMMARY, (*BY_DONOR, *BY_FAMILY)), *((each.page, each.page.columns) for each in SHEETS), (ABOUT, ABOUT.columns))
    for page, columns in pages:
        if page is not ABOUT and page.name in book.sheetnames:
            assert {(column.head, column.meaning) for column in columns} <= glossary, page.name
        chapter = manual.split(f"### Sheet `{page.name}`")[1].split("###")[0]
        for column in columns:
            assert f"| {column.head} | {column.meaning} |" in chapter, (page.name, column.head)


def test_a_scenario_without_aid_gives_a_workbook_that_says_so(tmp_path: Path):
    book = load_workbook(write_aid_workbook(assess(read_scenario("tiny")), tmp_path / "tiny.xlsx"), data_only=True)
    assert "None." in [cell.value for cell in book["Summary"]["A"]]
    assert book["Ledger"].cell(TOP, 1).value == "None."


def test_the_same_status_gives_the_same_bytes_and_long_ledgers_are_values(
    status: AidStatus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    one, other = (write_aid_workbook(status, tmp_path / name) for name in ("one.xlsx", "other.xlsx"))
    assert one.read_bytes() == other.read_bytes()
    live = load_workbook(one, data_only=True)["Summary"]
    monkeypatch.setattr(made, "MOST_LIVE", 10)
    plain = load_workbook(write_aid_workbook(status, tmp_path / "plain.xlsx"))["Summary"]
    assert block(live, "Donor")["DEU"] == block(plain, "Donor")["DEU"]
    assert "sums are values, not formulas" in " ".join(str(cell.value) for cell in plain["A"])


def test_every_frame_is_described_in_the_manual():
    """Each table of the folder with all its columns, in their order."""
    manual = MANUAL.read_text(encoding="utf-8").split("\n## Aid\n")[1].split("\n## ")[0]
    for name, columns in STATUS_FRAMES.items():
        chapter = manual.split(f"### `{name}.csv`")[1].split("###")[0]
        assert re.findall(r"^\| `(\w+)` \| [^?|]+ \|", chapter, flags=re.MULTILINE) == list(columns), name
