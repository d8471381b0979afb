"""Counts what a database is asked: each statement, and each transaction that is begun around some."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from contingent.store import Conference


@contextmanager
def counted(conference: Conference) -> Iterator[list[str]]:
    """Give a list that grows by every statement; ``BEGIN`` stands before those of a transaction."""
    engine, said = conference.database.engine, list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(" ".join(statement.split()))

    def begun(connection: Connection) -> None:
        if not conference.database.is_sqlite and connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            said.append("BEGIN")

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "begin", begun)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "begin", begun)
