"""The ledger, and the guard of issued invoices."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from frontdesk_tenants import invoice_seal, ledger
from frontdesk_tenants.row_level_security import grant, protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_transactions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("invoice", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "customer"], ["customers.tenant_id", "customers.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="ledger_transactions_pkey"),
    )
    op.create_index(
        "ledger_transactions_of_balance",
        "ledger_transactions",
        ["tenant_id", "customer", "created", "id"],
        postgresql_where=sa.text("moved <> 0"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("transaction", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "transaction"], ["ledger_transactions.tenant_id", "ledger_transactions.id"]
        ),
        sa.PrimaryKeyConstraint("tenant_id", "transaction", "account", "currency", name="ledger_entries_pkey"),
    )
    op.create_index(
        "ledger_entries_of_balance",
        "ledger_entries",
        ["tenant_id", "customer", "currency"],
        postgresql_where=sa.text("account = 'balance'"),
    )
    connection = op.get_bind()
    for (tenant_id,) in connection.execute(sa.text("SELECT tenant_id FROM firms")).all():
        # Row-level security binds the owner too, so side by side.
        connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', :side, true)"), {"side": str(tenant_id)})
        connection.exec_driver_sql(ledger.OPENING)
    connection.execute(sa.text("SELECT set_config('frontdesk.tenant_id', '', true)"))
    op.execute(ledger.FUNCTION)
    op.execute(ledger.TRIGGER)
    for statement in invoice_seal.FUNCTIONS:
        op.execute(statement)
    op.execute(invoice_seal.TRIGGER)
    app_role = context.config.attributes["app_role"]
    for table in ("ledger_transactions", "ledger_entries"):
        for statement in protect(table):
            op.execute(statement)
        op.execute(grant(table, app_role, insert_only=True))
    op.execute(f'REVOKE UPDATE, DELETE ON documents FROM "{app_role}"')


def downgrade() -> None:
    raise RuntimeError("The ledger would be lost. Restore a backup instead.")
