"""What others are told of a side's changes, and the webhook endpoints that are called."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

SCOPED = ("happenings", "happening_bodies", "webhook_endpoints", "webhook_deliveries", "webhook_attempts")
UNSCOPED = ("untold", "webhooks_due")


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "happenings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column("audit", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSON(), nullable=True),
        sa.Column("after", postgresql.JSON(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("created", instant, nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="happenings_pkey"),
    )
    op.create_index("happenings_newest", "happenings", ["tenant_id", "number"])
    op.create_index("happenings_of_kind", "happenings", ["tenant_id", "kind", "act", "number"])
    op.create_table(
        "happening_bodies",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("created", instant, nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "happening", name="happening_bodies_pkey"),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created", instant, nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("former_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", instant, nullable=True),
        sa.Column("failing_since", instant, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("not_before", instant, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="webhook_endpoints_pkey"),
    )
    op.create_index("webhook_endpoints_newest", "webhook_endpoints", ["tenant_id", "created", "id"])
    endpoint = ["tenant_id", "endpoint"], ["webhook_endpoints.tenant_id", "webhook_endpoints.id"]
    op.create_table(
        "webhook_deliveries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("created", instant, nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("next_try", instant, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(*endpoint),
        sa.PrimaryKeyConstraint("tenant_id", "endpoint", "happening", name="webhook_deliveries_pkey"),
    )
    op.create_index(
        "webhook_deliveries_due",
        "webhook_deliveries",
        ["tenant_id", "endpoint", "next_try"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("webhook_deliveries_newest", "webhook_deliveries", ["tenant_id", "endpoint", "number"])
    op.create_index("webhook_deliveries_of_happening", "webhook_deliveries", ["tenant_id", "happening"])
    op.create_table(
        "webhook_attempts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("created", instant, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(*endpoint),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="webhook_attempts_pkey"),
    )
    op.create_index(
        "webhook_attempts_of_delivery", "webhook_attempts", ["tenant_id", "endpoint", "happening", "created"]
    )
    for name in UNSCOPED:
        op.create_table(
            name,
            sa.Column("tenant_id", sa.Uuid(), nullable=False),
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("wake_at", instant, nullable=False),
            sa.PrimaryKeyConstraint("tenant_id", "id"),
        )
        op.create_index(f"{name}_wake_at", name, ["wake_at"])
    op.create_index("idempotency_keys_of_request", "idempotency_keys", ["tenant_id", "request_id"])
    app_role = context.config.attributes["app_role"]
    for table in SCOPED:
        for statement in protect(table):
            op.execute(statement)
    for table in (*SCOPED, *UNSCOPED):
        op.execute(grant(table, app_role))


def downgrade() -> None:
    op.drop_index("idempotency_keys_of_request", "idempotency_keys")
    for table in reversed((*SCOPED, *UNSCOPED)):
        op.drop_table(table)
