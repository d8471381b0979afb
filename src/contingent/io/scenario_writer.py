"""Writing a scenario, as a folder, a workbook or an SQLite file: whole, and only where nothing is lost by it."""

from pathlib import Path

from contingent.io.atomic import CannotWrite, write_file, write_folder
from contingent.io.cell_text import unwritable_cells
from contingent.io.database_grid import SUFFIXES
from contingent.io.scenario_text import FILE_NAMES, TableForm, write_scenario_files
from contingent.io.wording import listed
from contingent.model.rows import TABLES
from contingent.model.scenario import Scenario

_OTHER_KINDS = frozenset({
    ".xls", ".xlsm", ".xlsb", ".ods", ".csv", ".toml", ".json", ".zip", ".parquet", ".gpkg", ".geojson", ".kml",
    ".xml", ".msdl", ".ics",
})  # fmt: skip


def write_scenario(scenario: Scenario, place: str | Path, *, overwrite: bool = False, tables: TableForm = "csv") -> Path:
    """Write a scenario and return the place: a workbook (``.xlsx``), an SQLite file (``.sqlite``), else a folder.

    Only tables with rows, and columns that some row fills, are written; a scenario that was laid over another is written out
    whole. What is written, read again, is the same scenario. The same scenario gives the same bytes.

    Parameters
    ----------
    scenario : Scenario
        From `contingent.read_scenario`.
    place : str or Path
        Where to. Folders above it are made.
    overwrite : bool
        Whether a scenario that is there is replaced. Files that belong to no scenario are kept.
    tables : {"csv", "parquet"}
        How the tables of a folder are written.

    Raises
    ------
    CannotWrite
        If the place is taken or cannot be written, or a text of the scenario cannot be carried by a file.
    """
    target = Path(place).expanduser()
    refuse_unwritable(scenario)
    if target.suffix.lower() == ".xlsx":
        from contingent.io.workbook_writer import write_workbook_file

        write_file(target, lambda path: write_workbook_file(scenario, path), overwrite=overwrite)
    elif target.suffix.lower() in SUFFIXES:
        from contingent.io.database_file import write_database_file

        write_file(target, lambda path: write_database_file(scenario, path), overwrite=overwrite)
    elif target.suffix.lower() in _OTHER_KINDS:
        kinds = "as a folder or as an .xlsx workbook, or as an .sqlite file"
        raise CannotWrite(f"{target}: a scenario is written {kinds}. Maybe write '{target.with_suffix('.xlsx')}'.")
    else:
        write_folder(
            target, lambda folder: write_scenario_files(scenario, folder, tables=tables), overwrite=overwrite,
            stale=FILE_NAMES)  # fmt: skip
    return target


def refuse_unwritable(scenario: Scenario) -> None:
    """Raise `CannotWrite` where a text of the scenario could not be read again."""
    found = [words for row_class in TABLES for words in unwritable_cells(row_class.table, scenario.rows(row_class.table))]
    if found:
        raise CannotWrite(f"The scenario holds what no file can carry. {listed(found)}")
