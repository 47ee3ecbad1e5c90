"""People who work for tenants, and how they sign in."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, UniqueConstraint, Uuid, text

from frontdesk_tenants.tables.columns import belongs_to, instant, sealed_column, side_table, text_column

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
