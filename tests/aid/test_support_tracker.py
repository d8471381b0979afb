"""The tracker's workbook: what it says comes in, what it leaves open stays open, and what is written is read again."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.aid.books import DAY, TYPES, books, delivery, pledge

from contingent.aid.ledger import keep_ledger, totals
from contingent.aid.support_tracker import read_tracker, write_tracker
from contingent.aid.tables import AidTables, delivery_frame, equipment_frame, pledge_frame
from contingent.aid.tracker_columns import COLUMNS, SHEET

AS_OF = date(2025, 6, 30)
HEADER = [
    "activity_id", "sub_activity_id", "donor", "announcement_date", "month", "month_exists_dummy", "measure",
    "aid_type_general", "aid_type_specific", "explanation", "item_type", "item", "item_numb", "item_numb_deliv",
    "item_price_USD", "reporting_currency", "source_reported_value", "tot_activity_value", "tot_activity_value_EUR",
    "tot_sub_activity_value", "tot_sub_activity_value_EUR", "tot_sub_activity_value_EUR_redistr", "tot_value_deliv_EUR",
    "source_1",
]  # fmt: skip
GERMANY = {
    "activity_id": "DEU1", "sub_activity_id": "DEU1_1", "donor": "Germany", "announcement_date": date(2024, 1, 15), "month": 25,
    "measure": "Commitment", "aid_type_general": "Military", "item": ".", "item_numb": ".", "reporting_currency": "EUR",
    "tot_activity_value": 1.1e9, "tot_activity_value_EUR": 1.1e9, "explanation": "Their words.",
    "source_1": "https://example.org/a",
}  # fmt: skip
LEOPARDS = {
    "activity_id": "DEU1", "sub_activity_id": "DEU1_2", "donor": "Germany", "announcement_date": "2024-02-10",
    "measure": "Allocation", "aid_type_general": "Military ", "item_type": "Heavy weapon", "item": "Leopard 1", "item_numb": 30,
    "item_numb_deliv": 12, "item_price_USD": "No price", "reporting_currency": "EUR", "tot_sub_activity_value": 9e7,
    "tot_sub_activity_value_EUR": 9e7, "tot_value_deliv_EUR": 3.6e7,
}  # fmt: skip
NORWAY = {"activity_id": "NOR7", "donor": "Norway", "announcement_date": ".", "month": 26, "measure": "Allocation"}
FOOD = NORWAY | {
    "aid_type_general": "Humanitarian", "aid_type_specific": "Food", "reporting_currency": "NOK", "tot_sub_activity_value": 2.3e8,
    "tot_sub_activity_value_EUR": 2e7,
}  # fmt: skip
ROUNDS = NORWAY | {"aid_type_general": "Military", "item": "Rounds", "item_numb": 5000}
UNION = {
    "activity_id": "EU1", "donor": "EU (Commission and Council)", "announcement_date": date(2024, 3, 1), "measure": "Commitment",
    "aid_type_general": "Financial", "reporting_currency": "EUR", "tot_activity_value": 5e10, "tot_activity_value_EUR": 5e10,
}  # fmt: skip
ROWS: list[dict[str, object]] = [GERMANY, LEOPARDS, FOOD, ROUNDS, UNION]


def workbook(path: Path, rows: list[dict[str, object]], *, header: list[str] | None = None, above: int = 0) -> Path:
    """A workbook of the tracker's form, with other sheets before and after, as it is downloaded."""
    header = HEADER if header is None else header
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.add_worksheet("Overview").write(0, 0, "Ukraine Support Tracker")
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(above, 0, header)
        for number, row in enumerate(rows, start=above + 1):
            for place, name in enumerate(header):
                if name in row:
                    sheet.write(number, place, row[name])
        book.add_worksheet("Country Summary")
    return path


def test_rows_come_in_as_pledges_allocations_and_envelopes(tmp_path):
    found = read_tracker(workbook(tmp_path / "t.xlsx", ROWS), as_of=AS_OF)
    assert found.findings == ()
    assert [(row.pledge, row.donor, row.kind, row.announced.isoformat()) for row in found.pledges] == [
        ("DEU1_1", "DEU", "pledge", "2024-01-15"), ("DEU1_2", "DEU", "allocation", "2024-02-10"),
        ("NOR7", "NOR", "allocation", "2024-02-01"), ("NOR7 #2", "NOR", "allocation", "2024-02-01"),
        ("EU1", "EU (Commission and Council)", "finance", "2024-03-01")]
    whole, tanks, food, rounds, _ = found.pledges
    assert (whole.contains, whole.value_eur_m, whole.quantity, whole.source) == (("DEU1_2",), 1100, None, "https://example.org/a")
    assert (tanks.family, tanks.item, tanks.quantity, tanks.value_eur_m) == ("heavy_weapon", "Leopard 1", 30, 90)
    assert (food.value_m, food.currency, food.value_eur_m, food.item) == (230, "NOK", 20, "Food")
    assert food.fx_basis
    assert (rounds.quantity, rounds.value_eur_m, rounds.currency) == (5000, None, None)
    assert [(row.pledge, row.quantity, row.value_m, row.date, row.as_of) for row in found.deliveries] == [
        ("DEU1_2", 12, 36, None, AS_OF)]
    assert not any("Their words" in str(row) for row in found.pledges)


def test_sums_are_those_of_the_tracker_with_no_allocation_counted_beside_its_commitment(tmp_path):
    found = read_tracker(workbook(tmp_path / "t.xlsx", ROWS), as_of=AS_OF)
    empty = books()
    ledger = keep_ledger(AidTables(
        equipment_frame(TYPES), empty.needs, empty.coalitions, pledge_frame(found.pledges), delivery_frame(found.deliveries)))
    sums = dict(totals(ledger.entries, "kind").select("kind", "promised_eur_m").iter_rows())
    assert sums == {"pledge": 1100, "allocation": 20, "finance": 50_000}
    assert totals(ledger.entries)["delivered"].item() == 12


def test_a_header_below_other_rows_and_an_older_name_of_the_source_are_found(tmp_path):
    header = ["Source of Aid 1" if name == "source_1" else name for name in HEADER]
    row = {**ROWS[0], "Source of Aid 1": "https://example.org/b"}
    found = read_tracker(workbook(tmp_path / "t.xlsx", [row], header=header, above=4), as_of=AS_OF)
    assert [row.source for row in found.pledges] == ["https://example.org/b"]


@pytest.mark.parametrize(("change", "column", "left_out"), [
    ({"measure": "Promise"}, "measure", True),
    ({"announcement_date": "soon", "month": "."}, "announcement_date", True),
    ({"announcement_date": "soon"}, "announcement_date", False),
    ({"item_numb": "thirty"}, "item_numb", False),
    ({"item_numb": 2.5}, "item_numb", False),
    ({"item_numb": 1e18}, "quantity", True),
    ({"donor": "A;B"}, "donor", True),
    ({"tot_activity_value_EUR": -3}, "tot_activity_value_EUR", False),
])
def test_a_cell_that_cannot_be_read_is_named_and_the_rest_is_read(tmp_path, change, column, left_out):
    found = read_tracker(workbook(tmp_path / "t.xlsx", [{**ROWS[0], **change}, ROWS[1]]), as_of=AS_OF)
    assert column in [finding.column for finding in found.findings]
    assert {finding.severity for finding in found.findings} == {"warning"}
    assert {finding.line for finding in found.findings} == {2}
    assert ("DEU1_1" not in [row.pledge for row in found.pledges]) == left_out


def test_what_is_not_the_tracker_is_said_and_nothing_is_read(tmp_path):
    (tmp_path / "text.xlsx").write_text("no workbook")
    other = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(other) as book:
        book.add_worksheet("Bilateral Assistance")
    bare = workbook(tmp_path / "bare.xlsx", ROWS, header=["donor", "measure", "aid_type_genral"])
    for path, columns in ((tmp_path / "absent.xlsx", [None]), (tmp_path / "text.xlsx", [None]), (other, [None]),
                          (workbook(tmp_path / "e.xlsx", [], header=["x"]), [None]), (bare, ["activity_id", "aid_type_general"])):
        found = read_tracker(path, as_of=AS_OF)
        assert (found.pledges, found.deliveries) == ((), ())
        assert [finding.column for finding in found.findings] == columns
        assert {finding.severity for finding in found.findings} == {"error"}


def test_a_thousand_bad_cells_are_told_as_a_few(tmp_path):
    rows = [{**ROWS[0], "sub_activity_id": f"s{n}", "item_numb": "many"} for n in range(300)]
    found = read_tracker(workbook(tmp_path / "t.xlsx", rows), as_of=AS_OF)
    assert len(found.pledges) == 300
    assert len(found.findings) == 50
    assert "250 further" in found.findings[-1].what


def test_what_is_written_is_read_again_and_the_same_bytes_come_out(tmp_path):
    found = read_tracker(workbook(tmp_path / "t.xlsx", ROWS), as_of=AS_OF)
    for name in ("a.xlsx", "b.xlsx"):
        write_tracker(found.pledges, found.deliveries, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    again = read_tracker(tmp_path / "a.xlsx", as_of=AS_OF)
    assert (again.pledges, again.deliveries, again.findings) == (found.pledges, found.deliveries, ())


TEXTS = st.text(st.characters(codec="ascii", min_codepoint=33, exclude_characters=";"), min_size=4, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(
    st.tuples(TEXTS, st.none() | st.integers(0, 10**9), st.none() | st.integers(0, 10**12), st.integers(0, 900)), max_size=8,
    unique_by=lambda row: row[0]))
def test_numbers_and_sums_survive_the_way_out_and_in(tmp_path, given_rows):
    rows = tuple(
        pledge(name, family="tank", quantity=quantity, announced=date.fromordinal(DAY.toordinal() + days),
               **({"value_eur_m": cents / 1e8} if cents is not None else {}))
        for name, quantity, cents, days in given_rows)
    came = tuple(delivery(f"{row.pledge} came", row.pledge, 3, date=None, as_of=date(2030, 1, 1)) for row in rows[::2])
    write_tracker(rows, came, tmp_path / "x.xlsx")
    back = read_tracker(tmp_path / "x.xlsx", as_of=date(2030, 1, 1))
    assert back.findings == ()
    kept = ("pledge", "donor", "quantity", "value_m", "currency", "value_eur_m", "announced", "kind", "family")
    assert [[getattr(row, name) for name in kept] for row in back.pledges] == [
        [pytest.approx(getattr(row, name), abs=1e-8) if name.startswith("value") else getattr(row, name) for name in kept]
        for row in rows]
    assert [(row.pledge, row.quantity) for row in back.deliveries] == [(row.pledge, row.quantity) for row in came]


def test_the_columns_written_are_among_those_of_the_download():
    assert set(COLUMNS) <= set(HEADER)
