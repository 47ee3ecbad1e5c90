"""What is asked for and what came of it: quotes, intents, events, and who did what."""

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSON

from frontdesk.commands import AccountCommand
from frontdesk.errors import Refusal
from frontdesk.events import Event
from frontdesk.quotes import Quote
from frontdesk_tenants.tables.columns import Body, belongs_to, instant, side_table, text_column

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
