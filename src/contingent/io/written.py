"""A scenario that is kept as rows of text, as a database keeps it, read by the same checks as a folder.

A row is its cells that are not blank, as text, by column. The settings are rows too, of the table ``scenario``, with the columns
``setting`` and ``value`` as in a workbook. In findings a table is called by its name, and row 1 of it stands on line 2: line 1 is
where a folder has its header.

What does not change is read once: a `WrittenTable` keeps its rows as they were parsed, and a scenario that ships with the
package is kept under all that are laid over it. Only such scenarios may be extended: no row of a database names a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from contingent.findings import Finding, errors_only
from contingent.io.cell_text import cell_of, text_of
from contingent.io.cells import Trouble, read_number
from contingent.io.collected import Collected, Names, Sheet
from contingent.io.columns import columns_of
from contingent.io.dictionary import setting_rows
from contingent.io.grid import Grid
from contingent.io.layers import (
    Layer,
    all_are_found,
    first_start_date,
    laid_over,
    merged_layer,
    nothing_to_remove_from,
    read_sources,
)
from contingent.io.limits import DEEPEST_EXTENDS
from contingent.io.places import Place, bundled_scenarios, find_place, folder_of_bundled
from contingent.io.scenario_reader import scenario_of
from contingent.io.settings_file import RawSettings, settings_of_grid
from contingent.io.sources import Source, read_source, sheets_named
from contingent.io.table_rows import Table, read_table
from contingent.io.wording import shown
from contingent.model.columns import Row
from contingent.model.rows import REQUIRED_TABLES, TABLE_BY_NAME, TABLES
from contingent.model.scenario import Scenario

Cells = Mapping[str, str]

SETTINGS = "scenario"
"""Table that the settings stand in."""

KEYS: Mapping[str, tuple[str, ...]] = {SETTINGS: ("setting",)} | {row_class.table: row_class.key for row_class in TABLES}
"""Columns that name a row, by table."""

FIRST_LINE = 2
"""Line of the first row of a table in findings."""

_SHEETS = sheets_named("{}", 0)
_SETTINGS_SHEET = Sheet(SETTINGS, SETTINGS)


def key_of_cells(table: str, cells: Cells) -> str:
    """Return the key of a row as one text, parts joined by ``/``.

    >>> key_of_cells("capabilities", {"capability": "guard", "unit_type": "battlegroup"})
    'guard/battlegroup'
    """
    return "/".join(cells.get(name, "").strip() for name in KEYS[table])


@dataclass(frozen=True, eq=False)
class WrittenTable:
    """The rows of one table as they are kept.

    Parameters
    ----------
    table : str
        Its name.
    rows : tuple of mapping of str to str
        Cells that are not blank, by column.
    """

    table: str
    rows: tuple[Cells, ...]
    _parsed: dict[date | None, tuple[Table, Collected]] = field(default_factory=dict, init=False, repr=False)

    def parsed(self, start_date: date | None) -> tuple[Table, Collected]:
        """Return the rows as they were parsed, and what was found; both must be left as they are.

        Parameters
        ----------
        start_date : date or None
            D-day, from which dates are counted.
        """
        if start_date not in self._parsed:
            findings = Collected()
            row_class = TABLE_BY_NAME[self.table]
            grid = grid_of(self.rows, tuple(columns_of(row_class)), _SHEETS[self.table])
            self._parsed[start_date] = (read_table(grid, row_class, findings, start_date=start_date), findings)
        return self._parsed[start_date]


def grid_of(rows: Sequence[Cells], columns: Sequence[str], sheet: Sheet) -> Grid:
    """Return rows as a grid: all columns of the table, and behind them those that it does not know."""
    header = tuple(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    return Grid(sheet, header, rows=[(line, [row.get(name, "") for name in header]) for line, row in enumerate(rows, FIRST_LINE)])


@dataclass(frozen=True)
class Reading:
    """What a scenario kept as rows says.

    Parameters
    ----------
    scenario : Scenario or None
        Frozen and checked; None where anything is an error.
    findings : tuple of Finding
        Errors and warnings, in the order of tables and lines.
    start_date : date or None
        D-day, as far as it is known.
    """

    scenario: Scenario | None
    findings: tuple[Finding, ...]
    start_date: date | None


def read_written(tables: Mapping[str, WrittenTable]) -> Reading:
    """Read a scenario that is kept as rows.

    Parameters
    ----------
    tables : mapping of str to WrittenTable
        By name; that of the settings is ``scenario``. Tables of other names must not be there.
    """
    findings = Collected()
    own = {name: table for name, table in tables.items() if name != SETTINGS and (table.rows or name in REQUIRED_TABLES)}
    settings = _settings(tables[SETTINGS].rows if SETTINGS in tables else (), findings)
    top = Source(settings, _SETTINGS_SHEET, dict(_SHEETS), {}, {*own, *REQUIRED_TABLES})
    below = _extended(top, findings)
    sources = [top, *(below.sources if below is not None else ())]
    start_date = first_start_date(sources)
    layer = Layer(settings, _SETTINGS_SHEET, top.sheets, present=top.present)
    for row_class in TABLES:
        if row_class.table in own:
            layer.tables[row_class.table], found = own[row_class.table].parsed(start_date)
            findings.include(found)
    if below is not None:
        lower, found = below.layer(start_date)
        findings.include(found)
        layer = laid_over(layer, lower, findings)
    unfollowed = below is None and "extends" in settings.own
    layer.whole = not unfollowed and (below is None or below.opened) and all_are_found(sources[-1:], findings)
    nothing_to_remove_from(top, findings)
    scenario = scenario_of(layer, findings)
    told = findings.in_order()
    return Reading(None if errors_only(told) else scenario, told, start_date)


def _settings(rows: Sequence[Cells], findings: Collected) -> RawSettings:
    return settings_of_grid(grid_of(rows, ("setting", "value"), _SETTINGS_SHEET), findings)


@dataclass(frozen=True, eq=False)
class _Below:
    """A scenario that ships with the package, with those below it, read once."""

    sources: tuple[Source, ...]
    opened: bool
    found: Collected
    _layers: dict[date | None, tuple[Layer, Collected]] = field(default_factory=dict)

    def layer(self, start_date: date | None) -> tuple[Layer, Collected]:
        if start_date not in self._layers:
            findings = Collected()
            findings.include(self.found)
            self._layers[start_date] = (merged_layer(self.sources, findings, start_date=start_date), findings)
        return self._layers[start_date]


@lru_cache(maxsize=8)
def _below(name: str) -> _Below | None:
    findings = Collected()
    place = _bundled(name, findings)
    if place is None:
        return None
    sources, opened = read_sources(place, findings, prefix=f"{name}/", above=1)
    return _Below(tuple(sources), opened, findings) if sources else None


def _bundled(name: str, findings: Collected) -> Place | None:
    folder = folder_of_bundled(name)
    return None if folder is None else find_place(folder, _SETTINGS_SHEET, findings)


def _extended(top: Source, findings: Collected) -> _Below | None:
    """Return what a scenario is laid over, or None and a finding where it names nothing that ships with the package."""
    given, name = top.settings.own.get("extends"), top.settings.text("extends")
    if given is None or name is None:
        return None
    known = Names(bundled_scenarios())
    if name not in known:
        findings.add(
            "extends", _SETTINGS_SHEET, f"no scenario {shown(name)} ships with the package; others cannot be extended here.",
            line=given.line, column="extends", nearest=known.nearest(name),
        )  # fmt: skip
        return None
    return _below(name)


# ------------------------------------------------------------------------------------------------- from a folder or a workbook


def rows_of_place(
    place: str | Path, findings: Collected, *, needs_settings: bool = True, stays: bool = False
) -> dict[str, list[dict[str, str]]] | None:
    """Return the rows of a scenario as they are written, by table, or None where it cannot be opened.

    Of a scenario that extends one which ships with the package only its own rows are returned, and the setting ``extends`` is
    kept. One that extends another folder or workbook is returned whole, as the other would not be there any more.

    Parameters
    ----------
    place : str or Path
        Folder, workbook or name of a scenario that ships with the package.
    needs_settings : bool
        Whether there must be settings; else tables alone will do.
    stays : bool
        Whether what it extends must lie in its own folder or ship with the package; anything else is then a finding, and is not
        even looked for.
    """
    found = find_place(place, Sheet("scenario", shown(str(place))[1:-1] or "scenario"), findings)
    if found is None:
        return None
    source = read_source(found, "", 0, findings, needs_settings=needs_settings)
    if source is None:
        return None
    name = source.settings.text("extends")
    if name is not None and not _stays(name, found):
        if stays and _leaves(source, found, findings):
            return None
        return _rows_laid_flat(place, findings)
    tables = {SETTINGS: _rows_of_settings(source.settings)}
    for row_class in TABLES:
        if row_class.table in source.present:
            grid = source.grids.get(row_class.table)
            tables[row_class.table] = [] if grid is None else [_cells(grid, cells) for _, cells in grid.rows]
    return tables


def _stays(name: str, place: Place) -> bool:
    """Whether what a scenario extends is one that ships with the package, and no folder of that name beside it."""
    beside = place.path if place.kind == "folder" else place.path.parent
    return name in bundled_scenarios() and not (beside / name).exists()


def _leaves(source: Source, place: Place, findings: Collected) -> bool:
    """Whether a scenario, or one that it is laid over, extends what lies outside its folder; then there is a finding."""
    home = (place.path if place.kind == "folder" else place.path.parent).resolve()
    for _ in range(DEEPEST_EXTENDS):
        name = source.settings.text("extends")
        if name is None or _stays(name, place) or "\x00" in name:
            return False
        beside = place.path if place.kind == "folder" else place.path.parent
        try:
            lies_within = (beside / Path(name).expanduser()).resolve().is_relative_to(home)
        except (OSError, RuntimeError):
            lies_within = False
        if not lies_within:
            given = source.settings.own["extends"]
            what = f"{shown(name)} is not in the folder that is brought in, and does not ship with the package."
            maybe = "bring it in whole: contingent convert writes a scenario with all that it is laid over"
            findings.add("extends", source.settings_sheet, what, line=given.line, column="extends", maybe=maybe)
            return True
        below = find_place(name, source.settings_sheet, Collected(), beside=beside)
        deeper = None if below is None else read_source(below, "", 0, Collected())
        if below is None or deeper is None:
            return False  # what is wrong with it is told where it is read
        place, source = below, deeper
    return False


def _cells(grid: Grid, cells: Sequence[str]) -> dict[str, str]:
    """The cells of a row that are not blank; decimals that a spreadsheet wrote with a comma get a point."""
    given = {name: text for name, text in zip(grid.header, cells, strict=False) if name and text and not text.isspace()}
    if grid.decimal_comma:
        columns = columns_of(TABLE_BY_NAME[grid.sheet.table])
        for name, text in given.items():
            if name in columns and columns[name].kind == "number" and "," in text:
                number = read_number(text, columns[name], decimal_comma=True, start_date=None)
                given[name] = text if isinstance(number, Trouble) else str(number)
    return given


def _rows_of_settings(settings: RawSettings) -> list[dict[str, str]]:
    sections = (("", settings.own), ("defaults.", settings.defaults), ("remove.", settings.remove))
    return [
        {"setting": f"{section}{name}", "value": _text(given.value)}
        for section, part in sections
        for name, given in part.items()
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    return value if isinstance(value, str) else text_of(cell_of(value))


def _rows_laid_flat(place: str | Path, findings: Collected) -> dict[str, list[dict[str, str]]] | None:
    from contingent.io.scenario_reader import read_and_check

    scenario, told = read_and_check(place)
    for finding in told if scenario is None else ():
        sheet = Sheet(finding.table, finding.table)
        findings.add(
            finding.what, sheet, finding.what, line=finding.line, column=finding.column,
            nearest=finding.nearest, maybe=finding.maybe, severity=finding.severity,
        )  # fmt: skip
    return None if scenario is None else rows_of_scenario(scenario)


def rows_of_scenario(scenario: Scenario) -> dict[str, list[dict[str, str]]]:
    """Return a scenario as rows of text, by table: what is not the default of its column."""
    settings = [{"setting": name, "value": value} for name, value in setting_rows(scenario.settings)]
    return {SETTINGS: settings} | {
        row_class.table: [cells_of_row(row) for row in scenario.rows(row_class.table)]
        for row_class in TABLES
        if scenario.rows(row_class.table)
    }


def cells_of_row(row: Row) -> dict[str, str]:
    """Return the cells of a row as text, without those that hold their column's default.

    Parts of the key are always there.
    """
    return {
        name: text_of(cell_of(value))
        for name, value in row
        if (name in row.key or value != type(row).model_fields[name].default) and cell_of(value) is not None
    }
