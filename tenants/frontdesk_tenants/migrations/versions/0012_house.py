"""The operator's settings, requests and invitations to sign up, and invoices by the month that they were issued in."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("house_settings", "sign_ups", "sign_up_invitations")


def upgrade() -> None:
    op.add_column("sides", sa.Column("starting_point", sa.Text(), nullable=True))
    op.execute("CREATE INDEX invoices_of_month ON invoices (tenant_id, \"left\"(body ->> 'finalized_at', 7))")
    create_tables()
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, context.config.attributes["app_role"]))


def create_tables() -> None:
    op.create_table(
        "house_settings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="house_settings_pkey"),
    )
    op.create_table(
        "sign_ups",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "person"], ["people.tenant_id", "people.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="sign_ups_pkey"),
    )
    op.create_index("sign_ups_of_person", "sign_ups", ["tenant_id", "person", "created"])
    op.create_index(
        "sign_ups_waiting",
        "sign_ups",
        ["tenant_id", "slug"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "sign_up_invitations",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="sign_up_invitations_pkey"),
        sa.UniqueConstraint("tenant_id", "hash"),
    )
    op.create_index("sign_up_invitations_of_address", "sign_up_invitations", ["tenant_id", "address"])
    op.create_index("sign_up_invitations_newest", "sign_up_invitations", ["tenant_id", "created", "id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP INDEX invoices_of_month")
    op.drop_column("sides", "starting_point")
