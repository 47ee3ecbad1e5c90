"""Starting a plan again after its end: what it costs, confirmed once, at that price."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk import starting_again
from frontdesk.acts import QuoteChanged
from frontdesk.commands import StartAgain
from frontdesk.errors import Refused
from frontdesk.quote_refusals import quote_expired
from frontdesk_tenants.portal_reads import read_quote
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import (
    AnyDesk,
    AnyRequest,
    desk_of,
    go,
    invoices_base,
    known_id,
    page_answer,
    refusal_answer,
    subscription_path,
)
from frontdesk_web.portal.late_invoices import late_of
from frontdesk_web.portal.start_again_views import start_again_page
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import StartAgainPage
from frontdesk_web.signed_in import Visit, dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/subscriptions/{subscription:str}/start-again", **_SIGNED_IN)
async def ask_to_start_again(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """What starting it again costs today and later, with one button."""
    return await _ask(request, site, visit, known_id(subscription))


@post("/p/{portal:str}/subscriptions/{subscription:str}/start-again", **_SIGNED_IN)
async def start_plan_again(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Start it as it was shown: the quote in the address says what that was. A second time changes nothing."""
    visit.refuse_forged(site, await read_form(request))
    quote = known_id(request.query_params.get("quote", ""))
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        stored = await read_quote(connection, visit.customer, quote)
    if stored is None or stored.quote.command != StartAgain(subscription):
        raise NotFoundException
    try:
        async with desk_of(request, site, visit) as desk:
            await starting_again.confirm(desk, quote)
    except QuoteChanged as changed:
        sentence = sentence_of(changed.refusal, visit.locale)
        return await _ask(request, site, visit, subscription, sentence, status=409)
    except Refused as refused:
        code = refused.refusal.code
        if code == "quote_expired":
            sentence = sentence_of(quote_expired(quote), visit.locale)
            return await _ask(request, site, visit, subscription, sentence, status=410)
        if code != "quote_consumed":
            return refusal_answer(request, site, visit, refused.refusal)
    return go(f"{visit.home_url}?saved=started")


async def _ask(
    request: AnyRequest, site: Site, visit: Visit, subscription: str, error: str = "", status: int = 200
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            page = await _quoted(desk, visit, subscription, error)
            return page_answer(request, site, visit, page, email=desk.account.customer.email, status=status)
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)


async def _quoted(desk: AnyDesk, visit: Visit, subscription: str, error: str) -> StartAgainPage:
    quote = await starting_again.quote(desk, subscription)
    ended = desk.account.subscription(subscription)
    assert ended is not None
    return start_again_page(
        quote,
        ended,
        desk.terms,
        visit.locale,
        action=subscription_path(visit, subscription, f"start-again?quote={quote.id}"),
        csrf=visit.csrf,
        back_url=visit.home_url,
        agreement=translate(visit.locale, "By confirming you order this plan, with the obligation to pay."),
        error=error,
        late=late_of(desk.account, desk.now, invoices_base(visit), visit.locale),
    )


routes = [ask_to_start_again, start_plan_again]
