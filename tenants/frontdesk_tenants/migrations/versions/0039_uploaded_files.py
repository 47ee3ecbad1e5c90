"""Files that programs upload, and links to them."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants.row_level_security import grant, protect

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

FILES, LINKS = "uploaded_files", "file_links"


def upgrade() -> None:
    op.create_table(
        FILES,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "hash"], ["files.tenant_id", "files.hash"]),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"{FILES}_pkey"),
    )
    op.create_index(f"{FILES}_newest", FILES, ["tenant_id", "created", "id"])
    op.create_index(f"{FILES}_by_content", FILES, ["tenant_id", "hash"])
    op.create_table(
        LINKS,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "file"], [f"{FILES}.tenant_id", f"{FILES}.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"{LINKS}_pkey"),
    )
    op.create_index(f"{LINKS}_newest", LINKS, ["tenant_id", "created", "id"])
    op.create_index(f"{LINKS}_of_file", LINKS, ["tenant_id", "file", "created", "id"])
    for table in (FILES, LINKS):
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, context.config.attributes["app_role"]))


def downgrade() -> None:
    raise RuntimeError("Uploaded files would be lost. Restore a backup instead.")
