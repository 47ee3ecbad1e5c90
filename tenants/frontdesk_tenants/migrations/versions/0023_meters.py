"""Meters, and the events that they counted."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("meters", "meter_events")


def upgrade() -> None:
    op.create_table(
        "meters",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="meters_pkey"),
    )
    op.create_index("meters_newest", "meters", ["tenant_id", "created", "id"])
    op.create_index(
        "meters_of_event", "meters", ["tenant_id", "event_name"], unique=True, postgresql_where=sa.text("active")
    )
    op.create_table(
        "meter_events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("meter", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "meter"], ["meters.tenant_id", "meters.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "identifier", name="meter_events_pkey"),
    )
    op.create_index("meter_events_of_customer", "meter_events", ["tenant_id", "customer", "meter", "at"])
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, context.config.attributes["app_role"]))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
