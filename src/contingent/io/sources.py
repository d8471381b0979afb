"""One scenario as it lies on the disk: the settings and the cells of a folder or a workbook, before any row is read."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from contingent.findings import nearest_name
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import columns_of
from contingent.io.csv_grid import read_csv_grid
from contingent.io.files import reason
from contingent.io.geojson_grid import drawn_files, read_geojson_grid, told_twice
from contingent.io.grid import Grid
from contingent.io.places import SETTINGS_FILE, Place
from contingent.io.settings_file import RawSettings, read_toml, settings_of_grid
from contingent.io.toml_grid import TOML_TABLES, read_toml_grid
from contingent.io.wording import shown
from contingent.model.rows import TABLES

POSITIONS = {row_class.table: number for number, row_class in enumerate(TABLES, start=1)}
"""Place of each table among the tables, from 1; the settings come before them, other files after."""

_ALIKE = 0.75
"""Names less like one another than this are not confused. [-]"""

NOT_TABLES = frozenset({"README", "readme", "incidents", "exposure"})
"""Files and sheets that a scenario may hold beside its tables."""

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
    read = _read_folder if place.kind == "folder" else _read_workbook
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


def _read_folder(place: Place, prefix: str, layer: int, findings: Collected, *, needs_settings: bool) -> Source | None:
    settings_sheet = Sheet("scenario", f"{prefix}{SETTINGS_FILE}", layer)
    sheets = sheets_named(f"{prefix}{{}}.csv", layer)
    try:
        names = sorted(entry.name for entry in place.path.iterdir())
    except OSError as problem:
        findings.add("folder", settings_sheet, f"the folder cannot be read: {reason(problem)}.")
        return None
    present = {table for table in POSITIONS if f"{table}.csv" in names}
    if SETTINGS_FILE not in names and needs_settings:
        _no_settings(names, settings_sheet, findings)
    for name in names:
        stem = name[:-4]
        if (name.lower().endswith(".csv") and name != f"{stem}.csv") or (name.endswith(".csv") and stem not in POSITIONS):
            label = f"{prefix}{shown(name)[1:-1]}"
            _not_a_table(stem, present, Sheet(stem, label, layer, len(POSITIONS) + 1), findings, suffix=".csv")
    grids: dict[str, Grid] = {}
    drawn = dict(drawn_files(names))
    for table, written in TOML_TABLES.items():
        if written.file in names or table not in present:
            sheets[table] = Sheet(table, f"{prefix}{written.file}", layer, POSITIONS[table])
    for row_class in TABLES:
        table = row_class.table
        if table in drawn:
            sheets[table] = Sheet(table, f"{prefix}{drawn[table]}", layer, POSITIONS[table])
            if table in present:
                told_twice(table, drawn[table], sheets[table], findings)
            present.add(table)
            grid = read_geojson_grid(
                place.path / drawn[table], sheets[table], findings, columns=columns_of(row_class), key=row_class.key[0]
            )
            if grid is not None:
                grids[table] = grid
        elif table in TOML_TABLES and TOML_TABLES[table].file in names:
            file = TOML_TABLES[table].file
            if table in present:
                told_twice(table, file, sheets[table], findings)
            present.add(table)
            columns = columns_of(row_class)
            grid = read_toml_grid(place.path / file, sheets[table], findings, columns=columns, table=TOML_TABLES[table])
            if grid is not None:
                grids[table] = grid
        elif table in present:
            grid = read_csv_grid(place.path / f"{table}.csv", sheets[table], findings, columns=columns_of(row_class))
            if grid is not None:
                grids[table] = grid
    settings = read_toml(place.path / SETTINGS_FILE, settings_sheet, findings) if SETTINGS_FILE in names else None
    return Source(settings or _without(SETTINGS_FILE in names), settings_sheet, sheets, grids, present)


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
