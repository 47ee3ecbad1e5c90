"""The side itself: its settings, plugins, keys of the API, portal configurations and looks."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)

from frontdesk.book import BillingSettings
from frontdesk.branding import Brand, Look
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.suspension import Suspension
from frontdesk_tenants.tables.columns import Body, instant, prices_from, sealed_column, side_table, text_column

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
    # The prices that customers may change to, and whether they may start again what has ended.
    prices_from("frontdesk_offered", "offered"),
    Column(
        "restarts",
        Boolean,
        Computed("COALESCE(body #>> '{frontdesk,restart,enabled}', 'false') = 'true'", persisted=True),
    ),
    UniqueConstraint("tenant_id", "login_token"),
    Index("configurations_default", "tenant_id", unique=True, postgresql_where=text("is_default")),
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
