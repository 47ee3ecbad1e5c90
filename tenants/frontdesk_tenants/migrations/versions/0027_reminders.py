"""The reminders of unpaid invoices that were sent."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("invoice", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "invoice"], ["invoices.tenant_id", "invoices.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="reminders_pkey"),
    )
    op.create_index("reminders_of_invoice", "reminders", ["tenant_id", "invoice", "created", "id"])
    for statement in protect("reminders"):
        op.execute(statement)
    op.execute(grant("reminders", context.config.attributes["app_role"]))


def downgrade() -> None:
    op.drop_table("reminders")
