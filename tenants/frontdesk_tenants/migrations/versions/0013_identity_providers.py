"""A tenant's own OpenID Connect provider, and which of its subjects is which member of staff."""

import sqlalchemy as sa
from alembic import context, op

from frontdesk_tenants.row_level_security import grant, protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_providers",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="identity_providers_pkey"),
    )
    op.create_table(
        "staff_identities",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "staff"], ["staff.tenant_id", "staff.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "issuer", "subject", name="staff_identities_pkey"),
    )
    app_role = context.config.attributes["app_role"]
    for table in ("identity_providers", "staff_identities"):
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, app_role))


def downgrade() -> None:
    raise RuntimeError("Teams would lose their way in. Restore a backup instead.")
