"""Changes of the addresses that customers sign in with."""

import sqlalchemy as sa
from alembic import context, op

from frontdesk_tenants.row_level_security import grant, protect

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "address_changes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("former", sa.Text(), nullable=True),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("created", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("confirmed_at", instant, nullable=True),
        sa.Column("objected_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="address_changes_pkey"),
    )
    op.create_index("address_changes_of_customer", "address_changes", ["tenant_id", "customer", "created"])
    for statement in protect("address_changes"):
        op.execute(statement)
    op.execute(grant("address_changes", context.config.attributes["app_role"]))


def downgrade() -> None:
    op.drop_table("address_changes")
