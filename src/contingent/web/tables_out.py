"""Tables of results as files to take along: CSV that a spreadsheet opens without taking any cell for a formula."""

import polars as pl
from starlette.responses import Response

FORMULA = r"^[=+\-@\t\r]"
"""How a text begins that a spreadsheet takes for a formula."""


def csv_text(frame: pl.DataFrame) -> str:
    """Return a frame as comma-separated values: lists joined by ``;``, texts that look like formulas marked as texts.

    >>> print(csv_text(pl.DataFrame({"a": ["=1+1", "x"], "b": [["p", "q"], ["r"]]})).strip())
    a,b
    '=1+1,p; q
    x,r
    """
    texts = [column for column, kind in frame.schema.items() if kind == pl.String]
    lists = [column for column, kind in frame.schema.items() if isinstance(kind, pl.List)]
    marked = [
        pl.when(pl.col(name).str.contains(FORMULA)).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    ]
    joined = [pl.col(name).cast(pl.List(pl.String)).list.join("; ").alias(name) for name in lists]
    return frame.with_columns(*marked, *joined).write_csv(quote_style="necessary")


def csv_answer(frame: pl.DataFrame, name: str) -> Response:
    """Return a frame as an answer that a browser keeps as a file.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    name : str
        Name of the file, without its end.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_text(frame), media_type="text/csv; charset=utf-8", headers=headers)
