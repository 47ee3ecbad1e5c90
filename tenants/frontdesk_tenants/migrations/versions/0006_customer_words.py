"""Words that customers are found by; closed customers and open invoices at hand."""

from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import context, op

from frontdesk.book import Customer
from frontdesk.search_words import number_words, words_of
from frontdesk_tenants.row_level_security import grant, protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BATCH = 500


def upgrade() -> None:
    op.create_table(
        "customer_words",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "customer", "word", name="customer_words_pkey"),
    )
    for statement in protect("customer_words"):
        op.execute(statement)
    op.execute(grant("customer_words", context.config.attributes["app_role"]))
    connection = op.get_bind()
    for (tenant_id,) in connection.execute(sa.text("SELECT tenant_id FROM firms")).all():
        fill(connection, tenant_id)
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', '', true)"))
    op.create_index("customer_words_found", "customer_words", ["tenant_id", "word", "customer"])
    op.create_index(
        "customers_closed", "customers", ["tenant_id", "created", "id"], postgresql_where=sa.text("deleted")
    )
    op.create_index("invoices_open", "invoices", ["tenant_id", "customer"], postgresql_where=sa.text("status = 'open'"))
    for table in ("customers", "challenges"):
        op.alter_column(table, "address", type_=sa.Text(collation="C"))


def downgrade() -> None:
    for table in ("customers", "challenges"):
        op.alter_column(table, "address", type_=sa.Text(collation="default"))
    op.drop_index("invoices_open", "invoices")
    op.drop_index("customers_closed", "customers")
    op.drop_table("customer_words")


def fill(connection: sa.Connection, tenant_id: Any) -> None:
    """The words of the customers that there are. Row-level security binds the owner too, so side by side."""
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', :side, true)"), {"side": str(tenant_id)})
    after = ""
    while True:
        rows = connection.execute(
            sa.text("SELECT id, body::text FROM customers WHERE id > :after ORDER BY id LIMIT :batch"),
            {"after": after, "batch": BATCH},
        ).all()
        if not rows:
            return
        after = rows[-1].id
        words = {(row.id, word) for row in rows for word in words_of(msgspec.json.decode(row.body, type=Customer))}
        numbers = connection.execute(
            sa.text("SELECT customer, number FROM invoices WHERE number IS NOT NULL AND customer = ANY(:customers)"),
            {"customers": [row.id for row in rows]},
        )
        words |= {(row.customer, word) for row in numbers for word in number_words(row.number)}
        connection.execute(
            sa.text(
                "INSERT INTO customer_words (tenant_id, customer, word) "
                "SELECT :tenant_id, * FROM unnest(CAST(:customers AS text[]), CAST(:words AS text[]))"
            ),
            {
                "tenant_id": tenant_id,
                "customers": [customer for customer, _ in words],
                "words": [word for _, word in words],
            },
        )
