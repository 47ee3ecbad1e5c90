"""Addresses of a backend's own pages and documents: which of them are followed."""

from frontdesk.errors import Misconfigured
from frontdesk_web.site import Site


def followable(site: Site, url: str | None) -> str | None:
    """The address where it is a public one with https, or, by the operator's setting, of this machine; else None."""
    if url is None:
        return None
    try:
        return site.outside.check(url)
    except Misconfigured:
        return None
