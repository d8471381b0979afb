"""A scenario as the files of a folder: ``scenario.toml`` with its comments, a CSV file for each table, some as TOML."""

import csv
from pathlib import Path
from typing import Literal

from contingent.io.cell_text import cell_of, columns_to_write, text_of, toml_value
from contingent.io.columns import Column, columns_of
from contingent.io.parquet_grid import write_parquet_table
from contingent.io.places import SETTINGS_FILE
from contingent.io.toml_grid import TOML_TABLES, toml_text
from contingent.model.columns import Row
from contingent.model.rows import REQUIRED_TABLES, TABLES, Defaults
from contingent.model.scenario import Scenario, Settings

FILE_NAMES = frozenset({
    *(table.file for table in TOML_TABLES.values()),
    *(f"{row_class.table}.{suffix}" for row_class in TABLES for suffix in ("csv", "parquet")),
})  # fmt: skip
TableForm = Literal["csv", "parquet"]
"""How the tables of a folder are written."""

_NOT_WRITTEN = ("extends", "remove", "defaults")
"""Settings that are no lines of their own: a scenario is written out whole, and the defaults are a section."""


def write_scenario_files(scenario: Scenario, folder: Path, *, template: bool = False, tables: TableForm = "csv") -> None:
    """Write the files of a scenario into a folder that is there.

    Parameters
    ----------
    template : bool
        Whether every column and every setting is written, also those that are blank, for a planner to fill in.
    tables : {"csv", "parquet"}
        How tables are written.
    """
    (folder / SETTINGS_FILE).write_text(settings_text(scenario.settings, template=template), encoding="utf-8", newline="\n")
    for row_class in TABLES:
        rows = scenario.rows(row_class.table)
        if row_class.table in TOML_TABLES:
            if rows or template:
                table = TOML_TABLES[row_class.table]
                text = toml_text(table, rows, template=template)
                (folder / table.file).write_text(text, encoding="utf-8", newline="\n")
        elif tables == "parquet" and (rows or row_class.table in REQUIRED_TABLES):
            write_parquet_table(row_class, rows, folder / f"{row_class.table}.parquet")
        elif rows or row_class.table in REQUIRED_TABLES:
            write_table(row_class, rows, folder / f"{row_class.table}.csv", every_column=template)


def write_table(row_class: type[Row], rows: tuple[Row, ...], path: Path, *, every_column: bool = False) -> None:
    """Write one table as CSV: UTF-8, commas, a line feed after each row."""
    columns = columns_to_write(row_class, rows, every_column=every_column)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in columns)
        writer.writerows([text_of(cell_of(getattr(row, column.name))) for column in columns] for row in rows)


def settings_text(settings: Settings, *, template: bool = False) -> str:
    """Return the settings as TOML, each with its meaning as a comment."""
    lines = ["# The settings of a scenario. Its tables are the CSV files beside this file."] if template else []
    lines += _setting_lines(settings, columns_of(Settings), template=template)
    lines += ["", "[defaults]", "# What the blank cells of offers.csv mean."] if template else ["", "[defaults]"]
    lines += _setting_lines(settings.defaults, columns_of(Defaults), template=template)
    return "\n".join(lines) + "\n"


def _setting_lines(settings: Settings | Defaults, columns: dict[str, Column], *, template: bool) -> list[str]:
    lines: list[str] = []
    for column in columns.values():
        value = getattr(settings, column.name)
        if column.name in _NOT_WRITTEN and not (template and column.name == "extends"):
            continue
        if value is None and not template:
            continue
        unit = f" [{column.unit}]" if column.unit not in (None, "-") else ""
        setting = f'# {column.name} = ""' if value is None else f"{column.name} = {toml_value(value)}"
        lines += ["", f"# {column.description}{unit}", setting] if template else [f"{setting}  # {column.description}{unit}"]
    return lines
