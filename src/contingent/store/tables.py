"""The tables of a conference's database. One database holds one conference, one conference one scenario.

    conference     one row: which conference, and the head of its audit
    scenario_row   a row of the scenario as it is written: cells as text, by column
    audit          every change, each entry chained to the one before it; nothing is ever changed or taken out
    plan           plans, each a packed plan folder
    job            what is computed outside of requests
    snapshot       versions with a name
    incident       observed events, as they are reported
    remark         notes on lines, and gaps whose risk is accepted
    setting        what the server keeps for itself
    account, session, invitation, api_token      who may enter

Times are UTC, as text of ISO 8601, and JSON is text in one canonical form: both databases hold, and hash, the same.
"""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

METADATA = MetaData()
"""Every table of a conference."""


def canonical(value: Any) -> str:
    """Return JSON in the one form that is hashed: keys in order, no spaces, plain ASCII.

    >>> canonical({"b": 1.5, "a": None})
    '{"a":null,"b":1.5}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, kept as text that sorts by time."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's own signature)
        """Return the moment as text."""
        return None if value is None else written_moment(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's own signature)
        """Return the text as a moment."""
        return None if value is None else datetime.fromisoformat(value)


def written_moment(value: datetime) -> str:
    """Return a moment as it is kept.

    >>> written_moment(datetime(2027, 1, 1, tzinfo=UTC))
    '2027-01-01T00:00:00.000000+00:00'
    """
    return value.astimezone(UTC).isoformat(timespec="microseconds")


class Json(TypeDecorator[Any]):
    """A value as canonical JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's own signature)
        """Return the value as JSON; None is kept as absence."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 (SQLAlchemy's own signature)
        """Return the JSON as a value."""
        return None if value is None else json.loads(value)


CONFERENCE = Table(
    "conference", METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("conference", String(40), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("rows_seq", Integer, nullable=False),
    Column("next_row", Integer, nullable=False),
)  # fmt: skip

SCENARIO_ROW = Table(
    "scenario_row", METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("table_name", String(40), nullable=False, index=True),
    Column("row_key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("cells", Json, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_seq", Integer, nullable=False),
)  # fmt: skip

AUDIT = Table(
    "audit", METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("nation", Text),
    Column("account", Integer),
    Column("kind", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Column("batch", Integer, nullable=False, index=True),
    Column("table_name", String(40)),
    Column("row_id", Integer, index=True),
    Column("row_key", Text),
    Column("version", Integer),
    Column("before", Json),
    Column("after", Json),
    Column("details", Json),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_by_key", "table_name", "row_key"),
)  # fmt: skip

PLAN = Table(
    "plan", METADATA,
    Column("id", Integer, primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("of_seq", Integer, nullable=False),
    Column("option", Text),
    Column("title", Text, nullable=False),
    Column("fill", Float, nullable=False),
    Column("people_deployed_peak", Integer, nullable=False),
    Column("job", Integer),
    Column("digest", String(64), nullable=False),
    Column("archive", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

JOB = Table(
    "job", METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("arguments", Json, nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("asked_by", Text, nullable=False),
    Column("account", Integer),
    Column("asked_at", Moment, nullable=False),
    Column("begun_at", Moment),
    Column("ended_at", Moment),
    Column("worker", Text),
    Column("attempt", Integer, nullable=False),
    Column("beat", Integer, nullable=False),
    Column("share", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("is_cancelled", Integer, nullable=False),
    Column("result", Json),
    Column("archive", LargeBinary),
    sqlite_autoincrement=True,
)  # fmt: skip

SNAPSHOT = Table(
    "snapshot", METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("of_seq", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

INCIDENT = Table(
    "incident", METADATA,
    Column("id", Integer, primary_key=True),
    Column("incident", Text, nullable=False, unique=True),
    Column("cells", Json, nullable=False),
    Column("batch", Integer, nullable=False, index=True),
    sqlite_autoincrement=True,
)  # fmt: skip

REMARK = Table(
    "remark", METADATA,
    Column("id", Integer, primary_key=True),
    Column("table_name", String(40), nullable=False),
    Column("line", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("cells", Json, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("account", Integer),
    Column("written_at", Moment, nullable=False),
    Column("written_seq", Integer, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

SETTING = Table(
    "setting", METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Json),
)  # fmt: skip

ACCOUNT = Table(
    "account", METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded_name", Text, nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("nation", Text),
    Column("password_hash", Text),
    Column("subject", Text, unique=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("is_disabled", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

SESSION = Table(
    "session", METADATA,
    Column("mark", String(128), primary_key=True),
    Column("account", Integer, ForeignKey("account.id"), nullable=False, index=True),
    Column("begun_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)  # fmt: skip

INVITATION = Table(
    "invitation", METADATA,
    Column("id", Integer, primary_key=True),
    Column("mark", String(128), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("nation", Text),
    Column("made_by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

API_TOKEN = Table(
    "api_token", METADATA,
    Column("id", Integer, primary_key=True),
    Column("mark", String(128), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("account", Integer, ForeignKey("account.id"), nullable=False, index=True),
    Column("scopes", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment),
    sqlite_autoincrement=True,
)  # fmt: skip

KEPT_TABLES: tuple[Table, ...] = (
    CONFERENCE, SCENARIO_ROW, AUDIT, PLAN, JOB, SNAPSHOT, INCIDENT, REMARK, SETTING, ACCOUNT, INVITATION, API_TOKEN,
)  # fmt: skip
"""Tables that a backup holds, in the order in which they are restored. Sessions end with a backup: everybody signs in again."""
