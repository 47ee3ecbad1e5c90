"""A customer's part of the ledger is found at once, for statements of account."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ledger_transactions_of_customer", "ledger_transactions", ["tenant_id", "customer", "created", "id"]
    )


def downgrade() -> None:
    raise RuntimeError("Restore a backup instead.")
