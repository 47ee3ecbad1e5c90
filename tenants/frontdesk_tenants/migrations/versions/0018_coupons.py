"""Coupons and promotion codes."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("coupons", "promotion_codes")


def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="coupons_pkey"),
    )
    op.create_index("coupons_newest", "coupons", ["tenant_id", "created", "id"])
    op.create_table(
        "promotion_codes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("coupon", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "coupon"], ["coupons.tenant_id", "coupons.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="promotion_codes_pkey"),
    )
    op.create_index("promotion_codes_newest", "promotion_codes", ["tenant_id", "created", "id"])
    op.create_index("promotion_codes_of_coupon", "promotion_codes", ["tenant_id", "coupon"])
    op.create_index(
        "promotion_codes_active",
        "promotion_codes",
        ["tenant_id", "code", "customer"],
        unique=True,
        postgresql_where=sa.text("active"),
        postgresql_nulls_not_distinct=True,
    )
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, context.config.attributes["app_role"]))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
