"""Dates of invoices as lists show them, copied out of their bodies."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAMES = ("finalized_at", "due_date")


def upgrade() -> None:
    for name in NAMES:
        column = sa.Column(name, sa.Text(), sa.Computed(f"body ->> '{name}'", persisted=True))
        op.add_column("invoices", column)


def downgrade() -> None:
    for name in NAMES:
        op.drop_column("invoices", name)
