"""A scenario or a plan, read in one form and written in another."""

from pathlib import Path

from contingent.io.atomic import CannotWrite
from contingent.io.database_grid import SUFFIXES
from contingent.io.scenario_reader import read_scenario
from contingent.io.scenario_text import TableForm
from contingent.io.scenario_writer import write_scenario

SUMMARY = "plan.json"


def convert(source: str | Path, target: str | Path, *, overwrite: bool = False, tables: TableForm = "csv") -> Path:
    """Read a scenario or a plan and write it out whole in another form. Return the place that was written.

    Parameters
    ----------
    source : str or Path
        Of a scenario, a folder, a workbook, an SQLite file or the name of one that ships with the package; of a plan, the folder
        that `write_plan` has written, or an SQLite file made of it.
    target : str or Path
        An SQLite file where the name ends in ``.sqlite``, a workbook where it ends in ``.xlsx`` (of a scenario only), else a
        folder.
    overwrite : bool
        Whether what is there is replaced.
    tables : {"csv", "parquet"}
        How the tables of a folder are written.

    Raises
    ------
    BadScenario, BadPlan
        If the source cannot be read.
    CannotWrite
        If the target is taken or cannot be written.
    """
    if tables == "parquet" and Path(target).suffix.lower() in (".xlsx", *SUFFIXES):
        raise CannotWrite(f"{target} is one file; only the tables of a folder are written as Parquet. Maybe name a folder.")
    if is_plan(source):
        return _convert_plan(source, target, overwrite=overwrite, tables=tables)
    return write_scenario(read_scenario(source), target, overwrite=overwrite, tables=tables)


def is_plan(source: str | Path) -> bool:
    """Whether a place holds a plan: the folder of one, or an SQLite file."""
    path = Path(source).expanduser()
    try:
        if (path / SUMMARY).is_file():
            return True
        if not path.is_file():
            return False
    except (OSError, ValueError):
        return False
    from contingent.io.plan_database import is_plan_database

    return is_plan_database(path)


def _convert_plan(source: str | Path, target: str | Path, *, overwrite: bool, tables: TableForm) -> Path:
    from contingent.io.plan_database import write_plan_database
    from contingent.io.plan_folder import read_plan, scenario_of, write_plan

    suffix = Path(target).suffix.lower()
    if suffix in (".xlsx", ".csv", ".json", ".zip", ".parquet", ".gpkg"):
        kinds = "as a folder or an .sqlite file; its workbook cjsor.xlsx is written by `contingent plan`"
        raise CannotWrite(f"{target}: a plan is written {kinds}.")
    plan, kept = read_plan(source), scenario_of(source)
    scenario = None if kept is None else read_scenario(kept)
    if suffix in SUFFIXES:
        return write_plan_database(plan, target, scenario=scenario, overwrite=overwrite)
    return write_plan(plan, target, scenario=scenario, overwrite=overwrite, tables=tables)
