"""Customers, what they subscribe to, and the clocks that some of them live on."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Text, text

from frontdesk.book import Customer, Subscription
from frontdesk.clocks import TestClock
from frontdesk_tenants.tables.columns import Body, belongs_to, instant, prices_from, side_table, text_column

customers = side_table(
    "customers",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    Column("account_version", BigInteger, nullable=False, server_default=text("0")),
    # Compared byte by byte, so that the beginning of an address is a range of the index.
    Column("address", Text(collation="C"), nullable=True),
    Column("deleted", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Customer), nullable=False),
    Index("customers_by_address", "tenant_id", "address"),
    Index("customers_newest", "tenant_id", "created", "id"),
    Index("customers_closed", "tenant_id", "created", "id", postgresql_where=text("deleted")),
    key=("id",),
)

customer_words = side_table(
    "customer_words",
    text_column("customer"),
    # Compared byte by byte, so that the beginning of a word is a range of the index.
    Column("word", Text(collation="C"), nullable=False),
    belongs_to("customer", "customers"),
    Index("customer_words_found", "tenant_id", "word", "customer"),
    key=("customer", "word"),
)

subscriptions = side_table(
    "subscriptions",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    text_column("customer"),
    text_column("status"),
    instant("created"),
    Column("body", Body(Subscription), nullable=False),
    # Of its items, now and after a change that was put off.
    prices_from("frontdesk_prices", "prices"),
    belongs_to("customer", "customers"),
    Index("subscriptions_of_customer", "tenant_id", "customer", "created", "id"),
    Index("subscriptions_newest", "tenant_id", "created", "id"),
    Index("subscriptions_by_status", "tenant_id", "status"),
    key=("id",),
)

active_items = side_table(
    "active_items",
    text_column("subscription"),
    text_column("price"),
    belongs_to("subscription", "subscriptions"),
    Index("active_items_of_price", "tenant_id", "price"),
    key=("subscription", "price"),
)
"""Which prices are in subscriptions that are active now (`book.ACTIVE`)."""

subscription_items = side_table(
    "subscription_items",
    text_column("item"),
    text_column("subscription"),
    belongs_to("subscription", "subscriptions"),
    key=("item",),
)
"""Which subscription an item is in, or was."""

test_clocks = side_table(
    "test_clocks",
    text_column("id"),
    instant("frozen_time"),
    instant("deletes_after"),
    instant("created"),
    Column("body", Body(TestClock), nullable=False),
    Index("test_clocks_newest", "tenant_id", "created", "id"),
    key=("id",),
)

clock_accounts = side_table(
    "clock_accounts",
    text_column("customer"),
    text_column("clock"),
    instant("wake_at", nullable=True),
    belongs_to("customer", "customers"),
    belongs_to("clock", "test_clocks"),
    Index("clock_accounts_due", "tenant_id", "clock", "wake_at", "customer"),
    key=("customer",),
)
"""The customers on test clocks, and when each next falls due: what `due` is for all others."""
