"""Every table, written in every form and read again, is the same table: same rows, same order, to the last digit."""

import csv
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.io.made_rows import NAME, rows
from tests.io.small_folder import write_files

from contingent.io.cell_text import cell_of, columns_to_write
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import columns_of
from contingent.io.csv_grid import read_csv_grid
from contingent.io.database_file import created, finish, write_rows
from contingent.io.database_grid import read_database_grids
from contingent.io.grid import Grid
from contingent.io.parquet_grid import read_parquet_grid, write_parquet_table
from contingent.io.scenario_text import write_table
from contingent.io.table_rows import read_table
from contingent.io.toml_grid import TOML_TABLES, read_toml_grid, toml_text
from contingent.io.workbook_grid import read_workbook_grids
from contingent.io.workbook_writer import write_tables_file
from contingent.io.written import rows_of_place
from contingent.io.written_out import write_rows_as_files, write_rows_as_workbook
from contingent.model.columns import Row
from contingent.model.rows import TABLES

Rows = tuple[Row, ...]


def through_csv(row_class: type[Row], given_rows: Rows, work: Path, findings: Collected) -> Grid | None:
    write_table(row_class, given_rows, work / "t.csv")
    return read_csv_grid(work / "t.csv", Sheet(row_class.table, "t.csv"), findings, columns=columns_of(row_class))


def through_database(row_class: type[Row], given_rows: Rows, work: Path, findings: Collected) -> Grid | None:
    kinds = {"whole": "INTEGER", "number": "REAL"}
    database = created(work / "t.sqlite")
    columns = columns_of(row_class)
    write_rows(
        database,
        row_class.table,
        {name: kinds.get(column.kind, "TEXT") for name, column in columns.items()},
        [[cell_of(getattr(row, name)) for name in columns] for row in given_rows],
    )
    finish(database)
    database.close()
    sheet = Sheet(row_class.table, "table")
    found = read_database_grids(work / "t.sqlite", Sheet("database", "t"), {row_class.table: sheet}, findings)
    return None if found is None else found.tables[row_class.table]


def through_parquet(row_class: type[Row], given_rows: Rows, work: Path, findings: Collected) -> Grid | None:
    write_parquet_table(row_class, given_rows, work / "t.parquet")
    return read_parquet_grid(work / "t.parquet", Sheet(row_class.table, "t.parquet"), findings)


FORMS: tuple[Callable[[type[Row], Rows, Path, Collected], Grid | None], ...] = (through_csv, through_database, through_parquet)


def read_again(grid: Grid | None, row_class: type[Row], findings: Collected) -> Rows:
    assert grid is not None, findings.in_order()
    table = read_table(grid, row_class, findings, start_date=None)
    assert findings.in_order() == ()
    return tuple(placed.row for placed in table.rows)


@pytest.mark.parametrize("row_class", TABLES, ids=lambda row_class: row_class.table)
@settings(max_examples=settings().max_examples // 25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_table_comes_back_from_every_form(row_class, data):
    given_rows = data.draw(rows(row_class))
    for through in FORMS:
        with tempfile.TemporaryDirectory() as work:
            findings = Collected()
            assert read_again(through(row_class, given_rows, Path(work), findings), row_class, findings) == given_rows, through


@pytest.mark.parametrize("first", range(0, len(TABLES), 6))
@settings(max_examples=settings().max_examples // 50, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_table_comes_back_from_a_workbook(first, data):
    classes = TABLES[first : first + 6]
    given_rows = {row_class.table: data.draw(rows(row_class)) for row_class in classes}
    with tempfile.TemporaryDirectory() as work:
        write_tables_file({"title": "t"}, given_rows, Path(work) / "t.xlsx")
        findings = Collected()
        found = read_workbook_grids(Path(work) / "t.xlsx", Sheet("workbook", "t.xlsx"), findings)
        assert found is not None
        for row_class in classes:
            grid = found[row_class.table].as_grid(Sheet(row_class.table, "sheet"), findings)
            assert read_again(grid, row_class, findings) == given_rows[row_class.table], row_class.table


@pytest.mark.parametrize("table", TOML_TABLES.values(), ids=lambda table: table.file)
@settings(max_examples=settings().max_examples // 5, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_tables_that_are_toml_come_back(table, data):
    """Blocks of one name are numbered in their order, so the row's number is not looked at."""
    given_rows = data.draw(rows(table.row_class))
    if table.numbered is not None and [getattr(row, table.numbered) for row in given_rows] != [1] * len(given_rows):
        given_rows = tuple(
            {
                row.model_copy(update={table.numbered: 1}).key_text(): row.model_copy(update={table.numbered: 1})
                for row in given_rows
            }.values()
        )
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / table.file).write_text(toml_text(table, given_rows), encoding="utf-8", newline="\n")
        findings = Collected()
        grid = read_toml_grid(
            Path(work) / table.file, Sheet("t", table.file), findings, columns=columns_of(table.row_class), table=table
        )
        assert read_again(grid, table.row_class, findings) == given_rows


# -------------------------------------------------------------------------------------------------- cells as they are written


def written(folder: Path, table: str) -> list[list[str]]:
    with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@settings(max_examples=settings().max_examples // 5)
@given(st.lists(NAME, min_size=1, max_size=3, unique=True).filter(lambda names: not set(names) & {"nation", "name"}))
def test_columns_that_no_table_has_are_kept_in_their_order(strange: Sequence[str]):
    """A conference keeps what people bring: a column of their own comes back as it was."""
    from contingent.model.rows import Nation

    others = [name for name in strange if name not in columns_of(Nation)]
    header = ["nation", "name", *others]
    lines = [header, *[[key, key.lower(), *["x"] * len(others)] for key in ("ZZZ", "AAA", "MMM")]]
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "first"
        write_files(folder, {"nations.csv": None})
        with (folder / "nations.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(lines)
        tables = rows_of_place(folder, Collected())
        assert tables is not None
        (Path(work) / "second").mkdir()
        write_rows_as_files(tables, Path(work) / "second")
        assert written(Path(work) / "second", "nations") == lines
        if others:
            write_rows_as_workbook(tables, Path(work) / "book.xlsx")
            assert rows_of_place(Path(work) / "book.xlsx", Collected())["nations"] == tables["nations"]


def test_what_is_not_filled_is_not_written():
    from contingent.model.rows import Nation

    row = Nation(nation="ABC", name="A")
    assert [column.name for column in columns_to_write(Nation, (row,), every_column=False)] == ["nation", "name"]
    with sqlite3.connect(":memory:") as database:
        write_rows(database, "t", {"a": "TEXT"}, [(None,), ("",)])
        assert database.execute("SELECT a IS NULL FROM t").fetchall() == [(1,), (0,)]
    database.close()
