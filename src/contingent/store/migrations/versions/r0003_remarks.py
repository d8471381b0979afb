"""Remarks: notes on lines, and gaps whose risk is accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("line", sa.Text, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("cells", sa.Text, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
        sa.Column("account", sa.Integer),
        sa.Column("written_at", sa.String(40), nullable=False),
        sa.Column("written_seq", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
