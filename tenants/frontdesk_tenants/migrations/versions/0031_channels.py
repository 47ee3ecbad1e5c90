"""Passcodes go by several channels, in an order of the side's own."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("tenant_plugins", "position", sa.Integer),
    ("challenges", "channel", sa.Text),
    ("mail_log", "channel", sa.Text),
    ("mail_log", "area", sa.Text),
)


def upgrade() -> None:
    for table, column, kind in _COLUMNS:
        op.add_column(table, sa.Column(column, kind(), nullable=True))


def downgrade() -> None:
    for table, column, _ in _COLUMNS:
        op.drop_column(table, column)
