"""Every table. `tenant_id` names one side and stands first in every key, foreign key and unique index.

A snapshot row is: keys, version, the columns that are searched, summed or constrained, and `body`, JSON that msgspec
writes and reads. Tables without row-level security hold ids and hashes only: `UNSCOPED` lists them.
"""

from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from frontdesk.book import BillingSettings, CreditNote, Customer, Invoice, PendingItem, Price, Product, Subscription
from frontdesk.branding import Brand, Look
from frontdesk.charges import Charge
from frontdesk.checkout_sessions import CheckoutSession
from frontdesk.clocks import TestClock
from frontdesk.commands import AccountCommand
from frontdesk.coupons import Coupon, PromotionCode
from frontdesk.errors import Refusal
from frontdesk.events import Event
from frontdesk.feedback_options import FeedbackOption
from frontdesk.flows import Flow, Recovery
from frontdesk.house_settings import HouseSettings
from frontdesk.ledger import LedgerTransaction
from frontdesk.mail_records import Finding
from frontdesk.meters import Meter
from frontdesk.mirroring import Walk
from frontdesk.payment_intents import PaymentIntent
from frontdesk.payment_methods import PaymentMethod
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.quotes import Quote
from frontdesk.reasons import Reason, read, written
from frontdesk.refunds import Refund
from frontdesk.reminders import Reminder
from frontdesk.sender_domains import Checks
from frontdesk.setup_intents import SetupIntent
from frontdesk.signing_up import SignUp
from frontdesk.suspension import Suspension
from frontdesk.tax_rates import TaxRate
from frontdesk.uploaded_files import FileLink, UploadedFile
from frontdesk.webhook_endpoints import WebhookEndpoint

metadata = MetaData()


class Body(TypeDecorator[Any]):
    """A JSON column that holds one msgspec type. The engine passes JSON through as text (see `database`)."""

    impl = JSON
    cache_ok = True

    def __init__(self, type_: Any) -> None:
        super().__init__(none_as_null=True)
        self.type_ = type_
        self._decoder = msgspec.json.Decoder(type_)

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self._decoder.decode(value)


class Said(TypeDecorator[Reason]):
    """A column of text that holds why something failed, in a form that can be said in any language."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Reason | None, dialect: Any) -> str | None:
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Any) -> Reason | None:
        return None if value is None else read(value)


def instant(name: str, nullable: bool = False) -> Column[Any]:
    """A column that holds an instant in UTC."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def side_table(name: str, *items: SchemaItem, key: tuple[str, ...]) -> Table:
    """A table of one side's rows: `tenant_id` in front, first in the primary key."""
    return Table(
        name,
        metadata,
        Column("tenant_id", Uuid, nullable=False),
        *items,
        PrimaryKeyConstraint("tenant_id", *key, name=f"{name}_pkey"),
    )


def belongs_to(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key within the side. Row-level security does not guard foreign keys, so the side is part of them."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def text_column(name: str, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def sealed_column(name: str, row: str, nullable: bool = True) -> Column[Any]:
    """A secret that the vault sealed, under a name that ends with `_sealed`; `row` is the column that names its place
    (`vault.place_of`). `key_rotation` finds every such column here."""
    return Column(name, LargeBinary, nullable=nullable, info={"row": row})


def from_body(name: str) -> Column[Any]:
    """A text that PostgreSQL copies out of `body` at each write: reading one JSON for it takes longer than its row."""
    return Column(name, Text, Computed(f"body ->> '{name}'", persisted=True))


# -- ids and hashes only, without row-level security ------------------------------------------------------------------

firms = Table(
    "firms",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("firm_id", Uuid, nullable=False),
    Column("livemode", Boolean, nullable=False),
    Column("public_id", Text, nullable=False, unique=True),
    Column("portal", Text, nullable=False, unique=True),
    UniqueConstraint("firm_id", "livemode"),
)
due = Table(
    "due",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("account_id", Text, nullable=False),
    instant("wake_at"),
    Column("held", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("tenant_id", "account_id"),
    Index("due_wake_at", "wake_at", postgresql_where=text("NOT held")),
    Index("due_of_side", "tenant_id", "wake_at", postgresql_where=text("NOT held")),
)
instance_counters = Table(
    "instance_counters",
    metadata,
    Column("key", Text, nullable=False),
    instant("window_start"),
    Column("count", Numeric, nullable=False),
    PrimaryKeyConstraint("key", "window_start"),
)

operators = Table(
    "operators",
    metadata,
    Column("address_hash", LargeBinary, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    instant("created"),
)

untold = Table(
    "untold",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("id", Text, nullable=False),
    instant("wake_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("untold_wake_at", "wake_at"),
)
"""Happenings that webhook endpoints may want to be told of: written with each, taken out as soon as that is known."""

webhooks_due = Table(
    "webhooks_due",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("id", Text, nullable=False),
    instant("wake_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("webhooks_due_wake_at", "wake_at"),
)
"""Webhook endpoints that calls wait for, and when the next one is to be made."""

mirror_due = Table(
    "mirror_due",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("id", Text, nullable=False),
    instant("wake_at"),
    # Told again while somebody was at it: counted, so that it is not forgotten.
    Column("told", BigInteger, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("mirror_due_wake_at", "wake_at"),
)
"""What is to be asked of remote backends, and when: one row for each customer or thing sold that news is about."""

staff_directory = Table(
    "staff_directory",
    metadata,
    Column("person", Text, nullable=False),
    Column("tenant_id", Uuid, nullable=False),
    PrimaryKeyConstraint("person", "tenant_id"),
)

master_keys = Table(
    "master_keys",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    instant("created"),
)

UNSCOPED = (
    *("firms", "due", "instance_counters", "operators", "master_keys", "staff_directory", "untold", "webhooks_due"),
    *("mirror_due", "alembic_version"),
)
"""Tables without row-level security; procrastinate's, which begin with `procrastinate_`, are the only others."""

# -- the side itself --------------------------------------------------------------------------------------------------

sides = side_table(
    "sides",
    text_column("slug"),
    text_column("name"),
    text_column("country", nullable=True),
    text_column("locale"),
    text_column("backend"),
    text_column("status"),
    Column("livemode", Boolean, nullable=False),
    Column("settings", Body(BillingSettings), nullable=False),
    Column("brand", Body(Brand), nullable=False),
    Column("page_version", BigInteger, nullable=False, server_default=text("1")),
    instant("created"),
    instant("live_since", nullable=True),
    Column("suspension", Body(Suspension), nullable=True),
    text_column("starting_point", nullable=True),
    # Since when the remote backend does not answer: what pages say is as of then.
    instant("away_since", nullable=True),
    key=(),
)
tenant_plugins = side_table(
    "tenant_plugins",
    text_column("plugin"),
    Column("enabled", Boolean, nullable=False),
    sealed_column("settings_sealed", row="plugin"),
    Column("settings_version", Integer, nullable=False, server_default=text("1")),
    Column("position", Integer, nullable=True),
    # Whether the settings are the word of the tenant's staff (`own_channels`).
    Column("outside", Boolean, nullable=False, server_default=text("false")),
    key=("plugin",),
)
api_keys = side_table(
    "api_keys",
    text_column("id"),
    text_column("kind"),
    Column("hash", LargeBinary, nullable=False),
    text_column("last4"),
    Column("name", Text, nullable=False, server_default=text("''")),
    # Of a restricted key; any other may do everything.
    Column("permissions", Body(dict[str, str]), nullable=True),
    instant("created"),
    # When a key that was rolled ends by itself.
    instant("expires_at", nullable=True),
    instant("revoked_at", nullable=True),
    UniqueConstraint("tenant_id", "hash"),
    key=("id",),
)
configurations = side_table(
    "configurations",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    text_column("login_token", nullable=True),
    instant("created"),
    Column("body", Body(PortalConfiguration), nullable=False),
    UniqueConstraint("tenant_id", "login_token"),
    Index("configurations_default", "tenant_id", unique=True, postgresql_where=text("is_default")),
    key=("id",),
)
files = side_table(
    "files",
    text_column("hash"),
    text_column("media_type"),
    Column("content", LargeBinary, nullable=False),
    Column("small", LargeBinary, nullable=True),
    instant("created"),
    key=("hash",),
)
"""What names a file does so by a foreign key, or in a body by a field whose name ends in `_file`, or is a product's
image: see `unused_files`."""

uploaded_files = side_table(
    "uploaded_files",
    text_column("id"),
    text_column("purpose"),
    text_column("hash"),
    instant("created"),
    Column("body", Body(UploadedFile), nullable=False),
    ForeignKeyConstraint(["tenant_id", "hash"], ["files.tenant_id", "files.hash"]),
    Index("uploaded_files_newest", "tenant_id", "created", "id"),
    Index("uploaded_files_by_content", "tenant_id", "hash"),
    key=("id",),
)
file_links = side_table(
    "file_links",
    text_column("id"),
    text_column("file"),
    instant("created"),
    instant("expires_at", nullable=True),
    Column("body", Body(FileLink), nullable=False),
    belongs_to("file", "uploaded_files"),
    Index("file_links_newest", "tenant_id", "created", "id"),
    Index("file_links_of_file", "tenant_id", "file", "created", "id"),
    key=("id",),
)

brand_drafts = side_table(
    "brand_drafts",
    Column("look", Body(Look), nullable=False),
    instant("changed"),
    text_column("actor_kind"),
    text_column("actor"),
    instant("discarded_at", nullable=True),
    key=(),
)
brand_versions = side_table(
    "brand_versions",
    text_column("id"),
    Column("look", Body(Look), nullable=False),
    instant("published"),
    text_column("actor_kind"),
    text_column("actor"),
    text_column("again", nullable=True),
    Index("brand_versions_newest", "tenant_id", "published", "id"),
    key=("id",),
)

# -- the book ---------------------------------------------------------------------------------------------------------

products = side_table(
    "products",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Product), nullable=False),
    Index("products_newest", "tenant_id", "created", "id"),
    Index("products_active", "tenant_id", "active", "created", "id", postgresql_where=text("NOT deleted")),
    key=("id",),
)
product_words = side_table(
    "product_words",
    text_column("product"),
    Column("word", Text(collation="C"), nullable=False),
    belongs_to("product", "products"),
    Index("product_words_found", "tenant_id", "word", "product"),
    key=("product", "word"),
)
prices = side_table(
    "prices",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    text_column("product"),
    text_column("currency"),
    text_column("lookup_key", nullable=True),
    Column("active", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Price), nullable=False),
    belongs_to("product", "products"),
    Index("prices_of_product", "tenant_id", "product"),
    Index("prices_newest", "tenant_id", "created", "id"),
    UniqueConstraint("tenant_id", "lookup_key", deferrable=True, initially="DEFERRED"),
    key=("id",),
)
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
coupons = side_table(
    "coupons",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Coupon), nullable=False),
    Index("coupons_newest", "tenant_id", "created", "id"),
    key=("id",),
)
"""How often each was given is in the body, counted where it is given: see `coupons.count_redemptions`."""
tax_rates = side_table(
    "tax_rates",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("inclusive", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(TaxRate), nullable=False),
    Index("tax_rates_newest", "tenant_id", "created", "id"),
    key=("id",),
)
promotion_codes = side_table(
    "promotion_codes",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    # Without the difference of letter case.
    text_column("code"),
    text_column("coupon"),
    text_column("customer", nullable=True),
    Column("active", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(PromotionCode), nullable=False),
    belongs_to("coupon", "coupons"),
    belongs_to("customer", "customers"),
    Index("promotion_codes_newest", "tenant_id", "created", "id"),
    Index("promotion_codes_of_coupon", "tenant_id", "coupon"),
    Index(
        "promotion_codes_active",
        "tenant_id",
        "code",
        "customer",
        unique=True,
        postgresql_where=text("active"),
        postgresql_nulls_not_distinct=True,
    ),
    key=("id",),
)
feedback_options = side_table(
    "feedback_options",
    text_column("id"),
    Column("active", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(FeedbackOption), nullable=False),
    Index("feedback_options_newest", "tenant_id", "created", "id"),
    key=("id",),
)
meters = side_table(
    "meters",
    text_column("id"),
    text_column("event_name"),
    Column("active", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(Meter), nullable=False),
    Index("meters_newest", "tenant_id", "created", "id"),
    Index("meters_of_event", "tenant_id", "event_name", unique=True, postgresql_where=text("active")),
    key=("id",),
)
meter_events = side_table(
    "meter_events",
    text_column("identifier"),
    text_column("customer"),
    text_column("meter"),
    instant("at"),
    Column("value", BigInteger, nullable=False),
    instant("created"),
    Column("canceled", Boolean, nullable=False, server_default=text("false")),
    belongs_to("customer", "customers"),
    belongs_to("meter", "meters"),
    Index("meter_events_of_customer", "tenant_id", "customer", "meter", "at"),
    key=("identifier",),
)
subscriptions = side_table(
    "subscriptions",
    text_column("id"),
    Column("version", BigInteger, nullable=False),
    text_column("customer"),
    text_column("status"),
    instant("created"),
    Column("body", Body(Subscription), nullable=False),
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

quotes = side_table(
    "quotes",
    text_column("id"),
    text_column("customer"),
    instant("expires_at"),
    instant("consumed_at", nullable=True),
    Column("body", Body(Quote), nullable=False),
    belongs_to("customer", "customers"),
    key=("id",),
)
intents = side_table(
    "intents",
    text_column("id"),
    text_column("customer"),
    text_column("idempotency_key"),
    text_column("state"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    instant("created"),
    instant("at"),
    text_column("actor"),
    Column("command", Body(AccountCommand), nullable=False),
    text_column("quote", nullable=True),
    # Since when it waits for a backend that does not answer, where it may; its customer is told of it.
    instant("waits_since", nullable=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    # Why it was refused in the end although it waited, whether its customer is told, and whether a page still says so.
    Column("refusal", Body(Refusal), nullable=True),
    instant("refused_at", nullable=True),
    Column("told", Boolean, nullable=False, server_default=text("false")),
    Column("shown", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("tenant_id", "idempotency_key"),
    Index("intents_waiting", "tenant_id", "customer", "number", postgresql_where=text("state = 'pending'")),
    Index("intents_shown", "tenant_id", "customer", postgresql_where=text("shown")),
    Index("intents_refused", "tenant_id", "refused_at", postgresql_where=text("refused_at IS NOT NULL")),
    key=("id",),
)
mirrors = side_table(
    "mirrors",
    text_column("backend"),
    text_column("account"),
    text_column("name"),
    Column("missing", Body(tuple[str, ...]), nullable=False),
    instant("connected_at"),
    instant("stopped_at", nullable=True),
    text_column("path_token"),
    text_column("endpoint", nullable=True),
    text_column("endpoint_url", nullable=True),
    sealed_column("secret_sealed", row="backend"),
    # The secret before it, which is good until then.
    sealed_column("former_sealed", row="backend"),
    instant("former_until", nullable=True),
    Column("imported", Body(Walk), nullable=False),
    instant("imported_at", nullable=True),
    Column("walked", Body(Walk), nullable=False),
    instant("walked_at", nullable=True),
    text_column("heard_after", nullable=True),
    instant("last_heard"),
    instant("failing_since", nullable=True),
    Column("failing_with", Said(), nullable=True),
    Column("repairs", BigInteger, nullable=False, server_default=text("0")),
    instant("repaired_at", nullable=True),
    key=("backend",),
)
"""The other end of a remote backend that the book mirrors, and how far it is: see `frontdesk.mirroring`."""
mirror_inbox = side_table(
    "mirror_inbox",
    text_column("id"),
    text_column("kind"),
    # What it is about, as `mirror_due` names it; None where that concerns nothing of the book.
    text_column("subject", nullable=True),
    instant("at"),
    instant("received"),
    text_column("state"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Said(), nullable=True),
    Index("mirror_inbox_open", "tenant_id", "state", "subject", "at", postgresql_where=text("state <> 'done'")),
    Index("mirror_inbox_newest", "tenant_id", "received", "id"),
    key=("id",),
)
"""What remote backends told, by their own ids of it: waiting until it is asked about again, done, or dead."""
events = side_table(
    "events",
    text_column("id"),
    text_column("kind"),
    text_column("customer", nullable=True),
    instant("created"),
    Column("body", Body(Event), nullable=False),
    Index("events_newest", "tenant_id", "created", "id"),
    key=("id",),
)
happenings = side_table(
    "happenings",
    text_column("id"),
    text_column("kind"),
    text_column("act"),
    text_column("object"),
    text_column("part", nullable=True),
    # The entry of the audit that holds the object as it was and as it became, or else both here.
    text_column("audit", nullable=True),
    Column("before", JSON, nullable=True),
    Column("after", JSON, nullable=True),
    text_column("request_id", nullable=True),
    text_column("idempotency_key", nullable=True),
    instant("created"),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Index("happenings_newest", "tenant_id", "number"),
    Index("happenings_of_kind", "tenant_id", "kind", "act", "number"),
    key=("id",),
)
"""What others are told, in the order in which it was written down: see `frontdesk.happenings`."""
happening_bodies = side_table(
    "happening_bodies",
    text_column("happening"),
    instant("created"),
    Column("body", JSON, nullable=False),
    key=("happening",),
)
"""What a happening looked like when it was first told: from then on it looks like that."""
webhook_endpoints = side_table(
    "webhook_endpoints",
    text_column("id"),
    Column("enabled", Boolean, nullable=False),
    instant("created"),
    Column("body", Body(WebhookEndpoint), nullable=False),
    sealed_column("secret_sealed", row="id", nullable=False),
    # The secret before it, which signs too until then.
    sealed_column("former_sealed", row="id"),
    instant("former_until", nullable=True),
    # Since when nobody has answered, and how often in a row.
    instant("failing_since", nullable=True),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    # Nobody calls it before: somebody else does, or it rests.
    instant("not_before", nullable=True),
    Index("webhook_endpoints_newest", "tenant_id", "created", "id"),
    key=("id",),
)
webhook_deliveries = side_table(
    "webhook_deliveries",
    text_column("endpoint"),
    text_column("happening"),
    text_column("type"),
    text_column("state"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    instant("created"),
    # When it was first to be told, or again because somebody asked for it.
    instant("since"),
    instant("next_try", nullable=True),
    Column("status", Integer, nullable=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    belongs_to("endpoint", "webhook_endpoints"),
    Index("webhook_deliveries_due", "tenant_id", "endpoint", "next_try", postgresql_where=text("state = 'waiting'")),
    Index("webhook_deliveries_newest", "tenant_id", "endpoint", "number"),
    Index("webhook_deliveries_of_happening", "tenant_id", "happening"),
    key=("endpoint", "happening"),
)
webhook_attempts = side_table(
    "webhook_attempts",
    text_column("id"),
    text_column("endpoint"),
    text_column("happening"),
    instant("created"),
    # What was answered, or why there was no answer.
    Column("status", Integer, nullable=True),
    text_column("answer"),
    Column("milliseconds", Integer, nullable=False),
    belongs_to("endpoint", "webhook_endpoints"),
    Index("webhook_attempts_of_delivery", "tenant_id", "endpoint", "happening", "created"),
    key=("id",),
)
audit = side_table(
    "audit",
    text_column("id"),
    instant("at"),
    text_column("actor_kind"),
    text_column("actor"),
    text_column("action"),
    text_column("object"),
    Column("before", JSON, nullable=True),
    Column("after", JSON, nullable=True),
    text_column("request_id", nullable=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Index("audit_of_object", "tenant_id", "object", "at"),
    key=("id",),
)
idempotency_keys = side_table(
    "idempotency_keys",
    text_column("key"),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", Integer, nullable=True),
    Column("body", LargeBinary, nullable=True),
    text_column("request_id"),
    instant("created"),
    Index("idempotency_keys_of_request", "tenant_id", "request_id"),
    key=("key",),
)
request_log = side_table(
    "request_log",
    text_column("id"),
    instant("at"),
    text_column("method"),
    # Compared byte by byte, so that the beginning of a path is a range of the index.
    Column("path", Text(collation="C"), nullable=False),
    Column("status", Integer, nullable=False),
    text_column("key"),
    text_column("network"),
    text_column("agent"),
    text_column("version"),
    text_column("idempotency_key", nullable=True),
    text_column("code", nullable=True),
    Column("milliseconds", Integer, nullable=False),
    text_column("asked", nullable=True),
    text_column("answered", nullable=True),
    Index("request_log_newest", "tenant_id", "at", "id"),
    Index("request_log_refused", "tenant_id", "at", "id", postgresql_where=text("status >= 400")),
    Index("request_log_of_key", "tenant_id", "key", "at"),
    key=("id",),
)
"""What programs asked of the API and what they were answered, for thirty days, without secrets: see
`frontdesk.masking`."""
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

# -- signing in -------------------------------------------------------------------------------------------------------

sessions = side_table(
    "sessions",
    Column("hash", LargeBinary, nullable=False),
    text_column("id"),
    text_column("source"),
    text_column("address", nullable=True),
    text_column("customer"),
    text_column("configuration"),
    text_column("locale", nullable=True),
    text_column("return_url", nullable=True),
    instant("created"),
    instant("last_seen", nullable=True),
    instant("open_until", nullable=True),
    Column("idle_seconds", Integer, nullable=False),
    instant("expires_at"),
    instant("ended_at", nullable=True),
    Column("flow", Body(Flow), nullable=True),
    # Whether nothing but the flow's pages is shown.
    Column("confined", Boolean, nullable=False, server_default=text("false")),
    # What the flow led to, once it is done: see `frontdesk_web.portal.flow_pages`.
    text_column("flow_result", nullable=True),
    Column("recovery", Body(Recovery), nullable=True),
    # What was typed into a form as the session was over already (`typed_forms`).
    sealed_column("typed_sealed", row="id"),
    instant("typed_at", nullable=True),
    belongs_to("customer", "customers"),
    belongs_to("configuration", "configurations"),
    Index("sessions_of_customer", "tenant_id", "customer"),
    Index("sessions_newest", "tenant_id", "created", "id"),
    UniqueConstraint("tenant_id", "id"),
    key=("hash",),
)
challenges = side_table(
    "challenges",
    Column("hash", LargeBinary, nullable=False),
    text_column("id"),
    # Compared byte by byte, as a customer's is.
    Column("address", Text(collation="C"), nullable=False),
    text_column("pool"),
    text_column("network"),
    text_column("configuration", nullable=True),
    # The public id of the session that is to be begun again with the code, if any.
    text_column("recovers", nullable=True),
    text_column("locale"),
    Column("digits", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("code_digest", LargeBinary, nullable=False),
    text_column("pepper_id"),
    sealed_column("code_sealed", row="id"),
    Column("known_browser", Boolean, nullable=False),
    Column("send", Boolean, nullable=False),
    text_column("delivery"),
    text_column("channel", nullable=True),
    instant("created"),
    instant("expires_at"),
    instant("spent_at", nullable=True),
    Column("proven", Boolean, nullable=False, server_default=text("false")),
    belongs_to("configuration", "configurations"),
    UniqueConstraint("tenant_id", "id"),
    Index("challenges_of_pool", "tenant_id", "pool", "created"),
    Index("challenges_of_address", "tenant_id", "address", "created"),
    key=("hash",),
)
address_changes = side_table(
    "address_changes",
    text_column("id"),
    text_column("customer"),
    text_column("session"),
    text_column("email"),
    text_column("former", nullable=True),
    text_column("challenge"),
    text_column("locale"),
    instant("created"),
    instant("expires_at"),
    instant("confirmed_at", nullable=True),
    instant("objected_at", nullable=True),
    belongs_to("customer", "customers"),
    Index("address_changes_of_customer", "tenant_id", "customer", "created"),
    key=("id",),
)
known_browsers = side_table(
    "known_browsers",
    Column("hash", LargeBinary, nullable=False),
    text_column("address"),
    instant("created"),
    instant("last_used"),
    key=("hash",),
)
address_tallies = side_table(
    "address_tallies",
    text_column("address"),
    Column("failures", Integer, nullable=False),
    Column("weight", Numeric, nullable=False),
    instant("updated"),
    key=("address",),
)
side_counters = side_table(
    "side_counters",
    text_column("key"),
    instant("window_start"),
    Column("count", Numeric, nullable=False),
    key=("key", "window_start"),
)

# -- letters ----------------------------------------------------------------------------------------------------------

mail_log = side_table(
    "mail_log",
    text_column("id"),
    text_column("cause"),
    text_column("message_id"),
    text_column("recipient"),
    # Compared byte by byte, so that the beginning of an address is a range of the index.
    Column("address", Text(collation="C"), nullable=False),
    text_column("sender", nullable=True),
    text_column("purpose"),
    text_column("language"),
    text_column("customer", nullable=True),
    text_column("outcome"),
    text_column("detail"),
    text_column("channel", nullable=True),
    text_column("area", nullable=True),
    Column("attempts", Integer, nullable=False),
    instant("created"),
    instant("updated"),
    UniqueConstraint("tenant_id", "cause"),
    Index("mail_log_newest", "tenant_id", "created", "id"),
    Index("mail_log_of_address", "tenant_id", "address", "created", "id"),
    Index("mail_log_of_customer", "tenant_id", "customer", "created", "id"),
    key=("id",),
)
sender_domains = side_table(
    "sender_domains",
    text_column("id"),
    text_column("domain"),
    text_column("local_part"),
    text_column("selector"),
    text_column("public_key"),
    sealed_column("key_sealed", row="id", nullable=False),
    Column("checks", Body(Checks), nullable=False),
    Column("findings", Body(tuple[Finding, ...]), nullable=False),
    instant("checked_at", nullable=True),
    instant("next_check"),
    instant("refused_at", nullable=True),
    text_column("refused_detail"),
    # A side has one sender.
    key=(),
)

# -- the house --------------------------------------------------------------------------------------------------------

lasting_keys = side_table(
    "lasting_keys", text_column("purpose"), sealed_column("key_sealed", row="purpose"), key=("purpose",)
)

# -- staff ------------------------------------------------------------------------------------------------------------

people = side_table(
    "people",
    text_column("id"),
    text_column("address"),
    text_column("name"),
    text_column("locale", nullable=True),
    sealed_column("totp_sealed", row="id"),
    instant("totp_confirmed", nullable=True),
    Column("totp_step", BigInteger, nullable=True),
    instant("created"),
    UniqueConstraint("tenant_id", "address"),
    key=("id",),
)
recovery_codes = side_table(
    "recovery_codes",
    text_column("person"),
    Column("hash", LargeBinary, nullable=False),
    instant("created"),
    instant("used_at", nullable=True),
    belongs_to("person", "people"),
    key=("person", "hash"),
)
staff_sessions = side_table(
    "staff_sessions",
    Column("hash", LargeBinary, nullable=False),
    text_column("id"),
    text_column("person"),
    text_column("method"),
    Column("scope", Uuid, nullable=True),
    text_column("agent"),
    text_column("network"),
    text_column("locale", nullable=True),
    instant("created"),
    instant("last_seen"),
    instant("factor_at", nullable=True),
    instant("fresh_at"),
    instant("expires_at"),
    instant("ended_at", nullable=True),
    belongs_to("person", "people"),
    UniqueConstraint("tenant_id", "id"),
    Index("staff_sessions_of_person", "tenant_id", "person"),
    key=("hash",),
)
staff = side_table(
    "staff",
    text_column("id"),
    text_column("person"),
    text_column("address"),
    text_column("name"),
    text_column("role"),
    instant("created"),
    instant("removed_at", nullable=True),
    Index("staff_person", "tenant_id", "person", unique=True, postgresql_where=text("removed_at IS NULL")),
    key=("id",),
)
identity_providers = side_table(
    "identity_providers",
    text_column("id"),
    text_column("issuer"),
    text_column("client_id"),
    sealed_column("secret_sealed", "id", nullable=False),
    instant("created"),
    key=("id",),
)
staff_identities = side_table(
    "staff_identities",
    text_column("issuer"),
    text_column("subject"),
    text_column("staff"),
    instant("created"),
    belongs_to("staff", "staff"),
    key=("issuer", "subject"),
)
staff_invitations = side_table(
    "staff_invitations",
    text_column("id"),
    Column("hash", LargeBinary, nullable=False),
    text_column("address"),
    text_column("role"),
    text_column("invited_by"),
    instant("created"),
    instant("expires_at"),
    instant("accepted_at", nullable=True),
    instant("revoked_at", nullable=True),
    UniqueConstraint("tenant_id", "hash"),
    key=("id",),
)

# -- the operator's, in the house -------------------------------------------------------------------------------------

house_settings = side_table("house_settings", Column("body", Body(HouseSettings), nullable=False), key=())
sign_ups = side_table(
    "sign_ups",
    text_column("id"),
    text_column("person"),
    text_column("address"),
    text_column("slug"),
    text_column("state"),
    instant("created"),
    instant("decided_at", nullable=True),
    text_column("decided_by", nullable=True),
    text_column("reason", nullable=True),
    Column("body", Body(SignUp), nullable=False),
    belongs_to("person", "people"),
    Index("sign_ups_of_person", "tenant_id", "person", "created"),
    Index("sign_ups_waiting", "tenant_id", "slug", unique=True, postgresql_where=text("state = 'waiting'")),
    key=("id",),
)
sign_up_invitations = side_table(
    "sign_up_invitations",
    text_column("id"),
    Column("hash", LargeBinary, nullable=False),
    sealed_column("token_sealed", row="id"),
    text_column("address"),
    text_column("locale"),
    text_column("invited_by"),
    text_column("delivery"),
    instant("created"),
    instant("expires_at"),
    instant("accepted_at", nullable=True),
    instant("revoked_at", nullable=True),
    UniqueConstraint("tenant_id", "hash"),
    Index("sign_up_invitations_of_address", "tenant_id", "address"),
    Index("sign_up_invitations_newest", "tenant_id", "created", "id"),
    key=("id",),
)

INSERT_ONLY = (
    *("audit", "events", "billed_periods", "brand_versions"),
    *("ledger_transactions", "ledger_entries", "documents"),
)
"""Tables whose rows the application may add and read, never change or delete."""
