"""A tenant's own answers to the question why somebody cancels."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLE = "feedback_options"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="feedback_options_pkey"),
    )
    op.create_index("feedback_options_newest", TABLE, ["tenant_id", "created", "id"])
    for statement in protect(TABLE):
        op.execute(statement)
    op.execute(grant(TABLE, context.config.attributes["app_role"]))


def downgrade() -> None:
    op.drop_table(TABLE)
