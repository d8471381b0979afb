"""Tables written as TOML: blocks ``[[case]]`` or ``[[rung]]`` read as the rows of a table, and rows written as blocks.

A block is a row: its settings are the columns. Cases of one name are the steps of one case, in their order; so ``step`` need
not be written.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contingent.findings import nearest_name
from contingent.io.cell_text import toml_value
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import columns_of
from contingent.io.csv_grid import decoded
from contingent.io.files import read_bytes
from contingent.io.grid import Grid
from contingent.io.limits import LARGEST_TABLE, MOST_ROWS
from contingent.io.settings_file import not_toml
from contingent.io.wording import shown
from contingent.model.chance import Case
from contingent.model.columns import Row
from contingent.model.ladder import Rung

_EXAMPLE_OF_CASES = '''# Cases: what if? `contingent stress` lays each of them over the plan and says what the force keeps.
# A block is one change; blocks of the same name are the steps of one case. Take the # away to use this one.
#
# [[case]]
# case = "a-leaves"
# title = "Nation A leaves after half a year"
# kind = "nation_withdraws"
# nations = ["AAA"]
# from_day = 180
#
# Kinds: nation_withdraws, offer_late (days), offer_gone, requirement_grows (factor), backstop_comes, backstop_gone,
# dwell_relaxed (factor = the dwell ratio that holds), tours_extended (days), link_closes (links).
'''

_EXAMPLE_OF_A_LADDER = '''# The ladder: which value calls for which posture, and which reserve. Take the # away to use this rung.
#
# [[rung]]
# rung = "shelling rises"
# level = 2
# posture = "Two more orbits over the sector; the reserve at two hours' notice"
# measure = "violations_per_day"
# window_days = 3
# up = 200
# down = 100
# least_days = 7
'''


@dataclass(frozen=True, slots=True)
class TomlTable:
    """A table that a folder holds as TOML.

    Parameters
    ----------
    row_class : type of Row
        What its rows are.
    block : str
        Name of its blocks, and of the column that names a row.
    numbered : str or None
        Column that counts the blocks of one name, where it is not written.
    example : str
        What a template holds.
    maybe : str
        What to write, where a file holds something else.
    """

    row_class: type[Row]
    block: str
    numbered: str | None
    example: str
    maybe: str

    @property
    def file(self) -> str:
        """Name of the file in a scenario's folder."""
        return f"{self.row_class.table}.toml"


CASES = TomlTable(
    Case, "case", "step", _EXAMPLE_OF_CASES, 'write [[case]], and below it case = "its-name" and kind = "nation_withdraws"'
)
LADDER = TomlTable(Rung, "rung", None, _EXAMPLE_OF_A_LADDER, 'write [[rung]], and below it rung = "its-name" and level = 1')
TOML_TABLES: Mapping[str, TomlTable] = {table.row_class.table: table for table in (CASES, LADDER)}
"""Tables that stand in a folder as TOML, by name. They may also be CSV; then there is no TOML beside it."""


def read_toml_grid(
    path: Path, sheet: Sheet, findings: Collected, *, columns: Collection[str], table: TomlTable
) -> Grid | None:
    """Return the blocks of a file as rows, or None and a finding where it is not TOML."""
    content = read_bytes(path, sheet, findings, largest=LARGEST_TABLE)
    text = decoded(content, sheet, findings) if content is not None else None
    if text is None:
        return None
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        maybe = f'a text lacks its quotation marks, or a name its value: {table.block} = "winter"'
        not_toml(problem, text, sheet, findings, maybe=maybe)
        return None
    for name in values:
        if name != table.block:
            nearest = nearest_name(str(name)[:100], [table.block])
            findings.add(
                "not_a_block", sheet, f"{shown(str(name))} is not read; the file holds blocks [[{table.block}]].",
                column=shown(str(name))[1:-1], nearest=nearest, maybe=table.maybe,
            )  # fmt: skip
    blocks = values.get(table.block, [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        findings.add(
            "not_a_block", sheet, f"{table.block} must be blocks: a line [[{table.block}]] above each.", column=table.block
        )
        return None
    block_at = re.compile(rf"^[ \t]*\[\[[ \t]*[\"']?{table.block}[\"']?[ \t]*\]\]", re.MULTILINE)
    lines = [text.count("\n", 0, found.start()) + 1 for found in block_at.finditer(text)]
    if len(lines) != len(blocks):
        lines = [1] * len(blocks)
    return _grid(blocks[:MOST_ROWS], lines, sheet, findings, columns, table)


def _grid(
    blocks: list[dict[str, Any]],
    lines: list[int],
    sheet: Sheet,
    findings: Collected,
    columns: Collection[str],
    table: TomlTable,
) -> Grid:
    if not blocks:
        return Grid(sheet, tuple(columns))
    counted = {} if table.numbered is None else {table.numbered: None}
    named = dict.fromkeys(name for block in blocks for name in block) | counted
    header = tuple(name for name in columns if name in named) + tuple(name for name in named if name not in columns)
    unknown = (line for block, line in zip(blocks, lines, strict=False) if any(name not in columns for name in block))
    grid = Grid(sheet, header, header_line=next(unknown, lines[0]))
    seen: dict[str, int] = {}
    for block, line in zip(blocks, lines, strict=False):
        name = str(block.get(table.block, ""))
        seen[name] = seen.get(name, 0) + 1
        cells = dict.fromkeys(counted, str(seen[name]))
        cells |= {name: _text(value, name, line, sheet, findings) for name, value in block.items()}
        grid.rows.append((line, [cells.get(name, "") for name in header]))
    return grid


def _text(value: Any, name: str, line: int, sheet: Sheet, findings: Collected) -> str:
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, dict | list) for part in value)):
        findings.add("cell_type", sheet, "must be a text, a number or a list of texts.", line=line, column=shown(name)[1:-1])
        return ""
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def toml_text(table: TomlTable, rows: Sequence[Row], *, template: bool = False) -> str:
    """Return the rows of a table as TOML: a block for each row, what is blank left out."""
    written: list[str] = [table.example] if template else []
    seen: dict[str, int] = {}
    for row in rows:
        name = str(getattr(row, table.block))
        seen[name] = seen.get(name, 0) + 1
        lines = [f"{column} = {text}" for column, text in _given(table, row, seen[name]).items()]
        written.append("\n".join([f"[[{table.block}]]", *lines]) + "\n")
    return "\n".join(written)


def _given(table: TomlTable, row: Row, turn: int) -> Mapping[str, str]:
    """The columns of a row that are not blank, as TOML."""
    given = {}
    for name in columns_of(table.row_class):
        value = getattr(row, name)
        if name == table.numbered:
            if value != turn:
                given[name] = str(value)
        elif value != table.row_class.model_fields[name].default:
            if isinstance(value, tuple):
                given[name] = "[" + ", ".join(toml_value(part) for part in value) + "]"
            else:
                given[name] = toml_value(value)
    return given
