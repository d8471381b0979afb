"""Checks of the ground, of factors and of formations: shapes can be measured, ranges hold their values, trees have a top.

One function is one check, as in `contingent.io.check_names`.
"""

from typing import Any

from contingent.io.check_names import names_of, rows_of, values_of
from contingent.io.collected import Collected, Names
from contingent.io.layers import Layer
from contingent.io.wording import shown
from contingent.model.rules import circles

SHAPES = {"sectors": ("Polygon", "MultiPolygon"), "traces": ("LineString", "MultiLineString")}
"""What may be drawn in each table."""


def shapes_can_be_measured(layer: Layer, findings: Collected) -> None:
    """A sector is a polygon and a trace a line, in degrees, with no crossing of itself."""
    for table, kinds in SHAPES.items():
        for placed in rows_of(layer, table):
            text = getattr(placed.row, "geometry")  # noqa: B009
            fault = _fault_of_shape(text, kinds) if text is not None else None
            if fault is not None:
                what, maybe = fault
                findings.add("shape", placed.sheet, what, line=placed.line, column="geometry", maybe=maybe)


def _fault_of_shape(text: str, kinds: tuple[str, ...]) -> tuple[str, str] | None:
    from shapely import GEOSException, from_wkt, is_valid_reason

    wanted = kinds[0].upper()
    try:
        shape = from_wkt(text)
    except GEOSException:
        maybe = f"write it as {wanted} ((longitude latitude, ...)), or draw it as GeoJSON"
        return f"{shown(text[:40])} is not well-known text.", maybe
    if shape is None or shape.is_empty or shape.geom_type not in kinds:
        kind = "nothing" if shape is None or shape.is_empty else f"a {shape.geom_type}"
        return f"is {kind}, not a {kinds[0]}.", f"write it as {wanted}, longitude before latitude"
    west, south, east, north = shape.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return "lies outside the Earth.", "write degrees, WGS 84, longitude before latitude"
    if kinds[0] == "Polygon" and not shape.is_valid:
        return f"the polygon crosses or touches itself ({is_valid_reason(shape)}).", "draw it again"
    if kinds[0] == "LineString" and shape.length == 0:
        return "the line has no length.", "give it at least two different points"
    return None


def factors_lie_in_their_range(layer: Layer, findings: Collected) -> None:
    """A factor's value lies between its low and its high value."""
    for placed in rows_of(layer, "factors"):
        row: Any = placed.row
        for column, wrong, words in (
            ("low", row.low is not None and row.low > row.value, "more"),
            ("high", row.high is not None and row.high < row.value, "less"),
        ):
            if wrong:
                what = f"{getattr(row, column):g} is {words} than the factor's value ({row.value:g})."
                findings.add("range", placed.sheet, what, line=placed.line, column=column, maybe="the columns were swapped")


def factors_hold_for_something(layer: Layer, findings: Collected) -> None:
    """A factor's scope is all, a task, an option or a demand; else no method would ever read it."""
    if not layer.is_read("tasks", "options"):
        return
    tasks, options = names_of(layer, "tasks"), names_of(layer, "options") | set(values_of(layer, "tasks", "option"))
    known = Names({"all"} | tasks | options | set(values_of(layer, "tasks", "demand")))
    if not tasks:
        return
    for placed in rows_of(layer, "factors"):
        scope = str(getattr(placed.row, "scope"))  # noqa: B009
        # A scenario that others are laid over has factors for demands that this one does not make.
        if scope not in known and placed.sheet.layer == 0:
            findings.add(
                "scope",
                placed.sheet,
                f"{shown(scope)} is not a task, an option or a demand, so no method reads the factor.",
                line=placed.line,
                column="scope",
                nearest=known.nearest(scope),
                severity="warning",
            )


def links_go_somewhere(layer: Layer, findings: Collected) -> None:
    """A link leads from one place to another."""
    for placed in rows_of(layer, "links"):
        row: Any = placed.row
        if row.from_location == row.to_location:
            what = f"the link leads from {shown(row.from_location)} to itself."
            findings.add("loop", placed.sheet, what, line=placed.line, column="to_location")


def formations_have_a_top(layer: Layer, findings: Collected) -> None:
    """No formation stands under itself, by way of others or not."""
    placed_by_name = {placed.row.key_text(): placed for placed in rows_of(layer, "formations")}
    parents: dict[str, str | None] = {name: getattr(placed.row, "parent") for name, placed in placed_by_name.items()}  # noqa: B009
    for circle in circles(parents):
        placed = placed_by_name[circle[0]]
        what = f"the formations stand under one another in a circle: {' under '.join(circle)}."
        maybe = "leave the cell of the highest of them blank"
        findings.add("circle", placed.sheet, what, line=placed.line, column="parent", maybe=maybe)


def days_of_later_tables_are_in_order(layer: Layer, findings: Collected) -> None:
    """A task, and a force of the host, ends after it begins."""
    for table in ("tasks", "host_forces"):
        for placed in rows_of(layer, table):
            row: Any = placed.row
            if row.until_day is not None and row.until_day <= row.from_day:
                what = f"{row.until_day} is not after from_day ({row.from_day})."
                findings.add("window", placed.sheet, what, line=placed.line, column="until_day", maybe="the columns were swapped")
