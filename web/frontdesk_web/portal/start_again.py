"""Starting a plan again after its end: what it costs, confirmed once, at that price."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from frontdesk import starting_again
from frontdesk.commands import StartAgain
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import (
    AnyDesk,
    base_path,
    desk_of,
    go,
    invoices_base,
    known_id,
    page_answer,
    subscription_path,
)
from frontdesk_web.portal.confirming import ask, confirmed, shown_quote
from frontdesk_web.portal.late_invoices import late_of
from frontdesk_web.portal.start_again_views import StartAgainPage, start_again_page, started_page
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/subscriptions/{subscription:str}/start-again", **_SIGNED_IN)
async def ask_to_start_again(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """What starting it again costs today and later, with one button."""
    return await ask(request, site, visit, _quoted, known_id(subscription))


@post("/p/{portal:str}/subscriptions/{subscription:str}/start-again", **_SIGNED_IN)
async def start_plan_again(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Start it as it was shown: the quote in the address says what that was. A second time changes nothing."""
    visit.refuse_forged(site, await read_form(request))
    quote = request.query_params.get("quote", "")
    await shown_quote(site, visit, quote, StartAgain, subscription)
    again = partial(ask, request, site, visit, _quoted, subscription)
    refused = await confirmed(request, site, visit, quote, starting_again.confirm, again)
    return refused or go(subscription_path(visit, subscription, "started", quote))


@get("/p/{portal:str}/subscriptions/{subscription:str}/started/{quote:str}", **_SIGNED_IN)
async def show_started(
    request: AnyRequest,
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What began, what is billed and when."""
    stored = await shown_quote(site, visit, quote, StartAgain, subscription)
    if not stored.consumed:
        return go(subscription_path(visit, subscription, "start-again"))
    async with desk_of(request, site, visit) as desk:
        await desk.know(stored.quote.command)
        account, terms = desk.account, desk.terms
    page = started_page(
        stored.quote,
        account,
        terms,
        visit.locale,
        base=base_path(visit),
        invoices=visit.configuration.features.invoice_history.enabled,
    )
    return page_answer(request, site, visit, page, email=account.customer.email)


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


routes = [ask_to_start_again, start_plan_again, show_started]
