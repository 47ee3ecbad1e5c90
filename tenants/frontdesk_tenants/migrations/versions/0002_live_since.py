"""Since when a side's portal has been open to customers."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # By way of a default, since an UPDATE would see no row through row-level security. The sides that there are
    # were open from the start.
    op.execute("ALTER TABLE sides ADD COLUMN live_since timestamptz DEFAULT now()")
    op.execute("ALTER TABLE sides ALTER COLUMN live_since DROP DEFAULT")


def downgrade() -> None:
    op.drop_column("sides", "live_since")
