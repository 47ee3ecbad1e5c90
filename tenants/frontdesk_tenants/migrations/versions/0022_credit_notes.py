"""Credit notes, guarded as issued invoices are."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants import invoice_seal
from frontdesk_tenants.row_level_security import grant, protect

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_notes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("invoice", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "invoice"], ["invoices.tenant_id", "invoices.id"]),
        sa.UniqueConstraint("tenant_id", "number"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="credit_notes_pkey"),
    )
    op.create_index("credit_notes_of_invoice", "credit_notes", ["tenant_id", "invoice"])
    op.create_index("credit_notes_newest", "credit_notes", ["tenant_id", "created", "id"])
    for statement in (*invoice_seal.FUNCTIONS, invoice_seal.NOTE_FUNCTION, invoice_seal.NOTE_TRIGGER):
        op.execute(statement)
    for statement in protect("credit_notes"):
        op.execute(statement)
    app_role = context.config.attributes["app_role"]
    op.execute(grant("credit_notes", app_role))


def downgrade() -> None:
    raise RuntimeError("Credit notes would be lost. Restore a backup instead.")
