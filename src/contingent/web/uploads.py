"""Tables that somebody uploads, in any form that a scenario has, read to rows of text and kept meanwhile.

read      the file -> tables of rows as they are written, where each stands in it, and columns that no table has
mapped    such columns under the names that are meant
placed    the rows as a folder, for the store's own preview of an import

Nothing of an upload names a file of the server (`contingent.web.unpacking`).
"""

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contingent.findings import Finding, errors_only, nearest_name
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import columns_of
from contingent.io.places import find_place
from contingent.io.sources import Source, read_source
from contingent.io.written import SETTINGS, key_of_cells, rows_of_place
from contingent.io.written_out import settings_toml
from contingent.model.rows import TABLE_BY_NAME
from contingent.store import Refused
from contingent.web.observed import plain_name
from contingent.web.unpacking import laid_down, laid_over_elsewhere, unreadable_cells

SETTINGS_FILE = "scenario.toml"
LEFT_OUT = ""
"""What a column is mapped to that is not taken in."""

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Upload:
    """Tables that were uploaded.

    Parameters
    ----------
    name : str
        Name of the file.
    tables : mapping of str to list of dict
        Rows as they are written, by table; settings in ``scenario``.
    headers : mapping of str to list of str
        Columns of each table, in the order of the file.
    lines : mapping of str to list of int
        Line of each row in its file or sheet.
    is_workbook : bool
        Whether lines are those of sheets.
    labels : mapping of str to str
        What each table is called where it stands: ``offers.csv``, ``table offers``.
    """

    name: str
    tables: Mapping[str, Rows]
    headers: Mapping[str, list[str]] = field(default_factory=dict)
    lines: Mapping[str, list[int]] = field(default_factory=dict)
    is_workbook: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    def unknown(self) -> dict[str, list[str]]:
        """Return columns that a table does not have, by table."""
        found = {}
        for table, header in self.headers.items():
            if table in TABLE_BY_NAME:
                strange = [name for name in header if name and name not in columns_of(TABLE_BY_NAME[table])]
                if strange:
                    found[table] = strange
        return found

    def guesses(self, remembered: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
        """Return for each column that a table does not have which one is meant; blank = none is like it.

        Parameters
        ----------
        remembered : mapping of str to mapping of str to str
            What was meant before, by table.
        """
        found: dict[str, dict[str, str]] = {}
        for table, strange in self.unknown().items():
            free = [name for name in columns_of(TABLE_BY_NAME[table]) if name not in self.headers[table]]
            for name in strange:
                before = remembered.get(table, {}).get(name)
                meant = before if before in free else guess(name, free)
                found.setdefault(table, {})[name] = meant or LEFT_OUT
                if meant:
                    free.remove(meant)
        return found

    def mapped(self, meant: Mapping[str, Mapping[str, str]]) -> "Upload":
        """Return the tables with their columns under the names that are meant; a column that means none is left out."""
        tables = {}
        for table, rows in self.tables.items():
            names = meant.get(table, {})
            tables[table] = [
                {names.get(name, name): text for name, text in row.items() if names.get(name, name) != LEFT_OUT} for row in rows
            ]
        headers = {table: [meant.get(table, {}).get(name, name) for name in header] for table, header in self.headers.items()}
        return replace(self, tables=tables, headers=headers)

    def cell(self, table: str, key: str | None, column: str | None) -> str:
        """Return where a cell stands in the file, as its reader finds it: ``offers!C4``, or file and line."""
        rows = self.tables.get(table, [])
        at = next((number for number, row in enumerate(rows) if key is not None and key_of_cells(table, row) == key), None)
        lines = self.lines.get(table, [])
        line = lines[at] if at is not None and at < len(lines) else None
        if line is None:
            return table
        header = self.headers.get(table, [])
        if not self.is_workbook:
            return f"{self.labels.get(table, f'{table}.csv')}, line {line}" + (f", {column}" if column else "")
        return f"{table}!{letters(header.index(column)) if column in header else ''}{line}"

    def as_values(self) -> dict[str, Any]:
        """Return it as plain values, to be kept."""
        return asdict(self)


def from_values(values: object) -> Upload | None:
    """Return an upload that was kept; None where there is none."""
    names = {each.name for each in fields(Upload)}
    return Upload(**values) if isinstance(values, dict) and {"name", "tables"} <= set(values) <= names else None


def guess(name: str, free: list[str]) -> str | None:
    """Return the column that a name most likely means; None where none is like it.

    >>> guess("Notice (days)", ["notice_days", "home"]), guess("Favourite colour", ["notice_days"])
    ('notice_days', None)
    """
    plain = "".join(char if char.isalnum() else " " for char in name.casefold()).split()
    return nearest_name("_".join(plain), free)


def letters(column: int) -> str:
    """Return a column of a sheet by its letters, the first being 0.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    text, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def read(content: bytes, name: str) -> tuple[Upload | None, tuple[Finding, ...]]:
    """Return the tables of an uploaded file, and what is wrong with it.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What it is called.
    """
    called = plain_name(name)
    with TemporaryDirectory(prefix="upload-") as folder:
        try:
            place = laid_down(content, Path(folder), called)
        except Refused as refused:
            return None, refused.findings
        findings = Collected()
        source = _source(place, findings)
        if source is not None and (elsewhere := laid_over_elsewhere(source)) is not None:
            return None, (elsewhere,)
        tables = rows_of_place(place, Collected(), needs_settings=False) if source is not None else None
        told = errors_only(findings.in_order()) or (unreadable_cells(source) if source is not None else ())
        if source is None or tables is None or told:
            return None, told or (Finding(called, "holds no table of a scenario."),)
    given = {table: rows for table, rows in tables.items() if table != SETTINGS or rows}
    if not given:
        known = "its sheets or files are to be called as the tables are: requirements, offers, nations and so on"
        return None, (Finding(called, "holds no table of a scenario.", maybe=known),)
    lines = {table: [line for line, _ in grid.rows] for table, grid in source.grids.items()}
    labels = {table: grid.sheet.label for table, grid in source.grids.items()}
    return Upload(called, given, _headers(source), lines, place.suffix == ".xlsx", labels), ()


def _headers(source: Source) -> dict[str, list[str]]:
    """Columns that each table has in the file; of a drawn table, whose shapes have no header, those that a feature fills."""
    found = {}
    for table, grid in source.grids.items():
        is_drawn = grid.sheet.label.endswith((".geojson", ".gpkg"))
        filled = {at for _, cells in grid.rows for at, text in enumerate(cells) if text}
        found[table] = [name for at, name in enumerate(grid.header) if name and (at in filled or not is_drawn)]
    return found


def _source(place: Path, findings: Collected) -> Source | None:
    found = find_place(place, Sheet(SETTINGS, place.name), findings)
    return None if found is None else read_source(found, "", 0, findings, needs_settings=False)


def place_rows(tables: Mapping[str, Rows], folder: Path) -> None:
    """Write rows as a folder that has these tables and no other."""
    for table, rows in tables.items():
        if table == SETTINGS:
            (folder / SETTINGS_FILE).write_text(settings_toml(rows), encoding="utf-8", newline="\n")
            continue
        known = columns_of(TABLE_BY_NAME[table])
        filled = dict.fromkeys(name for row in rows for name in row)
        header = [name for name in known if known[name].required or name in filled]
        header += [name for name in filled if name not in known]
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows([row.get(name, "") for name in header] for row in rows)
