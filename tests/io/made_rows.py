"""Rows of any table, made from its row class alone: awkward names, texts and numbers that are sound all the same."""

from datetime import date

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError

from contingent.io.columns import Column, columns_of
from contingent.model.columns import Row

ANY = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"))
NAME = st.text(ANY.filter(lambda char: char != ";"), min_size=1, max_size=12).map(str.strip).filter(bool)
TEXT = st.text(ANY | st.sampled_from("\n\t,;\"'=+-@"), min_size=1, max_size=30).map(str.strip).filter(bool)
SHAPES = st.sampled_from(["POINT (1 2)", "LINESTRING (1 2, 3 4)", "POLYGON ((0 0, 1 0, 1 1, 0 0))"])


def values(column: Column, row_class: type[Row]) -> st.SearchStrategy:
    """Values of a column that its row class takes."""
    if column.choices:
        return st.sampled_from(column.choices)
    if column.kind == "whole":
        return st.integers(int(column.least or 0), int(column.most if column.most is not None else 10**6))
    if column.kind == "number":
        least = column.above if column.above is not None else column.least if column.least is not None else 0.0
        return st.floats(least, column.most if column.most is not None else 1e15, exclude_min=column.above is not None)
    if column.kind == "list":
        return st.lists(NAME, min_size=int(column.required), max_size=3).map(tuple)
    if column.kind == "date":
        return st.dates(date(1900, 1, 1), date(2100, 1, 1))
    if column.name == "geometry":
        return SHAPES
    longest = row_class.model_fields[column.name].metadata
    is_name = any(getattr(part, "pattern", None) for part in longest) or column.required
    return NAME if is_name else NAME | TEXT


@st.composite
def rows(draw: st.DrawFn, row_class: type[Row]) -> tuple[Row, ...]:
    """Up to three rows of a table, each with a key of its own."""
    found: dict[tuple[object, ...], Row] = {}
    for _ in range(draw(st.integers(1, 3))):
        given = {
            column.name: draw(values(column, row_class))
            for column in columns_of(row_class).values()
            if column.required or draw(st.booleans())
        }
        try:
            row = row_class.model_validate(given)
        except ValidationError:
            assume(False)
        found.setdefault(tuple(getattr(row, name) for name in row.key), row)
    return tuple(found.values())
