"""Sessions know their flow and whether they can be begun again, and keep what was typed after their end for a while."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SESSIONS = ("flow", "confined", "flow_result", "recovery", "typed_sealed", "typed_at")


def upgrade() -> None:
    op.add_column("sessions", sa.Column("flow", postgresql.JSON(), nullable=True))
    op.add_column("sessions", sa.Column("confined", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("sessions", sa.Column("flow_result", sa.Text(), nullable=True))
    op.add_column("sessions", sa.Column("recovery", postgresql.JSON(), nullable=True))
    op.add_column("sessions", sa.Column("typed_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("typed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("challenges", sa.Column("recovers", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("challenges", "recovers")
    for column in reversed(SESSIONS):
        op.drop_column("sessions", column)
