"""Charges and refunds of sandboxes. The charges that invoices and intents know are written down."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants import invoice_seal
from frontdesk_tenants.row_level_security import grant, protect

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

LINKS = {"charges": ("payment_intent",), "refunds": ("charge", "payment_intent")}
OF_INVOICES = """
INSERT INTO charges (tenant_id, id, customer, payment_intent, created, body)
SELECT i.tenant_id, a ->> 'id', i.customer, p.intent, (a ->> 'at')::timestamptz, json_strip_nulls(json_build_object(
         'id', a ->> 'id', 'created', a ->> 'at', 'amount', a -> 'amount', 'currency', i.currency,
         'status', CASE WHEN a ->> 'decline_code' IS NULL THEN 'succeeded' ELSE 'failed' END,
         'captured', CASE WHEN a ->> 'decline_code' IS NULL THEN (a ->> 'amount')::bigint ELSE 0 END,
         'customer', i.customer, 'invoice', i.id, 'payment_intent', p.intent, 'method', a ->> 'method',
         'brand', a ->> 'brand', 'last4', a ->> 'last4', 'decline_code', a ->> 'decline_code',
         'description', 'Invoice ' || i.number))
  FROM invoices i
 CROSS JOIN json_array_elements(COALESCE(i.body -> 'attempts', '[]')) a
 CROSS JOIN LATERAL (SELECT 'pi_' || substr(i.id, 4) AS intent) p
 WHERE a ->> 'brand' IS NOT NULL
"""
OF_INTENTS = """
INSERT INTO charges (tenant_id, id, customer, payment_intent, created, body)
SELECT p.tenant_id, p.body ->> 'charge', p.customer, p.id, p.created, json_strip_nulls(json_build_object(
         'id', p.body ->> 'charge', 'created', p.body ->> 'created', 'amount', p.body -> 'amount',
         'currency', p.body ->> 'currency', 'status', f.status,
         'captured', CASE f.status WHEN 'failed' THEN 0 ELSE COALESCE((p.body ->> 'received')::bigint, 0) END,
         'refunded', CASE p.body ->> 'status' WHEN 'canceled' THEN (p.body ->> 'amount')::bigint ELSE 0 END,
         'customer', p.customer, 'invoice', p.body ->> 'invoice', 'payment_intent', p.id, 'method', m.id,
         'brand', m.body -> 'card' ->> 'brand', 'last4', m.body -> 'card' ->> 'last4',
         'test_card', m.body ->> 'test_card', 'decline_code', p.body -> 'fault' ->> 'decline_code'))
  FROM payment_intents p
 CROSS JOIN LATERAL (
   SELECT CASE WHEN json_typeof(p.body -> 'fault') = 'object' THEN 'failed' ELSE 'succeeded' END AS status) f
  LEFT JOIN payment_methods m ON m.tenant_id = p.tenant_id
        AND m.id = COALESCE(p.body -> 'fault' ->> 'method', p.body ->> 'payment_method')
 WHERE p.body ->> 'charge' IS NOT NULL
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    for table, links in LINKS.items():
        owner = [sa.ForeignKeyConstraint(["tenant_id", "charge"], ["charges.tenant_id", "charges.id"])]
        op.create_table(
            table,
            sa.Column("tenant_id", sa.Uuid(), nullable=False),
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("customer", sa.Text(), nullable=True),
            *(sa.Column(each, sa.Text(), nullable=each == "payment_intent") for each in links),
            sa.Column("created", sa.DateTime(timezone=True), nullable=False),
            sa.Column("body", postgresql.JSON(), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
            *(owner if table == "refunds" else ()),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=f"{table}_pkey"),
        )
        op.create_index(f"{table}_newest", table, ["tenant_id", "created", "id"])
    op.create_index("charges_of_intent", "charges", ["tenant_id", "payment_intent"])
    op.create_index("refunds_of_charge", "refunds", ["tenant_id", "charge"])
    connection = op.get_bind()
    for (tenant_id,) in connection.execute(sa.text("SELECT tenant_id FROM firms")).all():
        # Row-level security binds the owner too, so side by side.
        connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', :side, true)"), {"side": str(tenant_id)})
        connection.exec_driver_sql(OF_INVOICES)
        connection.exec_driver_sql(OF_INTENTS)
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', '', true)"))
    # What was refunded is kept with the invoice.
    for statement in (*invoice_seal.FUNCTIONS, invoice_seal.NOTE_FUNCTION):
        op.execute(statement)
    for table in LINKS:
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, context.config.attributes["app_role"]))


def downgrade() -> None:
    raise RuntimeError("Refunds would be lost. Restore a backup instead.")
