"""Which master keys have sealed secrets of this database, by their public ids; and keys that outlive those."""

import sqlalchemy as sa
from alembic import context, op

from frontdesk_tenants.row_level_security import grant, protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "master_keys",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "lasting_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "purpose", name="lasting_keys_pkey"),
    )
    for statement in protect("lasting_keys"):
        op.execute(statement)
    for table in ("master_keys", "lasting_keys"):
        op.execute(grant(table, context.config.attributes["app_role"]))


def downgrade() -> None:
    op.drop_table("lasting_keys")
    op.drop_table("master_keys")
