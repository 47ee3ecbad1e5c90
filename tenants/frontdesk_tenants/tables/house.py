"""The operator's, which lie in the side of the house."""

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text

from frontdesk.house_settings import HouseSettings
from frontdesk.signing_up import SignUp
from frontdesk_tenants.tables.columns import Body, belongs_to, instant, sealed_column, side_table, text_column

lasting_keys = side_table(
    "lasting_keys", text_column("purpose"), sealed_column("key_sealed", row="purpose"), key=("purpose",)
)

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
