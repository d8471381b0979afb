"""A heat table as it stands in a page: heads of columns, rows of cells."""

from collections.abc import Mapping, Sequence
from typing import Any

from contingent.report.heat import Cell, Span, groups_of
from contingent.report.words import grouped


def heat_table(spans: Sequence[Span], rows: Mapping[str, Sequence[Cell | None]]) -> dict[str, Any]:
    """Return heads and rows of a heat table; columns after the last figure are left out.

    Parameters
    ----------
    spans : sequence of Span
        Columns of time.
    rows : mapping of str to sequence of Cell or None
        Cells by the name of their row; None = no figure.
    """
    last = max((at for row in rows.values() for at, cell in enumerate(row) if cell is not None), default=0) + 1
    return {
        "groups": groups_of(spans[:last]),
        "days": [grouped(span.from_day) for span in spans[:last]],
        "rows": [{"name": name, "cells": list(row[:last])} for name, row in rows.items()],
    }
