"""The command that opens a conference in the browser."""

from typing import Annotated

import typer

from contingent.cli import completing
from contingent.cli.given import examples


def serve(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="[SCENARIO]", autocompletion=completing.scenarios,
            help="Folder, .xlsx workbook or bundled scenario; left out = reassurance.",
        ),
    ] = "reassurance",
    *,
    database: Annotated[
        str | None,
        typer.Option(
            "--database", metavar="URL", envvar="CONTINGENT_DATABASE", show_envvar=False,
            help="Where the conference lies: a file, or postgresql://...; left out = a file beside the scenario.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", metavar="H", help="Where it listens; any but this machine needs --accounts.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="P", min=0, max=65_535, help="Port; 0 = a free one.")] = 0,
    accounts: Annotated[bool, typer.Option("--accounts", help="Users sign in; needs CONTINGENT_SECRET.")] = False,
    address: Annotated[
        str | None,
        typer.Option("--address", metavar="URL", help="Address that users write, such as https://plan.example.org."),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=0, help="Processes that compute; 0 where `work` runs elsewhere.")
    ] = 1,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")] = False,
    oidc_issuer: Annotated[
        str | None,
        typer.Option(
            "--oidc-issuer", metavar="URL",
            help="Sign-in of an organisation (OpenID Connect); the secret is CONTINGENT_OIDC_CLIENT_SECRET.",
        ),
    ] = None,
    oidc_client: Annotated[
        str | None, typer.Option("--oidc-client", metavar="ID", help="What this server is called there.")
    ] = None,
) -> None:  # fmt: skip
    """Hold a conference in the browser.

    On this machine, for its one user, with nothing to set up: the conference is kept in a file beside the scenario. For many
    users: --accounts, an address and a secret. Ctrl+C ends it. From Python: contingent.web.app.create_app.
    """
    from contingent.cli.serve import ServeRequest, serve_command

    serve_command(
        ServeRequest(scenario, database, host, port, accounts, address, not no_browser, oidc_issuer, oidc_client, workers))


def work(
    database: Annotated[
        str,
        typer.Option(
            "--database", metavar="URL", envvar="CONTINGENT_DATABASE", show_envvar=False,
            help="Where the conference lies: a file, or postgresql://...",
        ),
    ],
) -> None:  # fmt: skip
    """Compute for a conference on a server.

    Plans, what-ifs, stress tests, one after another as they are asked for; start it as often as there are jobs to be done at
    once, on whatever machine reaches the database.
    Ctrl+C ends it, and gives its job back. From Python: contingent.web.work.worker.Worker.
    """
    from contingent.cli.serve import work_command

    work_command(database)


def add_to(app: typer.Typer) -> None:
    """Add the command to others."""
    shown = examples(
        "contingent serve",
        "contingent serve my-force",
        "contingent serve my-force --database postgresql://planner@db/harbour --host 0.0.0.0 --port 8443 --accounts "
        "--address https://plan.example.org",
    )
    app.command(epilog=shown)(serve)
    app.command(epilog=examples("contingent work --database postgresql://planner@db/harbour"))(work)
