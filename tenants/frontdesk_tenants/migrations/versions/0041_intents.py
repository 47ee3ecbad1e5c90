"""Setup intents, payment intents and checkout sessions of sandboxes."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLES = ("setup_intents", "payment_intents", "checkout_sessions")


def upgrade() -> None:
    for table in TABLES:
        until = [sa.Column("open_until", sa.DateTime(timezone=True), nullable=True)]
        op.create_table(
            table,
            sa.Column("tenant_id", sa.Uuid(), nullable=False),
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("customer", sa.Text(), nullable=True),
            sa.Column("created", sa.DateTime(timezone=True), nullable=False),
            *(until if table == "checkout_sessions" else ()),
            sa.Column("body", postgresql.JSON(), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=f"{table}_pkey"),
        )
        op.create_index(f"{table}_newest", table, ["tenant_id", "created", "id"])
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, context.config.attributes["app_role"]))
    op.create_index("checkout_sessions_open", "checkout_sessions", ["tenant_id", "open_until"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
