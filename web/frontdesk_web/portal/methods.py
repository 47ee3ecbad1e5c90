"""Payment methods in the portal: all of them, added, made the default, removed; which one pays for a plan.

Where the backend has pages of its own, methods are added there (`hosted_pages`). In the sandbox a test card is chosen
from a list; one whose bank wants its holder to confirm leads over a page that stands for the bank's.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec.structs import replace

from frontdesk.errors import Refusal, Refused
from frontdesk.keeping_methods import change_methods
from frontdesk.payment_method_commands import AttachPaymentMethod, DetachPaymentMethod, SetDefaultPaymentMethod
from frontdesk.payment_method_rules import method_of
from frontdesk.payment_refusals import no_payment_methods, payment_methods_disabled
from frontdesk.test_cards import CARDS, OFFERED, new_method
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.another_card import waiting_change
from frontdesk_web.portal.answers import AnyDesk, base_path, desk_of, go, known_id, page_answer, refusal_answer
from frontdesk_web.portal.card_words import card_name
from frontdesk_web.portal.flow_pages import saved
from frontdesk_web.portal.hosted_pages import add_elsewhere_page, has_hosted_pages, leave_to_add
from frontdesk_web.portal.hosted_views import AWAITED
from frontdesk_web.portal.method_views import BankPage, add_page, methods_page
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import Notice
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
_NOTICES = {
    "added": _("Your card was added."),
    "method": _("Your payment method was added."),
    "default": _("Your default payment method was changed."),
    "removed": _("Your payment method was removed."),
    "plan": _("Your plan is paid by the payment method that you chose."),
    "paid": _("Your payment was received. Thank you."),
}
"""What the page says after something was done, by the value of `?saved=`."""


@get("/p/{portal:str}/payment-methods", **_SIGNED_IN)
async def show_methods(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """All of them, with what each is used for."""
    said = request.query_params.getall("saved", [])
    notice = method_notice(said[0], visit.locale) if len(said) == 1 else None
    try:
        async with desk_of(request, site, visit) as desk:
            _refuse_without(desk)
            page = methods_page(
                desk.account,
                desk.terms,
                base_path(visit),
                visit.locale,
                now=desk.now,
                csrf=visit.csrf,
                notice=notice,
                allowed=_may_change(visit),
            )
            email = desk.account.customer.email
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)
    return page_answer(request, site, visit, page, email=email)


@get("/p/{portal:str}/payment-methods/add", **_SIGNED_IN)
async def ask_for_method(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Which card."""
    return await _ask(request, site, visit)


@post("/p/{portal:str}/payment-methods/add", **_SIGNED_IN)
async def add_method(request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]) -> Response[Any]:
    """Add the card, or go to its bank first. A card that the bank declines is not kept."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    if has_hosted_pages(site, visit):
        barred = await _barred(request, site, visit)
        if barred is not None:
            return refusal_answer(request, site, visit, barred)
        return await leave_to_add(request, site, visit, await waiting_change(request, site, visit))
    card = _offered(form.get("card", ""))
    if CARDS[card].asks != "never" and CARDS[card].refused is None:
        change = await waiting_change(request, site, visit)
        path = f"{base_path(visit)}/payment-methods/confirm?card={card}"
        return go(path if change is None else change.named_in(path))
    return await _add(request, site, visit, card, confirmed=False)


@get("/p/{portal:str}/payment-methods/confirm", **_SIGNED_IN)
async def ask_at_bank(request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]) -> Response[Any]:
    """What the bank of a card that is to be added asks."""
    card = _offered(request.query_params.get("card", ""))
    try:
        async with desk_of(request, site, visit) as desk:
            _refuse_without(desk)
            email = desk.account.customer.email
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)
    change, action = await waiting_change(request, site, visit), f"{base_path(visit)}/payment-methods/confirm"
    page = BankPage(
        action=action if change is None else change.named_in(action),
        csrf=visit.csrf,
        name=card_name(CARDS[card].brand, CARDS[card].last4, visit.locale),
        amount="",
        hidden=(("card", card),),
    )
    return page_answer(request, site, visit, page, email=email)


@post("/p/{portal:str}/payment-methods/confirm", **_SIGNED_IN)
async def confirm_method(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add the card whose bank has heard its holder say yes."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    card = _offered(form.get("card", ""))
    if form.get("answer") != "yes":
        error = translate(visit.locale, "You did not confirm at your bank, so nothing was added.")
        return await _ask(request, site, visit, card=card, error=error, status=400)
    return await _add(request, site, visit, card, confirmed=True)


@post("/p/{portal:str}/payment-methods/{payment_method:str}/default", **_SIGNED_IN)
async def make_default(
    request: AnyRequest, payment_method: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Pay by this one from now on."""
    command = SetDefaultPaymentMethod(method=known_id(payment_method))
    return await _change(request, site, visit, command, "default")


@post("/p/{portal:str}/payment-methods/{payment_method:str}/remove", **_SIGNED_IN)
async def remove_method(
    request: AnyRequest, payment_method: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Let it go, unless a plan needs it."""
    return await _change(request, site, visit, DetachPaymentMethod(method=known_id(payment_method)), "removed")


@post("/p/{portal:str}/subscriptions/{subscription:str}/payment-method", **_SIGNED_IN)
async def choose_for_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """By which method one plan is paid; empty: by the default one."""
    chosen = (await read_form(request)).get("method", "")
    async with desk_of(request, site, visit) as desk:
        if desk.account.subscription(known_id(subscription)) is None:
            raise NotFoundException
    command = SetDefaultPaymentMethod(method=known_id(chosen) if chosen else None, subscription=known_id(subscription))
    return await _change(request, site, visit, command, "plan")


async def _change(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    command: DetachPaymentMethod | SetDefaultPaymentMethod,
    notice: str,
) -> Response[Any]:
    visit.refuse_forged(site, await read_form(request))
    try:
        async with desk_of(request, site, visit) as desk:
            # Whose it is goes before whether anything can be done with it.
            if command.method is not None and method_of(desk.account.customer, command.method) is None:
                raise NotFoundException
            await change_methods(desk, command)
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)
    return go(f"{base_path(visit)}/payment-methods?saved={notice}")


async def _add(request: AnyRequest, site: Site, visit: Visit, card: str, *, confirmed: bool) -> Response[Any]:
    change = await waiting_change(request, site, visit)
    try:
        async with desk_of(request, site, visit) as desk:
            made = new_method(desk.ids("pm"), CARDS[card], desk.real_now)
            method = replace(made, set_up=confirmed or made.set_up)
            first = desk.account.customer.default_payment_method is None
            pays = first or visit.flow is not None or change is not None
            await change_methods(desk, AttachPaymentMethod(method=method, default=pays))
            plan = None if change is None else desk.account.subscription(change.subscription)
            if plan is not None and plan.default_payment_method is not None:
                await change_methods(desk, SetDefaultPaymentMethod(method=method.id, subscription=plan.id))
    except Refused as refused:
        if refused.refusal.decline_code is None:
            return refusal_answer(request, site, visit, refused.refusal)
        return await _ask(request, site, visit, card=card, error=sentence_of(refused.refusal, visit.locale), status=400)
    if change is not None:
        return go(f"{change.path}?saved=added")
    if visit.flow is not None:
        return await saved(site, visit, "card_added")
    return go(f"{base_path(visit)}/payment-methods?saved=added")


async def _ask(
    request: AnyRequest, site: Site, visit: Visit, *, card: str = "visa", error: str = "", status: int = 200
) -> Response[Any]:
    barred = await _barred(request, site, visit)
    if barred is not None:
        return refusal_answer(request, site, visit, barred)
    change = await waiting_change(request, site, visit)
    if has_hosted_pages(site, visit):
        return page_answer(request, site, visit, add_elsewhere_page(visit, change))
    action = f"{base_path(visit)}/payment-methods/add"
    back = f"{base_path(visit)}/payment-methods" if visit.flow is None else visit.way_back
    page = add_page(
        action if change is None else change.named_in(action),
        csrf=visit.csrf,
        back_url=back if change is None else change.path,
        locale=visit.locale,
        chosen=card,
        error=error,
        for_plan=change is not None,
    )
    return page_answer(request, site, visit, page, status=status)


async def _barred(request: AnyRequest, site: Site, visit: Visit) -> Refusal | None:
    """Why no method can be added."""
    try:
        async with desk_of(request, site, visit) as desk:
            _refuse_without(desk)
    except Refused as refused:
        return refused.refusal
    return None if _may_change(visit) else payment_methods_disabled()


def method_notice(said: str, locale: str) -> Notice | None:
    """What is said after something was done with a method, by the value of `?saved=`."""
    if said == "awaited":
        return Notice(tone="info", text=translate(locale, AWAITED))
    words = _NOTICES.get(said)
    return None if words is None else Notice(tone="success", text=translate(locale, words))


def _offered(card: str) -> str:
    """A test card that pages offer. Raises NotFoundException for what is none."""
    if card not in OFFERED:
        raise NotFoundException
    return card


def _may_change(visit: Visit) -> bool:
    return visit.configuration.features.payment_method_update.enabled and not visit.side.suspended


def _refuse_without(desk: AnyDesk) -> None:
    """Raises Refused where the backend keeps no methods."""
    if not desk.capabilities.payment_methods:
        raise Refused(no_payment_methods())


routes = [
    show_methods,
    ask_for_method,
    add_method,
    ask_at_bank,
    confirm_method,
    make_default,
    remove_method,
    choose_for_plan,
]
