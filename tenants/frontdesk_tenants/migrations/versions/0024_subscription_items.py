"""Which subscription an item is in."""

import sqlalchemy as sa
from alembic import context, op

from frontdesk_tenants.row_level_security import grant, protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLE = "subscription_items"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "subscription"], ["subscriptions.tenant_id", "subscriptions.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "item", name="subscription_items_pkey"),
    )
    for statement in protect(TABLE):
        op.execute(statement)
    op.execute(grant(TABLE, context.config.attributes["app_role"]))
    connection = op.get_bind()
    # Row-level security binds the owner too, so side by side.
    for (tenant_id,) in connection.execute(sa.text("SELECT tenant_id FROM firms")).all():
        connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', :side, true)"), {"side": str(tenant_id)})
        connection.execute(
            sa.text(
                "INSERT INTO subscription_items (tenant_id, item, subscription) "
                "SELECT DISTINCT s.tenant_id, item ->> 'id', s.id "
                "FROM subscriptions s, json_array_elements(s.body -> 'items') AS item ON CONFLICT DO NOTHING"
            )
        )
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', '', true)"))


def downgrade() -> None:
    op.drop_table(TABLE)
