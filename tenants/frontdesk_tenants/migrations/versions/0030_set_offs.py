"""Issued invoices may note what credit was set against them."""

from alembic import op

from frontdesk_tenants import invoice_seal

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in (*invoice_seal.FUNCTIONS, invoice_seal.NOTE_FUNCTION):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("What was set against invoices would be lost. Restore a backup instead.")
