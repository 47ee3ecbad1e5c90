"""Documents that a billing backend made and keeps. An invoice has one: none of ours is made beside it."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from frontdesk.errors import Unavailable
from frontdesk_tenants.directory import Side
from frontdesk_web.site import Site

if TYPE_CHECKING:
    import httpx2

MOST_DETOURS = 3
"""How often the address of a document may lead on."""
_BEGINS = b"%PDF-"
_LEADS_ON = (301, 302, 303, 307, 308)

KeptAt = Callable[[str], bool]
"""Whether a document's address may lead on to a host."""


def kept_at(site: Site, side: Side) -> KeptAt:
    """The hosts at which the side's backend keeps its documents, by what it says itself."""
    kind = site.plugins.billing_backends().get(side.backend)
    return (lambda host: False) if kind is None else kind.keeps_documents_at


async def read_kept(site: Site, url: str, there: KeptAt) -> bytes:
    """The document at an address that `followable` lets through. Where that leads on it is followed to hosts of the
    backend's own alone, each of which is checked as the first address is: https, and public.

    Raises:
        Unavailable, Misconfigured: it does not come now, or is no PDF; see `frontdesk_tenants.outside`.
    """
    async with site.outside.client(detours=True) as client:
        answer = await client.get(url)
        for _ in range(MOST_DETOURS):
            if answer.status_code not in _LEADS_ON:
                break
            answer = await client.get(site.outside.check(_onward(answer, there)))
    if answer.status_code != 200 or not answer.content.startswith(_BEGINS):
        raise Unavailable("A document does not come from where it is kept.")
    return answer.content


def _onward(answer: "httpx2.Response", there: KeptAt) -> str:
    try:
        url = urljoin(str(answer.url), answer.headers.get("location", ""))
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not there(host):
        raise Unavailable("A document's address leads to a server that is not the billing backend's.")
    return url
