"""What others are told, and how that went."""

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSON

from frontdesk.webhook_endpoints import WebhookEndpoint
from frontdesk_tenants.tables.columns import Body, belongs_to, instant, sealed_column, side_table, text_column

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
