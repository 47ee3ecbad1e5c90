"""Payment methods by their ids; issued invoices may note how they were charged."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants import invoice_seal
from frontdesk_tenants.row_level_security import grant, protect

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE = "payment_methods"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="payment_methods_pkey"),
    )
    op.create_index("payment_methods_of_customer", TABLE, ["tenant_id", "customer", "created", "id"])
    for statement in protect(TABLE):
        op.execute(statement)
    op.execute(grant(TABLE, context.config.attributes["app_role"]))
    for statement in (*invoice_seal.FUNCTIONS, invoice_seal.NOTE_FUNCTION):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("How invoices were charged would be lost. Restore a backup instead.")
