"""Customers with more words than count say so among their words."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

WORDS_AT_MOST, CUT = 400, "…"


def upgrade() -> None:
    connection = op.get_bind()
    marked = sa.text(
        "INSERT INTO customer_words (tenant_id, customer, word) SELECT tenant_id, customer, :cut FROM customer_words"
        " GROUP BY tenant_id, customer HAVING count(*) >= :most ON CONFLICT DO NOTHING"
    )
    # Row-level security binds the owner too, so side by side.
    for (tenant_id,) in connection.execute(sa.text("SELECT tenant_id FROM firms")).all():
        connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', :side, true)"), {"side": str(tenant_id)})
        connection.execute(marked, {"cut": CUT, "most": WORDS_AT_MOST})
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', '', true)"))


def downgrade() -> None:
    connection = op.get_bind()
    for (tenant_id,) in connection.execute(sa.text("SELECT tenant_id FROM firms")).all():
        connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', :side, true)"), {"side": str(tenant_id)})
        connection.execute(sa.text("DELETE FROM customer_words WHERE word = :cut"), {"cut": CUT})
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', '', true)"))
