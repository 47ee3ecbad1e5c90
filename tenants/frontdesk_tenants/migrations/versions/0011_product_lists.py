"""Words that products are found by, and which prices are in active subscriptions."""

from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import context, op

from frontdesk.book import ACTIVE, Product
from frontdesk.search_words import product_words
from frontdesk_tenants.row_level_security import grant, protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BATCH = 500
TABLES = ("product_words", "active_items")


def upgrade() -> None:
    op.create_table(
        "product_words",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "product"], ["products.tenant_id", "products.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "product", "word", name="product_words_pkey"),
    )
    op.create_table(
        "active_items",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("price", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "subscription"], ["subscriptions.tenant_id", "subscriptions.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "subscription", "price", name="active_items_pkey"),
    )
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, context.config.attributes["app_role"]))
    connection = op.get_bind()
    for (tenant_id,) in connection.execute(sa.text("SELECT tenant_id FROM firms")).all():
        fill(connection, tenant_id)
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', '', true)"))
    op.create_index("product_words_found", "product_words", ["tenant_id", "word", "product"])
    op.create_index("active_items_of_price", "active_items", ["tenant_id", "price"])
    op.create_index(
        "products_active",
        "products",
        ["tenant_id", "active", "created", "id"],
        postgresql_where=sa.text("NOT deleted"),
    )


def downgrade() -> None:
    op.drop_index("products_active", "products")
    for table in TABLES:
        op.drop_table(table)


def fill(connection: sa.Connection, tenant_id: Any) -> None:
    """What there is already. Row-level security binds the owner too, so side by side."""
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', :side, true)"), {"side": str(tenant_id)})
    connection.execute(
        sa.text(
            "INSERT INTO active_items (tenant_id, subscription, price) "
            "SELECT DISTINCT s.tenant_id, s.id, item ->> 'price' "
            "FROM subscriptions s, json_array_elements(s.body -> 'items') AS item WHERE s.status = ANY(:active)"
        ),
        {"active": sorted(ACTIVE)},
    )
    after = ""
    while True:
        rows = connection.execute(
            sa.text("SELECT id, body::text FROM products WHERE id > :after AND NOT deleted ORDER BY id LIMIT :batch"),
            {"after": after, "batch": BATCH},
        ).all()
        if not rows:
            return
        after = rows[-1].id
        words = {(row.id, word) for row in rows for word in product_words(msgspec.json.decode(row.body, type=Product))}
        connection.execute(
            sa.text("INSERT INTO product_words (tenant_id, product, word) VALUES (:side, :product, :word)"),
            [{"side": tenant_id, "product": product, "word": word} for product, word in sorted(words)],
        )
