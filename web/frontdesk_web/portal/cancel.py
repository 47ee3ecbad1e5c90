"""Cancelling, in two steps; keeping what was cancelled; and the reason, afterwards and only if one likes."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk import cancellations
from frontdesk.acts import QuoteChanged
from frontdesk.errors import Refused
from frontdesk.permissions import may_change
from frontdesk.refusals import quote_expired
from frontdesk_tenants.portal_reads import read_quote, read_subscription
from frontdesk_web.forms import read_form
from frontdesk_web.portal.answers import (
    AnyDesk,
    AnyRequest,
    desk_of,
    go,
    known_id,
    page_answer,
    refusal_answer,
    subscription_path,
)
from frontdesk_web.portal.cancel_views import cancel_page, cancelled_page
from frontdesk_web.portal.flow_pages import begun_again, finished, saved
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.signed_in import Visit, dependencies, exception_handlers
from frontdesk_web.site import Site
from frontdesk_web.typed_text import lines

_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
_CANCELLED_ALREADY = frozenset({"already_set_to_cancel", "quote_consumed"})


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
    quote = known_id(request.query_params.get("quote", ""))
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        stored = await read_quote(connection, visit.customer, quote)
    if stored is None or getattr(stored.quote.command, "subscription", None) != subscription:
        raise NotFoundException
    try:
        async with desk_of(request, site, visit) as desk:
            await cancellations.confirm(desk, quote)
    except QuoteChanged as changed:
        sentence = sentence_of(changed.refusal, visit.locale)
        return await _ask(request, site, visit, subscription, sentence, status=409)
    except Refused as refused:
        code = refused.refusal.code
        if code == "quote_expired":
            sentence = sentence_of(quote_expired(quote), visit.locale)
            return await _ask(request, site, visit, subscription, sentence, status=410)
        if code not in _CANCELLED_ALREADY:
            return refusal_answer(request, site, visit, refused.refusal)
    return go(subscription_path(visit, subscription, "cancelled"))


@get("/p/{portal:str}/subscriptions/{subscription:str}/cancelled", **_SIGNED_IN)
async def show_cancelled(
    request: AnyRequest, subscription: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """When it ends, how to keep it, and the question why."""
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        found = await read_subscription(connection, visit.customer, known_id(subscription))
    if found is None:
        raise NotFoundException
    page = cancelled_page(
        found,
        visit.configuration,
        visit.locale,
        path=subscription_path(visit, subscription),
        home_url=visit.home_url,
        csrf=visit.csrf,
        can_keep=bool(may_change(visit.side.suspended)),
    )
    if page is None:
        # It was kept meanwhile, or never cancelled.
        return await begun_again(site, visit)
    asked = page.reason is not None and not page.reason.thanked
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
    if feedback or comment:
        try:
            async with desk_of(request, site, visit) as desk:
                await cancellations.explain(desk, known_id(subscription), feedback, comment)
        except Refused as refused:
            return refusal_answer(request, site, visit, refused.refusal)
    return go(subscription_path(visit, known_id(subscription), "cancelled"))


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
    request: AnyRequest, site: Site, visit: Visit, subscription: str, error: str = "", status: int = 200
) -> Response[Any]:
    try:
        async with desk_of(request, site, visit) as desk:
            page = await _quoted(desk, visit, subscription, error)
            return page_answer(request, site, visit, page, email=desk.account.customer.email, status=status)
    except Refused as refused:
        if refused.refusal.code in _CANCELLED_ALREADY:
            return go(subscription_path(visit, subscription, "cancelled"))
        return refusal_answer(request, site, visit, refused.refusal)


async def _quoted(desk: AnyDesk, visit: Visit, subscription: str, error: str) -> Any:
    quote = await cancellations.quote(desk, subscription)
    present = desk.account.subscription(subscription)
    assert present is not None
    action = subscription_path(visit, subscription, f"cancel?quote={quote.id}")
    return cancel_page(
        quote,
        present,
        desk.account,
        desk.terms,
        visit.locale,
        action=action,
        csrf=visit.csrf,
        back_url=visit.way_back,
        error=error,
    )


routes = [ask_to_cancel, cancel_plan, show_cancelled, explain_cancellation, keep_plan]
