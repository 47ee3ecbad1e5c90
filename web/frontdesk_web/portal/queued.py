"""What is said as something comes to wait for a remote backend: it is noted, and nobody has to ask again."""

from typing import Any

from litestar import Response

from frontdesk.errors import Queued
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import go, page_answer
from frontdesk_web.portal.done_views import DonePage
from frontdesk_web.portal.visit import VISIT, Visit
from frontdesk_web.site import Site


def answer_queued(request: AnyRequest, _: Queued) -> Response[Any]:
    """The exception handler of `Queued`. The home page says what waits; a flow ends with a page that says so."""
    site: Site
    visit: Visit
    site, visit = request.scope["state"][VISIT]
    if visit.flow is None:
        return go(f"{visit.home_url}?saved=noted")
    title = translate(visit.locale, "Noted")
    sentence = translate(visit.locale, "It is done as soon as our billing system answers again.")
    return page_answer(request, site, visit, DonePage(title=title, sentences=(sentence,), home_url=visit.home_url))
