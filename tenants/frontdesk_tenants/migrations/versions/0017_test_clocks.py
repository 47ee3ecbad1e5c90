"""Test clocks of sandbox sides, and which customers are on which."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = ("test_clocks", "clock_accounts")


def upgrade() -> None:
    op.create_table(
        "test_clocks",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("frozen_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deletes_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="test_clocks_pkey"),
    )
    op.create_index("test_clocks_newest", "test_clocks", ["tenant_id", "created", "id"])
    op.create_table(
        "clock_accounts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "clock"], ["test_clocks.tenant_id", "test_clocks.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "customer", name="clock_accounts_pkey"),
    )
    op.create_index("clock_accounts_due", "clock_accounts", ["tenant_id", "clock", "wake_at", "customer"])
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, context.config.attributes["app_role"]))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
