"""Checks of names: whatever a row refers to is there, and whatever a nation rules out is somewhere.

One function is one check. Each takes all tables with the places of their rows, and adds what it finds. Names of rows that could
not be read count as known, so that one bad cell is one finding.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from contingent.io.collected import Collected, Names, Sheet
from contingent.io.columns import columns_of
from contingent.io.layers import Layer
from contingent.io.table_rows import Placed, Table
from contingent.io.wording import shown
from contingent.model.rows import REQUIRED_TABLES, TABLES
from contingent.model.rules import circles


def rows_of(layer: Layer, table: str) -> list[Placed]:
    """Return the rows of a table, none where it is absent."""
    return layer.tables.get(table, Table()).rows


def names_of(layer: Layer, table: str) -> set[str]:
    """Return the keys of a table, also of rows that could not be read."""
    return layer.tables.get(table, Table()).names


def values_of(layer: Layer, table: str, column: str) -> dict[str, None]:
    """Return the values of a column in their order, the entries of lists one by one."""
    found: dict[str, None] = {}
    for placed in rows_of(layer, table):
        value: Any = getattr(placed.row, column)
        found.update(dict.fromkeys(value if isinstance(value, tuple) else (value,) if value is not None else ()))
    return found


def references_are_known(layer: Layer, findings: Collected) -> None:
    """Every name that must be the key of another table is one.

    Names of places are free where locations.csv has no rows; offers, lines and formations in pins and attachments are not looked
    up where they are still to be derived, from the pool and from the tasks of the mandate.
    """
    for row_class in TABLES:
        for column in columns_of(row_class).values():
            target = column.refers_to
            if target is None or (target == "locations" and not _has_locations(layer)):
                continue
            if row_class.table in DECISIONS and target in DERIVED_FROM and rows_of(layer, DERIVED_FROM[target]):
                continue
            if layer.is_known(target):
                _look_up(layer, row_class.table, column.name, target, findings)


def _has_locations(layer: Layer) -> bool:
    return bool(names_of(layer, "locations"))


def _look_up(layer: Layer, table: str, column: str, target: str, findings: Collected) -> None:
    known = Names(names_of(layer, target))
    removed = layer.tables.get(target, Table()).removed
    noun = _NOUNS[target]
    for sheet, line, name in _cells(layer, table, column):
        if name in known:
            continue
        nearest = known.nearest(name)
        if name in removed:
            what, maybe = (
                f"{shown(name)} was removed, but this row still names it.",
                f"remove the row too, under [remove] {table}",
            )
        else:
            what = f"{shown(name)} is not {noun} of this scenario."
            add = f"add {shown(name)} to {layer.sheets[target].label}"
            maybe = f"write {shown(nearest)}, or {add}" if nearest is not None else add
        findings.add(f"unknown_{target}", sheet, what, line=line, column=column, nearest=nearest, maybe=maybe)


def _cells(layer: Layer, table: str, column: str) -> Iterator[tuple[Sheet, int, str]]:
    """Yield the names in a column, those of lists one by one, also of rows that could not be read for another cell's sake."""
    for placed in rows_of(layer, table):
        value: str | tuple[str, ...] | None = getattr(placed.row, column)
        for name in (value,) if isinstance(value, str) else value or ():
            yield placed.sheet, placed.line, name
    for unread in layer.tables.get(table, Table()).unread:
        for name in filter(None, map(str.strip, unread.given.get(column, "").split(";"))):
            yield unread.sheet, unread.line, name


DERIVED_FROM = {"offers": "pool", "requirements": "tasks", "formations": "tasks"}
"""Tables whose rows may be derived from those of another."""

DECISIONS = ("pins", "attachments")
"""Tables that may name what is still to be derived."""

_NOUNS = {
    "nations": "a nation",
    "unit_types": "a unit type",
    "locations": "a location",
    "offers": "an offer",
    "requirements": "a line",
    "sectors": "a sector",
    "formations": "a formation",
    "phases": "a phase",
    "links": "a link",
    "equipment": "a type of equipment",
    "coalitions": "a coalition",
    "pledges": "a pledge",
}


def places_do_not_lie_in_a_circle(layer: Layer, findings: Collected) -> None:
    """No location lies within itself, by way of others or not."""
    placed_by_name = {placed.row.key_text(): placed for placed in rows_of(layer, "locations")}
    within: dict[str, str | None] = {name: getattr(placed.row, "within") for name, placed in placed_by_name.items()}  # noqa: B009
    for circle in circles(within):
        placed = placed_by_name[circle[0]]
        findings.add(
            "circle",
            placed.sheet,
            f"the places lie within one another in a circle: {' within '.join(circle)}.",
            line=placed.line,
            column="within",
            maybe="leave the cell of the largest of them blank",
        )


_ADD_LOCATIONS = "add locations.csv, which says in which country or larger place each place lies"


def excluded_places_occur(layer: Layer, findings: Collected) -> None:
    """A place that a nation rules out is a location or a country of this scenario.

    A caveat that names no place rules nothing out, so a misspelt one would send a unit where its nation forbids it. Where
    there is no table of locations the names are free, and it is only a warning.
    """
    if not layer.is_read("locations", "nations", "requirements"):
        return
    places = names_of(layer, "locations") if _has_locations(layer) else set(values_of(layer, "requirements", "location"))
    countries = set(values_of(layer, "locations", "country")) | names_of(layer, "nations")
    host = layer.settings.text("host")
    known = Names(places | countries | ({host} if host is not None else set()))
    for table in ("offers", "terms"):
        for placed, name in _entries(layer, table, "excluded_locations"):
            if name in known:
                continue
            nearest = known.nearest(name)
            if _has_locations(layer):
                findings.add(
                    "unknown_place",
                    placed.sheet,
                    f"{shown(name)} is not a location or a country of this scenario, so the caveat would rule nothing out.",
                    line=placed.line,
                    column="excluded_locations",
                    nearest=nearest,
                    maybe=f"add {shown(name)} to {layer.sheets['locations'].label}"
                    if nearest is None
                    else f"write {shown(nearest)}",
                )
            else:
                findings.add(
                    "unknown_place",
                    placed.sheet,
                    f"no line is at {shown(name)}, so the caveat rules nothing out.",
                    line=placed.line,
                    column="excluded_locations",
                    nearest=nearest,
                    maybe=_ADD_LOCATIONS if nearest is None else None,
                    severity="warning",
                )


def excluded_tasks_occur(layer: Layer, findings: Collected) -> None:
    """A task that a nation rules out is the task of a line, or an activity of the mandate."""
    if not layer.is_read("requirements", "tasks"):
        return
    activities = values_of(layer, "tasks", "activity") | dict.fromkeys(names_of(layer, "tasks"))
    known = Names(values_of(layer, "requirements", "task") | activities)
    for table in ("offers", "terms"):
        for placed, name in _entries(layer, table, "excluded_tasks"):
            if name not in known:
                findings.add(
                    "unknown_task",
                    placed.sheet,
                    f"no line has the task {shown(name)}, so the caveat rules nothing out.",
                    line=placed.line,
                    column="excluded_tasks",
                    nearest=known.nearest(name),
                    severity="warning",
                )


def _entries(layer: Layer, table: str, column: str) -> Iterable[tuple[Placed, str]]:
    for placed in rows_of(layer, table):
        for name in getattr(placed.row, column):
            yield placed, name


def capabilities_are_given(layer: Layer, findings: Collected) -> None:
    """Some unit type gives the capability that a line asks for; else the line can only be a gap."""
    if not layer.is_read("capabilities"):
        return
    known = Names(values_of(layer, "capabilities", "capability"))
    for placed in rows_of(layer, "requirements"):
        name = str(getattr(placed.row, "capability"))  # noqa: B009
        if name not in known:
            findings.add(
                "capability",
                placed.sheet,
                f"no unit type gives {shown(name)}, so the line can only be a gap.",
                line=placed.line,
                column="capability",
                nearest=known.nearest(name),
                maybe=f"add it to {layer.sheets['capabilities'].label}",
                severity="warning",
            )


def options_are_listed(layer: Layer, findings: Collected) -> None:
    """Where options.csv has rows, an option that a line names is one of them."""
    known = Names(names_of(layer, "options"))
    if not known or not layer.is_known("options"):
        return
    tables = ("tasks", "requirements", "formations", "incursions", "calls")
    named = [entry for table in tables for entry in _entries(layer, table, "option")]
    for placed, name in named:
        if name not in known:
            nearest = known.nearest(name)
            add = f"add {shown(name)} to {layer.sheets['options'].label}"
            findings.add(
                "unknown_option",
                placed.sheet,
                f"{shown(name)} is not an option of this scenario.",
                line=placed.line,
                column="option",
                nearest=nearest,
                maybe=f"write {shown(nearest)}, or {add}" if nearest else add,
            )


def default_option_is_known(layer: Layer, findings: Collected) -> None:
    """The option that is planned when none is asked for is one that some line or options.csv names."""
    if not layer.is_read("options", "requirements", "tasks"):
        return
    given = layer.settings.own.get("default_option")
    name = layer.settings.text("default_option")
    named = values_of(layer, "requirements", "option") | values_of(layer, "tasks", "option")
    known = Names(names_of(layer, "options") | set(named))
    if given is not None and name is not None and name not in known:
        findings.add(
            "default_option",
            given.sheet,
            f"{shown(name)} is not an option of this scenario.",
            line=given.line,
            column="default_option",
            nearest=known.nearest(name),
        )


def core_tables_have_rows(layer: Layer, findings: Collected) -> None:
    """A scenario without nations, unit types, capabilities, lines or offers can be planned, but was hardly meant."""
    for table in REQUIRED_TABLES:
        sized = table == "requirements" and names_of(layer, "tasks")
        if table in layer.tables and layer.is_known(table) and not names_of(layer, table) and not sized:
            findings.add("no_rows", layer.sheets[table], "has no rows.", severity="warning")
    nothing_given = all(layer.is_known(table) and not names_of(layer, table) for table in ("offers", "pool"))
    # Where something else is wrong, the offers may stand under another name.
    something_asked = names_of(layer, "requirements") or names_of(layer, "tasks")
    if something_asked and nothing_given and not findings.error_count:
        what = "nobody offers anything, so every line can only be a gap."
        maybe = f"add rows to it, or to {layer.sheets['pool'].label}, from which offers are derived"
        findings.add("no_offers", layer.sheets["offers"], what, maybe=maybe, severity="warning")
