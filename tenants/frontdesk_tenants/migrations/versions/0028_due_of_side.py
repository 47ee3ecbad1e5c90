"""Which accounts of one side are due: renewals take several of a side at once."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("due_of_side", "due", ["tenant_id", "wake_at"], postgresql_where=sa.text("NOT held"))


def downgrade() -> None:
    op.drop_index("due_of_side", "due")
