"""Choosing another plan: what there is to choose, what was typed, and the change taken back."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from msgspec.structs import replace

from frontdesk import plan_changes
from frontdesk.book import Terms
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk.errors import Refusal, Refused
from frontdesk.permissions import permissions_of
from frontdesk.quote_refusals import quote_expired
from frontdesk.quotes import Quote
from frontdesk.refusals import no_such
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import read_form
from frontdesk_web.portal.another_card import way_to_another_card
from frontdesk_web.portal.answers import (
    AnyDesk,
    desk_of,
    go,
    invoices_base,
    known_id,
    page_answer,
    refusal_answer,
    subscription_path,
)
from frontdesk_web.portal.confirming import shown_quote
from frontdesk_web.portal.flow_pages import saved
from frontdesk_web.portal.late_invoices import late_of
from frontdesk_web.portal.plan_choices import (
    ChoiceUnclear,
    PlanChoices,
    PlanForm,
    asked_change,
    plan_choices,
    present_form,
    quoted_form,
    typed_form,
)
from frontdesk_web.portal.plan_views import choose_plan_page
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.trial_words import trial_notes
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site

_PLACE = re.compile(r"items\[([0-9]{1,3})\]\[quantity\]")
_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}


class Wrong(Struct, frozen=True):
    """Why a choice cannot be made, and the field of the form that it is about, or none."""

    sentence: str
    field: str = ""


@get("/p/{portal:str}/subscriptions/{subscription:str}/change", **_SIGNED_IN)
async def choose_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """What there is to choose, or the reason why there is nothing.

    `?quote=` shows the choice that led to a quote again, `?quantity=` what another quantity costs.
    """
    async with desk_of(request, site, visit) as desk:
        choices = _choices(desk, known_id(subscription))
        if isinstance(choices, Refusal):
            return refusal_answer(request, site, visit, choices)
        form = await _form_shown(request, site, visit, desk, choices)
        return _choice_answer(request, site, visit, desk, choices, form)


@post("/p/{portal:str}/subscriptions/{subscription:str}/change", **_SIGNED_IN)
async def quote_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Work out what the choice costs, and go on to the confirmation. Nothing is changed yet."""
    fields = await read_form(request)
    visit.refuse_forged(site, fields)
    async with desk_of(request, site, visit) as desk:
        choices = _choices(desk, known_id(subscription))
        if isinstance(choices, Refusal):
            return refusal_answer(request, site, visit, choices)
        form = typed_form(choices, fields)
        command = None
        try:
            command = asked_change(choices, form, visit.locale)
            quote = await plan_changes.quote(desk, command)
        except ChoiceUnclear as unclear:
            wrong = Wrong(unclear.sentence, unclear.field)
        except Refused as refused:
            if refused.refusal.code == "no_changes" and fields.get("without"):
                return go(subscription_path(visit, subscription, "change"))
            wrong = _wrong(refused.refusal, choices, command, visit.locale)
        else:
            return go(subscription_path(visit, subscription, "confirm", quote.id))
        return _choice_answer(request, site, visit, desk, choices, form, wrong)


@post("/p/{portal:str}/subscriptions/{subscription:str}/undo-change", **_SIGNED_IN)
async def undo_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Take back a change that waits for the end of the period, or for its payment. A second time changes nothing."""
    visit.refuse_forged(site, await read_form(request))
    try:
        async with desk_of(request, site, visit) as desk:
            await plan_changes.undo(desk, known_id(subscription))
    except Refused as refused:
        if refused.refusal.code != "nothing_put_off":
            return refusal_answer(request, site, visit, refused.refusal)
    return await saved(site, visit, "undone")


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
        now=desk.now,
    ).change_plan
    if allowed.refusal is not None:
        return allowed.refusal
    return plan_choices(present, desk.configuration, desk.capabilities, desk.terms)


async def _form_shown(request: AnyRequest, site: Site, visit: Visit, desk: AnyDesk, choices: PlanChoices) -> PlanForm:
    """The form as it is at first: what the customer has, what led to `?quote=`, or has these quantities.

    What was typed as the session was over goes before all that.
    """
    if visit.typed:
        return typed_form(choices, visit.typed)
    form = present_form(choices)
    asked = {name: given[0] for name, given in request.query_params.dict().items() if len(given) == 1}
    if "quote" in asked:
        stored = await shown_quote(site, visit, asked["quote"], ChangePlan, choices.subscription.id)
        assert isinstance(stored.quote.command, ChangePlan)
        form = quoted_form(choices, stored.quote.command, await terms_of(desk, stored.quote))
    quantities = (asked.get(f"quantity{each.field}", "")[:255] for each in choices.parts)
    typed = zip(form.parts, quantities, strict=True)
    return replace(form, parts=tuple(replace(each, quantity=many) if many else each for each, many in typed))


def _choice_answer(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    desk: AnyDesk,
    choices: PlanChoices,
    form: PlanForm,
    wrong: Wrong | None = None,
    status: int = 400,
    card_url: str = "",
) -> Response[bytes]:
    sentence = "" if wrong is None else wrong.sentence
    shown = {f"quantity{each.field}" for each in choices.parts if each.adjustable}
    if choices.takes_codes:
        shown.add("code")
    field = wrong.field if wrong is not None and wrong.field in shown else ""
    page = choose_plan_page(
        choices,
        form,
        visit.locale,
        action=subscription_path(visit, choices.subscription.id, "change"),
        csrf=visit.csrf,
        back_url=visit.way_back,
        public_id=visit.door.public_id,
        error="" if field else sentence,
        card_url=card_url,
        wrong={field: sentence} if field else {},
        notes=trial_notes(desk.account.customer, choices.subscription, desk.configuration, visit.locale),
        late=late_of(desk.account, desk.now, invoices_base(visit), visit.locale),
    )
    email = desk.account.customer.email
    return page_answer(request, site, visit, page, email=email, status=status if wrong else 200)


def _wrong(refusal: Refusal, choices: PlanChoices, command: ChangePlan | None, locale: str) -> Wrong:
    """A refusal of a command as the form shows it: at a field, where it is about one."""
    sentence, param = sentence_of(refusal, locale), refusal.param or ""
    if param.endswith("[promotion_code]"):
        return Wrong(sentence, "code")
    found = _PLACE.fullmatch(param)
    if found is None or command is None:
        return Wrong(sentence)
    item = command.items[int(found[1])].id
    return Wrong(sentence, next((f"quantity{each.field}" for each in choices.parts if each.item.id == item), ""))


async def terms_of(desk: AnyDesk, quote: Quote) -> Terms:
    """Terms that know the prices of a quote, which may since have left the configuration, or the subscription."""
    await desk.know(quote.command)
    if quote.subscription is not None:
        held = tuple(ItemChange(price=each) for each in sorted(quote.subscription.prices))
        await desk.know(ChangePlan(subscription=quote.subscription.id, items=held))
    return desk.terms


async def look_afresh(
    request: AnyRequest, site: Site, visit: Visit, quote: Quote, refusal: Refusal | None = None
) -> Response[Any]:
    """A quote that expired or is refused by now: the same choice again, from which a new one is a click away."""
    assert isinstance(quote.command, ChangePlan)
    async with desk_of(request, site, visit) as desk:
        choices = _choices(desk, quote.command.subscription)
        if isinstance(choices, Refusal):
            return refusal_answer(request, site, visit, choices)
        await desk.know(quote.command)
        form = quoted_form(choices, quote.command, desk.terms)
        wrong = _wrong(refusal or quote_expired(quote.id), choices, quote.command, visit.locale)
        status, declined = (410, False) if refusal is None else (400, refusal.decline_code is not None)
        card_url = way_to_another_card(visit, quote.id) if declined else ""
        return _choice_answer(request, site, visit, desk, choices, form, wrong, status=status, card_url=card_url)


routes = [choose_plan, quote_plan, undo_plan]
