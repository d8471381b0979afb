"""Commands about the database of a conference: `contingent db status, upgrade, verify, prune, backup, restore, invite`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from contingent.cli.given import Json, Overwrite, examples, path_given
from contingent.cli.screen import say

Address = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="DB", envvar="CONTINGENT_DATABASE", show_envvar=False,
        help="postgresql://user@host/name or an SQLite file; blank = CONTINGENT_DATABASE, else the file beside the scenario.",
    ),
]  # fmt: skip
Beside = Annotated[
    str, typer.Option("--scenario", metavar="S", help="Scenario whose database is meant where none is named.")
]


def status(*, database: Address = None, scenario: Beside = "reassurance", json: Json = False) -> None:
    """Say what a database holds.

    Version of its tables, how many rows, entries, plans and accounts, and the last entry of its history with its hash, which
    `db verify --expect` takes. From Python: contingent.store.Conference.
    """
    from contingent.cli.db import status_command

    status_command(database, scenario, as_json=json)


def upgrade(*, database: Address = None, scenario: Beside = "reassurance") -> None:
    """Bring the tables of a database up to date.

    All of it or nothing. Make a backup first. From Python: contingent.store.upgrade.
    """
    from contingent.cli.db import upgrade_command

    upgrade_command(database, scenario)


def verify(
    *,
    database: Address = None,
    scenario: Beside = "reassurance",
    expect: Annotated[
        str | None,
        typer.Option("--expect", metavar="N:HASH", help="An entry that was noted elsewhere, as `db status` shows it."),
    ] = None,
    json: Json = False,
) -> None:
    """Prove that the history is as it was written.

    Nothing in it was changed, and nothing beside it: recomputes the hash of every entry, and holds every row, remark, plan
    and incident against what its entry says. Ends with 1 where something is not so. From Python:
    contingent.store.Conference.verify.
    """
    from contingent.cli.db import verify_command

    verify_command(database, scenario, expect=expect, as_json=json)


def backup(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", parser=path_given, help="File to write: .zip, or .sqlite for a copy of SQLite's."),
    ],
    *,
    database: Address = None,
    scenario: Beside = "reassurance",
    overwrite: Overwrite = False,
) -> None:
    """Write a backup of a conference.

    As it is at one moment, while it goes on. A zip file can be restored into SQLite and PostgreSQL alike. It holds
    everything but sessions; keep it as safe as the database. From Python: contingent.store.backup.
    """
    from contingent.cli.db import backup_command

    backup_command(file, database, scenario, overwrite=overwrite)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=path_given, help="A file that `db backup` has written.")],
    *,
    database: Address = None,
    scenario: Beside = "reassurance",
) -> None:
    """Restore a backup into a database that holds no conference.

    From Python: contingent.store.restore.
    """
    from contingent.cli.db import restore_command

    restore_command(file, database, scenario)


def prune(
    *,
    keep: Annotated[
        int | None,
        typer.Option("--keep", metavar="N", min=0, help="Keep the last N; blank = as many as the conference says. 0 = all."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken out.")] = False,
    database: Address = None,
    scenario: Beside = "reassurance",
    json: Json = False,
) -> None:
    """Take out old plans and results that nothing names.

    Kept are the last N plans, the newest of each option, those of a version with a name, those that a what-if is held against,
    and those kept by hand. A server does so by itself whenever a plan is added. From Python: contingent.store.Retention.prune.
    """
    from contingent.cli.db import prune_command

    prune_command(database, scenario, keep=keep, dry_run=dry_run, as_json=json)


def invite(
    *,
    role: Annotated[str, typer.Option("--role", metavar="R", help="administrator, planner, delegate or observer.")],
    nation: Annotated[str | None, typer.Option("--nation", metavar="N", help="Of a delegate: for whom it speaks.")] = None,
    address: Annotated[str, typer.Option("--address", metavar="URL", help="Address of the server, for the link.")] = "",
    database: Address = None,
    scenario: Beside = "reassurance",
) -> None:
    """Invite somebody: print a link to make an account by.

    The link makes one account; it works once, for a week. From Python: contingent.web.guard.invitations.new_invitation.
    """
    from contingent.cli.db import invite_command

    invite_command(database, scenario, role=role, nation=nation, address=address)


COMMANDS: dict[Callable[..., None], tuple[str, ...]] = {
    status: ("contingent db status", "contingent db status --database postgresql://planner@db/harbour"),
    upgrade: ("contingent db upgrade --database postgresql://planner@db/harbour",),
    verify: ("contingent db verify", "contingent db verify --scenario my-force --expect 2762:5b19d29c..."),
    prune: ("contingent db prune --dry-run", "contingent db prune --keep 20"),
    backup: ("contingent db backup monday.zip", "contingent db backup monday.sqlite --scenario my-force"),
    invite: ("contingent db invite --role administrator", "contingent db invite --role delegate --nation POL"),
    restore: ("contingent db restore monday.zip --database postgresql://planner@db/harbour",),
}
"""Commands and the examples of their help."""

database_app = typer.Typer(name="db", help="Look after the database of a conference.", rich_markup_mode=None)


@database_app.callback(invoke_without_command=True)
def db(ctx: typer.Context) -> None:
    """Look after the database of a conference."""
    if ctx.invoked_subcommand is None:
        say(ctx.get_help())


def add_to(app: typer.Typer) -> None:
    """Give an application these commands, under ``db``."""
    for command, lines in COMMANDS.items():
        database_app.command(epilog=examples(*lines))(command)
    app.add_typer(database_app)
