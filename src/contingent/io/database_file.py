"""A scenario as one SQLite file: a table for each of its tables, typed, with keys; what no table says stands in ``dictionary``.

Every table of a scenario that has rows is there with all its columns. Numbers are numbers, blanks are NULL, lists are text
joined by ``;`` as everywhere. The settings stand in the table ``scenario`` with the columns ``setting`` and ``value``. References
that one column makes are foreign keys, but for those to rows that may be worked out later. The same scenario gives the same bytes
with the same release of SQLite.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from contingent.io.cell_text import Cell, cell_of
from contingent.io.columns import Column, columns_of
from contingent.io.database_grid import DICTIONARY, quoted
from contingent.io.dictionary import blank_means, form_of, setting_rows
from contingent.model.columns import Row
from contingent.model.rows import REQUIRED_TABLES, TABLES
from contingent.model.scenario import Scenario

APPLICATION = 0x434E5447
"""Mark of the program in the head of the file: CNTG."""

SETTINGS = "scenario"
DERIVED = frozenset({"offers", "requirements", "formations"})
"""Tables whose rows may be worked out later: what names one of them need not find it in the file."""

_SQL_KINDS = {"whole": "INTEGER", "number": "REAL"}
_LARGEST_WHOLE = 2**63 - 1


def write_database_file(scenario: Scenario, path: Path) -> None:
    """Write a scenario to an SQLite file that is not there yet."""
    with closing(created(path)) as database:
        write_scenario_tables(database, scenario)
        finish(database)


def created(path: Path) -> sqlite3.Connection:
    """Return a new SQLite file, open for writing, in one transaction."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(f"PRAGMA application_id = {APPLICATION}")
    database.execute("BEGIN")
    return database


def finish(database: sqlite3.Connection) -> None:
    """End the transaction."""
    database.execute("COMMIT")


def write_scenario_tables(database: sqlite3.Connection, scenario: Scenario, *, prefix: str = "") -> None:
    """Write the tables of a scenario, its settings and the dictionary.

    Parameters
    ----------
    prefix : str
        What stands before the names of its tables, but not of its settings.
    """
    there = [cls for cls in TABLES if scenario.rows(cls.table) or cls.table in REQUIRED_TABLES]
    tables = {cls.table: scenario.rows(cls.table) for cls in there}
    write_tables(database, setting_rows(scenario.settings), tables, prefix=prefix)


def write_tables(
    database: sqlite3.Connection, settings: Iterable[tuple[str, str]], tables: Mapping[str, Sequence[Row]], *, prefix: str = "",
    is_whole: bool = True,
) -> None:  # fmt: skip
    """Write settings, tables and the dictionary.

    Parameters
    ----------
    settings : iterable of tuple of str
        Name and value of each.
    tables : mapping of str to sequence of Row
        Rows by table.
    prefix : str
        What stands before the names of the tables.
    is_whole : bool
        Whether all that the rows name stands in these tables; else no references are declared.
    """
    write_rows(database, SETTINGS, {"setting": "TEXT PRIMARY KEY", "value": "TEXT"}, settings)
    there = [cls for cls in TABLES if cls.table in tables]
    keys = {cls.table: cls.key[0] for cls in there if len(cls.key) == 1 and cls.table not in DERIVED} if is_whole else {}
    for row_class in there:
        columns = columns_of(row_class)
        kinds = {name: _declared(column) for name, column in columns.items()}
        rows = ([_stored(cell_of(getattr(row, name))) for name in columns] for row in tables[row_class.table])
        write_rows(database, f"{prefix}{row_class.table}", kinds, rows, rules=_rules(row_class, keys, prefix))
    entries = [
        (f"{prefix}{cls.table}", column.name, column.description, form_of(column), blank_means(column))
        for cls in there
        for column in columns_of(cls).values()
    ]
    kinds = dict.fromkeys(("table_name", "column_name", "meaning", "form", "a_blank_means"), "TEXT")
    write_rows(database, DICTIONARY, kinds, entries)


def write_rows(
    database: sqlite3.Connection, table: str, kinds: Mapping[str, str], rows: Iterable[Sequence[Cell]], *,
    rules: Sequence[str] = (),
) -> None:  # fmt: skip
    """Make a table and write its rows.

    Parameters
    ----------
    kinds : mapping of str to str
        What SQL declares of each column.
    rules : sequence of str
        Keys and references.
    """
    parts = [*(f"{quoted(name)} {kind}" for name, kind in kinds.items()), *rules]
    database.execute(f"CREATE TABLE {quoted(table)} ({', '.join(parts)})")
    marks = ", ".join("?" * len(kinds))
    database.executemany(f"INSERT INTO {quoted(table)} VALUES ({marks})", rows)  # noqa: S608 (the name is quoted)


def _declared(column: Column) -> str:
    kind = _SQL_KINDS.get(column.kind, "TEXT")
    return f"{kind} NOT NULL" if column.required else kind


def _stored(cell: Cell) -> Cell:
    """A cell as SQLite keeps it: whole numbers that are too large for it as numbers."""
    return float(cell) if isinstance(cell, int) and abs(cell) > _LARGEST_WHOLE else cell


def _rules(row_class: type[Row], keys: Mapping[str, str], prefix: str) -> list[str]:
    rules = [f"PRIMARY KEY ({', '.join(map(quoted, row_class.key))})"]
    for column in columns_of(row_class).values():
        if column.refers_to is not None and column.refers_to in keys and column.kind != "list":
            other = f"{quoted(prefix + column.refers_to)} ({quoted(keys[column.refers_to])})"
            rules.append(f"FOREIGN KEY ({quoted(column.name)}) REFERENCES {other}")
    return rules
