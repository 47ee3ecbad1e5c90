"""Leaving for a page of the billing backend's own, and coming back: adding a payment method, paying an invoice.

No number of a card or of an account is ever typed on a page of ours. The way there leads through a small page of ours,
since browsers hold a form that leads to another origin against the policy of its page.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from msgspec.structs import replace

from frontdesk.book import Account, Customer, Invoice, Terms
from frontdesk.customer_limits import customer_checks
from frontdesk.errors import FrontdeskError, Refused, Unavailable
from frontdesk.keeping_methods import change_methods
from frontdesk.mirroring import AddMethod, HostedPage, PayOnPage
from frontdesk.payment_method_commands import SetDefaultPaymentMethod
from frontdesk.payment_methods import PaymentMethod
from frontdesk.restarts import is_owed
from frontdesk_tenants.hosted_pages import address_of_page, asked_again
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import is_token_of, token_of
from frontdesk_web.formatting import money
from frontdesk_web.hosted_addresses import followable
from frontdesk_web.messages import translate
from frontdesk_web.portal.another_card import WaitingChange, waiting_change
from frontdesk_web.portal.answers import base_path, desk_of, go, page_answer, refusal_answer, subscription_path
from frontdesk_web.portal.flow_pages import saved
from frontdesk_web.portal.hosted_views import AWAITED, AddElsewherePage, LeavingOutPage, PayElsewherePage
from frontdesk_web.portal.subscription_cards import subscription_name
from frontdesk_web.portal.visit import Visit
from frontdesk_web.portal.waiting_changes import named_waits_words, unpaid_words, waiting_for
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

PURPOSE = "method added elsewhere"
CLOCKS_APART = timedelta(minutes=2)
"""How far the backend's clock may be behind ours."""
_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


def has_hosted_pages(site: Site, visit: Visit) -> bool:
    """Whether the backend has pages of its own for what customers pay by."""
    kind = site.plugins.billing_backends().get(visit.side.backend)
    return kind is not None and kind.abilities(livemode=visit.door.livemode).hosted_pages


def add_elsewhere_page(visit: Visit, change: WaitingChange | None) -> AddElsewherePage:
    """What is said before a customer leaves to add a payment method, for a `change` that was not paid or for all."""
    action = f"{base_path(visit)}/payment-methods/add"
    if change is not None:
        return AddElsewherePage(action=change.named_in(action), csrf=visit.csrf, back_url=change.path, for_plan=True)
    back = f"{base_path(visit)}/payment-methods" if visit.flow is None else visit.way_back
    return AddElsewherePage(action=action, csrf=visit.csrf, back_url=back)


def pay_elsewhere_page(visit: Visit, account: Account, invoice: Invoice, terms: Terms) -> PayElsewherePage:
    """What is said before a customer leaves to pay, also that a change of their plan waits for it."""
    plan = waiting_for(account, invoice)
    return PayElsewherePage(
        planned="" if plan is None else named_waits_words(plan, subscription_name(plan, terms), visit.locale),
        otherwise=unpaid_words(invoice, visit.locale),
        undo_action=None if plan is None else subscription_path(visit, plan.id, "undo-change"),
        action=f"{base_path(visit)}/invoices/{invoice.id}/pay",
        csrf=visit.csrf,
        back_url=visit.way_back,
        number=invoice.number or "",
        amount=money(invoice.amount_remaining, invoice.currency, visit.locale),
    )


def waiting_invoice(account: Account, subscription: str, since: datetime) -> Invoice | None:
    """The invoice that a change of a plan, asked for at an instant, waits for: the bank asks, or the card was
    declined."""
    found = account.subscription(subscription)
    pending = None if found is None else found.pending
    invoice = None if pending is None else account.invoice(pending.invoice)
    if invoice is None or not is_owed(invoice) or invoice.created < since - CLOCKS_APART:
        return None
    return invoice


async def leave_to_add(request: AnyRequest, site: Site, visit: Visit, change: WaitingChange | None) -> Response[Any]:
    """To the page on which a payment method is added. It leads back to `/payment-methods/returned`.

    What is added for a `change` that was not paid is to pay for everything from then on.
    """
    async with desk_of(request, site, visit) as desk:
        customer = desk.account.customer
    default = visit.flow is not None or change is not None or customer.default_payment_method is None
    known = _newest(customer)
    proof = token_of(site.tenancy.vault, PURPOSE, _proven(visit, known, default=default))
    # The same host: the session lives there.
    origin = f"{'http' if site.config.plain_http else 'https'}://{request.headers.get('host', '')}"
    facts = urlencode({"after": known, "default": int(default), "proof": proof})
    back = f"{origin}{base_path(visit)}/payment-methods" if visit.flow is None else f"{origin}{visit.home_url}"
    done = f"{base_path(visit)}/payment-methods/returned?{facts}"
    if change is not None:
        back, done = f"{origin}{change.path}", change.named_in(done)
    page = AddMethod(
        customer=customer.id,
        done_url=f"{origin}{done}",
        back_url=back,
        locale=visit.locale,
        default=default,
    )
    return await _leave(request, site, visit, page)


async def leave_to_pay(request: AnyRequest, site: Site, visit: Visit, invoice: Invoice) -> Response[Any]:
    """To the page on which an invoice is paid, or its payment confirmed with the bank."""
    return await _leave(request, site, visit, PayOnPage(customer=visit.customer, invoice=invoice.id))


@get("/p/{portal:str}/payment-methods/returned", **_SIGNED_IN)
async def come_back(request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]) -> Response[Any]:
    """Ask the backend what became of it, once, and say so: on the page of the methods, or of the change that another
    card was to pay for."""
    asked = request.query_params
    known, default = asked.get("after", ""), asked.get("default") == "1"
    if not is_token_of(site.tenancy.vault, PURPOSE, _proven(visit, known, default=default), asked.get("proof", "")):
        raise NotFoundException
    if await _within_limit(site, visit):
        await asked_again(site.tenancy, visit.side, visit.customer)
    async with desk_of(request, site, visit) as desk:
        added = _added_since(desk.account.customer, known)
        if added is not None and default and desk.account.customer.default_payment_method != added.id:
            await _make_default(desk, added)
    change = await waiting_change(request, site, visit)
    if change is not None:
        return go(f"{change.path}?saved={'method' if added is not None else 'awaited'}")
    if visit.flow is not None and added is None:
        # To load this page again asks again, and goes on with the flow as soon as it is known.
        page = replace(add_elsewhere_page(visit, None), notice=translate(visit.locale, AWAITED))
        return page_answer(request, site, visit, page)
    if visit.flow is not None:
        return await saved(site, visit, "card_added")
    return go(f"{base_path(visit)}/payment-methods?saved={'method' if added is not None else 'awaited'}")


async def _make_default(desk: Any, added: PaymentMethod) -> None:
    """It is added, whatever becomes of this; which method pays can be chosen on the page."""
    try:
        await change_methods(desk, SetDefaultPaymentMethod(method=added.id))
    except FrontdeskError:
        return


async def _leave(request: AnyRequest, site: Site, visit: Visit, page: HostedPage) -> Response[Any]:
    if not await _within_limit(site, visit):
        raise Unavailable("This was asked for too often.", retry_after=600)
    try:
        url = followable(site, await address_of_page(site.tenancy, visit.side, page))
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)
    if url is None:
        raise Unavailable("The billing backend names no page that can be opened.", retry_after=60)
    return page_answer(request, site, visit, LeavingOutPage(url=url, host=urlsplit(url).hostname or ""))


async def _within_limit(site: Site, visit: Visit) -> bool:
    """Whether the backend may be asked once more because of a click of this customer's."""
    checks = customer_checks("backend", str(visit.door.tenant_id), visit.customer)
    return (await site.limiter.count(checks, visit.now)).exceeded() is None


def _proven(visit: Visit, known: str, *, default: bool) -> str:
    return f"{visit.session.id} {known} {default}"


def _newest(customer: Customer) -> str:
    """The method that was added last, as `_added_since` takes it."""
    return max((_place(each) for each in customer.payment_methods), default=f"{0:012}.")


def _added_since(customer: Customer, known: str) -> PaymentMethod | None:
    newer = [each for each in customer.payment_methods if _place(each) > known]
    return max(newer, key=_place, default=None)


def _place(method: PaymentMethod) -> str:
    return f"{_seconds(method.created):012}.{method.id}"


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


routes = [come_back]
