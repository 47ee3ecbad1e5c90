"""Files that programs upload: pictures of the brand, and links by which anybody can fetch one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

Purpose = Literal["business_icon", "business_logo"]
"""What a file may be for. Stripe's others are for what Frontdesk does not have: disputes, identities, terminals."""


class UploadedFile(Struct, frozen=True, kw_only=True):
    """A file that was uploaded. `name` is what it was called, as one line; `content` the hash of what was kept of it.

    A picture is encoded anew before it is kept, so `size` (in bytes) and `type` are not those of what was sent.
    """

    id: str
    created: datetime
    purpose: Purpose
    content: str
    size: int
    type: str
    name: str | None = None


class FileLink(Struct, frozen=True, kw_only=True):
    """A link by which anybody can fetch a file, until `expires_at`."""

    id: str
    created: datetime
    file: str
    expires_at: datetime | None = None
    metadata: Mapping[str, str] = {}

    def expired(self, now: datetime) -> bool:
        """Whether it leads nowhere any more."""
        return self.expires_at is not None and self.expires_at <= now
