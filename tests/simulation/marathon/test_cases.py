"""What MARATHON itself computed for 25 small cases, one rule each: every column of every row agrees."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from tests.simulation.marathon.plain_model import Plain

from contingent.simulation.marathon import MarathonProject, MarathonRun, read_project, run, write_run

ROOT = Path(__file__).resolve().parents[3]
CASES = sorted((ROOT.parent / "shared" / "samples" / "marathon").glob("m*"))
ORDER_OF_M06 = ("B", "A")
"""Types are served in this order in m06: an accident of MARATHON's, not a rule."""

TEXTS = ("assigned", "overlapping")

pytestmark = pytest.mark.skipif(not CASES, reason="the cases are not part of the repository")


def order_of(case: Path) -> tuple[str, ...] | None:
    return ORDER_OF_M06 if case.name.startswith("m06") else None


def own_units(case: Path) -> MarathonProject:
    """The project with its units made from its supply, not read from MARATHON's answer."""
    return replace(read_project(case / "input"), starting_units=(), starting_file="")


def differing(case: Path, folder: Path) -> list[str]:
    """Files of MARATHON's answer that differ from those in a folder."""
    expected = sorted((case / "expected_m4").glob("*.csv"))
    return [file.name for file in expected if file.read_text() != (folder / file.name).read_text()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_row_is_marathons(case: Path, tmp_path: Path) -> None:
    """Deployments, daily fill, units at the start and every unit on every day, to the letter."""
    write_run(run(own_units(case), src_order=order_of(case)), tmp_path, with_trace=True)
    assert differing(case, tmp_path) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_units_may_be_read_instead(case: Path, tmp_path: Path) -> None:
    """With names, starting days and tie weights from initial_units.csv."""
    shutil.copytree(case / "input", tmp_path / "project")
    shutil.copy(case / "expected_m4" / "initial_units.csv", tmp_path / "project")
    project = read_project(tmp_path / "project")
    assert project.starting_file
    assert project.starting_units
    write_run(run(project, src_order=order_of(case)), tmp_path / "out", with_trace=True)
    assert differing(case, tmp_path / "out") == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_plain_model_agrees_with_marathon_too(case: Path) -> None:
    """So that it may serve as a judge where MARATHON's own answers are not at hand."""
    project = own_units(case)
    plain = Plain(project, order_of(case) or ()).run()
    deployments = pl.read_csv(case / "expected_m4" / "deployments.csv", schema_overrides={"follow_on": pl.String}).rows()
    assert [(*row[:5], "TRUE" if row[5] else "FALSE", *row[6:]) for row in plain.deployments] == deployments
    fill = pl.read_csv(case / "expected_m4" / "demand_fill.csv", schema_overrides=dict.fromkeys(TEXTS, pl.String))
    assert plain.fills == fill.with_columns(pl.col(TEXTS).fill_null("")).rows()


def tables_of(case: Path) -> dict[str, list[list[str]]]:
    return {file.stem: list(csv.reader(file.read_text().splitlines())) for file in sorted((case / "input").glob("*.csv"))}


def same_answer(one: MarathonRun, other: MarathonRun) -> bool:
    return one.deployments.equals(other.deployments) and one.demand_fill.equals(other.demand_fill)


@pytest.mark.parametrize("case", CASES[::3], ids=lambda case: case.name)
def test_a_workbook_says_the_same(case: Path, tmp_path: Path) -> None:
    """Numbers as doubles, TRUE and FALSE as booleans, sheets and columns that nobody asks for, notes below a blank row."""
    with xlsxwriter.Workbook(tmp_path / "project.xlsx") as book:
        for name, rows in (*tables_of(case).items(), ("Notes", [["anything"], ["else"]])):
            sheet = book.add_worksheet(name)
            for at, row in enumerate([*rows, [], ["a note that is no row"]]):
                for column, cell in enumerate([*row, "kept by nobody"] if row else []):
                    if cell in ("TRUE", "FALSE"):
                        sheet.write_boolean(at, column, cell == "TRUE")
                    elif cell.lstrip("-").isdigit():
                        sheet.write_number(at, column, float(cell))
                    elif cell:
                        sheet.write_string(at, column, cell)
    found = run(read_project(tmp_path / "project.xlsx"), src_order=order_of(case))
    assert same_answer(found, run(own_units(case), src_order=order_of(case)))


@pytest.mark.parametrize("case", CASES[1::3], ids=lambda case: case.name)
def test_text_parted_by_tabs_says_the_same(case: Path, tmp_path: Path) -> None:
    """Headers in another case with blanks around them, numbers as 365.0, EDN maps without quotation marks around the cell."""
    for name, rows in tables_of(case).items():
        header, *body = rows
        shown = [[f" {cell.upper()} " for cell in header]]
        shown += [[f"{cell}.0" if cell.lstrip("-").isdigit() else cell for cell in row] for row in body]
        lines = ["\t".join(row) for row in [*shown, [], ["a note that is no row"]]]
        (tmp_path / f"{name}.txt").write_text("\r\n".join(lines))
    found = run(read_project(tmp_path), src_order=order_of(case))
    assert same_answer(found, run(own_units(case), src_order=order_of(case)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_trends_add_up_to_the_daily_fill(case: Path) -> None:
    found = run(own_units(case))
    counted = found.demand_fill.with_columns(
        pl.when(pl.col(name) == "").then(0).otherwise(pl.col(name).str.count_matches(" ") + 1).alias(name)
        for name in ("assigned", "overlapping")
    )
    trends = found.trends
    assert trends["Deployed"].to_list() == counted["assigned"].to_list()
    assert trends["Overlapping"].to_list() == counted["overlapping"].to_list()
    filled = trends.select(pl.sum_horizontal("ACFilled", "RCFilled", "NGFilled", "GhostFilled", "OtherFilled")).to_series()
    assert filled.to_list() == trends["TotalFilled"].to_list()
    for (name,), rows in trends.group_by("DemandName"):
        begins, ends = (int(day) for day in str(name).partition("[")[2].rstrip("]").split("..."))
        assert rows["deltaT"].sum() == ends - begins
