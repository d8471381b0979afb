"""One database, SQLite or PostgreSQL, and how it is read and written: whole transactions only.

A writing transaction that leaves entries in the audit is alone in the database: on SQLite all are (``BEGIN IMMEDIATE``), on
PostgreSQL a lock of the transaction is taken. A change that was acknowledged is on the disk (``synchronous = FULL``). Where the
connection is lost the transaction is tried again; where it was lost in the very moment of the commit, the audit tells whether it
had happened.

What is asked by one statement needs no transaction of its own: on PostgreSQL that is one round trip, where beginning and ending a
transaction make three. Each round trip lets go of the interpreter, and a thread that lets go of it stands in line behind all that
compute: under load that wait, and not the database, is what a page waits for.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Row, Select, create_engine, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from contingent.io.places import folder_of
from contingent.store.faults import Unusable
from contingent.store.tables import AUDIT

T = TypeVar("T")

SUFFIX = ".conference.sqlite"
"""How the file of a conference beside a scenario ends."""

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up. [s]"""

PATIENCE = 30.0
"""How long a database that cannot be reached is asked again. [s]"""

POOLED = 20
"""Connections that a process keeps to PostgreSQL: for the requests that are worked on, those at the door, and the feed."""

MOST_BEYOND = 10
"""Connections beyond these, which are closed again after use."""

_PAUSE = 0.2
_CHAIN_LOCK = 0x636F6E74
"""Number of PostgreSQL's lock on the audit's chain."""

_COMES_BACK = (None, "57P01", "57P02", "57P03", "53300")
"""States in which PostgreSQL is asked again: no answer, shutting down, crashed, starting, too many connections."""

_DISK_FULL, _LOCKED = ("disk is full", "no space left", "could not extend file"), ("locked", "busy")


def database_beside(scenario: str | Path) -> Path:
    """Return the file of a conference about a scenario: beside its folder or workbook; in the working folder for one that ships
    with the package.
    """
    path = Path(scenario).expanduser()
    if not path.exists() and folder_of(str(scenario)) is not None:
        return Path(f"{scenario}{SUFFIX}")
    plain = path.resolve() if path.name in ("", ".", "..") else path
    return plain.with_name(f"{plain.stem if plain.is_file() else plain.name}{SUFFIX}")


def url_of(place: str | Path) -> URL:
    """Return the address of a database: as it is written, or that of an SQLite file.

    >>> url_of("harbour.sqlite").database, url_of("postgresql://planner@db/harbour").drivername
    ('harbour.sqlite', 'postgresql+psycopg')
    """
    if "://" not in str(place):
        return URL.create("sqlite", database=str(Path(place).expanduser()))
    try:
        url = make_url(str(place))
    except (ArgumentError, ValueError):
        raise Unusable("The address of the database is none. Maybe write postgresql://user@host/name, or a file.") from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise Unusable(f"'{url.get_backend_name()}' is no database that a conference can lie in; SQLite and PostgreSQL are.")
    return url


class Database:
    """One database.

    Parameters
    ----------
    place : str or Path
        An address such as ``postgresql://planner@db/harbour``, or the path of an SQLite file.
    patience : float
        How long it is asked again where it cannot be reached. [s]
    """

    def __init__(self, place: str | Path, *, patience: float = PATIENCE) -> None:
        self.url = url_of(place)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._patience = patience
        self._turn = RLock()
        self.engine = self._engine()

    @property
    def name(self) -> str:
        """How the database is called in messages: never with its password."""
        return self.url.database or "" if self.is_sqlite else self.url.render_as_string(hide_password=True)

    def is_there(self) -> bool:
        """Whether there is a file, or a server that may be asked."""
        return not self.is_sqlite or (self.url.database is not None and Path(self.url.database).is_file())

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _engine(self) -> Engine:
        if self.is_sqlite:
            engine = create_engine(self.url, connect_args={"timeout": BUSY_SECONDS}, pool_size=10, max_overflow=30)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        try:
            return create_engine(self.url, pool_size=POOLED, max_overflow=MOST_BEYOND, connect_args={"connect_timeout": 5})
        except (ImportError, NoSuchModuleError):
            raise Unusable("PostgreSQL needs the package psycopg. Maybe install contingent[postgres].") from None

    def ask(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """Return the rows that one statement reads, all as they were at one moment, without a transaction around it."""
        options = {"by_itself": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        return self._run(lambda connection: connection.execute(statement).all(), options, finds_out=False)

    def row(self, statement: Select[Any]) -> Row[Any] | None:
        """Return the row that one statement reads, which is the only one; None where it reads none."""
        rows = self.ask(statement)
        assert len(rows) <= 1
        return rows[0] if rows else None

    def value(self, statement: Select[Any]) -> Any:
        """Return the first value that one statement reads; None where it reads no row."""
        return next((row[0] for row in self.ask(statement)), None)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads, all of it as it was at one moment."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        return self._run(work, options, finds_out=False)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let nobody else of this process write meanwhile: what is prepared for a change stays up to date."""
        with self._turn:
            yield

    def write(self, work: Callable[[Connection], T], *, chained: bool = True) -> T:
        """Do what `work` does, wholly or not at all.

        Parameters
        ----------
        work : callable
            Is given a connection, and may be called again where the connection is lost. Where it leaves entries in the audit
            it puts the last one's number and hash into ``connection.info["mark"]``.
        chained : bool
            Whether it must be alone, as whoever leaves an entry in the audit must be.

        Raises
        ------
        Unusable
            If the database is full, busy for too long or out of reach. Nothing was changed.
        """

        def alone(connection: Connection) -> T:
            if chained and not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _CHAIN_LOCK})
            return work(connection)

        if not (chained or self.is_sqlite):
            return self._run(alone, {}, finds_out=False)
        with self._turn:
            return self._run(alone, {"writes": True}, finds_out=True)

    def _run(self, work: Callable[[Connection], T], options: dict[str, Any], *, finds_out: bool) -> T:
        until = time.monotonic() + self._patience
        committing: tuple[Any, tuple[int, str] | None] | None = None
        while True:
            try:
                with self.engine.connect().execution_options(**options) as connection:
                    if committing is not None and committing[1] is not None and _stands(connection, committing[1]):
                        return committing[0]  # type: ignore[no-any-return]  # what the lost call had returned
                    committing = None
                    connection.info.pop("mark", None)
                    with connection.begin() as transaction:
                        result = work(connection)
                        committing = (result, connection.info.pop("mark", None)) if finds_out else None
                        transaction.commit()
                    return result
            except (OperationalError, InterfaceError, sqlite3.OperationalError) as problem:
                if not self._is_lost(problem) or time.monotonic() > until:
                    is_known = self.is_sqlite or committing is None or committing[1] is None
                    reason, detail = _reason(problem)
                    raise Unusable(self.name, reason, detail=detail, is_known=is_known) from problem
                time.sleep(_PAUSE)
            except NoConnectionLeft as problem:
                raise Unusable(self.name, "too many ask at once.") from problem

    def _is_lost(self, problem: Exception) -> bool:
        """Whether the server went away, or is not there yet: what can be tried again."""
        if self.is_sqlite or not isinstance(problem, DBAPIError):
            return False
        return problem.connection_invalidated or getattr(problem.orig, "sqlstate", None) in _COMES_BACK


def _stands(connection: Connection, mark: tuple[int, str]) -> bool:
    """Whether an entry of the audit is there: the commit had happened before the connection was lost."""
    with connection.begin():
        return connection.execute(select(AUDIT.c.hash).where(AUDIT.c.seq == mark[0])).scalar() == mark[1]


def _reason(problem: Exception) -> tuple[str, str]:
    """Why, in words that name no place; and what the database said itself, where that is not told by them."""
    words = str(getattr(problem, "orig", None) or problem).strip()
    lower = words.lower()
    if any(sign in lower for sign in _DISK_FULL):
        return "the disk is full.", ""
    if any(sign in lower for sign in _LOCKED):
        return "another program holds it for too long.", ""
    if "readonly" in lower or "read-only" in lower:
        return "it can only be read.", ""
    if "disk i/o error" in lower:
        return "the disk does not take what is to be written.", ""
    if "unable to open" in lower:
        return "the file cannot be opened.", ""
    return "it cannot be reached.", f"cannot be used: {words.splitlines()[0] if words else type(problem).__name__}."


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("by_itself"):
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def opened(place: str | Path) -> Iterator[Database]:
    """Give a database, and close it at the end."""
    database = Database(place)
    try:
        yield database
    finally:
        database.close()
