"""What programs note about an object in words of their own: the book keeps it and reads nothing into it."""

from collections.abc import Mapping

Metadata = Mapping[str, str]
MetadataChange = Mapping[str, str | None]
"""New values by key; None deletes the key."""
