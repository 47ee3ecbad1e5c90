"""Pictures as lists show them, beside the picture itself."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("small", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("files", "small")
