"""A draft of each side's look, and every look that was published."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brand_drafts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("look", postgresql.JSON(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", name="brand_drafts_pkey"),
    )
    op.create_table(
        "brand_versions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("look", postgresql.JSON(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("again", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="brand_versions_pkey"),
    )
    op.create_index("brand_versions_newest", "brand_versions", ["tenant_id", "published", "id"])
    app_role = context.config.attributes["app_role"]
    for table, insert_only in (("brand_drafts", False), ("brand_versions", True)):
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, app_role, insert_only=insert_only))


def downgrade() -> None:
    op.drop_table("brand_versions")
    op.drop_table("brand_drafts")
