"""One table of a plan folder, read as exactly the columns that it must have: what is not so is a finding with its line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from contingent.findings import Finding, nearest_name
from contingent.io.collected import Collected, Sheet
from contingent.io.parquet_grid import read_parquet_frame
from contingent.io.wording import shown

MOST_CELLS_TOLD = 5
"""Wrong cells of one column that are told one by one."""

WHAT_IS_WANTED = {pl.Int64: "a whole number", pl.Float64: "a number", pl.Boolean: "true or false"}


def read_frame(
    path: Path, columns: Mapping[str, Any], findings: list[Finding], *, may_be_blank: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """Return the frame in a CSV; where it cannot be read, an empty one, and why is added to the findings.

    Parameters
    ----------
    columns : mapping of str to polars type
        The columns that the file must have; their order in the file does not matter.
    may_be_blank : frozenset of str
        Those in which a blank means something.
    """
    empty = pl.DataFrame(schema=dict(columns))
    if not path.is_file():
        findings.append(Finding(path.name, "is a folder, but must be a file." if path.exists() else "is missing."))
        return empty
    try:
        cells = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.NoDataError:
        findings.append(Finding(path.name, "is empty: not even its header is there."))
        return empty
    except (PolarsError, OSError) as error:
        findings.append(Finding(path.name, f"cannot be read as CSV: {str(error).splitlines()[0]}."))
        return empty
    return frame_of_cells(path.name, cells, columns, findings, may_be_blank=may_be_blank)


def read_packed_frame(
    path: Path, columns: Mapping[str, Any], findings: list[Finding], *, may_be_blank: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """Return the frame in a Parquet file; where it cannot be read, an empty one, and why is added to the findings."""
    found = Collected()
    frame = read_parquet_frame(path, Sheet(path.stem, path.name), found)
    if frame is None:
        findings += found.in_order()
        return pl.DataFrame(schema=dict(columns))
    plain = [name for name, kind in frame.schema.items() if not kind.is_nested() and kind not in (pl.Binary, pl.Object)]
    cells = frame.select(plain).cast(pl.String)
    typed = frame.select(*columns) if dict(frame.schema) == dict(columns) else None
    checked = frame_of_cells(path.name, cells, columns, findings, may_be_blank=may_be_blank)
    return checked if typed is None or checked.height < typed.height else typed


def frame_of_cells(
    file: str, cells: pl.DataFrame, columns: Mapping[str, Any], findings: list[Finding], *, may_be_blank: frozenset[str]
) -> pl.DataFrame:
    """Return texts as the frame that they stand for; where one is not of its kind, an empty one, and findings.

    Parameters
    ----------
    file : str
        Where they were read, as findings name it.
    cells : polars.DataFrame
        The cells as text; blanks are null.
    """
    empty = pl.DataFrame(schema=dict(columns))
    if set(cells.columns) != set(columns):
        findings += _columns_unlike(file, cells.columns, columns)
        return empty
    cells = cells.select(*columns)
    before = len(findings)
    for column, kind in columns.items():
        findings += _cells_unlike(file, cells, column, kind)
        if column not in may_be_blank:
            findings += _told_cells(file, cells, column, pl.col(column).is_null(), "the cell is blank")
    return empty if len(findings) > before else cells.with_columns(_parsed(column, kind) for column, kind in columns.items())


def _columns_unlike(file: str, found: list[str], wanted: Mapping[str, Any]) -> list[Finding]:
    missing = [Finding(file, "the column is missing.", column=name) for name in wanted if name not in found]
    unknown = [
        Finding(file, f"{shown(name)} is not a column of this file.", line=1, nearest=nearest_name(name[:200], wanted))
        for name in found
        if name not in wanted
    ]
    return missing + unknown


def _parsed(column: str, kind: Any) -> pl.Expr:
    """A column of texts as its kind; what is not of the kind becomes blank."""
    if kind == pl.Boolean:
        text = pl.col(column).str.to_lowercase()
        return text.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    return pl.col(column).cast(kind, strict=False)


def _cells_unlike(file: str, cells: pl.DataFrame, column: str, kind: Any) -> list[Finding]:
    """Cells that hold something which is not of the column's kind."""
    if kind == pl.String:
        return []
    parsed = _parsed(column, kind)
    unlike = parsed.is_null() | ~parsed.is_finite() if kind == pl.Float64 else parsed.is_null()
    return _told_cells(file, cells, column, pl.col(column).is_not_null() & unlike, f"the cell is not {WHAT_IS_WANTED[kind]}")


def _told_cells(file: str, cells: pl.DataFrame, column: str, wrong: pl.Expr, what: str) -> list[Finding]:
    """Each wrong cell of a column, the first ones in full, of the rest only the number."""
    rows = cells.with_row_index("row").filter(wrong).select("row", column)
    told = [
        Finding(file, f"{what}." if cell is None else f"{what}: {shown(cell)}.", line=_line(cells, row), column=column)
        for row, cell in rows.head(MOST_CELLS_TOLD).iter_rows()
    ]
    more = rows.height - len(told)
    return [*told, Finding(file, f"{what} in {more} more lines.", column=column)] if more else told


def _line(cells: pl.DataFrame, row: int) -> int:
    """Line of the file on which a row begins, the header being 1: line feeds within cells count."""
    within = cells.head(row).select(pl.all().str.count_matches("\n", literal=True).sum()).sum_horizontal().item() if row else 0
    return row + 2 + int(within or 0)
