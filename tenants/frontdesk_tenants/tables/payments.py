"""How is paid, and what was paid."""

from sqlalchemy import Column, Index

from frontdesk.charges import Charge
from frontdesk.checkout_sessions import CheckoutSession
from frontdesk.payment_intents import PaymentIntent
from frontdesk.payment_methods import PaymentMethod
from frontdesk.refunds import Refund
from frontdesk.setup_intents import SetupIntent
from frontdesk_tenants.tables.columns import Body, belongs_to, instant, side_table, text_column

payment_methods = side_table(
    "payment_methods",
    text_column("id"),
    text_column("customer", nullable=True),
    instant("created"),
    Column("body", Body(PaymentMethod), nullable=False),
    belongs_to("customer", "customers"),
    Index("payment_methods_of_customer", "tenant_id", "customer", "created", "id"),
    key=("id",),
)
"""Payment methods by their ids: those of customers (whose bodies hold them too), those of nobody yet, and those that
were let go."""

setup_intents = side_table(
    "setup_intents",
    text_column("id"),
    text_column("customer", nullable=True),
    instant("created"),
    Column("body", Body(SetupIntent), nullable=False),
    belongs_to("customer", "customers"),
    Index("setup_intents_newest", "tenant_id", "created", "id"),
    key=("id",),
)

payment_intents = side_table(
    "payment_intents",
    text_column("id"),
    text_column("customer", nullable=True),
    instant("created"),
    Column("body", Body(PaymentIntent), nullable=False),
    belongs_to("customer", "customers"),
    Index("payment_intents_newest", "tenant_id", "created", "id"),
    key=("id",),
)

charges = side_table(
    "charges",
    text_column("id"),
    text_column("customer", nullable=True),
    text_column("payment_intent", nullable=True),
    instant("created"),
    Column("body", Body(Charge), nullable=False),
    belongs_to("customer", "customers"),
    Index("charges_newest", "tenant_id", "created", "id"),
    Index("charges_of_intent", "tenant_id", "payment_intent"),
    key=("id",),
)

refunds = side_table(
    "refunds",
    text_column("id"),
    text_column("customer", nullable=True),
    text_column("charge"),
    text_column("payment_intent", nullable=True),
    instant("created"),
    Column("body", Body(Refund), nullable=False),
    belongs_to("customer", "customers"),
    belongs_to("charge", "charges"),
    Index("refunds_newest", "tenant_id", "created", "id"),
    Index("refunds_of_charge", "tenant_id", "charge"),
    key=("id",),
)
"""Charges and refunds by their ids. Those of invoices follow their invoices."""

checkout_sessions = side_table(
    "checkout_sessions",
    text_column("id"),
    text_column("customer", nullable=True),
    instant("created"),
    instant("open_until", nullable=True),
    Column("body", Body(CheckoutSession), nullable=False),
    belongs_to("customer", "customers"),
    Index("checkout_sessions_newest", "tenant_id", "created", "id"),
    Index("checkout_sessions_open", "tenant_id", "open_until"),
    key=("id",),
)
"""Checkout sessions. `open_until` is when an open one expires; None once it is over."""
