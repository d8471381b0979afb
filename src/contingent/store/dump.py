"""Backups: a conference as one file, and back, also from SQLite to PostgreSQL and the other way.

    conference.json     format, version of the tables, head of the audit
    TABLE.jsonl         one row a line, as the database has it; content of files in base 64

A backup is of one moment, whoever writes meanwhile. Sessions are not in it: after a restore everybody signs in again. It holds
hashes of passwords, never passwords.
"""

import base64
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, TableClause, column, insert, inspect, select, table, text

from contingent.io.atomic import write_file
from contingent.store.audit import Ledger, head_of, verify_audit
from contingent.store.database import Database, opened
from contingent.store.faults import BadBackup, NoConference
from contingent.store.records import SERVER
from contingent.store.schema import newest, refuse_other_schema, upgrade, version_of
from contingent.store.tables import KEPT_TABLES

FORMAT = 1
SUMMARY = "conference.json"
SQLITE_SUFFIXES = (".sqlite", ".sqlite3", ".db")
_SQLITE_MARK = b"SQLite format 3\x00"
_PIECE = 500


def backup(place: str | Path, target: str | Path, *, overwrite: bool = False) -> Path:
    """Write a backup of a conference.

    Parameters
    ----------
    place : str or Path
        Address of the database.
    target : str or Path
        File to write. Of an SQLite database, a name that ends in ``.sqlite`` gives a copy of the database itself; else it is a
        zip file that either database can be restored from.
    overwrite : bool
        Whether a file that is there is replaced.

    Raises
    ------
    NoConference, OtherSchema
        If there is nothing to back up, or it is of a newer version.
    CannotWrite
        If the file cannot be written.
    """
    path = Path(target)
    with opened(place) as database:
        if not database.is_there() or database.read(version_of) is None:
            refuse_other_schema(database)
        as_copy = database.is_sqlite and path.suffix.lower() in SQLITE_SUFFIXES
        write = _copy_sqlite if as_copy else _write_dump

        def privately(file: Path) -> None:
            file.touch(mode=0o600)
            write(database, file)

        write_file(path, privately, overwrite=overwrite)
    return path


def _copy_sqlite(database: Database, path: Path) -> None:
    with closing(sqlite3.connect(str(database.url.database))) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _write_dump(database: Database, path: Path) -> None:
    def work(connection: Connection) -> None:
        head = head_of(connection)
        if head is None:
            raise NoConference(f"{database.name} holds no conference.")
        there = set(inspect(connection).get_table_names())
        summary = {
            "format": FORMAT, "schema": version_of(connection), "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "conference": head.conference, "seq": head.seq, "hash": head.hash,
        }  # fmt: skip
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for kept in KEPT_TABLES:
                if kept.name not in there:
                    continue
                with archive.open(f"{kept.name}.jsonl", "w", force_zip64=True) as file:
                    for row in connection.execution_options(yield_per=_PIECE).execute(_as_it_lies(connection, kept.name)):
                        file.write(json.dumps(row._asdict(), default=_base64).encode() + b"\n")
            archive.writestr(SUMMARY, json.dumps(summary, indent=2) + "\n")

    database.read(work)


def _as_it_lies(connection: Connection, name: str) -> Any:
    """All rows of a table, whose columns are those that the database has, with nothing made of their values."""
    names = [found["name"] for found in inspect(connection).get_columns(name)]
    lies = table(name, *(column(each) for each in names))
    return select(lies).order_by(*(lies.c[each] for each in inspect(connection).get_pk_constraint(name)["constrained_columns"]))


def _base64(value: Any) -> dict[str, str]:
    return {"base64": base64.b64encode(bytes(value)).decode()}


def restore(source: str | Path, place: str | Path) -> int:
    """Restore a backup into a database that holds no conference yet. Return the last entry of its audit.

    Parameters
    ----------
    source : str or Path
        A file that `backup` has written: zip, or a copy of an SQLite database.
    place : str or Path
        Address of the database.

    Raises
    ------
    BadBackup
        If the file is no backup or is damaged, or the database holds a conference. Nothing was written.
    """
    path = Path(source)
    try:
        with path.open("rb") as file:
            is_copy = file.read(len(_SQLITE_MARK)) == _SQLITE_MARK
    except OSError as problem:
        raise BadBackup(f"{path} cannot be read: {problem.strerror}.") from problem
    if not is_copy:
        return _restore_dump(path, place)
    with tempfile.TemporaryDirectory(prefix="restore-") as work:
        dump = Path(work) / "backup.zip"
        with opened(path) as database:
            _write_dump(database, dump)
        return _restore_dump(dump, place)


def _restore_dump(path: Path, place: str | Path) -> int:
    try:
        with zipfile.ZipFile(path) as archive, opened(place) as database:
            summary = json.loads(archive.read(SUMMARY))
            if summary["format"] != FORMAT:
                raise BadBackup(f"{path} is of another format ({summary['format']}). Bring this program up to date.")
            if database.is_there() and database.read(_holds_one):
                raise BadBackup(f"{database.name} holds a conference already. Name a database that is empty.")
            upgrade(database, to=summary["schema"])
            database.write(lambda connection: _fill(connection, archive))
            upgrade(database, to=newest())
            return database.write(_end_of_restore)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as problem:
        raise BadBackup(f"{path} is no backup, or is damaged.") from problem


def _holds_one(connection: Connection) -> bool:
    return version_of(connection) is not None and head_of(connection) is not None


def _fill(connection: Connection, archive: zipfile.ZipFile) -> None:
    if head_of(connection) is not None:
        raise BadBackup("The database holds a conference already. Name a database that is empty.")
    names = set(archive.namelist())
    for kept in KEPT_TABLES:
        if f"{kept.name}.jsonl" not in names:
            continue
        columns = [found["name"] for found in inspect(connection).get_columns(kept.name)]
        lies = table(kept.name, *(column(each) for each in columns))
        with archive.open(f"{kept.name}.jsonl") as file:
            for rows in _pieces(file):
                connection.execute(insert(lies), rows)
        _count_on(connection, lies)


def _pieces(lines: Any) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for line in lines:
        rows.append({name: _plain(value) for name, value in json.loads(line).items()})
        if len(rows) >= _PIECE:
            yield rows
            rows = []
    if rows:
        yield rows


def _plain(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def _count_on(connection: Connection, lies: TableClause) -> None:
    """Let PostgreSQL number new rows behind those that were put in; SQLite does so of itself."""
    if connection.dialect.name != "postgresql" or "id" not in lies.c:
        return
    sequence = connection.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": lies.name}).scalar()
    if sequence is not None:
        highest = connection.execute(select(lies.c.id).order_by(lies.c.id.desc()).limit(1)).scalar()
        if highest is not None:
            connection.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})


def _end_of_restore(connection: Connection) -> int:
    """Note the restore in the audit, once what was restored is proven to be whole."""
    found: Sequence[Any] = tuple(verify_audit(connection))
    ledger = Ledger(connection, SERVER, datetime.now(UTC), "restored from a backup")
    seq = ledger.add("restore", details={"seq": ledger.head.seq, "findings": len(found)})
    ledger.close()
    return seq
