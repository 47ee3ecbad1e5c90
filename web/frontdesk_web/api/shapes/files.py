"""Uploaded files and links to them."""

from collections.abc import Sequence
from typing import Any

from frontdesk.uploaded_files import FileLink, UploadedFile
from frontdesk_web.api.shapes.values import list_of, unix, unix_or_none
from frontdesk_web.api.viewers import Viewer
from frontdesk_web.file_addresses import content_path, link_path

SHOWN_LINKS = 10
"""How many links stand inside a file."""


def file_upload(viewer: Viewer, stored: UploadedFile, links: Sequence[FileLink]) -> dict[str, Any]:
    """An uploaded file with its newest links."""
    shown = [file_link(viewer, each) for each in links[:SHOWN_LINKS]]
    return {
        "id": stored.id,
        "object": "file",
        "created": unix(stored.created),
        "expires_at": None,
        "filename": stored.name,
        "links": list_of(f"/v1/file_links?file={stored.id}", shown, has_more=len(links) > SHOWN_LINKS),
        "purpose": stored.purpose,
        "size": stored.size,
        "title": None,
        "type": stored.type,
        "url": viewer.site.config.url(content_path(stored.id)),
    }


def file_link(viewer: Viewer, stored: FileLink) -> dict[str, Any]:
    """A link. One that leads nowhere any more has no address."""
    expired = stored.expired(viewer.now)
    path = link_path(viewer.site.tenancy.vault, viewer.door, stored.id)
    return {
        "id": stored.id,
        "object": "file_link",
        "created": unix(stored.created),
        "expired": expired,
        "expires_at": unix_or_none(stored.expires_at),
        "file": stored.file,
        "livemode": viewer.livemode,
        "metadata": dict(stored.metadata),
        "url": None if expired else viewer.site.config.url(path),
    }
