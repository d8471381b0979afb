"""Scenario and plan as files, in every form but those that pages and programs each have of their own.

What goes out is what the viewer may see. Tables that are brought in again change nothing; a map shows and is brought in as far as
it holds drawn tables.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from contingent.io.atomic import CannotWrite
from contingent.io.packing import packed_folder
from contingent.io.written_out import write_rows_as_database, write_rows_as_parquet
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.web.seen import seen_rows
from contingent.web.view import View

TableForm = Literal["sqlite", "parquet.zip"]
MapForm = Literal["gpkg", "geojson", "kml"]
ScenarioForm = Literal["sqlite", "parquet.zip", "gpkg", "geojson", "kml"]

ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    "sqlite": "application/vnd.sqlite3",
    "parquet.zip": ZIP,
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "ics": "text/calendar; charset=utf-8",
}
"""Media type of each form."""


def seen_tables(view: View) -> dict[str, list[Mapping[str, str]]]:
    """Return the tables as they are written, as the viewer may see them."""
    return {table: [row.cells for row in seen_rows(view.state, table, view.viewer)] for table in view.state.rows}


def scenario_file(view: View, form: ScenarioForm) -> bytes:
    """Return the scenario as its viewer may see it, in one of the forms.

    Raises
    ------
    CannotWrite
        If rows cannot be read, or nothing has a place.
    """
    tables = seen_tables(view)
    if form == "sqlite":
        is_whole = view.viewer.sees_all
        return written("scenario.sqlite", lambda path: write_rows_as_database(tables, path, is_whole=is_whole))
    if form == "parquet.zip":

        def write(folder: Path) -> None:
            folder.mkdir()
            write_rows_as_parquet(tables, folder)

        return written("scenario", write)
    if view.scenario is None:
        raise CannotWrite("The tables have errors, so that there is no map of them. Maybe mend them first, or write tables.")
    return map_file(view.scenario, None, form)


def map_file(scenario: Scenario, plan: Plan | None, form: MapForm) -> bytes:
    """Return what has a place as a file of map programs.

    Raises
    ------
    CannotWrite
        If nothing has a place.
    """
    from contingent.exchange import write_places

    return written(f"places.{form}", lambda path: write_places(scenario, path, plan=plan))


def plan_tables_file(plan: Plan, scenario: Scenario | None, form: TableForm) -> bytes:
    """Return a plan as tables, with the scenario that was planned where it is given."""
    from contingent.io.plan_database import write_plan_database
    from contingent.io.plan_folder import write_plan

    if form == "sqlite":
        return written("plan.sqlite", lambda path: write_plan_database(plan, path, scenario=scenario))
    return written("plan", lambda path: write_plan(plan, path, scenario=scenario, tables="parquet"))


def calendar_file(scenario: Scenario, plan: Plan) -> bytes:
    """Return the rotations of a plan as a calendar.

    Raises
    ------
    CannotWrite
        If the formations are not those of the plan any more.
    """
    from contingent.exchange import calendar_of

    try:
        content: bytes = calendar_of(scenario, plan)
    except ValueError as problem:  # its order of battle was made of other formations
        raise CannotWrite("The formations have changed since the plan was made. Plan again for a calendar.") from problem
    return content


def written(name: str, write: Callable[[Path], object]) -> bytes:
    """Return what a function writes under a name: a file as it is, a folder packed."""
    with TemporaryDirectory(prefix="export-") as work:
        target = Path(work) / name
        write(target)
        return packed_folder(target) if target.is_dir() else target.read_bytes()
