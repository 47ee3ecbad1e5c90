"""The page of a checkout session: which card is to be added, and on to the tenant's page.

Whoever has the address may; it is the only key to it. There is no field for a card's number: one picks a test card.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.card_refusals import card_refused
from frontdesk.checkout_sessions import CheckoutSession, is_over, onwards
from frontdesk.errors import Refused
from frontdesk.intent_refusals import session_closed
from frontdesk.permissions import may_change
from frontdesk.setup_intents import SetupIntent
from frontdesk.test_cards import CARDS, DECLINES, OFFERED, new_method
from frontdesk_tenants import confirming, intent_record, listings, payment_methods
from frontdesk_tenants.confirming import Teller
from frontdesk_tenants.directory import Side
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.intent_links import intent_path
from frontdesk_web.messages import translate
from frontdesk_web.pay.intent_pages import Opened, form_of, opened
from frontdesk_web.portal.method_views import checkout_page
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.site import Site


@get("/p/checkout/{token:str}")
async def show_checkout(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Which card; on to the bank or to the tenant where one was chosen already."""
    page = await opened(request, site, "checkout", token)
    async with site.tenancy.at(page.door) as (connection, side):
        session, intent = await _read(page, connection)
        return await _shown(page, await page.teller(connection, side), session, intent)


@post("/p/checkout/{token:str}")
async def choose_card(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Add the card: its bank is asked, and may want its holder to confirm. What it declines is not added."""
    card = (await form_of(request, site, token)).get("card", "")
    page = await opened(request, site, "checkout", token)
    if card not in OFFERED:
        raise NotFoundException
    async with site.tenancy.at(page.door) as (connection, side):
        acting = await page.teller(connection, side)
        intent = await _hold(connection, page)
        session = await intent_record.hold(connection, CheckoutSession, page.id)
        if session is None:
            raise NotFoundException
        locale = page.locale(side, session.locale)
        if session.status != "open" or is_over(session, acting.now) or side.suspended:
            return await _shown(page, acting, session, intent)
        method = new_method(acting.ids("pm"), CARDS[card], acting.now)
        try:
            await payment_methods.create(
                connection, side.tenant_id, method, actor=acting.actor, request_id=acting.request_id
            )
            done = await confirming.confirm_setup(acting, intent, method)
        except Refused as refused:
            return page.refuse(side, locale, sentence_of(refused.refusal, locale), session.cancel_url)
        if done.fault is not None:
            return _ask(page, side, session, done, chosen=card)
    return Redirect(request.scope["path"] if done.status == "succeeded" else _bank(page, done), status_code=303)


async def _shown(page: Opened, acting: Teller, session: CheckoutSession, intent: SetupIntent) -> Response[Any]:
    side = acting.side
    locale = page.locale(side, session.locale)
    if session.status == "complete":
        return page.leave(side, locale, onwards(session))
    if session.status == "expired" or is_over(session, acting.now):
        sentence = sentence_of(session_closed("expired"), locale)
        return page.refuse(side, locale, sentence, session.cancel_url)
    barred = may_change(side.suspended).refusal
    if barred is not None:
        return page.refuse(side, locale, sentence_of(barred, locale), session.cancel_url)
    return _ask(page, side, session, intent)


def _ask(
    page: Opened, side: Side, session: CheckoutSession, intent: SetupIntent, chosen: str = "visa"
) -> Response[Any]:
    locale, fault = page.locale(side, session.locale), intent.fault
    error = ""
    if fault is not None and fault.decline_code:
        error = sentence_of(card_refused(DECLINES[fault.decline_code]), locale)
    elif fault is not None:
        error = translate(locale, "You did not confirm at your bank, so nothing was added.")
    view = checkout_page(page.request.scope["path"], csrf=page.csrf, locale=locale, chosen=chosen, error=error)
    return page.answer(side, locale, view, status=400 if error else 200, return_url=session.cancel_url)


def _bank(page: Opened, intent: SetupIntent) -> str:
    return intent_path(page.site.tenancy.vault, page.door, "authenticate", intent.id)


async def _read(page: Opened, connection: Any) -> tuple[CheckoutSession, SetupIntent]:
    session = await listings.find(connection, "checkout.session", page.id)
    intent = None if session is None else await listings.find(connection, "setupintent", session.setup_intent)
    if intent is None:
        raise NotFoundException
    return session, intent


async def _hold(connection: Any, page: Opened) -> SetupIntent:
    """The intent, held before its session as everywhere, so that nobody waits for the other."""
    session, _ = await _read(page, connection)
    intent = await intent_record.hold(connection, SetupIntent, session.setup_intent)
    if intent is None:
        raise NotFoundException
    return intent


routes = [show_checkout, choose_card]
