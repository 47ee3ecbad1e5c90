"""Customers who sign in: sessions, codes, and what is counted against those who guess."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Numeric, Text, UniqueConstraint, text

from frontdesk.flows import Flow, Recovery
from frontdesk_tenants.tables.columns import Body, belongs_to, instant, sealed_column, side_table, text_column

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
    # The challenge at which the owner was told of this run of failures (`wrong_codes`).
    text_column("told", nullable=True),
    key=("address",),
)

side_counters = side_table(
    "side_counters",
    text_column("key"),
    instant("window_start"),
    Column("count", Numeric, nullable=False),
    key=("key", "window_start"),
)
