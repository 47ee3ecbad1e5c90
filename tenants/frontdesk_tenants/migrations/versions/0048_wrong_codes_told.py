"""Whether the owner of an address was told of many wrong codes, and of which run of them."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("address_tallies", sa.Column("told", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("address_tallies", "told")
