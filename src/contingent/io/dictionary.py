"""The data dictionary in words: every table, column, unit and default, made from the row classes.

It is the README of a new scenario and the sheet README of a workbook.
"""

from contingent.io.cell_text import cell_of, text_of
from contingent.io.columns import Column, columns_of
from contingent.model.columns import Row
from contingent.model.rows import REQUIRED_TABLES, TABLES, Defaults
from contingent.model.scenario import Settings

HOW_TO = (
    "A blank cell means that there is nothing to say, or the column's default. Lists are written with ;",
    "Days are whole days counted from D-day (start_date, day 0). Windows are half open: from_day is in, until_day is out.",
    "Numbers have no separator between thousands and a point before decimals. Shares may be written 0.7 or 70%.",
    "Every row may name its source and a confidence (high, medium, low). A figure without a source is an assumption: say so.",
)


def dictionary_rows(row_class: type[Row]) -> list[tuple[str, str, str, str]]:
    """Return column, meaning, form and what a blank means, for each column of a table."""
    return [(column.name, column.description, form_of(column), blank_means(column)) for column in columns_of(row_class).values()]


def form_of(column: Column) -> str:
    """Return what the cells of a column hold, and the table that they refer to."""
    return f"{column.form}; a key of {column.refers_to}" if column.refers_to is not None else column.form


def blank_means(column: Column) -> str:
    """Return what a blank cell means."""
    return "must be filled" if column.required else column.default or "absent"


def as_markdown() -> str:
    """Return the data dictionary as a Markdown text."""
    lines = ["# Tables of a scenario", "", *[f"- {line}" for line in HOW_TO], "", "## scenario.toml", ""]
    lines += ["| setting | meaning | form | if left out |", "|---|---|---|---|"]
    lines += _table_lines(
        [(column.name, column.description, form_of(column), blank_means(column)) for column in setting_columns()]
    )
    for row_class in TABLES:
        needed = ", needed in every scenario" if row_class.table in REQUIRED_TABLES else ""
        header = ",".join(columns_of(row_class))
        lines += ["", f"## {row_class.table}.csv", "", f"{row_class.about} Key: {', '.join(row_class.key)}{needed}.", ""]
        lines += ["| column | meaning | form | a blank means |", "|---|---|---|---|", *_table_lines(dictionary_rows(row_class))]
        lines += ["", "Header to copy:", "", "```", header, "```"]
    return "\n".join(lines) + "\n"


def setting_columns() -> list[Column]:
    """Return every setting that has one value, those of the section ``defaults`` under their full names."""
    own = [column for column in columns_of(Settings).values() if column.kind != "group"]
    return own + [column_in_section("defaults", column) for column in columns_of(Defaults).values()]


def setting_rows(settings: Settings) -> list[tuple[str, str]]:
    """Return settings by name as text, those of the section ``defaults`` under their full names; what is blank is left out."""
    own = [(name, getattr(settings, name)) for name in Settings.model_fields if name not in ("extends", "defaults", "remove")]
    named = [*own, *((f"defaults.{name}", value) for name, value in settings.defaults)]
    return [(name, text_of(cell_of(value))) for name, value in named if value is not None]


def column_in_section(section: str, column: Column) -> Column:
    """Return a setting under its full name."""
    return Column(
        f"{section}.{column.name}",
        column.description,
        column.kind,
        column.required,
        column.unit,
        least=column.least,
        most=column.most,
        default=column.default,
    )


def _table_lines(rows: list[tuple[str, str, str, str]]) -> list[str]:
    return [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
