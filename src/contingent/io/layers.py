"""One scenario laid over another: rows are added, replaced by key, or removed.

A scenario whose settings say ``extends`` is read as a layer over the one that it names, which may itself be a layer over a
third. The lowest layer comes first; a row of a higher layer replaces the row with its key, in its place, or is added at the
end. Findings in a lower layer name its files with their path.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from contingent.io.collected import Collected, Names, Sheet
from contingent.io.columns import columns_of
from contingent.io.limits import DEEPEST_EXTENDS
from contingent.io.places import Place, find_place
from contingent.io.settings_file import RawSettings, start_date_of, tables_named
from contingent.io.sources import Source, read_source
from contingent.io.table_rows import Table, key_of, read_table
from contingent.io.wording import shown
from contingent.model.rows import REQUIRED_TABLES, TABLES


@dataclass(slots=True)
class Layer:
    """A scenario as it was read, alone or with what it is laid over.

    Parameters
    ----------
    settings : RawSettings
        As they were written, those of lower layers where a higher one is silent.
    settings_sheet, sheets : Sheet and dict of str to Sheet
        Where the settings and each table of the highest layer are, or would be.
    tables : dict of str to Table
        Tables that are there and could be opened.
    present : set of str
        Tables that are there, opened or not.
    whole : bool
        Whether every layer below could be found; else nothing can be said about names.
    """

    settings: RawSettings
    settings_sheet: Sheet
    sheets: dict[str, Sheet]
    tables: dict[str, Table] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    whole: bool = True

    def is_known(self, table: str) -> bool:
        """Whether all names of a table are known: it is absent by right, or was read to its end."""
        if table in self.tables:
            return self.tables[table].complete
        return table not in self.present and table not in REQUIRED_TABLES

    def is_read(self, *tables: str) -> bool:
        """Whether every row of these tables could be read."""
        return all(self.is_known(name) and self._rows_read(name) for name in tables)

    def _rows_read(self, name: str) -> bool:
        table = self.tables.get(name, Table())
        return len(table.rows) >= len(table.names)


def read_layers(place: Place, findings: Collected) -> Layer | None:
    """Return a scenario with all that it is laid over, or None where it cannot be opened."""
    sources, opened = read_sources(place, findings)
    if not sources:
        return None
    whole = opened and all_are_found(sources, findings)
    merged = merged_layer(sources, findings, start_date=first_start_date(sources))
    merged.whole = whole
    nothing_to_remove_from(sources[0], findings)
    return merged


def first_start_date(sources: Sequence[Source]) -> date | None:
    """Return D-day of the highest scenario that says it."""
    return next((day for source in sources if (day := start_date_of(source.settings)) is not None), None)


def merged_layer(sources: Sequence[Source], findings: Collected, *, start_date: date | None) -> Layer:
    """Return scenarios laid over one another, the highest of them first."""
    merged: Layer | None = None
    for source in reversed(sources):
        layer = _layer(source, findings, start_date)
        merged = layer if merged is None else laid_over(layer, merged, findings)
    assert merged is not None
    return merged


def nothing_to_remove_from(source: Source, findings: Collected) -> None:
    """Add a finding where a scenario takes rows out and extends no other."""
    if "extends" not in source.settings.own and source.settings.remove:
        findings.add(
            "remove_without_extends",
            source.settings_sheet,
            "there is nothing to remove rows from: the scenario extends no other.",
            column="remove",
            maybe='write extends = "name or path of a scenario", or delete the section',
        )


def read_sources(place: Place, findings: Collected, *, prefix: str = "", above: int = 0) -> tuple[list[Source], bool]:
    """Return the scenario and those below it, the one that was asked for first, and whether all of them could be opened.

    Parameters
    ----------
    prefix : str
        What stands before the names of its files in findings.
    above : int
        Scenarios that are laid over it.
    """
    sources: list[Source] = []
    seen: list[Path] = []
    at: Place | None = place
    while at is not None:
        seen.append(at.path.resolve())
        source = read_source(at, prefix, above + len(sources), findings)
        if source is None:
            return sources, False
        sources.append(source)
        at, prefix = _extended(source, at, seen, findings)
    return sources, True


def all_are_found(sources: Sequence[Source], findings: Collected) -> bool:
    """Return whether every scenario was found, with findings for tables that are in none of them."""
    lowest = sources[-1].settings
    if "extends" in lowest.own:  # what it names could not be followed
        return False
    if lowest.may_extend:
        return all(table in sources[0].present for table in REQUIRED_TABLES)
    _require_tables(sources, findings)
    return True


def _extended(source: Source, at: Place, seen: list[Path], findings: Collected) -> tuple[Place | None, str]:
    """Return the place that a scenario extends, and what stands before the names of its files in findings."""
    given = source.settings.own.get("extends")
    name = source.settings.text("extends")
    if given is None or name is None:
        return None, ""
    sheet = source.settings_sheet
    found = Collected()
    below = find_place(name, sheet, found, beside=at.path if at.kind == "folder" else at.path.parent)
    for finding in found.in_order():
        findings.add(
            "extends", sheet, finding.what, line=given.line, column="extends", nearest=finding.nearest, maybe=finding.maybe
        )
    if below is None:
        return None, ""
    trouble = None
    if below.path.resolve() in seen:
        trouble = f"{shown(name)} leads back to a scenario that extends this one."
    elif len(seen) >= DEEPEST_EXTENDS:
        trouble = f"more than {DEEPEST_EXTENDS} scenarios are laid over one another."
    if trouble is not None:
        findings.add("circle", sheet, trouble, line=given.line, column="extends")
        return None, ""
    return below, f"{shown(name)[1:-1].rstrip('/')}/" if below.kind == "folder" else f"{shown(name)[1:-1]}: "


def _require_tables(sources: Sequence[Source], findings: Collected) -> None:
    """Every table that must be there is there, in the scenario or in one that it is laid over."""
    present = set().union(*(source.present for source in sources))
    for row_class in TABLES:
        if row_class.table in REQUIRED_TABLES and row_class.table not in present:
            needed = [column.name for column in columns_of(row_class).values() if column.required]
            findings.add(
                "missing_table",
                sources[-1].sheets[row_class.table],
                "is missing, but every scenario needs it.",
                maybe=f"create it with at least the columns {', '.join(needed)}",
            )


def _layer(source: Source, findings: Collected, start_date: date | None) -> Layer:
    layer = Layer(source.settings, source.settings_sheet, source.sheets, present=source.present)
    for row_class in TABLES:
        grid = source.grids.get(row_class.table)
        if grid is not None:
            layer.tables[row_class.table] = read_table(grid, row_class, findings, start_date=start_date)
    return layer


def laid_over(upper: Layer, lower: Layer, findings: Collected) -> Layer:
    """Return one scenario laid over another."""
    merged = Layer(
        upper.settings.laid_over(lower.settings), upper.settings_sheet, upper.sheets, present=upper.present | lower.present
    )
    removed = tables_named(upper.settings, findings)
    for row_class in TABLES:
        name = row_class.table
        if name not in upper.tables and name not in lower.tables:
            continue
        base, over = lower.tables.get(name, Table()), upper.tables.get(name, Table())
        rows = {key_of(placed.row): placed for placed in base.rows}
        by_text = {placed.row.key_text(): key for key, placed in rows.items()}
        known = Names(base.names | set(by_text))
        gone: set[str] = set()
        for text, given in removed.get(name, ()):
            if text not in known:
                findings.add(
                    "remove_unknown",
                    given.sheet,
                    f"{shown(text)} is not a row of {name} that could be removed.",
                    line=given.line,
                    column=f"remove.{name}",
                    nearest=known.nearest(text),
                )
            rows.pop(by_text.get(text, ()), None)
            gone.add(text)
        rows.update({key_of(placed.row): placed for placed in over.rows})
        merged.tables[name] = Table(
            list(rows.values()),
            (base.names - gone) | over.names,
            (base.removed | gone) - over.names,
            base.unread + over.unread,
            complete=_complete(lower, name) and _complete(upper, name),
        )
    return merged


def _complete(layer: Layer, name: str) -> bool:
    return layer.tables[name].complete if name in layer.tables else name not in layer.present
