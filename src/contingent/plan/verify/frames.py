"""The shape of a plan's frames: columns and types as documented, no blank where a value must stand, no number that is none."""

from collections.abc import Iterator

import polars as pl

from contingent.findings import Finding
from contingent.plan.aid_columns import AID_MAY_BE_BLANK
from contingent.plan.columns import COLUMNS
from contingent.plan.plan import Plan
from contingent.plan.risk_columns import MAY_BE_BLANK as BLANK_UNDER_CHANCE
from contingent.plan.way_columns import WAY_MAY_BE_BLANK

MAY_BE_BLANK: dict[str, frozenset[str]] = {
    "tours": frozenset({"location", "confidence"}),
    "coverage": frozenset({"location", "nations"}),
    "gaps": frozenset({"location", "detail"}),
    "nations": frozenset({"ceiling", "fair_share", "burden"}),
    "unused": frozenset({"detail"}),
    "remedies": frozenset({"closes", "cost"}),
    "worth": frozenset({"lines"}),
    "sizing": frozenset({"location", "unit_type"}),
    "factors": frozenset({"source", "confidence"}),
    "reach": frozenset({"base", "hours"}),
    "sensitivity": frozenset({"source"}),
    "backcast": frozenset(COLUMNS["backcast"]) - {"mission", "title", "sized"},
    "formations": frozenset({
        "parent", "location", "sector", "symbol", "headquarters", "headquarters_fill", "framework_nation", "framework_rule",
        "framework_share", "nation_list", "nations_per_battlegroup",
    }),
    "orbat": frozenset(),
    "adequacy": frozenset(),
    **WAY_MAY_BE_BLANK,
    **AID_MAY_BE_BLANK,
    **BLANK_UNDER_CHANCE,
}
"""Columns in which a blank means something: no location, no ceiling, no fair share."""


def frames_as_documented(plan: Plan) -> Iterator[Finding]:
    """Every frame has exactly its columns and types, and no blank where a value must stand."""
    for name, columns in COLUMNS.items():
        table: pl.DataFrame = getattr(plan, name)
        if dict(table.schema) != columns:
            yield Finding(f"{name}.csv", f"its columns are {_spelt(dict(table.schema))}, not {_spelt(columns)}")
            continue
        for column in columns:
            if column not in MAY_BE_BLANK[name] and table[column].null_count():
                yield Finding(f"{name}.csv", "the cell is blank", line=_first_line(table[column].is_null()), column=column)
        for column, kind in columns.items():
            if kind == pl.Float64 and not table[column].is_finite().all():
                yield Finding(
                    f"{name}.csv", "the value is not a finite number", line=_first_line(~table[column].is_finite()), column=column
                )


def _first_line(wrong: pl.Series) -> int:
    """Line of the file on which the first wrong cell stands, the header being 1."""
    first = wrong.arg_max()
    return 2 + (first or 0)


def _spelt(schema: dict[str, object]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in schema.items())
