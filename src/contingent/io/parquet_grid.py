"""Tables as Parquet: typed files that polars, pandas, DuckDB and the like read, and that a folder may hold in place of CSV.

Columns have the kinds of the dictionary: whole numbers are Int64, numbers Float64, all else text; blanks are null, lists are text
joined by ``;``. Read again, a cell is the text that a CSV file would hold, and is checked as that.
"""

import io
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contingent.io.cell_text import cell_of, text_of
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import columns_of
from contingent.io.files import read_bytes
from contingent.io.grid import Grid
from contingent.io.limits import LARGEST_TABLE, LARGEST_UNPACKED, MEBIBYTE, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from contingent.io.wording import counted, shown
from contingent.model.columns import Row

if TYPE_CHECKING:
    import polars as pl

FIRST_LINE = 2
"""Line of the first row in findings; line 1 is where a CSV file has its header."""


def read_parquet_frame(path: Path, sheet: Sheet, findings: Collected) -> "pl.DataFrame | None":
    """Return the frame of a Parquet file, or None and a finding where it cannot be read or is too large."""
    import polars as pl

    content = read_bytes(path, sheet, findings, largest=LARGEST_TABLE)
    if content is None:
        return None
    try:
        schema = pl.read_parquet_schema(io.BytesIO(content))
        height = pl.scan_parquet(io.BytesIO(content)).select(pl.len()).collect().item() if schema else 0
        if len(schema) > MOST_COLUMNS or height > MOST_ROWS or len(schema) * height > MOST_CELLS:
            what = f"has {counted(height, 'row')} and {counted(len(schema), 'column')}; at most {MOST_ROWS:,} rows are read."
            findings.add("too_large", sheet, what)
            return None
        frame = pl.read_parquet(io.BytesIO(content))
    except BaseException as problem:
        # A fault inside the reader is the file's fault to the user; interrupts and the like are not ours to hold.
        if isinstance(problem, Exception) or type(problem).__name__ == "PanicException":
            said = (str(problem).splitlines() or ["it cannot be read"])[0]
            findings.add("damaged", sheet, f"is no Parquet file, or is damaged: {shown(said, 200)[1:-1]}.")
            return None
        raise
    size = sum(int(frame[name].str.len_bytes().sum() or 0) for name, kind in frame.schema.items() if kind == pl.String)
    if size > LARGEST_UNPACKED:
        most = LARGEST_UNPACKED // MEBIBYTE
        findings.add("too_large", sheet, f"holds {size // MEBIBYTE:,} MiB of text; at most {most} are read.")
        return None
    return frame


def read_parquet_grid(path: Path, sheet: Sheet, findings: Collected) -> Grid | None:
    """Return the cells of a Parquet file as text, or None and a finding where it cannot be read."""
    frame = read_parquet_frame(path, sheet, findings)
    if frame is None:
        return None
    if not frame.width:
        findings.add("empty_file", sheet, "is empty: it has no columns.")
        return None
    columns = [[_text(value) for value in _values(frame[name], sheet, findings)] for name in frame.columns]
    grid = Grid(sheet, tuple(name.strip() for name in frame.columns))
    for line, cells in enumerate(zip(*columns, strict=True), FIRST_LINE):
        if any(text and not text.isspace() for text in cells):
            grid.rows.append((line, list(cells)))
    return grid


def _values(series: "pl.Series", sheet: Sheet, findings: Collected) -> list[Any]:
    import polars as pl

    if series.dtype == pl.Binary or isinstance(series.dtype, (pl.Struct, pl.Object)):
        findings.add("cell_type", sheet, "holds neither text nor numbers.", column=shown(series.name)[1:-1])
        return [None] * len(series)
    return list(series.to_list())


def _text(value: Any) -> str:
    """Return a value as the text that a CSV file would hold."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ";".join(_text(part) for part in value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return text_of(cell_of(value))


def write_parquet_table(row_class: type[Row], rows: tuple[Row, ...], path: Path) -> None:
    """Write one table with all its columns as Parquet."""
    import polars as pl

    kinds: dict[str, Any] = {"whole": pl.Int64, "number": pl.Float64}
    columns = columns_of(row_class)
    data = {
        name: [_typed(getattr(row, name), number=column.kind in kinds) for row in rows] for name, column in columns.items()
    }
    schema = {name: kinds.get(column.kind, pl.String) for name, column in columns.items()}
    write_parquet_frame(pl.DataFrame(data, schema=schema), path)


def _typed(value: object, *, number: bool) -> object:
    if number:
        return value
    cell = cell_of(value)
    return None if cell is None else text_of(cell)


def write_parquet_frame(frame: "pl.DataFrame", path: Path) -> None:
    """Write a frame as Parquet, always in the same way."""
    frame.write_parquet(path, compression="zstd", compression_level=3, statistics=True)
