"""Suspended tenants: why, and which accounts wait meanwhile."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sides", sa.Column("suspension", postgresql.JSON(), nullable=True))
    op.add_column("due", sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_index("due_wake_at", "due")
    op.create_index("due_wake_at", "due", ["wake_at"], postgresql_where=sa.text("NOT held"))


def downgrade() -> None:
    op.drop_index("due_wake_at", "due")
    op.create_index("due_wake_at", "due", ["wake_at"])
    op.drop_column("due", "held")
    op.drop_column("sides", "suspension")
