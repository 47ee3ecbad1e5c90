"""What a side mirrors of a remote backend: how far it is, what was heard, and acts that wait until it answers."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    number = sa.text("0")
    op.create_table(
        "mirrors",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("backend", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("missing", postgresql.JSON(), nullable=False),
        sa.Column("connected_at", instant, nullable=False),
        sa.Column("stopped_at", instant, nullable=True),
        sa.Column("path_token", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=True),
        sa.Column("endpoint_url", sa.Text(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("former_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", instant, nullable=True),
        sa.Column("imported", postgresql.JSON(), nullable=False),
        sa.Column("imported_at", instant, nullable=True),
        sa.Column("walked", postgresql.JSON(), nullable=False),
        sa.Column("walked_at", instant, nullable=True),
        sa.Column("heard_after", sa.Text(), nullable=True),
        sa.Column("last_heard", instant, nullable=False),
        sa.Column("failing_since", instant, nullable=True),
        sa.Column("failing_with", sa.Text(), nullable=True),
        sa.Column("repairs", sa.BigInteger(), nullable=False, server_default=number),
        sa.Column("repaired_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "backend", name="mirrors_pkey"),
    )
    op.create_table(
        "mirror_inbox",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("at", instant, nullable=False),
        sa.Column("received", instant, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=number),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="mirror_inbox_pkey"),
    )
    open_ones = sa.text("state <> 'done'")
    op.create_index(
        "mirror_inbox_open", "mirror_inbox", ["tenant_id", "state", "subject", "at"], postgresql_where=open_ones
    )
    op.create_index("mirror_inbox_newest", "mirror_inbox", ["tenant_id", "received", "id"])
    op.create_table(
        "mirror_due",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("wake_at", instant, nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False, server_default=number),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=number),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    op.create_index("mirror_due_wake_at", "mirror_due", ["wake_at"])
    op.add_column("sides", sa.Column("away_since", instant, nullable=True))
    op.add_column("intents", sa.Column("waits_since", instant, nullable=True))
    op.add_column("intents", sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.create_index(
        "intents_waiting",
        "intents",
        ["tenant_id", "customer", "number"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    for table in ("mirrors", "mirror_inbox"):
        for statement in protect(table):
            op.execute(statement)
    app_role = context.config.attributes["app_role"]
    for table in ("mirrors", "mirror_inbox", "mirror_due"):
        op.execute(grant(table, app_role))


def downgrade() -> None:
    op.drop_index("intents_waiting", "intents")
    op.drop_column("intents", "number")
    op.drop_column("intents", "waits_since")
    op.drop_column("sides", "away_since")
    for table in ("mirror_due", "mirror_inbox", "mirrors"):
        op.drop_table(table)
