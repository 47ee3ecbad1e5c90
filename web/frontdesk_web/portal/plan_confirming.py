"""Confirming a change of plan: what it costs to the cent, exactly that, and what came of it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from frontdesk import plan_changes
from frontdesk.acts import QuoteChanged
from frontdesk.commands import ChangePlan
from frontdesk.errors import Refused
from frontdesk.payment_method_rules import paying_method
from frontdesk.permissions import may_change
from frontdesk.quotes import Quote
from frontdesk.refusals import no_such
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.formatting import money
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.another_card import way_to_another_card
from frontdesk_web.portal.answers import (
    base_path,
    desk_of,
    go,
    invoices_base,
    known_id,
    page_answer,
    refusal_answer,
    subscription_path,
)
from frontdesk_web.portal.confirming import confirmed, shown_quote
from frontdesk_web.portal.flow_pages import finished, note_result
from frontdesk_web.portal.hosted_pages import has_hosted_pages, waiting_invoice
from frontdesk_web.portal.late_invoices import late_of
from frontdesk_web.portal.method_views import BankPage
from frontdesk_web.portal.method_words import method_name
from frontdesk_web.portal.methods import method_notice
from frontdesk_web.portal.plan import look_afresh, terms_of
from frontdesk_web.portal.plan_choices import (
    PlanChoices,
    form_fields,
    plan_choices,
    quoted_form,
)
from frontdesk_web.portal.plan_done import plan_done_page
from frontdesk_web.portal.quote_views import ConfirmPlanPage, QuoteChangedPage, TypedCode, quote_view
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_AT_BANK = "bank"
_ASKED = "authentication_required"
_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/subscriptions/{subscription:str}/confirm/{quote:str}", **_SIGNED_IN)
async def show_quote(
    request: AnyRequest,
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The quote, line by line. The same whenever it is looked at, for as long as it can be confirmed.

    `?bank` shows what the bank of the card asks before it pays.
    """
    return await _show_quote(request, site, visit, known_id(subscription), quote)


async def _show_quote(
    request: AnyRequest, site: Site, visit: Visit, subscription: str, quote: str, error: str = "", *, card_url: str = ""
) -> Response[Any]:
    said = request.query_params.getall("saved", [])
    stored = await shown_quote(site, visit, quote, ChangePlan, subscription)
    if stored.consumed:
        return go(subscription_path(visit, subscription, "changed", quote))
    if stored.expired and _is_prepared(visit):
        return go(visit.home_url)
    if stored.expired:
        return await look_afresh(request, site, visit, stored.quote)
    async with desk_of(request, site, visit) as desk:
        present, terms = desk.account.subscription(subscription), await terms_of(desk, stored.quote)
        email = desk.account.customer.email
        choices = None if present is None else plan_choices(present, desk.configuration, desk.capabilities, terms)
        late = late_of(desk.account, desk.now, invoices_base(visit), visit.locale)
        method = None if present is None else paying_method(desk.account.customer, present)
    barred = may_change(visit.side.suspended).refusal
    if present is None or choices is None or barred is not None:
        return refusal_answer(request, site, visit, barred or no_such("subscription", subscription))
    if _AT_BANK in request.query_params and method is not None and not error:
        bank = BankPage(
            action=request.url.path,
            csrf=visit.csrf,
            name=method_name(method, visit.locale),
            amount=money(stored.quote.due_now, stored.quote.currency, visit.locale),
            hidden=(),
        )
        return page_answer(request, site, visit, bank, email=email)
    page = ConfirmPlanPage(
        action=request.url.path,
        csrf=visit.csrf,
        quote_id=stored.quote.id,
        quote=quote_view(stored.quote, present, terms, visit.locale),
        button=translate(visit.locale, "Change plan"),
        back_url=_other_plans(visit, subscription, stored.quote),
        terms=_agreement(visit.locale),
        code=_typed_code(visit, choices, stored.quote),
        late=late,
        error=error,
        card_url=card_url,
        notice=method_notice(said[0], visit.locale) if len(said) == 1 and not error else None,
    )
    return page_answer(request, site, visit, page, email=email, status=400 if error else 200)


@post("/p/{portal:str}/subscriptions/{subscription:str}/confirm/{quote:str}", **_SIGNED_IN)
async def confirm_plan(
    request: AnyRequest,
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Carry the quote out, at its own instant. A second time leads to what came of the first.

    Where the bank of the card asks its holder, it goes there and comes back with the `answer`; the plan changes once it
    is paid, and else stays. Where the backend has pages of its own, the change waits to be paid on one.
    """
    form = await read_form(request)
    visit.refuse_forged(site, form)
    said = form.get("answer", "")
    stored = await shown_quote(site, visit, quote, ChangePlan, subscription)
    done = subscription_path(visit, subscription, "changed", quote)

    async def again(refused: Refused, status: int) -> Response[Any]:
        if isinstance(refused, QuoteChanged):
            return await _show_both(request, site, visit, refused)
        if _is_prepared(visit):
            return go(visit.home_url)
        return await look_afresh(request, site, visit, stored.quote)

    if said and said != "yes" and not stored.consumed:
        error = translate(visit.locale, "You did not confirm at your bank, so your plan stays as it is.")
        return await _show_quote(request, site, visit, known_id(subscription), quote, error)

    async def decline(refused: Refused, status: int) -> Response[Any]:
        refusal = refused.refusal
        if not _is_prepared(visit):
            return await look_afresh(request, site, visit, stored.quote, refusal)
        if refusal.decline_code is None:
            return refusal_answer(request, site, visit, refusal)
        error, card_url = sentence_of(refusal, visit.locale), way_to_another_card(visit, stored.quote.id)
        return await _show_quote(request, site, visit, known_id(subscription), quote, error, card_url=card_url)

    async def refuse(refused: Refused, status: int) -> Response[Any]:
        if refused.refusal.decline_code != _ASKED:
            return await decline(refused, status)
        if not has_hosted_pages(site, visit):
            return go(f"{request.url.path}?{_AT_BANK}")
        if not plan_changes.can_wait(stored.quote.command):
            return await decline(refused, status)
        waits = plan_changes.confirm_to_wait
        return await confirmed(request, site, visit, stored.quote.id, waits, again, refuse=decline) or go(done)

    act = plan_changes.confirm_at_bank if said else plan_changes.confirm
    return await confirmed(request, site, visit, stored.quote.id, act, again, refuse=refuse) or go(done)


@get("/p/{portal:str}/subscriptions/{subscription:str}/changed/{quote:str}", **_SIGNED_IN)
async def show_change(
    request: AnyRequest,
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What came of a confirmed quote; where it waits for a payment, the way to that."""
    stored = await shown_quote(site, visit, quote, ChangePlan, subscription)
    if not stored.consumed:
        return go(subscription_path(visit, subscription, "confirm", quote))
    result = f"/subscriptions/{subscription}/changed/{quote}"
    async with desk_of(request, site, visit) as desk:
        terms, account = await terms_of(desk, stored.quote), desk.account
    waiting = waiting_invoice(account, subscription, stored.quote.at) if has_hosted_pages(site, visit) else None
    if waiting is not None and _is_prepared(visit):
        # Who comes back from the payment finds here what came of it: the change is not prepared anew.
        await note_result(site, visit, result)
    if waiting is not None:
        return go(f"{base_path(visit)}/invoices/{waiting.id}/pay")
    ended = await finished(request, site, visit, result, "changed")
    if ended is not None:
        return ended
    page = plan_done_page(
        stored.quote,
        account.subscription(subscription),
        terms,
        visit.locale,
        base=base_path(visit),
        invoices=visit.configuration.features.invoice_history.enabled,
    )
    return page_answer(request, site, visit, page, email=account.customer.email)


def _is_prepared(visit: Visit) -> bool:
    """Whether there is nothing to choose: the session is there to confirm one change."""
    return visit.flow is not None and visit.flow.type == "subscription_update_confirm"


def _other_plans(visit: Visit, subscription: str, quote: Quote) -> str:
    """Where another plan than that of a quote is chosen; empty where none can be."""
    return "" if _is_prepared(visit) else f"{subscription_path(visit, subscription, 'change')}?quote={quote.id}"


def _typed_code(visit: Visit, choices: PlanChoices, quote: Quote) -> TypedCode | None:
    command = quote.command
    if not isinstance(command, ChangePlan) or command.code is None:
        return None
    form = quoted_form(choices, command, choices.terms)
    return TypedCode(
        code=command.code,
        action=subscription_path(visit, choices.subscription.id, "change"),
        fields=form_fields(choices, form),
    )


async def _show_both(request: AnyRequest, site: Site, visit: Visit, changed: QuoteChanged) -> Response[Any]:
    """The new quote beside the old. Nothing was changed."""
    command = changed.new.command
    assert isinstance(command, ChangePlan)
    async with desk_of(request, site, visit) as desk:
        present = desk.account.subscription(command.subscription)
        await terms_of(desk, changed.old)
        terms, email = await terms_of(desk, changed.new), desk.account.customer.email
    if present is None:
        return refusal_answer(request, site, visit, no_such("subscription", command.subscription))
    page = QuoteChangedPage(
        action=subscription_path(visit, command.subscription, "confirm", changed.new.id),
        csrf=visit.csrf,
        quote_id=changed.new.id,
        reason=sentence_of(changed.refusal, visit.locale),
        before=quote_view(changed.old, present, terms, visit.locale),
        quote=quote_view(changed.new, present, terms, visit.locale),
        button=translate(visit.locale, "Change plan"),
        back_url=_other_plans(visit, command.subscription, changed.new),
        terms=_agreement(visit.locale),
    )
    return page_answer(request, site, visit, page, email=email, status=409)


def _agreement(locale: str) -> str:
    return translate(locale, "By confirming you agree to this change. The other terms of your plan stay the same.")


routes = [show_quote, confirm_plan, show_change]
