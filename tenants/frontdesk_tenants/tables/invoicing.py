"""Invoices and what leads to them or follows: waiting lines, credit notes, reminders, documents, and the ledger."""

from sqlalchemy import BigInteger, Column, Computed, ForeignKeyConstraint, Index, Text, UniqueConstraint, text

from frontdesk.book import CreditNote, Invoice, PendingItem
from frontdesk.ledger import LedgerTransaction
from frontdesk.reminders import Reminder
from frontdesk_tenants.tables.columns import Body, belongs_to, from_body, instant, side_table, text_column

billed_periods = side_table(
    "billed_periods",
    text_column("subscription"),
    instant("period_start"),
    text_column("invoice"),
    belongs_to("subscription", "subscriptions"),
    key=("subscription", "period_start"),
)

invoice_counters = side_table(
    "invoice_counters", text_column("series"), Column("next", BigInteger, nullable=False), key=("series",)
)

pending_items = side_table(
    "pending_items",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    text_column("customer"),
    text_column("subscription", nullable=True),
    text_column("invoice", nullable=True),
    instant("created"),
    Column("body", Body(PendingItem), nullable=False),
    belongs_to("customer", "customers"),
    Index("pending_items_of_customer", "tenant_id", "customer", postgresql_where=text("invoice IS NULL")),
    Index("pending_items_of_invoice", "tenant_id", "invoice", postgresql_where=text("invoice IS NOT NULL")),
    Index("pending_items_newest", "tenant_id", "created", "id"),
    key=("id",),
)

invoices = side_table(
    "invoices",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    text_column("customer"),
    text_column("subscription", nullable=True),
    text_column("status"),
    text_column("number", nullable=True),
    text_column("currency"),
    Column("total", BigInteger, nullable=False),
    Column("amount_due", BigInteger, nullable=False),
    Column("amount_paid", BigInteger, nullable=False),
    instant("created"),
    Column("body", Body(Invoice), nullable=False),
    from_body("finalized_at"),
    from_body("due_date"),
    from_body("statement_descriptor"),
    # What the home page says of it, as JSON (`home_reads.InvoiceSummary`).
    Column(
        "summary",
        Text,
        Computed(
            "frontdesk_invoice_summary(id, number, status, currency, total, amount_due, amount_paid, body)",
            persisted=True,
        ),
    ),
    belongs_to("customer", "customers"),
    UniqueConstraint("tenant_id", "number"),
    Index("invoices_of_customer", "tenant_id", "customer", "created", "id"),
    Index("invoices_of_subscription", "tenant_id", "subscription"),
    Index("invoices_newest", "tenant_id", "created", "id"),
    Index("invoices_of_month", "tenant_id", text("\"left\"(body ->> 'finalized_at', 7)")),
    Index("invoices_open", "tenant_id", "customer", postgresql_where=text("status = 'open'")),
    Index("invoices_open_newest", "tenant_id", "created", "id", postgresql_where=text("status = 'open'")),
    key=("id",),
)

reminders = side_table(
    "reminders",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    text_column("customer"),
    text_column("invoice"),
    instant("created"),
    Column("body", Body(Reminder), nullable=False),
    belongs_to("customer", "customers"),
    belongs_to("invoice", "invoices"),
    Index("reminders_of_invoice", "tenant_id", "invoice", "created", "id"),
    key=("id",),
)

credit_notes = side_table(
    "credit_notes",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    text_column("customer"),
    text_column("invoice"),
    text_column("status"),
    text_column("number"),
    instant("created"),
    Column("body", Body(CreditNote), nullable=False),
    belongs_to("customer", "customers"),
    belongs_to("invoice", "invoices"),
    UniqueConstraint("tenant_id", "number"),
    Index("credit_notes_of_invoice", "tenant_id", "invoice"),
    Index("credit_notes_newest", "tenant_id", "created", "id"),
    key=("id",),
)

documents = side_table(
    "documents",
    text_column("invoice"),
    text_column("locale"),
    text_column("file"),
    instant("created"),
    ForeignKeyConstraint(["tenant_id", "file"], ["files.tenant_id", "files.hash"]),
    belongs_to("invoice", "invoices"),
    key=("invoice", "locale"),
)

ledger_transactions = side_table(
    "ledger_transactions",
    text_column("id"),
    text_column("customer"),
    text_column("kind"),
    text_column("currency"),
    Column("moved", BigInteger, nullable=False),
    text_column("invoice", nullable=True),
    instant("created"),
    Column("body", Body(LedgerTransaction), nullable=False),
    belongs_to("customer", "customers"),
    Index("ledger_transactions_of_customer", "tenant_id", "customer", "created", "id"),
    Index(
        "ledger_transactions_of_balance",
        "tenant_id",
        "customer",
        "created",
        "id",
        postgresql_where=text("moved <> 0"),
    ),
    key=("id",),
)

ledger_entries = side_table(
    "ledger_entries",
    text_column("transaction"),
    text_column("account"),
    text_column("currency"),
    text_column("customer"),
    Column("amount", BigInteger, nullable=False),
    belongs_to("transaction", "ledger_transactions"),
    Index(
        "ledger_entries_of_balance",
        "tenant_id",
        "customer",
        "currency",
        postgresql_where=text("account = 'balance'"),
    ),
    key=("transaction", "account", "currency"),
)
