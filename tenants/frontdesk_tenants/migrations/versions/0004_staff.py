"""Staff: people with their second factors and sessions, their places with tenants, invitations."""

import sqlalchemy as sa
from alembic import context, op

from frontdesk_tenants.row_level_security import grant, protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SIDE_TABLES = ("people", "recovery_codes", "staff_sessions", "staff", "staff_invitations")


def upgrade() -> None:
    op.alter_column("challenges", "configuration", nullable=True)
    create_people()
    create_staff()
    app_role = context.config.attributes["app_role"]
    for table in SIDE_TABLES:
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, app_role))
    op.execute(grant("staff_directory", app_role))


def downgrade() -> None:
    raise RuntimeError("Staff would lose their accounts. Restore a backup instead.")


def instant(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def create_people() -> None:
    """Rows of the house: who signs in to dashboards."""
    op.create_table(
        "people",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        instant("totp_confirmed", nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        instant("created"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="people_pkey"),
        sa.UniqueConstraint("tenant_id", "address"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        instant("created"),
        instant("used_at", nullable=True),
        sa.ForeignKeyConstraint(["tenant_id", "person"], ["people.tenant_id", "people.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "person", "hash", name="recovery_codes_pkey"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("scope", sa.Uuid(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        instant("created"),
        instant("last_seen"),
        instant("factor_at", nullable=True),
        instant("fresh_at"),
        instant("expires_at"),
        instant("ended_at", nullable=True),
        sa.ForeignKeyConstraint(["tenant_id", "person"], ["people.tenant_id", "people.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "hash", name="staff_sessions_pkey"),
        sa.UniqueConstraint("tenant_id", "id"),
    )
    op.create_index("staff_sessions_of_person", "staff_sessions", ["tenant_id", "person"])


def create_staff() -> None:
    """Rows of a tenant's live side: who works for it, and who is invited. `staff_directory` holds ids alone."""
    op.create_table(
        "staff",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        instant("created"),
        instant("removed_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="staff_pkey"),
    )
    op.create_index(
        "staff_person",
        "staff",
        ["tenant_id", "person"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "staff_invitations",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        instant("created"),
        instant("expires_at"),
        instant("accepted_at", nullable=True),
        instant("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="staff_invitations_pkey"),
        sa.UniqueConstraint("tenant_id", "hash"),
    )
    op.create_table(
        "staff_directory",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person", "tenant_id"),
    )
