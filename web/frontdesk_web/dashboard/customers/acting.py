"""What every act of staff on a customer has in common: the form is their own, and what cannot be done is told.

An act opens the customer's desk and does its thing. Where that is refused it need not catch anything: the refusal is
told on a page of its own. An act that shows its form again catches what it can show there.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from litestar import Response

from frontdesk.errors import Refused
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.refusal_words import refused_page
from frontdesk_web.dashboard.needs import visit_of
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.site import Site


async def posted(request: AnyRequest, site: Site, visit: StaffVisit) -> Mapping[str, str]:
    """The fields of the form. Raises PermissionDeniedException (403) for one that is not of this session."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    return form


@contextmanager
def once(settled: str) -> Iterator[None]:
    """Let an act be asked for twice: the refusal with the code `settled` says that it is done already."""
    try:
        yield
    except Refused as refused:
        if refused.refusal.code != settled:
            raise


def tell_refusal(request: AnyRequest, refused: Refused) -> Response[bytes]:
    """The exception handler for all routes about customers."""
    site, visit = visit_of(request)
    return refused_page(request, site, visit, refused.refusal)
