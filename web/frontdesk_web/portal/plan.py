"""Changing a plan: choose, see what it costs to the cent, confirm exactly that."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct
from msgspec.structs import replace

from frontdesk import plan_changes
from frontdesk.acts import QuoteChanged
from frontdesk.book import Account, Terms
from frontdesk.commands import ChangePlan
from frontdesk.errors import Refusal, Refused
from frontdesk.permissions import may_change, permissions_of
from frontdesk.quotes import Quote
from frontdesk.refusals import no_such, quote_expired
from frontdesk_tenants.portal_reads import StoredQuote, read_quote
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import (
    AnyDesk,
    AnyRequest,
    base_path,
    desk_of,
    go,
    known_id,
    page_answer,
    refusal_answer,
    subscription_path,
)
from frontdesk_web.portal.plan_done import plan_done_page
from frontdesk_web.portal.plan_views import (
    ChoiceUnclear,
    PlanChoices,
    PlanForm,
    asked_change,
    choose_plan_page,
    plan_choices,
    present_form,
    quoted_form,
)
from frontdesk_web.portal.quote_views import quote_view
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import ConfirmPlanPage, QuoteChangedPage
from frontdesk_web.signed_in import Visit, dependencies, exception_handlers
from frontdesk_web.site import Site

_OF_QUANTITY = frozenset(
    {"quantity_too_small", "quantity_out_of_bounds", "quantity_impossible", "quantity_not_adjustable"}
)


class Wrong(Struct, frozen=True):
    """Why a choice cannot be made, and which field it is about: `quantity`, `code`, or none."""

    sentence: str
    field: str = ""


_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


@get("/p/{portal:str}/subscriptions/{subscription:str}/change", **_SIGNED_IN)
async def choose_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """What there is to choose, or the reason why there is nothing. `?quantity=` says what another quantity costs."""
    async with desk_of(request, site, visit) as desk:
        choices = _choices(desk, known_id(subscription))
        if isinstance(choices, Refusal):
            return refusal_answer(request, site, visit, choices)
        form = present_form(choices)
        asked = request.query_params.getall("quantity", [])
        if len(asked) == 1:
            form = replace(form, quantity=asked[0][:255])
        return _choice_answer(request, site, visit, desk.account, choices, form)


@post("/p/{portal:str}/subscriptions/{subscription:str}/change", **_SIGNED_IN)
async def quote_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Work out what the choice costs, and go on to the confirmation. Nothing is changed yet."""
    fields = await read_form(request)
    visit.refuse_forged(site, fields)
    form = PlanForm(**{name: fields.get(name, "")[:255] for name in PlanForm.__struct_fields__})
    async with desk_of(request, site, visit) as desk:
        choices = _choices(desk, known_id(subscription))
        if isinstance(choices, Refusal):
            return refusal_answer(request, site, visit, choices)
        try:
            quote = await plan_changes.quote(desk, asked_change(choices, form, visit.locale))
        except ChoiceUnclear as unclear:
            wrong = Wrong(unclear.sentence, "quantity" if unclear.of_quantity else "")
        except Refused as refused:
            wrong = Wrong(sentence_of(refused.refusal, visit.locale), _field_of(refused.refusal))
        else:
            return go(subscription_path(visit, subscription, "confirm", quote.id))
        return _choice_answer(request, site, visit, desk.account, choices, form, wrong)


@get("/p/{portal:str}/subscriptions/{subscription:str}/confirm/{quote:str}", **_SIGNED_IN)
async def show_quote(
    request: AnyRequest,
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The quote, line by line. The same whenever it is looked at, for as long as it can be confirmed."""
    stored = await _stored(site, visit, subscription, quote)
    if stored.consumed:
        return go(subscription_path(visit, subscription, "changed", quote))
    if stored.expired:
        return await _look_afresh(request, site, visit, stored.quote)
    async with desk_of(request, site, visit) as desk:
        present, terms = desk.account.subscription(subscription), await _terms_of(desk, stored.quote)
        email = desk.account.customer.email
    barred = may_change(visit.side.suspended).refusal
    if present is None or barred is not None:
        return refusal_answer(request, site, visit, barred or no_such("subscription", subscription))
    page = ConfirmPlanPage(
        action=request.url.path,
        csrf=visit.csrf,
        quote_id=stored.quote.id,
        quote=quote_view(stored.quote, present, terms, visit.locale),
        button=translate(visit.locale, "Change plan"),
        back_url=subscription_path(visit, subscription, "change"),
        terms=_agreement(visit.locale),
    )
    return page_answer(request, site, visit, page, email=email)


@post("/p/{portal:str}/subscriptions/{subscription:str}/confirm/{quote:str}", **_SIGNED_IN)
async def confirm_plan(
    request: AnyRequest,
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Carry the quote out, at its own instant. A second time leads to what came of the first."""
    visit.refuse_forged(site, await read_form(request))
    stored = await _stored(site, visit, subscription, quote)
    done = subscription_path(visit, subscription, "changed", quote)
    try:
        async with desk_of(request, site, visit) as desk:
            await plan_changes.confirm(desk, stored.quote.id)
    except QuoteChanged as changed:
        return await _show_both(request, site, visit, changed)
    except Refused as refused:
        match refused.refusal.code:
            case "quote_consumed":
                return go(done)
            case "quote_expired":
                return await _look_afresh(request, site, visit, stored.quote)
        return refusal_answer(request, site, visit, refused.refusal)
    return go(done)


@get("/p/{portal:str}/subscriptions/{subscription:str}/changed/{quote:str}", **_SIGNED_IN)
async def show_change(
    request: AnyRequest,
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What came of a confirmed quote."""
    stored = await _stored(site, visit, subscription, quote)
    if not stored.consumed:
        return go(subscription_path(visit, subscription, "confirm", quote))
    async with desk_of(request, site, visit) as desk:
        terms, account = await _terms_of(desk, stored.quote), desk.account
    page = plan_done_page(
        stored.quote,
        account.subscription(subscription),
        terms,
        visit.locale,
        base=base_path(visit),
        invoices=visit.configuration.features.invoice_history.enabled,
    )
    return page_answer(request, site, visit, page, email=account.customer.email)


@post("/p/{portal:str}/subscriptions/{subscription:str}/undo-change", **_SIGNED_IN)
async def undo_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Take back a change that waits for the end of the period. A second time changes nothing."""
    visit.refuse_forged(site, await read_form(request))
    try:
        async with desk_of(request, site, visit) as desk:
            await plan_changes.undo(desk, known_id(subscription))
    except Refused as refused:
        if refused.refusal.code != "nothing_put_off":
            return refusal_answer(request, site, visit, refused.refusal)
    return go(f"{visit.home_url}?saved=undone")


def _choices(desk: AnyDesk, subscription: str) -> PlanChoices | Refusal:
    """What can be chosen for a subscription, or why nothing can."""
    present = desk.account.subscription(subscription)
    if present is None:
        return no_such("subscription", subscription)
    allowed = permissions_of(
        desk.actor,
        desk.account,
        present,
        desk.configuration,
        desk.capabilities,
        desk.terms,
        suspended=desk.suspended,
    ).change_plan
    if allowed.refusal is not None:
        return allowed.refusal
    return plan_choices(present, desk.configuration, desk.capabilities, desk.terms)


def _choice_answer(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    account: Account,
    choices: PlanChoices,
    form: PlanForm,
    wrong: Wrong | None = None,
    status: int = 400,
) -> Response[bytes]:
    sentence = "" if wrong is None else wrong.sentence
    shown = {"quantity": choices.adjustable, "code": choices.takes_codes}
    field = wrong.field if wrong is not None and shown.get(wrong.field) else ""
    page = choose_plan_page(
        choices,
        form,
        visit.locale,
        action=subscription_path(visit, choices.subscription.id, "change"),
        csrf=visit.csrf,
        back_url=visit.home_url,
        public_id=visit.door.public_id,
        error="" if field else sentence,
        quantity_error=sentence if field == "quantity" else "",
        code_error=sentence if field == "code" else "",
    )
    return page_answer(request, site, visit, page, email=account.customer.email, status=status if wrong else 200)


def _field_of(refusal: Refusal) -> str:
    if refusal.code in _OF_QUANTITY:
        return "quantity"
    return "code" if (refusal.param or "").endswith("[promotion_code]") else ""


async def _stored(site: Site, visit: Visit, subscription: str, quote: str) -> StoredQuote:
    """A quote of a change of this subscription. Raises NotFoundException."""
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        stored = await read_quote(connection, visit.customer, known_id(quote))
    command = None if stored is None else stored.quote.command
    if stored is None or not isinstance(command, ChangePlan) or command.subscription != subscription:
        raise NotFoundException
    return stored


async def _terms_of(desk: AnyDesk, quote: Quote) -> Terms:
    """Terms that know the prices of a quote, which may since have left the configuration."""
    await desk.know(quote.command)
    return desk.terms


async def _look_afresh(request: AnyRequest, site: Site, visit: Visit, quote: Quote) -> Response[Any]:
    """An expired quote: the same choice again, from which a new one is a click away."""
    assert isinstance(quote.command, ChangePlan)
    async with desk_of(request, site, visit) as desk:
        choices = _choices(desk, quote.command.subscription)
        if isinstance(choices, Refusal):
            return refusal_answer(request, site, visit, choices)
        await desk.know(quote.command)
        form = quoted_form(choices, quote.command, desk.terms)
        sentence = sentence_of(quote_expired(quote.id), visit.locale)
        return _choice_answer(request, site, visit, desk.account, choices, form, Wrong(sentence), status=410)


async def _show_both(request: AnyRequest, site: Site, visit: Visit, changed: QuoteChanged) -> Response[Any]:
    """The new quote beside the old. Nothing was changed."""
    command = changed.new.command
    assert isinstance(command, ChangePlan)
    async with desk_of(request, site, visit) as desk:
        present = desk.account.subscription(command.subscription)
        terms, email = await _terms_of(desk, changed.new), desk.account.customer.email
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
        back_url=subscription_path(visit, command.subscription, "change"),
        terms=_agreement(visit.locale),
    )
    return page_answer(request, site, visit, page, email=email, status=409)


def _agreement(locale: str) -> str:
    return translate(locale, "By confirming you agree to this change. The other terms of your plan stay the same.")


routes = [choose_plan, quote_plan, show_quote, confirm_plan, show_change, undo_plan]
