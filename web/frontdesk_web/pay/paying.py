"""Paying an invoice by the link to it: by a test card that is not kept, over the bank's page where it wants to ask.

What the customer keeps is not shown here and cannot be charged: the link tells nobody who its reader is.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk import invoices
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.payment_methods import PaymentMethod
from frontdesk.restarts import is_owed
from frontdesk.test_cards import CARDS, OFFERED, asks_holder, new_method
from frontdesk_tenants.desks import open_desk
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, csrf_token, refuse_foreign_origin, refuse_forged
from frontdesk_web.formatting import money
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.messages import translate
from frontdesk_web.pay.invoice import pays_here
from frontdesk_web.pay.opened import BY_LINK, Opened, bound_to, exception_handlers, opened, page_of
from frontdesk_web.portal.method_views import BankPage, PayPage, card_choices
from frontdesk_web.portal.method_words import method_name
from frontdesk_web.portal.plan_that_waits import said_of_waiting
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import ErrorPage
from frontdesk_web.refusal_answers import refusal_status, retry_headers
from frontdesk_web.site import Site

_LINKED: dict[str, Any] = {"exception_handlers": exception_handlers}


@get("/p/invoice/{token:str}/pay", **_LINKED)
async def ask_to_pay_by_link(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Which card pays; with a card in the query, what its bank asks first."""
    found = await opened(request, site, token)
    if not _payable(site, found):
        return Redirect(found.path(), status_code=303)
    asked = request.query_params.get("card")
    if asked is None:
        return await _pay_page(request, site, found)
    card = _card(asked, found)
    if not asks_holder(card):
        return Redirect(found.path("pay"), status_code=303)
    page = BankPage(
        action=found.path("pay"),
        csrf=csrf_token(site.tenancy.vault, found.csrf),
        name=method_name(card, found.locale),
        amount=_left(found),
        hidden=(("card", asked),),
    )
    return page_of(request, site, found, page)


@post("/p/invoice/{token:str}/pay", status_code=303, **_LINKED)
async def pay_by_link(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Charge the card, or go to its bank first. What is declined can be tried by another one. Never charged twice."""
    refuse_foreign_origin(request, site.config)
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, bound_to(token), form.get(FIELD))
    found = await opened(request, site, token)
    name, answer = form.get("card", ""), form.get("answer")
    card = _card(name, found)
    if not _payable(site, found):
        # Paid meanwhile: a second click, another tab, the schedule. Its page says so.
        return Redirect(found.path(), status_code=303)
    if asks_holder(card) and answer is None:
        return Redirect(found.path("pay", card=name), status_code=303)
    if asks_holder(card) and answer != "yes":
        error = translate(found.locale, "You did not confirm at your bank, so nothing was paid.")
        return await _pay_page(request, site, found, chosen=name, error=error)
    try:
        await _charge(request, site, found, card, confirmed=asks_holder(card))
    except Refused as refused:
        if refused.refusal.code == "invoice_already_paid":
            return Redirect(found.path(paid="1"), status_code=303)
        error = sentence_of(refused.refusal, found.locale)
        if refused.refusal.decline_code is not None:
            return await _pay_page(request, site, found, chosen=name, error=error)
        page = ErrorPage(status=refusal_status(refused.refusal), sentence=error, home_url=found.path())
        return page_of(request, site, found, page, status=page.status, headers=retry_headers(refused.refusal))
    return Redirect(found.path(paid="1"), status_code=303)


async def _charge(request: AnyRequest, site: Site, found: Opened, card: PaymentMethod, *, confirmed: bool) -> None:
    """Raises Refused where it is not to be paid any more, or the bank refuses."""
    async with open_desk(
        site.tenancy,
        found.side.door,
        customer_id=found.customer.id,
        actor=BY_LINK,
        request_id=request_id(request.scope),
    ) as desk:
        await invoices.charge_passing(desk, found.invoice.id, card, confirmed=confirmed)


async def _pay_page(
    request: AnyRequest, site: Site, found: Opened, *, chosen: str = "visa", error: str = ""
) -> Response[bytes]:
    async with site.tenancy.database.side(found.side.tenant_id) as connection:
        waiting = await said_of_waiting(connection, found.side, found.invoice, found.locale)
    page = PayPage(
        action=found.path("pay"),
        csrf=csrf_token(site.tenancy.vault, found.csrf),
        back_url=found.path(),
        back_text=translate(found.locale, "Back to the invoice"),
        number=found.invoice.number or "",
        amount=_left(found),
        field="card",
        lead=translate(found.locale, "These are test cards. No real card is asked for here, and no money moves."),
        choices=card_choices(found.locale, chosen),
        add_url=None,
        error=error,
        **waiting,
    )
    return page_of(request, site, found, page, status=400 if error else 200)


def _card(name: str, found: Opened) -> PaymentMethod:
    """A test card that pages offer, of nobody. Raises NotFoundException for what is none."""
    if name not in OFFERED:
        raise NotFoundException
    return new_method(IdSource(found.now)("pm"), CARDS[name], found.now)


def _payable(site: Site, found: Opened) -> bool:
    return pays_here(site, found) and is_owed(found.invoice)


def _left(found: Opened) -> str:
    return money(found.invoice.amount_remaining, found.invoice.currency, found.locale)


routes = [ask_to_pay_by_link, pay_by_link]
