"""Tax rates."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tax_rates",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("inclusive", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="tax_rates_pkey"),
    )
    op.create_index("tax_rates_newest", "tax_rates", ["tenant_id", "created", "id"])
    for statement in protect("tax_rates"):
        op.execute(statement)
    op.execute(grant("tax_rates", context.config.attributes["app_role"]))


def downgrade() -> None:
    op.drop_table("tax_rates")
