"""Commands about the aid to the host: what was promised, what comes, and the tracker's workbook in and out."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from contingent.cli.given import Json, Overwrite, Place, examples, path_given
from contingent.cli.watch_commands import date_given

OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", parser=path_given, help="Folder to write; left out = aid/SCENARIO-DATE.")
]


def aid(
    scenario: Place,
    *,
    as_of: Annotated[
        date | None, typer.Option("--as-of", metavar="DATE", parser=date_given, help="Close of the books; blank = last known.")
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="The ledger would know of every arrival: no record means nothing came.")
    ] = False,
    horizon: Annotated[
        int, typer.Option("--horizon", metavar="DAYS", help="How far from D-day arrivals are foreseen and allocated.")
    ] = 720,
    stop: Annotated[
        list[str] | None, typer.Option("--stop", metavar="DONOR", help="Nothing more comes of this donor; may be repeated.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="PLAN", parser=path_given, help="Plan of the force, to say where force and aid compete."),
    ] = None,
    standard: Annotated[
        float, typer.Option("--standard", metavar="F", help="Share of each need with which a formation is at its standard.")
    ] = 0.8,
    training_places: Annotated[
        int | None, typer.Option("--training-places", metavar="N", help="Most people who train at one time; blank = no bound.")
    ] = None,
    maintenance_hours: Annotated[
        float | None,
        typer.Option("--maintenance-hours", metavar="H", help="Hours of upkeep a month in each formation; blank = no bound."),
    ] = None,
    most_types: Annotated[int, typer.Option("--most-types", metavar="N", help="Most types within one need of a formation.")] = 2,
    replications: Annotated[int, typer.Option("--replications", "-n", metavar="N", help="Of the forecast.")] = 500,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the forecast; the same gives the same.")] = 1,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Do not print the page to a PDF.")] = False,
    out: OutFolder = None,
    json: Json = False,
) -> None:
    """Say whether the host gets what it was promised.

    Promised against delivered, how late, what comes by when, which formations reach their standard, what stays missing and why,
    and the next pledge worth most. Writes a page, a PDF where a Chromium is there, a workbook and tables; with --json only where
    --out names a folder. From Python: contingent.assess_aid.
    """
    from contingent.cli.aid import AidRequest, aid_command

    request = AidRequest(
        scenario, as_of, complete, horizon, tuple(stop or ()), plan, standard, training_places, maintenance_hours, most_types,
        replications, seed)  # fmt: skip
    aid_command(request, out=out, as_json=json, pdf=not no_pdf)


def aid_import(
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", parser=path_given, help="The Ukraine Support Tracker's .xlsx, as downloaded.")
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", parser=path_given, help="Folder of the scenario that gets the ledger.")
    ],
    *,
    as_of: Annotated[
        date | None,
        typer.Option("--as-of", metavar="DATE", parser=date_given, help="State of the release; blank = its last announcement."),
    ] = None,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Take the Ukraine Support Tracker into a scenario.

    Its commitments and allocations become pledges.csv, what it says is delivered deliveries.csv; nothing else in the folder is
    touched, and nothing is written if the scenario could not be read with them. From Python: contingent.import_tracker.
    """
    from contingent.cli.aid_exchange import import_command

    import_command(workbook, folder, as_of=as_of, overwrite=overwrite, as_json=json)


def aid_export(
    scenario: Place,
    workbook: Annotated[Path, typer.Argument(metavar="OUT", parser=path_given, help="Workbook (.xlsx) to write.")],
    *,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Write a ledger in the Ukraine Support Tracker's form.

    One row a pledge with what was delivered of it; what has no column there is said. From Python: contingent.export_tracker.
    """
    from contingent.cli.aid_exchange import export_command

    export_command(scenario, workbook, overwrite=overwrite, as_json=json)


COMMANDS: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "aid": (
        aid,
        (
            "contingent aid reassurance",
            "contingent aid reassurance --stop GBR --stop NLD --horizon 360",
            "contingent aid reassurance --as-of 2025-06-30 --plan plans/reassurance-medium --out aid/june",
            "contingent aid my-force --complete --training-places 600 --maintenance-hours 4000 --json",
        ),
    ),
    "aid-import": (
        aid_import,
        (
            "contingent aid-import Ukraine_Support_Tracker.xlsx my-force",
            "contingent aid-import Ukraine_Support_Tracker.xlsx my-force --as-of 2025-06-30 --overwrite",
        ),
    ),
    "aid-export": (aid_export, ("contingent aid-export reassurance ledger.xlsx",)),
}
"""Commands by their names, and the examples of their help."""


def add_to(app: typer.Typer) -> None:
    """Give an application these commands."""
    for name, (command, lines) in COMMANDS.items():
        app.command(name, epilog=examples(*lines))(command)
