"""Remote backends that the book mirrors, and what they told."""

from sqlalchemy import BigInteger, Column, Index, Integer, text

from frontdesk.mirroring import Walk
from frontdesk_tenants.tables.columns import Body, Said, instant, sealed_column, side_table, text_column

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
