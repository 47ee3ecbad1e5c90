"""Cancelling, in two steps; keeping what was cancelled; and the reason, afterwards and only if one likes."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec.structs import replace

from frontdesk import cancellations, staying
from frontdesk.book import ENDED
from frontdesk.commands import CancelSubscription, TakeOffer
from frontdesk.errors import Refused
from frontdesk.happenings import Happening
from frontdesk.permissions import may_change
from frontdesk.possibilities import is_set_to_cancel
from frontdesk.quotes import Quote
from frontdesk_tenants import feedback_options
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.happenings import Telling, tell_once
from frontdesk_tenants.portal_reads import read_quote, read_subscription
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import read_form
from frontdesk_web.portal.answers import AnyDesk, desk_of, go, known_id, page_answer, refusal_answer, subscription_path
from frontdesk_web.portal.cancel_views import cancel_page, cancelled_page
from frontdesk_web.portal.confirming import confirmed, reason_of, shown_quote
from frontdesk_web.portal.done_views import ReasonForm
from frontdesk_web.portal.flow_pages import begun_again, finished, saved
from frontdesk_web.portal.stay_views import offer_view, stayed_page
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site
from frontdesk_web.typed_text import lines

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
_CANCELLED_ALREADY = frozenset({"already_set_to_cancel"})


@get("/p/{portal:str}/subscriptions/{subscription:str}/cancel", **_SIGNED_IN)
async def ask_to_cancel(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """What cancelling would do and when, with one button."""
    return await _ask(request, site, visit, known_id(subscription))


@post("/p/{portal:str}/subscriptions/{subscription:str}/cancel", **_SIGNED_IN)
async def cancel_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Cancel as it was shown: the quote in the address says what that was."""
    visit.refuse_forged(site, await read_form(request))
    quote = request.query_params.get("quote", "")
    stored = await shown_quote(site, visit, quote, CancelSubscription, subscription)
    again = partial(_ask, request, site, visit, subscription)
    refused = await confirmed(request, site, visit, quote, cancellations.confirm, again, already=_CANCELLED_ALREADY)
    if refused is not None:
        return refused
    # What ended at once has left the account: only the quote knows what was credited.
    ended = isinstance(stored.quote.command, CancelSubscription) and stored.quote.command.when == "now"
    return go(subscription_path(visit, subscription, f"cancelled?quote={quote}" if ended else "cancelled"))


@get("/p/{portal:str}/subscriptions/{subscription:str}/cancelled", **_SIGNED_IN)
async def show_cancelled(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """When it ends, what was credited, how to keep it, the question why, and what the answer brings."""
    named = visit.configuration.features.subscription_cancel.cancellation_reason.feedback_options
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        found = await read_subscription(connection, visit.customer, known_id(subscription))
        own_reasons = await feedback_options.active_among(connection, named)
        confirmed = await _confirmed(connection, request, visit, subscription)
    if found is None:
        raise NotFoundException
    path, offer = subscription_path(visit, subscription), None
    if is_set_to_cancel(found) and found.status not in ENDED and visit.configuration.frontdesk.retention.enabled:
        async with desk_of(request, site, visit) as desk:
            made = await staying.offer_after(desk, subscription)
            offer = offer_view(made, found, desk.terms, visit.locale, path=path)
    page = cancelled_page(
        found,
        visit.configuration,
        visit.locale,
        path=path,
        home_url=visit.home_url,
        csrf=visit.csrf,
        can_keep=bool(may_change(visit.side.suspended)),
        confirmed=confirmed,
        own_reasons=own_reasons,
        offer=offer,
    )
    if page is None:
        # It was kept meanwhile, or never cancelled.
        return await begun_again(site, visit)
    page = replace(page, reason=_typed_reason(page.reason, visit.typed))
    asked = offer is not None or (page.reason is not None and not page.reason.thanked)
    result = f"/subscriptions/{subscription}/cancelled"
    ended = await finished(request, site, visit, result, "cancelled", stay=asked)
    return ended or page_answer(request, site, visit, page)


@post("/p/{portal:str}/subscriptions/{subscription:str}/reason", **_SIGNED_IN)
async def explain_cancellation(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Note why. An empty answer is an answer too."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    feedback, comment = form.get("feedback") or None, lines(form.get("comment", "")) or None
    own = visit.configuration.features.subscription_cancel.cancellation_reason.feedback_options
    option, feedback = (feedback, None) if feedback in own else (None, feedback)
    if feedback or option or comment:
        try:
            async with desk_of(request, site, visit) as desk:
                await cancellations.explain(desk, known_id(subscription), feedback, comment, option)
        except Refused as refused:
            return refusal_answer(request, site, visit, refused.refusal)
    quote = request.query_params.get("quote", "")
    shown = f"cancelled?quote={known_id(quote)}" if quote else "cancelled"
    return go(subscription_path(visit, known_id(subscription), shown))


@post("/p/{portal:str}/subscriptions/{subscription:str}/stay", **_SIGNED_IN)
async def take_offer(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Stay for what was offered: the quote in the address says what that was. A second time changes nothing."""
    visit.refuse_forged(site, await read_form(request))
    quote = request.query_params.get("quote", "")
    await shown_quote(site, visit, quote, TakeOffer, subscription)
    again = partial(_ask, request, site, visit, subscription)
    refused = await confirmed(request, site, visit, quote, staying.confirm, again)
    return refused or go(subscription_path(visit, subscription, "stayed", quote))


@get("/p/{portal:str}/subscriptions/{subscription:str}/stayed/{quote:str}", **_SIGNED_IN)
async def show_stayed(
    request: AnyRequest,
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[Visit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What came of an offer that was taken."""
    stored = await shown_quote(site, visit, quote, TakeOffer, subscription)
    if not stored.consumed:
        return await begun_again(site, visit)
    async with desk_of(request, site, visit) as desk:
        await desk.know(stored.quote.command)
        present, terms, email = desk.account.subscription(subscription), desk.terms, desk.account.customer.email
    page = stayed_page(stored.quote, present, terms, visit.locale, home_url=visit.home_url)
    result = f"/subscriptions/{subscription}/stayed/{quote}"
    return await finished(request, site, visit, result, "stayed") or page_answer(
        request, site, visit, page, email=email
    )


@post("/p/{portal:str}/subscriptions/{subscription:str}/keep", **_SIGNED_IN)
async def keep_plan(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """Take the cancellation back. A second time changes nothing."""
    visit.refuse_forged(site, await read_form(request))
    try:
        async with desk_of(request, site, visit) as desk:
            await cancellations.keep(desk, known_id(subscription))
    except Refused as refused:
        if refused.refusal.code != "not_set_to_cancel":
            return refusal_answer(request, site, visit, refused.refusal)
    return await saved(site, visit, "kept")


async def _ask(
    request: AnyRequest,
    site: Site,
    visit: Visit,
    subscription: str,
    refused: Refused | None = None,
    status: int = 200,
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            page = await _quoted(desk, visit, subscription, reason_of(refused, visit.locale))
            email = desk.account.customer.email
    except Refused as barred:
        if barred.refusal.code in _CANCELLED_ALREADY:
            return go(subscription_path(visit, subscription, "cancelled"))
        return refusal_answer(request, site, visit, barred.refusal)
    # Once a session, however often somebody looks.
    seen = Telling(what=Happening("subscription", "cancel_page_seen", subscription, visit.session.id))
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await tell_once(connection, visit.door.tenant_id, seen, visit.now.replace(microsecond=0))
    return page_answer(request, site, visit, page, email=email, status=status)


async def _quoted(desk: AnyDesk, visit: Visit, subscription: str, error: str) -> Any:
    quote = await cancellations.quote(desk, subscription)
    present = desk.account.subscription(subscription)
    assert present is not None
    action = subscription_path(visit, subscription, f"cancel?quote={quote.id}")
    flow = visit.flow
    promised = flow.retention if flow is not None and flow.subscription == subscription else None
    made = await staying.offer_before(desk, subscription, promised)
    return cancel_page(
        quote,
        present,
        desk.account,
        desk.terms,
        visit.locale,
        action=action,
        csrf=visit.csrf,
        back_url=visit.way_back,
        offer=offer_view(made, present, desk.terms, visit.locale, path=subscription_path(visit, subscription)),
        error=error,
    )


def _typed_reason(reason: ReasonForm | None, typed: Mapping[str, str]) -> ReasonForm | None:
    """The question with what was typed as the session was over."""
    if reason is None or not typed:
        return reason
    chosen = (replace(each, selected=each.value == typed.get("feedback")) for each in reason.options)
    return replace(reason, options=tuple(chosen), comment=typed.get("comment", ""))


async def _confirmed(connection: SideTransaction, request: AnyRequest, visit: Visit, subscription: str) -> Quote | None:
    """The quote by which it was cancelled, where the address names it."""
    asked = request.query_params.getall("quote", [])
    stored = await read_quote(connection, visit.customer, known_id(asked[0])) if len(asked) == 1 else None
    command = None if stored is None or not stored.consumed else stored.quote.command
    if not isinstance(command, CancelSubscription) or command.subscription != subscription:
        return None
    return None if stored is None else stored.quote


routes = [
    ask_to_cancel,
    cancel_plan,
    show_cancelled,
    explain_cancellation,
    keep_plan,
    take_offer,
    show_stayed,
]
