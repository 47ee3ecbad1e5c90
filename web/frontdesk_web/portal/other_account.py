"""A page of another account of one's own: a link from an e-mail, a tab from before. It offers to switch there."""

import re
from typing import ClassVar

from litestar import MediaType, Response
from msgspec import Struct

from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Side
from frontdesk_tenants.own_accounts import OwnAccount, Thing, owner_elsewhere
from frontdesk_tenants.sessions import Session
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.messages import translate
from frontdesk_web.portal.frames import SignedIn, portal_frame
from frontdesk_web.portal.ways_back import page_asked
from frontdesk_web.site import Site

_NAMED = re.compile(r"/(subscriptions|invoices|credit-notes)/([A-Za-z0-9_-]{1,255})(?:/.*)?", re.ASCII)


class OtherAccountPage(Struct, frozen=True, kw_only=True):
    """Whose page it is, whose pages are open, and the way there and back. Posts `customer` and `page` to `action`."""

    template: ClassVar[str] = "portal/other_account.html"
    name: str
    open_name: str
    email: str
    action: str
    csrf: str
    customer: str
    page: str
    home_url: str


async def other_account(
    connection: SideTransaction,
    request: AnyRequest,
    portal: str,
    session: Session,
    configuration: PortalConfiguration,
) -> OwnAccount | None:
    """The other account of the signed-in address that the page which is asked for belongs to, if it is so."""
    named = None if session.confined else _NAMED.fullmatch(request.scope["path"].removeprefix(f"/p/{portal}"))
    if named is None:
        return None
    thing: Thing = named[1]  # type: ignore[assignment]
    if thing != "subscriptions" and not configuration.features.invoice_history.enabled:
        return None
    return await owner_elsewhere(connection, session, thing, named[2])


def other_account_answer(
    request: AnyRequest,
    site: Site,
    side: Side,
    configuration: PortalConfiguration,
    session: Session,
    other: OwnAccount,
    *,
    locale: str,
    csrf: str,
) -> Response[bytes]:
    """The page. Nothing is there for the account that is open, so it stays a 404."""
    base, email = f"/p/{side.door.portal}", session.address or ""
    unnamed = translate(locale, "Without a name")
    page = OtherAccountPage(
        name=other.name or unnamed,
        open_name=other.open_name or unnamed,
        email=email,
        action=f"{base}/switch",
        csrf=csrf,
        customer=other.customer,
        page=page_asked(request, side.door.portal),
        home_url=f"{base}/",
    )
    frame = portal_frame(
        request,
        side,
        configuration,
        locale,
        csrf=csrf,
        signed_in=SignedIn(email=email, home_url=page.home_url, sign_out_action=f"{base}/sign-out"),
        return_url=configuration.default_return_url,
        session_url=f"{base}/session",
    )
    return Response(site.renderer.page(locale, frame, page), status_code=404, media_type=MediaType.HTML)
