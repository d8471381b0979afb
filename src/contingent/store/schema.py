"""Which version the tables of a database are of, and how they are brought up to date. The steps travel in the package."""

import os
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from contingent.io.files import reason
from contingent.store.database import Database
from contingent.store.faults import NoConference, OtherSchema, Unusable


def _scripts() -> ScriptDirectory:
    with as_file(files("contingent.store") / "migrations") as folder:
        return ScriptDirectory(str(folder), version_locations=[str(Path(folder) / "versions")])


def newest() -> str:
    """Return the version that this program works with."""
    head = _scripts().get_current_head()
    assert head is not None
    return head


def version_of(connection: Connection) -> str | None:
    """Return the version of a database's tables; None where it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, *, to: str | None = None) -> tuple[str | None, str]:
    """Bring the tables of a database up to date; an empty one gets its tables. Return the version before and after.

    Parameters
    ----------
    to : str, optional
        Stop at this version; blank = the newest.

    Raises
    ------
    OtherSchema
        If the tables are newer than this program.
    Unusable
        If the database cannot be written.
    """
    target = to or newest()

    def work(connection: Connection) -> tuple[str | None, str]:
        scripts, before = _scripts(), version_of(connection)
        _refuse_unknown(database, scripts, before)
        if before is None and set(inspect(connection).get_table_names()) - {"alembic_version"}:
            raise OtherSchema(f"{database.name} holds tables of another program. Name a database of its own for the conference.")

        def steps(revision: Any, _: MigrationContext) -> list[MigrationStep]:
            scripts_above = list(scripts.iterate_revisions(target, revision or "base"))
            return [MigrationStep.upgrade_from_script(scripts.revision_map, script) for script in reversed(scripts_above)]

        context = MigrationContext.configure(connection, opts={"fn": steps, "transactional_ddl": True})
        with Operations.context(context):
            context.run_migrations()
        return before, target

    if database.is_sqlite and database.url.database:
        _make_private(Path(database.url.database))
    return database.write(work)


def _make_private(file: Path) -> None:
    """Make the file of a database, for nobody else to read: it holds hashes of passwords, and what nations keep to themselves."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT, 0o600))
    except OSError as problem:
        raise Unusable(f"{file}: the file cannot be made: {reason(problem)}.") from problem


def nothing_there(database: Database) -> str:
    """Return what to say of a database without a conference."""
    return f"{database.name} holds no conference. Maybe name another database, or a scenario to make one from."


def refuse_other_schema(database: Database) -> None:
    """Raise where the tables of a database are not those that this program works with, and say what to do.

    Raises
    ------
    NoConference
        If there are no tables.
    OtherSchema
        If they are older or newer.
    """
    found = database.read(version_of) if database.is_there() else None
    if found is None:
        raise NoConference(nothing_there(database))
    scripts = _scripts()
    _refuse_unknown(database, scripts, found)
    if found != scripts.get_current_head():
        raise OtherSchema(
            f"{database.name} was written by an older version ({found}). Make a backup, then bring it up to date: "
            "contingent db upgrade --database DATABASE"
        )


def _refuse_unknown(database: Database, scripts: ScriptDirectory, found: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise OtherSchema(
            f"{database.name} was written by a newer version ({found}). Bring this program up to date, not the database."
        )
