"""A scenario that is kept as rows of text, written in any form: what is its own, and what it extends by name."""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from contingent.io.atomic import CannotWrite
from contingent.io.cell_text import toml_value
from contingent.io.columns import columns_of
from contingent.io.database_file import created, finish, write_tables
from contingent.io.dictionary import setting_columns
from contingent.io.parquet_grid import write_parquet_table
from contingent.io.places import SETTINGS_FILE
from contingent.io.toml_grid import TOML_TABLES, toml_text
from contingent.io.wording import listed, shown
from contingent.io.workbook_writer import write_tables_file
from contingent.io.written import SETTINGS, Cells, WrittenTable
from contingent.model.columns import Row
from contingent.model.rows import REQUIRED_TABLES, TABLES


def write_rows_as_files(tables: Mapping[str, Sequence[Cells]], folder: Path) -> None:
    """Write the files of a scenario into a folder that is there.

    Cells are written as they are kept; tables that a folder has as TOML are CSV only where a row of them cannot be read.
    """
    (folder / SETTINGS_FILE).write_text(settings_toml(tables.get(SETTINGS, ())), encoding="utf-8", newline="\n")
    for row_class in TABLES:
        table = row_class.table
        rows = tables.get(table, ())
        if not rows and not _must_be_there(table, tables):
            continue
        parsed = _parsed(table, rows)
        if table in TOML_TABLES and parsed is not None:
            (folder / f"{table}.toml").write_text(toml_text(TOML_TABLES[table], parsed), encoding="utf-8", newline="\n")
        else:
            _write_csv(row_class, rows, folder / f"{table}.csv")


def write_rows_as_workbook(tables: Mapping[str, Sequence[Cells]], path: Path) -> None:
    """Write a scenario to a workbook. Columns that no table has are kept, behind the others.

    Raises
    ------
    CannotWrite
        If a row cannot be read: a workbook has numbers, not what was meant to be one.
    """
    parsed, strange = _all_parsed(tables, "write a folder")
    write_tables_file(dict(_settings(tables)), parsed, path, strange=strange)


def write_rows_as_database(tables: Mapping[str, Sequence[Cells]], path: Path, *, is_whole: bool = True) -> None:
    """Write a scenario to an SQLite file that is not there yet.

    Parameters
    ----------
    is_whole : bool
        Whether no row was kept back. Only then, and where nothing is extended, references are declared.

    Raises
    ------
    CannotWrite
        If a row cannot be read.
    """
    parsed = _without_strange(*_all_parsed(tables, "write a folder"))
    with closing(created(path)) as database:
        write_tables(database, _settings(tables), parsed, is_whole=is_whole and not _extends(tables))
        finish(database)


def write_rows_as_parquet(tables: Mapping[str, Sequence[Cells]], folder: Path) -> None:
    """Write the files of a scenario into a folder that is there: its tables as Parquet, what is TOML as text.

    Raises
    ------
    CannotWrite
        If a row cannot be read.
    """
    parsed = _without_strange(*_all_parsed(tables, "write CSV"))
    (folder / SETTINGS_FILE).write_text(settings_toml(tables.get(SETTINGS, ())), encoding="utf-8", newline="\n")
    for row_class in TABLES:
        table = row_class.table
        if table not in parsed:
            continue
        if table in TOML_TABLES:
            text = toml_text(TOML_TABLES[table], parsed[table])
            (folder / TOML_TABLES[table].file).write_text(text, encoding="utf-8", newline="\n")
        else:
            write_parquet_table(row_class, parsed[table], folder / f"{table}.parquet")


Strange = dict[str, dict[str, list[str]]]
"""Cells of columns that a table does not have, by table and column."""


def _all_parsed(tables: Mapping[str, Sequence[Cells]], otherwise: str) -> tuple[dict[str, tuple[Row, ...]], Strange]:
    """The rows of each table, and what stands in columns that it does not have."""
    parsed: dict[str, tuple[Row, ...]] = {}
    strange: Strange = {}
    for row_class in TABLES:
        rows = tables.get(row_class.table, ())
        if rows or _must_be_there(row_class.table, tables):
            known = columns_of(row_class)
            others = dict.fromkeys(name for row in rows for name in row if name not in known)
            strange[row_class.table] = {name: [row.get(name, "") for row in rows] for name in others}
            found = _parsed(row_class.table, [{name: text for name, text in row.items() if name in known} for row in rows])
            if found is None:
                raise CannotWrite(f"{row_class.table} has rows that cannot be read. Maybe mend them first, or {otherwise}.")
            parsed[row_class.table] = found
    return parsed, strange


def _without_strange(parsed: dict[str, tuple[Row, ...]], strange: Strange) -> dict[str, tuple[Row, ...]]:
    for table, columns in strange.items():
        if columns:
            names = listed(shown(name) for name in columns)
            maybe = "Maybe take them out first, or write a workbook."
            raise CannotWrite(f"{table} has columns that no such table has: {names}. {maybe}")
    return parsed


def _settings(tables: Mapping[str, Sequence[Cells]]) -> list[tuple[str, str]]:
    named = ((row.get("setting", "").strip(), row.get("value", "")) for row in tables.get(SETTINGS, ()))
    return [(name, value) for name, value in named if name]


def _extends(tables: Mapping[str, Sequence[Cells]]) -> bool:
    return any(row.get("setting", "").strip() == "extends" for row in tables.get(SETTINGS, ()))


def _must_be_there(table: str, tables: Mapping[str, Sequence[Cells]]) -> bool:
    """Whether a table without rows is written: where the scenario stands on no other that has it."""
    return table in REQUIRED_TABLES and not _extends(tables)


def _parsed(table: str, rows: Sequence[Cells]) -> tuple[Row, ...] | None:
    """The rows of a table, or None where one of them cannot be read."""
    found, findings = WrittenTable(table, tuple(rows)).parsed(None)
    return None if findings.error_count or len(found.rows) < len(rows) else tuple(placed.row for placed in found.rows)


def _write_csv(row_class: type[Row], rows: Sequence[Cells], path: Path) -> None:
    filled = dict.fromkeys(name for row in rows for name in row)
    known = [column.name for column in columns_of(row_class).values() if column.required or column.name in filled]
    header = [*known, *(name for name in filled if name not in columns_of(row_class))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([row.get(name, "") for name in header] for row in rows)


def settings_toml(rows: Sequence[Cells]) -> str:
    r"""Return settings as TOML.

    >>> print(settings_toml([{"setting": "title", "value": "Guard"}, {"setting": "defaults.tour_days", "value": "90"}]))
    title = "Guard"
    <BLANKLINE>
    [defaults]
    tour_days = 90
    <BLANKLINE>
    """
    kinds = {column.name: column.kind for column in setting_columns()}
    sections: dict[str, list[str]] = {"": [], "defaults": [], "remove": []}
    for row in rows:
        name, value = row.get("setting", "").strip(), row.get("value", "")
        section, _, own = name.partition(".")
        if section not in ("defaults", "remove") or not own:
            section, own = "", name
        written = _list(value) if section == "remove" else _setting(value, kinds.get(name, "text"))
        sections[section].append(f"{own if own.isidentifier() else json.dumps(own)} = {written}")
    parts = ["\n".join([*([f"[{section}]"] if section else []), *lines]) for section, lines in sections.items() if lines]
    return "\n\n".join(parts) + "\n"


def _list(value: str) -> str:
    return "[" + ", ".join(toml_value(part.strip()) for part in value.split(";") if part.strip()) + "]"


def _setting(value: str, kind: str) -> str:
    """A setting as TOML: a bare number or date where it is one, else a text."""
    text = value.strip()
    try:
        if kind == "date":
            return date.fromisoformat(text).isoformat()
        if kind == "whole":
            return str(int(text))
        if kind == "number" and math.isfinite(number := float(text)):
            return repr(int(number) if number.is_integer() else number)
    except ValueError:
        pass
    return toml_value(value)


