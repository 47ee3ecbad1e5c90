"""Why an act that waited for a remote backend was refused, and whether its customer has read it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

COLUMNS = ("refusal", "refused_at", "told", "shown")


def upgrade() -> None:
    op.add_column("intents", sa.Column("refusal", postgresql.JSON(), nullable=True))
    op.add_column("intents", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    for column in ("told", "shown"):
        op.add_column("intents", sa.Column(column, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("intents_shown", "intents", ["tenant_id", "customer"], postgresql_where=sa.text("shown"))
    op.create_index(
        "intents_refused", "intents", ["tenant_id", "refused_at"], postgresql_where=sa.text("refused_at IS NOT NULL")
    )


def downgrade() -> None:
    for index in ("intents_refused", "intents_shown"):
        op.drop_index(index, "intents")
    for column in COLUMNS:
        op.drop_column("intents", column)
