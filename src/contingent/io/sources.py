"""One scenario as it lies on the disk: the settings and the cells of a folder, a workbook or an SQLite file, before any row
is read.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

from contingent.findings import nearest_name
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import columns_of
from contingent.io.csv_grid import read_csv_grid
from contingent.io.drawn import DRAWN_TABLES, GROUND, drawn_files, told_twice
from contingent.io.files import reason
from contingent.io.geojson_grid import read_geojson_grid
from contingent.io.geopackage_grid import layers_of, read_geopackage_grid
from contingent.io.grid import Grid
from contingent.io.parquet_grid import read_parquet_grid
from contingent.io.places import SETTINGS_FILE, Place
from contingent.io.settings_file import RawSettings, read_toml, settings_of_grid
from contingent.io.toml_grid import TOML_TABLES, read_toml_grid
from contingent.io.wording import listed, shown
from contingent.model.columns import Row
from contingent.model.rows import TABLES

POSITIONS = {row_class.table: number for number, row_class in enumerate(TABLES, start=1)}
"""Place of each table among the tables, from 1; the settings come before them, other files after."""

_ALIKE = 0.75
"""Names less like one another than this are not confused. [-]"""

NOT_TABLES = frozenset({"README", "readme", "incidents", "exposure"})
"""Files and sheets that a scenario may hold beside its tables."""

_TABLE_SUFFIXES = ("csv", "parquet")

LATER_TABLES = frozenset(
    {
        "stocks",
        "rates",
        "needs",
        "pledges",
        "deliveries",
    }
)
"""Tables of the design that no stage reads yet."""


@dataclass(frozen=True, slots=True)
class Source:
    """Settings and cells of one scenario.

    Parameters
    ----------
    settings : RawSettings
        As they were written.
    settings_sheet, sheets : Sheet and dict of str to Sheet
        Where the settings and each table are, or would be.
    grids : dict of str to Grid
        Cells of the tables that could be opened.
    present : set of str
        Tables that are there, opened or not.
    """

    settings: RawSettings
    settings_sheet: Sheet
    sheets: dict[str, Sheet]
    grids: dict[str, Grid]
    present: set[str]


def read_source(place: Place, prefix: str, layer: int, findings: Collected, *, needs_settings: bool = True) -> Source | None:
    """Return the settings and cells of a scenario, or None where it cannot be opened.

    Parameters
    ----------
    prefix : str
        What stands before the names of its files and sheets in findings; empty for the scenario that was asked for.
    layer : int
        0 for the scenario that was asked for, 1 for the one that it extends, and so on.
    needs_settings : bool
        Whether it is a finding that there are no settings; tables alone may be brought into a scenario that is there.
    """
    read = {"folder": _read_folder, "workbook": _read_workbook, "database": _read_database}[place.kind]
    return read(place, prefix, layer, findings, needs_settings=needs_settings)


def sheets_named(pattern: str, layer: int) -> dict[str, Sheet]:
    """Return where each table is, or would be; a pattern ``{}.csv`` makes the labels."""
    return {table: Sheet(table, pattern.format(table), layer, number) for table, number in POSITIONS.items()}


def _read_workbook(place: Place, prefix: str, layer: int, findings: Collected, *, needs_settings: bool) -> Source | None:
    from contingent.io.workbook_grid import SETTINGS, read_workbook_grids

    settings_sheet = Sheet(SETTINGS, f"{prefix}sheet {SETTINGS}", layer)
    sheets = sheets_named(f"{prefix}sheet {{}}", layer)
    found = read_workbook_grids(place.path, Sheet("workbook", f"{prefix}{place.path.name}", layer), findings)
    if found is None:
        return None
    grids: dict[str, Grid] = {}
    for name, cells in found.items():
        if name == SETTINGS or name in sheets:
            grid = cells.as_grid(settings_sheet if name == SETTINGS else sheets[name], findings)
            if grid is not None:
                grids[name] = grid
        else:
            label = f"{prefix}sheet {shown(name)[1:-1]}"
            _not_a_table(name, set(found), Sheet(name, label, layer, len(POSITIONS) + 1), findings)
    if SETTINGS not in found and needs_settings:
        findings.add(
            "no_settings",
            settings_sheet,
            "there is no such sheet, but every scenario has one.",
            maybe="add it with the columns setting and value, and the rows title, start_date and horizon_days",
        )
    settings = settings_of_grid(grids.pop(SETTINGS), findings) if SETTINGS in grids else _without(SETTINGS in found)
    return Source(settings, settings_sheet, sheets, grids, set(found) & set(sheets))


def _read_database(place: Place, prefix: str, layer: int, findings: Collected, *, needs_settings: bool) -> Source | None:
    from contingent.io.database_grid import read_database_grids

    settings_sheet = Sheet("scenario", f"{prefix}table scenario", layer)
    sheets = sheets_named(f"{prefix}table {{}}", layer)
    book = Sheet("database", f"{prefix}{place.path.name}", layer)
    found = read_database_grids(place.path, book, {"scenario": settings_sheet, **sheets}, findings)
    if found is None:
        return None
    grids = {name: grid for name, grid in found.tables.items() if grid is not None}
    for name in found.others:
        label = f"{prefix}table {shown(name)[1:-1]}"
        _not_a_table(name, set(found.tables), Sheet(name, label, layer, len(POSITIONS) + 1), findings)
    if "scenario" not in found.tables and needs_settings:
        findings.add(
            "no_settings",
            settings_sheet,
            "there is no such table, but every scenario has one.",
            maybe="write a scenario to an SQLite file with `contingent convert`, and put your rows into its tables",
        )
    settings = settings_of_grid(grids.pop("scenario"), findings) if "scenario" in grids else _without("scenario" in found.tables)
    return Source(settings, settings_sheet, sheets, grids, set(found.tables) & set(sheets))


def _read_folder(place: Place, prefix: str, layer: int, findings: Collected, *, needs_settings: bool) -> Source | None:
    settings_sheet = Sheet("scenario", f"{prefix}{SETTINGS_FILE}", layer)
    sheets = sheets_named(f"{prefix}{{}}.csv", layer)
    try:
        names = sorted(entry.name for entry in place.path.iterdir())
    except OSError as problem:
        findings.add("folder", settings_sheet, f"the folder cannot be read: {reason(problem)}.")
        return None
    present = {table for table in POSITIONS if f"{table}.csv" in names or f"{table}.parquet" in names}
    if SETTINGS_FILE not in names and needs_settings:
        _no_settings(names, settings_sheet, findings)
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        if dot and suffix.lower() in _TABLE_SUFFIXES and (suffix not in _TABLE_SUFFIXES or stem not in POSITIONS):
            label = f"{prefix}{shown(name)[1:-1]}"
            sheet = Sheet(stem, label, layer, len(POSITIONS) + 1)
            _not_a_table(stem, present, sheet, findings, suffix=f".{suffix.lower()}")
    layers = _layers_of_ground(place.path / GROUND, prefix, layer, findings) if GROUND in names else ()
    grids: dict[str, Grid] = {}
    for row_class in TABLES:
        table = row_class.table
        forms = _forms(row_class, names, layers)
        if not forms:
            if table in TOML_TABLES:
                sheets[table] = Sheet(table, f"{prefix}{TOML_TABLES[table].file}", layer, POSITIONS[table])
            continue
        name, read = forms[0]
        sheets[table] = Sheet(table, f"{prefix}{name}", layer, POSITIONS[table])
        for other, _ in forms[1:]:
            told_twice(other, name, sheets[table], findings)
        present.add(table)
        grid = read(place.path / name, sheets[table], findings)
        if grid is not None:
            grids[table] = grid
    settings = read_toml(place.path / SETTINGS_FILE, settings_sheet, findings) if SETTINGS_FILE in names else None
    return Source(settings or _without(SETTINGS_FILE in names), settings_sheet, sheets, grids, present)


Reader = Callable[[Path, Sheet, Collected], Grid | None]


def _forms(row_class: type[Row], names: Collection[str], layers: Collection[str]) -> list[tuple[str, Reader]]:
    """The files of a folder that hold a table, each with its reader; the first of several is read."""
    table, columns, key = row_class.table, columns_of(row_class), row_class.key[0]
    found: list[tuple[str, Reader]] = []
    for name in drawn_files(table, names, layers):
        is_package = name.endswith(".gpkg")
        read: Reader = (
            partial(read_geopackage_grid, table=table, columns=columns, key=key)
            if is_package
            else partial(read_geojson_grid, columns=columns, key=key)
        )
        found.append((name, read))
    if table in TOML_TABLES:
        found.append((TOML_TABLES[table].file, partial(read_toml_grid, columns=columns, table=TOML_TABLES[table])))
    found += [(f"{table}.csv", partial(read_csv_grid, columns=columns)), (f"{table}.parquet", read_parquet_grid)]
    return [(name, read) for name, read in found if name in names]


def _layers_of_ground(path: Path, prefix: str, layer: int, findings: Collected) -> tuple[str, ...]:
    sheet = Sheet("ground", f"{prefix}{GROUND}", layer, len(POSITIONS) + 1)
    layers = layers_of(path, sheet, findings)
    if layers and not set(layers) & set(DRAWN_TABLES):
        what = f"none of its layers is a table; they are {listed(shown(name) for name in layers)}."
        findings.add("no_layer", sheet, what, maybe=f"name its layers {', '.join(DRAWN_TABLES)}", severity="warning")
    return layers


def _without(there: bool) -> RawSettings:
    return RawSettings.unreadable() if there else RawSettings.absent()


def _no_settings(names: list[str], sheet: Sheet, findings: Collected) -> None:
    maybe = 'create it with three lines: title = "...", start_date = 2026-03-01, horizon_days = 1825'
    if "plan.json" in names:
        maybe = "this is the folder of a plan; name the folder of its scenario"
    findings.add("no_settings", sheet, "there is no such file in the folder, but every scenario has one.", maybe=maybe)


def _not_a_table(name: str, present: set[str], sheet: Sheet, findings: Collected, *, suffix: str = "") -> None:
    """Add a finding for a file or sheet that is no table: an error where a table that is absent was surely meant."""
    if name in NOT_TABLES:
        return
    if name in LATER_TABLES:
        findings.add("later_table", sheet, "is not read by this version.", severity="warning")
        return
    absent = nearest_name(name[:100], set(POSITIONS) - present)
    meant = absent if absent is not None and _surely(name, absent) else None
    like = nearest_name(name[:100], POSITIONS)
    nearest = meant or (like if like is not None and SequenceMatcher(None, name.casefold(), like).ratio() >= _ALIKE else None)
    findings.add(
        "unknown_table",
        sheet,
        "is not a table of a scenario, and was not read.",
        nearest=f"{nearest}{suffix}" if nearest else None,
        maybe=f"rename it {nearest}{suffix}" if nearest else None,
        severity="error" if meant else "warning",
    )


def _surely(name: str, table: str) -> bool:
    """Whether a name differs from a table's by case, by an s at its end, or by how its words are parted only."""
    folded = name.strip().casefold().replace(" ", "_").replace("-", "_")
    return folded.rstrip("s") == table.rstrip("s")
