"""Forms made from the row classes of the data dictionary: a field a column, with its meaning, unit, bounds and choices.

What is typed is read by the same code that reads a file, so that a form, a folder and a workbook are refused for the same faults
in the same words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contingent.findings import Finding, nearest_name
from contingent.io.cell_text import cell_of, text_of
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import Column, columns_of
from contingent.io.grid import Grid
from contingent.io.table_rows import read_table
from contingent.model.columns import Row
from contingent.model.rows import TABLE_BY_NAME
from contingent.model.scenario import Scenario
from contingent.report.words import leading_capital, plain


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Parameters
    ----------
    column : Column
        What the dictionary says of it.
    label : str
        Its name in words.
    value : str
        What stands in it.
    options : tuple of (str, str)
        Values to choose from, each with its words; empty where anything may be typed.
    findings : tuple of Finding
        What is wrong with it.
    fixed : bool
        Whether the viewer may not change it.
    """

    column: Column
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    fixed: bool = False

    @property
    def kind(self) -> str:
        """What a browser should let be typed."""
        return "number" if self.column.kind in ("whole", "number") else "text"

    @property
    def step(self) -> str:
        """Smallest step of a number."""
        return "1" if self.column.kind == "whole" else "any"


def fields_of(
    row_class: type[Row],
    scenario: Scenario,
    cells: Mapping[str, str],
    *,
    findings: Sequence[Finding] = (),
    fixed: Mapping[str, str] | None = None,
) -> list[Field]:
    """Return the fields of a row's form, in the order of its columns.

    Parameters
    ----------
    cells : mapping of str to str
        What stands in the fields.
    findings : sequence of Finding
        What is wrong, each at the field of its column.
    fixed : mapping of str to str, optional
        Columns that the viewer may not change, with their values.
    """
    held = dict(fixed or {})
    found = []
    for column in columns_of(row_class).values():
        options = tuple((choice, plain(choice)) for choice in column.choices) or _rows_to_choose(scenario, column)
        found.append(
            Field(
                column=column,
                label=leading_capital(plain(column.name)),
                value=held.get(column.name, cells.get(column.name, "")),
                options=options,
                findings=tuple(each for each in findings if each.column == column.name),
                fixed=column.name in held,
            )
        )
    return found


def _rows_to_choose(scenario: Scenario, column: Column) -> tuple[tuple[str, str], ...]:
    """The keys of the table that a column refers to, each with its name in words."""
    if column.refers_to is None or column.kind == "list":
        return ()
    cls = TABLE_BY_NAME[column.refers_to]
    if len(cls.key) != 1:
        return ()
    rows = [(row.key_text(), str(getattr(row, "name", None) or row.key_text())) for row in scenario.rows(column.refers_to)]
    return tuple(sorted(rows, key=lambda pair: pair[1].casefold()))


def cells_of(row: Row) -> dict[str, str]:
    """Return a row as it is written: text by column, blanks left out.

    A cell that holds its column's default is written all the same: the reader of a form sees what holds.
    """
    written = {name: text_of(cell_of(getattr(row, name))) for name in type(row).model_fields}
    return {name: text for name, text in written.items() if text != ""}


def given_cells(row_class: type[Row], form: Mapping[str, object]) -> dict[str, str]:
    """Return the cells that a form sent, as text by column, blanks and what is no column left out."""
    return {
        name: text for name in row_class.model_fields if (text := str(form.get(name, "")).replace("\r\n", "\n").strip()) != ""
    }


def read_cells(row_class: type[Row], scenario: Scenario, cells: Mapping[str, str]) -> tuple[Row | None, tuple[Finding, ...]]:
    """Return the row that cells make, and what is wrong with them: cell by cell, and names that the scenario does not have."""
    names = tuple(row_class.model_fields)
    sheet = Sheet(row_class.table, row_class.table)
    grid = Grid(sheet, names, rows=[(2, [cells.get(name, "") for name in names])])
    collected = Collected()
    table = read_table(grid, row_class, collected, start_date=scenario.settings.start_date)
    for column in columns_of(row_class).values():
        text = cells.get(column.name, "")
        if column.refers_to is None or not text:
            continue
        known = [row.key_text() for row in scenario.rows(column.refers_to)]
        for name in (part.strip() for part in (text.split(";") if column.kind == "list" else [text])):
            if name and name not in known:
                what = f"'{name}' is not among the {plain(column.refers_to)} of this scenario."
                collected.add(column.name, sheet, what, line=2, column=column.name, nearest=nearest_name(name, known))
    findings = collected.in_order()
    return (table.rows[0].row if table.rows and not collected.error_count else None), findings
