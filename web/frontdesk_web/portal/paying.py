"""Paying an open invoice: by which method, over the bank's page where it wants to ask, and again after a refusal."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk import invoices
from frontdesk.book import Account, Invoice
from frontdesk.errors import Refused
from frontdesk.invoice_refusals import invoice_already_paid, invoice_not_payable
from frontdesk.payment_method_commands import ChargeInvoice
from frontdesk.payment_method_rules import method_of
from frontdesk.payment_refusals import paid_by_transfer
from frontdesk.restarts import is_owed
from frontdesk.test_cards import asks_holder
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.formatting import money
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import AnyDesk, base_path, desk_of, go, known_id, page_answer, refusal_answer
from frontdesk_web.portal.hosted_pages import has_hosted_pages, leave_to_pay, pay_elsewhere_page
from frontdesk_web.portal.method_views import BankPage, pay_page
from frontdesk_web.portal.method_words import method_name
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.visit import Visit
from frontdesk_web.portal.waiting_changes import waiting_for
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
_DONE = frozenset({"invoice_already_paid"})


@get("/p/{portal:str}/invoices/{invoice:str}/pay", **_SIGNED_IN)
async def ask_to_pay(
    request: AnyRequest, invoice: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """By which method it is paid, and how much that is."""
    return await _ask(request, site, visit, known_id(invoice))


@post("/p/{portal:str}/invoices/{invoice:str}/pay", **_SIGNED_IN)
async def pay_invoice(
    request: AnyRequest, invoice: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Charge it, or go to the bank first. What is declined can be tried by another method. Never charged twice."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    if has_hosted_pages(site, visit):
        return await _pay_elsewhere(request, site, visit, known_id(invoice))
    method = known_id(form.get("method", ""))
    async with desk_of(request, site, visit) as desk:
        found = method_of(desk.account.customer, method)
    if found is not None and asks_holder(found):
        return go(f"{base_path(visit)}/invoices/{known_id(invoice)}/pay/confirm?method={method}")
    return await _charge(request, site, visit, known_id(invoice), method, confirmed=False)


@get("/p/{portal:str}/invoices/{invoice:str}/pay/confirm", **_SIGNED_IN)
async def ask_at_bank_to_pay(
    request: AnyRequest, invoice: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """What the bank of a card asks before it pays."""
    if has_hosted_pages(site, visit):
        return go(f"{base_path(visit)}/invoices/{known_id(invoice)}/pay")
    method = known_id(request.query_params.get("method", ""))
    try:
        async with desk_of(request, site, visit) as desk:
            account, found = await _owed(desk, known_id(invoice))
    except Refused as refused:
        return _otherwise(request, site, visit, refused)
    card = method_of(account.customer, method)
    if card is None:
        raise NotFoundException
    page = BankPage(
        action=f"{base_path(visit)}/invoices/{found.id}/pay/confirm",
        csrf=visit.csrf,
        name=method_name(card, visit.locale),
        amount=money(found.amount_remaining, found.currency, visit.locale),
        hidden=(("method", method),),
    )
    return page_answer(request, site, visit, page, email=account.customer.email)


@post("/p/{portal:str}/invoices/{invoice:str}/pay/confirm", **_SIGNED_IN)
async def confirm_to_pay(
    request: AnyRequest, invoice: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Charge the card whose bank has heard its holder say yes."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    if has_hosted_pages(site, visit):
        return await _pay_elsewhere(request, site, visit, known_id(invoice))
    method = known_id(form.get("method", ""))
    if form.get("answer") != "yes":
        error = translate(visit.locale, "You did not confirm at your bank, so nothing was paid.")
        return await _ask(request, site, visit, known_id(invoice), chosen=method, error=error, status=400)
    return await _charge(request, site, visit, known_id(invoice), method, confirmed=True)


async def _charge(
    request: AnyRequest, site: Site, visit: Visit, invoice: str, method: str, *, confirmed: bool
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            account, owed = await _owed(desk, invoice)
            waiting = waiting_for(account, owed)
            await invoices.charge(desk, invoice, method, confirmed=confirmed)
    except Refused as refused:
        if refused.refusal.decline_code is None:
            return _otherwise(request, site, visit, refused)
        error = sentence_of(refused.refusal, visit.locale)
        return await _ask(request, site, visit, invoice, chosen=method, error=error, status=400)
    if waiting is not None and visit.flow is None:
        return go(f"{visit.home_url}?saved=changed")
    return go(f"{base_path(visit)}/payment-methods?saved=paid")


async def _ask(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    invoice: str,
    *,
    chosen: str | None = None,
    error: str = "",
    status: int = 200,
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            account, found = await _owed(desk, invoice)
            now, terms = desk.now, desk.terms
    except Refused as refused:
        return _otherwise(request, site, visit, refused)
    if has_hosted_pages(site, visit):
        elsewhere = pay_elsewhere_page(visit, account, found, terms)
        return page_answer(request, site, visit, elsewhere, email=account.customer.email)
    page = pay_page(
        account,
        found,
        terms,
        base_path(visit),
        visit.locale,
        now=now,
        csrf=visit.csrf,
        allowed=visit.configuration.features.payment_method_update.enabled and not visit.side.suspended,
        chosen=chosen,
        error=error,
    )
    return page_answer(request, site, visit, page, email=account.customer.email, status=status)


async def _pay_elsewhere(request: AnyRequest, site: Site, visit: Visit, invoice: str) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            _, found = await _owed(desk, invoice)
    except Refused as refused:
        return _otherwise(request, site, visit, refused)
    return await leave_to_pay(request, site, visit, found)


async def _owed(desk: AnyDesk, invoice: str) -> tuple[Account, Invoice]:
    """The account with the invoice, which must be to be paid. Raises Refused, NotFoundException."""
    await desk.know(ChargeInvoice(invoice=invoice))
    found = desk.account.invoice(invoice)
    if found is None or found.status == "draft":
        raise NotFoundException
    if not desk.capabilities.payment_methods:
        raise Refused(paid_by_transfer())
    if not is_owed(found):
        raise Refused(invoice_already_paid() if found.status == "paid" else invoice_not_payable(found.status))
    return desk.account, found


def _otherwise(request: AnyRequest, site: Site, visit: Visit, refused: Refused) -> Response[Any]:
    """What was paid meanwhile is as good as paid now: a second click, another tab, the schedule."""
    if refused.refusal.code in _DONE:
        return go(f"{base_path(visit)}/payment-methods?saved=paid" if visit.flow is None else visit.home_url)
    return refusal_answer(request, site, visit, refused.refusal)


routes = [ask_to_pay, pay_invoice, ask_at_bank_to_pay, confirm_to_pay]
