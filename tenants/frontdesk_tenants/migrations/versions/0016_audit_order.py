"""The order in which the audit was written, which no clock tells within a second."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False))


def downgrade() -> None:
    op.drop_column("audit", "number")
