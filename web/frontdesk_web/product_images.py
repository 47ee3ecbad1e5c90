"""Addresses of products' images.

A product's `images` are absolute addresses, as in Stripe's API: of copies that we keep, or of anything that the
tenant's own code wrote there. Our pages show only the copies that we keep, whatever host their address names.
"""

import re
from collections.abc import Iterable

from frontdesk_tenants.directory import Door
from frontdesk_web.config import Config

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
SMALL_MEDIA_TYPE = "image/webp"
_NAME = re.compile(r"([0-9a-f]{64})\.(png|jpg|webp)")
_MEDIA_TYPES = {ending: media_type for media_type, ending in ENDINGS.items()}


def parts_of(name: str) -> tuple[str, str]:
    """The hash and the media type that a file's name says; empty where it is no name of an image."""
    found = _NAME.fullmatch(name)
    return (found[1], _MEDIA_TYPES[found[2]]) if found else ("", "")


def public_url(config: Config, door: Door, hash_: str, media_type: str) -> str:
    """The address of a stored image as a product holds it and the API shows it."""
    return config.url(f"/images/{door.public_id}/{hash_}.{ENDINGS[media_type]}")


def own_path(public_id: str, urls: Iterable[str], small: bool = True) -> str:
    """The path of the first of a product's images that we keep for this side; empty where there is none."""
    for url in urls:
        before, mark, name = url.rpartition(f"/images/{public_id}/")
        if mark and _NAME.fullmatch(name) and re.fullmatch(r"https?://[^/]+", before):
            return f"{mark}small/{name}" if small else mark + name
    return ""
