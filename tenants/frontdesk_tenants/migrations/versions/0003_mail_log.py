"""What became of every letter, for thirty days."""

import sqlalchemy as sa
from alembic import context, op

from frontdesk_tenants.row_level_security import grant, protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_log",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(collation="C"), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="mail_log_pkey"),
        sa.UniqueConstraint("tenant_id", "cause"),
    )
    op.create_index("mail_log_newest", "mail_log", ["tenant_id", "created", "id"])
    op.create_index("mail_log_of_address", "mail_log", ["tenant_id", "address", "created", "id"])
    op.create_index("mail_log_of_customer", "mail_log", ["tenant_id", "customer", "created", "id"])
    op.create_index("challenges_of_address", "challenges", ["tenant_id", "address", "created"])
    for statement in protect("mail_log"):
        op.execute(statement)
    op.execute(grant("mail_log", context.config.attributes["app_role"]))


def downgrade() -> None:
    op.drop_index("challenges_of_address", "challenges")
    op.drop_table("mail_log")
