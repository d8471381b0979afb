"""Values as the cells of a file: the text that, read again, gives the same value."""

import json
from typing import Any

from contingent.io.cells import unreadable
from contingent.io.columns import Column, columns_of
from contingent.io.limits import LONGEST_CELL
from contingent.model.columns import Row

Cell = str | int | float | None


def cell_of(value: object) -> Cell:
    """Return a value as a cell: a number, a text, or None for a blank.

    >>> cell_of(("UKR", "MDA")), cell_of(2.0), cell_of(())
    ('UKR;MDA', 2, None)
    """
    if isinstance(value, tuple):
        return ";".join(value) or None
    if isinstance(value, float) and value.is_integer() and not _is_minus_zero(value):
        return int(value)
    return value if isinstance(value, (int, float)) else None if value is None else str(value)


def _is_minus_zero(value: float) -> bool:
    return value == 0 and str(value).startswith("-")


def text_of(cell: Cell) -> str:
    """Return a cell as text; a blank is empty."""
    return "" if cell is None else repr(cell) if isinstance(cell, float) else str(cell)


def toml_value(value: Any) -> str:
    r"""Return a number, a date or a text as TOML.

    >>> toml_value('a "quoted" text')
    '"a \\"quoted\\" text"'
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    cell = cell_of(value)
    return text_of(cell)


def columns_to_write(row_class: type[Row], rows: tuple[Row, ...], *, every_column: bool) -> list[Column]:
    """Return the columns of a table that need to be written: those required, and those with a cell that is not blank."""
    columns = list(columns_of(row_class).values())
    if every_column:
        return columns
    # A cell that holds the column's default may be left blank, but a column that any row departs from is written whole.
    return [column for column in columns if column.required or any(_departs(row, column.name) for row in rows)]


def _departs(row: Row, name: str) -> bool:
    return bool(getattr(row, name) != type(row).model_fields[name].default)


def unwritable_cells(table: str, rows: tuple[Row, ...]) -> list[str]:
    """Return what no file can carry: texts that would be read as blank, characters that cannot be shown, cells too long."""
    found = []
    required = {column.name for column in columns_of(type(rows[0])).values() if column.required} if rows else set()
    for row in rows:
        for name, value in row.__dict__.items():
            if not isinstance(value, (str, tuple)):
                continue
            text = value if isinstance(value, str) else ";".join(value)
            if (text == "" and (isinstance(value, str) or name in required)) or text != text.strip():
                found.append(f"{table}, {row.key_text()}, {name}: a text without content cannot be told from a blank cell.")
            elif len(text) > LONGEST_CELL or not text.isprintable():
                trouble = unreadable(text) or (_RETURN if "\r" in text else None)
                if trouble:
                    found.append(f"{table}, {row.key_text()}, {name}: {trouble if isinstance(trouble, str) else trouble.what}")
    return found


_RETURN = "line ends must be written as a single line feed."
