"""Letters that were sent, and the domain that they come from."""

from sqlalchemy import Column, Index, Integer, Text, UniqueConstraint

from frontdesk.mail_records import Finding
from frontdesk.sender_domains import Checks
from frontdesk_tenants.tables.columns import Body, instant, sealed_column, side_table, text_column

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
