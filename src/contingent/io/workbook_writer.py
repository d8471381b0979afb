"""A scenario as a workbook to work in: one sheet a table, the dictionary in cell comments, drop-downs for choices.

Texts are written as texts, whatever they begin with: no cell ever becomes a formula. The same scenario gives the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from contingent.io.cell_text import Cell, cell_of, columns_to_write, text_of
from contingent.io.columns import Column
from contingent.io.dictionary import HOW_TO, blank_means, dictionary_rows, form_of, setting_columns
from contingent.model.columns import Row
from contingent.model.rows import REQUIRED_TABLES, TABLES
from contingent.model.scenario import Scenario

Strange = Mapping[str, Mapping[str, Sequence[str]]]
"""Cells of columns that no table has, by table and column, row by row."""

_CREATED = datetime(2025, 1, 1, tzinfo=UTC)  # a fixed date: the same scenario gives the same bytes
_ROWS_WITH_CHOICES = 2_000
"""Rows that drop-downs reach at least, so that rows can be added below. [rows]"""
_NARROWEST, _WIDEST = 10, 50
_SAMPLED_ROWS = 200
"""Rows by which a column's width is chosen. [rows]"""


def write_workbook_file(scenario: Scenario, path: Path, *, template: bool = False) -> None:
    """Write a scenario to a workbook.

    Parameters
    ----------
    template : bool
        Whether every table and every column gets its place, also those that are blank, for a planner to fill in.
    """
    settings = [(column, _setting(scenario, column)) for column in setting_columns()]
    tables = {
        row_class.table: scenario.rows(row_class.table)
        for row_class in TABLES
        if scenario.rows(row_class.table) or template or row_class.table in REQUIRED_TABLES
    }
    _write_workbook(scenario.settings.title, settings, tables, path, template=template)


def write_tables_file(
    settings: Mapping[str, str], tables: Mapping[str, tuple[Row, ...]], path: Path, *, strange: Strange | None = None
) -> None:
    """Write tables of a scenario to a workbook, with its settings as they are written.

    Parameters
    ----------
    settings : mapping of str to str
        By name, those of sections under their full names.
    tables : mapping of str to tuple of Row
        Those that get a sheet.
    strange : mapping of str to mapping of str to list of str
        By table, the cells of columns that it does not know, row by row: kept as text.
    """
    known = {column.name: column for column in setting_columns()}
    others = [Column(name, "", "text", required=False) for name in settings if name not in known]
    rows = [(column, settings.get(column.name)) for column in [*known.values(), *others]]
    _write_workbook(settings.get("title", ""), rows, tables, path, template=False, strange=strange)


def _write_workbook(
    title: str, settings: Sequence[tuple[Column, Cell]], tables: Mapping[str, tuple[Row, ...]], path: Path, *, template: bool,
    strange: Strange | None = None,
) -> None:  # fmt: skip
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as workbook:
        workbook.set_properties({"title": title[:250], "created": _CREATED})
        header = workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "top"})
        needed = workbook.add_format({"bold": True, "bg_color": "#B8CCE4", "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        _write_settings(settings, workbook.add_worksheet("scenario"), header, wrapped)
        for row_class in TABLES:
            if row_class.table in tables:
                rows = tables[row_class.table]
                columns = columns_to_write(row_class, rows, every_column=template)
                sheet = workbook.add_worksheet(row_class.table)
                _write_table(row_class, rows, columns, sheet, header, needed)
                for place, (name, texts) in enumerate((strange or {}).get(row_class.table, {}).items(), len(columns)):
                    sheet.write_string(0, place, name, header)
                    for number, text in enumerate(texts, start=1):
                        _write_cell(sheet, number, place, text or None)
        _write_readme(workbook.add_worksheet("README"), header, wrapped)


def _setting(scenario: Scenario, column: Column) -> Cell:
    owner, _, name = column.name.rpartition(".")
    value = getattr(scenario.settings.defaults if owner else scenario.settings, name)
    return None if column.name == "extends" else cell_of(value)


def _write_settings(settings: Sequence[tuple[Column, Cell]], sheet: Worksheet, header: Format, wrapped: Format) -> None:
    for place, name in enumerate(("setting", "value", "meaning", "form")):
        sheet.write_string(0, place, name, header)
    for number, (column, cell) in enumerate(settings, start=1):
        sheet.write_string(number, 0, column.name)
        _write_cell(sheet, number, 1, cell, wrapped)
        sheet.write_string(number, 2, column.description, wrapped)
        sheet.write_string(number, 3, form_of(column), wrapped)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 50)
    sheet.set_column(3, 3, 36)
    sheet.freeze_panes(1, 1)


def _write_table(
    row_class: type[Row], rows: tuple[Row, ...], columns: list[Column], sheet: Worksheet, header: Format, needed: Format
) -> None:
    for place, column in enumerate(columns):
        cells = [cell_of(getattr(row, column.name)) for row in rows]
        sheet.write_string(0, place, column.name, needed if column.required else header)
        sheet.write_comment(
            0,
            place,
            f"{column.description}\n{form_of(column)}\nBlank: {blank_means(column)}",
            {"x_scale": 2, "y_scale": 1.2, "author": ""},
        )
        for number, cell in enumerate(cells, start=1):
            _write_cell(sheet, number, place, cell)
        longest = max((len(text_of(cell)) for cell in cells[:_SAMPLED_ROWS]), default=0)
        sheet.set_column(place, place, min(_WIDEST, max(_NARROWEST, len(column.name) + 2, longest + 1)))
        if column.choices:
            sheet.data_validation(
                1,
                place,
                max(len(rows) * 2, _ROWS_WITH_CHOICES),
                place,
                {
                    "validate": "list",
                    "source": list(column.choices),
                    "error_title": column.name,
                    "error_message": f"One of: {', '.join(column.choices)}."[:255],
                },
            )
    sheet.freeze_panes(1, len(row_class.key))
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    # Names like 007 are texts on purpose; Excel need not mark them.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _write_cell(sheet: Worksheet, row: int, place: int, cell: Cell, cell_format: Format | None = None) -> None:
    """Write a cell so that it is read again as it is: a number that a workbook would round is written as text."""
    if cell is None:
        return
    if isinstance(cell, str) or text_of(cell_of(float(f"{cell:.16G}"))) != text_of(cell):
        sheet.write_string(row, place, text_of(cell), cell_format)
    else:
        sheet.write_number(row, place, cell, cell_format)


def _write_readme(sheet: Worksheet, header: Format, wrapped: Format) -> None:
    row = 0
    for line in HOW_TO:
        sheet.write_string(row, 0, line)
        row += 1
    row += 1
    for place, name in enumerate(("table", "column", "meaning", "form", "a blank means")):
        sheet.write_string(row, place, name, header)
    row += 1
    for row_class in TABLES:
        sheet.write_string(row, 0, row_class.table, header)
        sheet.write_string(row, 1, f"Key: {', '.join(row_class.key)}", header)
        sheet.write_string(row, 2, row_class.about, header)
        row += 1
        for name, *cells in dictionary_rows(row_class):
            sheet.write_string(row, 1, name)
            for place, cell in enumerate(cells, start=2):
                sheet.write_string(row, place, cell, wrapped)
            row += 1
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 70)
    sheet.set_column(3, 3, 46)
    sheet.set_column(4, 4, 18)
