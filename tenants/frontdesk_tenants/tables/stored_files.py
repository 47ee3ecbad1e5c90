"""Files: their contents once, what was uploaded, and the links to it."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, LargeBinary

from frontdesk.uploaded_files import FileLink, UploadedFile
from frontdesk_tenants.tables.columns import Body, belongs_to, instant, side_table, text_column

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
