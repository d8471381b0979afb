"""Cases written as TOML: blocks ``[[case]]`` read as the rows of the table cases, and rows written as blocks.

A block is a row: its settings are the columns. Blocks of one name are the steps of one case, in their order; so ``step`` need
not be written.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
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

CASES_FILE = "cases.toml"
BLOCK = "case"
"""Name of the blocks, and of the column that names a case."""

_BLOCK_AT = re.compile(r"^[ \t]*\[\[[ \t]*[\"']?case[\"']?[ \t]*\]\]", re.MULTILINE)

EXAMPLE = '''# Cases: what if? `contingent stress` lays each of them over the plan and says what the force keeps.
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
"""What a template holds."""


def read_cases_grid(path: Path, sheet: Sheet, findings: Collected, *, columns: Collection[str]) -> Grid | None:
    """Return the blocks of a cases.toml as rows, or None and a finding where it is not TOML."""
    content = read_bytes(path, sheet, findings, largest=LARGEST_TABLE)
    text = decoded(content, sheet, findings) if content is not None else None
    if text is None:
        return None
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        not_toml(problem, text, sheet, findings, maybe='a text lacks its quotation marks, or a name its value: case = "winter"')
        return None
    for name in values:
        if name != BLOCK:
            nearest = nearest_name(str(name)[:100], [BLOCK])
            findings.add(
                "not_a_case", sheet, f"{shown(str(name))} is not read; the file holds blocks [[case]].",
                column=shown(str(name))[1:-1], nearest=nearest,
                maybe='write [[case]], and below it case = "its-name" and kind = "nation_withdraws"',
            )  # fmt: skip
    blocks = values.get(BLOCK, [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        findings.add("not_a_case", sheet, "case must be blocks: a line [[case]] above each.", column=BLOCK)
        return None
    lines = [text.count("\n", 0, found.start()) + 1 for found in _BLOCK_AT.finditer(text)]
    if len(lines) != len(blocks):
        lines = [1] * len(blocks)
    return _grid(blocks[:MOST_ROWS], lines, sheet, findings, columns)


def _grid(
    blocks: list[dict[str, Any]], lines: list[int], sheet: Sheet, findings: Collected, columns: Collection[str]
) -> Grid:
    if not blocks:
        return Grid(sheet, tuple(columns))
    named = dict.fromkeys(name for block in blocks for name in block) | {"step": None}
    header = tuple(name for name in columns if name in named) + tuple(name for name in named if name not in columns)
    unknown = (line for block, line in zip(blocks, lines, strict=False) if any(name not in columns for name in block))
    grid = Grid(sheet, header, header_line=next(unknown, lines[0]))
    seen: dict[str, int] = {}
    for block, line in zip(blocks, lines, strict=False):
        name = str(block.get(BLOCK, ""))
        seen[name] = seen.get(name, 0) + 1
        cells = {"step": str(seen[name])} | {name: _text(value, name, line, sheet, findings) for name, value in block.items()}
        grid.rows.append((line, [cells.get(name, "") for name in header]))
    return grid


def _text(value: Any, name: str, line: int, sheet: Sheet, findings: Collected) -> str:
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, dict | list) for part in value)):
        findings.add("cell_type", sheet, "must be a text, a number or a list of texts.", line=line, column=shown(name)[1:-1])
        return ""
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def cases_text(cases: tuple[Case, ...], *, template: bool = False) -> str:
    """Return cases as TOML: a block for each row, what is blank left out."""
    written: list[str] = [EXAMPLE] if template else []
    seen: dict[str, int] = {}
    for row in cases:
        seen[row.case] = seen.get(row.case, 0) + 1
        lines = [f"{name} = {text}" for name, text in _given(row, seen[row.case]).items()]
        written.append("\n".join(["[[case]]", *lines]) + "\n")
    return "\n".join(written)


def _given(row: Case, turn: int) -> Mapping[str, str]:
    """The columns of a row that are not blank, as TOML."""
    given = {}
    for name in columns_of(Case):
        value = getattr(row, name)
        if name == "step":
            if value != turn:
                given[name] = str(value)
        elif value != Case.model_fields[name].default:
            if isinstance(value, tuple):
                given[name] = "[" + ", ".join(toml_value(part) for part in value) + "]"
            else:
                given[name] = toml_value(value)
    return given
