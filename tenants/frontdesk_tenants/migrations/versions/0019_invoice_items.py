"""Invoice items are found by their invoice, and listed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "pending_items_of_invoice",
        "pending_items",
        ["tenant_id", "invoice"],
        postgresql_where=sa.text("invoice IS NOT NULL"),
    )
    op.create_index("pending_items_newest", "pending_items", ["tenant_id", "created", "id"])


def downgrade() -> None:
    op.drop_index("pending_items_newest", "pending_items")
    op.drop_index("pending_items_of_invoice", "pending_items")
