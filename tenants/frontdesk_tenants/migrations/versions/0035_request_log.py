"""API keys with names, permissions and an end, and the log of what they were used for."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLE = "request_log"


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("name", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("api_keys", sa.Column("permissions", postgresql.JSON(), nullable=True))
    op.add_column("api_keys", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("answered", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="request_log_pkey"),
    )
    op.create_index("request_log_newest", TABLE, ["tenant_id", "at", "id"])
    op.create_index("request_log_refused", TABLE, ["tenant_id", "at", "id"], postgresql_where=sa.text("status >= 400"))
    op.create_index("request_log_of_key", TABLE, ["tenant_id", "key", "at"])
    for statement in protect(TABLE):
        op.execute(statement)
    op.execute(grant(TABLE, context.config.attributes["app_role"]))


def downgrade() -> None:
    op.drop_table(TABLE)
    for column in ("expires_at", "permissions", "name"):
        op.drop_column("api_keys", column)
