"""Documents that a billing backend made and keeps. An invoice has one: none of ours is made beside it."""

from frontdesk.errors import Unavailable
from frontdesk_web.site import Site

_BEGINS = b"%PDF-"


async def read_kept(site: Site, url: str) -> bytes:
    """The document at an address that `followable` lets through.

    Raises:
        Unavailable, Misconfigured: it does not come now, or is no PDF; see `frontdesk_tenants.outside`.
    """
    async with site.outside.client() as client:
        answer = await client.get(url)
    if answer.status_code != 200 or not answer.content.startswith(_BEGINS):
        raise Unavailable("A document does not come from where it is kept.")
    return answer.content
