"""The page that stands for a card's bank, where a setup intent or a payment intent waits for its holder to confirm.

What the holder says decides, and leads back to where the intent's maker wanted, with what came of it in the address, as
at Stripe; or to the checkout page that the intent belongs to.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.checkout_sessions import back_with
from frontdesk.errors import Refused
from frontdesk.payment_intents import PaymentIntent
from frontdesk.permissions import may_change
from frontdesk.setup_intents import SetupIntent
from frontdesk_tenants import confirming, intent_record, listings
from frontdesk_tenants.confirming import Teller
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.formatting import money
from frontdesk_web.intent_links import client_secret, intent_path
from frontdesk_web.messages import translate
from frontdesk_web.pay.intent_pages import Opened, form_of, opened
from frontdesk_web.portal.done_views import DonePage
from frontdesk_web.portal.method_views import BankPage
from frontdesk_web.portal.method_words import method_name
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.site import Site

Intent = SetupIntent | PaymentIntent


@get("/p/authenticate/{token:str}")
async def ask_holder(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """What the bank asks; what came of it where it was answered."""
    page = await opened(request, site, "authenticate", token)
    async with site.tenancy.at(page.door) as (connection, side):
        kind: Any = "setupintent" if page.id.startswith("seti_") else "payment_intent"
        intent = await listings.find(connection, kind, page.id)
        if intent is None:
            raise NotFoundException
        return await _shown(page, await page.teller(connection, side), intent)


@post("/p/authenticate/{token:str}")
async def hear_holder(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """The holder's answer. A second one changes nothing."""
    yes = (await form_of(request, site, token)).get("answer") == "yes"
    page = await opened(request, site, "authenticate", token)
    async with site.tenancy.at(page.door) as (connection, side):
        acting = await page.teller(connection, side)
        kind: Any = SetupIntent if page.id.startswith("seti_") else PaymentIntent
        intent: Intent | None = await intent_record.hold(connection, kind, page.id)
        if intent is None:
            raise NotFoundException
        try:
            may_change(side.suspended).or_refuse()
            if intent.status == "requires_action":
                await _heard(acting, intent, yes=yes)
        except Refused as refused:
            locale = page.locale(side)
            return page.refuse(side, locale, sentence_of(refused.refusal, locale), intent.return_url)
    return Redirect(request.scope["path"], status_code=303)


async def _heard(acting: Teller, intent: Intent, *, yes: bool) -> None:
    if isinstance(intent, SetupIntent):
        await confirming.answer_setup(acting, intent, yes=yes)
    elif yes:
        method = await listings.find(acting.connection, "PaymentMethod", intent.payment_method or "")
        await confirming.confirm_payment(acting, intent, method, by_holder=True)
    else:
        await confirming.decline_payment(acting, intent)


async def _shown(page: Opened, acting: Teller, intent: Intent) -> Response[Any]:
    side, locale = acting.side, page.locale(acting.side)
    if intent.status != "requires_action":
        return _onwards(page, acting, intent, locale)
    barred = may_change(side.suspended).refusal
    if barred is not None:
        return page.refuse(side, locale, sentence_of(barred, locale), intent.return_url)
    method = await listings.find(acting.connection, "PaymentMethod", intent.payment_method or "")
    amount = money(intent.amount, intent.currency, locale) if isinstance(intent, PaymentIntent) else ""
    view = BankPage(
        action=page.request.scope["path"], csrf=page.csrf, name=method_name(method, locale), amount=amount, hidden=()
    )
    return page.answer(side, locale, view)


def _onwards(page: Opened, acting: Teller, intent: Intent, locale: str) -> Response[Any]:
    """Back to where the holder came from, with what came of it."""
    side, vault = acting.side, page.site.tenancy.vault
    if isinstance(intent, SetupIntent) and intent.checkout is not None:
        return Redirect(intent_path(vault, page.door, "checkout", intent.checkout), status_code=303)
    good = intent.status in ("succeeded", "requires_capture")
    if intent.return_url is not None:
        name = "setup_intent" if isinstance(intent, SetupIntent) else "payment_intent"
        secret = client_secret(vault, page.door, intent.id)
        facts = {name: intent.id, f"{name}_client_secret": secret, "redirect_status": "succeeded" if good else "failed"}
        return page.leave(side, locale, back_with(intent.return_url, **facts))
    sets_up = isinstance(intent, SetupIntent)
    if not good:
        added = translate(locale, "You did not confirm at your bank, so nothing was added.")
        paid = translate(locale, "You did not confirm at your bank, so nothing was paid.")
        return page.refuse(side, locale, added if sets_up else paid)
    saved = translate(locale, "Your payment method is saved")
    received = translate(locale, "Your payment was received. Thank you.")
    return page.answer(side, locale, DonePage(title=saved if sets_up else received, sentences=(), home_url=""))


routes = [ask_holder, hear_holder]
