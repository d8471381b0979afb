"""The conference: its rows, its audit, plans, jobs, settings and accounts.

Entries of the audit can be neither changed nor taken out: triggers refuse it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_REFUSAL = "entries of the audit are never changed"


def upgrade() -> None:
    """Make the tables."""
    _of_the_scenario()
    _of_the_work()
    _of_the_accounts()
    _guard_the_audit()


def _of_the_scenario() -> None:
    op.create_table(
        "conference",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("conference", sa.String(40), nullable=False),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("rows_seq", sa.Integer, nullable=False),
        sa.Column("next_row", sa.Integer, nullable=False),
    )
    op.create_table(
        "scenario_row",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("table_name", sa.String(40), nullable=False, index=True),
        sa.Column("row_key", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("cells", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.Column("changed_seq", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(40), nullable=False, index=True),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("nation", sa.Text),
        sa.Column("account", sa.Integer),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False, index=True),
        sa.Column("table_name", sa.String(40)),
        sa.Column("row_id", sa.Integer, index=True),
        sa.Column("row_key", sa.Text),
        sa.Column("version", sa.Integer),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("details", sa.Text),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Index("audit_by_key", "table_name", "row_key"),
    )


def _of_the_work() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("of_seq", sa.Integer, nullable=False),
        sa.Column("option", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("fill", sa.Float, nullable=False),
        sa.Column("people_deployed_peak", sa.Integer, nullable=False),
        sa.Column("job", sa.Integer),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("archive", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False, index=True),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("account", sa.Integer),
        sa.Column("asked_at", sa.String(40), nullable=False),
        sa.Column("begun_at", sa.String(40)),
        sa.Column("ended_at", sa.String(40)),
        sa.Column("worker", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("beat", sa.Integer, nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("is_cancelled", sa.Integer, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("archive", sa.LargeBinary),
        sqlite_autoincrement=True,
    )
    op.create_table("setting", sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text))


def _of_the_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded_name", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("nation", sa.Text),
        sa.Column("password_hash", sa.Text),
        sa.Column("subject", sa.Text, unique=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.String(40)),
        sa.Column("is_disabled", sa.Integer, nullable=False),
        sa.Column("made_at", sa.String(40), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "session",
        sa.Column("mark", sa.String(128), primary_key=True),
        sa.Column("account", sa.Integer, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("begun_at", sa.String(40), nullable=False),
        sa.Column("seen_at", sa.String(40), nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mark", sa.String(128), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("nation", sa.Text),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.Column("expires_at", sa.String(40), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mark", sa.String(128), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("account", sa.Integer, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.Column("expires_at", sa.String(40)),
        sqlite_autoincrement=True,
    )


def _guard_the_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_refuses_{what.lower()} BEFORE {what} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
    )
