"""Sheets of movement, supply and cost as a reader opens them: figures held against the frames, hostile text kept as text."""

from pathlib import Path

import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tests.report.sample_way import CHECKS, hostile_way, way_plan
from tests.report.test_workbook import load

from contingent.report.workbook import write_workbook


def table_under(sheet: Worksheet, head: str) -> list[dict[str, object]]:
    """The rows of the table whose first head is this, by their heads, down to the first blank row."""
    rows = list(sheet.iter_rows(values_only=True))
    top = next(at for at, row in enumerate(rows) if row[0] == head)
    end = next(at for at in range(top + 1, len(rows)) if rows[at][0] is None)
    return [{str(name): cell for name, cell in zip(rows[top], row, strict=True) if name} for row in rows[top + 1 : end]]


def test_movement_supply_and_cost_are_those_of_the_frames(tmp_path: Path) -> None:
    """Figures of each table held against the plan's frames."""
    scenario, plan = way_plan()
    book = load(write_workbook(scenario, plan, tmp_path / "way.xlsx"), data_only=True)
    closed = table_under(book["Movement"], "Line")
    assert {row["Line"]: row["Complete on"] for row in closed} == dict(plan.closure.select("line", "closure_day").iter_rows())
    late = plan.movements.filter((pl.col("late_days") > 0) | pl.col("arrives_day").is_null())
    assert len(table_under(book["Movement"], "Late part")) == late.height
    used = {row["Supply"]: row["Tonnes a day"] for row in table_under(book["Supply"], "Supply")}
    days = plan.supply["until_day"].max()
    for supply in ("water", "diesel", "rations"):
        assert used[supply] == pytest.approx(plan.supply.filter(pl.col("supply") == supply)["used_t"].sum() / days)
    assert [row["Lasts"] for row in table_under(book["Supply"], "Closed")] == [0.5, 4.5, 7.25, None]
    years = [row["Cost"] for row in table_under(book["Cost"], "Year of cost") if row["Item of cost"] == "all"]
    assert sum(years) == pytest.approx(plan.costs["value"].sum())
    bills = table_under(book["Cost"], "Who pays")
    assert len(bills) == plan.bills.select("scheme", "nation").n_unique()
    assert [row["Published figure"] for row in table_under(book["Cost"], "Published figure")] == [row["check"] for row in CHECKS]


def test_hostile_texts_of_the_way_stay_text(tmp_path: Path) -> None:
    book = load(write_workbook(*hostile_way(), tmp_path / "plan.xlsx"))
    for name in ("Movement", "Supply", "Cost"):
        cells = [cell for row in book[name].iter_rows() for cell in row if isinstance(cell.value, str)]
        assert any("<script>" in cell.value for cell in cells)
        assert all(cell.data_type == "s" for cell in cells)
