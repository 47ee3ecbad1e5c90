"""Whether a plugin's settings are the word of the tenant's staff, so that it asks servers on the internet alone."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = "tenant_plugins"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("outside", sa.Boolean(), nullable=False, server_default=sa.text("false")))


def downgrade() -> None:
    op.drop_column(TABLE, "outside")
