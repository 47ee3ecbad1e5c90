"""Tables of ids and hashes only, without row-level security: where to look, across all sides."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from frontdesk_tenants.tables.columns import instant, metadata

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
