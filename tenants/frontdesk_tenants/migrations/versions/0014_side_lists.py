"""What the overview counts and lists is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "invoices_open_newest",
        "invoices",
        ["tenant_id", "created", "id"],
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("subscriptions_by_status", "subscriptions", ["tenant_id", "status"])
    op.create_index("sessions_newest", "sessions", ["tenant_id", "created", "id"])


def downgrade() -> None:
    op.drop_index("sessions_newest", "sessions")
    op.drop_index("subscriptions_by_status", "subscriptions")
    op.drop_index("invoices_open_newest", "invoices")
