"""What every signed-in page shares: its paths, a desk to act at, and how a page or a refusal is sent."""

import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from litestar import MediaType, Response
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from litestar.types import Receive, Scope, Send
from msgspec.structs import replace

from frontdesk.errors import Refusal
from frontdesk.flows import Flow
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.headers import request_id
from frontdesk_web.messages import translate
from frontdesk_web.portal.done_views import DonePage
from frontdesk_web.portal.frames import Frame, SignedIn, portal_frame
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import ErrorPage
from frontdesk_web.portal.visit import Visit
from frontdesk_web.refusal_answers import refusal_status, retry_headers
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site

AnyDesk = LocalDesk | RemoteDesk
_HTML = (b"content-type", b"text/html; charset=utf-8")

_ID = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)


class PageAnswer:
    """A finished page, good and without cookies. Litestar sends it as it is, in half the time of a `Response`."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        headers = [_HTML, (b"content-length", b"%d" % len(self._body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def known_id(text: str) -> str:
    """An id from a path. Raises NotFoundException for what cannot be one, so that no query meets it."""
    if not _ID.fullmatch(text):
        raise NotFoundException
    return text


def asked_id(request: AnyRequest, name: str) -> str | None:
    """An id in the query that a list goes on from; None for what cannot be one."""
    asked = request.query_params.get(name) or ""
    return asked if _ID.fullmatch(asked) else None


def base_path(visit: Visit) -> str:
    """The portal's path, without a slash at its end."""
    return f"/p/{visit.door.portal}"


def session_path(visit: Visit) -> str:
    """Where a page asks how long its session lasts."""
    return f"{base_path(visit)}/session"


def invoices_base(visit: Visit) -> str | None:
    """The portal's path where customers can see invoices, else None: in a flow there are no other pages."""
    shown = visit.configuration.features.invoice_history.enabled and visit.flow is None
    return base_path(visit) if shown else None


def subscription_path(visit: Visit, subscription: str, *rest: str) -> str:
    """The path of a page about one subscription."""
    return "/".join((base_path(visit), "subscriptions", subscription, *rest))


def desk_of(request: AnyRequest, site: Site, visit: Visit) -> AbstractAsyncContextManager[AnyDesk]:
    """The desk of the customer whose pages are open; see `open_desk`."""
    return open_desk(
        site.tenancy,
        visit.door,
        customer_id=visit.customer,
        actor=visit.actor,
        configuration_id=visit.configuration_id,
        request_id=request_id(request.scope),
    )


def page_answer(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    page: Page,
    *,
    email: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A page in the portal's frame. `email` is the customer's address, where the page knows it.

    In a flow there is no navigation around it, and what is done leads to where the flow's maker wanted.
    """
    if visit.flow is not None:
        frame = replace(flow_frame(request, visit), leaves=not isinstance(page, DonePage))
        page = _in_flow(page, visit, visit.flow) if isinstance(page, DonePage) else page
    else:
        frame = portal_frame(
            request,
            visit.side,
            visit.configuration,
            visit.locale,
            csrf=visit.csrf,
            signed_in=SignedIn(
                email=email or visit.session.address or "",
                home_url=visit.home_url,
                sign_out_action=f"{base_path(visit)}/sign-out",
            ),
            return_url=visit.return_url,
            session_url=session_path(visit),
        )
    body = site.renderer.page(visit.locale, frame, page)
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=dict(headers or {}))


def flow_frame(request: AnyRequest, visit: Visit) -> Frame:
    """The frame of a flow's page: the way back to the tenant is the only one out of it."""
    return portal_frame(
        request,
        visit.side,
        visit.configuration,
        visit.locale,
        return_url=visit.return_url,
        session_url=session_path(visit),
    )


def _in_flow(page: DonePage, visit: Visit, flow: Flow) -> DonePage:
    """What is said at the end of a flow, with the tenant's own words and its way on."""
    name = visit.side.brand.business_name
    onwards, text = visit.return_url or "", translate(visit.locale, "Return to {name}", name=name)
    if flow.after.type == "portal_homepage":
        onwards, text = f"{base_path(visit)}/", ""
    elif flow.after.type == "redirect":
        onwards, text = flow.after.return_url or "", translate(visit.locale, "Go on to {name}", name=name)
    message = (flow.after.custom_message or "").strip()
    return replace(page, home_url=onwards, home_text=text, own_words=tuple(message.splitlines()), invoice_url=None)


def refusal_answer(request: AnyRequest, site: Site, visit: Visit, refusal: Refusal) -> Response[bytes]:
    """A refusal on a page of its own, with the way back."""
    page = ErrorPage(
        status=refusal_status(refusal),
        sentence=sentence_of(refusal, visit.locale),
        home_url=None if visit.flow is not None else visit.home_url,
    )
    return page_answer(request, site, visit, page, status=page.status, headers=retry_headers(refusal))


def go(path: str) -> Response[Any]:
    """To another page, by GET."""
    return Redirect(path, status_code=303)
