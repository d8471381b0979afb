"""Frames as JSON or CSV, a part at a time."""

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
from starlette.responses import Response

from contingent.web.api.answers import FrameAnswer, FrameEntry, Part
from contingent.web.api.problems import Documented
from contingent.web.guard.faults import Denied

CSV: Documented = {200: {"description": "The whole frame.", "content": {"text/csv": {"schema": {"type": "string"}}}}}
"""What the document says of a frame as CSV."""


def frame_named(frames: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
    """Return a frame by its name.

    Raises
    ------
    Denied
        If there is none of that name.
    """
    if name not in frames:
        raise Denied("There is no such frame.", status=404, maybe="take one of those that are listed")
    return frames[name]


def frame_answer(name: str, frame: pl.DataFrame, part: Part) -> FrameAnswer:
    """Return a part of a frame, row by row."""
    rows = frame.slice(part.offset, part.limit).to_dicts()
    return FrameAnswer(
        frame=name, columns={column: str(kind) for column, kind in frame.schema.items()}, total=frame.height, offset=part.offset,
        rows=[{column: plain_value(value) for column, value in row.items()} for row in rows],
    )  # fmt: skip


def plain_value(value: Any) -> Any:
    """Return a value as JSON has it: days and times as text, what is no number as null.

    >>> plain_value(float("nan")), plain_value(date(2027, 1, 5)), plain_value(3)
    (None, '2027-01-05', 3)
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain_value(each) for each in value]
    return value


def frame_csv(name: str, frame: pl.DataFrame) -> Response:
    """Return a whole frame as CSV. Lists are joined by ``;`` as everywhere in a scenario's files."""
    lists = [column for column, kind in frame.schema.items() if isinstance(kind, pl.List)]
    text = frame.with_columns(pl.col(column).cast(pl.List(pl.String)).list.join(";") for column in lists).write_csv()
    return Response(
        text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


def entries_of(frames: Mapping[str, pl.DataFrame]) -> list[FrameEntry]:
    """Return which frames there are, with how many rows each."""
    return [FrameEntry(frame=name, rows=frame.height) for name, frame in frames.items()]
