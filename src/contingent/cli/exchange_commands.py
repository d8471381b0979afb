"""Commands that hand over to other programs, and take from them: `map`, `calendar`, `schema` and `orbat-import`."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from contingent.cli.given import Json, Overwrite, PlanFolder, examples, path_given
from contingent.cli.watch_commands import date_given


def map_(
    place: Annotated[
        str, typer.Argument(metavar="PLAN_OR_SCENARIO", help="Folder that `contingent plan` has written, or a scenario.")
    ],
    *,
    out: Annotated[
        list[Path],
        typer.Option(
            "--out", metavar="FILE", parser=path_given,
            help="File to write: .gpkg (GeoPackage), .geojson, .kml; a name without an ending is a folder of GeoJSON files; "
            "may be repeated.",
        ),
    ],
    incidents: Annotated[
        list[Path] | None,
        typer.Option(
            "--incidents", "-i", metavar="FILE", parser=path_given,
            help="File of incidents; may be repeated. Left out = incidents.csv beside the scenario, if there is one.",
        ),
    ] = None,
    sites: Annotated[
        Path | None,
        typer.Option(
            "--sites", metavar="FILE", parser=path_given, help="observation.csv, as `contingent observe --out` has written it."
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Write what has a place for a map program.

    Places, sectors, the line and ways of a scenario; posts, tours, gaps, flows and reach of a plan; incidents; posts of
    observation. From Python: contingent.write_places.
    """
    from contingent.cli.exchange import map_command

    map_command(place, out=out, incidents=incidents or [], sites=sites, as_json=json)


def calendar(
    plan: PlanFolder,
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", parser=path_given,
            help="File .ics to write; a name without an ending is a folder with a file for each nation.",
        ),
    ],
    nation: Annotated[
        list[str] | None, typer.Option("--nation", "-n", metavar="N", help="Only this nation's tours; may be repeated.")
    ] = None,
    whole_tours: Annotated[
        bool, typer.Option("--whole-tours", help="One event a tour, instead of one for each of its moves.")
    ] = False,
    overwrite: Overwrite = False,
) -> None:  # fmt: skip
    """Write the rotations of a plan as a calendar.

    For each tour the day the unit deploys, its handover (RIP) and the day it redeploys, as iCalendar. A calendar that reads a
    later plan moves its events. From Python: contingent.write_calendar.
    """
    from contingent.cli.exchange import calendar_command

    calendar_command(plan, out=out, nations=nation or [], whole_tours=whole_tours, overwrite=overwrite)


def schema(
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]",
            help="A table, settings, scenario (all of it), plan (plan.json), or a frame of a plan as plan.tours.",
        ),
    ] = "scenario",
    *,
    names: Annotated[bool, typer.Option("--names", help="Say what there is a schema of.")] = False,
) -> None:
    """Print the JSON Schema of a table, a scenario or a plan.

    Draft 2020-12, made from the data dictionary. From Python: contingent.json_schema.
    """
    from contingent.cli.exchange import schema_command

    schema_command(name, names=names)


def orbat_import(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", parser=path_given, help="Scenario of ORBAT Mapper (.json), or MSDL (.msdl, .xml).")
    ],
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", parser=path_given, help="Scenario to write: folder, .xlsx or .sqlite file.")
    ],
    *,
    side: Annotated[str | None, typer.Option("--side", metavar="S", help="Side to take; blank = the friendly one.")] = None,
    start_date: Annotated[
        date | None,
        typer.Option("--start-date", metavar="DATE", parser=date_given, help="D-day; blank = as the file says, if it does."),
    ] = None,
    down_to: Annotated[
        str, typer.Option("--down-to", metavar="E", help="Largest echelon that is a unit; what is smaller is counted within it.")
    ] = "battalion",
    nation: Annotated[
        str | None, typer.Option("--nation", metavar="N", help="Nation of units that name none, as GBR; blank = none.")
    ] = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Make a scenario of an order of battle.

    Formations, kinds of unit, what each nation has, and a requirement line for each kind under each formation. What the
    file does not say is told, row by row. From Python: contingent.import_orbat.
    """
    from contingent.cli.exchange import OrbatRequest, orbat_import_command

    asked = OrbatRequest(file, target, side, start_date, down_to, nation)
    orbat_import_command(asked, overwrite=overwrite, as_json=json)


COMMANDS: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "map": (map_, (
        "contingent map plans/reassurance-medium --out reassurance.gpkg",
        "contingent map reassurance --out places.geojson --out places.kml",
    )),
    "calendar": (calendar, (
        "contingent calendar plans/reassurance-medium --out rotations.ics",
        "contingent calendar plans/reassurance-medium --nation FRA --whole-tours --out france.ics",
        "contingent calendar plans/reassurance-medium --out calendars",
    )),
    "schema": (schema, ("contingent schema offers", "contingent schema plan", "contingent schema --names")),
    "orbat-import": (orbat_import, (
        "contingent orbat-import division.msdl my-force",
        "contingent orbat-import division.json my-force.xlsx --side 'Multinational Force' --start-date 2027-01-01",
    )),
}  # fmt: skip
"""Commands by name, and the examples of their help."""


def add_to(app: typer.Typer) -> None:
    """Give an application these commands."""
    for name, (command, lines) in COMMANDS.items():
        app.command(name=name, epilog=examples(*lines))(command)
