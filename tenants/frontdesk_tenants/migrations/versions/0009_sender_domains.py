"""Senders of mail from tenants' own domains, with the keys that their letters are signed with."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sender_domains",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("local_part", sa.Text(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("checks", postgresql.JSON(), nullable=False),
        sa.Column("findings", postgresql.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_check", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="sender_domains_pkey"),
    )
    for statement in protect("sender_domains"):
        op.execute(statement)
    op.execute(grant("sender_domains", context.config.attributes["app_role"]))


def downgrade() -> None:
    op.drop_table("sender_domains")
